//! Time, passed in: everything that waits or measures asks this clock, so that tests need not sleep.

use std::time::Duration;

use futures::future::BoxFuture;
use holdfast_model::Timestamp;

/// What time it is, and waiting.
pub trait Clock: Send + Sync {
    /// Time passed since some fixed point; never goes back.
    fn now(&self) -> Duration;
    /// The time of day, as this computer believes.
    fn wall(&self) -> Timestamp;
    /// Waits.
    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()>;
}

/// This computer's clock.
pub struct SystemClock {
    start: tokio::time::Instant,
}

impl SystemClock {
    /// Starts counting now.
    pub fn new() -> Self {
        Self { start: tokio::time::Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Duration {
        self.start.elapsed()
    }

    fn wall(&self) -> Timestamp {
        Timestamp::now()
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(time))
    }
}

/// A clock for tests in which waiting takes no time: who sleeps moves the clock on.
pub struct JumpingClock {
    now: std::sync::Arc<std::sync::atomic::AtomicU64>,
    wall_at_start: Timestamp,
}

impl JumpingClock {
    /// Starts at zero, and at this time of day.
    pub fn at(wall: Timestamp) -> Self {
        Self { now: std::sync::Arc::default(), wall_at_start: wall }
    }
}

impl Clock for JumpingClock {
    fn now(&self) -> Duration {
        Duration::from_nanos(self.now.load(std::sync::atomic::Ordering::SeqCst))
    }

    fn wall(&self) -> Timestamp {
        let passed = i64::try_from(self.now().as_nanos()).map(jiff::SignedDuration::from_nanos);
        passed.map_or(self.wall_at_start, |passed| {
            self.wall_at_start.checked_add(passed).unwrap_or(self.wall_at_start)
        })
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        let now = std::sync::Arc::clone(&self.now);
        let until = now.load(std::sync::atomic::Ordering::SeqCst)
            + u64::try_from(time.as_nanos()).unwrap_or(u64::MAX / 2);
        Box::pin(async move {
            tokio::task::yield_now().await;
            now.fetch_max(until, std::sync::atomic::Ordering::SeqCst);
        })
    }
}
