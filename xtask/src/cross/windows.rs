//! The crates and the command line as programs for Windows, run under Wine.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::{Field, WINDOWS, Wine, sysroot};
use crate::bundle::windows::PROGRAMS;
use crate::paths;
use crate::step::{run, step};

/// All that is built for Windows: everything but what drives programs on the machine of who builds it.
const BUILT: [&str; 5] = ["--workspace", "--exclude", "xtask", "--exclude", "holdfast-tests"];

/// The tests that run. Ten thousand Items are a matter of the engine, not of the system, and take ten minutes here.
const TESTS: &str = "not test(one_bad_item_of_ten_thousand)";

/// Flows whose every command is `holdfast.exe`; stock restic on Linux and the company's truth judge them.
const FLOWS: &str = "package(holdfast-tests) and binary(main_job)";

/// How programs are built.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// For tests.
    Debug,
    /// For people.
    Release,
}

/// Every program and every test, the desktop app and its tests too: in one go, so that each library is built once.
pub fn build_for_tests(field: &Field<'_>) -> Result<()> {
    let mut cargo = field.sysroot.cargo()?;
    run(without_symbols(&mut cargo)
        .args(["build", "--bins", "--tests", "--locked", "--target", WINDOWS])
        .args(BUILT))?;
    all_there(Profile::Debug)
}

/// All tests of the crates.
pub fn test_crates(field: &Field<'_>) -> Result<()> {
    let nextest = field.tools.nextest();
    let mut command = field.sysroot.command(&nextest.get_program().to_string_lossy())?;
    field.wine.lets(without_symbols(&mut command));
    command
        .args(nextest.get_args())
        .args(["run", "--bins", "--tests", "--locked", "--profile", "ci", "--target", WINDOWS])
        .args(BUILT);
    command.env("CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER", Wine::LOADER);
    // Wine's disk is ours alone, and so is the Credential Manager on it.
    command.env("HOLDFAST_TEST_KEYCHAIN", "1");
    // Else the library of snapshots would ask a cargo for Windows where the checkout is.
    command.env("INSTA_WORKSPACE_ROOT", Wine::named(&paths::checkout()));
    // The library that opens the web view is beside the programs.
    command.env("WINEPATH", Wine::named(&built(Profile::Debug)));
    run(command.args(["-E", TESTS]))
}

/// Every program as people get it.
pub fn build_for_people(field: &Field<'_>) -> Result<()> {
    let mut cargo = field.sysroot.cargo()?;
    let programs = ["--package", "holdfast-desktop", "--package", "holdfast-cli"];
    run(cargo.args(["build", "--release", "--bins", "--locked", "--target", WINDOWS]).args(programs))?;
    all_there(Profile::Release)
}

/// Symbols make each of some sixty programs five times as large, and nobody debugs them here.
fn without_symbols(command: &mut Command) -> &mut Command {
    command.env("CARGO_PROFILE_DEV_DEBUG", "none").env("CARGO_PROFILE_TEST_DEBUG", "none")
}

fn all_there(profile: Profile) -> Result<()> {
    for name in PROGRAMS {
        let path = built(profile).join(name);
        ensure!(path.is_file(), "{} was not built", path.display());
    }
    Ok(())
}

/// Backs up a company with `holdfast.exe`, and lets restic judge.
pub fn flows(field: &Field<'_>) -> Result<()> {
    let programs = programs(field)?;
    let nextest = field.tools.nextest();
    let mut command = Command::new(nextest.get_program());
    command.args(nextest.get_args()).current_dir(paths::checkout());
    holdfast_tests::unmarked(&mut command);
    command.args(["run", "--workspace", "--locked", "--profile", "ci", "-E", FLOWS]);
    run(command.env("HOLDFAST_PROGRAMS", programs))
}

/// A folder with a `holdfast` that is the program for Windows under Wine, and a `simcloud` that is ours.
fn programs(field: &Field<'_>) -> Result<PathBuf> {
    step("simcloud", || {
        run(holdfast_tests::cargo().args(["build", "--quiet", "--locked", "--package", "simcloud"]))
    })?;
    let folder = built(Profile::Debug).join("under-wine");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let holdfast = folder.join("holdfast");
    fs::write(&holdfast, wrapper(field, &built(Profile::Debug).join("holdfast.exe")))
        .context("cannot write the script that starts holdfast.exe")?;
    fs::set_permissions(&holdfast, fs::Permissions::from_mode(0o755))
        .context("cannot make a script a program")?;
    let simcloud = folder.join("simcloud");
    if !simcloud.exists() {
        symlink(paths::programs("debug").join("simcloud"), &simcloud).context("cannot link simcloud")?;
    }
    Ok(folder)
}

/// Where cargo puts what it builds for Windows.
pub fn built(profile: Profile) -> PathBuf {
    let profile = match profile {
        Profile::Debug => "debug",
        Profile::Release => "release",
    };
    sysroot::target().join(WINDOWS).join(profile)
}

/// A script that starts a program under Wine and hands it paths as Windows has them.
fn wrapper(field: &Field<'_>, program: &Path) -> String {
    let mut wine = Command::new(Wine::LOADER);
    field.wine.lets(&mut wine);
    let set = wine
        .get_envs()
        .filter_map(|(name, value)| Some(format!("export {}='{}'\n", name.to_str()?, value?.to_str()?)));
    let set: String = set.collect();
    format!(
        r#"#!/bin/bash
{set}words=()
for word in "$@"; do
    case "$word" in
        age:/*) word="age:Z:${{word#age:}}"; word="${{word//\//\\}}" ;;
        /*) [ -e "$(dirname "$word")" ] && word="Z:${{word//\//\\}}" ;;
    esac
    words+=("$word")
done
exec {loader} '{program}' "${{words[@]}}"
"#,
        loader = Wine::LOADER,
        program = program.display(),
    )
}
