//! What one Archive holds: one User's one Service, or one shared drive.

use serde::{Deserialize, Serialize};

use crate::{DriveId, Service, UserId, path::file_stem};

/// Whose data it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// A User's own.
    User(UserId),
    /// The Domain's: a shared drive or site library.
    Domain(DriveId),
}

/// Names one Archive of a tenant, by ids only.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Scope {
    /// Whose.
    pub owner: Owner,
    /// Which Service.
    pub service: Service,
}

impl Scope {
    /// The Archive's folder below `/<cloud>/<tenant id>/`: `<user id>/<service>`, or
    /// `_domain/<service>/<drive id>` for what belongs to no user.
    pub fn folder(&self) -> Vec<String> {
        match &self.owner {
            Owner::User(user) => vec![file_stem(user.as_str()), self.service.as_str().to_owned()],
            Owner::Domain(drive) => {
                vec!["_domain".to_owned(), self.service.as_str().to_owned(), file_stem(drive.as_str())]
            }
        }
    }
}
