//! The catalogue: what this data directory knows of Connections, Directory, Archives, Items, Runs and
//! Snapshots, in SQLite. It is a cache of the Repository and can be rebuilt from it; the audit log and the
//! restore journals are not, and live in a database of their own, [`Journal`].
//!
//! Everything here blocks. One module per table: its row, its SQL, its tests. All functions take a [`Tx`],
//! so that what belongs together commits together.

pub mod archives;
pub mod changes;
pub mod connections;
pub mod deletions;
pub mod due;
pub mod folders;
pub mod groups;
pub mod items;
pub mod journal;
pub mod last_runs;
pub mod many;
pub mod notifications;
pub mod open_items;
pub mod org_units;
pub mod pauses;
pub mod policies;
pub mod requests;
pub mod rules;
pub mod run_ends;
pub mod run_items;
pub mod runs;
pub mod seen;
pub mod settings;
pub mod snapshots;
pub mod staged;
pub mod syncs;
pub mod users;

mod database;
mod directory;
mod error;
mod schema;
mod sql;

#[cfg(test)]
mod staged_model;
#[cfg(test)]
mod testing;

pub use archives::{Archive, ArchiveFilter};
pub use changes::{Change, MassChange, MassChangeId};
pub use connections::{Connection, ConnectionState, NewConnection};
pub use database::{Catalog, Tx};
pub use deletions::{Deletion, DeletionPhase};
pub use error::CatalogError;
pub use folders::{Folder, FolderId};
pub use groups::DirectoryGroup;
pub use items::StoredItem;
pub use journal::Journal;
pub use last_runs::LastRun;
pub use notifications::{Found, Notification, NotificationId, Subject};
pub use open_items::{Failure, OpenCounts, OpenItem, OpenOp, Place};
pub use org_units::DirectoryOrgUnit;
pub use pauses::{Pause, PauseTarget};
pub use policies::Level;
pub use requests::{Request, RequestId, RequestState};
pub use rules::{Rule, RuleId, RuleTarget};
pub use run_items::{RunItem, RunItemKind};
pub use runs::{Run, RunEnd, RunFilter, RunProgress, RunState, Trigger};
pub use snapshots::{Growth, SnapshotArchive, SnapshotRow};
pub use staged::{StagedFile, StagedItem, StagedOp};
pub use syncs::{Sync, SyncId, SyncKind};
pub use users::{DirectoryUser, Protection, Schedule, UserFilter};

/// The result of everything in this crate.
pub type Result<T> = std::result::Result<T, CatalogError>;
