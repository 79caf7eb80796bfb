//! Users, groups and org units with what protects them, and how they came in.

use holdfast_engine::catalog;
use holdfast_model::{Account, CloudKind, ConnectionId, RunResult, Service, Timestamp};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::UserError;
use crate::language::words;
use crate::views::{Light, PauseView};

/// The protection axis of a User's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Protection {
    /// Nobody chose this User.
    Unprotected,
    /// Backed up.
    Protected,
    /// Left out by choice.
    Excluded,
    /// A leaver whose Archives are kept.
    Retained,
}

impl Protection {
    /// The word in JSON and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unprotected => "unprotected",
            Self::Protected => "protected",
            Self::Excluded => "excluded",
            Self::Retained => "retained",
        }
    }
}

impl From<catalog::Protection> for Protection {
    fn from(known: catalog::Protection) -> Self {
        match known {
            catalog::Protection::Unprotected => Self::Unprotected,
            catalog::Protection::Protected => Self::Protected,
            catalog::Protection::Excluded => Self::Excluded,
            catalog::Protection::Retained => Self::Retained,
        }
    }
}

/// The schedule axis of a User's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Schedule {
    /// Runs happen.
    Active,
    /// A person stopped them.
    Paused,
    /// Runs cannot happen now.
    Waiting,
}

impl From<catalog::Schedule> for Schedule {
    fn from(known: catalog::Schedule) -> Self {
        match known {
            catalog::Schedule::Active => Self::Active,
            catalog::Schedule::Paused => Self::Paused,
        }
    }
}

/// A User as Manage Users shows it: four separate axes, and the light that follows from them.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct UserRow {
    /// The Connection whose Directory it is in.
    pub connection: ConnectionId,
    /// The Cloud's id.
    pub id: String,
    /// Primary address.
    pub address: String,
    /// Display name.
    pub name: String,
    /// Other addresses.
    pub aliases: Vec<String>,
    /// Account status.
    pub account: Account,
    /// The org unit's path.
    pub org_unit: Option<String>,
    /// True for an admin of the tenant.
    pub is_admin: bool,
    /// Whether it is backed up.
    pub protection: Protection,
    /// Whether Runs happen.
    pub schedule: Schedule,
    /// Whose pause it is, where they rest.
    pub pause: Option<PauseView>,
    /// What they wait for, where they wait: read after "waiting for".
    #[serde(serialize_with = "words")]
    pub waits_for: Option<String>,
    /// True where the User holds a License.
    pub licensed: bool,
    /// True where the User can be chosen for a backup.
    pub selectable: bool,
    /// Why not.
    #[serde(serialize_with = "words")]
    pub why_not: Option<String>,
    /// What a person sees of all that.
    pub light: Light,
    /// What is kept, by Service.
    pub services: Vec<KeptService>,
}

/// One Service of a User.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct KeptService {
    /// Which.
    pub service: Service,
    /// Items kept.
    pub items: u64,
    /// Bytes of content.
    pub bytes: u64,
    /// How the last Run ended.
    pub last_result: Option<RunResult>,
    /// The last good copy.
    pub last_complete_at: Option<Timestamp>,
}

impl UserRow {
    /// The oldest of the last good copies; none while a Service has none.
    pub fn last_good_copy(&self) -> Option<Timestamp> {
        self.services.iter().map(|kept| kept.last_complete_at).min().flatten()
    }
}

/// A group.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct GroupView {
    /// The Connection whose Directory it is in.
    pub connection: ConnectionId,
    /// The Cloud's id.
    pub id: String,
    /// Its address.
    pub address: String,
    /// Display name.
    pub name: String,
    /// Users in it, those of groups in it included.
    pub users: u64,
    /// Those of them that are protected.
    pub protected: u64,
    /// True where a rule protects whoever joins.
    pub is_rule: bool,
    /// Settings of its own are set.
    pub own_settings: bool,
    /// Its own pause, where there is one.
    pub pause: Option<PauseView>,
}

/// An org unit.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct OrgUnitView {
    /// The Connection whose Directory it is in.
    pub connection: ConnectionId,
    /// The Cloud's id.
    pub id: String,
    /// `/Berlin/Sales`.
    pub path: String,
    /// Users in it, without those of its sub-units.
    pub users: u64,
    /// Those of them that are protected.
    pub protected: u64,
    /// True where a rule protects whoever joins.
    pub is_rule: bool,
    /// The rule reaches the sub-units too.
    pub include_sub_units: bool,
    /// The unit above whose rule reaches this one.
    pub rule_of: Option<String>,
    /// Settings of its own are set.
    pub own_settings: bool,
    /// Its own pause, or that of a unit above it.
    pub pause: Option<PauseView>,
}

/// A Domain with how its Directory came in.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct DomainView {
    /// Its Connection.
    pub connection: ConnectionId,
    /// The Cloud.
    pub cloud: CloudKind,
    /// The Cloud's name.
    pub cloud_name: String,
    /// The Domain's name.
    pub domain: String,
    /// Whether the Connection can be used.
    #[ts(type = "ConnectionState")]
    pub state: String,
    /// Why it is not connected.
    #[serde(serialize_with = "words")]
    pub state_reason: Option<String>,
    /// The Cloud has groups.
    pub has_groups: bool,
    /// The Cloud has org units.
    pub has_org_units: bool,
    /// Users in the Directory.
    pub users: u64,
    /// Groups in it.
    pub groups: u64,
    /// Org units in it.
    pub org_units: u64,
    /// The last sync of each kind.
    pub syncs: Vec<SyncOutcome>,
    /// What the Cloud itself does with the data of accounts that are deleted there, in a sentence.
    #[serde(serialize_with = "words")]
    pub after_deletion: String,
    /// The Cloud's own page that says so.
    pub after_deletion_source: Option<String>,
}

/// A part of the Directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SyncPart {
    /// Users and their account status.
    Users,
    /// Groups and members.
    Groups,
    /// Org units.
    OrgUnits,
}

/// How a sync went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SyncState {
    /// There was none.
    Never,
    /// It told everything.
    Ok,
    /// It did not.
    Failed,
    /// It goes on.
    Running,
}

/// The last sync of one part of a Directory, and what it changed. The lists have at most 100 names each.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct SyncOutcome {
    /// Which part.
    pub what: SyncPart,
    /// When it ended, or began while it goes on.
    pub at: Option<Timestamp>,
    /// How it went.
    pub state: SyncState,
    /// Why it failed.
    pub error: Option<UserError>,
    /// How many the Cloud told of.
    pub count: u64,
    /// New.
    pub joined: Vec<String>,
    /// No longer there.
    pub left: Vec<String>,
    /// `old → new`.
    pub renamed: Vec<String>,
    /// Suspended or archived since.
    pub suspended: Vec<String>,
    /// Active again.
    pub restored: Vec<String>,
    /// How many joined.
    pub joined_count: u64,
    /// How many left.
    pub left_count: u64,
    /// How many have another address.
    pub renamed_count: u64,
    /// How many were suspended.
    pub suspended_count: u64,
    /// How many are active again.
    pub restored_count: u64,
}

/// Licenses: places for protected users.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct LicensesView {
    /// None for no limit.
    pub limit: Option<u64>,
    /// Places taken.
    pub used: u64,
    /// Places left, where there is a limit.
    pub free: Option<u64>,
    /// Who holds them.
    pub holders: Vec<LicenseHolder>,
}

/// A protected user.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct LicenseHolder {
    /// The Connection whose Directory it is in.
    pub connection: ConnectionId,
    /// Primary address.
    pub address: String,
    /// Display name.
    pub name: String,
}
