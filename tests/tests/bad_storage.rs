//! What happens to disks, folders and files must neither lose anything nor go unnoticed.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use holdfast_tests::{Finished, Holdfast, Stage, files_below};

const COMPANY: &str = "--seed 31 --users 2 --mail-per-user 50 --files-per-user 30";

const FAILED: i32 = 1;

fn run(stage: &Stage) -> Result<Finished> {
    stage.holdfast.run(&["run", "--now", "--wait"])
}

fn backed_up() -> Result<Stage> {
    let stage = Stage::new(COMPANY)?;
    stage.holdfast.ok(&stage.start_all())?;
    Ok(stage)
}

/// A failure that a person can read: one line that says what and what to do, and no trace of a program.
fn speaks(finished: &Finished) -> Result<()> {
    finished.expect_code(FAILED)?;
    let words = finished.stderr.trim();
    ensure!(
        words.contains(' ') && !words.contains("panicked") && !words.contains("RUST_BACKTRACE"),
        "{words}"
    );
    Ok(())
}

#[test]
fn a_repository_that_is_gone_is_missed_and_found_again() -> Result<()> {
    let stage = backed_up()?;
    let (place, away) = (stage.holdfast.repository(), stage.folder.path().join("away"));
    fs::rename(&place, &away)?;
    speaks(&run(&stage)?)?;
    ensure!(!place.join("config").exists(), "a new Repository was made in silence");
    fs::rename(&away, &place)?;
    stage.company.churn(10, 1)?;
    run(&stage)?.expect_code(0)?;
    stage.judge()?.must_match()
}

#[test]
fn another_repository_in_its_place_is_refused() -> Result<()> {
    let stage = backed_up()?;
    let other = Holdfast::new(&stage.programs, &stage.folder.path().join("other"))?;
    other.init()?;
    let place = stage.holdfast.repository();
    fs::rename(&place, stage.folder.path().join("away"))?;
    fs::rename(other.repository(), &place)?;
    let before = sizes(&place)?;
    speaks(&run(&stage)?)?;
    ensure!(sizes(&place)? == before, "something was written into another Repository");
    Ok(())
}

#[test]
fn a_lost_catalogue_is_made_again() -> Result<()> {
    let stage = backed_up()?;
    let catalogue = stage.holdfast.catalogue()?;
    for end in ["", "-wal", "-shm"] {
        let mut name = catalogue.clone().into_os_string();
        name.push(end);
        if fs::exists(&name)? {
            fs::write(&name, b"this is no catalogue any more")?;
        }
    }
    speaks(&run(&stage)?)?;
    stage.holdfast.ok(&["rebuild-catalogue"])?;
    stage.company.churn(10, 1)?;
    stage.company.forget_counters()?;
    run(&stage)?.expect_code(0)?;
    let fetched = stage.company.counters()?.requests_of("gmail.users.messages.get");
    ensure!(fetched <= 10, "{fetched} mails were fetched again");
    stage.judge()?.must_match()
}

#[test]
fn a_catalogue_of_a_newer_version_is_left_alone() -> Result<()> {
    let stage = backed_up()?;
    let catalogue = stage.holdfast.catalogue()?;
    let mut bytes = fs::read(&catalogue)?;
    // The user version of SQLite's header: https://www.sqlite.org/fileformat.html#the_database_header
    bytes.get_mut(60..64).context("no SQLite file")?.copy_from_slice(&999_u32.to_be_bytes());
    fs::write(&catalogue, &bytes)?;
    speaks(&run(&stage)?)?;
    ensure!(fs::read(&catalogue)? == bytes, "it was changed");
    Ok(())
}

#[test]
fn a_foreign_prune_between_two_runs_does_no_harm() -> Result<()> {
    let stage = backed_up()?;
    stage.company.churn(30, 1)?;
    run(&stage)?.expect_code(0)?;
    stage.holdfast.restic()?.run(&["forget", "--keep-last", "1", "--group-by", "", "--prune"])?;
    stage.company.churn(30, 2)?;
    run(&stage)?.expect_code(0)?;
    stage.judge()?.must_match()
}

#[test]
fn a_stale_lock_of_restic_is_no_obstacle() -> Result<()> {
    let stage = backed_up()?;
    let restic = stage.holdfast.restic()?;
    restic.leave_a_lock()?;
    stage.company.churn(10, 1)?;
    run(&stage)?.expect_code(0)?;
    restic.run(&["unlock"])?;
    stage.judge()?.must_match()
}

#[test]
fn a_damaged_pack_is_found() -> Result<()> {
    let stage = backed_up()?;
    stage.holdfast.ok(&["verify", "--read-data"])?;
    let packs = sizes(&stage.holdfast.repository().join("data"))?;
    let pack = packs.iter().max_by_key(|(_, size)| *size).context("no pack")?;
    let mut bytes = fs::read(&pack.0)?;
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    let mut permissions = fs::metadata(&pack.0)?.permissions();
    #[allow(clippy::permissions_set_readonly_false)] // A file in a temporary folder.
    permissions.set_readonly(false);
    fs::set_permissions(&pack.0, permissions)?;
    fs::write(&pack.0, bytes)?;
    let found = stage.holdfast.run(&["verify", "--read-data"])?;
    ensure!(matches!(found.code, Some(FAILED | 3)), "the damage was not found: it {}", found.told());
    Ok(())
}

#[test]
fn a_wrong_passphrase_is_told() -> Result<()> {
    let stage = backed_up()?;
    let wrong = stage.folder.path().join("wrong");
    fs::write(&wrong, "not the passphrase")?;
    let mut command = stage.holdfast.command_with_passphrase(&wrong, &["run", "--now", "--wait"]);
    let output = command.output()?;
    ensure!(output.status.code() == Some(FAILED), "{}", output.status);
    ensure!(String::from_utf8_lossy(&output.stderr).contains("passphrase"));
    Ok(())
}

#[test]
fn three_processes_at_once_share_the_work() -> Result<()> {
    let stage = backed_up()?;
    stage.company.churn(60, 1)?;
    let start = |_| stage.holdfast.spawn(&["run", "--now", "--wait"]);
    let children = (0..3).map(start).collect::<Result<Vec<_>>>()?;
    for mut child in children {
        let status = child.wait()?;
        ensure!(status.success(), "one of three {status}");
    }
    run(&stage)?.expect_code(0)?;
    stage.judge()?.must_match()
}

/// Every file below a folder with its size.
fn sizes(folder: &Path) -> Result<Vec<(PathBuf, u64)>> {
    files_below(folder)?.into_iter().map(|path| Ok((path.clone(), fs::metadata(path)?.len()))).collect()
}
