//! Labels: the table of a mailbox, and `gmail.users.labels`.

use serde_json::{Value, json};

use super::{Mailbox, mailbox, open};
use crate::google::{Answer, Call, GoogleError};

/// A set of labels; a mailbox has at most 128.
pub type LabelSet = u128;

pub(super) const INBOX: usize = 0;
pub(super) const SPAM: usize = 1;
pub(super) const TRASH: usize = 2;
pub(super) const UNREAD: usize = 3;
pub(super) const STARRED: usize = 4;
pub(super) const IMPORTANT: usize = 5;
pub(super) const SENT: usize = 6;
pub(super) const DRAFT: usize = 7;
pub(super) const CATEGORY_PERSONAL: usize = 9;
pub(super) const CATEGORY_SOCIAL: usize = 10;
pub(super) const CATEGORY_PROMOTIONS: usize = 11;
pub(super) const CATEGORY_UPDATES: usize = 12;
pub(super) const CATEGORY_FORUMS: usize = 13;
/// The first label of the user's own.
pub(super) const FIRST_OWN: usize = 14;
const MAX_LABELS: usize = 128;

const SYSTEM: [&str; FIRST_OWN] = [
    "INBOX",
    "SPAM",
    "TRASH",
    "UNREAD",
    "STARRED",
    "IMPORTANT",
    "SENT",
    "DRAFT",
    "CHAT",
    "CATEGORY_PERSONAL",
    "CATEGORY_SOCIAL",
    "CATEGORY_PROMOTIONS",
    "CATEGORY_UPDATES",
    "CATEGORY_FORUMS",
];

/// Labels that everybody starts with.
pub(super) const SAMPLE_NAMES: [&str; 6] =
    ["Projects", "Projects/Alpha", "Receipts & taxes", "Reise/Spesen", "家族", "Später lesen"];

/// The set with one label.
pub(super) const fn bit(label: usize) -> LabelSet {
    1 << label
}

/// One label.
#[derive(Clone, Debug)]
pub(super) struct Label {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) is_own: bool,
}

/// The labels of one mailbox; a label's place never changes.
#[derive(Clone, Debug)]
pub(super) struct Labels(Vec<Option<Label>>);

impl Labels {
    pub(super) fn new() -> Self {
        let system =
            SYSTEM.iter().map(|id| Label { id: (*id).to_owned(), name: (*id).to_owned(), is_own: false });
        let own = SAMPLE_NAMES.iter().enumerate().map(|(n, name)| Label {
            id: format!("Label_{}", n + 1),
            name: (*name).to_owned(),
            is_own: true,
        });
        Self(system.chain(own).map(Some).collect())
    }

    pub(super) fn all(&self) -> impl Iterator<Item = (usize, &Label)> {
        self.0.iter().enumerate().filter_map(|(at, l)| l.as_ref().map(|l| (at, l)))
    }

    /// By id, or by the name of an own label.
    pub(super) fn find(&self, key: &str) -> Option<usize> {
        let by_id = self.all().find(|(_, l)| l.id == key).map(|(at, _)| at);
        by_id.or_else(|| self.all().find(|(_, l)| l.name.eq_ignore_ascii_case(key)).map(|(at, _)| at))
    }

    pub(super) fn by_id(&self, id: &str) -> Option<usize> {
        self.all().find(|(_, l)| l.id == id).map(|(at, _)| at)
    }

    pub(super) fn ids(&self, set: LabelSet) -> Vec<&str> {
        self.all().filter(|(at, _)| set & bit(*at) != 0).map(|(_, l)| l.id.as_str()).collect()
    }

    pub(super) fn names(&self, set: LabelSet) -> Vec<&str> {
        self.all().filter(|(at, _)| set & bit(*at) != 0).map(|(_, l)| l.name.as_str()).collect()
    }

    /// Adds an own label.
    pub(super) fn add(&mut self, name: &str) -> Result<String, String> {
        if self.all().any(|(_, l)| l.name.eq_ignore_ascii_case(name)) {
            return Err(format!("there is a label {name} already"));
        }
        if self.0.len() >= MAX_LABELS {
            return Err(format!("a simulated mailbox has at most {MAX_LABELS} labels"));
        }
        let id = format!("Label_{}", self.0.len() - FIRST_OWN + 1);
        self.0.push(Some(Label { id: id.clone(), name: name.to_owned(), is_own: true }));
        Ok(id)
    }

    /// Renames an own label.
    pub(super) fn rename(&mut self, at: usize, name: &str) -> Result<(), String> {
        match self.0.get_mut(at).and_then(Option::as_mut) {
            Some(label) if label.is_own => {
                label.name = name.to_owned();
                Ok(())
            }
            _ => Err("only own labels can be renamed".to_owned()),
        }
    }

    /// Deletes an own label.
    pub(super) fn delete(&mut self, at: usize) -> Result<(), String> {
        match self.0.get_mut(at) {
            Some(place) if place.as_ref().is_some_and(|l| l.is_own) => {
                *place = None;
                Ok(())
            }
            _ => Err("only own labels can be deleted".to_owned()),
        }
    }
}

/// `gmail.users.labels.list`: names only, no counts.
pub(super) fn list(call: &Call) -> Result<Answer, GoogleError> {
    let mailbox = mailbox(call)?;
    let mailbox = open(&mailbox);
    let labels: Vec<Value> = mailbox.labels.all().map(|(_, l)| label_json(l)).collect();
    Ok(Answer::json(json!({"labels": labels})))
}

/// `gmail.users.labels.get`: with counts.
pub(super) fn get(call: &Call) -> Result<Answer, GoogleError> {
    let mailbox = mailbox(call)?;
    let mailbox = open(&mailbox);
    let at = mailbox.labels.by_id(call.path("id")).ok_or_else(GoogleError::not_found)?;
    let label =
        mailbox.labels.all().find(|(a, _)| *a == at).map(|(_, l)| l).ok_or_else(GoogleError::not_found)?;
    let mut json = label_json(label);
    let counts = count(&mailbox, bit(at));
    for (name, number) in
        ["messagesTotal", "messagesUnread", "threadsTotal", "threadsUnread"].iter().zip(counts)
    {
        json[*name] = json!(number);
    }
    Ok(Answer::json(json))
}

fn count(mailbox: &Mailbox, set: LabelSet) -> [usize; 4] {
    let mut messages = 0;
    let mut unread = 0;
    let mut threads = std::collections::HashSet::new();
    let mut unread_threads = std::collections::HashSet::new();
    for mail in mailbox.newest_first(None).filter(|m| m.labels & set != 0) {
        messages += 1;
        threads.insert(mail.thread);
        if mail.labels & bit(UNREAD) != 0 {
            unread += 1;
            unread_threads.insert(mail.thread);
        }
    }
    [messages, unread, threads.len(), unread_threads.len()]
}

fn label_json(label: &Label) -> Value {
    let mut json = json!({
        "id": label.id,
        "name": label.name,
        "type": if label.is_own { "user" } else { "system" },
    });
    if label.is_own {
        json["messageListVisibility"] = json!("show");
        json["labelListVisibility"] = json!("labelShow");
    }
    json
}
