//! The programs under test, as cargo builds them.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

/// Names the folder that holds programs built before; without it cargo is asked to build them.
const FOLDER: &str = "HOLDFAST_PROGRAMS";
const DESKTOP: &str = "holdfast-desktop";

/// Where `holdfast` and `simcloud` are.
#[derive(Clone, Debug)]
pub struct Programs {
    /// The command line.
    pub holdfast: PathBuf,
    /// The simulated clouds.
    pub simcloud: PathBuf,
}

impl Programs {
    /// The programs in the folder that `HOLDFAST_PROGRAMS` names, else a debug build.
    pub fn find() -> Result<Self> {
        Self::find_or_build("dev")
    }

    /// The programs in the folder that `HOLDFAST_PROGRAMS` names, else built under a cargo profile.
    pub fn find_or_build(profile: &str) -> Result<Self> {
        match env::var_os(FOLDER) {
            Some(folder) => Self::in_folder(Path::new(&folder)),
            None => Self::build(profile),
        }
    }

    /// Builds them under a cargo profile: `dev` or `release`.
    pub fn build(profile: &str) -> Result<Self> {
        let built = build(profile, &["holdfast-cli", "simcloud"], None)?;
        Ok(Self { holdfast: named(&built, "holdfast")?, simcloud: named(&built, "simcloud")? })
    }

    /// Those that a folder holds.
    pub fn in_folder(folder: &Path) -> Result<Self> {
        Ok(Self { holdfast: in_folder(folder, "holdfast")?, simcloud: in_folder(folder, "simcloud")? })
    }
}

/// The desktop app: in the folder that `HOLDFAST_PROGRAMS` names, else a debug build.
pub fn desktop_program() -> Result<PathBuf> {
    match env::var_os(FOLDER) {
        Some(folder) => in_folder(Path::new(&folder), DESKTOP),
        None => named(&build("dev", &[DESKTOP], None)?, DESKTOP),
    }
}

/// The same as people have it, but open to WebDriver: in the folder that `HOLDFAST_PROGRAMS` names, else a release build.
pub fn automated_desktop_program() -> Result<PathBuf> {
    match env::var_os(FOLDER) {
        Some(_) => desktop_program(),
        None => named(&build("release", &[DESKTOP], Some("holdfast-desktop/automation"))?, DESKTOP),
    }
}

/// Builds the programs of these packages.
fn build(profile: &str, packages: &[&str], feature: Option<&str>) -> Result<Vec<PathBuf>> {
    let mut cargo = cargo();
    cargo.args(["build", "--profile", profile, "--bins"]);
    for package in packages {
        cargo.args(["--package", package]);
    }
    if let Some(feature) = feature {
        cargo.args(["--features", feature]);
    }
    cargo.args(["--message-format", "json-render-diagnostics"]);
    let output =
        cargo.stdin(Stdio::null()).stderr(Stdio::inherit()).output().context("cargo does not start")?;
    ensure!(output.status.success(), "cargo cannot build the programs");
    Ok(String::from_utf8_lossy(&output.stdout).lines().filter_map(executable).collect())
}

fn named(built: &[PathBuf], name: &str) -> Result<PathBuf> {
    let is_it = |path: &&PathBuf| path.file_stem().is_some_and(|stem| stem == name);
    built.iter().find(is_it).cloned().with_context(|| format!("cargo built no program {name}"))
}

fn in_folder(folder: &Path, name: &str) -> Result<PathBuf> {
    let path = folder.join(name).with_extension(env::consts::EXE_EXTENSION);
    if path.is_file() { Ok(path) } else { bail!("there is no program {}", path.display()) }
}

/// The cargo that runs us, in the checkout.
pub fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    unmarked(&mut command);
    command
}

/// Takes out of a command's environment what cargo tells the program it runs of that program's package. Some build
/// scripts look at it, and would be run again each time that cargo is started now by a person, now by us.
pub fn unmarked(command: &mut Command) {
    for (name, _) in env::vars_os() {
        let is_mark = name
            .to_str()
            .is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_"));
        if is_mark {
            command.env_remove(name);
        }
    }
}

/// The program that a line of cargo's messages tells of.
fn executable(line: &str) -> Option<PathBuf> {
    #[derive(Deserialize)]
    struct Artifact {
        executable: Option<PathBuf>,
    }
    serde_json::from_str::<Artifact>(line).ok()?.executable
}
