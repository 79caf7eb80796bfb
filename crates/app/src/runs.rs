//! Runs as the screens show them: with names, and with a range of time only once it can be known.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use holdfast_engine::EngineError;
use holdfast_engine::catalog::{Run, RunState, Tx, archives, connections};
use holdfast_model::{ArchiveId, ConnectionId, Ledger, RunId, Service, Timestamp};

use crate::UserError;
use crate::views::{RunPhase, RunStateWord, RunView};

/// A rate is only told after so many seconds.
const LEAST_SECONDS: f64 = 10.0;
/// It is the rate of so many seconds, the last ones.
const WINDOW_SECONDS: f64 = 60.0;
/// How far the rest may be from what the rate says.
const RANGE: (f64, f64) = (0.7, 1.6);

/// Where a Run was at one time.
#[derive(Clone, Copy, Debug)]
struct Sample {
    at: Timestamp,
    items: u64,
    bytes: u64,
}

impl Sample {
    fn seconds_before(&self, later: &Self) -> f64 {
        (later.at.as_millisecond() - self.at.as_millisecond()) as f64 / 1000.0
    }
}

/// How fast Runs were lately, as far as someone looked. Clones share what they saw.
#[derive(Clone, Default)]
pub(crate) struct Rates(Arc<Mutex<HashMap<RunId, VecDeque<Sample>>>>);

impl Rates {
    /// Takes in where a Run is; Items and bytes a second, once they can be told.
    fn of(&self, run: &Run) -> Option<(f64, f64)> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if run.state != RunState::Running {
            // What rests has no rate, and begins anew when it goes on.
            known.remove(&run.id);
            return None;
        }
        let items = done(&run.ledger);
        let now = Sample { at: run.updated_at?, items, bytes: run.ledger.bytes };
        let samples = known.entry(run.id).or_default();
        if samples.back().is_none_or(|last| last.at < now.at) {
            samples.push_back(now);
        }
        // One sample from before the window stays, so that there is a rate whenever someone looked before.
        while samples.get(1).is_some_and(|second| second.seconds_before(&now) >= WINDOW_SECONDS) {
            samples.pop_front();
        }
        let first = samples.front()?;
        let seconds = first.seconds_before(&now);
        let per_second = |from: u64, to: u64| to.saturating_sub(from) as f64 / seconds;
        (seconds >= LEAST_SECONDS)
            .then(|| (per_second(first.items, now.items), per_second(first.bytes, now.bytes)))
    }
}

/// Items that need nothing more.
fn done(ledger: &Ledger) -> u64 {
    ledger.accounted().saturating_sub(ledger.pending)
}

/// What an Archive is called.
pub(crate) struct Named {
    /// `anna@example.com Gmail`.
    pub(crate) title: String,
    owner: String,
    service: Service,
    connection: ConnectionId,
    domain: String,
}

/// The names of Archives, each read once.
pub(crate) struct Names<'a> {
    tx: &'a Tx<'a>,
    rates: Rates,
    known: HashMap<ArchiveId, Named>,
}

impl<'a> Names<'a> {
    pub(crate) fn new(tx: &'a Tx<'a>, rates: Rates) -> Self {
        Self { tx, rates, known: HashMap::new() }
    }

    /// The name of an Archive.
    pub(crate) fn of(&mut self, id: ArchiveId) -> Result<&Named, EngineError> {
        use std::collections::hash_map::Entry;
        Ok(match self.known.entry(id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(named(self.tx, id)?),
        })
    }

    /// A Run with its names.
    pub(crate) fn view(&mut self, run: Run) -> Result<RunView, EngineError> {
        let rates = self.rates.of(&run);
        let named = self.of(run.archive)?;
        let state = match run.state {
            RunState::Queued => RunStateWord::Queued,
            // To a person it goes on: its phase says that it is being saved.
            RunState::Running | RunState::Saving => RunStateWord::Running,
            RunState::Paused => RunStateWord::Paused,
            RunState::Ended => RunStateWord::Ended,
        };
        let is_live = state != RunStateWord::Ended;
        let is_saving = run.state == RunState::Saving;
        let phase = match run.phase.as_str() {
            _ if !is_live => None,
            "copying" => Some(RunPhase::Copying),
            "saving" => Some(RunPhase::Saving),
            _ => Some(RunPhase::Counting),
        };
        // What the Cloud says is there, or what is listed already: whichever leaves more to do.
        let rest = run.expected_count.unwrap_or(0).saturating_sub(done(&run.ledger)).max(run.open);
        let range = rates
            .filter(|(items, _)| phase == Some(RunPhase::Copying) && rest > 0 && *items > 0.0)
            .map(|(items, _)| (rest as f64 / items * RANGE.0, rest as f64 / items * RANGE.1));
        Ok(RunView {
            id: run.id,
            archive: run.archive,
            title: named.title.clone(),
            owner: named.owner.clone(),
            service: named.service,
            connection: named.connection,
            domain: named.domain.clone(),
            trigger: run.trigger.as_str().to_owned(),
            started: run.started,
            ended: run.ended,
            state,
            phase,
            is_stored: is_saving,
            result: run.result,
            closes: run.ledger.closes(),
            open: run.open,
            expected: run.expected_count,
            rate_items: rates.map(|(items, _)| items),
            rate_bytes: rates.map(|(_, bytes)| bytes),
            seconds_low: range.map(|(low, _)| low as u64),
            seconds_high: range.map(|(_, high)| high as u64 + 1),
            ledger: run.ledger,
            limited_by: run.limited_by,
            error: run.error_code.map(|code| UserError::of(&code, run.error_detail.unwrap_or_default())),
            note: run.note,
            can_pause: matches!(state, RunStateWord::Queued | RunStateWord::Running) && !is_saving,
            can_resume: state == RunStateWord::Paused,
            can_cancel: is_live && !is_saving,
            can_retry: !is_live,
        })
    }
}

fn named(tx: &Tx<'_>, id: ArchiveId) -> Result<Named, EngineError> {
    let missing = || EngineError::NotFound { what: "archive", name: id.to_string() };
    let archive = archives::get(tx, id)?.ok_or_else(missing)?;
    let domain = connections::get(tx, archive.connection)?.map(|known| known.tenant_name).unwrap_or_default();
    Ok(Named {
        title: format!("{} {}", archive.name, archive.scope.service.title()),
        owner: archive.name,
        service: archive.scope.service,
        connection: archive.connection,
        domain,
    })
}

#[cfg(test)]
mod tests {
    use holdfast_engine::catalog::Trigger;

    use super::*;

    fn run(state: RunState, second: i64, stored: u64) -> Run {
        Run {
            id: RunId(1),
            archive: ArchiveId(1),
            trigger: Trigger::First,
            started: Timestamp::UNIX_EPOCH,
            ended: None,
            state,
            phase: "copying".to_owned(),
            ledger: Ledger { listed: 10_000, stored, bytes: stored * 1_000, ..Ledger::default() },
            open: 10_000 - stored,
            updated_at: Timestamp::from_second(second).ok(),
            result: None,
            error_code: None,
            error_detail: None,
            limited_by: None,
            expected_count: None,
            note: None,
        }
    }

    #[test]
    fn a_rate_is_that_of_the_last_minute_and_only_told_once_it_can_be_known() {
        let rates = Rates::default();
        let seen = |second, stored| rates.of(&run(RunState::Running, second, stored)).map(|(items, _)| items);
        assert_eq!(seen(0, 0), None);
        assert_eq!(seen(5, 50), None);
        assert_eq!(seen(10, 100), Some(10.0));
        for second in 11..=100 {
            assert!(seen(second, second as u64 * 10).is_some());
        }
        // Ten times slower: after a minute nothing is left of the old pace.
        let slow: Vec<_> = (101..=170).map(|second| seen(second, 1_000 + (second as u64 - 100))).collect();
        assert!(slow[0].is_some_and(|rate| rate > 9.0) && slow[69] == Some(1.0), "{slow:?}");
    }

    #[test]
    fn a_run_that_rested_begins_anew() {
        let rates = Rates::default();
        for second in 0..20 {
            rates.of(&run(RunState::Running, second, 10));
        }
        assert_eq!(rates.of(&run(RunState::Paused, 30, 10)), None);
        assert_eq!(rates.of(&run(RunState::Running, 4_000, 10)), None);
        assert_eq!(rates.of(&run(RunState::Running, 4_010, 30)), Some((2.0, 2_000.0)));
    }
}
