//! Runs and how the backups stand.

use holdfast_model::{ArchiveId, ConnectionId, Ledger, RunId, RunResult, Service, Timestamp};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::UserError;
use crate::language::words;
use crate::views::{ConnectionView, LightCount, RepositoryView};

/// A Run.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct RunView {
    /// Its number.
    pub id: RunId,
    /// Its Archive.
    pub archive: ArchiveId,
    /// `anna@example.com Gmail`.
    #[serde(serialize_with = "words")]
    pub title: String,
    /// The owner's address, or the shared drive's name.
    pub owner: String,
    /// Which Service.
    pub service: Service,
    /// The Connection.
    pub connection: ConnectionId,
    /// The Domain's name.
    pub domain: String,
    /// Why it was started.
    pub trigger: String,
    /// When it began.
    pub started: Timestamp,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// Whether it goes on.
    pub state: RunStateWord,
    /// What it is doing; none when it ended.
    pub phase: Option<RunPhase>,
    /// All that it will have is stored: it ends, and is a copy, with the next save, within 15 minutes.
    pub is_stored: bool,
    /// How it ended.
    pub result: Option<RunResult>,
    /// Its counts.
    pub ledger: Ledger,
    /// True when every listed Item is accounted for.
    pub closes: bool,
    /// Items known to be still open.
    pub open: u64,
    /// How many Items the Cloud said there are.
    pub expected: Option<u64>,
    /// Items a second, lately.
    pub rate_items: Option<f64>,
    /// Bytes a second, lately.
    pub rate_bytes: Option<f64>,
    /// How long it will still take at best, once that can be known.
    pub seconds_low: Option<u64>,
    /// How long it will still take at worst.
    pub seconds_high: Option<u64>,
    /// What limits it now.
    #[serde(serialize_with = "words")]
    pub limited_by: Option<String>,
    /// What ended it early.
    pub error: Option<UserError>,
    /// What a person should know although nothing failed.
    #[serde(serialize_with = "words")]
    pub note: Option<String>,
    /// It can be paused.
    pub can_pause: bool,
    /// It can go on.
    pub can_resume: bool,
    /// It can be cancelled.
    pub can_cancel: bool,
    /// Its Archive can be backed up again now.
    pub can_retry: bool,
}

/// Whether a Run goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RunStateWord {
    /// It waits for its turn.
    Queued,
    /// It goes on.
    Running,
    /// A person paused it.
    Paused,
    /// It has a result.
    Ended,
}

/// What a Run is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RunPhase {
    /// Asking the Cloud what there is.
    Counting,
    /// Fetching.
    Copying,
    /// Making it durable.
    Saving,
}

impl RunPhase {
    /// The word on the screen.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counting => "counting",
            Self::Copying => "copying",
            Self::Saving => "saving",
        }
    }
}

/// A Run with what it could not keep.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct RunDetail {
    /// The Run.
    pub run: RunView,
    /// Quarantined and skipped Items, each with its reason.
    pub items: Vec<RunItemView>,
    /// How many there are, which may be more than are listed.
    pub items_total: u64,
}

/// An Item that a Run could not keep.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct RunItemView {
    /// `skipped` or `quarantined`.
    #[ts(type = "\"skipped\" | \"quarantined\"")]
    pub kind: String,
    /// The Cloud's id.
    pub item: String,
    /// A stable word.
    pub reason: String,
    /// What a person reads.
    #[serde(serialize_with = "words")]
    pub sentence: String,
    /// The Cloud's own words.
    pub detail: Option<String>,
    /// In how many Runs it has failed.
    pub failed_runs: u64,
    /// False where nobody knows why.
    pub is_explained: bool,
}

/// Which Runs to show; what is not set does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, TS)]
pub struct ActivityFilter {
    /// Those that go on, or those that ended.
    pub live: Option<bool>,
    /// With this result.
    pub result: Option<RunResult>,
    /// Of this Service.
    pub service: Option<Service>,
    /// Of this Connection.
    #[ts(type = "number | null")]
    pub connection: Option<i64>,
    /// With this in the owner's address or name.
    pub search: Option<String>,
    /// Older than this Run.
    #[ts(type = "number | null")]
    pub before: Option<i64>,
    /// At most so many.
    pub limit: u32,
}

/// Runs, newest first.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct ActivityView {
    /// The Runs.
    pub runs: Vec<RunView>,
    /// There are older ones.
    pub more: bool,
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
    /// The lights of the Archives.
    pub lights: Vec<LightCount>,
    /// The oldest of the last good copies.
    pub oldest_copy: Option<Timestamp>,
    /// Runs going on.
    pub running: Vec<RunView>,
    /// What due backups wait for, in words: `the network, since ...`.
    pub waiting: Vec<WaitingView>,
    /// Archives that need a look.
    pub attention: Vec<Attention>,
    /// When the storage was last verified.
    pub last_verified_at: Option<Timestamp>,
    /// Whether it was whole then.
    pub last_verify_ok: Option<bool>,
    /// What that found.
    #[serde(serialize_with = "words")]
    pub last_verify_sentence: Option<String>,
}

/// Due backups that wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WaitingView {
    /// `the network`.
    #[serde(serialize_with = "words")]
    pub waiting_for: String,
    /// The Domain whose backups wait; all where none.
    pub domain: Option<String>,
    /// Since when.
    pub since: Timestamp,
}

/// An Archive that needs a look.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Attention {
    /// `anna@example.com Gmail`.
    pub title: String,
    /// What is the matter.
    #[serde(serialize_with = "words")]
    pub why: String,
    /// The Run that says more.
    pub run: Option<RunId>,
}

/// What `run_now` backs up; what is not set does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, TS)]
pub struct RunNow {
    /// Of this Connection.
    #[ts(type = "number | null")]
    pub connection: Option<i64>,
    /// Of the user with this address.
    pub user: Option<String>,
    /// Of this Service.
    pub service: Option<Service>,
}

/// What `set_paused` needs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, TS)]
pub struct SetPaused {
    /// The Connection.
    pub connection: i64,
    /// The user's address.
    pub user: String,
    /// Paused or active.
    pub paused: bool,
}
