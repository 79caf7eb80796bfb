//! The installer for Windows, tried under Wine: installed silently, over itself, removed with and without the data.

use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use super::windows::{self, Profile};
use super::{Field, Wine};
use crate::bundle;
use crate::step::{output, status};

/// Below the disk's `drive_c`: where programs of one person are, and their data.
const LOCAL: &str = "AppData/Local";

/// What the installer writes to the registry of one person, and the uninstaller takes out.
const KEYS: [&str; 2] = [
    r"HKCU\Software\Classes\AppUserModelId\dev.holdfast.desktop",
    r"HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\dev.holdfast.desktop",
];

/// What starts at login; the app writes there, the uninstaller takes it out.
const RUN: &str = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Run";

/// How long a program may take to start, and an installer to end.
const PATIENCE: Duration = Duration::from_secs(240);

/// Makes an installer of the programs that the tests use, and tries what people do with it.
pub fn try_it(field: &Field<'_>) -> Result<()> {
    let place = tempfile::tempdir().context("no temporary folder")?;
    let setup = bundle::windows::make(&windows::built(Profile::Debug), place.path())?;
    let local = field.wine.home()?.join(LOCAL);
    let (installed, data) = (local.join("Programs/Holdfast"), local.join("Holdfast"));

    silently(field, &setup, &[])?;
    for name in bundle::windows::PROGRAMS.iter().chain(&["uninstall.exe", "NOTICES.txt", "LICENSE-MIT.txt"]) {
        ensure!(installed.join(name).is_file(), "the installer left {name} out");
    }
    for key in KEYS {
        ensure!(is_known(field, &["query", key])?, "the installer did not write {key}");
    }
    let told = output(wine(field, &installed.join("holdfast.exe")).arg("--version"))?;
    ensure!(told.contains(env!("CARGO_PKG_VERSION")), "the installed program says it is {told}");

    // An update lies over what is there, and so does a repair.
    let program = installed.join("holdfast.exe");
    std::fs::write(&program, "an older version").context("cannot age an installed program")?;
    silently(field, &setup, &[])?;
    output(wine(field, &program).arg("--version")).context("an update did not replace the program")?;

    // The app's own update starts the app again, with the words that it had.
    let again = place.path().join("data of one that starts again");
    let words = ["/UPDATE", "/ARGS", "--watchdog", "--data-dir", &Wine::named(&again)];
    silently(field, &setup, &words)?;
    comes(&again.join("logs"), "the updated app does not start again with its words")?;

    let kept = data.join("catalogue.db");
    std::fs::create_dir_all(&data).context("cannot make a data directory")?;
    std::fs::write(&kept, "kept").context("cannot write data")?;
    ensure!(is_known(field, &["add", RUN, "/v", "Holdfast", "/d", "x", "/f"])?, "nothing can start at login");
    remove(field, &installed, &[])?;
    ensure!(!installed.exists(), "the uninstaller left programs behind");
    for key in KEYS {
        ensure!(!is_known(field, &["query", key])?, "the uninstaller left {key}");
    }
    ensure!(!is_known(field, &["query", RUN, "/v", "Holdfast"])?, "what it left still starts at login");
    ensure!(kept.is_file(), "the uninstaller took the catalogue, which nobody asked for");

    silently(field, &setup, &[])?;
    remove(field, &installed, &["/PURGE"])?;
    ensure!(
        !installed.exists() && !data.exists(),
        "the uninstaller left something behind that it was told to take"
    );
    Ok(())
}

/// Waits until a file or folder is there, which a program makes that nobody waits for.
fn comes(path: &Path, otherwise: &str) -> Result<()> {
    let begin = Instant::now();
    while !path.exists() {
        ensure!(begin.elapsed() < PATIENCE, "{otherwise}: there is no {}", path.display());
        thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

/// Whether Wine's program for the registry does as it is told.
fn is_known(field: &Field<'_>, words: &[&str]) -> Result<bool> {
    let mut reg = Command::new(Wine::LOADER);
    field.wine.lets(&mut reg).arg("reg").args(words).stdout(Stdio::null()).stderr(Stdio::null());
    Ok(status(&mut reg)?.success())
}

fn wine(field: &Field<'_>, program: &Path) -> Command {
    let mut command = Command::new(Wine::LOADER);
    field.wine.lets(&mut command);
    command.arg(program);
    command
}

/// Runs an installer or uninstaller to its end; one that asks or waits for something never comes to it.
fn silently(field: &Field<'_>, program: &Path, words: &[&str]) -> Result<()> {
    let mut command = wine(field, program);
    let mut child = command.arg("/S").args(words).spawn().context("Wine does not start")?;
    let begin = Instant::now();
    let ended = loop {
        if let Some(ended) = child.try_wait()? {
            break ended;
        }
        if begin.elapsed() > PATIENCE {
            child.kill().context("an installer that hangs cannot be ended")?;
            child.wait()?;
            bail!("{} {words:?} hangs", program.display());
        }
        thread::sleep(Duration::from_millis(50));
    };
    ensure!(ended.success(), "{} {words:?} ended with {ended}", program.display());
    Ok(())
}

/// Runs the uninstaller, which copies itself elsewhere and ends at once unless it is told where it is.
fn remove(field: &Field<'_>, installed: &Path, words: &[&str]) -> Result<()> {
    let uninstaller = installed.join("uninstall.exe");
    let place = format!("_?={}", Wine::named(installed));
    silently(field, &uninstaller, &[words, &[place.as_str()]].concat())?;
    // Told so, it may not be able to remove itself, and with it the folder.
    if uninstaller.exists() {
        std::fs::remove_file(&uninstaller).context("the uninstaller cannot be removed")?;
        std::fs::remove_dir(installed).context("something else is left in the program's folder")?;
    }
    Ok(())
}
