//! The desktop app as cargo builds it: opened for a person, on their own data or on the sample company's, and driven by
//! tests on a desktop of its own.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::setup::Tools;
use crate::step::{run, step};
use crate::{paths, setup, ui};

const PACKAGE: &str = "holdfast-desktop";

/// `cargo xtask run`: the app on the person's own data.
pub fn open(arguments: &[OsString]) -> Result<()> {
    build()?;
    run(Command::new(paths::programs("debug").join(PACKAGE)).args(arguments))
}

/// The app on a sample company, in a profile that is made anew.
pub fn demo() -> Result<()> {
    build()?;
    let folder = paths::cache()?.join("demo-window");
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    println!("\nThe window opens on the sample company. Everything it makes is in {}.", folder.display());
    println!("It ends with Quit in its tray icon, or with Ctrl-C here.");
    let program = paths::programs("debug").join(PACKAGE);
    run(Command::new(program).arg("--sample").arg("--data-dir").arg(folder.join("holdfast")))
}

/// True where a window can be shown.
pub fn has_display() -> bool {
    let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(any(windows, target_os = "macos")) || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}

/// Runs some of the flows, each on a desktop of its own, with the programs of a folder.
pub fn flows_of(tools: &Tools, filter: &str, programs: &Path) -> Result<()> {
    run(&mut command(tools, filter, programs))
}

/// The command that runs these tests with the programs of a folder.
pub fn command(tools: &Tools, filter: &str, programs: &Path) -> Command {
    let mut command = tools.nextest();
    command.args(["run", "--workspace", "--locked", "--profile", "ci", "-E", filter]);
    command.env("HOLDFAST_PROGRAMS", programs);
    command
}

/// Builds everything that those flows start.
pub fn build_all() -> Result<()> {
    step("the page", ui::build)?;
    step("the programs", || run(holdfast_tests::cargo().args(["build", "--workspace", "--bins", "--locked"])))
}

fn build() -> Result<()> {
    step("setup", setup::everything)?;
    step("the page", ui::build)?;
    step("the desktop app", || run(holdfast_tests::cargo().args(["build", "--locked", "--package", PACKAGE])))
}
