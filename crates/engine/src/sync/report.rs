//! What a sync brought, as a person is told and as the catalogue keeps it.

use holdfast_catalog::DirectoryUser;
use holdfast_catalog::syncs::{Changes, Counts};
use holdfast_model::{Account, ConnectionId, User};
use serde::{Deserialize, Serialize};

use super::SyncWhat;
use crate::leavers::Leaver;
use crate::rules::RuleProtected;

/// Names that a report spells out; the rest is counted.
const MOST_NAMES: usize = 100;
/// What one sync brought.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SyncReport {
    /// The Connection.
    pub connection: ConnectionId,
    /// The Domain's name.
    pub domain: String,
    /// Users, groups or org units.
    pub what: SyncWhat,
    /// How many there are now.
    pub count: u64,
    /// What changed, by kind.
    pub changes: SyncChanges,
    /// Who was protected now because of a group or org unit that was chosen, at most a hundred.
    #[serde(default)]
    pub protected: Vec<RuleProtected>,
    /// How many those are.
    #[serde(default)]
    pub protected_count: u64,
    /// People whom a rule would protect, and for whom no license is left.
    #[serde(default)]
    pub without_license: u64,
    /// Who left: the Archives are kept, the licenses free.
    #[serde(default)]
    pub leavers: Vec<Leaver>,
    /// Who came back and is protected again, by address.
    #[serde(default)]
    pub back: Vec<String>,
}

/// What changed since the last sync, by address or path: at most a hundred of each kind, and how many there are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs)] // Each count is that of the list of the same name.
pub struct SyncChanges {
    /// New.
    pub joined: Vec<String>,
    pub joined_count: u64,
    /// No longer there, or deleted.
    pub left: Vec<String>,
    pub left_count: u64,
    /// `old → new`.
    pub renamed: Vec<String>,
    pub renamed_count: u64,
    /// Suspended or archived since.
    pub suspended: Vec<String>,
    pub suspended_count: u64,
    /// Active again.
    pub restored: Vec<String>,
    pub restored_count: u64,
}

impl SyncReport {
    /// As the catalogue keeps it: names and counts by the word of the kind.
    pub(super) fn by_kind(&self) -> (Changes, Counts) {
        let changes = &self.changes;
        let protected = self.protected.iter().map(|one| format!("{} ← {}", one.address, one.rule)).collect();
        let kinds = [
            ("joined", changes.joined.clone(), changes.joined_count),
            ("left", changes.left.clone(), changes.left_count),
            ("renamed", changes.renamed.clone(), changes.renamed_count),
            ("suspended", changes.suspended.clone(), changes.suspended_count),
            ("restored", changes.restored.clone(), changes.restored_count),
            ("protected", protected, self.protected_count),
        ];
        let (mut names, mut counts) = (Changes::new(), Counts::new());
        for (kind, some, count) in kinds.into_iter().filter(|(_, _, count)| *count > 0) {
            names.insert(kind.to_owned(), some);
            counts.insert(kind.to_owned(), count);
        }
        (names, counts)
    }
}

impl SyncChanges {
    pub(super) fn joined(&mut self, name: String) {
        push(&mut self.joined, &mut self.joined_count, name);
    }

    pub(super) fn left(&mut self, name: String) {
        push(&mut self.left, &mut self.left_count, name);
    }

    pub(super) fn renamed(&mut self, before: &str, now: &str) {
        push(&mut self.renamed, &mut self.renamed_count, format!("{before} → {now}"));
    }

    pub(super) fn suspended(&mut self, name: String) {
        push(&mut self.suspended, &mut self.suspended_count, name);
    }

    pub(super) fn restored(&mut self, name: String) {
        push(&mut self.restored, &mut self.restored_count, name);
    }
}

pub(super) fn push<T>(names: &mut Vec<T>, count: &mut u64, name: T) {
    *count += 1;
    if names.len() < MOST_NAMES {
        names.push(name);
    }
}

impl SyncChanges {
    /// What changed of one User, who is known by the id and not by the address.
    pub(super) fn note(&mut self, before: Option<&DirectoryUser>, now: &User) {
        let is_there = now.account != Account::Deleted;
        let Some(before) = before else {
            if is_there {
                self.joined(now.address.clone());
            }
            return;
        };
        let was_there = before.vanished_at.is_none() && before.user.account != Account::Deleted;
        match (was_there, is_there) {
            (false, false) => return,
            // The same person came back, whatever the address is now.
            (false, true) => return self.restored(now.address.clone()),
            (true, false) => return self.left(now.address.clone()),
            (true, true) => {}
        }
        if before.user.address != now.address {
            self.renamed(&before.user.address, &now.address);
        }
        match (before.user.account, now.account) {
            (old, new) if old == new => {}
            (_, Account::Active) => self.restored(now.address.clone()),
            (_, Account::Suspended | Account::Archived | Account::Deleted) => {
                self.suspended(now.address.clone());
            }
        }
    }
}
