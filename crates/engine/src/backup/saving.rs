//! Between the end of a Run and the commit that saves it: the Run has no result yet, and its Archive cannot run again.

use std::collections::HashSet;
use std::sync::PoisonError;

use holdfast_catalog::{RunState, archives, runs};
use holdfast_model::{ArchiveId, RunId, RunResult};
use tokio_util::sync::CancellationToken;

use super::run::RunEnd;
use super::{Documents, LOOK_EVERY, Work};
use crate::error::{EngineError, Result};
use crate::events::Events;

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
