//! Retention, deletion and erasing, each judged by what can still be restored.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A test that cannot go on fails.

use crate::stage;

use std::collections::BTreeSet;

use holdfast_clouds::testkit::MemoryCloud;
use holdfast_clouds::testkit::memory::{Fault, NewItem, Op, Trouble};
use holdfast_engine::catalog::{Protection, UserFilter, users};
use holdfast_engine::{
    Chore, ChoreKind, ChoreWait, EngineError, Event, Events, Request, Response, chores, licenses_free,
    notifications,
};
use holdfast_model::{Retention, RunResult, Service};
use stage::{KEY, Stage};
use tokio_util::sync::CancellationToken;

const ONE: &str = "user1@example.test";
const TWO: &str = "user2@example.test";
const DAY: i64 = 24 * 3600;

/// A bare repository of one day's run, then one run a day.
async fn days(count: usize) -> Stage {
    let stage = Stage::new(MemoryCloud::sample(2, 12, 6)).await;
    stage.sync().await;
    stage.start(&[ONE, TWO]).await;
    for _ in 1..count {
        next_day(&stage).await;
    }
    stage
}

/// A day later each of the two has a mail more.
async fn next_day(stage: &Stage) {
    stage.clock.move_by(DAY);
    for address in [ONE, TWO] {
        if let Some(user) = stage.cloud.user(address) {
            let text = format!("Subject: news for {address}\r\n\r\n{}\r\n", stage.engine.now());
            stage.cloud.add(&MemoryCloud::mailbox(&user), NewItem::mail(text).labels(&["INBOX"]));
        }
    }
    stage.run().await;
}

async fn set_retention(stage: &Stage, daily: u32) {
    let retention = Some(Retention { daily, ..Retention::default() });
    stage.perform(Request::SetRetention { connection: None, retention }).await.unwrap();
}

async fn is_protected(stage: &Stage, address: &str) -> Protection {
    let (connection, address) = (stage.connection, address.to_owned());
    let found = stage.engine.read(move |tx| Ok(users::by_address(tx, connection, &address)?)).await.unwrap();
    found.unwrap().protection
}

#[cfg_attr(windows, ignore = "stock restic judges, which is a program for Linux here")]
#[tokio::test]
async fn retention_removes_what_its_preview_says_and_restic_finds_the_rest_whole() {
    let stage = days(6).await;
    assert_eq!(stage.snapshot_count().await, 6);
    let rule = Some(Retention { daily: 2, ..Retention::default() });
    let preview = stage.engine.preview_retention(stage.connection, rule).await.unwrap();
    assert_eq!((preview.snapshots, preview.remove.len(), preview.held.clone()), (6, 4, None));
    assert!(preview.bytes > 0, "{preview:?}");
    assert_eq!(stage.snapshot_count().await, 6, "a preview removes nothing");
    set_retention(&stage, 2).await;
    // By itself, after the next backup, and not again the same day.
    next_day(&stage).await;
    assert_eq!(stage.snapshot_count().await, 2);
    stage.everything_is_there(&[ONE, TWO]).await;
    let Response::Pruned { removed_bytes, .. } = stage.perform(Request::Prune).await.unwrap() else {
        panic!()
    };
    assert!(removed_bytes <= 2 * preview.bytes + 100_000, "{removed_bytes} of {preview:?}");
    stage.is_whole().await;
    stage.everything_is_there(&[ONE, TWO]).await;
    // Storing goes on.
    next_day(&stage).await;
    stage.everything_is_there(&[ONE, TWO]).await;
}

#[tokio::test]
async fn the_last_good_copy_of_who_left_outlives_retention_and_a_rebuild() {
    let stage = days(2).await;
    let user = stage.cloud.user(ONE).unwrap();
    let kept = stage.cloud.truth(&MemoryCloud::mailbox(&user), &Default::default()).len() as u64;
    stage.perform(Request::SetPaused { user: ONE.into(), paused: true }).await.unwrap();
    set_retention(&stage, 1).await;
    for _ in 0..4 {
        stage.clock.move_by(DAY);
        let two = stage.cloud.user(TWO).unwrap();
        let text = format!("Subject: x\r\n\r\n{}\r\n", stage.engine.now());
        stage.cloud.add(&MemoryCloud::mailbox(&two), NewItem::mail(text));
        stage
            .perform(Request::Run { connection: None, user: Some(TWO.into()), service: None })
            .await
            .unwrap();
    }
    assert_eq!(stage.snapshot_count().await, 1);
    stage.everything_is_there(&[ONE, TWO]).await;
    // A catalogue made anew from what is left knows the good copy, too.
    let clock = stage.clock.clone();
    let fresh = stage::open(stage.folder.path().join("fresh"), &clock);
    fresh.take_repository(&stage.repository(), holdfast_engine::vault::Password::new(KEY)).await.unwrap();
    fresh.perform(Request::Rebuild, Events::nobody(), CancellationToken::new()).await.unwrap();
    let listed = fresh.list_items(ONE, holdfast_model::Service::Gmail, &[], None).await.unwrap();
    assert_eq!(listed.len() as u64, kept);
    let rule = fresh
        .read(|tx| {
            let known = holdfast_engine::catalog::connections::list(tx)?;
            holdfast_engine::retention_of(tx, known[0].id)
        })
        .await
        .unwrap();
    assert_eq!(rule, Some(Retention { daily: 1, ..Retention::default() }));
}

#[tokio::test]
async fn a_mass_change_holds_retention_until_a_person_releases_it() {
    let stage = Stage::new(MemoryCloud::sample(1, 5, 200)).await;
    stage.sync().await;
    stage.start(&[ONE]).await;
    set_retention(&stage, 1).await;
    let user = stage.cloud.user(ONE).unwrap();
    let drive = MemoryCloud::drive(&user);
    let files = stage.cloud.truth(&drive, &Default::default());
    stage.clock.move_by(DAY);
    for file in &files[..120] {
        stage.cloud.edit(&drive, &file.id, format!("encrypted {}", file.id));
    }
    for file in &files[120..140] {
        stage.cloud.remove(&drive, &file.id);
    }
    let before = stage.engine.now();
    stage.run().await;
    assert_eq!(stage.snapshot_count().await, 2, "nothing is removed");
    let holds = stage.engine.retention_holds().await.unwrap();
    assert_eq!(holds.len(), 1);
    assert!(
        holds[0].what.contains("user1@example.test Drive: 120 items changed and 20 vanished"),
        "{holds:?}"
    );
    assert!(holds[0].quiet_at.unwrap() < before);
    let Response::Forgotten { report } = stage.perform(Request::Forget { connection: None }).await.unwrap()
    else {
        panic!()
    };
    assert_eq!((report.removed, report.held.len()), (0, 1));
    let open =
        stage.engine.read(|tx| Ok(holdfast_engine::catalog::notifications::list_open(tx)?)).await.unwrap();
    assert_eq!(open.iter().map(|one| one.cause.as_str()).collect::<Vec<_>>(), ["retention.held"]);
    // A calm day does not let go of it.
    stage.clock.move_by(DAY);
    stage.run().await;
    assert_eq!(stage.engine.retention_holds().await.unwrap().len(), 1);
    stage.perform(Request::ReleaseRetention { connection: None }).await.unwrap();
    let again = stage.perform(Request::ReleaseRetention { connection: None }).await.unwrap_err();
    assert_eq!(again.code(), "input.not_found");
    stage.perform(Request::Forget { connection: None }).await.unwrap();
    assert_eq!(stage.snapshot_count().await, 1);
    assert!(
        stage
            .engine
            .read(|tx| Ok(holdfast_engine::catalog::notifications::list_open(tx)?))
            .await
            .unwrap()
            .is_empty()
    );
}

#[cfg_attr(windows, ignore = "stock restic judges, which is a program for Linux here")]
#[tokio::test]
async fn a_deletion_frees_the_license_can_be_undone_for_a_week_and_then_erases() {
    let stage = days(3).await;
    stage.perform(Request::SetLicenses { limit: Some(2) }).await.unwrap();
    let delete = Request::DeleteArchive { connection: None, user: ONE.into() };
    let keep = Request::KeepArchive { connection: None, user: ONE.into() };
    stage.perform(delete.clone()).await.unwrap();
    assert_eq!(is_protected(&stage, ONE).await, Protection::Excluded);
    assert_eq!(stage.engine.read(licenses_free).await.unwrap(), Some(1));
    stage.clock.move_by(5 * DAY);
    next_day(&stage).await;
    assert_eq!(stage.perform(keep.clone()).await.unwrap(), Response::Kept { is_protected: true });
    assert_eq!(is_protected(&stage, ONE).await, Protection::Protected);
    assert_eq!(stage.perform(keep).await.unwrap_err().code(), "input.not_found");
    next_day(&stage).await;
    stage.everything_is_there(&[ONE, TWO]).await;

    stage.perform(delete).await.unwrap();
    stage.clock.move_by(7 * DAY);
    next_day(&stage).await;
    assert_erased(&stage, ONE).await;
    assert!(stage.engine.deletions().await.unwrap().is_empty());
}

/// What has still to be removed.
async fn to_be_removed(stage: &Stage) -> Vec<Chore> {
    let now = stage.engine.now();
    stage.engine.read(move |tx| chores(tx, now)).await.unwrap()
}

async fn waits(stage: &Stage) -> ChoreWait {
    let mut found = to_be_removed(stage).await;
    assert_eq!(found.len(), 1, "{found:?}");
    let Chore { what, waits } = found.remove(0);
    assert!(matches!(&what, ChoreKind::Erase(deletion) if deletion.address == ONE), "{what:?}");
    waits
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_to_be_erased_says_what_it_waits_for_until_it_is_gone() {
    let stage = days(2).await;
    assert_eq!(to_be_removed(&stage).await, []);
    let asked = stage.perform(Request::DeleteArchive { connection: None, user: ONE.into() }).await.unwrap();
    let Response::ToBeDeleted { due, .. } = asked else { panic!("{asked:?}") };
    assert_eq!(waits(&stage).await, ChoreWait::Until(due), "its week");
    stage.clock.move_by(8 * DAY);
    assert_eq!(waits(&stage).await, ChoreWait::Nothing);

    // The disk is not there.
    let (told, mut heard) = tokio::sync::mpsc::channel(64);
    let (events, cancel) = (Events::from(told), CancellationToken::new());
    let worker = std::sync::Arc::new(stage.engine.become_worker().await.unwrap().unwrap());
    let (place, away) = (stage.repository(), stage.folder.path().join("away"));
    std::fs::rename(&place, &away).unwrap();
    worker.keep_in_order(&events, &cancel).await;
    let ChoreWait::Trouble(trouble) = waits(&stage).await else { panic!("{:?}", waits(&stage).await) };
    assert!(notifications::is_of_storage(&trouble.code), "{trouble:?}");
    assert_eq!(trouble.since, stage.engine.now());
    let mut is_told = || std::iter::from_fn(|| heard.try_recv().ok()).any(|event| event == Event::TidiedUp);
    assert!(is_told(), "the page is to ask again");
    stage.clock.move_by(60);
    worker.keep_in_order(&events, &cancel).await;
    assert_eq!(waits(&stage).await, ChoreWait::Trouble(trouble), "since it was first seen");
    std::fs::rename(&away, &place).unwrap();

    // A backup runs, and does not end.
    let user = stage.cloud.user(TWO).unwrap();
    let mailbox = MemoryCloud::mailbox(&user);
    stage.cloud.add(&mailbox, NewItem::mail("Subject: slow\r\n\r\nslow\r\n").labels(&["INBOX"]));
    stage.cloud.fault(Fault::always(Op::Open, Trouble::Hangs).of(&mailbox));
    let archives = stage.engine.archives_to_run(None, Some(TWO.into()), Some(Service::Gmail)).await.unwrap();
    worker.execute(Request::Begin { archives }, &events, &cancel).await.unwrap();
    worker.keep_in_order(&events, &cancel).await;
    assert_eq!(waits(&stage).await, ChoreWait::Runs(1));
    is_told();
    worker.cancel_runs().await;
    worker.runs_ended().await;
    assert_eq!(to_be_removed(&stage).await, [], "it was done as soon as the backup had ended");
    assert!(is_told());
}

/// Nothing of a user is left: no folder, no line of state, no byte; all else is whole.
async fn assert_erased(stage: &Stage, address: &str) {
    let user = stage.cloud.user(address).unwrap();
    let vault = stage.engine.vault().await.unwrap();
    for snapshot in vault.snapshots().unwrap() {
        let listed = stage.restic(&["ls", &snapshot.id.to_string()]);
        let below = format!("/{}/", holdfast_model::file_stem(user.as_str()));
        assert!(!listed.contains(&below), "{listed}");
        assert!(!listed.lines().any(|line| line.ends_with(below.trim_end_matches('/'))), "{listed}");
    }
    assert_eq!(vault.unused_bytes().unwrap(), 0);
    stage.is_whole().await;
    stage.everything_is_there(&[TWO]).await;
    stage.snapshot_count().await;
}

#[cfg_attr(windows, ignore = "stock restic judges, which is a program for Linux here")]
#[tokio::test]
async fn erased_now_no_blob_that_only_this_user_had_is_left() {
    let stage = days(3).await;
    let vault = stage.engine.vault().await.unwrap();
    let (mut own, mut others) = (BTreeSet::new(), BTreeSet::new());
    let user = holdfast_model::file_stem(stage.cloud.user(ONE).unwrap().as_str());
    for snapshot in vault.snapshots().unwrap() {
        for entry in vault.tree(snapshot.id).unwrap().walk::<&str>(&[]).unwrap() {
            let entry = entry.unwrap();
            if let holdfast_engine::vault::EntryKind::File { blobs, .. } = entry.entry.kind {
                let whose = if entry.folder.contains(&user) { &mut own } else { &mut others };
                whose.extend(blobs);
            }
        }
    }
    let own: BTreeSet<_> = own.difference(&others).collect();
    assert!(own.len() > 15);
    let erased = stage.perform(Request::EraseNow { connection: None, user: ONE.into() }).await.unwrap();
    let Response::Erased { report: Some(report) } = erased else { panic!("{erased:?}") };
    assert_eq!(report.rewritten, 3);
    assert!(report.removed_bytes > 0);
    assert_erased(&stage, ONE).await;
    let listed = stage.restic(&["list", "blobs"]);
    for blob in own {
        assert!(!listed.contains(&blob.to_string()), "{blob}");
    }
    let gone = stage.perform(Request::EraseNow { connection: None, user: ONE.into() }).await.unwrap_err();
    assert!(matches!(gone, EngineError::NotFound { .. }), "{gone:?}");
    // The other one is backed up as before, and the user can be chosen anew.
    next_day(&stage).await;
    stage.everything_is_there(&[TWO]).await;
    let runs = stage.start(&[ONE]).await;
    assert!(runs.iter().all(|run| run.result == RunResult::Complete));
    stage.everything_is_there(&[ONE, TWO]).await;
    let filter = UserFilter::default();
    let connection = stage.connection;
    assert!(stage.engine.read(move |tx| Ok(users::count(tx, connection, &filter)?)).await.unwrap() >= 2);
}
