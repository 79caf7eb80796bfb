//! `cargo xtask pictures`: the pictures that the README shows, taken anew by the flow that looks at a company at work.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::step::{run, step};
use crate::{paths, setup, window};

/// As the flow names them.
const PICTURES: [&str; 8] = [
    "home",
    "home-dark",
    "start-backup",
    "activity",
    "manage-users",
    "archive-and-restore",
    "fix-a-backup",
    "cloud-connection-centre",
];

/// The program of tests and the flow in it that takes them.
const FLOWS: &str = "desktop_window";
const FLOW: &str = "test(=pictures::a_company_at_work_is_shown_as_it_is)";

/// A repository is no place for large files.
const MOST_BYTES: u64 = 150_000;

/// Takes them, and puts them where the README looks for them.
pub fn renew() -> Result<()> {
    let tools = step("setup", setup::everything)?;
    window::build_all()?;
    let taken = tempfile::tempdir().context("no temporary folder")?;
    step("pictures", || {
        let mut command = window::command(&tools, FLOW, &paths::programs("debug"));
        // Of the whole workspace, so that its parts are built with the same features, no other tests are built.
        run(command.args(["--test", FLOWS]).env("HOLDFAST_SCREENSHOTS", taken.path()))
    })?;
    let folder = paths::checkout().join("docs/pictures");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    for name in PICTURES {
        let file = folder.join(format!("{name}.png"));
        let mut convert = Command::new("convert");
        convert.arg(taken.path().join(format!("{name}.png"))).args(["-strip", "+dither", "-colors", "255"]);
        convert.args(["-define", "png:compression-level=9", "-define", "png:exclude-chunks=date,time"]);
        run(convert.arg(format!("PNG8:{}", file.display())))?;
        let bytes = fs::metadata(&file).with_context(|| format!("there is no {}", file.display()))?.len();
        ensure!(bytes <= MOST_BYTES, "{} has {bytes} bytes, more than {MOST_BYTES}", file.display());
        println!("{} ({bytes} bytes)", file.display());
    }
    Ok(())
}
