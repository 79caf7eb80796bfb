//! The Domain's users, groups and org units, as the Cloud last told them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{GroupId, OrgUnitId, Timestamp, UserId};

/// The account axis of a User's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Account {
    /// Can sign in; can be protected.
    Active,
    /// Blocked by an admin.
    Suspended,
    /// Kept by the Cloud for its data only.
    Archived,
    /// No longer in the Directory, or marked deleted by it.
    Deleted,
}

impl Account {
    /// Every account status.
    pub const ALL: [Self; 4] = [Self::Active, Self::Suspended, Self::Archived, Self::Deleted];

    /// The word in SQL, on the command line and in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Archived => "archived",
            Self::Deleted => "deleted",
        }
    }
}

/// A person or shared mailbox in the Directory. Aliases belong to their User.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Stable over renames.
    pub id: UserId,
    /// The primary address, as the Cloud writes it.
    pub address: String,
    /// Display name.
    pub name: String,
    /// Account status.
    pub account: Account,
    /// Where the Cloud has org units.
    pub org_unit: Option<OrgUnitId>,
    /// Other addresses of the same person.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// True for an admin of the tenant.
    #[serde(default)]
    pub is_admin: bool,
    /// When the account was made, where the Cloud says so.
    #[serde(default)]
    pub created: Option<Timestamp>,
}

/// A group of the Directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Stable over renames.
    pub id: GroupId,
    /// The group's address.
    pub address: String,
    /// Display name.
    pub name: String,
    /// How many direct members the Cloud says there are.
    pub direct_members: Option<u64>,
}

/// What a member of a group is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MemberKind {
    /// A user of the Directory, or an outsider.
    User,
    /// Another group: groups nest, and may nest in a circle.
    Group,
    /// Everyone in the tenant (Google: type `CUSTOMER`).
    Everyone,
}

/// One direct member of a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The user's or group's id; an outsider may have none.
    pub id: Option<String>,
    /// The member's address, where the Cloud gives it.
    pub address: Option<String>,
    /// User, group or everyone.
    pub kind: MemberKind,
}

/// An org unit. The root has no parent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrgUnit {
    /// Stable over renames and moves.
    pub id: OrgUnitId,
    /// The unit above.
    pub parent: Option<OrgUnitId>,
    /// Its own name.
    pub name: String,
    /// The full path, `/Sales/North`; the root is `/`.
    pub path: String,
}
