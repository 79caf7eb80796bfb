//! What was flushed stays, what was not is never named, and failures are everybody's.

#![allow(clippy::unwrap_used, clippy::expect_used)] // A test that cannot go on fails.

use std::future::ready;
use std::io::ErrorKind;
use std::sync::Arc;

use bytes::Bytes;
use holdfast_vault::*;

use crate::support::faulty::Faulty;
use crate::support::*;

fn small_packs() -> WriterOptions {
    WriterOptions { data_pack: 60_000, tree_pack: 2_000, ..WriterOptions::default() }
}

fn on_faulty(place: &Place) -> (Arc<Faulty>, Vault) {
    let storage = Arc::new(Faulty::new(place.repository()));
    let vault = Vault::init_on(storage.clone(), &PASSWORD.into(), &place.cache()).unwrap();
    (storage, vault)
}

/// One run: mails in several folders, flushed midway, committed.
fn run(vault: &Vault, parent: Option<SnapshotId>, seed: u64) -> Result<Committed, VaultError> {
    let writer = vault.writer(&small_packs())?;
    let mut edits = Vec::new();
    for day in 0..4 {
        let mut files = Vec::new();
        for number in 0..6 {
            let content = noise(seed * 100 + day * 10 + number, 20_000);
            let stored = wait(writer.store_mail(content.into()))?;
            files.push(file(&format!("{seed}-{number}.eml"), &stored));
        }
        wait(writer.flush())?;
        edits.push(put(&format!("mail/{day}"), files));
    }
    commit(vault, &writer, parent, edits)
}

fn sound(vault: &Vault) {
    let options = CheckOptions { read_data: ReadData::Everything };
    let report = vault.check(&options, |_| {}, || false).unwrap();
    assert!(report.is_sound(), "{:?}", report.errors);
}

#[cfg_attr(windows, ignore = "stock restic judges, which is a program for Linux here")]
#[test]
fn cut_off_after_any_write_the_repository_is_sound_and_the_next_run_completes() {
    let place = Place::new();
    let (storage, vault) = on_faulty(&place);
    let mut last = run(&vault, None, 0).unwrap();
    let mut failed = 0;
    for writes in 0.. {
        storage.fail_after(writes, ErrorKind::Other);
        let result = run(&vault, Some(last.snapshot), 1);
        storage.heal();
        sound(&vault);
        let snapshots = vault.snapshots().unwrap();
        match result {
            Err(_) => {
                failed += 1;
                assert_eq!(snapshots.len(), 1, "after {writes} writes");
                if writes % 5 == 0 {
                    place.assert_sound();
                }
            }
            Ok(done) => {
                assert!(snapshots.iter().any(|snapshot| snapshot.id == done.snapshot));
                last = done;
                break;
            }
        }
    }
    assert!(failed >= 3, "{failed}");
    place.assert_sound();
    let restored = place.restored(last.snapshot);
    assert_eq!(read(&restored.join("mail/3/1-5.eml")), noise(135, 20_000));
    assert_eq!(read(&restored.join("mail/0/0-0.eml")), noise(0, 20_000));
}

#[test]
fn a_failure_is_everybodys_until_a_new_writer_is_made() {
    let place = Place::new();
    let (storage, vault) = on_faulty(&place);
    type Expected = fn(&VaultError) -> bool;
    let cases: [(ErrorKind, Expected); 4] = [
        (ErrorKind::StorageFull, |e| matches!(e, VaultError::NoSpace { .. })),
        (ErrorKind::QuotaExceeded, |e| matches!(e, VaultError::NoSpace { .. })),
        (ErrorKind::ReadOnlyFilesystem, |e| matches!(e, VaultError::ReadOnly { .. })),
        (ErrorKind::PermissionDenied, |e| matches!(e, VaultError::ReadOnly { .. })),
    ];
    for (kind, expected) in cases {
        let writer = vault.writer(&small_packs()).unwrap();
        let stored = store(&writer, &mail(1, 5_000));
        storage.fail_after(0, kind);
        let error = wait(writer.flush()).unwrap_err();
        assert!(expected(&error), "{error:?}");
        storage.heal();
        let again = wait(writer.store_mail(Bytes::from_static(b"more"))).unwrap_err();
        assert!(expected(&again), "{again:?}");
        let edits = vec![put("a", vec![file("f", &stored)])];
        let refused = commit(&vault, &writer, None, edits).unwrap_err();
        assert!(expected(&refused), "{refused:?}");
        assert!(!vault.contains(&stored.blobs[0]));
        assert!(expected(&{
            storage.fail_after(0, kind);
            let error = vault.lock(LockKind::Shared).err().unwrap();
            storage.heal();
            error
        }));
    }
    let writer = vault.writer(&small_packs()).unwrap();
    let stored = store(&writer, &mail(1, 5_000));
    assert!(stored.added > 0);
    wait(writer.flush()).unwrap();
    assert!(vault.contains(&stored.blobs[0]));
}

#[cfg_attr(windows, ignore = "stock restic judges, which is a program for Linux here")]
#[test]
fn flushed_is_durable_and_counted() {
    let place = Place::new();
    let vault = place.init();
    let writer = vault.writer(&WriterOptions::default()).unwrap();
    assert_eq!((writer.undurable_bytes(), writer.undurable_since()), (0, None));
    let stored = [store(&writer, &mail(1, 5_000)), stream(&writer, &noise(1, 700_000), 9_999)];
    assert_eq!(writer.undurable_bytes(), 705_000);
    assert!(writer.undurable_since().is_some());
    assert!(!vault.contains(&stored[0].blobs[0]));
    wait(writer.flush()).unwrap();
    assert_eq!((writer.undurable_bytes(), writer.undurable_since()), (0, None));
    let totals = writer.totals();
    assert_eq!((totals.hashed, totals.new_blobs), (705_000, 1 + stored[1].blobs.len() as u64));

    let other = place.open();
    for blob in stored.iter().flat_map(|stored| &stored.blobs) {
        assert!(vault.contains(blob) && other.contains(blob));
    }
    let again = store(&writer, &mail(1, 5_000));
    assert_eq!((again.added, &again.blobs), (0, &stored[0].blobs));
    place.assert_sound();
}

#[test]
fn dropped_futures_leave_contents_whole() {
    let place = Place::new();
    let vault = place.init();
    let options = WriterOptions { threads: 1, ..WriterOptions::default() };
    let writer = vault.writer(&options).unwrap();
    let (taken, stored) = wait(async {
        let mut sink = writer.sink();
        let (mut taken, mut dropped) = (Vec::new(), 0);
        for number in 0..400 {
            let piece = noise(number, 40_000);
            tokio::select! {
                biased;
                result = sink.write(piece.clone().into()) => {
                    result.unwrap();
                    taken.extend_from_slice(&piece);
                }
                () = ready(()) => dropped += 1,
            }
            if number % 50 == 0 {
                tokio::select! {
                    biased;
                    _ = writer.store_mail(mail(number, 90_000).into()) => {}
                    () = ready(()) => {}
                }
                tokio::select! {
                    biased;
                    _ = writer.flush() => {}
                    () = ready(()) => {}
                }
            }
        }
        assert!(dropped > 0);
        (taken, sink.finish().await.unwrap())
    });
    assert_eq!(stored.size, taken.len() as u64);
    wait(writer.flush()).unwrap();
    let mut reader = vault.open_blobs(&stored.blobs).unwrap();
    assert!(reader.read_at(0, taken.len()).unwrap() == taken);
    sound(&vault);
}

#[test]
fn what_was_not_flushed_when_the_writer_went_is_stored_again() {
    let place = Place::new();
    let vault = place.init();
    let first = store(&vault.writer(&small_packs()).unwrap(), &mail(1, 5_000));
    let writer = vault.writer(&small_packs()).unwrap();
    let again = store(&writer, &mail(1, 5_000));
    assert_eq!(first.blobs, again.blobs);
    assert!(again.added > 0);
}

#[test]
fn many_at_once_store_each_blob_once() {
    let place = Place::new();
    let vault = place.init();
    let options = WriterOptions { threads: 4, ..small_packs() };
    let writer = vault.writer(&options).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).build().unwrap();
    let stored: Vec<Stored> = runtime.block_on(async {
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..400u64 {
            let writer = writer.clone();
            tasks.spawn(async move {
                let stored = writer.store_mail(mail(number % 40, 4_000).into()).await.unwrap();
                if number % 60 == 0 {
                    writer.flush().await.unwrap();
                }
                stored
            });
        }
        tasks.join_all().await
    });
    wait(writer.flush()).unwrap();
    assert_eq!(writer.totals().new_blobs, 40);
    assert_eq!(stored.iter().filter(|stored| stored.added > 0).count(), 40);
    assert!(stored.iter().all(|stored| vault.contains(&stored.blobs[0])));
    sound(&vault);
}

#[cfg_attr(windows, ignore = "stock restic judges, which is a program for Linux here")]
#[test]
fn a_full_disk_is_said_by_everything_that_writes() {
    let place = Place::new();
    let full = ErrorKind::StorageFull;
    let no_space = |error: VaultError| assert!(matches!(error, VaultError::NoSpace { .. }), "{error:?}");
    let storage = Arc::new(Faulty::new(place.repository()));
    for writes in 0..3 {
        storage.fail_after(writes, full);
        no_space(Vault::init_on(storage.clone(), &PASSWORD.into(), &place.cache()).err().unwrap());
    }
    storage.heal();
    let vault = Vault::init_on(storage.clone(), &PASSWORD.into(), &place.cache()).unwrap();
    let first = run(&vault, None, 0).unwrap();
    let second = run(&vault, Some(first.snapshot), 1).unwrap();
    storage.fail_after(0, full);
    no_space(vault.delete_snapshots(&[second.snapshot]).unwrap_err());
    no_space(vault.add_key(&"second".into()).unwrap_err());
    storage.heal();
    vault.delete_snapshots(&[second.snapshot]).unwrap();
    for writes in 1..4 {
        storage.fail_after(writes, full);
        no_space(vault.prune(PruneDepth::Erase).unwrap_err());
        storage.fail_after(writes, full);
        no_space(vault.merge_small_indexes().unwrap_err());
        storage.heal();
        sound(&vault);
    }
    vault.prune(PruneDepth::Erase).unwrap();
    place.assert_sound();
    let restored = place.restored(first.snapshot);
    assert_eq!(read(&restored.join("mail/0/0-0.eml")), noise(0, 20_000));
}
