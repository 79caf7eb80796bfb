//! Stock restic, the judge of every Repository.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

/// A Repository and the file that holds its password.
#[derive(Clone, Debug)]
pub struct Restic {
    repository: PathBuf,
    password_file: PathBuf,
}

/// What restic says of one of its snapshots.
#[derive(Clone, Debug, Deserialize)]
pub struct ResticSnapshot {
    /// Its full id.
    pub id: String,
    /// When it was saved.
    pub time: String,
}

impl Restic {
    /// Names both.
    pub fn new(repository: &Path, password_file: &Path) -> Self {
        Self { repository: repository.to_owned(), password_file: password_file.to_owned() }
    }

    /// `restic check`: the Repository is whole. With `read_data` every byte of it is read.
    pub fn check(&self, read_data: bool) -> Result<()> {
        self.check_with(if read_data { &["check", "--read-data"] } else { &["check"] })
    }

    /// The same beside the lock that a killed process left.
    pub fn check_unlocked(&self) -> Result<()> {
        self.check_with(&["check", "--no-lock"])
    }

    fn check_with(&self, arguments: &[&str]) -> Result<()> {
        let said = self.run(arguments)?;
        // A pack that was written just before a kill and that no index knows is none: restic calls it non-critical.
        for bad in ["error:", "Fatal"] {
            if let Some(line) = said.lines().find(|line| line.contains(bad)) {
                bail!("restic check: {line}");
            }
        }
        Ok(())
    }

    /// `restic restore latest` of the data of all Clouds, to a folder that is emptied before.
    pub fn restore(&self, target: &Path) -> Result<()> {
        self.restore_only(target, &[])
    }

    /// The same for what lies below these paths of the snapshot only.
    pub fn restore_only(&self, target: &Path, paths: &[&str]) -> Result<()> {
        if target.exists() {
            fs::remove_dir_all(target).with_context(|| format!("cannot empty {}", target.display()))?;
        }
        let folder = target.to_str().context("the target is not UTF-8")?;
        let mut arguments = vec!["restore", "latest", "--target", folder];
        for path in paths {
            arguments.extend(["--include", path]);
        }
        self.run(&arguments).map(drop)
    }

    /// All snapshots, oldest first.
    pub fn snapshots(&self) -> Result<Vec<ResticSnapshot>> {
        serde_json::from_str(&self.run(&["snapshots", "--json"])?).context("restic snapshots printed no JSON")
    }

    /// Leaves the lock of a restic that was killed while it worked.
    pub fn leave_a_lock(&self) -> Result<()> {
        let locks = || fs::read_dir(self.repository.join("locks")).map(Iterator::count);
        let before = locks().context("the Repository has no locks folder")?;
        // It reads its standard input for as long as there is any.
        let mut command = self.command(&["backup", "--stdin"]);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().context("restic does not start")?;
        let begin = Instant::now();
        while locks()? == before && begin.elapsed() < Duration::from_secs(60) {
            thread::sleep(Duration::from_millis(10));
        }
        child.kill().context("restic cannot be killed")?;
        child.wait()?;
        ensure!(locks()? > before, "restic took no lock");
        Ok(())
    }

    /// Runs restic and returns what it printed, complaints included.
    pub fn run(&self, arguments: &[&str]) -> Result<String> {
        let output = self.command(arguments).output().context("restic does not start")?;
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        let complaints = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() {
            bail!("`restic {}` ended with {}: {}", arguments.join(" "), output.status, complaints.trim());
        }
        Ok(if arguments.contains(&"--json") { printed } else { printed + &complaints })
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("restic");
        command.arg("--repo").arg(&self.repository).arg("--password-file").arg(&self.password_file);
        command.arg("--no-cache").args(arguments);
        command
    }

    /// The commands with which a person opens the Repository.
    pub fn shown(&self) -> Vec<String> {
        let base = format!(
            "restic -r {} --password-file {}",
            self.repository.display(),
            self.password_file.display()
        );
        ["snapshots", "check --read-data", "ls latest", "restore latest --target FOLDER"]
            .map(|rest| format!("{base} {rest}"))
            .to_vec()
    }
}
