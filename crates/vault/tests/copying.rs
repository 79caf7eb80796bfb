//! A Repository is copied to another place: whole, checked, going on after a cut, and into nobody's else's folder.

#![allow(clippy::unwrap_used)] // A test that cannot go on fails.

use crate::support;

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};

use holdfast_vault::*;
use support::*;

/// A Repository with a snapshot, and the place for its copy.
fn stored() -> (Place, Vault, Place) {
    let place = Place::new();
    let vault = place.init();
    for number in 0..3 {
        let writer = vault.writer(&WriterOptions::default()).unwrap();
        let kept = store(&writer, &noise(number, 70_000));
        let edits = vec![put(&format!("/mail/{number}"), vec![file("one.eml", &kept)])];
        commit(&vault, &writer, None, edits).unwrap();
    }
    (place, vault, Place::new())
}

fn copy(vault: &Vault, to: &Place, after: u64) -> Result<(), VaultError> {
    let files = Cell::new(0);
    let mut copying = Copying::to(&to.location());
    let stop = || {
        files.set(files.get() + 1);
        files.get() > after
    };
    vault.copy_to(&mut copying, true, |_| true, |_, _| {}, stop)
}

fn packs(place: &Place) -> Vec<PathBuf> {
    let folders = fs::read_dir(place.repository().join("data")).unwrap();
    let files = folders.flat_map(|folder| fs::read_dir(folder.unwrap().path()).unwrap());
    files.map(|file| file.unwrap().path()).collect()
}

#[cfg_attr(windows, ignore = "stock restic judges, which is a program for Linux here")]
#[test]
fn a_copy_is_whole_and_the_same_repository() {
    let (place, vault, other) = stored();
    copy(&vault, &other, u64::MAX).unwrap();
    other.assert_sound();
    assert_eq!(other.open().id(), vault.id());
    assert_eq!(packs(&other).len(), packs(&place).len());
    let refused = copy(&vault, &other, u64::MAX);
    assert!(matches!(refused, Err(VaultError::AlreadyExists { .. })), "{refused:?}");
}

#[cfg_attr(windows, ignore = "stock restic judges, which is a program for Linux here")]
#[test]
fn a_copy_that_was_cut_off_is_no_repository_and_goes_on() {
    let (_place, vault, other) = stored();
    let refused = copy(&vault, &other, 2);
    assert!(matches!(refused, Err(VaultError::Cancelled)), "{refused:?}");
    let opened = Vault::open(&other.location(), &PASSWORD.into(), other.options()).err().unwrap();
    assert!(matches!(opened, VaultError::NotARepository { .. }), "{opened:?}");
    let begun = packs(&other);
    assert!(!begun.is_empty(), "nothing was copied");
    // What the cut, or the new disk, spoilt is copied anew; what is no longer wanted goes.
    let size = fs::metadata(&begun[0]).unwrap().len();
    fs::write(&begun[0], vec![7; usize::try_from(size).unwrap()]).unwrap();
    let stray = other.repository().join("snapshots").join("ab".repeat(32));
    fs::write(&stray, "gone").unwrap();
    copy(&vault, &other, u64::MAX).unwrap();
    assert!(!stray.exists());
    other.assert_sound();
}

#[test]
fn nobody_elses_folder_is_written_to() {
    let (_place, vault, other) = stored();
    fs::create_dir_all(other.repository()).unwrap();
    fs::write(other.repository().join("holiday.jpg"), "x").unwrap();
    let refused = copy(&vault, &other, u64::MAX);
    assert!(matches!(refused, Err(VaultError::NotEmpty { .. })), "{refused:?}");
    assert_eq!(fs::read_dir(other.repository()).unwrap().count(), 1);

    // Another Repository that lost its configuration, and one that is whole.
    let (strange, ..) = stored();
    let refused = copy(&vault, &strange, u64::MAX);
    assert!(matches!(refused, Err(VaultError::AlreadyExists { .. })), "{refused:?}");
    fs::remove_file(strange.repository().join("config")).unwrap();
    let before = packs(&strange);
    let refused = copy(&vault, &strange, u64::MAX);
    assert!(matches!(refused, Err(VaultError::NotEmpty { .. })), "{refused:?}");
    assert_eq!(packs(&strange), before);
}

#[test]
fn what_is_damaged_or_does_not_fit_is_said_before_it_counts() {
    let (place, vault, other) = stored();
    let mut copying = Copying::to(&other.location());
    let asked = Cell::new(0);
    let full = |bytes| {
        asked.set(bytes);
        false
    };
    let refused = vault.copy_to(&mut copying, true, full, |_, _| {}, || false);
    assert!(matches!(refused, Err(VaultError::NoSpace { .. })), "{refused:?}");
    assert!(asked.get() >= size_of(&packs(&place)), "{} bytes", asked.get());

    let pack = packs(&place).remove(0);
    let mut bytes = fs::read(&pack).unwrap();
    bytes[9] ^= 1;
    fs::write(&pack, bytes).unwrap();
    let refused = copy(&vault, &other, u64::MAX);
    assert!(matches!(refused, Err(VaultError::Damaged { .. })), "{refused:?}");
    assert!(!other.repository().join("config").exists());
}

fn size_of(files: &[PathBuf]) -> u64 {
    files.iter().map(|file| fs::metadata::<&Path>(file).unwrap().len()).sum()
}
