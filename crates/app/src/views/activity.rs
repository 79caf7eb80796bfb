//! Runs and how the backups stand.

use holdfast_model::{ArchiveId, Ledger, RunId, RunResult, Timestamp};
use serde::Serialize;

use crate::UserError;
use crate::views::{ConnectionView, RepositoryView};

/// A Run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunView {
    /// Its number.
    pub id: RunId,
    /// Its Archive.
    pub archive: ArchiveId,
    /// `anna@example.com Gmail`.
    pub title: String,
    /// Why it was started.
    pub trigger: String,
    /// When it began.
    pub started: Timestamp,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// `running` or `ended`.
    pub state: String,
    /// What it is doing.
    pub phase: String,
    /// How it ended.
    pub result: Option<RunResult>,
    /// Its counts.
    pub ledger: Ledger,
    /// True when every listed Item is accounted for.
    pub closes: bool,
    /// What limits it now.
    pub limited_by: Option<String>,
    /// What ended it early.
    pub error: Option<UserError>,
    /// What a person should know although nothing failed.
    pub note: Option<String>,
}

/// A Run with everything that it could not keep.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunDetail {
    /// The Run.
    pub run: RunView,
    /// Skipped and quarantined Items, each with its reason.
    pub items: Vec<RunItemView>,
}

/// An Item that a Run could not keep.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunItemView {
    /// `skipped` or `quarantined`.
    pub kind: String,
    /// The Cloud's id.
    pub item: String,
    /// A stable word.
    pub reason: String,
    /// What a person reads.
    pub sentence: String,
    /// The Cloud's own words.
    pub detail: Option<String>,
    /// In how many Runs it has failed.
    pub failed_runs: u64,
}

/// How a Run of a command ended.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EndedRun {
    /// Its number.
    pub id: RunId,
    /// Its Archive.
    pub archive: ArchiveId,
    /// `anna@example.com Gmail`.
    pub title: String,
    /// Its result.
    pub result: RunResult,
    /// Its counts.
    pub ledger: Ledger,
    /// What ended it early.
    pub error: Option<UserError>,
    /// What a person should know although nothing failed.
    pub note: Option<String>,
}

/// How the backups stand.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StatusView {
    /// The storage; none before `init`.
    pub repository: Option<RepositoryView>,
    /// The Connections.
    pub connections: Vec<ConnectionView>,
    /// Users that are protected.
    pub protected: u64,
    /// Active users that are not.
    pub unprotected: u64,
    /// Paused users.
    pub paused: u64,
    /// All Archives.
    pub archives: u64,
    /// Those whose last good copy is younger than 48 hours.
    pub fresh: u64,
    /// Those without any good copy yet.
    pub first_copy: u64,
    /// Those whose last good copy is older.
    pub stale: u64,
    /// Items kept.
    pub items: u64,
    /// Bytes of content.
    pub bytes: u64,
    /// The oldest of the last good copies.
    pub oldest_copy: Option<Timestamp>,
    /// Runs going on.
    pub running: Vec<RunView>,
    /// Archives that need a look.
    pub attention: Vec<Attention>,
}

/// An Archive that needs a look.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Attention {
    /// `anna@example.com Gmail`.
    pub title: String,
    /// What is the matter.
    pub why: String,
    /// The Run that says more.
    pub run: Option<RunId>,
}
