//! The Repository, its Archives, and what comes out of them.

use std::path::PathBuf;

use holdfast_model::{ArchiveId, RunResult, Service, Timestamp};
use serde::Serialize;

/// The storage.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RepositoryView {
    /// Its folder.
    pub path: PathBuf,
    /// Its identity.
    pub id: String,
    /// Bytes free on its disk, where the system says.
    pub free: Option<u64>,
    /// True where the folder can be reached now.
    pub reachable: bool,
}

/// An Archive.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ArchiveView {
    /// Its number.
    pub id: ArchiveId,
    /// What it is called on the command line: `anna@example.com/gmail`.
    pub path: String,
    /// The owner's address, or the shared drive's name.
    pub owner: String,
    /// The Domain's name.
    pub domain: String,
    /// Which Service.
    pub service: Service,
    /// The owner's account status; none for what belongs to the Domain.
    pub account: Option<String>,
    /// Items kept.
    pub items: u64,
    /// Bytes of content.
    pub bytes: u64,
    /// Items of which only metadata is kept.
    pub skipped: u64,
    /// How many Items the Cloud said there are.
    pub expected: Option<u64>,
    /// How the last Run ended.
    pub last_result: Option<RunResult>,
    /// The last good copy.
    pub last_complete_at: Option<Timestamp>,
}

/// Something in a place.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EntryView {
    /// Folder or Item.
    pub kind: EntryKind,
    /// Its name.
    pub name: String,
    /// What `ls`, `cat` and `restore` take for it.
    pub path: String,
    /// The Cloud's id.
    pub id: Option<String>,
    /// Bytes of content.
    pub size: Option<u64>,
    /// When a mail was received, when a file was changed.
    pub time: Option<Timestamp>,
    /// Label ids.
    pub labels: Vec<String>,
    /// Why its content is not kept.
    pub skip: Option<String>,
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum EntryKind {
    /// Holds others.
    Folder,
    /// One Item.
    Item,
}
