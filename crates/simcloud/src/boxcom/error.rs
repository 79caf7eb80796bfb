//! Box's errors: `{"type":"error","status","code","context_info","help_url","message","request_id"}`.
//! <https://developer.box.com/guides/api-calls/permissions-and-errors/common-errors>

use axum::http::StatusCode;
use axum::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use serde_json::{Value, json};

use crate::google::{Answer, Body};

/// An error in Box's documented shape.
#[derive(Clone, Debug)]
pub struct BoxError {
    /// HTTP status.
    pub status: u16,
    /// `code`, e.g. `not_found`. The published list and live answers differ.
    pub code: String,
    /// What happened.
    pub message: String,
    /// `context_info`, where there is some.
    context: Option<Value>,
    retry_after: Option<u64>,
    challenge: Option<&'static str>,
    is_bare: bool,
    is_of_metadata: bool,
}

impl BoxError {
    /// An error with this status, code and message.
    pub fn new(status: u16, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            status,
            code: code.into(),
            message: message.into(),
            context: None,
            retry_after: None,
            challenge: None,
            is_bare: false,
            is_of_metadata: false,
        }
    }

    /// 404 for an item or person that is not there, or not for this caller.
    #[must_use]
    pub fn not_found(what: &str, id: &str) -> Self {
        Self::new(404, "not_found", "Not Found")
            .about(what, &format!("Invalid value '{id}'. '{what}' with value '{id}' not found"))
    }

    /// 400 for a parameter that cannot be used.
    #[must_use]
    pub fn bad_parameter(name: &str, message: &str) -> Self {
        Self::new(400, "bad_request", "Bad Request").about(name, message)
    }

    /// 403 for what this caller may not do.
    #[must_use]
    pub fn forbidden() -> Self {
        Self::new(403, "access_denied_insufficient_permissions", "Access denied - insufficient permission")
    }

    /// 401 for a token that is missing, unknown or expired: no body, only the header that says so.
    #[must_use]
    pub fn unauthorized() -> Self {
        Self {
            challenge: Some(
                "Bearer realm=\"Service\", error=\"invalid_token\", error_description=\"The access token provided is invalid.\"",
            ),
            is_bare: true,
            ..Self::new(401, "unauthorized", "Unauthorized")
        }
    }

    /// 403 for a token whose application lacks a scope.
    #[must_use]
    pub fn insufficient_scope() -> Self {
        Self {
            challenge: Some(
                "Bearer realm=\"Service\", error=\"insufficient_scope\", error_description=\"The request requires higher privileges than provided by the access token.\"",
            ),
            ..Self::new(
                403,
                "insufficient_scope",
                "The request requires higher privileges than provided by the access token.",
            )
        }
    }

    /// 429 with the seconds to wait.
    /// <https://developer.box.com/guides/api-calls/permissions-and-errors/rate-limits>
    #[must_use]
    pub fn rate_limited(seconds: u64) -> Self {
        Self {
            retry_after: Some(seconds),
            ..Self::new(429, "rate_limit_exceeded", "Request rate limit exceeded, please try again later")
        }
    }

    /// Adds what `context_info.errors` says.
    #[must_use]
    pub fn about(mut self, name: &str, message: &str) -> Self {
        self.context =
            Some(json!({"errors": [{"reason": "invalid_parameter", "name": name, "message": message}]}));
        self
    }

    /// Adds another `context_info`.
    #[must_use]
    pub fn with_context(mut self, context: Value) -> Self {
        self.context = Some(context);
        self
    }

    /// The form that creating metadata has for its refusals: code, message and request id.
    /// <https://developer.box.com/reference/resources/metadata-error>
    #[must_use]
    pub fn of_metadata(mut self) -> Self {
        self.is_of_metadata = true;
        self
    }

    /// Adds a `Retry-After` header.
    #[must_use]
    pub fn retry_after(mut self, seconds: Option<u64>) -> Self {
        self.retry_after = seconds.or(self.retry_after);
        self
    }

    /// The finished answer.
    #[must_use]
    pub fn into_answer(self, request_id: &str) -> Answer {
        let mut body = json!({
            "type": "error",
            "status": self.status,
            "code": self.code,
            "help_url": "http://developers.box.com/docs/#errors",
            "message": self.message,
            "request_id": request_id,
        });
        if let Some(context) = self.context {
            body["context_info"] = context;
        }
        if self.is_of_metadata {
            body = json!({"code": self.code, "message": self.message, "request_id": request_id});
        }
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut answer = Answer::json(body)
            .status(status)
            .header(axum::http::header::HeaderName::from_static("box-request-id"), request_id);
        if self.is_bare {
            answer.body = Body::Empty;
        }
        if let Some(seconds) = self.retry_after {
            answer = answer.header(RETRY_AFTER, &seconds.to_string());
        }
        if let Some(challenge) = self.challenge {
            answer = answer.header(WWW_AUTHENTICATE, challenge);
        }
        answer.slow_down = self.status == 429;
        answer
    }
}
