//! `kill -9` at random points loses nothing, doubles nothing and fetches little again.

use std::time::Duration;

use anyhow::Result;
use holdfast_tests::{Kills, Stage, survive};

#[test]
fn ten_kills_are_survived() -> Result<()> {
    let stage = Stage::unconnected(
        "--seed 5 --users 3 --mail-per-user 2700 --files-per-user 40 --mail-bytes tiny --file-bytes 3000",
    )?;
    let kills = Kills { kills: 10, within: Duration::from_secs(480), first_every: 5, seed: 11 };
    let folder = stage.folder.path().join("killed");
    let survived = survive(&stage.programs, &stage.company, &folder, kills, &mut |line| println!("{line}"))?;
    let made = survived.first + survived.next;
    if made < kills.kills {
        eprintln!("!! ONLY {made} KILLS: this machine is too slow for more in the time there is.");
    }
    assert!(made > survived.too_late, "no kill came in time: {survived:?}");
    Ok(())
}
