//! Without a mouse: Tab, Enter, Space and the arrows reach everything that the main job needs, and where one is can always
//! be seen.

use anyhow::{Context, Result, ensure};
use holdfast_tests::desktop::{
    Desktop, FirstLaunch, Key, PAGES, Press as _, Seek, button, checkbox, link, radio, tab, table, textbox,
    until_true,
};

const COMPANY: &str = "--seed 13 --users 4 --mail-per-user 20 --files-per-user 10";

#[test]
fn first_launch_and_start_backup_need_no_mouse() -> Result<()> {
    let desktop = Desktop::new()?;
    let company = desktop.company(COMPANY)?;
    let window = desktop.open()?;
    let google = &company.start.google;
    let type_at = |field: &str, text: &str| -> Result<()> {
        window.tab_to(&textbox(field))?;
        window.type_text(text)
    };

    window.press_at(&button("Set up backup").part(), Key::Enter)?;
    window.press_at(&radio("Another folder"), Key::Space)?;
    type_at("Folder", desktop.repository().to_str().context("not UTF-8")?)?;
    until_true("the folder can be used", || window.is_enabled(&button("Use this storage")))?;
    window.press_at(&button("Use this storage"), Key::Enter)?;
    let recovery_key = FirstLaunch::new(&desktop, &window).recovery_key()?;
    window.press_at(&checkbox("I have saved it").part(), Key::Space)?;
    window.press_at(&button("Continue"), Key::Enter)?;

    type_at("Key file", google.service_account_key_file.to_str().context("not UTF-8")?)?;
    type_at("Admin's address", &google.admin)?;
    window.press_at(&button("Advanced"), Key::Enter)?;
    type_at("Endpoints file", company.start.endpoints_file.to_str().context("not UTF-8")?)?;
    window.press_at(&button("Connect"), Key::Enter)?;
    window.sees("Everything Holdfast needs is granted.")?;
    window.press_at(&button("Continue"), Key::Enter)?;
    window.press_at(&radio("I choose in Start Backup"), Key::Space)?;
    window.press_at(&button("Continue"), Key::Enter)?;
    window.press_at(&button("Open Holdfast"), Key::Enter)?;
    window.is_at("/backup/start")?;

    window.press_at(&checkbox("Select anna.berg@example.com"), Key::Space)?;
    window.press_at(&button("Add"), Key::Enter)?;
    window.sees_in(&table("Selected for backup"), "USER:")?;
    window.tab_to(&tab("USERS TO BACKUP").part())?;
    window.press(Key::Right)?;
    ensure!(window.is_on(&tab("USERS BY GROUP").part())?, "the arrows do not go from tab to tab");
    window.press(Key::Left)?;
    until_true("the selection can be started", || window.is_enabled(&button("START BACKUP")))?;
    window.press_at(&button("START BACKUP"), Key::Enter)?;
    window.is_at("/backup/activity")?;
    window.runs_ended(2)?;

    window.press_at(&link("Home"), Key::Enter)?;
    window.is_on_page("Home")?;
    let anna = google.users.iter().find(|it| it.address.starts_with("anna.berg")).context("no Anna")?;
    desktop.judge(&company, &recovery_key, &[anna.id.as_str()])?.must_match()
}

#[test]
fn rows_are_reached_by_arrows_and_dialogs_give_the_focus_back() -> Result<()> {
    let desktop = Desktop::new()?;
    let company = desktop.company(COMPANY)?;
    let window = desktop.open()?;
    FirstLaunch::new(&desktop, &window).up_to_start_backup(&company)?;

    window.tab_to(&checkbox("Select admin@example.com"))?;
    window.press(Key::Down)?;
    let focused = |seek| -> Result<()> { until_true("it has the focus", || window.has_focus(&seek)) };
    focused(checkbox("Select anna.berg@example.com"))?;
    window.press(Key::Up)?;
    focused(checkbox("Select admin@example.com"))?;

    window.tab_to(&tab("USERS TO BACKUP").part())?;
    window.press(Key::Right)?;
    let view = || button("View the users of ").part().first();
    window.press_at(&view(), Key::Enter)?;
    window.sees("Users of ")?;
    window.press(Key::Escape)?;
    focused(view())
}

#[test]
fn everything_on_each_page_is_reached_with_tab_and_seen() -> Result<()> {
    let desktop = Desktop::new()?;
    let company = desktop.company(COMPANY)?;
    let window = desktop.open()?;
    FirstLaunch::new(&desktop, &window).up_to_start_backup(&company)?;
    for page in PAGES {
        window.press_at(&link(page).within(Seek::navigation()), Key::Enter)?;
        window.is_on_page(page)?;
        window.settled()?;
        let missed = window.missed_by_tab()?;
        ensure!(missed.is_empty(), "on {page}, without a mouse: {missed:#?}");
    }
    Ok(())
}
