//! Snapshots: which Archives each restic snapshot holds, and how complete each is in it.

use holdfast_model::{ArchiveId, ConnectionId, RunId, RunResult, Timestamp};
use rusqlite::params;

use crate::sql::{Columns, maybe_int, micros};
use crate::{Result, Tx};

/// A restic snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotRow {
    /// Its id, hexadecimal.
    pub id: String,
    /// Whose Archives it holds.
    pub connection: ConnectionId,
    /// The time it shows.
    pub time: Timestamp,
    /// The one it was made from.
    pub parent: Option<String>,
    /// When the catalogue learnt of it.
    pub committed_at: Timestamp,
    /// The content of all that was kept then, of every Connection; `None` where it was not measured.
    pub content_bytes: Option<u64>,
    /// What the Repository took then.
    pub stored_bytes: Option<u64>,
}

/// How large the backup was at one time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Growth {
    /// When.
    pub at: Timestamp,
    /// The content of all that was kept.
    pub content_bytes: u64,
    /// What the Repository took.
    pub stored_bytes: u64,
}

/// An Archive in a restic snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotArchive {
    /// The restic snapshot.
    pub snapshot: String,
    /// The Archive.
    pub archive: ArchiveId,
    /// The Run it comes from; `None` for one taken over from the parent.
    pub run: Option<RunId>,
    /// How complete it is.
    pub result: RunResult,
}

const COLUMNS: &str = "s.id, s.connection_id, s.time, s.parent, s.committed_at, s.content_bytes, \
                       s.stored_bytes";

fn read(c: &mut Columns<'_>) -> rusqlite::Result<SnapshotRow> {
    Ok(SnapshotRow {
        id: c.get()?,
        connection: ConnectionId(c.get()?),
        time: c.time()?,
        parent: c.get()?,
        committed_at: c.time()?,
        content_bytes: c.maybe_count()?,
        stored_bytes: c.maybe_count()?,
    })
}

/// A restic snapshot is durable. Telling of it twice is fine.
pub fn insert(tx: &Tx<'_>, snapshot: &SnapshotRow, archives: &[SnapshotArchive]) -> Result<()> {
    tx.run(
        "INSERT INTO snapshots (id, connection_id, time, parent, committed_at, content_bytes, stored_bytes)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT DO NOTHING",
        params![
            snapshot.id,
            snapshot.connection.0,
            micros(snapshot.time),
            snapshot.parent,
            micros(snapshot.committed_at),
            maybe_int(snapshot.content_bytes),
            maybe_int(snapshot.stored_bytes)
        ],
    )?;
    for archive in archives {
        tx.run(
            "INSERT INTO snapshot_archives (archive_id, time, snapshot_id, run_id, result, is_complete)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT DO UPDATE SET run_id = excluded.run_id, result = excluded.result,
                is_complete = excluded.is_complete",
            params![
                archive.archive.0,
                micros(snapshot.time),
                snapshot.id,
                archive.run.map(|run| run.0),
                archive.result.as_str(),
                archive.result.is_complete()
            ],
        )?;
    }
    Ok(())
}

/// One restic snapshot.
pub fn get(tx: &Tx<'_>, id: &str) -> Result<Option<SnapshotRow>> {
    tx.one(&format!("SELECT {COLUMNS} FROM snapshots s WHERE s.id = ?1"), [id], read)
}

/// The last restic snapshot of a Connection.
pub fn latest(tx: &Tx<'_>, connection: ConnectionId) -> Result<Option<SnapshotRow>> {
    Ok(list(tx, connection, 1)?.pop())
}

/// The restic snapshots of a Connection, newest first.
pub fn list(tx: &Tx<'_>, connection: ConnectionId, limit: u32) -> Result<Vec<SnapshotRow>> {
    tx.all(
        &format!(
            "SELECT {COLUMNS} FROM snapshots s WHERE s.connection_id = ?1 ORDER BY s.time DESC, s.id LIMIT ?2"
        ),
        params![connection.0, limit],
        read,
    )
}

/// The last restic snapshot at or before a time that shows the Archive complete.
pub fn at(tx: &Tx<'_>, archive: ArchiveId, time: Timestamp) -> Result<Option<SnapshotRow>> {
    tx.one(
        &format!(
            "SELECT {COLUMNS} FROM snapshot_archives a INDEXED BY snapshot_archives_complete
             JOIN snapshots s ON s.id = a.snapshot_id
             WHERE a.archive_id = ?1 AND a.time <= ?2 AND a.is_complete
             ORDER BY a.time DESC, s.id LIMIT 1"
        ),
        params![archive.0, micros(time)],
        read,
    )
}

/// The Snapshots of an Archive, newest first, each with how complete it is.
pub fn of_archive(tx: &Tx<'_>, archive: ArchiveId, limit: u32) -> Result<Vec<(SnapshotRow, RunResult)>> {
    tx.all(
        &format!(
            "SELECT {COLUMNS}, a.result FROM snapshot_archives a JOIN snapshots s ON s.id = a.snapshot_id
             WHERE a.archive_id = ?1 ORDER BY a.time DESC, s.id LIMIT ?2"
        ),
        params![archive.0, limit],
        |c| Ok((read(c)?, c.word()?)),
    )
}

/// The points in time that Runs of the Archive made, newest first: the last Snapshot of each Run.
pub fn points(tx: &Tx<'_>, archive: ArchiveId, limit: u32) -> Result<Vec<(Timestamp, RunResult)>> {
    tx.all(
        "SELECT max(time), result FROM snapshot_archives WHERE archive_id = ?1 AND run_id IS NOT NULL
         GROUP BY run_id ORDER BY 1 DESC LIMIT ?2",
        params![archive.0, limit],
        |c| Ok((c.time()?, c.word()?)),
    )
}

/// How large the backup was at the newest snapshots, oldest first.
pub fn growth(tx: &Tx<'_>, limit: u32) -> Result<Vec<Growth>> {
    let mut newest = tx.all(
        "SELECT time, content_bytes, stored_bytes FROM snapshots
         WHERE content_bytes IS NOT NULL AND stored_bytes IS NOT NULL ORDER BY time DESC, id DESC LIMIT ?1",
        [limit],
        |c| Ok(Growth { at: c.time()?, content_bytes: c.count()?, stored_bytes: c.count()? }),
    )?;
    newest.reverse();
    Ok(newest)
}

/// The Archives in a restic snapshot.
pub fn archives(tx: &Tx<'_>, snapshot: &str) -> Result<Vec<SnapshotArchive>> {
    tx.all(
        "SELECT snapshot_id, archive_id, run_id, result FROM snapshot_archives WHERE snapshot_id = ?1
         ORDER BY archive_id",
        [snapshot],
        |c| {
            Ok(SnapshotArchive {
                snapshot: c.get()?,
                archive: ArchiveId(c.get()?),
                run: c.get::<Option<i64>>()?.map(RunId),
                result: c.word()?,
            })
        },
    )
}

/// An Archive as it is in a restic snapshot that is to go is shown by a later one that holds the same.
pub fn carry_over(tx: &Tx<'_>, archive: ArchiveId, from: &str, to: &SnapshotRow) -> Result<()> {
    tx.run(
        "UPDATE OR REPLACE snapshot_archives SET snapshot_id = ?3, time = ?4
         WHERE archive_id = ?1 AND snapshot_id = ?2",
        params![archive.0, from, to.id, micros(to.time)],
    )?;
    tx.run(
        "UPDATE archives SET last_complete_snapshot = ?3
         WHERE id = ?1 AND last_complete_snapshot = ?2",
        params![archive.0, from, to.id],
    )?;
    Ok(())
}

/// A restic snapshot was written anew and has another id now.
pub fn replace(tx: &Tx<'_>, old: &str, new: &str) -> Result<()> {
    tx.must(
        "INSERT INTO snapshots (id, connection_id, time, parent, committed_at, content_bytes, stored_bytes)
         SELECT ?2, connection_id, time, parent, committed_at, content_bytes, stored_bytes FROM snapshots
         WHERE id = ?1",
        params![old, new],
        "snapshot",
        old,
    )?;
    for sql in [
        "UPDATE snapshot_archives SET snapshot_id = ?2 WHERE snapshot_id = ?1",
        "UPDATE archives SET last_complete_snapshot = ?2 WHERE last_complete_snapshot = ?1",
        "UPDATE snapshots SET parent = ?2 WHERE parent = ?1",
    ] {
        tx.run(sql, params![old, new])?;
    }
    remove(tx, old).map(drop)
}

/// A restic snapshot is gone from the Repository; whether it was known.
pub fn remove(tx: &Tx<'_>, id: &str) -> Result<bool> {
    Ok(tx.run("DELETE FROM snapshots WHERE id = ?1", [id])? > 0)
}

/// Forgets all Snapshots of a Connection.
pub fn clear(tx: &Tx<'_>, connection: ConnectionId) -> Result<()> {
    tx.run("DELETE FROM snapshots WHERE connection_id = ?1", [connection.0])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{self, Scratch, archive, connection};

    #[test]
    fn a_point_in_time_shows_the_last_complete_state_before_it() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let c = connection(tx);
            let (ann, bob) = (archive(tx, c, "ann"), archive(tx, c, "bob"));
            let results = [
                ("s1", RunResult::Complete, RunResult::Partial),
                ("s2", RunResult::Partial, RunResult::CompleteWithSkips),
                ("s3", RunResult::Complete, RunResult::Partial),
            ];
            for (n, (id, of_ann, of_bob)) in results.into_iter().enumerate() {
                let time = testing::at(n as i64 * 10);
                let row = SnapshotRow {
                    id: id.into(),
                    connection: c,
                    time,
                    parent: None,
                    committed_at: time,
                    content_bytes: Some(n as u64 * 100),
                    stored_bytes: (n > 0).then_some(n as u64 * 40),
                };
                let member =
                    |archive, result| SnapshotArchive { snapshot: id.into(), archive, run: None, result };
                let members = [member(ann, of_ann), member(bob, of_bob)];
                insert(tx, &row, &members)?;
                insert(tx, &row, &members)?;
                assert_eq!(archives(tx, id)?, members);
            }
            let shown = |archive, seconds| {
                Ok::<_, crate::CatalogError>(at(tx, archive, testing::at(seconds))?.map(|row| row.id))
            };
            assert_eq!(shown(ann, 15)?.as_deref(), Some("s1"));
            assert_eq!(shown(ann, 20)?.as_deref(), Some("s3"));
            assert_eq!(shown(bob, 5)?, None);
            assert_eq!(shown(bob, 99)?.as_deref(), Some("s2"));
            assert_eq!(latest(tx, c)?.unwrap().id, "s3");
            let sizes: Vec<_> =
                growth(tx, 9)?.iter().map(|one| (one.at, one.content_bytes, one.stored_bytes)).collect();
            assert_eq!(sizes, [(testing::at(10), 100, 40), (testing::at(20), 200, 80)], "what was measured");
            assert_eq!(growth(tx, 1)?.len(), 1);
            assert_eq!(
                of_archive(tx, ann, 2)?.iter().map(|(_, r)| *r).collect::<Vec<_>>(),
                [RunResult::Complete, RunResult::Partial]
            );
            replace(tx, "s2", "s2-new")?;
            assert_eq!(shown(bob, 99)?.as_deref(), Some("s2-new"));
            assert_eq!(get(tx, "s2")?, None);
            let third = get(tx, "s3")?.unwrap();
            carry_over(tx, bob, "s2-new", &third)?;
            assert!(remove(tx, "s2-new")?);
            assert_eq!(shown(bob, 99)?.as_deref(), Some("s3"), "what was complete is shown by a later one");
            assert_eq!(shown(bob, 15)?, None);
            assert!(remove(tx, "s3")?);
            assert_eq!(shown(ann, 99)?.as_deref(), Some("s1"));
            assert!(!remove(tx, "s3")?);
            Ok(())
        });
    }
}
