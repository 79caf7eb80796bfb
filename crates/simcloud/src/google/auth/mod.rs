//! Who calls: service-account keys, access tokens, and Google's ways of refusing.

mod consent;
pub(crate) mod endpoints;
mod grants;
mod jwt;
mod keys;
mod tokens;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::{SecureRandom as _, SystemRandom};
use serde_json::json;

use super::{Api, GoogleError, Method};
use crate::server::StartError;
use crate::world::World;

pub(crate) use keys::{OAUTH_CLIENT_FILE, SERVICE_ACCOUNT_FILE, write_private};
pub use tokens::Tokens;

/// The Cloud project that the service account and the OAuth client belong to.
pub const PROJECT_ID: &str = "holdfast-sample";
/// Its number, as messages name it.
pub const PROJECT_NUMBER: &str = "418203377204";

/// Keys, clients and tokens of the company.
pub struct Auth {
    pub(crate) keys: keys::Keys,
    /// Everything that was issued.
    pub tokens: Tokens,
}

impl Auth {
    /// Reads the credentials of a state folder, or makes them.
    pub(crate) fn open(state_dir: &std::path::Path, base_url: &str) -> Result<Self, StartError> {
        Ok(Self { keys: keys::Keys::open(state_dir, base_url)?, tokens: Tokens::default() })
    }
}

/// Who calls, and what they may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal {
    /// A user of the company: signed in, or impersonated by the service account.
    User {
        /// The user's id.
        id: String,
        /// Granted scopes.
        scopes: Vec<String>,
    },
    /// The service account speaking for itself.
    ServiceAccount {
        /// Granted scopes; empty for a self-signed JWT with an audience, which covers all of them.
        scopes: Vec<String>,
    },
}

impl Principal {
    /// The user's id.
    #[must_use]
    pub fn user(&self) -> Option<&str> {
        match self {
            Self::User { id, .. } => Some(id),
            Self::ServiceAccount { .. } => None,
        }
    }

    /// Whether this scope was granted.
    #[must_use]
    pub fn has_scope(&self, scope: &str) -> bool {
        match self {
            Self::User { scopes, .. } => scopes.iter().any(|s| s == scope),
            Self::ServiceAccount { scopes } => scopes.is_empty() || scopes.iter().any(|s| s == scope),
        }
    }
}

/// Finds out who calls, by bearer token.
pub(crate) fn principal(
    world: &World,
    headers: &HeaderMap,
    query: &[(String, String)],
) -> Result<Principal, GoogleError> {
    let header = headers.get(AUTHORIZATION).and_then(|v| v.to_str().ok());
    let bearer =
        header.and_then(|h| h.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let parameter =
        query.iter().find(|(n, _)| n == "access_token" || n == "oauth_token").map(|(_, v)| v.as_str());
    let token = match (header, bearer) {
        (_, Some((_, token))) => token.trim(),
        (Some(_), None) => return Err(bad_credentials()),
        (None, None) => parameter.ok_or_else(no_credentials)?,
    };
    let principal = match world.google.auth.tokens.principal(token, world.clock.now_seconds()) {
        Some(principal) => principal,
        None if token.matches('.').count() == 2 => {
            jwt::self_signed(world, token).map_err(|_| bad_credentials())?
        }
        None => return Err(bad_credentials()),
    };
    match principal.user() {
        Some(id) if !world.google.directory.read().exists(id) => Err(bad_credentials()),
        _ => Ok(principal),
    }
}

fn no_credentials() -> GoogleError {
    GoogleError::new(
        401,
        "required",
        "Request is missing required authentication credential. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
    )
    .at("header", "Authorization")
    .challenge("Bearer realm=\"https://accounts.google.com/\"")
}

fn bad_credentials() -> GoogleError {
    GoogleError::new(
        401,
        "authError",
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
    )
    .at("header", "Authorization")
    .challenge("Bearer realm=\"https://accounts.google.com/\", error=\"invalid_token\"")
}

/// 403 for a token without any of the method's scopes.
pub(crate) fn insufficient_scopes(method: &Method) -> GoogleError {
    GoogleError::new(403, "insufficientPermissions", "Request had insufficient authentication scopes.")
        .challenge(&format!(
            "Bearer realm=\"https://accounts.google.com/\", error=\"insufficient_scope\", scope=\"{}\"",
            method.scopes.join(" ")
        ))
        .with_detail(json!({
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
            "domain": "googleapis.com",
            "metadata": {"service": method.api.host, "method": method.id},
        }))
}

/// 403 for an API that the Cloud project has not enabled.
/// <https://cloud.google.com/apis/docs/troubleshooting>
pub(crate) fn service_disabled(api: &Api) -> GoogleError {
    let url = format!(
        "https://console.developers.google.com/apis/api/{}/overview?project={PROJECT_NUMBER}",
        api.host
    );
    let message = format!(
        "{} has not been used in project {PROJECT_NUMBER} before or it is disabled. Enable it by visiting {url} then retry. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry.",
        api.title
    );
    GoogleError::new(403, "accessNotConfigured", message)
        .in_domain("usageLimits")
        .with_detail(json!({
            "@type": "type.googleapis.com/google.rpc.Help",
            "links": [{"description": "Google developers console API activation", "url": url}],
        }))
        .with_detail(json!({
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": "SERVICE_DISABLED",
            "domain": "googleapis.com",
            "metadata": {"service": api.host, "consumer": format!("projects/{PROJECT_NUMBER}")},
        }))
}

/// Random bytes for keys; zeroes can only come from a machine without any randomness.
pub(crate) fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if SystemRandom::new().fill(&mut bytes).is_err() {
        tracing::error!("the system has no randomness; tokens can be guessed");
    }
    bytes
}

/// A random token of this many bytes, in letters that every header and URL carries.
pub(crate) fn random_token(bytes: usize) -> String {
    let random: [u8; 64] = random_bytes();
    URL_SAFE_NO_PAD.encode(&random[..bytes.min(64)])
}
