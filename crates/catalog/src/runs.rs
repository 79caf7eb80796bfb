//! Runs: every execution of a backup, with its ledger.

use holdfast_model::{ArchiveId, ConnectionId, Ledger, RunId, RunResult, Service, Timestamp};
use rusqlite::params;

use crate::sql::{self, Columns, int, maybe_int, maybe_micros, micros, words};
use crate::{CatalogError, Result, Tx};

words! {
    /// Why a Run began.
    Trigger {
        /// A person asked for it.
        Manual = "manual",
        /// It was due.
        Schedule = "schedule",
        /// The first copy.
        First = "first",
        /// All ids are compared with the Cloud's.
        Reconcile = "reconcile",
    }
}

words! {
    /// Whether a Run goes on.
    RunState {
        /// Its turn has not come.
        Queued = "queued",
        /// It goes on.
        Running = "running",
        /// A person lets it rest.
        Paused = "paused",
        /// It has all that it will have, and the snapshot that is to hold it is not durable yet.
        Saving = "saving",
        /// It ended; it has a result.
        Ended = "ended",
    }
}

/// The error code of a Run whose process died.
pub const INTERRUPTED: &str = "interrupted";

/// One execution of a backup for one Archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its row.
    pub id: RunId,
    /// Of what.
    pub archive: ArchiveId,
    /// Why it began.
    pub trigger: Trigger,
    /// When.
    pub started: Timestamp,
    /// Until when.
    pub ended: Option<Timestamp>,
    /// Whether it goes on.
    pub state: RunState,
    /// What it does now: `counting`, `copying`, `saving`.
    pub phase: String,
    /// What became of the Items so far.
    pub ledger: Ledger,
    /// Items that it knows to be still open.
    pub open: u64,
    /// When this was last written.
    pub updated_at: Option<Timestamp>,
    /// How it ended.
    pub result: Option<RunResult>,
    /// The stable code of what stopped it.
    pub error_code: Option<String>,
    /// The provider's own words.
    pub error_detail: Option<String>,
    /// What it waits for now.
    pub limited_by: Option<String>,
    /// How many Items the Cloud said there are.
    pub expected_count: Option<u64>,
    /// What a person should know of it besides.
    pub note: Option<String>,
}

/// Where a Run is; absolute values, not differences.
#[derive(Clone, Debug)]
pub struct RunProgress<'a> {
    /// See [`Run::state`]; neither [`RunState::Saving`] nor [`RunState::Ended`].
    pub state: RunState,
    /// See [`Run::phase`].
    pub phase: &'a str,
    /// See [`Run::ledger`].
    pub ledger: Ledger,
    /// See [`Run::open`].
    pub open: u64,
    /// See [`Run::limited_by`].
    pub limited_by: Option<&'a str>,
    /// See [`Run::expected_count`].
    pub expected_count: Option<u64>,
    /// Now.
    pub at: Timestamp,
}

/// How a Run ended.
#[derive(Clone, Debug)]
pub struct RunEnd<'a> {
    /// When.
    pub at: Timestamp,
    /// The ledger at the end.
    pub ledger: Ledger,
    /// What follows from it.
    pub result: RunResult,
    /// The code and the details of what stopped it.
    pub error: Option<(&'a str, &'a str)>,
    /// See [`Run::expected_count`].
    pub expected_count: Option<u64>,
    /// See [`Run::note`].
    pub note: Option<&'a str>,
}

/// Which Runs to list; what is not set does not matter.
#[derive(Clone, Debug, Default)]
pub struct RunFilter {
    /// Of this Archive.
    pub archive: Option<ArchiveId>,
    /// Of an Archive of this Connection.
    pub connection: Option<ConnectionId>,
    /// Of an Archive of this Service.
    pub service: Option<Service>,
    /// Of an Archive with this in its name, whatever the case of a-z.
    pub search: Option<String>,
    /// Those that have not ended, or those that have.
    pub live: Option<bool>,
    /// In this state.
    pub state: Option<RunState>,
    /// With this result.
    pub result: Option<RunResult>,
    /// Older than this one.
    pub before: Option<RunId>,
}

/// The word of [`RunState`].
macro_rules! state {
    () => {
        "iif(state = 'ended', 'ended', iif(outcome IS NULL, activity, 'saving'))"
    };
}

const STATE: &str = state!();
const COLUMNS: &str = concat!(
    "id, archive_id, trigger, started, ended, ",
    state!(),
    ", phase, ledger, open, updated_at, result, error_code, error_detail, limited_by, expected_count, note"
);

fn read(c: &mut Columns<'_>) -> rusqlite::Result<Run> {
    Ok(Run {
        id: RunId(c.get()?),
        archive: ArchiveId(c.get()?),
        trigger: c.word()?,
        started: c.time()?,
        ended: c.maybe_time()?,
        state: c.word()?,
        phase: c.get()?,
        ledger: c.json()?,
        open: c.count()?,
        updated_at: c.maybe_time()?,
        result: c.maybe_word()?,
        error_code: c.get()?,
        error_detail: c.get()?,
        limited_by: c.get()?,
        expected_count: c.maybe_count()?,
        note: c.get()?,
    })
}

/// A Run begins, and waits for its turn.
pub fn insert(
    tx: &Tx<'_>,
    archive: ArchiveId,
    trigger: Trigger,
    phase: &str,
    now: Timestamp,
) -> Result<RunId> {
    tx.insert(
        "INSERT INTO runs (archive_id, trigger, started, state, activity, phase, ledger, updated_at)
         VALUES (?1, ?2, ?3, 'running', 'queued', ?4, ?5, ?3)",
        params![archive.0, trigger.as_str(), micros(now), phase, sql::json(&Ledger::default())?],
    )
    .map(RunId)
}

/// Where a Run is now.
pub fn update_progress(tx: &Tx<'_>, id: RunId, progress: &RunProgress<'_>) -> Result<()> {
    if matches!(progress.state, RunState::Saving | RunState::Ended) {
        return Err(CatalogError::Refused("a run ends with its result"));
    }
    tx.must(
        "UPDATE runs SET phase = ?2, ledger = ?3, limited_by = ?4, expected_count = ?5, activity = ?6, open = ?7,
            updated_at = ?8
         WHERE id = ?1 AND state = 'running'",
        params![
            id.0,
            progress.phase,
            sql::json(&progress.ledger)?,
            progress.limited_by,
            maybe_int(progress.expected_count),
            progress.state.as_str(),
            int(progress.open),
            micros(progress.at)
        ],
        "running run",
        id,
    )
}

/// A Run ended.
pub fn finish(tx: &Tx<'_>, id: RunId, end: &RunEnd<'_>) -> Result<()> {
    tx.must(
        "UPDATE runs SET state = 'ended', ended = ?2, ledger = ?3, result = ?4, error_code = ?5,
            error_detail = ?6, expected_count = ?7, note = ?8, limited_by = NULL, updated_at = ?2,
            open = ?9, outcome = NULL
         WHERE id = ?1 AND state = 'running'",
        params![
            id.0,
            micros(end.at),
            sql::json(&end.ledger)?,
            end.result.as_str(),
            end.error.map(|(code, _)| code),
            end.error.map(|(_, detail)| detail),
            maybe_int(end.expected_count),
            end.note,
            int(end.ledger.quarantined + end.ledger.pending)
        ],
        "running run",
        id,
    )
}

/// A Run that is told of by the Repository and is not known here: written whole, under its own id.
pub fn adopt(tx: &Tx<'_>, run: &Run) -> Result<()> {
    tx.run(
        "INSERT INTO runs (id, archive_id, trigger, started, ended, state, activity, phase, ledger, open, updated_at,
            result, error_code, error_detail, limited_by, expected_count, note)
         VALUES (?1, ?2, ?3, ?4, ?5, iif(?6 = 'ended', 'ended', 'running'), iif(?6 IN ('queued', 'paused'), ?6, 'running'), ?7, ?8,
            ?15, ?16, ?9, ?10, ?11, ?12, ?13, ?14)
         ON CONFLICT DO NOTHING",
        params![
            run.id.0,
            run.archive.0,
            run.trigger.as_str(),
            micros(run.started),
            maybe_micros(run.ended),
            run.state.as_str(),
            run.phase,
            sql::json(&run.ledger)?,
            run.result.map(RunResult::as_str),
            run.error_code,
            run.error_detail,
            run.limited_by,
            maybe_int(run.expected_count),
            run.note,
            int(run.open),
            maybe_micros(run.updated_at)
        ],
    )?;
    Ok(())
}

/// The worker starts: what is still marked as running was interrupted, and is `partial`. How many those are.
pub fn interrupt_all(tx: &Tx<'_>, now: Timestamp) -> Result<u64> {
    let interrupted = tx.run(
        "UPDATE runs SET state = 'ended', ended = ?1, result = ?2, error_code = ?3, limited_by = NULL
         WHERE state = 'running'",
        params![micros(now), RunResult::Partial.as_str(), INTERRUPTED],
    )?;
    Ok(interrupted as u64)
}

/// One Run.
pub fn get(tx: &Tx<'_>, id: RunId) -> Result<Option<Run>> {
    tx.one(&format!("SELECT {COLUMNS} FROM runs WHERE id = ?1"), [id.0], read)
}

/// The last Run of an Archive.
pub fn last(tx: &Tx<'_>, archive: ArchiveId) -> Result<Option<Run>> {
    tx.one(
        &format!("SELECT {COLUMNS} FROM runs WHERE archive_id = ?1 ORDER BY id DESC LIMIT 1"),
        [archive.0],
        read,
    )
}

/// The Archives of a Connection whose last Run failed with this error.
pub fn failed_with(tx: &Tx<'_>, connection: ConnectionId, code: &str) -> Result<Vec<ArchiveId>> {
    tx.all(
        "SELECT id FROM archives AS known WHERE connection_id = ?1 AND last_result = ?2
            AND (SELECT error_code FROM runs WHERE archive_id = known.id AND state = 'ended'
                 ORDER BY id DESC LIMIT 1) = ?3",
        params![connection.0, RunResult::Failed.as_str(), code],
        |c| Ok(ArchiveId(c.get()?)),
    )
}

/// Runs, newest first.
pub fn list(tx: &Tx<'_>, filter: &RunFilter, limit: u32) -> Result<Vec<Run>> {
    // In words of its own, so that SQLite finds the index of those that go on: there are few, among all that ever were.
    let live = match filter.live {
        None => "",
        Some(true) => "AND state = 'running'",
        Some(false) => "AND state <> 'running'",
    };
    let of_archive = if filter.archive.is_some() { "archive_id = ?1" } else { "?1 IS NULL" };
    tx.all(
        &format!(
            "SELECT {COLUMNS} FROM runs WHERE {of_archive} {live}
                AND (?2 IS NULL OR ?2 = {STATE})
                AND (?3 IS NULL OR result = ?3) AND (?4 IS NULL OR id < ?4)
                AND (ifnull(?6, ifnull(?7, ?8)) IS NULL OR archive_id IN (SELECT id FROM archives
                    WHERE (?6 IS NULL OR connection_id = ?6) AND (?7 IS NULL OR service = ?7)
                        AND (?8 IS NULL OR instr(lower(name), ?8) > 0)))
             ORDER BY id DESC LIMIT ?5"
        ),
        params![
            filter.archive.map(|archive| archive.0),
            filter.state.map(RunState::as_str),
            filter.result.map(RunResult::as_str),
            filter.before.map(|run| run.0),
            limit,
            filter.connection.map(|connection| connection.0),
            filter.service.map(Service::as_str),
            filter.search.as_deref().map(sql::key)
        ],
        read,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Scratch, archive, at, connection};

    #[test]
    fn a_run_tells_where_it_is_and_then_how_it_ended() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let archive = archive(tx, connection(tx), "u");
            let id = insert(tx, archive, Trigger::First, "counting", at(1))?;
            let ledger = Ledger { listed: 9, stored: 4, ..Ledger::default() };
            assert_eq!(get(tx, id)?.unwrap().state, RunState::Queued);
            let progress = RunProgress {
                state: RunState::Running,
                phase: "copying",
                ledger,
                open: 5,
                limited_by: Some("network"),
                expected_count: Some(9),
                at: at(3),
            };
            update_progress(tx, id, &RunProgress { state: RunState::Paused, ..progress.clone() })?;
            assert_eq!(get(tx, id)?.unwrap().state, RunState::Paused);
            let ended = RunProgress { state: RunState::Ended, ..progress.clone() };
            assert!(update_progress(tx, id, &ended).is_err(), "an end has a result");
            update_progress(tx, id, &progress)?;
            let run = get(tx, id)?.unwrap();
            assert_eq!((run.open, run.updated_at), (5, Some(at(3))));
            assert_eq!((run.phase.as_str(), run.ledger, run.state), ("copying", ledger, RunState::Running));
            assert_eq!(run.limited_by.as_deref(), Some("network"));
            let end = RunEnd {
                at: at(5),
                ledger,
                result: RunResult::Failed,
                error: Some(("forbidden", "scope missing")),
                expected_count: Some(9),
                note: None,
            };
            finish(tx, id, &end)?;
            crate::archives::set_last_result(tx, archive, RunResult::Failed)?;
            let of = tx.value("SELECT connection_id FROM archives", [], |c| c.get().map(ConnectionId))?;
            assert_eq!(failed_with(tx, of, "forbidden")?, [archive]);
            assert_eq!(failed_with(tx, of, "other")?, []);
            let run = last(tx, archive)?.unwrap();
            assert_eq!(
                (run.state, run.result, run.ended),
                (RunState::Ended, Some(RunResult::Failed), Some(at(5)))
            );
            assert_eq!((run.error_code.as_deref(), run.limited_by), (Some("forbidden"), None));
            assert!(finish(tx, id, &end).is_err(), "a run ends once");
            assert!(update_progress(tx, id, &progress).is_err(), "an ended run moves no more");
            Ok(())
        });
    }

    #[test]
    fn what_ran_when_the_process_died_is_interrupted_and_the_rest_stays() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let archive = archive(tx, connection(tx), "u");
            let end = RunEnd {
                at: at(2),
                ledger: Ledger::default(),
                result: RunResult::Complete,
                error: None,
                expected_count: None,
                note: None,
            };
            let done = insert(tx, archive, Trigger::Manual, "counting", at(1))?;
            finish(tx, done, &end)?;
            let died = insert(tx, archive, Trigger::Schedule, "copying", at(3))?;
            assert_eq!(interrupt_all(tx, at(9))?, 1);
            let run = get(tx, died)?.unwrap();
            assert_eq!(
                (run.result, run.error_code.as_deref()),
                (Some(RunResult::Partial), Some(INTERRUPTED))
            );
            let ids = |filter: RunFilter| {
                Ok::<_, crate::CatalogError>(
                    list(tx, &filter, 10)?.iter().map(|run| run.id).collect::<Vec<_>>(),
                )
            };
            assert_eq!(ids(RunFilter::default())?, [died, done]);
            assert_eq!(ids(RunFilter { before: Some(died), ..Default::default() })?, [done]);
            assert_eq!(ids(RunFilter { result: Some(RunResult::Complete), ..Default::default() })?, [done]);
            assert_eq!(ids(RunFilter { state: Some(RunState::Running), ..Default::default() })?, []);
            assert_eq!(ids(RunFilter { archive: Some(ArchiveId(99)), ..Default::default() })?, []);
            let lives = insert(tx, archive, Trigger::Manual, "counting", at(10))?;
            assert_eq!(ids(RunFilter { live: Some(true), ..Default::default() })?, [lives]);
            assert_eq!(ids(RunFilter { live: Some(false), ..Default::default() })?, [died, done]);
            let of = |service| RunFilter { service: Some(service), live: Some(true), ..Default::default() };
            assert_eq!(ids(of(Service::Gmail))?, [lives]);
            assert_eq!(ids(of(Service::Drive))?, []);
            let named = |text: &str| RunFilter { search: Some(text.into()), ..Default::default() };
            assert_eq!((ids(named("U"))?.len(), ids(named("v"))?.len()), (3, 0));
            assert_eq!(ids(RunFilter { connection: Some(ConnectionId(99)), ..Default::default() })?, []);
            Ok(())
        });
    }

    #[test]
    fn an_adopted_run_keeps_its_id_and_never_overwrites() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let archive = archive(tx, connection(tx), "u");
            let first = insert(tx, archive, Trigger::Manual, "counting", at(1))?;
            let known = get(tx, first)?.unwrap();
            let told = Run { id: RunId(41), note: Some("from the repository".into()), ..known.clone() };
            adopt(tx, &told)?;
            adopt(tx, &Run { note: Some("other".into()), ..known.clone() })?;
            assert_eq!(get(tx, RunId(41))?, Some(told));
            assert_eq!(get(tx, first)?, Some(known));
            assert_eq!(insert(tx, archive, Trigger::Manual, "counting", at(2))?, RunId(42));
            Ok(())
        });
    }
}
