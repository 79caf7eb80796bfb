//! Bad input on the command line gets one clear line and exit code 2; nothing is tried.

use anyhow::{Result, ensure};
use holdfast_tests::{Holdfast, Programs};
use tempfile::TempDir;

#[test]
fn bad_input_gets_one_clear_line() -> Result<()> {
    let folder = TempDir::new()?;
    let holdfast = Holdfast::new(&Programs::find()?, folder.path())?;
    holdfast.init()?;
    let missing = folder.path().join("missing");
    let missing = missing.to_str().unwrap_or_default();
    let rows: [&[&str]; 10] = [
        &["bakcup"],
        &["start"],
        &["start", "--usr", "a@example.com"],
        &["start", "--csv", missing],
        &["connect", "google", "--key-file", missing, "--admin", "admin@example.com"],
        &["connect", "google"],
        &["licenses", "set", "many"],
        &["restore"],
        &["activity", "last"],
        &["sync", "everything"],
    ];
    for row in rows {
        let finished = holdfast.run(row)?;
        finished.expect_code(2)?;
        let words = finished.stderr.trim();
        ensure!(!words.is_empty() && words.lines().count() <= 2, "{row:?}: {words}");
        ensure!(finished.stdout.trim().is_empty(), "{row:?} printed {}", finished.stdout);
    }
    Ok(())
}
