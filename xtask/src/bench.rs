//! `cargo xtask bench`: how fast and how small, against stock restic or rclone where it can do the same. Release
//! builds, the company in a process of its own, ours and the peer in turns, the median of three.

mod box_files;
mod field;
mod files;
mod idle;
mod mail;
mod million;
mod private_net;
mod quota;
#[cfg(target_os = "linux")]
mod window;

use anyhow::{Result, bail, ensure};
use holdfast_tests::Programs;
use serde::Serialize;

use crate::{paths, setup};
pub use box_files::inside;
use field::Field;

/// One line of the table.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// What was measured.
    pub name: String,
    /// Ours.
    pub ours: f64,
    /// The peer's, or what would be the most possible.
    pub peer: Option<f64>,
    /// Ours in peers, where there is a peer.
    pub ratio: Option<f64>,
    /// What must be reached: by the ratio where there is one, else by ours.
    pub limit: f64,
    /// Of ours and the peer's.
    pub unit: &'static str,
    /// Whether the limit is the least, not the most.
    pub at_least: bool,
    /// Whether it is reached.
    pub reached: bool,
}

impl Row {
    /// Ours may be at most `limit`.
    fn at_most(name: impl Into<String>, ours: f64, limit: f64, unit: &'static str) -> Self {
        let reached = ours <= limit;
        Self { name: name.into(), ours, peer: None, ratio: None, limit, unit, at_least: false, reached }
    }

    /// Ours may be at most `limit` times the peer's.
    fn against(name: impl Into<String>, ours: f64, peer: f64, limit: f64, unit: &'static str) -> Self {
        let ratio = ours / peer;
        let row = Self::at_most(name, ours, limit, unit);
        Self { peer: Some(peer), ratio: Some(ratio), reached: ratio <= limit, ..row }
    }

    /// Ours has to be at least `limit` times what is possible.
    fn reaching(name: impl Into<String>, ours: f64, possible: f64, limit: f64, unit: &'static str) -> Self {
        let row = Self::against(name, ours, possible, limit, unit);
        Self { at_least: true, reached: ours / possible >= limit, ..row }
    }
}

/// A group of rows that are measured together.
type Measure = fn(&Field) -> Result<Vec<Row>>;

const MEASURES: &[(&str, Measure)] = &[
    ("first-mail", mail::first),
    ("first-files", files::first),
    ("box-files", box_files::first_and_next),
    ("next-million", million::one_mailbox),
    ("next-nothing", idle::nothing_changed),
    ("next-five-million", million::five_mailboxes),
    ("quota", quota::used_to_the_full),
    #[cfg(target_os = "linux")]
    ("window", window::shown),
];

/// Measures; an error unless every limit is reached.
pub fn run(json: bool, only: Option<&str>) -> Result<()> {
    let names: Vec<&str> = MEASURES.iter().map(|(name, _)| *name).collect();
    if let Some(name) = only
        && !names.contains(&name)
    {
        bail!("there is no row {name}; there are {}", names.join(", "));
    }
    setup::for_bench()?;
    let field =
        Field { programs: Programs::find_or_build("release")?, folder: paths::cache()?.join("bench") };
    let (mut rows, mut missed) = (Vec::new(), Vec::new());
    for (name, measure) in MEASURES.iter().filter(|(name, _)| only.is_none_or(|only| only == *name)) {
        eprintln!("measuring {name}");
        let measured = match measure(&field) {
            Ok(measured) => measured,
            Err(error) => {
                eprintln!("{name} could not be measured: {error:#}");
                missed.push(*name);
                continue;
            }
        };
        for row in &measured {
            // With `--json`, standard output holds one document; who watches sees the rows as they come all the same.
            if json { eprintln!("{}", sentence(row)) } else { println!("{}", sentence(row)) }
        }
        rows.extend(measured);
    }
    if json {
        println!("{}", serde_json::to_string_pretty(&rows)?);
    }
    missed.extend(rows.iter().filter(|row| !row.reached).map(|row| row.name.as_str()));
    ensure!(missed.is_empty(), "not reached: {}", missed.join(", "));
    Ok(())
}

/// One row for people.
fn sentence(row: &Row) -> String {
    let verdict = if row.reached { "ok  " } else { "MISS" };
    let bound = if row.at_least { "at least" } else { "at most" };
    let Row { name, ours, unit, limit, .. } = row;
    match (row.peer, row.ratio) {
        (Some(peer), Some(ratio)) => {
            format!("{verdict} {name}: {ours:.2} {unit} to {peer:.2}: {ratio:.3}, {bound} {limit}")
        }
        _ => format!("{verdict} {name}: {ours:.2} {unit}, {bound} {limit}"),
    }
}
