//! Box has no page of its own: Start Backup, Activity and Manage Users serve it as they serve Google.

use anyhow::{Result, ensure};
use holdfast_tests::desktop::{Desktop, button, checkbox, row, tab, table};

use crate::centre_box;

const COMPANY: &str = "--seed 9 --users 5 --mail-per-user 5 --files-per-user 8";

#[test]
fn users_of_box_are_chosen_backed_up_watched_and_managed() -> Result<()> {
    let desktop = Desktop::new()?;
    let company = desktop.company(COMPANY)?;
    let window = desktop.open()?;
    centre_box::connected(&desktop, &window, &company)?;

    window.go("Start Backup")?;
    ensure!(!window.has(&tab("USERS BY ORG UNITS"))?, "Box has no org units");
    let people = &company.start.boxcom.users;
    for person in &people[..2] {
        window.click(&checkbox(format!("Select {}", person.address)))?;
    }
    window.click(&button("Add"))?;
    window.sees("You have allocated 2 licenses (no limit set)")?;
    window.keep_picture("box-selection")?;
    window.click(&button("START BACKUP"))?;

    window.is_at("/backup/activity")?;
    window.runs_ended(2)?;
    window.keep_picture("box-activity")?;
    window.is_accessible("Activity with Runs of Box")?;
    window.click(&button(person_name(&people[1].address)).part().within(table("History")).first())?;
    window.is_at("/backup/activity/")?;
    window.sees("Box")?;

    window.go("Manage Users")?;
    window.find(&row(people[1].address.as_str()).part())?;
    ensure!(!window.has(&tab("ORG UNITS"))?, "Box has no org units");
    window.keep_picture("box-manage-users")
}

/// What Activity shows of whom a Run is for begins with the address.
fn person_name(address: &str) -> String {
    address.split('@').next().unwrap_or_default().to_owned()
}
