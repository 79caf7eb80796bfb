//! Stock restic reads what we write and dedups with it.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A test that cannot go on fails.

use crate::support;

use std::fs;

use holdfast_vault::*;
use support::*;

#[test]
#[cfg_attr(windows, ignore = "stock restic judges, which is a program for Linux here")]
fn restic_checks_and_restores_every_byte() {
    let place = Place::new();
    let vault = place.init();
    let writer = vault.writer(&WriterOptions::default()).unwrap();
    let attachment = noise(1, 300_000);
    let contents = [
        ("empty", Vec::new()),
        ("one.eml", mail(1, 3_000)),
        ("again.eml", mail(1, 3_000)),
        ("attached-1.eml", mail_with(1, &attachment)),
        ("attached-2.eml", mail_with(2, &attachment)),
        ("long.eml", mail(3, 3_000_000)),
    ];
    let mut files: Vec<FileEntry> =
        contents.iter().map(|(name, content)| file(name, &store(&writer, content))).collect();
    let big = noise(2, 9_500_000);
    let stored = stream(&writer, &big, 70_001);
    assert!(stored.blobs.len() > 3, "{}", stored.blobs.len());
    files.push(file("big.bin", &stored));
    let made = commit(&vault, &writer, None, vec![put("google/t/u/mail/2024", files)]).unwrap();

    place.assert_sound();
    let restored = place.restored(made.snapshot).join("google/t/u/mail/2024");
    for (name, content) in &contents {
        assert!(read(&restored.join(name)) == *content, "{name}");
    }
    assert!(read(&restored.join("big.bin")) == big);
    let modified = fs::metadata(restored.join("one.eml")).unwrap().modified().unwrap();
    let modified: jiff::Timestamp = modified.try_into().unwrap();
    assert_eq!(modified.to_string(), "2024-05-06T07:08:09.123456789Z");

    let listed = place.restic_ok(&["snapshots", "--json"]);
    assert!(listed.contains("\"hostname\":\"office\""), "{listed}");
    assert!(listed.contains("\"tags\":[\"holdfast\"]"), "{listed}");
}

#[test]
#[cfg_attr(windows, ignore = "stock restic judges, which is a program for Linux here")]
fn an_attachment_sent_to_many_is_stored_once() {
    let place = Place::new();
    let vault = place.init();
    let writer = vault.writer(&WriterOptions::default()).unwrap();
    let attachment = noise(1, 2_000_000);
    let first = store(&writer, &mail_with(1, &attachment));
    assert!(first.added > 2_000_000);
    for number in 2..5 {
        let next = store(&writer, &mail_with(number, &attachment));
        assert!(next.added < 2_000, "{}", next.added);
    }
}

#[test]
#[cfg_attr(windows, ignore = "stock restic judges, which is a program for Linux here")]
fn restic_backup_dedups_with_our_chunks() {
    let place = Place::new();
    let vault = place.init();
    let writer = vault.writer(&WriterOptions::default()).unwrap();
    let big = noise(3, 20_000_000);
    let stored = stream(&writer, &big, 65_536);
    commit(&vault, &writer, None, vec![put("a", vec![file("big", &stored)])]).unwrap();

    let source = place.dir.path().join("source");
    fs::create_dir(&source).unwrap();
    fs::write(source.join("same.bin"), &big).unwrap();
    let summary = place.restic_ok(&["backup", "--json", source.to_str().unwrap()]);
    let summary = summary.lines().find(|line| line.contains("\"summary\"")).unwrap();
    assert!(summary.contains("\"data_blobs\":0,"), "{summary}");

    // And the other way: what restic stored, we do not store again.
    let other = noise(4, 5_000_000);
    fs::write(source.join("other.bin"), &other).unwrap();
    place.restic_ok(&["backup", "--json", source.to_str().unwrap()]);
    vault.refresh_index().unwrap();
    let stored = stream(&writer, &other, 1_000_000);
    assert_eq!(stored.added, 0);
    place.assert_sound();
}

#[test]
#[cfg_attr(windows, ignore = "stock restic judges, which is a program for Linux here")]
fn a_repository_that_restic_made_is_used() {
    let place = Place::new();
    place.restic_ok(&["init", "--repository-version", "2"]);
    let source = place.dir.path().join("source");
    fs::create_dir_all(source.join("folder \"quoted\"")).unwrap();
    fs::write(source.join("folder \"quoted\"/note \\ ü.txt"), "by restic").unwrap();
    place.restic_ok(&["backup", source.to_str().unwrap()]);

    let vault = place.open();
    let theirs = vault.snapshots().unwrap().remove(0);
    let writer = vault.writer(&WriterOptions::default()).unwrap();
    let nothing = commit(&vault, &writer, Some(theirs.id), Vec::new()).unwrap();
    assert!(nothing.unchanged && nothing.tree == theirs.tree);
    let stored = store(&writer, b"by us");
    let edits = vec![put("ours", vec![file("note", &stored)])];
    let made = commit(&vault, &writer, Some(theirs.id), edits).unwrap();
    place.assert_sound();
    let restored = place.restored(made.snapshot);
    assert_eq!(read(&restored.join("ours/note")), b"by us");
    let kept = restored.join(source.strip_prefix("/").unwrap());
    assert_eq!(read(&kept.join("folder \"quoted\"/note \\ ü.txt")), b"by restic");
}

#[test]
#[cfg_attr(windows, ignore = "stock restic judges, which is a program for Linux here")]
fn an_old_format_is_refused() {
    let place = Place::new();
    place.restic_ok(&["init", "--repository-version", "1"]);
    let refused = Vault::open(&place.location(), &PASSWORD.into(), place.options());
    assert!(matches!(refused.err(), Some(VaultError::TooOld { version: 1 })));
}
