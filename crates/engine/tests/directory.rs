//! Syncs: people are known by their id, nobody is lost by a listing that is torn or lies, and what a person should decide
//! is asked. An authorisation that lapsed is found whatever is called.
#![allow(clippy::unwrap_used)] // A test fails by panicking.

use crate::stage;

use std::sync::Arc;
use std::time::Duration;

use holdfast_clouds::contract::{Authorisation, AuthorisedBy, CloudError, Ending, EndsBecause, ErrorKind};
use holdfast_clouds::testkit::MemoryCloud;
use holdfast_clouds::testkit::memory::{Fault, Op, Trouble};
use holdfast_engine::catalog::{
    ConnectionState, SyncKind, UserFilter, archives, connections, notifications, syncs, users,
};
use holdfast_engine::{
    Event, Events, Request, Response, Selection, SyncReport, SyncWhat, SyncWhen, Worker, next_sync,
};
use holdfast_model::{Account, ConnectionId, UserId};
use stage::{Stage, assert_closed};
use tokio_util::sync::CancellationToken;

const DAY: i64 = 24 * 3600;

fn address(number: u32) -> String {
    format!("user{number}@example.test")
}

async fn causes(stage: &Stage) -> Vec<String> {
    let open = stage.engine.read(|tx| Ok(notifications::list_open(tx)?)).await.unwrap();
    let mut causes: Vec<_> = open.into_iter().map(|one| one.cause).collect();
    causes.sort();
    causes
}

async fn state(stage: &Stage) -> ConnectionState {
    let id = stage.connection;
    stage.engine.read(move |tx| Ok(connections::get(tx, id)?.unwrap().state)).await.unwrap()
}

async fn there(stage: &Stage) -> usize {
    there_of(stage, stage.connection).await
}

async fn there_of(stage: &Stage, id: ConnectionId) -> usize {
    let all = stage.engine.read(move |tx| Ok(users::list(tx, id, &UserFilter::default())?)).await.unwrap();
    all.iter().filter(|user| user.vanished_at.is_none() && user.user.account != Account::Deleted).count()
}

async fn users_sync(stage: &Stage) -> SyncReport {
    stage.clock.move_by(60);
    let what = SyncWhat::Users;
    let request = Request::Sync { connection: None, what, accept_mass_deletion: false };
    match stage.perform(request).await.unwrap() {
        Response::Synced { mut reports } => reports.remove(0),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn who_waits_for_a_cloud_that_is_gone_is_told_soon() {
    let stage = Stage::new(MemoryCloud::sample(1, 2, 1)).await;
    stage.engine.answers(stage.connection, Duration::from_secs(3600)).await.unwrap();
    stage.cloud.fault(Fault::always(Op::Tenant, Trouble::Hangs));
    let told = stage.engine.answers(stage.connection, Duration::from_millis(10)).await.unwrap_err();
    assert_eq!(told.code(), "cloud.unreachable");
    assert_eq!(causes(&stage).await, Vec::<String>::new(), "nobody is alarmed of what a person sees");
}

async fn worker(stage: &Stage) -> Worker {
    stage.engine.become_worker().await.unwrap().unwrap()
}

async fn by_itself(worker: &Worker, when: SyncWhen) -> usize {
    let cancel = CancellationToken::new();
    worker.sync_if_due(when, &Events::nobody(), &cancel).await.unwrap().len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_are_known_by_their_id_whatever_happens_to_them() {
    let stage = Stage::new(MemoryCloud::sample(6, 1, 0)).await;
    stage.sync().await;
    let cloud = &stage.cloud;
    let [a, b, c] = [1, 2, 3].map(|number| cloud.user(&address(number)).unwrap());
    cloud.change_user(&a, |user| user.address = "married@example.test".into());
    cloud.suspend(&b);
    cloud.change_user(&c, |user| user.account = Account::Deleted);
    cloud.add_user("new@example.test");
    let changes = users_sync(&stage).await.changes;
    assert_eq!(changes.renamed, ["user1@example.test → married@example.test"]);
    assert_eq!(changes.suspended, [address(2)]);
    assert_eq!(changes.left, [address(3)]);
    assert_eq!(changes.joined, ["new@example.test"]);
    cloud.activate(&b);
    cloud.activate(&c);
    let changes = users_sync(&stage).await.changes;
    assert_eq!(changes.restored, [address(2), address(3)], "who comes back is no newcomer");
    assert_eq!((changes.joined_count, changes.left_count), (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_left_keeps_the_archive_and_comes_back_to_it() {
    let stage = Stage::new(MemoryCloud::sample(6, 5, 2)).await;
    stage.sync().await;
    assert_closed(&stage.start(&["user1@example.test"]).await);
    let user = stage.cloud.user(&address(1)).unwrap();
    let kept = async || {
        let (id, owner) = (stage.connection, holdfast_model::Owner::User(user.clone()));
        let all = stage.engine.read(move |tx| Ok(archives::by_owner(tx, id, &owner)?)).await.unwrap();
        all.iter().map(|archive| archive.items).sum::<u64>()
    };
    let before = kept().await;
    assert!(before > 0);
    stage.cloud.change_user(&user, |user| user.account = Account::Deleted);
    assert_eq!(users_sync(&stage).await.changes.left, [address(1)]);
    assert_eq!(kept().await, before);
    stage.cloud.activate(&user);
    assert_eq!(users_sync(&stage).await.changes.restored, [address(1)]);
    assert_eq!(kept().await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_listing_that_breaks_off_or_loops_marks_nobody_deleted() {
    let stage = Stage::new(MemoryCloud::sample(40, 0, 0)).await;
    stage.sync().await;
    let known = there(&stage).await;
    for number in 1..=4 {
        let user = stage.cloud.user(&address(number)).unwrap();
        stage.cloud.delete_user(&user);
    }
    let forbidden = CloudError::new(ErrorKind::Forbidden, "notAuthorized", "no");
    for trouble in [Trouble::Fails(forbidden), Trouble::LoopsPage] {
        stage.cloud.fault(Fault::once(Op::Users, trouble));
        let what = SyncWhat::Users;
        let request = Request::Sync { connection: None, what, accept_mass_deletion: true };
        assert!(stage.perform(request).await.is_err());
        assert_eq!(there(&stage).await, known, "only a listing that finished may say so");
        stage.cloud.heal();
    }
    assert_eq!(users_sync(&stage).await.changes.left_count, 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_comes_in_each_day_and_before_backups_and_only_of_what_is_connected() {
    let stage = Stage::new(MemoryCloud::sample(3, 0, 0)).await;
    let worker = worker(&stage).await;
    let before = SyncWhen::BeforeBackup(stage.connection);
    assert_eq!(by_itself(&worker, SyncWhen::Daily).await, 3, "never synced: users, groups and org units");
    assert_eq!(by_itself(&worker, SyncWhen::Daily).await, 0);
    assert_eq!(by_itself(&worker, before).await, 0, "it is fresh");
    stage.clock.move_by(3600);
    assert_eq!(by_itself(&worker, SyncWhen::Daily).await, 0);
    assert_eq!(by_itself(&worker, before).await, 3);
    stage.clock.move_by(DAY - 60);
    assert_eq!(by_itself(&worker, SyncWhen::Daily).await, 0);
    stage.clock.move_by(120);
    assert_eq!(by_itself(&worker, SyncWhen::Daily).await, 3);
    let id = stage.connection;
    let next = stage.engine.read(move |tx| next_sync(tx, &connections::get(tx, id)?.unwrap())).await.unwrap();
    assert_eq!((next.unwrap().as_second() - stage.engine.now().as_second() + 5) / 10 * 10, DAY);
    stage.clock.move_by(2 * DAY);
    for unusable in [ConnectionState::Expired, ConnectionState::Disconnected] {
        stage.engine.write(move |tx| Ok(connections::set_state(tx, id, unusable, None)?)).await.unwrap();
        let asked = stage.cloud.all_requests();
        assert_eq!(by_itself(&worker, SyncWhen::Daily).await + by_itself(&worker, before).await, 0);
        assert_eq!(stage.cloud.all_requests(), asked, "{unusable}: nothing is even asked");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mass_deletion_found_by_itself_waits_for_a_person_and_is_told_once() {
    let stage = Stage::new(MemoryCloud::sample(9, 0, 0)).await;
    stage.sync().await;
    let known = there(&stage).await;
    for number in 1..=5 {
        let user = stage.cloud.user(&address(number)).unwrap();
        stage.cloud.delete_user(&user);
    }
    {
        let worker = worker(&stage).await;
        for _ in 0..2 {
            stage.clock.move_by(2 * DAY);
            assert_eq!(by_itself(&worker, SyncWhen::Daily).await, 0);
            assert_eq!(
                (there(&stage).await, causes(&stage).await),
                (known, vec!["directory.mass_deletion".into()])
            );
        }
    }
    let what = SyncWhat::Users;
    let sync = |accept_mass_deletion| Request::Sync { connection: None, what, accept_mass_deletion };
    assert_eq!(stage.perform(sync(false)).await.unwrap_err().code(), "directory.mass_deletion");
    stage.perform(sync(true)).await.unwrap();
    assert_eq!((there(&stage).await, causes(&stage).await), (known - 5, vec![]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_domains_that_would_lose_most_people_are_asked_about_together_and_each_for_itself() {
    let stage = Stage::new(MemoryCloud::sample(9, 0, 0)).await;
    let other = MemoryCloud::sample(6, 0, 0);
    other.set_tenant("T2");
    let second = stage::connect(&stage.engine, &other).await;
    stage.sync().await;
    let what = SyncWhat::Users;
    let sync = |connection, accept_mass_deletion| Request::Sync { connection, what, accept_mass_deletion };
    let there = || async { (there_of(&stage, stage.connection).await, there_of(&stage, second).await) };
    let delete = |cloud: &MemoryCloud, numbers: std::ops::RangeInclusive<u32>| {
        for number in numbers {
            let user = cloud.user(&address(number)).unwrap();
            cloud.delete_user(&user);
        }
    };
    let before = there().await;
    delete(&stage.cloud, 1..=5);
    let refused = stage.perform(sync(None, false)).await.unwrap_err();
    assert_eq!(refused.code(), "directory.mass_deletion");
    // The other Domain loses its people only after the question: the answer is not for it.
    delete(&other, 1..=4);
    let refused = stage.perform(sync(None, true)).await.unwrap_err();
    assert_eq!(refused.code(), "directory.mass_deletion");
    assert_eq!(there().await, (before.0 - 5, before.1), "the one that asked was answered");
    stage.perform(sync(None, true)).await.unwrap();
    assert_eq!(there().await, (before.0 - 5, before.1 - 4));

    delete(&stage.cloud, 6..=8);
    delete(&other, 5..=6);
    let both = stage.perform(sync(None, false)).await.unwrap_err().to_string();
    assert_eq!(both.matches("known users").count(), 2, "{both}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cloud_that_answers_with_nobody_or_the_same_person_again_and_again_asks_first() {
    let stage = Stage::new(MemoryCloud::sample(4, 0, 0)).await;
    stage.sync().await;
    let known = there(&stage).await;
    for number in 2..=4 {
        let user = stage.cloud.user(&address(number)).unwrap();
        stage.cloud.delete_user(&user);
    }
    // The one who is left is listed as often as there were people.
    let left = stage.cloud.user(&address(1)).unwrap();
    for _ in 0..known {
        stage.cloud.list_again(&left);
    }
    let what = SyncWhat::Users;
    let request = Request::Sync { connection: None, what, accept_mass_deletion: false };
    assert_eq!(stage.perform(request).await.unwrap_err().code(), "directory.mass_deletion");
    assert_eq!(there(&stage).await, known);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_cloud_that_fails_keeps_no_other_from_its_sync() {
    let stage = Stage::new(MemoryCloud::sample(2, 0, 0)).await;
    let other = MemoryCloud::sample(3, 0, 0);
    other.set_tenant("T2");
    let second = stage::connect(&stage.engine, &other).await;
    stage
        .cloud
        .fault(Fault::always(Op::Users, Trouble::Fails(CloudError::new(ErrorKind::Fatal, "broken", "no"))));
    let what = SyncWhat::Users;
    let request = Request::Sync { connection: None, what, accept_mass_deletion: false };
    assert_eq!(stage.perform(request).await.unwrap_err().code(), "cloud.refused");
    let good = stage.engine.read(move |tx| Ok(syncs::last_good(tx, second, SyncKind::Users)?)).await;
    assert!(good.unwrap().is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_call_finds_that_the_authorisation_lapsed_it_is_told_once_and_everywhere() {
    let calls = ["sync", "check", "count", "start", "run"];
    for call in calls {
        let stage = Stage::new(MemoryCloud::sample(3, 4, 2)).await;
        stage.sync().await;
        if call == "run" {
            assert_closed(&stage.start(&["user1@example.test"]).await);
        }
        stage.cloud.revoke();
        let (sender, mut heard) = tokio::sync::mpsc::channel(1_000);
        let events = Events::from(sender.clone());
        stage.engine.listen(&events);
        let user: UserId = stage.cloud.user(&address(1)).unwrap();
        for _ in 0..2 {
            let what = SyncWhat::All;
            let request = match call {
                "sync" => Some(Request::Sync { connection: None, what, accept_mass_deletion: false }),
                "start" => {
                    let selection = holdfast_engine::Selection {
                        users: vec![address(2)],
                        ..holdfast_engine::Selection::default()
                    };
                    Some(Request::Start { selection, policy: None, run_now: true })
                }
                "run" => Some(Request::Run { connection: None, user: None, service: None }),
                _ => None,
            };
            // Each fails or tells of failed Runs; what counts is what is known afterwards.
            match request {
                Some(request) => {
                    let done = stage.engine.perform(request, events.clone(), CancellationToken::new()).await;
                    if let Ok(Response::Ran { runs }) = &done {
                        assert_closed(runs);
                    }
                }
                None if call == "check" => {
                    stage.engine.check_connection(stage.connection).await.unwrap();
                }
                None => {
                    let gmail = holdfast_model::Service::Gmail;
                    stage.engine.expect(stage.connection, user.clone(), gmail).await.unwrap_err();
                }
            }
        }
        assert_eq!(state(&stage).await, ConnectionState::Expired, "{call}");
        assert_eq!(causes(&stage).await, ["connection.expired"], "{call}");
        let mut told = Vec::new();
        while let Ok(event) = heard.try_recv() {
            match event {
                Event::NotificationOpened { cause, .. } => told.push(cause),
                Event::ConnectionChanged { .. } => told.push("changed".to_owned()),
                _ => {}
            }
        }
        assert_eq!(told, ["connection.expired", "changed"], "{call}");
        // The same sign-in is good again: a test of the Connection finds that.
        stage.cloud.sign_in();
        stage.engine.check_connection(stage.connection).await.unwrap();
        assert_eq!(
            (state(&stage).await, causes(&stage).await),
            (ConnectionState::Connected, vec![]),
            "{call}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_late_failure_does_not_turn_a_disconnected_connection_into_an_expired_one() {
    let stage = Stage::new(MemoryCloud::sample(2, 30, 0)).await;
    stage.sync().await;
    let (engine, id) = (stage.engine.clone(), stage.connection);
    let (ended, end) = std::sync::mpsc::channel();
    stage.cloud.before(Op::Open, 10, move |cloud| {
        // A person disconnects while a backup runs; the next request is refused.
        let done =
            holdfast_engine::catalog::Catalog::open(engine.data_dir().catalogue()).and_then(|catalog| {
                catalog.write(|tx| connections::set_state(tx, id, ConnectionState::Disconnected, None))
            });
        ended.send(done.is_ok()).unwrap();
        cloud.revoke();
    });
    assert_closed(&stage.start(&["user1@example.test"]).await);
    assert!(end.recv().unwrap());
    assert_eq!((state(&stage).await, causes(&stage).await), (ConnectionState::Disconnected, vec![]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_admin_who_is_demoted_is_noticed_while_the_connection_still_works() {
    let stage = Stage::new(MemoryCloud::sample(3, 0, 0)).await;
    stage.sync().await;
    let admin = stage.cloud.user("admin@example.test").unwrap();
    let lost = vec!["connection.admin_lost".to_owned()];
    for (deed, expected) in [
        ((|user| user.is_admin = false) as fn(&mut holdfast_model::User), lost.clone()),
        (|_| {}, lost.clone()),
        (|user| user.is_admin = true, vec![]),
        (|user| user.account = Account::Suspended, lost.clone()),
        (|user| user.account = Account::Active, vec![]),
    ] {
        stage.cloud.change_user(&admin, deed);
        users_sync(&stage).await;
        assert_eq!((state(&stage).await, causes(&stage).await), (ConnectionState::Connected, expected));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_in_that_ends_soon_and_a_wrong_clock_are_told_while_there_is_time() {
    let stage = Stage::new(MemoryCloud::sample(2, 0, 0)).await;
    let ends = |days: i64, why| {
        let at = stage.engine.now().checked_add(jiff::SignedDuration::from_hours(days * 24)).unwrap();
        let since = Some(stage.engine.now());
        Authorisation { way: AuthorisedBy::SignIn, since, ends: Some(Ending { at, why }) }
    };
    stage.cloud.set_authorisation(ends(7, EndsBecause::Limited));
    stage.cloud.set_clock_ahead(-900);
    users_sync(&stage).await;
    assert_eq!(causes(&stage).await, ["clock.wrong", "connection.ending"]);
    let health = stage.engine.health(stage.connection).await.unwrap();
    assert_eq!(health.clock_ahead, Some(-900));
    assert_eq!(health.authorisation.way, AuthorisedBy::SignIn);
    stage.cloud.set_authorisation(ends(60, EndsBecause::Unused));
    stage.cloud.set_clock_ahead(2);
    stage.engine.check_connection(stage.connection).await.unwrap();
    assert_eq!(causes(&stage).await, [""; 0], "a test of the connection looks again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_syncs_of_one_directory_take_turns() {
    let stage = Arc::new(Stage::new(MemoryCloud::sample(5, 0, 0)).await);
    stage.sync().await;
    let worker = Arc::new(worker(&stage).await);
    // Someone joins after the first sync has listed everyone, before it is written.
    stage.cloud.before(Op::DomainScopes, 1, |cloud| drop(cloud.add_user("late@example.test")));
    let sync = || {
        let worker = Arc::clone(&worker);
        async move {
            let what = SyncWhat::Users;
            let request = Request::Sync { connection: None, what, accept_mass_deletion: false };
            worker.execute(request, &Events::nobody(), &CancellationToken::new()).await.unwrap();
        }
    };
    tokio::join!(sync(), sync());
    let id = stage.connection;
    let late =
        stage.engine.read(move |tx| Ok(users::by_address(tx, id, "late@example.test")?)).await.unwrap();
    assert!(late.unwrap().vanished_at.is_none(), "who joined in between is there");
}

/// `HOLDFAST_USERS=50000` measures with as many and prints the times.
#[tokio::test]
async fn a_sync_asks_a_few_statements_of_the_catalogue_for_each_person() {
    let count: u32 = std::env::var("HOLDFAST_USERS").map_or(200, |text| text.parse().unwrap());
    let cloud = MemoryCloud::sample(count, 0, 0);
    cloud.set_page_size(500);
    let stage = Stage::new(cloud).await;
    let timed = async |what: &str, request: Request| {
        stage.clock.move_by(60);
        let (start, before) = (std::time::Instant::now(), stage.engine.catalog().statements());
        stage.perform(request).await.unwrap();
        let asked = stage.engine.catalog().statements() - before;
        println!("{what:<40} {:>10.3?} {asked:>10} statements", start.elapsed());
        asked
    };
    let sync = || Request::Sync { connection: None, what: SyncWhat::All, accept_mass_deletion: false };
    let first = timed("first sync", sync()).await;
    let selection = Selection { users: (1..=count).map(address).collect(), ..Selection::default() };
    timed("everyone is protected", Request::Start { selection, policy: None, run_now: false }).await;
    let next = timed("next sync", sync()).await;
    for asked in [first, next] {
        assert!(asked <= 4 * u64::from(count) + 150, "{asked} statements for {count} people");
    }
}
