//! Where a Repository lies, and the few things a place must be able to do.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;

use crate::id::FileId;
use crate::local::LocalFolder;

/// Where a Repository lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// A folder of a disk or a network share.
    Local(PathBuf),
}

impl Location {
    pub(crate) fn storage(&self) -> Arc<dyn Storage> {
        match self {
            Self::Local(folder) => Arc::new(LocalFolder::new(folder.clone())),
        }
    }
}

/// The kinds of files a repository has, as restic lays them out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// The one configuration file. Its id is all zeros.
    Config,
    /// Key files.
    Key,
    /// Lock files.
    Lock,
    /// Index files.
    Index,
    /// Snapshot files.
    Snapshot,
    /// Pack files.
    Pack,
}

/// A place that can hold a repository.
///
/// - `write` returns only when the file is durable under its name; a crash before leaves no file
///   of that name, or the old one. It must never leave half a file under it.
/// - `list` gives only files whose names are ids, with their sizes, in any order.
/// - `read_range` gives exactly `length` bytes or fails with `UnexpectedEof`.
/// - A missing file is `NotFound`; a full disk `StorageFull` or `QuotaExceeded`.
pub trait Storage: Send + Sync + 'static {
    /// The place in words, for messages.
    fn name(&self) -> String;
    /// What is there: nothing, something else, or a repository.
    fn state(&self) -> io::Result<StorageState>;
    /// Makes the empty layout of a repository.
    fn create(&self) -> io::Result<()>;
    /// All files of a kind.
    fn list(&self, kind: FileKind) -> io::Result<Vec<(FileId, u64)>>;
    /// A whole file.
    fn read(&self, kind: FileKind, id: &FileId) -> io::Result<Bytes>;
    /// A part of a file.
    fn read_range(&self, kind: FileKind, id: &FileId, offset: u64, length: usize) -> io::Result<Bytes>;
    /// Writes a file, durably, whole or not at all.
    fn write(&self, kind: FileKind, id: &FileId, content: &[Bytes]) -> io::Result<()>;
    /// Removes a file.
    fn remove(&self, kind: FileKind, id: &FileId) -> io::Result<()>;
    /// Removes what writes that were cut off left behind, and says how many.
    fn sweep(&self) -> io::Result<u64>;
}

/// What is found at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StorageState {
    /// Nothing, not even the folder.
    Absent,
    /// An empty folder, or the layout of a repository without anything in it.
    Empty,
    /// Files, and no repository.
    Foreign,
    /// Files of a repository that has no configuration: a copy of one that was not finished.
    Unfinished,
    /// A repository.
    Repository,
}
