//! `/control`: changes the company as people would, injects faults, reads counters and the truth.
//!
//! It wants the bearer token of this start and a loopback `Host`, and sends no CORS headers, so that
//! no web page can use it.

pub mod change;
pub mod churn;
mod set;
pub mod truth;

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue};
use axum::http::request::Parts;
use axum::http::{Response, StatusCode};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::faults::Fault;
use crate::world::World;

/// A control request that cannot be done, with the reason.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct ControlError {
    status: StatusCode,
    message: String,
}

impl ControlError {
    /// 400: the request makes no sense.
    pub fn bad(message: impl Into<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, message: message.into() }
    }

    /// 404: what it names is not there.
    pub fn missing(message: impl Into<String>) -> Self {
        Self { status: StatusCode::NOT_FOUND, message: message.into() }
    }
}

/// Answers a request below `/control`.
pub(crate) fn serve(world: &Arc<World>, parts: &Parts, body: &Bytes) -> Response<Body> {
    if let Err(error) = admitted(world, parts) {
        return refuse(&error);
    }
    let path = parts.uri.path().trim_start_matches("/control").trim_matches('/');
    let words: Vec<&str> = path.split('/').collect();
    let result = match (parts.method.as_str(), words.as_slice()) {
        ("GET", ["truth"]) => {
            return truth::serve(world, parts.uri.query().unwrap_or(""))
                .unwrap_or_else(|error| refuse(&error));
        }
        ("POST", ["change"]) => read(body).and_then(|request| change::apply(world, request)),
        ("POST", ["churn"]) => read(body).and_then(|request| churn::apply(world, &request)),
        ("POST", ["set"]) => read(body).and_then(|request| set::apply(world, request)),
        ("POST", ["fault"]) => read::<Fault>(body).map(|fault| json!({"fault": world.faults.add(fault)})),
        ("DELETE", ["fault"]) => {
            world.faults.clear();
            Ok(json!({}))
        }
        ("DELETE", ["fault", number]) => match number.parse() {
            Ok(number) if world.faults.remove(number) => Ok(json!({})),
            _ => Err(ControlError::missing(format!("there is no fault {number}"))),
        },
        ("GET", ["tokens"]) => Ok(json!(world.google.auth.tokens.all())),
        ("GET", ["counters"]) => Ok(world.counters.to_json()),
        ("DELETE", ["counters"]) => {
            world.counters.reset();
            Ok(json!({}))
        }
        (method, _) => Err(ControlError::missing(format!("there is no {method} {}", parts.uri.path()))),
    };
    match result {
        Ok(value) => json_response(StatusCode::OK, &value),
        Err(error) => refuse(&error),
    }
}

fn admitted(world: &World, parts: &Parts) -> Result<(), ControlError> {
    let refused = |status, message: &str| Err(ControlError { status, message: message.to_owned() });
    let host = parts.headers.get(HOST).and_then(|h| h.to_str().ok()).map(str::to_owned);
    let host = host.or_else(|| parts.uri.authority().map(ToString::to_string)).unwrap_or_default();
    if !is_loopback(&host) {
        return refused(StatusCode::FORBIDDEN, "control answers on loopback only");
    }
    let given = parts.headers.get(AUTHORIZATION).map(HeaderValue::as_bytes).unwrap_or_default();
    let wanted = format!("Bearer {}", world.control_token);
    let differences = given.iter().zip(wanted.as_bytes()).fold(0, |d, (a, b)| d | (a ^ b));
    if given.len() != wanted.len() || differences != 0 {
        return refused(StatusCode::UNAUTHORIZED, "control wants the bearer token of this start");
    }
    Ok(())
}

fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or(""),
        None => host.split(':').next().unwrap_or(""),
    };
    name == "localhost" || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, ControlError> {
    let body: &[u8] = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|e| ControlError::bad(e.to_string()))
}

fn refuse(error: &ControlError) -> Response<Body> {
    json_response(error.status, &json!({"error": error.message}))
}

fn json_response(status: StatusCode, value: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(value.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
