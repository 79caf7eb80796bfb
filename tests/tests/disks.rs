//! A disk that is full or write-protected stops a backup with clear words; what was stored stays, and once the disk can
//! be written again the next run completes.

#![cfg(target_os = "linux")]

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use holdfast_tests::mounts::{mount_disk, resize_disk, unmount, with_own_mounts, write_protect};
use holdfast_tests::{Finished, Stage};

const FAILED: i32 = 1;
const MB: u64 = 1024 * 1024;

fn run(stage: &Stage) -> Result<Finished> {
    stage.holdfast.run(&["run", "--now", "--wait"])
}

/// The causes that are open are those with these titles, by what `doctor` finds now.
fn is_open(stage: &Stage, what: &str, titles: &[&str]) -> Result<()> {
    let told = stage.holdfast.run(&["doctor", "--json"])?;
    let found: serde_json::Value = serde_json::from_str(&told.stdout)?;
    let mut findings = found["findings"].as_array().context("no findings")?.iter();
    let open = findings.find(|one| one["number"] == 5).context("no check of the notifications")?;
    let evidence = open["evidence"].as_str().context("no evidence")?;
    let expected = if titles.is_empty() { "none is open".to_owned() } else { titles.join("; ") };
    ensure!(evidence == expected, "{what}: {evidence}");
    Ok(())
}

/// Fills the disk that holds a folder but for `left` bytes; returns the file that does.
fn fill(folder: &Path, size: u64, left: u64) -> Result<std::path::PathBuf> {
    let path = folder.join("filler");
    let used: u64 = holdfast_tests::files_below(folder)?
        .iter()
        .map(|file| Ok(fs::metadata(file)?.len().next_multiple_of(4096)))
        .sum::<Result<u64>>()?;
    let room = size.checked_sub(used + left).context("the disk is too small for this flow")?;
    let mut file = fs::File::create(&path)?;
    let block = vec![0; 1 << 16];
    let mut written = 0;
    while written < room {
        let some = block.len().min(usize::try_from(room - written)?);
        file.write_all(&block[..some]).context("the filler itself does not fit")?;
        written += some as u64;
    }
    Ok(path)
}

#[test]
fn a_full_repository_disk_keeps_what_was_stored_and_heals() -> Result<()> {
    with_own_mounts("disks::a_full_repository_disk_keeps_what_was_stored_and_heals", || {
        let stage = Stage::unconnected(
            "--seed 41 --users 2 --mail-per-user 20 --files-per-user 360 --file-bytes 400000",
        )?;
        let place = stage.holdfast.repository();
        fs::create_dir_all(&place)?;
        // A backup does not begin with less than 64 MB of room; this one ends in the middle.
        mount_disk(&place, 80 * MB)?;
        stage.holdfast.set_up(&stage.company)?;
        stage.holdfast.ok(&["sync"])?;
        stage.holdfast.run(&stage.start_all())?.expect_told(FAILED, "disk has too little free space")?;
        stage.holdfast.restic()?.check_unlocked().context("while the disk is full")?;
        run(&stage)?.expect_told(FAILED, "disk has too little free space").context("it is full still")?;
        is_open(&stage, "disk.full", &["The storage is full", "Hardly any space is left"])?;

        resize_disk(&place, 400 * MB)?;
        stage.company.forget_counters()?;
        run(&stage)?.expect_code(0)?;
        let fetched = stage.company.counters()?.bytes_sent.get("drive.files.get").copied().unwrap_or(0);
        let all: u64 = stage
            .company
            .truth(None)?
            .kept_by_default()
            .lines
            .iter()
            .filter(|line| line.service.ends_with("drive"))
            .map(|line| line.wire_bytes())
            .sum();
        ensure!(fetched + 4 * MB < all, "{fetched} of {all} bytes were fetched again");
        is_open(&stage, "storage.low_space", &["Hardly any space is left"])?;
        resize_disk(&place, 3_000 * MB)?;
        is_open(&stage, "none", &[])?;
        stage.judge()?.must_match()
    })
}

#[test]
fn a_full_disk_of_the_data_directory_does_no_harm() -> Result<()> {
    with_own_mounts("disks::a_full_disk_of_the_data_directory_does_no_harm", || {
        let stage = Stage::unconnected(
            "--seed 42 --users 2 --mail-per-user 1500 --files-per-user 5 --mail-bytes tiny",
        )?;
        let (place, size) = (stage.holdfast.data_dir(), 96 * MB);
        mount_disk(&place, size)?;
        stage.holdfast.set_up(&stage.company)?;
        stage.holdfast.ok(&["sync"])?;
        let filler = fill(&place, size, MB)?;
        stage.holdfast.run(&stage.start_all())?.expect_told(FAILED, "disk has too little free space")?;
        stage.holdfast.restic()?.check_unlocked().context("while the disk is full")?;

        fs::remove_file(filler)?;
        stage.holdfast.run(&stage.start_all())?.expect_code(0)?;
        stage.judge()?.must_match()
    })
}

#[test]
fn a_write_protected_repository_is_told_and_left_alone() -> Result<()> {
    with_own_mounts("disks::a_write_protected_repository_is_told_and_left_alone", || {
        let stage = Stage::new("--seed 43 --users 2 --mail-per-user 30 --files-per-user 10")?;
        stage.holdfast.ok(&stage.start_all())?;
        stage.company.churn(20, 1)?;
        let place = stage.holdfast.repository();
        write_protect(&place)?;
        ensure!(fs::write(place.join("probe"), b"x").is_err(), "the write protection protects nothing");
        run(&stage)?.expect_told(FAILED, "storage cannot be written")?;
        is_open(&stage, "disk.read_only", &["The storage cannot be written"])?;
        stage.holdfast.restic()?.check_unlocked()?;
        unmount(&place)?;
        run(&stage)?.expect_code(0)?;
        is_open(&stage, "none", &[])?;
        stage.judge()?.must_match()
    })
}
