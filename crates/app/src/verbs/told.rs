//! What a person was told by the system's notifications: each cause once, and again only while it stays.

use std::collections::BTreeMap;

use holdfast_engine::catalog::settings;
use holdfast_model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::App;
use crate::error::Result;
use crate::views::{AttentionView, Severity};

/// The setting that holds what was told.
const TOLD: &str = "told_causes";

/// Hours after the first time at which a person is told again.
const AGAIN_AFTER_HOURS: [i64; 2] = [24, 72];

/// A cause that a person was told of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Told {
    first: Timestamp,
    times: usize,
}

impl App {
    /// Those of the open causes that a person is to be told of now; they count as told. A cause that was mended and
    /// comes back is a new one.
    pub async fn causes_to_tell(&self, open: Vec<AttentionView>) -> Result<Vec<AttentionView>> {
        let now = self.now();
        let tell = self.engine.write(move |tx| {
            let before: BTreeMap<String, Told> = settings::get(tx, TOLD)?.unwrap_or_default();
            let (tell, after) = due(&before, open, now);
            if after != before {
                settings::set(tx, TOLD, &after)?;
            }
            Ok(tell)
        });
        Ok(tell.await?)
    }
}

fn due(
    before: &BTreeMap<String, Told>,
    open: Vec<AttentionView>,
    now: Timestamp,
) -> (Vec<AttentionView>, BTreeMap<String, Told>) {
    let (mut tell, mut after) = (Vec::new(), BTreeMap::new());
    for cause in open.into_iter().filter(|cause| cause.severity == Severity::Red) {
        let mut told = before.get(&cause.cause).cloned().unwrap_or(Told { first: now, times: 0 });
        let hours = (now.as_second() - told.first.as_second()) / 3600;
        let due = 1 + AGAIN_AFTER_HOURS.iter().filter(|again| hours >= **again).count();
        let is_due = told.times < due;
        told.times = told.times.max(due);
        after.insert(cause.cause.clone(), told);
        if is_due {
            tell.push(cause);
        }
    }
    (tell, after)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::views::AttentionAction;

    fn cause(name: &str, severity: Severity) -> AttentionView {
        AttentionView {
            cause: name.to_owned(),
            severity,
            title: String::new(),
            what: String::new(),
            todo: String::new(),
            since: None,
            action: AttentionAction::OpenStorage,
            target: None,
        }
    }

    #[test]
    fn a_cause_is_told_once_and_again_after_a_day_and_after_three() {
        let start: Timestamp = "2026-11-22T00:00:00Z".parse().unwrap();
        let mut told = BTreeMap::new();
        let mut hours = Vec::new();
        for hour in 0..200 {
            let now = Timestamp::from_second(start.as_second() + hour * 3600).unwrap();
            let (tell, after) = due(&told, vec![cause("storage", Severity::Red)], now);
            told = after;
            if !tell.is_empty() {
                hours.push(hour);
            }
        }
        assert_eq!(hours, [0, 24, 72]);
    }

    #[test]
    fn a_computer_that_slept_tells_once_when_it_wakes() {
        let start: Timestamp = "2026-11-22T00:00:00Z".parse().unwrap();
        let later = Timestamp::from_second(start.as_second() + 200 * 3600).unwrap();
        let (_, told) = due(&BTreeMap::new(), vec![cause("storage", Severity::Red)], start);
        let (tell, told) = due(&told, vec![cause("storage", Severity::Red)], later);
        assert_eq!(tell.len(), 1);
        assert!(due(&told, vec![cause("storage", Severity::Red)], later).0.is_empty());
    }

    #[test]
    fn what_mends_itself_is_not_told_and_what_returns_is() {
        let now: Timestamp = "2026-11-22T00:00:00Z".parse().unwrap();
        let (tell, told) = due(&BTreeMap::new(), vec![cause("slow", Severity::Amber)], now);
        assert!(tell.is_empty() && told.is_empty());
        let (_, told) = due(&told, vec![cause("storage", Severity::Red)], now);
        let (_, told) = due(&told, Vec::new(), now);
        let (tell, _) = due(&told, vec![cause("storage", Severity::Red)], now);
        assert_eq!(tell.len(), 1);
    }
}
