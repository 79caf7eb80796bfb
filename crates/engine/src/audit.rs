//! The audit log: who (OS user) did what, when, with which outcome. One call records a deed; rows are only added, and each
//! holds the hash of all before it.
//!
//! Subjects are addresses, domains, Services and ids, never a subject, a body or a file's name.

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use holdfast_catalog::journal::{AuditEntry, Chain, audit};
use holdfast_catalog::{Journal, PauseTarget, connections};
use holdfast_model::{ConnectionId, Timestamp};

use crate::auto_backup::AutoBackupTarget;
use crate::engine::{Engine, blocking};
use crate::error::{EngineError, Result};
use crate::people::in_words;
use crate::request::{Request, Response};

/// Who acted where nobody asked: the schedule, retention, the end of a grace period.
pub const BY_ITSELF: &str = "holdfast";
/// The outcome of what succeeded.
pub const OK: &str = "ok";
/// The same view by the same person is recorded once in so many seconds: whoever opens a folder looks at a hundred.
const VIEW_EVERY: i64 = 10 * 60;
/// Views remembered for that.
const MOST_VIEWS: usize = 10_000;

/// What the audit log needs beside its database.
#[derive(Default)]
pub(crate) struct Audit {
    journal: OnceLock<Journal>,
    views: Mutex<HashMap<String, Timestamp>>,
}

/// Some rows of the audit log, newest first, and whether nobody changed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditLog {
    /// Number and entry.
    pub rows: Vec<(i64, AuditEntry)>,
    /// How many there are in all.
    pub total: u64,
    /// What following the hashes found.
    pub chain: Chain,
}

impl Engine {
    /// Records a deed. `who` is [`os_user`], or [`BY_ITSELF`]; `outcome` is [`OK`] or the code of the error. A log that cannot
    /// be written undoes no deed: that is told in the program's log.
    pub async fn audit(&self, who: &str, what: &str, subject: &str, outcome: &str) {
        let entry = AuditEntry {
            at: self.now(),
            who: who.to_owned(),
            what: what.to_owned(),
            subject: subject.to_owned(),
            outcome: outcome.to_owned(),
        };
        let engine = self.clone();
        let recorded = blocking(move || {
            engine.journal()?.write(|tx| audit::append(tx, &entry))?;
            Ok(())
        });
        if let Err(error) = recorded.await {
            tracing::error!(code = error.code(), %error, what, subject, "a deed could not be recorded");
        }
    }

    /// Records what this program's OS user did.
    pub async fn audit_deed<T>(&self, what: &str, subject: &str, done: &Result<T>) {
        self.audit(os_user(), what, subject, outcome(done)).await;
    }

    /// Records that someone looked at what is kept, once in ten minutes for the same thing.
    pub(crate) async fn audit_view<T>(&self, subject: &str, done: &Result<T>) {
        if self.is_new_view(subject) {
            self.audit_deed("view", subject, done).await;
        }
    }

    fn is_new_view(&self, subject: &str) -> bool {
        let now = self.now();
        let mut views = self.audit_state().views.lock().unwrap_or_else(PoisonError::into_inner);
        let is_recent = |at: &Timestamp| now.duration_since(*at).as_secs().abs() < VIEW_EVERY;
        if views.get(subject).is_some_and(is_recent) {
            return false;
        }
        views.retain(|_, at| is_recent(at));
        if views.len() < MOST_VIEWS {
            views.insert(subject.to_owned(), now);
        }
        true
    }

    /// The newest `limit` rows, older than `before` where given, with the state of the whole chain.
    pub async fn audit_log(&self, before: Option<i64>, limit: u32) -> Result<AuditLog> {
        let engine = self.clone();
        blocking(move || {
            let log = engine.journal()?.read(|tx| {
                Ok(AuditLog {
                    rows: audit::list(tx, before, limit)?,
                    total: audit::count(tx)?,
                    chain: audit::verify_chain(tx)?,
                })
            });
            Ok(log?)
        })
        .await
    }

    /// The number of the newest row; none where nothing was recorded.
    pub async fn last_deed(&self) -> Result<Option<i64>> {
        let engine = self.clone();
        blocking(move || {
            let newest = engine.journal()?.read(|tx| audit::list(tx, None, 1))?;
            Ok(newest.first().map(|(number, _)| *number))
        })
        .await
    }

    /// The journal, opened when first needed. A damaged one keeps no backup from running. Blocks.
    pub(crate) fn journal(&self) -> Result<&Journal> {
        let kept = &self.audit_state().journal;
        if let Some(journal) = kept.get() {
            return Ok(journal);
        }
        let opened = Journal::open(self.data_dir().journal())?;
        Ok(kept.get_or_init(|| opened))
    }

    /// Records a request, where it is one that the log is for.
    pub(crate) async fn audit_request(
        &self,
        who: &str,
        deed: Option<(&'static str, Subject)>,
        done: &Result<Response>,
    ) {
        let Some((what, subject)) = deed else { return };
        let subject = match subject {
            Subject::Text(text) => text,
            Subject::Connection(id, text) => self.named(id, &text).await,
            Subject::OfAnswer => match done {
                Ok(Response::Connected { domain, .. }) => domain.clone(),
                _ => String::new(),
            },
        };
        self.audit(who, what, &subject, outcome(done)).await;
    }

    /// `domain: text`, with the Domain's name where it is known.
    async fn named(&self, id: Option<ConnectionId>, text: &str) -> String {
        let found = self.read(move |tx| {
            let all = connections::list(tx)?;
            let mut found = all.into_iter().filter(|one| id.is_none_or(|id| one.id == id));
            Ok(found.next().map(|one| one.tenant_name))
        });
        let domain = match found.await {
            Ok(Some(domain)) => domain,
            // Not known, or the catalogue failed: the deed's own outcome says so.
            Ok(None) | Err(_) => id.map_or_else(String::new, |id| format!("connection {id}")),
        };
        match (domain.is_empty(), text.is_empty()) {
            (true, _) => text.to_owned(),
            (false, true) => domain,
            (false, false) => format!("{domain}: {text}"),
        }
    }
}

/// On what a request acts, in the words of the log.
pub(crate) enum Subject {
    /// These.
    Text(String),
    /// A Domain, the only one where none is named, and what of it.
    Connection(Option<ConnectionId>, String),
    /// The Domain that the answer names.
    OfAnswer,
}

impl Request {
    /// The stable word for what this does and on what; none for what changes nothing that a person has set, and destroys
    /// and discloses nothing.
    pub(crate) fn deed(&self) -> Option<(&'static str, Subject)> {
        let on = |id: &ConnectionId| Subject::Connection(Some(*id), String::new());
        Some(match self {
            Self::Connect { .. } => ("connection.add", Subject::OfAnswer),
            Self::Reconnect { connection, .. } => ("connection.renew", on(connection)),
            Self::Disconnect { connection } => ("connection.end", on(connection)),
            Self::Sync { connection, accept_mass_deletion: true, .. } => {
                ("directory.accept_deletions", Subject::Connection(*connection, String::new()))
            }
            Self::Start { selection, policy, .. } => {
                let what = if policy.is_some() { "protection.add_custom" } else { "protection.add" };
                (what, Subject::Text(selection.in_words()))
            }
            Self::Cancel { run } => ("run.cancel", Subject::Text(format!("run {run}"))),
            Self::SetPaused { user, paused } => {
                let what = if *paused { "schedule.pause" } else { "schedule.resume" };
                (what, Subject::Text(user.clone()))
            }
            Self::SetUsers { connection, users, to } => {
                (to.deed(), Subject::Connection(Some(*connection), in_words(users)))
            }
            Self::SetBandwidth { limit } => {
                let limit = limit.map_or_else(|| "no limit".to_owned(), |limit| format!("{limit} bytes/s"));
                ("bandwidth.set", Subject::Text(limit))
            }
            Self::SetLicenses { limit } => {
                let limit = limit.map_or_else(|| "no limit".to_owned(), |limit| limit.to_string());
                ("licenses.set", Subject::Text(limit))
            }
            Self::SetPolicy { connection, target, .. } => {
                let (level, id) = target.key();
                let whose = if id.is_empty() { String::new() } else { format!("{level} {id}") };
                ("policy.set", Subject::Connection(*connection, whose))
            }
            Self::DeleteArchive { connection, user } => {
                ("archive.delete", Subject::Connection(*connection, user.clone()))
            }
            Self::KeepArchive { connection, user } => {
                ("archive.keep", Subject::Connection(*connection, user.clone()))
            }
            Self::EraseNow { connection, user } => {
                ("archive.erase", Subject::Connection(*connection, user.clone()))
            }
            Self::SetRetention { connection, retention } => {
                let rule = retention.map_or_else(|| "forever".to_owned(), |rule| rule.in_words());
                ("retention.set", Subject::Connection(*connection, rule))
            }
            Self::Forget { connection } => {
                ("retention.forget", Subject::Connection(*connection, String::new()))
            }
            Self::Prune => ("retention.prune", Subject::Text(String::new())),
            Self::ReleaseRetention { connection } => {
                ("retention.release", Subject::Connection(*connection, String::new()))
            }
            Self::Pause { who, .. } => ("pause.begin", of_pause(who)),
            Self::Unpause { who } => ("pause.end", of_pause(who)),
            Self::SetAutoBackup { connection, target, on } => {
                let what = if *on { "auto_backup.on" } else { "auto_backup.off" };
                let whose = match target {
                    AutoBackupTarget::Domain => String::new(),
                    AutoBackupTarget::Group { id } => format!("group {id}"),
                    AutoBackupTarget::OrgUnit { id, include_sub_units } => {
                        format!("org_unit {id}{}", if *include_sub_units { " and below" } else { "" })
                    }
                };
                (what, Subject::Connection(Some(*connection), whose))
            }
            Self::SetScheduleRules { rules } => {
                let yes = |on: bool| if on { "yes" } else { "no" };
                let text = format!(
                    "wait on battery {}, wait on metered {}, keep awake {}",
                    yes(rules.wait_on_battery),
                    yes(rules.wait_on_metered),
                    yes(rules.keep_awake)
                );
                ("schedule.rules", Subject::Text(text))
            }
            Self::Rebuild => ("catalogue.rebuild", Subject::Text(String::new())),
            Self::Sync { .. }
            | Self::Run { .. }
            | Self::Begin { .. }
            | Self::PauseRun { .. }
            | Self::ResumeRun { .. } => return None,
        })
    }
}

fn of_pause(who: &PauseTarget) -> Subject {
    let (connection, whose) = match who {
        PauseTarget::All => return Subject::Text("all".to_owned()),
        PauseTarget::OrgUnit { connection, id } => (connection, format!("org_unit {id}")),
        PauseTarget::Group { connection, id } => (connection, format!("group {id}")),
        PauseTarget::User { connection, id } => (connection, format!("user {id}")),
    };
    Subject::Connection(Some(*connection), whose)
}

/// The word for how a deed ended.
pub fn outcome<T>(done: &Result<T>) -> &str {
    match done {
        Ok(_) => OK,
        Err(error) => EngineError::code(error),
    }
}

/// The OS user this program runs as, by the system's own account of it, not by a variable that anyone can set.
pub fn os_user() -> &'static str {
    static NAME: OnceLock<String> = OnceLock::new();
    NAME.get_or_init(|| whoami::username().unwrap_or_else(|_| "unknown".to_owned()))
}

#[cfg(test)]
mod tests {
    #[cfg(unix)]
    #[test]
    fn the_os_user_is_the_systems_own_name() {
        let told = std::process::Command::new("id").arg("-un").output().unwrap();
        assert_eq!(super::os_user(), String::from_utf8(told.stdout).unwrap().trim());
    }
}
