//! Staged Items: their blobs are in the Repository's packs, but no Snapshot shows them yet.

use holdfast_model::{ArchiveId, BlobId, ConnectionId, ItemId, RunId, SkipReason, Timestamp};
use rusqlite::params;
use serde::{Deserialize, Serialize};

use crate::sql::{self, Columns, int, words};
use crate::{CatalogError, FolderId, Result, Tx, folders, items};

words! {
    /// What the next Snapshot does with an Item.
    StagedOp {
        /// Its files and metadata as given.
        Put = "put",
        /// Its metadata only; the files stay.
        Meta = "meta",
        /// It is not there any more.
        Remove = "remove",
    }
}

/// One file of a staged Item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StagedFile {
    /// Without the dot; empty for none.
    pub extension: String,
    /// Bytes.
    pub size: u64,
    /// Of all its bytes, hexadecimal.
    pub sha256: String,
    /// Its content, in order.
    pub blobs: Vec<BlobId>,
    /// When it last changed in the Cloud.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified: Option<Timestamp>,
}

/// An Item that the next Snapshot changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StagedItem {
    /// Grows over the whole catalogue and is never used twice; [`put`] gives it.
    pub seq: i64,
    /// Whose.
    pub archive: ArchiveId,
    /// The provider's id.
    pub item: ItemId,
    /// What to do.
    pub op: StagedOp,
    /// The state of its content; `None` leaves the stored one.
    pub tag: Option<String>,
    /// Where its files are. `None` means where they are already.
    pub folder: Option<FolderId>,
    /// The extensions of its files, with commas.
    pub extensions: String,
    /// Its files; `None` where they do not change.
    pub files: Option<Vec<StagedFile>>,
    /// Names the same bytes wherever they occur in the Domain.
    pub content_key: Option<String>,
    /// Bytes of all its files.
    pub size: u64,
    /// Why only its metadata is kept.
    pub skip: Option<SkipReason>,
    /// Its metadata, sealed by the engine; `None` leaves the stored one.
    pub sealed_meta: Option<Vec<u8>>,
    /// Of all its metadata; `None` where it is not known.
    pub meta_hash: Option<i64>,
    /// Of its labels; `None` where it is not known.
    pub labels_hash: Option<i64>,
    /// The Run that staged it.
    pub run: RunId,
}

const COLUMNS: &str = "s.seq, s.archive_id, s.item_id, s.op, s.tag, s.folder_id, s.extensions, s.files, \
                       s.content_key, s.size, s.skip, s.sealed_meta, s.meta_hash, s.labels_hash, s.run_id";

fn read(c: &mut Columns<'_>) -> rusqlite::Result<StagedItem> {
    Ok(StagedItem {
        seq: c.get()?,
        archive: ArchiveId(c.get()?),
        item: ItemId(c.get()?),
        op: c.word()?,
        tag: c.get()?,
        folder: c.get::<Option<i64>>()?.map(FolderId),
        extensions: c.get()?,
        files: c.maybe_json()?,
        content_key: c.get()?,
        size: c.count()?,
        skip: c.maybe_word()?,
        sealed_meta: c.get()?,
        meta_hash: c.get()?,
        labels_hash: c.get()?,
        run: RunId(c.get()?),
    })
}

/// Stages an Item and gives its new `seq`; the one in `item` does not matter. An earlier state that no Snapshot
/// shows yet is replaced; only a `meta` over a `put` stays a `put`, with the later metadata.
///
/// An Item keeps its folder: `None` means the one it has, which a `remove` gives back when it is applied.
///
/// # Errors
/// [`CatalogError::Refused`] for another folder than the one the Item has.
pub fn put(tx: &Tx<'_>, item: &StagedItem) -> Result<i64> {
    let earlier = get(tx, item.archive, &item.item)?;
    let held = match &earlier {
        Some(earlier) => earlier.folder.map(|folder| (folder, earlier.extensions.clone())),
        None => items::get(tx, item.archive, &item.item)?
            .and_then(|stored| stored.folder.map(|folder| (folder, stored.extensions))),
    };
    let mut item = item.clone();
    if let Some((folder, extensions)) = held {
        if item.folder.is_some_and(|other| other != folder) {
            return Err(CatalogError::Refused("an item keeps the folder it was put into"));
        }
        item.folder = Some(folder);
        if item.op != StagedOp::Put && item.extensions.is_empty() {
            item.extensions = extensions;
        }
    }
    if let Some(earlier) = earlier {
        if earlier.op == StagedOp::Put && item.op == StagedOp::Meta {
            item = StagedItem {
                tag: item.tag.or(earlier.tag),
                skip: item.skip.or(earlier.skip),
                sealed_meta: item.sealed_meta.or(earlier.sealed_meta),
                op: StagedOp::Put,
                folder: earlier.folder,
                extensions: earlier.extensions,
                files: earlier.files,
                content_key: earlier.content_key,
                size: earlier.size,
                ..item
            };
        }
        tx.run("DELETE FROM staged WHERE seq = ?1", [earlier.seq])?;
    }
    insert(tx, &item)
}

fn insert(tx: &Tx<'_>, item: &StagedItem) -> Result<i64> {
    let path = item.folder.map(|folder| folders::path(tx, folder)).transpose()?.unwrap_or_default();
    tx.insert(
        "INSERT INTO staged (archive_id, item_id, op, tag, folder_id, folder_path, extensions, files,
            content_key, size, skip, sealed_meta, run_id, meta_hash, labels_hash)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
        params![
            item.archive.0,
            item.item.as_str(),
            item.op.as_str(),
            item.tag,
            item.folder.map(|folder| folder.0),
            path,
            item.extensions,
            item.files.as_ref().map(sql::json).transpose()?,
            item.content_key,
            int(item.size),
            item.skip.map(SkipReason::as_str),
            item.sealed_meta,
            item.run.0,
            item.meta_hash,
            item.labels_hash
        ],
    )
}

/// The staged state of an Item.
pub fn get(tx: &Tx<'_>, archive: ArchiveId, item: &ItemId) -> Result<Option<StagedItem>> {
    tx.one(
        &format!("SELECT {COLUMNS} FROM staged s WHERE s.archive_id = ?1 AND s.item_id = ?2"),
        params![archive.0, item.as_str()],
        read,
    )
}

/// How many are staged in an Archive.
pub fn count(tx: &Tx<'_>, archive: ArchiveId) -> Result<u64> {
    let found = tx.one("SELECT staged FROM tallies WHERE archive_id = ?1", [archive.0], |c| c.count())?;
    Ok(found.unwrap_or(0))
}

/// The content's size of all that are staged in an Archive.
pub fn bytes(tx: &Tx<'_>, archive: ArchiveId) -> Result<u64> {
    let found =
        tx.one("SELECT staged_bytes FROM tallies WHERE archive_id = ?1", [archive.0], |c| c.count())?;
    Ok(found.unwrap_or(0))
}

/// How many are staged in all Archives, and their content's size.
pub fn totals(tx: &Tx<'_>) -> Result<(u64, u64)> {
    tx.value("SELECT ifnull(sum(staged), 0), ifnull(sum(staged_bytes), 0) FROM tallies", [], |c| {
        Ok((c.count()?, c.count()?))
    })
}

/// The newest `seq`; 0 where nothing is staged.
pub fn max_seq(tx: &Tx<'_>) -> Result<i64> {
    tx.value("SELECT ifnull(max(seq), 0) FROM staged", [], |c| c.get())
}

/// The Archives with something staged.
pub fn archives(tx: &Tx<'_>) -> Result<Vec<ArchiveId>> {
    tx.all("SELECT archive_id FROM tallies WHERE staged > 0 ORDER BY archive_id", [], |c| {
        c.get().map(ArchiveId)
    })
}

/// Staged Items of an Archive up to a `seq`, each with its folder's path (empty for none), by path and id, from
/// the one after `after`.
pub fn page(
    tx: &Tx<'_>,
    archive: ArchiveId,
    upto: i64,
    after: Option<(&str, &ItemId)>,
    limit: u32,
) -> Result<Vec<(String, StagedItem)>> {
    let (path, item) = after.map_or(("", ""), |(path, item)| (path, item.as_str()));
    tx.all(
        &format!(
            "SELECT s.folder_path, {COLUMNS} FROM staged s INDEXED BY staged_by_folder
             WHERE s.archive_id = ?1 AND (s.folder_path, s.item_id) > (?2, ?3) AND s.seq <= ?4
             ORDER BY s.folder_path, s.item_id LIMIT ?5"
        ),
        params![archive.0, path, item, upto, limit],
        |c| Ok((c.get()?, read(c)?)),
    )
}

/// The staged Items after a `seq` whose files are staged with them, oldest first: for comparing their blobs
/// with the Repository's index.
pub fn with_files(tx: &Tx<'_>, after: i64, limit: u32) -> Result<Vec<StagedItem>> {
    tx.all(
        &format!(
            "SELECT {COLUMNS} FROM staged s WHERE s.seq > ?1 AND s.files IS NOT NULL ORDER BY s.seq LIMIT ?2"
        ),
        params![after, limit],
        read,
    )
}

/// A staged Item of the same Domain with the same content.
pub fn find_by_content_key(
    tx: &Tx<'_>,
    connection: ConnectionId,
    content_key: &str,
) -> Result<Option<StagedItem>> {
    tx.one(
        &format!(
            "SELECT {COLUMNS} FROM staged s JOIN archives a ON a.id = s.archive_id
             WHERE s.content_key = ?2 AND s.op = 'put' AND s.files IS NOT NULL AND s.skip IS NULL
                AND a.connection_id = ?1 LIMIT 1"
        ),
        params![connection.0, content_key],
        read,
    )
}

/// Forgets a staged state, as if it had never been staged; whether there was one. A place in a folder that
/// only it held is given back.
pub fn discard(tx: &Tx<'_>, archive: ArchiveId, item: &ItemId) -> Result<bool> {
    let Some(staged) = get(tx, archive, item)? else { return Ok(false) };
    tx.run("DELETE FROM staged WHERE seq = ?1", [staged.seq])?;
    if let Some(folder) = staged.folder
        && items::get(tx, archive, item)?.is_none_or(|stored| stored.folder != Some(folder))
    {
        folders::release(tx, folder)?;
    }
    Ok(true)
}

/// Forgets all that is staged of an Archive.
pub fn clear(tx: &Tx<'_>, archive: ArchiveId) -> Result<()> {
    tx.run("DELETE FROM staged WHERE archive_id = ?1", [archive.0])?;
    Ok(())
}

/// A Snapshot that shows the staged Items of these Archives up to a `seq` is durable: they become Items.
/// How many they were.
pub fn apply(tx: &Tx<'_>, archives: &[ArchiveId], upto: i64) -> Result<u64> {
    let mut applied = 0;
    for archive in archives {
        let which = params![archive.0, upto];
        for step in [RELEASE, PUT, META, REMOVE] {
            tx.run(step, which)?;
        }
        applied += tx.run("DELETE FROM staged WHERE archive_id = ?1 AND seq <= ?2", which)? as u64;
    }
    Ok(applied)
}

/// Places in folders, of Items that are not there any more.
const RELEASE: &str = "UPDATE folders SET entries = max(entries - gone.places, 0)
    FROM (SELECT folder_id, count(*) AS places FROM staged
          WHERE archive_id = ?1 AND seq <= ?2 AND op = 'remove' AND folder_id IS NOT NULL GROUP BY folder_id) gone
    WHERE folders.id = gone.folder_id";

const PUT: &str =
    "INSERT INTO items (archive_id, item_id, tag, folder_id, extensions, size, content_key, skip,
        meta_hash, labels_hash, first_run, changed_run)
    SELECT archive_id, item_id, ifnull(tag, ''), folder_id, extensions, size, content_key, skip,
        meta_hash, labels_hash, run_id, run_id
    FROM staged WHERE archive_id = ?1 AND seq <= ?2 AND op = 'put' ORDER BY item_id
    ON CONFLICT DO UPDATE SET tag = excluded.tag, folder_id = excluded.folder_id,
        extensions = excluded.extensions, size = excluded.size, content_key = excluded.content_key,
        skip = excluded.skip, meta_hash = excluded.meta_hash, labels_hash = excluded.labels_hash,
        changed_run = excluded.changed_run";

/// An Item that is not known yet is made of what there is.
const META: &str = "INSERT INTO items (archive_id, item_id, tag, folder_id, extensions, size, content_key, skip,
        meta_hash, labels_hash, first_run, changed_run)
    SELECT s.archive_id, s.item_id, coalesce(s.tag, i.tag, ''), s.folder_id, ifnull(i.extensions, s.extensions),
        ifnull(i.size, s.size), ifnull(i.content_key, s.content_key), ifnull(s.skip, i.skip),
        s.meta_hash, s.labels_hash, s.run_id, s.run_id
    FROM staged s LEFT JOIN items i ON i.archive_id = s.archive_id AND i.item_id = s.item_id
    WHERE s.archive_id = ?1 AND s.seq <= ?2 AND s.op = 'meta' ORDER BY s.item_id
    ON CONFLICT DO UPDATE SET tag = excluded.tag, folder_id = ifnull(excluded.folder_id, folder_id),
        skip = excluded.skip,
        meta_hash = excluded.meta_hash, labels_hash = excluded.labels_hash, changed_run = excluded.changed_run";

const REMOVE: &str = "DELETE FROM items WHERE archive_id = ?1 AND item_id IN
    (SELECT item_id FROM staged WHERE archive_id = ?1 AND seq <= ?2 AND op = 'remove')";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Scratch, archive, connection, new_connection, staged_item};

    fn file(blob: u8) -> StagedFile {
        StagedFile {
            extension: "eml".into(),
            size: 10,
            sha256: "00".repeat(32),
            blobs: vec![BlobId([blob; 32]), BlobId([blob + 1; 32])],
            modified: None,
        }
    }

    #[test]
    fn pages_come_in_the_order_of_the_tree_and_leave_out_what_is_newer() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let a = archive(tx, connection(tx), "u");
            let stage = |id: &str, path: Option<&str>| {
                let folder = path.map(|path| folders::take(tx, a, path)).transpose()?;
                put(tx, &StagedItem { folder, ..staged_item(a, id, StagedOp::Put, RunId(1)) })
            };
            for (id, path) in [("m3", "b"), ("m1", "b"), ("m9", "a/x"), ("m2", "a"), ("m4", "b")] {
                stage(id, Some(path))?;
            }
            stage("m5", None)?;
            let upto = max_seq(tx)?;
            stage("m0", Some("a"))?;
            let mut found: Vec<(String, StagedItem)> = Vec::new();
            loop {
                let after = found.last().map(|(path, item)| (path.as_str(), &item.item));
                let next = page(tx, a, upto, after, 2)?;
                if next.is_empty() {
                    break;
                }
                found.extend(next);
            }
            let found: Vec<(&str, &str)> =
                found.iter().map(|(path, item)| (path.as_str(), item.item.as_str())).collect();
            assert_eq!(
                found,
                [("", "m5"), ("a", "m2"), ("a/x", "m9"), ("b", "m1"), ("b", "m3"), ("b", "m4")]
            );
            assert_eq!(archives(tx)?, [a]);
            assert_eq!(totals(tx)?, (7, 70));
            assert_eq!(apply(tx, &[a], upto)?, 6);
            assert_eq!((count(tx, a)?, totals(tx)?), (1, (1, 10)));
            assert_eq!(items::count(tx, a)?, 6);
            Ok(())
        });
    }

    #[test]
    fn a_seq_is_never_used_twice_even_when_nothing_is_left() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let a = archive(tx, connection(tx), "u");
            let item = staged_item(a, "m", StagedOp::Put, RunId(1));
            let first = put(tx, &item)?;
            let second = put(tx, &item)?;
            assert!(second > first);
            apply(tx, &[a], second)?;
            assert_eq!(max_seq(tx)?, 0);
            assert!(put(tx, &item)? > second);
            Ok(())
        });
    }

    #[test]
    fn an_item_keeps_its_folder() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let a = archive(tx, connection(tx), "u");
            let (first, other) = (folders::take(tx, a, "x")?, folders::take(tx, a, "y")?);
            let item = StagedItem { folder: Some(first), ..staged_item(a, "m", StagedOp::Put, RunId(1)) };
            let upto = put(tx, &item)?;
            let moved = StagedItem { folder: Some(other), ..item };
            assert!(matches!(put(tx, &moved), Err(CatalogError::Refused(_))));
            apply(tx, &[a], upto)?;
            assert!(matches!(put(tx, &moved), Err(CatalogError::Refused(_))));
            Ok(())
        });
    }

    #[test]
    fn files_come_back_whole_and_by_content_in_the_same_domain() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let c = connection(tx);
            let other = crate::connections::insert(tx, &new_connection("C2"))?;
            let a = archive(tx, c, "u");
            let with = StagedItem {
                files: Some(vec![file(1), file(7)]),
                content_key: Some("k".into()),
                ..staged_item(a, "with", StagedOp::Put, RunId(1))
            };
            let seq = put(tx, &with)?;
            put(tx, &staged_item(a, "gone", StagedOp::Remove, RunId(1)))?;
            let with = StagedItem { seq, ..with };
            assert_eq!(with_files(tx, 0, 10)?, std::slice::from_ref(&with));
            assert_eq!(with_files(tx, seq, 10)?, []);
            assert_eq!(find_by_content_key(tx, c, "k")?, Some(with));
            assert_eq!(find_by_content_key(tx, other, "k")?, None);
            assert_eq!(find_by_content_key(tx, c, "other")?, None);
            Ok(())
        });
    }
}
