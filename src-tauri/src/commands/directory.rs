//! The Directory.

use holdfast_app::SyncWhat;
use holdfast_app::views::{DomainView, GroupView, OrgUnitView, UserRow};

super::same_as_app! {
    /// The Domains, with how their Directories came in.
    domains() -> Vec<DomainView>;
    /// Brings in users, groups, org units, or all.
    sync(connection: Option<i64>, what: SyncWhat, accept_mass_deletion: bool) -> Vec<DomainView>;
    /// All users of a Domain.
    users(connection: i64) -> Vec<UserRow>;
    /// Its groups.
    groups(connection: i64) -> Vec<GroupView>;
    /// The users in a group.
    group_members(connection: i64, address: String) -> Vec<UserRow>;
    /// Its org units.
    org_units(connection: i64) -> Vec<OrgUnitView>;
    /// The users in an org unit.
    org_unit_users(connection: i64, path: String) -> Vec<UserRow>;
}
