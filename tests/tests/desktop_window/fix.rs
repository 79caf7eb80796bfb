//! Fix a backup: the six steps of the help page, each cause made in the company or in the app, found on one page, mended by
//! its button or where it leads, and tested again at once. Then the audit log and the notifications of all that.

use anyhow::{Context, Result, ensure};
use holdfast_tests::desktop::{
    Desktop, FirstLaunch, Window, button, checkbox, combobox, dialog, option, radio, row, table, textbox,
    until_true,
};
use serde_json::json;

const COMPANY: &str = "--seed 5 --users 4 --mail-per-user 6 --files-per-user 4";
const SCOPES: [&str; 10] = [
    "gmail.readonly",
    "drive.readonly",
    "calendar.readonly",
    "contacts.readonly",
    "tasks.readonly",
    "admin.directory.user.readonly",
    "admin.directory.group.readonly",
    "admin.directory.group.member.readonly",
    "admin.directory.orgunit.readonly",
    "admin.directory.customer.readonly",
];

/// Of what is done below, in the words of the audit log.
const DEEDS: [&str; 4] = ["Backups paused", "Pause ended", "Auto-backup switched on", "Licenses set"];

#[test]
fn the_six_steps_of_the_help_page_are_found_mended_and_tested_again() -> Result<()> {
    let desktop = Desktop::new()?;
    let window = desktop.open()?;
    let company = desktop.company(COMPANY)?;
    FirstLaunch::new(&desktop, &window).with_first_copies(&company)?;
    let person = company.active().find(|one| one.address != company.start.google.admin);
    let person = person.context("nobody is active")?.address.clone();
    window.go("Fix a backup")?;
    window.sees("Nothing stands in the way.")?;
    window.is_accessible("Fix a backup")?;
    window.keep_picture("fix-a-backup")?;

    // 1: API access.
    company.post("set", &json!({ "apis_off": ["gmail"] }))?;
    again(&window)?;
    window.sees("Gmail API has not been used")?;
    window.find(&button("").part().first())?;
    window.keep_picture("fix-api-access")?;
    window.is_accessible("Fix a backup with a cause")?;
    // 5: user status, while that keeps people from being backed up.
    window.go("Manage Users")?;
    window.fill(&textbox("Search name or address"), &person)?;
    window.sees("1 of ")?;
    window.click(&checkbox("Select all").part())?;
    window.click(&button("Back up now"))?;
    window.click(&button("Yes"))?;
    window.click(&combobox("Backup Status"))?;
    window.click(&option("Notification"))?;
    until_true("the filter lists who has a notification", || window.has(&row(&person).part()))?;
    window.keep_picture("manage-users-notification")?;
    window.click(&button(format!("of {person}")).part().first())?;
    let causes = || dialog(format!("What keeps {person} from being protected"));
    window.sees_in(&causes(), "An API that backups need is not enabled")?;
    window.click(&button("Close").within(causes()))?;
    company.post("set", &json!({ "apis_off": [] }))?;
    // The tray lies over the page until it is gone.
    window.gone(&causes())?;
    window.go("Fix a backup")?;
    again(&window)?;
    // What the API held back failed, and is made up for by the button there.
    window.click(&button("Run now").part().first())?;
    good(&window)?;

    // 2: data access, for every scope.
    let scopes = |without: &str| -> Vec<String> {
        let kept = SCOPES.iter().filter(|scope| **scope != without);
        kept.map(|scope| format!("https://www.googleapis.com/auth/{scope}")).collect()
    };
    company.post("set", &json!({ "delegated_scopes": scopes("drive.readonly"), "tokens_revoked": true }))?;
    again(&window)?;
    window.sees("2. Data access")?;
    window.sees("drive.readonly")?;
    window.sees("1 cause was found.")?;
    company.post("set", &json!({ "delegated_scopes": scopes("") }))?;
    good(&window)?;

    // 3: the backup is active for the user.
    window.go("Archive & Restore")?;
    window.fill(&textbox("Search name or address"), &person)?;
    window.click(&button(format!("Pause {person}")))?;
    window.click(&button("Yes"))?;
    window.sees(&format!("The backups of {person} are paused."))?;
    window.go("Fix a backup")?;
    window.fill(&combobox("Why is this user not backed up?"), &person)?;
    window.click(&button("Check"))?;
    window.sees(&format!("{person} is paused"))?;
    window.keep_picture("fix-paused-user")?;
    window.click(&button("Copy report"))?;
    let report = || dialog("Report for whoever helps");
    window.sees_in(&report(), "user1@domain")?;
    window.click(&button("Copy report").within(report()))?;
    window.find(&button("Copied: report"))?;
    window.click(&button("Close").within(report()))?;
    window.gone(&report())?;
    window.click(&button("Set active").part().first())?;
    window.click(&button("Yes"))?;
    window.sees(&format!("The backup of {person} can run."))?;

    // 4: auto-backup at the unit and at the domain.
    window.click(&button("Check all domains"))?;
    window.sees("Backups can run.")?;
    let toggle = || checkbox("AUTO BACKUP of example.com");
    window.click(&toggle())?;
    window.keep_picture("fix-auto-backup")?;
    window.click(&button("Yes"))?;
    window.gone(&toggle())?;
    window.go("Backup Settings")?;
    until_true("the domain's own switch is on", || window.is_on(&checkbox("Add new Domain users").part()))?;

    // 6: licenses.
    window.go("Licenses")?;
    window.click(&radio("At most"))?;
    window.fill(&textbox("Number of licenses"), &company.active_ids().len().to_string())?;
    window.click(&button("Save"))?;
    window.sees("Saved.")?;
    window.go("Fix a backup")?;
    window.sees("1 cause was found.")?;
    window.keep_picture("fix-licenses")?;
    window.click(&button("Open Licenses").part().first())?;
    window.is_at("/settings/licenses")?;
    window.click(&radio("No limit"))?;
    window.click(&button("Save"))?;
    window.sees("Saved.")?;
    window.go("Fix a backup")?;
    window.sees("Nothing stands in the way.")?;

    audit_is_whole(&desktop, &window)?;
    let told = desktop.session.notifications()?;
    ensure!(told.iter().any(|one| one.summary.contains("API")), "nobody was told of the API: {told:?}");
    ensure!(
        told.iter().filter(|one| one.summary.contains("API")).count() == 1,
        "told more than once: {told:?}"
    );
    Ok(())
}

fn again(window: &Window) -> Result<()> {
    window.click(&button("Check again"))
}

/// Tests again until nothing is found: a Run that a button started ends some time later.
fn good(window: &Window) -> Result<()> {
    until_true("nothing stands in the way", || {
        again(window)?;
        window.settled()?;
        Ok(window.text()?.contains("Nothing stands in the way."))
    })
}

/// What was done above is in the audit log, whose chain is whole, and in the file that it is saved to.
fn audit_is_whole(desktop: &Desktop, window: &Window) -> Result<()> {
    window.go("Audit log")?;
    window.find(&table("Audit log"))?;
    for deed in DEEDS {
        window.fill(&textbox("Search by who, what or whom"), deed)?;
        until_true(deed, || Ok(window.text_of(&table("Audit log"))?.contains(deed)))?;
    }
    window.fill(&textbox("Search by who, what or whom"), "")?;
    window.sees("Nobody changed the log: each of the ")?;
    window.is_accessible("the audit log")?;
    window.keep_picture("audit-log")?;
    let file = desktop.session.elsewhere().join("audit.csv");
    window.click(&button("Save as CSV"))?;
    desktop.session.save_as("Save the audit log", &file)?;
    window.sees("Saved to ")?;
    let text = std::fs::read_to_string(&file)?;
    for deed in DEEDS {
        ensure!(text.contains(deed), "{deed} is not in the file:\n{text}");
    }
    Ok(())
}
