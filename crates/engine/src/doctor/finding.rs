//! What a check found, and the one thing that mends it.

use holdfast_catalog::PauseTarget;
use holdfast_model::{ConnectionId, RunId, Service};
use serde::{Deserialize, Serialize};

use crate::auto_backup::AutoBackupTarget;

/// What one check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The check's number in the list of causes.
    pub number: u8,
    /// What was tested.
    pub title: String,
    /// Whether it is a cause.
    pub verdict: Verdict,
    /// What was seen.
    pub evidence: String,
    /// What to do, where something is wrong.
    pub todo: Option<String>,
    /// What mends it, or where it is mended.
    #[serde(default)]
    pub fix: Option<Fix>,
}

/// Whether a check found a cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// As it should be.
    Good,
    /// A cause.
    Bad,
    /// No cause by itself, and good to know.
    Note,
    /// It could not be tested now.
    Unknown,
}

/// What mends a finding: done here, or the exact place where a person does it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fix", rename_all = "snake_case")]
pub enum Fix {
    /// Connect a Cloud.
    Connect,
    /// Renew a Connection.
    Reconnect {
        /// Which.
        connection: ConnectionId,
    },
    /// A page of the provider's.
    OpenLink {
        /// Its address.
        url: String,
        /// What is to be pasted there.
        copy: Option<String>,
    },
    /// Bring in the users.
    SyncUsers {
        /// Of this Connection.
        connection: ConnectionId,
    },
    /// Protect someone and back them up.
    Protect {
        /// In this Domain.
        connection: ConnectionId,
        /// The address.
        user: String,
    },
    /// Choose whom to back up.
    OpenStart,
    /// See who is backed up, and by which rules.
    OpenUsers,
    /// End a user's pause and back them up.
    Resume {
        /// In this Domain.
        connection: ConnectionId,
        /// The address.
        user: String,
    },
    /// Switch auto-backup on.
    AutoBackup {
        /// In this Domain.
        connection: ConnectionId,
        /// Where.
        target: AutoBackupTarget,
        /// What people call it: the Domain's name, the unit's path.
        name: String,
    },
    /// End a pause of more than one user.
    EndPause {
        /// What is paused.
        target: PauseTarget,
    },
    /// Back up now.
    RunNow {
        /// This Domain, or all.
        connection: Option<ConnectionId>,
        /// This user, or all.
        user: Option<String>,
    },
    /// Switch a Service on again.
    SwitchOn {
        /// In this Domain.
        connection: ConnectionId,
        /// For this user, or for the Domain.
        user: Option<String>,
        /// Which.
        service: Service,
    },
    /// Leave a Service out that is switched off in the Cloud.
    LeaveOut {
        /// In this Domain.
        connection: ConnectionId,
        /// For this user, or for all for whom it is off.
        user: Option<String>,
        /// Which.
        service: Service,
    },
    /// See what a Run says.
    OpenRun {
        /// Which.
        run: RunId,
    },
    /// See the causes that are open.
    OpenCauses,
    /// Change the limit of licenses.
    OpenLicenses,
    /// See to the storage.
    OpenStorage,
    /// Settings of the app on this computer.
    OpenSettings,
    /// Have the system look after the backups though the app is closed.
    StartWatchdog,
}

impl Finding {
    /// What to do, with the address of the page where it is done: for who has no button that opens it.
    pub fn todo_with_address(&self) -> Option<String> {
        let todo = self.todo.as_deref()?;
        Some(match &self.fix {
            Some(Fix::OpenLink { url, .. }) => format!("{}: {url}", todo.trim_end_matches('.')),
            _ => todo.to_owned(),
        })
    }

    /// As it should be.
    pub fn good(number: u8, title: &str, evidence: impl Into<String>) -> Self {
        Self::of(number, title, Verdict::Good, evidence)
    }

    /// A cause, and what to do.
    pub fn bad(number: u8, title: &str, evidence: impl Into<String>, todo: impl Into<String>) -> Self {
        Self { todo: Some(todo.into()), ..Self::of(number, title, Verdict::Bad, evidence) }
    }

    /// Good to know, and what could be done.
    pub fn note(number: u8, title: &str, evidence: impl Into<String>, todo: impl Into<String>) -> Self {
        Self { todo: Some(todo.into()), ..Self::of(number, title, Verdict::Note, evidence) }
    }

    /// It could not be tested.
    pub fn unknown(number: u8, title: &str, evidence: impl Into<String>) -> Self {
        Self::of(number, title, Verdict::Unknown, evidence)
    }

    /// With what mends it.
    #[must_use]
    pub fn with(self, fix: Fix) -> Self {
        Self { fix: Some(fix), ..self }
    }

    fn of(number: u8, title: &str, verdict: Verdict, evidence: impl Into<String>) -> Self {
        Self { number, title: title.to_owned(), verdict, evidence: evidence.into(), todo: None, fix: None }
    }
}
