//! What is known of one file, folder, shortcut or Docs editors file.

use std::sync::Arc;

use super::content::Content;
use super::export::Editor;

/// An id of Google's: of a file, a shared drive or a user.
pub type Id = Arc<str>;

/// The MIME type of folders.
pub const FOLDER: &str = "application/vnd.google-apps.folder";
/// The MIME type of shortcuts.
pub const SHORTCUT: &str = "application/vnd.google-apps.shortcut";

/// Where a file lives; it decides who owns it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Home {
    /// The My Drive of this user.
    Mine(Id),
    /// This shared drive.
    Drive(Id),
}

impl Home {
    /// The user or the drive.
    #[must_use]
    pub fn id(&self) -> &Id {
        match self {
            Home::Mine(id) | Home::Drive(id) => id,
        }
    }

    /// The shared drive, if it is one.
    #[must_use]
    pub fn drive(&self) -> Option<&Id> {
        match self {
            Home::Mine(_) => None,
            Home::Drive(id) => Some(id),
        }
    }

    /// The owner, which files in shared drives do not have.
    #[must_use]
    pub fn owner(&self) -> Option<&Id> {
        match self {
            Home::Mine(id) => Some(id),
            Home::Drive(_) => None,
        }
    }
}

/// What sort of thing a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Holds others.
    Folder,
    /// Bytes that somebody uploaded.
    Blob,
    /// A Docs editors file: no bytes, only exports.
    Editor(Editor),
    /// Points to another file, which may be gone.
    Shortcut(Id),
}

/// One state of a file's content.
#[derive(Clone, Debug)]
pub struct Revision {
    /// Its id, unique within the file.
    pub id: String,
    /// When it was made.
    pub modified_ms: i64,
    /// The bytes of a blob, or the text of a Docs editors file.
    pub content: Content,
}

/// What somebody may do, least first.
/// <https://developers.google.com/workspace/drive/api/guides/ref-roles>
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// May read.
    Reader,
    /// May comment.
    Commenter,
    /// May edit.
    Writer,
    /// Content manager of a shared drive.
    FileOrganizer,
    /// Manager of a shared drive.
    Organizer,
    /// Owns the file.
    Owner,
}

impl Role {
    const NAMES: [(Role, &'static str); 6] = [
        (Role::Reader, "reader"),
        (Role::Commenter, "commenter"),
        (Role::Writer, "writer"),
        (Role::FileOrganizer, "fileOrganizer"),
        (Role::Organizer, "organizer"),
        (Role::Owner, "owner"),
    ];

    /// As the API calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(role, _)| *role == self).map_or("", |(_, name)| name)
    }

    /// By the API's name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(_, known)| *known == name).map(|(role, _)| *role)
    }
}

/// With whom a file is shared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grantee {
    /// A user of the company.
    User(Id),
    /// Everybody in the company who has the link.
    Domain,
    /// Everybody who has the link.
    Anyone,
}

/// One permission beside the owner's.
#[derive(Clone, Debug)]
pub struct Share {
    /// With whom.
    pub with: Grantee,
    /// To do what.
    pub role: Role,
    /// When.
    pub at_ms: i64,
}

/// One file.
#[derive(Clone, Debug)]
pub struct File {
    /// Its id, for ever.
    pub id: Id,
    /// Where it lives.
    pub home: Home,
    /// The folder it is in; the root of a drive has none.
    pub parent: Option<Id>,
    /// Its name, which nothing keeps from being odd or taken.
    pub name: String,
    /// What sort of thing it is.
    pub kind: Kind,
    /// Its MIME type.
    pub mime: String,
    /// What its owner wrote about it.
    pub description: Option<String>,
    /// Marked with a star by its owner.
    pub is_starred: bool,
    /// When it was made.
    pub created_ms: i64,
    /// When its content changed last.
    pub modified_ms: i64,
    /// Counts every change, seen or not.
    pub version: u64,
    /// Oldest first; the last one is what the file is now. Folders and shortcuts have none.
    pub revisions: Vec<Revision>,
    /// When it was put into the trash itself, not with its folder.
    pub trashed_ms: Option<i64>,
    /// Permissions given on this very file.
    pub shares: Vec<Share>,
    /// Readers and commenters may not download, copy or print.
    pub is_locked_for_readers: bool,
    /// Found to be malware.
    pub is_abusive: bool,
    /// Its place in listings that ask for no order.
    pub ordinal: u64,
}

impl File {
    /// What the file is now; `None` for folders and shortcuts.
    #[must_use]
    pub fn head(&self) -> Option<&Revision> {
        self.revisions.last()
    }

    /// Whether others can be in it.
    #[must_use]
    pub fn is_folder(&self) -> bool {
        self.kind == Kind::Folder
    }

    /// The permission on this very file for `user`.
    #[must_use]
    pub fn share_with(&self, user: &str) -> Option<&Share> {
        self.shares.iter().find(|share| matches!(&share.with, Grantee::User(id) if **id == *user))
    }
}

/// One shared drive.
#[derive(Clone, Debug)]
pub struct SharedDrive {
    /// Its id, which is also that of its top folder.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// When it was made.
    pub created_ms: i64,
    /// Who may do what.
    pub members: Vec<(Id, Role)>,
}

impl SharedDrive {
    /// The role of a member.
    #[must_use]
    pub fn role_of(&self, user: &str) -> Option<Role> {
        self.members.iter().find(|(id, _)| **id == *user).map(|(_, role)| *role)
    }
}
