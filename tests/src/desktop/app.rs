//! The app on a desktop of its own, with a company to connect to.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};

use anyhow::{Context, Result, ensure};

use super::{Browser, Session, Window};
use crate::programs::desktop_program;
use crate::{Company, Comparison, Programs, Restic, Restored};

/// Everything that a person has in front of them.
pub struct Desktop {
    /// The desktop.
    pub session: Session,
    /// The browser that the app opens.
    pub browser: Browser,
    program: PathBuf,
    programs: Programs,
    environment: Vec<(String, String)>,
    repository: PathBuf,
}

impl Desktop {
    /// A desktop with an empty HOME; the app was never started on it.
    pub fn new() -> Result<Self> {
        Self::with(&desktop_program()?, Programs::find()?)
    }

    /// The same with the app that this program is, and these others.
    pub fn with(program: &Path, programs: Programs) -> Result<Self> {
        let session = Session::start()?;
        let browser = Browser::make(&session.elsewhere().join("browser"))?;
        let mut path = OsString::from(browser.folder());
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap_or_default());
        let path = path.into_string().ok().context("PATH is not UTF-8")?;
        let environment = [("HOLDFAST_QUOTAS", "off"), ("PATH", &path), ("RUST_BACKTRACE", "0")];
        let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let repository = session.elsewhere().join("backup disk");
        Ok(Self { session, browser, program: program.to_owned(), programs, environment, repository })
    }

    /// The same with a copy of the app of its own, whose place another one may take.
    pub fn with_own_copy() -> Result<Self> {
        let mut desktop = Self::new()?;
        let folder = desktop.session.elsewhere().join("app");
        std::fs::create_dir_all(&folder)?;
        let copy = folder.join(desktop.program.file_name().context("the app has no name")?);
        // Without symbols it is a tenth as large, and nobody reads them there.
        let stripped = Command::new("strip").arg("-o").arg(&copy).arg(&desktop.program).status();
        ensure!(stripped.context("strip does not start")?.success(), "the app cannot be copied");
        desktop.program = copy;
        Ok(desktop)
    }

    /// The app that is started.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// From now on the app is started with this variable, too.
    pub fn set_variable(&mut self, name: &str, value: &str) {
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// The same, with the copies kept in this folder.
    #[must_use]
    pub fn with_repository(self, repository: &Path) -> Self {
        Self { repository: repository.to_owned(), ..self }
    }

    /// Starts a simulated company; its files are no part of the HOME.
    pub fn company(&self, arguments: &str) -> Result<Company> {
        let arguments: Vec<&str> = arguments.split_whitespace().collect();
        Company::start(&self.programs, &self.session.elsewhere().join("company"), &arguments)
    }

    /// Opens the app and drives its window.
    pub fn open(&self) -> Result<Window> {
        self.open_with(&[])
    }

    /// The same with arguments.
    pub fn open_with(&self, arguments: &[&str]) -> Result<Window> {
        let arguments: Vec<String> = arguments.iter().map(|&it| it.to_owned()).collect();
        Window::open(&self.session, &self.program, &arguments, &self.environment())
    }

    /// Opens the app on a desktop that is `light` or `dark`.
    pub fn open_in(&self, theme: &str) -> Result<Window> {
        let theme = if theme == "dark" { "Adwaita:dark" } else { "Adwaita" };
        let environment = [&self.environment()[..], &[("GTK_THEME", theme)]].concat();
        Window::open(&self.session, &self.program, &[], &environment)
    }

    /// Starts the app once more, as a second click on its icon does, and waits for that to end.
    pub fn launch_again(&self) -> Result<ExitStatus> {
        self.command(&[]).status().context("the app does not start")
    }

    /// The same, and what it says where it was started; it must end by itself.
    pub fn launch_that_fails(&self) -> Result<Output> {
        self.command(&[]).output().context("the app does not start")
    }

    /// Starts the app without driving it; it ends when this is dropped.
    pub fn start(&self, arguments: &[&str]) -> Result<Running> {
        Ok(Running(self.command(arguments).spawn().context("the app does not start")?))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.session.command(&self.program);
        command.args(arguments).envs(self.environment()).stdout(Stdio::null());
        command
    }

    /// Where a person of these tests keeps the copies.
    pub fn repository(&self) -> PathBuf {
        self.repository.clone()
    }

    /// The Repository as stock restic opens it with the recovery key that the window showed.
    pub fn restic(&self, recovery_key: &str) -> Result<Restic> {
        let file = self.session.elsewhere().join("recovery-key");
        std::fs::write(&file, recovery_key)?;
        Ok(Restic::new(&self.repository(), &file))
    }

    /// Waits until a snapshot holds what the last Runs brought: the app gives its lock back when it does.
    pub fn at_rest(&self, recovery_key: &str) -> Result<()> {
        let restic = self.restic(recovery_key)?;
        super::until("the Repository is free and whole", || restic.check(false))
    }

    /// Stock restic reads every byte of the Repository and restores all of it, which is compared with what these people
    /// and the shared drives hold now.
    pub fn judge(&self, company: &Company, recovery_key: &str, people: &[&str]) -> Result<Comparison> {
        let restic = self.restic(recovery_key)?;
        // The app gives its lock back a moment after the last Run.
        super::until("the Repository is free and whole", || restic.check(true))?;
        let target = self.session.elsewhere().join("restored");
        restic.restore(&target)?;
        let truth = company.truth(None)?.kept_by_default().of_users(people);
        Ok(truth.compare(&Restored::by_restic(&target)?))
    }

    /// Every file that was written on this desktop and that holds one of these words.
    pub fn files_that_hold(&self, folders: &[&Path], words: &[String]) -> Result<Vec<PathBuf>> {
        ensure!(words.iter().all(|word| word.len() >= 8), "too short a word is found everywhere");
        let mut found = Vec::new();
        for folder in folders {
            for file in crate::files_below(folder)? {
                let bytes =
                    std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
                if words.iter().any(|word| memchr::memmem::find(&bytes, word.as_bytes()).is_some()) {
                    found.push(file);
                }
            }
        }
        Ok(found)
    }

    fn environment(&self) -> Vec<(&str, &str)> {
        self.environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }
}

/// An app that nobody drives.
pub struct Running(Child);

impl Running {
    /// Whether it has not ended.
    pub fn is_running(&mut self) -> Result<bool> {
        Ok(self.0.try_wait()?.is_none())
    }

    /// It does nothing from now on, as a program that hangs.
    pub fn freeze(&self) -> Result<()> {
        let frozen = Command::new("kill").args(["-STOP", &self.0.id().to_string()]).status()?;
        ensure!(frozen.success(), "the program is gone");
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing left to end.
        if self.0.kill().is_ok() {
            drop(self.0.wait());
        }
    }
}
