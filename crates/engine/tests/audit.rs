//! The audit log records who did what, also where another process asked, and what came of it.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A test that cannot go on fails.

use crate::stage;

use holdfast_clouds::testkit::MemoryCloud;
use holdfast_engine::{Events, PolicyTarget, Request, os_user};
use holdfast_model::{ItemId, PolicyOverride, Service};
use stage::Stage;
use tokio_util::sync::CancellationToken;

const ANNA: &str = "user1@example.test";

/// `who what subject outcome`, oldest first.
async fn deeds(stage: &Stage) -> Vec<String> {
    let log = stage.engine.audit_log(None, 1000).await.unwrap();
    assert_eq!(log.chain.broken_at, None);
    assert_eq!(log.chain.sound, log.total);
    let told = log.rows.into_iter().rev().map(|(_, one)| {
        assert_eq!(one.who, os_user());
        format!("{} {} {}", one.what, one.subject, one.outcome)
    });
    told.filter(|deed| !deed.starts_with("repository.make")).collect()
}

#[tokio::test]
async fn changes_views_restores_and_checks_are_recorded_with_their_outcome() {
    let stage = Stage::new(MemoryCloud::sample(1, 3, 1)).await;
    stage.sync().await;
    stage.start(&[ANNA]).await;
    stage.perform(Request::SetPaused { user: ANNA.into(), paused: true }).await.unwrap();
    stage.perform(Request::SetPaused { user: "nobody@x".into(), paused: true }).await.unwrap_err();
    stage.perform(Request::SetLicenses { limit: Some(7) }).await.unwrap();
    let policy = PolicyOverride { frequency_hours: Some(6), ..PolicyOverride::default() };
    stage
        .perform(Request::SetPolicy { connection: None, target: PolicyTarget::Domain, policy })
        .await
        .unwrap();
    for _ in 0..3 {
        stage.engine.list_items(ANNA, Service::Gmail, &[], None).await.unwrap();
    }
    stage.engine.read_item(Some(ANNA), &ItemId("no-such".into()), None, std::io::sink()).await.unwrap_err();
    stage.engine.verify(true, Events::nobody(), CancellationToken::new()).await.unwrap();
    let expected = [
        "protection.add USER:user1@example.test ok",
        "schedule.pause user1@example.test ok",
        "schedule.pause nobody@x input.not_found",
        "licenses.set 7 ok",
        "policy.set example.test ok",
        "view user1@example.test/gmail ok",
        "view.item user1@example.test: no-such input.not_found",
        "verify every byte ok",
    ];
    assert_eq!(deeds(&stage).await, expected);
    // What is looked at again later is recorded again.
    stage.clock.move_by(601);
    stage.engine.list_items(ANNA, Service::Gmail, &[], None).await.unwrap();
    assert_eq!(deeds(&stage).await.len(), expected.len() + 1);
}

#[tokio::test]
async fn what_another_process_asks_is_recorded_by_the_one_that_does_it() {
    let stage = Stage::new(MemoryCloud::sample(1, 3, 1)).await;
    stage.sync().await;
    let worker = std::sync::Arc::new(stage.engine.become_worker().await.unwrap().unwrap());
    let stop = CancellationToken::new();
    let serving = tokio::spawn(std::sync::Arc::clone(&worker).serve(Events::nobody(), stop.clone()));
    stage.perform(Request::SetLicenses { limit: Some(3) }).await.unwrap();
    stop.cancel();
    serving.await.unwrap();
    assert_eq!(deeds(&stage).await, ["licenses.set 3 ok"]);
}
