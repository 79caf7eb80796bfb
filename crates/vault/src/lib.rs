//! The Repository: restic's format, version 2, written by our own writer and read by any restic.
//!
//! A [`Vault`] is an open Repository. A [`Writer`] takes bytes and gives the blobs they became; a
//! [`Commit`] turns changed folders into a restic snapshot that is saved last, after everything it
//! names is durable. A [`SnapshotView`] and a [`FileReader`] read it back.
//!
//! This is the only crate that names rustic, which makes and opens repositories, keeps their keys
//! and prunes. It never sees a cloud, an Item or an Archive: paths, names and bytes only.

mod check;
mod chunker;
mod commit;
mod copy;
mod crypt;
mod error;
mod format;
mod id;
mod index;
mod keys;
mod local;
mod lock;
mod merge;
mod mime_cut;
mod missing;
mod pack;
mod prune;
mod reader;
mod rewrite;
mod rustic;
mod snapshot;
mod storage;
mod tree;
mod vault;
mod view;
mod writer;

pub use check::{CheckOptions, CheckProblem, CheckProgress, CheckReport, ReadData};
pub use commit::{Commit, Committed, FileEntry, FolderEdit, Rewrite, RewriteError};
pub use copy::Copying;
pub use crypt::Password;
pub use error::VaultError;
pub use id::{BlobId, FileId, KeyId, ParseIdError, RepositoryId, SnapshotId};
pub use keys::KeyInfo;
pub use local::LocalFolder;
pub use lock::{LockGuard, LockInfo, LockKind};
pub use merge::Merged;
pub use prune::{PruneDepth, Pruned};
pub use reader::FileReader;
pub use snapshot::{SnapshotInfo, Summary};
pub use storage::{FileKind, Location, Storage, StorageState};
pub use vault::{OpenOptions, Vault};
pub use view::{Entry, EntryKind, SnapshotView, Walk, WalkEntry};
pub use writer::{Sink, Stored, Totals, Writer, WriterOptions};
