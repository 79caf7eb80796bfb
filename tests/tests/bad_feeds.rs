//! A feed that leaves things out or dies is noticed, and what it left out is found.

use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use holdfast_tests::{Finished, Stage};
use serde_json::json;

/// Done, with problems.
const PROBLEMS: i32 = 3;

const FAILED: i32 = 1;

fn run(stage: &Stage) -> Result<Finished> {
    stage.holdfast.run(&["run", "--now", "--wait"])
}

#[test]
fn a_page_that_a_first_listing_lost_is_found() -> Result<()> {
    // Two pages of 500 and one more.
    let stage = Stage::new("--seed 61 --users 1 --mail-per-user 1100 --files-per-user 20 --mail-bytes tiny")?;
    for method in ["gmail.users.messages.list", "drive.files.list"] {
        stage.company.post("fault", &json!({ "method": method, "kind": "lost_page", "times": 1 }))?;
    }
    stage.holdfast.run(&stage.start_all())?.expect_code(0)?;
    stage.judge()?.must_match()
}

#[test]
fn a_page_that_the_feed_lost_is_noticed_by_the_count() -> Result<()> {
    let stage = Stage::new("--seed 62 --users 2 --mail-per-user 40 --files-per-user 5")?;
    stage.holdfast.ok(&stage.start_all())?;
    let admin = stage.company.start.google.admin.clone();
    stage.company.change("mail.add", json!({ "user": admin, "count": 30 }))?;
    let lost = json!({ "method": "gmail.users.history.list", "kind": "lost_page", "times": 0 });
    stage.company.post("fault", &lost)?;
    stage.company.forget_counters()?;
    run(&stage)?.expect_code(0).context("with pages that get lost")?;
    let listed = stage.company.counters()?.requests_of("gmail.users.messages.list");
    ensure!(listed > 0, "nobody noticed: the mailbox was not listed again");
    stage.judge()?.must_match()
}

#[test]
fn a_first_run_outlives_its_history() -> Result<()> {
    let stage = Stage::new("--seed 63 --users 2 --mail-per-user 300 --files-per-user 10 --mail-bytes tiny")?;
    stage.company.forget_counters()?;
    // The others come when all that happens meanwhile has happened.
    let held = json!({ "method": "gmail.users.messages.get", "kind": "none", "held": "before", "skip": 100, "times": 0 });
    stage.company.post("fault", &held)?;
    let mut child = stage.holdfast.spawn(&stage.start_all())?;
    let asked = || Ok::<_, anyhow::Error>(stage.company.counters()?.requests_of("gmail.users.messages.get"));
    while asked()? < 100 {
        ensure!(child.try_wait()?.is_none(), "the run ended early");
        thread::sleep(Duration::from_millis(5));
    }
    // What changes now is in the history only, and the history that the run began with is gone.
    stage.company.churn(40, 1)?;
    stage.company.post("set", &json!({ "expire_history": true }))?;
    ensure!(child.try_wait()?.is_none(), "the first run had ended before its history did");
    stage.company.delete("fault")?;
    ensure!(child.wait()?.success(), "the first run was not complete");

    stage.company.forget_counters()?;
    run(&stage)?.expect_code(0).context("the next run")?;
    ensure!(asked()? <= 60, "{} mails were fetched again", asked()?);
    stage.judge()?.must_match()
}

#[test]
fn an_admin_who_was_demoted_stops_the_directory_only() -> Result<()> {
    let stage = Stage::new("--seed 64 --users 3 --mail-per-user 30 --files-per-user 10")?;
    stage.holdfast.ok(&stage.start_all())?;
    let admin = stage.company.start.google.admin.clone();
    stage.company.change("user.demote", json!({ "user": admin }))?;
    stage.company.churn(30, 1)?;

    // Shared drives are read as an admin, and are the only data that waits for one.
    let finished = run(&stage)?;
    finished.expect_code(PROBLEMS)?;
    ensure!(finished.stdout.contains("cloud refuses access"), "{}", finished.stdout);
    stage.holdfast.run(&["sync"])?.expect_told(FAILED, "cloud refuses access")?;
    let status = stage.holdfast.ok(&["status"])?;
    ensure!(status.contains("attention") && status.contains("cloud refuses access"), "{status}");
    let doctor = stage.holdfast.run(&["doctor"])?;
    doctor.expect_code(PROBLEMS)?;
    ensure!(doctor.stdout.contains(&format!("Give {admin} an admin role")), "{}", doctor.stdout);
    ensure!(doctor.stdout.contains("Users > Read"), "{}", doctor.stdout);
    stage.judge()?.must_match().context("while the admin is none")?;

    stage.company.change("user.promote", json!({ "user": admin }))?;
    stage.company.churn(10, 2)?;
    run(&stage)?.expect_code(0)?;
    stage.holdfast.ok(&["sync"])?;
    stage.judge()?.must_match()
}
