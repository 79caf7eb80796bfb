//! What faults do to Box's answers: instead of them, and to their pages. Bytes are damaged as everyone's are.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::call::Call;
use super::error::BoxError;
use crate::faults::{Fault, Kind};
use crate::google::{Answer, Body, oauth_error, tamper};

/// The answer that a fault puts in place of the method's, where it does. The OAuth endpoints have no request id, and
/// errors of their own shape.
pub(super) fn instead(fault: &Fault, request_id: &str) -> Option<Answer> {
    if fault.kind != Kind::Status {
        return tamper::instead(fault);
    }
    let status = fault.status.unwrap_or(503);
    let code = fault.reason.clone().unwrap_or_else(|| word(status).to_owned());
    let message = fault.message.clone().unwrap_or_else(|| format!("Refused: {code}"));
    if request_id.is_empty() {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
        return Some(oauth_error(status, &code, &message));
    }
    let error = match status {
        401 => BoxError::unauthorized(),
        429 => BoxError::rate_limited(1),
        _ => BoxError::new(status, code, message),
    };
    Some(error.retry_after(fault.retry_after).into_answer(request_id))
}

fn word(status: u16) -> &'static str {
    match status {
        400 => "bad_request",
        401 => "unauthorized",
        403 => "forbidden",
        404 => "not_found",
        409 => "conflict",
        412 => "precondition_failed",
        429 => "rate_limit_exceeded",
        500 => "internal_server_error",
        _ => "unavailable",
    }
}

/// What a fault does to a page of a listing.
pub(super) fn page(fault: &Fault, call: &Call, answer: &mut Answer) {
    let Body::Json(Value::Object(page)) = &mut answer.body else { return };
    if !page.contains_key("entries") {
        return;
    }
    if page.contains_key("next_stream_position") {
        return events(fault, call, page);
    }
    let same = call.query("marker").map_or_else(|| call.seal(0), str::to_owned);
    match fault.kind {
        Kind::LoopPage => {
            page.insert("next_marker".into(), json!(same));
        }
        Kind::LostPage => {
            page.insert("entries".into(), json!([]));
        }
        Kind::EmptyPage => {
            page.insert("entries".into(), json!([]));
            page.insert("next_marker".into(), json!(same));
        }
        _ => {}
    }
}

/// What a fault does to a page of events, which goes on at a position instead of a marker.
fn events(fault: &Fault, call: &Call, page: &mut serde_json::Map<String, Value>) {
    let same = call.query("stream_position").filter(|position| *position != "now").map(str::to_owned);
    match (fault.kind, same) {
        (Kind::LoopPage, Some(same)) => {
            page.insert("next_stream_position".into(), json!(same));
        }
        (Kind::LostPage, _) => {
            page.insert("entries".into(), json!([]));
        }
        (Kind::EmptyPage, Some(same)) => {
            page.insert("entries".into(), json!([]));
            page.insert("chunk_size".into(), json!(0));
            page.insert("next_stream_position".into(), json!(same));
        }
        _ => {}
    }
}
