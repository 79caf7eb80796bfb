//! Calendars: an Item is one event of a calendar that the user owns, a series and each of its exceptions an Item of
//! their own. Calendars of others, and holidays, stand in the document `calendars` and are not Items.
//! <https://developers.google.com/workspace/calendar/api/v3/reference>

mod feed;

use std::sync::Arc;

use holdfast_model::{ItemId, ItemMeta};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::Google;
use super::scopes::Audience;
use super::steps::{text, time, unexpected};
use super::told::Told;
use super::wire::address;
use crate::contract::{CloudError, Document, ErrorKind, ItemRef, Opened, Reach};
use crate::http::{Pages, Request};

pub(super) use feed::changes;

/// Names the primary calendar, whose id is the user's address and changes with it.
const PRIMARY: &str = "primary";

/// One user's calendars.
pub(super) struct Agenda<'a> {
    google: &'a Google,
    reach: &'a Reach,
    subject: Arc<str>,
}

/// A calendar that the user owns.
struct Owned {
    /// `primary`, or its id.
    key: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CalendarPage {
    #[serde(default)]
    items: Vec<Value>,
    next_page_token: Option<String>,
}

impl<'a> Agenda<'a> {
    pub(super) fn new(google: &'a Google, reach: &'a Reach) -> Self {
        Self { google, reach, subject: Arc::from(reach.address.as_str()) }
    }

    async fn get<T: DeserializeOwned>(&self, path: &[&str], query: &[(&str, &str)]) -> Result<T, CloudError> {
        if path.iter().any(|part| matches!(*part, "" | "." | "..")) {
            return Err(CloudError::new(ErrorKind::Fatal, "unusableAddress", "an id that is no id"));
        }
        let path = [&["calendar", "v3"], path].concat();
        let url = address(&self.google.endpoints.calendar, &path, query);
        let request: Request =
            self.google.get(url, &self.subject, Audience::Calendar, self.google.prices.calendar);
        self.google.session.json(&request).await
    }

    /// Every calendar in the user's list, as the API tells it.
    async fn list(&self, query: &[(&str, &str)]) -> Result<Vec<Value>, CloudError> {
        let (mut found, mut pages, mut token) = (Vec::new(), Pages::new(), None::<String>);
        loop {
            let mut query = [&[("maxResults", "250"), ("showHidden", "true")], query].concat();
            query.extend(token.as_deref().map(|token| ("pageToken", token)));
            let page: CalendarPage = self.get(&["users", "me", "calendarList"], &query).await?;
            found.extend(page.items);
            token = pages.next(page.next_page_token)?;
            if token.is_none() {
                break;
            }
        }
        if found.is_empty() {
            // Everyone has a primary calendar.
            return Err(unexpected("a user's list of calendars is empty"));
        }
        Ok(found)
    }

    /// The calendars that are the user's own, the primary one first.
    async fn owned(&self) -> Result<Vec<Owned>, CloudError> {
        let fields = ("fields", "nextPageToken,items(id,primary,accessRole,deleted)");
        let mut owned: Vec<Owned> = self
            .list(&[("minAccessRole", "owner"), fields])
            .await?
            .iter()
            .filter(|calendar| text(calendar, "accessRole") == "owner" && calendar["deleted"] != json!(true))
            .map(|calendar| {
                let key = if calendar["primary"] == json!(true) { PRIMARY } else { text(calendar, "id") };
                Owned { key: key.to_owned() }
            })
            .filter(|owned| !owned.key.is_empty())
            .collect();
        owned.sort_by_key(|owned| owned.key != PRIMARY);
        Ok(owned)
    }

    async fn event(&self, calendar: &str, id: &str) -> Result<Told, CloudError> {
        let event: Value = self.get(&["calendars", calendar, "events", id], &[]).await?;
        if is_deleted(&event) {
            return Err(CloudError::new(ErrorKind::Gone, "cancelled", "the event was deleted"));
        }
        told(calendar, &event)
    }
}

/// True for what is left of a deleted event; an instance taken out of a series is cancelled, too, and stays an Item.
fn is_deleted(event: &Value) -> bool {
    text(event, "status") == "cancelled" && text(event, "recurringEventId").is_empty()
}

fn told(calendar: &str, event: &Value) -> Result<Told, CloudError> {
    let id = text(event, "id");
    if id.is_empty() {
        return Err(unexpected("an event without an id"));
    }
    let meta = ItemMeta {
        name: event.get("summary").and_then(Value::as_str).map(str::to_owned),
        parents: vec![calendar.to_owned()],
        created: time(event, "created"),
        modified: time(event, "updated"),
        ..ItemMeta::default()
    };
    Ok(Told::new(item_id(calendar, id), event, meta))
}

/// The same event can be in several calendars of one user.
fn item_id(calendar: &str, event: &str) -> ItemId {
    ItemId(format!("{calendar}/{event}"))
}

/// The event as it was listed a moment ago, or as it is now.
pub(super) async fn open(google: &Google, reach: &Reach, item: &ItemRef) -> Result<Opened, CloudError> {
    if let Some(told) = google.held.take(&reach.scope, &item.id) {
        return Ok(told.opened(None));
    }
    // Ids of calendars may hold slashes, those of events cannot.
    let Some((calendar, id)) = item.id.as_str().rsplit_once('/') else {
        return Err(CloudError::new(ErrorKind::Gone, "noEvent", "this is no event's id"));
    };
    Ok(Agenda::new(google, reach).event(calendar, id).await?.opened(None))
}

/// Every calendar in the user's list with its colours and reminders, those of others too, and the palette.
pub(super) async fn documents(google: &Google, reach: &Reach) -> Result<Vec<Document>, CloudError> {
    let agenda = Agenda::new(google, reach);
    let calendars = agenda.list(&[]).await?;
    let colors: Value = agenda.get(&["colors"], &[]).await?;
    Ok(vec![
        Document { name: "calendars", json: json!(calendars) },
        Document { name: "colors", json: colors },
    ])
}
