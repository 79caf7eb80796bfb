//! The durable points of a backup: what has been stored becomes known to the catalogue only after the
//! Repository holds it for sure.
//!
//! Fetched Items wait here until 64 MB are undurable, or 30 s have passed and 8 MB wait, or 5 minutes have
//! passed. Then packs and index are written, and after that one transaction moves the Items from open to
//! staged. Killed before it, a restart fetches them again; killed after it, never.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use holdfast_catalog::{
    OpenItem, Place, StagedFile, StagedItem, StagedOp, Tx, folders, items, open_items, staged,
};
use holdfast_model::{ArchiveId, ItemId, Ledger, MetaUpdate, RunId, SkipReason};
use holdfast_vault::{Vault, Writer};
use tokio::sync::Mutex;

use super::listing::hashes;
use crate::engine::{Engine, blocking, write_durable};
use crate::error::{EngineError, Result};
use crate::memory;

const MOST_UNDURABLE_BYTES: u64 = 64 << 20;
const SOME_UNDURABLE_BYTES: u64 = 8 << 20;
const SOME_UNDURABLE_AGE: Duration = Duration::from_secs(30);
const MOST_UNDURABLE_AGE: Duration = Duration::from_secs(300);
/// Small Archives: a kill costs few of their Items, not only few bytes.
const MOST_UNDURABLE_SHARE: u64 = 50;
const LEAST_UNDURABLE_ITEMS: u64 = 64;
/// Tiny Items: bounded by number, so that neither memory nor the transaction grows.
const MOST_UNDURABLE_ITEMS: usize = 20_000;

/// What became of one open Item.
pub struct Finished {
    /// Its Archive.
    pub archive: ArchiveId,
    /// The Run that did it.
    pub run: RunId,
    /// The Item.
    pub item: ItemId,
    /// The open state that this finishes; a newer one stays open.
    pub seq: i64,
    /// What to keep.
    pub kept: Kept,
    /// Where the ledger counts it, once it is durable.
    pub bucket: Bucket,
}

/// The ledger's bucket of a finished Item.
#[derive(Clone, Copy)]
pub enum Bucket {
    /// New content or new metadata.
    Stored,
    /// Already held as it is.
    Unchanged,
    /// Vanished.
    Removed,
    /// Cannot be stored.
    Skipped(SkipReason),
}

impl Bucket {
    /// Counts one more Item in this bucket.
    pub fn count(self, ledger: &mut Ledger) {
        match self {
            Self::Stored => ledger.stored += 1,
            Self::Unchanged => ledger.unchanged += 1,
            Self::Removed => ledger.removed += 1,
            Self::Skipped(_) => ledger.skipped += 1,
        }
    }
}

/// What to keep of an Item.
pub enum Kept {
    /// Content (or its documented absence) and metadata.
    Content {
        /// The state of the content.
        tag: Option<String>,
        /// Its files.
        files: Vec<StagedFile>,
        /// See `Upsert::content_key`.
        content_key: Option<String>,
        /// Why there is no content.
        skip: Option<SkipReason>,
        /// What is known of the metadata.
        meta: MetaUpdate,
        /// Folders that may hold it, preferred first.
        candidates: Vec<String>,
    },
    /// New metadata only.
    Meta(MetaUpdate),
    /// It vanished, perhaps before anything of it was kept.
    Removed,
}

/// Shared by all Runs of one worker.
pub struct Keeper {
    engine: Engine,
    vault: Vault,
    writer: Writer,
    waiting: Mutex<Waiting>,
    flushing: Mutex<()>,
    durable: std::sync::Mutex<HashMap<RunId, Ledger>>,
    is_broken: AtomicBool,
}

struct Waiting {
    finished: Vec<Finished>,
    /// How many Items each Run has to account for.
    listed: HashMap<RunId, u64>,
    since: Instant,
}

impl Keeper {
    /// A keeper over one writer.
    pub fn new(engine: Engine, vault: Vault, writer: Writer) -> Arc<Self> {
        let waiting =
            Mutex::new(Waiting { finished: Vec::new(), listed: HashMap::new(), since: Instant::now() });
        Arc::new(Self {
            engine,
            vault,
            writer,
            waiting,
            flushing: Mutex::new(()),
            durable: std::sync::Mutex::default(),
            is_broken: AtomicBool::new(false),
        })
    }

    /// Where contents are stored.
    pub const fn writer(&self) -> &Writer {
        &self.writer
    }

    /// Where they end up.
    pub const fn vault(&self) -> &Vault {
        &self.vault
    }

    /// Takes a finished Item of a Run that has listed so many, and makes all durable when it is time.
    pub async fn keep(&self, finished: Finished, listed: u64) -> Result<()> {
        let is_due = {
            let mut waiting = self.waiting.lock().await;
            if waiting.finished.is_empty() {
                waiting.since = Instant::now();
            }
            let run = finished.run;
            waiting.finished.push(finished);
            waiting.listed.insert(run, listed);
            let listed: u64 = waiting.listed.values().sum();
            let most = (listed / MOST_UNDURABLE_SHARE).max(LEAST_UNDURABLE_ITEMS);
            self.is_due(&waiting) || waiting.finished.len() as u64 >= most
        };
        if is_due { self.flush().await } else { Ok(()) }
    }

    /// Makes durable what is due by age, though nothing new comes.
    pub async fn tick(&self) -> Result<()> {
        let is_due = self.is_due(&*self.waiting.lock().await);
        if is_due { self.flush().await } else { Ok(()) }
    }

    fn is_due(&self, waiting: &Waiting) -> bool {
        let bytes = self.writer.undurable_bytes();
        let age = waiting.since.elapsed();
        !waiting.finished.is_empty()
            && (bytes >= MOST_UNDURABLE_BYTES
                || waiting.finished.len() >= MOST_UNDURABLE_ITEMS
                || (age >= SOME_UNDURABLE_AGE && bytes >= SOME_UNDURABLE_BYTES)
                || age >= MOST_UNDURABLE_AGE)
    }

    /// Makes everything that is waiting durable and known. An error leaves the Items open: they are fetched again.
    pub async fn flush(&self) -> Result<()> {
        let _one_at_a_time = self.flushing.lock().await;
        let finished = std::mem::take(&mut self.waiting.lock().await.finished);
        if finished.is_empty() {
            return Ok(());
        }
        if let Err(error) = self.writer.flush().await {
            self.is_broken.store(true, Ordering::Release);
            return Err(error.into());
        }
        let mut done: HashMap<RunId, Ledger> = HashMap::new();
        for one in &finished {
            one.bucket.count(done.entry(one.run).or_default());
        }
        let vault = self.vault.clone();
        let catalog = self.engine.catalog().clone();
        let reopened = blocking(move || {
            write_durable(&catalog, |tx| {
                let mut reopened: HashMap<RunId, u64> = HashMap::new();
                for one in finished {
                    let run = one.run;
                    if !stage(tx, &vault, one)? {
                        *reopened.entry(run).or_default() += 1;
                    }
                }
                Ok(reopened)
            })
            .inspect(|_| memory::give_back())
        })
        .await?;
        let mut durable = self.durable.lock().unwrap_or_else(PoisonError::into_inner);
        for (run, done) in done {
            let counts = durable.entry(run).or_default();
            counts.stored += done.stored;
            counts.unchanged += done.unchanged;
            counts.removed += done.removed;
            counts.skipped += done.skipped;
            counts.listed += reopened.get(&run).copied().unwrap_or(0);
        }
        Ok(())
    }

    /// True after a write failed: the writer keeps the first failure.
    pub fn is_broken(&self) -> bool {
        self.is_broken.load(Ordering::Acquire)
    }

    /// What a Run that ends has made durable, by bucket; and as `listed`, how often it finished an Item of which
    /// something newer was open by then, so that it has to account for it once more.
    pub fn take_durable(&self, run: RunId) -> Ledger {
        let mut durable = self.durable.lock().unwrap_or_else(PoisonError::into_inner);
        durable.remove(&run).unwrap_or_default()
    }
}

/// Opens what was sealed for the catalogue.
pub fn unseal_meta(vault: &Vault, sealed: Option<&[u8]>) -> Result<MetaUpdate> {
    let Some(sealed) = sealed else { return Ok(MetaUpdate::Unknown) };
    let plain = vault.unseal(sealed)?;
    serde_json::from_slice(&plain).map_err(|error| EngineError::Defect(format!("sealed metadata: {error}")))
}

/// Seals metadata for the catalogue, which may hold no names in the clear. Nothing known needs no seal.
pub fn seal_meta(vault: &Vault, meta: &MetaUpdate) -> Result<Option<Vec<u8>>> {
    if *meta == MetaUpdate::Unknown {
        return Ok(None);
    }
    let plain =
        serde_json::to_vec(meta).map_err(|error| EngineError::Defect(format!("metadata: {error}")))?;
    Ok(Some(vault.seal(&plain)?))
}

/// True where nothing newer of the Item is open.
fn stage(tx: &Tx<'_>, vault: &Vault, finished: Finished) -> Result<bool> {
    let Finished { archive, run, item, seq, kept, bucket: _ } = finished;
    let staged_before = staged::get(tx, archive, &item)?;
    let stored = items::get(tx, archive, &item)?;
    let was_open_as_done = open_items::done(tx, archive, &item, seq)?;
    let known_folder = staged_before
        .as_ref()
        .and_then(|before| before.folder)
        .or(stored.as_ref().and_then(|stored| stored.folder));
    let row = match kept {
        Kept::Removed => {
            if stored.is_none() && staged_before.is_none() {
                return Ok(was_open_as_done);
            }
            StagedItem { folder: known_folder, ..staged_row(archive, item, StagedOp::Remove, run) }
        }
        Kept::Meta(update) => {
            let before =
                unseal_meta(vault, staged_before.as_ref().and_then(|before| before.sealed_meta.as_deref()))?;
            let update = before.then(update);
            let (meta_hash, labels_hash) = hashes(&update);
            let sealed_meta = seal_meta(vault, &update)?;
            match staged_before {
                Some(before) if before.op != StagedOp::Remove => {
                    StagedItem { sealed_meta, meta_hash, labels_hash, run, ..before }
                }
                _ => StagedItem {
                    sealed_meta,
                    folder: known_folder,
                    meta_hash,
                    labels_hash,
                    ..staged_row(archive, item, StagedOp::Meta, run)
                },
            }
        }
        Kept::Content { tag, files, content_key, skip, meta, candidates } => {
            let folder = match known_folder {
                Some(folder) => folder,
                None => folders::choose(tx, archive, &candidates)?,
            };
            let before =
                unseal_meta(vault, staged_before.as_ref().and_then(|before| before.sealed_meta.as_deref()))?;
            let meta = before.then(meta);
            let (meta_hash, labels_hash) = hashes(&meta);
            StagedItem {
                tag,
                folder: Some(folder),
                extensions: files.iter().map(|file| file.extension.as_str()).collect::<Vec<_>>().join(","),
                size: files.iter().map(|file| file.size).sum(),
                files: Some(files),
                content_key,
                skip,
                sealed_meta: seal_meta(vault, &meta)?,
                meta_hash,
                labels_hash,
                ..staged_row(archive, item, StagedOp::Put, run)
            }
        }
    };
    staged::put(tx, &row)?;
    Ok(was_open_as_done)
}

fn staged_row(archive: ArchiveId, item: ItemId, op: StagedOp, run: RunId) -> StagedItem {
    StagedItem {
        seq: 0,
        archive,
        item,
        op,
        tag: None,
        folder: None,
        extensions: String::new(),
        files: None,
        content_key: None,
        size: 0,
        skip: None,
        sealed_meta: None,
        meta_hash: None,
        labels_hash: None,
        run,
    }
}

/// An open Item with what is already known of it.
pub struct Known {
    /// What is to do.
    pub open: OpenItem,
    /// The content tag that is held, staged or stored; `None` where nothing is held.
    pub held_tag: Option<String>,
}

/// The next open Items of an Archive with what is held of each.
pub fn next_open(
    tx: &Tx<'_>,
    archive: ArchiveId,
    limit: u32,
    after: Option<&Place>,
    now: holdfast_model::Timestamp,
) -> Result<Vec<Known>> {
    let page = open_items::next(tx, archive, now, after, limit)?;
    page.into_iter()
        .map(|open| {
            let held_tag = held_tag(tx, archive, &open.item)?;
            Ok(Known { open, held_tag })
        })
        .collect()
}

/// The content tag held of an Item, whether staged or stored.
pub fn held_tag(tx: &Tx<'_>, archive: ArchiveId, item: &ItemId) -> Result<Option<String>> {
    let stored = || -> Result<_> { Ok(items::get(tx, archive, item)?.map(|stored| stored.tag)) };
    match staged::get(tx, archive, item)? {
        Some(row) => match row.op {
            StagedOp::Put => Ok(Some(row.tag.unwrap_or_default())),
            StagedOp::Meta => stored(),
            StagedOp::Remove => Ok(None),
        },
        None => stored(),
    }
}
