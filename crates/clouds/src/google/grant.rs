//! Google's token endpoint and its answers.
//! <https://developers.google.com/identity/protocols/oauth2/service-account#authorizingrequests>

use std::sync::Arc;
use std::time::Duration;

use holdfast_model::Timestamp;
use oauth2::TokenResponse as _;
use oauth2::basic::BasicTokenResponse;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::auth::token_url;
use super::classify::shortened;
use super::endpoints::GoogleEndpoints;
use crate::contract::{CloudError, ErrorKind};
use crate::http::{Answer, Bearer, Client, Request, parse};

/// An answer of the token endpoint is never larger.
const ANSWER_LIMIT: usize = 256 * 1024;
/// Where Google does not say how long a token lives.
const USUAL_LIFE: Duration = Duration::from_secs(3600);

/// The token endpoint.
pub(super) struct TokenEndpoint {
    client: Arc<Client>,
    url: url::Url,
}

/// What came of a request for a token.
pub(super) enum Asked {
    Token {
        bearer: Bearer,
        life: Duration,
        refresh: Option<Zeroizing<String>>,
        /// How long the refresh token lives, where it does not live until it is revoked.
        refresh_life: Option<Duration>,
    },
    /// The assertion's times do not fit the cloud's clock.
    WrongTime {
        cloud: Option<Timestamp>,
        detail: String,
    },
    Refused(CloudError),
}

/// What Google's token answers hold beyond the standard.
#[derive(Deserialize)]
struct Limits {
    refresh_token_expires_in: Option<u64>,
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
    #[serde(default)]
    error_description: String,
    #[serde(default)]
    error_subtype: String,
}

impl TokenEndpoint {
    pub(super) fn new(client: Arc<Client>, endpoints: &GoogleEndpoints) -> Result<Self, CloudError> {
        Ok(Self { client, url: token_url(&endpoints.oauth2) })
    }

    /// What an assertion names as its audience.
    pub(super) fn audience(&self) -> &str {
        self.url.as_str()
    }

    /// Asks for a token; the fields hold secrets.
    pub(super) async fn ask(&self, fields: &[(&str, &str)]) -> Result<Asked, CloudError> {
        let request = Request::post_form(self.url.clone(), fields).reading(&[400, 401, 403]);
        self.client.run(&request, None, read).await
    }
}

async fn read(answer: Answer) -> Result<Asked, CloudError> {
    let (status, date, html) = (answer.status(), answer.date(), answer.is_html());
    let body = Zeroizing::new(answer.bytes(ANSWER_LIMIT).await?);
    if status.is_success() {
        let token: BasicTokenResponse = parse(&body, html)?;
        let limits: Limits = parse(&body, html)?;
        return Ok(Asked::Token {
            bearer: Bearer::new(token.access_token().secret().clone()),
            life: token.expires_in().unwrap_or(USUAL_LIFE),
            refresh: token.refresh_token().map(|token| Zeroizing::new(token.secret().clone())),
            refresh_life: limits.refresh_token_expires_in.filter(|left| *left > 0).map(Duration::from_secs),
        });
    }
    let refusal: Refusal = parse(&body, html)?;
    let detail =
        if refusal.error_description.is_empty() { &refusal.error } else { &refusal.error_description };
    let detail = shortened(detail);
    if refusal.error == "invalid_grant" && is_about_time(&detail) {
        return Ok(Asked::WrongTime { cloud: date, detail });
    }
    let reason = if refusal.error_subtype.is_empty() { &refusal.error } else { &refusal.error_subtype };
    let kind = match refusal.error.as_str() {
        "unauthorized_client"
        | "access_denied"
        | "admin_policy_enforced"
        | "org_internal"
        | "invalid_scope" => ErrorKind::Forbidden,
        "temporarily_unavailable" | "internal_failure" => ErrorKind::Retry { after: None },
        "invalid_request" | "unsupported_grant_type" => ErrorKind::Fatal,
        _ => ErrorKind::SignInAgain,
    };
    Ok(Asked::Refused(CloudError { kind, reason: reason.clone(), status: Some(status.as_u16()), detail }))
}

/// `Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and
/// exp values in the JWT claim.`
fn is_about_time(detail: &str) -> bool {
    detail.contains("timeframe") || detail.contains("iat") && detail.contains("exp")
}
