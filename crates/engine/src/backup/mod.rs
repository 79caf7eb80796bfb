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

use futures::StreamExt;
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

/// Archives that are worked on at the same time; each has its own quota at the Cloud.
const MOST_RUNS: usize = 8;
/// An Archive that finished is in a snapshot no later than this.
const COMMIT_EVERY: Duration = Duration::from_secs(15 * 60);
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
    lock: LockGuard,
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
        let (lock, writer) = blocking(move || {
            let lock = opened.lock(LockKind::Shared)?;
            opened.refresh_index()?;
            crate::rebuild::fall_back(&repairing, &opened)?;
            crate::adopt::reopen_lost_items(&repairing, &opened)?;
            Ok((lock, opened.writer(&WriterOptions::default())?))
        })
        .await?;
        let keeper = Keeper::new(engine.clone(), vault.clone(), writer);
        Ok(Arc::new(Self {
            engine: engine.clone(),
            vault,
            keeper,
            running: Mutex::new(HashMap::new()),
            committing: tokio::sync::Mutex::new(()),
            lock,
        }))
    }

    /// Backs up these Archives, each in a Run of its own. Archives that are running already are left out.
    pub async fn back_up(
        self: &Arc<Self>,
        wanted: Vec<ArchiveId>,
        trigger: Trigger,
        events: &Events,
        cancel: &CancellationToken,
    ) -> Result<Vec<RunEnd>> {
        self.check_space().await?;
        let mut prepared = Vec::new();
        let mut seen = HashSet::new();
        for archive in wanted.into_iter().filter(|archive| seen.insert(*archive)) {
            if let Some(run) = self.prepare(archive, trigger, events, cancel).await? {
                prepared.push(run);
            }
        }
        let ticking = async {
            let mut every = tokio::time::interval(COMMIT_EVERY);
            every.tick().await;
            loop {
                every.tick().await;
                if let Err(error) = self.commit_progress(events).await {
                    tracing::error!(code = error.code(), %error, "a commit beside running backups failed");
                }
            }
        };
        let all_cancel = cancel.child_token();
        let running = async {
            let mut ends = Vec::new();
            let mut executing = futures::stream::iter(prepared)
                .map(|run| async move { (Arc::clone(&run).execute().await, run) })
                .buffer_unordered(MOST_RUNS);
            while let Some((end, run)) = executing.next().await {
                let documents = self.documents(&run, &end).await;
                if end.is_fatal_for_all {
                    all_cancel.cancel();
                    self.cancel_all();
                }
                ends.push((end, documents));
            }
            ends
        };
        tokio::pin!(running);
        let ends = match futures::future::select(running, std::pin::pin!(ticking)).await {
            futures::future::Either::Left((ends, _)) => ends,
            futures::future::Either::Right((never, _)) => never,
        };
        let committed = self.commit(&ends, events).await;
        self.running
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|archive, _| ends.iter().all(|(end, _)| end.archive.id != *archive));
        let ends: Vec<RunEnd> = ends.into_iter().map(|(end, _)| end).collect();
        committed.map(|()| ends)
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

    /// A Run ready to execute; none when the Archive is running already.
    async fn prepare(
        self: &Arc<Self>,
        archive: ArchiveId,
        trigger: Trigger,
        events: &Events,
        cancel: &CancellationToken,
    ) -> Result<Option<Arc<Run>>> {
        if self.running.lock().unwrap_or_else(PoisonError::into_inner).contains_key(&archive) {
            return Ok(None);
        }
        let now = self.engine.now();
        let (archive, connection, reach, title, id) = self
            .engine
            .write(move |tx| {
                let archive = archives::get(tx, archive)?
                    .ok_or_else(|| EngineError::NotFound { what: "archive", name: archive.to_string() })?;
                let connection = connections::get(tx, archive.connection)?
                    .ok_or_else(|| EngineError::Defect("an archive without its connection".to_owned()))?;
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
        match connection.state {
            ConnectionState::Connected => {}
            ConnectionState::Expired => return Err(EngineError::ConnectionExpired(connection.tenant_name)),
            ConnectionState::Disconnected => {
                return Err(EngineError::ConnectionDisconnected(connection.tenant_name));
            }
        }
        let cloud: Arc<dyn Cloud> = self.engine.cloud(&connection).await?;
        let token = cancel.child_token();
        self.running.lock().unwrap_or_else(PoisonError::into_inner).insert(archive.id, (id, token.clone()));
        Ok(Some(Arc::new(Run {
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
            // What was fetched is kept even where a person cancelled, so a commit itself is not cancelled.
            let never = CancellationToken::new();
            let writer = self.keeper.writer();
            let snapshot =
                commit::commit(&self.engine, &self.vault, writer, connection, reached, never).await?;
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
