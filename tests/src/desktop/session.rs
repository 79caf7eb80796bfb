//! A desktop of its own for one test: an empty HOME, a display, a D-Bus session with an unlocked keychain, and stand-ins
//! for the notification server and the tray.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Lines};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tempfile::TempDir;

use super::{until, until_true};

const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/desktop");
/// Said by the session when everything in it answers.
const READY: &str = "session is ready";

/// A running desktop; it ends when this is dropped.
pub struct Session {
    child: Child,
    /// The session goes on for as long as this is open.
    held: Option<ChildStdin>,
    environment: BTreeMap<String, String>,
    folder: TempDir,
}

/// A notification as the desktop was asked to show it.
#[derive(Clone, Debug, Deserialize)]
pub struct Notification {
    /// Its number, to click it.
    pub id: u32,
    /// The first line.
    pub summary: String,
    /// The rest.
    pub body: String,
    /// Pairs of a key and a label.
    pub actions: Vec<String>,
}

/// The tray item.
#[derive(Clone, Debug, Deserialize)]
pub struct Tray {
    /// What can be clicked, from the top.
    pub menu: Vec<TrayEntry>,
}

/// A line of the tray's menu.
#[derive(Clone, Debug, Deserialize)]
pub struct TrayEntry {
    /// What it says.
    pub label: String,
    /// Whether it can be clicked.
    pub enabled: bool,
}

impl Session {
    /// Starts a desktop.
    pub fn start() -> Result<Self> {
        let folder = TempDir::new().context("no temporary folder")?;
        let told = folder.path().join("environment");
        let mut command = Command::new(Path::new(SCRIPTS).join("session.sh"));
        command.args(["sh", "-c", &format!("env -0 > \"$1\"; echo {READY}; exec cat"), "session"]).arg(&told);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().context("the desktop for tests does not start")?;
        let held = child.stdin.take();
        let mut lines = BufReader::new(child.stdout.take().context("the session says nothing")?).lines();
        let is_ready = lines.any(|line| line.is_ok_and(|line| line == READY));
        ensure!(is_ready, "the desktop for tests ended: {}", child.wait()?);
        let told = String::from_utf8(fs::read(&told)?).context("the session's environment is not UTF-8")?;
        let environment = told.split('\0').filter_map(|pair| pair.split_once('='));
        let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Ok(Self { child, held, environment, folder })
    }

    /// The home of whoever sits at this desktop; empty at the start.
    pub fn home(&self) -> PathBuf {
        PathBuf::from(self.variable("HOME"))
    }

    /// A folder outside the home, as another disk would be.
    pub fn elsewhere(&self) -> &Path {
        self.folder.path()
    }

    /// A command that runs at this desktop.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(&self.environment).stdin(Stdio::null());
        command
    }

    /// All notifications that were shown, oldest first.
    pub fn notifications(&self) -> Result<Vec<Notification>> {
        self.told("notification")
    }

    /// Clicks a notification.
    pub fn click_notification(&self, notification: &Notification) -> Result<()> {
        self.stand_in(&["notification-click", &notification.id.to_string()]).map(drop)
    }

    /// The tray item.
    pub fn tray(&self) -> Result<Tray> {
        serde_json::from_str(&self.stand_in(&["tray"])?).context("the tray is told otherwise")
    }

    /// Clicks an entry of the tray's menu, once it is there and can be.
    pub fn click_tray(&self, label: &str) -> Result<()> {
        until("the tray has the entry", || self.stand_in(&["tray-click", label]).map(drop))
    }

    /// Asks the window to close, as its frame's button does.
    pub fn close_window(&self) -> Result<()> {
        let windows = self.windows()?;
        let window = windows.lines().next().context("there is no window to close")?;
        self.stand_in(&["close-window", window]).map(drop)
    }

    /// Drags files from elsewhere on the display to a point of the app's window, and drops them there with the pointer.
    /// False where the pointer said that they cannot be dropped there.
    pub fn drop_files(&self, at: (f64, f64), files: &[&Path]) -> Result<bool> {
        let windows = self.windows()?;
        let window = windows.lines().next().context("there is no window to drop on")?;
        let mut geometry = self.command(Path::new("xdotool"));
        let output = geometry.args(["getwindowgeometry", "--shell", window]).output()?;
        let told = String::from_utf8(output.stdout)?;
        let edge = |name: &str| -> Result<f64> {
            let value = told.lines().find_map(|line| line.strip_prefix(name));
            Ok(value.context("the window has no place")?.parse()?)
        };
        let (x, y) = (edge("X=")? + at.0, edge("Y=")? + at.1);
        let mut drag = self.command(&Path::new(SCRIPTS).join("drag.py"));
        let output = drag.args([x.to_string(), y.to_string()]).args(files).output()?;
        match String::from_utf8_lossy(&output.stdout).trim() {
            "taken" => Ok(true),
            "refused" => Ok(false),
            other => bail!("dragging ended with '{other}': {}", String::from_utf8_lossy(&output.stderr)),
        }
    }

    /// Whether a program has the app's name on the session's bus, and so is asked when the app is started again.
    pub fn has_app(&self) -> Result<bool> {
        serde_json::from_str(&self.stand_in(&["has-app"])?).context("the bus says otherwise")
    }

    /// A program that has the app's name on the session's bus and ends without answering when it is asked, as one does that
    /// was killed a moment ago; with `stays`, it only never answers.
    pub fn dying_app(&self, stays: bool) -> Result<Dying> {
        let mut command = self.command(&Path::new(SCRIPTS).join("stand_ins.py"));
        command.args(["dying-app", if stays { "stays" } else { "ends" }]).stdout(Stdio::piped());
        let mut child = command.spawn().context("the stand-ins do not start")?;
        let lines = BufReader::new(child.stdout.take().context("the stand-ins say nothing")?).lines();
        let mut dying = Dying { child, lines };
        ensure!(dying.says()? == "ready", "the name is taken");
        Ok(dying)
    }

    /// Whether a window of the app is on the display.
    pub fn shows_window(&self) -> Result<bool> {
        Ok(self.window_count()? > 0)
    }

    /// How many windows of the app are on the display.
    pub fn window_count(&self) -> Result<usize> {
        Ok(self.windows()?.lines().count())
    }

    /// Whether a window of this title is on the display.
    pub fn shows(&self, title: &str) -> Result<bool> {
        Ok(!self.search(title)?.is_empty())
    }

    /// Gives the dialog of this title, which asks where to save, a full path.
    pub fn save_as(&self, title: &str, path: &Path) -> Result<()> {
        let path = path.to_str().context("the path is not UTF-8")?;
        until_true("the dialog asks where to save", || self.shows(title))?;
        let found = self.search(title)?;
        let dialog = found.lines().next().context("the dialog is gone")?;
        let mut keys = self.command(Path::new("xdotool"));
        // Without a window manager nobody gives a new window the keyboard.
        keys.args(["windowfocus", "--sync", dialog, "key", "ctrl+a", "type", "--delay", "5", path]);
        ensure!(keys.status()?.success(), "xdotool cannot type into the dialog");
        let mut enter = self.command(Path::new("xdotool"));
        ensure!(enter.args(["key", "Return"]).status()?.success(), "xdotool cannot press Enter");
        until_true("the dialog closes", || Ok(!self.shows(title)?))
    }

    /// The numbers of the app's windows that can be seen, a line each.
    fn windows(&self) -> Result<String> {
        self.search("Holdfast")
    }

    fn search(&self, title: &str) -> Result<String> {
        let mut search = self.command(Path::new("xdotool"));
        // Where there is none, it complains and prints nothing.
        let output = search.args(["search", "--onlyvisible", "--name", &format!("^{title}$")]).output();
        Ok(String::from_utf8(output.context("xdotool does not start")?.stdout)?)
    }

    fn told<T: DeserializeOwned>(&self, kind: &str) -> Result<Vec<T>> {
        let log = fs::read_to_string(self.variable("HOLDFAST_DESKTOP_LOG"))?;
        let mut found = Vec::new();
        for line in log.lines() {
            let event: serde_json::Value = serde_json::from_str(line)?;
            if event["kind"] == kind {
                found.push(serde_json::from_value(event)?);
            }
        }
        Ok(found)
    }

    fn stand_in(&self, arguments: &[&str]) -> Result<String> {
        let mut command = self.command(&Path::new(SCRIPTS).join("stand_ins.py"));
        let output = command.args(arguments).output().context("the stand-ins do not start")?;
        let complaint = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "stand_ins.py {}: {}", arguments.join(" "), complaint.trim());
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn variable(&self, name: &str) -> &str {
        self.environment.get(name).map_or("", String::as_str)
    }
}

/// See [`Session::dying_app`].
pub struct Dying {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Dying {
    /// Waits until another start of the app has asked it for its window.
    pub fn was_asked(&mut self) -> Result<()> {
        ensure!(self.says()? == "asked", "it was not asked");
        Ok(())
    }

    fn says(&mut self) -> Result<String> {
        Ok(self.lines.next().context("the stand-in ended")??)
    }
}

impl Drop for Dying {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing left to end.
        if self.child.kill().is_ok() {
            drop(self.child.wait());
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        drop(self.held.take());
        // It may have ended by itself; then there is nothing to wait for.
        drop(self.child.wait());
    }
}
