//! Who waits, and until when: what a person is told while a quota or a cloud's `Retry-After` holds requests back.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::clock::Clock;
use crate::contract::Hold;

/// A wait shorter than this holds nobody up.
const WORTH_TELLING: Duration = Duration::from_millis(50);
/// Users above which waits that are over are dropped.
const MANY: usize = 1024;

/// The waits of one Connection, by the user whose requests wait.
pub(super) struct Holds {
    clock: Arc<dyn Clock>,
    held: Mutex<HashMap<Arc<str>, (Duration, Hold)>>,
}

impl Holds {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, held: Mutex::default() }
    }

    /// A request of this user waits from now on. A longer wait that is known already stays.
    pub(super) fn note(&self, user: &Arc<str>, wait: Duration) {
        if wait < WORTH_TELLING {
            return;
        }
        let now = self.clock.now();
        let ends = now.saturating_add(wait);
        let until = i64::try_from(wait.as_millis()).map(jiff::SignedDuration::from_millis);
        let until = until.ok().and_then(|wait| self.clock.wall().checked_add(wait).ok());
        let hold = Hold { until: until.unwrap_or(holdfast_model::Timestamp::MAX), wait };
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.len() >= MANY {
            held.retain(|_, (ends, _)| *ends > now);
        }
        match held.get_mut(user) {
            Some(known) if known.0 >= ends => {}
            Some(known) => *known = (ends, hold),
            None => {
                held.insert(Arc::clone(user), (ends, hold));
            }
        }
    }

    /// What this user's requests wait for now.
    pub(super) fn of(&self, user: &str) -> Option<Hold> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.get(user).filter(|(ends, _)| *ends > self.clock.now()).map(|(_, hold)| *hold)
    }
}

#[cfg(test)]
mod tests {
    use super::super::clock::JumpingClock;
    use super::*;

    #[tokio::test]
    async fn the_longest_wait_is_told_until_it_is_over() {
        let clock = Arc::new(JumpingClock::at("2026-03-01T14:00:00Z".parse().unwrap()));
        let holds = Holds::new(clock.clone());
        let ada: Arc<str> = Arc::from("ada");
        let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
        holds.note(&ada, Duration::from_millis(10));
        assert_eq!(holds.of("ada"), None, "a breath is no wait");
        holds.note(&ada, minutes(20));
        holds.note(&ada, minutes(1));
        let expected = Hold { until: "2026-03-01T14:20:00Z".parse().unwrap(), wait: minutes(20) };
        assert_eq!(holds.of("ada"), Some(expected));
        assert_eq!(holds.of("bob"), None);
        clock.sleep(minutes(21)).await;
        assert_eq!(holds.of("ada"), None);
    }
}
