//! What can go wrong with the catalogue, told apart by what a person can do about it.

use std::io;

use rusqlite::ErrorCode;

/// A failure of the catalogue or the journal.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// A newer Holdfast wrote the file; it was left as it is.
    #[error("the catalogue has version {found}, this program knows versions up to {known}")]
    NewerVersion {
        /// The version in the file.
        found: u32,
        /// The newest version this program knows.
        known: u32,
    },
    /// The file is not a sound catalogue; it was left as it is and can be rebuilt from the Repository.
    #[error("the catalogue is damaged: {detail}")]
    Damaged {
        /// What did not fit.
        detail: String,
    },
    /// The disk is full; the transaction was undone.
    #[error("no space left on the disk of the catalogue")]
    NoSpace,
    /// The file or its disk cannot be written to.
    #[error("the catalogue cannot be written to")]
    ReadOnly,
    /// Another process held the catalogue for longer than the patience of 10 seconds.
    #[error("the catalogue is in use by another process")]
    Busy,
    /// The row asked for does not exist.
    #[error("no such {what}: {id}")]
    Missing {
        /// The noun.
        what: &'static str,
        /// Its id.
        id: String,
    },
    /// The caller asked for what must not be.
    #[error("refused: {0}")]
    Refused(&'static str),
    /// The file could not be made, copied or renamed.
    #[error("failed to {doing}: {error}")]
    File {
        /// What was attempted.
        doing: &'static str,
        /// Why it failed.
        #[source]
        error: io::Error,
    },
    /// The caller undid its own transaction.
    #[error("the transaction was undone by its caller")]
    Undone,
    /// Anything else that SQLite says.
    #[error("catalogue: {0}")]
    Sqlite(#[source] rusqlite::Error),
}

impl CatalogError {
    pub(crate) fn missing(what: &'static str, id: impl ToString) -> Self {
        Self::Missing { what, id: id.to_string() }
    }

    pub(crate) fn damaged(detail: impl ToString) -> Self {
        Self::Damaged { detail: detail.to_string() }
    }

    pub(crate) fn file(doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |error| match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::NoSpace,
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
            _ => Self::File { doing, error },
        }
    }
}

impl From<rusqlite::Error> for CatalogError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::Error as E;
        match &error {
            E::SqliteFailure(failure, _) => match failure.code {
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Self::damaged(&error),
                ErrorCode::DiskFull => Self::NoSpace,
                ErrorCode::ReadOnly | ErrorCode::PermissionDenied => Self::ReadOnly,
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Self::Busy,
                _ => Self::Sqlite(error),
            },
            E::FromSqlConversionFailure(..) | E::IntegralValueOutOfRange(..) | E::InvalidColumnType(..) => {
                Self::damaged(&error)
            }
            _ => Self::Sqlite(error),
        }
    }
}
