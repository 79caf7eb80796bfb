//! Who left keeps the Archives, frees the license, and is known when coming back.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A test that cannot go on fails.

use crate::stage;

use holdfast_clouds::testkit::MemoryCloud;
use holdfast_engine::catalog::{Protection, archives, notifications, users};
use holdfast_engine::{Event, Events, Request, Response, SyncReport, SyncWhat, Verdict, licenses_free};
use holdfast_model::{Account, Owner, RunResult, Service, UserId};
use stage::Stage;
use tokio_util::sync::CancellationToken;

const ONE: &str = "user1@example.test";

async fn sync(stage: &Stage) -> SyncReport {
    let what = SyncWhat::Users;
    let request = Request::Sync { connection: None, what, accept_mass_deletion: false };
    match stage.perform(request).await.unwrap() {
        Response::Synced { mut reports } => reports.remove(0),
        other => panic!("{other:?}"),
    }
}

async fn protection(stage: &Stage, id: &UserId) -> (Protection, bool) {
    let (connection, id) = (stage.connection, id.clone());
    let user = stage.engine.read(move |tx| Ok(users::by_id(tx, connection, &id)?)).await.unwrap().unwrap();
    (user.protection, user.licensed)
}

async fn causes(stage: &Stage) -> Vec<String> {
    let open = stage.engine.read(|tx| Ok(notifications::list_open(tx)?)).await.unwrap();
    open.into_iter().map(|one| one.cause).collect()
}

async fn company() -> (Stage, UserId) {
    let stage = Stage::new(MemoryCloud::sample(8, 4, 2)).await;
    stage.sync().await;
    stage.start(&[ONE, "user2@example.test"]).await;
    stage.perform(Request::SetLicenses { limit: Some(2) }).await.unwrap();
    let id = stage.cloud.user(ONE).unwrap();
    (stage, id)
}

#[tokio::test]
async fn who_is_suspended_is_retained_and_taken_back_by_id_under_another_address() {
    let (stage, id) = company().await;
    let kept = stage.engine.list_items(ONE, Service::Gmail, &[], None).await.unwrap().len();
    stage.cloud.suspend(&id);
    let report = sync(&stage).await;
    assert_eq!(report.leavers.len(), 1, "{report:?}");
    assert_eq!((report.leavers[0].account, report.leavers[0].archives.len()), (Account::Suspended, 2));
    assert!(report.leavers[0].sentence.contains("keeps the data while the account is there"));
    assert_eq!(protection(&stage, &id).await, (Protection::Retained, false));
    assert_eq!(stage.engine.read(licenses_free).await.unwrap(), Some(1));
    assert_eq!(causes(&stage).await, Vec::<String>::new(), "a last run that failed is no cause");
    assert_eq!(stage.engine.list_items(ONE, Service::Gmail, &[], None).await.unwrap().len(), kept);
    assert!(sync(&stage).await.leavers.is_empty(), "told once");

    stage.cloud.activate(&id);
    stage.cloud.change_user(&id, |user| user.address = "renamed@example.test".into());
    let report = sync(&stage).await;
    assert_eq!(report.back, ["renamed@example.test"]);
    assert_eq!(protection(&stage, &id).await, (Protection::Protected, true));
}

#[tokio::test]
async fn a_last_run_that_is_refused_is_no_cause_not_even_for_a_moment() {
    let (stage, id) = company().await;
    stage.cloud.suspend(&id);
    let (sender, mut heard) = tokio::sync::mpsc::channel(10_000);
    let request = Request::Sync { connection: None, what: SyncWhat::Users, accept_mass_deletion: false };
    stage.engine.perform(request, Events::from(sender), CancellationToken::new()).await.unwrap();
    let told: Vec<Event> = std::iter::from_fn(|| heard.try_recv().ok()).collect();
    let failed = |event: &Event| matches!(event, Event::RunEnded { result: RunResult::Failed, .. });
    assert_eq!(told.iter().filter(|event| failed(event)).count(), 2, "{told:#?}");
    assert!(!told.iter().any(|event| matches!(event, Event::NotificationOpened { .. })), "{told:#?}");
}

#[tokio::test]
async fn a_deleted_account_is_told_with_the_days_that_the_cloud_keeps_it() {
    let (stage, id) = company().await;
    stage.cloud.delete_user(&id);
    let report = sync(&stage).await;
    assert_eq!(report.leavers[0].account, Account::Deleted);
    let open = stage.engine.read(|tx| Ok(notifications::list_open(tx)?)).await.unwrap();
    assert_eq!(open.len(), 1, "{open:?}");
    assert_eq!(open[0].cause, "user.left");
    assert!(open[0].detail.as_ref().unwrap().contains("keeps a deleted account for 20 days"), "{open:?}");
    stage.clock.move_by(20 * 24 * 3600);
    sync(&stage).await;
    assert_eq!(causes(&stage).await, Vec::<String>::new(), "after that nobody can do anything");
    assert_eq!(protection(&stage, &id).await, (Protection::Retained, false));
    // Without the user in the cloud the archive can still be deleted.
    let erased = stage.perform(Request::EraseNow { connection: None, user: id.0.clone() }).await.unwrap();
    assert!(matches!(erased, Response::Erased { report: Some(_) }), "{erased:?}");
    assert!(stage.engine.list_items(ONE, Service::Gmail, &[], None).await.is_err());
}

#[tokio::test]
async fn who_was_suspended_first_is_told_of_once_deleted_and_only_then() {
    let (stage, id) = company().await;
    stage.cloud.suspend(&id);
    sync(&stage).await;
    assert_eq!(causes(&stage).await, Vec::<String>::new());
    stage.clock.move_by(30 * 24 * 3600);
    stage.cloud.delete_user(&id);
    sync(&stage).await;
    assert_eq!(causes(&stage).await, ["user.left"]);
    stage.clock.move_by(20 * 24 * 3600);
    for _ in 0..2 {
        sync(&stage).await;
        assert_eq!(causes(&stage).await, Vec::<String>::new(), "its days are over, and it is not told again");
    }
}

#[tokio::test]
async fn who_comes_back_when_no_license_is_left_stays_retained() {
    let (stage, id) = company().await;
    stage.cloud.suspend(&id);
    sync(&stage).await;
    stage.start(&["user3@example.test"]).await;
    stage.cloud.activate(&id);
    assert!(sync(&stage).await.back.is_empty());
    assert_eq!(protection(&stage, &id).await, (Protection::Retained, false));
    stage.perform(Request::SetLicenses { limit: Some(3) }).await.unwrap();
    assert_eq!(sync(&stage).await.back, [ONE]);
}

#[tokio::test]
async fn the_last_run_of_who_left_is_no_finding_and_that_of_who_is_protected_is_one() {
    let (stage, id) = company().await;
    let last_runs = async || {
        let found = stage.engine.doctor(None, &Events::nobody()).await.unwrap();
        let of_runs = found.into_iter().find(|one| one.title == "The last runs were complete").unwrap();
        (of_runs.verdict, of_runs.evidence)
    };
    // Each sees what the other has to see: a Run that failed, of someone who is protected and of someone who left.
    let connection = stage.connection;
    stage
        .engine
        .write(move |tx| {
            for archive in archives::by_owner(tx, connection, &Owner::User(id.clone()))? {
                archives::set_last_result(tx, archive.id, RunResult::Failed)?;
            }
            Ok(())
        })
        .await
        .unwrap();
    assert_eq!(last_runs().await, (Verdict::Bad, "2 of 4 archives are not complete".to_owned()));
    let id = stage.cloud.user(ONE).unwrap();
    stage.cloud.suspend(&id);
    sync(&stage).await;
    assert_eq!(protection(&stage, &id).await, (Protection::Retained, false));
    assert_eq!(last_runs().await, (Verdict::Good, "2 archives".to_owned()));
}
