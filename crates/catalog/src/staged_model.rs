//! Staging and applying, compared step by step with plain maps.

use std::collections::{BTreeMap, BTreeSet};

use holdfast_model::{ArchiveId, ItemId, RunId, SkipReason};
use proptest::prelude::*;

use crate::staged::{self, StagedItem, StagedOp};
use crate::testing::{Scratch, archive, connection};
use crate::{FolderId, Result, StoredItem, Tx, archives, folders, items};

#[derive(Clone, Debug)]
enum Step {
    Put {
        item: u8,
        size: u64,
        skip: bool,
    },
    Meta {
        item: u8,
        tag: bool,
        skip: bool,
    },
    Remove {
        item: u8,
    },
    Discard {
        item: u8,
    },
    /// Everything staged so far goes into a Snapshot.
    Snapshot,
    /// The last Snapshot is durable.
    Apply,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0u8..6, 0u64..100, any::<bool>()).prop_map(|(item, size, skip)| Step::Put { item, size, skip }),
        2 => (0u8..6, any::<bool>(), any::<bool>()).prop_map(|(item, tag, skip)| Step::Meta { item, tag, skip }),
        2 => (0u8..6).prop_map(|item| Step::Remove { item }),
        1 => (0u8..6).prop_map(|item| Step::Discard { item }),
        1 => Just(Step::Snapshot),
        1 => Just(Step::Apply),
    ]
}

/// What should be there.
#[derive(Default)]
struct Model {
    stored: BTreeMap<u8, StoredItem>,
    staged: BTreeMap<u8, StagedItem>,
    snapshot: i64,
}

impl Model {
    fn folder(&self, item: u8) -> Option<FolderId> {
        match self.staged.get(&item) {
            Some(staged) => staged.folder,
            None => self.stored.get(&item).and_then(|stored| stored.folder),
        }
    }

    fn extensions(&self, item: u8) -> String {
        match self.staged.get(&item) {
            Some(staged) => staged.extensions.clone(),
            None => self.stored.get(&item).map(|stored| stored.extensions.clone()).unwrap_or_default(),
        }
    }

    fn apply(&mut self) {
        let upto = self.snapshot;
        let (done, rest): (BTreeMap<_, _>, BTreeMap<_, _>) =
            std::mem::take(&mut self.staged).into_iter().partition(|(_, staged)| staged.seq <= upto);
        self.staged = rest;
        for (item, staged) in done {
            let before = self.stored.remove(&item);
            if staged.op == StagedOp::Remove {
                continue;
            }
            let mut after = StoredItem {
                archive: staged.archive,
                item: staged.item,
                tag: staged.tag.clone().unwrap_or_default(),
                folder: staged.folder,
                extensions: staged.extensions,
                size: staged.size,
                content_key: staged.content_key,
                skip: staged.skip,
                meta_hash: staged.meta_hash,
                labels_hash: staged.labels_hash,
                first_run: before.as_ref().map_or(staged.run, |before| before.first_run),
                changed_run: staged.run,
            };
            if let (StagedOp::Meta, Some(before)) = (staged.op, before) {
                after.tag = staged.tag.unwrap_or(before.tag);
                after.extensions = before.extensions;
                after.size = before.size;
                after.content_key = before.content_key;
                after.skip = after.skip.or(before.skip);
            }
            self.stored.insert(item, after);
        }
    }
}

fn run(tx: &Tx<'_>, archive: ArchiveId, model: &mut Model, number: i64, step: &Step) -> Result<()> {
    let id = |item: u8| ItemId(format!("m{item}"));
    let skip_if = |skip: bool| skip.then_some(SkipReason::TooLarge);
    let base = |item: u8, op| StagedItem {
        seq: 0,
        archive,
        item: id(item),
        op,
        tag: None,
        folder: None,
        extensions: String::new(),
        files: None,
        content_key: None,
        size: 0,
        skip: None,
        sealed_meta: Some(vec![number as u8]),
        meta_hash: Some(number),
        labels_hash: (number % 2 == 0).then_some(-number),
        run: RunId(number),
    };
    let stage = |model: &mut Model, mut item: StagedItem, which: u8| {
        item.seq = staged::put(tx, &item)?;
        item.folder = item.folder.or(model.folder(which));
        if item.op != StagedOp::Put && item.folder.is_some() {
            item.extensions = model.extensions(which);
        }
        if let Some(earlier) = model.staged.get(&which)
            && (earlier.op, item.op) == (StagedOp::Put, StagedOp::Meta)
        {
            let earlier = earlier.clone();
            item = StagedItem {
                seq: item.seq,
                tag: item.tag.or(earlier.tag),
                skip: item.skip.or(earlier.skip),
                sealed_meta: item.sealed_meta,
                meta_hash: item.meta_hash,
                labels_hash: item.labels_hash,
                run: item.run,
                ..earlier
            };
        }
        assert_eq!(staged::get(tx, archive, &item.item)?, Some(item.clone()));
        model.staged.insert(which, item);
        Ok(())
    };
    match *step {
        Step::Put { item, size, skip } => {
            let folder = match model.folder(item) {
                Some(_) => None,
                None => Some(folders::choose(tx, archive, &[format!("f{}", item % 3)])?),
            };
            let put = StagedItem {
                tag: Some(format!("t{number}")),
                folder,
                extensions: format!("e{number}"),
                files: Some(Vec::new()),
                content_key: Some(format!("k{number}")),
                size,
                skip: skip_if(skip),
                ..base(item, StagedOp::Put)
            };
            stage(model, put, item)
        }
        Step::Meta { item, tag, skip } => {
            let tag = tag.then(|| format!("t{number}"));
            stage(model, StagedItem { tag, skip: skip_if(skip), ..base(item, StagedOp::Meta) }, item)
        }
        Step::Remove { item } => stage(model, base(item, StagedOp::Remove), item),
        Step::Discard { item } => {
            let was = model.staged.remove(&item).is_some();
            assert_eq!(staged::discard(tx, archive, &id(item))?, was);
            Ok(())
        }
        Step::Snapshot => {
            model.snapshot = staged::max_seq(tx)?;
            Ok(())
        }
        Step::Apply => {
            model.apply();
            staged::apply(tx, &[archive], model.snapshot).map(drop)
        }
    }
}

fn compare(tx: &Tx<'_>, archive: ArchiveId, model: &Model) -> Result<()> {
    let stored = items::page(tx, archive, None, 100)?;
    assert_eq!(stored, model.stored.values().cloned().collect::<Vec<_>>());
    let staged: Vec<StagedItem> = model.staged.values().cloned().collect();
    assert_eq!(staged::count(tx, archive)?, staged.len() as u64);
    assert_eq!(staged::bytes(tx, archive)?, staged.iter().map(|item| item.size).sum::<u64>());
    let row = archives::get(tx, archive)?.unwrap();
    assert_eq!(row.items, model.stored.len() as u64);
    assert_eq!(row.bytes, stored.iter().map(|item| item.size).sum::<u64>());
    assert_eq!(row.skipped, stored.iter().filter(|item| item.skip.is_some()).count() as u64);
    let mut places: BTreeMap<FolderId, BTreeSet<u8>> = BTreeMap::new();
    for item in model.stored.keys().chain(model.staged.keys()) {
        if let Some(folder) = model.folder(*item) {
            places.entry(folder).or_default().insert(*item);
        }
    }
    let listed: BTreeMap<FolderId, u64> =
        folders::list(tx, archive)?.into_iter().map(|folder| (folder.id, folder.entries)).collect();
    assert_eq!(listed, places.into_iter().map(|(folder, items)| (folder, items.len() as u64)).collect());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn staging_and_applying_keep_items_totals_and_folders_right(steps in prop::collection::vec(step(), 1..60)) {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let archive = archive(tx, connection(tx), "u");
            let mut model = Model::default();
            for (number, step) in steps.iter().enumerate() {
                run(tx, archive, &mut model, number as i64 + 1, step)?;
                compare(tx, archive, &model)?;
            }
            Ok(())
        });
    }
}
