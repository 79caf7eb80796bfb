//! Items too large to hold in memory: a mail near Gmail's limit and a file of any size are backed up and restored byte for
//! byte, and neither program ever holds much of them.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::{Comparison, Stage};

/// The most memory that either program may hold at once.
const MOST_MEMORY: u64 = 400 * 1024 * 1024;

/// Gmail takes messages up to 150 MB by import.
const MAIL_BYTES: u64 = 140 * 1024 * 1024;

/// Backs up a mail of 140 MB and a file of `file_bytes`; `tell` gets a line after each step.
pub fn large_items(file_bytes: u64, tell: &mut dyn FnMut(&str)) -> Result<Comparison> {
    let stage = Stage::new("--seed 71 --users 1 --mail-per-user 5 --files-per-user 3")?;
    let company = &stage.company;
    let admin = company.start.google.admin.clone();
    let mime = "application/octet-stream";
    company.change("mail.add", json!({ "user": admin, "size": MAIL_BYTES }))?;
    company.change(
        "file.add",
        json!({ "user": admin, "name": "large.bin", "mime": mime, "size": file_bytes }),
    )?;

    let begin = Instant::now();
    let mut told = |what: String| tell(&format!("{:5.1} s  {what}", begin.elapsed().as_secs_f64()));
    let (finished, most) = stage.holdfast.run_measured(&stage.start_all())?;
    finished.expect_code(0)?;
    told(format!("backed up with {} MB of memory", most >> 20));
    ensure!(most > 1 << 20, "the memory was not measured");
    ensure!(most <= MOST_MEMORY, "a backup held {} MB of memory", most >> 20);

    let target = stage.folder.path().join("restored-by-us");
    let target = target.to_str().context("no UTF-8")?;
    let (finished, most) = stage.holdfast.run_measured(&["restore", &admin, "--to-folder", target])?;
    finished.expect_code(0)?;
    told(format!("restored with {} MB of memory", most >> 20));
    ensure!(most <= MOST_MEMORY, "a restore held {} MB of memory", most >> 20);
    let truth = company.truth(None)?.kept_by_default().of_users(&company.active_ids());
    let ours = truth.only(|line| line.service != "shared_drive");
    ours.compare(&crate::Restored::by_holdfast(Path::new(target))?).must_match().context("restored by us")?;
    std::fs::remove_dir_all(target)?;
    told("what we restored equals the truth".to_owned());

    let comparison = stage.judge()?;
    told("what restic restored was compared".to_owned());
    let most = company.peak_memory()?;
    told(format!("simcloud held {} MB of memory", most >> 20));
    ensure!(most <= MOST_MEMORY, "simcloud held {} MB of memory", most >> 20);
    comparison.must_match()?;
    Ok(comparison)
}
