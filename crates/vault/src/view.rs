//! Looking into a snapshot.

use std::sync::Arc;

use jiff::Timestamp;

use crate::error::VaultError;
use crate::id::{BlobId, SnapshotId};
use crate::index::BlobKind;
use crate::snapshot::SnapshotInfo;
use crate::tree::{Node, Tree};
use crate::vault::{Core, Vault};

/// A snapshot that is looked into. Paths are given component by component; `[]` is its root.
pub struct SnapshotView {
    core: Arc<Core>,
    snapshot: SnapshotInfo,
}

/// Something in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: EntryKind,
    /// When it was modified, where that was known.
    pub modified: Option<Timestamp>,
}

/// What an entry is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryKind {
    /// A file and its blobs.
    File {
        /// Bytes.
        size: u64,
        /// Its blobs in order.
        blobs: Vec<BlobId>,
    },
    /// A folder.
    Folder,
    /// A link, device or pipe that another program stored.
    Other,
}

fn entry(name: &str, node: &Node) -> Result<(Entry, Option<BlobId>), VaultError> {
    let info = node.info()?;
    let modified = info.modified().filter(|time| *time != Timestamp::UNIX_EPOCH);
    let subtree = info.subtree;
    let kind = if info.is_folder() {
        EntryKind::Folder
    } else if info.is_file() {
        EntryKind::File { size: info.size, blobs: info.content.unwrap_or_default() }
    } else {
        EntryKind::Other
    };
    let entry = Entry { name: name.to_string(), kind, modified };
    Ok((entry, subtree))
}

impl Vault {
    /// Looks into a snapshot.
    pub fn tree(&self, snapshot: SnapshotId) -> Result<SnapshotView, VaultError> {
        Ok(SnapshotView { core: self.core.clone(), snapshot: self.core.snapshot(snapshot)? })
    }
}

impl SnapshotView {
    /// What the snapshot says of itself.
    pub fn snapshot(&self) -> &SnapshotInfo {
        &self.snapshot
    }

    /// The folder at a path, `None` where there is none.
    fn folder<S: AsRef<str>>(&self, path: &[S]) -> Result<Option<Tree>, VaultError> {
        let mut tree = self.core.tree(self.snapshot.tree)?;
        for name in path {
            let Some(node) = tree.nodes.get(name.as_ref()) else {
                return Ok(None);
            };
            let info = node.info()?;
            let Some(subtree) = info.subtree.filter(|_| info.is_folder()) else {
                return Ok(None);
            };
            tree = self.core.tree(subtree)?;
        }
        Ok(Some(tree))
    }

    /// What is in a folder, sorted by name. `Missing` where there is no such folder.
    pub fn list<S: AsRef<str>>(&self, path: &[S]) -> Result<Vec<Entry>, VaultError> {
        let tree = self.folder(path)?.ok_or_else(|| missing(path))?;
        let entries = tree.nodes.iter().map(|(name, node)| entry(name, node));
        entries.map(|entry| Ok(entry?.0)).collect()
    }

    /// The entry at a path, `None` where there is nothing.
    pub fn entry<S: AsRef<str>>(&self, path: &[S]) -> Result<Option<Entry>, VaultError> {
        let Some((name, parents)) = path.split_last() else {
            return Ok(None);
        };
        let Some(tree) = self.folder(parents)? else {
            return Ok(None);
        };
        let node = tree.nodes.get(name.as_ref());
        node.map(|node| Ok(entry(name.as_ref(), node)?.0)).transpose()
    }

    /// The content of a small file, `None` where there is none. Larger than `limit` is an error.
    pub fn read_small<S: AsRef<str>>(&self, path: &[S], limit: u64) -> Result<Option<Vec<u8>>, VaultError> {
        match self.entry(path)?.map(|entry| entry.kind) {
            Some(EntryKind::File { blobs, .. }) => {
                read_whole(&self.core, &blobs, limit, || joined(path)).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// Everything under a folder, folders before what is in them, sorted by name. It holds no more
    /// than the folders on the way down. `Missing` where there is no such folder.
    pub fn walk<S: AsRef<str>>(&self, path: &[S]) -> Result<Walk, VaultError> {
        let tree = self.folder(path)?.ok_or_else(|| missing(path))?;
        let mut walk = Walk {
            core: self.core.clone(),
            path: path.iter().map(|name| name.as_ref().to_string()).collect(),
            open: Vec::new(),
        };
        walk.open.push(tree.nodes.into_iter());
        Ok(walk)
    }
}

/// A file that fits into memory.
pub(crate) fn read_whole(
    core: &Core,
    blobs: &[BlobId],
    limit: u64,
    name: impl Fn() -> String,
) -> Result<Vec<u8>, VaultError> {
    let mut content = Vec::new();
    for id in blobs {
        let size = core.index().find(BlobKind::Data, id).map_or(0, |place| place.size());
        if content.len() as u64 + size > limit {
            return Err(VaultError::TooLarge { what: name(), limit });
        }
        content.extend_from_slice(&core.blob(BlobKind::Data, *id)?);
    }
    Ok(content)
}

pub(crate) fn joined<S: AsRef<str>>(path: &[S]) -> String {
    let names: Vec<&str> = path.iter().map(AsRef::as_ref).collect();
    format!("/{}", names.join("/"))
}

fn missing<S: AsRef<str>>(path: &[S]) -> VaultError {
    VaultError::Missing { what: joined(path) }
}

/// An entry and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WalkEntry {
    /// The folder it is in, from the root of the snapshot.
    pub folder: Vec<String>,
    /// The entry.
    pub entry: Entry,
}

/// Everything under a folder, in order. After an error it goes on with the next entry.
pub struct Walk {
    core: Arc<Core>,
    path: Vec<String>,
    open: Vec<std::collections::btree_map::IntoIter<String, Node>>,
}

impl Iterator for Walk {
    type Item = Result<WalkEntry, VaultError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let Some((name, node)) = self.open.last_mut()?.next() else {
                self.open.pop();
                if !self.open.is_empty() {
                    self.path.pop();
                }
                continue;
            };
            let folder = self.path.clone();
            let (entry, subtree) = match entry(&name, &node) {
                Ok(found) => found,
                Err(error) => return Some(Err(error)),
            };
            if let Some(subtree) = subtree.filter(|_| entry.kind == EntryKind::Folder) {
                match self.core.tree(subtree) {
                    Ok(tree) => {
                        self.open.push(tree.nodes.into_iter());
                        self.path.push(name);
                    }
                    Err(error) => return Some(Err(error)),
                }
            }
            return Some(Ok(WalkEntry { folder, entry }));
        }
    }
}
