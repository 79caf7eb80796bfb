//! Box's OAuth 2: the application, access tokens, and refresh tokens that work once and die after 60 days.
//! <https://developer.box.com/guides/authentication/tokens/refresh>

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::{Mutex, RwLock};

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use serde_json::{Value, json};

use super::error::BoxError;
use super::state::State;
use crate::google::auth::{random_token, write_private};
use crate::server::StartError;
use crate::sync::{lock, read, write};
use crate::world::World;

/// File name of the application's credentials.
pub(crate) const APP_FILE: &str = "box-app.json";
/// Access tokens live this long.
pub(super) const ACCESS_SECONDS: i64 = 3600;
/// Refresh tokens live 60 days.
const REFRESH_SECONDS: i64 = 60 * 24 * 3600;
/// Codes live 30 seconds. <https://developer.box.com/guides/authentication/oauth2/without-sdk>
const CODE_SECONDS: i64 = 30;
/// Where the sign-in may return to: Box wants redirects registered.
const REDIRECTS: &[&str] = &[
    "http://127.0.0.1:48721/callback",
    "http://127.0.0.1:48722/callback",
    "http://127.0.0.1:48723/callback",
];
/// What the application may do.
const SCOPES: &[&str] =
    &["root_readonly", "manage_managed_users", "manage_groups", "manage_enterprise_properties"];

/// What an access token stands for.
#[derive(Clone)]
struct Access {
    user: String,
    expires: i64,
    family: u64,
}

struct Refresh {
    user: String,
    issued: i64,
    family: u64,
}

/// What an authorization code stands for.
pub(super) struct Code {
    pub(super) user: String,
    pub(super) redirect_uri: String,
    pub(super) issued: i64,
}

#[derive(Default)]
struct Issued {
    access: HashMap<String, Access>,
    refresh: HashMap<String, Refresh>,
    codes: HashMap<String, Code>,
    families: u64,
}

struct Switches {
    scopes: BTreeSet<String>,
    redirects: Vec<String>,
    is_authorized: bool,
}

/// The application and everything that was issued to it.
pub struct Auth {
    pub(super) client_id: String,
    pub(super) client_secret: String,
    issued: Mutex<Issued>,
    switches: RwLock<Switches>,
}

impl Auth {
    /// Reads the credentials of an earlier start in this folder, or makes them.
    pub(crate) fn open(state_dir: &Path, enterprise: &str) -> Result<Self, StartError> {
        let file = state_dir.join(APP_FILE);
        let known: Option<Value> = match std::fs::read(&file) {
            Ok(bytes) => Some(serde_json::from_slice(&bytes).map_err(|e| StartError::Key(e.to_string()))?),
            Err(_) => None,
        };
        let text = |name: &str| {
            let known = known.as_ref().and_then(|all| all["boxAppSettings"][name].as_str());
            known.map_or_else(|| random_token(24).replace(['-', '_'], "x"), str::to_owned)
        };
        let auth = Self {
            client_id: text("clientID"),
            client_secret: text("clientSecret"),
            issued: Mutex::default(),
            switches: RwLock::new(Switches {
                scopes: SCOPES.iter().map(|scope| (*scope).to_owned()).collect(),
                redirects: REDIRECTS.iter().map(|uri| (*uri).to_owned()).collect(),
                is_authorized: true,
            }),
        };
        let app = json!({
            "boxAppSettings": {"clientID": auth.client_id, "clientSecret": auth.client_secret},
            "enterpriseID": enterprise,
            "redirectURIs": REDIRECTS,
        });
        write_private(&file, &app)?;
        Ok(auth)
    }

    /// Whether the application has this scope.
    #[must_use]
    pub fn has_scope(&self, scope: &str) -> bool {
        read(&self.switches).scopes.contains(scope)
    }

    /// Sets the application's scopes.
    pub fn set_scopes(&self, scopes: Vec<String>) {
        write(&self.switches).scopes = scopes.into_iter().collect();
    }

    /// Registers where sign-ins may return to.
    pub fn set_redirects(&self, redirects: Vec<String>) {
        write(&self.switches).redirects = redirects;
    }

    /// Whether this redirect is registered.
    #[must_use]
    pub fn is_registered(&self, redirect: &str) -> bool {
        read(&self.switches).redirects.iter().any(|known| known == redirect)
    }

    /// Whether the enterprise's admin has authorised the application for client credentials.
    #[must_use]
    pub fn is_authorized(&self) -> bool {
        read(&self.switches).is_authorized
    }

    /// Authorises the application, or takes that back.
    pub fn set_authorized(&self, is_authorized: bool) {
        write(&self.switches).is_authorized = is_authorized;
    }

    /// Issues an access token alone, as client credentials get it.
    pub(super) fn issue(&self, user: &str, now: i64) -> String {
        let mut issued = lock(&self.issued);
        issued.families += 1;
        let family = issued.families;
        access(&mut issued, user, now, family)
    }

    /// What a user who signs in gets: an access token and a refresh token.
    #[must_use]
    pub fn sign_in(&self, user: &str, now: i64) -> (String, String) {
        self.issue_pair(user, now)
    }

    /// Issues an access token with a refresh token.
    pub(super) fn issue_pair(&self, user: &str, now: i64) -> (String, String) {
        let mut issued = lock(&self.issued);
        issued.families += 1;
        let family = issued.families;
        pair(&mut issued, user, now, family)
    }

    /// Spends a refresh token for a new pair; nothing for one that was spent, revoked or is too old.
    pub(super) fn refresh(&self, token: &str, now: i64) -> Option<(String, String)> {
        let mut issued = lock(&self.issued);
        let spent = issued.refresh.remove(token).filter(|known| now < known.issued + REFRESH_SECONDS)?;
        Some(pair(&mut issued, &spent.user, now, spent.family))
    }

    pub(super) fn issue_code(&self, code: Code) -> String {
        let text = random_token(24);
        lock(&self.issued).codes.insert(text.clone(), code);
        text
    }

    /// Takes a code: it works once, for a short while.
    pub(super) fn take_code(&self, text: &str, now: i64) -> Option<Code> {
        lock(&self.issued).codes.remove(text).filter(|code| now <= code.issued + CODE_SECONDS)
    }

    /// Revokes an access or refresh token with all that belongs to it; says whether it was known.
    pub(super) fn revoke(&self, token: &str) -> bool {
        let mut issued = lock(&self.issued);
        let family = issued.access.get(token).map(|one| one.family);
        let Some(family) = family.or_else(|| issued.refresh.get(token).map(|one| one.family)) else {
            return false;
        };
        issued.access.retain(|_, one| one.family != family);
        issued.refresh.retain(|_, one| one.family != family);
        true
    }

    /// Revokes whatever a user (by id), or everyone, holds.
    pub fn revoke_all(&self, user: Option<&str>) {
        let mut issued = lock(&self.issued);
        issued.access.retain(|_, one| user.is_some_and(|user| one.user != user));
        issued.refresh.retain(|_, one| user.is_some_and(|user| one.user != user));
        issued.codes.retain(|_, one| user.is_some_and(|user| one.user != user));
    }

    fn user(&self, token: &str, now: i64) -> Option<String> {
        lock(&self.issued).access.get(token).filter(|one| one.expires > now).map(|one| one.user.clone())
    }
}

fn access(issued: &mut Issued, user: &str, now: i64, family: u64) -> String {
    let token = random_token(24);
    if issued.access.len() > 100_000 {
        issued.access.retain(|_, one| one.expires > now);
    }
    issued
        .access
        .insert(token.clone(), Access { user: user.to_owned(), expires: now + ACCESS_SECONDS, family });
    token
}

fn pair(issued: &mut Issued, user: &str, now: i64, family: u64) -> (String, String) {
    let refresh = random_token(48);
    issued.refresh.insert(refresh.clone(), Refresh { user: user.to_owned(), issued: now, family });
    (access(issued, user, now, family), refresh)
}

/// Who acts: the token's user, or for an admin the one that `As-User` names.
/// <https://developer.box.com/guides/authentication/jwt/as-user>
pub(super) fn actor(
    world: &World,
    state: &State,
    headers: &HeaderMap,
    query: &[(String, String)],
) -> Result<String, BoxError> {
    let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let bearer = header.and_then(|header| header.split_once(' '));
    let bearer =
        bearer.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
    let parameter = query.iter().find(|(name, _)| name == "access_token").map(|(_, value)| value.as_str());
    let token = bearer.or(parameter).ok_or_else(BoxError::unauthorized)?;
    let id = world.boxcom.auth.user(token, world.clock.now_seconds()).ok_or_else(BoxError::unauthorized)?;
    let user = state.user(&id).ok_or_else(BoxError::unauthorized)?;
    if user.status == super::model::Status::Inactive {
        return Err(BoxError::unauthorized());
    }
    let Some(other) = headers.get("as-user").and_then(|value| value.to_str().ok()) else { return Ok(id) };
    if other == id {
        return Ok(id);
    }
    if !user.is_admin() || !world.boxcom.auth.has_scope("manage_managed_users") {
        return Err(BoxError::forbidden());
    }
    match state.user(other).filter(|found| found.id == other && found.is_managed()) {
        Some(_) => Ok(other.to_owned()),
        None => Err(BoxError::forbidden()),
    }
}
