//! Help > Fix a backup: what each check found, and what mends it.

use holdfast_engine::catalog::PauseTarget;
use holdfast_engine::{AutoBackupTarget, Finding, Fix, Verdict};
use holdfast_model::{ConnectionId, GroupId, OrgUnitId, Service, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::format::{one_line, sentence};
use crate::language::words;
use crate::views::{AttentionView, LevelWord};

/// What all checks found.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct FixView {
    /// When.
    pub at: Timestamp,
    /// Why this user is not backed up; none for all Domains.
    pub user: Option<String>,
    /// The checks of the list of causes: those that found one first, each part in the list's order.
    pub checks: Vec<FixCheck>,
    /// The open causes, the worst first.
    pub causes: Vec<AttentionView>,
    /// How many findings are causes.
    pub bad: u64,
    /// Runs that go on of what was tested: when they have ended, it is tested again.
    pub running: u64,
}

/// One check of the list.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct FixCheck {
    /// Its number, from 1.
    pub number: u8,
    /// What it is about.
    #[serde(serialize_with = "words")]
    pub title: String,
    /// The worst of what was found.
    pub verdict: FixVerdict,
    /// What was found.
    pub findings: Vec<FixFinding>,
}

/// One thing that was tested.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct FixFinding {
    /// What.
    #[serde(serialize_with = "words")]
    pub title: String,
    /// Whether it is a cause.
    pub verdict: FixVerdict,
    /// What was seen.
    #[serde(serialize_with = "words")]
    pub evidence: String,
    /// What to do.
    #[serde(serialize_with = "words")]
    pub todo: Option<String>,
    /// The button.
    pub fix: Option<FixAction>,
}

/// Whether a check found a cause, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FixVerdict {
    /// A cause.
    Bad,
    /// It could not be tested now.
    Unknown,
    /// No cause by itself, and good to know.
    Note,
    /// As it should be.
    Good,
}

/// The button of a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "fix", rename_all = "snake_case")]
#[allow(missing_docs)] // Each is what `holdfast_engine::Fix` says of it; Connections are their numbers.
pub enum FixAction {
    Connect,
    Reconnect { connection: i64 },
    OpenLink { url: String, copy: Option<String> },
    SyncUsers { connection: i64 },
    Protect { connection: i64, user: String },
    OpenStart,
    Resume { connection: i64, user: String },
    OpenUsers,
    AutoBackup { connection: i64, target: LevelWord, id: String, name: String },
    EndPause { target: PausedPart },
    RunNow { connection: Option<i64>, user: Option<String> },
    SwitchOn { connection: i64, user: Option<String>, service: Service },
    LeaveOut { connection: i64, user: Option<String>, service: Service },
    OpenRun { run: i64 },
    OpenCauses,
    OpenLicenses,
    OpenStorage,
    OpenSettings,
    StartWatchdog,
}

/// What a pause is of. Connections are their numbers, the rest is named by the Cloud's own ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "part", rename_all = "snake_case")]
#[allow(missing_docs)] // Each is what `PauseTarget` of the catalogue says of it.
pub enum PausedPart {
    Everything,
    OrgUnit { connection: i64, id: String },
    Group { connection: i64, id: String },
    User { connection: i64, id: String },
}

impl From<PauseTarget> for PausedPart {
    fn from(target: PauseTarget) -> Self {
        match target {
            PauseTarget::All => Self::Everything,
            PauseTarget::OrgUnit { connection, id } => Self::OrgUnit { connection: connection.0, id: id.0 },
            PauseTarget::Group { connection, id } => Self::Group { connection: connection.0, id: id.0 },
            PauseTarget::User { connection, id } => Self::User { connection: connection.0, id: id.0 },
        }
    }
}

impl From<PausedPart> for PauseTarget {
    fn from(part: PausedPart) -> Self {
        match part {
            PausedPart::Everything => Self::All,
            PausedPart::OrgUnit { connection, id } => {
                Self::OrgUnit { connection: ConnectionId(connection), id: OrgUnitId(id) }
            }
            PausedPart::Group { connection, id } => {
                Self::Group { connection: ConnectionId(connection), id: GroupId(id) }
            }
            PausedPart::User { connection, id } => {
                Self::User { connection: ConnectionId(connection), id: UserId(id) }
            }
        }
    }
}

impl From<Verdict> for FixVerdict {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Good => Self::Good,
            Verdict::Bad => Self::Bad,
            Verdict::Note => Self::Note,
            Verdict::Unknown => Self::Unknown,
        }
    }
}

impl From<Fix> for FixAction {
    fn from(fix: Fix) -> Self {
        match fix {
            Fix::Connect => Self::Connect,
            Fix::Reconnect { connection } => Self::Reconnect { connection: connection.0 },
            Fix::OpenLink { url, copy } => Self::OpenLink { url, copy },
            Fix::SyncUsers { connection } => Self::SyncUsers { connection: connection.0 },
            Fix::Protect { connection, user } => Self::Protect { connection: connection.0, user },
            Fix::OpenStart => Self::OpenStart,
            Fix::OpenUsers => Self::OpenUsers,
            Fix::AutoBackup { connection, target, name } => {
                let (target, id) = match target {
                    AutoBackupTarget::Domain => (LevelWord::Domain, String::new()),
                    AutoBackupTarget::Group { id } => (LevelWord::Group, id.0),
                    AutoBackupTarget::OrgUnit { id, .. } => (LevelWord::OrgUnit, id.0),
                };
                Self::AutoBackup { connection: connection.0, target, id, name }
            }
            Fix::Resume { connection, user } => Self::Resume { connection: connection.0, user },
            Fix::EndPause { target } => Self::EndPause { target: target.into() },
            Fix::RunNow { connection, user } => Self::RunNow { connection: connection.map(|id| id.0), user },
            Fix::SwitchOn { connection, user, service } => {
                Self::SwitchOn { connection: connection.0, user, service }
            }
            Fix::LeaveOut { connection, user, service } => {
                Self::LeaveOut { connection: connection.0, user, service }
            }
            Fix::OpenRun { run } => Self::OpenRun { run: run.0 },
            Fix::OpenCauses => Self::OpenCauses,
            Fix::OpenLicenses => Self::OpenLicenses,
            Fix::OpenStorage => Self::OpenStorage,
            Fix::OpenSettings => Self::OpenSettings,
            Fix::StartWatchdog => Self::StartWatchdog,
        }
    }
}

/// The names of the checks, by their number.
const CHECKS: [&str; 11] = [
    "API access",
    "Data access",
    "Backup is active",
    "Auto-backup",
    "Open notifications",
    "Licenses",
    "Keychain",
    "Repository",
    "Network and clock",
    "Schedule and last runs",
    "Services",
];

impl FixView {
    /// The findings under their checks.
    pub(crate) fn of(
        at: Timestamp,
        user: Option<String>,
        findings: Vec<Finding>,
        causes: Vec<AttentionView>,
    ) -> Self {
        let bad = findings.iter().filter(|one| one.verdict == Verdict::Bad).count() as u64;
        let mut checks: Vec<FixCheck> = (1..)
            .zip(CHECKS)
            .map(|(number, title)| FixCheck {
                number,
                title: title.to_owned(),
                verdict: FixVerdict::Good,
                findings: Vec::new(),
            })
            .collect();
        for finding in findings {
            let Some(check) = checks.iter_mut().find(|check| check.number == finding.number) else {
                continue;
            };
            let verdict = finding.verdict.into();
            check.verdict = check.verdict.min(verdict);
            check.findings.push(FixFinding {
                title: finding.title,
                verdict,
                evidence: evidence(&finding.evidence),
                todo: finding.todo.map(|todo| sentence(&without_commands(&todo))),
                fix: finding.fix.map(FixAction::from),
            });
        }
        checks.retain(|check| !check.findings.is_empty());
        for check in &mut checks {
            check.findings.sort_by_key(|finding| finding.verdict);
        }
        // Whoever looks begins with the first button.
        checks.sort_by_key(|check| check.verdict != FixVerdict::Bad);
        Self { at, user, checks, causes, bad, running: 0 }
    }
}

/// What was seen, as a sentence; a scope or a path stays as it is.
fn evidence(seen: &str) -> String {
    let seen = one_line(seen);
    if seen.contains(' ') { sentence(&seen) } else { seen }
}

/// What to do without the commands that do the same: the window has a button or names the page.
pub(crate) fn without_commands(todo: &str) -> String {
    let mut left = todo;
    let mut kept = String::new();
    while let Some((before, (_, after))) =
        left.split_once('`').and_then(|(before, rest)| Some((before, rest.split_once('`')?)))
    {
        if let Some(before) = before.strip_suffix(" (") {
            kept.push_str(before);
            left = after.strip_prefix(')').unwrap_or(after);
        } else if let (Some(before), Some(after)) = (before.strip_suffix(": "), after.strip_prefix(", or ")) {
            kept.push_str(before);
            kept.push_str(": ");
            left = after;
        } else {
            let joint = [", or run ", ", or ", ": "].into_iter().find_map(|joint| before.strip_suffix(joint));
            kept.push_str(joint.unwrap_or(before));
            left = after;
        }
    }
    kept.push_str(left);
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_to_do_reads_as_a_sentence_without_commands() {
        let rows = [
            (
                "raise the limit: `holdfast licenses set N`, or Settings > Licenses",
                "Raise the limit: Settings > Licenses.",
            ),
            ("set up storage: `holdfast init`", "Set up storage."),
            (
                "see why under Activity (`holdfast activity`), then try again (`holdfast run`)",
                "See why under Activity, then try again.",
            ),
            (
                "AUTO BACKUP in Settings > Manage Users, or `holdfast auto-backup on --org-unit PATH`",
                "AUTO BACKUP in Settings > Manage Users.",
            ),
            (
                "keep Holdfast running: open the app and let it start at login, or run `holdfast agent`",
                "Keep Holdfast running: open the app and let it start at login.",
            ),
            (
                "wait until the other program is done, or end it",
                "Wait until the other program is done, or end it.",
            ),
            ("a lone ` stays", "A lone ` stays."),
            ("Enable it there.", "Enable it there."),
        ];
        for (todo, shown) in rows {
            assert_eq!(sentence(&without_commands(todo)), shown);
        }
    }

    #[test]
    fn what_was_seen_reads_as_a_sentence_and_what_is_to_be_copied_stays_as_it_is() {
        let rows = [
            ("no limit is set", "No limit is set."),
            ("anna@acme.example is paused", "anna@acme.example is paused."),
            (
                "https://www.googleapis.com/auth/drive.readonly",
                "https://www.googleapis.com/auth/drive.readonly",
            ),
            ("/media/backup", "/media/backup"),
        ];
        for (seen, shown) in rows {
            assert_eq!(evidence(seen), shown);
        }
    }

    #[test]
    fn checks_with_a_cause_come_first_and_the_others_keep_their_order() {
        let findings = vec![
            Finding::note(4, "d", "x", "y"),
            Finding::good(6, "l", "x"),
            Finding::bad(10, "r", "x", "y"),
            Finding::bad(3, "b", "x", "y"),
        ];
        let view = FixView::of(Timestamp::UNIX_EPOCH, None, findings, Vec::new());
        assert_eq!(view.checks.iter().map(|check| check.number).collect::<Vec<_>>(), [3, 10, 4, 6]);
        assert_eq!(view.bad, 2);
    }
}
