//! Access tokens. A refresh token of Box's works once, so that a refresh is never cut off half-way, never done by two
//! at the same time, and its successor is kept before anything is done with it.
//! <https://developer.box.com/guides/authentication/tokens/refresh>

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use holdfast_model::Timestamp;
use jiff::SignedDuration;
use tokio::sync::Semaphore;

use super::grant::TokenEndpoint;
use super::secret::{BoxApp, BoxGrant, BoxSecret, KeptAccess, SecretText};
use crate::contract::{CloudError, ErrorKind};
use crate::http::{Access, Bearer, Bearers, Client, Clock, SecretCell};

/// A token is renewed this long before it ends.
const SPARE: SignedDuration = SignedDuration::from_mins(5);
/// How often the successor of a spent token is tried to be kept, before the next request tries again.
const MOST_STORES: u32 = 5;
const BETWEEN_STORES: std::time::Duration = std::time::Duration::from_millis(200);

/// Gives out access tokens of a Connection.
pub(super) struct Tokens(Arc<Inner>);

struct Inner {
    endpoint: TokenEndpoint,
    clock: Arc<dyn Clock>,
    cell: Arc<dyn SecretCell>,
    app: BoxApp,
    enterprise: Option<String>,
    turn: Arc<Semaphore>,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    token: Option<Token>,
    /// A token that Box refused before its end.
    refused: Option<SecretText>,
    /// A successor that could not be kept yet.
    unkept: Option<BoxSecret>,
}

#[derive(Clone)]
struct Token {
    bearer: Bearer,
    text: SecretText,
    until: Timestamp,
}

impl Tokens {
    pub(super) fn new(secret: &BoxSecret, client: Arc<Client>, cell: Arc<dyn SecretCell>) -> Self {
        Self(Arc::new(Inner {
            clock: Arc::clone(client.clock()),
            endpoint: TokenEndpoint::new(client, &secret.endpoints.api),
            cell,
            app: secret.app.clone(),
            enterprise: match &secret.grant {
                BoxGrant::Enterprise { id } => Some(id.clone()),
                BoxGrant::SignIn(_) => None,
            },
            turn: Arc::new(Semaphore::new(1)),
            kept: Mutex::default(),
        }))
    }
}

#[async_trait]
impl Bearers for Tokens {
    async fn bearer(&self, _access: &Access) -> Result<Bearer, CloudError> {
        if let Some(bearer) = self.0.good() {
            return Ok(bearer);
        }
        let closed = |_| CloudError::new(ErrorKind::Fatal, "defect", "the turn to refresh is closed");
        let turn = Arc::clone(&self.0.turn).acquire_owned().await.map_err(closed)?;
        if let Some(bearer) = self.0.good() {
            return Ok(bearer);
        }
        let inner = Arc::clone(&self.0);
        // A task of its own: who asked may be cancelled, a refresh goes on to its end.
        let renewed = tokio::spawn(async move {
            let _turn = turn;
            inner.renew().await
        });
        let ended = |error: tokio::task::JoinError| {
            CloudError::new(ErrorKind::Retry { after: None }, "refreshEnded", error.to_string())
        };
        renewed.await.map_err(ended)?
    }

    fn refused(&self, _access: &Access, bearer: &Bearer) {
        let mut kept = self.0.kept();
        if let Some(token) = kept.token.take_if(|token| token.bearer.is(bearer)) {
            kept.refused = Some(token.text);
        }
    }
}

impl Inner {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn good(&self) -> Option<Bearer> {
        let now = self.clock.wall();
        self.kept().token.as_ref().filter(|token| is_good(now, token.until)).map(|token| token.bearer.clone())
    }

    async fn renew(&self) -> Result<Bearer, CloudError> {
        match &self.enterprise {
            Some(enterprise) => {
                let fields = [
                    ("grant_type", "client_credentials"),
                    ("box_subject_type", "enterprise"),
                    ("box_subject_id", enterprise),
                ];
                let asked_at = self.clock.wall();
                let granted = self.endpoint.ask(&self.app, &fields).await?;
                Ok(self.remember(KeptAccess { until: end(asked_at, granted.life), token: granted.access }))
            }
            None => self.refresh().await,
        }
    }

    /// One process at a time. What another process refreshed meanwhile serves this one, too.
    async fn refresh(&self) -> Result<Bearer, CloudError> {
        let _one_at_a_time = self.cell.exclusive().await?;
        let unkept = self.kept().unkept.clone();
        if let Some(unkept) = unkept {
            self.keep(&unkept).await?;
        }
        let mut secret = BoxSecret::from_bytes(&self.cell.load().await?)?;
        let BoxGrant::SignIn(signed_in) = &mut secret.grant else {
            return Err(CloudError::new(ErrorKind::SignInAgain, "noSecret", "no sign-in is kept any more"));
        };
        let now = self.clock.wall();
        let refused = self.kept().refused.clone();
        let shared = signed_in.access.clone().filter(|access| is_good(now, access.until));
        if let Some(access) = shared.filter(|access| refused.as_ref() != Some(&access.token)) {
            return Ok(self.remember(access));
        }
        let interrupted = signed_in.spending_since.replace(now);
        signed_in.access = None;
        let refresh_token = signed_in.refresh_token.clone();
        // Who cannot keep the successor must not spend the token: this proves that it can be kept.
        self.cell.store(&secret.to_bytes()?).await?;
        // From Box's answer until the successor is kept, a crash costs the sign-in: what can be done before is done before.
        self.cell.prepare().await?;
        let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh_token.as_str())];
        let granted = self.endpoint.ask(&self.app, &fields).await.map_err(|error| match interrupted {
            Some(since) if error.kind == ErrorKind::SignInAgain => CloudError {
                detail: format!(
                    "{} (a refresh at {since} was interrupted after Box had spent it)",
                    error.detail
                ),
                ..error
            },
            _ => error,
        })?;
        let access = KeptAccess { until: end(now, granted.life), token: granted.access };
        if let BoxGrant::SignIn(signed_in) = &mut secret.grant {
            if let Some(successor) = granted.refresh {
                signed_in.refresh_token = successor;
                signed_in.issued = now;
            }
            signed_in.access = Some(access.clone());
            signed_in.spending_since = None;
        }
        self.kept().unkept = Some(secret.clone());
        self.keep(&secret).await?;
        Ok(self.remember(access))
    }

    /// Keeps the successor of a spent token. Until that is done it is held, and nothing is done with it.
    async fn keep(&self, secret: &BoxSecret) -> Result<(), CloudError> {
        let bytes = secret.to_bytes()?;
        let mut tries = 0;
        while let Err(error) = self.cell.store(&bytes).await {
            tries += 1;
            if tries == MOST_STORES {
                return Err(error);
            }
            self.clock.sleep(BETWEEN_STORES).await;
        }
        self.kept().unkept = None;
        Ok(())
    }

    fn remember(&self, access: KeptAccess) -> Bearer {
        let bearer = Bearer::new(access.token.as_str().to_owned());
        let token = Token { bearer: bearer.clone(), text: access.token, until: access.until };
        let mut kept = self.kept();
        kept.refused = None;
        kept.token = Some(token);
        bearer
    }
}

fn is_good(now: Timestamp, until: Timestamp) -> bool {
    now.checked_add(SPARE).is_ok_and(|soon| soon < until)
}

fn end(now: Timestamp, life: std::time::Duration) -> Timestamp {
    SignedDuration::try_from(life).ok().and_then(|life| now.checked_add(life).ok()).unwrap_or(now)
}
