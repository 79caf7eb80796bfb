//! A new computer: the storage and its recovery key bring everything back but the sign-ins.

use std::fs;

use anyhow::{Result, ensure};
use holdfast_tests::desktop::{Desktop, FirstLaunch, button, dialog, textbox};

const COMPANY: &str = "--seed 9 --users 4 --mail-per-user 25 --files-per-user 10";

#[test]
fn an_existing_backup_brings_everything_back_but_the_sign_ins() -> Result<()> {
    let desktop = Desktop::new()?;
    let company = desktop.company(COMPANY)?;
    let window = desktop.open()?;
    let recovery_key = FirstLaunch::new(&desktop, &window).with_first_copies(&company)?;
    desktop.at_rest(&recovery_key)?;
    window.kill()?;

    // Another computer: nothing is left but the disk.
    let other = Desktop::new()?;
    let disk = other.repository();
    copy(&desktop.repository(), &disk)?;
    let window = other.open()?;
    window.click(&button("I already have a backup").part())?;
    window.fill(&textbox("Folder"), &disk.to_string_lossy())?;
    window.sees("There is a backup in this folder.")?;
    window.click(&button("Continue"))?;

    let wrong = ["zoo"; 12].join(" ");
    window.fill(&textbox("Recovery key"), &wrong)?;
    window.click(&button("Open the backup"))?;
    window.find(&button("Open the backup"))?;
    ensure!(window.text()?.contains("12 of 12 words"), "the wrong key is gone");

    window.fill(&textbox("Recovery key"), &recovery_key.replace('-', " "))?;
    window.click(&button("Open the backup"))?;
    window.sees("This came back:")?;
    window.click(&button("Continue"))?;
    window.sees("Sign-ins are never part of a backup.")?;
    window.click(&button("Open Holdfast"))?;
    window.go("Start Backup")?;
    window.sees("example.com is disconnected.")?;
    window.sees("Everyone is protected")?;

    // Connected again, only what changed since is fetched.
    window.click(&button("Reconnect"))?;
    window.is_at("/settings/clouds/")?;
    let tray = || dialog("Google Workspace – Connect");
    window.sees_in(&tray(), "Disconnected")?;
    window.click(&button("Reconnect").within(tray()))?;
    let drawer = || dialog("example.com – Reconnect");
    let google = &company.start.google;
    window.fill(&textbox("Key file").within(drawer()), &google.service_account_key_file.to_string_lossy())?;
    window.fill(&textbox("Admin's address").within(drawer()), &google.admin)?;
    window.click(&button("Advanced").within(drawer()))?;
    window
        .fill(&textbox("Endpoints file").within(drawer()), &company.start.endpoints_file.to_string_lossy())?;
    window.click(&button("Reconnect").within(drawer()))?;
    window.sees("Everything Holdfast needs is granted.")?;
    window.click(&button("Close").within(drawer()))?;
    window.gone(&drawer())?;
    company.forget_counters()?;
    window.go("Activity")?;
    window.click(&button("Back up now"))?;
    window.runs_ended(2 * company.active_ids().len())?;
    let fetched = company.counters()?.requests_of("gmail.users.messages.get");
    ensure!(fetched == 0, "{fetched} mails were fetched again");
    other.judge(&company, &recovery_key, &company.active_ids())?.must_match()
}

fn copy(from: &std::path::Path, to: &std::path::Path) -> Result<()> {
    for file in holdfast_tests::files_below(from)? {
        let target = to.join(file.strip_prefix(from)?);
        fs::create_dir_all(target.parent().unwrap_or(to))?;
        fs::copy(&file, target)?;
    }
    Ok(())
}
