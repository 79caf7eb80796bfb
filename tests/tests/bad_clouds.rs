//! Whatever a Cloud does wrong, nothing is lost, nothing is believed that is not so, and it heals.

use anyhow::{Context, Result, ensure};
use holdfast_tests::{Finished, Stage};
use serde_json::{Value, json};

const COMPANY: &str = "--seed 21 --users 3 --mail-per-user 80 --files-per-user 40";

/// Done, with problems.
const PROBLEMS: i32 = 3;

fn run(stage: &Stage) -> Result<Finished> {
    stage.holdfast.run(&["run", "--now", "--wait"])
}

fn fault(stage: &Stage, fault: Value) -> Result<()> {
    stage.company.post("fault", &fault).map(drop)
}

#[test]
fn one_item_that_always_fails_is_quarantined_and_heals() -> Result<()> {
    let stage = Stage::new(COMPANY)?;
    let truth = stage.company.truth(None)?.kept_by_default();
    let mail = truth.lines.iter().find(|line| line.service == "gmail").context("no mail")?;
    let method = "gmail.users.messages.get";
    fault(&stage, json!({ "method": method, "id": mail.id, "kind": "status", "status": 500, "times": 0 }))?;

    stage.holdfast.run(&stage.start_all())?.expect_code(PROBLEMS)?;
    let comparison = stage.judge()?;
    ensure!(comparison.wrong.len() == 1 && comparison.wrong[0].contains("is missing"), "{comparison}");

    stage.company.churn(40, 2)?;
    run(&stage)?.expect_code(PROBLEMS).context("it fails still, and the cursor has moved")?;
    let comparison = stage.judge()?;
    ensure!(comparison.wrong.len() == 1, "{comparison}");

    stage.company.delete("fault")?;
    run(&stage)?.expect_code(0)?;
    stage.judge()?.must_match()
}

#[test]
fn a_dead_history_costs_no_content() -> Result<()> {
    let stage = Stage::new(COMPANY)?;
    stage.holdfast.ok(&stage.start_all())?;
    let changed = stage.company.churn(20, 5)?.len() as u64;
    stage.company.post("set", &json!({ "expire_history": true }))?;
    stage.company.forget_counters()?;
    run(&stage)?.expect_code(0)?;
    let fetched = stage.company.counters()?.requests_of("gmail.users.messages.get");
    ensure!(fetched <= changed, "{fetched} mails were fetched for {changed} changes");
    stage.judge()?.must_match()
}

#[test]
fn storms_pass() -> Result<()> {
    let storms = [
        json!({ "method": "*", "kind": "status", "status": 429, "reason": "rateLimitExceeded", "every": 9, "times": 40 }),
        json!({ "method": "*", "kind": "status", "status": 403, "reason": "userRateLimitExceeded", "every": 9, "times": 40 }),
        json!({ "method": "*", "kind": "status", "status": 503, "reason": "backendError", "every": 9, "times": 40 }),
        json!({ "method": "*", "kind": "drop", "every": 9, "times": 40 }),
    ];
    for storm in storms {
        let stage = Stage::new("--seed 22 --users 2 --mail-per-user 60 --files-per-user 20")?;
        fault(&stage, storm.clone())?;
        stage.holdfast.run(&stage.start_all())?.expect_code(0).with_context(|| storm.to_string())?;
        stage.judge()?.must_match().with_context(|| storm.to_string())?;
    }
    Ok(())
}

#[test]
fn broken_contents_are_never_kept() -> Result<()> {
    for kind in ["cut", "wrong_length", "wrong_bytes"] {
        let stage = Stage::new("--seed 23 --users 2 --mail-per-user 40 --files-per-user 40")?;
        // A mail has no hash and an export neither hash nor length: other bytes of theirs cannot be told from the right ones.
        let methods = match kind {
            "cut" => &["gmail.users.messages.get", "drive.files.get", "drive.files.export"][..],
            "wrong_length" => &["gmail.users.messages.get", "drive.files.get"],
            _ => &["drive.files.get"],
        };
        for method in methods {
            fault(&stage, json!({ "method": method, "kind": kind, "every": 7, "times": 3 }))?;
        }
        let first = stage.holdfast.run(&stage.start_all())?;
        ensure!(matches!(first.code, Some(0 | PROBLEMS)), "{kind}: it {}", first.told());
        stage.company.delete("fault")?;
        run(&stage)?.expect_code(0).context(kind)?;
        stage.judge()?.must_match().context(kind)?;
    }
    Ok(())
}

#[test]
fn listings_that_make_no_sense_are_not_believed() -> Result<()> {
    let listings =
        ["gmail.users.messages.list", "drive.files.list", "gmail.users.history.list", "drive.changes.list"];
    for kind in ["html", "invalid_utf8", "huge_json", "loop_page", "empty_page"] {
        let stage = Stage::new("--seed 24 --users 2 --mail-per-user 40 --files-per-user 20")?;
        for method in listings {
            fault(&stage, json!({ "method": method, "kind": kind, "times": 1 }))?;
        }
        let first = stage.holdfast.run(&stage.start_all())?;
        ensure!(matches!(first.code, Some(0 | 1 | PROBLEMS)), "{kind}: it {}", first.told());
        stage.company.churn(10, 1)?;
        let next = run(&stage)?;
        ensure!(matches!(next.code, Some(0 | 1 | PROBLEMS)), "{kind}: it {}", next.told());
        stage.company.delete("fault")?;
        run(&stage)?.expect_code(0).context(kind)?;
        stage.judge()?.must_match().context(kind)?;
    }
    Ok(())
}

#[test]
fn tokens_revoked_midway_are_renewed() -> Result<()> {
    const MAILS: &str = "gmail.users.messages.get";
    let stage = Stage::new("--seed 21 --users 3 --mail-per-user 220 --files-per-user 40 --mail-bytes tiny")?;
    let mails = || Ok::<_, anyhow::Error>(stage.company.counters()?.requests_of(MAILS));
    // After some more mails the next ones wait, so that the run goes on until all tokens were revoked three times.
    let hold = || -> Result<String> {
        let held = json!({ "method": MAILS, "kind": "none", "held": "before", "skip": 40, "times": 0 });
        Ok(stage.company.post("fault", &held)?["fault"].to_string())
    };
    stage.company.forget_counters()?;
    let mut held = hold()?;
    let mut child = stage.holdfast.spawn(&stage.start_all())?;
    let mut before = 0;
    for _ in 0..3 {
        while mails()? < before + 20 {
            ensure!(child.try_wait()?.is_none(), "the run gave up");
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        stage.company.post("set", &json!({ "tokens_revoked": true }))?;
        let next = hold()?;
        before = mails()?;
        stage.company.delete(&format!("fault/{held}"))?;
        held = next;
    }
    stage.company.delete("fault")?;
    ensure!(child.wait()?.success(), "the run did not get over it");
    run(&stage)?.expect_code(0)?;
    stage.judge()?.must_match()
}

#[test]
fn a_clock_ten_minutes_off_does_no_harm() -> Result<()> {
    for seconds in [600, -600] {
        let stage = Stage::unconnected("--seed 25 --users 2 --mail-per-user 20 --files-per-user 10")?;
        stage.company.post("set", &json!({ "clock_skew_seconds": seconds }))?;
        stage.holdfast.set_up(&stage.company)?;
        stage.holdfast.ok(&["sync"])?;
        stage.holdfast.run(&stage.start_all())?.expect_code(0).with_context(|| format!("{seconds} s"))?;
        stage.judge()?.must_match()?;
    }
    Ok(())
}

#[test]
fn names_from_hell_stay_inside() -> Result<()> {
    let stage = Stage::new("--seed 26 --users 2 --mail-per-user 5 --files-per-user 5")?;
    let admin = stage.company.start.google.admin.clone();
    let long = "n".repeat(300);
    let names = [
        "../../x",
        "CON",
        "a/b\\c",
        &long,
        "😀😀",
        "\u{202e}txt.exe",
        "a\0b",
        "same",
        "same",
        "SAME",
        ".",
        "..",
        "",
    ];
    for name in names {
        stage.company.change("file.add", json!({ "user": admin, "name": name, "size": 100 }))?;
    }
    let made = stage.company.change("folder.add", json!({ "user": admin, "name": "circle" }))?;
    let folder = made.first().context("no folder")?;
    stage.company.change(
        "shortcut.add",
        json!({ "user": admin, "name": "round", "parent": folder, "target": folder }),
    )?;
    stage.company.change("file.add", json!({ "user": admin, "name": "empty", "size": 0 }))?;

    stage.holdfast.ok(&stage.start_all())?;
    stage.judge()?.must_match()
}

#[test]
fn each_reason_of_a_refusal_is_taken_at_its_word() -> Result<()> {
    let stage = Stage::new("--seed 27 --users 1 --mail-per-user 30 --files-per-user 5")?;
    let admin = stage.company.start.google.admin.clone();
    // For good, until somebody changes the file.
    let skipped = ["cannotDownloadFile", "cannotDownloadAbusiveFile", "fileNotDownloadable"];
    // Until a person gives us a right.
    let refused = ["forbidden", "insufficientFilePermissions", "domainPolicy", "appNotAuthorizedToFile"];
    // For a moment.
    let passing = ["userRateLimitExceeded", "rateLimitExceeded", "sharingRateLimitExceeded", "backendError"];
    let mut files = Vec::new();
    for (reasons, times) in [(&skipped[..], 0), (&refused[..], 0), (&passing[..], 2)] {
        for reason in reasons {
            let made =
                stage.company.change("file.add", json!({ "user": admin, "name": reason, "size": 500 }))?;
            let id = made.first().context("no file")?.clone();
            let method = "drive.files.get";
            let refusal = json!({ "method": method, "id": id, "kind": "status", "status": 403, "reason": reason, "times": times });
            fault(&stage, refusal)?;
            files.push(id);
        }
    }
    stage.holdfast.run(&stage.start_all())?.expect_code(PROBLEMS)?;
    let comparison = stage.judge()?;
    let wrong = |how: &str| comparison.wrong.iter().filter(|line| line.contains(how)).count();
    ensure!(wrong("is skipped") == skipped.len() && wrong("is missing") == refused.len(), "{comparison}");
    ensure!(comparison.wrong.len() == skipped.len() + refused.len(), "{comparison}");

    stage.company.delete("fault")?;
    for id in files.iter().take(skipped.len()) {
        stage.company.change("file.edit", json!({ "id": id, "size": 600 }))?;
    }
    run(&stage)?.expect_code(0)?;
    stage.judge()?.must_match()
}

#[test]
fn files_that_are_edited_while_they_are_read_end_as_one_whole_state() -> Result<()> {
    let stage = Stage::new("--seed 28 --users 1 --mail-per-user 5 --files-per-user 40")?;
    let edited = json!({ "method": "drive.files.get", "kind": "edit_while_read", "every": 3, "times": 10 });
    fault(&stage, edited)?;
    let first = stage.holdfast.run(&stage.start_all())?;
    ensure!(matches!(first.code, Some(0 | PROBLEMS)), "it {}", first.told());
    stage.company.delete("fault")?;
    run(&stage)?.expect_code(0)?;
    stage.judge()?.must_match()
}
