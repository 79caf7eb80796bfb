//! How a Connection behaves on the wire: how patient it is, and how fast it may go.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::clock::{Clock, SystemClock};
use super::throttle::Throttle;

/// Settings of one Connection's requests.
#[derive(Clone)]
pub struct HttpOptions {
    /// How long a connection may take to be made.
    pub connect_timeout: Duration,
    /// How long the other side may be silent in the middle of an answer.
    pub idle_timeout: Duration,
    /// How often and how long a request is tried again.
    pub patience: Patience,
    /// How requests are spread over time.
    pub pacing: Pacing,
    /// Where content too large for memory waits, in files without a name that vanish with the process.
    pub temp_dir: PathBuf,
    /// The limit on downloads, which all Connections of a process share.
    pub throttle: Arc<Throttle>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl Default for HttpOptions {
    /// What suits a real cloud.
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(20),
            idle_timeout: Duration::from_secs(60),
            patience: Patience::default(),
            pacing: Pacing::default(),
            temp_dir: std::env::temp_dir(),
            throttle: Arc::default(),
            clock: Arc::new(SystemClock::new()),
        }
    }
}

/// How often and how long a request is tried again before its failure is reported.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Patience {
    /// The first wait; each further one is twice as long, with jitter.
    pub first: Duration,
    /// No wait is longer, except where the cloud asks for it with `Retry-After`.
    pub longest: Duration,
    /// Tries after the first.
    pub retries: usize,
    /// Waits of one request together; a longer `Retry-After` is reported at once.
    pub total: Duration,
    /// Tries after the first for an answer that came but makes no sense.
    pub malformed: usize,
    /// Tries after the first for a failure of the cloud itself (5xx): where it concerns one Item only, the next Run is
    /// the better try.
    pub broken: usize,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(1),
            longest: Duration::from_secs(64),
            retries: 8,
            total: Duration::from_secs(420),
            malformed: 2,
            broken: 5,
        }
    }
}

impl Patience {
    /// Tries as often as usual, but hardly waits: for tests.
    pub fn tiny() -> Self {
        Self { first: Duration::from_millis(1), longest: Duration::from_millis(4), ..Self::default() }
    }
}

/// How requests are spread over time.
#[derive(Clone, Debug, PartialEq)]
pub struct Pacing {
    /// Which of a provider's published tables holds.
    pub model: QuotaModel,
    /// Limits that differ from the table, by the name of the quota (`gmail`).
    pub limits: BTreeMap<String, Limits>,
    /// How many times faster than the wall clock the cloud's quota windows pass; above 1 for simulated clouds only.
    pub time_scale: f64,
}

/// Which table of quotas holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuotaModel {
    /// The newest one, which is the strictest.
    New,
    /// The one before, which holds for projects that were in use when it was replaced.
    Old,
    /// None: nothing is held back. For simulated clouds only.
    Off,
}

/// Units a minute that differ from the published table; `None` leaves the table's number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// For each user.
    pub user: Option<u64>,
    /// For the whole tenant.
    pub tenant: Option<u64>,
}

impl Default for Pacing {
    fn default() -> Self {
        Self { model: QuotaModel::New, limits: BTreeMap::new(), time_scale: 1.0 }
    }
}

impl Pacing {
    /// Nothing is held back.
    pub fn off() -> Self {
        Self { model: QuotaModel::Off, ..Self::default() }
    }
}
