//! The catalogue is a cache: lost, old or beside a Repository that another program changed, nothing is lost
//! and nothing is fetched again.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A test fails by panicking.

use crate::stage;

use std::process::Command;
use std::sync::Arc;

use holdfast_clouds::testkit::MemoryCloud;
use holdfast_clouds::testkit::memory::{NewItem, Op};
use holdfast_engine::catalog::{connections, users};
use holdfast_engine::vault::Password;
use holdfast_engine::{Events, Request, Response, Selection, SyncWhat};
use holdfast_model::RunResult;
use stage::{KEY, Stage, assert_closed, open, results};
use tokio_util::sync::CancellationToken;

const USER: &str = "user1@example.test";

async fn backed_up(mails: u32, files: u32) -> Stage {
    let stage = Stage::new(MemoryCloud::sample(1, mails, files)).await;
    stage.sync().await;
    assert_closed(&stage.start(&[USER]).await);
    stage
}

fn restic(stage: &Stage, arguments: &[&str]) {
    let done = Command::new("restic")
        .args(["--no-cache", "-r"])
        .arg(stage.repository())
        .args(arguments)
        .env("RESTIC_PASSWORD", KEY)
        .output()
        .expect("restic is installed by the project's set-up");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

#[cfg_attr(windows, ignore = "stock restic judges, which is a program for Linux here")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_computer_goes_on_where_the_old_one_stopped() {
    let stage = backed_up(90, 20).await;
    restic(&stage, &["check", "--read-data"]);
    let engine = open(stage.folder.path().join("new data"), &stage.clock);
    engine.take_repository(&stage.repository(), Password::new(KEY)).await.unwrap();
    let done = engine.perform(Request::Rebuild, Events::nobody(), CancellationToken::new()).await.unwrap();
    let Response::Rebuilt { report } = done else { panic!("{done:?}") };
    assert_eq!((report.domains, report.archives, report.items, report.problems.len()), (1, 2, 110, 0));
    let connection = engine.read(|tx| Ok(connections::list(tx)?.remove(0).id)).await.unwrap();
    engine.use_cloud(connection, Arc::new(stage.cloud.clone()));
    engine
        .write(move |tx| {
            let connected = holdfast_engine::catalog::ConnectionState::Connected;
            Ok(connections::set_state(tx, connection, connected, None)?)
        })
        .await
        .unwrap();
    let user = stage.cloud.user(USER).unwrap();
    let mailbox = MemoryCloud::mailbox(&user);
    stage.cloud.add(&mailbox, NewItem::mail("Subject: after\r\n\r\nthe move\r\n"));
    let opened = stage.cloud.requests(Op::Open);
    let stage = Stage { engine, connection, ..stage };
    let runs = stage.run().await;
    assert_closed(&runs);
    assert_eq!(results(&runs), [RunResult::Complete; 2]);
    assert_eq!(stage.cloud.requests(Op::Open) - opened, 1, "only the new mail is read");
    stage.assert_equals_truth(USER, &mailbox).await;
    stage.assert_equals_truth(USER, &MemoryCloud::drive(&user)).await;
}

#[cfg_attr(windows, ignore = "stock restic judges, which is a program for Linux here")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_snapshot_that_another_program_removed_is_made_up_for() {
    let stage = backed_up(60, 10).await;
    let user = stage.cloud.user(USER).unwrap();
    let mailbox = MemoryCloud::mailbox(&user);
    stage.cloud.add(&mailbox, NewItem::mail("Subject: second\r\n\r\nrun\r\n"));
    stage.run().await;
    restic(&stage, &["forget", "latest", "--prune"]);
    stage.cloud.add(&mailbox, NewItem::mail("Subject: third\r\n\r\nrun\r\n"));
    let runs = stage.run().await;
    assert_closed(&runs);
    assert_eq!(results(&runs), [RunResult::Complete; 2]);
    stage.assert_equals_truth(USER, &mailbox).await;
    restic(&stage, &["check", "--read-data"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_process_hands_its_request_to_the_first() {
    let stage = backed_up(5, 0).await;
    let worker = Arc::new(stage.engine.become_worker().await.unwrap().expect("nobody else works"));
    let stop = CancellationToken::new();
    let serving = tokio::spawn(Arc::clone(&worker).serve(Events::nobody(), stop.clone()));
    let other = open(stage.engine.data_dir().path().to_owned(), &stage.clock);
    let request = Request::Sync { connection: None, what: SyncWhat::Users, accept_mass_deletion: false };
    // The other engine has no cloud of its own: only the worker can answer.
    let done = other.perform(request, Events::nobody(), CancellationToken::new()).await.unwrap();
    assert!(matches!(done, Response::Synced { ref reports } if reports.len() == 1), "{done:?}");
    let bad = Request::Run { connection: None, user: Some("nobody@example.test".into()), service: None };
    let refused = other.perform(bad, Events::nobody(), CancellationToken::new()).await.unwrap_err();
    assert_eq!(refused.code(), "input.not_found");
    stop.cancel();
    serving.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn licenses_count_each_person_once_and_stop_at_the_limit() {
    let stage = Stage::new(MemoryCloud::sample(3, 2, 0)).await;
    stage.sync().await;
    stage.perform(Request::SetLicenses { limit: Some(2) }).await.unwrap();
    let three = Selection {
        users: vec!["user1@example.test".into(), "USER1@example.test".into(), "user2@example.test".into()],
        csv: vec![(1, "user3@example.test".into()), (2, "who@example.test".into())],
        ..Selection::default()
    };
    let plan = stage.engine.plan(three.clone()).await.unwrap();
    assert_eq!((plan.users.len(), plan.licenses_needed, plan.licenses_free), (3, 3, Some(2)));
    assert_eq!(plan.problems.len(), 1);
    assert_eq!(plan.problems[0].line, Some(2));
    let refused =
        stage.perform(Request::Start { selection: three, policy: None, run_now: true }).await.unwrap_err();
    assert_eq!(refused.code(), "licenses.too_few");
    let used = stage.engine.read(|tx| Ok(users::licenses_used(tx)?)).await.unwrap();
    assert_eq!(used, 0, "a refused start protects nobody");
    stage.start(&["user1@example.test", "user2@example.test"]).await;
    let again = stage.start(&["user1@example.test"]).await;
    assert!(!again.is_empty(), "who is protected already is backed up without a license");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sync_that_would_delete_most_people_asks_first() {
    let stage = Stage::new(MemoryCloud::sample(9, 0, 0)).await;
    stage.sync().await;
    for number in 1..=5 {
        let user = stage.cloud.user(&format!("user{number}@example.test")).unwrap();
        stage.cloud.delete_user(&user);
    }
    let what = SyncWhat::Users;
    let sync = |accept_mass_deletion| Request::Sync { connection: None, what, accept_mass_deletion };
    let refused = stage.perform(sync(false)).await.unwrap_err();
    assert_eq!(refused.code(), "directory.mass_deletion");
    let done = stage.perform(sync(true)).await.unwrap();
    let Response::Synced { reports } = done else { panic!("{done:?}") };
    assert_eq!(reports[0].changes.left.len(), 5);
}
