//! A company at work, as the README shows it: some are protected, Runs go on. Every page of it is accessible
//! in light and dark. With `HOLDFAST_SCREENSHOTS` the pictures are kept, which `cargo xtask pictures` does.

use std::path::Path;

use anyhow::Result;
use holdfast_tests::desktop::{
    Desktop, FirstLaunch, Window, button, checkbox, dialog, keeps_pictures, link, list, row, tab, table,
    textbox,
};
use holdfast_tests::mounts::{mount_disk, with_own_mounts};

/// Slow enough that somebody can watch it.
const COMPANY: &str = "--seed 21 --users 24 --mail-per-user 90 --files-per-user 25 --bandwidth 2000000";
const SIZE: (u32, u32) = (1200, 800);

/// Where the pictures show the storage: on a disk as people have one, which no other program sees.
const DISK: &str = "/mnt";
const DISK_BYTES: u64 = 2_000_000_000_000;

#[test]
fn a_company_at_work_is_shown_as_it_is() -> Result<()> {
    if !keeps_pictures() {
        return at_work(&Desktop::new()?);
    }
    with_own_mounts("pictures::a_company_at_work_is_shown_as_it_is", || {
        mount_disk(Path::new(DISK), DISK_BYTES)?;
        at_work(&Desktop::new()?.with_repository(&Path::new(DISK).join("backup/company")))
    })
}

fn at_work(desktop: &Desktop) -> Result<()> {
    let company = desktop.company(COMPANY)?;
    let window = desktop.open_in("light")?;
    window.resize(SIZE.0, SIZE.1)?;
    FirstLaunch::new(desktop, &window).up_to_start_backup(&company)?;

    select(&window)?;
    look(&window, "start-backup")?;
    window.click(&button("START BACKUP"))?;
    window.is_at("/backup/activity")?;
    window.find(&list("Now"))?;
    window.sees_in(&list("Now"), "Copying")?;
    window.keep_glimpse("activity")?;
    window.is_accessible("activity, live")?;
    window.runs_ended(20)?;

    window.go("Cloud Connection Centre")?;
    window.click(&button("Edit connection: Google Workspace"))?;
    let tray = || dialog("Google Workspace – Connect");
    window.click(&checkbox("example.com").part().within(tray()))?;
    window.sees_in(&tray(), "9 of 9")?;
    look(&window, "cloud-connection-centre")?;
    window.click(&button("User Sync").within(tray()))?;
    window.click(&button("Sync").within(dialog("On Demand User Sync")))?;
    window.gone(&dialog("On Demand User Sync"))?;
    window.click(&button("Close").within(tray()))?;

    for (page, name) in [
        ("Home", "home"),
        ("Manage Users", "manage-users"),
        ("Fix a backup", "fix-a-backup"),
        ("Archive & Restore", "archive-and-restore"),
    ] {
        show(&window, page)?;
        look(&window, name)?;
    }
    window.click(&link("Open the archive of bruno.silva@example.com").part())?;
    window.is_at("/backup/archive/")?;
    window.settled()?;
    look(&window, "archive-of-a-user")?;
    window.use_theme("Dark")?;
    show(&window, "Home")?;
    look(&window, "home-dark")
}

/// A user, a group and an org unit, for some of whom nothing is kept yet.
fn select(window: &Window) -> Result<()> {
    for name in ["bruno.silva", "chloe.dupont", "dmitri.ivanov"] {
        window.fill(&textbox("Search name or address"), name)?;
        window.click(&checkbox(format!("Select {name}@example.com")))?;
        window.click(&button("Add"))?;
    }
    window.fill(&textbox("Search name or address"), "")?;
    window.click(&tab("USERS BY GROUP"))?;
    window.click(&checkbox("Select ").part().within(row("board@example.com").part()))?;
    window.click(&button("Add"))?;
    window.click(&tab("USERS BY ORG UNITS"))?;
    window.click(&checkbox("Select /Tokyo"))?;
    window.click(&button("Add"))?;
    window.sees_in(&table("Selected for backup"), "ORG:")?;
    window.click(&tab("USERS TO BACKUP"))?;
    window.find(&row("anna.berg@example.com").part())?;
    window.sees("(no limit set)")
}

fn show(window: &Window, page: &str) -> Result<()> {
    window.go(page)?;
    window.is_on_page(page)?;
    window.settled()
}

fn look(window: &Window, name: &str) -> Result<()> {
    window.settled()?;
    window.keep_picture(name)?;
    window.is_accessible(name)
}
