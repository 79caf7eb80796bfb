//! The OAuth hosts: token, revoke, tokeninfo, userinfo and the consent page.
//! <https://developers.google.com/identity/protocols/oauth2>

use std::sync::Arc;

use axum::http::{HeaderMap, StatusCode};
use bytes::Bytes;
use serde_json::{Value, json};

use super::{Principal, consent, grants};
use crate::faults::{Fault, Held, Kind, Target};
use crate::google::serve::{finish, oauth_error};
use crate::google::{Answer, Fields, GoogleError, Reply, tamper};
use crate::world::World;

/// One endpoint of the OAuth hosts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Endpoint {
    Token,
    Revoke,
    TokenInfo,
    UserInfo,
    ConsentPage,
    Consent,
}

impl Endpoint {
    fn id(self) -> &'static str {
        match self {
            Self::Token => "oauth2.token",
            Self::Revoke => "oauth2.revoke",
            Self::TokenInfo => "oauth2.tokeninfo",
            Self::UserInfo => "oauth2.userinfo",
            Self::ConsentPage | Self::Consent => "oauth2.auth",
        }
    }
}

/// The endpoint behind verb and path.
pub(crate) fn find(verb: &str, path: &str) -> Option<Endpoint> {
    match (verb, path) {
        ("POST", "/token" | "/oauth2/v4/token" | "/o/oauth2/token") => Some(Endpoint::Token),
        ("POST" | "GET", "/revoke" | "/o/oauth2/revoke") => Some(Endpoint::Revoke),
        ("POST" | "GET", "/tokeninfo" | "/oauth2/v1/tokeninfo" | "/oauth2/v3/tokeninfo") => {
            Some(Endpoint::TokenInfo)
        }
        (
            "POST" | "GET",
            "/v1/userinfo" | "/oauth2/v1/userinfo" | "/oauth2/v2/userinfo" | "/oauth2/v3/userinfo",
        ) => Some(Endpoint::UserInfo),
        ("GET", "/o/oauth2/v2/auth" | "/o/oauth2/auth") => Some(Endpoint::ConsentPage),
        ("POST", "/o/oauth2/v2/auth" | "/o/oauth2/auth") => Some(Endpoint::Consent),
        _ => None,
    }
}

/// The parameters of a request, from the query and a form body.
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    pub(crate) fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or("")
    }
}

/// Answers a request for an endpoint.
pub(crate) async fn serve(
    world: &Arc<World>,
    endpoint: Endpoint,
    query: Vec<(String, String)>,
    headers: &HeaderMap,
    body: Bytes,
) -> Reply {
    let mut form = Form(query.clone());
    form.0.extend(url::form_urlencoded::parse(&body).into_owned());
    let subject = match endpoint {
        Endpoint::Token => grants::subject(world, &form),
        _ => String::new(),
    };
    world.counters.request(endpoint.id(), &subject);
    let names = world.google.directory.names_of(&subject);
    let fault = world.faults.met(&Target { method: endpoint.id(), user: &names, ids: &[] }).await;
    world.network.wait_latency().await;
    let answer = match fault.as_ref().and_then(|f| oauth_fault(f).or_else(|| tamper::instead(f))) {
        Some(answer) => answer,
        None => match endpoint {
            Endpoint::Token => grants::token(world, &form),
            Endpoint::Revoke => revoke(world, &form),
            Endpoint::TokenInfo => token_info(world, &form),
            Endpoint::UserInfo => user_info(world, headers, &query).unwrap_or_else(Answer::from),
            Endpoint::ConsentPage => consent::page(world, &form),
            Endpoint::Consent => consent::decide(world, &form),
        },
    };
    world.faults.hold(Held::After, fault.as_ref()).await;
    let mut reply = finish(answer, &Fields::All, Some(headers));
    if reply.slow_down {
        world.counters.rate_answer();
    }
    if let Some(fault) = &fault {
        tamper::bytes(fault, &mut reply);
    }
    reply.method = endpoint.id();
    reply.user = subject;
    reply
}

/// The OAuth endpoints have errors of their own shape: `{"error","error_description"}`.
fn oauth_fault(fault: &Fault) -> Option<Answer> {
    let reason = fault.reason.as_deref().filter(|_| fault.kind == Kind::Status)?;
    let status = fault.status.and_then(|s| StatusCode::from_u16(s).ok()).unwrap_or(StatusCode::BAD_REQUEST);
    let mut answer = oauth_error(status, reason, fault.message.as_deref().unwrap_or("Bad Request"));
    if let Some(seconds) = fault.retry_after {
        answer = answer.header(axum::http::header::RETRY_AFTER, &seconds.to_string());
    }
    answer.slow_down = status == StatusCode::TOO_MANY_REQUESTS;
    Some(answer)
}

fn revoke(world: &World, form: &Form) -> Answer {
    if world.google.auth.tokens.revoke(form.text("token")) {
        Answer::json(json!({}))
    } else {
        oauth_error(StatusCode::BAD_REQUEST, "invalid_token", "Token expired or revoked")
    }
}

fn token_info(world: &World, form: &Form) -> Answer {
    let token = form.get("access_token").or_else(|| form.get("token")).unwrap_or("");
    let Some(known) = world.google.auth.tokens.known(token, world.clock.now_seconds()) else {
        return oauth_error(StatusCode::BAD_REQUEST, "invalid_token", "Invalid Value");
    };
    let keys = &world.google.auth.keys;
    let (scopes, user) = match &known.principal {
        Principal::User { id, scopes } => (scopes, Some(id)),
        Principal::ServiceAccount { scopes } => (scopes, None),
    };
    let mut info = json!({
        "azp": keys.oauth_client_id,
        "aud": keys.oauth_client_id,
        "scope": scopes.join(" "),
        "exp": (world.clock.now_seconds() + known.expires_in).to_string(),
        "expires_in": known.expires_in.to_string(),
        "access_type": "offline",
    });
    if let Some(id) = user {
        info["sub"] = json!(id);
        if let Some(address) = world.google.directory.read().user(id).map(|u| u.address.clone()) {
            info["email"] = json!(address);
            info["email_verified"] = json!("true");
        }
    }
    Answer::json(info)
}

fn user_info(world: &World, headers: &HeaderMap, query: &[(String, String)]) -> Result<Answer, GoogleError> {
    let principal = super::principal(world, headers, query)?;
    let known = ["openid", "email", "https://www.googleapis.com/auth/userinfo.email"];
    let refused = || {
        GoogleError::new(403, "insufficientPermissions", "Request had insufficient authentication scopes.")
    };
    let id = principal.user().filter(|_| known.iter().any(|s| principal.has_scope(s))).ok_or_else(refused)?;
    let directory = world.google.directory.read();
    let user = directory.user(id).ok_or_else(refused)?;
    let mut info: Value = json!({"sub": user.id, "id": user.id, "email": user.address, "email_verified": true, "hd": directory.domain});
    info["name"] = json!(user.full_name());
    Ok(Answer::json(info))
}
