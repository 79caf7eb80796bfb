//! Quotas as published: sliding windows per user and per project, and Gmail's limit of concurrent
//! requests per user.

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;

use serde_json::{Map, Value, json};

use super::{Call, GoogleError};
use crate::options::{Options, QuotaModel, Quotas};
use crate::sync::lock;

/// One API's published limits.
pub struct Limit {
    /// The API's name.
    pub api: &'static str,
    /// The generation of quotas.
    pub model: QuotaModel,
    /// Units a minute, per user and project.
    pub user: u64,
    /// Units a minute, per project.
    pub project: u64,
    /// Requests of one user at the same time.
    pub concurrent: u64,
    /// Where it is published.
    pub source: &'static str,
}

/// "The Gmail API enforces a per-user concurrent request limit", without a number; batches of more
/// than 50 are "likely to trigger rate limiting".
/// <https://developers.google.com/workspace/gmail/api/guides/handle-errors>
/// <https://developers.google.com/workspace/gmail/api/guides/batch>
const GMAIL_CONCURRENT: u64 = 50;
const NO_LIMIT: u64 = u64::MAX;

/// The published limits.
pub const LIMITS: &[Limit] = &[
    Limit {
        api: "gmail",
        model: QuotaModel::New,
        user: 6_000,
        project: 1_200_000,
        concurrent: GMAIL_CONCURRENT,
        source: "https://developers.google.com/workspace/gmail/api/reference/quota",
    },
    Limit {
        api: "gmail",
        model: QuotaModel::Old,
        user: 15_000,
        project: 1_200_000,
        concurrent: GMAIL_CONCURRENT,
        source: "https://developers.google.com/gmail/api/v1/reference/quota",
    },
    Limit {
        api: "drive",
        model: QuotaModel::New,
        user: 325_000,
        project: 1_000_000,
        concurrent: NO_LIMIT,
        source: "https://developers.google.com/drive/api/guides/limits",
    },
    Limit {
        api: "drive",
        model: QuotaModel::Old,
        user: 12_000,
        project: 12_000,
        concurrent: NO_LIMIT,
        source: "https://developers.google.com/drive/api/guides/limits",
    },
    Limit {
        api: "directory",
        model: QuotaModel::New,
        user: 2_400,
        project: NO_LIMIT,
        concurrent: NO_LIMIT,
        source: "https://developers.google.com/workspace/admin/directory/v1/limits",
    },
    Limit {
        api: "directory",
        model: QuotaModel::Old,
        user: 2_400,
        project: NO_LIMIT,
        concurrent: NO_LIMIT,
        source: "https://developers.google.com/workspace/admin/directory/v1/limits",
    },
    Limit {
        api: "calendar",
        model: QuotaModel::New,
        user: 600,
        project: 10_000,
        concurrent: NO_LIMIT,
        source: "https://developers.google.com/workspace/calendar/api/guides/quota",
    },
    Limit {
        api: "calendar",
        model: QuotaModel::Old,
        user: 600,
        project: 10_000,
        concurrent: NO_LIMIT,
        source: "https://developers.google.com/workspace/calendar/api/guides/quota",
    },
];

const WINDOW_MS: u64 = 60_000;

/// Units spent within the last minute of the quota clock.
#[derive(Default)]
struct Window {
    spent: VecDeque<(u64, u64)>,
    total: u64,
}

impl Window {
    fn spent_at(&mut self, now: u64) -> u64 {
        while let Some((at, units)) = self.spent.front().copied().filter(|(at, _)| at + WINDOW_MS <= now) {
            debug_assert!(at <= now);
            self.total -= units;
            self.spent.pop_front();
        }
        self.total
    }

    fn spend(&mut self, now: u64, units: u64) {
        self.total += units;
        match self.spent.back_mut() {
            Some((at, more)) if *at == now => *more += units,
            _ => self.spent.push_back((now, units)),
        }
    }
}

#[derive(Clone, Copy)]
struct Limits {
    user: u64,
    project: u64,
    concurrent: u64,
}

struct Inner {
    published: bool,
    over_status: u16,
    limits: HashMap<&'static str, Limits>,
    users: HashMap<(&'static str, String), Window>,
    projects: HashMap<&'static str, Window>,
    running: HashMap<(&'static str, String), u64>,
}

/// The quota windows of the project.
pub struct Quota {
    model: QuotaModel,
    inner: Mutex<Inner>,
}

impl Quota {
    pub(crate) fn new(options: &Options) -> Self {
        let limits = LIMITS
            .iter()
            .filter(|l| l.model == options.quota_model)
            .map(|l| (l.api, Limits { user: l.user, project: l.project, concurrent: l.concurrent }))
            .collect();
        Self {
            model: options.quota_model,
            inner: Mutex::new(Inner {
                published: options.quotas == Quotas::Published,
                over_status: 403,
                limits,
                users: HashMap::new(),
                projects: HashMap::new(),
                running: HashMap::new(),
            }),
        }
    }

    /// Which generation of quotas holds.
    #[must_use]
    pub fn model(&self) -> QuotaModel {
        self.model
    }

    /// Whether quotas are enforced.
    #[must_use]
    pub fn is_published(&self) -> bool {
        lock(&self.inner).published
    }

    /// Charges a call, or refuses it uncharged.
    pub fn charge(&self, call: &Call, units: u64) -> Result<(), GoogleError> {
        let api = call.method.api;
        let now = call.world.clock.quota_ms();
        let user =
            call.query("quotaUser").or_else(|| call.principal.user()).unwrap_or("service-account").to_owned();
        let mut inner = lock(&self.inner);
        if !inner.published {
            return Ok(());
        }
        let Some(limits) = inner.limits.get(api.name).copied() else { return Ok(()) };
        let status = inner.over_status;
        let scale = call.world.clock.time_scale();
        if inner.projects.entry(api.name).or_default().spent_at(now).saturating_add(units) > limits.project {
            return Err(over(api.host, status, "rateLimitExceeded", "Queries per minute", scale));
        }
        let window = inner.users.entry((api.name, user)).or_default();
        if window.spent_at(now).saturating_add(units) > limits.user {
            return Err(over(
                api.host,
                status,
                "userRateLimitExceeded",
                "Queries per minute per user",
                scale,
            ));
        }
        window.spend(now, units);
        if limits.project != NO_LIMIT {
            inner.projects.entry(api.name).or_default().spend(now, units);
        }
        Ok(())
    }

    /// Takes one of the user's places for concurrent requests until the guard is dropped.
    pub fn enter<'a>(&'a self, call: &Call) -> Result<Place<'a>, GoogleError> {
        let api = call.method.api;
        let key = (api.name, call.principal.user().unwrap_or("service-account").to_owned());
        let mut inner = lock(&self.inner);
        let limit = inner.limits.get(api.name).map_or(NO_LIMIT, |l| l.concurrent);
        if !inner.published || limit == NO_LIMIT {
            return Ok(Place { quota: self, key: None });
        }
        let running = inner.running.entry(key.clone()).or_default();
        if *running >= limit {
            return Err(GoogleError::new(429, "rateLimitExceeded", "Too many concurrent requests for user.")
                .in_domain("usageLimits"));
        }
        *running += 1;
        Ok(Place { quota: self, key: Some(key) })
    }

    /// Sets limits: `{"published":bool,"status":403|429,"gmail":{"user","project","concurrent"},…}`.
    pub fn set(&self, settings: &Map<String, Value>) -> Result<(), String> {
        let mut inner = lock(&self.inner);
        for (name, value) in settings {
            match name.as_str() {
                "published" => inner.published = value.as_bool().ok_or("published is true or false")?,
                "status" => {
                    inner.over_status = value
                        .as_u64()
                        .and_then(|s| u16::try_from(s).ok())
                        .filter(|s| [403, 429].contains(s))
                        .ok_or("status is 403 or 429")?;
                }
                api => {
                    let limits = inner.limits.iter_mut().find(|(known, _)| **known == api);
                    let (_, limits) = limits.ok_or_else(|| format!("no quota of the API {api} is known"))?;
                    for (what, number) in value.as_object().ok_or("a quota is an object")? {
                        let number = number.as_u64().ok_or_else(|| format!("{api}.{what} is a number"))?;
                        match what.as_str() {
                            "user" => limits.user = number,
                            "project" => limits.project = number,
                            "concurrent" => limits.concurrent = number,
                            _ => return Err(format!("a quota has user, project and concurrent, not {what}")),
                        }
                    }
                }
            }
        }
        inner.users.clear();
        inner.projects.clear();
        Ok(())
    }
}

fn over(service: &str, status: u16, reason: &str, limit: &str, scale: f64) -> GoogleError {
    let message = format!(
        "Quota exceeded for quota metric 'Queries' and limit '{limit}' of service '{service}' for consumer 'project_number:{}'.",
        super::auth::PROJECT_NUMBER
    );
    let reason = if status == 429 { "rateLimitExceeded" } else { reason };
    let mut error = GoogleError::new(status, reason, message).in_domain("usageLimits").with_detail(json!({
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "RATE_LIMIT_EXCEEDED",
        "domain": "googleapis.com",
        "metadata": {"service": service, "quota_limit": limit},
    }));
    if status == 429 {
        error = error.retry_after(((30.0 / scale).ceil() as u64).max(1));
    }
    error
}

/// One of the user's places for concurrent requests.
pub struct Place<'a> {
    quota: &'a Quota,
    key: Option<(&'static str, String)>,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        if let Some(key) = &self.key
            && let Some(running) = lock(&self.quota.inner).running.get_mut(key)
        {
            *running = running.saturating_sub(1);
        }
    }
}
