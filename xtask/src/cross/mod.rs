//! `cargo xtask cross`: what can be proven of Windows and macOS on Linux. The crates and their tests are built for Windows
//! and run under Wine, the desktop app is built and linked for Windows, and everything is type-checked for macOS.
//!
//! Wine is not Windows, and a check proves types only: README says what a real machine still has to show.

mod installer;
mod macos;
mod programs;
mod rust_src;
mod sysroot;
mod windows;
mod wine;

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Subcommand;

use crate::setup::{self, Tools};
use crate::step::step;
use crate::ui;
use sysroot::Sysroot;
use windows::Profile;
use wine::Wine;

/// Windows, as GNU's tools link for it: the only linker for it that Debian has.
const WINDOWS: &str = "x86_64-pc-windows-gnu";

/// macOS on its own processors.
const MACOS: &str = "aarch64-apple-darwin";

/// What can be done for the other systems.
#[derive(Clone, Copy, Subcommand)]
pub enum Cross {
    /// Makes compilers for Windows and macOS in the cache, and a Windows to run programs in
    Setup,
    /// Tests the crates as Windows programs, builds the app for Windows, and checks all for macOS
    Test,
    /// Tries the installer for Windows alone
    Installer,
}

/// What the other systems need of this one.
struct Field<'a> {
    tools: &'a Tools,
    sysroot: Sysroot,
    wine: Wine,
}

/// Does it; where a part cannot be had, it says so loudly and the rest goes on.
pub fn run(what: Cross) -> Result<()> {
    let tools = step("setup", setup::everything)?;
    match what {
        Cross::Setup => set_up(&tools).map(drop),
        Cross::Test => test(&tools),
        Cross::Installer => try_installer(&tools),
    }
}

/// Every check for the other systems.
pub fn test(tools: &Tools) -> Result<()> {
    let Some(field) = set_up(tools)? else { return Ok(()) };
    // The app for Windows has the page in it.
    step("the page", ui::build)?;
    let tests =
        step("programs and tests for Windows, the desktop app too", || windows::build_for_tests(&field))?;
    step("crates as Windows programs", || windows::test_crates(&field, &tests))?;
    step("a backup by holdfast.exe, judged by restic", || windows::flows(&field))?;
    step("the installer for Windows", || installer::try_it(&field))?;
    step("types for macOS", || macos::check(&field))
}

fn try_installer(tools: &Tools) -> Result<()> {
    let Some(field) = set_up(tools)? else { return Ok(()) };
    step("the page", ui::build)?;
    step("programs and tests for Windows, the desktop app too", || windows::build_for_tests(&field))?;
    step("the installer for Windows", || installer::try_it(&field))
}

/// Builds the programs for Windows as they are installed; the folder that they are in.
pub fn programs_for_windows(tools: &Tools) -> Result<PathBuf> {
    step("the page", ui::build)?;
    let field = set_up(tools)?.context("programs for Windows cannot be built here")?;
    step("programs for Windows", || windows::build_for_people(&field))?;
    Ok(windows::built(Profile::Release))
}

/// `None` where the packages that this needs cannot be had.
fn set_up(tools: &Tools) -> Result<Option<Field<'_>>> {
    step("compilers for other systems", || {
        if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
            return skipped("it is done on Linux with an x86-64 processor only");
        }
        if let Err(error) = setup::cross_packages() {
            return skipped(&format!("{error:#}"));
        }
        let Some(source) = rust_src::folder()? else {
            return skipped("the source of this compiler's standard library cannot be had");
        };
        let sysroot = sysroot::make(&source)?;
        let wine = wine::make()?;
        Ok(Some(Field { tools, sysroot, wine }))
    })
}

fn skipped<'a>(why: &str) -> Result<Option<Field<'a>>> {
    println!("!! NOT CHECKED for Windows and macOS: {why}.");
    println!("!! The workflow in .github builds and tests on both.");
    Ok(None)
}
