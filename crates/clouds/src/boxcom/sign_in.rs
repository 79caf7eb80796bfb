//! A sign-in in the system's browser: authorization code, answered to a port of this computer.
//! <https://developer.box.com/guides/authentication/oauth2/without-sdk>
//!
//! Box wants each redirect registered, so that the ports are fixed. It has no PKCE: neither its description nor its
//! guides know `code_challenge`. The client's secret and `state` stand in its place.

use std::sync::Arc;
use std::time::Duration;

use oauth2::CsrfToken;
use serde::Deserialize;
use tokio::net::TcpListener;
use url::Url;

use super::classify::classify;
use super::endpoints::BoxEndpoints;
use super::grant::{Granted, TokenEndpoint};
use super::secret::{BoxGrant, BoxSecret, KeptAccess, SignedIn, app_of};
use super::wire::{address, is_id};
use crate::contract::{CloudError, ErrorKind};
use crate::http::{Answer, Bearer, Client, HttpOptions, Request};
use crate::loopback::{self, no_port};

/// Where Box may send the browser back to; each has to be registered with the application.
pub const REDIRECTS: [(u16, &str); 3] = [
    (48721, "http://127.0.0.1:48721/callback"),
    (48722, "http://127.0.0.1:48722/callback"),
    (48723, "http://127.0.0.1:48723/callback"),
];
const PATH: &str = "/callback";

/// Lets somebody sign in and makes the secret of a Connection.
///
/// `open_browser` gets the address of Box's page. The answer is waited for until `timeout`; dropping the future
/// cancels. Whoever answers with another `state` than ours is turned away and changes nothing.
pub async fn sign_in(
    app_file: &[u8],
    endpoints: BoxEndpoints,
    open_browser: &(dyn Fn(&Url) + Send + Sync),
    timeout: Duration,
    options: &HttpOptions,
) -> Result<BoxSecret, CloudError> {
    endpoints.check()?;
    let (app, _) = app_of(app_file)?;
    let (listener, redirect) = listen().await?;
    let state = CsrfToken::new_random();
    let query = [
        ("response_type", "code"),
        ("client_id", app.client_id.as_str()),
        ("redirect_uri", redirect),
        ("state", state.secret()),
    ];
    open_browser(&address(&endpoints.account, &["authorize"], &query));
    let code = loopback::code(&listener, PATH, state.secret(), timeout).await?;
    drop(listener);

    let http = Arc::new(Client::new(&endpoints.hosts(), classify, options)?);
    let fields = [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", redirect)];
    let now = http.clock().wall();
    let granted = TokenEndpoint::new(Arc::clone(&http), &endpoints.api).ask(&app, &fields).await?;
    let Granted { access, life, refresh: Some(refresh_token) } = granted else {
        let detail = "Box gave no lasting authorisation";
        return Err(CloudError::new(ErrorKind::Forbidden, "noRefreshToken", detail));
    };
    let who = who(&http, &endpoints.api, &Bearer::new(access.as_str().to_owned())).await?;
    let until = jiff::SignedDuration::try_from(life).ok().and_then(|life| now.checked_add(life).ok());
    let signed_in = SignedIn {
        user_id: who.id,
        login: who.login,
        is_admin: matches!(who.role.as_str(), "admin" | "coadmin"),
        refresh_token,
        issued: now,
        access: until.map(|until| KeptAccess { token: access, until }),
        spending_since: None,
    };
    Ok(BoxSecret { endpoints, app, grant: BoxGrant::SignIn(signed_in) })
}

/// The first registered port that is free.
async fn listen() -> Result<(TcpListener, &'static str), CloudError> {
    let mut last = None;
    for (port, redirect) in REDIRECTS {
        match TcpListener::bind(("127.0.0.1", port)).await {
            Ok(listener) => return Ok((listener, redirect)),
            Err(error) => last = Some(error),
        }
    }
    Err(no_port(last.unwrap_or_else(|| std::io::ErrorKind::AddrInUse.into())))
}

#[derive(Deserialize)]
struct Who {
    id: String,
    login: String,
    #[serde(default)]
    role: String,
}

async fn who(http: &Client, api: &Url, bearer: &Bearer) -> Result<Who, CloudError> {
    let url = address(api, &["2.0", "users", "me"], &[("fields", "id,login,role")]);
    let request = Request::get(url).signed_with(bearer)?;
    let who = http.run(&request, None, Answer::json::<Who>).await?;
    if is_id(&who.id) {
        return Ok(who);
    }
    Err(CloudError::new(ErrorKind::Fatal, "unexpectedShape", "Box does not tell who signed in"))
}
