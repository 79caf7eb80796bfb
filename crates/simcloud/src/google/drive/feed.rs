//! Change logs: one for each user, one for each shared drive. A file stands in a log once, at its latest change
//! (<https://developers.google.com/workspace/drive/api/guides/manage-changes>).

use std::collections::{BTreeMap, HashMap};

use super::file::Id;

/// What changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A file; what it is now is looked up when the log is read.
    File,
    /// A shared drive itself: its name, or the reader's membership.
    Drive,
}

/// One entry of a log.
#[derive(Clone, Debug)]
pub struct Entry {
    /// A file or a drive.
    pub subject: Subject,
    /// Its id.
    pub id: Id,
    /// When.
    pub at_ms: i64,
    /// Whether it belonged to My Drive or to what is shared with the user, before or after.
    pub is_of_user: bool,
}

/// One change log.
#[derive(Debug, Default)]
pub struct Feed {
    entries: BTreeMap<u64, Entry>,
    latest: HashMap<(Subject, Id), u64>,
}

impl Feed {
    /// Puts an entry at `position`, which is higher than all before; an older one for the same id goes.
    pub fn record(&mut self, position: u64, mut entry: Entry) {
        if let Some(old) = self.latest.insert((entry.subject, entry.id.clone()), position)
            && let Some(old) = self.entries.remove(&old)
        {
            entry.is_of_user |= old.is_of_user;
        }
        self.entries.insert(position, entry);
    }

    /// The entries from `position` on.
    pub fn since(&self, position: u64) -> impl Iterator<Item = (u64, &Entry)> {
        self.entries.range(position..).map(|(position, entry)| (*position, entry))
    }
}
