//! The one table of causes: how serious each is, what it is called, and the button that helps. What happened and what to
//! do is worded by the same code in the table of errors.

use crate::views::{AttentionAction, Severity};

/// One cause.
pub struct CauseRow {
    /// The stable code.
    pub code: &'static str,
    /// How serious.
    pub severity: Severity,
    /// In a few words; `{domain}` is the Domain's name.
    pub title: &'static str,
    /// The button.
    pub action: AttentionAction,
    /// True where the evidence says what happened better than the words of the code.
    pub is_told_by_evidence: bool,
}

use AttentionAction as Do;
use Severity::{Amber, Red};

const fn row(code: &'static str, severity: Severity, title: &'static str, action: Do) -> CauseRow {
    CauseRow { code, severity, title, action, is_told_by_evidence: false }
}

/// Told by what was seen.
const fn seen(code: &'static str, severity: Severity, title: &'static str, action: Do) -> CauseRow {
    CauseRow { code, severity, title, action, is_told_by_evidence: true }
}

/// What is not in the table: a Run that ended with another error.
pub(super) const OTHER: CauseRow = row("", Red, "Backups of {domain} do not run", Do::OpenRun);

/// Every cause, sorted by code.
pub const CAUSES: &[CauseRow] = &[
    seen("alerts.email_failed", Amber, "E-mails about problems do not go out", Do::OpenSettings),
    row("alerts.not_shown", Amber, "This computer does not show notifications", Do::OpenSettings),
    seen("alerts.webhook_failed", Amber, "The webhook does not answer", Do::OpenSettings),
    seen("clock.wrong", Amber, "The clock of this computer is wrong", Do::OpenFix),
    row("cloud.access_missing", Red, "Access to data of {domain} is missing", Do::OpenFix),
    row("cloud.account_closed", Amber, "Accounts of {domain} are closed", Do::SyncUsers),
    row("cloud.api_disabled", Red, "An API of {domain} is not enabled", Do::OpenFix),
    row("cloud.app_blocked", Red, "{domain} does not allow Holdfast", Do::OpenFix),
    row("cloud.forbidden", Red, "{domain} refuses access", Do::OpenFix),
    row("cloud.gone", Amber, "Something of {domain} is no longer there", Do::SyncUsers),
    row("cloud.refused", Red, "{domain} refuses requests", Do::OpenRun),
    row("cloud.service_off", Amber, "A service is switched off for people of {domain}", Do::OpenFix),
    row("cloud.throttled", Amber, "{domain} asks for patience", Do::OpenRun),
    row("cloud.unreachable", Amber, "{domain} cannot be reached", Do::OpenRun),
    seen(
        "connection.admin_lost",
        Amber,
        "The admin who connected {domain} may no longer do so",
        Do::Reconnect,
    ),
    seen("connection.disconnected", Red, "{domain} is not connected", Do::OpenConnections),
    seen("connection.ending", Amber, "The sign-in to {domain} ends soon", Do::Reconnect),
    row("connection.expired", Red, "{domain} has to be connected again", Do::Reconnect),
    seen("copies.stale", Amber, "Backups of {domain} are out of date", Do::RunNow),
    row("directory.failed", Amber, "The directory of {domain} could not be brought in", Do::OpenConnections),
    seen(
        "directory.mass_deletion",
        Amber,
        "Most users of {domain} are gone from its directory",
        Do::OpenConnections,
    ),
    row("directory.refused", Red, "The lists of {domain} cannot be read", Do::OpenFix),
    seen("directory.stale", Amber, "The lists of {domain} are old", Do::SyncUsers),
    row("disk.full", Red, "The storage is full", Do::OpenStorage),
    row("disk.read_only", Red, "The storage cannot be written", Do::OpenStorage),
    seen("items.quarantined", Amber, "Items could not be read", Do::OpenRun),
    row("licenses.too_few", Amber, "More licenses are needed", Do::OpenLicenses),
    row("repository.damaged", Red, "The storage is damaged", Do::OpenStorage),
    row("repository.failed", Red, "The storage cannot be used", Do::OpenStorage),
    row("repository.locked", Amber, "The storage is in use elsewhere", Do::OpenStorage),
    row("repository.not_found", Red, "The storage cannot be reached", Do::OpenStorage),
    row("repository.other", Red, "Another storage is in its place", Do::OpenStorage),
    row("repository.wrong_password", Red, "The storage cannot be opened", Do::OpenStorage),
    seen("retention.held", Red, "A backup changed far more than is normal", Do::OpenBackupSettings),
    seen("schedule.paused_long", Amber, "Backups of {domain} have been paused for long", Do::OpenFix),
    row("secrets.damaged", Red, "The secrets file is damaged", Do::OpenFix),
    row("secrets.locked", Red, "The keychain is locked", Do::OpenFix),
    row("secrets.unavailable", Red, "The keychain cannot be read", Do::OpenFix),
    seen("storage.low_space", Amber, "Hardly any space is left", Do::OpenStorage),
    seen("user.left", Amber, "Accounts of {domain} were deleted in the cloud", Do::OpenActivity),
];

/// The row of a cause.
pub(super) fn of(code: &str) -> &'static CauseRow {
    CAUSES.iter().find(|row| row.code == code).unwrap_or(&OTHER)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ROWS;

    #[test]
    fn every_cause_has_its_words_and_is_there_once() {
        for pair in CAUSES.windows(2) {
            assert!(pair[0].code < pair[1].code, "{} is out of order", pair[1].code);
        }
        for row in CAUSES {
            assert!(ROWS.iter().any(|words| words.code == row.code), "no words for {}", row.code);
            assert!(!row.title.ends_with('.'), "{}", row.code);
        }
    }

    #[test]
    fn the_causes_of_the_engine_are_in_the_table() {
        let source = include_str!("../../../engine/src/notifications.rs");
        let mut seen = 0;
        for line in source.lines().filter(|line| line.contains("const ") && line.contains(": &str = \"")) {
            let code = line.split('"').nth(1).unwrap();
            seen += 1;
            assert!(CAUSES.iter().any(|row| row.code == code), "{code} is not in the table");
        }
        assert!(seen > 8, "the codes were not found");
    }
}
