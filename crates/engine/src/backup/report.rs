//! A Run tells where it is: to listeners several times a second, and to other processes through its row, at most once
//! a second.

use std::sync::PoisonError;
use std::time::{Duration, Instant};

use holdfast_catalog::{RunProgress, RunState, runs};
use holdfast_model::Ledger;

use super::limits::Limits;
use super::run::Run;
use crate::events::{Event, Phase};

/// Listeners hear of a Run this often.
const TELL_EVERY: Duration = Duration::from_millis(250);
/// The row is written no more often than this.
const WRITE_EVERY: Duration = Duration::from_secs(1);
/// The row of a Run that works is written this often although nothing changed: it lives.
const LIFE_SIGN: Duration = Duration::from_secs(10);

/// What is told of a Run beside its counters.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    pub phase: Phase,
    pub limited_by: Option<String>,
    pub expected: Option<u64>,
}

impl Default for Told {
    fn default() -> Self {
        Self { phase: Phase::Counting, limited_by: None, expected: None }
    }
}

impl Told {
    /// How many Items there are to be: what was listed meanwhile may be more than what the Cloud counted before.
    fn expected_of(&self, ledger: &Ledger) -> Option<u64> {
        self.expected.map(|expected| expected.max(ledger.listed))
    }
}

impl Run {
    pub(super) fn note(&self, change: impl FnOnce(&mut Told)) {
        change(&mut self.told.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub(super) fn told(&self) -> Told {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The Run is in this phase or a later one.
    pub(super) fn enter(&self, phase: Phase) {
        self.note(|told| told.phase = told.phase.max(phase));
    }

    /// Tells where the Run is, for as long as it is polled.
    pub(super) async fn report(&self) {
        let mut limits = Limits::new();
        let mut looked = Instant::now();
        let mut written: Option<(Instant, RunState, Ledger, Told)> = None;
        loop {
            tokio::time::sleep(TELL_EVERY).await;
            let (state, ledger) = (self.turn.standing(), self.counts());
            if state != RunState::Running {
                self.note(|told| told.limited_by = None);
            } else if looked.elapsed() >= WRITE_EVERY {
                looked = Instant::now();
                let hold = self.cloud.hold(&self.reach);
                let throttled = self.engine.http().throttle.waited();
                let limited_by = limits.look(&self.waited, throttled, hold, self.cloud.kind());
                self.note(|told| told.limited_by = limited_by);
            }
            let told = self.told();
            let open = ledger.listed.saturating_sub(ledger.accounted());
            self.events.tell(Event::RunProgress {
                run: self.id,
                archive: self.archive.id,
                state,
                phase: told.phase,
                ledger,
                open,
                expected: told.expected_of(&ledger),
                limited_by: told.limited_by.clone(),
            });
            let is_due = written.as_ref().is_none_or(|(at, was, counts, before)| {
                let is_new = (was, counts, before) != (&state, &ledger, &told);
                *was != state
                    || (is_new && at.elapsed() >= WRITE_EVERY)
                    || (state == RunState::Running && at.elapsed() >= LIFE_SIGN)
            });
            if is_due {
                self.write_progress().await;
                written = Some((Instant::now(), state, ledger, told));
            }
        }
    }

    /// Writes where the Run is to its row.
    pub(super) async fn write_progress(&self) {
        let (run, at) = (self.id, self.engine.now());
        let (state, ledger, told) = (self.turn.standing(), self.counts(), self.told());
        let open = ledger.listed.saturating_sub(ledger.accounted());
        let recorded = self
            .engine
            .write(move |tx| {
                let progress = RunProgress {
                    state,
                    phase: told.phase.as_str(),
                    ledger,
                    open,
                    limited_by: told.limited_by.as_deref(),
                    expected_count: told.expected_of(&ledger),
                    at,
                };
                Ok(runs::update_progress(tx, run, &progress)?)
            })
            .await;
        if let Err(error) = recorded {
            // Only what others see is old: what the Run itself must write fails on its own.
            tracing::warn!(%run, code = error.code(), %error, "the progress of a run could not be recorded");
        }
    }
}
