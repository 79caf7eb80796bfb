//! The consent page of the sign-in: a small form that lists the scopes.
//! <https://developers.google.com/identity/protocols/oauth2/native-app>

use axum::http::StatusCode;
use axum::http::header::LOCATION;
use bytes::Bytes;
use url::{Host, Url};

use super::endpoints::Form;
use super::tokens::{ChallengeMethod, Code};
use crate::google::Answer;
use crate::world::World;

/// What travels from the page to the decision.
const CARRIED: &[&str] = &[
    "client_id",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
    "access_type",
    "prompt",
    "login_hint",
];

/// Errors that must not be redirected are shown.
fn error_page(status: StatusCode, code: &str, text: &str) -> Answer {
    html(status, &format!("<h1>Error {}: {}</h1><p>{}</p>", status.as_u16(), escape(code), escape(text)))
}

fn html(status: StatusCode, body: &str) -> Answer {
    let page = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Sign in - Google Accounts (simulated)</title></head><body>{body}</body></html>"
    );
    Answer::bytes("text/html; charset=utf-8", Bytes::from(page)).status(status)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Desktop clients are redirected to a loopback address on any port.
fn redirect_target(form: &Form) -> Option<Url> {
    let url = Url::parse(form.text("redirect_uri")).ok()?;
    let loopback = match url.host()? {
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
        Host::Domain(_) => false,
    };
    (url.scheme() == "http" && loopback).then_some(url)
}

/// What is wrong with a request before anyone is asked.
fn refused(world: &World, form: &Form) -> Option<Answer> {
    if form.text("client_id") != world.google.auth.keys.oauth_client_id {
        return Some(error_page(
            StatusCode::UNAUTHORIZED,
            "invalid_client",
            "The OAuth client was not found.",
        ));
    }
    if redirect_target(form).is_none() {
        return Some(error_page(
            StatusCode::BAD_REQUEST,
            "redirect_uri_mismatch",
            "The redirect must go to a loopback address.",
        ));
    }
    if form.text("response_type") != "code" {
        return Some(error_page(
            StatusCode::BAD_REQUEST,
            "unsupported_response_type",
            "response_type must be code.",
        ));
    }
    if form.text("scope").trim().is_empty() {
        return Some(error_page(
            StatusCode::BAD_REQUEST,
            "invalid_request",
            "Missing required parameter: scope",
        ));
    }
    let method = form.text("code_challenge_method");
    if !["", "S256", "plain"].contains(&method) {
        return Some(error_page(
            StatusCode::BAD_REQUEST,
            "invalid_request",
            "Invalid code_challenge_method.",
        ));
    }
    None
}

/// The page that asks.
pub(crate) fn page(world: &World, form: &Form) -> Answer {
    if let Some(refused) = refused(world, form) {
        return refused;
    }
    let hidden: String = CARRIED
        .iter()
        .filter(|name| **name != "login_hint")
        .filter_map(|name| {
            form.get(name).map(|v| format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escape(v)))
        })
        .collect();
    let scopes: String = form
        .text("scope")
        .split_whitespace()
        .map(|s| format!("<li><code>{}</code></li>", escape(s)))
        .collect();
    let directory = world.google.directory.read();
    let hint = form.get("login_hint").and_then(|h| directory.user(h)).map(|u| u.id.clone());
    let people: String = directory
        .users
        .iter()
        .filter(|u| u.deleted.is_none() && !u.suspended)
        .take(200)
        .map(|u| {
            let selected = if hint.as_ref().map_or(u.is_admin, |h| *h == u.id) { " selected" } else { "" };
            format!("<option value=\"{0}\"{selected}>{0}</option>", escape(&u.address))
        })
        .collect();
    html(
        StatusCode::OK,
        &format!(
            "<h1>Holdfast wants to access your Google Account</h1><p>This will allow it to use:</p><ul>{scopes}</ul>\
             <form method=\"post\" action=\"/o/oauth2/v2/auth\">{hidden}<label>Account <select name=\"login_hint\">{people}</select></label> \
             <label>Days, without an end where empty <input name=\"days\"></label> \
             <button name=\"decision\" value=\"approve\">Allow</button> <button name=\"decision\" value=\"deny\">Cancel</button></form>"
        ),
    )
}

/// What the user decided: a redirect with a code, or with `access_denied`.
pub(crate) fn decide(world: &World, form: &Form) -> Answer {
    if let Some(refused) = refused(world, form) {
        return refused;
    }
    let Some(mut target) = redirect_target(form) else {
        return error_page(
            StatusCode::BAD_REQUEST,
            "redirect_uri_mismatch",
            "The redirect must go to a loopback address.",
        );
    };
    let state = form.get("state").map(str::to_owned);
    let answer = match approved(world, form) {
        Ok(Some(code)) => ("code", code),
        Ok(None) => ("error", "access_denied".to_owned()),
        Err(page) => return *page,
    };
    {
        let mut query = target.query_pairs_mut();
        if let Some(state) = &state {
            query.append_pair("state", state);
        }
        query.append_pair(answer.0, &answer.1);
        if answer.0 == "code" {
            query.append_pair("scope", form.text("scope"));
        }
    }
    Answer::nothing().status(StatusCode::FOUND).header(LOCATION, target.as_str())
}

fn approved(world: &World, form: &Form) -> Result<Option<String>, Box<Answer>> {
    if form.text("decision") != "approve" {
        return Ok(None);
    }
    let directory = world.google.directory.read();
    let user = match form.get("login_hint").filter(|h| !h.is_empty()) {
        Some(hint) => directory.user(hint),
        None => directory.users.iter().find(|u| u.is_admin),
    };
    let user = user.filter(|u| !u.suspended && u.deleted.is_none()).ok_or_else(|| {
        Box::new(error_page(StatusCode::BAD_REQUEST, "invalid_request", "Couldn't find your Google Account"))
    })?;
    let challenge = form.get("code_challenge").filter(|c| !c.is_empty()).map(|challenge| {
        let method = if form.text("code_challenge_method") == "S256" {
            ChallengeMethod::S256
        } else {
            ChallengeMethod::Plain
        };
        (challenge.to_owned(), method)
    });
    let code = Code {
        user: user.id.clone(),
        scopes: form.text("scope").split_whitespace().map(str::to_owned).collect(),
        redirect_uri: form.text("redirect_uri").to_owned(),
        challenge,
        // Installed apps always get a refresh token.
        offline: form.text("access_type") != "online",
        issued: world.clock.now_seconds(),
        days: form.get("days").and_then(|days| days.parse().ok()).filter(|days| *days > 0),
    };
    Ok(Some(world.google.auth.tokens.issue_code(code)))
}
