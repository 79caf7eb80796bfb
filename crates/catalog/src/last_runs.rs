//! The last Run of each Archive of a Connection, in one statement however many there are.

use std::collections::HashMap;

use holdfast_model::{ArchiveId, ConnectionId, Ledger, RunResult, Timestamp};

use crate::{Result, Tx};

/// The last Run of an Archive, as the schedule looks at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastRun {
    /// See [`crate::Run::started`].
    pub started: Timestamp,
    /// See [`crate::Run::ended`].
    pub ended: Option<Timestamp>,
    /// See [`crate::Run::result`].
    pub result: Option<RunResult>,
    /// See [`crate::Run::error_code`].
    pub error_code: Option<String>,
}

/// The last Run of each Archive of a Connection that had one.
pub fn last_of_all(tx: &Tx<'_>, connection: ConnectionId) -> Result<HashMap<ArchiveId, LastRun>> {
    let all = tx.all(
        &format!("SELECT r.archive_id, r.started, r.ended, r.result, r.error_code {LAST_OF_EACH}"),
        [connection.0],
        |c| {
            let archive = ArchiveId(c.get()?);
            let (started, ended) = (c.time()?, c.maybe_time()?);
            Ok((archive, LastRun { started, ended, result: c.maybe_word()?, error_code: c.get()? }))
        },
    )?;
    Ok(all.into_iter().collect())
}

/// Items that will be tried again, of the Archives of a Connection whose last Run was partial.
pub fn open_of_partial(tx: &Tx<'_>, connection: ConnectionId) -> Result<HashMap<ArchiveId, u64>> {
    let all = tx.all(
        &format!("SELECT r.archive_id, r.ledger {LAST_OF_EACH} AND a.last_result = 'partial'"),
        [connection.0],
        |c| {
            let (archive, ledger) = (ArchiveId(c.get()?), c.json::<Ledger>()?);
            Ok((archive, ledger.quarantined + ledger.pending))
        },
    )?;
    Ok(all.into_iter().collect())
}

const LAST_OF_EACH: &str = "FROM archives a
    JOIN runs r ON r.id = (SELECT id FROM runs WHERE archive_id = a.id ORDER BY id DESC LIMIT 1)
    WHERE a.connection_id = ?1";

#[cfg(test)]
mod tests {
    use holdfast_model::RunId;

    use super::*;
    use crate::runs::{self, RunEnd, Trigger};
    use crate::testing::{Scratch, archive, at, connection};
    use crate::{archives, connections};

    fn run(tx: &Tx<'_>, of: ArchiveId, second: i64, end: Option<(RunResult, u64)>) -> Result<RunId> {
        let id = runs::insert(tx, of, Trigger::Manual, "counting", at(second))?;
        if let Some((result, pending)) = end {
            let ledger = Ledger { listed: pending, pending, ..Ledger::default() };
            let error = (result == RunResult::Failed).then_some(("x.y", "why"));
            let end = RunEnd { at: at(second + 1), ledger, result, error, expected_count: None, note: None };
            runs::finish(tx, id, &end)?;
            archives::set_last_result(tx, of, result)?;
        }
        Ok(id)
    }

    #[test]
    fn of_each_archive_the_newest_is_told_and_what_is_open_of_those_that_are_partial() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let c = connection(tx);
            let other = connections::insert(tx, &crate::testing::new_connection("C2"))?;
            let (one, two, never) = (archive(tx, c, "1"), archive(tx, c, "2"), archive(tx, c, "3"));
            let elsewhere = archive(tx, other, "4");
            run(tx, one, 1, Some((RunResult::Partial, 9)))?;
            run(tx, one, 5, Some((RunResult::Partial, 3)))?;
            run(tx, two, 2, Some((RunResult::Failed, 0)))?;
            run(tx, elsewhere, 3, Some((RunResult::Partial, 7)))?;
            assert_eq!(open_of_partial(tx, c)?, HashMap::from([(one, 3)]));
            let last = last_of_all(tx, c)?;
            assert_eq!(last.len(), 2, "{last:?}");
            assert_eq!((last[&one].started, last[&one].ended), (at(5), Some(at(6))));
            assert_eq!(last[&two].error_code.as_deref(), Some("x.y"));
            run(tx, never, 4, None)?;
            assert_eq!(last_of_all(tx, c)?[&never].result, None);
            Ok(())
        });
    }
}
