//! Settings by mouse: Manage Domains brings in each part of the Directory, Backup Settings say what they change, Storage is
//! verified, found where it was moved to, and shows its key; App decides what starts at login.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use anyhow::{Context, Result, bail, ensure};
use holdfast_tests::desktop::{
    Desktop, FirstLaunch, Seek, button, checkbox, dialog, link, radio, row, tab, table, textbox, until,
};
use serde_json::json;

const COMPANY: &str = "--seed 17 --users 3 --mail-per-user 12 --files-per-user 6";

#[test]
fn manage_domains_and_backup_settings_do_what_they_say() -> Result<()> {
    let desktop = Desktop::new()?;
    let company = desktop.company(COMPANY)?;
    let window = desktop.open()?;
    FirstLaunch::new(&desktop, &window).up_to_start_backup(&company)?;
    company.change("user.add", json!({ "address": "newcomer@example.com", "name": "New Comer" }))?;
    company.change("group.add", json!({ "address": "brand.new@example.com", "name": "Brand New" }))?;
    company.change(
        "group.add_member",
        json!({ "group": "brand.new@example.com", "member": "newcomer@example.com" }),
    )?;
    company.change("org_unit.add", json!({ "path": "/Lisbon" }))?;

    window.go("Manage Domains")?;
    for (sync, brought) in [
        ("User Sync", "newcomer@example.com"),
        ("Group Sync", "brand.new@example.com"),
        ("OU Sync", "/Lisbon"),
    ] {
        window.click(&button(sync))?;
        let line = || row(sync).part().within(table("example.com"));
        window.sees_in(&line(), "1 joined").with_context(|| sync)?;
        window.click(&button("What changed: ").part().within(line()))?;
        let drawer = || dialog(format!("{sync} of example.com: what changed"));
        window.sees_in(&drawer(), brought)?;
        window.click(&button("Close").within(drawer()))?;
        window.gone(&drawer())?;
    }
    window.go("Start Backup")?;
    window.find(&checkbox("Select newcomer@example.com"))?;
    window.click(&tab("USERS BY GROUP"))?;
    window.find(&row("brand.new@example.com").part())?;
    window.click(&tab("USERS BY ORG UNITS"))?;
    window.find(&checkbox("Select /Lisbon"))?;

    window.click(&tab("CSV FILE UPLOAD"))?;
    window.click(&button("Download sample CSV"))?;
    window.sees("holdfast-users.csv")?;
    let home = desktop.session.home();
    let sample = [home.join("Downloads/holdfast-users.csv"), home.join("holdfast-users.csv")];
    let sample = sample.into_iter().find(|file| file.is_file()).context("no sample was saved")?;
    ensure!(fs::read_to_string(sample)?.starts_with("Email address\r\n"), "it is no list");

    window.go("Backup Settings")?;
    window.click(&checkbox("Include Spam"))?;
    window.click(&radio("6 h"))?;
    window.sees("2 settings are changed and not saved.")?;
    window.click(&button("Save"))?;
    let sure = || dialog("What this change does");
    window.sees_in(&sure(), "Nobody gains or loses protection.")?;
    window.click(&button("Save").within(sure()))?;
    window.gone(&sure())?;
    window.sees("Saved. It holds from the next backup on.")?;
    window.go("Home")?;
    window.is_on_page("Home")?;
    window.go("Backup Settings")?;
    ensure!(window.is_on(&checkbox("Include Spam"))? && window.is_on(&radio("6 h"))?, "it was not kept");
    Ok(())
}

#[test]
fn a_storage_is_verified_moved_and_shows_its_key_and_the_app_starts_at_login() -> Result<()> {
    let desktop = Desktop::new()?;
    let company = desktop.company(COMPANY)?;
    let window = desktop.open()?;
    let recovery_key = FirstLaunch::new(&desktop, &window).with_first_copies(&company)?;
    desktop.at_rest(&recovery_key)?;

    window.go("Storage")?;
    window.click(&checkbox("Read all data too").part())?;
    window.click(&button("Verify now"))?;
    window.sees("everything is whole.")?;
    window.click(&button("Show the recovery key"))?;
    window.click(&button("Show it"))?;
    let shown = FirstLaunch::new(&desktop, &window).recovery_key()?;
    ensure!(shown == recovery_key, "another key is shown");
    window.click(&button("Close").within(dialog("Recovery key")))?;
    window.gone(&dialog("Recovery key"))?;

    // The folder is carried to another place; only there is it taken.
    let (was, now) = (desktop.repository(), desktop.session.elsewhere().join("another disk"));
    fs::rename(&was, &now)?;
    window.click(&button("Change location…"))?;
    window.click(&radio("It is there already").part())?;
    window.fill(&textbox("Folder").within(moving()), &desktop.session.home().to_string_lossy())?;
    window.click(&button("Use this folder").within(moving()))?;
    window.sees_in(&moving(), "is not a repository.")?;
    window.fill(&textbox("Folder").within(moving()), &now.to_string_lossy())?;
    window.click(&button("Use this folder").within(moving()))?;
    window.gone(&moving())?;
    window.sees(&now.to_string_lossy())?;
    ensure!(!was.exists(), "a Run made the old place anew");

    // And copied to a larger one, by the app.
    let larger = desktop.session.elsewhere().join("a larger disk");
    window.click(&button("Change location…"))?;
    window.fill(&textbox("Folder").within(moving()), &larger.to_string_lossy())?;
    window.click(&button("Copy").within(moving()))?;
    window.gone(&moving())?;
    until("the storage is the copy", || {
        let shown: String = window.text()?;
        ensure!(shown.contains(&*larger.to_string_lossy()), "another place is shown");
        ensure!(!shown.contains("is being copied"), "it is still being copied");
        Ok(())
    })?;
    fs::remove_dir_all(&now)?;
    window.click(&button("Verify now"))?;
    window.sees("everything is whole.")?;

    // What the system starts at login is what the switch says.
    let autostart = desktop.session.home().join(".config/autostart/Holdfast.desktop");
    ensure!(autostart.is_file(), "it was on at the end of the set-up, and nothing starts it");
    window.go("App")?;
    for (is_on, what) in [(false, "it is still started at login"), (true, "it is not started at login")] {
        window.click(&checkbox("Start at login").part())?;
        until(what, || {
            ensure!(autostart.is_file() == is_on, "{what}");
            Ok(())
        })?;
    }
    let line = fs::read_to_string(&autostart)?;
    ensure!(line.contains("holdfast-desktop") && line.contains("--hidden"), "{line}");

    // How people are told, each tried.
    window.click(&button("Test the notifications"))?;
    window.sees("This computer shows notifications.")?;
    ensure!(!desktop.session.notifications()?.is_empty(), "none was shown");
    let chat = TcpListener::bind("127.0.0.1:0")?;
    let address = format!("http://{}/hooks/7f3a9c", chat.local_addr()?);
    let heard = std::thread::spawn(move || one_request(&chat));
    window.click(&button("Set up a webhook"))?;
    let drawer = || dialog("Webhook and monitor");
    window.fill(&textbox("Address for messages").within(drawer()), &address)?;
    window.click(&button("Save").within(drawer()))?;
    window.gone(&drawer())?;
    window.sees("Messages go to 127.0.0.1")?;
    ensure!(!window.text()?.contains("7f3a9c"), "the secret part of the address is shown");
    window.click(&button("Send a test message"))?;
    window.sees("The test message was taken.")?;
    let Ok(heard) = heard.join() else { bail!("nobody listened") };
    let heard = heard?;
    ensure!(heard.starts_with("POST /hooks/7f3a9c ") && heard.contains("\"text\":"), "{heard}");
    window.click(&link("Home"))?;
    window.is_on_page("Home")
}

/// What the first who calls here asks; it is answered well.
fn one_request(listener: &TcpListener) -> Result<String> {
    let (mut stream, _) = listener.accept()?;
    let mut heard = Vec::new();
    let mut part = [0; 4096];
    loop {
        let count = stream.read(&mut part)?;
        heard.extend_from_slice(&part[..count]);
        let text = String::from_utf8_lossy(&heard);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            ensure!(count > 0, "it broke off: {text}");
            continue;
        };
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            if name.eq_ignore_ascii_case("content-length") {
                value.trim().parse::<usize>().ok()
            } else {
                None
            }
        });
        if count == 0 || body.len() >= length.unwrap_or(0) {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")?;
            return Ok(text.into_owned());
        }
    }
}

fn moving() -> Seek {
    dialog("Change location")
}
