//! Notifications: one open row per cause, from when it is found until it was tested again and is good.
#![allow(clippy::unwrap_used)] // A test fails by panicking.

use crate::stage;

use holdfast_clouds::contract::{CloudError, ErrorKind};
use holdfast_clouds::testkit::MemoryCloud;
use holdfast_clouds::testkit::memory::{Fault, NewItem, Op, Trouble};
use holdfast_engine::catalog::{Subject, notifications, snapshots};
use holdfast_engine::{Channel, Event, Events, Request, Response, SyncWhat};
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

/// Looks as any process may, and what people are told over the system then.
async fn look(stage: &Stage) -> Vec<(String, usize)> {
    stage.engine.look(&Events::nobody()).await.unwrap();
    let due = stage.engine.due_alarms(Channel::System, |_| true).await.unwrap();
    due.into_iter().map(|alarm| (alarm.cause, alarm.times)).collect()
}

fn told(cause: &str, times: usize) -> Vec<(String, usize)> {
    vec![(cause.to_owned(), times)]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_schedule_that_died_is_told_from_the_archives_at_once_after_a_day_and_after_three() {
    let stage = Stage::new(MemoryCloud::sample(3, 3, 1)).await;
    stage.sync().await;
    stage.start(&["user1@example.test", "user2@example.test"]).await;
    assert_eq!(look(&stage).await, []);
    stage.clock.move_by(47 * 3600);
    assert_eq!(look(&stage).await, [], "two days old is fresh");
    stage.clock.move_by(3 * 3600);
    assert_eq!(look(&stage).await, told("copies.stale", 1));
    let open = stage.engine.read(|tx| Ok(notifications::list_open(tx)?)).await.unwrap();
    let detail = open[0].detail.clone().unwrap();
    assert_eq!(open.len(), 1);
    assert_eq!(detail, "user1@example.test, user2@example.test: last good copy 2 days ago");
    // Another process of the same computer looks too.
    let elsewhere = stage::open(stage.folder.path().join("data"), &stage.clock);
    elsewhere.look(&Events::nobody()).await.unwrap();
    assert_eq!(elsewhere.due_alarms(Channel::System, |_| true).await.unwrap(), []);
    let times: Vec<_> = {
        let mut times = Vec::new();
        for hour in 1..120 {
            stage.clock.move_by(3600);
            times.extend(look(&stage).await.into_iter().map(|(cause, times)| (hour, cause, times)));
        }
        times
    };
    let stale = || "copies.stale".to_owned();
    let lists = (20, "directory.stale".to_owned(), 1);
    let again = [(92, "directory.stale".to_owned(), 3)];
    assert!(times.contains(&(24, stale(), 2)) && times.contains(&(72, stale(), 3)), "{times:?}");
    assert_eq!(times.iter().filter(|(_, cause, _)| *cause == stale()).count(), 2, "{times:?}");
    assert!(times.iter().any(|one| one.1 == lists.1 && one.2 == 1), "{times:?}");
    assert!(times.iter().any(|one| one.1 == again[0].1 && one.2 == 3), "{times:?}");
    let escalation = stage.engine.read(|tx| Ok(notifications::list_open(tx)?)).await.unwrap();
    assert_eq!(escalation.iter().find(|one| one.cause == stale()).unwrap().escalation, 3);
    stage.sync().await;
    stage.run().await;
    assert_eq!(look(&stage).await, []);
    assert_eq!(causes(&stage).await, [""; 0], "good copies close it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_cause_is_told_for_itself_and_not_for_what_follows_from_it() {
    let stage = Stage::new(MemoryCloud::sample(2, 3, 1)).await;
    stage.sync().await;
    stage.start(&["user1@example.test", "user2@example.test"]).await;
    let pause = |paused| stage.perform(Request::SetPaused { user: USER.to_owned(), paused });
    pause(true).await.unwrap();
    stage.clock.move_by(60 * 3600);
    // The storage is away: that its copies grow old says nothing new.
    let away = stage.folder.path().join("unplugged");
    std::fs::rename(stage.repository(), &away).unwrap();
    assert_eq!(look(&stage).await, told("repository.not_found", 1));
    std::fs::rename(&away, stage.repository()).unwrap();
    assert_eq!(look(&stage).await, told("copies.stale", 1));
    let open = stage.engine.read(|tx| Ok(notifications::list_open(tx)?)).await.unwrap();
    let detail = open[0].detail.clone().unwrap();
    assert_eq!(detail, "user2@example.test: last good copy 2 days ago", "paused on purpose");
    stage.sync().await;
    stage.run().await;
    assert_eq!(causes(&stage).await, ["copies.stale"]);
    assert_eq!(look(&stage).await, []);
    assert_eq!(causes(&stage).await, [""; 0]);
    // Someone forgot the pause.
    stage.clock.move_by(8 * 24 * 3600 - 60 * 3600);
    stage.sync().await;
    stage.run().await;
    assert_eq!(look(&stage).await, told("schedule.paused_long", 1));
    pause(false).await.unwrap();
    stage.run().await;
    assert_eq!(look(&stage).await, []);
    assert_eq!(causes(&stage).await, [""; 0]);
    // A person ends the Connection.
    let connection = stage.connection;
    stage.perform(Request::Disconnect { connection }).await.unwrap();
    assert_eq!(look(&stage).await, told("connection.disconnected", 1));
    assert_eq!(causes(&stage).await, ["connection.disconnected"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_way_of_telling_is_told_for_itself_and_what_did_not_go_out_goes_out_later() {
    let stage = Stage::new(MemoryCloud::sample(1, 3, 0)).await;
    stage.engine.found("cloud.refused".into(), Subject::default(), "no".into(), &Events::nobody()).await;
    let due = async |channel| stage.engine.due_alarms(channel, |_| true).await.unwrap();
    assert_eq!(due(Channel::System).await.len(), 1);
    let email = due(Channel::Email).await;
    assert_eq!((email.len(), due(Channel::Email).await.len()), (1, 0));
    stage.engine.alarm_was_not_told(Channel::Email, &email[0]).await.unwrap();
    let again = due(Channel::Email).await;
    assert_eq!((again.len(), again[0].times, due(Channel::Email).await.len()), (1, 1, 0));
    assert_eq!(due(Channel::System).await.len(), 0);
    let other = stage.engine.due_alarms(Channel::Webhook, |cause| cause != "cloud.refused").await.unwrap();
    assert_eq!(other, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_cloud_refuses_is_named_by_its_cause_and_closed_when_it_is_granted() {
    let rows = [
        ("accessNotConfigured", "cloud.api_disabled"),
        ("unauthorized_client", "cloud.access_missing"),
        ("admin_policy_enforced", "cloud.app_blocked"),
        ("mailServiceNotEnabled", "cloud.service_off"),
        ("accountDisabled", "cloud.account_closed"),
        ("clockWrong", "clock.wrong"),
        ("forbidden", "cloud.forbidden"),
    ];
    let stage = Stage::new(MemoryCloud::sample(1, 5, 0)).await;
    stage.sync().await;
    stage.start(&[USER]).await;
    let mut before = None::<&str>;
    for (reason, cause) in rows {
        let refused = CloudError::new(ErrorKind::Forbidden, reason, "no");
        stage.cloud.fault(Fault::always(Op::Changes, Trouble::Fails(refused)));
        let closed: Vec<String> = before.iter().map(|cause| format!("-{cause}")).collect();
        let (told, _) = run(&stage).await;
        assert!(told.contains(&format!("+{cause}")), "{reason}: {told:?}");
        assert!(closed.iter().all(|closed| told.contains(closed)), "{reason}: {told:?}");
        assert!(causes(&stage).await.iter().all(|open| open == cause), "{reason}");
        stage.cloud.heal();
        before = Some(cause);
    }
    run(&stage).await.1.unwrap();
    assert_eq!(causes(&stage).await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_admin_who_lost_the_role_is_told_of_until_the_lists_come_in_again() {
    let stage = Stage::new(MemoryCloud::sample(2, 1, 0)).await;
    stage.sync().await;
    let refused =
        CloudError::new(ErrorKind::Forbidden, "forbidden", "Not Authorized to access this resource/API");
    stage.cloud.fault(Fault::always(Op::Users, Trouble::Fails(refused)));
    let what = SyncWhat::All;
    let sync = || stage.perform(Request::Sync { connection: None, what, accept_mass_deletion: false });
    for _ in 0..2 {
        assert!(sync().await.is_err());
        assert_eq!(causes(&stage).await, ["directory.refused"]);
    }
    stage.cloud.heal();
    sync().await.unwrap();
    assert_eq!(causes(&stage).await, [""; 0]);
}
