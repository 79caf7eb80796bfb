//! What goes wrong between us and a Cloud, or is planted there: nothing is lost, nothing is sent where it must not go.

use std::fs;
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use holdfast_tests::{Company, Line, Stage};
use serde_json::{Value, json};

const WRONG_USAGE: i32 = 2;

#[test]
fn a_planted_token_uri_is_refused_and_nothing_is_sent_there() -> Result<()> {
    let stage = Stage::unconnected("--seed 51 --users 2 --mail-per-user 5 --files-per-user 5")?;
    stage.holdfast.init()?;
    let foreign = TcpListener::bind("127.0.0.1:0")?;
    foreign.set_nonblocking(true)?;
    let google = &stage.company.start.google;
    let mut key: Value = serde_json::from_slice(&fs::read(&google.service_account_key_file)?)?;
    key["token_uri"] = json!(format!("http://{}/token", foreign.local_addr()?));
    let planted = stage.folder.path().join("planted.json");
    fs::write(&planted, key.to_string())?;

    let planted = planted.to_str().context("no UTF-8")?;
    let endpoints = stage.company.start.endpoints_file.to_str().context("no UTF-8")?;
    let connect =
        ["connect", "google", "--key-file", planted, "--admin", &google.admin, "--endpoints", endpoints];
    stage.holdfast.run(&connect)?.expect_told(WRONG_USAGE, "token_uri")?;
    let came = foreign.accept();
    ensure!(
        came.as_ref().is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock),
        "the foreign host was called: {came:?}"
    );
    ensure!(stage.company.counters()?.all_requests() == 0, "a request was made with a key that was refused");
    Ok(())
}

/// Waits until the company was asked for so many mails.
fn wait_for_mails(company: &Company, mails: u64) -> Result<()> {
    while company.counters()?.requests_of("gmail.users.messages.get") < mails {
        thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

#[test]
fn a_network_that_is_gone_for_a_while_costs_nothing_but_time() -> Result<()> {
    let stage = Stage::unconnected("--seed 52 --users 2 --mail-per-user 300 --files-per-user 30")?;
    let line = Line::to(&stage.company, stage.folder.path())?;
    stage.holdfast.init()?;
    stage.holdfast.connect_by(&stage.company, &line.endpoints_file)?;
    stage.holdfast.ok(&["sync"])?;
    stage.company.forget_counters()?;

    // The others are on their way when the network goes.
    let held = json!({ "method": "gmail.users.messages.get", "kind": "none", "held": "before", "skip": 99, "times": 0 });
    stage.company.post("fault", &held)?;
    let mut child = stage.holdfast.spawn(&stage.start_all())?;
    wait_for_mails(&stage.company, 100)?;
    line.cut();
    // Longer than every request that was under way takes to be tried once more.
    while line.refused() < 40 {
        ensure!(child.try_wait()?.is_none(), "the run gave up at once");
        thread::sleep(Duration::from_millis(5));
    }
    let asked = || Ok::<_, anyhow::Error>(stage.company.counters()?.requests_of("gmail.users.messages.get"));
    let lost_at_most = asked()?;
    stage.company.delete("fault")?;
    line.mend();
    ensure!(child.wait()?.success(), "the run did not get over it");
    let truth = stage.company.truth(None)?;
    let mails = truth.lines.iter().filter(|line| line.service == "gmail").count() as u64;
    ensure!(lost_at_most < mails / 2, "{lost_at_most} of {mails} mails had been asked for");
    ensure!(asked()? <= mails + lost_at_most, "{} requests for {mails} mails", asked()?);
    stage.judge()?.must_match()?;

    stage.company.churn(30, 1)?;
    stage.holdfast.run(&["run", "--now", "--wait"])?.expect_code(0)?;
    stage.judge()?.must_match()
}
