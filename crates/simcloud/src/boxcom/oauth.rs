//! The OAuth endpoints: consent page, token, revoke.
//! <https://developer.box.com/guides/authentication/oauth2>,
//! <https://developer.box.com/guides/authentication/client-credentials>

use axum::http::StatusCode;
use axum::http::header::LOCATION;
use bytes::Bytes;
use serde_json::json;
use url::Url;

use super::auth::{ACCESS_SECONDS, Code};
use super::model::Status;
use crate::google::{Answer, oauth_error};
use crate::sync::read;
use crate::world::World;

/// One endpoint.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Endpoint {
    Token,
    Revoke,
    Page,
    Decision,
}

impl Endpoint {
    pub(super) fn id(self) -> &'static str {
        match self {
            Self::Token => "box.token",
            Self::Revoke => "box.revoke",
            Self::Page | Self::Decision => "box.authorize",
        }
    }
}

/// The endpoint behind verb and path; the token endpoint is on the API's host and on the application's.
pub(super) fn find(verb: &str, path: &str) -> Option<Endpoint> {
    match (verb, path) {
        ("POST", "/oauth2/token" | "/api/oauth2/token") => Some(Endpoint::Token),
        ("POST", "/oauth2/revoke" | "/api/oauth2/revoke") => Some(Endpoint::Revoke),
        ("GET", "/api/oauth2/authorize") => Some(Endpoint::Page),
        ("POST", "/api/oauth2/authorize") => Some(Endpoint::Decision),
        _ => None,
    }
}

/// The parameters of a request, from query and form.
pub(super) struct Form(pub(super) Vec<(String, String)>);

impl Form {
    fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value.as_str())
    }
}

/// Answers an endpoint.
pub(super) fn answer(world: &World, endpoint: Endpoint, form: &Form) -> Answer {
    match endpoint {
        Endpoint::Token => token(world, form),
        Endpoint::Revoke => revoke(world, form),
        Endpoint::Page => page(world, form),
        Endpoint::Decision => decide(world, form),
    }
}

fn refused(error: &str, description: &str) -> Answer {
    oauth_error(StatusCode::BAD_REQUEST, error, description)
}

fn is_client(world: &World, form: &Form) -> bool {
    let auth = &world.boxcom.auth;
    form.text("client_id") == auth.client_id && form.text("client_secret") == auth.client_secret
}

fn token(world: &World, form: &Form) -> Answer {
    if !is_client(world, form) {
        return refused("invalid_client", "The client credentials are invalid");
    }
    let (auth, now) = (&world.boxcom.auth, world.clock.now_seconds());
    match form.text("grant_type") {
        "authorization_code" => match auth.take_code(form.text("code"), now) {
            None => refused("invalid_grant", "The authorization code has expired"),
            // The redirect is compared where it is given again.
            Some(code) if !["", code.redirect_uri.as_str()].contains(&form.text("redirect_uri")) => {
                refused("redirect_uri_mismatch", "Redirect URI doesn't match")
            }
            Some(code) => issued(auth.issue_pair(&code.user, now)),
        },
        "refresh_token" => match auth.refresh(form.text("refresh_token"), now) {
            None => refused("invalid_grant", "Refresh token has expired"),
            Some(pair) => issued(pair),
        },
        "client_credentials" => client_credentials(world, form),
        _ => refused("unsupported_grant_type", "The grant type is unauthorized for this client_id"),
    }
}

fn issued((access, refresh): (String, String)) -> Answer {
    Answer::json(json!({
        "access_token": access, "expires_in": ACCESS_SECONDS, "restricted_to": [],
        "refresh_token": refresh, "token_type": "bearer",
    }))
}

/// The enterprise's own user, or any managed user that is named.
fn client_credentials(world: &World, form: &Form) -> Answer {
    if !world.boxcom.auth.is_authorized() {
        let text = "This app is not authorized by the enterprise admin";
        return refused("unauthorized_client", text);
    }
    let state = read(&world.boxcom.state);
    let id = form.text("box_subject_id");
    let subject = match form.text("box_subject_type") {
        "enterprise" if id == state.enterprise_id => state.users.iter().find(|user| user.is_service),
        "user" => state.user(id).filter(|user| user.id == id && user.status != Status::Inactive),
        _ => None,
    };
    match subject {
        None => refused("invalid_grant", "Grant credentials are invalid"),
        Some(user) => Answer::json(json!({
            "access_token": world.boxcom.auth.issue(&user.id, world.clock.now_seconds()),
            "expires_in": ACCESS_SECONDS, "restricted_to": [], "token_type": "bearer",
        })),
    }
}

fn revoke(world: &World, form: &Form) -> Answer {
    if !is_client(world, form) {
        return refused("invalid_client", "The client credentials are invalid");
    }
    if world.boxcom.auth.revoke(form.text("token")) {
        return Answer::bytes("text/plain", Bytes::new());
    }
    refused("invalid_token", "The token is invalid")
}

fn html(status: StatusCode, body: &str) -> Answer {
    let page = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Box (simulated)</title></head><body>{body}</body></html>"
    );
    Answer::bytes("text/html; charset=utf-8", Bytes::from(page)).status(status)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Where to return to, when the request can be asked at all; otherwise a page that says why not.
fn target(world: &World, form: &Form) -> Result<Url, Box<Answer>> {
    let wrong = |text: &str| {
        Box::new(html(StatusCode::BAD_REQUEST, &format!("<h1>Error</h1><p>{}</p>", escape(text))))
    };
    if form.text("client_id") != world.boxcom.auth.client_id {
        return Err(wrong("invalid_client: the client_id is unknown"));
    }
    if form.text("response_type") != "code" {
        return Err(wrong("unsupported_response_type: response_type must be code"));
    }
    let redirect = form.text("redirect_uri");
    let url = Url::parse(redirect).ok().filter(|_| world.boxcom.auth.is_registered(redirect));
    url.ok_or_else(|| wrong("redirect_uri_mismatch: the redirect is not registered for this application"))
}

fn page(world: &World, form: &Form) -> Answer {
    if let Err(page) = target(world, form) {
        return *page;
    }
    let hidden: String = ["client_id", "redirect_uri", "response_type", "state"]
        .iter()
        .map(|name| format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escape(form.text(name))))
        .collect();
    let state = read(&world.boxcom.state);
    let people: String = state
        .users
        .iter()
        .filter(|user| !user.is_deleted && !user.is_service && user.status != Status::Inactive)
        .take(200)
        .map(|user| format!("<option>{}</option>", escape(&user.login)))
        .collect();
    html(
        StatusCode::OK,
        &format!(
            "<h1>Holdfast is requesting access to your Box account</h1><form method=\"post\" action=\"/api/oauth2/authorize\">{hidden}\
             <label>Account <select name=\"login\">{people}</select></label> \
             <button name=\"decision\" value=\"approve\">Grant access to Box</button> \
             <button name=\"decision\" value=\"deny\">Deny access to Box</button></form>"
        ),
    )
}

/// What the person decided: a redirect with a code, or with `access_denied`.
fn decide(world: &World, form: &Form) -> Answer {
    let mut target = match target(world, form) {
        Ok(target) => target,
        Err(page) => return *page,
    };
    let state = read(&world.boxcom.state);
    let user = match form.text("login") {
        "" => state.users.iter().find(|user| user.role == "admin" && !user.is_deleted),
        login => state.user(login),
    };
    let user = user.filter(|user| user.status != Status::Inactive && !user.is_service);
    {
        let mut query = target.query_pairs_mut();
        if !form.text("state").is_empty() {
            query.append_pair("state", form.text("state"));
        }
        match user.filter(|_| form.text("decision") == "approve") {
            None => {
                query.append_pair("error", "access_denied");
                query.append_pair("error_description", "The user denied access to your application");
            }
            Some(user) => {
                let code = Code {
                    user: user.id.clone(),
                    redirect_uri: form.text("redirect_uri").to_owned(),
                    issued: world.clock.now_seconds(),
                };
                query.append_pair("code", &world.boxcom.auth.issue_code(code));
            }
        }
    }
    Answer::nothing().status(StatusCode::FOUND).header(LOCATION, target.as_str())
}
