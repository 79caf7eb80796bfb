//! Where every blob lies. All look-ups go through [`Index`].
//!
//! The repository's index files are the truth. What they say is kept in a sorted
//! file (`cache`), so that millions of blobs cost neither memory nor time; what came since is in a
//! map until it is worth merging. A cache that is damaged, foreign or covers index files that are
//! gone is built anew.

mod at;
mod cache;
mod file;
mod merge;
mod record;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use crate::crypt::Crypt;
use crate::error::VaultError;
use crate::id::{BlobId, FileId, RepositoryId};
use crate::storage::{FileKind, Storage};

use cache::Cache;
pub(crate) use file::{IndexBlob, IndexFile, IndexPack};
use merge::Build;
use record::Record;
pub(crate) use record::{BlobKind, Key, Place};

/// Records in memory before they are merged into the cache file.
const RECENT_LIMIT: usize = 128 * 1024;
/// At opening, more index files than this that the cache does not cover are merged into it.
const UNCOVERED_LIMIT: usize = 8;

/// Where every blob lies.
pub(crate) struct Index {
    repository: RepositoryId,
    /// The folder of this repository's cache files.
    folder: PathBuf,
    cache: Option<Cache>,
    /// Packs that the cache does not know; their numbers go on after its own.
    packs: Vec<FileId>,
    recent: HashMap<Key, Place>,
    /// Index files that `recent` came from.
    covered: HashSet<FileId>,
}

impl Index {
    /// The index of a repository: the cache where it is sound, and what came since.
    pub fn open(
        repository: RepositoryId,
        cache_dir: &Path,
        storage: &dyn Storage,
        crypt: &Crypt,
    ) -> Result<Self, VaultError> {
        let folder = cache_dir.join(repository.to_string());
        std::fs::create_dir_all(&folder)
            .map_err(|error| VaultError::write(format!("making {}", folder.display()), error))?;
        Cache::sweep(&folder);
        let cache = Cache::open(&folder, repository).unwrap_or_else(|reason| {
            tracing::info!(reason, "the index cache is built anew");
            None
        });
        let mut index = Self {
            repository,
            folder,
            cache,
            packs: Vec::new(),
            recent: HashMap::new(),
            covered: HashSet::new(),
        };
        index.refresh(storage, crypt)?;
        Ok(index)
    }

    /// Looks what index files came and went since.
    pub fn refresh(&mut self, storage: &dyn Storage, crypt: &Crypt) -> Result<(), VaultError> {
        let listed =
            storage.list(FileKind::Index).map_err(|error| VaultError::io("listing the index", error))?;
        let listed: HashSet<FileId> = listed.into_iter().map(|(id, _)| id).collect();
        let vanished = |id: &FileId| !listed.contains(id);
        let cached = self.cache.as_ref().map(Cache::covered).unwrap_or_default();
        if cached.iter().any(vanished) || self.covered.iter().any(vanished) {
            tracing::info!("index files have gone: the index cache is built anew");
            self.forget();
        }
        let known: HashSet<FileId> = match &self.cache {
            Some(cache) => cache.covered().into_iter().collect(),
            None => HashSet::new(),
        };
        let mut new: Vec<FileId> =
            listed.into_iter().filter(|id| !known.contains(id) && !self.covered.contains(id)).collect();
        new.sort_unstable();
        self.load(&new, storage, crypt)
    }

    /// Forgets all that is known, in memory and on disk.
    fn forget(&mut self) {
        self.packs.clear();
        self.recent.clear();
        self.covered.clear();
        if let Some(cache) = self.cache.take() {
            cache.discard();
        }
    }

    /// Reads index files: a few into memory, many into a new cache file.
    fn load(&mut self, new: &[FileId], storage: &dyn Storage, crypt: &Crypt) -> Result<(), VaultError> {
        let mut files = new.iter();
        if new.len() <= UNCOVERED_LIMIT {
            for id in files.by_ref() {
                let file = IndexFile::load(storage, crypt, id)?;
                self.add(*id, &file.packs);
                if self.recent.len() >= RECENT_LIMIT {
                    break;
                }
            }
        }
        if files.len() == 0 {
            return Ok(());
        }
        let mut build = self.build()?;
        let mut covered = Vec::new();
        for id in files {
            let file = IndexFile::load(storage, crypt, id)?;
            for pack in &file.packs {
                let number = build.pack(pack.id)?;
                for blob in &pack.blobs {
                    build.push(blob.record(number))?;
                }
            }
            covered.push(*id);
        }
        self.merge(build, covered, &HashSet::new())
    }

    /// A cache file in the making that has what is in memory.
    fn build(&self) -> Result<Build, VaultError> {
        let mut build = Build::new(&self.folder, self.first_pack(), self.packs.clone());
        for (&key, &place) in &self.recent {
            build.push(Record { key, place })?;
        }
        Ok(build)
    }

    /// The number of the first pack that the cache does not know.
    fn first_pack(&self) -> u32 {
        self.cache.as_ref().map_or(0, Cache::packs)
    }

    /// Takes the packs of an index file that is durable.
    pub fn add(&mut self, file: FileId, packs: &[IndexPack]) {
        let first = self.first_pack();
        for pack in packs {
            let number = first + self.packs.len() as u32;
            self.packs.push(pack.id);
            for blob in &pack.blobs {
                let record = blob.record(number);
                if self.cached(&record.key).is_none() {
                    self.recent.entry(record.key).or_insert(record.place);
                }
            }
        }
        self.covered.insert(file);
    }

    /// Merges what is in memory into the cache file when it has become much.
    pub fn compact_if_large(&mut self) -> Result<(), VaultError> {
        let cached = self.cache.as_ref().map_or(0, Cache::len);
        if self.recent.len() < RECENT_LIMIT.max(cached / 16) {
            return Ok(());
        }
        self.compact()
    }

    /// Merges what is in memory into the cache file.
    pub fn compact(&mut self) -> Result<(), VaultError> {
        if self.covered.is_empty() {
            return Ok(());
        }
        let build = self.build()?;
        self.merge(build, Vec::new(), &HashSet::new())
    }

    /// Index files were written anew: `new` say what `old` said. Nothing has to be read again.
    pub fn replace(&mut self, old: &HashSet<FileId>, new: &[FileId]) -> Result<(), VaultError> {
        let build = self.build()?;
        self.merge(build, new.to_vec(), old)
    }

    /// Puts a built cache file in the place of the old one and of what was in memory. Where it
    /// fails, all stays as it was.
    fn merge(
        &mut self,
        build: Build,
        mut covered: Vec<FileId>,
        gone: &HashSet<FileId>,
    ) -> Result<(), VaultError> {
        covered.extend(&self.covered);
        covered.extend(self.cache.as_ref().map(Cache::covered).unwrap_or_default());
        covered.retain(|id| !gone.contains(id));
        let new = build.finish(self.repository, self.cache.as_ref(), covered)?;
        if let Some(old) = self.cache.replace(new) {
            old.discard();
        }
        self.packs = Vec::new();
        self.recent = HashMap::new();
        self.covered = HashSet::new();
        Ok(())
    }

    fn cached(&self, key: &Key) -> Option<Place> {
        self.cache.as_ref()?.find(key)
    }

    /// Where a blob lies.
    pub fn find(&self, kind: BlobKind, id: &BlobId) -> Option<Place> {
        let key = Key { id: *id, kind };
        self.recent.get(&key).copied().or_else(|| self.cached(&key))
    }

    /// The pack of a place this index gave.
    pub fn pack(&self, place: &Place) -> Option<FileId> {
        let first = self.first_pack();
        match place.pack.checked_sub(first) {
            Some(recent) => self.packs.get(recent as usize).copied(),
            None => self.cache.as_ref()?.pack(place.pack),
        }
    }

    /// How many blobs are known.
    pub fn len(&self) -> usize {
        self.recent.len() + self.cache.as_ref().map_or(0, Cache::len)
    }
}
