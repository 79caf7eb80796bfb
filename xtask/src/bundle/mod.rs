//! `cargo xtask bundle`: what a person installs. An installer for Windows and a package for Debian and Ubuntu are made on
//! Linux; the disk image for macOS needs macOS, and the workflow in .github makes it there.

pub mod deb;
mod deb_trial;
mod notices;
pub mod windows;

pub use deb_trial::try_it as try_deb;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Subcommand;

use crate::step::{run, step};
use crate::{cross, paths, setup, ui};

/// What is installed on.
#[derive(Clone, Copy, Subcommand)]
pub enum Bundle {
    /// A package for Debian and Ubuntu
    Deb,
    /// An installer for Windows
    Windows,
    /// The licences of all dependencies
    Notices,
    /// Installs a package of the debug programs under a root of its own, starts it, and removes it
    TryDeb,
}

/// Builds for release and bundles; prints where the outcome is.
pub fn make(what: Bundle) -> Result<()> {
    let tools = step("setup", setup::everything)?;
    let made = match what {
        Bundle::Deb => {
            step("the page", ui::build)?;
            let packages = ["--package", "holdfast-desktop", "--package", "holdfast-cli"];
            let mut cargo = holdfast_tests::cargo();
            step("build", || run(cargo.args(["build", "--locked", "--release"]).args(packages)))?;
            step("package", || deb::make(&paths::programs("release"), &out()?, deb::Packing::Small))?
        }
        Bundle::Windows => {
            let programs = cross::programs_for_windows(&tools)?;
            step("installer", || windows::make(&programs, &out()?))?
        }
        Bundle::Notices => {
            let file = out()?.join("NOTICES.txt");
            notices::write(&file)?;
            file
        }
        Bundle::TryDeb => return step("the package for Debian, installed and started", || try_deb(&tools)),
    };
    println!("\n{}", made.display());
    Ok(())
}

/// Where bundles are put.
fn out() -> Result<PathBuf> {
    let folder = paths::target().join("bundle");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(folder)
}

/// The version of what is bundled.
fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

/// Copies a file, its folder made where there is none.
fn copy(from: &Path, to: &Path) -> Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    fs::copy(from, to).with_context(|| format!("cannot copy {}", from.display()))?;
    Ok(())
}
