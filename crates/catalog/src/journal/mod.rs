//! The journal: the audit log and what restores made. It is no cache, so it has a database of its own that
//! outlives the catalogue.

pub mod audit;
pub mod restores;

use std::path::Path;
use std::sync::Arc;

use crate::database::Database;
use crate::schema;
use crate::{Result, Tx};

pub use audit::{AuditEntry, Chain};
pub use restores::{Restore, RestoreId, RestoreItem, RestoreOutcome};

/// The journal of a data directory. Cloning it is cheap and gives the same one. All calls block.
#[derive(Clone)]
pub struct Journal(Arc<Database>);

impl Journal {
    /// Opens the journal, makes it where there is none, and brings an older one to this version after copying it.
    ///
    /// # Errors
    /// [`crate::CatalogError::NewerVersion`] and [`crate::CatalogError::Damaged`] leave the file as it is.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Database::open(path.as_ref(), &schema::JOURNAL).map(|database| Self(Arc::new(database)))
    }

    /// Does `work` in one transaction that survives a power cut; undone whole if `work` fails.
    pub fn write<T>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        self.0.write_durable(work)
    }

    /// Does `work` on one unchanging state; writing in it fails.
    pub fn read<T>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        self.0.read(work)
    }
}
