//! The main job on Box, end to end, with the real programs: stock restic and the enterprise's truth judge it.

use anyhow::{Context, Result, ensure};
use holdfast_tests::{Company, Comparison, Restored, Stage, Truth};
use serde_json::json;

const COMPANY: &str = "--seed 5 --users 6 --mail-per-user 0 --files-per-user 30";

/// Simulated as Box describes itself, wherever that description is at hand.
fn stage() -> Result<Stage> {
    let specs = std::env::var_os("HOLDFAST_SPECS").map(std::path::PathBuf::from);
    let checkout = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let beside = ["../shared/specs", "../specs"].map(|place| checkout.join(place));
    let is_at_hand = specs.into_iter().chain(beside).any(|folder| folder.join("box/openapi.json").exists());
    if !is_at_hand {
        eprintln!("!! Box's description is not at hand: the enterprise is simulated without --strict");
    }
    let strict = if is_at_hand { " --strict" } else { "" };
    let stage = Stage::unconnected(&format!("{COMPANY}{strict}"))?;
    stage.holdfast.init()?;
    stage.holdfast.connect_box(&stage.company)?;
    Ok(stage)
}

fn active(company: &Company) -> Vec<(&str, &str)> {
    let users = company.start.boxcom.users.iter().filter(|user| user.status != "inactive");
    users.map(|user| (user.id.as_str(), user.address.as_str())).collect()
}

fn start_all(company: &Company) -> Vec<&str> {
    let users = active(company).into_iter().flat_map(|(_, address)| ["--user", address]);
    ["start"].into_iter().chain(users).chain(["--wait"]).collect()
}

fn truth(company: &Company) -> Result<Truth> {
    let ids: Vec<&str> = active(company).into_iter().map(|(id, _)| id).collect();
    Ok(company.truth_of_box()?.kept_by_default().of_users(&ids))
}

fn judge(stage: &Stage) -> Result<Comparison> {
    let restic = stage.holdfast.restic()?;
    restic.check(true)?;
    let target = stage.folder.path().join("restored");
    restic.restore(&target)?;
    Ok(truth(&stage.company)?.compare(&Restored::by_restic(&target)?))
}

#[test]
fn box_is_backed_up_followed_verified_and_restored() -> Result<()> {
    let stage = stage()?;
    let (company, holdfast) = (&stage.company, &stage.holdfast);
    holdfast.ok(&start_all(company))?;
    let first = judge(&stage)?;
    first.must_match().context("after the first backup")?;
    ensure!(first.matched > 150, "only {first}");

    let owner = active(company)[1].1;
    let add = |op: &str, what: serde_json::Value| -> Result<String> {
        company.change(op, what)?.into_iter().next().context("nothing was made")
    };
    let folder = add("box.folder.add", json!({"user": owner, "name": "New"}))?;
    let below = add("box.folder.add", json!({"user": owner, "name": "Below", "parent": folder}))?;
    let file = add("box.file.add", json!({"user": owner, "name": "a.txt", "parent": below, "not_ready": 2}))?;
    let doomed = add("box.folder.add", json!({"user": owner, "name": "Doomed"}))?;
    add("box.file.add", json!({"user": owner, "name": "b.txt", "parent": doomed}))?;
    add("box.web_link.add", json!({"user": owner, "name": "A link", "url": "https://example.com/"}))?;
    holdfast.ok(&["run", "--now", "--wait"])?;
    judge(&stage)?.must_match().context("after something was added")?;

    company.change("box.file.edit", json!({"item": file, "text": "another text"}))?;
    company.change("box.item.rename", json!({"item": file, "name": "renamed.md"}))?;
    company.change("box.item.move", json!({"item": below, "parent": "0"}))?;
    company.change("box.item.tag", json!({"item": file, "tags": ["final"]}))?;
    for (item, said) in [(&file, "of a file"), (&below, "of a folder")] {
        let values = json!({"owner": "Ada", "said": said});
        let what = json!({"item": item, "scope": "global", "template": "properties", "values": values});
        company.change("box.item.set_metadata", what)?;
    }
    company.change("box.item.trash", json!({"item": doomed}))?;
    holdfast.ok(&["run", "--now", "--wait"])?;
    judge(&stage)?.must_match().context("after a move, an edit and a folder in the trash")?;

    company.change("box.item.restore", json!({"item": doomed}))?;
    let other = active(company)[2].1;
    company.change("box.collaboration.add", json!({"item": folder, "to": other, "role": "editor"}))?;
    company.post("set", &json!({"box": {"expire_events": true}}))?;
    holdfast.ok(&["run", "--now", "--wait"])?;
    judge(&stage)?.must_match().context("after the position was too old")?;

    holdfast.ok(&["verify", "--read-data"])?;
    let target = stage.folder.path().join("by-holdfast");
    let path = target.to_str().context("a folder without a name")?;
    let id = active(company)[1].0;
    holdfast.ok(&["restore", owner, "--to-folder", path])?;
    let restored = truth(company)?.of_users(&[id]).compare(&Restored::by_holdfast(&target)?);
    restored.must_match().context("what holdfast itself restored")?;
    // Where a person looks at one item, and at a folder.
    for (item, said) in [("Below/renamed.md", "of a file"), ("Below", "of a folder")] {
        let path = format!("{owner}/box_files/{item}");
        let kept = holdfast.json(&["cat", "--metadata", &path])?;
        let values = &kept["metadata"]["more"]["metadata"]["global"]["properties"];
        ensure!(values["said"] == said, "{item}: {kept}");
        let told = holdfast.ok(&["cat", "--metadata", &path])?;
        ensure!(
            told.lines().any(|line| line.contains("global.properties.said") && line.ends_with(said)),
            "{told}"
        );
    }
    Ok(())
}

#[test]
fn what_templates_say_of_files_and_folders_is_kept_without_a_request_for_each() -> Result<()> {
    let stage = stage()?;
    let (company, holdfast) = (&stage.company, &stage.holdfast);
    let made = |op: &str, what: serde_json::Value| -> Result<String> {
        company.change(op, what)?.into_iter().next().context("nothing was made")
    };
    let template = |title: &str| {
        let fields = json!([
            {"type": "string", "key": "owner", "displayName": "Owner"},
            {"type": "multiSelect", "key": "regions", "displayName": "Regions", "options": [{"key": "EU"}, {"key": "US"}]},
        ]);
        made(
            "box.template.add",
            json!({"template": {"scope": "enterprise", "displayName": title, "fields": fields}}),
        )
    };
    let say = |item: &str, template: &str, values: serde_json::Value| {
        let what = json!({"item": item, "scope": "enterprise", "template": template, "values": values});
        company.change("box.item.set_metadata", what).map(drop)
    };
    let owner = active(company)[1].1;
    let (contract, review) = (template("Contract")?, template("Review")?);
    let folder = made("box.folder.add", json!({"user": owner, "name": "Contracts"}))?;
    let file = made("box.file.add", json!({"user": owner, "name": "a.txt", "parent": folder}))?;
    say(&folder, &review, json!({"owner": "Grace"}))?;
    say(&file, &contract, json!({"owner": "Ada", "regions": ["EU", "US"]}))?;
    company.forget_counters()?;
    holdfast.ok(&start_all(company))?;
    judge(&stage)?.must_match().context("after the first backup")?;
    let counters = company.counters()?;
    for method in ["box.get_files_id_metadata", "box.get_folders_id_metadata"] {
        let asked = counters.requests_of(method);
        ensure!(asked == 0, "{method} was asked {asked} times");
    }
    let listings = counters.requests_of("box.get_metadata_templates_enterprise");
    // A listing of a user's files asks for its place in the events once, and for the templates once at most.
    let files_were_listed = counters.requests_of("box.get_events");
    ensure!(
        (1..=files_were_listed).contains(&listings),
        "templates were listed {listings} times, and files {files_were_listed} times"
    );

    company.forget_counters()?;
    holdfast.ok(&["run", "--now", "--wait"])?;
    let listings = company.counters()?.requests_of("box.get_metadata_templates");
    ensure!(listings == 0, "templates were listed {listings} times though nothing changed");

    say(&file, &template("New")?, json!({"owner": "Eve"}))?;
    say(&file, &contract, json!({"owner": "Ada", "regions": []}))?;
    say(&folder, &review, serde_json::Value::Null)?;
    holdfast.ok(&["run", "--now", "--wait"])?;
    judge(&stage)?.must_match().context("after a new template, other values and an instance that went")
}

#[test]
fn where_nothing_changed_each_user_costs_one_call() -> Result<()> {
    let stage = stage()?;
    stage.holdfast.ok(&start_all(&stage.company))?;
    stage.company.forget_counters()?;
    stage.holdfast.ok(&["run", "--now", "--wait"])?;
    let counters = stage.company.counters()?;
    let users = active(&stage.company).len() as u64;
    let events = counters.requests_of("box.get_events");
    ensure!(events == users, "{events} requests for the events of {users} users");
    for method in ["box.get_folders", "box.get_files", "box.download"] {
        let asked = counters.requests_of(method);
        ensure!(asked == 0, "{method} was asked {asked} times");
    }
    judge(&stage)?.must_match()
}

#[test]
fn a_backup_is_started_by_any_address_of_a_user() -> Result<()> {
    let stage = stage()?;
    let (company, holdfast) = (&stage.company, &stage.holdfast);
    let people = active(company);
    let alias = |number: usize, address: &str, confirmed: bool| {
        let what = json!({"user": people[number].1, "address": address, "confirmed": confirmed});
        company.change("box.user.add_alias", what).map(drop)
    };
    alias(1, "other.name@example.com", true)?;
    alias(2, "second.name@example.com", true)?;
    alias(3, "never.confirmed@example.com", false)?;
    holdfast.ok(&["sync"])?;
    holdfast.ok(&["start", "--user", "Other.Name@example.com", "--wait"])?;
    let csv = stage.folder.path().join("people.csv");
    // Both addresses of one person, and one that Box has not seen confirmed.
    let rows = ["Email", "second.name@example.com", people[2].1, "never.confirmed@example.com"];
    std::fs::write(&csv, rows.join("\n"))?;
    let file = csv.to_str().context("a folder without a name")?;
    let started = holdfast.run(&["start", "--csv", file, "--wait"])?;
    started.expect_told(3, "line 4")?;
    ensure!(holdfast.json(&["status"])?["protected"] == 2, "{}", holdfast.json(&["status"])?);
    let restic = holdfast.restic()?;
    let target = stage.folder.path().join("restored");
    restic.restore(&target)?;
    let truth = truth(company)?.of_users(&[people[1].0, people[2].0]);
    truth.compare(&Restored::by_restic(&target)?).must_match()
}

#[test]
fn previous_versions_are_kept_where_they_are_chosen_and_fetched_once() -> Result<()> {
    let stage = stage()?;
    let (company, holdfast) = (&stage.company, &stage.holdfast);
    let settings = stage.folder.path().join("settings.toml");
    let choose = |chosen: bool| -> Result<()> {
        std::fs::write(&settings, format!("previous_versions = {chosen}\n"))?;
        let file = settings.to_str().context("a folder without a name")?;
        holdfast.ok(&["policy", "set", file]).map(drop)
    };
    let run = || holdfast.ok(&["run", "--now", "--wait"]).map(drop);
    choose(true)?;
    holdfast.ok(&start_all(company))?;
    let first = judge_versions(&stage)?;
    first.must_match().context("after the first backup")?;
    let versions = versions(company)?;
    ensure!(versions > 30, "the company has only {versions} previous versions");

    let owner = active(company)[1].1;
    let file = company.change("box.file.add", json!({"user": owner, "name": "a.txt", "text": "first"}))?;
    let file = file.into_iter().next().context("no file was made")?;
    run()?;
    company.forget_counters()?;
    company.change("box.file.edit", json!({"item": file, "text": "second"}))?;
    run()?;
    judge_versions(&stage)?.must_match().context("after an edit")?;
    let fetched = company.counters()?.requests_of("box.download");
    ensure!(fetched == 1, "{fetched} contents were fetched: what was the current version is known");

    company.change("box.version.remove", json!({"item": file}))?;
    company.change("box.file.edit", json!({"item": file, "text": "third"}))?;
    run()?;
    judge_versions(&stage)?.must_match().context("after Box forgot a version")?;
    company.change("box.item.trash", json!({"item": file}))?;
    run()?;
    judge_versions(&stage)?.must_match().context("after the file went with its versions")?;
    holdfast.ok(&["verify", "--read-data"])?;

    choose(false)?;
    run()?;
    judge(&stage)?.must_match().context("after they are no longer chosen")
}

fn judge_versions(stage: &Stage) -> Result<Comparison> {
    let restic = stage.holdfast.restic()?;
    restic.check(true)?;
    let target = stage.folder.path().join("restored-with-versions");
    restic.restore(&target)?;
    Ok(truth(&stage.company)?.with_previous_versions().compare(&Restored::by_restic(&target)?))
}

fn versions(company: &Company) -> Result<usize> {
    Ok(truth(company)?.lines.iter().map(|line| line.previous.len()).sum())
}
