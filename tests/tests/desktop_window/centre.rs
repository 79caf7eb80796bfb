//! Cloud Connection Centre: user sync on demand, step by step as its help page tells, and what it says of an account whose
//! authorisation has expired or that was disconnected. `centre_box.rs` has the same for Box.

use anyhow::{Context, Result, ensure};
use holdfast_tests::Company;
use holdfast_tests::desktop::{
    Desktop, FirstLaunch, Window, button, checkbox, dialog, radio, row, tab, textbox, until_true,
};
use serde_json::json;

const COMPANY: &str = "--seed 9 --users 5 --mail-per-user 5 --files-per-user 5";
const TRAY: &str = "Google Workspace – Connect";

#[test]
fn a_new_user_is_brought_in_by_the_steps_of_the_help_page() -> Result<()> {
    let desktop = Desktop::new()?;
    let company = desktop.company(COMPANY)?;
    let window = desktop.open()?;
    FirstLaunch::new(&desktop, &window).up_to_start_backup(&company)?;
    window.is_at("/backup/start")?;
    company.change("user.add", json!({ "address": "newcomer@example.com", "name": "New Comer" }))?;

    open_tray(&window)?;
    window.find(&tab("Clouds"))?;
    window.sees_in(&tray(), "9 of 9")?;
    window.keep_picture("cloud-connection-centre")?;
    window.is_accessible("the tray")?;
    ask_for_sync(&window)?;
    window.sees_in(&asking(), "example.com")?;
    window.keep_picture("on-demand-user-sync")?;
    window.click(&button("Sync").within(asking()))?;
    window.gone(&asking())?;
    window.sees_in(&tray(), "1 joined: newcomer@example.com")?;
    window.click(&button("Close").within(tray()))?;

    window.go("Start Backup")?;
    window.find(&row("newcomer@example.com").part())?;
    window.find(&checkbox("Select newcomer@example.com"))?;
    Ok(())
}

#[test]
fn a_disconnected_account_says_so_and_is_connected_again() -> Result<()> {
    let desktop = Desktop::new()?;
    let company = desktop.company(COMPANY)?;
    let window = desktop.open()?;
    FirstLaunch::new(&desktop, &window).up_to_start_backup(&company)?;

    open_tray(&window)?;
    window.click(&account())?;
    window.click(&button("Disconnect").within(tray()))?;
    let sure = || dialog("Disconnect example.com?");
    window.sees_in(&sure(), "Everything that was stored is kept")?;
    window.click(&button("Disconnect").within(sure()))?;
    window.sees_in(&tray(), "Disconnected")?;

    window.click(&button("User Sync").within(tray()))?;
    window.sees_in(&asking(), "example.com is disconnected.")?;
    ensure!(!window.has(&button("Sync").within(asking()))?, "it can be synced");
    window.click(&button("Reconnect").within(asking()))?;

    let google = &company.start.google;
    let key = google.service_account_key_file.to_str().context("the path is not UTF-8")?;
    let again = || dialog("example.com – Reconnect");
    window.fill(&textbox("Key file").within(again()), key)?;
    window.fill(&textbox("Admin's address").within(again()), &google.admin)?;
    // Its addresses went with its secret: they are given again, and the tenant must be the same.
    window.click(&button("Advanced").within(again()))?;
    let endpoints = company.start.endpoints_file.to_str().context("the path is not UTF-8")?;
    window.fill(&textbox("Endpoints file").within(again()), endpoints)?;
    window.click(&button("Reconnect").within(again()))?;
    window.sees_in(&again(), "Everything Holdfast needs is granted.")?;
    window.click(&button("Back to the accounts"))?;
    window.sees_in(&tray(), "Connected")
}

#[test]
fn an_expired_account_is_told_everywhere_and_reconnected_by_signing_in_again() -> Result<()> {
    let desktop = Desktop::new()?;
    let company = desktop.company(COMPANY)?;
    let window = desktop.open()?;
    FirstLaunch::new(&desktop, &window).storage()?;
    sign_in(&window, &company, true)?;
    desktop.browser.allow(&desktop.browser.page(1)?, &company.start.google.admin)?;
    window.sees("Signed in as admin@example.com of example.com")?;
    window.click(&button("Continue"))?;
    FirstLaunch::new(&desktop, &window).people_later()?;
    FirstLaunch::new(&desktop, &window).finish()?;

    company.post("set", &json!({ "tokens_revoked": true }))?;
    open_tray(&window)?;
    // The live test of its scopes finds it: nobody had to sync for that.
    window.sees_in(&tray(), "Expired")?;
    ask_for_sync(&window)?;
    window.sees_in(&asking(), "The authorisation of example.com has expired.")?;
    ensure!(!window.has(&button("Sync").within(asking()))?, "it can be synced");
    window.keep_picture("expired")?;
    window.click(&button("Reconnect").within(asking()))?;
    sign_in(&window, &company, false)?;
    desktop.browser.allow(&desktop.browser.page(2)?, &company.start.google.admin)?;
    window.sees_in(&dialog("example.com – Reconnect"), "Signed in as admin@example.com of example.com")?;
    window.click(&button("Back to the accounts"))?;
    window.sees_in(&tray(), "Connected")?;
    window.click(&button("Close").within(tray()))?;
    window.go("Home")?;
    window.is_on_page("Home")?;
    until_true("the notification is gone", || Ok(!window.text()?.contains("has to be connected again")))
}

fn tray() -> holdfast_tests::desktop::Seek {
    dialog(TRAY)
}

fn asking() -> holdfast_tests::desktop::Seek {
    dialog("On Demand User Sync")
}

fn account() -> holdfast_tests::desktop::Seek {
    checkbox("example.com").part().within(tray())
}

fn open_tray(window: &Window) -> Result<()> {
    window.go("Cloud Connection Centre")?;
    window.click(&button("Edit connection: Google Workspace"))?;
    window.find(&tray())?;
    Ok(())
}

fn ask_for_sync(window: &Window) -> Result<()> {
    window.click(&account())?;
    window.click(&button("User Sync").within(tray()))?;
    window.find(&asking())?;
    Ok(())
}

/// Chooses the sign-in, with the company's own client; its addresses only the first time.
fn sign_in(window: &Window, company: &Company, is_first: bool) -> Result<()> {
    window.click(&radio("Sign in with Google"))?;
    window.fill(&textbox("OAuth client file"), &company.start.google.oauth_client_file.to_string_lossy())?;
    if is_first {
        window.click(&button("Advanced"))?;
        window.fill(&textbox("Endpoints file"), &company.start.endpoints_file.to_string_lossy())?;
    }
    window.click(&button("Sign in with Google"))?;
    window.sees("Waiting for your browser")
}
