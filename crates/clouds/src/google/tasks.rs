//! Task lists: an Item is one task. Tasks has no change tokens: each list is asked for what was updated since the
//! newest update that was seen, by Google's own clock and a little before.
//! <https://developers.google.com/workspace/tasks/reference/rest>

use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};
use std::sync::Arc;

use holdfast_model::{ItemId, ItemMeta, Timestamp};
use jiff::SignedDuration;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Google;
use super::scopes::Audience;
use super::steps::{singly, stepwise, text, time, unexpected};
use super::told::Told;
use super::wire::address;
use crate::contract::{Change, CloudError, Cursor, Document, ErrorKind, ItemRef, Listing, Opened, Reach};
use crate::http::Pages;

/// Begins every cursor, so that one of another kind is recognised.
const CURSOR: &str = "tasks/1/";
/// A task may become visible a little after others that were updated later.
const OVERLAP: SignedDuration = SignedDuration::from_secs(120);
/// More tasks within the overlap than this are simply told again.
const MOST_AT_THE_EDGE: usize = 1_000;
const A_PAGE: (&str, &str) = ("maxResults", "100");
const EVERYTHING: [(&str, &str); 3] =
    [("showCompleted", "true"), ("showHidden", "true"), ("showAssigned", "true")];

/// Where the lists were.
#[derive(Clone, Default, Serialize, Deserialize)]
struct Place {
    since: Option<Timestamp>,
    lists: BTreeSet<String>,
    /// What was told of those updated since: they come again and are no news.
    edge: BTreeMap<String, String>,
}

impl Place {
    fn read(cursor: &Cursor) -> Option<Self> {
        serde_json::from_str(cursor.0.strip_prefix(CURSOR)?).ok()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    /// Present in every answer of this kind, so that another document is not taken for an empty page.
    #[serde(rename = "kind")]
    _kind: String,
    #[serde(default)]
    items: Vec<Value>,
    next_page_token: Option<String>,
}

/// One user's task lists.
struct Lists<'a> {
    google: &'a Google,
    reach: &'a Reach,
    subject: Arc<str>,
}

impl<'a> Lists<'a> {
    fn new(google: &'a Google, reach: &'a Reach) -> Self {
        Self { google, reach, subject: Arc::from(reach.address.as_str()) }
    }

    async fn get<T: DeserializeOwned>(&self, path: &[&str], query: &[(&str, &str)]) -> Result<T, CloudError> {
        if path.iter().any(|part| matches!(*part, "" | "." | "..")) {
            return Err(CloudError::new(ErrorKind::Fatal, "unusableAddress", "an id that is no id"));
        }
        let path = [&["tasks", "v1"], path].concat();
        let url = address(&self.google.endpoints.tasks, &path, query);
        let price = self.google.prices.tasks;
        self.google.session.json(&self.google.get(url, &self.subject, Audience::Tasks, price)).await
    }

    async fn all(&self) -> Result<Vec<Value>, CloudError> {
        let (mut lists, mut pages, mut token) = (Vec::new(), Pages::new(), None::<String>);
        loop {
            let mut query = vec![("maxResults", "1000")];
            query.extend(token.as_deref().map(|token| ("pageToken", token)));
            let page: Page = self.get(&["users", "@me", "lists"], &query).await?;
            lists.extend(page.items);
            token = pages.next(page.next_page_token)?;
            if token.is_none() {
                break;
            }
        }
        if lists.is_empty() {
            // Everyone has a default list.
            return Err(unexpected("a user has no task list"));
        }
        Ok(lists)
    }

    async fn task(&self, list: &str, id: &str) -> Result<Told, CloudError> {
        let task: Value = self.get(&["lists", list, "tasks", id], &[]).await?;
        if task["deleted"] == json!(true) {
            return Err(CloudError::new(ErrorKind::Gone, "deleted", "the task was deleted"));
        }
        told(list, &task)
    }
}

fn told(list: &str, task: &Value) -> Result<Told, CloudError> {
    let id = text(task, "id");
    if id.is_empty() {
        return Err(unexpected("a task without an id"));
    }
    let meta = ItemMeta {
        name: task.get("title").and_then(Value::as_str).map(str::to_owned),
        parents: vec![list.to_owned()],
        modified: time(task, "updated"),
        ..ItemMeta::default()
    };
    Ok(Told::new(ItemId(format!("{list}/{id}")), task, meta))
}

/// One list on its way.
struct Walk {
    list: String,
    since: Option<Timestamp>,
    page: Option<String>,
    pages: Pages,
    seen: HashSet<String>,
    /// The second listing, by ids: Tasks gives no count, and this shows a lost page.
    is_counting: bool,
}

impl Walk {
    fn new(list: String, since: Option<Timestamp>) -> Self {
        Self { list, since, page: None, pages: Pages::new(), seen: HashSet::new(), is_counting: false }
    }
}

struct Feed<'a> {
    lists: Lists<'a>,
    cursor: Option<&'a Cursor>,
    is_started: bool,
    is_over: bool,
    before: Place,
    walks: VecDeque<Walk>,
    /// Everything told with the time of its update, the newest of which makes the next cursor.
    newest: Option<Timestamp>,
    told: Vec<(Timestamp, String, String)>,
}

/// See [`crate::contract::Cloud::changes`].
pub(super) fn changes<'a>(
    google: &'a Google,
    reach: &'a Reach,
    cursor: Option<&'a Cursor>,
) -> Listing<'a, Change> {
    let feed = Feed {
        lists: Lists::new(google, reach),
        cursor,
        is_started: false,
        is_over: false,
        before: Place::default(),
        walks: VecDeque::new(),
        newest: None,
        told: Vec::new(),
    };
    stepwise(feed, |mut feed| async move {
        let told = feed.step().await?;
        Ok(told.map(|told| (told, feed)))
    })
}

impl Feed<'_> {
    async fn step(&mut self) -> Result<Option<Vec<Change>>, CloudError> {
        if !self.is_started {
            self.is_started = true;
            return self.start().await.map(Some);
        }
        match self.walks.pop_front() {
            Some(walk) if walk.is_counting => self.count(walk).await.map(Some),
            Some(walk) => self.walk(walk).await.map(Some),
            None if self.is_over => Ok(None),
            None => {
                self.is_over = true;
                Ok(Some(vec![Change::Checkpoint(self.end()?)]))
            }
        }
    }

    async fn start(&mut self) -> Result<Vec<Change>, CloudError> {
        let lists = self.lists.all().await?;
        let ids: Vec<String> =
            lists.iter().map(|list| text(list, "id").to_owned()).filter(|id| !id.is_empty()).collect();
        // Which tasks a list held that is no longer there is only known to the engine.
        let known = self.cursor.and_then(Place::read);
        let known = known.filter(|place| place.lists.iter().all(|list| ids.contains(list)));
        let reset = (self.cursor.is_some() && known.is_none()).then_some(Change::Reset);
        self.before = known.unwrap_or_default();
        self.newest = self.before.since.and_then(|since| since.checked_add(OVERLAP).ok());
        let since = |list: &String| self.before.since.filter(|_| self.before.lists.contains(list));
        self.walks = ids.iter().map(|list| Walk::new(list.clone(), since(list))).collect();
        self.before.lists = ids.into_iter().collect();
        Ok(reset.into_iter().collect())
    }

    async fn page(&self, walk: &Walk, more: &[(&str, &str)]) -> Result<Page, CloudError> {
        let since = walk.since.map(|since| since.to_string());
        let mut query = [&EVERYTHING[..], &[A_PAGE], more].concat();
        if let Some(since) = &since {
            query.extend([("updatedMin", since.as_str()), ("showDeleted", "true")]);
        }
        query.extend(walk.page.as_deref().map(|token| ("pageToken", token)));
        self.lists.get(&["lists", &walk.list, "tasks"], &query).await
    }

    async fn walk(&mut self, mut walk: Walk) -> Result<Vec<Change>, CloudError> {
        let page = self.page(&walk, &[]).await?;
        let mut changes = Vec::with_capacity(page.items.len());
        for task in &page.items {
            let told = told(&walk.list, task)?;
            walk.seen.insert(text(task, "id").to_owned());
            let is_deleted = task["deleted"] == json!(true);
            let state = if is_deleted { "deleted".to_owned() } else { told.tag().0 };
            let is_news = self.before.edge.get(told.id.as_str()) != Some(&state);
            self.note(&told, state);
            if is_news {
                changes.push(self.change(told, is_deleted));
            }
        }
        walk.page = walk.pages.next(page.next_page_token)?;
        if walk.page.is_some() {
            self.walks.push_front(walk);
        } else if walk.since.is_none() {
            (walk.is_counting, walk.pages) = (true, Pages::new());
            self.walks.push_front(walk);
        }
        Ok(changes)
    }

    /// The second listing: what only it tells is asked for singly, and is not at the edge, so that it is told again.
    async fn count(&mut self, mut walk: Walk) -> Result<Vec<Change>, CloudError> {
        let page = self.page(&walk, &[("fields", "kind,nextPageToken,items/id")]).await?;
        let ids = page.items.iter().map(|task| text(task, "id"));
        let missing: Vec<String> =
            ids.filter(|id| walk.seen.insert((*id).to_owned())).map(str::to_owned).collect();
        if !missing.is_empty() {
            tracing::warn!(
                missing = missing.len(),
                "a task list's listing was not whole; the rest is asked for"
            );
        }
        let (lists, list) = (&self.lists, walk.list.as_str());
        let found = singly(missing, |id| async move { lists.task(list, &id).await }).await?;
        let changes = found.into_iter().map(|told| self.change(told, false)).collect();
        walk.page = walk.pages.next(page.next_page_token)?;
        if walk.page.is_some() {
            self.walks.push_front(walk);
        }
        Ok(changes)
    }

    fn change(&self, told: Told, is_deleted: bool) -> Change {
        let (held, scope) = (&self.lists.google.held, &self.lists.reach.scope);
        if is_deleted {
            // What was told before must not be handed out any more.
            drop(held.take(scope, &told.id));
            return Change::Removed(told.id);
        }
        held.keep(scope, &told);
        Change::Upsert(told.upsert(true))
    }

    fn note(&mut self, told: &Told, state: String) {
        let Some(updated) = told.meta.modified else { return };
        self.newest = self.newest.max(Some(updated));
        self.told.push((updated, told.id.0.clone(), state));
        if self.told.len() > 4 * MOST_AT_THE_EDGE
            && let Some(least) = self.newest.and_then(|newest| newest.checked_sub(OVERLAP).ok())
        {
            self.told.retain(|(updated, ..)| *updated >= least);
        }
    }

    fn end(&mut self) -> Result<Cursor, CloudError> {
        let since = self.newest.and_then(|newest| newest.checked_sub(OVERLAP).ok());
        self.told.retain(|(updated, ..)| since.is_some_and(|since| *updated >= since));
        let mut edge = BTreeMap::new();
        if self.told.len() <= MOST_AT_THE_EDGE {
            edge = self.told.drain(..).map(|(_, id, state)| (id, state)).collect();
        }
        let place = Place { since, lists: std::mem::take(&mut self.before.lists), edge };
        let text = serde_json::to_string(&place).map_err(|_| unexpected("an id that is no text"))?;
        Ok(Cursor(format!("{CURSOR}{text}")))
    }
}

/// The task as it was listed a moment ago, or as it is now.
pub(super) async fn open(google: &Google, reach: &Reach, item: &ItemRef) -> Result<Opened, CloudError> {
    if let Some(told) = google.held.take(&reach.scope, &item.id) {
        return Ok(told.opened(None));
    }
    let Some((list, id)) = item.id.as_str().split_once('/') else {
        return Err(CloudError::new(ErrorKind::Gone, "noTask", "this is no task's id"));
    };
    Ok(Lists::new(google, reach).task(list, id).await?.opened(None))
}

/// The lists with their names.
pub(super) async fn documents(google: &Google, reach: &Reach) -> Result<Vec<Document>, CloudError> {
    let lists = Lists::new(google, reach).all().await?;
    Ok(vec![Document { name: "lists", json: json!(lists) }])
}
