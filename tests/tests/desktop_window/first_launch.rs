//! The main job by point and click: from an empty HOME to a backup that stock restic and the company's truth judge.

use anyhow::{Context, Result, ensure};
use holdfast_tests::Company;
use holdfast_tests::desktop::{
    Desktop, FirstLaunch, Window, button, checkbox, dialog, link, radio, row, tab, table, textbox, until_true,
};

use crate::csv::{self, SUSPENDED};

const COMPANY: &str = "--seed 3 --users 8 --mail-per-user 40 --files-per-user 20";

#[test]
fn what_the_clicks_protect_is_kept_to_the_last_byte() -> Result<()> {
    let desktop = Desktop::new()?;
    let company = desktop.company(COMPANY)?;
    csv::prepare(&company)?;
    let window = desktop.open()?;
    let recovery_key = FirstLaunch::new(&desktop, &window).up_to_start_backup(&company)?;
    window.is_at("/backup/start")?;

    csv::somebody_leaves(&company, &window)?;
    let people = choose_in_each_tab(&desktop, &window)?;
    licenses_at_the_limit_disable_start(&window, people.len())?;
    window.click(&button("START BACKUP"))?;
    window.is_at("/backup/activity")?;
    watch_to_the_end(&window, 2 * people.len())?;

    let ids: Vec<&str> = ids_of(&company, &people)?;
    desktop.judge(&company, &recovery_key, &ids)?.must_match()
}

#[test]
fn everyone_in_one_click_is_a_rule_for_who_joins() -> Result<()> {
    let desktop = Desktop::new()?;
    let company = desktop.company(COMPANY)?;
    let window = desktop.open()?;
    let recovery_key = FirstLaunch::new(&desktop, &window).with_everyone(&company)?;
    window.go("Activity")?;
    watch_to_the_end(&window, 2 * company.active_ids().len())?;
    desktop.judge(&company, &recovery_key, &company.active_ids())?.must_match()
}

#[test]
fn a_folder_is_chosen_in_the_systems_own_dialog() -> Result<()> {
    let desktop = Desktop::new()?;
    let window = desktop.open()?;
    window.click(&button("Set up backup").part())?;
    window.click(&radio("Another folder"))?;
    window.click(&button("Choose").part())?;
    until_true("the dialog is open", || desktop.session.shows("Choose a folder for the backup"))
}

#[test]
fn a_set_up_that_was_left_goes_on_where_it_was() -> Result<()> {
    let desktop = Desktop::new()?;
    let company = desktop.company(COMPANY)?;
    let window = desktop.open()?;
    FirstLaunch::new(&desktop, &window).storage()?;
    window.find(&textbox("Key file"))?;
    window.kill()?;

    let window = desktop.open()?;
    let steps = FirstLaunch::new(&desktop, &window);
    steps.connect(&company)?;
    window.find(&radio("Everyone"))?;
    window.kill()?;

    let window = desktop.open()?;
    let steps = FirstLaunch::new(&desktop, &window);
    steps.people_later()?;
    steps.finish()?;
    window.is_at("/backup/start")?;
    window.find(&row("anna.berg@example.com").part())?;
    Ok(())
}

/// Ticks and adds in all four tabs; the addresses of all whom that means.
fn choose_in_each_tab(desktop: &Desktop, window: &Window) -> Result<Vec<String>> {
    let box_at_the_right = || table("Selected for backup");
    let add = || window.click(&button("Add"));

    let users = || table("USERS TO BACKUP");
    window.find(&row(SUSPENDED).part().within(users()))?;
    ensure!(!window.has(&checkbox(format!("Select {SUSPENDED}")))?, "a suspended user can be ticked");
    window.fill(&textbox("Search name or address"), "anna")?;
    window.sees("1 of 11 users")?;
    window.click(&checkbox("Select anna.berg@example.com"))?;
    window.fill(&textbox("Search name or address"), "")?;
    add()?;
    window.sees_in(&box_at_the_right(), "USER:")?;
    window.sees("You have allocated 1 license (no limit set)")?;

    window.click(&tab("USERS BY GROUP"))?;
    window.click(&button("View the users of ").part().within(row("board@example.com").part()))?;
    let mut people = users_of(window, "Board")?;
    window.click(&checkbox("Select ").part().within(row("board@example.com").part()))?;
    add()?;
    window.sees_in(&box_at_the_right(), "GROUP:")?;

    window.click(&tab("USERS BY ORG UNITS"))?;
    window.click(&button("Tokyo"))?;
    people.extend(users_of(window, "/Tokyo")?);
    window.click(&checkbox("Select /Tokyo"))?;
    add()?;
    window.sees_in(&box_at_the_right(), "ORG:")?;

    window.click(&tab("CSV FILE UPLOAD"))?;
    csv::bad_rows_are_explained(desktop, window)?;
    window.click(&checkbox("Select dmitri.ivanov@example.com"))?;
    add()?;
    window.sees_in(&box_at_the_right(), "USER: dmitri.ivanov@example.com")?;

    people.extend(["anna.berg@example.com".to_owned(), "dmitri.ivanov@example.com".to_owned()]);
    people.sort();
    people.dedup();
    people.retain(|person| person != SUSPENDED);
    Ok(people)
}

/// Reads who is listed in the drawer that a group or org unit opens, and closes it.
fn users_of(window: &Window, name: &str) -> Result<Vec<String>> {
    let drawer = || dialog(format!("Users of {name}"));
    window.sees_in(&drawer(), "@example.com")?;
    let listed = addresses(&window.text_of(&drawer())?);
    window.click(&button("Close").within(drawer()))?;
    window.gone(&drawer())?;
    Ok(listed)
}

/// A limit that is one too small keeps START BACKUP from being clicked, and says what to do.
fn licenses_at_the_limit_disable_start(window: &Window, needed: usize) -> Result<()> {
    let start = || button("START BACKUP");
    until_true("the selection can be started", || window.is_enabled(&start()))?;
    set_limit(window, needed - 1)?;
    window.sees(&format!("You have allocated {needed} out of {} licenses", needed - 1))?;
    ensure!(!window.is_enabled(&start())?, "more licenses are needed than are free");
    window.click(&link("Open Licenses"))?;
    window.is_at("/settings/licenses")?;
    set_limit(window, needed)?;
    window.sees(&format!("You have allocated {needed} out of {needed} licenses"))?;
    until_true("the selection can be started", || window.is_enabled(&start()))
}

/// Sets the limit, and comes back to the selection, which has waited.
fn set_limit(window: &Window, limit: usize) -> Result<()> {
    window.go("Licenses")?;
    window.click(&radio("At most"))?;
    window.fill(&textbox("Number of licenses"), &limit.to_string())?;
    window.click(&button("Save"))?;
    window.sees("Saved.")?;
    window.go("Start Backup")?;
    window.find(&table("Selected for backup"))?;
    Ok(())
}

/// Waits until at least so many Runs have ended and none goes on, and all have done what they should.
fn watch_to_the_end(window: &Window, runs: usize) -> Result<()> {
    window.runs_ended(runs)?;
    let history = window.text_of(&table("History"))?;
    ensure!(history.contains("Complete"), "{history}");
    for bad in ["Failed", "Partial", "Cancelled"] {
        ensure!(!history.contains(bad), "{history}");
    }
    Ok(())
}

fn addresses(text: &str) -> Vec<String> {
    text.split_whitespace().filter(|word| word.ends_with("@example.com")).map(str::to_owned).collect()
}

fn ids_of<'a>(company: &'a Company, people: &[String]) -> Result<Vec<&'a str>> {
    let id = |address: &String| {
        let person = company.start.google.users.iter().find(|person| person.address == *address);
        Ok(person.with_context(|| format!("the company has no {address}"))?.id.as_str())
    };
    people.iter().map(id).collect()
}
