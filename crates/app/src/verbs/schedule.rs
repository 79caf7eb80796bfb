//! Keeping the schedule, and what it waits for.

use std::sync::Arc;

use holdfast_engine::catalog::{PauseTarget, connections, due, pauses};
use holdfast_engine::{
    EngineError, Events, Request, Schedule, Surroundings as _, ThisComputer, schedule_rules, waiting,
};
use jiff::tz::TimeZone;
use tokio_util::sync::CancellationToken;

use crate::error::Result;
use crate::verbs::pause_view;
use crate::views::{ScheduleSettings, ScheduleView, WaitView};
use crate::{App, UserError};

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

    /// What holds due backups back on this computer, what they wait for now, and when the next one is due.
    pub async fn schedule(&self) -> Result<ScheduleView> {
        let now = self.now();
        let rules = self.engine.read(schedule_rules).await?;
        // Each is asked only where it matters: the system may take its time.
        let asked = tokio::task::spawn_blocking(move || {
            let on_battery = rules.wait_on_battery.then(|| ThisComputer.on_battery()).flatten();
            (on_battery, rules.wait_on_metered.then(|| ThisComputer.is_metered()).flatten())
        });
        let (on_battery, is_metered) =
            asked.await.map_err(|error| UserError::of("defect", error.to_string()))?;
        let read = self.engine.read(move |tx| {
            let mut waits = Vec::new();
            for one in waiting(tx)? {
                let domain = match one.connection {
                    Some(connection) => connections::get(tx, connection)?.map(|known| known.tenant_name),
                    None => None,
                };
                waits.push(WaitView { what: one.reason.words().to_owned(), domain, since: one.since });
            }
            let all = pauses::list(tx, now)?.into_iter().find(|pause| pause.target == PauseTarget::All);
            Ok::<_, EngineError>(ScheduleView {
                settings: rules.into(),
                knows_battery: ThisComputer::KNOWS_BATTERY,
                on_battery,
                knows_metered: ThisComputer::KNOWS_METERED,
                is_metered,
                can_keep_awake: ThisComputer::CAN_KEEP_AWAKE,
                waiting: waits,
                pause: all.map(|pause| pause_view(tx, &pause)).transpose()?,
                next: due::list(tx)?.into_iter().map(|(_, at)| at).min(),
            })
        });
        Ok(read.await?)
    }

    /// Sets what holds due backups back on this computer.
    pub async fn set_schedule_rules(&self, settings: ScheduleSettings) -> Result<ScheduleView> {
        self.done(Request::SetScheduleRules { rules: settings.into() }).await?;
        self.schedule().await
    }
}
