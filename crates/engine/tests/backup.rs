//! What a backup keeps, on a company in memory: first Run, next Runs, failures that heal, dead cursors.
#![allow(clippy::unwrap_used)] // A test fails by panicking.

use crate::stage;

use holdfast_clouds::contract::{CloudError, ErrorKind};
use holdfast_clouds::testkit::MemoryCloud;
use holdfast_clouds::testkit::memory::{Fault, NewItem, Op, Trouble};
use holdfast_model::RunResult;
use stage::{Stage, assert_closed, results};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn first_and_next_runs_equal_the_truth() {
    let cloud = MemoryCloud::sample(2, 250, 40);
    let stage = Stage::new(cloud).await;
    stage.sync().await;
    let runs = stage.start(&["user1@example.test", "user2@example.test"]).await;
    assert_closed(&runs);
    assert_eq!(results(&runs), [RunResult::Complete; 4]);
    for run in &runs {
        let there_are = if run.title.ends_with("Gmail") { 250 } else { 40 };
        let counted = (run.ledger.listed, run.ledger.stored);
        assert_eq!(counted, (there_are, there_are), "{}: the second listing counts none again", run.title);
    }
    let user = stage.cloud.user("user1@example.test").unwrap();
    let (mailbox, drive) = (MemoryCloud::mailbox(&user), MemoryCloud::drive(&user));
    stage.assert_equals_truth("user1@example.test", &mailbox).await;
    stage.assert_equals_truth("user1@example.test", &drive).await;

    let some = stage.cloud.truth(&mailbox, &Default::default());
    stage.cloud.remove(&mailbox, &some[0].id);
    stage.cloud.relabel(&mailbox, &some[1].id, &["STARRED"], &["INBOX"]);
    let added = stage.cloud.add(&mailbox, NewItem::mail("Subject: new\r\n\r\nnew\r\n").labels(&["INBOX"]));
    let files = stage.cloud.truth(&drive, &Default::default());
    stage.cloud.edit(&drive, &files[0].id, "other bytes");
    stage.cloud.rename(&drive, &files[1].id, "renamed.txt");
    let opened_before = stage.cloud.requests(Op::Open);
    let runs = stage.run().await;
    assert_closed(&runs);
    assert_eq!(results(&runs), [RunResult::Complete; 4]);
    assert_eq!(
        stage.cloud.requests(Op::Open) - opened_before,
        2,
        "one new mail and one edited file are read"
    );
    stage.assert_equals_truth("user1@example.test", &mailbox).await;
    stage.assert_equals_truth("user1@example.test", &drive).await;
    assert!(stage.cloud.truth(&mailbox, &Default::default()).iter().any(|item| item.id == added));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_bad_item_of_ten_thousand_is_quarantined_and_heals() {
    let cloud = MemoryCloud::sample(1, 10_000, 0);
    let user = cloud.user("user1@example.test").unwrap();
    let mailbox = MemoryCloud::mailbox(&user);
    let bad = cloud.truth(&mailbox, &Default::default())[7].id.clone();
    let stage = Stage::new(cloud).await;
    stage.sync().await;
    let passing = CloudError::new(ErrorKind::Retry { after: None }, "backendError", "try later");
    stage.cloud.fault(Fault::always(Op::Open, Trouble::Fails(passing)).on(&bad));
    let runs = stage.start(&["user1@example.test"]).await;
    assert_closed(&runs);
    let mail = runs.iter().find(|run| run.title.ends_with("Gmail")).unwrap();
    assert_eq!((mail.result, mail.ledger.stored, mail.ledger.quarantined), (RunResult::Partial, 9_999, 1));
    let runs = stage.run().await;
    let mail = runs.iter().find(|run| run.title.ends_with("Gmail")).unwrap();
    assert_eq!((mail.result, mail.ledger.quarantined), (RunResult::Partial, 1), "still tried, still failing");
    stage.cloud.heal();
    let runs = stage.run().await;
    assert_closed(&runs);
    let mail = runs.iter().find(|run| run.title.ends_with("Gmail")).unwrap();
    assert_eq!((mail.result, mail.ledger.stored), (RunResult::Complete, 1));
    stage.assert_equals_truth("user1@example.test", &mailbox).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_cursor_fetches_no_content_again_and_loses_nothing() {
    let cloud = MemoryCloud::sample(1, 150, 30);
    let user = cloud.user("user1@example.test").unwrap();
    let (mailbox, drive) = (MemoryCloud::mailbox(&user), MemoryCloud::drive(&user));
    let stage = Stage::new(cloud).await;
    stage.sync().await;
    stage.start(&["user1@example.test"]).await;
    let gone = stage.cloud.truth(&mailbox, &Default::default())[3].id.clone();
    stage.cloud.remove_silently(&mailbox, &gone);
    stage.cloud.expire_cursors(&mailbox);
    stage.cloud.expire_cursors(&drive);
    let opened_before = stage.cloud.requests(Op::Open);
    let runs = stage.run().await;
    assert_closed(&runs);
    assert_eq!(results(&runs), [RunResult::Complete; 2]);
    assert_eq!(stage.cloud.requests(Op::Open), opened_before);
    stage.assert_equals_truth("user1@example.test", &mailbox).await;
    stage.assert_equals_truth("user1@example.test", &drive).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_held_stays_when_it_can_no_longer_be_read() {
    let cloud = MemoryCloud::sample(1, 0, 5);
    let user = cloud.user("user1@example.test").unwrap();
    let drive = MemoryCloud::drive(&user);
    let file = cloud.truth(&drive, &Default::default())[0].clone();
    let stage = Stage::new(cloud).await;
    stage.sync().await;
    stage.start(&["user1@example.test"]).await;
    stage.cloud.edit(&drive, &file.id, "bytes that nobody may read");
    stage.cloud.forbid(&drive, &file.id, Some(holdfast_model::SkipReason::Abusive));
    let runs = stage.run().await;
    assert_closed(&runs);
    let run = runs.iter().find(|run| run.title.ends_with("Drive")).unwrap();
    assert_eq!((run.result, run.ledger.skipped), (RunResult::CompleteWithSkips, 1));
    let read = stage.engine.read_item(None, &file.id, None, std::io::sink()).await.unwrap();
    assert_eq!(Some(read), file.contents[0].size, "the previous version is still there");
}
