//! Requests from other processes to the one that works: start, pause, cancel.

use holdfast_model::Timestamp;
use rusqlite::params;
use serde::Serialize;
use serde_json::Value;

use crate::sql::{self, Columns, micros, row_id, words};
use crate::{Result, Tx};

row_id! {
    /// A row of the requests.
    RequestId
}

words! {
    /// How far a Request is.
    RequestState {
        /// Nobody took it yet.
        Waiting = "waiting",
        /// The worker took it.
        Taken = "taken",
        /// Done; the outcome says what came of it.
        Done = "done",
        /// Not done; the outcome says why.
        Failed = "failed",
    }
}

/// Something that one process asks of the worker.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Its row.
    pub id: RequestId,
    /// What is asked.
    pub kind: String,
    /// With what.
    pub args: Value,
    /// When.
    pub created: Timestamp,
    /// How far it is.
    pub state: RequestState,
    /// What came of it.
    pub outcome: Option<Value>,
}

const COLUMNS: &str = "id, kind, args, created, state, outcome";

fn read(c: &mut Columns<'_>) -> rusqlite::Result<Request> {
    Ok(Request {
        id: RequestId(c.get()?),
        kind: c.get()?,
        args: c.json()?,
        created: c.time()?,
        state: c.word()?,
        outcome: c.maybe_json()?,
    })
}

/// Asks for something.
pub fn submit(tx: &Tx<'_>, kind: &str, args: &impl Serialize, now: Timestamp) -> Result<RequestId> {
    tx.insert(
        "INSERT INTO requests (kind, args, created, state) VALUES (?1, ?2, ?3, 'waiting')",
        params![kind, sql::json(args)?, micros(now)],
    )
    .map(RequestId)
}

/// True when something waits; cheap enough to ask many times a second, in a read.
pub fn any_waiting(tx: &Tx<'_>) -> Result<bool> {
    tx.value("SELECT EXISTS (SELECT 1 FROM requests WHERE state = 'waiting')", [], |c| c.get())
}

/// Takes the oldest Request that waits.
pub fn take_next(tx: &Tx<'_>, now: Timestamp) -> Result<Option<Request>> {
    tx.one(
        &format!(
            "UPDATE requests SET state = 'taken', taken_at = ?1
             WHERE id = (SELECT min(id) FROM requests WHERE state = 'waiting') RETURNING {COLUMNS}"
        ),
        [micros(now)],
        read,
    )
}

/// A Request that was taken is done.
pub fn finish(tx: &Tx<'_>, id: RequestId, outcome: &impl Serialize, now: Timestamp) -> Result<()> {
    end(tx, id, RequestState::Done, outcome, now)
}

/// A Request that was taken cannot be done.
pub fn fail(tx: &Tx<'_>, id: RequestId, outcome: &impl Serialize, now: Timestamp) -> Result<()> {
    end(tx, id, RequestState::Failed, outcome, now)
}

fn end(
    tx: &Tx<'_>,
    id: RequestId,
    state: RequestState,
    outcome: &impl Serialize,
    now: Timestamp,
) -> Result<()> {
    tx.must(
        "UPDATE requests SET state = ?2, outcome = ?3, ended_at = ?4 WHERE id = ?1 AND state = 'taken'",
        params![id.0, state.as_str(), sql::json(outcome)?, micros(now)],
        "taken request",
        id,
    )
}

/// One Request.
pub fn get(tx: &Tx<'_>, id: RequestId) -> Result<Option<Request>> {
    tx.one(&format!("SELECT {COLUMNS} FROM requests WHERE id = ?1"), [id.0], read)
}

/// A worker starts: what an earlier one took and did not end failed, with this outcome. How many those are.
pub fn fail_stale(tx: &Tx<'_>, outcome: &impl Serialize, now: Timestamp) -> Result<u64> {
    let failed = tx.run(
        "UPDATE requests SET state = 'failed', outcome = ?1, ended_at = ?2 WHERE state = 'taken'",
        params![sql::json(outcome)?, micros(now)],
    )?;
    Ok(failed as u64)
}

/// Forgets what ended before a time.
pub fn forget_ended(tx: &Tx<'_>, before: Timestamp) -> Result<u64> {
    Ok(tx.run("DELETE FROM requests WHERE ended_at < ?1", [micros(before)])? as u64)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{Scratch, at};

    #[test]
    fn requests_are_taken_once_in_order_and_answered() {
        let scratch = Scratch::new();
        let other = scratch.reopened();
        let first = other.write(|tx| submit(tx, "start", &json!({"user": "u1"}), at(1)));
        let second = other.write(|tx| submit(tx, "cancel", &json!({"run": 4}), at(2)));
        assert!(scratch.read(any_waiting));
        scratch.write(|tx| {
            let taken = take_next(tx, at(3))?.unwrap();
            assert_eq!((taken.id, taken.kind.as_str(), &taken.args["user"]), (first, "start", &json!("u1")));
            assert_eq!(take_next(tx, at(3))?.unwrap().id, second);
            assert_eq!(take_next(tx, at(3))?, None);
            finish(tx, first, &json!({"runs": [1, 2]}), at(4))?;
            fail(tx, second, &json!({"code": "no_such_run"}), at(4))?;
            assert!(finish(tx, first, &json!(null), at(5)).is_err(), "a request ends once");
            Ok(())
        });
        let (done, failed) = other.read(|tx| Ok((get(tx, first)?.unwrap(), get(tx, second)?.unwrap())));
        assert_eq!((done.state, done.outcome), (RequestState::Done, Some(json!({"runs": [1, 2]}))));
        assert_eq!(failed.state, RequestState::Failed);
        assert_eq!(scratch.write(|tx| forget_ended(tx, at(9))), 2);
        assert_eq!(scratch.read(|tx| get(tx, first)), None);
    }

    #[test]
    fn what_a_dead_worker_took_fails_and_what_waits_still_waits() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let taken = submit(tx, "start", &json!({}), at(1))?;
            take_next(tx, at(1))?;
            let waiting = submit(tx, "start", &json!({}), at(2))?;
            assert_eq!(fail_stale(tx, &json!({"code": "worker_died"}), at(3))?, 1);
            assert_eq!(get(tx, taken)?.unwrap().state, RequestState::Failed);
            assert_eq!(get(tx, waiting)?.unwrap().state, RequestState::Waiting);
            Ok(())
        });
    }
}
