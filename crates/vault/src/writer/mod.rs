//! Storing: bytes in, the blobs they became out.
//!
//! Everything that costs processor time happens on the writer's own threads behind a bounded
//! queue. A future that is dropped leaves nothing half done: what it handed over is stored, or was
//! never handed over.

mod packer;
mod seal;
mod sink;
mod worker;

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use tokio::sync::{Semaphore, mpsc, oneshot};

use crate::error::VaultError;
use crate::id::BlobId;
use crate::index::BlobKind;
use crate::vault::Core;

pub(crate) use packer::lock;
pub(crate) use seal::Sealer;
pub use sink::Sink;

use packer::{Packer, Put};
use worker::Job;

/// A whole mail may be this long; larger contents go through a [`Sink`].
pub const MAX_MAIL: u64 = 150 << 20;
/// Bytes handed over and not yet worked on.
const QUEUED_BYTES: u32 = 32 << 20;

/// How a writer works.
#[derive(Debug, Clone)]
pub struct WriterOptions {
    /// Threads that cut, hash, compress and seal.
    pub threads: usize,
    /// zstd level.
    pub compression: i32,
    /// Bytes of a full pack of contents.
    pub data_pack: usize,
    /// Bytes of a full pack of folders.
    pub tree_pack: usize,
}

impl Default for WriterOptions {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, |cores| cores.get());
        Self {
            // One more, since one at a time may wait for the disk.
            threads: (cores + 1).clamp(2, 5),
            // A fifth faster than 3 on mail, for blobs that are 2 % larger.
            compression: 2,
            data_pack: 32 << 20,
            tree_pack: 4 << 20,
        }
    }
}

/// What a content became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its blobs in order; none where it is empty.
    pub blobs: Vec<BlobId>,
    /// Its length.
    pub size: u64,
    /// Its hash.
    pub sha256: [u8; 32],
    /// Sealed bytes that the Repository did not have.
    pub added: u64,
}

/// What a writer did so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Bytes that were cut and hashed.
    pub hashed: u64,
    /// Blobs that the Repository did not have.
    pub new_blobs: u64,
    /// Sealed bytes of them.
    pub added: u64,
}

/// Stores contents. Clones share threads, queue and packs. The first failure to seal or to write is
/// everybody's from then on: nothing is committed by a writer that failed, and a new one is made.
#[derive(Clone)]
pub struct Writer {
    inner: Arc<Inner>,
}

struct Inner {
    jobs: mpsc::Sender<Job>,
    queued: Arc<Semaphore>,
    packer: Arc<Packer>,
    compression: i32,
}

impl Writer {
    pub(crate) fn start(core: Arc<Core>, options: &WriterOptions) -> Result<Self, VaultError> {
        let packer = Arc::new(Packer::start(core, options)?);
        let threads = options.threads.max(1);
        let (jobs, queue) = mpsc::channel(threads * 4);
        worker::start(threads, queue, &packer, options.compression)?;
        Ok(Self {
            inner: Arc::new(Inner {
                jobs,
                queued: Arc::new(Semaphore::new(QUEUED_BYTES as usize)),
                packer,
                compression: options.compression,
            }),
        })
    }

    /// Stores a mail, cut at the boundaries of its larger MIME parts, so that an attachment sent to
    /// many is kept once.
    pub async fn store_mail(&self, mail: Bytes) -> Result<Stored, VaultError> {
        if mail.len() as u64 > MAX_MAIL {
            return Err(VaultError::TooLarge { what: "a mail".into(), limit: MAX_MAIL });
        }
        let (reply, stored) = oneshot::channel();
        let room = self.room(mail.len()).await?;
        self.submit(Job::Mail { mail, reply, room }).await?;
        stored.await.map_err(|_| self.error())?
    }

    /// For a content of any length that arrives in pieces.
    pub fn sink(&self) -> Sink {
        Sink::new(self.clone())
    }

    /// Bytes stored since the last flush began: what would have to be fetched again after a crash.
    pub fn undurable_bytes(&self) -> u64 {
        self.inner.packer.shared.undurable().0
    }

    /// Since when something waits for a flush.
    pub fn undurable_since(&self) -> Option<Instant> {
        self.inner.packer.shared.undurable().1
    }

    /// Writes packs, then the index, durably. Everything stored before is durable when it returns.
    pub async fn flush(&self) -> Result<(), VaultError> {
        let (reply, flushed) = oneshot::channel();
        self.submit(Job::Flush { reply }).await?;
        flushed.await.map_err(|_| self.error())?
    }

    /// As [`flush`](Self::flush), for callers that may block.
    pub fn flush_blocking(&self) -> Result<(), VaultError> {
        self.inner.packer.flush()
    }

    /// What was done so far.
    pub fn totals(&self) -> Totals {
        self.inner.packer.shared.totals()
    }

    /// Whether these are the blobs' own vault and writer: what a commit may name.
    pub(crate) fn size_of(&self, id: &BlobId) -> Option<u64> {
        let shared = &self.inner.packer.shared;
        // Claims first: a blob leaves them only after it is in the index.
        shared.claimed(id).or_else(|| {
            let place = shared.core.index().find(BlobKind::Data, id);
            place.map(|place| place.size())
        })
    }

    /// A compressor for a thread that stores by itself.
    pub(crate) fn sealer(&self) -> Result<Sealer, VaultError> {
        Sealer::new(self.inner.compression)
    }

    /// Stores a blob on the calling thread.
    pub(crate) fn put(
        &self,
        sealer: &mut Sealer,
        kind: BlobKind,
        raw: &[u8],
    ) -> Result<(BlobId, u64), VaultError> {
        let packer = &self.inner.packer;
        let id = BlobId(packer.shared.hash(raw));
        let Put { id, added } = packer.put(sealer, kind, id, raw)?;
        Ok((id, added))
    }

    /// Whether it stores into this vault.
    pub(crate) fn is_of(&self, core: &Arc<Core>) -> bool {
        Arc::ptr_eq(&self.inner.packer.shared.core, core)
    }

    async fn room(&self, bytes: usize) -> Result<tokio::sync::OwnedSemaphorePermit, VaultError> {
        let permits = u32::try_from(bytes).unwrap_or(u32::MAX).min(QUEUED_BYTES);
        let room = self.inner.queued.clone().acquire_many_owned(permits);
        room.await.map_err(|_| VaultError::Closed)
    }

    async fn submit(&self, job: Job) -> Result<(), VaultError> {
        self.inner.packer.shared.check()?;
        self.inner.jobs.send(job).await.map_err(|_| self.error())
    }

    fn error(&self) -> VaultError {
        let failed = self.inner.packer.shared.check();
        failed.err().unwrap_or(VaultError::Closed)
    }
}
