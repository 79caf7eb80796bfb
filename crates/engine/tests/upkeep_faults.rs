//! Each write of the catalogue that erasing, retention and giving space back rest on is refused once, as if the process had
//! died just before it: nothing that is kept is lost, and what was begun is done by the next one.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)] // A test that cannot go on fails.

use crate::stage;

use holdfast_clouds::testkit::MemoryCloud;
use holdfast_clouds::testkit::memory::NewItem;
use holdfast_engine::{Events, Request, Response};
use holdfast_model::Retention;
use stage::Stage;
use stage::writes::{self, OF_ERASING, OF_PRUNING, OF_RETENTION};
use tokio_util::sync::CancellationToken;

/// Asks for something whose write is refused: it ends there.
async fn ends_before(stage: &Stage, write: &str, request: Request) {
    writes::refuse(stage, write);
    let ended = stage.perform(request).await;
    writes::allow(stage);
    let error = ended.expect_err(write);
    assert!(format!("{error:?}").contains("refused"), "{write}: {error:?}");
}

fn address(number: usize) -> String {
    format!("user{number}@example.test")
}

async fn days(people: usize, count: usize) -> Stage {
    let stage = Stage::new(MemoryCloud::sample(u32::try_from(people).unwrap(), 6, 2)).await;
    stage.sync().await;
    let all: Vec<String> = (1..=people).map(address).collect();
    stage.start(&all.iter().map(String::as_str).collect::<Vec<_>>()).await;
    for _ in 1..count {
        another_day(&stage, people).await;
    }
    stage
}

/// A day later the last of the people has a mail more.
async fn another_day(stage: &Stage, people: usize) {
    stage.clock.move_by(24 * 3600);
    let user = stage.cloud.user(&address(people)).unwrap();
    let text = format!("Subject: news\r\n\r\n{}\r\n", stage.engine.now());
    stage.cloud.add(&MemoryCloud::mailbox(&user), NewItem::mail(text));
    stage.run().await;
}

/// Catalogue and Repository name the same snapshots, restic finds them whole, and this person's data is what the Cloud has.
async fn all_is_well(stage: &Stage, person: &str) {
    stage.snapshot_count().await;
    stage.everything_is_there(&[person]).await;
    stage.is_whole().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erasure_that_ends_before_any_of_its_writes_goes_on_by_itself_and_takes_nothing_else() {
    let people = OF_ERASING.len() + 1;
    let stage = days(people, 3).await;
    for (at, write) in OF_ERASING.iter().enumerate() {
        let user = stage.cloud.user(&address(at + 1)).unwrap();
        let erase = || Request::EraseNow { connection: None, user: user.0.clone() };
        ends_before(&stage, write, erase()).await;
        if stage.engine.deletions().await.unwrap().is_empty() {
            // It was not even noted: it is asked for again.
            assert_eq!(at, 0, "{write}");
            let erased = stage.perform(erase()).await.unwrap();
            assert!(matches!(erased, Response::Erased { report: Some(_) }), "{erased:?}");
        } else {
            let worker = stage.engine.become_worker().await.unwrap().unwrap();
            worker.keep_in_order(&Events::nobody(), &CancellationToken::new()).await;
        }
        assert_eq!(stage.engine.deletions().await.unwrap(), [], "{write}");
        let vault = stage.engine.vault().await.unwrap();
        assert_eq!(vault.unused_bytes().unwrap(), 0, "{write}");
        let name = holdfast_model::file_stem(user.as_str());
        for snapshot in vault.snapshots().unwrap() {
            for entry in vault.tree(snapshot.id).unwrap().walk::<&str>(&[]).unwrap() {
                let entry = entry.unwrap();
                let is_of_it = entry.folder.contains(&name) || entry.entry.name == name;
                assert!(!is_of_it, "{write}: {entry:?}");
            }
        }
        // Who comes next is still there.
        let next = stage.cloud.user(&address(at + 2)).unwrap();
        stage.assert_equals_truth(&address(at + 2), &MemoryCloud::mailbox(&next)).await;
    }
    all_is_well(&stage, &address(people)).await;
    another_day(&stage, people).await;
    all_is_well(&stage, &address(people)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn retention_and_prune_that_end_before_any_of_their_writes_lose_nothing_that_is_kept() {
    let stage = days(2, 2).await;
    // What is kept of who rests is told by ever later snapshots.
    stage.perform(Request::SetPaused { user: address(1), paused: true }).await.unwrap();
    // It is applied when it is asked for, not after each backup.
    let retention = || Some(Retention { daily: 1, ..Retention::default() });
    let set = |retention| Request::SetRetention { connection: None, retention };
    for write in OF_RETENTION {
        stage.perform(set(None)).await.unwrap();
        another_day(&stage, 2).await;
        stage.perform(set(retention())).await.unwrap();
        ends_before(&stage, write, Request::Forget { connection: None }).await;
        let person = stage.cloud.user(&address(1)).unwrap();
        stage.assert_equals_truth(&address(1), &MemoryCloud::mailbox(&person)).await;
        stage.perform(Request::Forget { connection: None }).await.unwrap();
        let left = stage.engine.vault().await.unwrap().snapshots().unwrap().len();
        assert_eq!(left, 1, "{write}");
        all_is_well(&stage, &address(2)).await;
    }
    for write in OF_PRUNING {
        stage.perform(set(None)).await.unwrap();
        another_day(&stage, 2).await;
        stage.perform(set(retention())).await.unwrap();
        stage.perform(Request::Forget { connection: None }).await.unwrap();
        ends_before(&stage, write, Request::Prune).await;
        all_is_well(&stage, &address(2)).await;
        stage.perform(Request::Prune).await.unwrap();
        all_is_well(&stage, &address(2)).await;
    }
    for person in [1, 2] {
        all_is_well(&stage, &address(person)).await;
    }
}
