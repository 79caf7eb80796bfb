//! Batches: up to 100 requests in one `multipart/mixed` body; each part is authorised, counted and
//! charged as a request of its own.
//! <https://developers.google.com/workspace/gmail/api/guides/batch>

use std::sync::Arc;

use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use bytes::Bytes;
use futures::future::join_all;

use super::serve::{ApiRequest, finish, perform, plain};
use super::{Answer, Body, Ending, Fields, GoogleError, Reply, Wire};
use crate::world::World;

/// More parts are refused for Gmail and Drive; Calendar and Directory take 1,000.
/// <https://developers.google.com/workspace/admin/directory/v1/guides/batch>
const MAX_PARTS: usize = 100;
const MAX_PARTS_DIRECTORY: usize = 1_000;

struct Part {
    content_id: Option<String>,
    request: Result<ApiRequest, String>,
}

/// Answers a batch.
pub(crate) async fn serve(world: &Arc<World>, outer: &Parts, body: Bytes) -> Reply {
    world.counters.request("batch", "");
    if outer.method != axum::http::Method::POST {
        return plain(GoogleError::not_found().into());
    }
    let parts = match read(outer, &body) {
        Ok(parts) => parts,
        Err(message) => return plain(GoogleError::new(400, "badRequest", message).into()),
    };
    let is_directory = parts.iter().all(|p| p.request.as_ref().is_ok_and(|r| r.path.starts_with("/admin/")));
    let max = if is_directory { MAX_PARTS_DIRECTORY } else { MAX_PARTS };
    if parts.len() > max {
        let message = format!("The batch request contains {} calls; at most {max} are allowed.", parts.len());
        return plain(GoogleError::new(400, "badRequest", message).into());
    }
    world.network.wait_latency().await;
    let answers = join_all(parts.into_iter().map(|part| async move {
        let reply = match part.request {
            Ok(request) => perform(world, request).await,
            Err(message) => plain(GoogleError::new(400, "badRequest", message).into()),
        };
        (part.content_id, reply)
    }))
    .await;
    let boundary = format!("batch_{:016x}", world.clock.quota_ms() ^ 0x5bd1_e995_7b3c_1d0f);
    let mut pieces = Vec::with_capacity(answers.len() * 3 + 1);
    for (content_id, reply) in answers {
        write_part(world, &boundary, content_id.as_deref(), reply, &mut pieces);
    }
    pieces.push(Bytes::from(format!("--{boundary}--\r\n")));
    let answer = Answer {
        status: StatusCode::OK,
        headers: HeaderMap::new(),
        body: Body::Pieces(pieces),
        slow_down: false,
    }
    .header(CONTENT_TYPE, &format!("multipart/mixed; boundary={boundary}"));
    let mut reply = finish(answer, &Fields::All, Some(&outer.headers));
    reply.method = "batch";
    reply
}

/// A part that a fault drops is missing from the answer; one that a fault cuts ends early.
fn write_part(
    world: &World,
    boundary: &str,
    content_id: Option<&str>,
    reply: Reply,
    pieces: &mut Vec<Bytes>,
) {
    let Reply { status, headers, body, ending, method, user, slow_down: _ } = reply;
    let mut body = match ending {
        Ending::Dropped => return,
        Ending::CutAfter(bytes) => {
            let mut whole = body.into_vec();
            whole.truncate(usize::try_from(bytes).unwrap_or(usize::MAX));
            vec![Bytes::from(whole)]
        }
        Ending::Whole | Ending::Over(_) => body.into_pieces(),
    };
    let length = Wire::Pieces(body.clone()).length().unwrap_or(0);
    world.counters.bytes(method, &user, length);
    let mut head = format!("--{boundary}\r\nContent-Type: application/http\r\n");
    if let Some(id) = content_id {
        let id = id.trim().trim_start_matches('<').trim_end_matches('>');
        head.push_str(&format!("Content-ID: <response-{id}>\r\n"));
    }
    head.push_str(&format!(
        "\r\nHTTP/1.1 {} {}\r\n",
        status.as_u16(),
        status.canonical_reason().unwrap_or("")
    ));
    for (name, value) in &headers {
        head.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap_or("")));
    }
    head.push_str(&format!("Content-Length: {length}\r\n\r\n"));
    pieces.push(Bytes::from(head));
    pieces.append(&mut body);
    pieces.push(Bytes::from_static(b"\r\n"));
}

fn read(outer: &Parts, body: &[u8]) -> Result<Vec<Part>, String> {
    let content_type = outer.headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
    let boundary = content_type
        .strip_prefix("multipart/mixed")
        .and_then(|rest| rest.split(';').find_map(|p| p.trim().strip_prefix("boundary=")))
        .map(|b| b.trim_matches('"'))
        .filter(|b| !b.is_empty())
        .ok_or(
            "Failed to parse batch request, error: Content-Type must be multipart/mixed with a boundary.",
        )?;
    let text = std::str::from_utf8(body).map_err(|_| "Failed to parse batch request, error: not UTF-8.")?;
    let delimiter = format!("--{boundary}");
    let parts: Vec<Part> = text
        .split(delimiter.as_str())
        .skip(1)
        .take_while(|section| !section.starts_with("--"))
        .map(|section| part(section.trim_start_matches(['\r', '\n']), &outer.headers))
        .collect();
    if parts.is_empty() {
        return Err("Failed to parse batch request, error: 0 items.".to_owned());
    }
    Ok(parts)
}

fn part(section: &str, outer: &HeaderMap) -> Part {
    let (head, inner) = blank_line(section);
    let head = unfolded(head);
    let content_id = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim().eq_ignore_ascii_case("content-id").then(|| value.trim().to_owned())
    });
    Part { content_id, request: inner_request(inner, outer) }
}

fn inner_request(inner: &str, outer: &HeaderMap) -> Result<ApiRequest, String> {
    let (head, body) = blank_line(inner.trim_start_matches(['\r', '\n']));
    let head = unfolded(head);
    let mut lines = head.lines();
    let first = lines.next().unwrap_or("");
    let mut words = first.split_whitespace();
    let (Some(verb), Some(target)) = (words.next(), words.next()) else {
        return Err(format!("Failed to parse batch request, error: no request line in {first:?}."));
    };
    let target =
        target.split_once("://").map_or(target, |(_, rest)| rest.find('/').map_or("/", |at| &rest[at..]));
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut headers = HeaderMap::new();
    for line in lines {
        let Some((name, value)) = line.split_once(':') else { continue };
        if let (Ok(name), Ok(value)) =
            (HeaderName::try_from(name.trim()), HeaderValue::from_str(value.trim()))
        {
            headers.insert(name, value);
        }
    }
    if let Some(authorization) = outer.get(AUTHORIZATION).filter(|_| !headers.contains_key(AUTHORIZATION)) {
        headers.insert(AUTHORIZATION, authorization.clone());
    }
    Ok(ApiRequest {
        verb: verb.to_owned(),
        path: path.to_owned(),
        query: url::form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        headers,
        body: Bytes::copy_from_slice(body.trim_end_matches(['\r', '\n']).as_bytes()),
        is_part: true,
    })
}

/// Joins headers that were folded over several lines (RFC 5322, section 2.2.3); long ids are.
fn unfolded(head: &str) -> String {
    let head = head.replace("\r\n", "\n");
    head.replace("\n ", " ").replace("\n\t", "\t")
}

/// Splits at the first empty line.
fn blank_line(text: &str) -> (&str, &str) {
    let crlf = text.find("\r\n\r\n").map(|at| (at, 4));
    let lf = text.find("\n\n").map(|at| (at, 2));
    match [crlf, lf].into_iter().flatten().min() {
        Some((at, length)) => (&text[..at], &text[at + length..]),
        None => (text, ""),
    }
}
