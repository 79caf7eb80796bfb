//! Settings > Storage, and what the page hears of other processes, at a simulated company.

#![allow(clippy::expect_used, clippy::unwrap_used)] // A test file whole: what is not there fails the test.

use crate::stage;

use std::time::Duration;

use holdfast_app::Desktop;
use holdfast_app::views::{ActivityFilter, AppEvent};
use serde_json::json;
use stage::{Computer, PATIENCE, all_ended, one_user, runs_ended, selection, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_storage_that_was_moved_is_found_again_and_no_other_is_taken() {
    let computer = Computer::new().await;
    let (desktop, connection) = computer.set_up("data").await;
    let admin = computer.key().admin;
    desktop.start_backup(one_user(connection, &admin), None).await.unwrap();
    all_ended(&desktop, 5).await;
    let moved = computer.path("moved");
    std::fs::rename(computer.path("data-backup"), &moved).unwrap();
    assert!(!desktop.storage().await.unwrap().reachable);

    let stranger = computer.desktop("stranger");
    let other = computer.path("other-backup");
    stranger.init_storage(other.clone()).await.unwrap();
    for (path, code) in [(other, "repository.other"), (computer.path("nowhere"), "repository.not_found")] {
        let refused = desktop.point_storage(path.clone()).await.unwrap_err();
        assert_eq!(refused.code, code, "{path}");
        assert!(!desktop.storage().await.unwrap().reachable, "{path}");
    }
    let view = desktop.point_storage(moved.clone()).await.unwrap();
    assert!(view.reachable && view.path.ends_with("moved"), "{view:?}");
    assert!(desktop.verify(true).await.unwrap().ok);
    let before = runs_ended(&desktop, 5).await;
    desktop.retry_run(1).await.unwrap();
    runs_ended(&desktop, before + 1).await;
    desktop.shut_down().await;
    let again = computer.desktop("data");
    assert!(again.storage().await.unwrap().path.ends_with("moved"), "it is kept over a restart");
    again.shut_down().await;
}

/// Waits until the move has ended, and gives back what ended it.
async fn move_ended(desktop: &Desktop) -> Option<String> {
    until("the move ends", async || match desktop.storage().await.unwrap().moving {
        None => Some(None),
        Some(moving) => moving.error.map(|error| Some(error.code)),
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storage_is_copied_while_backups_run_and_used_there_when_they_have_ended() {
    let computer = Computer::new().await;
    let (desktop, connection) = computer.set_up("data").await;
    let admin = computer.key().admin;
    let old = computer.path("data-backup");
    let inside = format!("{old}/deeper");
    for (path, code) in [(inside, "input.bad"), (computer.path("data"), "repository.not_empty")] {
        desktop.move_storage(path.clone()).await.unwrap();
        assert_eq!(move_ended(&desktop).await.as_deref(), Some(code), "{path}");
        desktop.cancel_move().await.unwrap();
        assert_eq!(desktop.storage().await.unwrap().moving, None, "it is forgotten");
    }
    // The backup does not end before the answers come.
    let held = json!({ "method": "gmail.users.messages.get", "kind": "none", "held": "before", "times": 0 });
    computer.control("fault", &held);
    desktop.start_backup(one_user(connection, &admin), None).await.unwrap();
    let new = computer.path("larger");
    let begun = desktop.move_storage(new.clone()).await.unwrap();
    assert!(begun.moving.is_some_and(|moving| moving.to == new), "it is not shown");
    assert_eq!(desktop.move_storage(computer.path("other")).await.unwrap_err().code, "storage.in_use");
    computer.ask_control("DELETE", "fault", &json!({}));
    assert_eq!(move_ended(&desktop).await, None);
    let view = desktop.storage().await.unwrap();
    assert!(view.path.ends_with("larger") && view.reachable && view.items > 0, "{view:?}");
    std::fs::remove_dir_all(&old).unwrap();
    assert!(desktop.verify(true).await.unwrap().ok);
    let before = runs_ended(&desktop, 5).await;
    desktop.retry_run(1).await.unwrap();
    runs_ended(&desktop, before + 1).await;
    desktop.shut_down().await;
    let again = computer.desktop("data");
    assert!(again.storage().await.unwrap().path.ends_with("larger"), "it is kept over a restart");
    again.shut_down().await;
}

/// Waits until a Run that goes on is limited by this.
async fn limited_by(desktop: &Desktop, expected: &str) {
    until(expected, async || {
        let live = ActivityFilter { live: Some(true), limit: 100, ..ActivityFilter::default() };
        let runs = desktop.activity(live).await.unwrap().runs;
        runs.iter().any(|run| run.limited_by.as_deref() == Some(expected)).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bandwidth_limit_counts_at_once_says_so_and_is_kept() {
    let computer = Computer::new().await;
    let (desktop, connection) = computer.set_up("data").await;
    assert_eq!(desktop.storage().await.unwrap().bandwidth_limit, None);
    assert_eq!(desktop.set_bandwidth(Some(9_999)).await.unwrap_err().code, "input.bad");
    assert_eq!(desktop.set_bandwidth(Some(10_000)).await.unwrap().bandwidth_limit, Some(10_000));
    desktop.start_backup(one_user(connection, &computer.key().admin), None).await.unwrap();
    limited_by(&desktop, "your bandwidth limit").await;
    desktop.set_bandwidth(None).await.unwrap();
    runs_ended(&desktop, 5).await;
    desktop.set_bandwidth(Some(2_500_000)).await.unwrap();
    desktop.shut_down().await;
    let again = computer.desktop("data");
    assert_eq!(again.storage().await.unwrap().bandwidth_limit, Some(2_500_000));
    again.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_process_does_reaches_the_page() {
    let computer = Computer::new().await;
    let (worker, connection) = computer.set_up("data").await;
    let window = computer.desktop("data");
    window.home().await.unwrap();
    let mut heard = window.subscribe();
    // The first look only sees how things are: what is changed until something is heard may come before it.
    let mut limit = 100_000;
    while !std::iter::from_fn(|| heard.try_recv().ok()).any(|event| event == AppEvent::Settings) {
        limit += 1;
        worker.set_bandwidth(Some(limit)).await.unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    worker.set_bandwidth(None).await.unwrap();
    worker.start_backup(one_user(connection, &computer.key().admin), None).await.unwrap();
    let mut missing = vec![AppEvent::Runs, AppEvent::Settings, AppEvent::Directory { connection }];
    let waiting = async {
        while !missing.is_empty() {
            let event = heard.recv().await.unwrap();
            missing.retain(|expected| *expected != event);
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("the window hears of it");
    runs_ended(&window, 5).await;
    window.shut_down().await;
    worker.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn labels_of_the_company_are_offered_and_the_forecast_counts_files() {
    let computer = Computer::new().await;
    let (desktop, connection) = computer.set_up("data").await;
    let admin = computer.key().admin;
    computer.control("change", &json!({ "op": "label.add", "user": admin, "name": "Board only" }));
    // What the cloud does not tell within seconds is left out, and asked for again.
    until("the label is offered", async || {
        let labels = desktop.labels(connection).await.unwrap();
        labels.into_iter().find(|label| label.name == "Board only" && label.users == 1)
    })
    .await;
    let sentence = until("the files are counted", async || {
        let sentence = desktop.plan(one_user(connection, &admin)).await.unwrap().forecast.sentence;
        sentence.contains(" of files in 1 drive: how long they take depends").then_some(sentence)
    })
    .await;
    assert!(sentence.contains("Google documents, calendars, contacts and tasks come on top."), "{sentence}");
    let nobody = desktop.plan(selection(connection)).await.unwrap();
    assert_eq!(nobody.forecast.sentence, "Nothing has to be copied for the first time.");
    desktop.shut_down().await;
}
