//! Merging the small index files that frequent flushes leave.

use std::collections::HashSet;

use crate::error::VaultError;
use crate::id::FileId;
use crate::index::IndexFile;
use crate::lock::LockKind;
use crate::storage::FileKind;
use crate::vault::Vault;

/// An index file with fewer blobs is small; one with as many as `FULL` is written.
const SMALL: usize = 10_000;
const FULL: usize = 50_000;

/// What merging did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Merged {
    /// Index files before.
    pub before: usize,
    /// Index files after.
    pub after: usize,
}

impl Vault {
    /// Merges small index files into large ones, under the exclusive lock. The new ones are durable
    /// before the first old one is removed.
    pub fn merge_small_indexes(&self) -> Result<Merged, VaultError> {
        let _lock = self.lock(LockKind::Exclusive)?;
        self.refresh_index()?;
        let core = &self.core;
        let listed = core.storage.list(FileKind::Index);
        let listed = listed.map_err(|error| VaultError::io("listing the index", error))?;
        let before = listed.len();
        let mut current = IndexFile::default();
        let mut packs = HashSet::new();
        let (mut old, mut new) = (HashSet::new(), Vec::new());
        for (id, size) in listed {
            // A blob takes some 70 bytes there, sealed and compressed: larger ones need no look.
            if size > SMALL as u64 * 200 {
                continue;
            }
            let file = IndexFile::load(&*core.storage, &core.crypt, &id)?;
            if file.blobs() >= SMALL {
                continue;
            }
            old.insert(id);
            let fresh = file.packs.into_iter().filter(|pack| packs.insert(pack.id));
            current.packs.extend(fresh);
            if current.blobs() >= FULL {
                new.push(std::mem::take(&mut current).save(&*core.storage, &core.crypt)?);
            }
        }
        if old.len() < 2 {
            return Ok(Merged { before, after: before });
        }
        if !current.packs.is_empty() {
            new.push(current.save(&*core.storage, &core.crypt)?);
        }
        core.index_mut().replace(&old, &new)?;
        self.remove_indexes(&old)?;
        Ok(Merged { before, after: before - old.len() + new.len() })
    }

    fn remove_indexes(&self, old: &HashSet<FileId>) -> Result<(), VaultError> {
        for id in old {
            self.core
                .storage
                .remove(FileKind::Index, id)
                .map_err(|error| VaultError::write(format!("removing index {id}"), error))?;
        }
        Ok(())
    }
}
