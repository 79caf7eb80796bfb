//! Where events of all work come together for the page: at most five a second for each Run, and none carries state, so
//! that one that was left out is made up for by the next.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use holdfast_engine::{Event, Events};
use holdfast_model::RunId;
use tokio::sync::{Notify, broadcast, mpsc};
use tokio::time::Instant;

use crate::views::AppEvent;

/// Between two events of one Run: no second, wherever it begins and however late a timer is, sees more than five.
const LEAST_BETWEEN: Duration = Duration::from_millis(250);
/// Events that wait for a slow listener; it then misses the oldest, and asks again.
const WAITING: usize = 256;

/// Takes the engine's events in and gives the page's out.
#[derive(Clone)]
pub(super) struct Hub {
    out: broadcast::Sender<AppEvent>,
    into: mpsc::Sender<Event>,
    causes: Arc<Notify>,
    told: Arc<AtomicU64>,
}

impl Hub {
    /// Works until all clones are gone; needs a runtime.
    pub(super) fn new() -> (Self, impl Future<Output = ()> + Send + 'static) {
        let (out, _) = broadcast::channel(WAITING);
        let (into, events) = mpsc::channel(WAITING);
        let causes = Arc::new(Notify::new());
        let told = Arc::new(AtomicU64::new(0));
        let working = coalesce(events, out.clone(), Arc::clone(&causes), Arc::clone(&told));
        (Self { out, into, causes, told }, working)
    }

    pub(super) fn subscribe(&self) -> broadcast::Receiver<AppEvent> {
        self.out.subscribe()
    }

    /// Tells the page at once.
    pub(super) fn tell(&self, event: AppEvent) {
        self.told.fetch_add(1, Ordering::Relaxed);
        // Nobody listens while no window is open: events carry no state.
        let _nobody_listens = self.out.send(event);
    }

    /// How often the page was told that something changed, other than how far a Run is.
    pub(super) fn told(&self) -> u64 {
        self.told.load(Ordering::Relaxed)
    }

    /// Resolves when what needs attention may have changed.
    pub(super) fn causes(&self) -> Arc<Notify> {
        Arc::clone(&self.causes)
    }

    /// Where the engine's events go.
    pub(super) fn events(&self) -> Events {
        Events::from(self.into.clone())
    }
}

/// The last event of each Run that goes on.
#[derive(Default)]
struct Pace {
    sent: HashMap<RunId, Instant>,
    /// Runs that changed since, and when they may be told.
    due: HashMap<RunId, Instant>,
}

async fn coalesce(
    mut events: mpsc::Receiver<Event>,
    out: broadcast::Sender<AppEvent>,
    causes: Arc<Notify>,
    told: Arc<AtomicU64>,
) {
    let mut pace = Pace::default();
    let tell = |event| {
        if !matches!(event, AppEvent::Run { .. } | AppEvent::Restore { .. }) {
            told.fetch_add(1, Ordering::Relaxed);
        }
        let _nobody_listens = out.send(event);
    };
    loop {
        let next = pace.due.values().min().copied();
        tokio::select! {
            event = events.recv() => match event {
                None => return,
                Some(Event::RunProgress { run, .. }) => {
                    let now = Instant::now();
                    let may = pace.sent.get(&run).map_or(now, |sent| *sent + LEAST_BETWEEN);
                    pace.due.entry(run).or_insert(may);
                }
                Some(Event::RunStarted { run, .. }) => {
                    pace.sent.insert(run, Instant::now());
                    tell(AppEvent::Runs);
                }
                Some(Event::RunEnded { run, .. }) => {
                    pace.sent.remove(&run);
                    pace.due.remove(&run);
                    tell(AppEvent::Run { run: run.0 });
                    tell(AppEvent::Runs);
                    causes.notify_one();
                }
                Some(Event::NotificationOpened { .. } | Event::NotificationClosed { .. }) => causes.notify_one(),
                Some(Event::ConnectionChanged { .. }) => tell(AppEvent::Connections),
                Some(Event::WaitingChanged) => tell(AppEvent::Schedule),
                Some(Event::Committed { .. } | Event::TidiedUp) => {
                    // Good copies are good from now on, and who was erased is gone.
                    tell(AppEvent::Storage);
                    tell(AppEvent::Runs);
                }
                Some(Event::Verify { done, total }) => tell(AppEvent::Verify { done, total }),
                Some(Event::Restore { files, bytes }) => tell(AppEvent::Restore { files, bytes }),
                // Whoever asked for a sync is told by its end.
                Some(_) => {}
            },
            () = until(next), if next.is_some() => {
                let now = Instant::now();
                let ready: Vec<RunId> =
                    pace.due.iter().filter(|(_, at)| **at <= now).map(|(run, _)| *run).collect();
                for run in ready {
                    pace.due.remove(&run);
                    pace.sent.insert(run, now);
                    tell(AppEvent::Run { run: run.0 });
                }
            }
        }
    }
}

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use holdfast_engine::Phase;
    use holdfast_model::{ArchiveId, Ledger, RunResult};

    use super::*;

    fn progress(run: i64, stored: u64) -> Event {
        Event::RunProgress {
            run: RunId(run),
            archive: ArchiveId(run),
            state: holdfast_engine::catalog::RunState::Running,
            phase: Phase::Copying,
            ledger: Ledger { stored, ..Ledger::default() },
            open: 1,
            expected: None,
            limited_by: None,
        }
    }

    fn ended(run: i64) -> Event {
        Event::RunEnded {
            run: RunId(run),
            archive: ArchiveId(run),
            title: String::new(),
            ledger: Ledger::default(),
            result: RunResult::Complete,
            error: None,
        }
    }

    fn drained(listener: &mut broadcast::Receiver<AppEvent>) -> Vec<AppEvent> {
        std::iter::from_fn(|| listener.try_recv().ok()).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn a_run_that_changes_all_the_time_is_told_four_times_a_second() {
        let (hub, working) = Hub::new();
        tokio::spawn(working);
        let mut listener = hub.subscribe();
        // 200 events a second for two seconds, for two Runs.
        for tick in 0..400 {
            for run in [1, 2] {
                hub.events().tell_surely(progress(run, tick)).await;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let told = drained(&mut listener);
        for run in [1, 2] {
            let count = told.iter().filter(|event| **event == AppEvent::Run { run }).count();
            assert!((7..=9).contains(&count), "run {run} was told {count} times in two seconds");
        }
        assert_eq!(told.len(), told.iter().filter(|event| matches!(event, AppEvent::Run { .. })).count());
    }

    #[tokio::test(start_paused = true)]
    async fn the_last_change_and_the_end_always_arrive() {
        let (hub, working) = Hub::new();
        tokio::spawn(working);
        let mut listener = hub.subscribe();
        for stored in 0..3 {
            hub.events().tell_surely(progress(7, stored)).await;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
        assert_eq!(drained(&mut listener), [AppEvent::Run { run: 7 }]);
        hub.events().tell_surely(progress(7, 3)).await;
        tokio::time::sleep(LEAST_BETWEEN * 2).await;
        assert_eq!(
            drained(&mut listener),
            [AppEvent::Run { run: 7 }],
            "the change after the first is told, later"
        );
        hub.events().tell_surely(progress(7, 4)).await;
        hub.events().tell_surely(ended(7)).await;
        tokio::time::sleep(LEAST_BETWEEN * 2).await;
        let told = drained(&mut listener);
        assert_eq!(told.last(), Some(&AppEvent::Runs));
        assert!(told.contains(&AppEvent::Run { run: 7 }));
        tokio::time::sleep(Duration::from_secs(5)).await;
        assert_eq!(drained(&mut listener), [], "nothing comes after the end");
    }
}
