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
    runs: Vec<(std::fs::File, usize)>,
}

fn failed(error: io::Error) -> VaultError {
    VaultError::write("writing the index cache", error)
}

type Records = Box<dyn Iterator<Item = io::Result<Record>>>;

impl Build {
    /// Goes on after `first_pack` packs of the cache that is merged at the end, and `packs`.
    pub fn new(folder: &Path, first_pack: u32, packs: Vec<FileId>) -> Self {
        Self { folder: folder.to_path_buf(), first_pack, packs, current: Vec::new(), runs: Vec::new() }
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
        if self.current.len() >= RUN {
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

    /// Writes the cache file and opens it; `covered` are the index files that came in now.
    pub fn finish(
        mut self,
        repository: RepositoryId,
        old: Option<&Cache>,
        mut covered: Vec<FileId>,
    ) -> Result<Cache, VaultError> {
        self.current.sort_unstable_by_key(|record| record.key);
        let mut sources: Vec<Records> = Vec::new();
        let mut packs = Vec::new();
        if let Some(old) = old {
            sources.push(Box::new(old.read().map_err(failed)?));
            packs = old.pack_ids();
            covered.extend(old.covered());
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
