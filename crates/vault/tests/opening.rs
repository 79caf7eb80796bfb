//! Opening the right Repository, and saying what is wrong otherwise.

#![allow(clippy::unwrap_used, clippy::expect_used)] // A test that cannot go on fails.

use crate::support;

use std::fs;

use holdfast_vault::*;
use support::*;

fn error(opened: Result<Vault, VaultError>) -> VaultError {
    opened.err().expect("must be refused")
}

fn open(place: &Place, password: &str, expect: Option<RepositoryId>) -> Result<Vault, VaultError> {
    let options = OpenOptions { expect, ..place.options() };
    Vault::open(&place.location(), &password.into(), options)
}

#[test]
fn only_the_right_password_opens_and_only_the_expected_repository() {
    let place = Place::new();
    let ours = place.init();
    assert_eq!(open(&place, PASSWORD, Some(ours.id())).unwrap().id(), ours.id());
    for expect in [None, Some(ours.id())] {
        let refused = error(open(&place, "wrong", expect));
        assert!(matches!(refused, VaultError::WrongPassword), "{refused:?}");
    }

    // Another Repository in its place, with the same password and with another one.
    fs::remove_dir_all(place.repository()).unwrap();
    let other = place.init();
    let refused = error(open(&place, PASSWORD, Some(ours.id())));
    assert!(matches!(refused, VaultError::OtherRepository { expected, found: Some(found) }
            if expected == ours.id() && found == other.id()));
    let refused = error(open(&place, "wrong", Some(ours.id())));
    assert!(matches!(refused, VaultError::OtherRepository { found: None, .. }), "{refused:?}");
}

#[test]
fn what_is_not_a_repository_is_said() {
    let place = Place::new();
    assert!(matches!(error(open(&place, PASSWORD, None)), VaultError::NotFound { .. }));
    fs::create_dir(place.repository()).unwrap();
    assert!(matches!(error(open(&place, PASSWORD, None)), VaultError::NotARepository { .. }));
    fs::write(place.repository().join("holiday.jpg"), "x").unwrap();
    assert!(matches!(error(open(&place, PASSWORD, None)), VaultError::NotARepository { .. }));
    let init = || Vault::init(&place.location(), &PASSWORD.into(), &place.cache());
    assert!(matches!(error(init()), VaultError::NotEmpty { .. }));
    fs::remove_file(place.repository().join("holiday.jpg")).unwrap();
    init().unwrap();
    assert!(matches!(error(init()), VaultError::AlreadyExists { .. }));
}

#[cfg_attr(windows, ignore = "stock restic judges, which is a program for Linux here")]
#[test]
fn a_start_that_was_cut_off_can_be_made_again() {
    let place = Place::new();
    drop(place.init());
    // The configuration is written last.
    fs::remove_file(place.repository().join("config")).unwrap();
    let vault = place.init();
    assert_eq!(vault.keys().unwrap().len(), 1);
    assert_eq!(place.open().id(), vault.id());
    place.assert_sound();
}

#[test]
fn a_file_in_the_place_of_the_folder_is_not_a_repository() {
    let place = Place::new();
    fs::write(place.repository(), "x").unwrap();
    assert!(matches!(error(open(&place, PASSWORD, None)), VaultError::NotARepository { .. }));
}

#[test]
fn passwords_are_added_and_removed() {
    let place = Place::new();
    let vault = place.init();
    let added = vault.add_key(&"second".into()).unwrap();
    let keys = vault.keys().unwrap();
    assert_eq!(keys.len(), 2);
    let current = keys.iter().find(|key| key.current).unwrap();
    assert!(current.id != added && current.created.is_some());
    let refused = vault.remove_key(current.id).unwrap_err();
    assert!(matches!(refused, VaultError::KeyInUse { .. }));

    let second = open(&place, "second", Some(vault.id())).unwrap();
    second.remove_key(current.id).unwrap();
    let gone = second.remove_key(current.id).unwrap_err();
    assert!(matches!(gone, VaultError::KeyInUse { .. } | VaultError::Missing { .. }), "{gone:?}");
    assert!(matches!(error(open(&place, PASSWORD, None)), VaultError::WrongPassword));
}

#[test]
fn sealed_texts_open_only_in_their_repository() {
    let (here, there) = (Place::new().init(), Place::new().init());
    let sealed = here.seal("labels: Ü".as_bytes()).unwrap();
    assert_eq!(here.unseal(&sealed).unwrap(), "labels: Ü".as_bytes());
    assert!(matches!(there.unseal(&sealed), Err(VaultError::Damaged { .. })));
    assert!(here.unseal(&sealed[1..]).is_err());
    assert!(here.unseal(b"").is_err());
}

/// Enough index files that opening writes a cache.
fn with_cache(place: &Place) -> Vec<BlobId> {
    let vault = place.init();
    let writer = vault.writer(&WriterOptions::default()).unwrap();
    let mut blobs = Vec::new();
    for number in 0..12 {
        blobs.extend(store(&writer, &mail(number, 3_000)).blobs);
        wait(writer.flush()).unwrap();
    }
    drop(place.open());
    assert_eq!(cache_files(place).len(), 1);
    blobs
}

fn cache_files(place: &Place) -> Vec<std::path::PathBuf> {
    let folder = fs::read_dir(place.cache()).unwrap().next().unwrap().unwrap().path();
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|e| e == "index")).collect()
}

#[test]
fn the_index_cache_is_used_and_a_damaged_one_is_built_anew() {
    let place = Place::new();
    let blobs = with_cache(&place);
    let all = |vault: &Vault| blobs.iter().all(|blob| vault.contains(blob));
    let cached = place.open();
    assert!(all(&cached) && !cached.contains(&BlobId([7; 32])));
    assert_eq!(cached.blob_count(), 12);
    drop(cached);

    let path = cache_files(&place).remove(0);
    let mut bytes = fs::read(&path).unwrap();
    bytes[300] ^= 0x40;
    fs::write(&path, bytes).unwrap();
    assert!(all(&place.open()));
    fs::write(cache_files(&place).remove(0), b"HFINDEX1").unwrap();
    let vault = place.open();
    assert!(all(&vault));
    let mut reader = vault.open_blobs(&blobs[3..4]).unwrap();
    assert_eq!(reader.read_at(0, 10_000).unwrap(), mail(3, 3_000));
}

#[cfg_attr(windows, ignore = "stock restic judges, which is a program for Linux here")]
#[test]
fn a_foreign_prune_between_two_opens_is_noticed() {
    let place = Place::new();
    let blobs = with_cache(&place);
    let vault = place.open();
    // No snapshot names any of them.
    place.restic_ok(&["prune"]);
    let opened = place.open();
    assert!(blobs.iter().all(|blob| !opened.contains(blob)));
    assert!(vault.contains(&blobs[0]));
    vault.refresh_index().unwrap();
    assert!(!vault.contains(&blobs[0]));
    let writer = vault.writer(&WriterOptions::default()).unwrap();
    let stored = store(&writer, &mail(0, 3_000));
    assert!(stored.added > 0);
    commit(&vault, &writer, None, vec![put("a", vec![file("f", &stored)])]).unwrap();
    place.assert_sound();
}
