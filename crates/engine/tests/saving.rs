//! Between the end of a Run and the snapshot that holds it: the Run has no result, a kill leaves none that is not true, and
//! who asks for another Run gets it.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A test that cannot go on fails.

use crate::stage;

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use holdfast_clouds::testkit::MemoryCloud;
use holdfast_clouds::testkit::memory::{Fault, Op, Trouble};
use holdfast_engine::catalog::{Archive, Run, RunFilter, RunState, archives, connections, runs};
use holdfast_engine::vault::Password;
use holdfast_engine::{Engine, Events, ManualClock, Request, Response, Selection, Worker};
use holdfast_model::{ArchiveId, RunId, RunResult, Service};
use stage::{KEY, Stage, open};
use tokio_util::sync::CancellationToken;

const USER: &str = "user1@example.test";
const FOLDER: &str = "HOLDFAST_TEST_SAVING_FOLDER";
const NOW: &str = "HOLDFAST_TEST_SAVING_NOW";
/// Far longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(240);

fn company() -> MemoryCloud {
    MemoryCloud::sample(1, 12, 3)
}

/// The other process, which backs up everything, and whose files never come. Does nothing unless a test here starts it.
#[tokio::test]
async fn the_process_that_is_killed() {
    let (Ok(folder), Ok(now)) = (std::env::var(FOLDER), std::env::var(NOW)) else { return };
    let clock = Arc::new(ManualClock::at(now.parse().unwrap()));
    let engine = open(Path::new(&folder).join("data"), &clock);
    stage::give_key(&engine, Password::new(KEY)).await;
    let (connection, files) = engine
        .read(|tx| {
            let of_files = |archive: &Archive| archive.scope.service == Service::Drive;
            let files = archives::list(tx, &Default::default())?.into_iter().find(of_files).unwrap();
            Ok((connections::list(tx)?.remove(0).id, files.scope))
        })
        .await
        .unwrap();
    let cloud = company();
    cloud.fault(Fault::always(Op::Open, Trouble::Hangs).of(&files));
    engine.use_cloud(connection, Arc::new(cloud));
    println!("begun");
    let run = Request::Run { connection: None, user: None, service: None };
    engine.perform(run, Events::nobody(), CancellationToken::new()).await.unwrap();
}

/// A user who is protected and was never backed up: the mailbox and the files.
async fn protected() -> (Stage, ArchiveId, ArchiveId) {
    let stage = Stage::new(company()).await;
    stage.sync().await;
    let selection = Selection { users: vec![USER.to_owned()], ..Selection::default() };
    stage.perform(Request::Start { selection, policy: None, run_now: false }).await.unwrap();
    let all = stage.engine.read(|tx| Ok(archives::list(tx, &Default::default())?)).await.unwrap();
    let of = |service| all.iter().find(|archive| archive.scope.service == service).unwrap().id;
    (stage, of(Service::Gmail), of(Service::Drive))
}

fn other_process(stage: &Stage) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "saving::the_process_that_is_killed", "--nocapture"]).stdout(Stdio::piped());
    command.env(FOLDER, stage.folder.path()).env(NOW, stage.engine.now().to_string());
    let mut child = command.spawn().unwrap();
    let begun =
        BufReader::new(child.stdout.take().unwrap()).lines().any(|line| line.unwrap().contains("begun"));
    assert!(begun);
    child
}

async fn last_run(engine: &Engine, archive: ArchiveId) -> (Option<Run>, Archive) {
    engine.read(move |tx| Ok((runs::last(tx, archive)?, archives::get(tx, archive)?.unwrap()))).await.unwrap()
}

/// Looks at the last Run of an Archive until it is as expected.
async fn until(engine: &Engine, archive: ArchiveId, is_so: impl Fn(&Run) -> bool) -> Run {
    let begin = Instant::now();
    loop {
        if let Some(run) = last_run(engine, archive).await.0.filter(&is_so) {
            return run;
        }
        assert!(begin.elapsed() < PATIENCE, "it never came to that");
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_before_its_snapshot_a_run_was_never_complete() {
    let (stage, mail, _) = protected().await;
    let mut child = other_process(&stage);
    let saving = until(&stage.engine, mail, |run| run.state == RunState::Saving).await;
    assert_eq!((saving.ledger.stored, saving.result, saving.ended), (12, None, None));
    child.kill().unwrap();
    child.wait().unwrap();
    drop(stage.engine.become_worker().await.unwrap().expect("nobody works any more"));
    let (run, archive) = last_run(&stage.engine, mail).await;
    let run = run.unwrap();
    assert_eq!((run.result, run.error_code.as_deref()), (Some(RunResult::Partial), Some(runs::INTERRUPTED)));
    assert_eq!((archive.last_complete_at, archive.last_result, archive.stored_cursor), (None, None, None));
    let ends = stage.run().await;
    stage::assert_closed(&ends);
    assert_eq!(stage::results(&ends), vec![RunResult::Complete; ends.len()]);
    let (run, archive) = last_run(&stage.engine, mail).await;
    assert_eq!(run.unwrap().result, Some(RunResult::Complete));
    assert!(archive.last_complete_at.is_some());
    stage.assert_equals_truth(USER, &archive.scope).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storage_that_fails_ends_each_run_with_its_reason_and_none_as_cancelled() {
    let (stage, mail, files) = protected().await;
    let scope = last_run(&stage.engine, files).await.1.scope;
    stage.cloud.fault(Fault::always(Op::Open, Trouble::Hangs).of(&scope));
    // No pack can be written where a file has the place of its folder.
    let packs = stage.repository().join("data");
    std::fs::remove_dir_all(&packs).unwrap();
    std::fs::create_dir(&packs).unwrap();
    for folder in 0..=u8::MAX {
        std::fs::write(packs.join(format!("{folder:02x}")), "").unwrap();
    }
    let run = Request::Run { connection: None, user: None, service: None };
    let ended = stage.engine.perform(run, Events::nobody(), CancellationToken::new());
    let error = tokio::time::timeout(PATIENCE, ended).await.expect("all of them end").unwrap_err();
    for archive in [mail, files] {
        let (run, archive) = last_run(&stage.engine, archive).await;
        let run = run.unwrap();
        assert_eq!(run.error_code.as_deref(), Some(error.code()), "{}", archive.scope.service.title());
        assert_eq!((run.result, archive.items), (Some(RunResult::Failed), 0));
    }
}

/// A worker in this process, one of whose two Runs never ends.
async fn half_done() -> (Stage, Arc<Worker>, ArchiveId, Vec<RunId>) {
    let (stage, mail, files) = protected().await;
    let scope = last_run(&stage.engine, files).await.1.scope;
    stage.cloud.fault(Fault::always(Op::Open, Trouble::Hangs).of(&scope));
    let worker = Arc::new(stage.engine.become_worker().await.unwrap().unwrap());
    let begun = begin(&worker, vec![mail, files]).await.unwrap();
    until(&stage.engine, mail, |run| run.state == RunState::Saving).await;
    (stage, worker, mail, begun)
}

async fn begin(worker: &Worker, archives: Vec<ArchiveId>) -> Result<Vec<RunId>, String> {
    let (nobody, cancel) = (Events::nobody(), CancellationToken::new());
    let asked = worker.execute(Request::Begin { archives }, &nobody, &cancel);
    match tokio::time::timeout(PATIENCE, asked).await.expect("an answer") {
        Ok(Response::Begun { runs }) => Ok(runs),
        Ok(other) => panic!("{other:?}"),
        Err(error) => Err(error.code().to_owned()),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_for_a_run_gets_one_though_the_last_was_not_saved_yet() {
    let (stage, worker, mail, before) = half_done().await;
    let again = begin(&worker, vec![mail]).await.unwrap();
    assert!(!before.contains(&again[0]), "a Run of its own, not the one that ended: {again:?}");
    let (first, again) = (before[0], again[0]);
    let run = stage.engine.read(move |tx| Ok(runs::get(tx, first)?.unwrap())).await.unwrap();
    assert_eq!((run.state, run.result), (RunState::Ended, Some(RunResult::Complete)), "it was saved first");
    let run = until(&stage.engine, mail, |run| run.state == RunState::Ended && run.id == again).await;
    assert_eq!(run.result, Some(RunResult::Complete));
    let live = RunFilter { live: Some(true), ..RunFilter::default() };
    let live = stage.engine.read(move |tx| Ok(runs::list(tx, &live, 9)?)).await.unwrap();
    assert_eq!(
        live.iter().map(|run| run.id).collect::<Vec<_>>(),
        [before[1]],
        "the other goes on all the time"
    );
    worker.cancel_runs().await;
    worker.runs_ended().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_saved_is_said_to_who_asks_and_is_partial_at_the_end() {
    let (stage, worker, mail, before) = half_done().await;
    let snapshots = stage.repository().join("snapshots");
    std::fs::remove_dir(&snapshots).unwrap();
    std::fs::write(&snapshots, "in the way").unwrap();
    let code = begin(&worker, vec![mail]).await.unwrap_err();
    assert!(code.starts_with("repository.") || code.starts_with("disk."), "{code}");
    assert_eq!(last_run(&stage.engine, mail).await.0.unwrap().state, RunState::Saving, "it may be saved yet");
    worker.cancel_runs().await;
    worker.runs_ended().await;
    let (run, archive) = last_run(&stage.engine, mail).await;
    let run = run.unwrap();
    assert_eq!((run.id, run.state, run.result), (before[0], RunState::Ended, Some(RunResult::Partial)));
    assert_eq!(run.error_code.as_deref(), Some(code.as_str()));
    assert_eq!((archive.last_result, archive.last_complete_at), (Some(RunResult::Partial), None));
    drop(worker);
    std::fs::remove_file(&snapshots).unwrap();
    std::fs::create_dir(&snapshots).unwrap();
    stage.cloud.heal();
    let ends = stage.run().await;
    assert_eq!(stage::results(&ends), vec![RunResult::Complete; ends.len()], "{ends:?}");
    let scope = last_run(&stage.engine, mail).await.1.scope;
    stage.assert_equals_truth(USER, &scope).await;
}
