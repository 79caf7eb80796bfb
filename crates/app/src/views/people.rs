//! Users, groups and org units with what protects them.

use holdfast_model::{ConnectionId, RunResult, Service, Timestamp};
use serde::Serialize;

/// A User as Manage Users shows it: four separate axes, never one mixed word.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UserView {
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
    /// `active`, `suspended`, `archived` or `deleted`.
    pub account: String,
    /// The org unit's path.
    pub org_unit: Option<String>,
    /// True for an admin of the tenant.
    pub is_admin: bool,
    /// `unprotected`, `protected`, `excluded` or `retained`.
    pub protection: String,
    /// `active` or `paused`.
    pub schedule: String,
    /// True where the User holds a License.
    pub licensed: bool,
    /// What is kept, by Service.
    pub services: Vec<KeptService>,
}

/// One Service of a User.
#[derive(Clone, Debug, PartialEq, Serialize)]
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

impl UserView {
    /// The oldest of the last good copies; none while a Service has none.
    pub fn last_good_copy(&self) -> Option<Timestamp> {
        self.services.iter().map(|kept| kept.last_complete_at).min().flatten()
    }
}

/// A group.
#[derive(Clone, Debug, PartialEq, Serialize)]
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
}

/// An org unit.
#[derive(Clone, Debug, PartialEq, Serialize)]
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
}

/// Licenses: places for protected users.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LicensesView {
    /// None for no limit.
    pub limit: Option<u64>,
    /// Places taken.
    pub used: u64,
    /// Places left, where there is a limit.
    pub free: Option<u64>,
    /// Addresses of who holds them.
    pub holders: Vec<String>,
}
