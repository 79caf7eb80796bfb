//! Who is in the company.

use std::collections::HashMap;

/// A user.
#[derive(Clone, Debug, PartialEq)]
pub struct User {
    /// 21 digits.
    pub id: String,
    /// What the user's content is derived from.
    pub number: u32,
    /// Whether the user was there at the start, with content.
    pub is_founder: bool,
    /// Primary address, lower case.
    pub address: String,
    /// Given name.
    pub given: String,
    /// Family name.
    pub family: String,
    /// Further addresses.
    pub aliases: Vec<String>,
    /// Path of the org unit.
    pub org_unit: String,
    /// Suspended by the admin.
    pub suspended: bool,
    /// Archived (an Archived User license).
    pub archived: bool,
    /// When deleted, milliseconds since 1970.
    pub deleted: Option<i64>,
    /// Super admin.
    pub is_admin: bool,
    /// When made, milliseconds since 1970.
    pub created: i64,
}

impl User {
    /// Given and family name.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{} {}", self.given, self.family).trim().to_owned()
    }

    /// `active`, `suspended`, `archived` or `deleted`.
    #[must_use]
    pub fn status(&self) -> &'static str {
        match self {
            Self { deleted: Some(_), .. } => "deleted",
            Self { archived: true, .. } => "archived",
            Self { suspended: true, .. } => "suspended",
            _ => "active",
        }
    }
}

/// A group.
#[derive(Clone, Debug)]
pub struct Group {
    /// Letters and digits.
    pub id: String,
    /// The group's address.
    pub address: String,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Its direct members.
    pub members: Vec<Member>,
}

/// A member of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub who: Who,
    /// The role in the group.
    pub role: Role,
}

/// Who is a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// A user of the company, by id.
    User(String),
    /// A group of the company, by id.
    Group(String),
    /// Someone outside, by address.
    External(String),
}

/// The role of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// May do all.
    Owner,
    /// May change members.
    Manager,
    /// Everyone else.
    Member,
}

impl Role {
    /// As the API says it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Owner => "OWNER",
            Self::Manager => "MANAGER",
            Self::Member => "MEMBER",
        }
    }
}

/// An org unit.
#[derive(Clone, Debug)]
pub struct OrgUnit {
    /// `id:…`.
    pub id: String,
    /// `/Berlin/Sales`; the root is `/`.
    pub path: String,
    /// What it is for.
    pub description: String,
}

impl OrgUnit {
    /// The last part of the path.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or("")
    }

    /// The path of the unit above; the root has none.
    #[must_use]
    pub fn parent(&self) -> Option<&str> {
        if self.path == "/" {
            return None;
        }
        self.path.rsplit_once('/').map(|(parent, _)| if parent.is_empty() { "/" } else { parent })
    }
}

/// Users, groups and org units of the company.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    /// `C0…`.
    pub customer_id: String,
    /// Primary domain.
    pub domain: String,
    /// Everybody, deleted ones too.
    pub users: Vec<User>,
    /// All groups.
    pub groups: Vec<Group>,
    /// All org units, the root first.
    pub org_units: Vec<OrgUnit>,
    /// Users by id and by address.
    pub(super) index: HashMap<String, usize>,
}

impl Directory {
    /// Must be called after ids, addresses or the list of users changed.
    pub fn reindex(&mut self) {
        self.index.clear();
        for (at, user) in self.users.iter().enumerate() {
            self.index.insert(user.id.clone(), at);
            if user.deleted.is_none() {
                self.index.insert(user.address.to_lowercase(), at);
                self.index.extend(user.aliases.iter().map(|a| (a.to_lowercase(), at)));
            } else {
                self.index.entry(user.address.to_lowercase()).or_insert(at);
            }
        }
    }

    /// A user who is not deleted, by id, address or alias.
    #[must_use]
    pub fn user(&self, key: &str) -> Option<&User> {
        self.user_or_deleted(key).filter(|u| u.deleted.is_none())
    }

    /// A user, by id, address or alias.
    #[must_use]
    pub fn user_or_deleted(&self, key: &str) -> Option<&User> {
        let at = self.index.get(key).or_else(|| self.index.get(&key.to_lowercase()))?;
        self.users.get(*at)
    }

    /// A user to change, by id, address or alias.
    pub fn user_mut(&mut self, key: &str) -> Option<&mut User> {
        let at = *self.index.get(key).or_else(|| self.index.get(&key.to_lowercase()))?;
        self.users.get_mut(at)
    }

    /// Whether a user with this id is there and not deleted.
    #[must_use]
    pub fn exists(&self, id: &str) -> bool {
        self.user(id).is_some()
    }

    /// A group by id or address.
    #[must_use]
    pub fn group(&self, key: &str) -> Option<&Group> {
        self.groups.iter().find(|g| g.id == key || g.address.eq_ignore_ascii_case(key))
    }

    /// A group to change, by id or address.
    pub fn group_mut(&mut self, key: &str) -> Option<&mut Group> {
        self.groups.iter_mut().find(|g| g.id == key || g.address.eq_ignore_ascii_case(key))
    }

    /// An org unit by path (with or without leading slash) or id.
    #[must_use]
    pub fn org_unit(&self, key: &str) -> Option<&OrgUnit> {
        let path = format!("/{}", key.trim_start_matches('/'));
        self.org_units.iter().find(|o| o.id == key || o.path.eq_ignore_ascii_case(&path))
    }
}
