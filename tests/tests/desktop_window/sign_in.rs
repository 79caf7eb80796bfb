//! Signing in with Google through a browser: over real HTTP, with the state checked, and without a trace when it is
//! cancelled.

use anyhow::{Result, ensure};
use holdfast_tests::Company;
use holdfast_tests::desktop::{Desktop, FirstLaunch, Window, button, radio, textbox};

const COMPANY: &str = "--seed 5 --users 4 --mail-per-user 20 --files-per-user 10";

#[test]
fn a_sign_in_goes_through_the_browser_and_ends_where_it_began() -> Result<()> {
    let desktop = Desktop::new()?;
    let company = desktop.company(COMPANY)?;
    let window = desktop.open()?;
    FirstLaunch::new(&desktop, &window).storage()?;
    begin(&window, &company)?;

    let page = desktop.browser.page(1)?;
    let asked =
        |name: &str| page.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    ensure!(asked("code_challenge_method").as_deref() == Some("S256"), "no PKCE: {page}");
    let scopes = asked("scope").unwrap_or_default();
    for scope in scopes.split_whitespace().filter(|scope| scope.contains("/auth/")) {
        let reads = scope.ends_with(".readonly") || scope.contains("/auth/userinfo");
        ensure!(reads, "more than reading is asked for: {scope}");
    }

    // Somebody else's answer is refused, and the sign-in goes on.
    let mut forged = desktop.browser.decide(&page, &company.start.google.admin, "approve")?;
    let others: Vec<(String, String)> = forged
        .query_pairs()
        .map(|(key, value)| {
            (key.to_string(), if key == "state" { "forged".to_owned() } else { value.to_string() })
        })
        .collect();
    forged.query_pairs_mut().clear().extend_pairs(others);
    let refused = desktop.browser.visit(&forged)?;
    ensure!(refused.status >= 400, "a forged state is taken: {refused:?}");

    let answer = desktop.browser.allow(&page, &company.start.google.admin)?;
    ensure!(answer.status == 200, "{answer:?}");
    window.sees("Signed in as admin@example.com of example.com")
}

#[test]
fn a_cancelled_or_refused_sign_in_leaves_nothing() -> Result<()> {
    let desktop = Desktop::new()?;
    let company = desktop.company(COMPANY)?;
    let window = desktop.open()?;
    FirstLaunch::new(&desktop, &window).storage()?;

    begin(&window, &company)?;
    let page = desktop.browser.page(1)?;
    window.click(&button("Cancel"))?;
    window.sees("The sign-in was cancelled. Nothing was changed.")?;
    ensure!(desktop.browser.visit(&redirect(&page)?).is_err(), "the app still listens");

    window.click(&button("Sign in with Google"))?;
    let page = desktop.browser.page(2)?;
    desktop.browser.deny(&page)?;
    window.find(&button("Sign in with Google"))?;
    window.click(&button("Connect later"))?;
    window.sees("No cloud is connected yet")
}

/// Chooses the sign-in, with the company's own client.
fn begin(window: &Window, company: &Company) -> Result<()> {
    let google = &company.start.google;
    window.click(&radio("Sign in with Google"))?;
    window.fill(&textbox("OAuth client file"), &google.oauth_client_file.to_string_lossy())?;
    window.click(&button("Advanced"))?;
    window.fill(&textbox("Endpoints file"), &company.start.endpoints_file.to_string_lossy())?;
    window.click(&button("Sign in with Google"))?;
    window.sees("Waiting for your browser")
}

fn redirect(page: &url::Url) -> Result<url::Url> {
    let target =
        page.query_pairs().find(|(key, _)| key == "redirect_uri").map(|(_, value)| value.into_owned());
    Ok(url::Url::parse(&target.unwrap_or_default())?)
}
