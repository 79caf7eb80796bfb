//! The schedule: whoever is the worker decides each minute, and at start and wake, by the wall clock, what is due.
//!
//! When each Archive is due next is on disk. What was missed while the computer slept or was off is made up once, after it
//! was seen that the storage and the Cloud are there; else it waits, and says for what. A due time moves on when its Run
//! has begun, in the rhythm that it had.

#[cfg(not(windows))]
mod awake;
mod due;
mod list;
#[cfg(target_os = "macos")]
mod macos;
mod surroundings;
mod waiting;
#[cfg(windows)]
mod windows;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use holdfast_catalog::{Tx, settings};
use holdfast_model::{ArchiveId, ConnectionId, RunId, Timestamp};
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::backup::Trigger;
use crate::connection;
use crate::engine::{Engine, blocking};
use crate::error::{EngineError, Result};
use crate::events::{Event, Events};
use crate::quiet::{GAP, QUIET};
use crate::sync::SyncWhen;
use crate::worker::Worker;
use list::{Due, due_now};

use WaitingFor as Reason;
pub use surroundings::{Surroundings, ThisComputer};
pub use waiting::{Waiting, WaitingFor, waiting};

/// How often the clock is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(20);
/// The computer may sleep again so soon after the last Run.
const LET_GO_WITHIN: Duration = Duration::from_secs(1);
/// What is due is looked for this often.
const TICK: SignedDuration = SignedDuration::from_secs(60);
/// The setting that holds the rules.
const RULES: &str = "schedule_rules";

/// What holds due backups back on this computer, as the admin says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ScheduleRules {
    /// Wait while the computer runs on its battery.
    pub wait_on_battery: bool,
    /// Wait while the network is metered.
    pub wait_on_metered: bool,
    /// Keep the computer awake while backups that the schedule began go on.
    pub keep_awake: bool,
}

/// The rules of this computer.
pub fn schedule_rules(tx: &Tx<'_>) -> Result<ScheduleRules> {
    Ok(settings::get(tx, RULES)?.unwrap_or_default())
}

pub(crate) async fn set_rules(engine: &Engine, rules: ScheduleRules) -> Result<()> {
    engine.write(move |tx| Ok(settings::set(tx, RULES, &rules)?)).await
}

/// What one look at the clock brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ticked {
    /// Runs that were begun.
    pub begun: Vec<RunId>,
    /// Archives that are due and wait.
    pub held: Vec<ArchiveId>,
}

/// The schedule of one worker.
pub struct Schedule {
    zone: TimeZone,
    surroundings: Arc<dyn Surroundings>,
    looked: Option<Timestamp>,
    woke: Timestamp,
}

impl Schedule {
    /// Begins at `now`, as after a start of the computer.
    pub fn new(zone: TimeZone, surroundings: Arc<dyn Surroundings>, now: Timestamp) -> Self {
        Self { zone, surroundings, looked: None, woke: now }
    }

    /// Looks at the clock until `stop`. What goes on then is the worker's to end.
    pub async fn run(mut self, worker: Arc<Worker>, events: Events, stop: CancellationToken) {
        let mut next = worker.engine.now();
        loop {
            let now = worker.engine.now();
            if now >= next || self.has_jumped(now) {
                next = now.checked_add(TICK).unwrap_or(now);
                match self.tick(&worker, &events, &stop).await {
                    Ok(ticked) if ticked.begun.is_empty() => worker.keep_in_order(&events, &stop).await,
                    Ok(_) => {}
                    Err(error) => {
                        tracing::error!(code = error.code(), %error, "the schedule could not be kept");
                    }
                }
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK_EVERY) => {}
                () = stop.cancelled() => return,
            }
        }
    }

    fn has_jumped(&self, now: Timestamp) -> bool {
        self.looked.is_some_and(|looked| {
            let passed = now.duration_since(looked);
            passed > GAP || passed < SignedDuration::ZERO
        })
    }

    /// True in the first minutes after start and wake.
    fn is_quiet(&self, now: Timestamp) -> bool {
        now.duration_since(self.woke).unsigned_abs() < QUIET
    }

    /// Does what is due now: Directories, Runs that go on after a pause, and Runs. They go on in the background.
    pub async fn tick(
        &mut self,
        worker: &Arc<Worker>,
        events: &Events,
        cancel: &CancellationToken,
    ) -> Result<Ticked> {
        let now = worker.engine.now();
        if self.looked.is_none() || self.has_jumped(now) {
            self.woke = now;
        }
        self.looked = Some(now);
        worker.wake_who_is_not_paused().await?;
        let engine = &worker.engine;
        let due = self.due(engine, now).await?;
        let (due, waits) = self.hold_back(worker, due, events, now).await?;
        let mut ticked = Ticked { begun: Vec::new(), held: waits.held.clone() };
        if !due.is_empty() {
            for connection in due.iter().map(|one| one.connection).collect::<BTreeSet<_>>() {
                worker.sync_if_due(SyncWhen::BeforeBackup(connection), events, cancel).await?;
            }
            // The syncs may have brought people, and taken some away.
            let held: BTreeSet<_> = ticked.held.iter().copied().collect();
            let due = self.due(engine, now).await?;
            let due: Vec<Due> = due.into_iter().filter(|one| !held.contains(&one.archive)).collect();
            ticked.begun = self.begin(worker, due, events, cancel).await?;
        }
        if waits.reasons.is_empty() && now.duration_since(self.woke) >= TICK {
            worker.sync_if_due(SyncWhen::Daily, events, cancel).await?;
        }
        if engine.write(move |tx| waiting::set(tx, &waits.reasons, now)).await? {
            events.tell_surely(Event::WaitingChanged).await;
        }
        Ok(ticked)
    }

    async fn due(&self, engine: &Engine, now: Timestamp) -> Result<Vec<Due>> {
        let zone = self.zone.clone();
        engine.write(move |tx| due_now(tx, now, &zone)).await
    }

    /// Those that may begin, and why the others may not.
    async fn hold_back(
        &self,
        worker: &Arc<Worker>,
        due: Vec<Due>,
        events: &Events,
        now: Timestamp,
    ) -> Result<(Vec<Due>, Waits)> {
        let mut waits = Waits::default();
        if due.is_empty() {
            return Ok((due, waits));
        }
        let engine = &worker.engine;
        let rules = engine.read(schedule_rules).await?;
        let surroundings = Arc::clone(&self.surroundings);
        let (on_battery, is_metered) = blocking(move || {
            let on_battery = rules.wait_on_battery && surroundings.on_battery() == Some(true);
            Ok((on_battery, rules.wait_on_metered && surroundings.is_metered() == Some(true)))
        })
        .await?;
        if on_battery {
            return Ok((Vec::new(), waits.all(due, Reason::Power)));
        }
        if is_metered {
            return Ok((Vec::new(), waits.all(due, Reason::UnmeteredNetwork)));
        }
        if let Err(error) = storage_is_there(engine).await {
            if !self.is_quiet(now) {
                engine.storage_failed(&error, events).await;
            }
            return Ok((Vec::new(), waits.all(due, Reason::Storage)));
        }
        let mut away = BTreeSet::new();
        for connection in due.iter().map(|one| one.connection).collect::<BTreeSet<_>>() {
            let known = connection::by_id(engine, connection).await?;
            // Any other failure is the Run's to tell.
            if let Ok(cloud) = engine.cloud(&known).await
                && cloud.tenant().await.is_err_and(|error| error.is_passing())
            {
                away.insert(connection);
                waits.reasons.push((Reason::Network, Some(connection)));
            }
        }
        let (held, due): (Vec<Due>, Vec<Due>) =
            due.into_iter().partition(|one| away.contains(&one.connection));
        waits.held.extend(held.into_iter().map(|one| one.archive));
        Ok((due, waits))
    }

    async fn begin(
        &self,
        worker: &Arc<Worker>,
        due: Vec<Due>,
        events: &Events,
        cancel: &CancellationToken,
    ) -> Result<Vec<RunId>> {
        if due.is_empty() {
            return Ok(Vec::new());
        }
        let engine = &worker.engine;
        let rules = engine.read(schedule_rules).await?;
        let archives = due.iter().map(|one| one.archive).collect();
        let begun = worker.begin_runs(archives, Trigger::Schedule, events, cancel).await?;
        let (zone, now) = (self.zone.clone(), engine.now());
        engine.write(move |tx| list::move_on(tx, &due, now, &zone)).await?;
        if rules.keep_awake && !begun.is_empty() {
            let (worker, surroundings) = (Arc::clone(worker), Arc::clone(&self.surroundings));
            tokio::spawn(async move {
                let awake = blocking(move || Ok(surroundings.stay_awake())).await;
                while worker.work_under_way().await.is_some() {
                    tokio::time::sleep(LET_GO_WITHIN).await;
                }
                drop(awake);
            });
        }
        Ok(begun)
    }
}

#[derive(Default)]
struct Waits {
    reasons: Vec<(Reason, Option<ConnectionId>)>,
    held: Vec<ArchiveId>,
}

impl Waits {
    fn all(mut self, due: Vec<Due>, reason: Reason) -> Self {
        self.reasons.push((reason, None));
        self.held.extend(due.into_iter().map(|one| one.archive));
        self
    }
}

/// The Repository is where it was, and opens.
async fn storage_is_there(engine: &Engine) -> Result<()> {
    let place = engine.repository_place().await?.ok_or(EngineError::NoRepository)?;
    let config = place.path.join("config");
    if !blocking(move || Ok(config.is_file())).await? {
        // One that was open before must be asked for anew, which says what is the matter.
        let key = engine.recovery_key().await?;
        engine.open_vault(&place.path, key, None).await?;
    }
    engine.vault().await.map(drop)
}
