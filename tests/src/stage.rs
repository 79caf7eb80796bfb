//! Everything a flow needs, in a temporary folder of its own: a company, an installation, and the judges.

use std::path::Path;

use anyhow::Result;
use tempfile::TempDir;

use crate::{Company, Comparison, Holdfast, Programs, Restored};

/// A company and an installation that is connected to it.
pub struct Stage {
    /// The simulated company.
    pub company: Company,
    /// The installation.
    pub holdfast: Holdfast,
    /// The programs.
    pub programs: Programs,
    /// Removed at the end.
    pub folder: TempDir,
}

impl Stage {
    /// Starts a company with these arguments and an installation that is connected and knows the Directory.
    pub fn new(company: &str) -> Result<Self> {
        let stage = Self::unconnected(company)?;
        stage.holdfast.set_up(&stage.company)?;
        stage.holdfast.ok(&["sync"])?;
        Ok(stage)
    }

    /// The same before `init` and `connect`.
    pub fn unconnected(company: &str) -> Result<Self> {
        let programs = Programs::find()?;
        let folder = TempDir::new()?;
        let arguments: Vec<&str> = company.split_whitespace().collect();
        let company = Company::start(&programs, &folder.path().join("company"), &arguments)?;
        let holdfast = Holdfast::new(&programs, &folder.path().join("holdfast"))?;
        Ok(Self { company, holdfast, programs, folder })
    }

    /// The command that protects everyone who is active and backs them up.
    pub fn start_all(&self) -> Vec<&str> {
        let users = self.company.active().flat_map(|person| ["--user", person.address.as_str()]);
        ["start"].into_iter().chain(users).chain(["--wait"]).collect()
    }

    /// Stock restic reads every byte of the Repository, restores all of it, and that is compared with what all active
    /// users and the shared drives hold now.
    pub fn judge(&self) -> Result<Comparison> {
        self.judge_at(&self.holdfast.repository())
    }

    /// The same of the Repository in another folder, after it was moved there.
    pub fn judge_at(&self, repository: &Path) -> Result<Comparison> {
        let restic = self.holdfast.restic_at(repository)?;
        restic.check(true)?;
        let target = self.folder.path().join("restored");
        restic.restore(&target)?;
        let truth = self.company.truth(None)?.kept_by_default().of_users(&self.company.active_ids());
        Ok(truth.compare(&Restored::by_restic(&target)?))
    }
}
