//! One Run: one execution of a backup for one Archive.
//!
//! Listing and fetching go on beside each other. The ledger is counted as Items open and finish; whether the Run is
//! `complete` is computed from it at the end, never assumed.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use holdfast_catalog::{Archive, archives, items, open_items, run_ends, runs};
use holdfast_clouds::contract::{Cloud, Cursor, Reach};
use holdfast_model::{Ledger, RunId, RunResult};
use tokio_util::sync::CancellationToken;

use super::Stopped;
use super::budget::Budget;
use super::keeper::Keeper;
use super::limits::Waited;
use super::listing::Progress;
use super::report::Told;
use super::turn::Turn;
use crate::engine::Engine;
use crate::error::{EngineError, Result};
use crate::events::{Event, Events, Phase};

/// While a long first Run fetches, the feed is followed this often, so that its cursor stays alive
/// (a Gmail history id may die within hours in rare cases).
const FOLLOW_EVERY: Duration = Duration::from_secs(55 * 60);
/// A full reconcile of ids at least this often.
const RECONCILE_AFTER_DAYS: i64 = 30;

/// One Run in progress.
pub struct Run {
    pub(super) engine: Engine,
    pub(super) archive: Archive,
    pub(super) reach: Reach,
    pub(super) cloud: Arc<dyn Cloud>,
    pub(super) keeper: Arc<Keeper>,
    pub(super) id: RunId,
    pub(super) title: String,
    pub(super) events: Events,
    pub(super) cancel: CancellationToken,
    pub(super) stopped: Stopped,
    pub(super) turn: Arc<Turn>,
    pub(super) budget: Arc<Budget>,
    pub(super) ledger: Mutex<Ledger>,
    pub(super) told: Mutex<Told>,
    pub(super) waited: Waited,
    pub(super) unchanged_at_listing: AtomicU64,
    pub(super) passes_begun: AtomicU32,
}

/// How a Run ended.
#[derive(Clone, Debug)]
pub struct RunEnd {
    /// The Run.
    pub run: RunId,
    /// Its Archive.
    pub archive: Archive,
    /// `anna@example.com Gmail`.
    pub title: String,
    /// Final counts.
    pub ledger: Ledger,
    /// What follows from them.
    pub result: RunResult,
    /// Code and text of what ended it early.
    pub error: Option<(String, String)>,
    /// What a person should know although nothing failed.
    pub note: Option<String>,
    /// True where the error is the Repository's or ours: other Runs cannot go on either.
    pub is_fatal_for_all: bool,
}

impl RunEnd {
    /// True where the result says that something is kept: it holds when a snapshot that has it is durable, and not before.
    pub(super) const fn promises_a_copy(&self) -> bool {
        match self.result {
            RunResult::Complete | RunResult::CompleteWithSkips | RunResult::Partial => true,
            RunResult::Failed | RunResult::Cancelled => false,
        }
    }

    pub(super) fn event(&self) -> Event {
        Event::RunEnded {
            run: self.run,
            archive: self.archive.id,
            title: self.title.clone(),
            ledger: self.ledger,
            result: self.result,
            error: self.error.clone(),
        }
    }
}

enum Pass {
    /// What changed since.
    Feed(Cursor),
    /// Every id; metadata comes with the content.
    Full,
    /// Every id with its labels, as after a dead cursor, and no content again.
    Reconcile,
}

impl Run {
    pub(super) fn tally(&self, change: impl FnOnce(&mut Ledger)) {
        change(&mut self.ledger.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    }

    pub(super) fn counts(&self) -> Ledger {
        *self.ledger.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Waits for the Run's turn, or for the end of its rest.
    pub(super) async fn go_on(&self) -> Result<()> {
        if self.turn.is_going() {
            return Ok(());
        }
        tokio::select! {
            () = self.cancel.cancelled() => Err(EngineError::Cancelled),
            () = self.turn.come() => Ok(()),
        }
    }

    /// Runs to the end, whatever happens. Its end is told by who executes it.
    pub async fn execute(self: Arc<Self>) -> RunEnd {
        let run = self.id;
        let archive = self.archive.id;
        let work = async {
            self.go_on().await?;
            self.events.tell_surely(Event::RunStarted { run, archive, title: self.title.clone() }).await;
            self.passes().await
        };
        let outcome = tokio::select! {
            biased;
            outcome = work => outcome,
            () = self.report() => Err(EngineError::Defect("a run reported to its end".to_owned())),
        };
        self.enter(Phase::Saving);
        self.write_progress().await;
        // What was fetched is kept, however the Run ended.
        let kept = self.keeper.flush().await;
        let outcome = match (outcome, kept) {
            (Ok(note), Ok(())) => Ok(note),
            (Err(error), _) | (Ok(_), Err(error)) => Err(error),
        };
        let end = self.conclude(outcome).await;
        let finished = end.clone();
        let now = self.engine.now();
        let recorded = self
            .engine
            .write(move |tx| {
                let error = finished.error.as_ref().map(|(code, detail)| (code.as_str(), detail.as_str()));
                let told = holdfast_catalog::RunEnd {
                    at: now,
                    ledger: finished.ledger,
                    result: finished.result,
                    error,
                    expected_count: archives::get(tx, archive)?.and_then(|archive| archive.expected_count),
                    note: finished.note.as_deref(),
                };
                if finished.promises_a_copy() {
                    run_ends::await_snapshot(tx, run, &told)?;
                } else {
                    runs::finish(tx, run, &told)?;
                    archives::set_last_result(tx, archive, finished.result)?;
                }
                Ok(())
            })
            .await;
        if let Err(error) = recorded {
            tracing::error!(%run, code = error.code(), "the end of a run could not be recorded");
        }
        end
    }

    /// The passes over the feed; an explanation where counts differ from the Cloud's.
    async fn passes(self: &Arc<Self>) -> Result<Option<String>> {
        let archive = self.archive.id;
        let now = self.engine.now();
        let left_over = self
            .engine
            .write(move |tx| {
                open_items::clear_not_before(tx, archive)?;
                let counts = open_items::counts(tx, archive)?;
                Ok(counts.pending + counts.quarantined)
            })
            .await?;
        self.tally(|ledger| ledger.listed += left_over);
        if !self.archive.first_run_done {
            self.expect().await;
        }

        let fingerprint = self.reach.policy.fingerprint(self.reach.scope.service);
        let is_same_policy = self.archive.listed_fingerprint.as_deref() == Some(fingerprint.as_str());
        let cursor = self.archive.listed_cursor.clone().filter(|_| is_same_policy).map(Cursor);
        let is_due = self
            .archive
            .reconciled_at
            .is_none_or(|at| now.duration_since(at).as_hours() >= RECONCILE_AFTER_DAYS * 24);
        let was_full = cursor.is_none();
        let mut was_reconciled = false;
        match cursor {
            Some(cursor) => {
                self.pass(Pass::Feed(cursor)).await?;
                if is_due || !self.archive.first_run_done {
                    self.pass(Pass::Reconcile).await?;
                    was_reconciled = true;
                }
            }
            None => {
                self.pass(Pass::Full).await?;
                if !self.archive.first_run_done {
                    // The first listing may have missed what a page lost: a second one proves it whole.
                    self.pass(Pass::Full).await?;
                    was_reconciled = true;
                }
            }
        }
        self.engine.write(move |tx| Ok(archives::set_first_run_done(tx, archive, true)?)).await?;
        // A feed that stands where it stood cost one request; counting would cost more than it. One that told of nothing
        // though it moved on may have left out a page.
        if !was_full && self.counts().listed == 0 && !self.has_moved_on().await? {
            return Ok(None);
        }
        let mut difference = self.count_difference().await?;
        if difference.is_some() && !was_reconciled {
            self.pass(Pass::Reconcile).await?;
            difference = self.count_difference().await?;
        }
        Ok(difference)
    }

    /// Whether the feed stands elsewhere than before this Run.
    async fn has_moved_on(&self) -> Result<bool> {
        let archive = self.archive.id;
        let now = self.engine.read(move |tx| Ok(archives::get(tx, archive)?)).await?;
        Ok(now.is_none_or(|now| now.listed_cursor != self.archive.listed_cursor))
    }

    /// Asks how much a first Run has before it.
    async fn expect(&self) {
        let expected = tokio::select! {
            () = self.cancel.cancelled() => return,
            expected = self.cloud.expected_count(&self.reach) => expected,
        };
        match expected {
            Ok(expected) => self.note(|told| told.expected = expected),
            // The listing meets the same trouble and says it.
            Err(error) => tracing::debug!(run = %self.id, %error, "the cloud did not say how much there is"),
        }
    }

    /// The Cloud's own count against ours, where it says one.
    async fn count_difference(&self) -> Result<Option<String>> {
        let expected = match self.cloud.expected_count(&self.reach).await {
            Ok(Some(expected)) => expected,
            Ok(None) => return Ok(None),
            Err(error) if error.is_passing() => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        self.keeper.flush().await?;
        let archive = self.archive.id;
        let held = self
            .engine
            .write(move |tx| {
                archives::set_expected_count(tx, archive, Some(expected))?;
                Ok(items::known_count(tx, archive)?)
            })
            .await?;
        Ok((held != expected).then(|| {
            format!(
                "the cloud counts {expected} items, {held} are listed; people may be changing them right now"
            )
        }))
    }

    /// Lists, and fetches beside it until nothing is open that can be done now.
    async fn pass(self: &Arc<Self>, pass: Pass) -> Result<()> {
        let progress = Progress::default();
        // A later pass of the same Run meets the Items that an earlier one has counted.
        let is_first = self.passes_begun.fetch_add(1, Ordering::AcqRel) == 0;
        self.enter(Phase::Counting);
        let listing = async {
            let cursor = match pass {
                Pass::Feed(cursor) => Some(cursor),
                Pass::Full => None,
                // An empty cursor is a dead one: the contract answers it with a reset.
                Pass::Reconcile => Some(Cursor(String::new())),
            };
            let listed = self.list(cursor, is_first, &progress).await;
            progress.end();
            self.enter(Phase::Copying);
            listed
        };
        let fetched = async {
            tokio::select! {
                fetched = self.fetch_all(&progress) => fetched,
                error = self.follow(&progress) => Err(error),
            }
        };
        let (listed, fetched) = tokio::join!(listing, fetched);
        // The cause comes first: a full disk stops the listing, too.
        fetched.and(listed)
    }

    /// Keeps the feed's cursor alive beside a long fetch; ends only with an error.
    async fn follow(&self, progress: &Progress) -> EngineError {
        loop {
            tokio::time::sleep(FOLLOW_EVERY).await;
            if !progress.has_ended() {
                continue;
            }
            let archive = self.archive.id;
            let cursor = match self.engine.read(move |tx| Ok(archives::get(tx, archive)?)).await {
                Ok(Some(archive)) => archive.listed_cursor.map(Cursor),
                Ok(None) => None,
                Err(error) => return error,
            };
            if let Some(cursor) = cursor {
                match self.list(Some(cursor), false, progress).await {
                    Err(EngineError::Cloud(error)) if error.is_passing() => {
                        tracing::warn!(run = %self.id, %error, "the feed could not be followed; it is tried again");
                    }
                    Err(error) => return error,
                    Ok(()) => {}
                }
            }
        }
    }

    /// The result, from the ledger.
    async fn conclude(&self, outcome: Result<Option<String>>) -> RunEnd {
        let archive = self.archive.id;
        let open = self.engine.read(move |tx| Ok(open_items::counts(tx, archive)?)).await;
        let (note, mut error) = match (outcome, self.stopped.get()) {
            (Err(EngineError::Cancelled), Some((code, detail))) => {
                (None, Some(EngineError::Remote { code: code.clone(), detail: detail.clone() }))
            }
            (Ok(note), _) => (note, None),
            (Err(error), _) => (None, Some(error)),
        };
        // Only what is durable was kept. What was fetched and is not is still open, and is counted there.
        let (seen, durable) = (self.counts(), self.keeper.take_durable(self.id));
        let mut ledger = Ledger {
            listed: seen.listed + durable.listed,
            unchanged: self.unchanged_at_listing.load(Ordering::Acquire) + durable.unchanged,
            bytes: seen.bytes,
            ..durable
        };
        match open {
            Ok(open) => (ledger.pending, ledger.quarantined) = (open.pending, open.quarantined),
            Err(cause) => error = error.or(Some(cause)),
        }
        if !ledger.closes() {
            tracing::error!(run = %self.id, ?ledger, "the ledger does not close");
        }
        let result = match &error {
            Some(EngineError::Cancelled) => RunResult::Cancelled,
            Some(_) if ledger.stored + ledger.unchanged + ledger.removed + ledger.skipped == 0 => {
                RunResult::Failed
            }
            Some(_) => RunResult::Partial,
            None => ledger.result(true),
        };
        RunEnd {
            run: self.id,
            archive: self.archive.clone(),
            title: self.title.clone(),
            ledger,
            result,
            is_fatal_for_all: matches!(
                error,
                Some(EngineError::Vault(_) | EngineError::Catalog(_) | EngineError::NoSpace { .. })
            ),
            error: error.map(|error| (error.code().to_owned(), error.to_string())),
            note,
        }
    }
}
