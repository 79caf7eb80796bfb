//! A process that dies between a snapshot and the catalogue's transaction loses nothing: the next one adopts it.

use std::fs;
use std::process::Command;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use holdfast_tests::{Holdfast, Stage};

/// Stops the transaction that takes a snapshot over into the catalogue where it takes note of it, for ever.
const HANG: &str = "
CREATE VIEW for_ever AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n;
CREATE TRIGGER hang BEFORE INSERT ON snapshots BEGIN SELECT count(*) FROM for_ever; END;";

const GO_ON: &str = "DROP TRIGGER hang; DROP VIEW for_ever;";

/// Python brings SQLite with it.
const PYTHON: &str = "
import sqlite3, sys
catalogue = sqlite3.connect(sys.argv[1])
catalogue.executescript(sys.argv[2])
print(*(id for id, in catalogue.execute('SELECT id FROM snapshots ORDER BY id')))";

/// Does something to the catalogue; the snapshots that it knows, by id.
fn sql(holdfast: &Holdfast, statements: &str) -> Result<Vec<String>> {
    let mut python = Command::new("python3");
    let output = python.args(["-c", PYTHON]).arg(holdfast.catalogue()?).arg(statements).output();
    let output = output.context("python3 does not start")?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?.split_whitespace().map(str::to_owned).collect())
}

/// How many snapshots are whole: a file that is on its way has a longer name.
fn snapshots(holdfast: &Holdfast) -> Result<usize> {
    let mut whole = 0;
    for entry in fs::read_dir(holdfast.repository().join("snapshots"))? {
        whole += usize::from(entry?.file_name().len() == 64);
    }
    Ok(whole)
}

/// Runs a command until its snapshot is durable and kills it before the catalogue knows.
fn kill_before_the_catalogue_knows(stage: &Stage, arguments: &[&str]) -> Result<()> {
    let before = snapshots(&stage.holdfast)?;
    sql(&stage.holdfast, HANG)?;
    let mut child = stage.holdfast.spawn(arguments)?;
    while snapshots(&stage.holdfast)? == before {
        ensure!(child.try_wait()?.is_none(), "the run ended before it had a snapshot");
        thread::sleep(Duration::from_millis(10));
    }
    child.kill().context("a run cannot be killed")?;
    child.wait()?;
    let known = sql(&stage.holdfast, GO_ON)?;
    ensure!(known.len() == before, "the catalogue knows of {known:?}");
    Ok(())
}

#[test]
fn a_snapshot_that_the_catalogue_never_heard_of_is_adopted() -> Result<()> {
    let stage = Stage::new("--seed 44 --users 2 --mail-per-user 60 --files-per-user 20")?;
    kill_before_the_catalogue_knows(&stage, &stage.start_all())?;
    stage.holdfast.restic()?.check_unlocked()?;
    goes_on_from_there(&stage).context("after a first run")?;

    stage.company.churn(40, 1)?;
    kill_before_the_catalogue_knows(&stage, &["run", "--now", "--wait"])?;
    goes_on_from_there(&stage).context("after a next run")
}

/// The next run fetches nothing, takes every snapshot over, and what is kept equals the truth.
fn goes_on_from_there(stage: &Stage) -> Result<()> {
    stage.company.forget_counters()?;
    stage.holdfast.ok(&["run", "--now", "--wait"])?;
    let counters = stage.company.counters()?;
    for method in ["gmail.users.messages.get", "drive.files.get", "drive.files.export", "docs.export"] {
        ensure!(counters.requests_of(method) == 0, "{method}: {}", counters.requests_of(method));
    }
    let saved = stage.holdfast.restic()?.snapshots()?;
    let mut saved: Vec<String> = saved.into_iter().map(|snapshot| snapshot.id).collect();
    saved.sort();
    let known = sql(&stage.holdfast, "")?;
    ensure!(known == saved, "the catalogue knows {known:?}, the Repository holds {saved:?}");
    stage.judge()?.must_match()
}
