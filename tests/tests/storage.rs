//! The storage is copied to another place by a command, and everything goes on from there.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use holdfast_tests::Stage;
use serde_json::Value;

const FAILED: i32 = 1;
const WRONG_USAGE: i32 = 2;

#[test]
fn a_storage_that_a_command_copied_is_whole_and_used_at_its_new_place() -> Result<()> {
    let stage = Stage::new("--seed 44 --users 2 --mail-per-user 15 --files-per-user 8")?;
    let holdfast = &stage.holdfast;
    holdfast.ok(&stage.start_all())?;
    let (old, new) = (holdfast.repository(), stage.folder.path().join("larger disk").join("backup"));
    refused(&stage, &old)?;

    let events = holdfast.json_lines(&["storage", "move", "--to", text(&new)?])?;
    let (done, told) = events.split_last().context("nothing is told")?;
    ensure!(done["event"] == "done" && done["exit_code"] == 0, "{done}");
    ensure!(done["repository"]["path"] == text(&new)?, "{done}");
    let last = told.iter().rfind(|event| event["event"] == "move").context("its progress is not told")?;
    ensure!(last["done"] == last["total"] && last["total"].as_u64() > Some(0), "{last}");

    // Nobody needs the old place any more.
    fs::remove_dir_all(&old)?;
    stage.company.churn(20, 1)?;
    holdfast.ok(&["run", "--now", "--wait"])?;
    let shown = holdfast.json(&["storage"])?;
    ensure!(
        shown["repository"]["path"] == text(&new)? && shown["repository"]["reachable"] == true,
        "{shown}"
    );
    stage.judge_at(&new)?.must_match()
}

/// What cannot be a new place is told in a sentence, and the old one stays in use.
fn refused(stage: &Stage, old: &Path) -> Result<()> {
    let holdfast = &stage.holdfast;
    let full = stage.folder.path().join("full");
    fs::create_dir(&full)?;
    fs::write(full.join("holiday.jpg"), "x")?;
    let inside = old.join("deeper");
    for (words, code, told) in [
        (vec!["storage", "move"], WRONG_USAGE, "--to"),
        (vec!["storage", "move", "--to", text(&inside)?], WRONG_USAGE, "inside the Repository"),
        (vec!["storage", "move", "--to", text(&full)?], FAILED, "holds other files"),
    ] {
        holdfast.run(&words)?.expect_told(code, told)?;
    }
    let as_json = holdfast.run(&["storage", "move", "--to", text(&full)?, "--json"])?;
    let told: Value = serde_json::from_str(&as_json.stderr)?;
    ensure!(told["error"]["code"] == "repository.not_empty", "{told}");
    let shown = holdfast.json(&["storage"])?;
    ensure!(shown["repository"]["path"] == text(old)?, "{shown}");
    ensure!(!inside.exists() && fs::read_dir(&full)?.count() == 1, "something was written there");
    Ok(())
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().context("the path is not UTF-8")
}
