//! Reading the data again by itself: a part each week, all of it in eight.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A test that cannot go on fails.

use crate::stage;

use std::path::PathBuf;

use holdfast_clouds::testkit::memory::NewItem;
use holdfast_clouds::testkit::{Blob, MemoryCloud};
use holdfast_engine::catalog::notifications;
use holdfast_engine::{Events, VERIFY_PARTS};
use stage::Stage;
use tokio_util::sync::CancellationToken;

const WEEK: i64 = 7 * 24 * 3600;

/// The largest pack: one of contents. Folders are read each week, so a damaged pack of these is found each week.
fn pack_of_contents(stage: &Stage) -> PathBuf {
    let folders = std::fs::read_dir(stage.repository().join("data")).unwrap();
    folders
        .flat_map(|folder| std::fs::read_dir(folder.unwrap().path()).unwrap())
        .map(|file| file.unwrap().path())
        .max_by_key(|pack| pack.metadata().unwrap().len())
        .unwrap()
}

async fn causes(stage: &Stage) -> Vec<String> {
    let open = stage.engine.read(|tx| Ok(notifications::list_open(tx)?)).await.unwrap();
    open.into_iter().map(|one| one.cause).collect()
}

#[tokio::test]
async fn within_eight_weeks_a_damaged_byte_is_found_and_stays_told_until_it_is_gone() {
    let stage = Stage::new(MemoryCloud::sample(2, 20, 10)).await;
    let mailbox = MemoryCloud::mailbox(&stage.cloud.user("user1@example.test").unwrap());
    stage.cloud.add(&mailbox, NewItem::mail_of(Blob::made(1, 1 << 20)));
    stage.sync().await;
    stage.start(&["user1@example.test", "user2@example.test"]).await;
    assert_eq!(stage.engine.last_verification().await.unwrap(), None, "the first week has begun");
    let pack = pack_of_contents(&stage);
    let whole = std::fs::read(&pack).unwrap();
    let mut damaged = whole.clone();
    damaged[40] ^= 1;
    std::fs::remove_file(&pack).unwrap();
    std::fs::write(&pack, &damaged).unwrap();
    let worker = stage.engine.become_worker().await.unwrap().unwrap();
    let cancel = CancellationToken::new();
    let mut found_in = None;
    for week in 1..=VERIFY_PARTS {
        stage.clock.move_by(WEEK);
        worker.keep_in_order(&Events::nobody(), &cancel).await;
        let last = stage.engine.last_verification().await.unwrap().unwrap();
        if !last.ok {
            assert_eq!(found_in.replace(week), None, "one part holds it");
        } else {
            assert!(last.sentence.contains(&format!("part {week} of 8 of the data was read")), "{last:?}");
        }
        // The same week reads nothing more.
        worker.keep_in_order(&Events::nobody(), &cancel).await;
        assert_eq!(stage.engine.last_verification().await.unwrap().unwrap(), last);
    }
    assert!(found_in.is_some(), "eight weeks read everything");
    assert_eq!(causes(&stage).await, ["repository.damaged"], "a part that is whole does not undo it");
    drop(worker);
    std::fs::write(&pack, &whole).unwrap();
    assert!(stage.engine.verify(false, Events::nobody(), cancel.clone()).await.unwrap().is_sound());
    assert_eq!(causes(&stage).await, ["repository.damaged"], "nobody read it again");
    assert!(stage.engine.verify(true, Events::nobody(), cancel).await.unwrap().is_sound());
    assert_eq!(causes(&stage).await, Vec::<String>::new());
}
