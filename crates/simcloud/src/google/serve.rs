//! From an HTTP request to a finished answer: routing, caller, scopes, parameters, quota, faults,
//! the method itself, `fields`, ETags and gzip.

use std::io::Write as _;
use std::sync::Arc;

use axum::http::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, ETAG, HOST, HeaderValue, IF_NONE_MATCH, USER_AGENT, VARY,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use super::auth::{self, Principal};
use super::call::GLOBAL_PARAMETERS;
use super::{Answer, Body, Call, Ending, Fields, GoogleError, Method, Reply, Wire, batch, routes, tamper};
use crate::discovery;
use crate::faults::{Fault, Held, Kind, Target};
use crate::world::World;

const NOT_FOUND_PAGE: &str = "<!DOCTYPE html><html lang=en><title>Error 404 (Not Found)!!1</title><p>The requested URL was not found on this server.";
/// Shorter bodies are not worth compressing.
const GZIP_FROM_BYTES: u64 = 256;

/// A request for an API, alone or as a part of a batch.
pub(crate) struct ApiRequest {
    pub(crate) verb: String,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) is_part: bool,
}

/// Answers a request for any of Google's hosts.
pub(crate) async fn serve(world: &Arc<World>, parts: Parts, body: Bytes) -> Reply {
    let host = request_host(&parts);
    let path = parts.uri.path();
    let query: Vec<(String, String)> =
        url::form_urlencoded::parse(parts.uri.query().unwrap_or("").as_bytes()).into_owned().collect();
    if !routes::host_serves(&host, path) {
        return plain(not_found_page());
    }
    if let Some(endpoint) = auth::endpoints::find(parts.method.as_str(), path) {
        return auth::endpoints::serve(world, endpoint, query, &parts.headers, body).await;
    }
    if path.starts_with("/$discovery/") || path.starts_with("/discovery/") {
        let document = discovery::document(world, routes::host_name(&host), path, &query);
        return plain(document.unwrap_or_else(not_found_page));
    }
    if path == "/batch" || path.starts_with("/batch/") {
        return batch::serve(world, &parts, body).await;
    }
    let request = ApiRequest {
        verb: parts.method.as_str().to_owned(),
        path: path.to_owned(),
        query,
        headers: parts.headers,
        body,
        is_part: false,
    };
    perform(world, request).await
}

/// The host that a request is for: `Host`, or the authority of HTTP/2.
fn request_host(parts: &Parts) -> String {
    let header = parts.headers.get(HOST).and_then(|h| h.to_str().ok()).map(str::to_owned);
    header.or_else(|| parts.uri.authority().map(ToString::to_string)).unwrap_or_default()
}

fn not_found_page() -> Answer {
    Answer::bytes("text/html; charset=UTF-8", Bytes::from_static(NOT_FOUND_PAGE.as_bytes()))
        .status(StatusCode::NOT_FOUND)
}

/// An answer that no method gave.
pub(crate) fn plain(answer: Answer) -> Reply {
    finish(answer, &Fields::All, None)
}

/// Performs one API request.
pub(crate) async fn perform(world: &Arc<World>, request: ApiRequest) -> Reply {
    let Some((method, path)) = routes::find(&request.verb, &request.path) else {
        world.counters.request("unknown", "");
        let message = format!("Method not found: {} {}", request.verb, request.path);
        return plain(GoogleError::new(404, "notFound", message).into());
    };
    let principal = auth::principal(world, &request.headers, &request.query);
    let user = principal.as_ref().ok().and_then(Principal::user).unwrap_or("").to_owned();
    world.counters.request(method.id, &user);
    let fault = if world.faults.any() {
        let names = world.google.directory.names_of(&user);
        let ids: Vec<&str> = path.iter().map(|(_, v)| v.as_str()).collect();
        world.faults.met(&Target { method: method.id, user: &names, ids: &ids }).await
    } else {
        None
    };
    let headers = request.headers.clone();
    let is_part = request.is_part;
    let (answer, fields) = match fault.as_ref().and_then(tamper::instead) {
        Some(answer) => {
            if !is_part {
                world.network.wait_latency().await;
            }
            (answer, Fields::All)
        }
        None => run(world, method, path, principal, request, fault.as_ref()).await,
    };
    world.faults.hold(Held::After, fault.as_ref()).await;
    let mut reply = finish(answer, &fields, (!is_part).then_some(&headers));
    if reply.slow_down {
        world.counters.rate_answer();
    }
    if let Some(fault) = &fault {
        tamper::bytes(fault, &mut reply);
    }
    reply.method = method.id;
    reply.user = user;
    reply
}

async fn run(
    world: &Arc<World>,
    method: &'static Method,
    path: routes::PathParameters,
    principal: Result<Principal, GoogleError>,
    request: ApiRequest,
    fault: Option<&Fault>,
) -> (Answer, Fields) {
    let is_part = request.is_part;
    let call = match prepare(world, method, path, principal, request) {
        Ok(call) => call,
        Err(error) => {
            if !is_part {
                world.network.wait_latency().await;
            }
            return (error.into(), Fields::All);
        }
    };
    let units = (method.units)(&call);
    let place = world.google.quota.enter(&call);
    let charged = match &place {
        Ok(_) => world.google.quota.charge(&call, units),
        Err(error) => Err(error.clone()),
    };
    // The parts of a batch run side by side: all of them take their places before the first ends.
    if is_part {
        tokio::task::yield_now().await;
    } else {
        world.network.wait_latency().await;
    }
    if fault.is_some_and(|f| f.kind == Kind::EditWhileRead) {
        super::drive::edit_while_read(&call);
    }
    let result = charged.and_then(|()| {
        world.counters.units(method.id, call.principal.user().unwrap_or(""), units);
        (method.run)(&call)
    });
    drop(place);
    match result {
        Ok(mut answer) => {
            if let Some(fault) = fault {
                tamper::page(fault, &call, &mut answer);
            }
            (answer, call.fields)
        }
        Err(error) => (error.into(), Fields::All),
    }
}

/// Everything that is refused before a method runs.
fn prepare(
    world: &Arc<World>,
    method: &'static Method,
    path: routes::PathParameters,
    principal: Result<Principal, GoogleError>,
    request: ApiRequest,
) -> Result<Call, GoogleError> {
    let principal = principal?;
    if world.google.settings.is_off(method.api) {
        return Err(auth::service_disabled(method.api));
    }
    if !method.scopes.iter().any(|scope| principal.has_scope(scope)) {
        return Err(auth::insufficient_scopes(method));
    }
    for (name, _) in &request.query {
        if !method.query.contains(&name.as_str()) && !GLOBAL_PARAMETERS.contains(&name.as_str()) {
            return Err(GoogleError::unknown_parameter(name));
        }
    }
    let fields = request.query.iter().rev().find(|(n, _)| n == "fields").map(|(_, v)| v.as_str());
    let fields = Fields::parse(fields)?;
    let call = Call {
        world: Arc::clone(world),
        method,
        path,
        query: request.query,
        headers: request.headers,
        body: request.body,
        principal,
        fields,
    };
    call.one_of("alt", &["json", "media", "proto"], "json")?;
    if world.options.strict {
        discovery::check(&call)?;
    }
    Ok(call)
}

/// Makes the wire form; `headers` are the request's where ETags and gzip apply.
pub(crate) fn finish(answer: Answer, fields: &Fields, headers: Option<&HeaderMap>) -> Reply {
    let Answer { mut status, headers: mut out, body, slow_down } = answer;
    let mut body = match body {
        Body::Empty => Wire::Pieces(Vec::new()),
        Body::Pieces(pieces) => Wire::Pieces(pieces),
        Body::Blocks(length, blocks) => Wire::Blocks(length, blocks),
        Body::Json(value) => {
            let etag = value.get("etag").and_then(Value::as_str).and_then(|e| HeaderValue::from_str(e).ok());
            let matches =
                etag.as_ref().is_some_and(|e| headers.and_then(|h| h.get(IF_NONE_MATCH)) == Some(e));
            if let Some(etag) = etag {
                out.insert(ETAG, etag);
            }
            if matches {
                status = StatusCode::NOT_MODIFIED;
                Wire::Pieces(Vec::new())
            } else {
                Wire::Pieces(vec![Bytes::from(fields.select(value).to_string())])
            }
        }
    };
    if headers.is_some_and(takes_gzip)
        && body.length().is_some_and(|l| l >= GZIP_FROM_BYTES)
        && !out.contains_key(CONTENT_ENCODING)
    {
        if let Wire::Pieces(pieces) = &body
            && let Ok(zipped) = gzip(pieces)
        {
            body = Wire::Pieces(vec![zipped]);
            out.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        out.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
    }
    Reply { status, headers: out, body, ending: Ending::Whole, slow_down, method: "", user: String::new() }
}

/// Google compresses only when the user agent says `gzip` too.
/// <https://developers.google.com/workspace/gmail/api/guides/performance#gzip>
fn takes_gzip(headers: &HeaderMap) -> bool {
    let has = |name| headers.get(name).and_then(|v| v.to_str().ok()).is_some_and(|v| v.contains("gzip"));
    has(ACCEPT_ENCODING) && has(USER_AGENT)
}

fn gzip(pieces: &[Bytes]) -> std::io::Result<Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    for piece in pieces {
        encoder.write_all(piece)?;
    }
    Ok(Bytes::from(encoder.finish()?))
}

/// A one-line JSON answer, e.g. of the token endpoint.
pub(crate) fn oauth_error(status: StatusCode, error: &str, description: &str) -> Answer {
    Answer::json(json!({"error": error, "error_description": description})).status(status)
}
