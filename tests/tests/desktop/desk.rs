//! The private desktop: the program on it, its windows, its tray item, its notifications.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use holdfast_tests::Programs;
use serde_json::Value;
use tempfile::TempDir;

/// How long anything may take that a person would wait for.
const PATIENCE: Duration = Duration::from_secs(20);

/// A person's computer: the program, and a data directory with secrets of its own.
pub struct Desk {
    folder: TempDir,
    program: PathBuf,
}

/// The program at work; ended when dropped.
pub struct App(Child);

impl Desk {
    /// A computer on which Holdfast was never started.
    pub fn new() -> Result<Self> {
        ensure!(
            env::var_os("HOLDFAST_DESKTOP_LOG").is_some(),
            "there is no desktop to test on: run this through tests/desktop/session.sh"
        );
        let beside = Programs::find()?.holdfast;
        let program = beside.with_file_name("holdfast-desktop");
        ensure!(program.is_file(), "build it first: cargo build --package holdfast-desktop");
        let folder = TempDir::new()?;
        fs::write(folder.path().join("passphrase"), "for tests only\n")?;
        Ok(Self { folder, program })
    }

    /// The program.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// What it is started with.
    pub fn arguments(&self) -> Vec<String> {
        let at = |name: &str| self.folder.path().join(name).display().to_string();
        let secrets = format!("age:{}", at("secrets.age"));
        ["--data-dir", &at("data"), "--secrets", &secrets, "--passphrase-file", &at("passphrase")]
            .map(str::to_owned)
            .to_vec()
    }

    /// Starts the program, with these arguments too.
    pub fn start(&self, more: &[&str]) -> Result<App> {
        let mut command = Command::new(&self.program);
        command.args(self.arguments()).args(more).stdin(Stdio::null());
        Ok(App(command.spawn().context("the desktop app does not start")?))
    }
}

impl App {
    /// The status with which it ended; an error if it does not.
    pub fn ended(&mut self) -> Result<ExitStatus> {
        let mut status = None;
        wait_for("the program to end", || {
            status = self.0.try_wait()?;
            Ok(status.is_some())
        })?;
        status.context("it has not ended")
    }

    /// True while it runs.
    pub fn is_running(&mut self) -> Result<bool> {
        Ok(self.0.try_wait()?.is_none())
    }

    /// Its windows that can be seen.
    pub fn windows(&self) -> Result<Vec<String>> {
        let id = self.0.id().to_string();
        // Without a window it ends with an error and prints nothing.
        let output = Command::new("xdotool")
            .args(["search", "--onlyvisible", "--pid", &id, "--name", "^Holdfast$"])
            .output()?;
        Ok(String::from_utf8(output.stdout)?.lines().map(str::to_owned).collect())
    }

    /// Waits until it shows so many windows.
    pub fn shows(&self, count: usize) -> Result<()> {
        wait_for(&format!("{count} windows"), || Ok(self.windows()?.len() == count))
    }

    /// Closes its window as the button in the title bar does.
    pub fn close_window(&self) -> Result<()> {
        let windows = self.windows()?;
        let window = windows.first().context("there is no window to close")?;
        stand_ins(&["close-window", window]).map(drop)
    }
}

impl Drop for App {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended_already = self.0.kill();
        let _waited = self.0.wait();
    }
}

/// Waits for something, looking often.
pub fn wait_for(what: &str, mut is_so: impl FnMut() -> Result<bool>) -> Result<()> {
    let begin = Instant::now();
    while begin.elapsed() < PATIENCE {
        if is_so()? {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(50));
    }
    bail!("waited in vain for {what}")
}

/// What the tray shows: `Id`, `Title`, `Status`, `IconName`, and `menu` with `label` and `enabled` of each entry.
pub fn tray() -> Result<Value> {
    Ok(serde_json::from_str(&stand_ins(&["tray"])?)?)
}

/// The labels in the tray's menu that can be clicked.
pub fn tray_labels() -> Result<Vec<String>> {
    let tray = tray()?;
    let entries = tray["menu"].as_array().context("the tray item has no menu")?;
    let enabled = entries.iter().filter(|entry| entry["enabled"] == true);
    Ok(enabled.filter_map(|entry| entry["label"].as_str()).map(str::to_owned).collect())
}

/// Clicks an entry of the tray's menu.
pub fn click_in_tray(label: &str) -> Result<()> {
    stand_ins(&["tray-click", label]).map(drop)
}

fn stand_ins(arguments: &[&str]) -> Result<String> {
    let script = env::var_os("HOLDFAST_DESKTOP_STAND_INS").context("there are no stand-ins")?;
    let output = Command::new("/usr/bin/python3").arg(script).args(arguments).output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr).trim());
    Ok(String::from_utf8(output.stdout)?)
}
