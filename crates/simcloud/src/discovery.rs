//! The published descriptions: what they allow, for `--strict`, and the documents themselves.

use crate::google::{Answer, Call, GoogleError};

/// Refuses a request that the published description does not allow; called before a method runs
/// when the server is strict.
pub fn check(_call: &Call) -> Result<(), GoogleError> {
    Ok(())
}

/// The document behind `GET /$discovery/rest?version=…` on an API's host, or
/// `GET /discovery/v1/apis/{api}/{version}/rest`, with the addresses of this server in it; `None`
/// when there is no such document. `host` is the `Host` header without its port.
#[must_use]
pub fn document(_host: &str, _path: &str, _query: &[(String, String)], _base_url: &str) -> Option<Answer> {
    None
}
