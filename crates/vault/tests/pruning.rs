//! Giving space back without losing anything that is named.

#![allow(clippy::unwrap_used, clippy::expect_used)] // A test that cannot go on fails.

use crate::support;

use std::fs;

use holdfast_vault::*;
use support::*;

/// Three snapshots, each with a mail of its own and one they share.
fn three(vault: &Vault) -> Vec<SnapshotId> {
    let writer = vault.writer(&WriterOptions::default()).unwrap();
    let shared = store(&writer, &noise(99, 40_000));
    let mut snapshots: Vec<SnapshotId> = Vec::new();
    for number in 0..3u64 {
        let own = store(&writer, &noise(number, 60_000));
        let edits = vec![FolderEdit {
            remove_folder: true,
            ..put("mail", vec![file("own", &own), file("shared", &shared)])
        }];
        let done = commit(vault, &writer, snapshots.last().copied(), edits).unwrap();
        snapshots.push(done.snapshot);
    }
    snapshots
}

fn stored_bytes(place: &Place) -> u64 {
    let packs = fs::read_dir(place.repository().join("data")).unwrap();
    packs
        .flat_map(|folder| fs::read_dir(folder.unwrap().path()).unwrap())
        .map(|file| file.unwrap().metadata().unwrap().len())
        .sum()
}

#[cfg_attr(windows, ignore = "stock restic judges, which is a program for Linux here")]
#[test]
fn what_only_forgotten_snapshots_name_is_removed() {
    let place = Place::new();
    let vault = place.init();
    let snapshots = three(&vault);
    let before = stored_bytes(&place);
    let gone = vault.forget(|snapshot| snapshot.id == snapshots[2]).unwrap();
    assert_eq!(gone.len(), 2);
    assert_eq!(vault.snapshots().unwrap().len(), 1);
    fs::write(place.repository().join(format!("index/{}-tmp-1", BlobId([1; 32]))), "").unwrap();
    let pruned = vault.prune(PruneDepth::Erase).unwrap();
    assert!(pruned.removed_bytes > 120_000, "{pruned:?}");
    assert!(stored_bytes(&place) < before - 110_000);
    assert!(fs::read_dir(place.repository().join("index")).unwrap().count() < 4);
    place.assert_sound();
    let view = vault.tree(snapshots[2]).unwrap();
    let own = view.read_small(&["mail", "own"], 1 << 20).unwrap().unwrap();
    assert_eq!(own, noise(2, 60_000));
    // And storing goes on.
    let writer = vault.writer(&WriterOptions::default()).unwrap();
    assert!(store(&writer, &noise(0, 60_000)).added > 0);
    assert_eq!(store(&writer, &noise(2, 60_000)).added, 0);
}

#[test]
fn who_reads_goes_on_reading_what_another_process_packed_anew() {
    let place = Place::new();
    let vault = place.init();
    let snapshots = three(&vault);
    let shared = noise(99, 40_000);
    let blobs = store(&vault.writer(&WriterOptions::default()).unwrap(), &shared).blobs;
    // Each knows only where things were, until it reads in its own way.
    let view = place.open().tree(snapshots[2]).unwrap();
    let mut pieces = place.open().open_blobs(&blobs).unwrap();
    let mut parts = place.open().open_blobs(&blobs).unwrap();
    let other = place.open();
    vault.forget(|snapshot| snapshot.id == snapshots[2]).unwrap();
    vault.prune(PruneDepth::Erase).unwrap();

    assert_eq!(view.read_small(&["mail", "shared"], 1 << 20).unwrap().unwrap(), shared);
    let mut read = Vec::new();
    std::io::Read::read_to_end(&mut pieces, &mut read).unwrap();
    assert_eq!(read, shared);
    assert_eq!(parts.read_at(100, 30_000).unwrap(), shared[100..30_100]);
    assert_eq!(other.open_blobs(&blobs).unwrap().read_at(0, 40_000).unwrap(), shared);
    // What is gone for good says so.
    let gone = other.open_blobs(&[BlobId([7; 32])]).err().unwrap();
    assert!(matches!(gone, VaultError::Missing { .. }), "{gone:?}");
}

#[test]
fn nothing_is_removed_while_someone_works() {
    let place = Place::new();
    let vault = place.init();
    three(&vault);
    let _working = vault.lock(LockKind::Shared).unwrap();
    let locked = |error| matches!(error, VaultError::Locked { .. });
    assert!(locked(vault.prune(PruneDepth::Tidy).unwrap_err()));
    assert!(locked(vault.forget(|_| false).unwrap_err()));
    assert!(locked(vault.merge_small_indexes().unwrap_err()));
    assert_eq!(vault.snapshots().unwrap().len(), 3);
}

#[cfg_attr(windows, ignore = "stock restic judges, which is a program for Linux here")]
#[test]
fn small_index_files_are_merged_and_nothing_is_lost() {
    let place = Place::new();
    let vault = place.init();
    let snapshots = three(&vault);
    let merged = vault.merge_small_indexes().unwrap();
    assert_eq!((merged.before, merged.after), (3, 1));
    assert_eq!(vault.merge_small_indexes().unwrap(), Merged { before: 1, after: 1 });
    place.assert_sound();
    for (number, snapshot) in snapshots.iter().enumerate() {
        for vault in [&vault, &place.open()] {
            let view = vault.tree(*snapshot).unwrap();
            let own = view.read_small(&["mail", "own"], 1 << 20).unwrap().unwrap();
            assert_eq!(own, noise(number as u64, 60_000));
        }
    }
    let writer = vault.writer(&WriterOptions::default()).unwrap();
    assert_eq!(store(&writer, &noise(1, 60_000)).added, 0);
}
