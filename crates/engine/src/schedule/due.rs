//! When an Archive is due next: by the wall clock of the computer, so that a daily backup stays at its hour when the clocks
//! are changed, and only in the hours in which its Policy lets Runs begin.

use holdfast_model::{Policy, Timestamp};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan as _};

/// More steps than this were missed: the hour is given up, not the Run.
const MOST_STEPS: u32 = 400;

/// One interval after `base`, moved to the next hour in which a Run may begin.
pub(crate) fn after(base: Timestamp, policy: &Policy, zone: &TimeZone) -> Timestamp {
    let hours = i64::from(policy.frequency_hours.clamp(1, 24));
    let next = if hours == 24 {
        // A day of the calendar has 23 to 25 hours.
        base.to_zoned(zone.clone()).checked_add(1.day()).map(|next| next.timestamp()).ok()
    } else {
        base.checked_add(SignedDuration::from_hours(hours)).ok()
    };
    next.map_or(Timestamp::MAX, |next| into_hours(next, policy, zone))
}

/// `at`, or the first moment after it in which a Run may begin.
pub(crate) fn into_hours(at: Timestamp, policy: &Policy, zone: &TimeZone) -> Timestamp {
    let mut found = at;
    for _ in 0..=48 {
        if may_begin(found, policy, zone) {
            return found;
        }
        let hour = found
            .to_zoned(zone.clone())
            .round(jiff::ZonedRound::new().smallest(jiff::Unit::Hour).mode(jiff::RoundMode::Trunc));
        let next =
            hour.ok().and_then(|hour| hour.timestamp().checked_add(SignedDuration::from_hours(1)).ok());
        match next.filter(|next| *next > found) {
            Some(next) => found = next,
            None => return at,
        }
    }
    at
}

/// Whether the hours of a Policy let a Run begin at this moment.
pub(crate) fn may_begin(at: Timestamp, policy: &Policy, zone: &TimeZone) -> bool {
    u8::try_from(at.to_zoned(zone.clone()).hour()).is_ok_and(|hour| policy.hours.holds(hour))
}

/// What was missed is made up once: the first time of the rhythm of `due` that lies after `now`.
pub(crate) fn following(due: Timestamp, now: Timestamp, policy: &Policy, zone: &TimeZone) -> Timestamp {
    let mut next = due;
    for _ in 0..MOST_STEPS {
        next = after(next, policy, zone);
        if next > now {
            return next;
        }
    }
    after(now, policy, zone)
}

/// No due time lies further ahead than one interval from now, whatever the clock was when it was set and whatever the Policy
/// said then.
pub(crate) fn at_most(due: Timestamp, now: Timestamp, policy: &Policy, zone: &TimeZone) -> Timestamp {
    due.min(after(now, policy, zone))
}

#[cfg(test)]
mod tests {
    use holdfast_model::RunHours;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn policy(frequency_hours: u8, from: u8, until: u8) -> Policy {
        Policy { frequency_hours, hours: RunHours { from, until }, ..Policy::default() }
    }

    #[test]
    fn the_next_time_keeps_its_hour_and_its_window_over_changes_of_the_clocks() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let rows = [
            // Daily: 20:00 local before and after the clocks go back, then forward.
            ("2026-10-24T18:00:00Z", policy(24, 0, 24), "2026-10-25T19:00:00Z"),
            ("2026-03-28T19:00:00Z", policy(24, 0, 24), "2026-03-29T18:00:00Z"),
            // 02:30 does not exist on that day: it is made up an hour later.
            ("2026-03-28T01:30:00Z", policy(24, 0, 24), "2026-03-29T01:30:00Z"),
            ("2026-10-25T00:00:00Z", policy(1, 0, 24), "2026-10-25T01:00:00Z"),
            // Only from 22 to 2 o'clock, over midnight.
            ("2026-06-01T10:00:00Z", policy(4, 22, 2), "2026-06-01T20:00:00Z"),
            ("2026-06-01T20:30:00Z", policy(1, 22, 2), "2026-06-01T21:30:00Z"),
            ("2026-06-01T23:30:00Z", policy(1, 22, 2), "2026-06-02T20:00:00Z"),
            // The window of an hour that a day does not have.
            ("2026-03-28T12:00:00Z", policy(12, 2, 3), "2026-03-30T00:00:00Z"),
        ];
        for (base, policy, expected) in rows {
            assert_eq!(after(at(base), &policy, &berlin), at(expected), "after {base}");
        }
    }

    #[test]
    fn what_was_missed_is_made_up_once_and_the_rhythm_goes_on() {
        let (utc, policy) = (TimeZone::UTC, policy(6, 0, 24));
        let due = at("2026-06-01T03:00:00Z");
        assert_eq!(following(due, due, &policy, &utc), at("2026-06-01T09:00:00Z"));
        assert_eq!(following(due, at("2026-06-04T10:00:00Z"), &policy, &utc), at("2026-06-04T15:00:00Z"));
        let later = at("2027-06-04T10:00:00Z");
        assert_eq!(following(due, later, &policy, &utc), at("2027-06-04T16:00:00Z"), "after a year");
    }

    #[test]
    fn a_clock_that_was_put_back_holds_nothing_up_for_longer_than_an_interval() {
        let (utc, policy) = (TimeZone::UTC, policy(6, 0, 24));
        let now = at("2026-06-01T03:00:00Z");
        assert_eq!(at_most(at("2030-01-01T00:00:00Z"), now, &policy, &utc), at("2026-06-01T09:00:00Z"));
        assert_eq!(at_most(at("2026-06-01T04:00:00Z"), now, &policy, &utc), at("2026-06-01T04:00:00Z"));
    }
}
