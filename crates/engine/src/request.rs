//! What can be asked of the worker, from this process or another, and what it answers.

use holdfast_catalog::PauseTarget;
use holdfast_model::{
    ArchiveId, ConnectionId, Ledger, PolicyOverride, Retention, RunId, RunResult, Service, Timestamp,
};
use serde::{Deserialize, Serialize};

use crate::auto_backup::AutoBackupTarget;
use crate::backup::RunEnd;
use crate::people::{ChosenUser, UserSetting};
use crate::policy::PolicyTarget;
use crate::rebuild::RebuildReport;
use crate::schedule::ScheduleRules;
use crate::selection::{Selection, Started};
use crate::sync::{SyncReport, SyncWhat};
use crate::upkeep::{EraseReport, ForgetReport};

/// One request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "request", rename_all = "snake_case")]
pub enum Request {
    /// Record a Connection whose secret the asker has stored.
    Connect {
        /// Which Cloud.
        cloud: holdfast_model::CloudKind,
        /// The name of its secret.
        secret_name: String,
        /// Where its addresses are not the built-in ones.
        endpoints_note: Option<String>,
    },
    /// Give a Connection a new secret.
    Reconnect {
        /// Which.
        connection: ConnectionId,
        /// The name of the new secret.
        secret_name: String,
    },
    /// Forget a Connection's secret; its Archives are kept.
    Disconnect {
        /// Which.
        connection: ConnectionId,
    },
    /// Read the Directory.
    Sync {
        /// One Connection, or all.
        connection: Option<ConnectionId>,
        /// Which part.
        what: SyncWhat,
        /// Goes on although more than a third of the users would be marked deleted.
        accept_mass_deletion: bool,
    },
    /// Protect a selection and back it up.
    Start {
        /// Whom.
        selection: Selection,
        /// Custom settings for just this selection.
        policy: Option<PolicyOverride>,
        /// Back up now; else at the next schedule.
        run_now: bool,
    },
    /// Back up what is protected already.
    Run {
        /// One Connection, or all.
        connection: Option<ConnectionId>,
        /// One user's address, or all.
        user: Option<String>,
        /// One Service, or all.
        service: Option<Service>,
    },
    /// Begin a Run of each of these Archives, which go on after the answer. Archives to try again, those of a
    /// [`Started`], or those of [`crate::Engine::archives_to_run`].
    Begin {
        /// Which.
        archives: Vec<ArchiveId>,
    },
    /// Let a Run rest until it is resumed.
    PauseRun {
        /// Which.
        run: RunId,
    },
    /// Let a Run that rests go on.
    ResumeRun {
        /// Which.
        run: RunId,
    },
    /// Cancel a Run.
    Cancel {
        /// Which.
        run: RunId,
    },
    /// Pause or resume a user's schedule.
    SetPaused {
        /// The user's address.
        user: String,
        /// Paused or active.
        paused: bool,
    },
    /// Decide something for many users at once.
    SetUsers {
        /// Whose Directory.
        connection: ConnectionId,
        /// Whom.
        users: Vec<ChosenUser>,
        /// What.
        to: UserSetting,
    },
    /// Let the backups of everything, a unit, a group or a user rest.
    Pause {
        /// Whose.
        who: PauseTarget,
        /// Until then; none until a person ends it.
        until: Option<Timestamp>,
    },
    /// End a pause.
    Unpause {
        /// Whose.
        who: PauseTarget,
    },
    /// Protect people who appear later in the Domain, a group or an org unit, or no longer.
    SetAutoBackup {
        /// Whose Directory.
        connection: ConnectionId,
        /// Where.
        target: AutoBackupTarget,
        /// On or off.
        on: bool,
    },
    /// Say what holds due backups back on this computer.
    SetScheduleRules {
        /// All of them.
        rules: ScheduleRules,
    },
    /// Limit what downloads may take.
    SetBandwidth {
        /// Bytes a second; none for no limit.
        limit: Option<u64>,
    },
    /// Cap the number of protected users.
    SetLicenses {
        /// None for no limit.
        limit: Option<u64>,
    },
    /// Change a Policy.
    SetPolicy {
        /// One Connection.
        connection: Option<ConnectionId>,
        /// The level, and for whom.
        target: PolicyTarget,
        /// All fields that are set at this level from now on; none to set nothing there any more.
        policy: PolicyOverride,
    },
    /// Delete a user's Archives: protection ends now, the license is free, and after seven days they are erased.
    DeleteArchive {
        /// One Connection, or whichever has the user.
        connection: Option<ConnectionId>,
        /// The user's id or address.
        user: String,
    },
    /// Undo a deletion that waits.
    KeepArchive {
        /// One Connection, or whichever has the user.
        connection: Option<ConnectionId>,
        /// The user's id or address.
        user: String,
    },
    /// Erase a user's Archives from the Repository now, as soon as no Run goes on.
    EraseNow {
        /// One Connection, or whichever has the user.
        connection: Option<ConnectionId>,
        /// The user's id or address.
        user: String,
    },
    /// Set how long snapshots of a Domain are kept.
    SetRetention {
        /// One Connection.
        connection: Option<ConnectionId>,
        /// None keeps everything forever.
        retention: Option<Retention>,
    },
    /// Remove the snapshots that retention no longer keeps.
    Forget {
        /// One Connection, or all.
        connection: Option<ConnectionId>,
    },
    /// Give back the space of what no snapshot names.
    Prune,
    /// A person looked at a mass change: retention goes on.
    ReleaseRetention {
        /// One Connection.
        connection: Option<ConnectionId>,
    },
    /// Make the catalogue anew from the Repository.
    Rebuild,
}

/// What a request brought.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "response", rename_all = "snake_case")]
pub enum Response {
    /// It is done; there is nothing to tell.
    Done,
    /// A Connection was made or renewed.
    Connected {
        /// Its id.
        connection: ConnectionId,
        /// The Domain's name.
        domain: String,
        /// The account that authorised it.
        signed_in_as: String,
    },
    /// The Directory was read.
    Synced {
        /// One report per Connection and part.
        reports: Vec<SyncReport>,
    },
    /// A selection was protected, and backed up where asked.
    Started {
        /// Who, and who not and why.
        started: Started,
        /// The Runs, if any.
        runs: Vec<RunSummary>,
    },
    /// Backups ran.
    Ran {
        /// The Runs.
        runs: Vec<RunSummary>,
    },
    /// Runs were begun.
    Begun {
        /// The Runs, those that went on already included.
        runs: Vec<RunId>,
    },
    /// A user's Archives are to be deleted.
    ToBeDeleted {
        /// The user's address.
        user: String,
        /// Until then it can be undone.
        due: Timestamp,
    },
    /// A deletion was undone.
    Kept {
        /// The user is backed up again; else the Archives are kept as they are.
        is_protected: bool,
    },
    /// A user's Archives are erased, or will be as soon as no Run goes on.
    Erased {
        /// None where Runs go on.
        report: Option<EraseReport>,
    },
    /// Retention was applied.
    Forgotten {
        /// What it did.
        report: ForgetReport,
    },
    /// Space was given back.
    Pruned {
        /// Bytes that were removed.
        removed_bytes: u64,
        /// Bytes that are left.
        kept_bytes: u64,
    },
    /// The catalogue was rebuilt.
    Rebuilt {
        /// What was found.
        report: RebuildReport,
    },
}

/// How one Run ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunSummary {
    /// The Run.
    pub run: RunId,
    /// Its Archive.
    pub archive: ArchiveId,
    /// `anna@example.com Gmail`.
    pub title: String,
    /// Final counts.
    pub ledger: Ledger,
    /// What follows from them.
    pub result: RunResult,
    /// Code and text of what ended it early.
    pub error: Option<(String, String)>,
    /// What a person should know although nothing failed.
    pub note: Option<String>,
}

impl From<RunEnd> for RunSummary {
    fn from(end: RunEnd) -> Self {
        Self {
            run: end.run,
            archive: end.archive.id,
            title: end.title,
            ledger: end.ledger,
            result: end.result,
            error: end.error,
            note: end.note,
        }
    }
}

impl Request {
    /// The word by which requests are told apart in the catalogue.
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Connect { .. } => "connect",
            Self::Reconnect { .. } => "reconnect",
            Self::Disconnect { .. } => "disconnect",
            Self::Sync { .. } => "sync",
            Self::Start { .. } => "start",
            Self::Run { .. } => "run",
            Self::Begin { .. } => "begin",
            Self::PauseRun { .. } => "pause_run",
            Self::ResumeRun { .. } => "resume_run",
            Self::Cancel { .. } => "cancel",
            Self::SetPaused { .. } => "set_paused",
            Self::SetUsers { .. } => "set_users",
            Self::Pause { .. } => "pause",
            Self::Unpause { .. } => "unpause",
            Self::SetAutoBackup { .. } => "set_auto_backup",
            Self::SetScheduleRules { .. } => "set_schedule_rules",
            Self::SetBandwidth { .. } => "set_bandwidth",
            Self::SetLicenses { .. } => "set_licenses",
            Self::SetPolicy { .. } => "set_policy",
            Self::DeleteArchive { .. } => "delete_archive",
            Self::KeepArchive { .. } => "keep_archive",
            Self::EraseNow { .. } => "erase_now",
            Self::SetRetention { .. } => "set_retention",
            Self::Forget { .. } => "forget",
            Self::Prune => "prune",
            Self::ReleaseRetention { .. } => "release_retention",
            Self::Rebuild => "rebuild",
        }
    }
}
