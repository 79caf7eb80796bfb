//! What an application may do, as Box's developer console calls it.
//! <https://developer.box.com/guides/api-calls/permissions-and-errors/scopes>

/// Reading files and folders.
pub(super) const READ: &str = "root_readonly";
/// Users, and acting as them.
pub(super) const USERS: &str = "manage_managed_users";
/// Groups and memberships.
pub(super) const GROUPS: &str = "manage_groups";

/// Every scope that a backup needs, in the order in which they are shown.
pub fn all() -> Vec<&'static str> {
    vec![READ, USERS, GROUPS]
}

/// The console's words for a scope.
pub(super) fn console_words(scope: &str) -> &'static str {
    match scope {
        READ => "Read all files and folders stored in Box",
        USERS => "Manage users",
        _ => "Manage groups",
    }
}
