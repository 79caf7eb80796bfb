//! Fix a backup tests again by itself when the Runs have ended that went on during the last test: what they find counts.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};

use holdfast_engine::EngineError;
use holdfast_engine::catalog::{RunFilter, Tx, archives, connections, runs, users};
use holdfast_model::{ArchiveId, Owner, RunId};
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

use super::Desktop;
use super::seat::Seat;
use crate::error::Result;
use crate::views::AppEvent;

/// More Runs than ever go on at once.
const MOST_LIVE: u32 = 10_000;

type Read<T> = std::result::Result<T, EngineError>;

impl Desktop {
    /// How many Runs of a user, or of all, go on now. When they have ended, the page is told to test again; only the last
    /// test counts.
    pub(super) async fn test_again_after_runs(&self, seat: &Arc<Seat>, user: Option<String>) -> Result<u64> {
        let live: BTreeSet<RunId> = seat.engine.read(move |tx| live(tx, user.as_deref())).await?;
        let count = live.len() as u64;
        let replaced = CancellationToken::new();
        let next = (count > 0).then(|| replaced.clone());
        let before =
            std::mem::replace(&mut *self.0.retesting.lock().unwrap_or_else(PoisonError::into_inner), next);
        if let Some(before) = before {
            before.cancel();
        }
        if count > 0 {
            let (desktop, seat) = (self.clone(), Arc::clone(seat));
            self.0.background.spawn(async move {
                let stopping = desktop.0.stopping.clone();
                tokio::select! {
                    () = stopping.cancelled() => {}
                    () = replaced.cancelled() => {}
                    () = desktop.tell_when_ended(&seat, live) => {}
                }
            });
        }
        Ok(count)
    }

    async fn tell_when_ended(&self, seat: &Seat, mut live: BTreeSet<RunId>) {
        // Heard from before the first look on: no end falls in between.
        let mut events = self.subscribe();
        loop {
            let before = live;
            let read = seat.engine.read(move |tx| {
                let now = going_on(tx)?;
                Ok::<_, EngineError>(before.into_iter().filter(|run| now.contains_key(run)).collect())
            });
            live = match read.await {
                Ok(left) => left,
                Err(error) => {
                    tracing::warn!(code = error.code(), %error, "whether Runs have ended could not be read");
                    return;
                }
            };
            if live.is_empty() {
                self.tell(AppEvent::Checks);
                return;
            }
            loop {
                match events.recv().await {
                    // Any Run that began or ended is told by this.
                    Ok(AppEvent::Runs) | Err(RecvError::Lagged(_)) => break,
                    Ok(_) => {}
                    Err(RecvError::Closed) => return,
                }
            }
        }
    }
}

fn going_on(tx: &Tx<'_>) -> Read<std::collections::BTreeMap<RunId, ArchiveId>> {
    let filter = RunFilter { live: Some(true), ..RunFilter::default() };
    Ok(runs::list(tx, &filter, MOST_LIVE)?.into_iter().map(|run| (run.id, run.archive)).collect())
}

fn live(tx: &Tx<'_>, user: Option<&str>) -> Read<BTreeSet<RunId>> {
    let all = going_on(tx)?;
    let Some(address) = user else { return Ok(all.into_keys().collect()) };
    let mut own = BTreeSet::new();
    for known in connections::list(tx)? {
        if let Some(user) = users::by_address(tx, known.id, address)? {
            let owned = archives::by_owner(tx, known.id, &Owner::User(user.user.id))?;
            own.extend(owned.into_iter().map(|archive| archive.id));
        }
    }
    Ok(all.into_iter().filter(|(_, archive)| own.contains(archive)).map(|(run, _)| run).collect())
}
