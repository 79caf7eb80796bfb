//! What all measurements need: companies, installations, folders, medians.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use holdfast_tests::{Company, Holdfast, Programs, Restored};

use super::Row;
use crate::measure::{Cost, cost};
use crate::step;

/// Every figure is the median of so many.
pub const TURNS: usize = 3;

/// No more memory than this, whatever the size of the account.
const MOST_MEMORY_MB: f64 = 400.0;

/// Where measurements happen, and the programs that are measured.
pub struct Field {
    /// Release builds.
    pub programs: Programs,
    /// Kept between measurements.
    pub folder: PathBuf,
}

impl Field {
    /// An empty folder of this name.
    pub fn empty(&self, name: &str) -> Result<PathBuf> {
        let folder = self.folder.join(name);
        remove(&folder)?;
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        Ok(folder)
    }

    /// A company of these arguments with seed 1.
    pub fn company(&self, folder: &Path, arguments: &str) -> Result<Company> {
        let arguments: Vec<&str> = ["--seed", "1"].into_iter().chain(arguments.split_whitespace()).collect();
        Company::start(&self.programs, &folder.join("company"), &arguments)
    }

    /// An installation in an empty folder that is connected and knows the Directory.
    pub fn installation(&self, company: &Company, folder: &Path) -> Result<Holdfast> {
        remove(folder)?;
        let holdfast = Holdfast::new(&self.programs, folder)?;
        holdfast.set_up(company)?;
        holdfast.ok(&["sync"])?;
        Ok(holdfast)
    }

    /// What a command of ours costs.
    pub fn ours(&self, holdfast: &Holdfast, arguments: &[&str]) -> Result<Cost> {
        settle();
        cost(&holdfast.command(arguments), &self.folder.join("ours.log"))
    }

    /// What a first backup of these files by stock restic costs, and how large its repository becomes.
    pub fn restic(&self, files: &Path) -> Result<(Cost, f64)> {
        let repository = self.folder.join("restic");
        remove(&repository)?;
        let password = self.folder.join("restic.password");
        fs::write(&password, "a peer's repository holds nothing of worth")?;
        let restic = || {
            let mut command = Command::new("restic");
            command.arg("--repo").arg(&repository).arg("--password-file").arg(&password).arg("--no-cache");
            command
        };
        step::output(restic().args(["init", "--repository-version", "2"]))?;
        settle();
        let mut backup = restic();
        backup.args(["backup", "--quiet", "--compression", "auto", "."]).current_dir(files);
        let cost = cost(&backup, &self.folder.join("restic.log"))?;
        let size = megabytes(&repository)?;
        remove(&repository)?;
        Ok((cost, size))
    }
}

/// The command that protects everyone active and backs them up.
pub fn start_all(company: &Company) -> Vec<&str> {
    let users = company.active().flat_map(|person| ["--user", person.address.as_str()]);
    ["start"].into_iter().chain(users).chain(["--wait"]).collect()
}

/// The row that every measurement has.
pub fn memory(name: &str, costs: &[Cost]) -> Row {
    let peak = costs.iter().map(|cost| cost.peak_bytes as f64 / 1e6).fold(0.0, f64::max);
    Row::at_most(format!("{name}: peak memory"), peak, MOST_MEMORY_MB, "MB")
}

/// The middle one.
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// What a folder holds, in MB.
pub fn megabytes(folder: &Path) -> Result<f64> {
    let mut bytes = 0;
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))? {
            let entry = entry?;
            match entry.metadata()? {
                data if data.is_dir() => folders.push(entry.path()),
                data => bytes += data.len(),
            }
        }
    }
    Ok(bytes as f64 / 1e6)
}

/// Reads every file once, so that what reads them next finds them in memory.
pub fn warm(folder: &Path) -> Result<()> {
    step::output(Command::new("sh").args(["-c", "find . -type f -exec cat {} + | wc -c"]).current_dir(folder))
        .map(drop)
}

/// Removes a folder, if it is there.
pub fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    }
    Ok(())
}

/// What a first backup kept, as plain files: compared with the truth, then without what is not content.
pub fn files_of(company: &Company, holdfast: &Holdfast, files: &Path) -> Result<()> {
    holdfast.restic()?.restore(files)?;
    let truth = company.truth(None)?.kept_by_default();
    truth.compare(&Restored::by_restic(files)?).must_match().context("before measuring")?;
    remove(&files.join(".holdfast"))?;
    step::output(Command::new("find").arg(files).args(["-type", "f", "-name", "_*", "-delete"])).map(drop)
}

/// Lets the system write out what earlier work left, so that it does not cost who comes next.
pub fn settle() {
    nix::unistd::sync();
}
