//! Causes that come with time: nothing ran, nobody synced, a pause was forgotten. And the quiet minutes after a wake.

use std::time::Duration;

use holdfast_app::views::{FixAction, RunNow, SetPaused};
use holdfast_app::{SyncWhat, Whose};
use holdfast_model::Service;

use super::scene::Scene;
use crate::stage::{Computer, runs_ended};

#[tokio::test(flavor = "multi_thread")]
async fn copies_that_are_old_lists_that_are_old_and_a_pause_that_was_forgotten() {
    let mut scene = Scene::new().await;
    // Nobody but a person begins anything here, and shared drives are nobody's to pause.
    let app = scene.desktop.shown().await.unwrap();
    app.pause_level(None, &Whose::Domain, None).await.unwrap();
    let mut policy = scene.desktop.policy(scene.connection).await.unwrap().policy;
    policy.services.remove(&Service::SharedDrive);
    scene.desktop.set_policy(scene.connection, policy).await.unwrap();
    scene.computer.move_on(60);
    let view = scene.is_told("copies.stale", "last good copy 2 days ago").await;
    let before = scene.runs().await;
    let target = view.target.map(|target| target.parse().unwrap());
    scene.desktop.run_now(RunNow { connection: target, user: None, service: None }).await.unwrap();
    runs_ended(&scene.desktop, before + 1).await;
    scene.is_closed("copies.stale").await;

    let pause = |paused| SetPaused { connection: scene.connection, user: scene.user.clone(), paused };
    let pause = pause(true);
    scene.desktop.set_paused(pause).await.unwrap();
    scene.computer.move_on(80);
    let view = scene.is_told("directory.stale", "Do a User Sync").await;
    let connection = view.target.map(|target| target.parse().unwrap());
    scene.desktop.sync(connection, SyncWhat::Users, false).await.unwrap();
    scene.is_closed("directory.stale").await;

    scene.computer.move_on(70);
    scene.sync().await.unwrap();
    scene.computer.move_on(40);
    scene.is_told("schedule.paused_long", &scene.user.clone()).await;
    let before = scene.runs().await;
    app.resume_all().await.unwrap();
    let (fix, _) = scene.press(None, |one| matches!(one.fix, Some(FixAction::Resume { .. }))).await;
    assert_eq!(fix, FixAction::Resume { connection: scene.connection, user: scene.user.clone() });
    runs_ended(&scene.desktop, before + 1).await;
    scene.is_closed("schedule.paused_long").await;
    scene.desktop.shut_down().await;
    super::list::made(scene.told);
}

#[tokio::test(flavor = "multi_thread")]
async fn in_the_first_minutes_after_start_and_wake_nobody_is_told_what_may_pass_and_at_once_what_does_not() {
    let computer = Computer::new().await;
    let (desktop, _) = computer.set_up("data").await;
    desktop.shut_down().await;
    let desktop = computer.desktop_with("data", Duration::from_secs(300));
    let (here, away) = (computer.path("data-backup"), computer.path("unplugged"));
    std::fs::rename(&here, &away).unwrap();
    assert_eq!(desktop.next_notifications().await.unwrap(), [], "the disk may come yet");
    assert_eq!(desktop.home().await.unwrap().attention.len(), 1, "who looks sees it");
    computer.control("change", &serde_json::json!({ "op": "user.demote", "user": computer.admin() }));
    assert!(desktop.sync(None, SyncWhat::All, false).await.is_err());
    let told = desktop.next_notifications().await.unwrap();
    assert_eq!(told.len(), 1, "an admin who lost the role does not come by itself: {told:?}");
    assert!(told[0].cause.starts_with("directory.refused"), "{told:?}");
    computer.move_on_seconds(170);
    assert_eq!(desktop.next_notifications().await.unwrap(), []);
    computer.move_on_seconds(170);
    assert_eq!(desktop.next_notifications().await.unwrap().len(), 1, "it is away still");

    std::fs::rename(&away, &here).unwrap();
    assert_eq!(desktop.next_notifications().await.unwrap(), []);
    computer.move_on(9);
    std::fs::rename(&here, &away).unwrap();
    assert_eq!(desktop.next_notifications().await.unwrap(), [], "the computer woke just now");
    computer.move_on_seconds(150);
    assert_eq!(desktop.next_notifications().await.unwrap(), []);
    computer.move_on_seconds(160);
    assert_eq!(desktop.next_notifications().await.unwrap().len(), 1);
    desktop.shut_down().await;
}
