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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use holdfast_model::RunId;
    use proptest::prelude::*;

    use super::*;
    use crate::items;
    use crate::open_items::{self, OpenItem, OpenOp};
    use crate::staged::{self, StagedOp};
    use crate::testing::{Scratch, archive, at, connection, staged_item, stored_item};

    #[test]
    fn without_a_listing_nothing_can_be_seen_or_vanish() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let a = archive(tx, connection(tx), "u");
            items::put(tx, &stored_item(a, "m1"))?;
            assert!(matches!(vanished(tx, a, None, 10), Err(CatalogError::Refused(_))));
            assert!(matches!(mark_seen(tx, a, [&"m1".into()]), Err(CatalogError::Refused(_))));
            begin_listing(tx, a, at(1))?;
            assert_eq!(vanished(tx, a, None, 10)?, ["m1".into()]);
            end_listing(tx, a)?;
            assert!(vanished(tx, a, None, 10).is_err());
            assert_eq!(listing(tx, a)?, None);
            Ok(())
        });
    }

    #[test]
    fn an_item_told_twice_counts_once_and_a_new_listing_starts_from_nothing() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let a = archive(tx, connection(tx), "u");
            let ids: Vec<ItemId> = ["a", "b", "a"].map(ItemId::from).into();
            begin_listing(tx, a, at(1))?;
            assert_eq!(mark_seen(tx, a, &ids)?, 2);
            assert_eq!(mark_seen(tx, a, &ids)?, 0);
            assert_eq!(listing(tx, a)?, Some((at(1), 2)));
            begin_listing(tx, a, at(2))?;
            assert_eq!(listing(tx, a)?, Some((at(2), 0)));
            assert_eq!(mark_seen(tx, a, &ids)?, 2);
            Ok(())
        });
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        /// Against sets: stored, staged or open, and not seen.
        #[test]
        fn what_vanished_is_what_is_known_and_was_not_told(
            stored in prop::collection::btree_set(0u8..40, 0..20),
            put in prop::collection::btree_set(0u8..40, 0..10),
            open in prop::collection::btree_set(0u8..40, 0..10),
            open_removes in prop::collection::btree_set(40u8..50, 0..5),
            seen in prop::collection::btree_set(0u8..60, 0..30),
        ) {
            let scratch = Scratch::new();
            scratch.write(|tx| {
                let c = connection(tx);
                let (a, other) = (archive(tx, c, "u"), archive(tx, c, "v"));
                let id = |n: &u8| ItemId(format!("{n:02}"));
                items::put(tx, &stored_item(other, "99"))?;
                for n in &stored {
                    items::put(tx, &stored_item(a, &id(n).0))?;
                }
                for n in &put {
                    staged::put(tx, &staged_item(a, &id(n).0, StagedOp::Put, RunId(1)))?;
                }
                for n in &open {
                    open_items::put(tx, &OpenItem::new(a, id(n), OpenOp::Upsert))?;
                }
                for n in &open_removes {
                    open_items::put(tx, &OpenItem::new(a, id(n), OpenOp::Remove))?;
                }
                begin_listing(tx, a, at(1))?;
                let told: Vec<ItemId> = seen.iter().map(id).collect();
                mark_seen(tx, a, &told)?;
                let known: BTreeSet<u8> = stored.iter().chain(&put).chain(&open).copied().collect();
                let expected: Vec<ItemId> = known.difference(&seen).map(id).collect();
                let mut found: Vec<ItemId> = Vec::new();
                loop {
                    let page = vanished(tx, a, found.last(), 3)?;
                    if page.is_empty() {
                        break;
                    }
                    found.extend(page);
                }
                assert_eq!(found, expected);
                Ok(())
            });
        }
    }
}
