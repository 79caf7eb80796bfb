//! `kill -9` while a user is erased, retention removes snapshots, space is given back, or settings change: another process of
//! the program does the work and is killed over and over. Nothing else is lost, and restic finds the rest whole; on Windows,
//! where stock restic is no program, our own check does.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A test that cannot go on fails.

use crate::stage;

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use holdfast_clouds::testkit::MemoryCloud;
use holdfast_clouds::testkit::memory::NewItem;
use holdfast_engine::catalog::{Level, PauseTarget, connections, org_units, pauses, policies, rules};
use holdfast_engine::vault::Password;
use holdfast_engine::{AutoBackupTarget, Events, ManualClock, PolicyTarget, Request};
use holdfast_model::{ConnectionId, OrgUnitId, PolicyOverride, Retention, Service, SizeLimit, Timestamp};
use stage::{KEY, Stage};
use tokio_util::sync::CancellationToken;

const ONE: &str = "user1@example.test";
const TWO: &str = "user2@example.test";
const THREE: &str = "user3@example.test";
const FOLDER: &str = "HOLDFAST_TEST_KILLED_FOLDER";
const WHAT: &str = "HOLDFAST_TEST_KILLED_REQUEST";
const NOW: &str = "HOLDFAST_TEST_KILLED_NOW";
const FIRST: &str = "HOLDFAST_TEST_KILLED_FIRST";
/// Kills after which the work is left to end.
const MOST_KILLS: u64 = 2;
/// Far longer than any of it takes.
const PATIENCE: Duration = Duration::from_secs(120);

/// The other process. Does nothing unless a test here starts it.
#[tokio::test]
async fn the_process_that_is_killed() {
    let (Ok(folder), Ok(what), Ok(now)) = (std::env::var(FOLDER), std::env::var(WHAT), std::env::var(NOW))
    else {
        return;
    };
    let clock = std::sync::Arc::new(ManualClock::at(now.parse().unwrap()));
    let engine = stage::open(std::path::Path::new(&folder).join("data"), &clock);
    stage::give_key(&engine, Password::new(KEY)).await;
    let request: Request = serde_json::from_str(&what).unwrap();
    println!("begun");
    engine.perform(request, Events::nobody(), CancellationToken::new()).await.unwrap();
    println!("done");
}

/// The other process that changes settings, one after the other, each told when it holds. Does nothing unless a test here
/// starts it.
#[tokio::test]
async fn the_process_that_is_killed_while_it_changes_settings() {
    let (Ok(folder), Ok(first), Ok(now)) = (std::env::var(FOLDER), std::env::var(FIRST), std::env::var(NOW))
    else {
        return;
    };
    let clock = std::sync::Arc::new(ManualClock::at(now.parse().unwrap()));
    let engine = stage::open(std::path::Path::new(&folder).join("data"), &clock);
    stage::give_key(&engine, Password::new(KEY)).await;
    let unit = engine.read(|tx| {
        let connection = connections::list(tx)?.remove(0).id;
        Ok((connection, org_units::list(tx, connection)?.remove(0).org_unit.id))
    });
    let (connection, unit) = unit.await.unwrap();
    // Of the same shape: settings ask what there could be for whom, and read nothing.
    engine.use_cloud(connection, std::sync::Arc::new(MemoryCloud::sample(3, 0, 0)));
    for number in first.parse::<u64>().unwrap().. {
        for request in settings(connection, &unit, number) {
            engine.perform(request, Events::nobody(), CancellationToken::new()).await.unwrap();
        }
        println!("holds {number}");
    }
}

/// All settings of one number: of an org unit and of the Domain, who is protected later, a pause.
fn settings(connection: ConnectionId, unit: &OrgUnitId, number: u64) -> [Request; 4] {
    let policy = numbered(number);
    let target = AutoBackupTarget::OrgUnit { id: unit.clone(), include_sub_units: false };
    let who = PauseTarget::OrgUnit { connection, id: unit.clone() };
    let pause =
        if number.is_multiple_of(2) { Request::Pause { who, until: None } } else { Request::Unpause { who } };
    [
        Request::SetPolicy {
            connection: None,
            target: PolicyTarget::OrgUnit(unit.clone()),
            policy: policy.clone(),
        },
        Request::SetPolicy { connection: None, target: PolicyTarget::Domain, policy },
        Request::SetAutoBackup { connection, target, on: number.is_multiple_of(2) },
        pause,
    ]
}

/// A policy of which every field tells the same number.
fn numbered(number: u64) -> PolicyOverride {
    PolicyOverride {
        exclude_larger_than: Some(SizeLimit::Bytes(number)),
        exclude_extensions: Some([format!("x{number}")].into()),
        exclude_labels: Some([format!("Label_{number}")].into()),
        ..PolicyOverride::default()
    }
}

/// Another process that performs a request, killed at the latest with the test.
struct Other {
    child: Child,
    heard: Receiver<String>,
}

impl Other {
    fn begins(stage: &Stage, request: &Request) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "upkeep_kills::the_process_that_is_killed", "--nocapture"])
            .env(FOLDER, stage.folder.path())
            .env(WHAT, serde_json::to_string(request).unwrap())
            .env(NOW, stage.engine.now().to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (told, heard) = channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                // The test ends when it has heard enough.
                let _nobody_hears = told.send(line);
            }
        });
        let other = Self { child, heard };
        assert!(other.says("begun", PATIENCE), "it does not begin");
        other
    }

    /// Whether it says this before so much time has passed, or it ends.
    fn says(&self, word: &str, patience: Duration) -> bool {
        let end = Instant::now() + patience;
        while let Ok(line) = self.heard.recv_timeout(end.saturating_duration_since(Instant::now())) {
            if line.ends_with(word) {
                return true;
            }
        }
        false
    }

    #[cfg(unix)] // Only there a write can be held.
    fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to end.
        let _ended = self.child.kill();
        let _waited = self.child.wait();
    }
}

/// Begins a request in another process, which is killed in the middle of each of these writes: it cannot get past them.
#[cfg(unix)]
fn kill_in_each(stage: &Stage, request: &Request, points: &[&str]) {
    for write in points {
        stage::writes::hold(stage, write);
        let mut other = Other::begins(stage, request);
        while !stage::writes::is_held(stage) {
            assert!(!other.has_ended(), "it ended without {write}");
        }
        other.kill();
        stage::writes::allow(stage);
    }
}

/// Performs a request in another process, which is killed at ever later times, wherever it is then, until it comes to its
/// end.
fn perform_and_kill(stage: &Stage, request: &Request) {
    for kills in 0.. {
        let mut other = Other::begins(stage, request);
        // Time grows with each kill, so that all of the work is hit from its start to its end.
        let patience = if kills < MOST_KILLS { Duration::from_millis(40 + 260 * kills) } else { PATIENCE };
        if other.says("done", patience) {
            assert!(other.child.wait().unwrap().success());
            return;
        }
        assert!(kills < MOST_KILLS, "it does not come to its end");
        other.kill();
    }
}

async fn days(count: usize) -> Stage {
    let stage = Stage::new(MemoryCloud::sample(3, 60, 30)).await;
    stage.sync().await;
    stage.start(&[ONE, TWO, THREE]).await;
    for _ in 1..count {
        another_day(&stage).await;
    }
    stage
}

async fn another_day(stage: &Stage) {
    stage.clock.move_by(24 * 3600);
    for address in [ONE, TWO, THREE] {
        let user = stage.cloud.user(address).unwrap();
        let text = format!("Subject: news for {address}\r\n\r\n{}\r\n", stage.engine.now());
        stage.cloud.add(&MemoryCloud::mailbox(&user), NewItem::mail(text));
    }
    stage.run().await;
}

/// All that is to be there is, and what comes next is stored as before.
async fn all_is_well(stage: &Stage, addresses: &[&str]) {
    stage.is_whole().await;
    another_day(stage).await;
    stage.everything_is_there(addresses).await;
    stage.is_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_killed_at_any_point_goes_on_and_takes_nothing_else() {
    let stage = days(5).await;
    let before = stage.snapshot_count().await;
    let user = |address: &str| stage.cloud.user(address).unwrap().0;
    let erase = |address| Request::EraseNow { connection: None, user: user(address) };
    #[cfg(unix)]
    {
        kill_in_each(&stage, &erase(ONE), stage::writes::OF_ERASING);
        assert_eq!(stage.engine.deletions().await.unwrap().len(), 1, "it is not forgotten");
    }
    stage.perform(erase(ONE)).await.unwrap();
    perform_and_kill(&stage, &erase(TWO));
    assert!(stage.engine.deletions().await.unwrap().is_empty());
    assert_eq!(stage.snapshot_count().await, before, "each once");
    all_is_well(&stage, &[THREE]).await;
    let vault = stage.engine.vault().await.unwrap();
    let names = [ONE, TWO].map(|address| holdfast_model::file_stem(&user(address)));
    for snapshot in vault.snapshots().unwrap() {
        for entry in vault.tree(snapshot.id).unwrap().walk::<&str>(&[]).unwrap() {
            let entry = entry.unwrap();
            let is_of = |name: &String| entry.folder.contains(name) || entry.entry.name == *name;
            assert!(!names.iter().any(is_of), "{entry:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn retention_and_prune_killed_at_any_point_lose_nothing_that_is_kept() {
    let stage = days(4).await;
    // What is kept of who rests is told by ever later snapshots.
    stage.perform(Request::SetPaused { user: ONE.into(), paused: true }).await.unwrap();
    // It is applied when it is asked for, not after each backup.
    let set = |retention| Request::SetRetention { connection: None, retention };
    let two_days = || Some(Retention { daily: 2, ..Retention::default() });
    let forget = Request::Forget { connection: None };
    let kept = stage.kept(ONE, Service::Gmail).await;

    for _ in 0..3 {
        another_day(&stage).await;
    }
    stage.perform(set(two_days())).await.unwrap();
    #[cfg(unix)]
    kill_in_each(&stage, &forget, stage::writes::OF_RETENTION);
    stage.perform(forget.clone()).await.unwrap();
    assert_eq!(stage.snapshot_count().await, 2);
    perform_and_kill(&stage, &Request::Prune);
    stage.is_whole().await;
    stage.everything_is_there(&[TWO, THREE]).await;

    stage.perform(set(None)).await.unwrap();
    for _ in 0..3 {
        another_day(&stage).await;
    }
    stage.perform(set(two_days())).await.unwrap();
    perform_and_kill(&stage, &forget);
    assert_eq!(stage.snapshot_count().await, 2);
    #[cfg(unix)]
    kill_in_each(&stage, &Request::Prune, stage::writes::OF_PRUNING);
    stage.perform(Request::Prune).await.unwrap();
    stage.is_whole().await;
    assert_eq!(stage.kept(ONE, Service::Gmail).await, kept, "of who rests");
    stage.perform(Request::SetPaused { user: ONE.into(), paused: false }).await.unwrap();
    all_is_well(&stage, &[ONE, TWO, THREE]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_killed_at_any_point_hold_whole_or_not_at_all() {
    let stage = days(1).await;
    let (connection, unit) = {
        let connection = stage.connection;
        let unit = stage.engine.read(move |tx| Ok(org_units::list(tx, connection)?.remove(0).org_unit.id));
        (connection, unit.await.unwrap())
    };
    let mut held = 0;
    for kills in 0..8 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "upkeep_kills::the_process_that_is_killed_while_it_changes_settings",
                "--nocapture",
            ])
            .env(FOLDER, stage.folder.path())
            .env(FIRST, (held + 1).to_string())
            .env(NOW, stage.engine.now().to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut told = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let number =
            |line: String| line.rsplit_once("holds ").and_then(|(_, number)| number.parse::<u64>().ok());
        held = told.by_ref().find_map(number).expect("some settings hold");
        // A moment that is another one each time, from the first deed after that to some of them.
        let (_never_told, nothing) = std::sync::mpsc::channel::<()>();
        assert!(nothing.recv_timeout(Duration::from_micros(300 + 2_700 * kills)).is_err());
        child.kill().unwrap();
        child.wait().unwrap();
        held = told.filter_map(number).last().unwrap_or(held);

        let of_unit = unit.clone();
        let read = stage.engine.read(move |tx| {
            let of_unit = policies::get(tx, connection, Level::OrgUnit, of_unit.as_str())?.unwrap();
            let of_domain = policies::get(tx, connection, Level::Domain, "")?.unwrap();
            Ok((
                of_unit,
                of_domain,
                rules::list(tx, connection)?.len(),
                pauses::list(tx, Timestamp::MAX)?.len(),
            ))
        });
        let (of_unit, of_domain, rules, pauses) = read.await.unwrap();
        let at = [&of_unit, &of_domain].map(|policy| match policy.exclude_larger_than {
            Some(SizeLimit::Bytes(number)) => number,
            other => panic!("{other:?}"),
        });
        assert_eq!([of_unit, of_domain], at.map(numbered), "each is whole");
        assert!(at.iter().all(|at| (held..=held + 1).contains(at)), "{at:?} where {held} was told to hold");
        assert!(at[0] >= at[1], "in their order: {at:?}");
        let on = |at: u64| usize::from(at.is_multiple_of(2));
        assert!([on(held), on(held + 1)].contains(&rules) && [on(held), on(held + 1)].contains(&pauses));
        let log = stage.engine.audit_log(None, 1).await.unwrap();
        assert_eq!((log.chain.broken_at, log.chain.sound), (None, log.total));
        held = at[0];
    }
    for target in [PolicyTarget::OrgUnit(unit.clone()), PolicyTarget::Domain] {
        let policy = PolicyOverride::default();
        stage.perform(Request::SetPolicy { connection: None, target, policy }).await.unwrap();
    }
    stage.perform(Request::Unpause { who: PauseTarget::OrgUnit { connection, id: unit } }).await.unwrap();
    all_is_well(&stage, &[ONE, TWO]).await;
}
