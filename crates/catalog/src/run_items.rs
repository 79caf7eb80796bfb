//! The Items of a Run that were skipped or quarantined, each with its reason.

use holdfast_model::{ItemId, RunId};
use rusqlite::params;

use crate::sql::{Columns, words};
use crate::{Result, Tx};

words! {
    /// Which bucket of the ledger the Item is in.
    RunItemKind {
        /// Cannot be stored.
        Skipped = "skipped",
        /// Failed and will be tried again.
        Quarantined = "quarantined",
    }
}

/// An Item that a Run did not store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunItem {
    /// The Run.
    pub run: RunId,
    /// The bucket.
    pub kind: RunItemKind,
    /// The provider's id.
    pub item: ItemId,
    /// The stable word for why.
    pub reason: String,
    /// The provider's own words.
    pub detail: Option<String>,
    /// In how many Runs it failed so far.
    pub failed_runs: u32,
}

fn read(c: &mut Columns<'_>) -> rusqlite::Result<RunItem> {
    Ok(RunItem {
        run: RunId(c.get()?),
        kind: c.word()?,
        item: ItemId(c.get()?),
        reason: c.get()?,
        detail: c.get()?,
        failed_runs: c.small()?,
    })
}

/// Writes an Item's reason; a later one replaces it.
pub fn put(tx: &Tx<'_>, item: &RunItem) -> Result<()> {
    tx.run(
        "INSERT INTO run_items (run_id, kind, item_id, reason, detail, failed_runs) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT DO UPDATE SET reason = excluded.reason, detail = excluded.detail,
            failed_runs = excluded.failed_runs",
        params![item.run.0, item.kind.as_str(), item.item.as_str(), item.reason, item.detail, item.failed_runs],
    )?;
    Ok(())
}

/// Items of a Run in one bucket by id, from the one after `after`.
pub fn page(
    tx: &Tx<'_>,
    run: RunId,
    kind: RunItemKind,
    after: Option<&ItemId>,
    limit: u32,
) -> Result<Vec<RunItem>> {
    tx.all(
        "SELECT run_id, kind, item_id, reason, detail, failed_runs FROM run_items
         WHERE run_id = ?1 AND kind = ?2 AND item_id > ?3 ORDER BY item_id LIMIT ?4",
        params![run.0, kind.as_str(), after.map_or("", ItemId::as_str), limit],
        read,
    )
}

/// How many Items of a Run are in a bucket, by reason, most first.
pub fn by_reason(tx: &Tx<'_>, run: RunId, kind: RunItemKind) -> Result<Vec<(String, u64)>> {
    tx.all(
        "SELECT reason, count(*) FROM run_items WHERE run_id = ?1 AND kind = ?2
         GROUP BY reason ORDER BY count(*) DESC, reason",
        params![run.0, kind.as_str()],
        |c| Ok((c.get()?, c.count()?)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runs::{self, Trigger};
    use crate::testing::{Scratch, archive, at, connection};

    #[test]
    fn every_item_that_was_not_stored_has_its_reason() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let archive = archive(tx, connection(tx), "u");
            let run = runs::insert(tx, archive, Trigger::Manual, "copying", at(0))?;
            let item = |kind, id: &str, reason: &str| RunItem {
                run,
                kind,
                item: id.into(),
                reason: reason.into(),
                detail: None,
                failed_runs: 1,
            };
            for (id, reason) in [("a", "too_large"), ("b", "abusive"), ("c", "abusive")] {
                put(tx, &item(RunItemKind::Skipped, id, reason))?;
            }
            put(tx, &item(RunItemKind::Quarantined, "d", "first"))?;
            let last = item(RunItemKind::Quarantined, "d", "backend_error");
            put(tx, &last)?;
            assert_eq!(page(tx, run, RunItemKind::Quarantined, None, 10)?, [last]);
            let skipped = page(tx, run, RunItemKind::Skipped, Some(&"a".into()), 1)?;
            assert_eq!(skipped, [item(RunItemKind::Skipped, "b", "abusive")]);
            let reasons = by_reason(tx, run, RunItemKind::Skipped)?;
            assert_eq!(reasons, [("abusive".to_owned(), 2), ("too_large".to_owned(), 1)]);
            Ok(())
        });
    }
}
