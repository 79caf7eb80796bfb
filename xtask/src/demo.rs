//! `cargo xtask demo --terminal`: the main job on a sample company, judged at the end by stock restic and by the company's
//! own truth. Everything stays in the cache afterwards, so that a person can look at it.

use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use holdfast_tests::{Company, Holdfast, Person, Programs, Restored};
use serde_json::json;

use crate::step::{run, step};
use crate::{paths, setup};

/// The sample company is always the same.
const COMPANY: [&str; 8] =
    ["--seed", "1", "--users", "12", "--mail-per-user", "150", "--files-per-user", "60"];

/// How much people change between the two Runs.
const CHANGES: u64 = 150;

/// Where the demonstration happens.
struct Stage {
    folder: PathBuf,
    company: Company,
    holdfast: Holdfast,
}

/// Runs the demonstration; an error unless all of it matched.
pub fn play() -> Result<()> {
    step("setup", setup::run)?;
    let programs = step("build", || Programs::find_or_build("dev"))?;
    let begin = Instant::now();
    let stage = step("a sample company in a simulated Google Workspace", || Stage::new(&programs))?;
    step("a Repository, a Connection and the Directory", || stage.connect())?;
    step("the first backup: a user, a group, an org unit and a CSV file", || stage.first_backup())?;
    step("people change things, and the next backup", || stage.next_backup())?;
    step("every byte of the Repository is verified", || stage.show(&["verify", "--read-data"]))?;
    step("one user's mail and files come back to a folder", || stage.restore_one())?;
    step("stock restic checks and restores all of it", || stage.judge())?;
    step("the same people's Box: connected, backed up, judged the same way", || stage.boxcom())?;
    println!("\nEverything matched, in {:.0} s.", begin.elapsed().as_secs_f64());
    println!("The Repository is {}", stage.holdfast.repository().display());
    println!("Stock restic opens it:");
    for command in stage.holdfast.restic()?.shown() {
        println!("  {command}");
    }
    Ok(())
}

impl Stage {
    fn new(programs: &Programs) -> Result<Self> {
        let folder = paths::cache()?.join("demo");
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
        }
        let company = Company::start(programs, &folder.join("company"), &COMPANY)?;
        let holdfast = Holdfast::new(programs, &folder.join("holdfast"))?;
        let google = &company.start.google;
        let (users, groups, units) = (google.users.len(), google.groups.len(), google.org_units.len());
        println!(
            "{} at {}: {users} users, {groups} groups, {units} org units",
            google.domain, company.start.address
        );
        println!("its admin is {}", google.admin);
        Ok(Self { folder, company, holdfast })
    }

    fn connect(&self) -> Result<()> {
        println!("\n$ holdfast init --repository {}", self.holdfast.repository().display());
        print!("{}", self.holdfast.init()?);
        println!(
            "\n$ holdfast connect google --key-file … --admin {} --endpoints …",
            self.company.start.google.admin
        );
        print!("{}", self.holdfast.connect(&self.company)?);
        self.show(&["sync"])?;
        self.show(&["users"])
    }

    fn first_backup(&self) -> Result<()> {
        let csv = self.folder.join("people.csv");
        let people: Vec<&str> = self.in_csv().iter().map(|person| person.address.as_str()).collect();
        fs::write(&csv, format!("Email\n{}\n", people.join("\n")))?;
        let csv = csv.to_str().context("the cache's path is not UTF-8")?;
        let group = self.company.start.google.groups.iter().find(|group| group.address.starts_with("sales@"));
        let group = group.context("the company has no sales group")?.address.as_str();
        let one = self.one()?.address.as_str();
        self.show(&[
            "start",
            "--user",
            one,
            "--group",
            group,
            "--org-unit",
            "/Berlin",
            "--csv",
            csv,
            "--wait",
        ])?;
        self.show(&["status"])?;
        self.show(&["activity"])
    }

    fn next_backup(&self) -> Result<()> {
        let changed = self.company.churn(CHANGES, 1)?;
        println!("{CHANGES} changes by people, {} Items touched", changed.len());
        self.company.forget_counters()?;
        self.show(&["run", "--now", "--wait"])?;
        self.show(&["activity"])?;
        println!("it took {} requests", self.company.counters()?.all_requests());
        Ok(())
    }

    fn restore_one(&self) -> Result<()> {
        let person = self.one()?;
        let target = self.folder.join("restored");
        let folder = target.to_str().context("the cache's path is not UTF-8")?;
        self.show(&["restore", &person.address, "--to-folder", folder])?;
        let truth = self.company.truth(Some(&person.id))?.kept_by_default();
        let comparison = truth.compare(&Restored::by_holdfast(&target)?);
        println!("compared with the truth: {comparison}");
        comparison.must_match()
    }

    fn judge(&self) -> Result<()> {
        let protected = self.protected()?;
        let restic = self.holdfast.restic()?;
        restic.check(true)?;
        println!("restic check --read-data: no errors");
        let target = self.folder.join("restored-by-restic");
        restic.restore(&target)?;
        let ids: Vec<&str> = protected.iter().map(|person| person.id.as_str()).collect();
        let truth = self.company.truth(None)?.kept_by_default().of_users(&ids);
        let comparison = truth.compare(&Restored::by_restic(&target)?);
        println!("compared with the truth of {} users and the shared drives: {comparison}", ids.len());
        comparison.must_match()
    }

    fn boxcom(&self) -> Result<()> {
        println!("\n$ holdfast connect box --app-file … --endpoints …");
        print!("{}", self.holdfast.connect_box(&self.company)?);
        let boxcom = &self.company.start.boxcom;
        let mut people = boxcom.users.iter().filter(|person| person.status == "active").skip(1);
        let person = people.next().context("the enterprise has no active user")?;
        let domain = boxcom.enterprise_id.as_str();
        self.show(&["start", "--domain", domain, "--user", &person.address, "--wait"])?;
        let restic = self.holdfast.restic()?;
        restic.check(true)?;
        let target = self.folder.join("restored-box");
        restic.restore(&target)?;
        let mut restored = Restored::by_restic(&target)?;
        restored.items.retain(|item| item.service == "box_files");
        let truth = self.company.truth_of_box()?.kept_by_default();
        let comparison = truth.only(|line| line.user == person.id).compare(&restored);
        println!("compared with the truth of {}'s Box: {comparison}", person.address);
        comparison.must_match()
    }

    /// Whoever is protected now; those who were named must be among them.
    fn protected(&self) -> Result<Vec<&Person>> {
        let users = self.holdfast.json(&["users"])?;
        let users = users["users"].as_array().context("users printed no list")?;
        let is_protected = |person: &&Person| {
            users.iter().any(|user| {
                user["address"] == json!(person.address) && user["protection"] == json!("protected")
            })
        };
        let protected: Vec<&Person> = self.company.start.google.users.iter().filter(is_protected).collect();
        for named in self.in_csv().into_iter().chain([self.one()?]) {
            let is_there = protected.iter().any(|person| person.id == named.id);
            ensure!(is_there, "{} was named and is not protected", named.address);
        }
        Ok(protected)
    }

    /// The user who is named alone.
    fn one(&self) -> Result<&Person> {
        self.active().next().context("the company has no active user")
    }

    /// The users in the CSV file.
    fn in_csv(&self) -> Vec<&Person> {
        self.active().skip(4).take(2).collect()
    }

    /// Active users without the admin.
    fn active(&self) -> impl Iterator<Item = &Person> {
        let admin = &self.company.start.google.admin;
        self.company.active().filter(|person| person.address != *admin)
    }

    /// Runs a command as a person would see it.
    fn show(&self, arguments: &[&str]) -> Result<()> {
        println!("\n$ holdfast {}", arguments.join(" "));
        run(&mut self.holdfast.command(arguments))
    }
}
