//! Changes become exactly the tree they say, and nothing is named that is not stored.

#![allow(clippy::unwrap_used, clippy::expect_used)] // A test that cannot go on fails.

use crate::support;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use holdfast_vault::*;
use proptest::prelude::*;
use support::*;

/// One Repository for all cases: making one takes a moment.
fn vault() -> &'static (Place, Vault) {
    static VAULT: OnceLock<(Place, Vault)> = OnceLock::new();
    VAULT.get_or_init(|| {
        let place = Place::new();
        let vault = place.init();
        (place, vault)
    })
}

/// What a folder should hold: path to content.
type Model = BTreeMap<Vec<String>, Vec<u8>>;

#[derive(Debug, Clone)]
enum Step {
    Put(u8),
    Remove,
    Append(u8),
    Clear,
}

fn model_of(view: &SnapshotView, vault: &Vault) -> Model {
    let mut model = Model::new();
    let mut last = Vec::new();
    for found in view.walk::<&str>(&[]).unwrap() {
        let WalkEntry { mut folder, entry } = found.unwrap();
        folder.push(entry.name);
        assert!(folder > last, "{folder:?} comes after {last:?}");
        last = folder.clone();
        if let EntryKind::File { blobs, size } = entry.kind {
            let content = vault.open_blobs(&blobs).unwrap().read_at(0, 1 << 20).unwrap();
            assert_eq!(content.len() as u64, size);
            model.insert(folder, content.to_vec());
        }
    }
    model
}

/// Applies the steps to the model and gives them as edits.
fn apply(model: &mut Model, writer: &Writer, steps: &[(Vec<u8>, u8, Step)]) -> Vec<FolderEdit> {
    let mut by_folder: BTreeMap<Vec<String>, Vec<(String, Step)>> = BTreeMap::new();
    for (folder, name, step) in steps {
        // Folders and files have names of their own, so that none is both.
        let folder = folder.iter().map(|name| format!("d{name}")).collect();
        let files: &mut Vec<(String, Step)> = by_folder.entry(folder).or_default();
        let name = format!("f{name}");
        if files.iter().all(|(other, _)| *other != name) {
            files.push((name, step.clone()));
        }
    }
    let mut edits = Vec::new();
    for (folder, steps) in by_folder {
        let mut edit = FolderEdit { path: folder.clone(), ..FolderEdit::default() };
        if steps.iter().any(|(_, step)| matches!(step, Step::Clear)) {
            edit.remove_folder = true;
            model.retain(|path, _| !path.starts_with(&folder));
        }
        for (name, step) in steps {
            let path = [&folder[..], std::slice::from_ref(&name)].concat();
            match step {
                Step::Clear => {}
                Step::Put(byte) => {
                    let content = vec![byte; usize::from(byte)];
                    edit.put.push(file(&name, &store(writer, &content)));
                    model.insert(path, content);
                }
                Step::Remove => {
                    edit.remove.push(name);
                    model.remove(&path);
                }
                Step::Append(byte) => {
                    let expected = model.get(&path).cloned();
                    let new = expected.clone().unwrap_or_default();
                    let new = (byte > 20).then(|| [new, vec![byte]].concat());
                    match &new {
                        Some(new) => model.insert(path, new.clone()),
                        None => model.remove(&path),
                    };
                    let rewrite = move |old: Option<Vec<u8>>| {
                        assert_eq!(old, expected);
                        Ok(new)
                    };
                    edit.rewrite.push((name, Box::new(rewrite)));
                }
            }
        }
        edits.push(edit);
    }
    edits
}

fn steps() -> impl Strategy<Value = Vec<(Vec<u8>, u8, Step)>> {
    let step = prop_oneof![
        6 => any::<u8>().prop_map(Step::Put),
        3 => Just(Step::Remove),
        3 => any::<u8>().prop_map(Step::Append),
        1 => Just(Step::Clear),
    ];
    let folder = proptest::collection::vec(0..3u8, 0..4);
    proptest::collection::vec((folder, 0..4u8, step), 0..14)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn any_changes_give_the_tree_they_say(rounds in proptest::collection::vec(steps(), 1..5)) {
        let (_, vault) = vault();
        let writer = vault.writer(&WriterOptions::default()).unwrap();
        let mut model = Model::new();
        let mut parent = None;
        for round in rounds {
            let before = model.clone();
            let edits = apply(&mut model, &writer, &round);
            let done = commit(vault, &writer, parent, edits).unwrap();
            let view = vault.tree(done.snapshot).unwrap();
            prop_assert_eq!(model_of(&view, vault), model.clone());
            if done.unchanged {
                prop_assert_eq!(Some(done.snapshot), parent);
                prop_assert_eq!(&model, &before);
            }
            for entry in view.walk::<&str>(&[]).unwrap() {
                let WalkEntry { mut folder, entry } = entry.unwrap();
                folder.push(entry.name);
                if entry.kind == EntryKind::Folder {
                    prop_assert!(!view.list(&folder).unwrap().is_empty());
                }
            }
            parent = Some(done.snapshot);
        }
    }
}

#[cfg_attr(windows, ignore = "stock restic judges, which is a program for Linux here")]
#[test]
fn only_touched_folders_are_read_and_equal_ones_keep_their_id() {
    let (place, vault) = vault();
    let writer = vault.writer(&WriterOptions::default()).unwrap();
    let stored = store(&writer, &mail(1, 2_000));
    let days: Vec<String> = (10..30).map(|day| format!("u/mail/2024/{day}")).collect();
    let edits = || days.iter().map(|day| put(day, vec![file("1.eml", &stored)])).collect();
    let first = commit(vault, &writer, None, edits()).unwrap();
    assert_eq!((first.trees_read, first.trees_written), (0, 24));

    let again = commit(vault, &writer, Some(first.snapshot), edits()).unwrap();
    assert!(again.unchanged && again.snapshot == first.snapshot);
    assert_eq!((again.tree, again.trees_written), (first.tree, 0));

    let one = vec![put("u/mail/2024/15", vec![file("2.eml", &stored)])];
    let third = commit(vault, &writer, Some(first.snapshot), one).unwrap();
    assert_eq!((third.trees_read, third.trees_written), (5, 5));
    place.assert_sound();
    let info = vault.tree(third.snapshot).unwrap().snapshot().clone();
    assert_eq!(info.parent, Some(first.snapshot));
    assert_eq!((&*info.host, &*info.label), ("office", "example.org"));
    assert_eq!(info.tags, ["holdfast"]);
    assert_eq!(info.program_version, "holdfast 0.1.0");
    assert_eq!(info.summary.unwrap().files_changed, 1);
}

#[test]
fn what_cannot_be_right_is_refused_and_leaves_no_snapshot() {
    let place = Place::new();
    let vault = &place.init();
    let writer = vault.writer(&WriterOptions::default()).unwrap();
    let stored = store(&writer, b"content");
    let good = || file("f", &stored);
    let before = commit(vault, &writer, None, vec![put("a/b", vec![good()])]).unwrap();
    let count = vault.snapshots().unwrap().len();
    let refused = |edits: Vec<FolderEdit>| commit(vault, &writer, Some(before.snapshot), edits).unwrap_err();
    let mut unknown = good();
    unknown.blobs[0] = BlobId([3; 32]);
    assert!(matches!(
        refused(vec![put("a", vec![unknown])]),
        VaultError::UnknownBlob { path, .. } if path == "/a/f"
    ));
    let mut longer = good();
    longer.size += 1;
    assert!(matches!(refused(vec![put("a", vec![longer])]), VaultError::WrongSize { .. }));
    for name in ["", ".", "..", "a/b", "a\\b", "a\"b", "ü", "a\0", "a\n", &"x".repeat(256)] {
        let mut named = good();
        named.name = name.into();
        assert!(matches!(refused(vec![put("a", vec![named])]), VaultError::BadName { .. }), "{name:?}");
        let mut edit = put("", vec![good()]);
        edit.path = vec!["a".into(), name.into()];
        assert!(matches!(refused(vec![edit]), VaultError::BadName { .. }), "{name:?}");
    }
    let unsorted = vec![put("b", vec![good()]), put("a", vec![good()])];
    assert!(matches!(refused(unsorted), VaultError::OutOfOrder { path } if path == "/a"));
    let mut folder_name = good();
    folder_name.name = "b".into();
    assert!(matches!(refused(vec![put("a", vec![folder_name])]), VaultError::Conflict { .. }));
    assert!(matches!(refused(vec![put("a/b/f", vec![good()])]), VaultError::Conflict { .. }));
    let failing =
        FolderEdit { rewrite: vec![("f".into(), Box::new(|_| Err("no JSON".into())))], ..put("a/b", vec![]) };
    assert!(matches!(refused(vec![failing]), VaultError::Rewrite { path, .. } if path == "/a/b/f"));

    let edits = commit_of(None, [Ok(put("a", vec![good()])), Err("the catalogue is gone")]);
    let failed = vault.commit(&writer, edits, || false).unwrap_err();
    assert_eq!(failed.to_string(), "the changes could not be read: the catalogue is gone");
    let edits = commit_of(None, [Ok::<_, VaultError>(put("a", vec![good()]))]);
    let cancelled = vault.commit(&writer, edits, || true).unwrap_err();
    assert!(matches!(cancelled, VaultError::Cancelled));
    assert_eq!(vault.snapshots().unwrap().len(), count);
}

#[cfg_attr(windows, ignore = "stock restic judges, which is a program for Linux here")]
#[test]
fn a_commit_of_nothing_is_an_empty_tree() {
    let place = Place::new();
    let vault = place.init();
    let writer = vault.writer(&WriterOptions::default()).unwrap();
    let empty = commit(&vault, &writer, None, Vec::new()).unwrap();
    assert!(vault.tree(empty.snapshot).unwrap().list::<&str>(&[]).unwrap().is_empty());
    let stored = store(&writer, b"x");
    let full = commit(&vault, &writer, None, vec![put("a/b", vec![file("f", &stored)])]).unwrap();
    let gone = FolderEdit { remove: vec!["f".into(), "never-there".into()], ..put("a/b", Vec::new()) };
    let emptied = commit(&vault, &writer, Some(full.snapshot), vec![gone]).unwrap();
    assert_eq!(emptied.tree, empty.tree);
    place.assert_sound();
}
