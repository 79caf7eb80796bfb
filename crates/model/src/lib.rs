//! The nouns of Holdfast, as SPEC names them. No I/O, no async, no clock: every crate may depend
//! on this one and it depends on none of them.

mod cloud;
mod directory;
mod ids;
mod item;
mod ledger;
mod path;
mod policy;
mod retention;
mod scope;
mod size_limit;

pub use cloud::{CloudKind, Service};
pub use directory::{Account, Group, Member, MemberKind, OrgUnit, User};
pub use ids::{
    ArchiveId, BlobId, ConnectionId, DriveId, GroupId, ItemId, OrgUnitId, RunId, TenantId, UserId,
};
pub use item::{ContentHash, HashKind, ItemMeta, MetaUpdate, PartLeftOut, SkipReason};
pub use ledger::{Ledger, RunResult};
pub use path::{file_stem, folder_name};
pub use policy::{DriveDocuments, ExportFormat, Policy, PolicyOverride, RunHours};
pub use retention::{MOST_KEPT, Retention};
pub use scope::{Owner, Scope};
pub use size_limit::SizeLimit;

/// A point in time, always UTC, written as RFC 3339.
pub type Timestamp = jiff::Timestamp;
