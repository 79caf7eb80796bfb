//! Activity: a Run is paused, goes on, is cancelled and runs again; its ledger says what it did not keep, and why.

use anyhow::{Context, Result, ensure};
use holdfast_tests::desktop::{
    Desktop, FirstLaunch, Window, button, checkbox, combobox, dialog, heading, link, list, option, row,
    table, textbox, until,
};
use serde_json::json;

const COMPANY: &str = "--seed 31 --users 2 --mail-per-user 400 --files-per-user 6";
const USER: &str = "anna.berg@example.com";

#[test]
fn a_run_rests_goes_on_is_cancelled_and_explains_what_it_did_not_keep() -> Result<()> {
    let desktop = Desktop::new()?;
    let company = desktop.company(COMPANY)?;
    let anna = company.start.google.users.iter().find(|it| it.address == USER).context("no Anna")?;
    let mine = company.truth(Some(&anna.id))?.kept_by_default();
    let mail = mine.lines.iter().find(|line| line.service == "gmail").context("no mail")?.id.clone();
    let broken = json!({ "method": "gmail.users.messages.get", "id": mail, "kind": "status", "status": 500, "times": 0 });
    company.post("fault", &broken)?;
    // After some mails the next ones wait, for as long as a person takes to click.
    let hold = || -> Result<String> {
        let held = json!({ "method": "gmail.users.messages.get", "kind": "none", "held": "before", "skip": 60, "times": 0 });
        Ok(company.post("fault", &held)?["fault"].to_string())
    };
    let held = hold()?;
    let window = desktop.open()?;
    FirstLaunch::new(&desktop, &window).up_to_start_backup(&company)?;
    only_gmail_of_anna(&window)?;

    let now = || list("Now");
    let step = |word: &str| button(format!("{word}: {USER}")).part().within(now());
    window.sees_in(&now(), "Copying")?;
    window.click(&step("Pause"))?;
    window.sees_in(&now(), "Paused")?;
    let fetched = || Ok::<_, anyhow::Error>(company.counters()?.requests_of("gmail.users.messages.get"));
    window.click(&step("Resume"))?;
    window.sees_in(&now(), "Copying")?;
    let before = fetched()?;
    let held_again = hold()?;
    company.delete(&format!("fault/{held}"))?;
    until("it goes on", || {
        ensure!(fetched()? > before, "nothing more is fetched");
        Ok(())
    })?;
    window.click(&step("Cancel"))?;
    let sure = || dialog("Cancel the Run of ").part();
    window.sees_in(&sure(), "What was stored until now is kept")?;
    window.click(&button("Cancel the Run").within(sure()))?;
    window.gone(&sure())?;
    window.sees("Nothing is running.")?;
    window.sees_in(&table("History"), "Cancelled")?;
    company.delete(&format!("fault/{held_again}"))?;

    // Again, to the end: one mail cannot be had, and the ledger says so.
    window.click(&button("anna.berg").part().within(table("History")).first())?;
    window.is_at("/backup/activity/")?;
    window.click(&button("Run again"))?;
    window.click(&link("All Runs"))?;
    window.runs_ended(2)?;
    window.sees_in(&table("History"), "Partial")?;
    filters_narrow_the_history(&window)?;
    window.click(&button("anna.berg").part().within(table("History")))?;
    window.find(&heading("What became of each Item"))?;
    window.sees("Every Item that the cloud listed is accounted for.")?;
    window.sees("1 item will be tried again.")?;
    let kept = || table("Not kept");
    window.sees_in(&kept(), "Quarantined")?;
    window.keep_picture("run-partial")?;
    window.is_accessible("a Run that is partial")?;
    window.click(&button(mail.as_str()).within(kept()))?;
    window.sees_in(&dialog(mail.as_str()), "The cloud's own words")?;
    window.click(&button("Close").within(dialog(mail.as_str())))?;
    window.gone(&dialog(mail.as_str()))?;

    // The cloud heals, and so does the Run.
    company.delete("fault")?;
    window.click(&button("Run again").first())?;
    window.click(&link("All Runs"))?;
    window.runs_ended(1)?;
    window.sees_in(&table("History"), "Complete")
}

/// By `SETTINGS »»`: settings for this selection alone.
fn only_gmail_of_anna(window: &Window) -> Result<()> {
    window.click(&checkbox(format!("Select {USER}")))?;
    window.click(&button("Add"))?;
    window.sees_in(&table("Selected for backup"), "USER:")?;
    window.click(&button("SETTINGS »»").part())?;
    window.is_at("/backup/start/settings")?;
    for service in ["Drive", "Calendar", "Contacts", "Tasks"] {
        window.click(&checkbox(service))?;
    }
    window.sees("1 setting differs from the defaults")?;
    window.click(&button("START BACKUP"))?;
    window.is_at("/backup/activity")
}

fn filters_narrow_the_history(window: &Window) -> Result<()> {
    window.click(&combobox("Result"))?;
    window.click(&option("Cancelled"))?;
    window.sees("1 Run")?;
    window.fill(&textbox("Search by user or drive"), "nobody")?;
    window.sees("No Run matches")?;
    window.click(&button("Clear filters"))?;
    window.click(&combobox("Result"))?;
    window.click(&option("Partial"))?;
    window.find(&row("Partial").part().within(table("History")).first())?;
    window.sees("1 Run")
}
