//! Lists folders and all below them, several at a time.

use std::collections::{HashSet, VecDeque};

use futures::future::BoxFuture;
use futures::stream::{self, FuturesUnordered, StreamExt, TryStreamExt, try_unfold};
use holdfast_model::UserId;

use super::events::Told;
use super::file::{Entry, Kind, ROOT};
use super::files::Files;
use super::versions;
use crate::contract::{Change, CloudError, Cursor, ErrorKind, Listing, Reach, Upsert};
use crate::http::Pages;

/// Folders that are listed at once.
const AT_ONCE: usize = 8;

struct Walk<'a> {
    files: &'a Files,
    reach: &'a Reach,
    user: &'a UserId,
    told: VecDeque<Change>,
    waiting: VecDeque<Place>,
    running: FuturesUnordered<BoxFuture<'a, Result<Listed, CloudError>>>,
    /// A folder is listed once, whatever goes in a circle.
    known: HashSet<String>,
    end: Option<Cursor>,
}

/// A page of a folder.
struct Place {
    folder: String,
    marker: Option<String>,
    pages: Pages,
}

struct Listed {
    /// Each with its previous versions, where those are kept.
    entries: Vec<(Entry, Vec<Upsert>)>,
    next: Option<Place>,
}

/// First these changes, then what lies in these folders and below, then the end.
pub(super) fn from<'a>(
    files: &'a Files,
    reach: &'a Reach,
    user: &'a UserId,
    first: impl Into<Told>,
    folders: Vec<String>,
    end: Cursor,
) -> Listing<'a, Change> {
    let first = first.into();
    let mut walk = Walk {
        files,
        reach,
        user,
        told: first.changes.into(),
        waiting: VecDeque::new(),
        running: FuturesUnordered::new(),
        known: HashSet::new(),
        end: Some(end),
    };
    first.folders.into_iter().chain(folders).for_each(|folder| walk.enter(folder));
    Box::pin(try_unfold(walk, |mut walk| async move { Ok(walk.step().await?.map(|change| (change, walk))) }))
}

impl From<Vec<Change>> for Told {
    fn from(changes: Vec<Change>) -> Self {
        Self { changes, folders: Vec::new() }
    }
}

impl Walk<'_> {
    fn enter(&mut self, folder: String) {
        if self.known.insert(folder.clone()) {
            self.waiting.push_back(Place { folder, marker: None, pages: Pages::new() });
        }
    }

    async fn step(&mut self) -> Result<Option<Change>, CloudError> {
        loop {
            if let Some(change) = self.told.pop_front() {
                return Ok(Some(change));
            }
            while self.running.len() < AT_ONCE
                && let Some(place) = self.waiting.pop_front()
            {
                self.running.push(Box::pin(list(self.files, self.reach, self.user, place)));
            }
            let Some(listed) = self.running.next().await else {
                if self.known.contains(ROOT) {
                    self.files.note_folders(self.user, self.known.len());
                }
                return Ok(self.end.take().map(Change::Checkpoint));
            };
            let listed = listed?;
            // The next page before other folders: its marker does not live for ever.
            if let Some(next) = listed.next {
                self.waiting.push_front(next);
            }
            for (entry, versions) in listed.entries {
                if entry.kind == Kind::Folder {
                    self.enter(entry.id.clone());
                }
                self.told.push_back(Change::Upsert(entry.upsert(self.reach)));
                self.told.extend(versions.into_iter().map(Change::Upsert));
            }
        }
    }
}

async fn list(files: &Files, reach: &Reach, user: &UserId, mut place: Place) -> Result<Listed, CloudError> {
    let page = match files.folder_page(user, &place.folder, place.marker.as_deref()).await {
        Ok(page) => page,
        // It went while its parent was listed; the next events tell so.
        Err(error) if error.kind == ErrorKind::Gone && place.folder != ROOT => {
            return Ok(Listed { entries: Vec::new(), next: None });
        }
        Err(error) => return Err(error),
    };
    place.marker = place.pages.next(page.marker())?;
    let entries = page.entries.into_iter().map(Entry::from_value);
    let kept = entries.filter(|entry| entry.as_ref().map_or(true, |entry| entry.belongs_to(reach, user)));
    let entries = stream::iter(kept)
        .map(|entry| async {
            let entry = files.complete(user, entry?).await?;
            let versions = versions::of(files, reach, user, &entry).await?;
            Ok::<_, CloudError>((entry, versions))
        })
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    Ok(Listed { entries, next: place.marker.is_some().then_some(place) })
}
