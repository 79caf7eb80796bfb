//! The `holdfast` program with a data directory, a Repository and secrets of its own.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use rand::distr::{Alphanumeric, SampleString};
use serde_json::Value;

use crate::found::entries;
use crate::{Company, Programs, Restic};

/// One installation: everything it writes is below one folder.
#[derive(Clone, Debug)]
pub struct Holdfast {
    program: PathBuf,
    folder: PathBuf,
    quotas: String,
}

/// Names the quotas that a program of ours paces itself by.
const QUOTAS: &str = "HOLDFAST_QUOTAS";

/// How a command ended.
#[derive(Clone, Debug)]
pub struct Finished {
    /// The exit code; `None` when it was killed.
    pub code: Option<i32>,
    /// What it printed.
    pub stdout: String,
    /// What it complained of.
    pub stderr: String,
    /// How long it took.
    pub took: Duration,
}

impl Holdfast {
    /// A new installation in `folder`, with secrets in an age file under a random passphrase.
    pub fn new(programs: &Programs, folder: &Path) -> Result<Self> {
        let holdfast = Self::at(programs, folder);
        fs::create_dir_all(holdfast.data_dir())
            .with_context(|| format!("cannot make {}", folder.display()))?;
        let passphrase = Alphanumeric.sample_string(&mut rand::rng(), 32);
        write_private(&holdfast.passphrase_file(), &passphrase)?;
        Ok(holdfast)
    }

    fn at(programs: &Programs, folder: &Path) -> Self {
        Self { program: programs.holdfast.clone(), folder: folder.to_owned(), quotas: "off".to_owned() }
    }

    /// The same, pacing itself by quotas: those of the simulated company are off unless it is told otherwise.
    #[must_use]
    pub fn with_quotas(self, quotas: &str) -> Self {
        Self { quotas: quotas.to_owned(), ..self }
    }

    /// An installation that was made in `folder` before.
    pub fn reopen(programs: &Programs, folder: &Path) -> Result<Self> {
        let holdfast = Self::at(programs, folder);
        ensure!(holdfast.passphrase_file().is_file(), "{} holds no installation", folder.display());
        Ok(holdfast)
    }

    /// Catalogue and settings.
    pub fn data_dir(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// The Repository.
    pub fn repository(&self) -> PathBuf {
        self.folder.join("repository")
    }

    fn passphrase_file(&self) -> PathBuf {
        self.folder.join("passphrase")
    }

    /// The catalogue's file, which the data directory holds one of.
    pub fn catalogue(&self) -> Result<PathBuf> {
        let is_it = |path: &PathBuf| {
            path.extension().is_some_and(|end| end == "db" || end == "sqlite")
                && path.file_stem().is_some_and(|stem| stem == "catalogue" || stem == "catalog")
        };
        let found = entries(&self.data_dir())?.into_iter().find(is_it);
        found.with_context(|| format!("{} holds no catalogue", self.data_dir().display()))
    }

    /// The command with these arguments, to be changed and started by the caller.
    pub fn command(&self, arguments: &[&str]) -> Command {
        self.command_with_passphrase(&self.passphrase_file(), arguments)
    }

    /// The same with another passphrase for the secrets.
    pub fn command_with_passphrase(&self, passphrase_file: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.env(QUOTAS, &self.quotas);
        command.arg("--data-dir").arg(self.data_dir());
        command.arg("--secrets").arg(format!("age:{}", self.folder.join("secrets.age").display()));
        command.arg("--passphrase-file").arg(passphrase_file);
        command.args(arguments).stdin(Stdio::null());
        command
    }

    /// Runs a command to its end, however it ends.
    pub fn run(&self, arguments: &[&str]) -> Result<Finished> {
        let begin = Instant::now();
        let output = self.command(arguments).output();
        let output = output.with_context(|| format!("{} does not start", self.program.display()))?;
        Ok(Finished::new(&output, begin.elapsed()))
    }

    /// Runs a command that has to end well; what it printed.
    pub fn ok(&self, arguments: &[&str]) -> Result<String> {
        let finished = self.run(arguments)?;
        if finished.code != Some(0) {
            bail!("`holdfast {}` {}", arguments.join(" "), finished.told());
        }
        Ok(finished.stdout)
    }

    /// Runs a command that has to end well with `--json`; its document.
    pub fn json(&self, arguments: &[&str]) -> Result<Value> {
        let printed = self.ok(&[arguments, &["--json"]].concat())?;
        serde_json::from_str(&printed)
            .with_context(|| format!("`holdfast {} --json` printed no JSON: {printed}", arguments.join(" ")))
    }

    /// Runs a command that has to end well with `--json`; the document of each line.
    pub fn json_lines(&self, arguments: &[&str]) -> Result<Vec<Value>> {
        let printed = self.ok(&[arguments, &["--json"]].concat())?;
        let line = |line: &str| serde_json::from_str(line).with_context(|| format!("no JSON: {line}"));
        printed.lines().filter(|text| !text.trim().is_empty()).map(line).collect()
    }

    /// Starts a command that the caller will kill or wait for.
    pub fn spawn(&self, arguments: &[&str]) -> Result<Child> {
        let mut command = self.command(arguments);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().with_context(|| format!("{} does not start", self.program.display()))
    }

    /// Runs a command to its end, however it ends; with the most memory that it held at once, in bytes.
    pub fn run_measured(&self, arguments: &[&str]) -> Result<(Finished, u64)> {
        let begin = Instant::now();
        let mut command = self.command(arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn().with_context(|| format!("{} does not start", self.program.display()))?;
        let status = format!("/proc/{}/status", child.id());
        let watching = std::thread::spawn(move || {
            let mut most = 0;
            // The file goes with the process, and is without this line when the process has ended.
            while let Some(held) = fs::read_to_string(&status).ok().as_deref().and_then(peak_memory) {
                most = held.max(most);
                std::thread::sleep(Duration::from_millis(20));
            }
            most
        });
        let output = child.wait_with_output().context("a command cannot be waited for")?;
        let Ok(most) = watching.join() else { bail!("the memory of a command could not be watched") };
        Ok((Finished::new(&output, begin.elapsed()), most))
    }

    /// `init` and `connect` to a simulated Google company.
    pub fn set_up(&self, company: &Company) -> Result<()> {
        self.init()?;
        self.connect(company)?;
        Ok(())
    }

    /// Makes the Repository.
    pub fn init(&self) -> Result<String> {
        self.ok(&["init", "--repository", text(&self.repository())?])
    }

    /// Connects to a simulated Google company by its service account.
    pub fn connect(&self, company: &Company) -> Result<String> {
        self.connect_by(company, &company.start.endpoints_file)
    }

    /// The same at the addresses that this file names.
    pub fn connect_by(&self, company: &Company, endpoints_file: &Path) -> Result<String> {
        let google = &company.start.google;
        let key = text(&google.service_account_key_file)?;
        let endpoints = text(endpoints_file)?;
        self.ok(&["connect", "google", "--key-file", key, "--admin", &google.admin, "--endpoints", endpoints])
    }

    /// Connects to a simulated Box enterprise by its application.
    pub fn connect_box(&self, company: &Company) -> Result<String> {
        let app = text(&company.start.boxcom.app_file)?;
        self.ok(&["connect", "box", "--app-file", app, "--endpoints", text(&company.start.endpoints_file)?])
    }

    /// The Repository as stock restic opens it.
    pub fn restic(&self) -> Result<Restic> {
        self.restic_at(&self.repository())
    }

    /// The same in another folder, after it was moved there.
    pub fn restic_at(&self, folder: &Path) -> Result<Restic> {
        let file = self.folder.join("recovery-key");
        // It is the same for ever, and asking for it takes as long as opening the secrets does.
        if !file.exists() {
            let document = self.json(&["recovery-key"])?;
            let key = document["recovery_key"].as_str().context("recovery-key names no key")?;
            write_private(&file, key)?;
        }
        Ok(Restic::new(folder, &file))
    }
}

impl Finished {
    fn new(output: &Output, took: Duration) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self { code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr), took }
    }

    /// An error unless it ended with this code.
    pub fn expect_code(&self, code: i32) -> Result<()> {
        ensure!(self.code == Some(code), "expected exit code {code}, but it {}", self.told());
        Ok(())
    }

    /// An error unless it failed with this code and told so: one line that says what and what to do, with these words
    /// in it; below it at most the details, and no trace of a program.
    pub fn expect_told(&self, code: i32, words: &str) -> Result<()> {
        self.expect_code(code)?;
        let told = self.stderr.trim();
        let mut lines = told.lines();
        let first = lines.next().unwrap_or_default();
        ensure!(first.contains(words), "nothing is said of '{words}': {told}");
        ensure!(lines.all(|line| line.trim_start().starts_with("details: ")), "more than one line: {told}");
        ensure!(!told.contains("panicked") && !told.contains("RUST_BACKTRACE"), "{told}");
        Ok(())
    }

    /// Code and last words.
    pub fn told(&self) -> String {
        let code =
            self.code.map_or_else(|| "was killed".to_owned(), |code| format!("ended with code {code}"));
        let words = if self.stderr.trim().is_empty() { &self.stdout } else { &self.stderr };
        format!("{code}: {}", words.trim())
    }
}

/// `VmHWM` of `/proc/<id>/status`, in bytes: <https://man7.org/linux/man-pages/man5/proc_pid_status.5.html>
pub(crate) fn peak_memory(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kibibytes| kibibytes * 1024)
}

/// A path as an argument.
fn text(path: &Path) -> Result<&str> {
    path.to_str().with_context(|| format!("{} is not UTF-8", path.display()))
}

/// Writes a file that only we may read.
fn write_private(path: &Path, text: &str) -> Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).with_context(|| format!("cannot write {}", path.display()))?;
    file.write_all(text.as_bytes()).with_context(|| format!("cannot write {}", path.display()))
}
