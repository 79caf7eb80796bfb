//! The main job, end to end, with the real programs: stock restic and the company's truth judge it.

use anyhow::{Context, Result, ensure};
use holdfast_tests::{Restored, Stage};

const COMPANY: &str = "--seed 3 --users 5 --mail-per-user 60 --files-per-user 40";

#[test]
fn first_and_next_backups_equal_the_truth() -> Result<()> {
    let stage = Stage::new(COMPANY)?;
    stage.holdfast.ok(&stage.start_all())?;
    stage.judge()?.must_match().context("after the first backup")?;

    for seed in 1..=3 {
        stage.company.churn(60, seed)?;
        stage.holdfast.ok(&["run", "--now", "--wait"])?;
        stage.judge()?.must_match().with_context(|| format!("after change {seed}"))?;
    }
    Ok(())
}

#[test]
fn nothing_changed_means_nothing_fetched() -> Result<()> {
    let stage = Stage::new(COMPANY)?;
    stage.holdfast.ok(&stage.start_all())?;
    stage.company.forget_counters()?;
    stage.holdfast.ok(&["run", "--now", "--wait"])?;
    let counters = stage.company.counters()?;
    for method in ["gmail.users.messages.get", "gmail.users.messages.list", "drive.files.list", "docs.export"]
    {
        ensure!(
            counters.requests_of(method) == 0,
            "{method} was asked {} times",
            counters.requests_of(method)
        );
    }
    stage.judge()?.must_match()
}

#[test]
fn what_is_verified_and_restored_by_itself_equals_the_truth() -> Result<()> {
    let stage = Stage::new(COMPANY)?;
    stage.holdfast.ok(&stage.start_all())?;
    stage.holdfast.ok(&["verify", "--read-data"])?;
    let person = stage.company.active().next().context("the company has no active user")?;
    let target = stage.folder.path().join("brought back");
    let folder = target.to_str().context("the folder's path is not UTF-8")?;
    stage.holdfast.ok(&["restore", &person.address, "--to-folder", folder])?;
    let truth = stage.company.truth(Some(&person.id))?.kept_by_default();
    truth.compare(&Restored::by_holdfast(&target)?).must_match()
}
