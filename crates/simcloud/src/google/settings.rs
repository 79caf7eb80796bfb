//! What control can switch in a Google Workspace company.

use std::collections::BTreeSet;
use std::sync::RwLock;

use crate::sync::{read, write};

/// Scopes that the domain's admin has authorised for the service account at the start.
const DELEGATED: &[&str] = &[
    "https://www.googleapis.com/auth/gmail.readonly",
    "https://www.googleapis.com/auth/drive.readonly",
    "https://www.googleapis.com/auth/calendar.readonly",
    "https://www.googleapis.com/auth/contacts.readonly",
    "https://www.googleapis.com/auth/tasks.readonly",
    "https://www.googleapis.com/auth/admin.directory.user.readonly",
    "https://www.googleapis.com/auth/admin.directory.group.readonly",
    "https://www.googleapis.com/auth/admin.directory.group.member.readonly",
    "https://www.googleapis.com/auth/admin.directory.orgunit.readonly",
    "https://www.googleapis.com/auth/admin.directory.customer.readonly",
    "https://www.googleapis.com/auth/admin.directory.domain.readonly",
];

#[derive(Default)]
struct Switches {
    delegated: BTreeSet<String>,
    apis_off: BTreeSet<String>,
    oauth_testing: bool,
}

/// Switches of the company's admin and of its Cloud project.
pub struct Settings(RwLock<Switches>);

impl Settings {
    pub(crate) fn new() -> Self {
        let delegated = DELEGATED.iter().map(|s| (*s).to_owned()).collect();
        Self(RwLock::new(Switches { delegated, ..Switches::default() }))
    }

    /// Whether domain-wide delegation covers this scope.
    #[must_use]
    pub fn is_delegated(&self, scope: &str) -> bool {
        read(&self.0).delegated.contains(scope)
    }

    /// Sets the scopes of domain-wide delegation.
    pub fn set_delegated(&self, scopes: impl IntoIterator<Item = String>) {
        write(&self.0).delegated = scopes.into_iter().collect();
    }

    /// Whether the Cloud project has this API (by name or host) switched off.
    #[must_use]
    pub fn is_off(&self, api: &super::Api) -> bool {
        let switches = read(&self.0);
        switches.apis_off.contains(api.name) || switches.apis_off.contains(api.host)
    }

    /// Sets the APIs that are switched off.
    pub fn set_off(&self, apis: impl IntoIterator<Item = String>) {
        write(&self.0).apis_off = apis.into_iter().collect();
    }

    /// Whether the consent screen is left in Testing: refresh tokens die after 7 days.
    /// <https://developers.google.com/identity/protocols/oauth2#expiration>
    #[must_use]
    pub fn is_testing(&self) -> bool {
        read(&self.0).oauth_testing
    }

    /// Sets whether the consent screen is in Testing.
    pub fn set_testing(&self, testing: bool) {
        write(&self.0).oauth_testing = testing;
    }
}
