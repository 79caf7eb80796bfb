//! Every page, empty and full, light and dark: axe finds nothing, and nothing is wider than the smallest window.

use anyhow::{Result, ensure};
use holdfast_tests::desktop::{
    Desktop, FirstLaunch, Key, PAGES, Press as _, Window, button, dialog, heading, link, radio, tab, table,
    textbox,
};

const COMPANY: &str = "--seed 11 --users 12 --mail-per-user 30 --files-per-user 15";

/// As the README shows them.
const SIZE: (u32, u32) = (1200, 800);
/// The smallest that the app promises to be usable in.
const SMALLEST: (u32, u32) = (900, 600);

#[test]
fn every_page_of_the_first_launch_is_accessible() -> Result<()> {
    for theme in ["light", "dark"] {
        let desktop = Desktop::new()?;
        let company = desktop.company(COMPANY)?;
        let window = desktop.open_in(theme)?;
        window.resize(SIZE.0, SIZE.1)?;
        let steps = FirstLaunch::new(&desktop, &window);
        let look = |page: &str| look(&window, &format!("first-launch-{page}-{theme}"));

        window.find(&heading("Your company's data, on storage you own"))?;
        look("choose")?;
        window.click(&button("I already have a backup").part())?;
        window.find(&heading("I already have a backup"))?;
        look("existing")?;
        window.click(&button("Back"))?;
        window.click(&button("Set up backup").part())?;
        window.find(&radio("Another folder"))?;
        look("storage")?;
        window.click(&button("Back"))?;
        steps.storage_until_key()?;
        steps.recovery_key()?;
        look("recovery-key")?;
        steps.key_is_saved()?;
        window.find(&button("Connect"))?;
        look("cloud")?;
        steps.connect_until_checks(&company)?;
        look("connected")?;
        window.click(&button("Continue"))?;
        window.find(&radio("Everyone"))?;
        look("people")?;
        steps.people_later()?;
        window.find(&button("Open Holdfast"))?;
        look("finish")?;
    }
    Ok(())
}

#[test]
fn every_page_is_accessible_without_a_cloud() -> Result<()> {
    let desktop = Desktop::new()?;
    let window = desktop.open()?;
    window.resize(SIZE.0, SIZE.1)?;
    let steps = FirstLaunch::new(&desktop, &window);
    steps.storage()?;
    window.click(&button("Connect later"))?;
    window.click(&button("Continue"))?;
    steps.finish()?;
    every_page(&window, "empty")
}

#[test]
fn every_page_is_accessible_with_a_company() -> Result<()> {
    let desktop = Desktop::new()?;
    let company = desktop.company(COMPANY)?;
    let window = desktop.open()?;
    window.resize(SIZE.0, SIZE.1)?;
    FirstLaunch::new(&desktop, &window).with_first_copies(&company)?;
    every_page(&window, "full")
}

fn every_page(window: &Window, state: &str) -> Result<()> {
    let mut wrong = Vec::new();
    let mut look = |name: String| wrong.extend(look(window, &name).err().map(|error| format!("{error:#}")));
    for theme in ["Light", "Dark"] {
        window.use_theme(theme)?;
        let name = |page: &str| {
            let page = page.to_lowercase().replace(" & ", "-").replace(' ', "-");
            format!("{page}-{state}-{}", theme.to_lowercase())
        };
        for page in PAGES {
            window.go(page)?;
            window.is_on_page(page)?;
            window.settled()?;
            look(name(page));
        }
        if state == "full" {
            window.go("Start Backup")?;
            for panel in ["USERS BY GROUP", "USERS BY ORG UNITS", "CSV FILE UPLOAD"] {
                window.click(&tab(panel))?;
                window.settled()?;
                look(name(panel));
            }
            window.go("Archive & Restore")?;
            window.click(&link("Open the archive of anna.berg").part())?;
            window.is_at("/backup/archive/")?;
            window.settled()?;
            look(name("archive"));
            window.go("Cloud Connection Centre")?;
            window.click(&button("Edit connection: Google Workspace"))?;
            window.sees_in(&dialog("Google Workspace – Connect"), "9 of 9")?;
            look(name("tray"));
            window.press(Key::Escape)?;
            window.gone(&dialog("Google Workspace – Connect"))?;
            window.go("Activity")?;
            window.fill(&textbox("Search by user or drive"), "anna.berg")?;
            window.click(&button("anna.berg").part().within(table("History")).first())?;
            window.is_at("/backup/activity/")?;
            window.settled()?;
            look(name("run"));
        }
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    Ok(())
}

/// Looks with axe's eyes, then at the smallest size for what does not fit.
fn look(window: &Window, name: &str) -> Result<()> {
    window.keep_picture(name)?;
    window.is_accessible(name)?;
    window.resize(SMALLEST.0, SMALLEST.1)?;
    let wide: i64 = window
        .script("return document.documentElement.scrollWidth - document.documentElement.clientWidth", &[])?;
    ensure!(wide <= 0, "{name} is {wide} pixels too wide for the smallest window");
    window.resize(SIZE.0, SIZE.1)
}
