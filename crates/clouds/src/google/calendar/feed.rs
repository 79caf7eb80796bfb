//! What changed in the user's calendars. Each has a sync token of its own; together they are the cursor.
//! <https://developers.google.com/workspace/calendar/api/guides/sync>
//!
//! Which Items a calendar held is only known to the engine. So where a calendar's token is dead, or a calendar is no
//! longer there, everything is listed anew after a Reset; unchanged events have unchanged tags and are not stored
//! again. A full listing runs twice, the second time by ids only: Calendar gives no count, and this shows a lost page.

use std::collections::{BTreeMap, HashSet, VecDeque};

use holdfast_model::ItemId;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Agenda, Owned, is_deleted, item_id, told};
use crate::contract::{Change, CloudError, Cursor, Listing, Reach};
use crate::google::Google;
use crate::google::steps::{singly, stepwise, text, unexpected};
use crate::http::Pages;

/// Begins every cursor, so that one of another kind is recognised.
const CURSOR: &str = "calendar/1/";
/// An event may hold hundreds of guests and a long text: more on a page could exceed the limit of JSON.
const A_PAGE: &str = "250";
/// Of ids alone.
const A_PAGE_OF_IDS: &str = "2500";

/// The sync token of each calendar by its key.
#[derive(Default, Serialize, Deserialize)]
struct Tokens(BTreeMap<String, String>);

impl Tokens {
    fn read(cursor: &Cursor) -> Option<Self> {
        serde_json::from_str(cursor.0.strip_prefix(CURSOR)?).ok()
    }

    fn cursor(&self) -> Result<Cursor, CloudError> {
        let text = serde_json::to_string(self).map_err(|_| unexpected("a sync token that is no text"))?;
        Ok(Cursor(format!("{CURSOR}{text}")))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Events {
    /// Present in every answer of this kind, so that another document is not taken for an empty page.
    #[serde(rename = "kind")]
    _kind: String,
    #[serde(default)]
    items: Vec<Value>,
    next_page_token: Option<String>,
    next_sync_token: Option<String>,
}

/// One calendar on its way.
struct Walk {
    calendar: String,
    /// The token that is followed; a full listing where none.
    since: Option<String>,
    /// A page that was asked for already, to see whether the token lives.
    first: Option<Events>,
    page: Option<String>,
    pages: Pages,
    seen: HashSet<String>,
    /// Series that this feed told as deleted.
    gone: HashSet<String>,
    /// Cancelled instances: whether their series is deleted, too, is known at the end.
    cancelled: Vec<Value>,
}

struct Feed<'a> {
    agenda: Agenda<'a>,
    place: Place<'a>,
    walks: VecDeque<Walk>,
    tokens: Tokens,
}

enum Place<'a> {
    Start(Option<&'a Cursor>),
    Walk,
    /// The second listing of the calendar whose first is done.
    Count(Box<Walk>),
    End,
}

/// See [`crate::contract::Cloud::changes`].
pub(in crate::google) fn changes<'a>(
    google: &'a Google,
    reach: &'a Reach,
    cursor: Option<&'a Cursor>,
) -> Listing<'a, Change> {
    let feed = Feed {
        agenda: Agenda::new(google, reach),
        place: Place::Start(cursor),
        walks: VecDeque::new(),
        tokens: Tokens::default(),
    };
    stepwise(feed, |mut feed| async move {
        let told = feed.step().await?;
        Ok(told.map(|told| (told, feed)))
    })
}

impl Feed<'_> {
    async fn step(&mut self) -> Result<Option<Vec<Change>>, CloudError> {
        match std::mem::replace(&mut self.place, Place::Walk) {
            Place::Start(cursor) => self.start(cursor).await.map(Some),
            Place::Walk => match self.walks.pop_front() {
                Some(walk) => self.walk(walk).await.map(Some),
                None => {
                    self.place = Place::End;
                    Ok(Some(vec![Change::Checkpoint(self.tokens.cursor()?)]))
                }
            },
            Place::Count(walk) => self.count(walk).await.map(Some),
            Place::End => {
                self.place = Place::End;
                Ok(None)
            }
        }
    }

    async fn start(&mut self, cursor: Option<&Cursor>) -> Result<Vec<Change>, CloudError> {
        let owned = self.agenda.owned().await?;
        if let Some(cursor) = cursor {
            match self.resume(cursor, &owned).await? {
                Some(walks) => {
                    self.walks = walks;
                    return Ok(Vec::new());
                }
                None => tracing::info!("the calendars' cursor is dead"),
            }
        }
        self.walks = owned.into_iter().map(|owned| Walk::new(owned.key, None)).collect();
        Ok(cursor.map(|_| Change::Reset).into_iter().collect())
    }

    /// The first page of each calendar's changes; `None` where a token is dead or a calendar is no longer there.
    async fn resume(&self, cursor: &Cursor, owned: &[Owned]) -> Result<Option<VecDeque<Walk>>, CloudError> {
        let Some(Tokens(mut tokens)) = Tokens::read(cursor) else { return Ok(None) };
        let mut walks = VecDeque::with_capacity(owned.len());
        for Owned { key } in owned {
            let mut walk = Walk::new(key.clone(), tokens.remove(key));
            if walk.since.is_some() {
                match self.page(&walk, &[("maxResults", A_PAGE)]).await {
                    Ok(page) => walk.first = Some(page),
                    Err(error) if matches!(error.status, Some(400 | 410)) => return Ok(None),
                    Err(error) => return Err(error),
                }
            }
            walks.push_back(walk);
        }
        Ok(tokens.is_empty().then_some(walks))
    }

    async fn page(&self, walk: &Walk, more: &[(&str, &str)]) -> Result<Events, CloudError> {
        let mut query = more.to_vec();
        query.extend(walk.since.as_deref().map(|token| ("syncToken", token)));
        query.extend(walk.page.as_deref().map(|token| ("pageToken", token)));
        self.agenda.get(&["calendars", &walk.calendar, "events"], &query).await
    }

    async fn walk(&mut self, mut walk: Walk) -> Result<Vec<Change>, CloudError> {
        let page = match walk.first.take() {
            Some(page) => page,
            None => self.page(&walk, &[("maxResults", A_PAGE)]).await?,
        };
        let mut changes = Vec::with_capacity(page.items.len());
        for event in page.items {
            if is_deleted(&event) {
                let id = text(&event, "id");
                walk.gone.insert(id.to_owned());
                changes.push(self.removed(&walk.calendar, id));
            } else if walk.since.is_some() && text(&event, "status") == "cancelled" {
                walk.cancelled.push(event);
            } else {
                walk.seen.insert(text(&event, "id").to_owned());
                changes.push(self.upsert(&walk.calendar, &event)?);
            }
        }
        walk.page = walk.pages.next(page.next_page_token)?;
        if walk.page.is_some() {
            self.walks.push_front(walk);
            return Ok(changes);
        }
        for event in std::mem::take(&mut walk.cancelled) {
            changes.push(if walk.gone.contains(text(&event, "recurringEventId")) {
                self.removed(&walk.calendar, text(&event, "id"))
            } else {
                self.upsert(&walk.calendar, &event)?
            });
        }
        // "Returned only on the last page": without it this is not the end.
        let Some(token) = page.next_sync_token.filter(|token| !token.is_empty()) else {
            return Err(unexpected("a page of events has neither a next page nor a sync token"));
        };
        self.tokens.0.insert(walk.calendar.clone(), token);
        if walk.since.is_none() {
            walk.pages = Pages::new();
            self.place = Place::Count(Box::new(walk));
        }
        Ok(changes)
    }

    /// The second listing: what only it tells is asked for singly.
    async fn count(&mut self, mut walk: Box<Walk>) -> Result<Vec<Change>, CloudError> {
        let fields = ("fields", "kind,nextPageToken,items(id,status,recurringEventId)");
        let page = self.page(&walk, &[("maxResults", A_PAGE_OF_IDS), fields]).await?;
        let listed = page.items.iter().filter(|event| !is_deleted(event)).map(|event| text(event, "id"));
        let missing: Vec<String> =
            listed.filter(|id| walk.seen.insert((*id).to_owned())).map(str::to_owned).collect();
        if !missing.is_empty() {
            tracing::warn!(
                missing = missing.len(),
                "a calendar's listing was not whole; the rest is asked for"
            );
        }
        let (agenda, calendar) = (&self.agenda, walk.calendar.as_str());
        let found = singly(missing, |id| async move { agenda.event(calendar, &id).await }).await?;
        let changes = found
            .into_iter()
            .map(|told| {
                agenda.google.held.keep(&agenda.reach.scope, &told);
                Change::Upsert(told.upsert(true))
            })
            .collect();
        walk.page = walk.pages.next(page.next_page_token)?;
        if walk.page.is_some() {
            self.place = Place::Count(walk);
        }
        Ok(changes)
    }

    fn upsert(&self, calendar: &str, event: &Value) -> Result<Change, CloudError> {
        let told = told(calendar, event)?;
        self.agenda.google.held.keep(&self.agenda.reach.scope, &told);
        Ok(Change::Upsert(told.upsert(true)))
    }

    fn removed(&self, calendar: &str, event: &str) -> Change {
        let id: ItemId = item_id(calendar, event);
        // What was told before must not be handed out any more.
        drop(self.agenda.google.held.take(&self.agenda.reach.scope, &id));
        Change::Removed(id)
    }
}

impl Walk {
    fn new(calendar: String, since: Option<String>) -> Self {
        Self {
            calendar,
            since,
            first: None,
            page: None,
            pages: Pages::new(),
            seen: HashSet::new(),
            gone: HashSet::new(),
            cancelled: Vec::new(),
        }
    }
}
