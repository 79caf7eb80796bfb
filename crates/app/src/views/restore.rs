//! What is kept of an owner, and bringing it back to this computer.

use holdfast_model::{RunResult, Service, Timestamp};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::UserError;
use crate::language::words;
use crate::views::OwnerRow;

/// An owner with all points in time.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct OwnerArchive {
    /// Whose.
    pub owner: OwnerRow,
    /// Points in time of all Services together, newest first.
    pub points: Vec<PointInTime>,
    /// By Service.
    pub services: Vec<ServicePoints>,
}

/// The points in time of one Service.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct ServicePoints {
    /// Which.
    pub service: Service,
    /// Newest first.
    pub points: Vec<PointInTime>,
}

/// A state that can be restored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct PointInTime {
    /// The time it shows.
    pub at: Timestamp,
    /// How the Run ended that made it.
    pub result: RunResult,
    /// Everything that was chosen is in it.
    pub complete: bool,
}

/// What to restore to this computer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RestoreInput {
    /// The key of an owner's row.
    pub owner: String,
    /// One Service, or all.
    pub service: Option<Service>,
    /// As it was then; the newest complete state where none.
    pub at: Option<Timestamp>,
    /// A state that is not complete will do.
    pub partial_too: bool,
    /// The full path of a folder.
    pub folder: String,
}

/// What a restore did, or would do.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct RestoreView {
    /// Where the files are.
    pub folder: String,
    /// Files written.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Items without content: folders, shortcuts.
    pub without_content: u64,
    /// Items whose content was never kept, with the documented reason.
    pub skipped: u64,
    /// Names that are changed for this system.
    pub renamed: u64,
    /// The first of them.
    pub renames: Vec<RestoredName>,
    /// Items that cannot be restored.
    pub problems_total: u64,
    /// The first of them.
    pub problems: Vec<RestoreProblemView>,
    /// Bytes free where the folder is, as far as the system says.
    pub free: Option<u64>,
    /// True where that is enough, or not known.
    pub fits: bool,
}

/// A restore to this computer that goes on, or the last one that ended. It is the app's, whatever page is shown.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct RestoreState {
    /// What was asked.
    pub input: RestoreInput,
    /// The address of the user, or the name of the shared drive.
    pub whose: String,
    /// Files written so far.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Of so many files, where the preview of the same restore told.
    pub of_files: Option<u64>,
    /// And bytes.
    pub of_bytes: Option<u64>,
    /// When it began.
    pub started: Timestamp,
    /// When it ended; none while it goes on.
    pub ended: Option<Timestamp>,
    /// What it did.
    pub result: Option<RestoreView>,
    /// Why it ended early.
    pub error: Option<UserError>,
}

/// A name that is changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct RestoredName {
    /// In the Cloud.
    pub from: String,
    /// In the folder.
    pub to: String,
}

/// An Item that cannot be restored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct RestoreProblemView {
    /// The Item.
    pub item: String,
    /// Why.
    #[serde(serialize_with = "words")]
    pub why: String,
}
