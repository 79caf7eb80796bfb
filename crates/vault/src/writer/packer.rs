//! Filling packs from many threads, and the one thread that writes them and their index.
//!
//! A blob is *claimed* from the moment one thread begins to seal it until its index is durable:
//! others that bring the same blob need not store it again. A flush first waits for every claim to
//! be in a pack, then has packs and index written; so what was claimed before it is durable after.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock};
use std::time::{Duration, Instant};

use super::seal::Sealer;
use super::{Totals, WriterOptions};
use crate::error::VaultError;
use crate::format::sha256;
use crate::id::BlobId;
use crate::index::{BlobKind, IndexFile, IndexPack, Key};
use crate::pack::{MAX_BLOB, OpenPack};
use crate::vault::Core;

/// What waits at most for an index file: blobs, and time.
const INDEX_BLOBS: usize = 50_000;
const INDEX_AFTER: Duration = Duration::from_secs(30);

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic while it was held leaves plain values that are whole at any time.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What the packing threads and the pack thread share.
pub(super) struct Shared {
    pub core: Arc<Core>,
    /// Blobs that are in no durable index yet, with their size.
    claimed: Mutex<HashMap<Key, u32>>,
    failed: OnceLock<VaultError>,
    pub counts: Counts,
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
pub(super) struct Counts {
    pub hashed: AtomicU64,
    pub new_blobs: AtomicU64,
    pub added: AtomicU64,
}

/// What was stored and is not durable.
#[derive(Default, Clone, Copy)]
struct Waiting {
    bytes: u64,
    since: Option<Instant>,
}

/// What a stored blob cost.
pub(super) struct Put {
    pub id: BlobId,
    /// Sealed bytes that are new; 0 where the blob was there.
    pub added: u64,
}

enum Message {
    Pack(OpenPack),
    Flush(SyncSender<()>),
}

/// Takes blobs, gives packs to the pack thread.
pub(super) struct Packer {
    pub shared: Arc<Shared>,
    data: Mutex<OpenPack>,
    trees: Mutex<OpenPack>,
    /// Read while a blob is claimed and not yet in a pack; written by a flush, for a moment.
    packing: RwLock<()>,
    full: SyncSender<Message>,
}

impl Packer {
    pub fn start(core: Arc<Core>, options: &WriterOptions) -> Result<Self, VaultError> {
        let shared = Arc::new(Shared {
            core,
            claimed: Mutex::default(),
            failed: OnceLock::new(),
            counts: Counts::default(),
            waiting: Mutex::default(),
        });
        // No queue: one pack is filled while one is written, and memory stays at that.
        let (full, packs) = sync_channel(0);
        let thread = PackThread { shared: shared.clone(), index: IndexFile::default(), since: None };
        std::thread::Builder::new()
            .name("vault-packs".into())
            .spawn(move || thread.run(&packs))
            .map_err(|error| VaultError::io("starting a thread", error))?;
        Ok(Self {
            shared,
            data: Mutex::new(OpenPack::new(BlobKind::Data, options.data_pack)),
            trees: Mutex::new(OpenPack::new(BlobKind::Tree, options.tree_pack)),
            packing: RwLock::default(),
            full,
        })
    }

    /// Stores a blob unless it is there. Blocking.
    pub fn put(
        &self,
        sealer: &mut Sealer,
        kind: BlobKind,
        id: BlobId,
        raw: &[u8],
    ) -> Result<Put, VaultError> {
        self.shared.check()?;
        let key = Key { id, kind };
        let there = Put { id, added: 0 };
        if self.shared.core.index().find(kind, &id).is_some() {
            return Ok(there);
        }
        if raw.len() > MAX_BLOB {
            return Err(VaultError::TooLarge { what: format!("blob {id}"), limit: MAX_BLOB as u64 });
        }
        let packing = self.packing.read().unwrap_or_else(PoisonError::into_inner);
        if lock(&self.shared.claimed).insert(key, raw.len() as u32).is_some() {
            return Ok(there);
        }
        // Indexed between the first look and the claim: then the claim is not needed.
        if self.shared.core.index().find(kind, &id).is_some() {
            lock(&self.shared.claimed).remove(&key);
            return Ok(there);
        }
        let sealed = sealer
            .seal(&self.shared.core.crypt, id, raw, kind == BlobKind::Tree)
            .map_err(|error| self.shared.fail(error))?;
        let added = sealed.bytes.len() as u64;
        let pack = match kind {
            BlobKind::Data => &self.data,
            BlobKind::Tree => &self.trees,
        };
        let mut pack = lock(pack);
        if pack.push(&sealed) {
            // Others wait at the pack meanwhile: that is how storing slows down to the disk's pace.
            self.send(Message::Pack(pack.take()))?;
        }
        drop(pack);
        drop(packing);
        self.shared.counts.new_blobs.fetch_add(1, Relaxed);
        self.shared.counts.added.fetch_add(added, Relaxed);
        Ok(Put { id, added })
    }

    fn send(&self, message: Message) -> Result<(), VaultError> {
        self.full.send(message).map_err(|_| self.shared.error())
    }

    /// Writes packs and index; what was stored before is durable when it returns. Blocking.
    pub fn flush(&self) -> Result<(), VaultError> {
        self.shared.check()?;
        let (packs, before) = {
            let _all_packed = self.packing.write().unwrap_or_else(PoisonError::into_inner);
            let packs = [lock(&self.data).take(), lock(&self.trees).take()];
            (packs, self.shared.flushing())
        };
        for pack in packs {
            if !pack.is_empty() {
                self.send(Message::Pack(pack))?;
            }
        }
        let (done, flushed) = sync_channel(1);
        self.send(Message::Flush(done))?;
        flushed.recv().map_err(|_| self.shared.error())?;
        self.shared.check()?;
        self.shared.flushed(before);
        Ok(())
    }
}

impl Shared {
    /// The first failure, which is everybody's from then on: what was claimed may not be stored.
    pub fn check(&self) -> Result<(), VaultError> {
        match self.failed.get() {
            Some(error) => Err(error.clone()),
            None => Ok(()),
        }
    }

    fn error(&self) -> VaultError {
        self.failed.get().cloned().unwrap_or(VaultError::Closed)
    }

    fn fail(&self, error: VaultError) -> VaultError {
        self.failed.get_or_init(|| error).clone()
    }

    /// The size of a data blob that is claimed.
    pub fn claimed(&self, id: &BlobId) -> Option<u64> {
        let key = Key { id: *id, kind: BlobKind::Data };
        lock(&self.claimed).get(&key).copied().map(u64::from)
    }

    pub fn stored(&self, bytes: u64) {
        let mut waiting = lock(&self.waiting);
        waiting.bytes += bytes;
        waiting.since.get_or_insert_with(Instant::now);
    }

    fn flushing(&self) -> u64 {
        lock(&self.waiting).bytes
    }

    fn flushed(&self, bytes: u64) {
        let mut waiting = lock(&self.waiting);
        waiting.bytes -= bytes.min(waiting.bytes);
        waiting.since = (waiting.bytes > 0).then(Instant::now);
    }

    pub fn undurable(&self) -> (u64, Option<Instant>) {
        let waiting = *lock(&self.waiting);
        (waiting.bytes, waiting.since)
    }

    pub fn hash(&self, raw: &[u8]) -> [u8; 32] {
        self.counts.hashed.fetch_add(raw.len() as u64, Relaxed);
        sha256(raw)
    }

    pub fn totals(&self) -> Totals {
        Totals {
            hashed: self.counts.hashed.load(Relaxed),
            new_blobs: self.counts.new_blobs.load(Relaxed),
            added: self.counts.added.load(Relaxed),
        }
    }
}

/// Writes packs in the order they became full, and index files.
struct PackThread {
    shared: Arc<Shared>,
    index: IndexFile,
    /// When the first pack was written that is in no index.
    since: Option<Instant>,
}

impl PackThread {
    fn run(mut self, packs: &Receiver<Message>) {
        loop {
            let message = match self.since {
                None => packs.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(since) => packs.recv_timeout(INDEX_AFTER.saturating_sub(since.elapsed())),
            };
            let result = match message {
                Ok(Message::Pack(pack)) => self.write(pack),
                Ok(Message::Flush(done)) => {
                    let result = self.save_index();
                    if let Err(error) = result {
                        self.shared.fail(error);
                    }
                    // Nobody waits where the flush was cancelled.
                    done.send(()).ok();
                    continue;
                }
                Err(RecvTimeoutError::Timeout) => self.save_index(),
                Err(RecvTimeoutError::Disconnected) => {
                    // The writer is gone; what it had written may as well be found again.
                    if let Err(error) = self.save_index() {
                        tracing::warn!(%error, "the last index file was not written");
                    }
                    return;
                }
            };
            if let Err(error) = result {
                tracing::warn!(%error, "storing failed");
                self.shared.fail(error);
            }
        }
    }

    fn write(&mut self, pack: OpenPack) -> Result<(), VaultError> {
        self.shared.check()?;
        let core = &self.shared.core;
        let written = pack.write(&*core.storage, &core.crypt)?;
        self.index.packs.push(written);
        self.since.get_or_insert_with(Instant::now);
        if self.index.blobs() >= INDEX_BLOBS {
            self.save_index()?;
        }
        Ok(())
    }

    fn save_index(&mut self) -> Result<(), VaultError> {
        self.since = None;
        self.shared.check()?;
        if self.index.packs.is_empty() {
            return Ok(());
        }
        let core = &self.shared.core;
        let file = std::mem::take(&mut self.index);
        let id = file.save(&*core.storage, &core.crypt)?;
        let mut index = core.index_mut();
        index.add(id, &file.packs);
        index.compact_if_large()?;
        drop(index);
        self.release(&file.packs);
        Ok(())
    }

    fn release(&self, packs: &[IndexPack]) {
        let mut claimed = lock(&self.shared.claimed);
        for blob in packs.iter().flat_map(|pack| &pack.blobs) {
            claimed.remove(&blob.key());
        }
    }
}
