//! The simulated clocks: the time of day, which control can shift, and the clock of quota windows,
//! which `--time-scale` speeds up.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use jiff::Timestamp;

/// The clocks of a simulated company.
pub struct Clock {
    started: Instant,
    started_ms: i64,
    shift_ms: AtomicI64,
    time_scale: f64,
}

impl Clock {
    /// Starts at the machine's time of day.
    #[must_use]
    pub fn new(time_scale: f64) -> Self {
        Self {
            started: Instant::now(),
            started_ms: Timestamp::now().as_millisecond(),
            shift_ms: AtomicI64::new(0),
            time_scale,
        }
    }

    /// Milliseconds since 1970, as the cloud sees them.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        let elapsed = i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX / 4);
        self.started_ms + elapsed + self.shift_ms.load(Ordering::Relaxed)
    }

    /// Seconds since 1970, as the cloud sees them.
    #[must_use]
    pub fn now_seconds(&self) -> i64 {
        self.now_ms().div_euclid(1000)
    }

    /// Milliseconds since the start on the clock of quota windows.
    #[must_use]
    pub fn quota_ms(&self) -> u64 {
        (self.started.elapsed().as_secs_f64() * 1000.0 * self.time_scale) as u64
    }

    /// How many times faster the quota clock runs.
    #[must_use]
    pub fn time_scale(&self) -> f64 {
        self.time_scale
    }

    /// Sets the cloud's clock this far ahead of (or behind) the machine's.
    pub fn set_shift_seconds(&self, seconds: i64) {
        self.shift_ms.store(seconds.saturating_mul(1000), Ordering::Relaxed);
    }
}

/// `2026-11-22T10:00:00.000Z`, as Google writes times; an impossible time becomes 1970.
#[must_use]
pub fn rfc3339(ms: i64) -> String {
    let time = Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH);
    format!("{time:.3}")
}
