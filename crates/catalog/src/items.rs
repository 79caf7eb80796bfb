//! Items as they are in the last durable Snapshot.

use holdfast_model::{ArchiveId, ConnectionId, ItemId, RunId, SkipReason};
use rusqlite::params;

use crate::sql::{Columns, int};
use crate::{FolderId, Result, Tx};

/// One Item of the last Snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredItem {
    /// Whose.
    pub archive: ArchiveId,
    /// The provider's id.
    pub item: ItemId,
    /// The state of the content that is stored.
    pub tag: String,
    /// Where its files are; `None` where the Archive's layout needs none.
    pub folder: Option<FolderId>,
    /// The extensions of its files, with commas: `docx,pdf`; empty for none.
    pub extensions: String,
    /// Bytes of all its files.
    pub size: u64,
    /// Names the same bytes wherever they occur in the Domain.
    pub content_key: Option<String>,
    /// Why only its metadata is kept.
    pub skip: Option<SkipReason>,
    /// Of all its metadata; `None` where it is not known.
    pub meta_hash: Option<i64>,
    /// Of its labels; `None` where it is not known.
    pub labels_hash: Option<i64>,
    /// The Run that first kept it.
    pub first_run: RunId,
    /// The Run that last changed it.
    pub changed_run: RunId,
}

const COLUMNS: &str = "i.archive_id, i.item_id, i.tag, i.folder_id, i.extensions, i.size, i.content_key, i.skip, \
                       i.meta_hash, i.labels_hash, i.first_run, i.changed_run";

fn read(c: &mut Columns<'_>) -> rusqlite::Result<StoredItem> {
    Ok(StoredItem {
        archive: ArchiveId(c.get()?),
        item: ItemId(c.get()?),
        tag: c.get()?,
        folder: c.get::<Option<i64>>()?.map(FolderId),
        extensions: c.get()?,
        size: c.count()?,
        content_key: c.get()?,
        skip: c.maybe_word()?,
        meta_hash: c.get()?,
        labels_hash: c.get()?,
        first_run: RunId(c.get()?),
        changed_run: RunId(c.get()?),
    })
}

/// One Item.
pub fn get(tx: &Tx<'_>, archive: ArchiveId, item: &ItemId) -> Result<Option<StoredItem>> {
    tx.one(
        &format!("SELECT {COLUMNS} FROM items i WHERE archive_id = ?1 AND item_id = ?2"),
        params![archive.0, item.as_str()],
        read,
    )
}

/// How many there are.
pub fn count(tx: &Tx<'_>, archive: ArchiveId) -> Result<u64> {
    let found = tx.one("SELECT items FROM tallies WHERE archive_id = ?1", [archive.0], |c| c.count())?;
    Ok(found.unwrap_or(0))
}

/// The size of all of them.
pub fn sum(tx: &Tx<'_>, archive: ArchiveId) -> Result<u64> {
    let found = tx.one("SELECT bytes FROM tallies WHERE archive_id = ?1", [archive.0], |c| c.count())?;
    Ok(found.unwrap_or(0))
}

/// How many Items of an Archive are known to exist in the Cloud: stored, staged or still open, less those that
/// are known to have vanished.
pub fn known_count(tx: &Tx<'_>, archive: ArchiveId) -> Result<u64> {
    let open_and_staged: i64 = tx.value(
        "SELECT (SELECT count(*) FROM staged s WHERE s.archive_id = ?1 AND s.op <> 'remove'
                    AND NOT EXISTS (SELECT 1 FROM items i WHERE i.archive_id = ?1 AND i.item_id = s.item_id)
                    AND NOT EXISTS (SELECT 1 FROM open_items o WHERE o.archive_id = ?1 AND o.item_id = s.item_id))
              - (SELECT count(*) FROM staged s WHERE s.archive_id = ?1 AND s.op = 'remove'
                    AND EXISTS (SELECT 1 FROM items i WHERE i.archive_id = ?1 AND i.item_id = s.item_id)
                    AND NOT EXISTS (SELECT 1 FROM open_items o WHERE o.archive_id = ?1 AND o.item_id = s.item_id))
              + (SELECT count(*) FROM open_items o WHERE o.archive_id = ?1 AND o.op = 'upsert'
                    AND NOT EXISTS (SELECT 1 FROM items i WHERE i.archive_id = ?1 AND i.item_id = o.item_id))
              - (SELECT count(*) FROM open_items o WHERE o.archive_id = ?1 AND o.op = 'remove'
                    AND EXISTS (SELECT 1 FROM items i WHERE i.archive_id = ?1 AND i.item_id = o.item_id))",
        [archive.0],
        |c| c.get(),
    )?;
    Ok(count(tx, archive)?.saturating_add_signed(open_and_staged))
}

/// Takes all of an Archive's Items out.
pub fn clear(tx: &Tx<'_>, archive: ArchiveId) -> Result<()> {
    tx.run("DELETE FROM items WHERE archive_id = ?1", [archive.0])?;
    Ok(())
}

/// Items by id, from the one after `after`.
pub fn page(tx: &Tx<'_>, archive: ArchiveId, after: Option<&ItemId>, limit: u32) -> Result<Vec<StoredItem>> {
    tx.all(
        &format!(
            "SELECT {COLUMNS} FROM items i WHERE archive_id = ?1 AND item_id > ?2 ORDER BY item_id LIMIT ?3"
        ),
        params![archive.0, after.map_or("", ItemId::as_str), limit],
        read,
    )
}

/// The ids that begin with `prefix` of what is stored, staged or open.
pub fn ids_below(tx: &Tx<'_>, archive: ArchiveId, prefix: &str) -> Result<Vec<ItemId>> {
    let below = |table: &str| {
        format!("SELECT item_id FROM {table} WHERE archive_id = ?1 AND item_id >= ?2 AND item_id < ?3")
    };
    let all = ["items", "staged", "open_items"].map(below).join(" UNION ");
    tx.all(&all, params![archive.0, prefix, format!("{prefix}{}", char::MAX)], |c| c.get().map(ItemId))
}

/// An Item of the same Domain with the same content, stored in full.
pub fn find_by_content_key(
    tx: &Tx<'_>,
    connection: ConnectionId,
    content_key: &str,
) -> Result<Option<StoredItem>> {
    tx.one(
        &format!(
            "SELECT {COLUMNS} FROM items i JOIN archives a ON a.id = i.archive_id
             WHERE i.content_key = ?2 AND i.skip IS NULL AND a.connection_id = ?1 LIMIT 1"
        ),
        params![connection.0, content_key],
        read,
    )
}

/// Writes an Item whole. Its place in a folder is the caller's to take and to give back.
pub fn put(tx: &Tx<'_>, item: &StoredItem) -> Result<()> {
    tx.run(
        "INSERT INTO items (archive_id, item_id, tag, folder_id, extensions, size, content_key, skip,
            first_run, changed_run, meta_hash, labels_hash)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
         ON CONFLICT DO UPDATE SET tag = excluded.tag, folder_id = excluded.folder_id,
            extensions = excluded.extensions, size = excluded.size, content_key = excluded.content_key,
            skip = excluded.skip, first_run = excluded.first_run, changed_run = excluded.changed_run,
            meta_hash = excluded.meta_hash, labels_hash = excluded.labels_hash",
        params![
            item.archive.0,
            item.item.as_str(),
            item.tag,
            item.folder.map(|folder| folder.0),
            item.extensions,
            int(item.size),
            item.content_key,
            item.skip.map(SkipReason::as_str),
            item.first_run.0,
            item.changed_run.0,
            item.meta_hash,
            item.labels_hash
        ],
    )?;
    Ok(())
}

/// Takes an Item out; whether it was there.
pub fn remove(tx: &Tx<'_>, archive: ArchiveId, item: &ItemId) -> Result<bool> {
    let removed = tx
        .run("DELETE FROM items WHERE archive_id = ?1 AND item_id = ?2", params![archive.0, item.as_str()])?;
    Ok(removed > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archives;
    use crate::testing::{Scratch, archive, connection, new_connection, stored_item};

    #[test]
    fn totals_follow_every_put_and_remove() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let archive = archive(tx, connection(tx), "u");
            for id in ["a", "b", "c"] {
                put(tx, &stored_item(archive, id))?;
            }
            put(tx, &StoredItem { size: 15, ..stored_item(archive, "a") })?;
            put(tx, &StoredItem { size: 0, skip: Some(SkipReason::TooLarge), ..stored_item(archive, "b") })?;
            assert!(remove(tx, archive, &"c".into())?);
            assert!(!remove(tx, archive, &"c".into())?);
            assert_eq!((count(tx, archive)?, sum(tx, archive)?), (2, 15));
            let row = archives::get(tx, archive)?.unwrap();
            assert_eq!((row.items, row.bytes, row.skipped), (2, 15, 1));
            Ok(())
        });
    }

    #[test]
    fn pages_tell_each_item_once_in_order() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let archive = archive(tx, connection(tx), "u");
            for n in 0..25 {
                put(tx, &stored_item(archive, &format!("{n:02}")))?;
            }
            let mut ids: Vec<ItemId> = Vec::new();
            loop {
                let found = page(tx, archive, ids.last(), 10)?;
                if found.is_empty() {
                    break;
                }
                ids.extend(found.into_iter().map(|item| item.item));
            }
            let expected: Vec<ItemId> = (0..25).map(|n| format!("{n:02}").into()).collect();
            assert_eq!(ids, expected);
            Ok(())
        });
    }

    #[test]
    fn the_same_content_is_found_within_the_domain_only() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let here = connection(tx);
            let there = crate::connections::insert(tx, &new_connection("C2"))?;
            let (mine, theirs) = (archive(tx, here, "u"), archive(tx, there, "u"));
            let keyed = |archive, id: &str, key: &str| StoredItem {
                content_key: Some(key.into()),
                ..stored_item(archive, id)
            };
            put(tx, &keyed(theirs, "x", "k"))?;
            assert_eq!(find_by_content_key(tx, here, "k")?, None);
            put(tx, &StoredItem { skip: Some(SkipReason::Abusive), ..keyed(mine, "skipped", "k") })?;
            assert_eq!(find_by_content_key(tx, here, "k")?, None);
            put(tx, &keyed(mine, "y", "k"))?;
            assert_eq!(find_by_content_key(tx, here, "k")?, get(tx, mine, &"y".into())?);
            Ok(())
        });
    }
}
