//! Next runs in large Repositories. A large Repository is built once and kept; each turn works on a fresh copy.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use holdfast_tests::{Company, Holdfast};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Row;
use super::field::{Field, TURNS, median, memory, remove, start_all};
use crate::measure::Cost;
use crate::step;

const CHANGES: u64 = 100;

/// A large account that is built once.
struct Large {
    name: &'static str,
    /// Written when it is built; another text asks for another building.
    company: &'static str,
}

const ONE: Large = Large {
    name: "million",
    company: "--port 47261 --users 1 --mail-per-user 1000000 --files-per-user 0 --mail-bytes tiny --quotas off",
};

/// Some 97 of 100 mails are kept: the others are spam or lie in the trash.
const FIVE: Large = Large {
    name: "five-million",
    company: "--port 47262 --users 5 --mail-per-user 1040000 --files-per-user 0 --mail-bytes tiny --quotas off",
};

/// 100 changes in a mailbox of 1,000,000 mails.
pub fn one_mailbox(field: &Field) -> Result<Vec<Row>> {
    let name = "next run, 100 changes among 1,000,000 mails";
    let Measured { next: costs, requests, .. } = ONE.next_runs(field)?;
    let wall = median(costs.iter().map(|cost| cost.wall_seconds));
    Ok(vec![
        Row::at_most(format!("{name}: wall time"), wall, 5.0, "s"),
        Row::at_most(format!("{name}: requests"), median(requests), 10.0 + CHANGES as f64, "requests"),
        memory(name, &costs),
    ])
}

/// The same in a Repository of 5,000,000 Items.
pub fn five_mailboxes(field: &Field) -> Result<Vec<Row>> {
    let measured = FIVE.next_runs(field)?;
    Ok(vec![
        memory("first run of 5,000,000 Items", &[measured.first]),
        memory("next run in a Repository of 5,000,000 Items", &measured.next),
    ])
}

/// What runs on a large account cost.
struct Measured {
    /// Of the first run, when it was built.
    first: Cost,
    /// Of each next run.
    next: Vec<Cost>,
    /// How many requests each next run sent.
    requests: Vec<f64>,
}

/// How a large account was built.
#[derive(Serialize, Deserialize)]
struct Built {
    company: String,
    first: Cost,
}

impl Large {
    fn next_runs(&self, field: &Field) -> Result<Measured> {
        let folder = field.folder.join(self.name);
        let (kept, work) = (folder.join("kept"), folder.join("work"));
        let built = folder.join("built");
        let known = fs::read(&built).ok().and_then(|text| serde_json::from_slice::<Built>(&text).ok());
        let first = match known.filter(|known| known.company == self.company) {
            Some(known) => known.first,
            None => {
                field.empty(self.name)?;
                let company = field.company(&folder, self.company)?;
                eprintln!("building {} once; this takes a while", folder.display());
                let holdfast = field.installation(&company, &work)?;
                let first = field.ours(&holdfast, &start_all(&company))?;
                copy(&work, &kept)?;
                let told = Built { company: self.company.to_owned(), first };
                fs::write(&built, serde_json::to_vec(&told)?)?;
                first
            }
        };
        let (mut costs, mut requests) = (vec![], vec![]);
        for turn in 0..TURNS {
            remove(&work)?;
            copy(&kept, &work)?;
            let company = field.company(&folder, self.company)?;
            let holdfast = Holdfast::reopen(&field.programs, &work)?;
            self.change(&company, turn)?;
            company.forget_counters()?;
            costs.push(field.ours(&holdfast, &["run", "--now", "--wait"])?);
            requests.push(company.counters()?.all_requests() as f64);
        }
        remove(&work)?;
        Ok(Measured { first, next: costs, requests })
    }

    fn change(&self, company: &Company, seed: usize) -> Result<()> {
        let admin = company.start.google.admin.as_str();
        let what = json!({ "user": admin, "service": "gmail", "changes": CHANGES, "seed": seed });
        company.post("churn", &what).map(drop)
    }
}

/// A copy of an installation. Packs never change, so the Repository's files are links.
fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot list {}", from.display()))? {
        let entry = entry?;
        let how = if entry.file_name() == "repository" { "-al" } else { "-a" };
        step::run(Command::new("cp").arg(how).arg(entry.path()).arg(to))?;
    }
    Ok(())
}
