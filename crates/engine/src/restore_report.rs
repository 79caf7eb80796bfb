//! What a restore is asked for, and what it tells.

use std::path::PathBuf;

use holdfast_model::{ConnectionId, ItemId, Service, Timestamp};
use serde::{Deserialize, Serialize};

/// What to restore.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RestoreSelection {
    /// Of this Connection alone; two may know the same address.
    #[serde(default)]
    pub connection: Option<ConnectionId>,
    /// A user's address, a shared drive's name, or everything.
    pub whose: Option<String>,
    /// What people call that, where `whose` is an id.
    #[serde(default)]
    pub named: Option<String>,
    /// One Service, or all.
    pub service: Option<Service>,
    /// As it was at this time; the newest Snapshot where none.
    pub at: Option<Timestamp>,
    /// A Snapshot that is not complete will do, where it is the newest by then.
    #[serde(default)]
    pub partial_too: bool,
    /// Only these Items; all where empty.
    pub items: Vec<ItemId>,
}

impl RestoreSelection {
    /// Whose, which Service and how many Items, as the audit log tells it.
    pub(crate) fn in_words(&self) -> String {
        let whose = self.named.as_deref().or(self.whose.as_deref()).unwrap_or("everything");
        let service = self.service.map_or_else(String::new, |service| format!("/{service}"));
        let items = match self.items.len() {
            0 => String::new(),
            1 => ", 1 item".to_owned(),
            many => format!(", {many} items"),
        };
        format!("{whose}{service}{items}")
    }
}

/// What a restore did, or in a preview would do.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RestoreReport {
    /// Where the files are.
    pub folder: PathBuf,
    /// Files written.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Items without bytes: folders, shortcuts.
    pub without_content: u64,
    /// Items whose content was never kept, with the documented reason.
    pub skipped: u64,
    /// Names that had to be changed for this or another system; `index.csv` has them all.
    #[serde(default)]
    pub renamed: u64,
    /// The first of them.
    #[serde(default)]
    pub renames: Vec<RestoreRename>,
    /// What could not be restored, and why.
    pub problems: Vec<RestoreProblem>,
    /// True where nothing was written.
    pub preview: bool,
}

/// A name that had to be changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestoreRename {
    /// In the Cloud.
    pub from: String,
    /// In the folder.
    pub to: String,
}

/// One Item that could not be restored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RestoreProblem {
    /// The Item.
    pub item: String,
    /// Why.
    pub why: String,
}
