//! What each restore made, so that it can be undone: exactly that, and nothing else.

use holdfast_model::{ItemId, Timestamp};
use rusqlite::params;
use serde_json::Value;

use crate::sql::{self, Columns, micros, row_id, words};
use crate::{Result, Tx};

row_id! {
    /// A row of the restores.
    RestoreId
}

words! {
    /// What became of one Item of a restore.
    RestoreOutcome {
        /// It was made anew.
        Made = "made",
        /// The same was there already.
        Identical = "identical",
        /// It was left out, for a reason.
        Skipped = "skipped",
        /// It could not be made, for a reason.
        Failed = "failed",
    }
}

/// One restore.
#[derive(Clone, Debug, PartialEq)]
pub struct Restore {
    /// Its row.
    pub id: RestoreId,
    /// When it began.
    pub started: Timestamp,
    /// When it ended; `None` while it goes on, or if its process died.
    pub ended: Option<Timestamp>,
    /// Who asked for it.
    pub who: String,
    /// Which Archive, by its folder in the Repository.
    pub source: String,
    /// The restic snapshot it was taken from.
    pub snapshot: String,
    /// Where to: a folder, or a user of a Connection.
    pub target: String,
    /// As it was asked for.
    pub options: Value,
    /// `ok`, or the code of the error.
    pub outcome: Option<String>,
}

/// One Item of a restore.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestoreItem {
    /// Its place in the restore.
    pub position: u64,
    /// The provider's id of what was restored.
    pub item: ItemId,
    /// What became of it.
    pub outcome: RestoreOutcome,
    /// Why not.
    pub reason: Option<String>,
    /// What was made, sealed by the engine: the new path or id.
    pub made: Option<Vec<u8>>,
    /// Its content as it was made, hexadecimal.
    pub sha256: Option<String>,
    /// When it was taken back.
    pub undone_at: Option<Timestamp>,
}

const COLUMNS: &str = "id, started, ended, who, source, snapshot, target, options, outcome";

fn read(c: &mut Columns<'_>) -> rusqlite::Result<Restore> {
    Ok(Restore {
        id: RestoreId(c.get()?),
        started: c.time()?,
        ended: c.maybe_time()?,
        who: c.get()?,
        source: c.get()?,
        snapshot: c.get()?,
        target: c.get()?,
        options: c.json()?,
        outcome: c.get()?,
    })
}

/// A restore begins; the id and how it ends do not matter yet.
pub fn begin(tx: &Tx<'_>, restore: &Restore) -> Result<RestoreId> {
    tx.insert(
        "INSERT INTO restores (started, who, source, snapshot, target, options) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            micros(restore.started),
            restore.who,
            restore.source,
            restore.snapshot,
            restore.target,
            sql::json(&restore.options)?
        ],
    )
    .map(RestoreId)
}

/// An Item of a restore is dealt with. To be written before anybody could change what was made.
pub fn add_item(tx: &Tx<'_>, restore: RestoreId, item: &RestoreItem) -> Result<()> {
    tx.run(
        "INSERT INTO restore_items (restore_id, position, item_id, outcome, reason, made, sha256)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            restore.0,
            sql::int(item.position),
            item.item.as_str(),
            item.outcome.as_str(),
            item.reason,
            item.made,
            item.sha256
        ],
    )?;
    Ok(())
}

/// A restore ended.
pub fn finish(tx: &Tx<'_>, id: RestoreId, outcome: &str, now: Timestamp) -> Result<()> {
    tx.must(
        "UPDATE restores SET ended = ?2, outcome = ?3 WHERE id = ?1",
        params![id.0, micros(now), outcome],
        "restore",
        id,
    )
}

/// One restore.
pub fn get(tx: &Tx<'_>, id: RestoreId) -> Result<Option<Restore>> {
    tx.one(&format!("SELECT {COLUMNS} FROM restores WHERE id = ?1"), [id.0], read)
}

/// Restores, newest first.
pub fn list(tx: &Tx<'_>, limit: u32) -> Result<Vec<Restore>> {
    tx.all(&format!("SELECT {COLUMNS} FROM restores ORDER BY id DESC LIMIT ?1"), [limit], read)
}

/// The Items of a restore in its order, from the one after `after`.
pub fn items(tx: &Tx<'_>, restore: RestoreId, after: Option<u64>, limit: u32) -> Result<Vec<RestoreItem>> {
    tx.all(
        "SELECT position, item_id, outcome, reason, made, sha256, undone_at FROM restore_items
         WHERE restore_id = ?1 AND position > ?2 ORDER BY position LIMIT ?3",
        params![restore.0, after.map_or(-1, sql::int), limit],
        |c| {
            Ok(RestoreItem {
                position: c.count()?,
                item: ItemId(c.get()?),
                outcome: c.word()?,
                reason: c.get()?,
                made: c.get()?,
                sha256: c.get()?,
                undone_at: c.maybe_time()?,
            })
        },
    )
}

/// What was made for an Item was taken back.
pub fn set_undone(tx: &Tx<'_>, restore: RestoreId, position: u64, now: Timestamp) -> Result<()> {
    tx.must(
        "UPDATE restore_items SET undone_at = ?3 WHERE restore_id = ?1 AND position = ?2 AND outcome = 'made'",
        params![restore.0, sql::int(position), micros(now)],
        "restored item",
        position,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Journal;
    use crate::testing::at;

    #[test]
    fn a_restore_remembers_what_it_made_until_it_is_undone() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("journal.db");
        let restore = Restore {
            id: RestoreId(0),
            started: at(1),
            ended: None,
            who: "ann".into(),
            source: "google/c1/u1/gmail".into(),
            snapshot: "ab".into(),
            target: "folder".into(),
            options: serde_json::json!({"clash": "skip"}),
            outcome: None,
        };
        let item = |position, outcome| RestoreItem {
            position,
            item: format!("m{position}").as_str().into(),
            outcome,
            reason: None,
            made: Some(vec![1, 2]),
            sha256: None,
            undone_at: None,
        };
        let id = Journal::open(&path)
            .unwrap()
            .write(|tx| {
                let id = begin(tx, &restore)?;
                add_item(tx, id, &item(0, RestoreOutcome::Made))?;
                add_item(tx, id, &item(1, RestoreOutcome::Identical))?;
                finish(tx, id, "ok", at(2))?;
                Ok(id)
            })
            .unwrap();
        let journal = Journal::open(&path).unwrap();
        journal
            .write(|tx| {
                let expected =
                    Restore { id, ended: Some(at(2)), outcome: Some("ok".into()), ..restore.clone() };
                assert_eq!(list(tx, 5)?, std::slice::from_ref(&expected));
                assert_eq!(get(tx, id)?, Some(expected));
                set_undone(tx, id, 0, at(3))?;
                assert!(set_undone(tx, id, 1, at(3)).is_err(), "what was there already is not taken back");
                let undone = RestoreItem { undone_at: Some(at(3)), ..item(0, RestoreOutcome::Made) };
                assert_eq!(items(tx, id, None, 1)?, [undone]);
                assert_eq!(items(tx, id, Some(0), 9)?, [item(1, RestoreOutcome::Identical)]);
                Ok(())
            })
            .unwrap();
    }
}
