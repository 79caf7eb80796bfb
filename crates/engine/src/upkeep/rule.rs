//! The rule of retention: which points in time a Domain keeps. Nothing but times goes in.

use std::hash::Hash;

use holdfast_model::{Retention, Timestamp};
use jiff::Zoned;
use jiff::tz::TimeZone;

/// For each of these times, in ascending order, whether it is kept: the last of each day, week, month and year that is
/// counted back from the newest, and the newest whatever the rule says. Days are those of `zone`.
pub(crate) fn kept(times: &[Timestamp], rule: &Retention, zone: &TimeZone) -> Vec<bool> {
    let mut keep = vec![false; times.len()];
    let local: Vec<Zoned> = times.iter().map(|time| time.to_zoned(zone.clone())).collect();
    mark(&mut keep, &local, rule.daily, |at| at.date());
    mark(&mut keep, &local, rule.weekly, |at| {
        let week = at.date().iso_week_date();
        (week.year(), week.week())
    });
    mark(&mut keep, &local, rule.monthly, |at| (at.year(), at.month()));
    mark(&mut keep, &local, rule.yearly, |at| at.year());
    if let Some(newest) = keep.last_mut() {
        *newest = true;
    }
    keep
}

/// Keeps the newest of each of the last `count` spans that have one.
fn mark<S: PartialEq + Hash>(keep: &mut [bool], times: &[Zoned], count: u32, span: impl Fn(&Zoned) -> S) {
    let (mut last, mut left) = (None, count);
    for (at, time) in times.iter().enumerate().rev() {
        let now = Some(span(time));
        if now != last {
            if left == 0 {
                return;
            }
            left -= 1;
            keep[at] = true;
            last = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn times(texts: &[&str]) -> Vec<Timestamp> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    fn rule(daily: u32, weekly: u32, monthly: u32, yearly: u32) -> Retention {
        Retention { daily, weekly, monthly, yearly }
    }

    fn kept_of(texts: &[&str], rule: Retention, zone: &str) -> Vec<bool> {
        kept(&times(texts), &rule, &TimeZone::get(zone).unwrap())
    }

    #[test]
    fn the_last_of_each_span_is_kept() {
        let days = [
            "2026-02-27T08:00:00Z",
            "2026-02-28T08:00:00Z",
            "2026-02-28T20:00:00Z",
            "2026-03-01T08:00:00Z",
            "2026-03-01T20:00:00Z",
        ];
        assert_eq!(kept_of(&days, rule(2, 0, 0, 0), "UTC"), [false, false, true, false, true]);
        assert_eq!(kept_of(&days, rule(9, 0, 0, 0), "UTC"), [true, false, true, false, true]);
        assert_eq!(kept_of(&days, rule(0, 0, 2, 0), "UTC"), [false, false, true, false, true]);
        assert_eq!(kept_of(&days, rule(0, 0, 0, 1), "UTC"), [false, false, false, false, true]);
        // All of one week: 2026-02-23 to 2026-03-01.
        assert_eq!(kept_of(&days, rule(0, 5, 0, 0), "UTC"), [false, false, false, false, true]);
        assert_eq!(kept_of(&[], rule(1, 1, 1, 1), "UTC"), Vec::<bool>::new());
    }

    #[test]
    fn a_day_is_a_day_where_the_computer_is_also_when_the_clocks_change() {
        // 23:30 and 00:30 in Berlin are the same day in UTC.
        let night = ["2026-06-01T21:30:00Z", "2026-06-01T22:30:00Z"];
        assert_eq!(kept_of(&night, rule(2, 0, 0, 0), "Europe/Berlin"), [true, true]);
        assert_eq!(kept_of(&night, rule(2, 0, 0, 0), "UTC"), [false, true]);
        // 25 hours: both 02:30 of the night belong to one day.
        let change = ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T22:30:00Z"];
        assert_eq!(kept_of(&change, rule(3, 0, 0, 0), "Europe/Berlin"), [false, false, true]);
    }

    #[test]
    fn the_first_days_of_january_belong_to_the_week_they_are_in() {
        let turn = ["2026-12-31T12:00:00Z", "2027-01-01T12:00:00Z", "2027-01-04T12:00:00Z"];
        assert_eq!(kept_of(&turn, rule(0, 2, 0, 0), "UTC"), [false, true, true]);
    }

    /// Said anew without counting: a time is kept where it is the last of its span and fewer than so many spans are newer.
    fn model(times: &[Timestamp], rule: &Retention) -> Vec<bool> {
        let last_of = |count: u32, format: &str| -> Vec<bool> {
            let spans: Vec<String> =
                times.iter().map(|at| at.to_zoned(TimeZone::UTC).strftime(format).to_string()).collect();
            (0..spans.len())
                .map(|at| {
                    let newer: BTreeSet<&String> =
                        spans[at..].iter().filter(|span| **span != spans[at]).collect();
                    let is_last = spans.get(at + 1) != Some(&spans[at]);
                    is_last && (newer.len() as u32) < count
                })
                .collect()
        };
        let kinds = [
            last_of(rule.daily, "%Y-%m-%d"),
            last_of(rule.weekly, "%G-%V"),
            last_of(rule.monthly, "%Y-%m"),
            last_of(rule.yearly, "%Y"),
        ];
        (0..times.len()).map(|at| at + 1 == times.len() || kinds.iter().any(|kind| kind[at])).collect()
    }

    proptest! {
        #[test]
        fn it_keeps_what_a_rule_said_in_other_words_keeps(
            hours in prop::collection::btree_set(0_i64..60_000, 0..60),
            counts in (0_u32..9, 0_u32..9, 0_u32..9, 0_u32..4),
        ) {
            let start: Timestamp = "2024-01-01T00:30:00Z".parse().unwrap();
            let times: Vec<Timestamp> =
                hours.iter().map(|hour| start + jiff::SignedDuration::from_hours(*hour)).collect();
            let rule = rule(counts.0, counts.1, counts.2, counts.3);
            prop_assert_eq!(kept(&times, &rule, &TimeZone::UTC), model(&times, &rule));
        }

        #[test]
        fn applying_it_again_removes_nothing_more_and_more_never_keeps_less(
            hours in prop::collection::btree_set(0_i64..60_000, 1..60),
            counts in (1_u32..9, 0_u32..9, 0_u32..9, 0_u32..4),
            more in 0_u32..4,
        ) {
            let start: Timestamp = "2024-01-01T00:30:00Z".parse().unwrap();
            let times: Vec<Timestamp> =
                hours.iter().map(|hour| start + jiff::SignedDuration::from_hours(*hour)).collect();
            let small = rule(counts.0, counts.1, counts.2, counts.3);
            let left = |keep: &[bool]| -> Vec<Timestamp> {
                times.iter().zip(keep).filter(|(_, keep)| **keep).map(|(at, _)| *at).collect()
            };
            let once = kept(&times, &small, &TimeZone::UTC);
            prop_assert!(once.last() == Some(&true));
            let remaining = left(&once);
            prop_assert!(kept(&remaining, &small, &TimeZone::UTC).into_iter().all(|keep| keep));
            let large = Retention { daily: small.daily + more, weekly: small.weekly + more, ..small };
            let with_more = kept(&times, &large, &TimeZone::UTC);
            prop_assert!(once.iter().zip(&with_more).all(|(few, many)| !few || *many));
        }
    }
}
