//! Listings of a [`MemoryCloud`], page by page: the directory, an Archive's Items, its changes.

use std::collections::VecDeque;

use futures::stream::{self, StreamExt, TryStreamExt};
use holdfast_model::{ItemId, MetaUpdate};

use super::{Archive, Entry, MemoryCloud, Op, Stored, Trouble, What, World};
use crate::contract::{Change, CloudError, ContentTag, Cursor, ErrorKind, Listing, Reach, Upsert};

impl MemoryCloud {
    /// All of `list`, in pages of which each is a request.
    pub(super) fn paged<'a, T: Clone + Send + 'a>(
        &'a self,
        op: Op,
        list: impl Fn(&World) -> Vec<T> + Send + Sync + 'a,
    ) -> Listing<'a, T> {
        let pages = stream::try_unfold((0, false, list), move |(start, done, list)| async move {
            if done {
                return Ok(None);
            }
            let answer = self.request(op, None, None, |world| {
                let all = list(world);
                let end = (start + world.page_size).min(all.len());
                Ok((all.get(start..end).unwrap_or_default().to_vec(), end, end == all.len()))
            });
            let ((page, end, last), trouble) = answer.await?;
            let page = bent(page, trouble.as_ref())?;
            Ok(Some((page, (end, last, list))))
        });
        flat(pages)
    }

    /// See [`crate::contract::Cloud::changes`].
    pub(super) fn feed<'a>(&'a self, reach: &'a Reach, cursor: Option<&'a Cursor>) -> Listing<'a, Change> {
        let steps = stream::try_unfold(Step::Start, move |step| async move {
            match step {
                Step::Start => self.first_step(reach, cursor).await.map(Some),
                Step::List { rest, told, cursor } => {
                    self.list_step(reach, rest, told, cursor).await.map(Some)
                }
                Step::Changes { from } => self.changes_step(reach, from).await.map(Some),
                Step::End => Ok(None),
            }
        });
        flat(steps)
    }

    async fn first_step(
        &self,
        reach: &Reach,
        cursor: Option<&Cursor>,
    ) -> Result<(Vec<Change>, Step), CloudError> {
        let alive = match cursor {
            Some(cursor) => self.alive(reach, cursor)?,
            None => None,
        };
        if let Some(from) = alive {
            return self.changes_step(reach, from).await;
        }
        let scope = &reach.scope;
        let start = self.request(Op::StartCursor, Some(scope), None, |world| {
            Ok((world.archive(scope)?.cursor(), world.kept_newest_first(scope, &reach.policy)))
        });
        let ((now, rest), _) = start.await?;
        let reset = cursor.map(|_| Change::Reset).into_iter().collect();
        Ok((reset, Step::List { rest: rest.into(), told: cursor.is_some(), cursor: now }))
    }

    /// The place of a cursor in the log; `None` where it is dead.
    fn alive(&self, reach: &Reach, cursor: &Cursor) -> Result<Option<usize>, CloudError> {
        let world = self.world();
        let archive = world.archive(&reach.scope)?;
        let place = cursor.0.strip_prefix("memory/").and_then(|rest| rest.split_once('/'));
        Ok(place.and_then(|(epoch, from)| {
            let from = from.parse().ok().filter(|from| *from <= archive.log.len());
            from.filter(|_| epoch.parse() == Ok(archive.epoch) && world.capabilities.delta)
        }))
    }

    async fn list_step(
        &self,
        reach: &Reach,
        mut rest: VecDeque<ItemId>,
        told: bool,
        cursor: Cursor,
    ) -> Result<(Vec<Change>, Step), CloudError> {
        let scope = &reach.scope;
        let answer = self.request(Op::List, Some(scope), None, |world| {
            let (mail, sizes) = (scope.service.is_mail(), world.capabilities.stable_size);
            let page_size = world.page_size.min(rest.len());
            let archive = world.archive(scope)?;
            let page = rest.iter().take(page_size).filter_map(|id| {
                let stored = archive.items.get(id)?;
                let meta = match (mail, told) {
                    // As in Gmail, a first listing knows ids only; one after a dead cursor asks for labels.
                    (true, false) => MetaUpdate::Unknown,
                    (true, true) => MetaUpdate::SetLabels { labels: stored.meta.labels.clone() },
                    (false, _) => MetaUpdate::Full(Box::new(stored.told_meta())),
                };
                let skip = stored.kept(scope.service, &reach.policy)?;
                Some(Change::Upsert(upsert(id, stored, meta, skip, sizes)))
            });
            Ok((page.collect::<Vec<_>>(), page_size))
        });
        let ((page, taken), trouble) = answer.await?;
        rest.drain(..taken);
        let mut page = bent(page, trouble.as_ref())?;
        if rest.is_empty() {
            page.push(Change::Checkpoint(cursor));
            return Ok((page, Step::End));
        }
        Ok((page, Step::List { rest, told, cursor }))
    }

    async fn changes_step(&self, reach: &Reach, from: usize) -> Result<(Vec<Change>, Step), CloudError> {
        let scope = &reach.scope;
        let answer = self.request(Op::Changes, Some(scope), None, |world| {
            let sizes = world.capabilities.stable_size;
            let page_size = world.page_size;
            let archive = world.archive(scope)?;
            let end = (from + page_size).min(archive.log.len());
            let entries = archive.log.get(from..end).unwrap_or_default();
            let page = entries.iter().map(|entry| archive.change(entry, reach, sizes)).collect::<Vec<_>>();
            let last = (end == archive.log.len()).then(|| archive.cursor());
            Ok((page, end, last))
        });
        let ((page, end, last), trouble) = answer.await?;
        let mut page = bent(page, trouble.as_ref())?;
        Ok(match last {
            Some(cursor) => {
                page.push(Change::Checkpoint(cursor));
                (page, Step::End)
            }
            None => (page, Step::Changes { from: end }),
        })
    }
}

/// Where a feed is.
enum Step {
    Start,
    List { rest: VecDeque<ItemId>, told: bool, cursor: Cursor },
    Changes { from: usize },
    End,
}

impl Archive {
    /// What is true now of the Item that a log entry names.
    fn change(&self, entry: &Entry, reach: &Reach, sizes: bool) -> Change {
        let removed = || Change::Removed(entry.id.clone());
        let Some(stored) = self.items.get(&entry.id) else { return removed() };
        let Some(skip) = stored.kept(reach.scope.service, &reach.policy) else { return removed() };
        let told = if reach.scope.service.is_mail() {
            MetaUpdate::SetLabels { labels: stored.meta.labels.clone() }
        } else {
            MetaUpdate::Full(Box::new(stored.told_meta()))
        };
        match &entry.what {
            What::Put | What::Removed => Change::Upsert(upsert(&entry.id, stored, told, skip, sizes)),
            What::Relabel { add, remove } => {
                let meta = MetaUpdate::ChangeLabels { add: add.clone(), remove: remove.clone() };
                let told = Upsert { tag: None, ..upsert(&entry.id, stored, meta, skip, sizes) };
                Change::Upsert(told)
            }
        }
    }
}

fn upsert(
    id: &ItemId,
    stored: &Stored,
    meta: MetaUpdate,
    skip: Option<holdfast_model::SkipReason>,
    sizes: bool,
) -> Upsert {
    Upsert {
        id: id.clone(),
        tag: Some(stored.tag()),
        // What is skipped is kept by its metadata alone, so all of it is told.
        meta: if skip.is_some() { MetaUpdate::Full(Box::new(stored.told_meta())) } else { meta },
        size: stored.contents.first().filter(|_| sizes).map(|(_, blob)| blob.size()),
        content_key: stored.content_key(),
        skip,
        newness: stored.newness(),
    }
}

impl Stored {
    pub(super) fn tag(&self) -> ContentTag {
        ContentTag(format!("r{}", self.revision))
    }

    /// The same bytes have the same key, in whichever Archive.
    pub(super) fn content_key(&self) -> Option<String> {
        match self.contents.as_slice() {
            [(_, blob)] => Some(format!("sha256:{}:{}", blob.sha256(), blob.size())),
            _ => None,
        }
    }
}

/// A page after its trouble: lost entries are gone unseen, a loop is recognised.
fn bent<T>(page: Vec<T>, trouble: Option<&Trouble>) -> Result<Vec<T>, CloudError> {
    match trouble {
        Some(Trouble::LosesPage) => Ok(Vec::new()),
        Some(Trouble::LoopsPage) => {
            let detail = "the next page is one that was read before";
            Err(CloudError::new(ErrorKind::Fatal, "page_loop", detail))
        }
        _ => Ok(page),
    }
}

fn flat<'a, T: Send + 'a>(
    pages: impl futures::Stream<Item = Result<Vec<T>, CloudError>> + Send + 'a,
) -> Listing<'a, T> {
    pages.map_ok(|page| stream::iter(page.into_iter().map(Ok))).try_flatten().boxed()
}
