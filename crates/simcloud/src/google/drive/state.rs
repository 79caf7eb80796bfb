//! All drives of the company: what there is, who sees it, and how it changes.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::feed::{Entry, Feed, Subject};
use super::file::{File, Grantee, Home, Id, Role, SharedDrive};

/// Folders nest no deeper than this in Google's drives.
/// <https://support.google.com/a/answer/7338880>
const MAX_DEPTH: usize = 100;

/// The drives' state; whoever holds it has the lock.
#[derive(Default)]
pub struct State {
    files: HashMap<Id, File>,
    children: HashMap<Id, BTreeSet<(u64, Id)>>,
    homes: HashMap<Id, BTreeMap<u64, Id>>,
    shared_with: HashMap<Id, BTreeSet<(u64, Id)>>,
    roots: HashMap<Id, Id>,
    /// Shared drives by id.
    pub drives: BTreeMap<Id, SharedDrive>,
    user_feeds: HashMap<Id, Feed>,
    drive_feeds: HashMap<Id, Feed>,
    position: u64,
    next_ordinal: u64,
    /// Whether a change of a folder that its files inherit (trash, permissions) stands in the log for each of them.
    pub feeds_descendants: bool,
    /// Whether a search over all drives misses the last of them and says so.
    pub searches_incompletely: bool,
}

/// Who sees a file and whether it is a matter of their own corpus.
type Viewers = BTreeMap<Id, bool>;

impl State {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self { feeds_descendants: true, position: 1, ..Self::default() }
    }

    /// A file by id.
    #[must_use]
    pub fn file(&self, id: &str) -> Option<&File> {
        self.files.get(id)
    }

    /// The root folder of a user's My Drive.
    #[must_use]
    pub fn root_of(&self, user: &str) -> Option<&Id> {
        self.roots.get(user)
    }

    /// Whether this file is the root of a My Drive or of a shared drive.
    #[must_use]
    pub fn is_root(&self, file: &File) -> bool {
        file.parent.is_none()
    }

    /// Everything in a user's My Drive or in a shared drive, in listing order, without its root.
    pub fn in_home<'s>(&'s self, home: &str) -> impl Iterator<Item = &'s File> {
        self.homes.get(home).into_iter().flat_map(|ids| ids.values()).filter_map(|id| self.files.get(id))
    }

    /// What others share with a user, and what lies below it.
    #[must_use]
    pub fn shared_with(&self, user: &str) -> Vec<&File> {
        let mut found = BTreeMap::new();
        for (_, id) in self.shared_with.get(user).into_iter().flatten() {
            for id in self.subtree(id) {
                if let Some(file) = self.files.get(&id)
                    && file.home.owner().is_none_or(|owner| **owner != *user)
                    && self.role(user, file).is_some()
                {
                    found.insert(file.ordinal, file);
                }
            }
        }
        found.into_values().collect()
    }

    /// The children of a folder.
    pub fn children<'s>(&'s self, id: &str) -> impl Iterator<Item = &'s File> {
        self.children.get(id).into_iter().flatten().filter_map(|(_, id)| self.files.get(id))
    }

    /// A file and all below it.
    #[must_use]
    pub fn subtree(&self, id: &str) -> Vec<Id> {
        let mut all: Vec<Id> = self.files.get(id).map(|file| file.id.clone()).into_iter().collect();
        let mut next = 0;
        while let Some(id) = all.get(next).cloned() {
            all.extend(self.children.get(&id).into_iter().flatten().map(|(_, id)| id.clone()));
            next += 1;
        }
        all
    }

    /// The file, the folder it is in, and so on up to its root.
    pub fn lineage<'s>(&'s self, file: &'s File) -> impl Iterator<Item = &'s File> {
        std::iter::successors(Some(file), |file| file.parent.as_ref().and_then(|id| self.files.get(id)))
            .take(MAX_DEPTH)
    }

    /// Whether it, or a folder above it, is in the trash.
    #[must_use]
    pub fn is_trashed(&self, file: &File) -> bool {
        self.lineage(file).any(|file| file.trashed_ms.is_some())
    }

    /// The highest role that `user` has on a file; `None` when it is hidden from them. Others do not see what is in the
    /// owner's trash. A link makes a file readable for who knows its id.
    #[must_use]
    pub fn role(&self, user: &str, file: &File) -> Option<Role> {
        if file.home.owner().is_some_and(|owner| **owner == *user) {
            return Some(Role::Owner);
        }
        let member =
            file.home.drive().and_then(|id| self.drives.get(id)).and_then(|drive| drive.role_of(user));
        if file.home.owner().is_some() && self.is_trashed(file) {
            return None;
        }
        let shared = self
            .lineage(file)
            .flat_map(|file| &file.shares)
            .filter(|share| match &share.with {
                Grantee::User(id) => **id == *user,
                Grantee::Domain | Grantee::Anyone => true,
            })
            .map(|share| share.role);
        shared.chain(member).max()
    }

    /// Whether a file stands in the listings of `user`: it is theirs, or shared with them by name.
    #[must_use]
    pub fn is_listed_for(&self, user: &str, file: &File) -> bool {
        if file.home.owner().is_some_and(|owner| **owner == *user) {
            return true;
        }
        self.role(user, file).is_some() && self.lineage(file).any(|file| file.share_with(user).is_some())
    }

    fn viewers(&self, file: &File) -> Viewers {
        let mut all = Viewers::new();
        if let Some(owner) = file.home.owner() {
            all.insert(owner.clone(), true);
            if self.is_trashed(file) {
                return all;
            }
        }
        for (member, _) in
            file.home.drive().and_then(|id| self.drives.get(id)).into_iter().flat_map(|d| &d.members)
        {
            all.insert(member.clone(), false);
        }
        for share in self.lineage(file).flat_map(|file| &file.shares) {
            if let Grantee::User(id) = &share.with {
                all.insert(id.clone(), true);
            }
        }
        all
    }

    /// The position that the next change will have.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.position
    }

    /// The change log of a user.
    #[must_use]
    pub fn user_feed(&self, user: &str) -> Option<&Feed> {
        self.user_feeds.get(user)
    }

    /// The change log of a shared drive.
    #[must_use]
    pub fn drive_feed(&self, drive: &str) -> Option<&Feed> {
        self.drive_feeds.get(drive)
    }

    /// Adds a file without a trace in the logs, as one that has always been there; its ordinal is given here.
    pub fn place(&mut self, mut file: File) -> Id {
        self.next_ordinal += 1;
        file.ordinal = self.next_ordinal;
        let id = file.id.clone();
        match &file.parent {
            Some(parent) => {
                self.children.entry(parent.clone()).or_default().insert((file.ordinal, id.clone()));
                self.homes.entry(file.home.id().clone()).or_default().insert(file.ordinal, id.clone());
            }
            None => {
                if let Home::Mine(user) = &file.home {
                    self.roots.insert(user.clone(), id.clone());
                }
            }
        }
        for share in &file.shares {
            if let Grantee::User(user) = &share.with {
                self.shared_with.entry(user.clone()).or_default().insert((file.ordinal, id.clone()));
            }
        }
        self.files.insert(id.clone(), file);
        id
    }

    /// Adds a file as people do: it stands in the logs.
    pub fn add(&mut self, file: File, at_ms: i64) -> Id {
        let id = self.place(file);
        self.log(std::slice::from_ref(&id), BTreeMap::new(), at_ms);
        id
    }

    /// Changes a file that has just been placed, without a trace in the logs.
    pub fn replace(&mut self, id: &str, change: impl FnOnce(&mut File)) {
        if let Some(mut file) = self.files.get(id).cloned() {
            self.unlink(&file);
            change(&mut file);
            self.relink(file);
        }
    }

    /// Changes one file and logs it. `inherited` says that what changes passes on to all below.
    pub fn edit(&mut self, id: &str, at_ms: i64, inherited: bool, change: impl FnOnce(&mut File)) -> bool {
        let Some(file) = self.files.get(id).cloned() else { return false };
        let ids = if inherited { self.subtree(id) } else { vec![file.id.clone()] };
        let before = self.seen(&ids);
        self.unlink(&file);
        let mut file = file;
        change(&mut file);
        self.relink(file);
        if inherited {
            self.rehome(id);
        }
        self.log(&ids, before, at_ms);
        true
    }

    /// Removes a file and all below it for good.
    pub fn delete(&mut self, id: &str, at_ms: i64) -> bool {
        let ids = self.subtree(id);
        let before = self.seen(&ids);
        for id in &ids {
            if let Some(file) = self.files.get(id).cloned() {
                self.unlink(&file);
                self.files.remove(id);
            }
        }
        self.log(&ids, before, at_ms);
        !ids.is_empty()
    }

    /// Changes a shared drive (its name, its members) and logs it for whoever was or is a member. A change of members
    /// logs each file in it for those who gain or lose it.
    pub fn edit_drive(&mut self, id: &str, at_ms: i64, change: impl FnOnce(&mut SharedDrive)) -> bool {
        let Some(drive) = self.drives.get_mut(id) else { return false };
        let before: BTreeSet<Id> = drive.members.iter().map(|(member, _)| member.clone()).collect();
        change(drive);
        let id = drive.id.clone();
        let after: BTreeSet<Id> = drive.members.iter().map(|(member, _)| member.clone()).collect();
        let entry = |subject, id: &Id| Entry { subject, id: id.clone(), at_ms, is_of_user: false };
        let files: Vec<Id> = self.homes.get(&id).into_iter().flat_map(|ids| ids.values().cloned()).collect();
        for user in before.symmetric_difference(&after) {
            for file in &files {
                let position = self.next_position();
                self.user_feeds.entry(user.clone()).or_default().record(position, entry(Subject::File, file));
            }
        }
        for user in before.union(&after) {
            let position = self.next_position();
            self.user_feeds.entry(user.clone()).or_default().record(position, entry(Subject::Drive, &id));
        }
        let position = self.next_position();
        self.drive_feeds.entry(id.clone()).or_default().record(position, entry(Subject::Drive, &id));
        true
    }

    fn next_position(&mut self) -> u64 {
        let position = self.position;
        self.position += 1;
        position
    }

    fn seen(&self, ids: &[Id]) -> BTreeMap<Id, (Home, Viewers)> {
        let known = ids.iter().filter_map(|id| self.files.get(id));
        known.map(|file| (file.id.clone(), (file.home.clone(), self.viewers(file)))).collect()
    }

    fn unlink(&mut self, file: &File) {
        let key = (file.ordinal, file.id.clone());
        if let Some(siblings) = file.parent.as_ref().and_then(|parent| self.children.get_mut(parent)) {
            siblings.remove(&key);
        }
        if let Some(home) = self.homes.get_mut(file.home.id()) {
            home.remove(&file.ordinal);
        }
        for share in &file.shares {
            if let Grantee::User(user) = &share.with
                && let Some(shared) = self.shared_with.get_mut(user)
            {
                shared.remove(&key);
            }
        }
    }

    fn relink(&mut self, file: File) {
        let key = (file.ordinal, file.id.clone());
        if let Some(parent) = &file.parent {
            self.children.entry(parent.clone()).or_default().insert(key.clone());
            self.homes.entry(file.home.id().clone()).or_default().insert(file.ordinal, file.id.clone());
        }
        for share in &file.shares {
            if let Grantee::User(user) = &share.with {
                self.shared_with.entry(user.clone()).or_default().insert(key.clone());
            }
        }
        self.files.insert(file.id.clone(), file);
    }

    /// What lies below a folder that moved into another drive moves with it.
    fn rehome(&mut self, id: &str) {
        let Some(home) = self.files.get(id).map(|file| file.home.clone()) else { return };
        for below in self.subtree(id) {
            if let Some(mut file) = self.files.get(&below).filter(|file| file.home != home).cloned() {
                self.unlink(&file);
                file.home = home.clone();
                self.relink(file);
            }
        }
    }

    /// Writes a change of `ids` (the first of them is the one that was meant) into the logs of all who saw or see it.
    fn log(&mut self, ids: &[Id], mut before: BTreeMap<Id, (Home, Viewers)>, at_ms: i64) {
        for (index, id) in ids.iter().enumerate() {
            let (old_home, mut viewers) =
                before.remove(id).map_or((None, Viewers::new()), |(home, seen)| (Some(home), seen));
            let mut drives: BTreeSet<Id> = old_home.iter().filter_map(Home::drive).cloned().collect();
            let mut is_gone = true;
            if let Some(file) = self.files.get_mut(id) {
                file.version += 1;
                is_gone = false;
            }
            if let Some(file) = self.files.get(id) {
                let now = self.viewers(file);
                let is_moved = old_home.as_ref().is_some_and(|old| *old != file.home);
                is_gone = is_moved || viewers.keys().any(|user| !now.contains_key(user));
                drives.extend(file.home.drive().cloned());
                for (user, is_theirs) in now {
                    *viewers.entry(user).or_default() |= is_theirs;
                }
            }
            // Whoever loses sight of a file is told in any case.
            if index > 0 && !self.feeds_descendants && !is_gone {
                continue;
            }
            for (user, is_of_user) in viewers {
                let position = self.next_position();
                let entry = Entry { subject: Subject::File, id: id.clone(), at_ms, is_of_user };
                self.user_feeds.entry(user).or_default().record(position, entry);
            }
            for drive in drives {
                let position = self.next_position();
                let entry = Entry { subject: Subject::File, id: id.clone(), at_ms, is_of_user: false };
                self.drive_feeds.entry(drive).or_default().record(position, entry);
            }
        }
    }
}
