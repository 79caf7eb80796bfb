//! Manage Users and Archive & Restore: people are found by filters, paused, set active, saved as CSV; org units are switched
//! and rest; a person is brought back to this computer, byte by byte what the company has, deleted, kept after all, and
//! erased.

use anyhow::{Context, Result, ensure};
use holdfast_tests::desktop::{
    Desktop, FirstLaunch, Window, button, checkbox, combobox, dialog, link, menuitem, option, radio, row,
    tab, table, textbox, until, until_true,
};
use holdfast_tests::{Company, Restored};

const COMPANY: &str = "--seed 5 --users 4 --mail-per-user 8 --files-per-user 5";

/// Everyone is protected, and the first copies are there.
fn everyone_is_protected<'a>(desktop: &'a Desktop, window: &'a Window) -> Result<Company> {
    let company = desktop.company(COMPANY)?;
    FirstLaunch::new(desktop, window).with_first_copies(&company)?;
    Ok(company)
}

/// Someone active who is no admin.
fn somebody(company: &Company) -> Result<String> {
    let other = company.active().find(|person| person.address != company.start.google.admin);
    Ok(other.context("nobody is active")?.address.clone())
}

#[test]
fn people_are_found_paused_with_yes_and_saved_as_csv() -> Result<()> {
    let desktop = Desktop::new()?;
    let window = desktop.open()?;
    let company = everyone_is_protected(&desktop, &window)?;
    let person = somebody(&company)?;

    window.go("Manage Users")?;
    window.find(&table("Manage Users"))?;
    choose(&window, "Protection", "Protected")?;
    search(&window, &person)?;
    window.find(&row(&person).part())?;
    window.is_accessible("Manage Users")?;
    window.keep_picture("manage-users")?;
    window.click(&button(format!("Pause {person}")))?;
    let asking = || dialog(format!("Pause the backups of {person}?"));
    window.click(&radio("For an hour").within(asking()))?;
    window.keep_picture("pause")?;
    window.click(&button("Yes").within(asking()))?;
    window.sees(&format!("The backups of {person} are paused."))?;
    window.sees_in(&row(&person).part(), "until ")?;
    window.fill(&textbox("Search name or address"), "")?;
    choose(&window, "Backup Status", "Paused")?;
    window.sees("1 of ")?;

    window.click(&checkbox("Select all").part())?;
    window.click(&button("Set active"))?;
    window.click(&button("Yes"))?;
    window.sees("1 user is active; the backup starts.")?;
    window.sees("Nothing found")?;
    window.click(&button("Clear filters"))?;
    window.find(&button(format!("Pause {person}")))?;

    let file = desktop.session.elsewhere().join("people.csv");
    choose(&window, "Protection", "Protected")?;
    window.click(&button("Download CSV"))?;
    desktop.session.save_as("Save the list", &file)?;
    window.sees("Saved to ")?;
    let text = std::fs::read_to_string(&file)?;
    for one in company.active() {
        ensure!(text.contains(&one.address), "{} is not in the file:\n{text}", one.address);
    }

    company.change("user.delete", serde_json::json!({ "user": person }))?;
    window.go("Manage Domains")?;
    window.click(&button("User Sync").part().first())?;
    window.sees("1 left")?;
    window.go("Manage Users")?;
    window.click(&checkbox("Left the domain"))?;
    window.sees("1 of ")?;
    window.sees_in(&row(&person).part(), "the cloud keeps the data for at most 20 days more")?;
    window.keep_picture("who-left")
}

#[test]
fn an_org_unit_and_a_group_are_switched_to_auto_backup_and_who_joins_is_protected_at_the_next_sync()
-> Result<()> {
    let desktop = Desktop::new()?;
    let window = desktop.open()?;
    let company = desktop.company(COMPANY)?;
    FirstLaunch::new(&desktop, &window).up_to_start_backup(&company)?;
    let unit = company.start.google.org_units.iter().find(|unit| unit.path.len() > 1).context("no unit")?;

    window.go("Manage Users")?;
    window.click(&tab("ORG UNITS"))?;
    window.find(&table("ORG UNITS"))?;
    let name = format!("AUTO BACKUP of {}", unit.path);
    ensure!(!window.is_on(&checkbox(name.as_str()))?, "it is on before anyone switched it");
    window.click(&checkbox(name.as_str()))?;
    window.sees_in(&dialog(name.as_str()), "Who is there already stays as is")?;
    window.keep_picture("auto-backup")?;
    window.click(&button("Yes").within(dialog(name.as_str())))?;
    window.gone(&dialog(name.as_str()))?;
    until_true("the unit is switched", || window.is_on(&checkbox(name.as_str())))?;
    window.is_accessible("ORG UNITS")?;
    window.keep_picture("org-units")?;
    let group = company.start.google.groups.first().context("no group")?.address.clone();
    window.click(&tab("GROUPS"))?;
    window.find(&table("GROUPS"))?;
    let name = format!("AUTO BACKUP of {group}");
    window.click(&checkbox(name.as_str()))?;
    window.click(&button("Yes").within(dialog(name.as_str())))?;
    window.gone(&dialog(name.as_str()))?;
    until_true("the group is switched", || window.is_on(&checkbox(name.as_str())))?;
    window.is_accessible("GROUPS")?;
    window.keep_picture("groups")?;

    company.change(
        "user.add",
        serde_json::json!({ "address": "joiner@example.com", "name": "Jo Iner", "org_unit": unit.path }),
    )?;
    company.change("user.add", serde_json::json!({ "address": "member@example.com", "name": "Mem Ber" }))?;
    company
        .change("group.add_member", serde_json::json!({ "group": group, "member": "member@example.com" }))?;
    window.go("Manage Domains")?;
    window.click(&button("User Sync").part().first())?;
    window.sees("2 joined")?;
    window.click(&button("Group Sync").part().first())?;
    window.go("Manage Users")?;
    choose(&window, "Protection", "Protected")?;
    window.find(&row("joiner@example.com").part())?;
    window.find(&row("member@example.com").part())?;
    window.go("Activity")?;
    window.runs_ended(4)
}

#[test]
fn settings_of_a_unit_are_previewed_saved_and_shown_as_the_source_of_its_users() -> Result<()> {
    let desktop = Desktop::new()?;
    let window = desktop.open()?;
    let company = everyone_is_protected(&desktop, &window)?;
    let person = somebody(&company)?;

    window.go("Manage Users")?;
    window.click(&tab("ORG UNITS"))?;
    window.click(&button("Settings of /"))?;
    let settings = || dialog("Settings of /");
    window.sees_in(&settings(), "Built-in value")?;
    window.click(&checkbox("Drive").within(settings()))?;
    window.keep_picture("settings-of-a-unit")?;
    window.is_accessible("the settings of an org unit")?;
    window.click(&button("Save").within(settings()))?;
    let preview = || dialog("What this change does");
    window.sees_in(&preview(), "Who or what loses protection")?;
    window.sees_in(&preview(), "Drive of ")?;
    window.keep_picture("who-loses-protection")?;
    window.click(&button("Save").within(preview()))?;
    window.sees_in(&settings(), "Saved. It holds from the next backup on.")?;
    window.click(&button("Close").within(settings()))?;

    window.click(&tab("USERS"))?;
    search(&window, &person)?;
    window.click(&button(format!("More for {person}")))?;
    window.click(&menuitem("Settings"))?;
    window.sees_in(&dialog(format!("Settings of {person}")), "From the org unit /")?;
    ensure!(
        !window.is_on(&checkbox("Drive").within(dialog(format!("Settings of {person}"))))?,
        "Drive is on"
    );
    Ok(())
}

#[test]
fn a_person_is_set_active_restored_to_this_computer_byte_by_byte_and_erased_where_restic_finds_nothing()
-> Result<()> {
    let desktop = Desktop::new()?;
    let window = desktop.open()?;
    let company = desktop.company(COMPANY)?;
    let recovery_key = FirstLaunch::new(&desktop, &window).with_first_copies(&company)?;
    let person = somebody(&company)?;
    only_the_last_snapshot_is_kept(&window)?;

    window.go("Archive & Restore")?;
    window.find(&table("Archive & Restore"))?;
    search(&window, &person)?;
    window.click(&button(format!("Pause {person}")))?;
    window.click(&button("Yes"))?;
    window.click(&button(format!("Set {person} to Active")))?;
    window.sees("A backup starts at once.")?;
    window.click(&button("Yes"))?;
    window.sees(&format!("The backups of {person} are active."))?;
    window.gone(&dialog("Set ").part())?;
    window.is_accessible("Archive & Restore")?;
    window.keep_picture("archive-and-restore")?;
    window.go("Activity")?;
    window.runs_ended(2 * company.active_ids().len() + 2)?;

    window.go("Archive & Restore")?;
    window.click(&link(format!("Open the archive of {person}")))?;
    window.is_at("/backup/archive/")?;
    window.find(&table("Points in time"))?;
    window.is_accessible("an archive")?;
    window.keep_picture("archive")?;
    window.click(&button("Restore to this computer"))?;
    let target = desktop.session.home().join("restored");
    window.fill(&textbox("Folder"), target.to_str().context("not UTF-8")?)?;
    window.sees(" files, ")?;
    ensure!(!target.exists(), "a preview writes nothing");
    window.is_accessible("the preview of a restore")?;
    window.keep_picture("restore")?;
    window.click(&button("Restore").within(dialog("Restore to this computer")))?;
    window.sees("Each was checked against its hash.")?;

    let id = company.active().find(|one| one.address == person).context("they are gone")?.id.as_str();
    let own = company.truth(Some(&person))?.kept_by_default().of_users(&[id]);
    let own = own.only(|line| line.service != "shared_drive");
    let comparison = own.compare(&Restored::by_holdfast(&target)?);
    comparison.must_match()?;
    ensure!(comparison.matched >= 13, "only {} items were compared", comparison.matched);

    window.click(&button("Close").within(dialog("Restore to this computer")))?;
    window.gone(&dialog("Restore to this computer"))?;
    desktop.at_rest(&recovery_key)?;
    let restic = desktop.restic(&recovery_key)?;
    ensure!(restic.run(&["ls", "latest"])?.contains(id), "restic finds nothing of them before");
    is_deleted_kept_and_erased(&window, &person)?;
    until("restic finds nothing of them", || {
        for snapshot in restic.snapshots()? {
            let listed = restic.run(&["ls", &snapshot.id])?;
            ensure!(!listed.contains(id), "{} holds what was erased:\n{listed}", snapshot.id);
            ensure!(listed.lines().count() > 10, "{} holds nothing at all:\n{listed}", snapshot.id);
        }
        Ok(())
    })?;
    let others: Vec<&str> = company.active_ids().into_iter().filter(|other| *other != id).collect();
    let comparison = desktop.judge(&company, &recovery_key, &others)?;
    comparison.must_match()?;
    ensure!(comparison.matched >= 13, "only {} items were compared", comparison.matched);
    Ok(())
}

/// Retention of a single day, after its preview.
fn only_the_last_snapshot_is_kept(window: &Window) -> Result<()> {
    window.go("Backup Settings")?;
    window.click(&radio("Keep the last snapshot of each"))?;
    for (kind, count) in [("Days", "1"), ("Weeks", "0"), ("Months", "0"), ("Years", "0")] {
        window.fill(&textbox(kind), count)?;
    }
    window.click(&button("Save retention"))?;
    let sure = || dialog("What this retention removes");
    window.sees_in(&sure(), " would go ")?;
    window.keep_picture("what-retention-removes")?;
    window.click(&button("Save").within(sure()))?;
    window.sees("Saved. It is applied after the next backup, once a day.")
}

/// Deleted with the address typed, taken back within the week, deleted again, and erased at once.
fn is_deleted_kept_and_erased(window: &Window, person: &str) -> Result<()> {
    let step = |entry: &str| {
        window.click(&button(format!("More for {person}")))?;
        window.click(&menuitem(entry))
    };
    let delete = || {
        step("Delete archive")?;
        let asking = || dialog(format!("Delete the archive of {person}?"));
        let yes = || button("Delete archive").within(asking());
        ensure!(!window.is_enabled(&yes())?, "no address was typed yet");
        window.fill(&textbox(format!("Type {person} to confirm")), person)?;
        window.click(&yes())?;
        window.gone(&asking())?;
        window.sees(&format!("The archive of {person} is erased on "))
    };
    window.go("Manage Users")?;
    search(window, person)?;
    delete()?;
    window.sees_in(&row(person).part(), "Erased on ")?;
    window.keep_picture("deleted")?;
    step("Keep archive after all")?;
    window.click(&button("Yes").within(dialog(format!("Keep the archive of {person}?"))))?;
    window.sees(&format!("The archive of {person} is kept."))?;
    delete()?;
    step("Erase now")?;
    let asking = || dialog(format!("Erase everything kept of {person} now?"));
    window.fill(&textbox(format!("Type {person} to confirm")), person)?;
    window.keep_picture("erase-now")?;
    window.click(&button("Erase now").within(asking()))?;
    window.gone(&asking())
}

/// Lists one person alone.
fn search(window: &Window, person: &str) -> Result<()> {
    window.fill(&textbox("Search name or address"), person)?;
    window.sees("1 of ")
}

/// Picks an entry of a drop-down list.
fn choose(window: &Window, filter: &str, entry: &str) -> Result<()> {
    window.click(&combobox(filter))?;
    window.click(&option(entry))
}
