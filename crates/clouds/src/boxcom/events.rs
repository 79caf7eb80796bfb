//! Changes: the user's events since a position; without one, or where it is too old, every folder from the top.
//! <https://developer.box.com/guides/events/user-events/for-user>
//!
//! Events come more than once and tell what an item was then, so that only its id is believed and the item itself is
//! asked for. What lies in a folder gets no events of its own: a folder that came is listed, and one that went asks for
//! a full listing, as nobody tells what was in it.

use std::collections::{BTreeMap, HashSet};

use futures::stream::{self, StreamExt, TryStreamExt};
use holdfast_model::{Timestamp, UserId};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::file::{Entry, Kind};
use super::files::{Files, owner};
use super::wire::{is_id, text, text_of};
use super::{versions, walk};
use crate::contract::{Change, CloudError, Cursor, ErrorKind, Listing, Reach, Upsert};
use crate::http::{Pages, malformed};

/// Events of a user are kept for two weeks at least; a position that is nearly as old is not trusted.
const OLDEST: SignedDuration = SignedDuration::from_hours(13 * 24);
/// More changed items than this are not asked for one by one: a listing brings a thousand at a time.
const MOST_CHANGED: usize = 20_000;
/// Items that are asked for at once.
const AT_ONCE: usize = 8;
const A_PAGE: &str = "500";

/// Changes of a folder that leave what lies in it where it is.
const OF_THE_FOLDER_ALONE: [&str; 12] = [
    "ITEM_RENAME",
    "ITEM_MODIFY",
    "ITEM_SHARED",
    "ITEM_SHARED_CREATE",
    "ITEM_SHARED_UNSHARE",
    "ITEM_SHARED_UPDATE",
    "ITEM_SYNC",
    "ITEM_UNSYNC",
    "TAG_ITEM_CREATE",
    "ITEM_DOWNLOAD",
    "ITEM_PREVIEW",
    "COMMENT_CREATE",
];

/// A place in the stream, and when Box gave it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Position {
    position: String,
    at: Timestamp,
}

#[derive(Deserialize)]
struct EventPage {
    chunk_size: usize,
    next_stream_position: Value,
    entries: Vec<Value>,
}

/// What events say: the items they are about, each with whether all below it has to be listed.
#[derive(Default)]
struct Touched {
    items: BTreeMap<(String, String), (Kind, bool)>,
    /// A change that does not say of what.
    is_unclear: bool,
}

/// See [`crate::contract::Cloud::changes`].
pub(super) fn changes<'a>(
    files: &'a Files,
    reach: &'a Reach,
    cursor: Option<&'a Cursor>,
) -> Listing<'a, Change> {
    let begun = async move {
        let user = owner(reach)?;
        let Some(cursor) = cursor else { return everything(files, reach, user, Vec::new()).await };
        let now = files.session().client().clock().wall();
        let known: Option<Position> = serde_json::from_str(&cursor.0).ok();
        let young = known.filter(|known| now.duration_since(known.at) < OLDEST);
        if let Some(known) = young
            && let Some((told, position)) = since(files, reach, user, known).await?
        {
            return Ok(walk::from(files, reach, user, told, Vec::new(), checkpoint(&position)?));
        }
        everything(files, reach, user, vec![Change::Reset]).await
    };
    Box::pin(stream::once(begun).try_flatten())
}

/// A full listing. Its position is taken before it starts.
async fn everything<'a>(
    files: &'a Files,
    reach: &'a Reach,
    user: &'a UserId,
    first: Vec<Change>,
) -> Result<Listing<'a, Change>, CloudError> {
    let at = files.session().client().clock().wall();
    let page = page(files, user, "now").await?;
    let position = Position { position: position_of(&page)?, at };
    files.learn_templates().await?;
    Ok(walk::from(files, reach, user, first, vec![super::file::ROOT.to_owned()], checkpoint(&position)?))
}

fn checkpoint(position: &Position) -> Result<Cursor, CloudError> {
    let defect = |error: serde_json::Error| CloudError::new(ErrorKind::Fatal, "defect", error.to_string());
    Ok(Cursor(serde_json::to_string(position).map_err(defect)?))
}

async fn page(files: &Files, user: &UserId, position: &str) -> Result<EventPage, CloudError> {
    let query = [("stream_type", "changes"), ("stream_position", position), ("limit", A_PAGE)];
    let request = files.get(Some(user), &["events"], &query)?;
    let read = async |answer: crate::http::Answer| {
        let page: EventPage = answer.json().await?;
        if page.chunk_size == page.entries.len() {
            return Ok(page);
        }
        Err(malformed("malformedContent", "a page of events has not as many entries as it says"))
    };
    files.session().read(&request, read).await
}

fn position_of(page: &EventPage) -> Result<String, CloudError> {
    text_of(&page.next_stream_position).ok_or_else(|| {
        CloudError::new(ErrorKind::Fatal, "unexpectedShape", "a page of events without the next position")
    })
}

/// What changed since a position, and the new one; nothing where that cannot be told and all has to be listed.
async fn since(
    files: &Files,
    reach: &Reach,
    user: &UserId,
    mut from: Position,
) -> Result<Option<(Told, Position)>, CloudError> {
    let (mut touched, mut pages, mut seen) = (Touched::default(), Pages::new(), HashSet::new());
    loop {
        let at = files.session().client().clock().wall();
        let page = match page(files, user, &from.position).await {
            Ok(page) => page,
            // Too old, or never given.
            Err(error) if error.status == Some(400) || error.kind == ErrorKind::Gone => return Ok(None),
            Err(error) => return Err(error),
        };
        let next = position_of(&page)?;
        if page.entries.is_empty() {
            // A page that is not full is not the last one; an empty one is. Its age starts anew.
            from = Position { position: next, at: aged(&from, at) };
            break;
        }
        if next == from.position {
            let detail = "the events point back to their own position";
            return Err(CloudError::new(ErrorKind::Fatal, "pageLoop", detail));
        }
        pages.next(Some(next.clone()))?;
        for event in &page.entries {
            let is_new = text(event, "event_id").is_none_or(|id| seen.insert(id.to_owned()));
            if is_new {
                touched.add(event);
            }
        }
        if touched.is_unclear || touched.items.len() > MOST_CHANGED {
            return Ok(None);
        }
        from = Position { position: next, at };
    }
    Ok(told(files, reach, user, touched).await?.map(|told| (told, from)))
}

/// A place that stays the same grows old from day to day only, so that a Run in which nothing happened leaves the cursor
/// as it was.
fn aged(known: &Position, now: Timestamp) -> Timestamp {
    if now.duration_since(known.at) < SignedDuration::from_hours(24) { known.at } else { now }
}

impl Touched {
    fn add(&mut self, event: &Value) {
        let word = text(event, "event_type").unwrap_or_default();
        let source = event.get("source").unwrap_or(&Value::Null);
        // A collaboration names its item; the enterprise's way of telling has the item's id in other fields.
        let item = source.get("item").filter(|item| item.is_object()).unwrap_or(source);
        let kind =
            text(item, "type").and_then(Kind::of).or_else(|| text(item, "item_type").and_then(Kind::of));
        let id = item.get("id").or_else(|| item.get("item_id")).and_then(text_of).filter(|id| is_id(id));
        let (Some(kind), Some(id)) = (kind, id) else {
            // Comments, tasks and sign-ins move nothing; what does has to say what it moved.
            self.is_unclear |= word.starts_with("ITEM_") || word.starts_with("COLLAB_");
            return;
        };
        let lists = kind == Kind::Folder && !OF_THE_FOLDER_ALONE.contains(&word);
        let known = self.items.entry((kind.path().to_owned(), id)).or_insert((kind, false));
        known.1 |= lists;
    }
}

/// Changes to tell, and folders to list.
pub(super) struct Told {
    pub(super) changes: Vec<Change>,
    pub(super) folders: Vec<String>,
}

/// An item that events were about, as it is now.
struct Found {
    kind: Kind,
    id: String,
    /// All below it has to be listed.
    lists: bool,
    entry: Option<Entry>,
    versions: Vec<Upsert>,
}

/// The items as they are now. Nothing where a folder went.
async fn told(
    files: &Files,
    reach: &Reach,
    user: &UserId,
    touched: Touched,
) -> Result<Option<Told>, CloudError> {
    // What is said of an item may be said by a template that is as new as the event.
    if !touched.items.is_empty() {
        files.learn_templates().await?;
    }
    let asked = touched.items.into_iter().map(|((_, id), (kind, lists))| async move {
        let entry = match files.item(user, kind, &id).await {
            Ok(entry) if entry.belongs_to(reach, user) => Some(files.complete(user, entry).await?),
            Ok(_) => None,
            // Not there any more, or not this user's to see.
            Err(error) if matches!(error.kind, ErrorKind::Gone) => None,
            Err(error) if error.kind == ErrorKind::Forbidden && error.reason != "insufficient_scope" => None,
            Err(error) => return Err(error),
        };
        let versions = match &entry {
            Some(entry) => versions::of(files, reach, user, entry).await?,
            None => Vec::new(),
        };
        Ok::<_, CloudError>(Found { kind, id, lists, entry, versions })
    });
    let found: Vec<Found> = stream::iter(asked).buffer_unordered(AT_ONCE).try_collect().await?;
    let mut told = Told { changes: Vec::new(), folders: Vec::new() };
    for Found { kind, id, lists, entry, versions } in found {
        if kind == Kind::File && reach.policy.previous_versions {
            // Box tells of no version that goes, be it alone or with its file.
            let exist = versions.iter().map(|version| version.id.clone()).collect();
            told.changes.push(Change::Below { prefix: versions::prefix(&id), exist });
            told.changes.extend(versions.into_iter().map(Change::Upsert));
        }
        match entry {
            Some(entry) => {
                told.changes.push(Change::Upsert(entry.upsert(reach)));
                if lists {
                    told.folders.push(id);
                }
            }
            None if kind == Kind::Folder && id != super::file::ROOT => return Ok(None),
            None => told.changes.push(Change::Removed(kind.item_id(&id))),
        }
    }
    Ok(Some(told))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_event_names_its_item_whatever_its_shape() {
        let rows = [
            (
                json!({"event_type": "ITEM_UPLOAD", "source": {"type": "file", "id": "1"}}),
                Some(("files", false)),
            ),
            (
                json!({"event_type": "ITEM_MOVE", "source": {"type": "folder", "id": "1"}}),
                Some(("folders", true)),
            ),
            (
                json!({"event_type": "ITEM_RENAME", "source": {"type": "folder", "id": "1"}}),
                Some(("folders", false)),
            ),
            (
                json!({"event_type": "UNKNOWN", "source": {"type": "folder", "id": "1"}}),
                Some(("folders", true)),
            ),
            (
                json!({"event_type": "ITEM_UPLOAD", "source": {"item_type": "file", "item_id": 1}}),
                Some(("files", false)),
            ),
            (
                json!({"event_type": "COLLAB_ACCEPT", "source": {"type": "collaboration", "id": "9",
                    "item": {"type": "folder", "id": "1"}}}),
                Some(("folders", true)),
            ),
            (json!({"event_type": "LOGIN", "source": {"type": "user", "id": "1"}}), None),
        ];
        for (event, expected) in rows {
            let mut touched = Touched::default();
            touched.add(&event);
            assert!(!touched.is_unclear, "{event}");
            let found = touched.items.iter().next().map(|((path, _), (_, lists))| (path.as_str(), *lists));
            assert_eq!(found, expected, "{event}");
        }
        for unclear in [
            json!({"event_type": "ITEM_TRASH"}),
            json!({"event_type": "COLLAB_REMOVE", "source": {"type": "user", "id": "7"}}),
        ] {
            let mut touched = Touched::default();
            touched.add(&unclear);
            assert!(touched.is_unclear, "{unclear}");
        }
    }
}
