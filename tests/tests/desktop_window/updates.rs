//! From one release to the next: new versions are asked for only where a person wants it, and taken only if they are later,
//! signed by the right key for the version that they are said to be, and while no backup runs.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use holdfast_tests::desktop::{Desktop, FirstLaunch, Window, button, checkbox, until, until_true};
use holdfast_tests::{Company, Releases, Signer};
use serde_json::{Value, json};

const COMPANY: &str = "--seed 9 --users 2 --mail-per-user 5 --files-per-user 2";
const RUNNING: &str = env!("CARGO_PKG_VERSION");
const LATER: &str = "1000.0.0";
const EARLIER: &str = "0.0.1";

#[test]
fn new_versions_are_asked_for_only_where_a_person_wants_it_and_none_goes_back() -> Result<()> {
    let (desktop, releases, signer) = published(Desktop::new()?)?;
    releases.publish(LATER, b"later", &signer.sign(b"later", LATER))?;
    let company = desktop.company(COMPANY)?;
    let window = desktop.open()?;
    FirstLaunch::new(&desktop, &window).up_to_start_backup(&company)?;
    window.go("App")?;
    let looks = || checkbox("Look for new versions once a day").part();
    ensure!(!window.is_on(&looks())?, "nobody had asked for that");
    ensure!(releases.looks() == 0, "it asked for new versions by itself");
    window.click(&looks())?;
    until_true("it is switched on", || Ok(window.is_on(&looks())? && window.is_enabled(&looks())?))?;
    desktop.session.click_tray("Quit")?;
    window.ended()?;

    let window = desktop.open()?;
    until_true("it asks by itself", || Ok(releases.looks() > 0))?;
    window.go("App")?;
    window.sees(&format!("Version {LATER} is here."))?;
    window.sees("Install its package as you installed this one")?;
    window.keep_picture("updates-found")?;
    ensure!(releases.asked_for("setup.exe") == 0, "it fetched what nobody asked for");

    releases.publish(EARLIER, b"earlier", &signer.sign(b"earlier", EARLIER))?;
    window.click(&button("Look now"))?;
    window.sees(&format!("Version {RUNNING} is the newest."))?;
    for version in [EARLIER, RUNNING] {
        ensure!(refused(&window, version)? == "update.not_newer", "it would go back to {version}");
    }
    // Whoever publishes has withdrawn the later one meanwhile.
    ensure!(refused(&window, LATER)? == "update.not_newer", "it would take what is told of no more");
    ensure!(releases.asked_for("setup.exe") == 0, "it fetched an earlier version");
    Ok(())
}

#[test]
fn a_later_version_takes_the_place_of_this_one_when_it_is_rightly_signed_and_no_backup_runs() -> Result<()> {
    let (desktop, releases, signer) = published(Desktop::with_own_copy()?)?;
    let program = desktop.program();
    let old = fs::read(program)?;
    // A program that differs, and runs.
    let new = [&old[..], b"the next release"].concat();
    let company = desktop.company(COMPANY)?;
    let window = desktop.open()?;
    let busy = json!({ "method": "gmail.users.messages.list", "kind": "status", "status": 503, "retry_after": 2, "times": 0 });
    company.post("fault", &busy)?;
    FirstLaunch::new(&desktop, &window).with_everyone(&company)?;

    releases.publish(LATER, &new, &signer.sign(&new, LATER))?;
    until_true("a backup runs", || Ok(company.counters()?.requests_of("gmail.users.messages.list") > 0))?;
    ensure!(refused(&window, LATER)? == "update.run", "it would end a backup");
    ensure!(releases.asked_for("setup.exe") == 0, "it was fetched during a backup");
    at_rest(&company, &window)?;

    let other = Signer::new(2)?;
    for (what, content, signature) in [
        ("by another key", &b"later"[..], other.sign(b"later", LATER)),
        ("for another version", b"later", signer.sign(b"later", EARLIER)),
        ("for another content", b"later", signer.sign(b"other", LATER)),
        ("not at all", b"later", "none".to_owned()),
    ] {
        releases.publish(LATER, content, &signature)?;
        let code = refused(&window, LATER)?;
        ensure!(code == "update.failed", "signed {what}, it says {code}");
        ensure!(fs::read(program)? == old, "signed {what}, it was installed");
    }
    ensure!(window.is_running(), "a refused version ended the program");

    releases.publish(LATER, &new, &signer.sign(&new, LATER))?;
    let install =
        "window.__TAURI_INTERNALS__.invoke('install_update', { version: arguments[0] }); return true";
    window.script::<bool>(install, &[json!(LATER)])?;
    window.ended()?;
    drop(window);
    ensure!(fs::read(program)? == new, "the program is not the later one");
    until_true("the later one runs", || runs(program))?;
    until_true("it has a window", || desktop.session.shows_window())?;
    ensure!(desktop.launch_again()?.success(), "it does not answer");
    desktop.session.click_tray("Quit")?;
    until_true("it ends", || Ok(!runs(program)?))?;

    // All that was there is there.
    let window = desktop.open()?;
    window.go("Manage Users")?;
    window.sees(&company.active().next().context("nobody is active")?.address)
}

/// A desktop whose app knows who publishes new versions; nothing is published yet.
fn published(mut desktop: Desktop) -> Result<(Desktop, Releases, Signer)> {
    let (releases, signer) = (Releases::start()?, Signer::new(1)?);
    desktop.set_variable("HOLDFAST_UPDATE_KEY", &signer.public_key());
    desktop.set_variable("HOLDFAST_UPDATE_FROM", &releases.latest());
    Ok((desktop, releases, signer))
}

/// The code of the error that a version is not installed with, though the page's button be clicked.
fn refused(window: &Window, version: &str) -> Result<String> {
    let script = "const [version, done] = arguments; \
        window.__TAURI_INTERNALS__.invoke('install_update', { version }).then(() => done({}), done);";
    let error: Value = window.script_async(script, &[json!(version)])?;
    error["code"].as_str().map(str::to_owned).with_context(|| format!("{version} was not refused: {error}"))
}

/// The Cloud answers again, and all backups have ended.
fn at_rest(company: &Company, window: &Window) -> Result<()> {
    company.delete("fault")?;
    window.go("Activity")?;
    window.runs_ended(company.active_ids().len())
}

/// Whether a process runs this very file; one that was replaced since has another name.
fn runs(program: &Path) -> Result<bool> {
    until("the processes are listed", || {
        let mut found = false;
        for process in fs::read_dir("/proc")? {
            // Of processes of others, and of those that end meanwhile, nothing is told.
            found |= fs::read_link(process?.path().join("exe")).is_ok_and(|path| path == program);
        }
        Ok(found)
    })
}
