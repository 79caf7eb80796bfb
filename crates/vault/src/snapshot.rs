//! restic's snapshot files.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::VaultError;
use crate::format;
use crate::id::{BlobId, FileId, SnapshotId};
use crate::storage::FileKind;
use crate::vault::{Core, Vault};
use crate::writer::lock;

/// A restic snapshot, whoever made it.
#[derive(Debug, Clone, PartialEq)]
pub struct SnapshotInfo {
    /// Its id.
    pub id: SnapshotId,
    /// When it was made.
    pub time: Timestamp,
    /// The one it was made from.
    pub parent: Option<SnapshotId>,
    /// Its root folder.
    pub tree: BlobId,
    /// The host it names.
    pub host: String,
    /// Its label, empty where it has none.
    pub label: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// The paths it names.
    pub paths: Vec<String>,
    /// The program that made it, empty where it does not say.
    pub program_version: String,
    /// What was done for it, where it says so.
    pub summary: Option<Summary>,
}

/// What was done for a snapshot; the fields are those of restic and rustic.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Summary {
    /// Files that were put or rewritten.
    pub files_changed: u64,
    /// Folders that were written.
    pub dirs_changed: u64,
    /// Bytes of the files that were put.
    pub total_bytes_processed: u64,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct SnapshotFile {
    pub time: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<SnapshotId>,
    pub tree: BlobId,
    #[serde(default)]
    pub paths: Option<Vec<String>>,
    #[serde(default)]
    pub hostname: String,
    #[serde(default)]
    pub username: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub program_version: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<Summary>,
}

impl SnapshotFile {
    fn into_info(self, id: SnapshotId) -> SnapshotInfo {
        SnapshotInfo {
            id,
            time: self.time,
            parent: self.parent,
            tree: self.tree,
            host: self.hostname,
            label: self.label,
            tags: self.tags.unwrap_or_default(),
            paths: self.paths.unwrap_or_default(),
            program_version: self.program_version,
            summary: self.summary,
        }
    }
}

impl Core {
    /// A snapshot by its id.
    pub(crate) fn snapshot(&self, id: SnapshotId) -> Result<SnapshotInfo, VaultError> {
        if let Some(known) = lock(&self.snapshots).get(&id) {
            return Ok(known.clone());
        }
        let file: SnapshotFile =
            format::load_json(&*self.storage, &self.crypt, FileKind::Snapshot, &FileId::from(id))?;
        let info = file.into_info(id);
        lock(&self.snapshots).insert(id, info.clone());
        Ok(info)
    }

    /// Saves a snapshot, durably. Everything it names must be durable.
    pub(crate) fn save_snapshot(&self, file: &SnapshotFile) -> Result<SnapshotId, VaultError> {
        let id = format::save_json(&*self.storage, &self.crypt, FileKind::Snapshot, file)?;
        Ok(SnapshotId(id.0))
    }

    pub(crate) fn snapshot_ids(&self) -> Result<Vec<SnapshotId>, VaultError> {
        let files = self
            .storage
            .list(FileKind::Snapshot)
            .map_err(|error| VaultError::io("listing the snapshots", error))?;
        Ok(files.into_iter().map(|(id, _)| SnapshotId(id.0)).collect())
    }
}

impl Vault {
    /// All snapshots, oldest first.
    pub fn snapshots(&self) -> Result<Vec<SnapshotInfo>, VaultError> {
        let ids = self.core.snapshot_ids()?;
        lock(&self.core.snapshots).retain(|id, _| ids.contains(id));
        let mut all = Vec::with_capacity(ids.len());
        for id in ids {
            match self.core.snapshot(id) {
                Ok(snapshot) => all.push(snapshot),
                // Removed since it was listed.
                Err(VaultError::Missing { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        all.sort_by_key(|snapshot| (snapshot.time, snapshot.id));
        Ok(all)
    }

    /// Removes snapshots; what only they named stays until the next prune. One that is gone
    /// already is no error.
    pub fn delete_snapshots(&self, ids: &[SnapshotId]) -> Result<(), VaultError> {
        for id in ids {
            match self.core.storage.remove(FileKind::Snapshot, &(*id).into()) {
                Ok(()) => {}
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => {
                    return Err(VaultError::write(format!("removing snapshot {id}"), error));
                }
            }
            lock(&self.core.snapshots).remove(id);
        }
        Ok(())
    }
}
