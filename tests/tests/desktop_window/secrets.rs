//! Nothing secret lies in any file: not in the data directory, not in the logs, not in what the web view keeps.

use std::fs;

use anyhow::{Context, Result, ensure};
use holdfast_tests::desktop::{Desktop, FirstLaunch, button, checkbox, dialog, radio, textbox};
use serde_json::Value;

const COMPANY: &str = "--seed 12 --users 3 --mail-per-user 20 --files-per-user 10";

#[test]
fn no_file_that_the_app_wrote_holds_a_secret() -> Result<()> {
    let desktop = Desktop::new()?;
    let company = desktop.company(COMPANY)?;
    let window = desktop.open()?;
    let recovery_key = FirstLaunch::new(&desktop, &window).with_first_copies(&company)?;

    // A sign-in too: its refresh token is a secret of another kind.
    window.go("Cloud Connection Centre")?;
    window.click(&button("Edit connection: Google Workspace"))?;
    let tray = || dialog("Google Workspace – Connect");
    window.click(&checkbox("example.com").part().within(tray()))?;
    window.click(&button("Reconnect").within(tray()))?;
    window.click(&radio("Sign in with Google"))?;
    window.fill(&textbox("OAuth client file"), &company.start.google.oauth_client_file.to_string_lossy())?;
    window.click(&button("Sign in with Google"))?;
    let page = desktop.browser.page(1)?;
    let back = desktop.browser.decide(&page, &company.start.google.admin, "approve")?;
    let code = back.query_pairs().find(|(name, _)| name == "code").context("no code")?.1.into_owned();
    desktop.browser.visit(&back)?;
    window.sees("Signed in as")?;

    let mut words = vec![recovery_key.clone(), recovery_key.replace('-', " "), code];
    words.extend(private_key(&fs::read_to_string(&company.start.google.service_account_key_file)?)?);
    words.extend(client_secret(&fs::read_to_string(&company.start.google.oauth_client_file)?)?);
    words.extend(tokens(&company.get("tokens")?));
    ensure!(words.len() >= 8, "the search looks for too little");

    let repository = desktop.repository();
    let found = desktop.files_that_hold(&[&desktop.session.home(), &repository], &words)?;
    ensure!(found.is_empty(), "a secret lies in {found:#?}");
    Ok(())
}

/// Some lines out of the middle of the key, as PEM has them; escaped or not, they are in any copy of it.
fn private_key(file: &str) -> Result<Vec<String>> {
    let key: Value = serde_json::from_str(file)?;
    let pem = key["private_key"].as_str().context("no private key")?;
    let lines: Vec<String> =
        pem.lines().filter(|line| line.len() > 40 && !line.starts_with('-')).map(str::to_owned).collect();
    ensure!(lines.len() > 4, "no PEM");
    Ok(lines)
}

fn client_secret(file: &str) -> Result<Vec<String>> {
    let client: Value = serde_json::from_str(file)?;
    let secret = client["installed"]["client_secret"].as_str().context("no client secret")?;
    Ok(vec![secret.to_owned()])
}

/// All tokens that the company ever gave.
fn tokens(told: &Value) -> Vec<String> {
    told.as_array().into_iter().flatten().filter_map(|it| it.as_str().map(str::to_owned)).collect()
}
