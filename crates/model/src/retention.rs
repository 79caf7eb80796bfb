//! How long snapshots of a Domain are kept.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How many days, weeks, months and years keep their last snapshot; everything else goes. Forever is the absence of this.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct Retention {
    /// The last snapshot of each of so many days that have one.
    pub daily: u32,
    /// The last snapshot of each of so many weeks.
    pub weekly: u32,
    /// The last snapshot of each of so many months.
    pub monthly: u32,
    /// The last snapshot of each of so many years.
    pub yearly: u32,
}

/// The most of each kind: a snapshot a day for a hundred years.
pub const MOST_KEPT: u32 = 36_500;

impl Retention {
    /// Why it makes no sense, if it does not.
    pub fn problem(&self) -> Option<&'static str> {
        let all = [self.daily, self.weekly, self.monthly, self.yearly];
        if all.iter().all(|count| *count == 0) {
            return Some("at least one of daily, weekly, monthly and yearly has to be more than 0");
        }
        all.iter().any(|count| *count > MOST_KEPT).then_some("each of the numbers is at most 36500")
    }

    /// `7 daily, 4 weekly`.
    pub fn in_words(&self) -> String {
        let kinds = [
            (self.daily, "daily"),
            (self.weekly, "weekly"),
            (self.monthly, "monthly"),
            (self.yearly, "yearly"),
        ];
        let told =
            kinds.iter().filter(|(count, _)| *count > 0).map(|(count, kind)| format!("{count} {kind}"));
        told.collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_that_keeps_nothing_or_that_much_is_refused() {
        let week = Retention { daily: 7, weekly: 4, ..Retention::default() };
        assert_eq!((week.problem(), week.in_words().as_str()), (None, "7 daily, 4 weekly"));
        assert!(Retention::default().problem().is_some());
        assert!(Retention { yearly: MOST_KEPT + 1, ..week }.problem().is_some());
    }
}
