//! The watchdog on a desktop of its own: the system starts it, and it tells of backups that grew old though no schedule,
//! no app and no cloud is there any more.
#![cfg(target_os = "linux")]

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use holdfast_tests::desktop::{Session, until, until_true};
use holdfast_tests::{Holdfast, Stage};

/// What a person types at this desktop.
fn typed(session: &Session, holdfast: &Holdfast, words: &[&str]) -> Result<Output> {
    let plain = holdfast.command(words);
    let mut command = session.command(Path::new(plain.get_program()));
    command.args(plain.get_args());
    for (name, value) in plain.get_envs() {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    command.output().context("holdfast does not start")
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Four days pass for all copies.
fn four_days_pass(holdfast: &Holdfast) -> Result<()> {
    let script = "import sqlite3, sys\n\
                  db = sqlite3.connect(sys.argv[1])\n\
                  db.execute('UPDATE archives SET last_complete_at = last_complete_at - 4 * 86400 * 1000000')\n\
                  db.commit()\n";
    let done = Command::new("python3").args(["-c", script]).arg(holdfast.catalogue()?).status()?;
    ensure!(done.success(), "the copies did not grow old");
    Ok(())
}

/// The processes whose command line has this word in it.
fn running(word: &str) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc")? {
        let name: OsString = entry?.file_name();
        let Some(pid) = name.to_str().filter(|name| name.bytes().all(|b| b.is_ascii_digit())) else {
            continue;
        };
        // A process may have ended meanwhile.
        let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        if line.contains(word) && line.contains("watchdog") {
            found.push(pid.to_owned());
        }
    }
    Ok(found)
}

#[test]
fn a_schedule_that_died_is_told_by_the_system_itself_once_and_without_any_cloud() -> Result<()> {
    let stage = Stage::new("--seed 6 --users 2 --mail-per-user 5 --files-per-user 2")?;
    let user = stage.company.active().next().context("nobody is active")?.address.clone();
    stage.holdfast.ok(&["start", "--user", &user, "--wait"])?;
    let session = Session::start()?;
    let looked = typed(&session, &stage.holdfast, &["watchdog"])?;
    ensure!(looked.status.success() && told(&looked).contains("Nothing is wrong"), "{}", told(&looked));
    ensure!(session.notifications()?.is_empty(), "nothing is wrong, and that is told");

    four_days_pass(&stage.holdfast)?;
    let installed = typed(&session, &stage.holdfast, &["watchdog", "install"])?;
    ensure!(installed.status.success(), "{}", told(&installed));
    // This desktop has no systemd that looks after its user: the desktop itself starts it at login.
    let folder = session.home().join(".config/autostart");
    let entry = std::fs::read_dir(&folder)?.next().context("nothing is started at login")??.path();
    let Stage { holdfast, company, folder: kept, .. } = stage;
    drop(company);
    // What it starts stays, and would hold any pipe open.
    let mut login = session.command(Path::new("gio"));
    let login = login.arg("launch").arg(&entry).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    ensure!(login.success(), "the entry does not start: {login}");
    until("it is told", || match session.notifications()?.len() {
        0 => bail!("there is no notification"),
        _ => Ok(()),
    })?;
    let data_dir = holdfast.data_dir().to_string_lossy().into_owned();
    for pid in running(&data_dir)? {
        Command::new("kill").arg(&pid).status()?;
    }
    until_true("it ends", || Ok(running(&data_dir)?.is_empty()))?;
    let shown = session.notifications()?;
    ensure!(shown.len() == 1, "{shown:?}");
    ensure!(shown[0].summary.ends_with("are out of date"), "{shown:?}");
    ensure!(shown[0].body.contains(&user) && shown[0].body.contains("4 days ago"), "{shown:?}");

    let again = typed(&session, &holdfast, &["watchdog"])?;
    ensure!(again.status.code() == Some(3) && told(&again).contains("are out of date"), "{}", told(&again));
    ensure!(session.notifications()?.len() == 1, "one cause is told twice");
    let removed = typed(&session, &holdfast, &["watchdog", "remove"])?;
    ensure!(removed.status.success() && !entry.exists(), "{}", told(&removed));
    drop(kept);
    Ok(())
}

#[test]
fn a_test_proves_that_notifications_are_shown_and_a_desktop_without_them_is_named() -> Result<()> {
    let stage = Stage::new("--seed 6 --users 1 --mail-per-user 1 --files-per-user 1")?;
    let session = Session::start()?;
    let tested = typed(&session, &stage.holdfast, &["alerts", "test"])?;
    ensure!(
        tested.status.success() && told(&tested).contains("stand-in shows notifications"),
        "{}",
        told(&tested)
    );
    let shown = session.notifications()?;
    ensure!(shown.last().is_some_and(|last| last.summary == "Holdfast can reach you here"), "{shown:?}");
    let nowhere = stage
        .holdfast
        .command(&["alerts", "test"])
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
        .output()?;
    ensure!(told(&nowhere).contains("no notification server answers"), "{}", told(&nowhere));
    let doctor = typed(&session, &stage.holdfast, &["doctor"])?;
    ensure!(told(&doctor).contains("This computer does not show notifications"), "{}", told(&doctor));
    typed(&session, &stage.holdfast, &["alerts", "test"])?;
    let doctor = typed(&session, &stage.holdfast, &["doctor"])?;
    ensure!(!told(&doctor).contains("does not show notifications"), "{}", told(&doctor));
    Ok(())
}
