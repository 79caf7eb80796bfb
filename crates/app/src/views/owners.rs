//! Whose data is kept, as Manage Users and Archive & Restore list them: users, and shared drives, which belong to the Domain.

use holdfast_model::{Account, ConnectionId, RunResult, Service, Timestamp};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::language::words;
use crate::views::{Light, PauseView, Protection, Schedule};

/// A user, or a shared drive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum OwnerKind {
    /// A person or a shared mailbox.
    User,
    /// Takes no license and has no account.
    SharedDrive,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct OwnerRow {
    /// By which it is named in requests: unique over all Domains.
    pub key: String,
    /// The Connection whose Directory it is in.
    pub connection: ConnectionId,
    /// The Domain's name.
    pub domain: String,
    /// User or shared drive.
    pub kind: OwnerKind,
    /// The Cloud's id.
    pub id: String,
    /// Display name.
    pub name: String,
    /// Primary address; none for a shared drive.
    pub address: Option<String>,
    /// Account status; none for a shared drive.
    pub account: Option<Account>,
    /// The org unit's path.
    pub org_unit: Option<String>,
    /// It has an Archive and is no longer in the Domain.
    pub left: bool,
    /// Whether it is backed up.
    pub protection: Protection,
    /// Whether Runs happen.
    pub schedule: Schedule,
    /// Whose pause it is, where Runs rest.
    pub pause: Option<PauseView>,
    /// What Runs wait for, where they wait: read after "waiting for".
    #[serde(serialize_with = "words")]
    pub waits_for: Option<String>,
    /// Settings of its own are set.
    pub own_settings: bool,
    /// Hours between two Runs.
    pub frequency_hours: u8,
    /// What is kept, by Service.
    pub services: Vec<OwnerService>,
    /// Items kept.
    pub items: u64,
    /// Bytes of content.
    pub bytes: u64,
    /// Of what is chosen, so many percent are kept; none where nothing is chosen.
    pub progress: Option<u8>,
    /// The oldest of the last good copies of what is chosen; none while something has none.
    pub last_good_copy: Option<Timestamp>,
    /// What a person sees of all that.
    pub light: Light,
    /// What is kept is erased then, unless a person undoes it before.
    pub erased_at: Option<Timestamp>,
    /// Why it is not erased yet although its time has come, in a sentence.
    #[serde(serialize_with = "words")]
    pub erase_waits: Option<String>,
    /// Open causes that keep it from being protected.
    pub causes: u64,
}

/// One Service of an owner.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct OwnerService {
    /// Which.
    pub service: Service,
    /// Items kept.
    pub items: u64,
    /// Bytes of content.
    pub bytes: u64,
    /// How its last Run ended, or how it stands.
    pub result: ServiceResult,
    /// The last good copy.
    pub last_complete_at: Option<Timestamp>,
}

/// The last result of a Service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // Each is the result of its name.
pub enum ServiceResult {
    Never,
    Running,
    Complete,
    CompleteWithSkips,
    Partial,
    Failed,
    Cancelled,
    /// The last good copy is too old, whatever the last Run did.
    Stale,
    /// Switched off for the User in the Cloud.
    LeftOut,
}

impl From<RunResult> for ServiceResult {
    fn from(result: RunResult) -> Self {
        match result {
            RunResult::Complete => Self::Complete,
            RunResult::CompleteWithSkips => Self::CompleteWithSkips,
            RunResult::Partial => Self::Partial,
            RunResult::Failed => Self::Failed,
            RunResult::Cancelled => Self::Cancelled,
        }
    }
}

/// The `Backup Status` filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum BackupStatus {
    /// Protected, and Runs happen.
    Active,
    /// Protected, and a person stopped the Runs.
    Paused,
    /// Runs cannot happen now.
    Waiting,
    /// The first copy is not whole yet.
    FirstCopy,
    /// The last good copy is too old.
    Stale,
    /// A cause is open.
    Notification,
}

/// By what rows are sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // Each is the column of its name.
pub enum OwnerColumn {
    #[default]
    Name,
    Address,
    Account,
    Items,
    Size,
    Progress,
    LastGoodCopy,
    Status,
}

/// Whom to list; what is not set does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, TS)]
pub struct OwnersFilter {
    /// Of this Connection.
    #[ts(type = "number | null")]
    pub connection: Option<i64>,
    /// Only those of whom something is kept.
    pub archives_only: bool,
    /// With all these words in name, address or alias, whatever the case.
    pub search: Option<String>,
    /// With this account status.
    pub account: Option<Account>,
    /// With this protection.
    pub protection: Option<Protection>,
    /// With this backup status.
    pub status: Option<BackupStatus>,
    /// Only those that have an Archive and left the Domain.
    pub left: bool,
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, TS)]
pub struct OwnersQuery {
    /// Whom.
    pub filter: OwnersFilter,
    /// By what they are sorted.
    pub sort: OwnerColumn,
    /// The other way round.
    pub descending: bool,
    /// After so many.
    pub offset: u32,
    /// At most so many.
    pub limit: u32,
}

/// A part of a list, and how long the whole is.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct OwnersPage {
    /// Without any filter but the Connection's and that something is kept.
    pub total: u64,
    /// With the filter.
    pub listed: u64,
    /// The asked part of those.
    pub rows: Vec<OwnerRow>,
}

/// What is done to many at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum OwnersDeed {
    /// Runs no longer happen.
    Pause,
    /// Runs happen again, and begin at once.
    Resume,
    /// A Run begins for whoever is protected.
    BackUpNow,
    /// Backed up from now on, with a license each; a Run begins.
    Protect,
    /// Not backed up any more, whatever a rule says; what is kept stays, the license is freed.
    StopProtecting,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct OwnersDone {
    /// For so many it was done.
    pub done: u64,
    /// So many were left as they are: it makes no sense for them.
    pub left_out: u64,
}

/// What erasing did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct ErasedView {
    /// Done; otherwise it is done by itself as soon as no backup runs.
    pub done: bool,
    /// Bytes that the storage gave back.
    pub removed_bytes: Option<u64>,
}
