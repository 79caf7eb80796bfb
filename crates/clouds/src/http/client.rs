//! Sends requests: holds them back, signs them, tries them again, and reads their answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use holdfast_model::Timestamp;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, DATE, HeaderMap, HeaderValue, RETRY_AFTER};
use url::Url;
use zeroize::Zeroizing;

use super::answer::Answer;
use super::clock::Clock;
use super::failure::{cut_off, is_malformed, network};
use super::holds::Holds;
use super::options::{HttpOptions, Patience};
use super::pace::{Pacer, Place};
use super::request::{Access, Request};
use super::throttle::Throttle;
use super::verdict::{Classify, Refusal, Then, Verdict, Whose};
use crate::contract::{CloudError, ErrorKind, Hold};

/// Tokens that may be refused in one request before the authorisation counts as lapsed: an admin who revokes all
/// tokens may do so again while the new one is on its way.
const MOST_TOKENS: u32 = 3;

/// What is read of the body of a refusal.
const REFUSAL_LIMIT: usize = 64 * 1024;
/// Keep-alive connections to one host; more than ever run at once.
const IDLE_CONNECTIONS: usize = 256;

/// Gives out access tokens.
#[async_trait]
pub trait Bearers: Send + Sync {
    /// A token that is good for now. Many may ask at once; one request to the cloud serves them all.
    async fn bearer(&self, access: &Access) -> Result<Bearer, CloudError>;
    /// The cloud refused this token: it is not given out again.
    fn refused(&self, access: &Access, bearer: &Bearer);
}

/// An access token. Cheap to clone, wiped when the last one is dropped.
#[derive(Clone)]
pub struct Bearer(Arc<Zeroizing<String>>);

impl Bearer {
    /// Holds this token.
    pub fn new(token: String) -> Self {
        Self(Arc::new(Zeroizing::new(token)))
    }

    /// True for the very same token.
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    pub(super) fn header(&self) -> Result<HeaderValue, CloudError> {
        let text = Zeroizing::new(format!("Bearer {}", self.0.as_str()));
        let unusable =
            |_| CloudError::new(ErrorKind::Fatal, "unusableToken", "the token holds impossible characters");
        let mut header = HeaderValue::try_from(text.as_str()).map_err(unusable)?;
        header.set_sensitive(true);
        Ok(header)
    }
}

/// One Connection's way to its cloud.
pub struct Client {
    http: reqwest::Client,
    hosts: Vec<url::Origin>,
    classify: Classify,
    pacer: Pacer,
    holds: Arc<Holds>,
    patience: Patience,
    clock: Arc<dyn Clock>,
    throttle: Arc<Throttle>,
    /// Our clock minus the cloud's in seconds by its last answer; `i64::MIN` before one told the time.
    ahead: AtomicI64,
}

impl Client {
    /// A client that talks to these hosts only; `classify` is the provider's.
    pub fn new(hosts: &[&Url], classify: Classify, options: &HttpOptions) -> Result<Self, CloudError> {
        let any_https = hosts.iter().any(|host| host.scheme() == "https");
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(super::tls::config(any_https)?)
            // Google compresses only for programs that say `gzip` in their name, too.
            // https://developers.google.com/workspace/gmail/api/guides/performance#gzip
            .user_agent(concat!("Holdfast/", env!("CARGO_PKG_VERSION"), " (gzip)"))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(options.connect_timeout)
            .read_timeout(options.idle_timeout)
            .pool_max_idle_per_host(IDLE_CONNECTIONS)
            .http2_adaptive_window(true)
            .referer(false);
        if !any_https {
            // A proxy would see what is sent in the clear.
            builder = builder.no_proxy();
        }
        let failed = |error| CloudError { kind: ErrorKind::Fatal, ..network(error) };
        let holds = Arc::new(Holds::new(Arc::clone(&options.clock)));
        Ok(Self {
            http: builder.build().map_err(failed)?,
            hosts: hosts.iter().map(|host| host.origin()).collect(),
            classify,
            pacer: Pacer::new(
                options.pacing.clone(),
                options.patience.total,
                Arc::clone(&options.clock),
                Arc::clone(&holds),
            ),
            holds,
            patience: options.patience,
            clock: Arc::clone(&options.clock),
            throttle: Arc::clone(&options.throttle),
            ahead: AtomicI64::new(i64::MIN),
        })
    }

    /// This computer's clock minus the cloud's, in seconds, by the last answer that told the time.
    pub fn clock_ahead(&self) -> Option<i64> {
        Some(self.ahead.load(Ordering::Relaxed)).filter(|ahead| *ahead != i64::MIN)
    }

    fn note_time(&self, headers: &HeaderMap) {
        if let Some(cloud) = date(headers) {
            let ahead = self.clock.wall().as_second() - cloud.as_second();
            self.ahead.store(ahead, Ordering::Relaxed);
        }
    }

    /// How patient its requests are.
    pub fn patience(&self) -> Patience {
        self.patience
    }

    /// The Connection's clock.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// What the requests made as this user wait for now.
    pub fn hold(&self, user: &str) -> Option<Hold> {
        self.holds.of(user)
    }

    /// Waits before a request is sent once more.
    pub(super) async fn rest(&self, request: &Request, wait: Duration) {
        self.holds.note(&request.pacing_user(), wait);
        self.clock.sleep(wait).await;
    }

    /// Sends the request and reads its answer with `read`, again and again while the failure is passing and
    /// patience lasts. `read` may fail with a passing error, too: then all is done once more.
    ///
    /// Dropping the future ends everything: nothing goes on in the background.
    pub async fn run<T, R>(
        &self,
        request: &Request,
        bearers: Option<&dyn Bearers>,
        read: impl Fn(Answer) -> R,
    ) -> Result<T, CloudError>
    where
        R: Future<Output = Result<T, CloudError>>,
    {
        self.check_host(&request.url)?;
        let mut tries = Tries::new(self.patience);
        let mut tokens_refused = 0;
        loop {
            let attempt = self.attempt(request, bearers).await?;
            let (error, slow_down) = match attempt {
                Attempt::Answered(answer) => match read(answer).await {
                    Ok(value) => return Ok(value),
                    Err(error) if error.is_passing() => (error, None),
                    Err(error) => return Err(error),
                },
                Attempt::Failed(error) => (error, None),
                Attempt::Refused(Verdict { error, then }, bearer) => match then {
                    Then::GiveUp => return Err(error),
                    Then::TryAgain => (error, None),
                    Then::SlowDown(whose) => (error, Some(whose)),
                    Then::NewToken => match (bearers, &request.access, bearer) {
                        (Some(bearers), Some(access), Some(bearer)) if tokens_refused < MOST_TOKENS => {
                            tokens_refused += 1;
                            bearers.refused(access, &bearer);
                            continue;
                        }
                        _ => return Err(error),
                    },
                },
            };
            let wait = self.next_wait(&mut tries, request, &error, slow_down)?;
            if slow_down.is_none() {
                self.rest(request, wait).await;
            }
        }
    }

    /// How long to wait before the next try, told to all who share the quota; or the error, when patience is
    /// used up.
    fn next_wait(
        &self,
        tries: &mut Tries,
        request: &Request,
        error: &CloudError,
        slow_down: Option<Whose>,
    ) -> Result<Duration, CloudError> {
        let wait = tries.wait(error);
        if let Some(whose) = slow_down {
            let asked = wait.or(retry_after(error)).unwrap_or(self.patience.longest);
            self.pacer.slow_down(request.price, &request.pacing_user(), whose, asked);
        }
        let Some(wait) = wait else {
            tracing::debug!(request = request.describe(), %error, "gave up");
            return Err(error.clone());
        };
        tracing::debug!(request = request.describe(), %error, ?wait, "will be tried again");
        Ok(wait)
    }

    async fn attempt(&self, request: &Request, bearers: Option<&dyn Bearers>) -> Result<Attempt, CloudError> {
        let bearer = match (bearers, &request.access) {
            (Some(bearers), Some(access)) => Some(bearers.bearer(access).await?),
            _ => None,
        };
        let mut place = self.pacer.enter(request.price, &request.pacing_user()).await?;
        let mut built = self.http.request(request.method.clone(), request.url.clone());
        built = built.headers(request.headers.clone());
        if let Some(form) = &request.form {
            built = built
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(form.as_str().to_owned());
        }
        if let Some(bearer) = &bearer {
            built = built.header(AUTHORIZATION, bearer.header()?);
        }
        let sent = built.send().await;
        place.answered();
        if let Ok(response) = &sent {
            self.note_time(response.headers());
        }
        Ok(match sent {
            Err(error) => Attempt::Failed(network(error)),
            Ok(response)
                if response.status().is_success()
                    || request.reading.contains(&response.status().as_u16()) =>
            {
                let (throttle, clock) = (Arc::clone(&self.throttle), Arc::clone(&self.clock));
                Attempt::Answered(Answer::new(response, place, throttle, clock))
            }
            Ok(response) if response.status().is_redirection() => {
                let status = response.status().as_u16();
                let detail = format!("{} was redirected, which is not followed", request.describe());
                let error = CloudError::new(ErrorKind::Fatal, "redirect", detail);
                let error = CloudError { status: Some(status), ..error };
                Attempt::Refused(Verdict { error, then: Then::GiveUp }, None)
            }
            Ok(response) => match self.judge(response, place).await {
                Ok(verdict) => Attempt::Refused(verdict, bearer),
                Err(error) => Attempt::Failed(error),
            },
        })
    }

    async fn judge(&self, mut response: reqwest::Response, _place: Place) -> Result<Verdict, CloudError> {
        let status = response.status().as_u16();
        let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
        let date = date(response.headers());
        let retry_after = text(RETRY_AFTER).and_then(|text| seconds_or_date(text, date, self.clock.as_ref()));
        let mut body = Vec::new();
        // A refusal whose body breaks off is still a refusal: its status says enough to try again.
        while body.len() < REFUSAL_LIMIT
            && let Ok(Some(chunk)) = response.chunk().await.map_err(cut_off)
        {
            body.extend_from_slice(&chunk);
        }
        body.truncate(REFUSAL_LIMIT);
        Ok((self.classify)(&Refusal { status, body: &body, retry_after, date }))
    }

    /// A secret is only ever sent to the hosts that the Connection was made with.
    fn check_host(&self, url: &Url) -> Result<(), CloudError> {
        if self.hosts.contains(&url.origin()) {
            return Ok(());
        }
        let detail = format!("{} is none of the Connection's hosts", url.host_str().unwrap_or("?"));
        Err(CloudError::new(ErrorKind::Fatal, "foreignHost", detail))
    }
}

enum Attempt {
    Answered(Answer),
    Failed(CloudError),
    Refused(Verdict, Option<Bearer>),
}

/// What is left of a request's patience.
pub(super) struct Tries {
    patience: Patience,
    waits: ExponentialBackoff,
    waited: Duration,
    malformed: usize,
    broken: usize,
}

impl Tries {
    pub(super) fn new(patience: Patience) -> Self {
        let waits = ExponentialBuilder::new()
            .with_min_delay(patience.first)
            .with_max_delay(patience.longest)
            .with_max_times(patience.retries)
            .with_jitter()
            .build();
        Self { patience, waits, waited: Duration::ZERO, malformed: 0, broken: 0 }
    }

    /// The wait before the next try; `None` where there is none.
    pub(super) fn wait(&mut self, error: &CloudError) -> Option<Duration> {
        if is_malformed(error) {
            self.malformed += 1;
            if self.malformed > self.patience.malformed {
                return None;
            }
        }
        if error.status.is_some_and(|status| status >= 500) && retry_after(error).is_none() {
            self.broken += 1;
            if self.broken > self.patience.broken {
                return None;
            }
        }
        let wait = self.waits.next()?.max(retry_after(error).unwrap_or_default());
        self.waited += wait;
        (self.waited <= self.patience.total).then_some(wait)
    }
}

fn retry_after(error: &CloudError) -> Option<Duration> {
    match error.kind {
        ErrorKind::Retry { after } => after,
        _ => None,
    }
}

/// `Retry-After` is a number of seconds or a date. <https://www.rfc-editor.org/rfc/rfc9110#field.retry-after>
fn seconds_or_date(text: &str, cloud_now: Option<Timestamp>, clock: &dyn Clock) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let now = cloud_now.unwrap_or_else(|| clock.wall());
    Some(Duration::try_from(http_date(text)?.duration_since(now)).unwrap_or_default())
}

/// The cloud's time of day.
pub(super) fn date(headers: &HeaderMap) -> Option<Timestamp> {
    headers.get(DATE).and_then(|value| value.to_str().ok()).and_then(http_date)
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`
fn http_date(text: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::parse(text.trim()).ok().map(|date| date.timestamp())
}
