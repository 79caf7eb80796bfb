//! Names and addresses of the people that files mention.

use std::sync::RwLockReadGuard;

use serde_json::{Value, json};

use super::resource::permission_id;
use crate::google::directory::{Directories, Directory};

/// The Directory while a call is answered. It is taken before the drives' state, and once only.
pub struct People<'w>(RwLockReadGuard<'w, Directory>);

/// What files say of a user.
pub struct Person {
    /// Primary address.
    pub address: String,
    /// Full name.
    pub name: String,
}

impl<'w> People<'w> {
    pub(super) fn new(directory: &'w Directories) -> Self {
        Self(directory.read())
    }

    /// A user by id, also one who was deleted.
    #[must_use]
    pub fn person(&self, id: &str) -> Option<Person> {
        let user = self.0.user_or_deleted(id)?;
        Some(Person { address: user.address.clone(), name: user.full_name() })
    }

    /// Whether the user is still there.
    #[must_use]
    pub fn is_known(&self, id: &str) -> bool {
        self.0.exists(id)
    }

    /// The company's primary domain.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.0.domain
    }

    /// A user as the API shows them to `viewer`.
    #[must_use]
    pub fn user(&self, id: &str, viewer: &str) -> Value {
        let mut user = json!({"kind": "drive#user", "me": id == viewer, "permissionId": permission_id(id)});
        if let Some(person) = self.person(id) {
            user["displayName"] = json!(person.name);
            user["emailAddress"] = json!(person.address);
        }
        user
    }
}
