//! When each Archive is due next, on disk, so that a computer that slept or was off knows what it missed.

use holdfast_model::{ArchiveId, Timestamp};
use rusqlite::params;

use crate::sql::micros;
use crate::{Result, Tx};

/// When an Archive is due; none before it was ever scheduled.
pub fn get(tx: &Tx<'_>, archive: ArchiveId) -> Result<Option<Timestamp>> {
    tx.one("SELECT at FROM due WHERE archive_id = ?1", [archive.0], |c| c.time())
}

/// All of them.
pub fn list(tx: &Tx<'_>) -> Result<Vec<(ArchiveId, Timestamp)>> {
    tx.all("SELECT archive_id, at FROM due ORDER BY archive_id", [], |c| Ok((ArchiveId(c.get()?), c.time()?)))
}

/// Sets when an Archive is due.
pub fn set(tx: &Tx<'_>, archive: ArchiveId, at: Timestamp) -> Result<()> {
    tx.run(
        "INSERT INTO due (archive_id, at) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET at = excluded.at",
        params![archive.0, micros(at)],
    )?;
    Ok(())
}

/// Takes an Archive out of the schedule; fine where it is not in it.
pub fn clear(tx: &Tx<'_>, archive: ArchiveId) -> Result<()> {
    tx.run("DELETE FROM due WHERE archive_id = ?1", [archive.0])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Scratch, archive, at, connection};

    #[test]
    fn an_archive_is_due_when_it_was_said_last() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let connection = connection(tx);
            let (one, other) = (archive(tx, connection, "a"), archive(tx, connection, "b"));
            set(tx, one, at(1))?;
            set(tx, one, at(7))?;
            set(tx, other, at(3))?;
            assert_eq!(get(tx, one)?, Some(at(7)));
            clear(tx, other)?;
            assert_eq!(list(tx)?, [(one, at(7))]);
            assert_eq!(get(tx, other)?, None);
            Ok(())
        });
    }
}
