//! Access tokens: one request for each user and process, kept in memory until shortly before they end.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::Semaphore;
use url::Url;

use super::grant::{Asked, TokenEndpoint};
use super::jwt::Signer;
use super::scopes::Audience;
use super::secret::GoogleSecret;
use crate::contract::{Authorisation, CloudError, ErrorKind};
use crate::http::{Access, Bearer, Bearers, Client, Clock, SecretCell};

/// A token is renewed this long before it ends.
const SPARE: Duration = Duration::from_secs(300);
/// A wrong clock is corrected by the cloud's up to here.
const MOST_SKEW_SECONDS: u64 = 3600;

/// Gives out access tokens of a Connection.
pub(super) struct Tokens {
    endpoint: TokenEndpoint,
    clock: Arc<dyn Clock>,
    cell: Arc<dyn SecretCell>,
    service_account: Option<(Signer, String)>,
    /// Who signed in; the only one with data access where there is no service account.
    account: Option<String>,
    slots: Mutex<HashMap<SlotKey, Arc<Slot>>>,
    /// The Domain has not authorised all scopes of users' data: they are asked for one by one.
    one_scope_each: AtomicBool,
    /// The cloud's clock minus ours, in seconds, where ours is so wrong that it mattered.
    skew: AtomicI64,
}

/// The subject, and what its token is for.
type SlotKey = (Arc<str>, &'static str);

/// One subject's token.
struct Slot {
    turn: Arc<Semaphore>,
    kept: Mutex<Kept>,
    /// Requests that have ended.
    ended: AtomicU64,
}

#[derive(Default)]
struct Kept {
    token: Option<(Bearer, Duration)>,
    failure: Option<CloudError>,
}

impl Tokens {
    pub(super) fn new(
        secret: &GoogleSecret,
        client: Arc<Client>,
        cell: Arc<dyn SecretCell>,
    ) -> Result<Self, CloudError> {
        let service_account = match &secret.service_account {
            Some(key) => Some((Signer::new(key)?, key.client_id.clone())),
            None => None,
        };
        let account = secret.oauth.as_ref().map(|oauth| oauth.account.clone());
        if service_account.is_none() && account.is_none() {
            let detail = "neither a service account nor a sign-in is kept";
            return Err(CloudError::new(ErrorKind::SignInAgain, "noSecret", detail));
        }
        Ok(Self {
            clock: Arc::clone(client.clock()),
            endpoint: TokenEndpoint::new(client, &secret.endpoints)?,
            cell,
            service_account,
            account,
            slots: Mutex::default(),
            one_scope_each: AtomicBool::new(false),
            skew: AtomicI64::new(0),
        })
    }

    /// A fresh token for exactly these scopes, not kept: for the live tests of the set-up.
    pub(super) async fn probe(&self, subject: &str, scopes: &str) -> Result<Bearer, CloudError> {
        match &self.service_account {
            Some(_) => Ok(self.assert(subject, scopes).await?.0),
            None => Ok(self.refresh().await?.0),
        }
    }

    /// How the Connection is authorised, from the kept secret.
    pub(super) async fn authorisation(&self) -> Result<Authorisation, CloudError> {
        let secret = GoogleSecret::from_bytes(&self.cell.load().await?)?;
        Ok(secret.authorisation(self.clock.wall()))
    }

    fn slot(&self, access: &Access) -> Arc<Slot> {
        let audience = Audience::of(access.audience);
        let key = match (&self.service_account, &self.account) {
            // A sign-in has one token for everything.
            (None, _) => (Arc::from(""), "account"),
            _ if self.one_scope_each.load(Ordering::SeqCst) => (Arc::clone(&access.subject), audience.word()),
            _ => (Arc::clone(&access.subject), audience.shared_word()),
        };
        let mut slots = lock(&self.slots);
        Arc::clone(slots.entry(key).or_insert_with(|| {
            Arc::new(Slot {
                turn: Arc::new(Semaphore::new(1)),
                kept: Mutex::default(),
                ended: AtomicU64::new(0),
            })
        }))
    }

    async fn fetch(&self, access: &Access) -> Result<(Bearer, Duration), CloudError> {
        if self.service_account.is_none() {
            return self.refresh().await;
        }
        let audience = Audience::of(access.audience);
        if self.one_scope_each.load(Ordering::SeqCst) {
            return self.assert(&access.subject, &audience.scopes()).await;
        }
        match self.assert(&access.subject, &audience.shared_scopes()).await {
            Err(error) if error.reason == "unauthorized_client" && audience.is_shared() => {
                let alone = self.assert(&access.subject, &audience.scopes()).await?;
                self.one_scope_each.store(true, Ordering::SeqCst);
                Ok(alone)
            }
            other => other,
        }
    }

    /// The service account asks for a user's token.
    async fn assert(&self, subject: &str, scopes: &str) -> Result<(Bearer, Duration), CloudError> {
        let Some((signer, client_id)) = &self.service_account else {
            return Err(CloudError::new(ErrorKind::Fatal, "noServiceAccount", "there is no service account"));
        };
        let mut corrected = false;
        loop {
            let now = self.clock.wall().as_second() + self.skew.load(Ordering::SeqCst);
            let assertion = signer.sign(subject, scopes, self.endpoint.audience(), now)?;
            let fields =
                [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", &assertion)];
            match self.endpoint.ask(&fields).await? {
                Asked::Token { bearer, life, .. } => return Ok((bearer, self.clock.now() + life)),
                Asked::WrongTime { cloud, detail } => {
                    let skew = cloud.map(|cloud| cloud.as_second() - self.clock.wall().as_second());
                    match skew.filter(|skew| skew.unsigned_abs() <= MOST_SKEW_SECONDS && !corrected) {
                        Some(skew) => {
                            tracing::warn!(
                                seconds = skew,
                                "this computer's clock is wrong; going by Google's"
                            );
                            self.skew.store(skew, Ordering::SeqCst);
                            corrected = true;
                        }
                        None => return Err(wrong_clock(skew, &detail)),
                    }
                }
                Asked::Refused(error) => return Err(explained(error, subject, scopes, client_id)),
            }
        }
    }

    /// The sign-in's refresh token is exchanged, by one process at a time; a new one is stored before use.
    async fn refresh(&self) -> Result<(Bearer, Duration), CloudError> {
        let _one_at_a_time = self.cell.exclusive().await?;
        let mut secret = GoogleSecret::from_bytes(&self.cell.load().await?)?;
        let Some(oauth) = &mut secret.oauth else {
            return Err(CloudError::new(ErrorKind::SignInAgain, "noSecret", "no sign-in is kept any more"));
        };
        let fields = [
            ("grant_type", "refresh_token"),
            ("client_id", &oauth.client_id),
            ("client_secret", &oauth.client_secret),
            ("refresh_token", &oauth.refresh_token),
        ];
        match self.endpoint.ask(&fields).await? {
            Asked::Token { bearer, life, refresh, refresh_life } => {
                let rotated = refresh.filter(|new| **new != oauth.refresh_token);
                let ends = refresh_life.and_then(|life| self.clock.wall().checked_add(life).ok());
                let is_told = ends.is_some() && (oauth.ends.is_none() || rotated.is_some());
                if is_told {
                    oauth.ends = ends;
                }
                if let Some(rotated) = &rotated {
                    oauth.refresh_token.clone_from(rotated);
                }
                if is_told || rotated.is_some() {
                    self.cell.store(&secret.to_bytes()?).await?;
                }
                Ok((bearer, self.clock.now() + life))
            }
            Asked::WrongTime { detail, .. } => Err(wrong_clock(None, &detail)),
            Asked::Refused(error) => Err(error),
        }
    }
}

#[async_trait]
impl Bearers for Tokens {
    async fn bearer(&self, access: &Access) -> Result<Bearer, CloudError> {
        if let (None, Some(account)) = (&self.service_account, &self.account)
            && !account.eq_ignore_ascii_case(&access.subject)
        {
            let detail =
                format!("only {account} is signed in: without a service account nobody else can be read");
            return Err(CloudError::new(ErrorKind::Forbidden, "noDelegation", detail));
        }
        let mut slot = self.slot(access);
        let mut waiting_since = slot.ended.load(Ordering::SeqCst);
        if let Some(bearer) = slot.good(self.clock.now()) {
            return Ok(bearer);
        }
        let mut _turn = Arc::clone(&slot.turn).acquire_owned().await;
        // While this waited, tokens may have become one for each scope.
        let moved = self.slot(access);
        if !Arc::ptr_eq(&slot, &moved) {
            slot = moved;
            waiting_since = slot.ended.load(Ordering::SeqCst);
            _turn = Arc::clone(&slot.turn).acquire_owned().await;
        }
        if let Some(bearer) = slot.good(self.clock.now()) {
            return Ok(bearer);
        }
        // Who waited while somebody else asked in vain need not ask again.
        if slot.ended.load(Ordering::SeqCst) > waiting_since
            && let Some(error) = lock(&slot.kept).failure.clone()
        {
            return Err(error);
        }
        let fetched = self.fetch(access).await;
        let slot = self.slot(access);
        let mut kept = lock(&slot.kept);
        slot.ended.fetch_add(1, Ordering::SeqCst);
        match fetched {
            Ok((bearer, ends)) => {
                *kept = Kept { token: Some((bearer.clone(), ends.saturating_sub(SPARE))), failure: None };
                Ok(bearer)
            }
            Err(error) => {
                kept.failure = Some(error.clone());
                Err(error)
            }
        }
    }

    fn refused(&self, access: &Access, bearer: &Bearer) {
        let slot = self.slot(access);
        let mut kept = lock(&slot.kept);
        if kept.token.as_ref().is_some_and(|(known, _)| known.is(bearer)) {
            kept.token = None;
        }
    }
}

impl Slot {
    fn good(&self, now: Duration) -> Option<Bearer> {
        lock(&self.kept).token.as_ref().filter(|(_, until)| now < *until).map(|(bearer, _)| bearer.clone())
    }
}

fn wrong_clock(skew: Option<i64>, detail: &str) -> CloudError {
    let wrong = match skew {
        Some(seconds) if seconds > 0 => format!("it is {} minutes behind Google's", seconds / 60),
        Some(seconds) if seconds < 0 => format!("it is {} minutes ahead of Google's", -seconds / 60),
        _ => "it differs from Google's".to_owned(),
    };
    let detail = format!("the clock of this computer is wrong: {wrong}. Google says: {detail}");
    CloudError::new(ErrorKind::Forbidden, "clockWrong", detail)
}

/// A refusal with what it was asked for.
fn explained(mut error: CloudError, subject: &str, scopes: &str, client_id: &str) -> CloudError {
    match (error.reason.as_str(), error.detail.as_str()) {
        ("unauthorized_client", _) => {
            error.kind = ErrorKind::Forbidden;
            error.detail = format!(
                "domain-wide delegation of client {client_id} does not cover {scopes}: {}",
                error.detail
            );
        }
        ("invalid_grant", "Invalid email or User ID") => {
            error.kind = ErrorKind::Forbidden;
            "noSuchUser".clone_into(&mut error.reason);
            error.detail = format!("Google knows no user {subject}");
        }
        ("invalid_grant", detail) if detail.contains("account has been deleted") => {
            error.kind = ErrorKind::Forbidden;
            "userDeleted".clone_into(&mut error.reason);
            error.detail = format!("the account {subject} has been deleted");
        }
        _ => {}
    }
    error
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where tokens are asked for.
pub(super) fn token_url(oauth2: &Url) -> Url {
    let mut url = oauth2.clone();
    url.set_path("/token");
    url
}
