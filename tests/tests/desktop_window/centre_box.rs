//! Cloud Connection Centre with Box: user sync by the steps of its help page, and what the page says of an account whose
//! authorisation has expired or that was disconnected.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use holdfast_tests::Company;
use holdfast_tests::desktop::{
    Desktop, FirstLaunch, Key, Press as _, Seek, Window, button, checkbox, dialog, radio, row, tab, textbox,
    until_true,
};
use serde_json::json;

const COMPANY: &str = "--seed 9 --users 5 --mail-per-user 5 --files-per-user 5";
/// The enterprise, as Box calls it.
const NAME: &str = "Example";

#[test]
fn a_new_user_of_box_is_brought_in_by_the_steps_of_the_help_page() -> Result<()> {
    let desktop = Desktop::new()?;
    let company = desktop.company(COMPANY)?;
    let window = desktop.open()?;
    connected_in_the_tray(&desktop, &window, &company)?;
    company.change("box.user.add", json!({ "address": "newcomer@example.com", "name": "New Comer" }))?;

    ask_for_sync(&window)?;
    window.keep_picture("box-user-sync")?;
    window.click(&button("Sync").within(asking()))?;
    window.gone(&asking())?;
    window.sees_in(&tray(), "1 joined: newcomer@example.com")?;
    window.keep_picture("box-tray")?;
    window.click(&button("Close").within(tray()))?;

    window.go("Start Backup")?;
    window.find(&row("newcomer@example.com").part())?;
    ensure!(!window.has(&tab("USERS BY ORG UNITS"))?, "Box has no org units");
    window.keep_picture("start-backup-of-box")
}

#[test]
fn an_expired_account_of_box_is_told_everywhere_and_reconnected_by_signing_in_again() -> Result<()> {
    let desktop = Desktop::new()?;
    let company = desktop.company(COMPANY)?;
    let window = desktop.open()?;
    without_a_cloud(&desktop, &window)?;
    open_tray(&window)?;
    sign_in(&window, &company, &tray())?;
    let admin = &company.start.boxcom.admin;
    desktop.browser.allow(&desktop.browser.page(1)?, admin)?;
    window.sees_in(&tray(), &format!("Signed in as {admin} of {NAME}"))?;
    window.click(&button("Back to the accounts"))?;
    window.click(&button("Close").within(tray()))?;
    window.gone(&tray())?;

    open_tray(&window)?;
    // The live test of its scopes is done: it does not find what comes now.
    window.sees_in(&tray(), "4 of 4")?;
    ask_for_sync(&window)?;
    company.post("set", &json!({ "box": { "tokens_revoked": true } }))?;
    // Whatever call finds it turns the account `expired` everywhere, with one notification.
    window.click(&button("Sync").within(asking()))?;
    window.gone(&asking())?;
    window.sees_in(&tray(), "Expired")?;
    window.click(&button("User Sync").within(tray()))?;
    window.sees_in(&asking(), &format!("The authorisation of {NAME} has expired."))?;
    ensure!(!window.has(&button("Sync").within(asking()))?, "it can be synced");
    window.keep_picture("box-expired")?;
    window.click(&button("Reconnect").within(asking()))?;

    window.click(&radio("Sign in with Box"))?;
    let again = || dialog(format!("{NAME} – Reconnect"));
    window.fill(&textbox("Application file").within(again()), text(&company.start.boxcom.app_file)?)?;
    window.click(&button("Sign in with Box").within(again()))?;
    desktop.browser.allow(&desktop.browser.page(2)?, admin)?;
    window.sees_in(&again(), &format!("Signed in as {admin} of {NAME}"))?;
    window.click(&button("Back to the accounts"))?;
    window.sees_in(&tray(), "Connected")?;
    window.click(&button("User Sync").within(tray()))?;
    window.click(&button("Sync").within(asking()))?;
    window.gone(&asking())?;
    window.click(&button("Close").within(tray()))?;
    window.go("Home")?;
    window.is_on_page("Home")?;
    until_true("the notification is gone", || Ok(!window.text()?.contains("has to be connected again")))
}

#[test]
fn a_disconnected_account_of_box_says_so_and_is_connected_again() -> Result<()> {
    let desktop = Desktop::new()?;
    let company = desktop.company(COMPANY)?;
    let window = desktop.open()?;
    connected_in_the_tray(&desktop, &window, &company)?;

    window.click(&account())?;
    window.click(&button("Disconnect").within(tray()))?;
    let sure = || dialog(format!("Disconnect {NAME}?"));
    window.sees_in(&sure(), "Everything that was stored is kept")?;
    window.click(&button("Disconnect").within(sure()))?;
    window.sees_in(&tray(), "Disconnected")?;

    window.click(&button("User Sync").within(tray()))?;
    window.sees_in(&asking(), &format!("{NAME} is disconnected."))?;
    ensure!(!window.has(&button("Sync").within(asking()))?, "it can be synced");
    window.keep_picture("box-disconnected")?;
    window.click(&button("Reconnect").within(asking()))?;
    let again = || dialog(format!("{NAME} – Reconnect"));
    // Its addresses went with its secret: they are given again, and the enterprise must be the same.
    app_file(&window, &company, &again())?;
    window.sees_in(&again(), "Everything Holdfast needs is granted.")?;
    window.click(&button("Back to the accounts"))?;
    window.sees_in(&tray(), "Connected")
}

/// The first launch up to its end, with Box connected by the company's application.
pub fn connected(desktop: &Desktop, window: &Window, company: &Company) -> Result<()> {
    connected_in_the_tray(desktop, window, company)?;
    window.click(&button("Close").within(tray()))
}

/// The same, with the tray open.
fn connected_in_the_tray(desktop: &Desktop, window: &Window, company: &Company) -> Result<()> {
    without_a_cloud(desktop, window)?;
    open_tray(window)?;
    app_file(window, company, &tray())?;
    window.sees_in(&tray(), "Everything Holdfast needs is granted.")?;
    window.click(&button("Back to the accounts"))
}

fn tray() -> Seek {
    dialog("Box – Connect")
}

fn asking() -> Seek {
    dialog("On Demand User Sync")
}

fn account() -> Seek {
    checkbox(NAME).part().within(tray())
}

/// The first launch, up to the end, with nothing connected.
fn without_a_cloud(desktop: &Desktop, window: &Window) -> Result<()> {
    let steps = FirstLaunch::new(desktop, window);
    steps.storage()?;
    window.click(&button("Connect later"))?;
    window.click(&button("Continue"))?;
    steps.finish()
}

fn open_tray(window: &Window) -> Result<()> {
    window.go("Cloud Connection Centre")?;
    window.click(&button("Edit connection: Box"))?;
    window.find(&tray()).map(drop)
}

fn ask_for_sync(window: &Window) -> Result<()> {
    window.click(&account())?;
    window.click(&button("User Sync").within(tray()))?;
    window.find(&asking()).map(drop)
}

/// Connects by the company's application, at the simulated enterprise.
fn app_file(window: &Window, company: &Company, tray: &Seek) -> Result<()> {
    let boxcom = &company.start.boxcom;
    window.fill(&textbox("Application file").within(tray.clone()), text(&boxcom.app_file)?)?;
    endpoints(window, company, tray)?;
    // The button is below the fold of the tray: Enter in its last field does the same.
    window.press(Key::Enter)
}

/// Begins a sign-in with the system's browser, at the simulated enterprise.
fn sign_in(window: &Window, company: &Company, tray: &Seek) -> Result<()> {
    window.click(&radio("Sign in with Box"))?;
    let boxcom = &company.start.boxcom;
    window.fill(&textbox("Application file").within(tray.clone()), text(&boxcom.app_file)?)?;
    endpoints(window, company, tray)?;
    window.click(&button("Sign in with Box").within(tray.clone()))?;
    window.sees("Waiting for your browser")
}

fn endpoints(window: &Window, company: &Company, tray: &Seek) -> Result<()> {
    window.click(&button("Advanced").within(tray.clone()))?;
    window.fill(&textbox("Endpoints file").within(tray.clone()), text(&company.start.endpoints_file)?)
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().context("the path is not UTF-8")
}
