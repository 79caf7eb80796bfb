//! Giving space back. The only things here that remove what was stored.

use crate::error::VaultError;
use crate::id::SnapshotId;
use crate::lock::LockKind;
use crate::rustic;
use crate::snapshot::SnapshotInfo;
use crate::vault::Vault;

/// How much is removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PruneDepth {
    /// What costs little: up to 5 % of the Repository may stay unused.
    Tidy,
    /// Everything that no snapshot names, so that what was erased is gone.
    Erase,
}

/// What pruning did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pruned {
    /// Bytes that were removed.
    pub removed_bytes: u64,
    /// Bytes that are left.
    pub kept_bytes: u64,
}

impl Vault {
    /// Removes the snapshots that are not to be kept, under the exclusive lock, and gives their
    /// ids. What only they named stays until the next prune.
    pub fn forget(&self, keep: impl Fn(&SnapshotInfo) -> bool) -> Result<Vec<SnapshotId>, VaultError> {
        let _lock = self.lock(LockKind::Exclusive)?;
        let mut gone = self.snapshots()?;
        gone.retain(|snapshot| !keep(snapshot));
        let ids: Vec<SnapshotId> = gone.into_iter().map(|snapshot| snapshot.id).collect();
        self.delete_snapshots(&ids)?;
        Ok(ids)
    }

    /// How many bytes of packs no snapshot names: none after [`PruneDepth::Erase`].
    pub fn unused_bytes(&self) -> Result<u64, VaultError> {
        rustic::unused(&self.core.storage, &self.core.crypt)
    }

    /// Removes what no snapshot names, under the exclusive lock. Killed midway, the Repository is
    /// sound: packs go after the index that named them.
    pub fn prune(&self, depth: PruneDepth) -> Result<Pruned, VaultError> {
        let _lock = self.lock(LockKind::Exclusive)?;
        let core = &self.core;
        let pruned = rustic::prune(&core.storage, &core.crypt, depth == PruneDepth::Erase);
        // Whatever became of it, index files have changed.
        let refreshed = self.refresh_index();
        let pruned = pruned?;
        refreshed?;
        core.storage.sweep().map_err(|error| VaultError::write("removing unfinished files", error))?;
        Ok(pruned)
    }
}
