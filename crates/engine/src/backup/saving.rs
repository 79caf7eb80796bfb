//! Between the end of a Run and the commit that saves it: the Run has no result yet, and its Archive cannot run again.

use std::collections::HashSet;
use std::sync::PoisonError;
use std::time::Duration;

use holdfast_catalog::{RunState, archives, runs};
use holdfast_model::{ArchiveId, RunId, RunResult};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::run::RunEnd;
use super::{Documents, LOOK_EVERY, Work};
use crate::error::{EngineError, Result};
use crate::events::Events;

/// What has ended is in a snapshot no later than this.
const LATEST: Duration = Duration::from_secs(15 * 60);
/// The first that ends beside others that go on is saved this soon. Each save takes a snapshot, so that the next ones wait
/// for longer and longer.
const SOONEST: Duration = Duration::from_secs(60);

/// When what Runs brought is saved while others of the same batch go on.
pub(super) struct SaveTimes {
    at: Instant,
    patience: Duration,
    something_waits: bool,
}

impl SaveTimes {
    pub(super) fn from(now: Instant) -> Self {
        Self { at: now + LATEST, patience: SOONEST, something_waits: false }
    }

    /// When the next save is due.
    pub(super) fn next(&self) -> Instant {
        self.at
    }

    /// A Run has ended, and is no copy before it is saved.
    pub(super) fn a_run_waits(&mut self, now: Instant) {
        if !self.something_waits {
            self.something_waits = true;
            self.at = self.at.min(now + self.patience);
        }
    }

    /// It was saved, or tried.
    pub(super) fn tried(&mut self, now: Instant) {
        self.something_waits = false;
        self.at = now + LATEST;
        self.patience = (self.patience * 2).min(LATEST);
    }
}

impl Work {
    /// Waits until the last Run of an Archive is saved, where it has ended: that is done now, not later with others.
    pub(super) async fn save_first(&self, archive: ArchiveId, cancel: &CancellationToken) -> Result<()> {
        let Some(run) = self.ended_run_of(archive) else { return Ok(()) };
        let mut failed = self.failed.subscribe();
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner).insert(archive);
        let saved = async {
            while self.ended_run_of(archive) == Some(run) {
                // Told anew each time: who commits may have looked just before.
                self.rested.send_modify(|times| *times += 1);
                tokio::select! {
                    () = cancel.cancelled() => return Err(EngineError::Cancelled),
                    // The sender is this Work, which lives as long.
                    _not_saved = failed.changed() => {
                        if let Some((code, detail)) = failed.borrow_and_update().clone() {
                            return Err(EngineError::Remote { code, detail });
                        }
                    }
                    () = tokio::time::sleep(LOOK_EVERY) => {}
                }
            }
            Ok(())
        };
        let saved = saved.await;
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner).remove(&archive);
        saved
    }

    fn ended_run_of(&self, archive: ArchiveId) -> Option<RunId> {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let known = running.get(&archive)?;
        (known.turn.standing() == RunState::Ended).then_some(known.run)
    }

    pub(super) fn is_wanted(&self, archive: ArchiveId) -> bool {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner).contains(&archive)
    }

    /// Whoever waits for a commit learns why there is none.
    pub(super) fn is_not_saved(&self, error: &EngineError) {
        self.failed.send_replace(Some((error.code().to_owned(), error.to_string())));
    }

    /// These Runs are in a snapshot, or will never be: each has its result now, and its Archive may run again.
    pub(super) async fn release(
        &self,
        ended: impl Iterator<Item = (RunEnd, Documents)>,
        events: &Events,
    ) -> Vec<RunEnd> {
        let ended: Vec<RunEnd> = ended.map(|(end, _)| end).collect();
        {
            let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
            for end in &ended {
                running.remove(&end.archive.id);
            }
        }
        for end in ended.iter().filter(|end| end.promises_a_copy()) {
            events.tell_surely(end.event()).await;
        }
        ended
    }

    /// No snapshot holds what these Runs brought: they are no more than partial. What was fetched waits for the next commit.
    pub(super) async fn end_unsaved(&self, ended: &mut [(RunEnd, Documents)], why: &EngineError) {
        let told = (why.code().to_owned(), why.to_string());
        let ends: Vec<RunEnd> =
            ended.iter().map(|(end, _)| end.clone()).filter(RunEnd::promises_a_copy).collect();
        let all: HashSet<RunId> = ends.iter().map(|end| end.run).collect();
        let (now, error) = (self.engine.now(), told.clone());
        let recorded = self.engine.write(move |tx| {
            let mut unsaved = HashSet::new();
            for end in ends {
                // Of several Domains one may have been saved before another failed.
                if runs::get(tx, end.run)?.is_none_or(|run| run.state != RunState::Saving) {
                    continue;
                }
                let told = holdfast_catalog::RunEnd {
                    at: now,
                    ledger: end.ledger,
                    result: RunResult::Partial,
                    error: Some((&error.0, &error.1)),
                    expected_count: archives::get(tx, end.archive.id)?.and_then(|known| known.expected_count),
                    note: end.note.as_deref(),
                };
                runs::finish(tx, end.run, &told)?;
                archives::set_last_result(tx, end.archive.id, RunResult::Partial)?;
                unsaved.insert(end.run);
            }
            Ok(unsaved)
        });
        let unsaved = recorded.await.unwrap_or_else(|error| {
            // The next worker finds them without an end.
            tracing::error!(code = error.code(), %error, "the end of runs that could not be saved was not recorded");
            all
        });
        for (end, _) in ended.iter_mut().filter(|(end, _)| unsaved.contains(&end.run)) {
            (end.result, end.error) = (RunResult::Partial, Some(told.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ended_beside_a_long_run_is_saved_soon_and_a_long_run_makes_few_snapshots() {
        let begin = Instant::now();
        let minutes = |at: Instant| at.duration_since(begin).as_secs() / 60;
        let mut times = SaveTimes::from(begin);
        assert_eq!(minutes(times.next()), 15, "a Run that goes on alone is saved as before");
        let mut saves = Vec::new();
        let mut now = begin;
        // One ends right after each save.
        while saves.len() < 8 {
            times.a_run_waits(now);
            times.a_run_waits(now + Duration::from_secs(30));
            now = times.next();
            saves.push(minutes(now));
            times.tried(now);
        }
        assert_eq!(saves, [1, 3, 7, 15, 30, 45, 60, 75]);
    }
}
