//! The token endpoint's grants: JWT bearer, authorization code with PKCE, refresh.

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest;
use serde_json::{Value, json};

use super::endpoints::Form;
use super::tokens::{ACCESS_SECONDS, ChallengeMethod};
use super::{Principal, jwt};
use crate::google::Answer;
use crate::google::serve::oauth_error;
use crate::world::World;

const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// The id of the user that a token request is about, before anything is verified; empty where none.
pub(crate) fn subject(world: &World, form: &Form) -> String {
    let claims = form.get("assertion").and_then(|a| a.split('.').nth(1));
    let claims = claims.and_then(|c| URL_SAFE_NO_PAD.decode(c.trim_end_matches('=')).ok());
    let claims: Option<Value> = claims.and_then(|c| serde_json::from_slice(&c).ok());
    let sub = claims.as_ref().and_then(|c| c["sub"].as_str()).unwrap_or("");
    world.google.directory.read().user(sub).map(|u| u.id.clone()).unwrap_or_default()
}

/// Answers the token endpoint.
pub(crate) fn token(world: &World, form: &Form) -> Answer {
    match form.text("grant_type") {
        JWT_BEARER => jwt_bearer(world, form),
        "authorization_code" => code(world, form),
        "refresh_token" => refresh(world, form),
        "" => oauth_error(
            StatusCode::BAD_REQUEST,
            "invalid_request",
            "Required parameter is missing: grant_type",
        ),
        other => oauth_error(
            StatusCode::BAD_REQUEST,
            "unsupported_grant_type",
            &format!("Invalid grant_type: {other}"),
        ),
    }
}

fn invalid_grant(description: &str) -> Answer {
    oauth_error(StatusCode::BAD_REQUEST, "invalid_grant", description)
}

fn issued(world: &World, principal: Principal, refresh: Option<String>) -> Value {
    let scope = match &principal {
        Principal::User { scopes, .. } | Principal::ServiceAccount { scopes } => scopes.join(" "),
    };
    let token = world.google.auth.tokens.issue(principal, refresh, world.clock.now_seconds());
    json!({"access_token": token, "expires_in": ACCESS_SECONDS, "scope": scope, "token_type": "Bearer"})
}

/// <https://developers.google.com/identity/protocols/oauth2/service-account#authorizingrequests>
fn jwt_bearer(world: &World, form: &Form) -> Answer {
    let claims = match jwt::verified(world, form.text("assertion")) {
        Ok(claims) => claims,
        Err(jwt::Refused(description)) => return invalid_grant(&description),
    };
    let audience = claims["aud"].as_str().unwrap_or("");
    let ours = [format!("{}/token", world.base_url), format!("{}/oauth2/v4/token", world.base_url)];
    let google = [
        "https://oauth2.googleapis.com/token",
        "https://www.googleapis.com/oauth2/v4/token",
        "https://accounts.google.com/o/oauth2/token",
    ];
    if !ours.iter().any(|a| a == audience) && !google.contains(&audience) {
        return invalid_grant("Invalid JWT: Failed audience check.");
    }
    let scopes: Vec<String> =
        claims["scope"].as_str().unwrap_or("").split_whitespace().map(str::to_owned).collect();
    if scopes.is_empty() {
        return oauth_error(
            StatusCode::BAD_REQUEST,
            "invalid_scope",
            "Invalid OAuth scope or ID token audience provided.",
        );
    }
    let Some(sub) = claims["sub"].as_str().filter(|sub| *sub != world.google.auth.keys.client_email) else {
        return Answer::json(issued(world, Principal::ServiceAccount { scopes }, None));
    };
    let directory = world.google.directory.read();
    let Some(user) = directory.user_or_deleted(sub) else {
        return invalid_grant("Invalid email or User ID");
    };
    // GAM-team/GAM pull request 1171: a recently deleted account is still known.
    if user.deleted.is_some() {
        return invalid_grant("The account has been deleted");
    }
    if scopes.iter().any(|scope| !world.google.settings.is_delegated(scope)) {
        return oauth_error(
            StatusCode::UNAUTHORIZED,
            "unauthorized_client",
            "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.",
        );
    }
    let id = user.id.clone();
    drop(directory);
    Answer::json(issued(world, Principal::User { id, scopes }, None))
}

/// Desktop clients send their secret even with PKCE.
fn client_refused(world: &World, form: &Form) -> Option<Answer> {
    let keys = &world.google.auth.keys;
    if form.text("client_id") != keys.oauth_client_id {
        return Some(oauth_error(
            StatusCode::UNAUTHORIZED,
            "invalid_client",
            "The OAuth client was not found.",
        ));
    }
    match form.get("client_secret") {
        None => Some(oauth_error(StatusCode::BAD_REQUEST, "invalid_request", "client_secret is missing.")),
        Some(secret) if secret != keys.oauth_client_secret => Some(oauth_error(
            StatusCode::UNAUTHORIZED,
            "invalid_client",
            "The provided client secret is invalid.",
        )),
        Some(_) => None,
    }
}

/// <https://developers.google.com/identity/protocols/oauth2/native-app#exchange-authorization-code>
fn code(world: &World, form: &Form) -> Answer {
    if let Some(refused) = client_refused(world, form) {
        return refused;
    }
    let tokens = &world.google.auth.tokens;
    let now = world.clock.now_seconds();
    let Some(code) = tokens.take_code(form.text("code"), now) else {
        return invalid_grant("Malformed auth code.");
    };
    if form.text("redirect_uri") != code.redirect_uri {
        return oauth_error(StatusCode::BAD_REQUEST, "redirect_uri_mismatch", "Bad Request");
    }
    if let Some((challenge, method)) = &code.challenge {
        let verifier = form.text("code_verifier");
        if verifier.is_empty() {
            return invalid_grant("Missing code verifier.");
        }
        let made = match method {
            ChallengeMethod::Plain => verifier.to_owned(),
            ChallengeMethod::S256 => {
                URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.as_bytes()))
            }
        };
        if made != *challenge {
            return invalid_grant("Invalid code verifier.");
        }
    }
    let lasts = code.days.map(|days| days * 24 * 3600);
    let refresh =
        code.offline.then(|| tokens.issue_refresh(code.user.clone(), code.scopes.clone(), now, lasts));
    let wants_id = code.scopes.iter().any(|s| s == "openid");
    let user = code.user.clone();
    let mut answer = issued(world, Principal::User { id: code.user, scopes: code.scopes }, refresh.clone());
    if let Some(refresh) = refresh {
        answer["refresh_token"] = json!(refresh);
        // "This value is only set when the user grants time-based access."
        // https://developers.google.com/identity/protocols/oauth2/native-app#exchange-authorization-code
        if let Some(lasts) = lasts {
            answer["refresh_token_expires_in"] = json!(lasts);
        }
    }
    if wants_id && let Some(token) = id_token(world, &user) {
        answer["id_token"] = json!(token);
    }
    Answer::json(answer)
}

fn refresh(world: &World, form: &Form) -> Answer {
    if let Some(refused) = client_refused(world, form) {
        return refused;
    }
    let token = form.text("refresh_token");
    let testing = world.google.settings.is_testing();
    let found = world.google.auth.tokens.refresh(token, testing, world.clock.now_seconds());
    let Some(found) = found else { return invalid_grant("Token has been expired or revoked.") };
    let is_usable = world.google.directory.read().user(&found.user).is_some_and(|u| !u.suspended);
    if !is_usable {
        return invalid_grant("Account has been deleted or disabled");
    }
    let mut scopes = found.scopes;
    if let Some(asked) = form.get("scope") {
        let asked: Vec<&str> = asked.split_whitespace().collect();
        if asked.iter().any(|a| !scopes.iter().any(|s| s == a)) {
            return oauth_error(StatusCode::BAD_REQUEST, "invalid_scope", "Bad Request");
        }
        scopes.retain(|s| asked.contains(&s.as_str()));
    }
    Answer::json(issued(world, Principal::User { id: found.user, scopes }, Some(token.to_owned())))
}

/// <https://developers.google.com/identity/openid-connect/openid-connect#an-id-tokens-payload>
fn id_token(world: &World, user: &str) -> Option<String> {
    let keys = &world.google.auth.keys;
    let directory = world.google.directory.read();
    let user = directory.user(user)?;
    let now = world.clock.now_seconds();
    let header = json!({"alg": "RS256", "kid": keys.key_id, "typ": "JWT"});
    let claims = json!({
        "iss": "https://accounts.google.com", "azp": keys.oauth_client_id, "aud": keys.oauth_client_id,
        "sub": user.id, "email": user.address, "email_verified": true, "hd": directory.domain,
        "name": user.full_name(), "iat": now, "exp": now + 3600,
    });
    let message = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header.to_string()),
        URL_SAFE_NO_PAD.encode(claims.to_string())
    );
    let signature = keys.sign(message.as_bytes())?;
    Some(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
}
