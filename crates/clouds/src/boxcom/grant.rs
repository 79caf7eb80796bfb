//! Box's token endpoint and its answers.
//! <https://developer.box.com/reference/post-oauth2-token>

use std::sync::Arc;
use std::time::Duration;

use oauth2::TokenResponse as _;
use oauth2::basic::BasicTokenResponse;
use serde::Deserialize;
use url::Url;
use zeroize::Zeroizing;

use super::classify::shortened;
use super::secret::{BoxApp, SecretText};
use super::wire::address;
use crate::contract::{CloudError, ErrorKind};
use crate::http::{Answer, Client, Request, parse};

/// An answer of the token endpoint is never larger.
const ANSWER_LIMIT: usize = 256 * 1024;
/// Where Box does not say how long a token lives.
const USUAL_LIFE: Duration = Duration::from_secs(3600);

/// The token endpoint.
pub(super) struct TokenEndpoint {
    client: Arc<Client>,
    url: Url,
}

/// Tokens that Box gave.
pub(super) struct Granted {
    pub(super) access: SecretText,
    pub(super) life: Duration,
    pub(super) refresh: Option<SecretText>,
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
    #[serde(default)]
    error_description: String,
}

impl TokenEndpoint {
    pub(super) fn new(client: Arc<Client>, api: &Url) -> Self {
        Self { client, url: address(api, &["oauth2", "token"], &[]) }
    }

    /// Asks for tokens; the fields hold secrets.
    pub(super) async fn ask(&self, app: &BoxApp, fields: &[(&str, &str)]) -> Result<Granted, CloudError> {
        let mut all =
            vec![("client_id", app.client_id.as_str()), ("client_secret", app.client_secret.as_str())];
        all.extend(fields);
        let request = Request::post_form(self.url.clone(), &all).reading(&[400, 401, 403]);
        self.client.run(&request, None, read).await
    }
}

async fn read(answer: Answer) -> Result<Granted, CloudError> {
    let (status, html) = (answer.status(), answer.is_html());
    let body = Zeroizing::new(answer.bytes(ANSWER_LIMIT).await?);
    if status.is_success() {
        let token: BasicTokenResponse = parse(&body, html)?;
        return Ok(Granted {
            access: SecretText::new(token.access_token().secret().clone()),
            life: token.expires_in().unwrap_or(USUAL_LIFE),
            refresh: token.refresh_token().map(|token| SecretText::new(token.secret().clone())),
        });
    }
    let refusal: Refusal = parse(&body, html)?;
    let kind = match refusal.error.as_str() {
        // The enterprise's admin has not authorised the application.
        "unauthorized_client" | "access_denied" | "invalid_scope" => ErrorKind::Forbidden,
        "temporarily_unavailable" => ErrorKind::Retry { after: None },
        "invalid_request" | "unsupported_grant_type" => ErrorKind::Fatal,
        _ => ErrorKind::SignInAgain,
    };
    let detail =
        if refusal.error_description.is_empty() { &refusal.error } else { &refusal.error_description };
    let detail = shortened(detail);
    Err(CloudError { kind, reason: shortened(&refusal.error), status: Some(status.as_u16()), detail })
}
