//! New versions of the app.

use holdfast_model::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// New versions, as the App page shows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct UpdatesView {
    /// The version that runs.
    pub version: String,
    /// This build knows where new versions are and whose signature to believe.
    pub is_possible: bool,
    /// It installs them itself; where not, the system's own packages do.
    pub installs: bool,
    /// A person wants it to look once a day.
    pub looks: bool,
    /// When it looked last.
    pub looked_at: Option<Timestamp>,
    /// The newest version, where that is newer than the one that runs.
    pub found: Option<NewVersion>,
    /// So many backups, restores and checks go on, the end of which an installation waits for.
    pub runs: u64,
}

/// A version that is newer than this one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NewVersion {
    /// `0.2.0`.
    pub version: String,
    /// What it brings, as its makers say.
    pub notes: Option<String>,
}
