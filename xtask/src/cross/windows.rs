//! The crates and the command line as programs for Windows, run under Wine.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use super::programs::{self, TestProgram};
use super::{Field, WINDOWS, Wine, sysroot};
use crate::bundle::windows::PROGRAMS;
use crate::paths;
use crate::step::{run, step};

/// All that is built for Windows: everything but what drives programs on the machine of who builds it.
const BUILT: [&str; 5] = ["--workspace", "--exclude", "xtask", "--exclude", "holdfast-tests"];

/// Tests that are left out, each with its reason.
const LEFT_OUT: [(&str, &str); 2] = [
    (
        "one_bad_item_of_ten_thousand",
        "ten thousand Items are a matter of the engine, not of the system, and take ten minutes here",
    ),
    (
        "what_does_not_go_out_is_a_cause_until_a_test_message_arrives",
        "Wine 8 keeps a connection open that its owner closed while waiting for it, so the test's mail server never hears of it",
    ),
];

/// What links programs for Windows.
const GCC: &str = "/usr/bin/x86_64-w64-mingw32-gcc";

/// Flows whose every command is `holdfast.exe`; stock restic on Linux and the company's truth judge them.
const FLOWS: &str = "package(holdfast-tests) and test(/^main_job::/)";

/// How programs are built.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// For tests.
    Debug,
    /// For people.
    Release,
}

/// Every program and every test, the desktop app and its tests too: in one go, so that each library is built once.
pub fn build_for_tests(field: &Field<'_>) -> Result<Vec<TestProgram>> {
    let mut cargo = field.sysroot.cargo()?;
    cargo.env("CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER", linker(field)?);
    let built = without_symbols(&mut cargo)
        .args(["build", "--bins", "--tests", "--locked", "--target", WINDOWS])
        .args(["--message-format", "json-render-diagnostics"])
        .args(BUILT)
        .stderr(Stdio::inherit())
        .output()
        .context("cargo does not start")?;
    ensure!(built.status.success(), "the build for Windows ended with {}", built.status);
    all_there(Profile::Debug)?;
    Ok(programs::listed(&String::from_utf8_lossy(&built.stdout)))
}

/// All tests of the crates and of the app.
pub fn test_crates(field: &Field<'_>, tests: &[TestProgram]) -> Result<()> {
    programs::run(tests, &LEFT_OUT, |program, folder| {
        let mut command = Command::new(Wine::LOADER);
        field.wine.lets(&mut command).arg(program).current_dir(folder);
        holdfast_tests::unmarked(&mut command);
        command.env("CARGO_MANIFEST_DIR", Wine::named(folder));
        // Wine's disk is ours alone, and so is the Credential Manager on it.
        command.env("HOLDFAST_TEST_KEYCHAIN", "1");
        // A snapshot that differs is no new one.
        command.env("INSTA_UPDATE", "no");
        // Else the library of snapshots would ask a cargo for Windows where the checkout is.
        command.env("INSTA_WORKSPACE_ROOT", Wine::named(&paths::checkout()));
        // The library that opens the web view is beside the programs.
        command.env("WINEPATH", Wine::named(&built(Profile::Debug)));
        command
    })
}

/// Every program as people get it.
pub fn build_for_people(field: &Field<'_>) -> Result<()> {
    let mut cargo = field.sysroot.cargo()?;
    let programs = ["--package", "holdfast-desktop", "--package", "holdfast-cli"];
    run(cargo.args(["build", "--release", "--bins", "--locked", "--target", WINDOWS]).args(programs))?;
    all_there(Profile::Release)?;
    for (name, expected, why) in [
        ("holdfast-desktop.exe", WINDOWED, "it would open a console beside its window"),
        ("holdfast.exe", CONSOLE, "nobody would see what it prints"),
    ] {
        let found = subsystem(&fs::read(built(Profile::Release).join(name))?);
        ensure!(found == Some(expected), "{name} is of subsystem {found:?}: {why}");
    }
    Ok(())
}

/// <https://learn.microsoft.com/windows/win32/debug/pe-format#windows-subsystem>
const WINDOWED: u16 = 2;
const CONSOLE: u16 = 3;

/// Whether Windows gives a program a console, by the program's own header.
fn subsystem(program: &[u8]) -> Option<u16> {
    /// Where the header begins, and how far into it the field is: the signature's 4 bytes, the 20 of the file's header, and
    /// 68 of the optional one.
    const HEADER_AT: usize = 0x3c;
    const IN_HEADER: usize = 4 + 20 + 68;
    let bytes = |at: usize, count: usize| program.get(at..at.checked_add(count)?);
    let header = u32::from_le_bytes(bytes(HEADER_AT, 4)?.try_into().ok()?) as usize;
    (bytes(header, 4)? == b"PE\0\0").then_some(())?;
    Some(u16::from_le_bytes(bytes(header.checked_add(IN_HEADER)?, 2)?.try_into().ok()?))
}

/// Symbols make each of some sixty programs five times as large, and nobody debugs them here.
fn without_symbols(command: &mut Command) -> &mut Command {
    command.env("CARGO_PROFILE_DEV_DEBUG", "none").env("CARGO_PROFILE_TEST_DEBUG", "none")
}

/// A script that links with the linker that the compiler brings: Debian's takes minutes longer for all of the tests. Debian's
/// compiler knows what is linked with what, and takes its own linker alone: it is asked, and the other one is started.
fn linker(field: &Field<'_>) -> Result<PathBuf> {
    let folder = sysroot::target().join("linker");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    // By its name the compiler knows how to talk to it.
    let script = folder.join("x86_64-w64-mingw32-gcc");
    let text = format!(
        r#"#!/bin/bash
line=$({GCC} -fno-use-linker-plugin '-###' "$@" 2>&1 | grep '/collect2 ' | tail -1)
[ -n "$line" ] || exec {GCC} "$@"
eval "set -- $line"
shift
exec '{linkers}/ld.lld' "$@"
"#,
        linkers = field.sysroot.linkers().display()
    );
    if fs::read_to_string(&script).is_ok_and(|known| known == text) {
        return Ok(script);
    }
    fs::write(&script, text).context("cannot write the script that links")?;
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).context("cannot make it a program")?;
    Ok(script)
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
    let programs = under_wine(field)?;
    let nextest = field.tools.nextest();
    let mut command = Command::new(nextest.get_program());
    command.args(nextest.get_args()).current_dir(paths::checkout());
    holdfast_tests::unmarked(&mut command);
    command.args(["run", "--workspace", "--locked", "--profile", "ci", "-E", FLOWS]);
    run(command.env("HOLDFAST_PROGRAMS", programs))
}

/// A folder with a `holdfast` that is the program for Windows under Wine, and a `simcloud` that is ours.
fn under_wine(field: &Field<'_>) -> Result<PathBuf> {
    // As the flows on Linux build them, so that it is done once.
    let mut cargo = holdfast_tests::cargo();
    step("simcloud", || run(cargo.args(["build", "--workspace", "--bins", "--tests", "--locked"])))?;
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

/// A script that starts a program under Wine and hands it paths as Windows has them: the Repository lies on a share of the
/// network, all else on a drive.
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
        /*/repository) word='{share}'"${{word//\//\\}}" ;;
        /*) [ -e "$(dirname "$word")" ] && word="Z:${{word//\//\\}}" ;;
    esac
    words+=("$word")
done
exec {loader} '{program}' "${{words[@]}}"
"#,
        loader = Wine::LOADER,
        share = Wine::SHARE,
        program = program.display(),
    )
}
