//! The storage is copied to another place by a command, and everything goes on from there.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

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
    refused_beside_an_agent(&stage, &old, &new)?;

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

/// Whoever works with the old place would go on storing there: as long as an agent is there, nothing is copied. The app's
/// window takes the same seat.
fn refused_beside_an_agent(stage: &Stage, old: &Path, new: &Path) -> Result<()> {
    let holdfast = &stage.holdfast;
    let mut command = holdfast.command(&["agent", "--json"]);
    let mut agent = Ended(command.stdout(Stdio::piped()).spawn().context("the agent does not start")?);
    let told = agent.0.stdout.take().context("the agent says nothing")?;
    let line = BufReader::new(told).lines().next().context("the agent ended")??;
    let told: Value = serde_json::from_str(&line)?;
    ensure!(told["keeps_schedule"] == true, "{told}");
    let told = holdfast.run(&["storage", "move", "--to", text(new)?, "--json"])?;
    drop(agent);
    told.expect_code(FAILED)?;
    let error: Value = serde_json::from_str(&told.stderr)?;
    ensure!(error["error"]["code"] == "storage.in_use", "{error}");
    ensure!(!new.exists(), "something was written there");
    let shown = holdfast.json(&["storage"])?;
    ensure!(shown["repository"]["path"] == text(old)?, "{shown}");
    Ok(())
}

/// A program that is ended at the latest with the test.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing left to end.
        if self.0.kill().is_ok() {
            drop(self.0.wait());
        }
    }
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().context("the path is not UTF-8")
}
