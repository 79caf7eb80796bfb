//! Backups: Runs of many Archives beside each other, one writer, one committer.

mod budget;
mod commit;
mod fetch;
mod keeper;
pub mod layout;
mod limits;
mod listing;
mod prepare;
mod report;
mod reuse;
mod run;
mod saving;
mod spool;
pub(crate) mod state;
mod store;
mod turn;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use holdfast_catalog::{Archive, RunState, archives, runs, users};
use holdfast_model::{ArchiveId, ConnectionId, Ledger, Owner, RunId, RunResult};
use holdfast_vault::{LockGuard, LockKind, Vault, WriterOptions};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

pub(crate) use commit::{Prepared, Reached, conclude};
pub(crate) use listing::hashes;
pub use run::RunEnd;

use self::budget::Budget;
use self::keeper::Keeper;
use self::prepare::Prepare;
use self::run::Run;
use self::saving::SaveTimes;
use self::turn::Turn;
use crate::data_dir::free_space;
use crate::engine::{Engine, blocking};
use crate::error::{EngineError, Result};
use crate::events::{Event, Events};
use crate::nap::NoNap;

/// Archives that are worked on at the same time: each has a quota of its own at the Cloud, and few use up little.
const MOST_RUNS: usize = 32;
/// How often a Run that someone else started is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// A Run does not start with less space than this.
const LEAST_FREE: u64 = 64 << 20;

/// Documents of an Archive, by file name.
type Documents = Vec<(String, Vec<u8>)>;

/// What one worker shares between all Runs: the writer, the lock of the Repository, who is running.
pub struct Work {
    engine: Engine,
    vault: Vault,
    keeper: Arc<Keeper>,
    running: Mutex<HashMap<ArchiveId, Running>>,
    /// So many Runs work at the same time.
    places: Arc<tokio::sync::Semaphore>,
    budget: Arc<Budget>,
    /// Moves whenever a Run is to rest, or one that has ended is to be saved.
    rested: tokio::sync::watch::Sender<u64>,
    /// Archives that are to run again as soon as what their last Run brought is saved.
    wanted: Mutex<HashSet<ArchiveId>>,
    /// Why the last commit failed, after each that did.
    failed: tokio::sync::watch::Sender<Option<(String, String)>>,
    committing: tokio::sync::Mutex<()>,
    /// Held from the look at who is running until the new Run is among them.
    preparing: tokio::sync::Mutex<()>,
    lock: LockGuard,
    /// Bytes that the Repository took before the writer began.
    stored_before: u64,
    _no_nap: NoNap,
}

/// Code and text of what another Run met, where it keeps this one from going on, too.
type Stopped = Arc<OnceLock<(String, String)>>;

/// A Run that goes on, for who wants to end it or let it rest.
struct Running {
    run: RunId,
    cancel: CancellationToken,
    stopped: Stopped,
    turn: Arc<Turn>,
}

/// Runs that were begun together.
#[derive(Default)]
pub struct Batch {
    runs: Vec<Arc<Run>>,
    failed: Vec<RunEnd>,
    elsewhere: Vec<RunId>,
}

impl Batch {
    /// Its Runs, those that someone else began before included.
    pub fn ids(&self) -> Vec<RunId> {
        let own = self.runs.iter().map(|run| run.id).chain(self.failed.iter().map(|end| end.run));
        own.chain(self.elsewhere.iter().copied()).collect()
    }
}

/// Why Runs are started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// A person asked.
    Manual,
    /// The schedule.
    Schedule,
}

impl Work {
    /// Opens the Repository for writing.
    pub async fn begin(engine: &Engine) -> Result<Arc<Self>> {
        let vault = engine.vault().await?;
        let (opened, repairing) = (vault.clone(), engine.clone());
        let (lock, stored_before, writer) = blocking(move || {
            let lock = opened.lock(LockKind::Shared)?;
            opened.refresh_index()?;
            crate::rebuild::fall_back(&repairing, &opened)?;
            crate::adopt::reopen_lost_items(&repairing, &opened)?;
            Ok((lock, opened.stored_bytes()?, opened.writer(&WriterOptions::default())?))
        })
        .await?;
        let keeper = Keeper::new(engine.clone(), vault.clone(), writer);
        Ok(Arc::new(Self {
            engine: engine.clone(),
            vault,
            keeper,
            running: Mutex::new(HashMap::new()),
            places: Arc::new(tokio::sync::Semaphore::new(MOST_RUNS)),
            budget: Arc::new(Budget::new(budget::MOST_IN_MEMORY, budget::PATIENCE)),
            rested: tokio::sync::watch::Sender::new(0),
            wanted: Mutex::default(),
            failed: tokio::sync::watch::Sender::new(None),
            committing: tokio::sync::Mutex::new(()),
            preparing: tokio::sync::Mutex::new(()),
            lock,
            stored_before,
            _no_nap: NoNap::hold(),
        }))
    }

    /// Backs up these Archives, each in a Run of its own. One that is running already is waited for.
    pub async fn back_up(
        self: &Arc<Self>,
        wanted: Vec<ArchiveId>,
        trigger: Trigger,
        events: &Events,
        cancel: &CancellationToken,
    ) -> Result<Vec<RunEnd>> {
        let batch = self.begin_runs(wanted, trigger, events, cancel).await?;
        self.finish(batch, events, cancel).await
    }

    /// Begins a Run of each of these Archives. They go on in [`Work::finish`].
    pub async fn begin_runs(
        self: &Arc<Self>,
        wanted: Vec<ArchiveId>,
        trigger: Trigger,
        events: &Events,
        cancel: &CancellationToken,
    ) -> Result<Batch> {
        self.check_space().await?;
        let mut batch = Batch::default();
        let mut seen = HashSet::new();
        for archive in wanted.into_iter().filter(|archive| seen.insert(*archive)) {
            // Who asks for a Run gets one: the last one may have ended and only wait for its commit.
            if trigger == Trigger::Manual
                && let Err(error) = self.save_first(archive, cancel).await
            {
                self.give_up(&batch.runs).await?;
                return Err(error);
            }
            match self.prepare(archive, trigger, events, cancel).await {
                Ok(Prepare::Ready(run)) => batch.runs.push(run),
                Ok(Prepare::RunsAlready(run)) => batch.elsewhere.push(run),
                Ok(Prepare::Failed(end)) => {
                    self.engine.run_ended(&end, events).await;
                    batch.failed.push(*end);
                }
                Err(error) => {
                    self.give_up(&batch.runs).await?;
                    return Err(error);
                }
            }
        }
        Ok(batch)
    }

    /// Executes the Runs of a batch and commits what they bring: at their end, now and then before it, and when all
    /// that are left rest.
    ///
    /// Each Run is a task of its own: one that waits for a lock, a token or its turn at the Cloud must never keep
    /// another from letting go of it.
    pub async fn finish(
        self: &Arc<Self>,
        batch: Batch,
        events: &Events,
        cancel: &CancellationToken,
    ) -> Result<Vec<RunEnd>> {
        let mut rested = self.rested.subscribe();
        let mut left: HashMap<ArchiveId, Arc<Run>> =
            batch.runs.into_iter().map(|run| (run.archive.id, run)).collect();
        let all: Vec<ArchiveId> = left.keys().copied().collect();
        let mut executing = tokio::task::JoinSet::new();
        for run in left.values() {
            executing.spawn(Arc::clone(self).execute(Arc::clone(run)));
        }
        let mut done = batch.failed;
        let mut ended: Vec<(RunEnd, Documents)> = Vec::new();
        let mut defect = None;
        let mut save = SaveTimes::from(Instant::now());
        while !executing.is_empty() {
            let mut is_due = false;
            tokio::select! {
                Some(run) = executing.join_next() => match run {
                    Ok((end, documents)) => {
                        left.remove(&end.archive.id);
                        ended.push((end, documents));
                    }
                    Err(error) => defect = Some(EngineError::Defect(format!("a run ended badly: {error}"))),
                },
                () = tokio::time::sleep_until(save.next()) => is_due = true,
                // The sender is this Work, which lives as long.
                _rests = rested.changed() => {}
            }
            let all_rest =
                !ended.is_empty() && left.values().all(|run| run.turn.standing() == RunState::Paused);
            let is_wanted = ended.iter().any(|(end, _)| self.is_wanted(end.archive.id));
            if is_due || is_wanted || (all_rest && !executing.is_empty()) {
                let committed = self.commit(&ended, &left, events).await;
                save.tried(Instant::now());
                match committed {
                    Ok(()) => done.extend(self.release(ended.drain(..), events).await),
                    Err(error) => {
                        tracing::error!(code = error.code(), %error, "a commit beside running backups failed");
                        self.is_not_saved(&error);
                    }
                }
            }
            if !ended.is_empty() {
                save.a_run_waits(Instant::now());
            }
        }
        let committed =
            if ended.is_empty() { Ok(()) } else { self.commit(&ended, &HashMap::new(), events).await };
        if let Err(error) = &committed {
            self.end_unsaved(&mut ended, error).await;
            self.is_not_saved(error);
        }
        done.extend(self.release(ended.drain(..), events).await);
        // One that ended badly is in no list.
        self.running
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|archive, _| !all.contains(archive));
        committed?;
        if let Some(defect) = defect {
            return Err(defect);
        }
        for run in batch.elsewhere {
            done.extend(self.end_of(run, cancel).await?);
        }
        Ok(done)
    }

    async fn execute(self: Arc<Self>, run: Arc<Run>) -> (RunEnd, Documents) {
        let end = Arc::clone(&run).execute().await;
        let documents = self.documents(&run, &end).await;
        run.turn.end();
        if end.is_fatal_for_all {
            self.stop_all(&end);
        }
        self.engine.run_ended(&end, &run.events).await;
        crate::upkeep::mass_change::after_run(&self.engine, &end, &run.events).await;
        // Told last: whoever hears of the end finds what follows from it.
        if !end.promises_a_copy() {
            run.events.tell_surely(end.event()).await;
        }
        (end, documents)
    }

    /// Runs that were prepared and will not be executed, because a later one could not be prepared.
    async fn give_up(&self, prepared: &[Arc<Run>]) -> Result<()> {
        self.running
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|archive, _| prepared.iter().all(|run| run.archive.id != *archive));
        let (ids, now): (Vec<RunId>, _) = (prepared.iter().map(|run| run.id).collect(), self.engine.now());
        self.engine
            .write(move |tx| {
                for id in ids {
                    let end = holdfast_catalog::RunEnd {
                        at: now,
                        ledger: Ledger::default(),
                        result: RunResult::Cancelled,
                        error: None,
                        expected_count: None,
                        note: None,
                    };
                    runs::finish(tx, id, &end)?;
                }
                Ok(())
            })
            .await
    }

    /// True when the writer failed: it takes nothing more, and a new one is needed.
    pub fn is_broken(&self) -> bool {
        self.keeper.is_broken()
    }

    /// Cancels one Run; false where it does not go on.
    pub fn cancel(&self, run: RunId) -> bool {
        let found = self.with(run, |running| {
            running.cancel.cancel();
            running.turn.standing() != RunState::Ended
        });
        found == Some(true)
    }

    /// Lets a Run rest: nothing new is asked for, what is under way is finished and made durable. True also where it
    /// rests already.
    pub fn pause(&self, run: RunId) -> bool {
        let found = self.with(run, |running| {
            running.turn.pause();
            running.turn.standing() == RunState::Paused
        });
        self.rested.send_modify(|times| *times += 1);
        found == Some(true)
    }

    /// Lets a Run that rests go on as soon as it has a place. True also where it goes on already.
    pub fn resume(&self, run: RunId) -> bool {
        let found = self.with(run, |running| {
            running.turn.resume();
            running.turn.standing() != RunState::Ended
        });
        found == Some(true)
    }

    fn with<T>(&self, run: RunId, deed: impl FnOnce(&Running) -> T) -> Option<T> {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.values().find(|running| running.run == run).map(deed)
    }

    /// Cancels the Runs of these Archives.
    pub fn cancel_archives(&self, archives: &[ArchiveId]) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.iter().filter(|(id, _)| archives.contains(id)).for_each(|(_, run)| run.cancel.cancel());
    }

    /// None of the others can go on either: each ends with the same reason, but for those that a person has cancelled.
    fn stop_all(&self, end: &RunEnd) {
        let Some(why) = &end.error else { return };
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        for other in running.values().filter(|other| other.run != end.run && !other.cancel.is_cancelled()) {
            // The first reason is the one that holds.
            other.stopped.get_or_init(|| why.clone());
            other.cancel.cancel();
        }
    }

    /// Cancels every Run.
    pub fn cancel_all(&self) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.values().for_each(|running| running.cancel.cancel());
    }

    async fn check_space(&self) -> Result<()> {
        let Some(place) = self.engine.repository_place().await? else {
            return Err(EngineError::NoRepository);
        };
        match blocking(move || Ok(free_space(&place.path))).await? {
            Some(free) if free < LEAST_FREE => Err(EngineError::NoSpace { needed: LEAST_FREE, free }),
            _ => Ok(()),
        }
    }

    /// How a Run that someone else started ended, once it has and its snapshot is durable.
    async fn end_of(&self, run: RunId, cancel: &CancellationToken) -> Result<Option<RunEnd>> {
        let is_running = || {
            let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
            running.values().any(|running| running.run == run)
        };
        while is_running() {
            tokio::select! {
                () = cancel.cancelled() => return Err(EngineError::Cancelled),
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
        self.engine
            .read(move |tx| {
                let Some(row) = runs::get(tx, run)? else { return Ok(None) };
                let Some(archive) = archives::get(tx, row.archive)? else { return Ok(None) };
                let address = match &archive.scope.owner {
                    Owner::User(user) => {
                        users::by_id(tx, archive.connection, user)?.map(|user| user.user.address)
                    }
                    Owner::Domain(_) => None,
                };
                Ok(Some(RunEnd {
                    run,
                    title: title_of(&archive, &address.unwrap_or_default()),
                    archive,
                    ledger: row.ledger,
                    result: row.result.unwrap_or(RunResult::Partial),
                    error: row.error_code.map(|code| (code, row.error_detail.unwrap_or_default())),
                    note: row.note,
                    is_fatal_for_all: false,
                }))
            })
            .await
    }

    /// The Archive's documents, asked for only when the Run brought something: label names change with labels.
    async fn documents(&self, run: &Run, end: &RunEnd) -> Documents {
        let has_news = end.ledger.stored + end.ledger.removed > 0 || !run.archive.first_run_done;
        if end.error.is_some() || !has_news {
            return Vec::new();
        }
        match run.cloud.documents(&run.reach).await {
            Ok(documents) => documents
                .into_iter()
                .filter_map(|document| {
                    let text = serde_json::to_vec_pretty(&document.json).ok()?;
                    Some((format!("_{}.json", document.name), text))
                })
                .collect(),
            Err(error) => {
                // The last ones stay; they are asked for again at the next change.
                tracing::warn!(run = %run.id, %error, "the documents of an archive could not be read");
                Vec::new()
            }
        }
    }

    /// Commits what ended; and what others have brought so far, which counts as partial.
    async fn commit(
        &self,
        ended: &[(RunEnd, Documents)],
        left: &HashMap<ArchiveId, Arc<Run>>,
        events: &Events,
    ) -> Result<()> {
        let committed = async {
            self.keeper.flush().await?;
            let mut by_domain: BTreeMap<ConnectionId, Vec<Reached>> = BTreeMap::new();
            for (end, documents) in ended {
                by_domain.entry(end.archive.connection).or_default().push(Reached {
                    archive: end.archive.id,
                    run: end.run,
                    result: Some(end.result),
                    documents: documents.clone(),
                });
            }
            for run in left.values().filter(|run| run.counts().listed > 0) {
                by_domain.entry(run.archive.connection).or_default().push(Reached {
                    archive: run.archive.id,
                    run: run.id,
                    result: None,
                    documents: Vec::new(),
                });
            }
            self.commit_domains(by_domain, events).await
        };
        let committed = committed.await;
        match &committed {
            Ok(()) => self.engine.storage_works(true, events).await,
            Err(error) => self.engine.storage_failed(error, events).await,
        }
        committed
    }

    async fn commit_domains(
        &self,
        by_domain: BTreeMap<ConnectionId, Vec<Reached>>,
        events: &Events,
    ) -> Result<()> {
        let _one_at_a_time = self.committing.lock().await;
        for (connection, reached) in by_domain {
            self.lock.check()?;
            let (writer, before) = (self.keeper.writer(), self.stored_before);
            let snapshot =
                commit::commit(&self.engine, &self.vault, writer, before, connection, reached).await?;
            events.tell_surely(Event::Committed { snapshot, at: self.engine.now() }).await;
        }
        Ok(())
    }
}

/// `anna@example.com Gmail`, or the shared drive's name.
pub(crate) fn title_of(archive: &Archive, address: &str) -> String {
    let whose = if address.is_empty() { archive.name.as_str() } else { address };
    format!("{whose} {}", archive.scope.service.title())
}
