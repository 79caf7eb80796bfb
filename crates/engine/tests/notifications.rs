//! Notifications: one open row per cause, from when it is found until it was tested again and is good.
#![allow(clippy::unwrap_used)] // A test fails by panicking.

mod stage;

use holdfast_clouds::contract::{CloudError, ErrorKind};
use holdfast_clouds::testkit::MemoryCloud;
use holdfast_clouds::testkit::memory::{Fault, NewItem, Op, Trouble};
use holdfast_engine::catalog::{notifications, snapshots};
use holdfast_engine::{Event, Events, Request, Response};
use holdfast_model::RunResult;
use stage::{Stage, assert_closed, results};
use tokio_util::sync::CancellationToken;

const USER: &str = "user1@example.test";

async fn causes(stage: &Stage) -> Vec<String> {
    let open = stage.engine.read(|tx| Ok(notifications::list_open(tx)?)).await.unwrap();
    open.into_iter().map(|one| one.cause).collect()
}

/// Runs everything and tells which notifications were opened and closed meanwhile.
async fn run(stage: &Stage) -> (Vec<String>, Result<Response, holdfast_engine::EngineError>) {
    stage.clock.move_by(60);
    let (sender, mut heard) = tokio::sync::mpsc::channel(10_000);
    let request = Request::Run { connection: None, user: None, service: None };
    let done = stage.engine.perform(request, Events::from(sender), CancellationToken::new()).await;
    let mut told = Vec::new();
    while let Ok(event) = heard.try_recv() {
        match event {
            Event::NotificationOpened { cause, .. } => told.push(format!("+{cause}")),
            Event::NotificationClosed { cause, .. } => told.push(format!("-{cause}")),
            _ => {}
        }
    }
    (told, done)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn items_that_keep_failing_are_told_once_and_until_they_are_healed() {
    let cloud = MemoryCloud::sample(1, 150, 0);
    let mailbox = MemoryCloud::mailbox(&cloud.user(USER).unwrap());
    let bad = cloud.truth(&mailbox, &Default::default())[7].id.clone();
    let stage = Stage::new(cloud).await;
    stage.sync().await;
    let passing = CloudError::new(ErrorKind::Retry { after: None }, "backendError", "try later");
    stage.cloud.fault(Fault::always(Op::Open, Trouble::Fails(passing)).on(&bad));
    stage.start(&[USER]).await;
    assert_eq!(causes(&stage).await, [""; 0], "one of 150 that failed once is no cause yet");
    assert_eq!(run(&stage).await.0, [""; 0]);
    assert_eq!(run(&stage).await.0, ["+items.quarantined"], "the third run");
    assert_eq!(run(&stage).await.0, [""; 0], "told once");
    let open = stage.engine.read(|tx| Ok(notifications::list_open(tx)?.remove(0))).await.unwrap();
    assert!(open.subject.archive.is_some() && open.subject.user.is_some());
    stage.cloud.heal();
    assert_eq!(run(&stage).await.0, ["-items.quarantined"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_than_a_percent_failing_is_told_at_once() {
    let cloud = MemoryCloud::sample(1, 60, 0);
    let mailbox = MemoryCloud::mailbox(&cloud.user(USER).unwrap());
    let bad = cloud.truth(&mailbox, &Default::default())[7].id.clone();
    let stage = Stage::new(cloud).await;
    stage.sync().await;
    let passing = CloudError::new(ErrorKind::Retry { after: None }, "backendError", "try later");
    stage.cloud.fault(Fault::always(Op::Open, Trouble::Fails(passing)).on(&bad));
    stage.start(&[USER]).await;
    assert_eq!(causes(&stage).await, ["items.quarantined"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_expired_connection_is_told_once_for_all_its_archives_and_its_ledgers_close() {
    let stage = Stage::new(MemoryCloud::sample(3, 80, 2)).await;
    stage.sync().await;
    stage.cloud.before(Op::Open, 60, MemoryCloud::revoke);
    let runs = stage.start(&["user1@example.test", "user2@example.test", "user3@example.test"]).await;
    assert_closed(&runs);
    assert!(runs.iter().any(|run| run.error.as_ref().is_some_and(|(code, _)| code == "connection.expired")));
    assert_eq!(causes(&stage).await, ["connection.expired"]);
    stage.cloud.sign_in();
    let connection = stage.connection;
    stage
        .engine
        .write(move |tx| {
            let connected = holdfast_engine::catalog::ConnectionState::Connected;
            Ok(holdfast_engine::catalog::connections::set_state(tx, connection, connected, None)?)
        })
        .await
        .unwrap();
    stage.sync().await;
    assert_eq!(causes(&stage).await, [""; 0]);
    let runs = stage.run().await;
    assert_closed(&runs);
    assert!(results(&runs).iter().all(|result| *result == RunResult::Complete), "{:?}", results(&runs));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repository_that_is_gone_is_told_until_it_is_back() {
    let stage = Stage::new(MemoryCloud::sample(1, 5, 0)).await;
    stage.sync().await;
    stage.start(&[USER]).await;
    let away = stage.folder.path().join("unplugged");
    std::fs::rename(stage.repository(), &away).unwrap();
    let (told, done) = run(&stage).await;
    assert!(done.is_err(), "{done:?}");
    assert_eq!(told.len(), 1);
    assert!(told[0].starts_with("+repository."), "{told:?}");
    assert_eq!(run(&stage).await.0, [""; 0], "told once");
    std::fs::rename(&away, stage.repository()).unwrap();
    let (told, done) = run(&stage).await;
    done.unwrap();
    assert!(told.len() == 1 && told[0].starts_with("-repository."), "{told:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_snapshot_keeps_its_sizes_and_a_check_is_remembered() {
    let stage = Stage::new(MemoryCloud::sample(1, 40, 10)).await;
    stage.sync().await;
    stage.start(&[USER]).await;
    let mailbox = MemoryCloud::mailbox(&stage.cloud.user(USER).unwrap());
    let text: String = (0..20_000).map(|number| format!("{:x}", number * 7919)).collect();
    stage.cloud.add(&mailbox, NewItem::mail(format!("Subject: large\r\n\r\n{text}")));
    stage.run().await;
    let growth = stage.engine.read(|tx| Ok(snapshots::growth(tx, 100)?)).await.unwrap();
    let (first, last) = (growth.first().unwrap(), growth.last().unwrap());
    assert!(last.at > first.at && last.content_bytes >= first.content_bytes + text.len() as u64);
    let packs = || {
        let data = std::fs::read_dir(stage.repository().join("data")).unwrap();
        let files = data.flat_map(|folder| std::fs::read_dir(folder.unwrap().path()).unwrap());
        files.map(|file| file.unwrap().metadata().unwrap().len()).sum::<u64>()
    };
    let (told, real) = (last.stored_bytes as f64, packs() as f64);
    assert!((told / real - 1.0).abs() < 0.1, "told {told}, real {real}");
    assert_eq!(stage.engine.last_verification().await.unwrap(), None);
    let verify = |read_data| stage.engine.verify(read_data, Events::nobody(), CancellationToken::new());
    verify(true).await.unwrap();
    let found = stage.engine.last_verification().await.unwrap().unwrap();
    assert!(found.ok && found.read_data && found.sentence.contains("51 items"), "{found:?}");
    let pack = std::fs::read_dir(stage.repository().join("data"))
        .unwrap()
        .flat_map(|folder| std::fs::read_dir(folder.unwrap().path()).unwrap())
        .map(|file| file.unwrap().path())
        .max_by_key(|path| path.metadata().unwrap().len())
        .unwrap();
    let mut bytes = std::fs::read(&pack).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    let mut permissions = pack.metadata().unwrap().permissions();
    #[allow(clippy::permissions_set_readonly_false)] // A file of the test's own folder.
    permissions.set_readonly(false);
    std::fs::set_permissions(&pack, permissions).unwrap();
    std::fs::write(&pack, &bytes).unwrap();
    assert!(!verify(true).await.unwrap().is_sound());
    assert!(!stage.engine.last_verification().await.unwrap().unwrap().ok);
    assert_eq!(causes(&stage).await, ["repository.damaged"]);
    bytes[middle] ^= 0xff;
    std::fs::write(&pack, &bytes).unwrap();
    verify(true).await.unwrap();
    assert_eq!(causes(&stage).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mails_of_any_size_come_whole() {
    let cloud = MemoryCloud::sample(1, 3, 0);
    let mailbox = MemoryCloud::mailbox(&cloud.user(USER).unwrap());
    for megabytes in [1, 3, 18] {
        let line = format!("{megabytes:063}\n");
        let body = line.repeat((megabytes << 20) / line.len());
        cloud.add(&mailbox, NewItem::mail(format!("Subject: large\r\n\r\n{body}")));
    }
    let stage = Stage::new(cloud).await;
    stage.sync().await;
    assert_eq!(results(&stage.start(&[USER]).await), [RunResult::Complete; 2]);
    stage.assert_equals_truth(USER, &mailbox).await;
}
