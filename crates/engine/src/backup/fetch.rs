//! Fetches open Items, several at a time, and hands them to the keeper. One bad Item never stops the others.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use holdfast_catalog::{Failure, OpenOp, Place, RunItem, RunItemKind, open_items, run_items};
use holdfast_clouds::contract::{CloudError, ErrorKind, ItemRef};
use holdfast_model::{ItemId, ItemMeta, MetaUpdate, RunId, SkipReason, Timestamp};
use tokio::task::{AbortHandle, JoinSet};

use super::keeper::{Bucket, Finished, Kept, Known, next_open, unseal_meta};
use super::layout::candidates;
use super::limits::For;
use super::listing::Progress;
use super::run::Run;
use crate::error::{EngineError, Result};

const PAGE: u32 = 500;
/// So many failures in a row without one success mean that something is down, not that Items are bad.
const MOST_FAILURES_IN_A_ROW: u32 = 40;
const TICK_EVERY: Duration = Duration::from_millis(250);
/// A Run that is to rest waits so long for the first bytes of what it has asked for.
const GRACE: Duration = Duration::from_secs(1);

/// What became of one fetch.
enum Fetched {
    Kept(Kept, Bucket, u64),
    Failed(CloudError),
}

/// Fetches under way.
#[derive(Default)]
struct Fetches {
    tasks: JoinSet<(ItemId, i64, Result<Fetched>)>,
    /// Each with whether its content has begun to arrive.
    begun: HashMap<tokio::task::Id, (AbortHandle, Arc<AtomicBool>)>,
}

impl Fetches {
    fn start(&mut self, run: &Arc<Run>, known: Known) {
        let (run, begun) = (Arc::clone(run), Arc::new(AtomicBool::new(false)));
        let arriving = Arc::clone(&begun);
        let task = self.tasks.spawn(async move {
            let (item, seq) = (known.open.item.clone(), known.open.seq);
            (item, seq, run.fetch(known, &arriving).await)
        });
        self.begun.insert(task.id(), (task, begun));
    }

    /// The next one that ended; none where it was given up, which leaves its Item open.
    async fn next(&mut self) -> Result<Option<(ItemId, i64, Result<Fetched>)>> {
        match self.tasks.join_next_with_id().await {
            Some(Ok((id, ended))) => {
                self.begun.remove(&id);
                Ok(Some(ended))
            }
            Some(Err(error)) if error.is_cancelled() => {
                self.begun.remove(&error.id());
                Ok(None)
            }
            Some(Err(error)) => Err(EngineError::Defect(format!("a fetch ended badly: {error}"))),
            None => Ok(None),
        }
    }

    /// Gives up those that still wait for their first byte.
    fn give_up_waiting(&self) {
        for (task, _) in self.begun.values().filter(|(_, begun)| !begun.load(Ordering::Acquire)) {
            task.abort();
        }
    }
}

/// Where the fetch loop is among the open Items.
#[derive(Default)]
struct Walk {
    page: VecDeque<Known>,
    after: Option<Place>,
    is_last_look: bool,
    failures_in_a_row: u32,
}

impl Run {
    /// Fetches until the listing has ended and nothing is open that can be done now.
    pub(super) async fn fetch_all(self: &Arc<Self>, progress: &Progress) -> Result<()> {
        let mut fetches = Fetches::default();
        let outcome = self.fetch_loop(progress, &mut fetches).await;
        fetches.tasks.shutdown().await;
        outcome
    }

    async fn fetch_loop(self: &Arc<Self>, progress: &Progress, fetches: &mut Fetches) -> Result<()> {
        let parallelism = self.cloud.capabilities().parallelism.max(1);
        let mut walk = Walk::default();
        let mut ticked = Instant::now();
        loop {
            if self.cancel.is_cancelled() {
                return Err(EngineError::Cancelled);
            }
            if !self.turn.is_going() {
                self.rest(fetches, &mut walk).await?;
                continue;
            }
            if walk.page.is_empty() && fetches.tasks.len() < parallelism {
                let listing_had_ended = progress.has_ended();
                walk.page = self.next_page(walk.after.clone()).await?;
                if let Some(last) = walk.page.back() {
                    walk.after = Some(last.open.place());
                    walk.is_last_look = false;
                } else if fetches.tasks.is_empty() {
                    if !listing_had_ended {
                        tokio::select! {
                            () = self.cancel.cancelled() => return Err(EngineError::Cancelled),
                            () = self.turn.rests() => {}
                            () = progress.moved() => {}
                        }
                    } else if walk.is_last_look {
                        return Ok(());
                    } else {
                        // Finished Items leave the table; what came in above the place we are at is found from the top.
                        self.keeper.flush().await?;
                        (walk.after, walk.is_last_look) = (None, true);
                    }
                    continue;
                }
            }
            while fetches.tasks.len() < parallelism
                && let Some(known) = walk.page.pop_front()
            {
                fetches.start(self, known);
            }
            tokio::select! {
                () = self.cancel.cancelled() => return Err(EngineError::Cancelled),
                () = self.turn.rests() => {}
                ended = fetches.next() => self.settle(ended?, &mut walk).await?,
            }
            if ticked.elapsed() >= TICK_EVERY {
                ticked = Instant::now();
                self.keeper.tick().await?;
            }
        }
    }

    /// Lets the Run rest: what arrives comes to its end, what only waits is left for later, all of it becomes durable,
    /// and another Run may have the place until this one goes on.
    async fn rest(self: &Arc<Self>, fetches: &mut Fetches, walk: &mut Walk) -> Result<()> {
        let grace = tokio::time::sleep(GRACE);
        tokio::pin!(grace);
        let mut is_over = false;
        while !fetches.tasks.is_empty() {
            tokio::select! {
                () = self.cancel.cancelled() => return Err(EngineError::Cancelled),
                () = &mut grace, if !is_over => {
                    is_over = true;
                    fetches.give_up_waiting();
                }
                ended = fetches.next() => self.settle(ended?, walk).await?,
            }
        }
        self.keeper.flush().await?;
        if !self.turn.is_going() {
            self.turn.give_place();
        }
        // What was given up is found again from the top.
        *walk = Walk::default();
        self.go_on().await
    }

    /// Records how a fetch ended; many failures without a success end the Run.
    async fn settle(&self, ended: Option<(ItemId, i64, Result<Fetched>)>, walk: &mut Walk) -> Result<()> {
        let Some((item, seq, fetched)) = ended else { return Ok(()) };
        match fetched? {
            Fetched::Kept(kept, bucket, bytes) => {
                walk.failures_in_a_row = 0;
                self.finish(item, seq, kept, bucket, bytes).await
            }
            Fetched::Failed(error) => {
                walk.failures_in_a_row += 1;
                self.fail(item, seq, &error).await?;
                let is_down = error.is_passing() && walk.failures_in_a_row >= MOST_FAILURES_IN_A_ROW;
                if is_down || error.kind == ErrorKind::SignInAgain { Err(error.into()) } else { Ok(()) }
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
            bucket.count(ledger);
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
        let finished = Finished { archive: self.archive.id, run: self.id, item, seq, kept, bucket };
        self.keeper.keep(finished, listed).await
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
    async fn fetch(&self, known: Known, begun: &AtomicBool) -> Result<Fetched> {
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
        match self.read(&open.item, full.clone(), begun).await? {
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
        begun: &AtomicBool,
    ) -> Result<std::result::Result<Fetched, CloudError>> {
        let item_ref = ItemRef { id: item.clone(), meta };
        let opened = match self.waited.during(For::Network, self.cloud.open(&self.reach, &item_ref)).await {
            Ok(opened) => opened,
            Err(error) => return Ok(Err(error)),
        };
        let mut files = Vec::with_capacity(opened.contents.len());
        let mut bytes = 0;
        for content in opened.contents {
            match self.store(content, begun).await? {
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
}

/// A failed Item waits for the next Run, which lets everything try again at its start.
fn next_run(now: Timestamp) -> Timestamp {
    now.checked_add(jiff::SignedDuration::from_hours(24 * 365)).unwrap_or(now)
}

fn noted(run: RunId, item: ItemId, kind: RunItemKind, reason: &str, detail: Option<&str>) -> RunItem {
    RunItem { run, kind, item, reason: reason.to_owned(), detail: detail.map(str::to_owned), failed_runs: 1 }
}
