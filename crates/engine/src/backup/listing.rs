//! Drains a change feed into the catalogue's open Items. The cursor moves with them in one transaction,
//! so that no change can fall between the two.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use futures::StreamExt;
use holdfast_catalog::{OpenItem, OpenOp, Tx, archives, items, open_items, seen, staged};
use holdfast_clouds::contract::{Change, CloudError, Cursor, ErrorKind, Upsert};
use holdfast_model::{ItemId, ItemMeta, MetaUpdate};
use sha2::{Digest, Sha256};
use tokio::sync::Notify;

use super::keeper::{held_tag, seal_meta, unseal_meta};
use super::run::Run;
use crate::error::{EngineError, Result};

/// Changes in one transaction.
const BATCH: usize = 1_000;
/// Vanished Items in one page.
const VANISHED_PAGE: u32 = 5_000;

/// How far the listing is, for the fetchers that run beside it.
#[derive(Default)]
pub struct Progress {
    ended: AtomicBool,
    rows: AtomicU64,
    moved: Notify,
}

impl Progress {
    /// True when no more open Items will come from this listing.
    pub fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    /// Waits until Items came or the listing ended.
    pub async fn moved(&self) {
        self.moved.notified().await;
    }

    fn advance(&self, rows: u64) {
        self.rows.fetch_add(rows, Ordering::AcqRel);
        self.moved.notify_one();
    }

    /// No more will come.
    pub fn end(&self) {
        self.ended.store(true, Ordering::Release);
        self.moved.notify_one();
    }
}

/// What kind of listing it is.
#[derive(Clone, Copy)]
struct Told {
    /// Everything, so that what is not told has vanished.
    full: bool,
    /// Unchanged Items enter the ledger; not when an earlier listing of the same Run counted them.
    counts_unchanged: bool,
}

/// What a batch did to the ledger.
#[derive(Default)]
struct Counted {
    opened: u64,
    unchanged: u64,
}

impl Run {
    /// Lists everything (`cursor` none) or the changes since `cursor`, to the end. Without a Checkpoint it is an error.
    pub(super) async fn list(
        &self,
        cursor: Option<Cursor>,
        counts_unchanged: bool,
        progress: &Progress,
    ) -> Result<()> {
        let mut told = Told { full: cursor.is_none(), counts_unchanged };
        if told.full {
            self.begin_listing().await?;
        }
        let mut batch = Vec::with_capacity(BATCH);
        let mut changes = self.cloud.changes(&self.reach, cursor.as_ref());
        loop {
            self.go_on().await?;
            let next = tokio::select! {
                () = self.cancel.cancelled() => return Err(EngineError::Cancelled),
                next = changes.next() => next,
            };
            match next {
                Some(Ok(Change::Reset)) => {
                    told.full = true;
                    self.begin_listing().await?;
                }
                Some(Ok(Change::Checkpoint(cursor))) => {
                    self.apply(std::mem::take(&mut batch), told, progress).await?;
                    return self.checkpoint(cursor, told.full, progress).await;
                }
                Some(Ok(change)) => {
                    batch.push(change);
                    if batch.len() >= BATCH {
                        self.apply(std::mem::replace(&mut batch, Vec::with_capacity(BATCH)), told, progress)
                            .await?;
                    }
                }
                Some(Err(error)) => {
                    // What was told before the error is true; only the cursor may not move.
                    self.apply(batch, told, progress).await?;
                    return Err(error.into());
                }
                None => {
                    self.apply(batch, told, progress).await?;
                    let detail = "the change feed ended without a checkpoint";
                    let kind = ErrorKind::Retry { after: None };
                    return Err(CloudError::new(kind, "incompleteListing", detail).into());
                }
            }
        }
    }

    async fn begin_listing(&self) -> Result<()> {
        let (archive, now) = (self.archive.id, self.engine.now());
        self.engine.write(move |tx| Ok(seen::begin_listing(tx, archive, now)?)).await
    }

    async fn apply(&self, batch: Vec<Change>, told: Told, progress: &Progress) -> Result<()> {
        if batch.is_empty() {
            return Ok(());
        }
        let (archive, vault) = (self.archive.id, self.keeper.vault().clone());
        let counted = self
            .engine
            .write(move |tx| {
                let mut counted = Counted::default();
                for change in batch {
                    match change {
                        Change::Upsert(upsert) => {
                            let is_first = !told.full || seen::mark_seen(tx, archive, [&upsert.id])? > 0;
                            let counts = is_first && told.counts_unchanged;
                            open_upsert(tx, &vault, archive, upsert, counts, &mut counted)?;
                        }
                        Change::Removed(item) => open_removal(tx, archive, item, &mut counted)?,
                        Change::Below { prefix, exist } => {
                            let known = items::ids_below(tx, archive, &prefix)?;
                            for item in known.into_iter().filter(|item| !exist.contains(item)) {
                                open_removal(tx, archive, item, &mut counted)?;
                            }
                        }
                        Change::Reset | Change::Checkpoint(_) => {}
                    }
                }
                Ok(counted)
            })
            .await?;
        self.count(&counted);
        progress.advance(counted.opened);
        Ok(())
    }

    fn count(&self, counted: &Counted) {
        self.unchanged_at_listing.fetch_add(counted.unchanged, Ordering::Relaxed);
        self.tally(|ledger| {
            ledger.listed += counted.opened + counted.unchanged;
            ledger.unchanged += counted.unchanged;
        });
    }

    /// The listing ended: what it did not show has vanished, and the cursor moves.
    async fn checkpoint(&self, cursor: Cursor, full: bool, progress: &Progress) -> Result<()> {
        let archive = self.archive.id;
        let mut after: Option<ItemId> = None;
        let mut is_done = !full;
        while !is_done {
            let from = after.clone();
            let (last, counted) = self
                .engine
                .write(move |tx| {
                    let mut counted = Counted::default();
                    let page = seen::vanished(tx, archive, from.as_ref(), VANISHED_PAGE)?;
                    let last = page.last().cloned();
                    for item in page {
                        open_removal(tx, archive, item, &mut counted)?;
                    }
                    Ok((last, counted))
                })
                .await?;
            self.count(&counted);
            is_done = last.is_none();
            after = last;
        }
        let fingerprint = self.reach.policy.fingerprint(self.reach.scope.service);
        let now = self.engine.now();
        self.engine
            .write(move |tx| {
                archives::set_listed(tx, archive, Some(&cursor.0), Some(&fingerprint))?;
                if full {
                    archives::set_reconciled_at(tx, archive, Some(now))?;
                    seen::end_listing(tx, archive)?;
                }
                Ok(())
            })
            .await?;
        progress.advance(0);
        Ok(())
    }
}

fn open_upsert(
    tx: &Tx<'_>,
    vault: &holdfast_vault::Vault,
    archive: holdfast_model::ArchiveId,
    upsert: Upsert,
    counts_unchanged: bool,
    counted: &mut Counted,
) -> Result<()> {
    let already_open = open_items::get(tx, archive, &upsert.id)?;
    let held = held_tag(tx, archive, &upsert.id)?;
    let tag = upsert.tag.map(|tag| tag.0);
    let has_content_to_fetch = match (&held, &tag) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(held), Some(tag)) => held != tag,
    };
    let (meta_hash, labels_hash) = hashes(&upsert.meta);
    let has_new_meta = match upsert.meta {
        MetaUpdate::Unknown => false,
        MetaUpdate::ChangeLabels { .. } => true,
        MetaUpdate::Full(_) | MetaUpdate::SetLabels { .. } => {
            let known = known_hashes(tx, archive, &upsert.id, already_open.is_some())?;
            known.is_none_or(|(known_meta, known_labels)| {
                meta_hash.is_some_and(|hash| known_meta != Some(hash))
                    || (meta_hash.is_none() && labels_hash.is_some_and(|hash| known_labels != Some(hash)))
            })
        }
    };
    if !has_content_to_fetch && !has_new_meta {
        // An open row of an earlier change stays: what it asks for is still to do.
        if already_open.is_none() && counts_unchanged {
            counted.unchanged += 1;
        }
        return Ok(());
    }
    let (before, first_failed) = match &already_open {
        Some(open) if open.op == OpenOp::Upsert => {
            (unseal_meta(vault, open.sealed_meta.as_deref())?, Some(open))
        }
        _ => (MetaUpdate::Unknown, None),
    };
    let meta = before.then(upsert.meta);
    let row = OpenItem {
        tag: tag.or_else(|| first_failed.and_then(|open| open.tag.clone())),
        sealed_meta: seal_meta(vault, &meta)?,
        size: upsert.size,
        content_key: upsert.content_key,
        skip: upsert.skip,
        newness: upsert.newness,
        attempts: first_failed.map_or(0, |open| open.attempts),
        first_failed_at: first_failed.and_then(|open| open.first_failed_at),
        failed_runs: first_failed.map_or(0, |open| open.failed_runs),
        ..OpenItem::new(archive, upsert.id, OpenOp::Upsert)
    };
    if open_items::put(tx, &row)? {
        counted.opened += 1;
    }
    Ok(())
}

fn open_removal(
    tx: &Tx<'_>,
    archive: holdfast_model::ArchiveId,
    item: ItemId,
    counted: &mut Counted,
) -> Result<()> {
    let is_open = open_items::get(tx, archive, &item)?.is_some();
    // One that is open may be on its way right now: the removal is done after it.
    if (is_open || held_tag(tx, archive, &item)?.is_some())
        && open_items::put(
            tx,
            &OpenItem { newness: i64::MAX, ..OpenItem::new(archive, item, OpenOp::Remove) },
        )?
    {
        counted.opened += 1;
    }
    Ok(())
}

/// Hashes of metadata and labels, as they are once all that waits for a Snapshot is in one: a second listing of the same
/// Run has nothing to do for what the first has brought. None where something newer is on its way.
fn known_hashes(
    tx: &Tx<'_>,
    archive: holdfast_model::ArchiveId,
    item: &ItemId,
    is_open: bool,
) -> Result<Option<(Option<i64>, Option<i64>)>> {
    if let Some(waits) = staged::get(tx, archive, item)? {
        return Ok((!is_open).then_some((waits.meta_hash, waits.labels_hash)));
    }
    Ok(items::get(tx, archive, item)?.map(|item| (item.meta_hash, item.labels_hash)))
}

/// Hashes that tell later whether a full listing brings anything new: of all metadata, and of the labels.
pub(crate) fn hashes(meta: &MetaUpdate) -> (Option<i64>, Option<i64>) {
    match meta {
        MetaUpdate::Full(full) => {
            let labels = stable_hash(&full.labels.join("\n"));
            // A listing does not tell which parts could not be had.
            let text = match full.left_out.as_slice() {
                [] => serde_json::to_string(full),
                _ => serde_json::to_string(&ItemMeta { left_out: Vec::new(), ..(**full).clone() }),
            };
            (text.ok().map(|text| stable_hash(&text)), Some(labels))
        }
        MetaUpdate::SetLabels { labels } => {
            let mut labels = labels.clone();
            labels.sort();
            labels.dedup();
            (None, Some(stable_hash(&labels.join("\n"))))
        }
        MetaUpdate::Unknown | MetaUpdate::ChangeLabels { .. } => (None, None),
    }
}

fn stable_hash(text: &str) -> i64 {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().take(8).fold(0, |hash, byte| hash << 8 | i64::from(*byte))
}
