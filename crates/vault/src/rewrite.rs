//! A snapshot written anew with something taken out of its past, and what removing snapshots would give back.
//!
//! The old snapshot stays until the caller removes it: killed in between, both are there, both sound.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use crate::commit::{FolderEdit, Trie};
use crate::error::VaultError;
use crate::id::{BlobId, SnapshotId};
use crate::index::BlobKind;
use crate::snapshot::{SnapshotFile, SnapshotInfo};
use crate::tree::Tree;
use crate::vault::{Core, Vault};
use crate::writer::Writer;

impl Vault {
    /// Saves a snapshot like `old`, with the same time, host, label and tags, to whose folders these edits were made. `None`
    /// where they change nothing. The exclusive lock should be held.
    pub fn rewrite(
        &self,
        writer: &Writer,
        old: &SnapshotInfo,
        parent: Option<SnapshotId>,
        edits: Vec<FolderEdit>,
    ) -> Result<Option<SnapshotId>, VaultError> {
        if !writer.is_of(&self.core) {
            return Err(VaultError::Closed);
        }
        let mut trie = Trie::open(&self.core, writer, Some(old.tree), old.time)?;
        for edit in edits {
            trie.apply(edit)?;
        }
        let done = trie.finish()?;
        if done.root == old.tree {
            return Ok(None);
        }
        writer.flush_blocking()?;
        let saved = self.core.save_snapshot(&SnapshotFile {
            time: old.time,
            parent,
            tree: done.root,
            paths: (!old.paths.is_empty()).then(|| old.paths.clone()),
            hostname: old.host.clone(),
            username: "holdfast".to_owned(),
            tags: (!old.tags.is_empty()).then(|| old.tags.clone()),
            label: old.label.clone(),
            program_version: old.program_version.clone(),
            summary: old.summary.clone(),
        })?;
        Ok(Some(saved))
    }

    /// How many stored bytes only these snapshots name: what forgetting them and pruning gives back, at most. Content that is
    /// named a second time under another path is counted though it stays. Reads only folders that differ.
    pub fn bytes_freed(&self, removed: &[SnapshotId], kept: &[SnapshotId]) -> Result<u64, VaultError> {
        let trees = |ids: &[SnapshotId]| -> Result<Vec<(Timestamp, BlobId)>, VaultError> {
            let mut found = Vec::with_capacity(ids.len());
            for id in ids {
                let snapshot = self.core.snapshot(*id)?;
                found.push((snapshot.time, snapshot.tree));
            }
            found.sort_unstable();
            Ok(found)
        };
        let (removed, kept) = (trees(removed)?, trees(kept)?);
        let mut freed = Freed { core: &self.core, counted: HashSet::new(), seen: HashSet::new(), bytes: 0 };
        for (time, tree) in removed {
            let next = kept.partition_point(|(at, _)| *at < time);
            let neighbours = [next.checked_sub(1), Some(next)];
            let beside = neighbours.into_iter().flatten().filter_map(|at| kept.get(at));
            freed.folder(tree, &beside.map(|(_, tree)| *tree).collect::<Vec<_>>())?;
        }
        Ok(freed.bytes)
    }
}

struct Freed<'a> {
    core: &'a Core,
    counted: HashSet<(BlobKind, BlobId)>,
    /// Folders that were looked into, with what they were compared with.
    seen: HashSet<(BlobId, Vec<BlobId>)>,
    bytes: u64,
}

impl Freed<'_> {
    /// Counts what a folder holds and the same folder in the kept snapshots does not.
    fn folder(&mut self, id: BlobId, kept: &[BlobId]) -> Result<(), VaultError> {
        if kept.contains(&id) || !self.seen.insert((id, kept.to_vec())) {
            return Ok(());
        }
        self.count(BlobKind::Tree, id);
        let mut stays: HashSet<BlobId> = HashSet::new();
        let mut below: HashMap<String, Vec<BlobId>> = HashMap::new();
        for tree in kept {
            for (name, node) in &self.core.tree(*tree)?.nodes {
                let info = node.info()?;
                stays.extend(info.content.unwrap_or_default());
                if let Some(subtree) = info.subtree {
                    below.entry(name.clone()).or_default().push(subtree);
                }
            }
        }
        let tree: Tree = self.core.tree(id)?;
        for (name, node) in &tree.nodes {
            let info = node.info()?;
            for blob in info.content.unwrap_or_default() {
                if !stays.contains(&blob) {
                    self.count(BlobKind::Data, blob);
                }
            }
            if let Some(subtree) = info.subtree {
                self.folder(subtree, below.get(name).map_or(&[], Vec::as_slice))?;
            }
        }
        Ok(())
    }

    fn count(&mut self, kind: BlobKind, blob: BlobId) {
        if self.counted.insert((kind, blob))
            && let Some(place) = self.core.index().find(kind, &blob)
        {
            self.bytes += u64::from(place.length);
        }
    }
}
