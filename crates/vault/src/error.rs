//! What can go wrong in a Repository, each in the words its remedy needs.

use std::error::Error;
use std::io;
use std::sync::Arc;

use jiff::Timestamp;

use crate::id::{BlobId, KeyId, RepositoryId};

/// A failure of the Repository. Clones share their cause, since a failed [`Writer`](crate::Writer)
/// gives the same one to everybody who waits for it.
#[derive(Debug, Clone, thiserror::Error)]
pub enum VaultError {
    /// No key of the repository is opened by this password.
    #[error("the password does not open this repository")]
    WrongPassword,
    /// Nothing is there: a disk that is not plugged in, a share that is not mounted, a wrong path.
    #[error("there is nothing at {location}")]
    NotFound {
        /// Where it was looked for.
        location: String,
    },
    /// There is something, and it is no restic repository.
    #[error("{location} is not a repository")]
    NotARepository {
        /// Where it was looked for.
        location: String,
    },
    /// A repository is there already, and a new one was to be made.
    #[error("there is already a repository at {location}")]
    AlreadyExists {
        /// Where.
        location: String,
    },
    /// A new repository was to be made among files that are not its own.
    #[error("{location} holds other files")]
    NotEmpty {
        /// Where.
        location: String,
    },
    /// The place holds another repository than the one that was expected.
    #[error("another repository is in this place (expected {expected})")]
    OtherRepository {
        /// The one that was expected.
        expected: RepositoryId,
        /// The one that is there, where its password allowed to find out.
        found: Option<RepositoryId>,
    },
    /// The storage refuses to be written.
    #[error("{what}: the storage cannot be written")]
    ReadOnly {
        /// What was attempted.
        what: String,
    },
    /// The storage is full.
    #[error("{what}: no space left")]
    NoSpace {
        /// What was attempted.
        what: String,
    },
    /// Someone else works in the repository.
    #[error("the repository is locked by {by} since {since}")]
    Locked {
        /// User, host and process.
        by: String,
        /// When the lock was last refreshed.
        since: Timestamp,
    },
    /// Our own lock vanished or grew stale (the computer slept, another program removed it).
    #[error("the lock of the repository was lost")]
    LockLost,
    /// Something in the repository is not what it must be.
    #[error("{what}")]
    Damaged {
        /// What, and what is wrong with it.
        what: String,
    },
    /// Something that is named is not there.
    #[error("{what} is missing")]
    Missing {
        /// What.
        what: String,
    },
    /// A file of a commit names a blob that neither index nor writer has.
    #[error("{path} names blob {blob}, which is not stored")]
    UnknownBlob {
        /// The path in the snapshot.
        path: String,
        /// The blob.
        blob: BlobId,
    },
    /// A file of a commit says another size than its blobs have.
    #[error("{path} says {said} bytes and its blobs have {have}")]
    WrongSize {
        /// The path in the snapshot.
        path: String,
        /// The size that was given.
        said: u64,
        /// The size of all blobs.
        have: u64,
    },
    /// A repository of a format this version does not know.
    #[error("the repository has format {version}, which is newer than this program knows")]
    TooNew {
        /// Its version.
        version: u32,
    },
    /// A repository of restic's first format, which cannot be compressed; restic can migrate it.
    #[error("the repository has the old format {version}; run: restic migrate upgrade_repo_v2")]
    TooOld {
        /// Its version.
        version: u32,
    },
    /// The key in use, or the last one, was to be removed.
    #[error("key {id} is in use")]
    KeyInUse {
        /// The key.
        id: KeyId,
    },
    /// Larger than what is allowed to be held in memory at once.
    #[error("{what} is larger than {limit} bytes")]
    TooLarge {
        /// What.
        what: String,
        /// The limit in bytes.
        limit: u64,
    },
    /// A name that cannot be kept: empty, over 255 bytes, a dot name, or with other than printable
    /// ASCII without slash, backslash and quote.
    #[error("{name:?} cannot be a name in a snapshot")]
    BadName {
        /// The name.
        name: String,
    },
    /// The edits of a commit were not sorted by path.
    #[error("the changes are not sorted: {path} comes too late")]
    OutOfOrder {
        /// The path that came too late.
        path: String,
    },
    /// A file and a folder would have the same path.
    #[error("{path} is both a file and a folder")]
    Conflict {
        /// The path.
        path: String,
    },
    /// The source of a commit's edits failed.
    #[error("the changes could not be read: {0}")]
    Edits(Arc<dyn Error + Send + Sync>),
    /// A metadata file could not be rewritten.
    #[error("{path} could not be rewritten: {cause}")]
    Rewrite {
        /// The path in the snapshot.
        path: String,
        /// The cause.
        cause: Arc<dyn Error + Send + Sync>,
    },
    /// It was asked to stop.
    #[error("cancelled")]
    Cancelled,
    /// The writer's threads have ended.
    #[error("the writer has ended")]
    Closed,
    /// Reading or writing failed otherwise.
    #[error("{what}: {source}")]
    Io {
        /// What was attempted.
        what: String,
        /// The cause.
        source: Arc<io::Error>,
    },
    /// rustic failed otherwise.
    #[error("{what}: {cause}")]
    Rustic {
        /// What was attempted.
        what: String,
        /// rustic's own words.
        cause: String,
    },
}

impl VaultError {
    /// An I/O error met while `what` was attempted, told apart by what a person can do about it.
    pub(crate) fn io(what: impl Into<String>, error: io::Error) -> Self {
        let what = what.into();
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::NoSpace { what },
            io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly { what },
            _ => Self::Io { what, source: Arc::new(error) },
        }
    }

    /// As [`io`](Self::io), for writes: being refused means that the storage cannot be written.
    pub(crate) fn write(what: impl Into<String>, error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::PermissionDenied {
            return Self::ReadOnly { what: what.into() };
        }
        Self::io(what, error)
    }

    /// As [`io`](Self::io), for files that are named and must therefore be there.
    pub(crate) fn read(what: impl Into<String>, error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing { what: what.into() },
            io::ErrorKind::UnexpectedEof => Self::Damaged { what: format!("{} is cut off", what.into()) },
            _ => Self::io(what, error),
        }
    }

    pub(crate) fn damaged(what: impl Into<String>) -> Self {
        Self::Damaged { what: what.into() }
    }
}
