//! A Connection to Box with the real programs: killed in the middle of a refresh, and led to another enterprise.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use holdfast_tests::{Company, Holdfast, Programs, Restored, Stage, Truth};
use serde_json::{Value, json};
use tempfile::TempDir;

const COMPANY: &str = "--seed 5 --users 5 --mail-per-user 0 --files-per-user 12";
const PATIENCE: Duration = Duration::from_secs(60);
const TOKEN: &str = "box.token";
const USERS: &str = "box.get_users";

/// An installation to which Box's admin has signed in.
fn signed_in() -> Result<Stage> {
    let stage = Stage::unconnected(COMPANY)?;
    stage.holdfast.init()?;
    let endpoints = stage.company.start.endpoints_file.display().to_string();
    sign_in(&stage, &["connect", "box", "--endpoints", &endpoints])?;
    Ok(stage)
}

/// Runs the command with a sign-in of the admin, as a person does it with a browser.
fn sign_in(stage: &Stage, command: &[&str]) -> Result<()> {
    let start = &stage.company.start.boxcom;
    let app = start.app_file.display().to_string();
    let arguments = [command, &["--sign-in", "--no-browser", "--client-file", &app]].concat();
    let mut child =
        stage.holdfast.command(&arguments).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    let told = BufReader::new(child.stderr.take().context("no standard error")?);
    let mut lines = told.lines();
    let page = lines.by_ref().map_while(Result::ok).find(|line| line.trim().starts_with("http"));
    allow(page.context("no address to sign in at")?.trim(), &start.admin)?;
    let rest: Vec<String> = lines.map_while(Result::ok).collect();
    ensure!(child.wait()?.success(), "the sign-in failed: {}", rest.join("\n"));
    Ok(())
}

fn allow(page: &str, login: &str) -> Result<()> {
    let agent: ureq::Agent =
        ureq::Agent::config_builder().max_redirects(0).http_status_as_error(false).proxy(None).build().into();
    let (form, query) = page.split_once('?').context("a page without a query")?;
    let asked = format!("{query}&login={}&decision=approve", login.replace('@', "%40"));
    let answer = agent.post(form).content_type("application/x-www-form-urlencoded").send(asked)?;
    let back = answer.headers().get("location").context("no way back")?.to_str()?;
    let landed = agent.get(back).call()?;
    ensure!(landed.status().is_success(), "{}", landed.status());
    Ok(())
}

/// The access token that is kept is refused once, so that the next command has to refresh.
fn needs_a_refresh(company: &Company) -> Result<()> {
    company.forget_counters()?;
    fault(company, json!({"method": "*", "kind": "status", "status": 401}))
}

fn fault(company: &Company, fault: Value) -> Result<()> {
    company.post("fault", &fault).map(drop)
}

fn heal(company: &Company) -> Result<()> {
    company.delete("fault").map(drop)
}

/// Kills a sync (`kill -9`) when the company has seen what is waited for, and holds it.
fn kill_when(stage: &Stage, seen: impl Fn(&Company) -> Result<bool>) -> Result<()> {
    let mut child = stage.holdfast.spawn(&["sync", "users"])?;
    let begin = Instant::now();
    while !seen(&stage.company)? {
        ensure!(begin.elapsed() < PATIENCE, "the moment never came");
        ensure!(child.try_wait()?.is_none(), "the sync ended before it could be killed");
        thread::sleep(Duration::from_millis(5));
    }
    child.kill().context("it cannot be killed")?;
    child.wait()?;
    heal(&stage.company)
}

fn state(holdfast: &Holdfast) -> Result<String> {
    let connections = holdfast.json(&["connections"])?;
    Ok(connections["connections"][0]["state"].as_str().unwrap_or_default().to_owned())
}

#[test]
fn a_program_that_is_killed_in_a_refresh_needs_nobody_unless_box_has_spent_the_token() -> Result<()> {
    let stage = signed_in()?;
    let (company, holdfast) = (&stage.company, &stage.holdfast);
    let tokens = |company: &Company| Ok::<_, anyhow::Error>(company.counters()?.requests_of(TOKEN));

    // Box was asked, and has not spent the token yet.
    needs_a_refresh(company)?;
    fault(company, json!({"method": TOKEN, "kind": "status", "status": 503, "held": "before", "times": 0}))?;
    kill_when(&stage, |company| Ok(tokens(company)? > 0))?;
    holdfast.ok(&["sync", "users"]).context("after a kill before Box answered")?;

    // The successor is kept before it is used: the first call with it proves that it was.
    needs_a_refresh(company)?;
    fault(
        company,
        json!({"method": USERS, "kind": "status", "status": 503, "held": "before", "skip": 1, "times": 0}),
    )?;
    let calls = |company: &Company| Ok::<_, anyhow::Error>(company.counters()?.requests_of("box.get_users"));
    kill_when(&stage, |company| Ok(tokens(company)? > 0 && calls(company)? > 1))?;
    company.forget_counters()?;
    holdfast.ok(&["sync", "users"]).context("after a kill behind the refresh")?;
    ensure!(tokens(company)? == 0, "what the killed program had refreshed was spent in vain");

    // Box has spent the token, and its answer reaches nobody: only a person can help, and is told why.
    needs_a_refresh(company)?;
    fault(company, json!({"method": TOKEN, "kind": "none", "held": "after"}))?;
    kill_when(&stage, |company| Ok(tokens(company)? > 0))?;
    let failed = holdfast.run(&["sync", "users"])?;
    ensure!(failed.told().contains("interrupted after Box had spent it"), "{}", failed.told());
    ensure!(state(holdfast)? == "expired", "the Connection is {}", state(holdfast)?);
    sign_in(&stage, &["reconnect", "1"])?;
    ensure!(state(holdfast)? == "connected", "the Connection is {}", state(holdfast)?);
    holdfast.ok(&["sync", "users"]).map(drop)
}

#[test]
fn another_enterprise_at_the_same_addresses_is_refused_and_nothing_is_mixed() -> Result<()> {
    let (programs, folder) = (Programs::find()?, TempDir::new()?);
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let company = |name: &str, seed: u32| {
        let arguments = format!("--seed {seed} --users 4 --mail-per-user 0 --files-per-user 8 --port {port}");
        let arguments: Vec<&str> = arguments.split_whitespace().collect();
        Company::start(&programs, &folder.path().join(name), &arguments)
    };
    let holdfast = Holdfast::new(&programs, &folder.path().join("holdfast"))?;
    let ours = company("ours", 5)?;
    holdfast.init()?;
    holdfast.connect_box(&ours)?;
    let user = ours.start.boxcom.users[1].clone();
    holdfast.ok(&["start", "--user", &user.address, "--wait"])?;
    let before =
        (holdfast.json(&["connections"])?, holdfast.json(&["users"])?, holdfast.json(&["archives"])?);
    let enterprise = ours.start.boxcom.enterprise_id.clone();
    drop(ours);

    // Its application is known there, and what it gets is valid.
    let theirs = company("theirs", 6)?;
    ensure!(theirs.start.boxcom.enterprise_id != enterprise, "it is the same enterprise");
    let app = theirs.start.boxcom.app_file.display().to_string();
    let refused = holdfast.run(&["reconnect", "1", "--app-file", &app])?;
    refused.expect_told(1, "but this connection is to")?;
    let files = theirs.counters()?.requests_of("box.get_folders");
    ensure!(files == 0, "their files were asked for {files} times");
    drop(theirs);

    let ours = company("ours", 5)?;
    ensure!(holdfast.json(&["connections"])? == before.0, "the Connection is another one");
    ensure!(holdfast.json(&["users"])? == before.1, "the Directory is mixed");
    ours.change("box.file.add", json!({"user": user.address, "name": "after.txt"}))?;
    holdfast.ok(&["run", "--now", "--wait"]).context("the old authorisation is gone")?;
    ensure!(
        holdfast.json(&["archives"])?["archives"].as_array().map(Vec::len)
            == before.2["archives"].as_array().map(Vec::len)
    );
    let target = folder.path().join("restored");
    holdfast.restic()?.restore(&target)?;
    let truth: Truth = ours.truth_of_box()?.kept_by_default().of_users(&[&user.id]);
    truth.compare(&Restored::by_restic(&target)?).must_match()
}
