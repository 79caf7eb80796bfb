//! `cargo xtask soak`: a file of 2 GB, then kills of first and next runs at random points, and a judgement of what is
//! left, for hours or, with `--quick`, for ten minutes.

use std::fs;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use holdfast_tests::{Company, Kills, Programs, large_items, survive};

use crate::step::step;
use crate::{paths, setup};

const KILLS: u32 = 200;
const QUICK: Duration = Duration::from_secs(600);
const LONG: Duration = Duration::from_secs(24 * 3600);

/// The file that is too large for the flows that run at each change.
const LARGE_FILE: u64 = 2 << 30;

/// Whose data is backed up while the kills fall.
const COMPANY: [&str; 8] =
    ["--seed", "7", "--users", "4", "--mail-per-user", "2000", "--files-per-user", "80"];

/// Kills until enough; an error at the first kill that was not survived.
pub fn run(quick: bool, seed: Option<u64>) -> Result<()> {
    step("setup", setup::run)?;
    let programs = step("build", || Programs::find_or_build("dev"))?;
    let folder = paths::cache()?.join("soak");
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    let seed = match seed {
        Some(seed) => seed,
        None => SystemTime::now().duration_since(UNIX_EPOCH).context("the clock is before 1970")?.as_secs(),
    };
    println!("moments follow from --seed {seed}");
    let whole = Instant::now();
    step("a file of 2 GB", || {
        let comparison = large_items(LARGE_FILE, &mut |line| println!("{line}"))?;
        println!("{comparison}");
        Ok(())
    })?;
    let company = Company::start(&programs, &folder.join("company"), &COMPANY)?;
    let within = if quick { QUICK.saturating_sub(whole.elapsed()) } else { LONG };
    let kills = Kills { kills: KILLS, within, first_every: 5, seed };
    let begin = Instant::now();
    let survived = survive(&programs, &company, &folder.join("holdfast"), kills, &mut |line| {
        println!("{:6.0} s  {line}", begin.elapsed().as_secs_f64());
    })?;
    println!(
        "\nsurvived {} kills of first runs and {} of next runs ({} came too late); at most {} Items and {:.1} MB were fetched again",
        survived.first,
        survived.next,
        survived.too_late,
        survived.most_items_again,
        survived.most_bytes_again as f64 / 1e6
    );
    Ok(())
}
