//! The first and the next backup of a user's files in Box, against `rclone copy` of the same. rclone knows Box by its own
//! host names only, so that both reach the simulated one by these, in a network of their own.
//!
//! rclone asks Box a hundred times a second at most, so that one first run of it is as good as three. Ours lists all folders
//! twice in a first run, as it does everywhere: the second listing proves that no page was lost.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use holdfast_tests::{Company, Holdfast, Programs, Restored};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Row;
use super::field::{Field, TURNS, median, memory, remove, settle, warm};
use super::private_net::{self, CERTIFICATE, KEY};
use crate::measure::{Cost, cost};

const HOSTS: &[&str] =
    &["api.box.com", "account.box.com", "upload.box.com", "dl.boxcloud.com", "public.boxcloud.com"];
/// One user has all the files.
const COMPANY: &str =
    "--users 1 --mail-per-user 0 --files-per-user 0 --latency 5 --quotas off --tls-port 443";
const FILES: u64 = 20_000;
const MEDIAN_BYTES: u64 = 50_000;
const MEASURED: &str = "measured.json";

/// What one program cost, and what it asked Box for.
#[derive(Default, Serialize, Deserialize)]
struct Costs {
    first: Vec<Cost>,
    first_requests: f64,
    next: Vec<Cost>,
    next_requests: f64,
}

#[derive(Default, Serialize, Deserialize)]
struct Measured {
    ours: Costs,
    peer: Costs,
}

/// 20,000 files of 50 KB in the middle, 5 ms away.
pub fn first_and_next(field: &Field) -> Result<Vec<Row>> {
    let folder = field.empty("box-files")?;
    let Some(mut inside) = private_net::command(&folder, HOSTS)? else { return Ok(Vec::new()) };
    let programs = field.programs.holdfast.parent().context("the programs lie in no folder")?;
    let status = inside.arg("measure-box").arg(&folder).env("HOLDFAST_PROGRAMS", programs).status();
    ensure!(status.context("unshare does not start")?.success(), "see above");
    let measured = fs::read(folder.join(MEASURED)).context("nothing was measured")?;
    let Measured { ours, peer } = serde_json::from_slice(&measured)?;
    remove(&folder)?;

    let wall = |costs: &[Cost]| median(costs.iter().map(|cost| cost.wall_seconds));
    let (first, next) = ("first backup of 20,000 Box files", "next run of them, nothing changed");
    let all: Vec<Cost> = ours.first.iter().chain(&ours.next).copied().collect();
    Ok(vec![
        Row::against(format!("{first}: wall time"), wall(&ours.first), wall(&peer.first), 0.6, "s"),
        Row::against(
            format!("{first}: requests"),
            ours.first_requests,
            peer.first_requests,
            1.05,
            "requests",
        ),
        Row::against(format!("{next}: wall time"), wall(&ours.next), wall(&peer.next), 0.1, "s"),
        Row::against(format!("{next}: requests"), ours.next_requests, peer.next_requests, 0.1, "requests"),
        memory(first, &all),
    ])
}

/// The same in the network that `first_and_next` made for it.
pub fn inside(folder: &Path) -> Result<()> {
    private_net::enter(folder)?;
    let field = Field { programs: Programs::find_or_build("release")?, folder: folder.to_owned() };
    let place = |name: &str| folder.join(name).display().to_string();
    let company = field.company(folder, &format!("{COMPANY} --tls {} {}", place(CERTIFICATE), place(KEY)))?;
    let user = company.start.boxcom.users.first().context("Box has no users")?.clone();
    let files = json!({ "user": user.id, "count": FILES, "median": MEDIAN_BYTES });
    company.change("box.tree.add", files)?;
    company.change("box.prepare", json!({ "user": user.id }))?;
    let token = company.box_token(&user.id)?;

    let mut measured = Measured::default();
    let holdfast = Holdfast::new(&field.programs, &folder.join("holdfast"))?;
    holdfast.init()?;
    let app = company.start.boxcom.app_file.display().to_string();
    holdfast.ok(&["connect", "box", "--app-file", &app])?;
    holdfast.ok(&["sync"])?;
    let start = holdfast.command(&["start", "--user", &user.address, "--wait"]);
    let run = holdfast.command(&["run", "--now", "--wait"]);
    let copied = folder.join("copied");
    let rclone = rclone(&token, &copied);

    // Both find in memory what Box sends.
    warm(&folder.join("company"))?;
    let log = folder.join("command.log");
    let timed = |command: &Command| -> Result<(Cost, f64)> {
        company.forget_counters()?;
        settle();
        let cost = cost(command, &log)?;
        Ok((cost, company.counters()?.all_requests() as f64))
    };
    first(&mut measured.ours, timed(&start)?);
    judge(&company, &holdfast, &folder.join("restored"))?;
    first(&mut measured.peer, timed(&rclone)?);
    ensure!(count(&copied)? == FILES, "rclone did not copy everything");
    for _ in 0..TURNS {
        next(&mut measured.ours, timed(&run)?);
        next(&mut measured.peer, timed(&rclone)?);
    }
    fs::write(folder.join(MEASURED), serde_json::to_vec(&measured)?).context("cannot write what was measured")
}

fn first(costs: &mut Costs, (cost, requests): (Cost, f64)) {
    costs.first.push(cost);
    costs.first_requests = requests;
}

/// Of the requests, those of the last turn: nothing changes between them.
fn next(costs: &mut Costs, (cost, requests): (Cost, f64)) {
    costs.next.push(cost);
    costs.next_requests = requests;
}

fn rclone(token: &str, target: &Path) -> Command {
    let mut command = Command::new("rclone");
    command.args(["copy", "--config", "", "--transfers", "32", "--checkers", "32", "box:"]).arg(target);
    command.env("RCLONE_CONFIG_BOX_TYPE", "box").env("RCLONE_CONFIG_BOX_ACCESS_TOKEN", token);
    command
}

/// A figure counts only if everything was kept.
fn judge(company: &Company, holdfast: &Holdfast, target: &Path) -> Result<()> {
    holdfast.restic()?.restore(target)?;
    let found = company.truth_of_box()?.kept_by_default().compare(&Restored::by_restic(target)?);
    found.must_match().context("before measuring")?;
    ensure!(found.matched >= FILES, "only {found}");
    remove(target)
}

fn count(folder: &Path) -> Result<u64> {
    let (mut count, mut folders) = (0, vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))? {
            let entry = entry?;
            if entry.file_type()?.is_dir() { folders.push(entry.path()) } else { count += 1 }
        }
    }
    Ok(count)
}
