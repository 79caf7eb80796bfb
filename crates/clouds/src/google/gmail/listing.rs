//! A full listing of a mailbox.
//!
//! The cursor is taken first. The listing gives ids only, newest first. On a first run labels come with each
//! message's content. After a dead cursor the content is known and is not fetched again: labels are then read by
//! one listing for each label (5 units per 500 mails, instead of 20 for each mail), before the ids are listed; each
//! mail is told once, with all its labels. What changes meanwhile is in the history after the cursor.
//!
//! Mail with a label that the Policy leaves out is found by a listing of that label, too.

use std::hash::{DefaultHasher, Hash, Hasher};

use holdfast_model::{ItemId, MetaUpdate};

use super::kept::Kept;
use super::wire::{MessageId, Messages};
use super::{A_PAGE, Mailbox, stepwise, tag};
use crate::contract::{Change, CloudError, Cursor, Listing, Upsert};
use crate::http::Pages;

/// Which labels each of millions of mails has, ten bytes for each pair.
#[derive(Default)]
struct LabelIndex {
    labels: Vec<String>,
    pairs: Vec<([u8; 8], [u8; 2])>,
}

impl LabelIndex {
    fn add(&mut self, label: u16, id: &str) {
        self.pairs.push((key(id), label.to_be_bytes()));
    }

    fn sort(&mut self) {
        self.pairs.sort_unstable();
        self.pairs.dedup();
    }

    fn of(&self, id: &str) -> Vec<String> {
        let key = key(id);
        let start = self.pairs.partition_point(|(known, _)| *known < key);
        let found = self.pairs[start..].iter().take_while(|(known, _)| *known == key);
        let mut labels: Vec<String> = found
            .filter_map(|(_, label)| self.labels.get(usize::from(u16::from_be_bytes(*label))).cloned())
            .collect();
        labels.sort();
        labels
    }
}

/// Gmail's ids are 16 hexadecimal digits; any other is hashed.
fn key(id: &str) -> [u8; 8] {
    let digits = id.len() == 16 && id.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    match u64::from_str_radix(id, 16) {
        Ok(number) if digits => number.to_be_bytes(),
        _ => {
            let mut hasher = DefaultHasher::new();
            id.hash(&mut hasher);
            hasher.finish().to_be_bytes()
        }
    }
}

struct Walk<'a> {
    mailbox: Mailbox<'a>,
    kept: Kept,
    /// After a dead cursor.
    reset: bool,
    place: Place,
    /// Taken from the profile before anything is listed.
    cursor: String,
    index: LabelIndex,
    pages: Pages,
    told: i64,
}

enum Place {
    Start,
    /// The first page is in hand; which of its mails are kept, and their labels, is still to be read.
    First(Messages),
    Page(String),
    End,
}

/// Everything that the Policy keeps, and the Checkpoint.
pub(super) fn all(mailbox: Mailbox<'_>, kept: Kept, reset: bool) -> Listing<'_, Change> {
    let walk = Walk {
        kept,
        mailbox,
        reset,
        place: Place::Start,
        cursor: String::new(),
        index: LabelIndex::default(),
        pages: Pages::new(),
        told: 0,
    };
    stepwise(walk, |mut walk| async move {
        let told = walk.step().await?;
        Ok(told.map(|changes| (changes, walk)))
    })
}

impl Walk<'_> {
    async fn step(&mut self) -> Result<Option<Vec<Change>>, CloudError> {
        match std::mem::replace(&mut self.place, Place::End) {
            Place::Start => {
                self.cursor = self.mailbox.profile().await?.history_id;
                self.place = Place::First(self.page(None, None).await?);
                Ok(Some(if self.reset { vec![Change::Reset] } else { Vec::new() }))
            }
            Place::First(page) => {
                // An empty mailbox has no labels to be read.
                if !page.messages.is_empty() || page.next_page_token.is_some() {
                    self.read_labels().await?;
                }
                self.tell(page).map(Some)
            }
            Place::Page(token) => {
                let page = self.page(None, Some(&token)).await?;
                self.tell(page).map(Some)
            }
            Place::End => Ok(None),
        }
    }

    fn tell(&mut self, page: Messages) -> Result<Vec<Change>, CloudError> {
        let mut changes: Vec<Change> =
            page.messages.into_iter().filter_map(|message| self.upsert(message)).collect();
        match self.pages.next(page.next_page_token)? {
            Some(token) => self.place = Place::Page(token),
            None => changes.push(Change::Checkpoint(Cursor(std::mem::take(&mut self.cursor)))),
        }
        Ok(changes)
    }

    /// Reads which mails have the labels that matter: all after a dead cursor, else those left out.
    async fn read_labels(&mut self) -> Result<(), CloudError> {
        let any_left_out = !self.mailbox.reach.policy.exclude_labels.is_empty();
        let labels = if self.reset || any_left_out {
            self.mailbox.label_ids().await?
        } else {
            self.kept.system_labels_left_out().into_iter().map(str::to_owned).collect()
        };
        for label in labels {
            if !(self.reset || self.kept.is_to_be_listed(&label)) {
                continue;
            }
            let Ok(number) = u16::try_from(self.index.labels.len()) else { break };
            self.index.labels.push(label.clone());
            let (mut pages, mut token) = (Pages::new(), None::<String>);
            loop {
                let page = self.page(Some(&label), token.as_deref()).await?;
                page.messages.iter().for_each(|message| self.index.add(number, &message.id));
                token = pages.next(page.next_page_token)?;
                if token.is_none() {
                    break;
                }
            }
        }
        self.index.sort();
        Ok(())
    }

    async fn page(&self, label: Option<&str>, token: Option<&str>) -> Result<Messages, CloudError> {
        let mut query = vec![
            ("maxResults", A_PAGE),
            ("includeSpamTrash", self.kept.include_spam_trash()),
            ("fields", "nextPageToken,messages/id"),
        ];
        query.extend(label.map(|label| ("labelIds", label)));
        query.extend(token.map(|token| ("pageToken", token)));
        self.mailbox.get(&["messages"], &query, self.mailbox.google.prices.messages).await
    }

    fn upsert(&mut self, message: MessageId) -> Option<Change> {
        let labels = self.index.of(&message.id);
        if !self.kept.keeps(&labels) {
            return None;
        }
        self.told += 1;
        Some(Change::Upsert(Upsert {
            id: ItemId(message.id),
            tag: Some(tag()),
            meta: if self.reset { MetaUpdate::SetLabels { labels } } else { MetaUpdate::Unknown },
            size: None,
            content_key: None,
            skip: None,
            // Newest first: whatever comes with the history later is newer than all of these.
            newness: -self.told,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mail_finds_its_labels() {
        let mut index = LabelIndex { labels: vec!["INBOX".into(), "Label_1".into()], pairs: Vec::new() };
        for (label, id) in
            [(0, "18c2f0a9b7d3e451"), (1, "18c2f0a9b7d3e451"), (1, "no-hex"), (1, "18C2F0A9B7D3E451")]
        {
            index.add(label, id);
            index.add(label, id);
        }
        index.sort();
        assert_eq!(index.of("18c2f0a9b7d3e451"), ["INBOX", "Label_1"]);
        assert_eq!(index.of("no-hex"), ["Label_1"]);
        assert_eq!(index.of("18C2F0A9B7D3E451"), ["Label_1"]);
        assert!(index.of("18c2f0a9b7d3e452").is_empty());
    }
}
