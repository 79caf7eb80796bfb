//! An admin's sign-in in the system's browser: authorization code with PKCE, answered to a port of this computer.
//! <https://developers.google.com/identity/protocols/oauth2/native-app>

use std::sync::Arc;
use std::time::Duration;

use oauth2::{CsrfToken, PkceCodeChallenge};
use serde::Deserialize;
use tokio::net::TcpListener;
use url::Url;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::classify::classify;
use super::endpoints::GoogleEndpoints;
use super::grant::{Asked, TokenEndpoint};
use super::scopes;
use super::secret::{GoogleSecret, OAuthGrant};
use super::wire::address;
use crate::contract::{CloudError, ErrorKind};
use crate::http::{Answer, Bearer, Client, HttpOptions, Request};
use crate::loopback::{self, no_port};

/// The id file of a desktop client, as Google's console writes it.
#[derive(Deserialize)]
struct ClientFile {
    installed: Option<Installed>,
}

#[derive(Deserialize, Zeroize, ZeroizeOnDrop)]
struct Installed {
    client_id: String,
    client_secret: String,
    #[zeroize(skip)]
    token_uri: Option<Url>,
    #[zeroize(skip)]
    auth_uri: Option<Url>,
}

/// Lets an admin sign in and makes the secret of a Connection.
///
/// `open_browser` gets the address of Google's page. The answer is waited for until `timeout`; dropping the future
/// cancels. Whoever answers with another `state` than ours is turned away and changes nothing.
pub async fn sign_in(
    client_file: &[u8],
    endpoints: GoogleEndpoints,
    hint: Option<&str>,
    open_browser: &(dyn Fn(&Url) + Send + Sync),
    timeout: Duration,
    options: &HttpOptions,
) -> Result<GoogleSecret, CloudError> {
    endpoints.check()?;
    let client = installed(client_file, &endpoints)?;
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(no_port)?;
    let redirect = format!("http://127.0.0.1:{}/", listener.local_addr().map_err(no_port)?.port());
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let state = CsrfToken::new_random();
    let scopes = scopes::all().join(" ");
    let mut query = vec![
        ("client_id", client.client_id.as_str()),
        ("redirect_uri", &redirect),
        ("response_type", "code"),
        ("scope", &scopes),
        ("state", state.secret()),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
        ("access_type", "offline"),
        ("prompt", "consent"),
    ];
    query.extend(hint.map(|hint| ("login_hint", hint)));
    open_browser(&address(&endpoints.accounts, &["o", "oauth2", "v2", "auth"], &query));

    let code = loopback::code(&listener, "/", state.secret(), timeout).await?;
    drop(listener);

    let hosts: Vec<&Url> = endpoints.all().into_iter().map(|(_, url)| url).collect();
    let http = Arc::new(Client::new(&hosts, classify, options)?);
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", &client.client_id),
        // Desktop clients send their secret even with PKCE.
        ("client_secret", &client.client_secret),
        ("code", &code),
        ("code_verifier", verifier.secret()),
        ("redirect_uri", &redirect),
    ];
    let asked = TokenEndpoint::new(Arc::clone(&http), &endpoints)?.ask(&fields).await?;
    let (bearer, refresh, life) = match asked {
        Asked::Token { bearer, refresh: Some(refresh), refresh_life, .. } => (bearer, refresh, refresh_life),
        Asked::Token { .. } => {
            let detail =
                "Google gave no lasting authorisation; remove this app from the account and try again";
            return Err(CloudError::new(ErrorKind::Forbidden, "noRefreshToken", detail));
        }
        Asked::WrongTime { detail, .. } => {
            return Err(CloudError::new(ErrorKind::Forbidden, "clockWrong", detail));
        }
        Asked::Refused(error) => return Err(error),
    };
    let account = account(&http, &endpoints, &bearer).await?;
    let now = http.clock().wall();
    let oauth = OAuthGrant {
        client_id: client.client_id.clone(),
        client_secret: client.client_secret.clone(),
        refresh_token: refresh.to_string(),
        account,
        ends: life.and_then(|life| now.checked_add(life).ok()),
    };
    Ok(GoogleSecret { endpoints, service_account: None, admin: None, oauth: Some(oauth), since: Some(now) })
}

fn installed(file: &[u8], endpoints: &GoogleEndpoints) -> Result<Installed, CloudError> {
    let refused = |detail: String| CloudError::new(ErrorKind::Forbidden, "badClientFile", detail);
    let file: ClientFile = serde_json::from_slice(file).map_err(|error| {
        refused(format!("this is no OAuth client's file (line {}, column {})", error.line(), error.column()))
    })?;
    let client = file.installed.ok_or_else(|| {
        refused("an OAuth client of the type 'Desktop app' is needed, this is of another".to_owned())
    })?;
    // A planted address would have the client's secret or the person sent elsewhere.
    let planted = [(&client.token_uri, &endpoints.oauth2), (&client.auth_uri, &endpoints.accounts)];
    for (uri, host) in planted {
        if let Some(uri) = uri
            && uri.origin() != host.origin()
        {
            let (is, expected) = (uri.host_str().unwrap_or("?"), host.host_str().unwrap_or("?"));
            return Err(refused(format!("it points to {is} instead of {expected}")));
        }
    }
    Ok(client)
}

/// Who signed in. Neither `openid` nor `email` is asked for: the mailbox or the drive knows, whichever was granted.
async fn account(http: &Client, endpoints: &GoogleEndpoints, bearer: &Bearer) -> Result<String, CloudError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Who {
        email_address: Option<String>,
        user: Option<Box<Who>>,
    }
    let profile =
        address(&endpoints.gmail, &["gmail", "v1", "users", "me", "profile"], &[("fields", "emailAddress")]);
    let about = address(&endpoints.drive, &["drive", "v3", "about"], &[("fields", "user/emailAddress")]);
    let mut last = None;
    for url in [profile, about] {
        let request = Request::get(url).signed_with(bearer)?;
        match http.run(&request, None, Answer::json::<Who>).await {
            Ok(who) => {
                if let Some(address) = who.email_address.or(who.user.and_then(|user| user.email_address)) {
                    return Ok(address);
                }
            }
            Err(error) if error.is_passing() => return Err(error),
            Err(error) => last = Some(error),
        }
    }
    Err(last.unwrap_or_else(|| {
        CloudError::new(ErrorKind::Forbidden, "unknownAccount", "Google does not tell who signed in")
    }))
}
