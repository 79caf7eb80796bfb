//! The limit that a person sets on downloads: a bucket of bytes that all answers of a process share.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::clock::Clock;

/// What may come at once after a while in which less came.
const BURST: Duration = Duration::from_millis(500);
/// A wait is made of pieces of this length, so that another limit counts soon.
const PIECE: Duration = Duration::from_secs(1);

/// Holds answers back while more has come than the limit allows. It reads slowly, so that the other side sends slowly.
#[derive(Default)]
pub struct Throttle {
    state: Mutex<State>,
    /// Time that answers were held back for, all of them added up, in nanoseconds.
    waited: AtomicU64,
}

#[derive(Default)]
struct State {
    /// Bytes a second; none for no limit.
    limit: Option<u64>,
    /// When everything that came so far would have come at the limit's pace.
    paid: Duration,
}

impl Throttle {
    /// Sets the limit in bytes a second, also for what is under way.
    pub fn set(&self, limit: Option<u64>) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = State { limit, paid: Duration::ZERO };
    }

    /// The limit in bytes a second.
    pub fn limit(&self) -> Option<u64> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).limit
    }

    /// For how long answers were held back, all of them added up.
    pub fn waited(&self) -> Duration {
        Duration::from_nanos(self.waited.load(Ordering::Relaxed))
    }

    /// So many bytes came; waits until more may.
    pub(super) async fn came(&self, bytes: usize, clock: &Arc<dyn Clock>) {
        let mut owed = self.owe(bytes as u64, clock.now());
        while !owed.is_zero() {
            let piece = owed.min(PIECE);
            clock.sleep(piece).await;
            self.waited.fetch_add(u64::try_from(piece.as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
            // A limit that was changed or lifted meanwhile owes nothing.
            owed = owed.saturating_sub(piece).min(self.left(clock.now()));
        }
    }

    fn owe(&self, bytes: u64, now: Duration) -> Duration {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(limit) = state.limit.filter(|limit| *limit > 0) else { return Duration::ZERO };
        let cost = Duration::from_nanos(
            u64::try_from(u128::from(bytes) * 1_000_000_000 / u128::from(limit)).unwrap_or(u64::MAX),
        );
        state.paid = state.paid.max(now.saturating_sub(BURST)).saturating_add(cost);
        state.paid.saturating_sub(now)
    }

    fn left(&self, now: Duration) -> Duration {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).paid.saturating_sub(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::SystemClock;

    /// How long it takes until so many pieces of 100,000 bytes have come, in two transfers at once.
    async fn taken(throttle: &Throttle, pieces: u32) -> Duration {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let began = clock.now();
        let half = async || {
            for _ in 0..pieces / 2 {
                throttle.came(100_000, &clock).await;
            }
        };
        tokio::join!(half(), half());
        clock.now() - began
    }

    #[tokio::test(start_paused = true)]
    async fn all_transfers_together_keep_to_the_limit() {
        let throttle = Throttle::default();
        assert_eq!(taken(&throttle, 100).await, Duration::ZERO, "there is none at first");
        throttle.set(Some(1_000_000));
        let time = taken(&throttle, 100).await.as_millis();
        // Ten million bytes at a million a second, less the burst.
        assert!((9_400..=10_100).contains(&time), "{time}");
        assert!(throttle.waited() > Duration::from_secs(9));
        throttle.set(None);
        assert_eq!(taken(&throttle, 100).await, Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_limit_that_is_lifted_lets_what_waits_go_on() {
        let throttle = Arc::new(Throttle::default());
        throttle.set(Some(1_000));
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let (waits, watch) = (Arc::clone(&throttle), Arc::clone(&clock));
        let waiting = tokio::spawn(async move { waits.came(3_600_000, &watch).await });
        clock.sleep(Duration::from_secs(5)).await;
        throttle.set(None);
        waiting.await.unwrap();
        assert!(clock.now() < Duration::from_secs(7), "an hour was not waited for");
    }
}
