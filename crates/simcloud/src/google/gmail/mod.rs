//! The Gmail API: mailboxes whose mails are derived from the seed, and what happened to them since.
//! <https://developers.google.com/workspace/gmail/api/reference/rest>

mod base;
mod changes;
mod churn;
mod drafts;
mod encode;
mod history;
mod labels;
mod mailbox;
mod messages;
mod mime;
mod search;
mod snippet;
mod threads;
mod truth;

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, RwLock};

use super::directory::{Directory, User};
use super::{Answer, Api, Call, GoogleError, Method};
use crate::content::corpus::Corpus;
use crate::content::mail::Mails;
use crate::options::{Options, QuotaModel};
use crate::sync::{lock, read, write};

pub(crate) use changes::OPS;
pub(crate) use churn::CHURN;
pub use mailbox::{Content, Mail, Mailbox};
pub(crate) use truth::TRUTH;

/// The Gmail API.
pub static GMAIL: Api = Api { name: "gmail", title: "Gmail API", host: "gmail.googleapis.com" };

const ALL: &str = "https://mail.google.com/";
const MODIFY: &str = "https://www.googleapis.com/auth/gmail.modify";
const READONLY: &str = "https://www.googleapis.com/auth/gmail.readonly";
const METADATA: &str = "https://www.googleapis.com/auth/gmail.metadata";
const COMPOSE: &str = "https://www.googleapis.com/auth/gmail.compose";
const LABELS: &str = "https://www.googleapis.com/auth/gmail.labels";
const READ: &[&str] = &[ALL, METADATA, MODIFY, READONLY];
const READ_CONTENT: &[&str] = &[ALL, MODIFY, READONLY];

const fn get(
    id: &'static str,
    path: &'static str,
    query: &'static [&'static str],
    scopes: &'static [&'static str],
    units: fn(&Call) -> u64,
    run: fn(&Call) -> Result<Answer, GoogleError>,
) -> Method {
    Method { api: &GMAIL, id, http: "GET", path, query, scopes, units, run }
}

/// Methods that are simulated. Units: <https://developers.google.com/workspace/gmail/api/reference/quota>
pub(crate) static METHODS: &[Method] = &[
    get(
        "gmail.users.getProfile",
        "gmail/v1/users/{userId}/profile",
        &[],
        &[ALL, COMPOSE, METADATA, MODIFY, READONLY],
        |_| 1,
        messages::profile,
    ),
    get(
        "gmail.users.messages.list",
        "gmail/v1/users/{userId}/messages",
        &["includeSpamTrash", "labelIds", "maxResults", "pageToken", "q"],
        READ,
        |_| 5,
        messages::list,
    ),
    get(
        "gmail.users.messages.get",
        "gmail/v1/users/{userId}/messages/{id}",
        &["format", "metadataHeaders"],
        READ,
        units_of_get,
        messages::get,
    ),
    get(
        "gmail.users.messages.attachments.get",
        "gmail/v1/users/{userId}/messages/{messageId}/attachments/{id}",
        &[],
        READ_CONTENT,
        |call| by_model(call, 20, 5),
        messages::attachment,
    ),
    get(
        "gmail.users.labels.list",
        "gmail/v1/users/{userId}/labels",
        &[],
        &[ALL, LABELS, METADATA, MODIFY, READONLY],
        |_| 1,
        labels::list,
    ),
    get(
        "gmail.users.labels.get",
        "gmail/v1/users/{userId}/labels/{id}",
        &[],
        &[ALL, LABELS, METADATA, MODIFY, READONLY],
        |_| 1,
        labels::get,
    ),
    get(
        "gmail.users.history.list",
        "gmail/v1/users/{userId}/history",
        &["historyTypes", "labelId", "maxResults", "pageToken", "startHistoryId"],
        READ,
        |_| 2,
        history::list,
    ),
    get(
        "gmail.users.drafts.list",
        "gmail/v1/users/{userId}/drafts",
        &["includeSpamTrash", "maxResults", "pageToken", "q"],
        &[ALL, COMPOSE, MODIFY, READONLY],
        |_| 5,
        drafts::list,
    ),
    get(
        "gmail.users.drafts.get",
        "gmail/v1/users/{userId}/drafts/{id}",
        &["format"],
        &[ALL, COMPOSE, MODIFY, READONLY],
        units_of_get,
        drafts::get,
    ),
    get(
        "gmail.users.threads.list",
        "gmail/v1/users/{userId}/threads",
        &["includeSpamTrash", "labelIds", "maxResults", "pageToken", "q"],
        READ,
        |_| 10,
        threads::list,
    ),
    get(
        "gmail.users.threads.get",
        "gmail/v1/users/{userId}/threads/{id}",
        &["format", "metadataHeaders"],
        READ,
        |call| by_model(call, 40, 10),
        threads::get,
    ),
];

fn by_model(call: &Call, new: u64, old: u64) -> u64 {
    match call.world.google.quota.model() {
        QuotaModel::New => new,
        QuotaModel::Old => old,
    }
}

/// "20 (60 when format is full, raw or html)"; 5 for projects with the old quotas.
fn units_of_get(call: &Call) -> u64 {
    match call.query("format").unwrap_or("full") {
        "minimal" | "metadata" => by_model(call, 20, 5),
        _ => by_model(call, 60, 5),
    }
}

/// "Typically valid for at least a week": <https://developers.google.com/workspace/gmail/api/guides/sync>
const WINDOW_SECONDS: i64 = 7 * 24 * 3600;

/// All mailboxes, and what their mails contain.
pub struct Mailboxes {
    boxes: RwLock<HashMap<String, Arc<Mutex<Mailbox>>>>,
    /// What mails contain.
    pub mails: Mails,
    seed: u64,
    window_seconds: AtomicI64,
}

impl Mailboxes {
    pub(crate) fn new(options: &Options, directory: &Directory, corpus: &Corpus) -> Self {
        let boxes: HashMap<String, Mailbox> = directory
            .users
            .iter()
            .map(|user| (user.id.clone(), Mailbox::new(options.seed, user, options.mail_per_user)))
            .collect();
        let mut ordered: Vec<&Mailbox> = boxes.values().collect();
        ordered.sort_by_key(|b| b.number());
        let mails = Mails::prepare(options, corpus, &ordered);
        Self {
            boxes: RwLock::new(boxes.into_iter().map(|(id, b)| (id, Arc::new(Mutex::new(b)))).collect()),
            mails,
            seed: options.seed,
            window_seconds: AtomicI64::new(WINDOW_SECONDS),
        }
    }

    /// A user's mailbox; one that joined later starts empty.
    pub fn of(&self, user: &User) -> Arc<Mutex<Mailbox>> {
        if let Some(found) = read(&self.boxes).get(&user.id) {
            return Arc::clone(found);
        }
        let mut boxes = write(&self.boxes);
        let made = boxes
            .entry(user.id.clone())
            .or_insert_with(|| Arc::new(Mutex::new(Mailbox::new(self.seed, user, 0))));
        Arc::clone(made)
    }

    /// How long history is kept, in seconds; `None` is a week.
    pub fn set_window_seconds(&self, seconds: Option<i64>) {
        self.window_seconds.store(seconds.unwrap_or(WINDOW_SECONDS), Ordering::Relaxed);
    }

    /// How long history is kept, in seconds.
    #[must_use]
    pub fn window_seconds(&self) -> i64 {
        self.window_seconds.load(Ordering::Relaxed)
    }

    /// Makes every history id of one mailbox (by the user's id), or of all, too old.
    pub fn expire(&self, user: Option<&str>) {
        for (id, mailbox) in read(&self.boxes).iter() {
            if user.is_none_or(|u| u == id) {
                lock(mailbox).expire_history();
            }
        }
    }
}

/// The mailbox that a call is about: `me`, or the caller's own by any name.
fn mailbox(call: &Call) -> Result<Arc<Mutex<Mailbox>>, GoogleError> {
    let caller = call.user()?;
    let directory = call.world.google.directory.read();
    let user = directory.user(caller).ok_or_else(GoogleError::not_found)?;
    let named = call.path("userId");
    if named != "me" && directory.user(named).map(|u| u.id.as_str()) != Some(caller) {
        return Err(GoogleError::forbidden(format!("Delegation denied for {}", user.address)));
    }
    // "It works only when the account you are trying to back up is not suspended", else 403:
    // <https://github.com/GAM-team/got-your-back/issues/258>
    if user.suspended || user.archived {
        return Err(GoogleError::forbidden("Mail service not enabled"));
    }
    Ok(call.world.google.gmail.of(user))
}

/// Locks a mailbox; every method holds it briefly.
fn open(mailbox: &Mutex<Mailbox>) -> MutexGuard<'_, Mailbox> {
    lock(mailbox)
}

/// `maxResults`, default 100; more than 500 is clamped, not refused.
fn page_size(call: &Call) -> Result<usize, GoogleError> {
    let wanted = call.number("maxResults", 0..=u64::from(u32::MAX), 100)?;
    Ok(usize::try_from(if wanted == 0 { 100 } else { wanted.min(500) }).unwrap_or(500))
}
