//! The one table against these tests: no cause without a test that makes it, or a reason why nobody can.

use std::collections::BTreeSet;

use holdfast_app::CAUSES;

/// Made here.
const HERE: &[(&str, &[&str])] = &[
    (
        include_str!("of_the_cloud.rs"),
        &[
            "cloud.access_missing",
            "cloud.api_disabled",
            "cloud.app_blocked",
            "cloud.forbidden",
            "cloud.refused",
            "cloud.service_off",
            "cloud.throttled",
            "cloud.unreachable",
            "items.quarantined",
        ],
    ),
    (
        include_str!("of_connections.rs"),
        &[
            "clock.wrong",
            "cloud.account_closed",
            "connection.disconnected",
            "connection.ending",
            "connection.expired",
            "directory.failed",
            "directory.mass_deletion",
            "directory.refused",
            "licenses.too_few",
            "user.left",
        ],
    ),
    (include_str!("of_time.rs"), &["copies.stale", "directory.stale", "schedule.paused_long"]),
    (
        include_str!("of_the_storage.rs"),
        &[
            "repository.damaged",
            "repository.locked",
            "repository.not_found",
            "repository.other",
            "repository.wrong_password",
            "retention.held",
        ],
    ),
];

/// Made by other tests, with real mounts, mail servers and desktops.
const ELSEWHERE: &[(&str, &[&str])] = &[
    (include_str!("../alerts.rs"), &["alerts.email_failed", "alerts.webhook_failed"]),
    (include_str!("../../../../tests/tests/desktop_watchdog.rs"), &["alerts.not_shown"]),
    (include_str!("../../../../tests/tests/disks.rs"), &["disk.full", "disk.read_only", "storage.low_space"]),
];

/// What a simulated company and a computer for tests cannot make, and where it is made instead.
const NOT_HERE: &[(&str, &str)] = &[
    (
        "cloud.gone",
        "what Google no longer has is a removed Item or a dead cursor, never a Run that ends: only a cloud that answers \
         404 to a full listing would; the words are held by the table's own test",
    ),
    (
        "connection.admin_lost",
        "the simulated Google lets nobody but super admins list people, so that losing the role is told as \
         directory.refused; made in memory, engine/tests/directory.rs",
    ),
    ("repository.failed", "an error of the disk itself; made on a faulty storage, vault's tests"),
    ("secrets.damaged", "the secrets file is read when the app opens, which then says so instead of opening"),
    ("secrets.locked", "needs a keychain that a person locks; made in memory, secrets' tests"),
    ("secrets.unavailable", "needs a keychain that goes away; made in memory, secrets' tests"),
];

/// What a test says it made is in the list of its file.
pub fn made(told: BTreeSet<&'static str>) {
    for cause in told {
        assert!(HERE.iter().any(|(_, causes)| causes.contains(&cause)), "{cause} is not in the list");
    }
}

#[test]
fn every_cause_of_the_table_is_made_or_it_is_said_why_not() {
    let in_files = HERE.iter().chain(ELSEWHERE).flat_map(|(file, causes)| {
        causes.iter().map(move |cause| {
            let title = CAUSES.iter().find(|row| row.code == *cause).expect(cause).title;
            let words = title.replace("{domain}", "");
            assert!(file.contains(cause) || file.contains(words.trim()), "{cause} is not in its file");
            *cause
        })
    });
    let mut known: Vec<&str> = in_files.chain(NOT_HERE.iter().map(|(cause, _)| *cause)).collect();
    known.sort_unstable();
    let table: Vec<&str> = CAUSES.iter().map(|row| row.code).collect();
    assert_eq!(known, table);
}
