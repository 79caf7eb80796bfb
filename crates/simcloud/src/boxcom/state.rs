//! The enterprise as it is now: who there is, the trees of items, who may reach them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::events::Log;
use super::metadata::templates::Template;
use super::model::{Collaboration, Grantee, Group, Item, Kind, Member, Parent, User};
use super::uploads::Session;

/// Everything that changes.
#[derive(Default)]
pub struct State {
    /// Digits.
    pub enterprise_id: String,
    /// Its name.
    pub enterprise_name: String,
    /// Everybody, deleted ones and the service account too.
    pub users: Vec<User>,
    /// All groups.
    pub groups: Vec<Group>,
    /// All items, by number.
    pub items: HashMap<u64, Item>,
    pub(super) children: HashMap<Parent, BTreeSet<u64>>,
    /// Who was given access to what.
    pub collaborations: BTreeMap<u64, Collaboration>,
    /// What happened.
    pub log: Log,
    /// Uploads in parts that are under way, by id.
    pub(super) uploads: HashMap<String, Session>,
    /// Metadata templates of the enterprise, oldest first.
    pub(super) templates: Vec<Template>,
    /// The last number that was given to anything.
    pub last_id: u64,
}

impl State {
    /// A number that nothing has yet.
    pub fn new_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// A user who is not deleted, by id or login.
    #[must_use]
    pub fn user(&self, key: &str) -> Option<&User> {
        self.any_user(key).filter(|user| !user.is_deleted)
    }

    /// A user, deleted or not, by id or login.
    #[must_use]
    pub fn any_user(&self, key: &str) -> Option<&User> {
        self.users.iter().find(|user| user.id == key || user.login.eq_ignore_ascii_case(key))
    }

    /// A user to change, by id or login.
    pub fn user_mut(&mut self, key: &str) -> Option<&mut User> {
        self.users.iter_mut().find(|user| user.id == key || user.login.eq_ignore_ascii_case(key))
    }

    /// A group, by id or name.
    #[must_use]
    pub fn group(&self, key: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.id == key || group.name == key)
    }

    /// A group to change, by id or name.
    pub fn group_mut(&mut self, key: &str) -> Option<&mut Group> {
        self.groups.iter_mut().find(|group| group.id == key || group.name == key)
    }

    /// Memberships with the group each belongs to.
    pub fn memberships(&self) -> impl Iterator<Item = (&Group, &Member)> {
        self.groups.iter().flat_map(|group| group.members.iter().map(move |member| (group, member)))
    }

    /// Puts an item where its `parent` says.
    pub fn place(&mut self, item: Item) -> u64 {
        let id = item.id;
        self.children.entry(item.parent.clone()).or_default().insert(id);
        self.items.insert(id, item);
        id
    }

    /// Moves an item; its subtree takes the owner of the new place.
    pub fn relocate(&mut self, id: u64, to: Parent) {
        let Some(item) = self.items.get_mut(&id) else { return };
        let from = std::mem::replace(&mut item.parent, to.clone());
        if let Some(children) = self.children.get_mut(&from) {
            children.remove(&id);
        }
        let owner = match &to {
            Parent::Root(owner) => owner.clone(),
            Parent::Folder(above) => self.items.get(above).map(|i| i.owner.clone()).unwrap_or_default(),
        };
        self.children.entry(to).or_default().insert(id);
        for below in self.subtree(id) {
            if let Some(item) = self.items.get_mut(&below) {
                item.owner.clone_from(&owner);
            }
        }
    }

    /// Removes an item with all below it, for ever.
    pub fn purge(&mut self, id: u64) {
        for below in self.subtree(id) {
            if let Some(item) = self.items.remove(&below)
                && let Some(children) = self.children.get_mut(&item.parent)
            {
                children.remove(&below);
            }
            self.children.remove(&Parent::Folder(below));
            self.collaborations.retain(|_, c| c.item != below);
        }
    }

    /// An item and all below it.
    #[must_use]
    pub fn subtree(&self, id: u64) -> Vec<u64> {
        let mut all = vec![id];
        let mut at = 0;
        while let Some(id) = all.get(at).copied() {
            all.extend(self.children(&Parent::Folder(id)).map(|item| item.id));
            at += 1;
        }
        all
    }

    /// What lies directly in a place, trashed or not, by number.
    pub fn children(&self, parent: &Parent) -> impl Iterator<Item = &Item> {
        self.children.get(parent).into_iter().flatten().filter_map(|id| self.items.get(id))
    }

    /// An item, then the folders above it up to the root.
    pub fn lineage<'s>(&'s self, item: &'s Item) -> impl Iterator<Item = &'s Item> {
        std::iter::successors(Some(item), |item| match item.parent {
            Parent::Root(_) => None,
            Parent::Folder(id) => self.items.get(&id),
        })
    }

    /// Whether an item, or a folder above it, is in the trash.
    #[must_use]
    pub fn is_trashed(&self, item: &Item) -> bool {
        self.lineage(item).any(|above| above.trashed_ms.is_some())
    }

    /// The role that a user has on an item: `owner`, or that of the nearest collaboration above.
    #[must_use]
    pub fn role<'s>(&'s self, user: &str, item: &'s Item) -> Option<&'s str> {
        if item.owner == user {
            return Some("owner");
        }
        self.lineage(item).find_map(|above| self.given(user, above.id))
    }

    fn given(&self, user: &str, item: u64) -> Option<&str> {
        self.collaborations
            .values()
            .filter(|c| c.item == item && self.reaches(&c.to, user))
            .map(|c| c.role.as_str())
            .next()
    }

    /// Whether access that was given to `to` is this user's.
    #[must_use]
    pub fn reaches(&self, to: &Grantee, user: &str) -> bool {
        match to {
            Grantee::User(id) => id == user,
            Grantee::Group(id) => {
                self.group(id).is_some_and(|group| group.members.iter().any(|member| member.user == user))
            }
            Grantee::Invited(_) => false,
        }
    }

    /// What a user finds in "All Files": their own, and what others gave them.
    #[must_use]
    pub fn all_files(&self, user: &str) -> Vec<&Item> {
        let root = Parent::Root(user.to_owned());
        let own = self.children(&root).filter(|item| item.trashed_ms.is_none());
        let mut all: Vec<&Item> = own.collect();
        let mut given: Vec<&Item> = self
            .collaborations
            .values()
            .filter(|c| self.reaches(&c.to, user))
            .filter_map(|c| self.items.get(&c.item))
            .filter(|item| item.owner != user && !self.is_trashed(item))
            .filter(|item| !self.lineage(item).skip(1).any(|above| self.role(user, above).is_some()))
            .collect();
        given.sort_by_key(|item| item.id);
        given.dedup_by_key(|item| item.id);
        all.extend(given);
        all
    }

    /// What lies in a folder, without what is in the trash.
    #[must_use]
    pub fn in_folder(&self, folder: u64) -> Vec<&Item> {
        self.children(&Parent::Folder(folder)).filter(|item| item.trashed_ms.is_none()).collect()
    }

    /// The folders above an item as a user sees them, topmost first, without "All Files".
    #[must_use]
    pub fn above<'s>(&'s self, user: &str, item: &'s Item) -> Vec<&'s Item> {
        let mut all: Vec<&Item> =
            self.lineage(item).skip(1).take_while(|above| self.role(user, above).is_some()).collect();
        all.reverse();
        all
    }

    /// Everything a user can reach that is not in the trash, folder by folder.
    #[must_use]
    pub fn reachable(&self, user: &str) -> Vec<&Item> {
        let mut all = self.all_files(user);
        let mut at = 0;
        while let Some(item) = all.get(at).copied() {
            if matches!(item.kind, Kind::Folder) {
                all.extend(self.in_folder(item.id));
            }
            at += 1;
        }
        all
    }

    /// Whether a name is taken in a place.
    #[must_use]
    pub fn named(&self, parent: &Parent, name: &str) -> Option<&Item> {
        self.children(parent).find(|item| item.trashed_ms.is_none() && item.name.eq_ignore_ascii_case(name))
    }
}
