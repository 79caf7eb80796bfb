//! Without a window: backups go on in the tray, a failure is told once, and there is one program per data directory.

use anyhow::{Result, bail, ensure};
use holdfast_tests::Company;
use holdfast_tests::desktop::{
    Desktop, FirstLaunch, Window, button, heading, link, radio, table, until, until_true,
};
use serde_json::json;

const COMPANY: &str = "--seed 4 --users 3 --mail-per-user 30 --files-per-user 10";

#[test]
fn a_failure_in_the_tray_is_told_once_and_its_click_opens_the_place() -> Result<()> {
    let desktop = Desktop::new()?;
    let company = desktop.company(COMPANY)?;
    let window = protected(&desktop, &company)?;
    in_the_tray(&desktop, &window)?;

    company.post("set", &json!({ "tokens_revoked": true }))?;
    company.post("set", &json!({ "delegated_scopes": [] }))?;
    desktop.session.click_tray("Back up now")?;
    until("a notification is shown", || match desktop.session.notifications()?.len() {
        0 => bail!("there is none"),
        _ => Ok(()),
    })?;
    for _ in 0..2 {
        back_up_and_wait(&desktop, &window)?;
    }
    let told = desktop.session.notifications()?;
    ensure!(told.len() == 1, "one cause is told more than once: {told:#?}");
    ensure!(!told[0].summary.is_empty() && !told[0].body.is_empty(), "{told:?}");

    desktop.session.click_notification(&told[0])?;
    shown(&desktop, true)?;
    window.is_at("/")?;
    ensure!(window.place()? != "/", "the click opens no place: {told:?}");
    Ok(())
}

#[test]
fn the_tray_opens_pauses_backs_up_and_quits() -> Result<()> {
    let desktop = Desktop::new()?;
    let company = desktop.company(COMPANY)?;
    let window = protected(&desktop, &company)?;
    let labels = || -> Result<Vec<String>> {
        let clickable = desktop.session.tray()?.menu.into_iter().filter(|entry| entry.enabled);
        Ok(clickable.map(|entry| entry.label).collect())
    };
    let expected = ["Open", "Back up now", "Pause for an hour", "Pause until tomorrow", "Quit"];
    ensure!(labels()? == expected, "{:?}", labels()?);

    in_the_tray(&desktop, &window)?;
    desktop.session.click_tray("Open")?;
    shown(&desktop, true)?;

    desktop.session.click_tray("Pause for an hour")?;
    until_true("the tray offers to resume", || Ok(labels()?.contains(&"Resume".to_owned())))?;
    desktop.session.click_tray("Resume")?;
    until_true("the tray offers to pause", || Ok(labels()?.contains(&"Pause for an hour".to_owned())))?;

    company.forget_counters()?;
    desktop.session.click_tray("Back up now")?;
    until("the company is asked what changed", || {
        ensure!(company.counters()?.requests_of("gmail.users.history.list") > 0, "it was not asked");
        Ok(())
    })?;

    // Another language is taken at once, by the tray as well, and is there at the next start.
    window.go("App")?;
    window.click(&radio("Deutsch"))?;
    window.find(&link("Sicherung starten"))?;
    let german = ["Öffnen", "Jetzt sichern", "Eine Stunde pausieren", "Bis morgen pausieren", "Beenden"];
    until_true("the tray speaks German", || Ok(labels()? == german))?;
    desktop.session.click_tray("Beenden")?;
    window.ended()?;
    let window = desktop.open()?;
    window.find(&heading("Wer geschützt ist"))?;
    window.sees("Letzter Lauf")?;
    window.is_accessible("home, in German")
}

#[test]
fn a_second_launch_brings_the_first_window_back() -> Result<()> {
    let desktop = Desktop::new()?;
    let window = desktop.open()?;
    window.find(&heading("Your company's data, on storage you own"))?;
    in_the_tray(&desktop, &window)?;
    let ended = desktop.launch_again()?;
    ensure!(ended.success(), "the second one ended with {ended}");
    shown(&desktop, true)?;
    ensure!(window.is_running(), "the first one is gone");
    Ok(())
}

#[test]
fn it_starts_hidden_and_another_data_directory_is_another_program() -> Result<()> {
    let desktop = Desktop::new()?;
    let mut first = desktop.start(&["--hidden"])?;
    until("it is in the tray", || desktop.session.tray().map(drop))?;
    ensure!(!desktop.session.shows_window()?, "it was started without a window");
    ensure!(desktop.launch_again()?.success(), "the second one did not end well");
    shown(&desktop, true)?;
    ensure!(first.is_running()?, "the first one is gone");

    let elsewhere = desktop.session.elsewhere().join("another").to_string_lossy().into_owned();
    let mut other = desktop.start(&["--data-dir", &elsewhere])?;
    until_true("both have a window", || Ok(desktop.session.window_count()? == 2))?;
    ensure!(first.is_running()? && other.is_running()?, "one of them is gone");
    Ok(())
}

#[test]
fn who_starts_it_while_it_ends_gets_a_window_of_their_own() -> Result<()> {
    let desktop = Desktop::new()?;
    let mut first = desktop.start(&["--hidden"])?;
    until("it is in the tray", || desktop.session.tray().map(drop))?;
    ensure!(desktop.session.has_app()?, "it is not asked in its place");
    desktop.session.click_tray("Quit")?;
    // It gives its place back first, and ends when what it does is durable.
    until_true("it is asked no more", || Ok(!desktop.session.has_app()?))?;
    let _second = desktop.start(&[])?;
    until_true("the first one has ended", || Ok(!first.is_running()?))?;
    shown(&desktop, true)
}

/// As installers do before they replace the program.
#[test]
fn who_asks_it_to_quit_ends_and_so_does_the_one_that_runs_where_one_does() -> Result<()> {
    let desktop = Desktop::new()?;
    let ends = |what: &str| -> Result<()> {
        let mut asking = desktop.start(&["--quit"])?;
        until_true(what, || Ok(!asking.is_running()?))
    };
    ends("it ends where none runs")?;
    let mut first = desktop.start(&["--hidden"])?;
    until("it is in the tray", || desktop.session.tray().map(drop))?;
    ends("it ends where one runs")?;
    until_true("the one that ran has ended", || Ok(!first.is_running()?))
}

#[test]
fn the_window_comes_back_as_large_as_it_was_left() -> Result<()> {
    let desktop = Desktop::new()?;
    let window = desktop.open()?;
    window.find(&heading("Your company's data, on storage you own"))?;
    let size =
        |window: &Window| -> Result<(u32, u32)> { window.script("return [innerWidth, innerHeight]", &[]) };
    let usual = size(&window)?;
    let left = (usual.0 - 180, usual.1 - 90);
    window.resize(left.0, left.1)?;
    until_true("it has the size", || Ok(size(&window)? == left))?;
    desktop.session.click_tray("Quit")?;
    window.ended()?;
    let window = desktop.open()?;
    window.find(&heading("Your company's data, on storage you own"))?;
    until_true("it has the size again", || Ok(size(&window)? == left))
}

#[test]
fn it_starts_once_a_killed_one_has_let_go_and_says_so_where_it_does_not() -> Result<()> {
    let desktop = Desktop::new()?;
    let mut dying = desktop.session.dying_app(false)?;
    let mut app = desktop.start(&[])?;
    dying.was_asked()?;
    shown(&desktop, true)?;
    ensure!(app.is_running()?, "it ended");
    drop(app);

    let other = Desktop::new()?;
    let _hangs = other.session.dying_app(true)?;
    let ended = other.launch_that_fails()?;
    let told = String::from_utf8_lossy(&ended.stderr).into_owned();
    ensure!(ended.status.code() == Some(1), "it ended with {}", ended.status);
    ensure!(told.contains("Another Holdfast of yours is still ending, or does not answer."), "{told}");
    Ok(())
}

#[test]
fn one_that_hangs_is_given_up_and_the_person_is_told() -> Result<()> {
    let desktop = Desktop::new()?;
    let first = desktop.start(&["--hidden"])?;
    until("it is in the tray", || desktop.session.tray().map(drop))?;
    first.freeze()?;
    let ended = desktop.launch_that_fails()?;
    let told = String::from_utf8_lossy(&ended.stderr).into_owned();
    ensure!(ended.status.code() == Some(1), "it ended with {}", ended.status);
    ensure!(told.contains("Another Holdfast of yours is still ending, or does not answer."), "{told}");
    let shown = desktop.session.notifications()?;
    ensure!(shown.iter().any(|one| one.summary == "Holdfast did not start"), "{shown:?}");
    Ok(())
}

#[test]
fn backups_go_on_behind_a_closed_window() -> Result<()> {
    let desktop = Desktop::new()?;
    let company = desktop.company(&format!("{COMPANY} --latency 20"))?;
    let window = desktop.open()?;
    let recovery_key = FirstLaunch::new(&desktop, &window).with_everyone(&company)?;
    in_the_tray(&desktop, &window)?;
    desktop.session.click_tray("Open")?;
    window.go("Activity")?;
    window.runs_ended(2 * company.active_ids().len())?;
    desktop.judge(&company, &recovery_key, &company.active_ids())?.must_match()
}

#[test]
fn a_killed_app_goes_on_where_it_was() -> Result<()> {
    let desktop = Desktop::new()?;
    let company =
        desktop.company("--seed 6 --users 3 --mail-per-user 300 --files-per-user 30 --latency 10")?;
    let window = desktop.open()?;
    let recovery_key = FirstLaunch::new(&desktop, &window).with_everyone(&company)?;
    until("mails are fetched", || {
        ensure!(company.counters()?.requests_of("gmail.users.messages.get") > 50, "hardly any");
        Ok(())
    })?;
    window.kill()?;

    let window = desktop.open()?;
    window.go("Activity")?;
    if !window.text()?.contains("Limited by") {
        window.click(&button("Back up now"))?;
    }
    window.runs_ended(2 * company.active_ids().len())?;
    window.sees_in(&table("History"), "Complete")?;
    desktop.judge(&company, &recovery_key, &company.active_ids())?.must_match()
}

/// Everyone is protected, and the first copy is made.
fn protected(desktop: &Desktop, company: &Company) -> Result<Window> {
    let window = desktop.open()?;
    FirstLaunch::new(desktop, &window).with_first_copies(company)?;
    window.go("Home")?;
    window.is_on_page("Home")?;
    Ok(window)
}

/// Closes the window, which leaves the program in the tray.
fn in_the_tray(desktop: &Desktop, window: &Window) -> Result<()> {
    shown(desktop, true)?;
    desktop.session.close_window()?;
    shown(desktop, false)?;
    ensure!(window.is_running(), "the program ended with its window");
    Ok(())
}

fn shown(desktop: &Desktop, is_shown: bool) -> Result<()> {
    until("the window is as it should be", || {
        ensure!(desktop.session.shows_window()? == is_shown, "the window is shown: {}", !is_shown);
        Ok(())
    })
}

/// One more Run of everything, to its end.
fn back_up_and_wait(desktop: &Desktop, window: &Window) -> Result<()> {
    let ended = || -> Result<u64> { window.script_async(ENDED_RUNS, &[]) };
    let before = ended()?;
    desktop.session.click_tray("Back up now")?;
    until_true("a further Run ends", || Ok(ended()? > before))
}

/// How many Runs ended, as the app tells its own page.
const ENDED_RUNS: &str = "const done = arguments[arguments.length - 1]; \
    window.__TAURI_INTERNALS__.invoke('activity', { live: false, result: null, service: null, connection: null, search: null, before: null, limit: 500 }) \
    .then((it) => done(it.runs.length), (error) => done(error));";
