//! What stands before a Run: its row in the catalogue, what it is to reach under which Policy, and the Cloud.

use std::sync::{Arc, Mutex, PoisonError};

use holdfast_catalog::{Archive, ConnectionState, archives, connections, runs, users};
use holdfast_clouds::contract::{Cloud, Reach};
use holdfast_model::{ArchiveId, Ledger, Owner, RunId, RunResult};
use tokio_util::sync::CancellationToken;

use super::limits::Waited;
use super::run::{Run, RunEnd};
use super::turn::Turn;
use super::{Running, Stopped, Trigger, Work, title_of};
use crate::error::{EngineError, Result};
use crate::events::Events;
use crate::policy;

/// What came of preparing a Run.
pub(super) enum Prepare {
    Ready(Arc<Run>),
    RunsAlready(RunId),
    Failed(Box<RunEnd>),
}

impl Work {
    /// A Run ready to execute, or the one of this Archive that is running already.
    pub(super) async fn prepare(
        self: &Arc<Self>,
        archive: ArchiveId,
        trigger: Trigger,
        events: &Events,
        cancel: &CancellationToken,
    ) -> Result<Prepare> {
        let _one_at_a_time = self.preparing.lock().await;
        if let Some(run) = self.run_of(archive) {
            return Ok(Prepare::RunsAlready(run));
        }
        let now = self.engine.now();
        let (archive, connection, reach, title, id, refused) = self
            .engine
            .write(move |tx| {
                let archive = archives::get(tx, archive)?
                    .ok_or_else(|| EngineError::NotFound { what: "archive", name: archive.to_string() })?;
                let connection = connections::get(tx, archive.connection)?
                    .ok_or_else(|| EngineError::Defect("an archive without its connection".to_owned()))?;
                // Another Connection's Archives have nothing to do with it: the Run fails, not the request.
                let name = connection.tenant_name.clone();
                let refused = match connection.state {
                    ConnectionState::Connected => None,
                    ConnectionState::Expired => Some(EngineError::ConnectionExpired(name)),
                    ConnectionState::Disconnected => Some(EngineError::ConnectionDisconnected(name)),
                };
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
                Ok((archive, connection, reach, title, id, refused))
            })
            .await?;
        if let Some(error) = refused {
            return self.failed(archive, id, title, &error).await;
        }
        let cloud: Arc<dyn Cloud> = match self.engine.cloud(&connection).await {
            Ok(cloud) => cloud,
            Err(error) => return self.failed(archive, id, title, &error).await,
        };
        let token = cancel.child_token();
        let turn = Arc::new(Turn::new(Arc::clone(&self.places)));
        let stopped = Stopped::default();
        let running = Running {
            run: id,
            cancel: token.clone(),
            stopped: Arc::clone(&stopped),
            turn: Arc::clone(&turn),
        };
        self.running.lock().unwrap_or_else(PoisonError::into_inner).insert(archive.id, running);
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
            stopped,
            turn,
            budget: Arc::clone(&self.budget),
            ledger: Mutex::default(),
            told: Mutex::default(),
            waited: Waited::default(),
            unchanged_at_listing: Default::default(),
            passes_begun: Default::default(),
        })))
    }

    /// The Run of this Archive that goes on.
    fn run_of(&self, archive: ArchiveId) -> Option<RunId> {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.get(&archive).map(|running| running.run)
    }

    /// The Run of an Archive whose Cloud cannot be opened has failed; the others go on.
    async fn failed(
        &self,
        archive: Archive,
        run: RunId,
        title: String,
        error: &EngineError,
    ) -> Result<Prepare> {
        let (id, now) = (archive.id, self.engine.now());
        let (code, detail) = (error.code().to_owned(), error.to_string());
        let end = RunEnd {
            run,
            archive,
            title,
            ledger: Ledger::default(),
            result: RunResult::Failed,
            error: Some((code.clone(), detail.clone())),
            note: None,
            is_fatal_for_all: false,
        };
        self.engine
            .write(move |tx| {
                let told = holdfast_catalog::RunEnd {
                    at: now,
                    ledger: Ledger::default(),
                    result: RunResult::Failed,
                    error: Some((&code, &detail)),
                    expected_count: None,
                    note: None,
                };
                runs::finish(tx, run, &told)?;
                Ok(archives::set_last_result(tx, id, RunResult::Failed)?)
            })
            .await?;
        Ok(Prepare::Failed(Box::new(end)))
    }
}
