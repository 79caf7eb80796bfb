//! Giving space back without losing anything that is named.

#![allow(clippy::unwrap_used, clippy::expect_used)] // A test that cannot go on fails.

use crate::support;

use std::fs;
use std::sync::Arc;
use std::time::Instant;

use holdfast_vault::*;
use support::faulty::Faulty;
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
fn much_that_is_gone_is_looked_for_at_most_once_a_second_and_what_is_there_is_read_at_once() {
    let place = Place::new();
    let stored = |vault: &Vault, content: &[u8]| {
        let writer = vault.writer(&WriterOptions::default()).unwrap();
        let blobs = store(&writer, content).blobs;
        writer.flush_blocking().unwrap();
        blobs
    };
    let other = place.init();
    let blobs = stored(&other, &noise(1, 400_000));
    let storage = Arc::new(Faulty::new(place.repository()));
    let vault = Vault::open_on(storage.clone(), &PASSWORD.into(), place.options()).unwrap();
    let is_missing =
        |done: Result<(), VaultError>| assert!(matches!(done, Err(VaultError::Missing { .. })), "{done:?}");
    let mut reader = vault.open_blobs(&blobs).unwrap();
    let packs: Vec<_> = fs::read_dir(place.repository().join("data")).unwrap().flat_map(files_of).collect();
    let away = place.dir.path().join("away");
    for (number, pack) in packs.iter().enumerate() {
        fs::rename(pack, away.with_extension(number.to_string())).unwrap();
    }

    let (begin, before) = (Instant::now(), storage.index_listings());
    for number in 0..300_u32 {
        let mut id = [0; 32];
        id[..4].copy_from_slice(&number.to_be_bytes());
        is_missing(vault.open_blobs(&[BlobId(id)]).map(drop));
        is_missing(reader.read_at(0, 10).map(drop));
    }
    // On however slow a machine: each is looked for at the begin, and after each second.
    let most = 2 * (1 + begin.elapsed().as_secs());
    let listed = storage.index_listings() - before;
    assert!((1..=most).contains(&listed), "{listed} of {most}");

    for (number, pack) in packs.iter().enumerate() {
        fs::rename(away.with_extension(number.to_string()), pack).unwrap();
    }
    assert_eq!(reader.read_at(0, 400_000).unwrap(), noise(1, 400_000));
    let new = stored(&other, &noise(2, 40_000));
    let until_it_is_seen = || loop {
        match vault.open_blobs(&new) {
            Ok(mut reader) => break reader.read_at(0, 40_000).unwrap(),
            Err(error) => assert!(matches!(error, VaultError::Missing { .. }), "{error:?}"),
        }
    };
    assert_eq!(until_it_is_seen(), noise(2, 40_000));
}

fn files_of(folder: std::io::Result<fs::DirEntry>) -> Vec<std::path::PathBuf> {
    fs::read_dir(folder.unwrap().path()).unwrap().map(|file| file.unwrap().path()).collect()
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
