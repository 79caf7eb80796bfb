//! Mailboxes. An Item is one message as the exact bytes that Google keeps; its labels are metadata.
//! <https://developers.google.com/workspace/gmail/api/reference/rest/v1>

mod delta;
mod kept;
mod labels;
mod listing;
mod open;
mod raw;
mod wire;

use std::sync::Arc;

use futures::stream::{self, TryStreamExt};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::Google;
use super::scopes::Audience;
use super::steps::stepwise;
use super::wire::address;
use crate::contract::{Change, CloudError, ContentTag, Cursor, Document, ErrorKind, Listing, Reach};
use crate::http::{Pages, Price, Request};
use kept::Kept;
pub(super) use labels::Meant;
use wire::{Draft, Drafts, Profile};

pub(super) use open::open;

/// A message's bytes never change, so that all have the same tag.
const TAG: &str = "raw";
/// Pages as large as Google gives them.
const A_PAGE: &str = "500";

fn tag() -> ContentTag {
    ContentTag(TAG.to_owned())
}

/// One mailbox, as its own user sees it.
struct Mailbox<'a> {
    google: &'a Google,
    reach: &'a Reach,
    subject: Arc<str>,
}

impl<'a> Mailbox<'a> {
    fn new(google: &'a Google, reach: &'a Reach) -> Self {
        Self { google, reach, subject: Arc::from(reach.address.as_str()) }
    }

    fn request(&self, path: &[&str], query: &[(&str, &str)], price: Price) -> Request {
        let path = [&["gmail", "v1", "users", "me"], path].concat();
        let url = address(&self.google.endpoints.gmail, &path, query);
        self.google.get(url, &self.subject, Audience::Mail, price)
    }

    async fn get<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
        price: Price,
    ) -> Result<T, CloudError> {
        self.google.session.json(&self.request(path, query, price)).await
    }

    async fn profile(&self) -> Result<Profile, CloudError> {
        let fields = [("fields", "historyId,messagesTotal")];
        self.get(&["profile"], &fields, self.google.prices.profile).await
    }

    /// Every label with all that Google says of it.
    async fn labels(&self) -> Result<Value, CloudError> {
        self.get(&["labels"], &[], self.google.prices.labels).await
    }

    /// What the Policy keeps of it; `anew` where a listing begins.
    async fn kept(&self, anew: bool) -> Result<Kept, CloudError> {
        Ok(Kept::by(&self.reach.policy, self.left_out(anew).await?))
    }

    /// The ids of all labels.
    async fn label_ids(&self) -> Result<Vec<String>, CloudError> {
        let labels: wire::Labels =
            self.get(&["labels"], &[("fields", "labels/id")], self.google.prices.labels).await?;
        Ok(labels.labels.into_iter().map(|label| label.id).collect())
    }
}

/// The names of the labels that a user made.
pub(super) async fn label_names(google: &Google, reach: &Reach) -> Result<Vec<String>, CloudError> {
    Mailbox::new(google, reach).own_labels().await
}

/// See [`listing`] for a full listing and [`delta`] for what changed since a cursor.
pub(super) fn changes<'a>(
    google: &'a Google,
    reach: &'a Reach,
    cursor: Option<&'a Cursor>,
) -> Listing<'a, Change> {
    let mailbox = Mailbox::new(google, reach);
    let start = async move {
        let kept = mailbox.kept(true).await?;
        let Some(cursor) = cursor else { return Ok(listing::all(mailbox, kept, false)) };
        match delta::first(&mailbox, cursor).await? {
            Some(page) => Ok(delta::follow(mailbox, kept, page)),
            None => Ok(listing::all(mailbox, kept, true)),
        }
    };
    Box::pin(stream::once(start).try_flatten())
}

/// What the profile counts, without spam and trash where the Policy leaves them out. A label that is left out can
/// overlap with either, so that nothing exact can be said then.
pub(super) async fn expected_count(google: &Google, reach: &Reach) -> Result<Option<u64>, CloudError> {
    if !reach.policy.exclude_labels.is_empty() {
        return Ok(None);
    }
    let mailbox = Mailbox::new(google, reach);
    let mut count = mailbox.profile().await?.messages_total;
    for label in mailbox.kept(false).await?.system_labels_left_out() {
        let path = ["labels", label];
        let fields = [("fields", "id,messagesTotal")];
        let label: wire::Label = mailbox.get(&path, &fields, google.prices.labels).await?;
        count = count.saturating_sub(label.messages_total);
    }
    Ok(Some(count))
}

/// The names of labels, which no history tells, and which message is which draft: editing a draft changes its
/// message's id.
pub(super) async fn documents(google: &Google, reach: &Reach) -> Result<Vec<Document>, CloudError> {
    let mailbox = Mailbox::new(google, reach);
    let labels = mailbox.labels().await?;
    let mut drafts: Vec<Draft> = Vec::new();
    let (mut pages, mut token) = (Pages::new(), None::<String>);
    loop {
        let mut query = vec![
            ("maxResults", A_PAGE),
            ("includeSpamTrash", "true"),
            ("fields", "nextPageToken,drafts(id,message(id,threadId))"),
        ];
        query.extend(token.as_deref().map(|token| ("pageToken", token)));
        let page: Drafts = mailbox.get(&["drafts"], &query, google.prices.drafts).await?;
        drafts.extend(page.drafts);
        token = pages.next(page.next_page_token)?;
        if token.is_none() {
            break;
        }
    }
    Ok(vec![
        Document { name: "labels", json: labels.get("labels").cloned().unwrap_or_else(|| json!([])) },
        Document { name: "drafts", json: json!(drafts) },
    ])
}

/// True where Google no longer knows the history id: "typically valid for at least a week".
/// <https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.history/list>
fn is_dead_history(error: &CloudError) -> bool {
    error.kind == ErrorKind::Gone || error.status == Some(400) && error.reason.starts_with("invalid")
}
