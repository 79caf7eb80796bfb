//! The history of Directory syncs, per Connection and kind.

use std::collections::BTreeMap;

use holdfast_model::{ConnectionId, Timestamp};
use rusqlite::params;

use crate::sql::{self, Columns, int, micros, row_id, words};
use crate::{Result, Tx};

row_id! {
    /// A row of the syncs.
    SyncId
}

words! {
    /// What is synced.
    SyncKind {
        /// Users and their account status.
        Users = "users",
        /// Groups and their members.
        Groups = "groups",
        /// Org units.
        OrgUnits = "org_units",
    }
}

/// What changed, by word: `joined`, `left`, `renamed`, `suspended`… each with the addresses or names concerned.
pub type Changes = BTreeMap<String, Vec<String>>;

/// How many changed, by the words of [`Changes`].
pub type Counts = BTreeMap<String, u64>;

/// One sync.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sync {
    /// Its row.
    pub id: SyncId,
    /// Whose Directory.
    pub connection: ConnectionId,
    /// What was synced.
    pub kind: SyncKind,
    /// When it began.
    pub started: Timestamp,
    /// When it ended; `None` while it goes on, or if its process died.
    pub ended: Option<Timestamp>,
    /// `ok`, or the code of the error.
    pub outcome: Option<String>,
    /// The details of the error.
    pub detail: Option<String>,
    /// How many the Cloud told of.
    pub seen: u64,
    /// What changed, the first of each kind.
    pub changes: Changes,
    /// How many changed, by the same words.
    pub counts: Counts,
}

/// The outcome of a sync that told everything.
pub const OK: &str = "ok";

const COLUMNS: &str = "id, connection_id, kind, started, ended, outcome, detail, seen, changes, counts";

fn read(c: &mut Columns<'_>) -> rusqlite::Result<Sync> {
    Ok(Sync {
        id: SyncId(c.get()?),
        connection: ConnectionId(c.get()?),
        kind: c.word()?,
        started: c.time()?,
        ended: c.maybe_time()?,
        outcome: c.get()?,
        detail: c.get()?,
        seen: c.count()?,
        changes: c.json()?,
        counts: c.json()?,
    })
}

/// A sync begins.
pub fn begin(tx: &Tx<'_>, connection: ConnectionId, kind: SyncKind, now: Timestamp) -> Result<SyncId> {
    tx.insert(
        "INSERT INTO syncs (connection_id, kind, started) VALUES (?1, ?2, ?3)",
        params![connection.0, kind.as_str(), micros(now)],
    )
    .map(SyncId)
}

/// A sync told everything.
pub fn succeed(
    tx: &Tx<'_>,
    id: SyncId,
    seen: u64,
    changes: &Changes,
    counts: &Counts,
    now: Timestamp,
) -> Result<()> {
    tx.must(
        "UPDATE syncs SET ended = ?2, outcome = ?3, seen = ?4 WHERE id = ?1",
        params![id.0, micros(now), OK, int(seen)],
        "sync",
        id,
    )?;
    set_changes(tx, id, changes, counts)
}

/// What changed is now this.
pub fn set_changes(tx: &Tx<'_>, id: SyncId, changes: &Changes, counts: &Counts) -> Result<()> {
    tx.must(
        "UPDATE syncs SET changes = ?2, counts = ?3 WHERE id = ?1",
        params![id.0, sql::json(changes)?, sql::json(counts)?],
        "sync",
        id,
    )
}

/// A sync failed.
pub fn fail(tx: &Tx<'_>, id: SyncId, code: &str, detail: &str, now: Timestamp) -> Result<()> {
    tx.must(
        "UPDATE syncs SET ended = ?2, outcome = ?3, detail = ?4 WHERE id = ?1",
        params![id.0, micros(now), code, detail],
        "sync",
        id,
    )
}

/// The last sync of a kind, however it went.
pub fn last(tx: &Tx<'_>, connection: ConnectionId, kind: SyncKind) -> Result<Option<Sync>> {
    Ok(list(tx, connection, kind, 1)?.pop())
}

/// The last sync of a kind that told everything.
pub fn last_good(tx: &Tx<'_>, connection: ConnectionId, kind: SyncKind) -> Result<Option<Sync>> {
    tx.one(
        &format!(
            "SELECT {COLUMNS} FROM syncs WHERE connection_id = ?1 AND kind = ?2 AND outcome = ?3
             ORDER BY started DESC, id DESC LIMIT 1"
        ),
        params![connection.0, kind.as_str(), OK],
        read,
    )
}

/// The syncs of a kind, newest first.
pub fn list(tx: &Tx<'_>, connection: ConnectionId, kind: SyncKind, limit: u32) -> Result<Vec<Sync>> {
    tx.all(
        &format!(
            "SELECT {COLUMNS} FROM syncs WHERE connection_id = ?1 AND kind = ?2
             ORDER BY started DESC, id DESC LIMIT ?3"
        ),
        params![connection.0, kind.as_str(), limit],
        read,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Scratch, at, connection};

    #[test]
    fn a_failed_sync_does_not_hide_the_last_good_one() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let c = connection(tx);
            let good = begin(tx, c, SyncKind::Users, at(1))?;
            let changes = Changes::from([("joined".to_owned(), vec!["ann@example.com".to_owned()])]);
            let counts = Counts::from([("joined".to_owned(), 1)]);
            succeed(tx, good, 12, &changes, &counts, at(2))?;
            let bad = begin(tx, c, SyncKind::Users, at(3))?;
            fail(tx, bad, "forbidden", "scope missing", at(4))?;
            begin(tx, c, SyncKind::Groups, at(5))?;
            let found = last_good(tx, c, SyncKind::Users)?.unwrap();
            assert_eq!(found.counts, counts);
            assert_eq!((found.id, found.seen, found.changes, found.ended), (good, 12, changes, Some(at(2))));
            assert_eq!(last(tx, c, SyncKind::Users)?.unwrap().outcome.as_deref(), Some("forbidden"));
            assert_eq!(last(tx, c, SyncKind::Groups)?.unwrap().ended, None);
            assert_eq!(last_good(tx, c, SyncKind::OrgUnits)?, None);
            assert_eq!(list(tx, c, SyncKind::Users, 10)?.len(), 2);
            Ok(())
        });
    }
}
