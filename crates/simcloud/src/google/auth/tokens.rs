//! What the token endpoint has issued: access tokens, refresh tokens, authorization codes.

use std::collections::HashMap;
use std::sync::{Mutex, RwLock};

use super::{Principal, random_token};
use crate::sync::{lock, read, write};

/// Access tokens live this long.
pub(crate) const ACCESS_SECONDS: i64 = 3599;
/// Authorization codes live this long.
const CODE_SECONDS: i64 = 600;
/// Refresh tokens of an app in Testing live 7 days.
/// <https://developers.google.com/identity/protocols/oauth2#expiration>
const TESTING_SECONDS: i64 = 7 * 24 * 3600;

/// An access token's meaning.
#[derive(Clone)]
struct Access {
    principal: Principal,
    expires: i64,
    /// The refresh token it came from, which takes it along when revoked.
    refresh: Option<String>,
}

/// A refresh token's meaning.
#[derive(Clone)]
pub(crate) struct Refresh {
    pub(crate) user: String,
    pub(crate) scopes: Vec<String>,
    issued: i64,
    /// Where the person gave access for a time only.
    ends: Option<i64>,
}

/// An authorization code's meaning.
pub(crate) struct Code {
    pub(crate) user: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) redirect_uri: String,
    pub(crate) challenge: Option<(String, ChallengeMethod)>,
    pub(crate) offline: bool,
    pub(crate) issued: i64,
    /// Days for which the person gives access; none without an end.
    pub(crate) days: Option<i64>,
}

/// How a PKCE challenge is made from its verifier.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChallengeMethod {
    S256,
    Plain,
}

/// All tokens.
#[derive(Default)]
pub struct Tokens {
    access: RwLock<HashMap<String, Access>>,
    refresh: Mutex<HashMap<String, Refresh>>,
    codes: Mutex<HashMap<String, Code>>,
}

/// What is known of an access token.
pub(crate) struct Known {
    pub(crate) principal: Principal,
    pub(crate) expires_in: i64,
}

impl Tokens {
    /// Issues an access token.
    pub(crate) fn issue(&self, principal: Principal, refresh: Option<String>, now: i64) -> String {
        let token = format!("ya29.{}", random_token(48));
        let mut access = write(&self.access);
        if access.len() > 100_000 {
            access.retain(|_, a| a.expires > now);
        }
        access.insert(token.clone(), Access { principal, expires: now + ACCESS_SECONDS, refresh });
        token
    }

    /// Issues a refresh token, for so many seconds.
    pub(crate) fn issue_refresh(
        &self,
        user: String,
        scopes: Vec<String>,
        now: i64,
        lasts: Option<i64>,
    ) -> String {
        let token = format!("1//{}", random_token(48));
        let ends = lasts.map(|seconds| now + seconds);
        lock(&self.refresh).insert(token.clone(), Refresh { user, scopes, issued: now, ends });
        token
    }

    /// Issues an authorization code.
    pub(crate) fn issue_code(&self, code: Code) -> String {
        let text = format!("4/{}", random_token(36));
        lock(&self.codes).insert(text.clone(), code);
        text
    }

    /// All access and refresh tokens that are known: whoever looks for one in a file has to know them.
    pub(crate) fn all(&self) -> Vec<String> {
        let access: Vec<String> = read(&self.access).keys().cloned().collect();
        access.into_iter().chain(lock(&self.refresh).keys().cloned()).collect()
    }

    /// Takes an authorization code: it works once, for ten minutes.
    pub(crate) fn take_code(&self, text: &str, now: i64) -> Option<Code> {
        lock(&self.codes).remove(text).filter(|c| now <= c.issued + CODE_SECONDS)
    }

    /// What a refresh token stands for.
    pub(crate) fn refresh(&self, token: &str, testing: bool, now: i64) -> Option<Refresh> {
        let is_alive = |r: &&Refresh| r.ends.is_none_or(|ends| now < ends);
        let of_testing = |r: &&Refresh| !testing || now <= r.issued + TESTING_SECONDS;
        lock(&self.refresh).get(token).filter(of_testing).filter(is_alive).cloned()
    }

    /// Who a live access token stands for.
    #[must_use]
    pub fn principal(&self, token: &str, now: i64) -> Option<Principal> {
        read(&self.access).get(token).filter(|a| a.expires > now).map(|a| a.principal.clone())
    }

    /// Who a live access token stands for, and for how long.
    pub(crate) fn known(&self, token: &str, now: i64) -> Option<Known> {
        read(&self.access)
            .get(token)
            .filter(|a| a.expires > now)
            .map(|a| Known { principal: a.principal.clone(), expires_in: a.expires - now })
    }

    /// Revokes an access or refresh token with all that came from it; says whether it was known.
    pub(crate) fn revoke(&self, token: &str) -> bool {
        let mut access = write(&self.access);
        let refresh = match access.remove(token) {
            Some(found) => match found.refresh {
                Some(refresh) => refresh,
                None => return true,
            },
            None => token.to_owned(),
        };
        let known = lock(&self.refresh).remove(&refresh).is_some();
        access.retain(|_, a| a.refresh.as_deref() != Some(refresh.as_str()));
        known
    }

    /// Revokes whatever a user (by id), or everyone, holds.
    pub fn revoke_all(&self, user: Option<&str>) {
        let is_meant = |id: Option<&str>| user.is_none() || id == user;
        write(&self.access).retain(|_, a| !is_meant(a.principal.user()));
        lock(&self.refresh).retain(|_, r| !is_meant(Some(&r.user)));
        lock(&self.codes).retain(|_, c| !is_meant(Some(&c.user)));
    }
}
