//! Runs while they go on: begun, queued, paused, resumed and cancelled, and seen by another process all the time.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A test fails by panicking.

use crate::stage;

use std::sync::Arc;
use std::time::Duration;

use holdfast_clouds::contract::Hold;
use holdfast_clouds::testkit::MemoryCloud;
use holdfast_clouds::testkit::memory::{Fault, Op, Trouble};
use holdfast_engine::catalog::{Run, RunFilter, RunState, runs};
use holdfast_engine::{Engine, EngineError, Events, Request, Response, Selection, Worker};
use holdfast_model::{ArchiveId, RunId, RunResult};
use stage::{Stage, open};
use tokio_util::sync::CancellationToken;

const USER: &str = "user1@example.test";

/// A company whose bodies stop coming after so many, and a worker on it.
struct Stuck {
    stage: Stage,
    worker: Arc<Worker>,
    archives: Vec<ArchiveId>,
}

impl Stuck {
    async fn after(opens: u64, users: u32, mails: u32) -> Self {
        let stage = Stage::new(MemoryCloud::sample(users, mails, 1)).await;
        stage.sync().await;
        let users = (1..=users).map(|number| format!("user{number}@example.test")).collect();
        let selection = Selection { users, ..Selection::default() };
        let request = Request::Start { selection, policy: None, run_now: false };
        let Response::Started { started, .. } = stage.perform(request).await.unwrap() else { panic!() };
        stage.cloud.fault(Fault::always(Op::Open, Trouble::Hangs).after(opens));
        let worker = Arc::new(stage.engine.become_worker().await.unwrap().unwrap());
        Self { stage, worker, archives: started.archives }
    }

    async fn ask(&self, request: Request) -> Result<Response, EngineError> {
        self.worker.execute(request, &Events::nobody(), &CancellationToken::new()).await
    }

    async fn begin(&self, archives: Vec<ArchiveId>) -> Vec<RunId> {
        match self.ask(Request::Begin { archives }).await.unwrap() {
            Response::Begun { runs } => runs,
            other => panic!("{other:?}"),
        }
    }

    /// Another process of this data directory.
    fn other(&self) -> Engine {
        open(self.stage.engine.data_dir().path().to_owned(), &self.stage.clock)
    }
}

/// Far longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(240);

/// Looks at a Run as another process does, until it is as expected.
async fn until(engine: &Engine, run: RunId, is_so: impl Fn(&Run) -> bool) -> Run {
    let seen = async {
        loop {
            let found = engine.read(move |tx| Ok(runs::get(tx, run)?.unwrap())).await.unwrap();
            if is_so(&found) {
                return found;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, seen).await.expect("it never came to that")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paused_run_rests_until_it_is_resumed_and_loses_nothing() {
    let stuck = Stuck::after(30, 1, 60).await;
    let other = stuck.other();
    let mail = stuck.archives[0];
    let run = stuck.begin(vec![mail]).await[0];
    until(&other, run, |run| run.ledger.stored >= 30 && run.state == RunState::Running).await;
    stuck.ask(Request::PauseRun { run }).await.unwrap();
    until(&other, run, |run| run.state == RunState::Paused).await;
    stuck.stage.cloud.heal();
    let opened = stuck.stage.cloud.requests(Op::Open);
    stuck.ask(Request::PauseRun { run }).await.unwrap();
    let rests = until(&other, run, |run| run.state == RunState::Paused).await;
    assert_eq!((rests.result, rests.limited_by), (None, None));
    assert_eq!(stuck.stage.cloud.requests(Op::Open), opened, "nothing new is asked for");
    stuck.ask(Request::ResumeRun { run }).await.unwrap();
    let ended = until(&other, run, |run| run.state == RunState::Ended).await;
    assert_eq!((ended.result, ended.ledger.stored), (Some(RunResult::Complete), 60), "{ended:?}");
    assert!(ended.ledger.closes());
    let refused = stuck.ask(Request::PauseRun { run: RunId(999) }).await.unwrap_err();
    assert_eq!(refused.code(), "input.not_found");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paused_run_can_be_cancelled_and_what_it_brought_is_kept() {
    let stuck = Stuck::after(20, 1, 60).await;
    let other = stuck.other();
    let run = stuck.begin(vec![stuck.archives[0]]).await[0];
    until(&other, run, |run| run.ledger.stored >= 20).await;
    stuck.ask(Request::PauseRun { run }).await.unwrap();
    until(&other, run, |run| run.state == RunState::Paused).await;
    stuck.ask(Request::Cancel { run }).await.unwrap();
    let ended = until(&other, run, |run| run.state == RunState::Ended).await;
    assert_eq!(ended.result, Some(RunResult::Cancelled));
    assert!(ended.ledger.closes(), "{:?}", ended.ledger);
    assert_eq!((ended.ledger.stored, ended.ledger.pending), (20, 40));
    stuck.stage.cloud.heal();
    let opened = stuck.stage.cloud.requests(Op::Open);
    // The same Archive again, as `retry` does; the first Run's snapshot may still be on its way.
    let again = loop {
        let again = stuck.begin(vec![stuck.archives[0]]).await[0];
        if again != run {
            break again;
        }
        tokio::task::yield_now().await;
    };
    let ended = until(&other, again, |run| run.state == RunState::Ended).await;
    assert_eq!(ended.result, Some(RunResult::Complete));
    assert!(ended.ledger.closes(), "{:?}", ended.ledger);
    assert_eq!(stuck.stage.cloud.requests(Op::Open) - opened, 40, "only what is missing is read");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn runs_beyond_the_places_are_queued_and_each_says_what_it_waits_for() {
    let stuck = Stuck::after(0, 17, 3).await;
    let until_time = "2026-03-01T14:20:00Z".parse().unwrap();
    stuck.stage.cloud.set_hold(Some(Hold { until: until_time, wait: Duration::from_secs(1200) }));
    let other = stuck.other();
    let begun = stuck.begin(stuck.archives.clone()).await;
    assert_eq!(begun.len(), 34);
    let waits = until(&other, begun[0], |run| run.limited_by.is_some()).await;
    assert!(waits.limited_by.as_deref().unwrap().starts_with("waiting for Google until "), "{waits:?}");
    assert!(waits.updated_at.is_some());
    let places_taken = async {
        loop {
            let live = RunFilter { live: Some(true), ..RunFilter::default() };
            let listed = other.read(move |tx| Ok(runs::list(tx, &live, 100)?)).await.unwrap();
            let of = |state| listed.iter().filter(|run| run.state == state).count();
            if (of(RunState::Running), of(RunState::Queued)) == (32, 2) {
                return listed;
            }
            tokio::task::yield_now().await;
        }
    };
    let listed = tokio::time::timeout(PATIENCE, places_taken).await.unwrap();
    let queued = listed.iter().find(|run| run.state == RunState::Queued).unwrap().id;
    let going = listed.iter().find(|run| run.state == RunState::Running).unwrap().id;
    stuck.ask(Request::PauseRun { run: going }).await.unwrap();
    stuck.ask(Request::PauseRun { run: queued }).await.unwrap();
    until(&other, queued, |run| run.state == RunState::Paused).await;
    let last = listed.iter().find(|run| run.state == RunState::Queued && run.id != queued).unwrap().id;
    until(&other, last, |run| run.state == RunState::Running).await;
    stuck.worker.cancel_runs().await;
    for run in begun {
        let ended = until(&other, run, |run| run.state == RunState::Ended).await;
        assert_eq!(ended.result, Some(RunResult::Cancelled));
        assert!(ended.ledger.closes(), "{:?}", ended.ledger);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_whose_cloud_cannot_be_opened_has_failed() {
    let stuck = Stuck::after(0, 1, 3).await;
    drop(stuck.worker);
    // This process has no cloud of its own, and the Connection's secret is nowhere.
    let other = open(stuck.stage.engine.data_dir().path().to_owned(), &stuck.stage.clock);
    let key = holdfast_engine::vault::Password::new(stage::KEY);
    stage::give_key(&other, key).await;
    let request = Request::Run { connection: None, user: Some(USER.into()), service: None };
    let done = other.perform(request, Events::nobody(), CancellationToken::new()).await.unwrap();
    let Response::Ran { runs: ended } = done else { panic!("{done:?}") };
    assert_eq!(stage::results(&ended), [RunResult::Failed; 2]);
    let live = RunFilter { live: Some(true), ..RunFilter::default() };
    assert_eq!(other.read(move |tx| Ok(runs::list(tx, &live, 9)?.len())).await.unwrap(), 0);
}
