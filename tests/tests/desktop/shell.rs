//! What the shell promises whatever the page shows.

use std::time::Duration;

use anyhow::{Result, ensure};

use crate::desk::{Desk, click_in_tray, tray_labels, wait_for};
use crate::page::Page;

#[test]
fn closing_the_window_keeps_the_program_in_the_tray() -> Result<()> {
    let desk = Desk::new()?;
    let mut app = desk.start(&[])?;
    app.shows(1)?;
    let labels = tray_labels()?;
    for label in ["Open", "Back up now", "Pause for an hour", "Pause until tomorrow", "Quit"] {
        ensure!(labels.iter().any(|known| known == label), "{label} is missing: {labels:?}");
    }
    app.close_window()?;
    app.shows(0)?;
    ensure!(app.is_running()?, "it ended with its window");
    click_in_tray("Open")?;
    app.shows(1)?;
    click_in_tray("Quit")?;
    ensure!(app.ended()?.success(), "it did not end well");
    Ok(())
}

#[test]
fn a_second_launch_shows_the_window_of_the_first() -> Result<()> {
    let desk = Desk::new()?;
    let mut first = desk.start(&["--hidden"])?;
    wait_for("the tray", || Ok(tray_labels().is_ok()))?;
    ensure!(first.windows()?.is_empty(), "it was started without a window");
    let mut second = desk.start(&[])?;
    ensure!(second.ended()?.success(), "the second one did not end well");
    first.shows(1)?;
    ensure!(first.is_running()?, "the first one ended");

    let elsewhere = Desk::new()?;
    let mut other = elsewhere.start(&[])?;
    other.shows(1)?;
    ensure!(other.is_running()?, "another data directory is another program");
    Ok(())
}

#[tokio::test]
async fn the_page_keeps_to_its_policy_and_the_policy_holds() -> Result<()> {
    let desk = Desk::new()?;
    let page = Page::open(&desk).await?;
    let shown = page.client.wait().at_most(Duration::from_secs(20));
    shown.for_element(fantoccini::Locator::Css("#root *")).await?;
    let broken = page
        .client
        .execute_async(
            "const done = arguments[arguments.length - 1]; const told = [];
             new ReportingObserver((all) => told.push(...all.map((one) => JSON.stringify(one.body))),
                                   { types: ['csp-violation'], buffered: true }).observe();
             setTimeout(() => done(told), 500);",
            Vec::new(),
        )
        .await?;
    ensure!(broken == serde_json::json!([]), "the page breaks its policy: {broken}");

    let planted = page
        .client
        .execute_async(
            "const done = arguments[arguments.length - 1];
             const script = document.createElement('script');
             script.textContent = 'document.title = \"planted\"';
             document.body.append(script);
             fetch('https://example.com/').then(() => done('fetched'), () => done(document.title));",
            Vec::new(),
        )
        .await?;
    ensure!(planted == "Holdfast", "a script that was planted ran: {planted}");
    let frozen = "Object.isFrozen(Object.prototype) && Object.assign({}, { toString: 1 }).toString === 1";
    ensure!(page.ask(frozen).await? == true, "what all objects inherit can be changed");
    ensure!(page.ask("typeof window.__TAURI__").await? == "undefined", "the shell is open to any script");
    page.close().await
}
