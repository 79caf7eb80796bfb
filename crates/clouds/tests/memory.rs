//! The in-memory cloud's own manners, beside what the conformance suite asks of every cloud.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A broken expectation is a failed test.

use futures::StreamExt;
use holdfast_clouds::contract::{Change, Cloud, CloudError, ErrorKind, ItemRef, Reach};
use holdfast_clouds::testkit::memory::{Fault, NewItem, Op, Trouble};
use holdfast_clouds::testkit::{Blob, MemoryCloud};
use holdfast_model::{Policy, Scope};

fn reach(scope: &Scope) -> Reach {
    Reach { scope: scope.clone(), address: String::new(), policy: Policy::default() }
}

async fn all(cloud: &MemoryCloud, reach: &Reach) -> Result<Vec<Change>, CloudError> {
    cloud.changes(reach, None).collect::<Vec<_>>().await.into_iter().collect()
}

fn mailbox(cloud: &MemoryCloud, user: &str) -> Scope {
    MemoryCloud::mailbox(&cloud.user(user).expect("the sample has this user"))
}

#[tokio::test]
async fn what_a_person_does_during_a_listing_is_told_by_its_checkpoint() {
    let cloud = MemoryCloud::sample(1, 5, 0);
    cloud.set_page_size(2);
    let mailbox = mailbox(&cloud, "user1@example.test");
    let meanwhile = mailbox.clone();
    cloud.before(Op::List, 2, move |cloud| {
        cloud.add(&meanwhile, NewItem::mail("late").with_id("late"));
    });
    let reach = reach(&mailbox);
    let listed = all(&cloud, &reach).await.unwrap();
    let Some(Change::Checkpoint(cursor)) = listed.last() else { panic!("no checkpoint: {listed:?}") };
    let next: Vec<_> = cloud.changes(&reach, Some(cursor)).collect().await;
    assert!(
        next.iter()
            .any(|change| matches!(change, Ok(Change::Upsert(upsert)) if upsert.id.as_str() == "late")),
        "{next:?}"
    );
}

#[tokio::test]
async fn a_fault_hits_only_what_it_names_and_as_often_as_it_says() {
    let cloud = MemoryCloud::sample(2, 3, 0);
    let (first, second) = (mailbox(&cloud, "user1@example.test"), mailbox(&cloud, "user2@example.test"));
    let error = CloudError::new(ErrorKind::Fatal, "made", "for this test");
    cloud.fault(Fault::once(Op::List, Trouble::Fails(error.clone())).of(&first));
    assert!(all(&cloud, &reach(&second)).await.is_ok());
    assert_eq!(all(&cloud, &reach(&first)).await, Err(error));
    assert!(all(&cloud, &reach(&first)).await.is_ok());
}

#[tokio::test]
async fn a_huge_file_is_made_while_it_is_read() {
    let cloud = MemoryCloud::sample(1, 0, 0);
    let drive = MemoryCloud::drive(&cloud.user("user1@example.test").unwrap());
    let content = Blob::made(3, 3_000_001);
    let id = cloud.add(&drive, NewItem::file_of("big.bin", content.clone()));
    cloud.fault(Fault::once(Op::Read, Trouble::Cuts(1_000_000)));
    let opened = cloud.open(&reach(&drive), &ItemRef { id, meta: None }).await.unwrap();
    let body = opened.contents.into_iter().next().unwrap().body;
    let pieces: Vec<_> = body.collect::<Vec<_>>().await.into_iter().map(Result::unwrap).collect();
    assert_eq!(pieces.concat(), content.bytes());
    assert_eq!(cloud.requests(Op::Read), 2);
}
