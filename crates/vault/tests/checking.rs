//! A check finds what stock restic would find.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A test that cannot go on fails.

use crate::support;

use std::fs::{self, OpenOptions as FileOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;

use holdfast_vault::*;
use support::*;

struct Stocked {
    place: Place,
    vault: Vault,
}

fn stocked() -> Stocked {
    let place = Place::new();
    let vault = place.init();
    let writer = vault.writer(&WriterOptions::default()).unwrap();
    let stored = [store(&writer, &mail(1, 30_000)), store(&writer, &noise(5, 30_000))];
    let files = vec![file("1.eml", &stored[0]), file("2.bin", &stored[1])];
    commit(&vault, &writer, None, vec![put("mail/2024", files)]).unwrap();
    Stocked { place, vault }
}

impl Stocked {
    fn check(&self, read_data: ReadData) -> CheckReport {
        self.vault.check(&CheckOptions { read_data }, |_| {}, || false).unwrap()
    }

    fn errors(&self, read_data: ReadData) -> Vec<String> {
        let report = self.check(read_data);
        report.errors.iter().map(ToString::to_string).collect()
    }

    fn files(&self, kind: &str) -> Vec<PathBuf> {
        let mut folders = vec![self.place.repository().join(kind)];
        let mut files = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    files.push(path);
                }
            }
        }
        files.sort_by_key(|path| std::cmp::Reverse(fs::metadata(path).unwrap().len()));
        files
    }

    fn all_files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let files = ["data", "index", "snapshots"].map(|kind| self.files(kind)).concat();
        files.into_iter().map(|path| (path.clone(), read(&path))).collect()
    }

    /// The pack of contents is the larger one.
    fn pack(&self) -> PathBuf {
        self.files("data").remove(0)
    }

    fn tree_pack(&self) -> PathBuf {
        self.files("data").remove(1)
    }
}

fn flip(path: &PathBuf, at: u64) {
    let mut file = FileOptions::new().read(true).write(true).open(path).unwrap();
    let mut byte = [0];
    file.seek(SeekFrom::Start(at)).unwrap();
    file.read_exact(&mut byte).unwrap();
    file.seek(SeekFrom::Start(at)).unwrap();
    file.write_all(&[byte[0] ^ 1]).unwrap();
}

fn truncate(path: &PathBuf) {
    let length = fs::metadata(path).unwrap().len();
    let file = FileOptions::new().write(true).open(path).unwrap();
    file.set_len(length - 1).unwrap();
}

#[test]
fn a_sound_repository_has_no_errors() {
    let stocked = stocked();
    let report = stocked.check(ReadData::Everything);
    assert!(report.is_sound(), "{:?}", report.errors);
    assert_eq!((report.packs, report.packs_read, report.unused_packs), (2, 2, 0));
    assert_eq!((report.snapshots, report.folders, report.indexes), (1, 3, 1));
    assert!(report.bytes_read > 30_000);
    let halves = [1, 2].map(|number| stocked.check(ReadData::Part { number, of: 2 }).packs_read);
    assert_eq!(halves.iter().sum::<u64>(), 2);
}

#[test]
fn damage_is_found() {
    type Damage = fn(&Stocked);
    let quick: [(&str, Damage, &str); 7] = [
        ("a pack that is gone", |s| fs::remove_file(s.pack()).unwrap(), "is missing"),
        ("a pack cut off", |s| truncate(&s.pack()), "bytes instead of"),
        ("a tree pack that is gone", |s| fs::remove_file(s.tree_pack()).unwrap(), "folder /"),
        ("a damaged tree", |s| flip(&s.tree_pack(), 40), "folder /"),
        ("a damaged index", |s| flip(&s.files("index")[0], 40), "is not what was written"),
        ("an index that is gone", |s| fs::remove_file(&s.files("index")[0]).unwrap(), "missing"),
        ("a damaged snapshot", |s| flip(&s.files("snapshots")[0], 9), "is not what was written"),
    ];
    let stocked = stocked();
    let sound = stocked.all_files();
    for (name, damage, expected) in quick {
        damage(&stocked);
        let errors = stocked.errors(ReadData::Nothing);
        assert!(errors.iter().any(|error| error.contains(expected)), "{name}: {errors:?}");
        for (path, content) in &sound {
            fs::write(path, content).unwrap();
        }
        assert_eq!(stocked.errors(ReadData::Everything), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn a_changed_byte_anywhere_in_a_pack_is_found_by_reading_it() {
    let stocked = stocked();
    let pack = stocked.pack();
    let length = fs::metadata(&pack).unwrap().len();
    for at in [0, 20, length / 2, length - 60, length - 3] {
        flip(&pack, at);
        assert_eq!(stocked.errors(ReadData::Nothing), Vec::<String>::new());
        let errors = stocked.errors(ReadData::Everything);
        assert!(errors.iter().any(|error| error.contains("bytes changed")), "{at}: {errors:?}");
        flip(&pack, at);
    }
    assert!(stocked.check(ReadData::Everything).is_sound());
}

#[test]
fn a_damaged_blob_is_never_given_out() {
    let stocked = stocked();
    flip(&stocked.pack(), 100);
    let snapshot = stocked.vault.snapshots().unwrap().remove(0);
    let view = stocked.vault.tree(snapshot.id).unwrap();
    let path = ["mail", "2024", "1.eml"];
    let refused = view.read_small(&path, 1 << 20).unwrap_err();
    assert!(matches!(refused, VaultError::Damaged { .. }), "{refused:?}");
}

#[test]
fn packs_no_index_names_are_told_and_no_error() {
    let stocked = stocked();
    fs::remove_file(&stocked.files("snapshots")[0]).unwrap();
    fs::remove_file(&stocked.files("index")[0]).unwrap();
    let report = stocked.check(ReadData::Everything);
    assert!(report.is_sound());
    assert_eq!(report.unused_packs, 2);
}

#[test]
fn a_check_can_be_cancelled_and_tells_how_far_it_is() {
    let stocked = stocked();
    let options = CheckOptions { read_data: ReadData::Everything };
    let cancelled = stocked.vault.check(&options, |_| {}, || true);
    assert!(matches!(cancelled, Err(VaultError::Cancelled)));
    let told = std::sync::Mutex::new(Vec::new());
    let tell = |progress| told.lock().unwrap().push(progress);
    stocked.vault.check(&options, tell, || false).unwrap();
    let told = told.into_inner().unwrap();
    assert!(told.contains(&CheckProgress::Packs { done: 2, total: 2 }), "{told:?}");
    assert!(told.contains(&CheckProgress::Snapshots { done: 1, total: 1 }));
}
