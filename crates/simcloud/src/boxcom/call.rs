//! One request for one method of Box's API: who asks, for what, with which parameters; and paging.

use std::sync::Arc;

use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use ring::hmac;
use serde_json::{Value, json};

use super::error::BoxError;
use super::resource;
use crate::google::Answer;
use crate::sync::{read, write};
use crate::world::World;

/// Offsets above this are refused.
/// <https://developer.box.com/guides/api-calls/pagination/offset-based>
const MAX_OFFSET: u64 = 10_000;

/// One method of the API.
pub struct Method {
    /// `box.` and the operation's id in the published description.
    pub id: &'static str,
    /// The HTTP verb.
    pub http: &'static str,
    /// The path below `/2.0/`.
    pub path: &'static str,
    /// One of these scopes is needed; none for all.
    pub scopes: &'static [&'static str],
    /// Answers the call.
    pub run: fn(&Call) -> Result<Answer, BoxError>,
}

/// A request that was routed and whose caller is known.
pub struct Call {
    /// Everything there is.
    pub world: Arc<World>,
    /// What is asked for.
    pub method: &'static Method,
    /// Decoded path parameters.
    pub path: Vec<(&'static str, String)>,
    /// Decoded query parameters.
    pub query: Vec<(String, String)>,
    /// The request's headers.
    pub headers: HeaderMap,
    /// The request's body.
    pub body: Bytes,
    /// The id of the user who acts: the token's, or the one that `As-User` names.
    pub user: String,
    /// The host that was asked, without its port.
    pub host: String,
}

impl Call {
    /// A path parameter; empty when the template has no such name.
    #[must_use]
    pub fn path(&self, name: &str) -> &str {
        self.path.iter().find(|(n, _)| *n == name).map_or("", |(_, v)| v)
    }

    /// A query parameter.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().rev().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The names in `fields`.
    #[must_use]
    pub fn fields(&self) -> Option<Vec<&str>> {
        let text = self.query("fields").filter(|text| !text.is_empty())?;
        Some(text.split(',').map(str::trim).collect())
    }

    /// Reads the enterprise.
    pub fn state(&self) -> std::sync::RwLockReadGuard<'_, super::State> {
        read(&self.world.boxcom.state)
    }

    /// Changes the enterprise.
    pub fn change(&self) -> std::sync::RwLockWriteGuard<'_, super::State> {
        write(&self.world.boxcom.state)
    }

    /// Refuses everyone but admins and the service account.
    pub fn admin_only(&self) -> Result<(), BoxError> {
        let state = self.state();
        match state.user(&self.user).filter(|user| user.is_admin()) {
            Some(_) => Ok(()),
            None => Err(BoxError::forbidden()),
        }
    }

    /// A header as text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body as JSON.
    pub fn json(&self) -> Result<Value, BoxError> {
        serde_json::from_slice(&self.body)
            .map_err(|error| BoxError::bad_parameter("entity-body", &format!("Invalid JSON: {error}")))
    }

    /// A number in the query; what is too large is cut down where Box does that.
    pub fn number(&self, name: &str, default: u64, most: u64) -> Result<u64, BoxError> {
        match self.query(name) {
            None => Ok(default),
            Some(text) => text.parse::<u64>().map(|number| number.min(most)).map_err(|_| {
                BoxError::bad_parameter(name, &format!("Invalid value '{text}'. Must be a number"))
            }),
        }
    }

    /// One page by offset: the entries, with how many there are.
    pub fn by_offset(&self, all: &[Value], order: Option<Value>, default: u64) -> Result<Answer, BoxError> {
        let limit = self.number("limit", default, 1000)?;
        let offset = self.number("offset", 0, u64::MAX)?;
        if offset > MAX_OFFSET {
            let message = format!("Offset {offset} exceeds {MAX_OFFSET}; use marker-based paging");
            return Err(BoxError::bad_parameter("offset", &message));
        }
        let page: Vec<&Value> = all.iter().skip(usize(offset)).take(usize(limit)).collect();
        let mut answer = json!({"total_count": all.len(), "entries": page, "offset": offset, "limit": limit});
        if let Some(order) = order {
            answer["order"] = order;
        }
        Ok(Answer::json(answer))
    }

    /// One page by marker of entries that are in the order of their numbers, made when needed.
    pub fn by_marker<T>(
        &self,
        all: &[T],
        number: impl Fn(&T) -> u64,
        entry: impl Fn(&T) -> Value,
    ) -> Result<Answer, BoxError> {
        let limit = self.number("limit", 100, 1000)?.max(1);
        let after = match self.query("marker").filter(|marker| !marker.is_empty()) {
            None => 0,
            Some(marker) => self.open(marker).ok_or_else(|| {
                BoxError::bad_parameter("marker", "Invalid marker. The marker is not valid")
            })?,
        };
        let rest: Vec<&T> = all.iter().filter(|one| number(one) > after).collect();
        let page = &rest[..rest.len().min(usize(limit))];
        let next = page.last().filter(|_| page.len() < rest.len()).map(|one| self.seal(number(one)));
        let entries: Vec<Value> = page.iter().map(|one| entry(one)).collect();
        Ok(Answer::json(json!({"entries": entries, "limit": limit, "next_marker": next})))
    }

    /// Whether paging goes by marker; Box's own Python client writes `True`.
    #[must_use]
    pub fn uses_marker(&self) -> bool {
        self.query("usemarker").is_some_and(|word| word.eq_ignore_ascii_case("true"))
    }

    /// A marker for this listing.
    #[must_use]
    pub fn seal(&self, position: u64) -> String {
        let mut marker = self.mac(position);
        marker.extend_from_slice(&position.to_be_bytes());
        URL_SAFE_NO_PAD.encode(marker)
    }

    fn open(&self, marker: &str) -> Option<u64> {
        let bytes = URL_SAFE_NO_PAD.decode(marker).ok()?;
        let (mac, position) = bytes.split_at_checked(9)?;
        let position = u64::from_be_bytes(position.try_into().ok()?);
        (mac == self.mac(position)).then_some(position)
    }

    fn mac(&self, position: u64) -> Vec<u8> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.world.token_key);
        let mut text = format!("{} {} {position}", self.method.id, self.user);
        self.path.iter().for_each(|(_, value)| text.push_str(value));
        hmac::sign(&key, text.as_bytes()).as_ref()[..9].to_vec()
    }

    /// What `fields` leaves of a resource; without it, these.
    #[must_use]
    pub fn select(&self, value: Value, standard: &[&str]) -> Value {
        resource::select(value, self.fields().as_deref(), standard)
    }
}

fn usize(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
