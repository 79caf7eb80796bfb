//! Proving that the Repository is sound: what is named is there, and, where data is read, every
//! byte is what was stored.
//!
//! A sound Repository is not a complete backup: that only the ledger can say.

mod report;

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use crate::error::VaultError;
use crate::format::{name_of, sha256};
use crate::id::{BlobId, FileId, SnapshotId};
use crate::index::{BlobKind, IndexFile, IndexPack};
use crate::pack;
use crate::storage::FileKind;
use crate::vault::{Core, Vault};
use crate::writer::lock;

pub use report::{CheckOptions, CheckProblem, CheckProgress, CheckReport, ReadData};

/// Packs read at the same time, each up to some 40 MB.
const THREADS: usize = 3;

impl Vault {
    /// Checks the Repository. Blocking; `cancelled` is asked often. A shared lock should be held.
    /// An error means that the check itself could not go on, not that something is wrong.
    pub fn check(
        &self,
        options: &CheckOptions,
        progress: impl Fn(CheckProgress) + Sync,
        cancelled: impl Fn() -> bool + Sync,
    ) -> Result<CheckReport, VaultError> {
        let mut check = Check {
            core: &self.core,
            options,
            progress: &progress,
            cancelled: &cancelled,
            report: CheckReport::default(),
        };
        check.indexes()?;
        check.snapshots()?;
        Ok(check.report)
    }
}

struct Check<'a> {
    core: &'a Core,
    options: &'a CheckOptions,
    progress: &'a (dyn Fn(CheckProgress) + Sync),
    cancelled: &'a (dyn Fn() -> bool + Sync),
    report: CheckReport,
}

impl Check<'_> {
    fn go_on(&self) -> Result<(), VaultError> {
        if (self.cancelled)() {
            return Err(VaultError::Cancelled);
        }
        Ok(())
    }

    fn list(&self, kind: FileKind) -> Result<Vec<(FileId, u64)>, VaultError> {
        let listed = self.core.storage.list(kind);
        let mut listed =
            listed.map_err(|error| VaultError::io("listing the files of the repository", error))?;
        listed.sort_unstable();
        Ok(listed)
    }

    /// Index files against packs, and packs against themselves.
    fn indexes(&mut self) -> Result<(), VaultError> {
        let indexes = self.list(FileKind::Index)?;
        let packs: HashMap<FileId, u64> = self.list(FileKind::Pack)?.into_iter().collect();
        let to_read = packs.keys().filter(|pack| self.options.read_data.includes(pack)).count() as u64;
        let mut seen = HashSet::new();
        let total = indexes.len() as u64;
        for (number, (id, _)) in indexes.iter().enumerate() {
            self.go_on()?;
            (self.progress)(CheckProgress::Index { done: number as u64, total });
            let file = match IndexFile::load(&*self.core.storage, &self.core.crypt, id) {
                Ok(file) => file,
                Err(error) => {
                    self.file(error)?;
                    continue;
                }
            };
            let mut chosen = Vec::new();
            for pack in file.packs {
                if !seen.insert(pack.id) {
                    continue;
                }
                if self.pack_is_there(&pack, &packs) && self.options.read_data.includes(&pack.id) {
                    chosen.push(pack);
                }
            }
            self.read_packs(&chosen, to_read)?;
        }
        (self.progress)(CheckProgress::Index { done: total, total });
        self.report.indexes = total;
        self.report.packs = seen.len() as u64;
        self.report.unused_packs = packs.keys().filter(|pack| !seen.contains(pack)).count() as u64;
        // What follows asks the index: it must be that of the files just read.
        if let Err(error) = self.core.index_mut().refresh(&*self.core.storage, &self.core.crypt) {
            self.file(error)?;
        }
        Ok(())
    }

    /// Notes a file that is damaged or gone; other errors end the check.
    fn file(&mut self, error: VaultError) -> Result<(), VaultError> {
        match error {
            VaultError::Damaged { .. } | VaultError::Missing { .. } | VaultError::TooLarge { .. } => {
                let what = error.to_string();
                if !matches!(self.report.errors.last(), Some(CheckProblem::File { what: last }) if *last == what)
                {
                    self.report.problem(CheckProblem::File { what });
                }
                Ok(())
            }
            other => Err(other),
        }
    }

    fn pack_is_there(&mut self, pack: &IndexPack, packs: &HashMap<FileId, u64>) -> bool {
        let Some(&size) = packs.get(&pack.id) else {
            self.report.problem(CheckProblem::MissingPack { pack: pack.id });
            return false;
        };
        let expected = pack::size_of(&pack.blobs);
        if size != expected {
            self.report.problem(CheckProblem::DamagedPack {
                pack: pack.id,
                what: format!("it has {size} bytes instead of {expected}"),
            });
            return false;
        }
        true
    }

    fn read_packs(&mut self, packs: &[IndexPack], total: u64) -> Result<(), VaultError> {
        let next = AtomicUsize::new(0);
        let report = Mutex::new(&mut self.report);
        let (core, progress, cancelled) = (self.core, self.progress, self.cancelled);
        let read = || -> Result<(), VaultError> {
            while let Some(pack) = packs.get(next.fetch_add(1, Relaxed)) {
                if cancelled() {
                    return Err(VaultError::Cancelled);
                }
                let (problems, bytes) = read_pack(core, pack)?;
                let mut report = lock(&report);
                for problem in problems {
                    report.problem(problem);
                }
                report.packs_read += 1;
                report.bytes_read += bytes;
                progress(CheckProgress::Packs { done: report.packs_read, total });
            }
            Ok(())
        };
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..THREADS.min(packs.len())).map(|_| scope.spawn(read)).collect();
            let results = threads
                .into_iter()
                .map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            results.collect::<Vec<_>>().into_iter().collect()
        })
    }

    /// Snapshots, their folders, and the blobs these name.
    fn snapshots(&mut self) -> Result<(), VaultError> {
        let snapshots = self.list(FileKind::Snapshot)?;
        let total = snapshots.len() as u64;
        let mut seen = HashSet::new();
        lock(&self.core.snapshots).clear();
        for (number, (id, _)) in snapshots.iter().enumerate() {
            (self.progress)(CheckProgress::Snapshots { done: number as u64, total });
            let id = SnapshotId(id.0);
            match self.core.snapshot(id) {
                Ok(snapshot) => self.folders(id, snapshot.tree, &mut seen)?,
                Err(error) => self.file(error)?,
            }
        }
        (self.progress)(CheckProgress::Snapshots { done: total, total });
        self.report.snapshots = total;
        self.report.folders = seen.len() as u64;
        Ok(())
    }

    fn folders(
        &mut self,
        snapshot: SnapshotId,
        root: BlobId,
        seen: &mut HashSet<BlobId>,
    ) -> Result<(), VaultError> {
        let mut open = vec![(root, String::new())];
        while let Some((id, path)) = open.pop() {
            if !seen.insert(id) {
                continue;
            }
            self.go_on()?;
            let problem =
                |what: String, path: &str| CheckProblem::Folder { snapshot, path: format!("{path}/"), what };
            let tree = match self.core.tree(id) {
                Ok(tree) => tree,
                Err(error @ (VaultError::Damaged { .. } | VaultError::Missing { .. })) => {
                    self.report.problem(problem(error.to_string(), &path));
                    continue;
                }
                Err(other) => return Err(other),
            };
            for (name, node) in &tree.nodes {
                let info = match node.info() {
                    Ok(info) => info,
                    Err(error) => {
                        self.report.problem(problem(error.to_string(), &path));
                        continue;
                    }
                };
                let path = format!("{path}/{name}");
                match info.subtree {
                    Some(subtree) if info.is_folder() => open.push((subtree, path)),
                    None if info.is_folder() => {
                        self.report.problem(problem("it names no content".into(), &path));
                    }
                    _ if info.is_file() => {
                        let content = info.content.as_deref().unwrap_or_default();
                        self.content(snapshot, path, info.size, content);
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    fn content(&mut self, snapshot: SnapshotId, path: String, size: u64, blobs: &[BlobId]) {
        let mut have = 0;
        for blob in blobs {
            let place = self.core.index().find(BlobKind::Data, blob);
            let Some(place) = place else {
                let blob = *blob;
                return self.report.problem(CheckProblem::MissingBlob { snapshot, path, blob });
            };
            have += place.size();
        }
        if have != size {
            self.report.problem(CheckProblem::WrongSize { snapshot, path });
        }
    }
}

/// Reads a pack whole; gives what is wrong with it and its length.
fn read_pack(core: &Core, pack: &IndexPack) -> Result<(Vec<CheckProblem>, u64), VaultError> {
    let damaged = |what: &str| CheckProblem::DamagedPack { pack: pack.id, what: what.into() };
    let bytes = match core.storage.read(FileKind::Pack, &pack.id) {
        Ok(bytes) => bytes,
        Err(error) => match VaultError::read(name_of(FileKind::Pack, &pack.id), error) {
            VaultError::Missing { .. } => {
                return Ok((vec![CheckProblem::MissingPack { pack: pack.id }], 0));
            }
            // A disk that cannot give the bytes back has damaged them.
            VaultError::Io { source, .. } => return Ok((vec![damaged(&source.to_string())], 0)),
            other => return Err(other),
        },
    };
    let mut problems = Vec::new();
    if sha256(&bytes) != pack.id.0 {
        problems.push(damaged("its bytes changed since it was written"));
    }
    match pack::table(&core.crypt, &bytes) {
        None => problems.push(damaged("its table cannot be read")),
        Some(table) => {
            let mut blobs: Vec<_> = pack.blobs.iter().collect();
            blobs.sort_by_key(|blob| blob.offset);
            let same = table.len() == blobs.len() && table.iter().zip(&blobs).all(|(row, blob)| row.is(blob));
            if !same {
                problems.push(damaged("its table and the index do not agree"));
            }
        }
    }
    for blob in &pack.blobs {
        let start = blob.offset as usize;
        let sealed = bytes.get(start..start.saturating_add(blob.length as usize));
        let content = sealed.and_then(|sealed| core.open_blob(&blob.id, sealed, blob.uncompressed_length));
        if content.is_none() {
            problems.push(CheckProblem::DamagedBlob { pack: pack.id, blob: blob.id });
        }
    }
    Ok((problems, bytes.len() as u64))
}
