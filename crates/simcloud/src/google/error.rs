//! Google's errors: `{"error":{"code","message","errors":[{reason,domain}],"status"}}`.
//! <https://developers.google.com/workspace/gmail/api/guides/handle-errors>

use axum::http::header::{HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

/// An error in Google's documented shape.
#[derive(Clone, Debug)]
pub struct GoogleError {
    /// HTTP status.
    pub code: u16,
    /// `errors[0].reason`, e.g. `notFound`.
    pub reason: String,
    /// `errors[0].domain`, mostly `global`.
    pub domain: &'static str,
    /// What happened.
    pub message: String,
    more: Box<More>,
}

/// What most errors lack.
#[derive(Clone, Debug, Default)]
struct More {
    /// `errors[0].location` and its type.
    location: Option<(&'static str, String)>,
    /// `google.rpc` details.
    details: Vec<Value>,
    /// Extra headers.
    headers: Vec<(HeaderName, String)>,
}

impl GoogleError {
    /// An error with this status, reason and message in the domain `global`.
    pub fn new(code: u16, reason: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code, reason: reason.into(), domain: "global", message: message.into(), more: Box::default() }
    }

    /// 404 `notFound`, as Gmail words it.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(404, "notFound", "Requested entity was not found.")
    }

    /// 400 for a parameter whose value cannot be used.
    pub fn invalid_parameter(name: &str, message: impl Into<String>) -> Self {
        Self::new(400, "invalidParameter", message).at("parameter", name)
    }

    /// 400 `invalid`, e.g. for a page token that was not issued.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, "invalid", message)
    }

    /// 403 `forbidden`.
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(403, "forbidden", message)
    }

    /// 400 for a parameter that the method does not have.
    #[must_use]
    pub fn unknown_parameter(name: &str) -> Self {
        let message = format!(
            "Invalid JSON payload received. Unknown name \"{name}\": Cannot bind query parameter. Field '{name}' could not be found in request message."
        );
        let mut error = Self::new(400, "invalid", message.clone()).at("parameter", name);
        error.more.details.push(json!({
            "@type": "type.googleapis.com/google.rpc.BadRequest",
            "fieldViolations": [{"description": message}],
        }));
        error
    }

    /// Says which parameter or header is meant.
    #[must_use]
    pub fn at(mut self, kind: &'static str, name: &str) -> Self {
        self.more.location = Some((kind, name.to_owned()));
        self
    }

    /// Puts the error into another domain than `global`.
    #[must_use]
    pub fn in_domain(mut self, domain: &'static str) -> Self {
        self.domain = domain;
        self
    }

    /// Adds a `google.rpc` detail.
    #[must_use]
    pub fn with_detail(mut self, detail: Value) -> Self {
        self.more.details.push(detail);
        self
    }

    /// Tells the client when to come back.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.more.headers.push((RETRY_AFTER, seconds.to_string()));
        self
    }

    /// Adds the header that names the authentication scheme.
    #[must_use]
    pub fn challenge(mut self, value: &str) -> Self {
        self.more.headers.push((WWW_AUTHENTICATE, value.to_owned()));
        self
    }

    /// Whether the client is told to slow down.
    #[must_use]
    pub fn is_rate_answer(&self) -> bool {
        self.code == 429
            || (self.code == 403 && self.domain == "usageLimits" && self.reason.ends_with("LimitExceeded"))
            || self.reason == "quotaExceeded"
    }

    /// The body.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut first = json!({"message": self.message, "domain": self.domain, "reason": self.reason});
        if let Some((kind, name)) = &self.more.location {
            first["locationType"] = json!(kind);
            first["location"] = json!(name);
        }
        let mut error = json!({
            "code": self.code,
            "message": self.message,
            "errors": [first],
            "status": canonical_status(self.code, &self.reason),
        });
        if !self.more.details.is_empty() {
            error["details"] = json!(self.more.details);
        }
        json!({ "error": error })
    }

    pub(crate) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    pub(crate) fn header_map(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.more.headers {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name.clone(), value);
            }
        }
        headers
    }
}

/// The `google.rpc.Code` that goes with an HTTP status.
/// <https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto>
fn canonical_status(code: u16, reason: &str) -> &'static str {
    match code {
        400 if reason == "failedPrecondition" => "FAILED_PRECONDITION",
        400 => "INVALID_ARGUMENT",
        401 => "UNAUTHENTICATED",
        403 if reason.ends_with("LimitExceeded") && reason != "exportSizeLimitExceeded" => {
            "RESOURCE_EXHAUSTED"
        }
        403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        409 => "ABORTED",
        410 => "FAILED_PRECONDITION",
        412 => "FAILED_PRECONDITION",
        416 => "OUT_OF_RANGE",
        429 => "RESOURCE_EXHAUSTED",
        499 => "CANCELLED",
        500 => "INTERNAL",
        501 => "UNIMPLEMENTED",
        503 => "UNAVAILABLE",
        504 => "DEADLINE_EXCEEDED",
        _ => "UNKNOWN",
    }
}
