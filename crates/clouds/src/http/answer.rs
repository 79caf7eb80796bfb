//! A successful answer whose body is still to be read, within limits.

use std::sync::Arc;

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;

use super::clock::Clock;
use super::failure::{cut_off, malformed};
use super::pace::Place;
use super::throttle::Throttle;
use crate::contract::{CloudError, ErrorKind};

/// JSON that is not content is never larger (SPEC 4.7).
pub const JSON_LIMIT: usize = 32 * 1024 * 1024;

/// A successful answer.
pub struct Answer {
    response: reqwest::Response,
    /// Held until the body is read or dropped: a cloud counts a request as running until then.
    _place: Place,
    throttle: Arc<Throttle>,
    clock: Arc<dyn Clock>,
}

impl Answer {
    pub(super) fn new(
        response: reqwest::Response,
        place: Place,
        throttle: Arc<Throttle>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { response, _place: place, throttle, clock }
    }

    /// HTTP status: 200 to 299, or one that the request reads.
    pub fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// The cloud's time of day when it answered.
    pub fn date(&self) -> Option<holdfast_model::Timestamp> {
        super::client::date(self.headers())
    }

    /// The number of bytes that the answer says will come; not to be trusted with memory.
    pub fn length(&self) -> Option<u64> {
        self.response.content_length()
    }

    /// The next piece of the body, held back where a limit says so; `None` at its end. A body that breaks off is an error.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, CloudError> {
        let chunk = self.response.chunk().await.map_err(cut_off)?;
        if let Some(chunk) = &chunk {
            self.throttle.came(chunk.len(), &self.clock).await;
        }
        Ok(chunk)
    }

    /// True where the answer says that it is a web page.
    pub fn is_html(&self) -> bool {
        let kind = self.headers().get(reqwest::header::CONTENT_TYPE);
        kind.is_some_and(|kind| kind.as_bytes().to_ascii_lowercase().starts_with(b"text/html"))
    }

    /// The whole body, counted as it comes: one byte more than `most` is an error.
    pub async fn bytes(mut self, most: usize) -> Result<Vec<u8>, CloudError> {
        let too_large = || {
            let detail = format!("the answer is larger than {} MB", most / (1024 * 1024));
            CloudError::new(ErrorKind::Fatal, "answerTooLarge", detail)
        };
        let announced = self.length().unwrap_or(0);
        if announced > most as u64 {
            return Err(too_large());
        }
        let mut body = Vec::with_capacity(usize::try_from(announced).unwrap_or(0).min(1024 * 1024));
        while let Some(chunk) = self.chunk().await? {
            if chunk.len() > most - body.len() {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    /// The whole body as JSON of at most [`JSON_LIMIT`] bytes.
    pub async fn json<T: DeserializeOwned>(self) -> Result<T, CloudError> {
        let html = self.is_html();
        parse(&self.bytes(JSON_LIMIT).await?, html)
    }
}

/// Reads JSON. What does not parse is described by its place, never by its content.
pub fn parse<T: DeserializeOwned>(body: &[u8], html: bool) -> Result<T, CloudError> {
    serde_json::from_slice(body).map_err(|error| {
        if html || body.trim_ascii_start().starts_with(b"<") {
            return malformed("notJson", "a web page came where JSON was expected");
        }
        if std::str::from_utf8(body).is_err() {
            return malformed("notUtf8", "the answer's text is not valid UTF-8");
        }
        let place = format!("line {}, column {}", error.line(), error.column());
        match error.classify() {
            serde_json::error::Category::Data => {
                let detail = format!("the answer has another shape than documented ({place})");
                CloudError::new(ErrorKind::Fatal, "unexpectedShape", detail)
            }
            _ => malformed("notJson", &format!("the answer is not complete, valid JSON ({place})")),
        }
    })
}
