//! Backups: Runs of many Archives beside each other, one writer, one committer.

mod commit;
mod fetch;
mod keeper;
pub mod layout;
mod listing;
mod reuse;
mod run;
pub(crate) mod state;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use holdfast_catalog::{Archive, ConnectionState, archives, connections, runs, users};
use holdfast_clouds::contract::{Cloud, Reach};
use holdfast_model::{ArchiveId, ConnectionId, Owner, RunId};
use holdfast_vault::{LockGuard, LockKind, Vault, WriterOptions};
use tokio_util::sync::CancellationToken;

pub(crate) use commit::{Prepared, Reached, conclude};
pub(crate) use listing::hashes;
pub use run::RunEnd;

use self::keeper::Keeper;
use self::run::Run;
use crate::data_dir::free_space;
use crate::engine::{Engine, blocking};
use crate::error::{EngineError, Result};
use crate::events::{Event, Events};
use crate::policy;

/// Archives that are worked on at the same time: each has a quota of its own at the Cloud, and few use up little.
const MOST_RUNS: usize = 32;
/// An Archive that finished is in a snapshot no later than this.
const COMMIT_EVERY: Duration = Duration::from_secs(15 * 60);
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
    running: Mutex<HashMap<ArchiveId, (RunId, CancellationToken)>>,
    committing: tokio::sync::Mutex<()>,
    /// Held from the look at who is running until the new Run is among them.
    preparing: tokio::sync::Mutex<()>,
    lock: LockGuard,
    /// Bytes that the Repository took before the writer began.
    stored_before: u64,
}

/// What came of preparing a Run.
enum Prepare {
    Ready(Arc<Run>),
    RunsAlready(RunId),
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
            committing: tokio::sync::Mutex::new(()),
            preparing: tokio::sync::Mutex::new(()),
            lock,
            stored_before,
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
        self.check_space().await?;
        let (mut prepared, mut elsewhere) = (Vec::new(), Vec::new());
        let mut seen = HashSet::new();
        for archive in wanted.into_iter().filter(|archive| seen.insert(*archive)) {
            match self.prepare(archive, trigger, events, cancel).await {
                Ok(Prepare::Ready(run)) => prepared.push(run),
                Ok(Prepare::RunsAlready(run)) => elsewhere.push(run),
                Err(error) => {
                    self.give_up(&prepared).await?;
                    return Err(error);
                }
            }
        }
        let done = CancellationToken::new();
        let ticking = tokio::spawn(Arc::clone(self).commit_now_and_then(events.clone(), done.clone()));
        let ends = self.execute_all(prepared).await;
        done.cancel();
        // A commit that is under way ends first: two at once would build on the same parent.
        ticking.await.map_err(|error| EngineError::Defect(format!("the committer ended badly: {error}")))?;
        let ends = ends?;
        let committed = self.commit(&ends, events).await;
        self.running
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|archive, _| ends.iter().all(|(end, _)| end.archive.id != *archive));
        committed?;
        let mut ends: Vec<RunEnd> = ends.into_iter().map(|(end, _)| end).collect();
        for run in elsewhere {
            ends.extend(self.end_of(run, cancel).await?);
        }
        Ok(ends)
    }

    /// Executes the Runs, so many at a time. Each is a task of its own: one that waits for a lock, a token or its turn
    /// at the Cloud must never keep another from letting go of it.
    async fn execute_all(self: &Arc<Self>, prepared: Vec<Arc<Run>>) -> Result<Vec<(RunEnd, Documents)>> {
        let places = Arc::new(tokio::sync::Semaphore::new(MOST_RUNS));
        let mut executing = tokio::task::JoinSet::new();
        for run in prepared {
            let (work, places) = (Arc::clone(self), Arc::clone(&places));
            executing.spawn(async move {
                let _place = places.acquire_owned().await;
                let end = Arc::clone(&run).execute().await;
                let documents = work.documents(&run, &end).await;
                if end.is_fatal_for_all {
                    work.cancel_all();
                }
                (end, documents)
            });
        }
        let mut ends = Vec::new();
        while let Some(ended) = executing.join_next().await {
            ends.push(ended.map_err(|error| EngineError::Defect(format!("a run ended badly: {error}")))?);
        }
        Ok(ends)
    }

    /// Commits what running backups have brought, until they are done.
    async fn commit_now_and_then(self: Arc<Self>, events: Events, done: CancellationToken) {
        loop {
            tokio::select! {
                () = done.cancelled() => return,
                () = tokio::time::sleep(COMMIT_EVERY) => {}
            }
            if let Err(error) = self.commit_progress(&events).await {
                tracing::error!(code = error.code(), %error, "a commit beside running backups failed");
            }
        }
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
                        ledger: holdfast_model::Ledger::default(),
                        result: holdfast_model::RunResult::Cancelled,
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

    /// Cancels one Run.
    pub fn cancel(&self, run: RunId) -> bool {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let found = running.values().find(|(id, _)| *id == run);
        found.inspect(|(_, token)| token.cancel()).is_some()
    }

    fn cancel_all(&self) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.values().for_each(|(_, token)| token.cancel());
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
            running.values().any(|(id, _)| *id == run)
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
                    result: row.result.unwrap_or(holdfast_model::RunResult::Partial),
                    error: row.error_code.map(|code| (code, row.error_detail.unwrap_or_default())),
                    note: row.note,
                    is_fatal_for_all: false,
                }))
            })
            .await
    }

    /// A Run ready to execute, or the one of this Archive that is running already.
    async fn prepare(
        self: &Arc<Self>,
        archive: ArchiveId,
        trigger: Trigger,
        events: &Events,
        cancel: &CancellationToken,
    ) -> Result<Prepare> {
        let _one_at_a_time = self.preparing.lock().await;
        let running =
            self.running.lock().unwrap_or_else(PoisonError::into_inner).get(&archive).map(|(run, _)| *run);
        if let Some(run) = running {
            return Ok(Prepare::RunsAlready(run));
        }
        let now = self.engine.now();
        let (archive, connection, reach, title, id) = self
            .engine
            .write(move |tx| {
                let archive = archives::get(tx, archive)?
                    .ok_or_else(|| EngineError::NotFound { what: "archive", name: archive.to_string() })?;
                let connection = connections::get(tx, archive.connection)?
                    .ok_or_else(|| EngineError::Defect("an archive without its connection".to_owned()))?;
                match connection.state {
                    ConnectionState::Connected => {}
                    ConnectionState::Expired => {
                        return Err(EngineError::ConnectionExpired(connection.tenant_name));
                    }
                    ConnectionState::Disconnected => {
                        return Err(EngineError::ConnectionDisconnected(connection.tenant_name));
                    }
                }
                let (address, policy) = match &archive.scope.owner {
                    Owner::User(user) => {
                        let user = users::by_id(tx, archive.connection, user)?
                            .ok_or_else(|| EngineError::NotFound { what: "user", name: user.to_string() })?;
                        let policy = policy::of_user(tx, archive.connection, &user.user)?;
                        (user.user.address, policy)
                    }
                    Owner::Domain(_) => (String::new(), policy::of_domain(tx, archive.connection)?),
                };
                let title = title_of(&archive, &address);
                let reach = Reach { scope: archive.scope.clone(), address, policy };
                let why = match trigger {
                    _ if !archive.first_run_done => holdfast_catalog::Trigger::First,
                    Trigger::Manual => holdfast_catalog::Trigger::Manual,
                    Trigger::Schedule => holdfast_catalog::Trigger::Schedule,
                };
                let id = runs::insert(tx, archive.id, why, "counting", now)?;
                Ok((archive, connection, reach, title, id))
            })
            .await?;
        let cloud: Arc<dyn Cloud> = self.engine.cloud(&connection).await?;
        let token = cancel.child_token();
        self.running.lock().unwrap_or_else(PoisonError::into_inner).insert(archive.id, (id, token.clone()));
        Ok(Prepare::Ready(Arc::new(Run {
            engine: self.engine.clone(),
            archive,
            reach,
            cloud,
            keeper: Arc::clone(&self.keeper),
            id,
            title,
            events: events.clone(),
            cancel: token,
            ledger: Mutex::default(),
            passes_begun: Default::default(),
        })))
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

    /// Commits beside running backups: what they have brought so far counts as partial.
    async fn commit_progress(&self, events: &Events) -> Result<()> {
        self.keeper.flush().await?;
        let running: Vec<(ArchiveId, RunId)> = {
            let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
            running.iter().map(|(archive, (run, _))| (*archive, *run)).collect()
        };
        let reached = self
            .engine
            .read(move |tx| {
                running
                    .into_iter()
                    .map(|(archive, run)| {
                        let connection = archives::get(tx, archive)?.map(|archive| archive.connection);
                        let result = runs::get(tx, run)?.and_then(|run| run.result);
                        Ok((connection, Reached { archive, run, result, documents: Vec::new() }))
                    })
                    .collect::<Result<Vec<_>>>()
            })
            .await?;
        let mut by_domain: BTreeMap<ConnectionId, Vec<Reached>> = BTreeMap::new();
        for (connection, one) in reached {
            if let Some(connection) = connection {
                by_domain.entry(connection).or_default().push(one);
            }
        }
        self.commit_domains(by_domain, events).await
    }

    async fn commit(&self, ends: &[(RunEnd, Documents)], events: &Events) -> Result<()> {
        let mut by_domain: BTreeMap<ConnectionId, Vec<Reached>> = BTreeMap::new();
        for (end, documents) in ends {
            by_domain.entry(end.archive.connection).or_default().push(Reached {
                archive: end.archive.id,
                run: end.run,
                result: Some(end.result),
                documents: documents.clone(),
            });
        }
        self.commit_domains(by_domain, events).await
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
