//! Keeping the schedule, and what it waits for.

use std::sync::Arc;

use holdfast_engine::{
    Events, Request, Schedule, ScheduleRules, ThisComputer, Waiting, schedule_rules, waiting,
};
use jiff::tz::TimeZone;
use tokio_util::sync::CancellationToken;

use crate::App;
use crate::error::Result;

impl App {
    /// Keeps the schedule until `cancel`, where no other process does; whether it did. `begun` is called when it begins.
    /// At the end what goes on is cancelled, and what it fetched is durable.
    pub async fn keep_schedule(&self, cancel: CancellationToken, begun: impl FnOnce()) -> Result<bool> {
        let Some(worker) = self.engine.become_worker().await? else { return Ok(false) };
        begun();
        let (worker, events, stop) = (Arc::new(worker), Events::nobody(), CancellationToken::new());
        let serving = tokio::spawn(Arc::clone(&worker).serve(events.clone(), stop.clone()));
        let schedule = Schedule::new(TimeZone::system(), Arc::new(ThisComputer), self.now());
        schedule.run(Arc::clone(&worker), events, cancel).await;
        worker.cancel_runs().await;
        stop.cancel();
        if let Err(error) = serving.await {
            tracing::error!(%error, "the worker ended badly");
        }
        Ok(true)
    }

    /// What due backups wait for now.
    pub async fn waiting(&self) -> Result<Vec<Waiting>> {
        Ok(self.engine.read(waiting).await?)
    }

    /// What holds due backups back on this computer.
    pub async fn schedule_rules(&self) -> Result<ScheduleRules> {
        Ok(self.engine.read(schedule_rules).await?)
    }

    /// Sets what holds due backups back on this computer.
    pub async fn set_schedule_rules(&self, rules: ScheduleRules) -> Result<()> {
        self.done(Request::SetScheduleRules { rules }).await
    }
}
