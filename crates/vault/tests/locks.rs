//! Locks that stock restic honours, and its own honoured by us.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A test that cannot go on fails.

use crate::support;

use std::fs;
use std::process::{Child, Command, Stdio};

use holdfast_vault::*;
use support::*;

/// Stock restic in the middle of a backup: it waits for its input and holds a shared lock.
struct Busy(Child);

impl Busy {
    fn start(place: &Place) -> Self {
        let child = Command::new("restic")
            .args(["--no-cache", "--repo"])
            .arg(place.repository())
            .args(["backup", "--stdin"])
            .env("RESTIC_PASSWORD", PASSWORD)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let started = std::time::Instant::now();
        let locks = place.repository().join("locks");
        while fs::read_dir(&locks).unwrap().flatten().all(|e| e.file_name().len() != 64) {
            assert!(started.elapsed().as_secs() < 240, "restic took no lock");
            std::thread::yield_now();
        }
        Self(child)
    }

    fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

fn locked(result: Result<LockGuard, VaultError>) -> bool {
    matches!(result, Err(VaultError::Locked { .. }))
}

#[test]
#[cfg_attr(windows, ignore = "stock restic judges, which is a program for Linux here")]
fn restic_honours_our_locks() {
    let place = Place::new();
    let vault = place.init();
    let source = place.dir.path().join("source");
    fs::create_dir(&source).unwrap();
    let backup = || place.restic(&["backup", source.to_str().unwrap()]);

    let shared = vault.lock(LockKind::Shared).unwrap();
    assert!(backup().status.success());
    let refused = place.restic(&["prune"]);
    assert!(!refused.status.success());
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("already locked"), "{said}");
    // Written anew, it is one lock still.
    shared.refresh().unwrap();
    shared.check().unwrap();
    assert_eq!(vault.locks().unwrap().len(), 1);
    drop(shared);

    let exclusive = vault.lock(LockKind::Exclusive).unwrap();
    assert!(!backup().status.success());
    drop(exclusive);
    assert!(vault.locks().unwrap().is_empty());
    assert!(place.restic(&["prune"]).status.success());
}

#[test]
#[cfg_attr(windows, ignore = "stock restic judges, which is a program for Linux here")]
fn we_honour_restics_locks_until_its_process_is_gone() {
    let place = Place::new();
    let vault = place.init();
    let busy = Busy::start(&place);
    drop(vault.lock(LockKind::Shared).unwrap());
    assert!(locked(vault.lock(LockKind::Exclusive)));
    let info = vault.locks().unwrap().remove(0);
    assert!(!info.exclusive && !info.stale && info.by.contains("process"), "{info:?}");

    busy.kill();
    assert!(vault.locks().unwrap()[0].stale);
    let exclusive = vault.lock(LockKind::Exclusive).unwrap();
    assert!(locked(vault.lock(LockKind::Shared)));
    drop(exclusive);
    assert!(vault.locks().unwrap().is_empty());
}

#[test]
#[cfg_attr(windows, ignore = "stock restic judges, which is a program for Linux here")]
fn stale_locks_are_removed_on_demand() {
    let place = Place::new();
    let vault = place.init();
    Busy::start(&place).kill();
    assert_eq!(vault.remove_stale_locks().unwrap(), 1);
    assert_eq!(vault.remove_stale_locks().unwrap(), 0);
}

#[test]
#[cfg_attr(windows, ignore = "stock restic judges, which is a program for Linux here")]
fn a_lock_that_someone_removed_is_noticed() {
    let place = Place::new();
    let vault = place.init();
    let guard = vault.lock(LockKind::Shared).unwrap();
    place.restic_ok(&["unlock", "--remove-all"]);
    assert!(matches!(guard.check(), Err(VaultError::LockLost)));
    assert!(matches!(guard.refresh(), Err(VaultError::LockLost)));
}
