//! A storage that fails when it is told to.

use std::io;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::SeqCst};

use bytes::Bytes;
use holdfast_vault::*;

/// A folder whose writes fail from some write on, as if the process had died or the disk were full.
pub struct Faulty {
    folder: LocalFolder,
    left: AtomicI64,
    kind: Mutex<io::ErrorKind>,
    index_listings: AtomicU64,
}

impl Faulty {
    pub fn new(folder: PathBuf) -> Self {
        Self {
            folder: LocalFolder::new(folder),
            left: AtomicI64::new(i64::MAX),
            kind: Mutex::new(io::ErrorKind::Other),
            index_listings: AtomicU64::new(0),
        }
    }

    /// All writes after `writes` more fail.
    pub fn fail_after(&self, writes: i64, kind: io::ErrorKind) {
        *self.kind.lock().unwrap() = kind;
        self.left.store(writes, SeqCst);
    }

    pub fn heal(&self) {
        self.left.store(i64::MAX, SeqCst);
    }

    /// How often the index files were listed.
    pub fn index_listings(&self) -> u64 {
        self.index_listings.load(SeqCst)
    }

    fn write_allowed(&self) -> io::Result<()> {
        if self.left.fetch_sub(1, SeqCst) <= 0 {
            return Err((*self.kind.lock().unwrap()).into());
        }
        Ok(())
    }
}

impl Storage for Faulty {
    fn name(&self) -> String {
        self.folder.name()
    }

    fn state(&self) -> io::Result<StorageState> {
        self.folder.state()
    }

    fn create(&self) -> io::Result<()> {
        self.write_allowed()?;
        self.folder.create()
    }

    fn list(&self, kind: FileKind) -> io::Result<Vec<(FileId, u64)>> {
        if kind == FileKind::Index {
            self.index_listings.fetch_add(1, SeqCst);
        }
        self.folder.list(kind)
    }

    fn read(&self, kind: FileKind, id: &FileId) -> io::Result<Bytes> {
        self.folder.read(kind, id)
    }

    fn read_range(&self, kind: FileKind, id: &FileId, offset: u64, length: usize) -> io::Result<Bytes> {
        self.folder.read_range(kind, id, offset, length)
    }

    fn write(&self, kind: FileKind, id: &FileId, content: &[Bytes]) -> io::Result<()> {
        self.write_allowed()?;
        self.folder.write(kind, id, content)
    }

    fn remove(&self, kind: FileKind, id: &FileId) -> io::Result<()> {
        self.write_allowed()?;
        self.folder.remove(kind, id)
    }

    fn sweep(&self) -> io::Result<u64> {
        self.folder.sweep()
    }
}
