//! The writes of the catalogue that erasing, retention and giving space back rest on: a test has one of them refused, or
//! held, so that a process can be killed in the middle of it.

use std::process::Command;

use super::Stage;

/// Writes of an erasure, in their order.
pub const OF_ERASING: &[&str] = &[
    "INSERT ON deletions",
    "UPDATE OF phase ON deletions WHEN new.phase = 'rewriting'",
    // The first of the snapshots that were written anew, and the last.
    "INSERT ON snapshots",
    "INSERT ON snapshots WHEN new.time = (SELECT max(time) FROM snapshots)",
    "DELETE ON archives",
    "UPDATE OF phase ON deletions WHEN new.phase = 'pruning'",
    "INSERT ON settings WHEN new.key = 'upkeep_last_prune'",
    "DELETE ON deletions",
];

/// Writes of retention, in their order.
pub const OF_RETENTION: &[&str] = &[
    "UPDATE ON snapshot_archives",
    "DELETE ON snapshots",
    "INSERT ON settings WHEN new.key = 'upkeep_forgetting'",
    "INSERT ON settings WHEN new.key = 'upkeep_prune_needed'",
    "DELETE ON settings WHEN old.key = 'upkeep_forgetting'",
    "INSERT ON settings WHEN new.key = 'upkeep_last_forget'",
];

/// Writes of giving space back, in their order.
pub const OF_PRUNING: &[&str] = &[
    "INSERT ON settings WHEN new.key = 'upkeep_last_prune'",
    "DELETE ON settings WHEN old.key = 'upkeep_prune_needed'",
];

/// Python brings SQLite with it.
const PYTHON: &str = "
import sqlite3, sys
catalogue = sqlite3.connect(sys.argv[1], timeout=60)
catalogue.executescript(sys.argv[2])
";

/// Ends with 3 where another process has been writing for so many seconds.
const IS_HELD: &str = "
import sqlite3, sys
catalogue = sqlite3.connect(sys.argv[1], timeout=0.4, isolation_level=None)
try:
    catalogue.execute('BEGIN IMMEDIATE')
    catalogue.execute('ROLLBACK')
except sqlite3.OperationalError as error:
    sys.exit(3 if 'locked' in str(error) else 1)
";

fn python(stage: &Stage, script: &str, argument: &str) -> Option<i32> {
    let mut python = Command::new("python3");
    let catalogue = stage.engine.data_dir().catalogue();
    let output = python.args(["-c", script]).arg(catalogue).arg(argument).output();
    let output = output.expect("python3 is there");
    let code = output.status.code();
    assert!(matches!(code, Some(0 | 3)), "{}", String::from_utf8_lossy(&output.stderr));
    code
}

/// From now on this write is refused.
pub fn refuse(stage: &Stage, write: &str) {
    let refuse = format!("CREATE TRIGGER fault BEFORE {write} BEGIN SELECT RAISE(ABORT, 'refused'); END");
    python(stage, PYTHON, &refuse);
}

/// It no longer is.
pub fn allow(stage: &Stage) {
    python(stage, PYTHON, "DROP TRIGGER fault; DROP VIEW IF EXISTS for_ever");
}

/// From now on whoever makes this write stays in it for ever.
pub fn hold(stage: &Stage, write: &str) {
    let hold = format!(
        "CREATE VIEW for_ever AS WITH RECURSIVE numbers (n) AS
             (SELECT 1 UNION ALL SELECT 1 FROM numbers WHERE n = 1) SELECT count(*) AS n FROM numbers;
         CREATE TRIGGER fault BEFORE {write} BEGIN SELECT n FROM for_ever WHERE n = 0; END"
    );
    python(stage, PYTHON, &hold);
}

/// Whether somebody stays in a write now.
pub fn is_held(stage: &Stage) -> bool {
    python(stage, IS_HELD, "") == Some(3)
}
