//! Open Items: what a Run must still do. Pending until they are done or fail; quarantined once they have
//! failed, until they succeed.

use holdfast_model::{ArchiveId, ItemId, RunId, SkipReason, Timestamp};
use rusqlite::params;

use crate::sql::{Columns, maybe_int, maybe_micros, micros, words};
use crate::{Result, Tx};

words! {
    /// What is to be done with an Item.
    OpenOp {
        /// Store it, or what changed of it.
        Upsert = "upsert",
        /// It vanished.
        Remove = "remove",
    }
}

/// An Item that a Run must still do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenItem {
    /// Whose.
    pub archive: ArchiveId,
    /// The provider's id.
    pub item: ItemId,
    /// What is to be done.
    pub op: OpenOp,
    /// The state of its content, where the feed told it.
    pub tag: Option<String>,
    /// What the feed told of its metadata, sealed by the engine.
    pub sealed_meta: Option<Vec<u8>>,
    /// Bytes, where known.
    pub size: Option<u64>,
    /// Names the same bytes wherever they occur in the Domain.
    pub content_key: Option<String>,
    /// It is known without asking that it cannot be stored.
    pub skip: Option<SkipReason>,
    /// Larger is newer and comes first.
    pub newness: i64,
    /// How often it was tried.
    pub attempts: u32,
    /// The stable word for why it last failed.
    pub reason: Option<String>,
    /// The provider's own words.
    pub detail: Option<String>,
    /// When it first failed; since then it is quarantined.
    pub first_failed_at: Option<Timestamp>,
    /// In how many Runs it failed.
    pub failed_runs: u32,
    /// Not to be tried before this.
    pub not_before: Option<Timestamp>,
    /// Names this state of the row: [`put`] gives a new one, which [`done`] and [`fail`] must know.
    pub seq: i64,
}

impl OpenItem {
    /// An Item nobody has tried yet, of which nothing is known.
    pub fn new(archive: ArchiveId, item: ItemId, op: OpenOp) -> Self {
        Self {
            archive,
            item,
            op,
            tag: None,
            sealed_meta: None,
            size: None,
            content_key: None,
            skip: None,
            newness: 0,
            attempts: 0,
            reason: None,
            detail: None,
            first_failed_at: None,
            failed_runs: 0,
            not_before: None,
            seq: 0,
        }
    }

    /// Where it is in the order of [`next`].
    pub fn place(&self) -> Place {
        Place { newness: self.newness, item: self.item.clone() }
    }
}

/// A place in the order newest first, then by id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// See [`OpenItem::newness`].
    pub newness: i64,
    /// The provider's id.
    pub item: ItemId,
}

/// How many Items of an Archive are open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpenCounts {
    /// Not failed yet.
    pub pending: u64,
    /// Failed and to be tried again.
    pub quarantined: u64,
    /// The size of all of them, as far as it is known.
    pub bytes: u64,
}

/// One failed attempt.
#[derive(Clone, Debug)]
pub struct Failure<'a> {
    /// The Run it failed in; an Item that fails often in one Run failed in one Run.
    pub run: RunId,
    /// The stable word for why.
    pub reason: &'a str,
    /// The provider's own words.
    pub detail: &'a str,
    /// When.
    pub at: Timestamp,
    /// Not to be tried again before this.
    pub not_before: Option<Timestamp>,
}

const COLUMNS: &str = "archive_id, item_id, op, tag, sealed_meta, size, content_key, skip, age, attempts, reason, \
                       detail, first_failed_at, failed_runs, not_before, seq";

fn read(c: &mut Columns<'_>) -> rusqlite::Result<OpenItem> {
    Ok(OpenItem {
        archive: ArchiveId(c.get()?),
        item: ItemId(c.get()?),
        op: c.word()?,
        tag: c.get()?,
        sealed_meta: c.get()?,
        size: c.maybe_count()?,
        content_key: c.get()?,
        skip: c.maybe_word()?,
        newness: age(c.get()?),
        attempts: c.small()?,
        reason: c.get()?,
        detail: c.get()?,
        first_failed_at: c.maybe_time()?,
        failed_runs: c.small()?,
        not_before: c.maybe_time()?,
        seq: c.get()?,
    })
}

/// Newness to age and back.
fn age(newness: i64) -> i64 {
    newness.saturating_neg()
}

/// Writes an open Item whole and gives it a new `seq`; the one in `open` does not matter.
/// True if the Item was not open before.
pub fn put(tx: &Tx<'_>, open: &OpenItem) -> Result<bool> {
    let before: Option<Option<i64>> = tx.one(
        "DELETE FROM open_items WHERE archive_id = ?1 AND item_id = ?2 RETURNING last_failed_run",
        params![open.archive.0, open.item.as_str()],
        |c| c.get(),
    )?;
    // An Item that is put as one that never failed starts anew.
    let last_failed_run = before.flatten().filter(|_| open.failed_runs > 0);
    tx.insert(
        "INSERT INTO open_items (archive_id, item_id, op, tag, sealed_meta, size, content_key, skip, age, attempts,
            reason, detail, first_failed_at, failed_runs, not_before, last_failed_run)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
        params![
            open.archive.0,
            open.item.as_str(),
            open.op.as_str(),
            open.tag,
            open.sealed_meta,
            maybe_int(open.size),
            open.content_key,
            open.skip.map(SkipReason::as_str),
            age(open.newness),
            open.attempts,
            open.reason,
            open.detail,
            maybe_micros(open.first_failed_at),
            open.failed_runs,
            maybe_micros(open.not_before),
            last_failed_run,
        ],
    )?;
    Ok(before.is_none())
}

/// One open Item.
pub fn get(tx: &Tx<'_>, archive: ArchiveId, item: &ItemId) -> Result<Option<OpenItem>> {
    tx.one(
        &format!("SELECT {COLUMNS} FROM open_items WHERE archive_id = ?1 AND item_id = ?2"),
        params![archive.0, item.as_str()],
        read,
    )
}

/// The newest open Items that may be tried at `now`, from the one after `after`. Newer ones may have come since:
/// start again from the front when the end is reached.
pub fn next(
    tx: &Tx<'_>,
    archive: ArchiveId,
    now: Timestamp,
    after: Option<&Place>,
    limit: u32,
) -> Result<Vec<OpenItem>> {
    let (from_age, from_item) =
        after.map_or((i64::MIN, ""), |place| (age(place.newness), place.item.as_str()));
    tx.all(
        &format!(
            "SELECT {COLUMNS} FROM open_items INDEXED BY open_items_newest
             WHERE archive_id = ?1 AND (age, item_id) > (?2, ?3) AND (not_before IS NULL OR not_before <= ?4)
             ORDER BY age, item_id LIMIT ?5"
        ),
        params![archive.0, from_age, from_item, micros(now), limit],
        read,
    )
}

/// The Item was done as it was at `seq`. False, and nothing happens, if it has changed since.
pub fn done(tx: &Tx<'_>, archive: ArchiveId, item: &ItemId, seq: i64) -> Result<bool> {
    let deleted = tx.run(
        "DELETE FROM open_items WHERE archive_id = ?1 AND item_id = ?2 AND seq = ?3",
        params![archive.0, item.as_str(), seq],
    )?;
    Ok(deleted > 0)
}

/// Takes an Item out whatever its state; whether it was open.
pub fn remove(tx: &Tx<'_>, archive: ArchiveId, item: &ItemId) -> Result<bool> {
    let deleted = tx.run(
        "DELETE FROM open_items WHERE archive_id = ?1 AND item_id = ?2",
        params![archive.0, item.as_str()],
    )?;
    Ok(deleted > 0)
}

/// An attempt at the Item as it was at `seq` failed. False, and nothing happens, if it has changed since.
pub fn fail(tx: &Tx<'_>, archive: ArchiveId, item: &ItemId, seq: i64, failure: &Failure<'_>) -> Result<bool> {
    let changed = tx.run(
        "UPDATE open_items SET attempts = attempts + 1, reason = ?4, detail = ?5,
            first_failed_at = ifnull(first_failed_at, ?6), not_before = ?7,
            failed_runs = failed_runs + (last_failed_run IS NOT ?8), last_failed_run = ?8
         WHERE archive_id = ?1 AND item_id = ?2 AND seq = ?3",
        params![
            archive.0,
            item.as_str(),
            seq,
            failure.reason,
            failure.detail,
            micros(failure.at),
            maybe_micros(failure.not_before),
            failure.run.0
        ],
    )?;
    Ok(changed > 0)
}

/// How many are open; takes the same time however many there are.
pub fn counts(tx: &Tx<'_>, archive: ArchiveId) -> Result<OpenCounts> {
    let found = tx.one(
        "SELECT open - quarantined, quarantined, open_bytes FROM tallies WHERE archive_id = ?1",
        [archive.0],
        |c| Ok(OpenCounts { pending: c.count()?, quarantined: c.count()?, bytes: c.count()? }),
    )?;
    Ok(found.unwrap_or_default())
}

/// Open Items by id, from the one after `after`.
pub fn page(tx: &Tx<'_>, archive: ArchiveId, after: Option<&ItemId>, limit: u32) -> Result<Vec<OpenItem>> {
    tx.all(
        &format!(
            "SELECT {COLUMNS} FROM open_items WHERE archive_id = ?1 AND item_id > ?2 ORDER BY item_id LIMIT ?3"
        ),
        params![archive.0, after.map_or("", ItemId::as_str), limit],
        read,
    )
}

/// Quarantined Items by id, from the one after `after`.
pub fn quarantined(
    tx: &Tx<'_>,
    archive: ArchiveId,
    after: Option<&ItemId>,
    limit: u32,
) -> Result<Vec<OpenItem>> {
    tx.all(
        &format!(
            "SELECT {COLUMNS} FROM open_items INDEXED BY open_items_quarantined
             WHERE archive_id = ?1 AND item_id > ?2 AND first_failed_at IS NOT NULL ORDER BY item_id LIMIT ?3"
        ),
        params![archive.0, after.map_or("", ItemId::as_str), limit],
        read,
    )
}

/// How many Items failed in at least this many Runs, or first failed at `since` or before.
pub fn overdue(tx: &Tx<'_>, archive: ArchiveId, failed_runs: u32, since: Timestamp) -> Result<u64> {
    tx.value(
        "SELECT count(*) FROM open_items WHERE archive_id = ?1 AND first_failed_at IS NOT NULL
            AND (failed_runs >= ?2 OR first_failed_at <= ?3)",
        params![archive.0, failed_runs, micros(since)],
        |c| c.count(),
    )
}

/// When the first of the waiting Items may be tried.
pub fn next_due(tx: &Tx<'_>, archive: ArchiveId) -> Result<Option<Timestamp>> {
    tx.value(
        "SELECT min(not_before) FROM open_items WHERE archive_id = ?1 AND not_before IS NOT NULL",
        [archive.0],
        |c| c.maybe_time(),
    )
}

/// A Run starts: what waited may be tried now. How many that are.
pub fn clear_not_before(tx: &Tx<'_>, archive: ArchiveId) -> Result<u64> {
    let cleared = tx.run(
        "UPDATE open_items SET not_before = NULL WHERE archive_id = ?1 AND not_before IS NOT NULL",
        [archive.0],
    )?;
    Ok(cleared as u64)
}

/// Takes all of an Archive's open Items out; how many that were.
pub fn clear(tx: &Tx<'_>, archive: ArchiveId) -> Result<u64> {
    Ok(tx.run("DELETE FROM open_items WHERE archive_id = ?1", [archive.0])? as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Scratch, archive, at, connection};

    fn open(archive: ArchiveId, id: &str, newness: i64) -> OpenItem {
        OpenItem { newness, size: Some(10), ..OpenItem::new(archive, id.into(), OpenOp::Upsert) }
    }

    fn failure(run: i64, seconds: i64, not_before: Option<Timestamp>) -> Failure<'static> {
        Failure { run: RunId(run), reason: "backend_error", detail: "try later", at: at(seconds), not_before }
    }

    fn ids(found: &[OpenItem]) -> Vec<&str> {
        found.iter().map(|open| open.item.as_str()).collect()
    }

    #[test]
    fn everything_written_is_read() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let a = archive(tx, connection(tx), "u");
            let full = OpenItem {
                tag: Some("t".into()),
                sealed_meta: Some(vec![0, 255]),
                content_key: Some("k".into()),
                skip: Some(SkipReason::DownloadForbidden),
                attempts: 2,
                reason: Some("r".into()),
                detail: Some("d".into()),
                first_failed_at: Some(at(1)),
                failed_runs: 1,
                not_before: Some(at(9)),
                ..open(a, "m", i64::MAX)
            };
            assert!(put(tx, &full)?);
            let read = get(tx, a, &"m".into())?.unwrap();
            assert_eq!(read, OpenItem { seq: read.seq, ..full });
            assert_eq!(get(tx, a, &"other".into())?, None);
            Ok(())
        });
    }

    #[test]
    fn the_newest_come_first_and_pages_tell_each_once() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let a = archive(tx, connection(tx), "u");
            for (id, newness) in [("old", -5), ("b", 7), ("a", 7), ("new", i64::MAX), ("c", 7)] {
                put(tx, &open(a, id, newness))?;
            }
            let mut found: Vec<OpenItem> = Vec::new();
            loop {
                let page = next(tx, a, at(0), found.last().map(OpenItem::place).as_ref(), 2)?;
                if page.is_empty() {
                    break;
                }
                found.extend(page);
            }
            assert_eq!(ids(&found), ["new", "a", "b", "c", "old"]);
            Ok(())
        });
    }

    #[test]
    fn an_item_that_changed_while_it_was_fetched_stays_open() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let a = archive(tx, connection(tx), "u");
            let id = ItemId::from("m");
            assert!(put(tx, &open(a, "m", 1))?);
            let fetched = get(tx, a, &id)?.unwrap();
            assert!(!put(tx, &OpenItem { tag: Some("later".into()), ..fetched.clone() })?);
            assert!(!done(tx, a, &id, fetched.seq)?);
            assert!(!fail(tx, a, &id, fetched.seq, &failure(1, 1, None))?);
            let now = get(tx, a, &id)?.unwrap();
            assert_eq!((now.tag.as_deref(), now.attempts), (Some("later"), 0));
            assert!(done(tx, a, &id, now.seq)?);
            assert_eq!(get(tx, a, &id)?, None);
            Ok(())
        });
    }

    #[test]
    fn a_failed_item_waits_is_quarantined_and_counts_once_a_run() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let a = archive(tx, connection(tx), "u");
            put(tx, &open(a, "bad", 1))?;
            put(tx, &open(a, "good", 0))?;
            let id = ItemId::from("bad");
            let seq = get(tx, a, &id)?.unwrap().seq;
            for seconds in [1, 2, 3] {
                assert!(fail(tx, a, &id, seq, &failure(7, seconds, Some(at(100))))?);
            }
            let bad = get(tx, a, &id)?.unwrap();
            assert_eq!((bad.attempts, bad.failed_runs, bad.first_failed_at), (3, 1, Some(at(1))));
            assert_eq!(counts(tx, a)?, OpenCounts { pending: 1, quarantined: 1, bytes: 20 });
            assert_eq!(ids(&next(tx, a, at(99), None, 9)?), ["good"]);
            assert_eq!(ids(&next(tx, a, at(100), None, 9)?), ["bad", "good"]);
            assert_eq!(next_due(tx, a)?, Some(at(100)));
            assert_eq!(clear_not_before(tx, a)?, 1);
            assert_eq!(ids(&next(tx, a, at(0), None, 9)?), ["bad", "good"]);
            fail(tx, a, &id, seq, &failure(8, 50, None))?;
            assert_eq!(ids(&quarantined(tx, a, None, 9)?), ["bad"]);
            assert_eq!(quarantined(tx, a, Some(&id), 9)?, []);
            assert_eq!(get(tx, a, &id)?.unwrap().failed_runs, 2);
            for (runs, since, expected) in [(3, 0, 0), (2, 0, 1), (9, 1, 1)] {
                assert_eq!(overdue(tx, a, runs, at(since))?, expected, "{runs} {since}");
            }
            put(tx, &open(a, "bad", 1))?;
            let seq = get(tx, a, &id)?.unwrap().seq;
            fail(tx, a, &id, seq, &failure(8, 60, None))?;
            assert_eq!(get(tx, a, &id)?.unwrap().failed_runs, 1, "a new state starts anew");
            Ok(())
        });
    }

    #[test]
    fn counts_follow_everything_that_happens() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let c = connection(tx);
            let (a, other) = (archive(tx, c, "u"), archive(tx, c, "v"));
            put(tx, &open(other, "x", 1))?;
            for id in ["a", "b", "c", "d"] {
                put(tx, &open(a, id, 1))?;
            }
            put(tx, &OpenItem { size: None, first_failed_at: Some(at(1)), ..open(a, "a", 1) })?;
            assert_eq!(counts(tx, a)?, OpenCounts { pending: 3, quarantined: 1, bytes: 30 });
            put(tx, &OpenItem { size: Some(1), ..open(a, "a", 1) })?;
            assert_eq!(counts(tx, a)?, OpenCounts { pending: 4, quarantined: 0, bytes: 31 });
            assert!(remove(tx, a, &"b".into())?);
            assert!(!remove(tx, a, &"b".into())?);
            assert_eq!(counts(tx, a)?, OpenCounts { pending: 3, quarantined: 0, bytes: 21 });
            assert_eq!(ids(&page(tx, a, Some(&"a".into()), 9)?), ["c", "d"]);
            assert_eq!(clear(tx, a)?, 3);
            assert_eq!(counts(tx, a)?, OpenCounts::default());
            assert_eq!(counts(tx, other)?.pending, 1);
            Ok(())
        });
    }
}
