//! The end of a Run in two steps: it has all that it will have, and later a snapshot that holds it is durable. Only then it
//! has a result.

use holdfast_model::{RunId, RunResult, Timestamp};
use rusqlite::params;

use crate::runs::RunEnd;
use crate::sql::{self, int, maybe_int, micros};
use crate::{Result, Tx};

/// A Run has all that it will have. It ends as it says here once a snapshot holds it: see [`saved`].
pub fn await_snapshot(tx: &Tx<'_>, id: RunId, end: &RunEnd<'_>) -> Result<()> {
    let (code, detail) = end.error.unzip();
    let outcome = serde_json::json!({ "result": end.result.as_str(), "code": code, "detail": detail });
    tx.must(
        "UPDATE runs SET phase = 'saving', ledger = ?3, expected_count = ?4, note = ?5, open = ?6, outcome = ?7,
            limited_by = NULL, updated_at = ?2
         WHERE id = ?1 AND state = 'running'",
        params![
            id.0,
            micros(end.at),
            sql::json(&end.ledger)?,
            maybe_int(end.expected_count),
            end.note,
            int(end.ledger.quarantined + end.ledger.pending),
            outcome.to_string()
        ],
        "running run",
        id,
    )
}

/// A snapshot that holds what a Run brought is durable: it has ended as it said, also where its process died meanwhile.
/// The result; none for a Run that goes on or had its end before.
pub fn saved(tx: &Tx<'_>, id: RunId, now: Timestamp) -> Result<Option<RunResult>> {
    tx.one(
        "UPDATE runs SET state = 'ended', ended = ?2, updated_at = ?2, result = outcome ->> '$.result',
            error_code = outcome ->> '$.code', error_detail = outcome ->> '$.detail', outcome = NULL
         WHERE id = ?1 AND outcome IS NOT NULL
         RETURNING result",
        params![id.0, micros(now)],
        |c| c.word(),
    )
}

#[cfg(test)]
mod tests {
    use holdfast_model::Ledger;

    use super::*;
    use crate::runs::{INTERRUPTED, RunFilter, RunState, Trigger, get, insert, interrupt_all, list};
    use crate::testing::{Scratch, archive, at, connection};

    #[test]
    fn a_run_has_its_result_when_it_is_saved_also_where_its_process_died_just_then() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let archive = archive(tx, connection(tx), "u");
            let ledger = Ledger { listed: 3, stored: 2, pending: 1, ..Ledger::default() };
            let end = RunEnd {
                at: at(5),
                ledger,
                result: RunResult::Partial,
                error: Some(("cloud.unreachable", "it was away")),
                expected_count: Some(3),
                note: Some("why"),
            };
            for has_died in [false, true] {
                let id = insert(tx, archive, Trigger::Manual, "copying", at(1))?;
                assert_eq!(saved(tx, id, at(2))?, None, "it goes on");
                await_snapshot(tx, id, &end)?;
                let run = get(tx, id)?.unwrap();
                assert_eq!((run.state, run.result, run.ended), (RunState::Saving, None, None));
                assert_eq!((run.phase.as_str(), run.ledger, run.open), ("saving", ledger, 1));
                let saving =
                    RunFilter { state: Some(RunState::Saving), live: Some(true), ..RunFilter::default() };
                assert_eq!(list(tx, &saving, 10)?, [run]);
                if has_died {
                    interrupt_all(tx, at(6))?;
                    let run = get(tx, id)?.unwrap();
                    assert_eq!((run.state, run.error_code.as_deref()), (RunState::Ended, Some(INTERRUPTED)));
                }
                assert_eq!(saved(tx, id, at(7))?, Some(RunResult::Partial));
                let run = get(tx, id)?.unwrap();
                assert_eq!(
                    (run.state, run.result, run.ended),
                    (RunState::Ended, end.result.into(), Some(at(7)))
                );
                assert_eq!(run.error_code.as_deref().zip(run.error_detail.as_deref()), end.error);
                assert_eq!(saved(tx, id, at(8))?, None, "once");
            }
            Ok(())
        });
    }
}
