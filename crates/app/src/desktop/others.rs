//! What other processes do, the command line or `holdfast agent`, reaches the page as well: the catalogue is looked at as
//! long as this process does not do the work itself.

use std::collections::BTreeMap;
use std::sync::Weak;
use std::time::Duration;

use holdfast_engine::EngineError;
use holdfast_engine::catalog::{RunFilter, Tx, connections, notifications, runs};
use holdfast_model::RunId;

use super::seat::Seat;
use super::{Desktop, Inner};
use crate::error::Result;
use crate::views::AppEvent;

/// The page is told no more often, and not much later.
const EVERY: Duration = Duration::from_secs(1);
/// Runs that can go on at once are fewer.
const MOST_LIVE: u32 = 500;

/// What may have changed, as far as the page shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Pulse {
    /// Of the catalogue, changed by any write of any process.
    version: i64,
    /// Runs that go on, with how far they are.
    live: BTreeMap<RunId, String>,
    newest: Option<RunId>,
    causes: u64,
    /// Each with its state, and when its users last came in.
    connections: Vec<(i64, String)>,
    /// The last deed of the audit log.
    deed: Option<i64>,
}

/// Looks as long as the app runs.
pub(super) async fn watch(desktop: Weak<Inner>) {
    let mut last = None;
    loop {
        tokio::time::sleep(EVERY).await;
        let Some(inner) = desktop.upgrade() else { return };
        if inner.stopping.is_cancelled() {
            return;
        }
        let desktop = Desktop(inner);
        match desktop.look_at_others(last.take()).await {
            Ok(seen) => last = seen,
            Err(error) => tracing::debug!(cause = error.code, %error, "what others do could not be read"),
        }
    }
}

impl Desktop {
    async fn look_at_others(&self, last: Option<Pulse>) -> Result<Option<Pulse>> {
        let Some(seat) = self.opened_seat().await else { return Ok(None) };
        if seat.is_at_work().await {
            // All work goes through here, and tells of itself.
            return Ok(None);
        }
        let now = pulse(&seat, last.as_ref()).await?;
        if let Some(last) = last {
            for event in changed(&last, &now) {
                self.tell(event);
            }
            if last.causes != now.causes {
                self.tell_attention().await;
            }
        }
        Ok(Some(now))
    }
}

async fn pulse(seat: &Seat, last: Option<&Pulse>) -> Result<Pulse> {
    let catalog = seat.engine.catalog().clone();
    let version = tokio::task::spawn_blocking(move || catalog.version().map_err(EngineError::from)).await;
    let version = version.map_err(|error| crate::UserError::of("defect", error.to_string()))??;
    let deed = seat.engine.last_deed().await?;
    if let Some(last) = last.filter(|last| (last.version, last.deed) == (version, deed)) {
        return Ok(last.clone());
    }
    Ok(seat.engine.read(move |tx| read(tx, version, deed)).await?)
}

fn read(tx: &Tx<'_>, version: i64, deed: Option<i64>) -> std::result::Result<Pulse, EngineError> {
    let live = RunFilter { live: Some(true), ..RunFilter::default() };
    let live = runs::list(tx, &live, MOST_LIVE)?.into_iter().map(|run| {
        let far = format!("{:?} {} {:?} {} {:?}", run.state, run.phase, run.ledger, run.open, run.limited_by);
        (run.id, far)
    });
    let newest = runs::list(tx, &RunFilter::default(), 1)?.first().map(|run| run.id);
    let connections = connections::list(tx)?.into_iter().map(|known| (known.id.0, format!("{known:?}")));
    Ok(Pulse {
        version,
        live: live.collect(),
        newest,
        causes: notifications::list_open(tx)?.len() as u64,
        connections: connections.collect(),
        deed,
    })
}

/// What the page has to ask for again.
fn changed(last: &Pulse, now: &Pulse) -> Vec<AppEvent> {
    let mut events: Vec<AppEvent> = now
        .live
        .iter()
        .filter(|(run, far)| last.live.get(run).is_some_and(|before| before != *far))
        .chain(last.live.iter().filter(|(run, _)| !now.live.contains_key(run)))
        .map(|(run, _)| AppEvent::Run { run: run.0 })
        .collect();
    if last.newest != now.newest || !last.live.keys().eq(now.live.keys()) {
        events.extend([AppEvent::Runs, AppEvent::Storage]);
    }
    if last.connections != now.connections {
        events.push(AppEvent::Connections);
    }
    if last.deed != now.deed {
        events.push(AppEvent::Settings);
        events.extend(now.connections.iter().map(|(id, _)| AppEvent::Directory { connection: *id }));
    }
    events
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pulse(live: &[(i64, &str)]) -> Pulse {
        let live: BTreeMap<_, _> = live.iter().map(|(run, far)| (RunId(*run), (*far).to_owned())).collect();
        Pulse { newest: live.keys().last().copied(), live, ..Pulse::default() }
    }

    #[test]
    fn only_what_changed_is_told() {
        let before = pulse(&[(1, "a"), (2, "b")]);
        assert_eq!(changed(&before, &before), []);
        assert_eq!(changed(&before, &pulse(&[(1, "a"), (2, "c")])), [AppEvent::Run { run: 2 }]);
        let ended = changed(&before, &Pulse { newest: before.newest, ..pulse(&[(2, "b")]) });
        assert_eq!(ended, [AppEvent::Run { run: 1 }, AppEvent::Runs, AppEvent::Storage]);
        let begun = changed(&before, &pulse(&[(1, "a"), (2, "b"), (3, "")]));
        assert_eq!(begun, [AppEvent::Runs, AppEvent::Storage]);
        let deed = Pulse { deed: Some(4), connections: vec![(7, String::new())], ..before.clone() };
        let known = Pulse { connections: deed.connections.clone(), ..before };
        assert_eq!(changed(&known, &deed), [AppEvent::Settings, AppEvent::Directory { connection: 7 }]);
    }
}
