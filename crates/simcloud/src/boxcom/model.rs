//! Who and what is in the enterprise.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use serde_json::Value;

use crate::google::drive::content::Content;

/// A user's status. <https://developer.box.com/reference/resources/user>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// May do everything.
    Active,
    /// Deactivated by an admin.
    Inactive,
    /// May not delete or edit.
    CannotDeleteEdit,
    /// May not delete, edit or upload.
    CannotDeleteEditUpload,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::Active, Self::Inactive, Self::CannotDeleteEdit, Self::CannotDeleteEditUpload];

    /// As the API says it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::CannotDeleteEdit => "cannot_delete_edit",
            Self::CannotDeleteEditUpload => "cannot_delete_edit_upload",
        }
    }

    /// The status with this word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.word() == word)
    }
}

/// A managed user, or the service account of the application.
#[derive(Clone, Debug)]
pub struct User {
    /// Digits.
    pub id: String,
    /// Address to sign in with, lower case.
    pub login: String,
    /// Other addresses, each with whether its owner has confirmed it.
    pub aliases: Vec<(String, bool)>,
    /// Full name.
    pub name: String,
    /// `admin`, `coadmin` or `user`.
    pub role: &'static str,
    /// What the user may do.
    pub status: Status,
    /// The application's own user, which no listing shows.
    pub is_service: bool,
    /// Deleted by an admin.
    pub is_deleted: bool,
    /// The id of the other enterprise that the user belongs to, where it is not this one: known by what is shared alone.
    pub outside: Option<String>,
    /// When made, milliseconds since 1970.
    pub created_ms: i64,
    /// When changed.
    pub modified_ms: i64,
}

impl User {
    /// Whether the user is one of the enterprise's people.
    #[must_use]
    pub fn is_managed(&self) -> bool {
        !self.is_deleted && !self.is_service && self.outside.is_none()
    }

    /// Whether the user may see and act for the whole enterprise.
    #[must_use]
    pub fn is_admin(&self) -> bool {
        self.is_service || self.role != "user"
    }
}

/// A group.
#[derive(Clone, Debug)]
pub struct Group {
    /// Digits.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// When made.
    pub created_ms: i64,
    /// Who belongs to it.
    pub members: Vec<Member>,
}

/// A membership.
#[derive(Clone, Debug)]
pub struct Member {
    /// The membership's own id.
    pub id: String,
    /// The user's id.
    pub user: String,
    /// Whether the user administers the group.
    pub is_admin: bool,
}

/// Where an item lies.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Parent {
    /// "All Files" of this user.
    Root(String),
    /// A folder.
    Folder(u64),
}

/// One version of a file.
#[derive(Clone, Debug)]
pub struct Version {
    /// Digits.
    pub id: u64,
    /// Counted from 1 for its file; a version that goes leaves the others their numbers.
    pub number: u64,
    /// The bytes.
    pub content: Content,
    /// When uploaded.
    pub at_ms: i64,
    /// By whom (an id).
    pub by: String,
    /// When the content was made, where its uploader said so.
    pub created_ms: Option<i64>,
    /// When the content changed, where its uploader said so.
    pub modified_ms: Option<i64>,
    sha1: Arc<OnceLock<String>>,
}

impl Version {
    /// A version whose hash is worked out when asked for.
    #[must_use]
    pub fn new(id: u64, number: u64, content: Content, at_ms: i64, by: &str) -> Self {
        let by = by.to_owned();
        Self { id, number, content, at_ms, by, created_ms: None, modified_ms: None, sha1: Arc::default() }
    }

    /// Takes over a hash that was worked out elsewhere.
    pub fn know_sha1(&self, sha1: String) {
        // One that is known is the same.
        drop(self.sha1.set(sha1));
    }

    /// SHA-1 in hexadecimal; made once. Content that cannot be read has the hash of nothing.
    #[must_use]
    pub fn sha1(&self) -> &str {
        self.sha1.get_or_init(|| {
            use sha1::Digest as _;
            let mut digest = sha1::Sha1::new();
            for piece in self.content.pieces(0..self.content.size()).map_while(Result::ok) {
                digest.update(&piece);
            }
            crate::content::hex(&digest.finalize())
        })
    }
}

/// What an item is.
#[derive(Clone, Debug)]
pub enum Kind {
    /// A file; the last version is the current one.
    File(Vec<Version>),
    /// A folder.
    Folder,
    /// A bookmark.
    WebLink(String),
}

impl Kind {
    /// As the API says it.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::File(_) => "file",
            Self::Folder => "folder",
            Self::WebLink(_) => "web_link",
        }
    }
}

/// A file, folder or web link.
#[derive(Clone, Debug)]
pub struct Item {
    /// The number behind the id.
    pub id: u64,
    /// What it is.
    pub kind: Kind,
    /// Where it lies.
    pub parent: Parent,
    /// Whose it is (a user's id).
    pub owner: String,
    /// Its name.
    pub name: String,
    /// What is said of it.
    pub description: String,
    /// When made.
    pub created_ms: i64,
    /// When changed.
    pub modified_ms: i64,
    /// Who changed it last (an id).
    pub modified_by: String,
    /// Counts the changes.
    pub etag: u64,
    /// When it was put into the trash.
    pub trashed_ms: Option<i64>,
    /// `open`, `company` or `collaborators`, where there is a shared link.
    pub shared: Option<String>,
    /// Metadata instances by (scope, template).
    pub metadata: BTreeMap<(String, String), Value>,
    /// Tags.
    pub tags: Vec<String>,
    /// Downloads that are still answered with 202.
    pub unready: u64,
}

impl Item {
    /// The current version of a file.
    #[must_use]
    pub fn head(&self) -> Option<&Version> {
        self.versions().last()
    }

    /// All versions of a file, oldest first.
    #[must_use]
    pub fn versions(&self) -> &[Version] {
        match &self.kind {
            Kind::File(versions) => versions,
            _ => &[],
        }
    }
}

/// Who has been given access to an item.
#[derive(Clone, Debug)]
pub struct Collaboration {
    /// Its number.
    pub id: u64,
    /// The file or folder.
    pub item: u64,
    /// Who.
    pub to: Grantee,
    /// `editor`, `viewer`, ….
    pub role: String,
    /// Who gave it (an id).
    pub by: String,
    /// When.
    pub at_ms: i64,
}

/// Who is given access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grantee {
    /// A user, by id.
    User(String),
    /// A group, by id.
    Group(String),
    /// Someone who has not accepted yet, by address.
    Invited(String),
}

/// Roles of collaborations. <https://developer.box.com/reference/resources/collaboration>
pub const ROLES: [&str; 7] =
    ["editor", "viewer", "previewer", "uploader", "previewer uploader", "viewer uploader", "co-owner"];

/// Whether a role may download.
#[must_use]
pub fn may_download(role: &str) -> bool {
    ["owner", "co-owner", "editor", "viewer", "viewer uploader"].contains(&role)
}
