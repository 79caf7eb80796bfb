//! The ledger of a Run and the result that follows from it. A result is computed here, never assumed.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Absolute counts of one Run: listed = stored + unchanged + removed + skipped + quarantined + pending.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Ledger {
    /// Distinct Items that the Run has to account for.
    pub listed: u64,
    /// New content or new metadata kept.
    pub stored: u64,
    /// Looked at and already held as it is.
    pub unchanged: u64,
    /// Vanished in the Cloud.
    pub removed: u64,
    /// Cannot be stored, for a documented reason.
    pub skipped: u64,
    /// Failed; tried again at the next Run.
    pub quarantined: u64,
    /// Not reached.
    pub pending: u64,
    /// Content bytes fetched from the Cloud.
    pub bytes: u64,
}

/// How a Run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RunResult {
    /// Every Item is kept.
    Complete,
    /// Every Item that can be kept is; each other one is explained.
    CompleteWithSkips,
    /// Some Items will be tried again, or a part was not reached.
    Partial,
    /// Nothing could be done.
    Failed,
    /// Ended by a person.
    Cancelled,
}

impl RunResult {
    /// Every result.
    pub const ALL: [Self; 5] =
        [Self::Complete, Self::CompleteWithSkips, Self::Partial, Self::Failed, Self::Cancelled];

    /// The word in SQL and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::CompleteWithSkips => "complete_with_skips",
            Self::Partial => "partial",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The words on the screen.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::CompleteWithSkips => "complete with skips",
            Self::Partial => "partial",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// True where the Snapshot counts as a good copy.
    pub const fn is_complete(self) -> bool {
        matches!(self, Self::Complete | Self::CompleteWithSkips)
    }
}

impl Ledger {
    /// Items accounted for so far.
    pub const fn accounted(&self) -> u64 {
        self.stored + self.unchanged + self.removed + self.skipped + self.quarantined + self.pending
    }

    /// True when every listed Item is in exactly one bucket.
    pub const fn closes(&self) -> bool {
        self.listed == self.accounted()
    }

    /// The result of a Run that was neither cancelled nor stopped by an error, given whether every
    /// chosen part was reached and listed to its end.
    pub const fn result(&self, every_part_reached: bool) -> RunResult {
        if !every_part_reached || !self.closes() || self.quarantined > 0 || self.pending > 0 {
            RunResult::Partial
        } else if self.skipped > 0 {
            RunResult::CompleteWithSkips
        } else {
            RunResult::Complete
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_closed_ledger_without_open_items_is_complete() {
        let whole = Ledger { listed: 6, stored: 3, unchanged: 2, removed: 1, ..Ledger::default() };
        let rows = [
            (whole, true, RunResult::Complete),
            (whole, false, RunResult::Partial),
            (Ledger { listed: 7, ..whole }, true, RunResult::Partial),
            (Ledger { listed: 7, skipped: 1, ..whole }, true, RunResult::CompleteWithSkips),
            (Ledger { listed: 7, quarantined: 1, ..whole }, true, RunResult::Partial),
            (Ledger { listed: 7, pending: 1, ..whole }, true, RunResult::Partial),
            (Ledger::default(), true, RunResult::Complete),
        ];
        for (ledger, reached, expected) in rows {
            assert_eq!(ledger.result(reached), expected, "{ledger:?}");
        }
    }
}
