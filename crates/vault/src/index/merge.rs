//! Building a cache file of any size in bounded memory: sorted runs on disk, then one merge.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::cache::{self, Cache};
use super::record::{Key, Record};
use crate::error::VaultError;
use crate::id::{FileId, RepositoryId};

/// Records held in memory: 20 MB.
const RUN: usize = 400_000;

/// A cache file in the making.
pub(super) struct Build {
    folder: PathBuf,
    /// The number of the first of `packs`.
    first_pack: u32,
    packs: Vec<FileId>,
    current: Vec<Record>,
    run: usize,
    runs: Vec<(std::fs::File, usize)>,
}

fn failed(error: io::Error) -> VaultError {
    VaultError::write("writing the index cache", error)
}

type Records = Box<dyn Iterator<Item = io::Result<Record>>>;

impl Build {
    /// Goes on after `first_pack` packs of the cache that is merged at the end, and `packs`.
    pub fn new(folder: &Path, first_pack: u32, packs: Vec<FileId>) -> Self {
        Self {
            folder: folder.to_path_buf(),
            first_pack,
            packs,
            current: Vec::new(),
            run: RUN,
            runs: Vec::new(),
        }
    }

    /// The number of a further pack.
    pub fn pack(&mut self, id: FileId) -> Result<u32, VaultError> {
        let number = u32::try_from(self.packs.len())
            .ok()
            .and_then(|count| count.checked_add(self.first_pack))
            .ok_or_else(|| VaultError::damaged("the index names too many packs"))?;
        self.packs.push(id);
        Ok(number)
    }

    pub fn push(&mut self, record: Record) -> Result<(), VaultError> {
        self.current.push(record);
        if self.current.len() >= self.run {
            self.spill().map_err(failed)?;
        }
        Ok(())
    }

    fn spill(&mut self) -> io::Result<()> {
        self.current.sort_unstable_by_key(|record| record.key);
        let mut file = tempfile::tempfile_in(&self.folder)?;
        let mut out = io::BufWriter::with_capacity(1 << 20, &mut file);
        for record in &self.current {
            out.write_all(&record.to_bytes())?;
        }
        out.flush()?;
        drop(out);
        file.seek(SeekFrom::Start(0))?;
        self.runs.push((file, self.current.len()));
        self.current.clear();
        Ok(())
    }

    /// Writes the cache file and opens it; `covered` are all index files it is made of.
    pub fn finish(
        mut self,
        repository: RepositoryId,
        old: Option<&Cache>,
        covered: Vec<FileId>,
    ) -> Result<Cache, VaultError> {
        self.current.sort_unstable_by_key(|record| record.key);
        let mut sources: Vec<Records> = Vec::new();
        let mut packs = Vec::new();
        if let Some(old) = old {
            sources.push(Box::new(old.read().map_err(failed)?));
            packs = old.pack_ids();
        }
        packs.append(&mut self.packs);
        for (file, count) in self.runs {
            sources.push(Box::new(cache::records(file, count)));
        }
        sources.push(Box::new(self.current.into_iter().map(Ok)));
        let merged = Merge::new(sources).map_err(failed)?;
        cache::write(&self.folder, repository, merged, &packs, &covered).map_err(failed)?;
        let opened = Cache::open(&self.folder, repository);
        opened
            .ok()
            .flatten()
            .ok_or_else(|| VaultError::damaged("the index cache that was just written cannot be read"))
    }
}

/// Several sorted sources as one. Of equal keys the earlier source comes first.
struct Merge {
    sources: Vec<Records>,
    heads: BinaryHeap<Reverse<(Key, usize)>>,
    records: Vec<Option<Record>>,
}

impl Merge {
    fn new(sources: Vec<Records>) -> io::Result<Self> {
        let mut merge = Self { records: vec![None; sources.len()], heads: BinaryHeap::new(), sources };
        for source in 0..merge.sources.len() {
            merge.advance(source)?;
        }
        Ok(merge)
    }

    fn advance(&mut self, source: usize) -> io::Result<()> {
        self.records[source] = self.sources[source].next().transpose()?;
        if let Some(record) = &self.records[source] {
            self.heads.push(Reverse((record.key, source)));
        }
        Ok(())
    }
}

impl Iterator for Merge {
    type Item = io::Result<Record>;

    fn next(&mut self) -> Option<Self::Item> {
        let Reverse((_, source)) = self.heads.pop()?;
        let record = self.records[source].take()?;
        Some(self.advance(source).map(|()| record))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::BlobId;
    use crate::index::record::{BlobKind, Place};

    fn record(number: u32) -> Record {
        let mut id = [0; 32];
        id[..4].copy_from_slice(&number.wrapping_mul(2_654_435_761).to_be_bytes());
        Record {
            key: Key {
                id: BlobId(id),
                kind: if number.is_multiple_of(3) { BlobKind::Tree } else { BlobKind::Data },
            },
            place: Place { pack: number % 5, offset: number, length: number + 40, raw_length: number % 7 },
        }
    }

    fn built(folder: &Path, old: Option<&Cache>, numbers: std::ops::Range<u32>) -> Cache {
        let first = old.map_or(0, Cache::packs);
        let packs = (0..5).map(|pack| FileId([pack; 32])).collect();
        let mut build = Build::new(folder, first, packs);
        build.run = 100;
        for number in numbers {
            build.push(record(number)).unwrap();
        }
        let covered = vec![FileId([9; 32])];
        build.finish(RepositoryId([1; 32]), old, covered).unwrap()
    }

    #[test]
    fn runs_and_an_old_cache_merge_into_one_that_finds_all() {
        let folder = tempfile::tempdir().unwrap();
        let old = built(folder.path(), None, 0..950);
        let cache = built(folder.path(), Some(&old), 900..2_030);
        assert_eq!(cache.len(), 2_030);
        assert_eq!(cache.packs(), 10);
        assert_eq!(cache.pack(7), Some(FileId([2; 32])));
        assert_eq!(cache.pack(10), None);
        for number in 0..2_030 {
            let record = record(number);
            assert_eq!(cache.find(&record.key), Some(record.place), "{number}");
        }
        assert_eq!(cache.find(&record(2_030).key), None);
        let in_order: Vec<Key> = cache.read().unwrap().map(|r| r.unwrap().key).collect();
        assert!(in_order.is_sorted());
    }

    #[test]
    fn a_changed_or_foreign_cache_is_not_trusted() {
        let folder = tempfile::tempdir().unwrap();
        drop(built(folder.path(), None, 0..300));
        let path = std::fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
        let sound = std::fs::read(&path).unwrap();
        let open = || Cache::open(folder.path(), RepositoryId([1; 32]));
        assert!(open().unwrap().is_some());
        assert!(Cache::open(folder.path(), RepositoryId([2; 32])).is_err());
        for at in [0, 9, 41, 70, 100, 112, 5_000, sound.len() - 1] {
            let mut changed = sound.clone();
            changed[at] ^= 1;
            std::fs::write(&path, &changed).unwrap();
            assert!(open().is_err(), "byte {at}");
        }
        for length in [0, 50, 112, sound.len() - 1] {
            std::fs::write(&path, &sound[..length]).unwrap();
            assert!(open().is_err(), "length {length}");
        }
    }
}
