//! Users whose Archives are to be removed from the Repository, and how far that has come.

use holdfast_model::{ConnectionId, Timestamp, UserId};
use rusqlite::params;

use crate::sql::{Columns, micros, words};
use crate::{Result, Tx};

words! {
    /// How far a deletion has come.
    DeletionPhase {
        /// It can still be undone.
        Waiting = "waiting",
        /// Snapshots are written anew without the Archives.
        Rewriting = "rewriting",
        /// No snapshot names them any more; their space is given back.
        Pruning = "pruning",
    }
}

/// A deletion that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deletion {
    /// Whose Directory.
    pub connection: ConnectionId,
    /// Whose Archives.
    pub user: UserId,
    /// Their address then.
    pub address: String,
    /// When it was asked for.
    pub asked: Timestamp,
    /// When it can no longer be undone.
    pub due: Timestamp,
    /// The OS user who asked.
    pub asked_by: String,
    /// The User held a license.
    pub was_protected: bool,
    /// How far it has come.
    pub phase: DeletionPhase,
}

const COLUMNS: &str = "connection_id, user_id, address, asked, due, asked_by, was_protected, phase";

fn read(c: &mut Columns<'_>) -> rusqlite::Result<Deletion> {
    Ok(Deletion {
        connection: ConnectionId(c.get()?),
        user: UserId(c.get()?),
        address: c.get()?,
        asked: c.time()?,
        due: c.time()?,
        asked_by: c.get()?,
        was_protected: c.get()?,
        phase: c.word()?,
    })
}

/// Records a deletion, or a new time for one that waits.
pub fn put(tx: &Tx<'_>, deletion: &Deletion) -> Result<()> {
    tx.run(
        "INSERT INTO deletions (connection_id, user_id, address, asked, due, asked_by, was_protected, phase)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT DO UPDATE SET due = excluded.due",
        params![
            deletion.connection.0,
            deletion.user.as_str(),
            deletion.address,
            micros(deletion.asked),
            micros(deletion.due),
            deletion.asked_by,
            deletion.was_protected,
            deletion.phase.as_str()
        ],
    )?;
    Ok(())
}

/// The deletion of a User's Archives.
pub fn get(tx: &Tx<'_>, connection: ConnectionId, user: &UserId) -> Result<Option<Deletion>> {
    tx.one(
        &format!("SELECT {COLUMNS} FROM deletions WHERE connection_id = ?1 AND user_id = ?2"),
        params![connection.0, user.as_str()],
        read,
    )
}

/// All, those that are due first before the others.
pub fn list(tx: &Tx<'_>) -> Result<Vec<Deletion>> {
    tx.all(&format!("SELECT {COLUMNS} FROM deletions ORDER BY due, connection_id, user_id"), [], read)
}

/// It has come so far.
pub fn set_phase(tx: &Tx<'_>, connection: ConnectionId, user: &UserId, phase: DeletionPhase) -> Result<()> {
    tx.must(
        "UPDATE deletions SET phase = ?3 WHERE connection_id = ?1 AND user_id = ?2",
        params![connection.0, user.as_str(), phase.as_str()],
        "deletion",
        user,
    )
}

/// It is undone, or all of it is done.
pub fn remove(tx: &Tx<'_>, connection: ConnectionId, user: &UserId) -> Result<bool> {
    let gone = tx.run(
        "DELETE FROM deletions WHERE connection_id = ?1 AND user_id = ?2",
        params![connection.0, user.as_str()],
    )?;
    Ok(gone > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Scratch, at, connection};

    #[test]
    fn a_deletion_goes_on_from_where_it_was_and_asking_again_only_moves_its_time() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let one = Deletion {
                connection: connection(tx),
                user: "u1".into(),
                address: "ann@x".into(),
                asked: at(1),
                due: at(100),
                asked_by: "root".into(),
                was_protected: true,
                phase: DeletionPhase::Waiting,
            };
            put(tx, &one)?;
            set_phase(tx, one.connection, &one.user, DeletionPhase::Pruning)?;
            put(tx, &Deletion { due: at(50), was_protected: false, ..one.clone() })?;
            let expected = Deletion { due: at(50), phase: DeletionPhase::Pruning, ..one.clone() };
            assert_eq!(get(tx, one.connection, &one.user)?, Some(expected.clone()));
            assert_eq!(list(tx)?, [expected]);
            assert!(remove(tx, one.connection, &one.user)?);
            assert!(!remove(tx, one.connection, &one.user)?);
            Ok(())
        });
    }
}
