//! What faults do to answers: instead of them, to their pages, to their bytes.

use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use bytes::Bytes;
use serde_json::{Value, json};

use super::{Answer, Body, Call, Ending, GoogleError, Reply, Wire, paging};
use crate::faults::{Fault, Kind};

const HUGE_JSON_BYTES: usize = 100 * 1024 * 1024;
const HTML: &str = "<!DOCTYPE html><html><head><title>Error</title></head><body><h1>Sign in to the network</h1></body></html>";

/// The answer that a fault puts in place of the method's, where it does.
pub(crate) fn instead(fault: &Fault) -> Option<Answer> {
    match fault.kind {
        Kind::Status => Some(error(fault).into()),
        Kind::Html => {
            let status = fault.status.and_then(|s| StatusCode::from_u16(s).ok()).unwrap_or(StatusCode::OK);
            Some(
                Answer::bytes("text/html; charset=UTF-8", Bytes::from_static(HTML.as_bytes())).status(status),
            )
        }
        Kind::HugeJson => Some(Answer::prepared_json(huge_json())),
        _ => None,
    }
}

/// Google's error for a status and reason, with the wording that goes with them.
fn error(fault: &Fault) -> GoogleError {
    let code = fault.status.unwrap_or(503);
    let reason = fault.reason.clone().unwrap_or_else(|| {
        match code {
            400 => "badRequest",
            401 => "authError",
            403 => "forbidden",
            404 => "notFound",
            410 => "gone",
            429 => "rateLimitExceeded",
            _ => "backendError",
        }
        .to_owned()
    });
    let message = fault.message.clone().unwrap_or_else(|| match code {
        404 => "Requested entity was not found.".to_owned(),
        429 => "Resource has been exhausted (e.g. check quota).".to_owned(),
        500.. => "The service is currently unavailable.".to_owned(),
        _ => format!("Refused: {reason}."),
    });
    let is_limit =
        reason.ends_with("LimitExceeded") || reason == "quotaExceeded" || reason == "accessNotConfigured";
    let mut error = GoogleError::new(code, reason, message);
    if is_limit {
        error = error.in_domain("usageLimits");
    }
    match fault.retry_after {
        Some(seconds) => error.retry_after(seconds),
        None => error,
    }
}

fn huge_json() -> Vec<Bytes> {
    let block = Bytes::from("x".repeat(1024 * 1024));
    let mut pieces = vec![Bytes::from_static(b"{\"padding\":\"")];
    pieces.extend(std::iter::repeat_n(block, HUGE_JSON_BYTES / (1024 * 1024)));
    pieces.push(Bytes::from_static(b"\"}"));
    pieces
}

/// What a fault does to a page of a listing.
pub(crate) fn page(fault: &Fault, call: &Call, answer: &mut Answer) {
    let Body::Json(Value::Object(page)) = &mut answer.body else { return };
    match fault.kind {
        Kind::LoopPage => {
            let token = call.query("pageToken").map_or_else(|| paging::start_again(call), str::to_owned);
            page.insert("nextPageToken".into(), json!(token));
            page.remove("newStartPageToken");
        }
        Kind::LostPage => page.retain(|_, v| !v.is_array()),
        Kind::EmptyPage => {
            let token = call.query("pageToken").map_or_else(|| paging::start_again(call), str::to_owned);
            page.retain(|_, v| !v.is_array());
            page.insert("nextPageToken".into(), json!(token));
            page.remove("newStartPageToken");
        }
        _ => {}
    }
}

/// What a fault does to a finished body.
pub(crate) fn bytes(fault: &Fault, reply: &mut Reply) {
    match fault.kind {
        Kind::Cut => reply.ending = Ending::CutAfter(reply.body.length().unwrap_or(2) / 2),
        Kind::Slow => {
            if let Some(delay) = fault.delay() {
                reply.ending = Ending::Over(delay);
            }
        }
        Kind::Drop => reply.ending = Ending::Dropped,
        Kind::WrongLength => edit(reply, |body, content| {
            let end = content.end - (content.len() / 4).max(1).min(content.len());
            let keep = if body.len() > content.end { end - (end - content.start) % 4 } else { end };
            body.drain(keep..content.end);
        }),
        Kind::WrongBytes => edit(reply, |body, content| {
            let middle = content.start + content.len() / 2;
            if let Some(byte) = body.get_mut(middle) {
                *byte = if *byte == b'Q' { b'R' } else { b'Q' };
            }
        }),
        Kind::InvalidUtf8 => edit(reply, |body, content| {
            let at = body[content.clone()]
                .iter()
                .position(u8::is_ascii_alphabetic)
                .map_or(content.start, |p| content.start + p);
            body.splice(at..at, [0xff, 0xfe, 0xc3]);
        }),
        Kind::Status
        | Kind::Html
        | Kind::HugeJson
        | Kind::LoopPage
        | Kind::LostPage
        | Kind::EmptyPage
        | Kind::EditWhileRead
        | Kind::None => {}
    }
}

/// Edits a body in memory; `content` is the value of `raw` or `data` in JSON, or all of it.
fn edit(reply: &mut Reply, change: impl FnOnce(&mut Vec<u8>, std::ops::Range<usize>)) {
    let body = std::mem::replace(&mut reply.body, Wire::Pieces(Vec::new()));
    let mut bytes = body.into_vec();
    let is_json = reply
        .headers
        .get(CONTENT_TYPE)
        .map(HeaderValue::as_bytes)
        .is_some_and(|t| t.starts_with(b"application/json"));
    let content = if is_json { json_content(&bytes) } else { None }.unwrap_or(0..bytes.len());
    if !content.is_empty() {
        change(&mut bytes, content);
    }
    reply.body = Wire::Pieces(vec![Bytes::from(bytes)]);
}

fn json_content(body: &[u8]) -> Option<std::ops::Range<usize>> {
    let find = |needle: &[u8], from: usize| {
        body[from..].windows(needle.len()).position(|w| w == needle).map(|p| from + p)
    };
    let start =
        [&b"\"raw\":\""[..], b"\"data\":\""].iter().find_map(|name| find(name, 0).map(|p| p + name.len()))?;
    Some(start..find(b"\"", start)?)
}
