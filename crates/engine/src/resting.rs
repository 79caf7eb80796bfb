//! What a pause does to Runs that go on: they rest, and go on when it is over.

use std::collections::HashMap;
use std::sync::PoisonError;

use holdfast_catalog::{RunFilter, Tx, archives, runs, users};
use holdfast_model::{Owner, RunId, Timestamp};

use crate::error::Result;
use crate::pause::Pauses;
use crate::worker::Worker;

/// More Runs than ever go on at once.
const MOST_LIVE: u32 = 10_000;

impl Worker {
    /// Runs under way of all whom a pause reaches rest from now on. Those that a person starts later do not.
    pub(crate) async fn rest_who_is_paused(&self) -> Result<()> {
        let Some(work) = self.work_under_way().await else { return Ok(()) };
        let live = self.live_runs().await?;
        let mut rested = self.rested.lock().unwrap_or_else(PoisonError::into_inner);
        for (run, is_paused) in live {
            if is_paused && !rested.contains(&run) && work.pause(run) {
                rested.insert(run);
            }
        }
        Ok(())
    }

    /// Runs that rest because of a pause that is over go on.
    pub(crate) async fn wake_who_is_not_paused(&self) -> Result<()> {
        if self.rested.lock().unwrap_or_else(PoisonError::into_inner).is_empty() {
            return Ok(());
        }
        let work = self.work_under_way().await;
        let live: HashMap<RunId, bool> = self.live_runs().await?.into_iter().collect();
        let mut rested = self.rested.lock().unwrap_or_else(PoisonError::into_inner);
        rested.retain(|run| match live.get(run) {
            Some(true) => true,
            Some(false) => {
                // One that a person cancelled meanwhile is gone, which is fine.
                let _goes_on = work.as_ref().is_some_and(|work| work.resume(*run));
                false
            }
            None => false,
        });
        Ok(())
    }

    /// The Runs that go on, and whether a pause reaches whose they are.
    async fn live_runs(&self) -> Result<Vec<(RunId, bool)>> {
        let now = self.engine.now();
        self.engine.read(move |tx| live_runs(tx, now)).await
    }
}

fn live_runs(tx: &Tx<'_>, now: Timestamp) -> Result<Vec<(RunId, bool)>> {
    let pauses = Pauses::at(tx, now)?;
    let filter = RunFilter { live: Some(true), ..RunFilter::default() };
    let mut found = Vec::new();
    for run in runs::list(tx, &filter, MOST_LIVE)? {
        let Some(archive) = archives::get(tx, run.archive)? else { continue };
        let is_paused = match &archive.scope.owner {
            Owner::Domain(_) => pauses.of_all().is_some(),
            Owner::User(user) => {
                users::by_id(tx, archive.connection, user)?.is_some_and(|user| pauses.holds(&user))
            }
        };
        found.push((run.id, is_paused));
    }
    Ok(found)
}
