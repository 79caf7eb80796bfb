//! One request for one method: who asks, for what, with which parameters.

use std::ops::RangeInclusive;
use std::sync::Arc;

use axum::http::HeaderMap;
use bytes::Bytes;
use serde_json::Value;

use super::{Answer, Fields, GoogleError};
use crate::google::auth::Principal;
use crate::world::World;

/// One of Google's APIs.
pub struct Api {
    /// The first word of its method ids.
    pub name: &'static str,
    /// Its name in messages.
    pub title: &'static str,
    /// Its host, which is also its service name.
    pub host: &'static str,
}

/// One method of an API; see [`crate::google`].
pub struct Method {
    /// The API it belongs to.
    pub api: &'static Api,
    /// The discovery id.
    pub id: &'static str,
    /// The HTTP verb.
    pub http: &'static str,
    /// The path below the host, without a leading slash.
    pub path: &'static str,
    /// Query parameters beside the global ones.
    pub query: &'static [&'static str],
    /// One of these scopes is needed.
    pub scopes: &'static [&'static str],
    /// Quota units that a call costs.
    pub units: fn(&Call) -> u64,
    /// Answers the call.
    pub run: fn(&Call) -> Result<Answer, GoogleError>,
}

/// Query parameters that every method has.
pub(crate) const GLOBAL_PARAMETERS: &[&str] = &[
    "$.xgafv",
    "access_token",
    "alt",
    "callback",
    "fields",
    "key",
    "oauth_token",
    "prettyPrint",
    "quotaUser",
    "uploadType",
    "upload_protocol",
];

/// A request that was routed and whose caller is known.
pub struct Call {
    /// Everything there is.
    pub world: Arc<World>,
    /// What is asked for.
    pub method: &'static Method,
    /// Decoded path parameters.
    pub path: Vec<(&'static str, String)>,
    /// Decoded query parameters in their order.
    pub query: Vec<(String, String)>,
    /// The request's headers.
    pub headers: HeaderMap,
    /// The request's body.
    pub body: Bytes,
    /// Who asks.
    pub principal: Principal,
    /// What to answer of the whole.
    pub fields: Fields,
}

impl Call {
    /// A path parameter; empty when the template has no such name.
    #[must_use]
    pub fn path(&self, name: &str) -> &str {
        self.path.iter().find(|(n, _)| *n == name).map_or("", |(_, v)| v)
    }

    /// The last value of a query parameter.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().rev().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// All values of a repeated query parameter.
    pub fn query_all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.query.iter().filter(move |(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// A boolean query parameter, false when absent.
    pub fn flag(&self, name: &str) -> Result<bool, GoogleError> {
        match self.query(name) {
            None => Ok(false),
            Some("true" | "True" | "1" | "") => Ok(true),
            Some("false" | "False" | "0") => Ok(false),
            Some(other) => Err(GoogleError::invalid_parameter(
                name,
                format!("Invalid value at '{name}' (TYPE_BOOL), \"{other}\""),
            )),
        }
    }

    /// A number in a query parameter; refused when it is none or outside `range`.
    pub fn number(&self, name: &str, range: RangeInclusive<u64>, default: u64) -> Result<u64, GoogleError> {
        let Some(text) = self.query(name) else { return Ok(default) };
        let number: i64 = text.parse().map_err(|_| {
            GoogleError::invalid_parameter(
                name,
                format!("Invalid value at '{name}' (TYPE_INT32), \"{text}\""),
            )
        })?;
        u64::try_from(number).ok().filter(|n| range.contains(n)).ok_or_else(|| {
            GoogleError::invalid_parameter(
                name,
                format!(
                    "Invalid value '{text}'. Values must be within the range: [{}, {}]",
                    range.start(),
                    range.end()
                ),
            )
        })
    }

    /// One of the words of an enumeration, or the default.
    pub fn one_of<'a>(
        &'a self,
        name: &str,
        words: &[&str],
        default: &'a str,
    ) -> Result<&'a str, GoogleError> {
        match self.query(name) {
            None => Ok(default),
            Some(word) if words.contains(&word) => Ok(word),
            Some(word) => {
                Err(GoogleError::invalid_parameter(name, format!("Invalid value at '{name}', \"{word}\"")))
            }
        }
    }

    /// The id of the user who asks; a service account that speaks for nobody has no data.
    pub fn user(&self) -> Result<&str, GoogleError> {
        match &self.principal {
            Principal::User { id, .. } => Ok(id),
            Principal::ServiceAccount { .. } => {
                Err(GoogleError::new(400, "failedPrecondition", "Precondition check failed."))
            }
        }
    }

    /// The request's body as JSON.
    pub fn json(&self) -> Result<Value, GoogleError> {
        serde_json::from_slice(&self.body)
            .map_err(|e| GoogleError::new(400, "parseError", format!("Invalid JSON payload received. {e}")))
    }
}
