//! Contacts: an Item is one person of the user's own contacts, its contents the API's JSON and the photo.
//! <https://developers.google.com/people/api/rest>

mod photo;

use std::sync::Arc;

use holdfast_model::{ItemId, ItemMeta, PartLeftOut};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use photo::Photo;

use super::Google;
use super::scopes::Audience;
use super::steps::{stepwise, text, time, unexpected};
use super::told::Told;
use super::wire::address;
use crate::contract::{Change, CloudError, Cursor, Document, ErrorKind, ItemRef, Listing, Opened, Reach};
use crate::http::Pages;

/// Begins every cursor, so that one of another kind is recognised.
const CURSOR: &str = "contacts/1/";
/// Every field that a contact can have. "When the sync token is specified, all other request parameters must match the
/// first call": a change here makes every cursor a dead one.
const FIELDS: &str = "addresses,biographies,birthdays,calendarUrls,clientData,emailAddresses,events,externalIds,\
     genders,imClients,interests,locales,locations,memberships,metadata,miscKeywords,names,nicknames,occupations,\
     organizations,phoneNumbers,photos,relations,sipAddresses,skills,urls,userDefined";
const A_PAGE: &str = "500";

/// One user's contacts.
struct Book<'a> {
    google: &'a Google,
    reach: &'a Reach,
    subject: Arc<str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Connections {
    #[serde(default)]
    connections: Vec<Value>,
    next_page_token: Option<String>,
    next_sync_token: Option<String>,
    total_items: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Groups {
    #[serde(default)]
    contact_groups: Vec<Value>,
    next_page_token: Option<String>,
}

impl<'a> Book<'a> {
    fn new(google: &'a Google, reach: &'a Reach) -> Self {
        Self { google, reach, subject: Arc::from(reach.address.as_str()) }
    }

    async fn get<T: DeserializeOwned>(&self, path: &[&str], query: &[(&str, &str)]) -> Result<T, CloudError> {
        if path.iter().any(|part| matches!(*part, "" | "." | "..")) {
            return Err(CloudError::new(ErrorKind::Fatal, "unusableAddress", "an id that is no id"));
        }
        let path = [&["v1"], path].concat();
        let url = address(&self.google.endpoints.people, &path, query);
        let price = self.google.prices.people;
        self.google.session.json(&self.google.get(url, &self.subject, Audience::Contacts, price)).await
    }

    async fn page(&self, since: Option<&str>, page: Option<&str>) -> Result<Connections, CloudError> {
        let mut query = vec![("personFields", FIELDS), ("pageSize", A_PAGE), ("requestSyncToken", "true")];
        query.extend(since.map(|token| ("syncToken", token)));
        query.extend(page.map(|token| ("pageToken", token)));
        self.get(&["people", "me", "connections"], &query).await
    }

    fn change(&self, person: &Value) -> Result<Change, CloudError> {
        let told = told(person)?;
        if person["metadata"]["deleted"] == json!(true) {
            // What was told before must not be handed out any more.
            drop(self.google.held.take(&self.reach.scope, &told.id));
            return Ok(Change::Removed(told.id));
        }
        self.google.held.keep(&self.reach.scope, &told);
        Ok(Change::Upsert(told.upsert(photo::address(person).is_none())))
    }
}

fn told(person: &Value) -> Result<Told, CloudError> {
    let Some(id) = text(person, "resourceName").strip_prefix("people/").filter(|id| !id.is_empty()) else {
        return Err(unexpected("a contact without a name of its own"));
    };
    let source = &person["metadata"]["sources"][0];
    let name = person["names"][0]["displayName"].as_str();
    let meta = ItemMeta {
        name: name.map(str::to_owned),
        modified: time(source, "updateTime"),
        ..ItemMeta::default()
    };
    Ok(Told::new(ItemId::from(id), &without_etags(person), meta))
}

/// The etags of sources, which change without any change of the person, are left out.
fn without_etags(person: &Value) -> Value {
    let mut person = person.clone();
    if let Some(sources) = person.pointer_mut("/metadata/sources").and_then(Value::as_array_mut) {
        for source in sources.iter_mut().filter_map(Value::as_object_mut) {
            source.remove("etag");
        }
    }
    person
}

struct Walk<'a> {
    book: Book<'a>,
    cursor: Option<&'a Cursor>,
    is_started: bool,
    since: Option<String>,
    page: Option<String>,
    pages: Pages,
    is_over: bool,
}

/// See [`crate::contract::Cloud::changes`]. "Sync tokens expire 7 days after the full sync."
pub(super) fn changes<'a>(
    google: &'a Google,
    reach: &'a Reach,
    cursor: Option<&'a Cursor>,
) -> Listing<'a, Change> {
    let walk = Walk {
        book: Book::new(google, reach),
        cursor,
        is_started: false,
        since: None,
        page: None,
        pages: Pages::new(),
        is_over: false,
    };
    stepwise(walk, |mut walk| async move {
        let told = walk.step().await?;
        Ok(told.map(|told| (told, walk)))
    })
}

impl Walk<'_> {
    async fn step(&mut self) -> Result<Option<Vec<Change>>, CloudError> {
        if self.is_over {
            return Ok(None);
        }
        let mut changes = Vec::new();
        let page = if self.is_started {
            self.book.page(self.since.as_deref(), self.page.as_deref()).await?
        } else {
            self.is_started = true;
            self.since = self.cursor.and_then(|cursor| cursor.0.strip_prefix(CURSOR)).map(str::to_owned);
            match self.first().await? {
                Some(page) => page,
                None => {
                    changes.extend(self.cursor.map(|_| Change::Reset));
                    self.since = None;
                    self.book.page(None, None).await?
                }
            }
        };
        for person in &page.connections {
            changes.push(self.book.change(person)?);
        }
        self.page = self.pages.next(page.next_page_token)?;
        if self.page.is_none() {
            let Some(token) = page.next_sync_token.filter(|token| !token.is_empty()) else {
                return Err(unexpected("a page of contacts has neither a next page nor a sync token"));
            };
            self.is_over = true;
            changes.push(Change::Checkpoint(Cursor(format!("{CURSOR}{token}"))));
        }
        Ok(Some(changes))
    }

    /// The first page since the cursor; `None` where there is none or it is dead.
    async fn first(&self) -> Result<Option<Connections>, CloudError> {
        let Some(since) = self.since.as_deref().filter(|token| !token.is_empty()) else { return Ok(None) };
        match self.book.page(Some(since), None).await {
            Ok(page) => Ok(Some(page)),
            Err(CloudError { status: Some(400 | 410), reason, .. }) => {
                tracing::info!(reason, "the contacts' cursor is dead");
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

/// What People counts.
pub(super) async fn expected_count(google: &Google, reach: &Reach) -> Result<Option<u64>, CloudError> {
    let query = [("personFields", "metadata"), ("pageSize", "1"), ("fields", "totalItems")];
    let page: Connections = Book::new(google, reach).get(&["people", "me", "connections"], &query).await?;
    // An empty list has no count.
    Ok(Some(page.total_items.unwrap_or(0)))
}

/// The person as it was listed a moment ago, or as it is now, with the photo.
pub(super) async fn open(google: &Google, reach: &Reach, item: &ItemRef) -> Result<Opened, CloudError> {
    let told = match google.held.take(&reach.scope, &item.id) {
        Some(told) => told,
        None => {
            let book = Book::new(google, reach);
            let person: Value = book.get(&["people", item.id.as_str()], &[("personFields", FIELDS)]).await?;
            let told = told(&person)?;
            if told.id != item.id {
                // Contacts that were merged answer to their old names.
                return Err(CloudError::new(ErrorKind::Gone, "merged", "the contact has become another one"));
            }
            told
        }
    };
    let person: Value = serde_json::from_slice(&told.json).unwrap_or_default();
    Ok(match photo::fetch(google, &person).await? {
        Photo::None => told.opened(None),
        Photo::Here(content) => told.opened(Some(content)),
        Photo::LeftOut(reason, detail) => {
            let mut opened = told.opened(None);
            let (part, reason) = ("photo".to_owned(), reason.to_owned());
            opened.meta.left_out.push(PartLeftOut { part, reason, detail });
            opened
        }
    })
}

/// Groups with their names; which contact is in which stands with the contacts.
pub(super) async fn documents(google: &Google, reach: &Reach) -> Result<Vec<Document>, CloudError> {
    let book = Book::new(google, reach);
    let fields = "clientData,groupType,memberCount,metadata,name";
    let (mut groups, mut pages, mut token) = (Vec::new(), Pages::new(), None::<String>);
    loop {
        let mut query = vec![("pageSize", "1000"), ("groupFields", fields)];
        query.extend(token.as_deref().map(|token| ("pageToken", token)));
        let page: Groups = book.get(&["contactGroups"], &query).await?;
        groups.extend(page.contact_groups);
        token = pages.next(page.next_page_token)?;
        if token.is_none() {
            return Ok(vec![Document { name: "groups", json: json!(groups) }]);
        }
    }
}
