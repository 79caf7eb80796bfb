//! The sample company as the desktop app starts and ends it.

#![allow(clippy::expect_used, clippy::unwrap_used)] // A test file whole: what is not there fails the test.

use std::net::{Ipv4Addr, TcpListener};

use holdfast_app::views::{AppEvent, ProfileKind, SamplePhase};
use holdfast_app::{Desktop, DesktopOptions, Redactor, SecretsChoice};
use holdfast_sample::{Place, SampleDesk};
use tempfile::TempDir;

fn desk(folder: &TempDir) -> (Desktop, SampleDesk, Place) {
    let data_dir = folder.path().join("holdfast");
    let secrets = Some(SecretsChoice::Age(folder.path().join("own.age")));
    let usual = DesktopOptions::read(data_dir.clone(), secrets, None, Redactor::default()).unwrap();
    let options = DesktopOptions { passphrase: Some("a passphrase of a test".to_owned().into()), ..usual };
    let place = Place::beside(&data_dir).unwrap();
    (Desktop::new(options), SampleDesk::beside(&data_dir, Redactor::default()), place)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_start_tells_each_phase_and_the_end_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (desktop, sample, place) = desk(&folder);
    let mut events = desktop.subscribe();
    let boot = sample.enter(&desktop).await.unwrap();
    assert_eq!(boot.profile, ProfileKind::Sample);
    let mut phases = Vec::new();
    while let Ok(event) = events.try_recv() {
        if let AppEvent::Sample { phase } = event {
            phases.push(phase);
        }
    }
    use SamplePhase::{Box, Founding, Google, People, Storage};
    assert_eq!(phases, [Founding, Storage, Google, Box, People]);
    assert_eq!(desktop.connections().await.unwrap().len(), 2);
    assert_eq!(sample.leave(&desktop, true).await.unwrap().profile, ProfileKind::Own);
    assert!(!place.folder().exists());
    desktop.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_can_be_cancelled_and_begun_again() {
    let folder = tempfile::tempdir().unwrap();
    let (desktop, sample, place) = desk(&folder);
    let mut events = desktop.subscribe();
    let cancel = async {
        while !matches!(events.recv().await.unwrap(), AppEvent::Sample { phase: SamplePhase::Google }) {}
        sample.cancel();
    };
    let (entered, ()) = tokio::join!(sample.enter(&desktop), cancel);
    assert_eq!(entered.unwrap_err().code, "cancelled");
    assert_eq!(desktop.boot().await.unwrap().profile, ProfileKind::Own);
    assert_eq!(sample.enter(&desktop).await.unwrap().profile, ProfileKind::Sample);
    sample.leave(&desktop, true).await.unwrap();
    assert!(!place.folder().exists());
    desktop.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_another_program_has_is_named_and_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let (desktop, sample, place) = desk(&folder);
    let other = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = other.local_addr().unwrap().port();
    std::fs::create_dir_all(place.folder()).unwrap();
    std::fs::write(place.folder().join("sample-company-port"), port.to_string()).unwrap();
    let refused = sample.enter(&desktop).await.unwrap_err();
    assert_eq!(refused.code, "sample.port_taken");
    assert!(refused.what.contains(&port.to_string()), "{}", refused.what);
    sample.leave(&desktop, true).await.unwrap();
    assert_eq!(sample.enter(&desktop).await.unwrap().profile, ProfileKind::Sample);
    sample.leave(&desktop, true).await.unwrap();
    desktop.shut_down().await;
}
