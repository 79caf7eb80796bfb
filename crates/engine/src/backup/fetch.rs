//! Fetches open Items, several at a time, and hands them to the keeper. One bad Item never stops the others.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::StreamExt;
use holdfast_catalog::{Failure, OpenOp, Place, RunItem, RunItemKind, StagedFile, open_items, run_items};
use holdfast_clouds::contract::{CloudError, Content, ErrorKind, ItemRef};
use holdfast_model::{BlobId, ItemId, ItemMeta, MetaUpdate, RunId, SkipReason, Timestamp};
use tokio::task::JoinSet;

use super::keeper::{Finished, Kept, Known, next_open, unseal_meta};
use super::layout::candidates;
use super::listing::Progress;
use super::run::Run;
use crate::error::{EngineError, Result};
use crate::events::Phase;

const PAGE: u32 = 500;
/// So many failures in a row without one success mean that something is down, not that Items are bad.
const MOST_FAILURES_IN_A_ROW: u32 = 40;
const REPORT_EVERY: Duration = Duration::from_millis(250);
/// A mail up to this size is cut at its MIME parts in memory; larger ones are chunked as they stream.
const MAIL_IN_MEMORY: usize = 16 << 20;

/// What became of one fetch.
enum Fetched {
    Kept(Kept, Bucket, u64),
    Failed(CloudError),
}

/// The ledger's bucket of a finished Item.
#[derive(Clone, Copy)]
enum Bucket {
    Stored,
    Unchanged,
    Removed,
    Skipped(SkipReason),
}

impl Run {
    /// Fetches until the listing has ended and nothing is open that can be done now.
    pub(super) async fn fetch_all(self: &Arc<Self>, progress: &Progress) -> Result<()> {
        let mut tasks: JoinSet<(ItemId, i64, Result<Fetched>)> = JoinSet::new();
        let outcome = self.fetch_loop(progress, &mut tasks).await;
        tasks.shutdown().await;
        outcome
    }

    async fn fetch_loop(
        self: &Arc<Self>,
        progress: &Progress,
        tasks: &mut JoinSet<(ItemId, i64, Result<Fetched>)>,
    ) -> Result<()> {
        let parallelism = self.cloud.capabilities().parallelism.max(1);
        let mut page: VecDeque<Known> = VecDeque::new();
        let mut after: Option<Place> = None;
        let mut failures_in_a_row = 0;
        let mut reported = Instant::now();
        let mut is_last_look = false;
        loop {
            if self.cancel.is_cancelled() {
                return Err(EngineError::Cancelled);
            }
            if page.is_empty() && tasks.len() < parallelism {
                let listing_had_ended = progress.has_ended();
                page = self.next_page(after.clone()).await?;
                if let Some(last) = page.back() {
                    after = Some(last.open.place());
                    is_last_look = false;
                } else if tasks.is_empty() {
                    if !listing_had_ended {
                        tokio::select! {
                            () = self.cancel.cancelled() => return Err(EngineError::Cancelled),
                            () = progress.moved() => {}
                        }
                    } else if is_last_look {
                        return self.report(Phase::Copying, None).await;
                    } else {
                        // Finished Items leave the table; what came in above the place we are at is found from the top.
                        self.keeper.flush().await?;
                        (after, is_last_look) = (None, true);
                    }
                    continue;
                }
            }
            while tasks.len() < parallelism
                && let Some(known) = page.pop_front()
            {
                let run = Arc::clone(self);
                tasks.spawn(async move { (known.open.item.clone(), known.open.seq, run.fetch(known).await) });
            }
            let ended = tokio::select! {
                () = self.cancel.cancelled() => return Err(EngineError::Cancelled),
                ended = tasks.join_next() => ended,
            };
            let Some(ended) = ended else { continue };
            let (item, seq, fetched) =
                ended.map_err(|error| EngineError::Defect(format!("a fetch ended badly: {error}")))?;
            match fetched? {
                Fetched::Kept(kept, bucket, bytes) => {
                    failures_in_a_row = 0;
                    self.finish(item, seq, kept, bucket, bytes).await?;
                }
                Fetched::Failed(error) => {
                    failures_in_a_row += 1;
                    self.fail(item, seq, &error).await?;
                    if error.kind == ErrorKind::SignInAgain
                        || (error.is_passing() && failures_in_a_row >= MOST_FAILURES_IN_A_ROW)
                    {
                        return Err(error.into());
                    }
                }
            }
            if reported.elapsed() >= REPORT_EVERY {
                reported = Instant::now();
                self.keeper.tick().await?;
                let phase = if progress.has_ended() { Phase::Copying } else { Phase::Counting };
                self.report(phase, None).await?;
            }
        }
    }

    async fn next_page(&self, after: Option<Place>) -> Result<VecDeque<Known>> {
        let (archive, now) = (self.archive.id, self.engine.now());
        self.engine.read(move |tx| Ok(next_open(tx, archive, PAGE, after.as_ref(), now)?.into())).await
    }

    async fn finish(&self, item: ItemId, seq: i64, kept: Kept, bucket: Bucket, bytes: u64) -> Result<()> {
        self.tally(|ledger| {
            ledger.bytes += bytes;
            match bucket {
                Bucket::Stored => ledger.stored += 1,
                Bucket::Unchanged => ledger.unchanged += 1,
                Bucket::Removed => ledger.removed += 1,
                Bucket::Skipped(_) => ledger.skipped += 1,
            }
        });
        if let Bucket::Skipped(reason) = bucket {
            let (run, skipped) = (self.id, item.clone());
            self.engine
                .write(move |tx| {
                    Ok(run_items::put(tx, &noted(run, skipped, RunItemKind::Skipped, reason.as_str(), None))?)
                })
                .await?;
        }
        let listed = self.counts().listed;
        self.keeper.keep(Finished { archive: self.archive.id, run: self.id, item, seq, kept }, listed).await
    }

    /// The Item stays open, with the reason; the next Run tries again.
    async fn fail(&self, item: ItemId, seq: i64, error: &CloudError) -> Result<()> {
        tracing::warn!(run = %self.id, item = %item, %error, "an item could not be fetched");
        let (archive, run, now) = (self.archive.id, self.id, self.engine.now());
        let (reason, detail) = (error.reason.clone(), error.detail.clone());
        self.engine
            .write(move |tx| {
                let (reason, detail) = (reason.as_str(), detail.as_str());
                let failure = Failure { run, reason, detail, at: now, not_before: Some(next_run(now)) };
                open_items::fail(tx, archive, &item, seq, &failure)?;
                run_items::put(tx, &noted(run, item, RunItemKind::Quarantined, reason, Some(detail)))?;
                Ok(())
            })
            .await
    }

    /// One Item. An error of the Cloud is a failed Item; an error of ours ends the Run.
    async fn fetch(&self, known: Known) -> Result<Fetched> {
        let Known { open, held_tag } = known;
        if open.op == OpenOp::Remove {
            return Ok(Fetched::Kept(Kept::Removed, Bucket::Removed, 0));
        }
        let update = unseal_meta(self.keeper.vault(), open.sealed_meta.as_deref())?;
        let full = match &update {
            MetaUpdate::Full(meta) => Some((**meta).clone()),
            _ => None,
        };
        // What is held of an Item that can no longer be read stays: only its metadata moves on.
        let is_held = held_tag.is_some();
        if let (Some(reason), Some(meta)) = (open.skip, &full) {
            if is_held {
                return Ok(Fetched::Kept(Kept::Meta(update), Bucket::Skipped(reason), 0));
            }
            let kept = self.without_content(&open.item, open.tag, Some(reason), meta.clone());
            return Ok(Fetched::Kept(kept, Bucket::Skipped(reason), 0));
        }
        if let Some(meta) = full.as_ref().filter(|meta| meta.without_content) {
            let kept = self.without_content(&open.item, open.tag, None, meta.clone());
            return Ok(Fetched::Kept(kept, Bucket::Stored, 0));
        }
        let is_same_content = match (&held_tag, &open.tag) {
            (Some(_), None) => true,
            (Some(held), Some(tag)) => held == tag,
            (None, _) => false,
        };
        if is_same_content {
            let bucket = if update == MetaUpdate::Unknown { Bucket::Unchanged } else { Bucket::Stored };
            return Ok(Fetched::Kept(Kept::Meta(update), bucket, 0));
        }
        if let (Some(key), Some(meta)) = (&open.content_key, &full)
            && let Some(files) = self.held_elsewhere(key).await?
        {
            let kept = Kept::Content {
                candidates: candidates(&self.reach.scope, &open.item, meta),
                tag: open.tag,
                files,
                content_key: open.content_key.clone(),
                skip: None,
                meta: update,
            };
            return Ok(Fetched::Kept(kept, Bucket::Stored, 0));
        }
        match self.read(&open.item, full.clone()).await? {
            Ok(read) => Ok(read),
            Err(error) => Ok(match error.kind {
                ErrorKind::Gone => Fetched::Kept(Kept::Removed, Bucket::Removed, 0),
                ErrorKind::Skip(reason) if is_held => {
                    Fetched::Kept(Kept::Meta(update), Bucket::Skipped(reason), 0)
                }
                ErrorKind::Skip(reason) => {
                    let meta = full.unwrap_or_default();
                    let kept = self.without_content(&open.item, open.tag, Some(reason), meta);
                    Fetched::Kept(kept, Bucket::Skipped(reason), 0)
                }
                _ => Fetched::Failed(error),
            }),
        }
    }

    fn without_content(
        &self,
        item: &ItemId,
        tag: Option<String>,
        skip: Option<SkipReason>,
        meta: ItemMeta,
    ) -> Kept {
        Kept::Content {
            candidates: candidates(&self.reach.scope, item, &meta),
            tag,
            files: Vec::new(),
            content_key: None,
            skip,
            meta: MetaUpdate::Full(Box::new(meta)),
        }
    }

    async fn read(
        &self,
        item: &ItemId,
        meta: Option<ItemMeta>,
    ) -> Result<std::result::Result<Fetched, CloudError>> {
        let opened = match self.cloud.open(&self.reach, &ItemRef { id: item.clone(), meta }).await {
            Ok(opened) => opened,
            Err(error) => return Ok(Err(error)),
        };
        let mut files = Vec::with_capacity(opened.contents.len());
        let mut bytes = 0;
        for content in opened.contents {
            match self.store(content).await? {
                Ok(file) => {
                    bytes += file.size;
                    files.push(file);
                }
                Err(error) => return Ok(Err(error)),
            }
        }
        let kept = Kept::Content {
            candidates: candidates(&self.reach.scope, item, &opened.meta),
            tag: Some(opened.tag.0),
            files,
            content_key: opened.content_key,
            skip: None,
            meta: MetaUpdate::Full(Box::new(opened.meta)),
        };
        Ok(Ok(Fetched::Kept(kept, Bucket::Stored, bytes)))
    }

    /// Streams one content into the Repository.
    async fn store(&self, content: Content) -> Result<std::result::Result<StagedFile, CloudError>> {
        let Content { extension, size, modified, mut body } = content;
        let writer = self.keeper.writer();
        let stored = if self.reach.scope.service.is_mail() {
            let mut mail = bytes::BytesMut::new();
            let mut first = None;
            let mut rest = None;
            while let Some(chunk) = body.next().await {
                let chunk = match chunk {
                    Ok(chunk) => chunk,
                    Err(error) => return Ok(Err(error)),
                };
                if first.is_none() && mail.is_empty() {
                    // The usual mail comes in one piece and is not copied.
                    first = Some(chunk);
                    continue;
                }
                if let Some(first) = first.take() {
                    mail.reserve(size.map_or(0, |size| size.min(MAIL_IN_MEMORY as u64) as usize));
                    mail.extend_from_slice(&first);
                }
                mail.extend_from_slice(&chunk);
                if mail.len() > MAIL_IN_MEMORY {
                    let mut sink = writer.sink();
                    sink.write(mail.split().freeze()).await?;
                    rest = Some(sink);
                    break;
                }
            }
            match rest {
                Some(mut sink) => {
                    while let Some(chunk) = body.next().await {
                        match chunk {
                            Ok(chunk) => sink.write(chunk).await?,
                            Err(error) => return Ok(Err(error)),
                        }
                    }
                    sink.finish().await?
                }
                None => writer.store_mail(first.unwrap_or_else(|| mail.freeze())).await?,
            }
        } else {
            let mut sink = writer.sink();
            while let Some(chunk) = body.next().await {
                match chunk {
                    Ok(chunk) => sink.write(chunk).await?,
                    Err(error) => return Ok(Err(error)),
                }
            }
            sink.finish().await?
        };
        let sha256 = stored.sha256.iter().map(|byte| format!("{byte:02x}")).collect();
        let blobs = stored.blobs.into_iter().map(|blob| BlobId(blob.0)).collect();
        Ok(Ok(StagedFile {
            extension: safe_extension(extension),
            size: stored.size,
            sha256,
            blobs,
            modified,
        }))
    }
}

/// A failed Item waits for the next Run, which lets everything try again at its start.
fn next_run(now: Timestamp) -> Timestamp {
    now.checked_add(jiff::SignedDuration::from_hours(24 * 365)).unwrap_or(now)
}

fn noted(run: RunId, item: ItemId, kind: RunItemKind, reason: &str, detail: Option<&str>) -> RunItem {
    RunItem { run, kind, item, reason: reason.to_owned(), detail: detail.map(str::to_owned), failed_runs: 1 }
}

/// The contract promises `[a-z0-9]{1,8}` or nothing; anything else would become part of a path.
fn safe_extension(extension: String) -> String {
    let is_safe =
        extension.len() <= 8 && extension.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    if is_safe { extension } else { String::new() }
}
