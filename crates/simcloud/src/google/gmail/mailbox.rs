//! One mailbox: derived mails, what was changed, added and deleted since, and the history of it.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::Arc;

use bytes::Bytes;

use super::base::{Base, id_at};
use super::labels::{self, LabelSet, Labels, bit};
use crate::content::{mix, tag};
use crate::google::directory::User;

/// What a mail consists of.
#[derive(Clone, Debug)]
pub enum Content {
    /// Derived from the mailbox and this number; base mails have their index, added ones go on
    /// from there.
    Derived(u32),
    /// These bytes.
    Given(Bytes),
    /// Derived, of this size in bytes, never held whole.
    Large(u32, u64),
}

/// A mail as it is now.
#[derive(Clone, Debug)]
pub struct Mail {
    /// Shown as 16 hex digits.
    pub id: u64,
    /// The id of the thread's first mail.
    pub thread: u64,
    /// When it arrived, milliseconds since 1970.
    pub date: i64,
    /// Its labels.
    pub labels: LabelSet,
    /// The history id of its last change.
    pub history: u64,
    /// What it consists of.
    pub content: Content,
}

impl Mail {
    /// The id on the wire.
    #[must_use]
    pub fn id_text(&self) -> String {
        hex_id(self.id)
    }
}

/// 16 hex digits.
pub(super) fn hex_id(id: u64) -> String {
    format!("{id:016x}")
}

/// Reads an id from the wire.
pub(super) fn parse_id(text: &str) -> Option<u64> {
    u64::from_str_radix(text, 16).ok().filter(|_| text.len() <= 16 && !text.starts_with('+'))
}

/// What happened to a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Added,
    Deleted,
    LabelsAdded(LabelSet),
    LabelsRemoved(LabelSet),
}

/// One entry of the history.
#[derive(Clone, Copy, Debug)]
pub(super) struct Event {
    pub(super) id: u64,
    pub(super) at: i64,
    pub(super) kind: Kind,
    pub(super) mail: u64,
    pub(super) thread: u64,
    /// The mail's labels after it.
    pub(super) labels: LabelSet,
}

#[derive(Clone, Copy, Debug)]
struct Now {
    labels: LabelSet,
    history: u64,
}

/// A mailbox.
#[derive(Debug)]
pub struct Mailbox {
    number: u32,
    /// The address at the start, which stands in the mails.
    owner: Arc<str>,
    base: Base,
    pub(super) labels: Labels,
    changed: HashMap<u64, Now>,
    gone: HashSet<u64>,
    added: BTreeMap<(i64, u64), Mail>,
    places: HashMap<u64, i64>,
    threads: HashMap<u64, Vec<u64>>,
    pub(super) drafts: BTreeMap<String, u64>,
    pub(super) history: VecDeque<Event>,
    history_id: u64,
    /// Ids below this are too old.
    floor: u64,
    next_number: u32,
    seed: u64,
}

impl Mailbox {
    pub(super) fn new(seed: u64, user: &User, count: u32) -> Self {
        let base = Base::new(seed, user.number, count);
        let drafts = base.drafts().map(|index| (draft_id(seed, base.id(index)), base.id(index))).collect();
        Self {
            number: user.number,
            owner: Arc::from(user.address.as_str()),
            base,
            labels: Labels::new(),
            changed: HashMap::new(),
            gone: HashSet::new(),
            added: BTreeMap::new(),
            places: HashMap::new(),
            threads: HashMap::new(),
            drafts,
            history: VecDeque::new(),
            history_id: base.last_history(),
            floor: base.last_history(),
            next_number: count,
            seed,
        }
    }

    /// What the user's content is derived from.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.number
    }

    /// The address that stands in the mails.
    #[must_use]
    pub fn owner(&self) -> Arc<str> {
        Arc::clone(&self.owner)
    }

    /// How many mails there are, Spam and Trash among them.
    #[must_use]
    pub fn total(&self) -> usize {
        self.base.count() as usize - self.gone.len() + self.added.len()
    }

    /// How many threads have mails.
    #[must_use]
    pub fn thread_total(&self) -> usize {
        let touched: HashSet<u64> = self
            .gone
            .iter()
            .filter_map(|id| self.base.index_of(*id))
            .map(|index| self.base.id(self.base.thread_head(index)))
            .chain(self.threads.keys().copied())
            .collect();
        let is_base = |thread: &u64| self.base.index_of(*thread).is_some();
        let gone = touched.iter().filter(|t| is_base(t) && self.thread(**t).is_empty()).count();
        let new = touched.iter().filter(|t| !is_base(t) && !self.thread(**t).is_empty()).count();
        self.base.threads() + new - gone
    }

    /// The id of the latest change.
    #[must_use]
    pub fn history_id(&self) -> u64 {
        self.history_id
    }

    /// How many mails the mailbox started with.
    #[must_use]
    pub fn base_count(&self) -> u32 {
        self.base.count()
    }

    /// A mail of those that the mailbox started with, as it was then.
    #[must_use]
    pub fn base_mail(&self, index: u32) -> Mail {
        Mail {
            id: self.base.id(index),
            thread: self.base.id(self.base.thread_head(index)),
            date: self.base.date(index),
            labels: self.base.labels(index),
            history: self.base.history(index),
            content: Content::Derived(index),
        }
    }

    fn base_now(&self, index: u32) -> Option<Mail> {
        let mut mail = self.base_mail(index);
        if !self.gone.is_empty() && self.gone.contains(&mail.id) {
            return None;
        }
        if !self.changed.is_empty()
            && let Some(now) = self.changed.get(&mail.id)
        {
            mail.labels = now.labels;
            mail.history = now.history;
        }
        Some(mail)
    }

    /// The mail with this id.
    #[must_use]
    pub fn find(&self, id: u64) -> Option<Mail> {
        match self.places.get(&id) {
            Some(date) => self.added.get(&(*date, id)).cloned(),
            None => self.base.index_of(id).and_then(|index| self.base_now(index)),
        }
    }

    /// All mails, or those older than a place in the order (time, id), newest first.
    pub fn newest_first(&self, before: Option<(i64, u64)>) -> impl Iterator<Item = Mail> + '_ {
        let mut indexes = match before {
            None => 0..self.base.count(),
            Some(place) => 0..self.base.older_than(place),
        };
        let mut added = match before {
            None => self.added.range(..),
            Some(place) => self.added.range(..place),
        };
        let mut next_base = None;
        let mut next_added = None;
        std::iter::from_fn(move || {
            while next_base.is_none()
                && let Some(index) = indexes.next_back()
            {
                next_base = self.base_now(index);
            }
            if next_added.is_none() {
                next_added = added.next_back().map(|(_, mail)| mail);
            }
            match (&next_base, next_added) {
                (Some(base), Some(other)) if (base.date, base.id) < (other.date, other.id) => {
                    next_added.take().cloned()
                }
                (None, Some(_)) => next_added.take().cloned(),
                _ => next_base.take(),
            }
        })
    }

    /// All mails of a thread, oldest first.
    #[must_use]
    pub fn thread(&self, thread: u64) -> Vec<Mail> {
        let head = self.base.index_of(thread).filter(|index| self.base.thread_head(*index) == *index);
        let mut mails: Vec<Mail> = head
            .into_iter()
            .flat_map(|head| self.base.thread_members(head))
            .filter_map(|i| self.base_now(i))
            .collect();
        let added = self.threads.get(&thread).into_iter().flatten();
        mails.extend(added.filter_map(|id| self.find(*id)));
        mails.sort_by_key(|m| (m.date, m.id));
        mails
    }

    /// A mail arrives; `thread` continues one, else it starts its own.
    pub fn add(
        &mut self,
        now: i64,
        received: Option<i64>,
        labels: LabelSet,
        thread: Option<u64>,
        make: impl FnOnce(u32) -> Content,
    ) -> u64 {
        let number = self.next_number;
        self.next_number += 1;
        let salt = mix(&[self.seed, tag("added"), u64::from(self.number), u64::from(number)]);
        let mut id = id_at(now, salt);
        while self.places.contains_key(&id) || self.base.index_of(id).is_some() {
            id += 1;
        }
        let date = received.unwrap_or(now);
        let thread = thread.unwrap_or(id);
        let history = self.record(now, Kind::Added, id, thread, labels);
        self.added.insert((date, id), Mail { id, thread, date, labels, history, content: make(number) });
        self.places.insert(id, date);
        self.threads.entry(thread).or_default().push(id);
        id
    }

    /// A mail is deleted for good; says whether it was there.
    pub fn delete(&mut self, now: i64, id: u64) -> bool {
        let Some(mail) = self.find(id) else { return false };
        match self.places.remove(&id) {
            Some(date) => {
                self.added.remove(&(date, id));
                if let Some(ids) = self.threads.get_mut(&mail.thread) {
                    ids.retain(|other| *other != id);
                }
            }
            None => {
                self.gone.insert(id);
                self.changed.remove(&id);
            }
        }
        self.drafts.retain(|_, draft| *draft != id);
        self.record(now, Kind::Deleted, id, mail.thread, mail.labels);
        true
    }

    /// Labels are added to and removed from a mail; says whether it was there.
    pub fn relabel(&mut self, now: i64, id: u64, add: LabelSet, remove: LabelSet) -> bool {
        let Some(mail) = self.find(id) else { return false };
        let gained = add & !mail.labels;
        let lost = remove & mail.labels & !add;
        let mut labels = mail.labels;
        let mut history = mail.history;
        if gained != 0 {
            labels |= gained;
            history = self.record(now, Kind::LabelsAdded(gained), id, mail.thread, labels);
        }
        if lost != 0 {
            labels &= !lost;
            history = self.record(now, Kind::LabelsRemoved(lost), id, mail.thread, labels);
        }
        match self.places.get(&id).and_then(|date| self.added.get_mut(&(*date, id))) {
            Some(added) => {
                added.labels = labels;
                added.history = history;
            }
            None => {
                self.changed.insert(id, Now { labels, history });
            }
        }
        true
    }

    /// Editing a draft replaces its message by another with a new id; the draft keeps its own id.
    /// <https://developers.google.com/workspace/gmail/api/guides/drafts>
    pub fn edit_draft(&mut self, now: i64, draft: &str, make: impl FnOnce(u32) -> Content) -> Option<u64> {
        let old = *self.drafts.get(draft)?;
        let thread = self.find(old)?.thread;
        self.delete(now, old);
        let thread = Some(thread).filter(|t| *t != old);
        let id = self.add(now, None, bit(labels::DRAFT), thread, make);
        self.drafts.insert(draft.to_owned(), id);
        Some(id)
    }

    /// A new draft of a mail that was added with the label for it.
    pub fn add_draft(&mut self, mail: u64) -> String {
        let id = draft_id(self.seed, mail);
        self.drafts.insert(id.clone(), mail);
        id
    }

    /// A label disappears from every mail that has it, without a word in the history.
    pub fn forget_label(&mut self, label: usize) {
        let with: Vec<u64> =
            self.newest_first(None).filter(|m| m.labels & bit(label) != 0).map(|m| m.id).collect();
        for id in with {
            let Some(mail) = self.find(id) else { continue };
            let labels = mail.labels & !bit(label);
            match self.places.get(&id).and_then(|date| self.added.get_mut(&(*date, id))) {
                Some(added) => added.labels = labels,
                None => {
                    self.changed.insert(id, Now { labels, history: mail.history });
                }
            }
        }
    }

    /// History ids grow, with gaps.
    fn record(&mut self, at: i64, kind: Kind, mail: u64, thread: u64, labels: LabelSet) -> u64 {
        self.history_id += 1 + mix(&[self.history_id, mail]) % 9;
        self.history.push_back(Event { id: self.history_id, at, kind, mail, thread, labels });
        self.history_id
    }

    /// Makes every id given out so far too old.
    pub fn expire_history(&mut self) {
        self.history_id += 10;
        self.floor = self.history_id;
        self.history.clear();
    }

    /// Forgets events before this time.
    pub(super) fn forget_before(&mut self, ms: i64) {
        while let Some(event) = self.history.front().filter(|e| e.at < ms) {
            self.floor = event.id;
            self.history.pop_front();
        }
    }

    /// Whether history can be read from this id on.
    pub(super) fn reaches(&self, start: u64) -> bool {
        (self.floor..=self.history_id).contains(&start)
    }
}

/// `r` and digits, sometimes with a sign, as Gmail's are.
fn draft_id(seed: u64, mail: u64) -> String {
    format!("r{}", mix(&[seed, tag("draft"), mail]) as i64)
}
