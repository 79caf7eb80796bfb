//! One open data directory of the desktop app, with the worker's seat where no other process has it.

use std::ops::Deref;
use std::sync::Arc;

use holdfast_engine::{Events, Request, Response, Schedule, ThisComputer, Worker};
use jiff::tz::TimeZone;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::App;
use crate::error::Result;
use crate::owners::Roll;

/// An App that does the work itself, or hands it to the process that does.
pub(super) struct Seat {
    pub(super) app: App,
    /// Everyone, kept while nothing changes.
    pub(super) roll: Roll,
    events: Events,
    working: tokio::sync::Mutex<Option<Working>>,
}

/// The worker of the data directory, serving other processes, too.
struct Working {
    worker: Arc<Worker>,
    serving: JoinHandle<()>,
    /// The schedule, which ends before the serving does.
    scheduling: JoinHandle<()>,
    stop: CancellationToken,
    no_more_runs: CancellationToken,
}

impl Deref for Seat {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}

impl Seat {
    pub(super) fn new(app: App, events: Events) -> Arc<Self> {
        // What a question of the page finds is told, too.
        app.engine.listen(&events);
        Arc::new(Self { app, roll: Roll::default(), events, working: tokio::sync::Mutex::new(None) })
    }

    /// Does what is asked, here or in the process that does the work.
    pub(super) async fn perform(&self, request: Request, cancel: CancellationToken) -> Result<Response> {
        match self.worker().await? {
            Some(worker) => Ok(worker.execute(request, &self.events, &cancel).await?),
            None => Ok(self.app.engine.perform(request, self.events.clone(), cancel).await?),
        }
    }

    /// Takes the work, and with it the schedule, where no other process has it.
    pub(super) async fn take_work(&self) -> Result<()> {
        self.worker().await.map(drop)
    }

    /// True where this process does the work.
    pub(super) async fn is_at_work(&self) -> bool {
        self.working.lock().await.is_some()
    }

    /// The worker, if it is this process or can be.
    async fn worker(&self) -> Result<Option<Arc<Worker>>> {
        let mut working = self.working.lock().await;
        if let Some(working) = &*working {
            return Ok(Some(Arc::clone(&working.worker)));
        }
        let Some(worker) = self.app.engine.become_worker().await? else { return Ok(None) };
        let (worker, stop) = (Arc::new(worker), CancellationToken::new());
        let serving = tokio::spawn(Arc::clone(&worker).serve(self.events.clone(), stop.clone()));
        let no_more_runs = CancellationToken::new();
        let schedule = Schedule::new(TimeZone::system(), Arc::new(ThisComputer), self.app.now());
        let scheduling =
            tokio::spawn(schedule.run(Arc::clone(&worker), self.events.clone(), no_more_runs.clone()));
        let begun = Working { worker, serving, scheduling, stop, no_more_runs };
        Ok(Some(Arc::clone(&working.insert(begun).worker)))
    }

    /// Ends the work: Runs are cancelled, what they fetched is made durable, and the seat is free for another process.
    pub(super) async fn leave(&self) {
        let Some(working) = self.working.lock().await.take() else { return };
        working.no_more_runs.cancel();
        if let Err(error) = working.scheduling.await {
            tracing::error!(%error, "the schedule ended badly");
        }
        working.worker.cancel_runs().await;
        working.stop.cancel();
        if let Err(error) = working.serving.await {
            tracing::error!(%error, "the worker ended badly");
        }
    }
}
