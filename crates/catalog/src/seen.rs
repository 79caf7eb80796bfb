//! The ids that a full listing has told so far. Only a listing that was begun here and told everything may
//! say what vanished.

use holdfast_model::{ArchiveId, ItemId, Timestamp};
use rusqlite::params;

use crate::sql::{int, micros};
use crate::{CatalogError, Result, Tx};

/// A full listing begins; an earlier one that did not end is forgotten.
pub fn begin_listing(tx: &Tx<'_>, archive: ArchiveId, now: Timestamp) -> Result<()> {
    end_listing(tx, archive)?;
    tx.run("INSERT INTO listings (archive_id, started) VALUES (?1, ?2)", params![archive.0, micros(now)])?;
    Ok(())
}

/// When the listing in progress began, and how many distinct Items it has told.
pub fn listing(tx: &Tx<'_>, archive: ArchiveId) -> Result<Option<(Timestamp, u64)>> {
    tx.one("SELECT started, seen FROM listings WHERE archive_id = ?1", [archive.0], |c| {
        Ok((c.time()?, c.count()?))
    })
}

/// The listing told these Items; how many of them it had not told before.
///
/// # Errors
/// [`CatalogError::Refused`] without a listing in progress.
pub fn mark_seen<'a>(
    tx: &Tx<'_>,
    archive: ArchiveId,
    items: impl IntoIterator<Item = &'a ItemId>,
) -> Result<u64> {
    must_be_listing(tx, archive)?;
    let mut new = 0;
    for item in items {
        new += tx.run(
            "INSERT INTO seen (archive_id, item_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            params![archive.0, item.as_str()],
        )? as u64;
    }
    tx.run("UPDATE listings SET seen = seen + ?2 WHERE archive_id = ?1", params![archive.0, int(new)])?;
    Ok(new)
}

/// The Items that are stored, staged or open, and that the listing did not tell, by id from the one after
/// `after`. Only to be asked when the listing is known to have told everything.
///
/// # Errors
/// [`CatalogError::Refused`] without a listing in progress.
pub fn vanished(tx: &Tx<'_>, archive: ArchiveId, after: Option<&ItemId>, limit: u32) -> Result<Vec<ItemId>> {
    must_be_listing(tx, archive)?;
    tx.all(
        "SELECT item_id FROM (
            SELECT item_id FROM items WHERE archive_id = ?1 AND item_id > ?2
            UNION SELECT item_id FROM staged WHERE archive_id = ?1 AND item_id > ?2 AND op <> 'remove'
            UNION SELECT item_id FROM open_items WHERE archive_id = ?1 AND item_id > ?2 AND op <> 'remove'
            ORDER BY item_id
         ) known
         WHERE NOT EXISTS (SELECT 1 FROM seen WHERE archive_id = ?1 AND seen.item_id = known.item_id)
         LIMIT ?3",
        params![archive.0, after.map_or("", ItemId::as_str), limit],
        |c| c.get().map(ItemId),
    )
}

/// The listing is over; its ids are forgotten.
pub fn end_listing(tx: &Tx<'_>, archive: ArchiveId) -> Result<()> {
    tx.run("DELETE FROM seen WHERE archive_id = ?1", [archive.0])?;
    tx.run("DELETE FROM listings WHERE archive_id = ?1", [archive.0])?;
    Ok(())
}

fn must_be_listing(tx: &Tx<'_>, archive: ArchiveId) -> Result<()> {
    let listing = tx.one("SELECT 1 FROM listings WHERE archive_id = ?1", [archive.0], |c| c.count())?;
    listing.map(|_| ()).ok_or(CatalogError::Refused("no full listing of this archive is in progress"))
}
