//! What a method answers, and what of it goes over the wire.

use std::time::Duration;

use axum::http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use axum::http::{HeaderMap, StatusCode};
use bytes::Bytes;
use serde_json::Value;

use super::GoogleError;

/// A body, before `fields`, gzip and faults.
pub enum Body {
    /// Nothing.
    Empty,
    /// JSON, of which `fields` selects.
    Json(Value),
    /// Bytes in pieces, sent as they are.
    Pieces(Vec<Bytes>),
    /// Blocks that are made while they are sent; the length where it is known.
    Blocks(Option<u64>, Box<dyn Iterator<Item = Bytes> + Send>),
}

/// What a method answers.
pub struct Answer {
    /// HTTP status.
    pub status: StatusCode,
    /// Headers beside length and encoding.
    pub headers: HeaderMap,
    /// The body.
    pub body: Body,
    /// Whether it tells the client to slow down.
    pub(crate) slow_down: bool,
}

impl Answer {
    /// 200 with JSON.
    #[must_use]
    pub fn json(value: Value) -> Self {
        Self::typed("application/json; charset=UTF-8", Body::Json(value))
    }

    /// 200 with JSON text that was prepared (and selected) by the method.
    #[must_use]
    pub fn prepared_json(pieces: Vec<Bytes>) -> Self {
        Self::typed("application/json; charset=UTF-8", Body::Pieces(pieces))
    }

    /// 200 with bytes of this type.
    #[must_use]
    pub fn bytes(content_type: &str, bytes: Bytes) -> Self {
        Self::typed(content_type, Body::Pieces(vec![bytes]))
    }

    /// 200 with blocks of this type, made while they are sent.
    #[must_use]
    pub fn blocks(
        content_type: &str,
        length: Option<u64>,
        blocks: Box<dyn Iterator<Item = Bytes> + Send>,
    ) -> Self {
        Self::typed(content_type, Body::Blocks(length, blocks))
    }

    /// 204 without a body.
    #[must_use]
    pub fn nothing() -> Self {
        Self {
            status: StatusCode::NO_CONTENT,
            headers: HeaderMap::new(),
            body: Body::Empty,
            slow_down: false,
        }
    }

    fn typed(content_type: &str, body: Body) -> Self {
        let mut headers = HeaderMap::new();
        if let Ok(value) = HeaderValue::from_str(content_type) {
            headers.insert(CONTENT_TYPE, value);
        }
        Self { status: StatusCode::OK, headers, body, slow_down: false }
    }

    /// With another status.
    #[must_use]
    pub fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// With a header; a value that no header can carry is left out.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }
}

impl From<GoogleError> for Answer {
    fn from(error: GoogleError) -> Self {
        let mut answer = Self::json(error.to_json()).status(error.status());
        answer.headers.extend(error.header_map());
        answer.slow_down = error.is_rate_answer();
        answer
    }
}

/// A finished body.
pub(crate) enum Wire {
    Pieces(Vec<Bytes>),
    Blocks(Option<u64>, Box<dyn Iterator<Item = Bytes> + Send>),
}

impl Wire {
    pub(crate) fn length(&self) -> Option<u64> {
        match self {
            Self::Pieces(pieces) => Some(pieces.iter().map(|p| p.len() as u64).sum()),
            Self::Blocks(length, _) => *length,
        }
    }

    /// All blocks in memory.
    pub(crate) fn into_pieces(self) -> Vec<Bytes> {
        match self {
            Self::Pieces(pieces) => pieces,
            Self::Blocks(_, blocks) => blocks.collect(),
        }
    }

    /// One piece in memory.
    pub(crate) fn into_vec(self) -> Vec<u8> {
        self.into_pieces().concat()
    }
}

/// How the sending of a body ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// As it should.
    Whole,
    /// The connection breaks after this many bytes.
    CutAfter(u64),
    /// The body is spread over this time.
    Over(Duration),
    /// The connection breaks before the answer.
    Dropped,
}

/// A finished answer.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Wire,
    pub(crate) ending: Ending,
    pub(crate) slow_down: bool,
    /// Whose counters the body's bytes go to.
    pub(crate) method: &'static str,
    pub(crate) user: String,
}
