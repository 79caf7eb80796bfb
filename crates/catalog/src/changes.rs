//! How much each Run changed of what its Archive held, and the Runs that changed far more than is normal.

use holdfast_model::{ArchiveId, ConnectionId, RunId, Timestamp};
use rusqlite::params;

use crate::sql::{Columns, int, micros, row_id};
use crate::{Result, Tx};

row_id! {
    /// A row of the mass changes.
    MassChangeId
}

/// Runs of an Archive that are remembered.
const REMEMBERED: i64 = 90;

/// What one Run changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The Archive.
    pub archive: ArchiveId,
    /// The Run.
    pub run: RunId,
    /// When it ended.
    pub at: Timestamp,
    /// Items that were there and have other content now.
    pub changed: u64,
    /// Items that vanished.
    pub removed: u64,
    /// Items that the Archive held before.
    pub held: u64,
}

/// A Run that changed far more than is normal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MassChange {
    /// Its row.
    pub id: MassChangeId,
    /// The Connection, whose retention it holds.
    pub connection: ConnectionId,
    /// The Archive.
    pub archive: ArchiveId,
    /// The Run.
    pub run: RunId,
    /// When.
    pub at: Timestamp,
    /// Items that were there and have other content now.
    pub changed: u64,
    /// Items that vanished.
    pub removed: u64,
    /// The most that a Run changed and removed before.
    pub normal: u64,
    /// The last point in time before it that is known to be good.
    pub quiet_at: Option<Timestamp>,
    /// When a person released it.
    pub released_at: Option<Timestamp>,
}

/// Records what a Run changed; the oldest Runs beyond 90 are forgotten.
pub fn record(tx: &Tx<'_>, change: &Change) -> Result<()> {
    tx.run(
        "INSERT INTO changes (archive_id, run_id, at, changed, removed, held) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT DO NOTHING",
        params![
            change.archive.0,
            change.run.0,
            micros(change.at),
            int(change.changed),
            int(change.removed),
            int(change.held)
        ],
    )?;
    tx.run(
        "DELETE FROM changes WHERE archive_id = ?1 AND run_id NOT IN
            (SELECT run_id FROM changes WHERE archive_id = ?1 ORDER BY run_id DESC LIMIT ?2)",
        params![change.archive.0, REMEMBERED],
    )?;
    Ok(())
}

/// What the last Runs of an Archive changed, newest first.
pub fn list(tx: &Tx<'_>, archive: ArchiveId) -> Result<Vec<Change>> {
    tx.all(
        "SELECT archive_id, run_id, at, changed, removed, held FROM changes WHERE archive_id = ?1
         ORDER BY run_id DESC",
        [archive.0],
        |c| {
            Ok(Change {
                archive: ArchiveId(c.get()?),
                run: RunId(c.get()?),
                at: c.time()?,
                changed: c.count()?,
                removed: c.count()?,
                held: c.count()?,
            })
        },
    )
}

/// How many Items that were there before a Run have other content by it, in a snapshot or on the way into one.
pub fn changed_by(tx: &Tx<'_>, archive: ArchiveId, run: RunId) -> Result<u64> {
    tx.value(
        "SELECT (SELECT count(*) FROM staged s JOIN items i ON i.archive_id = s.archive_id AND i.item_id = s.item_id
                 WHERE s.archive_id = ?1 AND s.op = 'put' AND s.run_id = ?2 AND i.first_run < ?2)
              + (SELECT count(*) FROM items WHERE archive_id = ?1 AND changed_run = ?2 AND first_run < ?2)",
        params![archive.0, run.0],
        |c| c.count(),
    )
}

/// Records a mass change; telling of it twice is fine.
pub fn suspect(
    tx: &Tx<'_>,
    connection: ConnectionId,
    change: &Change,
    normal: u64,
    quiet_at: Option<Timestamp>,
) -> Result<()> {
    tx.run(
        "INSERT INTO mass_changes (connection_id, archive_id, run_id, at, changed, removed, normal, quiet_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING",
        params![
            connection.0,
            change.archive.0,
            change.run.0,
            micros(change.at),
            int(change.changed),
            int(change.removed),
            int(normal),
            quiet_at.map(micros)
        ],
    )?;
    Ok(())
}

fn read(c: &mut Columns<'_>) -> rusqlite::Result<MassChange> {
    Ok(MassChange {
        id: MassChangeId(c.get()?),
        connection: ConnectionId(c.get()?),
        archive: ArchiveId(c.get()?),
        run: RunId(c.get()?),
        at: c.time()?,
        changed: c.count()?,
        removed: c.count()?,
        normal: c.count()?,
        quiet_at: c.maybe_time()?,
        released_at: c.maybe_time()?,
    })
}

/// Mass changes of a Connection that nobody has released, oldest first.
pub fn held(tx: &Tx<'_>, connection: ConnectionId) -> Result<Vec<MassChange>> {
    tx.all(
        "SELECT id, connection_id, archive_id, run_id, at, changed, removed, normal, quiet_at, released_at
         FROM mass_changes WHERE connection_id = ?1 AND released_at IS NULL ORDER BY id",
        [connection.0],
        read,
    )
}

/// A person looked at all mass changes of a Connection; how many those were.
pub fn release(tx: &Tx<'_>, connection: ConnectionId, now: Timestamp) -> Result<u64> {
    let released = tx.run(
        "UPDATE mass_changes SET released_at = ?2 WHERE connection_id = ?1 AND released_at IS NULL",
        params![connection.0, micros(now)],
    )?;
    Ok(released as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Scratch, archive, at, connection};

    #[test]
    fn the_last_ninety_runs_are_remembered_and_a_mass_change_is_held_until_released() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let c = connection(tx);
            let ann = archive(tx, c, "ann");
            let change = |run: i64| Change {
                archive: ann,
                run: RunId(run),
                at: at(run),
                changed: run as u64,
                removed: 1,
                held: 9,
            };
            for run in 0..100 {
                record(tx, &change(run))?;
                record(tx, &change(run))?;
            }
            let known = list(tx, ann)?;
            assert_eq!((known.len(), known[0]), (90, change(99)));
            for _ in 0..2 {
                suspect(tx, c, &change(99), 7, Some(at(5)))?;
            }
            let held_now = held(tx, c)?;
            assert_eq!(held_now.len(), 1);
            assert_eq!((held_now[0].changed, held_now[0].normal, held_now[0].quiet_at), (99, 7, Some(at(5))));
            assert_eq!(release(tx, c, at(200))?, 1);
            assert_eq!(held(tx, c)?, []);
            Ok(())
        });
    }
}
