//! Waiting for Google, at a simulated company whose admin grants things late.

#![allow(clippy::expect_used, clippy::unwrap_used)] // A test file whole: what is not there fails the test.

use crate::stage;

use std::path::PathBuf;

use holdfast_app::Desktop;
use holdfast_app::views::{ConnectGoogleKey, GuideProgress, KeepGuide};
use serde_json::json;
use stage::Computer;

/// The names of what the last test missed.
fn missing(progress: &GuideProgress) -> Vec<String> {
    let waiting = progress.waiting.as_ref().expect("something is waited for");
    waiting.checks.iter().filter(|check| check.ok == Some(false)).map(|check| check.title.clone()).collect()
}

fn grant(computer: &Computer, scopes: &[String]) {
    computer.control("set", &json!({ "delegated_scopes": scopes, "tokens_revoked": true }));
}

/// As if it had been waited for since so many hours.
fn waited_for(computer: &Computer, hours: i64) {
    let file = PathBuf::from(computer.path("data")).join("desktop.json");
    let mut kept: serde_json::Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    let since = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(hours);
    kept["waiting"]["since"] = json!(since.to_string());
    std::fs::write(&file, serde_json::to_vec(&kept).unwrap()).unwrap();
}

async fn tested(desktop: &Desktop) -> GuideProgress {
    desktop.test_waiting().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_granted_late_is_waited_for_over_a_restart_and_connects_by_itself() {
    let computer = Computer::new().await;
    let desktop = computer.desktop("data");
    desktop.init_storage(computer.path("backup")).await.unwrap();
    let ticked = KeepGuide { done: vec!["project".to_owned()], ..KeepGuide::default() };
    desktop.keep_guide(ticked).await.unwrap();
    grant(&computer, &[]);
    let refused = desktop.connect_google_key(computer.key()).await.unwrap_err();
    assert_eq!(refused.code, "connection.incomplete");
    let progress = tested(&desktop).await;
    assert!(missing(&progress).len() >= 9, "{progress:?}");
    assert_eq!(
        (progress.done.as_slice(), progress.admin),
        (&["project".to_owned()][..], computer.key().admin)
    );
    assert_eq!(desktop.connections().await.unwrap(), []);
    desktop.shut_down().await;

    // The key file is not needed again: its secret part is in the secrets.
    let kept = std::fs::read_to_string(PathBuf::from(computer.path("data")).join("desktop.json")).unwrap();
    assert!(!kept.contains("PRIVATE KEY"));
    std::fs::remove_file(computer.key().key_file).unwrap();
    waited_for(&computer, 2);
    let again = computer.desktop("data");
    assert_eq!(again.guide_progress().await.unwrap().done, ["project"]);
    assert!(missing(&tested(&again).await).iter().any(|title| title == "Directory: users"));

    // The Directory first, the rest later: each is told once.
    let all = computer.delegated();
    let directory: Vec<String> =
        all.iter().filter(|scope| scope.contains("admin.directory")).cloned().collect();
    grant(&computer, &directory);
    tested(&again).await;
    let connected = again.connections().await.unwrap();
    assert_eq!(connected.len(), 1, "it connects by itself");
    assert!(connected[0].users > 0, "and the Directory comes in");
    let told = again.next_notifications().await.unwrap();
    assert_eq!(told.iter().filter(|one| one.title.ends_with(" is connected")).count(), 1, "{told:?}");
    let progress = tested(&again).await;
    assert_eq!(progress.waiting.as_ref().unwrap().connection, Some(connected[0].id.0));
    let named = missing(&progress);
    assert!(
        named.contains(&"Gmail data access".to_owned()) && !named.contains(&"Directory: users".to_owned())
    );

    grant(&computer, &all);
    let progress = tested(&again).await;
    assert_eq!(progress.waiting, None);
    assert_eq!(progress.made.map(|made| made.id), Some(connected[0].id));
    let told = again.next_notifications().await.unwrap();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].title, "Google has granted everything");
    again.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_of_waiting_is_told_once_with_what_is_missing() {
    let computer = Computer::new().await;
    let desktop = computer.desktop("data");
    desktop.init_storage(computer.path("backup")).await.unwrap();
    grant(&computer, &[]);
    desktop.connect_google_key(computer.key()).await.unwrap_err();
    assert!(!desktop.guide_progress().await.unwrap().waiting.unwrap().is_overdue);
    waited_for(&computer, 25);
    assert!(tested(&desktop).await.waiting.unwrap().is_overdue);
    let told = desktop.next_notifications().await.unwrap();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].body.contains("missing: Directory: users, "), "{}", told[0].body);
    tested(&desktop).await;
    assert_eq!(desktop.next_notifications().await.unwrap(), []);

    let stopped = desktop.stop_waiting().await.unwrap();
    assert_eq!(stopped.waiting, None);
    grant(&computer, &computer.delegated());
    assert_eq!(tested(&desktop).await.made, None);
    assert_eq!(desktop.connections().await.unwrap(), [], "what is no longer waited for does not connect");
    desktop.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_no_key_is_not_waited_for() {
    let computer = Computer::new().await;
    let desktop = computer.desktop("data");
    desktop.init_storage(computer.path("backup")).await.unwrap();
    let key = ConnectGoogleKey { key_file: computer.path("company-key.json"), ..computer.key() };
    std::fs::write(&key.key_file, "{}").unwrap();
    assert_eq!(desktop.connect_google_key(key).await.unwrap_err().code, "input.key_file");
    assert_eq!(desktop.guide_progress().await.unwrap().waiting, None);
    desktop.connect_google_key(computer.key()).await.unwrap();
    let progress = tested(&desktop).await;
    assert_eq!(progress.waiting, None, "nothing is missing: {progress:?}");
    assert_eq!(desktop.next_notifications().await.unwrap(), [], "the person who connects sees it");
    desktop.shut_down().await;
}
