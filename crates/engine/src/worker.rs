//! One worker per data directory. Whoever asks for work and finds no worker becomes it; else the request is
//! handed over through the catalogue and taken up within a second.

use std::collections::{HashMap, HashSet};
use std::fs::{File, TryLockError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use holdfast_catalog::{RequestId, RequestState, requests};
use holdfast_model::RunId;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::audit::os_user;
use crate::backup::Work;
use crate::engine::{Engine, blocking};
use crate::error::{EngineError, Result};
use crate::events::Events;
use crate::request::{Request, Response};
use crate::upkeep::Upkeep;

/// How often the worker looks for requests, and a requester for its answer.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// How often it is seen whether Runs in the background have ended.
const RUNS_LOOK_EVERY: Duration = Duration::from_millis(10);

/// Everything that only the worker has.
pub struct Worker {
    pub(crate) engine: Engine,
    /// Keeps the Repository in order when no Run goes on. Has the writer, which is made when a Run needs it, shared by all that
    /// go on, and gone with the last of them: a Repository at which nothing is done is not locked against others.
    pub(crate) upkeep: Upkeep,
    cancels: Mutex<HashMap<RequestId, CancellationToken>>,
    /// Runs that rest because of a pause, not because a person let just them rest.
    pub(crate) rested: Mutex<HashSet<RunId>>,
    /// Runs that go on after the request that began them was answered.
    pub(crate) background: TaskTracker,
    _lock: File,
}

#[derive(Serialize, Deserialize)]
struct RemoteError {
    code: String,
    detail: String,
}

impl Engine {
    /// Does what is asked, here or in the process that does the work.
    pub async fn perform(
        &self,
        request: Request,
        events: Events,
        cancel: CancellationToken,
    ) -> Result<Response> {
        if let Some(worker) = self.become_worker().await? {
            let worker = Arc::new(worker);
            let serving = CancellationToken::new();
            let others = tokio::spawn(Arc::clone(&worker).serve(events.clone(), serving.clone()));
            let done = worker.execute(request, &events, &cancel).await;
            serving.cancel();
            // What other processes asked meanwhile is finished before the lock goes.
            others.await.map_err(|error| EngineError::Defect(format!("the worker ended badly: {error}")))?;
            return done;
        }
        self.hand_over(request, events, cancel).await
    }

    /// The worker's lock and its duties at start; none when another process has it.
    pub async fn become_worker(&self) -> Result<Option<Worker>> {
        let path = self.data_dir().worker_lock();
        let lock = blocking(move || {
            let file = File::options()
                .create(true)
                .truncate(false)
                .write(true)
                .open(&path)
                .map_err(EngineError::io(format!("opening {}", path.display())))?;
            match file.try_lock() {
                Ok(()) => Ok(Some(file)),
                Err(TryLockError::WouldBlock) => Ok(None),
                Err(TryLockError::Error(source)) => {
                    Err(EngineError::Io { what: format!("locking {}", path.display()), source })
                }
            }
        })
        .await?;
        let Some(lock) = lock else { return Ok(None) };
        crate::adopt::after_a_crash(self).await?;
        Ok(Some(Worker {
            engine: self.clone(),
            upkeep: Upkeep::new(self.clone()),
            cancels: Mutex::new(HashMap::new()),
            rested: Mutex::default(),
            background: TaskTracker::new(),
            _lock: lock,
        }))
    }

    /// Puts the request where the worker sees it and waits for the answer. If the worker dies, this process takes over.
    async fn hand_over(
        &self,
        request: Request,
        events: Events,
        cancel: CancellationToken,
    ) -> Result<Response> {
        let now = self.now();
        let mut args =
            serde_json::to_value(&request).map_err(|error| EngineError::Defect(error.to_string()))?;
        args[ASKED_BY] = os_user().into();
        let id = self.write(move |tx| Ok(requests::submit(tx, request.kind(), &args, now)?)).await?;
        let mut asked_to_cancel = false;
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            if cancel.is_cancelled() && !asked_to_cancel {
                asked_to_cancel = true;
                let args = serde_json::json!({ "request": id });
                self.write(move |tx| Ok(requests::submit(tx, CANCEL_REQUEST, &args, now)?)).await?;
            }
            let found = self.read(move |tx| Ok(requests::get(tx, id)?)).await?;
            let found = found.ok_or(EngineError::WorkerSilent)?;
            match (found.state, found.outcome) {
                (RequestState::Done, Some(outcome)) => {
                    return serde_json::from_value(outcome)
                        .map_err(|error| EngineError::Defect(error.to_string()));
                }
                (RequestState::Failed, Some(outcome)) => {
                    let RemoteError { code, detail } = serde_json::from_value(outcome)
                        .map_err(|error| EngineError::Defect(error.to_string()))?;
                    return Err(if code == "cancelled" {
                        EngineError::Cancelled
                    } else {
                        EngineError::Remote { code, detail }
                    });
                }
                (RequestState::Done | RequestState::Failed, None) => return Err(EngineError::WorkerGone),
                (RequestState::Waiting | RequestState::Taken, _) => {
                    // A worker that died leaves its lock free; its requests go on here.
                    if let Some(worker) = self.become_worker().await? {
                        let worker = Arc::new(worker);
                        let serving = CancellationToken::new();
                        serving.cancel();
                        Arc::clone(&worker).serve(events.clone(), serving).await;
                    }
                }
            }
        }
    }
}

/// A request that only ends another one.
const CANCEL_REQUEST: &str = "cancel_request";
/// Beside a request's own fields: the OS user of the process that asks.
const ASKED_BY: &str = "asked_by";

impl Worker {
    /// Serves other processes until told to stop, and then until nothing waits and no Run goes on.
    pub async fn serve(self: Arc<Self>, events: Events, stop: CancellationToken) {
        self.engine.listen(&events);
        let mut executing = tokio::task::JoinSet::new();
        loop {
            let was_stopped = stop.is_cancelled();
            if was_stopped {
                self.upkeep.leaving.cancel();
            }
            match self.take_request().await {
                Ok(Some((id, Ok((request, who))))) => {
                    let (worker, events) = (Arc::clone(&self), events.clone());
                    executing.spawn(async move { worker.answer(id, request, &who, &events).await });
                    continue;
                }
                Ok(Some((id, Err(error)))) => self.record(id, Err(error)).await,
                Ok(None) => {}
                Err(error) => tracing::error!(code = error.code(), %error, "requests could not be read"),
            }
            while executing.try_join_next().is_some() {}
            if was_stopped && executing.is_empty() && self.background.is_empty() {
                return;
            }
            // Tells when the last Run in the background has ended, once no more are waited for.
            if was_stopped {
                self.background.close();
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK_EVERY) => {}
                () = stop.cancelled(), if !was_stopped => {}
                () = self.background.wait(), if was_stopped && !self.background.is_empty() => {}
                _ = executing.join_next(), if !executing.is_empty() => {}
            }
        }
    }

    async fn take_request(&self) -> Result<Option<(RequestId, Result<(Request, String)>)>> {
        let now = self.engine.now();
        let taken = self.engine.write(move |tx| Ok(requests::take_next(tx, now)?)).await?;
        let Some(taken) = taken else { return Ok(None) };
        if taken.kind == CANCEL_REQUEST {
            let target = taken.args.get("request").cloned().unwrap_or_default();
            if let Ok(target) = serde_json::from_value::<RequestId>(target) {
                let cancels = self.cancels.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(token) = cancels.get(&target) {
                    token.cancel();
                }
            }
            self.record(taken.id, Ok(Response::Done)).await;
            return Ok(None);
        }
        let who =
            taken.args.get(ASKED_BY).and_then(serde_json::Value::as_str).unwrap_or("unknown").to_owned();
        let request = serde_json::from_value(taken.args)
            .map(|request| (request, who))
            .map_err(|error| EngineError::BadInput(format!("a request of another version: {error}")));
        Ok(Some((taken.id, request)))
    }

    async fn answer(&self, id: RequestId, request: Request, who: &str, events: &Events) {
        let cancel = CancellationToken::new();
        self.cancels.lock().unwrap_or_else(PoisonError::into_inner).insert(id, cancel.clone());
        let done = self.execute_for(who, request, events, &cancel).await;
        self.cancels.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
        self.record(id, done).await;
    }

    async fn record(&self, id: RequestId, done: Result<Response>) {
        let now = self.engine.now();
        let (is_done, outcome) = match done {
            Ok(response) => (true, serde_json::to_value(response)),
            Err(error) => {
                let told = RemoteError { code: error.code().to_owned(), detail: error.to_string() };
                (false, serde_json::to_value(told))
            }
        };
        let recorded = match outcome {
            Ok(outcome) => {
                let finish = if is_done { requests::finish } else { requests::fail };
                self.engine.write(move |tx| Ok(finish(tx, id, &outcome, now)?)).await
            }
            Err(error) => Err(EngineError::Defect(error.to_string())),
        };
        if let Err(error) = recorded {
            tracing::error!(code = error.code(), %error, "an answer to another process could not be recorded");
        }
    }

    /// The shared writer, made when first needed.
    pub(crate) async fn work(&self, events: &Events) -> Result<Arc<Work>> {
        self.upkeep.work(events).await
    }

    /// Does something with a Run that goes on.
    pub(crate) async fn with_run(
        &self,
        run: RunId,
        deed: impl FnOnce(&Work, RunId) -> bool,
    ) -> Result<Response> {
        match self.upkeep.work.lock().await.upgrade() {
            Some(work) if deed(&work, run) => Ok(Response::Done),
            Some(_) | None => Err(EngineError::NotFound { what: "running run", name: run.to_string() }),
        }
    }

    /// Cancels the Runs of these Archives.
    pub(crate) async fn cancel_archives(&self, archives: &[holdfast_model::ArchiveId]) {
        if let Some(work) = self.upkeep.work.lock().await.upgrade() {
            work.cancel_archives(archives);
        }
    }

    /// What keeps the Repository in order, where it is due: deletions whose week is over, retention, giving space back, reading
    /// a part of the data again. For the schedule; after backups it happens by itself. Does nothing while Runs go on.
    pub async fn keep_in_order(&self, events: &Events, cancel: &CancellationToken) {
        self.upkeep.run_due(events, cancel).await;
    }

    /// The writer, where Runs go on.
    pub(crate) async fn work_under_way(&self) -> Option<Arc<Work>> {
        self.upkeep.work.lock().await.upgrade()
    }

    /// Waits until no Run goes on that was begun in the background.
    pub async fn runs_ended(&self) {
        while !self.background.is_empty() {
            tokio::time::sleep(RUNS_LOOK_EVERY).await;
        }
    }

    /// Cancels every Run, as for an end of the program: what they fetched is kept, and the next Runs go on from there.
    pub async fn cancel_runs(&self) {
        if let Some(work) = self.upkeep.work.lock().await.upgrade() {
            work.cancel_all();
        }
    }
}
