//! `cargo xtask test`: everything that must pass before a change lands, cheapest first.

use std::fs;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use holdfast_tests::{Company, Programs};

use crate::setup::Tools;
use crate::step::{run, step};
use crate::{bundle, cross, paths, setup, ui, window};

/// How long the database of advisories may take to arrive.
const DATABASE_WITHIN: Duration = Duration::from_secs(60);

/// A check by its name.
type Check<'a> = (&'a str, &'a dyn Fn() -> Result<()>);

/// What the checks after it need.
const BUILD: &str = "build";

/// Runs every check. One that fails is told at once and does not keep the others from being run, so that one look shows all
/// that is wrong; only what does not build ends it.
pub fn run_all() -> Result<()> {
    let begin = Instant::now();
    let tools = step("setup", setup::everything)?;
    let checks: [Check<'_>; 12] = [
        ("format", &|| cargo(&["fmt", "--all", "--check"])),
        ("licences, bans and sources", &|| deny(&tools, &["bans", "licenses", "sources"])),
        ("advisories", &|| advisories(&tools)),
        ("workflows", &|| workflows(&tools)),
        ("the page", &ui::check),
        ("lints", &|| cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"])),
        (BUILD, &|| cargo(&["build", "--workspace", "--bins", "--tests", "--locked"])),
        ("tests, and the flows of the programs and of the window", &|| nextest(&tools)),
        ("documentation tests", &|| cargo(&["test", "--workspace", "--doc", "--quiet", "--locked"])),
        ("Google's and Box's own Python clients against simcloud", &|| own_clients(&tools)),
        ("the package for Debian, installed and started", &|| bundle::try_deb(&tools)),
        ("Windows and macOS, as far as Linux can prove", &|| cross::test(&tools)),
    ];
    let (mut passed, mut failed) = (0, Vec::new());
    for (name, check) in checks {
        let Err(error) = step(name, check) else {
            passed += 1;
            continue;
        };
        println!("{error:#}");
        failed.push(name);
        if name == BUILD {
            println!("what comes after the build was not run");
            break;
        }
    }
    println!("\nall of it took {:.0} s", begin.elapsed().as_secs_f64());
    println!("steps: {passed} passed, {} failed", failed.len());
    ensure!(failed.is_empty(), "failed: {}", failed.join("; "));
    Ok(())
}

fn cargo(arguments: &[&str]) -> Result<()> {
    run(holdfast_tests::cargo().args(arguments))
}

/// All of them beside each other: much of what a flow does is to wait for a program, and meanwhile others go on. How many of
/// each kind is in `.config/nextest.toml`.
fn nextest(tools: &Tools) -> Result<()> {
    let mut command = window::command(tools, "all()", &paths::programs("debug"));
    if let Some(folder) = setup::office_files(tools)? {
        command.env("HOLDFAST_OFFICE_FILES", folder);
    }
    run(&mut command)
}

/// The workflows have the form that those who run them publish.
fn workflows(tools: &Tools) -> Result<()> {
    let form = ["--builtin-schema", "vendor.github-workflows", ".github/workflows/release.yml"];
    run(tools.check_jsonschema().args(form))
}

/// The clients that Google and Box publish find in simcloud what they know from their clouds.
fn own_clients(tools: &Tools) -> Result<()> {
    let programs = Programs::in_folder(&paths::programs("debug"))?;
    let folder = tempfile::tempdir().context("no temporary folder")?;
    let company = Company::start(&programs, folder.path(), &["--strict"])?;
    let line = folder.path().join("start_line.json");
    fs::write(&line, &company.start_line).context("cannot write the start line")?;
    run(tools.python().arg("tests/python/google_client.py").arg(&line))?;
    run(tools.python().arg("tests/python/box_client.py").arg(&line))
}

fn deny(tools: &Tools, checks: &[&str]) -> Result<()> {
    run(tools.deny().args(["--log-level", "warn", "check", "--hide-inclusion-graph"]).args(checks))
}

/// Known holes of our dependencies. Their list lives on a server that not every machine reaches; without it
/// nothing is known, which is said, and is no reason to hold a change.
fn advisories(tools: &Tools) -> Result<()> {
    let mut fetch = tools.deny();
    fetch.args(["--log-level", "error", "fetch", "db"]);
    if within(DATABASE_WITHIN, fetch.env("GIT_TERMINAL_PROMPT", "0"))? {
        return run(tools.deny().args(["check", "--disable-fetch", "--hide-inclusion-graph", "advisories"]));
    }
    println!("!! NOT CHECKED: the database of advisories cannot be had here.");
    println!("!! Where it can, `cargo deny check advisories` makes up for it.");
    Ok(())
}

/// Runs a command that may hang; true if it succeeded in time.
fn within(limit: Duration, command: &mut Command) -> Result<bool> {
    let mut child = command.spawn().context("a command does not start")?;
    let begin = Instant::now();
    while begin.elapsed() < limit {
        if let Some(ended) = child.try_wait()? {
            return Ok(ended.success());
        }
        thread::sleep(Duration::from_millis(100));
    }
    child.kill().context("a command that takes too long cannot be ended")?;
    child.wait()?;
    Ok(false)
}
