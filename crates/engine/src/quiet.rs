//! The first minutes after a start or a wake of the computer, in which nobody is alarmed of what may pass by itself:
//! networks and disks take their time, and what was missed is made up for first.

use std::time::Duration;

use holdfast_model::Timestamp;
use jiff::SignedDuration;

use crate::notifications::{DIRECTORY_STALE, NOT_READ, STALE, is_of_secrets, is_of_storage, is_passing};

/// How long they last.
pub const QUIET: Duration = Duration::from_secs(5 * 60);
/// Between two looks so much more time passed on the wall clock that the computer slept, or its clock was set.
pub(crate) const GAP: SignedDuration = SignedDuration::from_mins(3);

/// Knows when the computer started or woke, by looks at the wall clock that are a minute apart or so.
#[derive(Clone, Debug)]
pub struct Quiet {
    lasts: Duration,
    looked: Option<Timestamp>,
    woke: Timestamp,
}

impl Quiet {
    /// Begins now.
    pub fn new(now: Timestamp, lasts: Duration) -> Self {
        Self { lasts, looked: None, woke: now }
    }

    /// True while the quiet lasts, as of a look at the clock.
    pub fn holds(&mut self, now: Timestamp) -> bool {
        let slept = self.looked.is_some_and(|looked| {
            let passed = now.duration_since(looked);
            passed > GAP || passed < SignedDuration::ZERO
        });
        if slept {
            self.woke = now;
        }
        self.looked = Some(now);
        let since = now.duration_since(self.woke);
        Duration::try_from(since).is_ok_and(|since| since < self.lasts)
    }
}

/// True for what may be there just because the computer was off or slept.
pub fn may_pass(code: &str) -> bool {
    is_passing(code)
        || is_of_storage(code)
        || is_of_secrets(code)
        || [STALE, DIRECTORY_STALE, NOT_READ].contains(&code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_and_a_wake_are_quiet_and_a_clock_that_was_set_is_a_wake() {
        let at = |seconds: i64| Timestamp::from_second(1_000_000 + seconds).unwrap();
        let mut quiet = Quiet::new(at(0), QUIET);
        let rows = [
            (0, true),
            (60, true),
            (299, true),
            (300, false),
            (360, false),
            (9 * 3600, true),
            (9 * 3600 + 60, true),
            (9 * 3600 + 301, false),
            (400, true),
            (699, true),
            (700, false),
        ];
        let mut before = 0;
        for (seconds, expected) in rows {
            // Looks on the way, as there are each minute while the computer is awake.
            while seconds > before && seconds - before < 600 && seconds - before > 60 {
                before += 60;
                quiet.holds(at(before));
            }
            assert_eq!(quiet.holds(at(seconds)), expected, "{seconds}");
            before = seconds;
        }
        assert!(!Quiet::new(at(0), Duration::ZERO).holds(at(0)));
    }

    #[test]
    fn what_a_person_has_to_mend_is_told_at_once() {
        for code in ["copies.stale", "repository.not_found", "cloud.unreachable", "secrets.locked"] {
            assert!(may_pass(code), "{code}");
        }
        for code in ["cloud.access_missing", "connection.expired", "retention.held", "user.left"] {
            assert!(!may_pass(code), "{code}");
        }
    }
}
