//! `GET /control/truth`: every Item that exists, as JSON lines.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Response;
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use bytes::Bytes;
use futures::stream;
use serde_json::Value;
use tokio::sync::mpsc;

use super::ControlError;
use crate::world::World;

/// Lines are sent in blocks of about this size.
const BLOCK_BYTES: usize = 64 * 1024;

/// Who knows the truth about one service.
pub struct Source {
    /// The services whose lines it writes.
    pub services: &'static [&'static str],
    /// Writes the lines.
    pub run: fn(&World, &Question, &mut Lines) -> Result<(), Gone>,
}

/// What is asked.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// Only this user, by id.
    pub user: Option<String>,
    /// That user's address, where it is known: other clouds have ids of their own.
    pub address: Option<String>,
    /// Only this service.
    pub service: Option<String>,
    /// Sizes and hashes are wanted even where they are costly.
    pub hashes: bool,
}

impl Question {
    /// Whether lines of this service are wanted.
    #[must_use]
    pub fn wants_service(&self, service: &str) -> bool {
        self.service.as_deref().is_none_or(|s| s == service)
    }

    /// Whether lines of this user (by id) are wanted.
    #[must_use]
    pub fn wants_user(&self, id: &str) -> bool {
        self.user.as_deref().is_none_or(|u| u == id)
    }
}

/// Nobody reads the lines any more.
#[derive(Debug)]
pub struct Gone;

/// Where lines are written to; waits while the reader is slow.
pub struct Lines {
    block: Vec<u8>,
    reader: mpsc::Sender<Bytes>,
}

impl Lines {
    /// Writes one line.
    pub fn line(&mut self, value: &Value) -> Result<(), Gone> {
        self.block.extend_from_slice(value.to_string().as_bytes());
        self.block.push(b'\n');
        if self.block.len() >= BLOCK_BYTES { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), Gone> {
        if self.block.is_empty() {
            return Ok(());
        }
        self.reader.blocking_send(Bytes::from(std::mem::take(&mut self.block))).map_err(|_| Gone)
    }
}

/// Id and address of a user of the company, or of one whom only Box has.
fn person(world: &World, name: &str) -> Option<(String, String)> {
    let known =
        world.google.directory.read().user_or_deleted(name).map(|u| (u.id.clone(), u.address.clone()));
    known.or_else(|| {
        let state = crate::sync::read(&world.boxcom.state);
        state.any_user(name).map(|user| (user.id.clone(), user.login.clone()))
    })
}

pub(crate) fn serve(world: &Arc<World>, query: &str) -> Result<Response<Body>, ControlError> {
    let mut question = Question::default();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        match name.as_ref() {
            "user" if value.is_empty() => {}
            "user" => {
                let (id, address) = person(world, &value)
                    .ok_or_else(|| ControlError::missing(format!("there is no user {value}")))?;
                (question.user, question.address) = (Some(id), Some(address));
            }
            "service" => question.service = Some(value.into_owned()).filter(|s| !s.is_empty()),
            "hashes" => question.hashes = value == "1" || value == "true",
            other => return Err(ControlError::bad(format!("truth knows no {other}"))),
        }
    }
    let (reader, mut blocks) = mpsc::channel(4);
    let world = Arc::clone(world);
    tokio::task::spawn_blocking(move || {
        let mut lines = Lines { block: Vec::new(), reader };
        for source in crate::google::TRUTH.iter().chain(&[&crate::boxcom::TRUTH]) {
            if !source.services.iter().any(|s| question.wants_service(s)) {
                continue;
            }
            if (source.run)(&world, &question, &mut lines).is_err() {
                return;
            }
        }
        if lines.flush().is_err() {
            tracing::debug!("the reader of the truth went away");
        }
    });
    let body = Body::from_stream(stream::poll_fn(move |context| {
        blocks.poll_recv(context).map(|block| block.map(Ok::<_, std::convert::Infallible>))
    }));
    let mut response = Response::new(body);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    Ok(response)
}
