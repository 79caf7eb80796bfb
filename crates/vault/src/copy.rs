//! Copies a repository to another place, file by file. Each file but the configuration is named by its hash: what is copied
//! is checked as it is read, and once more where it lies now, and a copy that was cut off goes on from there. The
//! configuration comes last, so that until then nobody takes the other place for a repository.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::error::VaultError;
use crate::format::sha256;
use crate::id::FileId;
use crate::storage::{FileKind, Location, Storage, StorageState};
use crate::vault::{Vault, state};

/// In this order nothing is named before it is there.
const KINDS: [FileKind; 4] = [FileKind::Pack, FileKind::Index, FileKind::Key, FileKind::Snapshot];

/// A copy that is being made, with what was found to be whole.
pub struct Copying {
    target: Arc<dyn Storage>,
    whole: HashSet<(FileKind, FileId)>,
}

impl Copying {
    /// Nothing was copied yet, or by an earlier one.
    pub fn to(location: &Location) -> Self {
        Self { target: location.storage(), whole: HashSet::new() }
    }

    fn is_whole(&self, kind: FileKind, id: &FileId) -> Result<bool, VaultError> {
        let read = self.target.read(kind, id);
        let content = read.map_err(|error| VaultError::read(named(kind, id), error))?;
        Ok(sha256(&content) == id.0)
    }
}

impl Vault {
    /// Copies what is not there yet. Only an empty place is taken, or one where a copy of this very Repository was begun.
    /// `has_room` is asked whether so many bytes still fit; `tell` hears how many are done, of how many. Nothing may be
    /// removed from the Repository meanwhile: hold a lock. With `complete`, the other place is a repository at the end:
    /// then nothing may be stored either.
    pub fn copy_to(
        &self,
        copying: &mut Copying,
        complete: bool,
        has_room: impl FnOnce(u64) -> bool,
        mut tell: impl FnMut(u64, u64),
        is_cancelled: impl Fn() -> bool,
    ) -> Result<(), VaultError> {
        let (from, to) = (Arc::clone(&self.core.storage), Arc::clone(&copying.target));
        let location = to.name();
        let is_begun = match state(&*to)? {
            StorageState::Absent | StorageState::Empty => false,
            StorageState::Unfinished => true,
            StorageState::Foreign => return Err(VaultError::NotEmpty { location }),
            StorageState::Repository => return Err(VaultError::AlreadyExists { location }),
        };
        let writing = |error| VaultError::write(format!("making {location}"), error);
        to.create().map_err(writing)?;
        let wanted = files(&*from)?;
        let there = files(&*to)?;
        // A hash that is the same proves that it is a copy of this one; what is not ours by that is somebody else's.
        if is_begun && !there.keys().any(|file| wanted.contains_key(file)) {
            return Err(VaultError::NotEmpty { location });
        }
        for (kind, id) in there.keys().filter(|file| !wanted.contains_key(file)) {
            to.remove(*kind, id).map_err(writing)?;
        }
        to.sweep().map_err(writing)?;

        let is_there = |file: &(FileKind, FileId), size: &u64| there.get(file) == Some(size);
        let missing = wanted.iter().filter(|(file, size)| !is_there(file, size)).map(|(_, size)| size).sum();
        if !has_room(missing) {
            return Err(VaultError::NoSpace { what: format!("copying to {location}") });
        }
        let total = wanted.values().sum();
        let mut done = 0;
        let mut files: Vec<_> = wanted.into_iter().collect();
        files.sort_unstable_by_key(|((kind, id), _)| (KINDS.iter().position(|other| other == kind), id.0));
        for (file, size) in files {
            if is_cancelled() {
                return Err(VaultError::Cancelled);
            }
            let (kind, id) = file;
            let is_good =
                copying.whole.contains(&file) || is_there(&file, &size) && copying.is_whole(kind, &id)?;
            if !is_good {
                let content =
                    from.read(kind, &id).map_err(|error| VaultError::read(named(kind, &id), error))?;
                if sha256(&content) != id.0 {
                    return Err(VaultError::damaged(format!("{} is not what was stored", named(kind, &id))));
                }
                to.write(kind, &id, &[content]).map_err(writing)?;
                if !copying.is_whole(kind, &id)? {
                    let what = format!("{} in {location} is not what was written", named(kind, &id));
                    return Err(VaultError::damaged(what));
                }
            }
            copying.whole.insert(file);
            done += size;
            tell(done, total);
        }
        if complete {
            let id = FileId([0; 32]);
            let config = from.read(FileKind::Config, &id);
            let config = config.map_err(|error| VaultError::read("the configuration", error))?;
            to.write(FileKind::Config, &id, &[config]).map_err(writing)?;
        }
        Ok(())
    }
}

/// All files that a copy needs, with their sizes.
fn files(storage: &dyn Storage) -> Result<HashMap<(FileKind, FileId), u64>, VaultError> {
    let mut files = HashMap::new();
    for kind in KINDS {
        let listed = storage.list(kind);
        let listed = listed.map_err(|error| VaultError::io(format!("listing {}", storage.name()), error))?;
        files.extend(listed.into_iter().map(|(id, size)| ((kind, id), size)));
    }
    Ok(files)
}

fn named(kind: FileKind, id: &FileId) -> String {
    let kind = match kind {
        FileKind::Config => return "the configuration".to_owned(),
        FileKind::Key => "key",
        FileKind::Lock => "lock",
        FileKind::Index => "index",
        FileKind::Snapshot => "snapshot",
        FileKind::Pack => "pack",
    };
    format!("{kind} {id}")
}
