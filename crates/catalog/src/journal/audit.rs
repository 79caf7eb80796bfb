//! The audit log: who did what, when, with what outcome. Rows are only added, and each holds the hash of all
//! before it, so that a change shows.

use holdfast_model::Timestamp;
use rusqlite::params;
use sha2::{Digest, Sha256};

use crate::sql::{Columns, micros};
use crate::{Result, Tx};

/// Rows looked at in one go.
const PAGE: i64 = 1000;

/// One thing that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// When.
    pub at: Timestamp,
    /// The OS user, or the part of the program that acted by itself.
    pub who: String,
    /// The stable word for what.
    pub what: String,
    /// On whom or what.
    pub subject: String,
    /// `ok`, or the code of the error.
    pub outcome: String,
}

/// What following the chain of hashes found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chain {
    /// Rows that fit.
    pub sound: u64,
    /// The id of the first row that does not.
    pub broken_at: Option<i64>,
}

type Hash = [u8; 32];

fn read(c: &mut Columns<'_>) -> rusqlite::Result<(i64, Hash, AuditEntry)> {
    let entry = (
        c.get()?,
        c.get()?,
        AuditEntry { at: c.time()?, who: c.get()?, what: c.get()?, subject: c.get()?, outcome: c.get()? },
    );
    Ok(entry)
}

/// Adds a row.
pub fn append(tx: &Tx<'_>, entry: &AuditEntry) -> Result<i64> {
    let before =
        tx.one("SELECT id, chain FROM audit ORDER BY id DESC LIMIT 1", [], |c| Ok((c.get()?, c.get()?)))?;
    let (last, before): (i64, Hash) = before.unwrap_or_default();
    tx.insert(
        "INSERT INTO audit (id, at, who, what, subject, outcome, chain) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            last + 1,
            micros(entry.at),
            entry.who,
            entry.what,
            entry.subject,
            entry.outcome,
            link(&before, last + 1, entry)
        ],
    )
}

/// The hash of a row and all before it. Lengths stand before texts, so that no two rows hash the same bytes.
fn link(before: &Hash, id: i64, entry: &AuditEntry) -> Hash {
    let mut hash = Sha256::new();
    hash.update(before);
    hash.update(id.to_le_bytes());
    hash.update(micros(entry.at).to_le_bytes());
    for text in [&entry.who, &entry.what, &entry.subject, &entry.outcome] {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    }
    hash.finalize().into()
}

/// The last rows, newest first, older than `before` where given.
pub fn list(tx: &Tx<'_>, before: Option<i64>, limit: u32) -> Result<Vec<(i64, AuditEntry)>> {
    let rows = tx.all(
        "SELECT id, chain, at, who, what, subject, outcome FROM audit WHERE id < ?1 ORDER BY id DESC LIMIT ?2",
        params![before.unwrap_or(i64::MAX), limit],
        read,
    )?;
    Ok(rows.into_iter().map(|(id, _, entry)| (id, entry)).collect())
}

/// How many rows there are.
pub fn count(tx: &Tx<'_>) -> Result<u64> {
    let count: i64 = tx.value("SELECT count(*) FROM audit", [], |c| c.get())?;
    Ok(count.unsigned_abs())
}

/// Follows the chain from the first row to the last. A row changed, put in or taken out shows; rows cut off at the
/// end do not, as anyone who can write the file can also end it.
pub fn verify_chain(tx: &Tx<'_>) -> Result<Chain> {
    let mut hash = Hash::default();
    let mut sound = 0;
    loop {
        let last = sound as i64;
        let rows = tx.all(
            "SELECT id, chain, at, who, what, subject, outcome FROM audit WHERE id > ?1 ORDER BY id LIMIT ?2",
            [last, PAGE],
            read,
        )?;
        if rows.is_empty() {
            return Ok(Chain { sound, broken_at: None });
        }
        for (id, chain, entry) in rows {
            hash = link(&hash, sound as i64 + 1, &entry);
            if id != sound as i64 + 1 || hash != chain {
                return Ok(Chain { sound, broken_at: Some(id) });
            }
            sound += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Journal;
    use crate::testing::at;

    fn entry(n: i64) -> AuditEntry {
        AuditEntry {
            at: at(n),
            who: "ann".into(),
            what: "pause".into(),
            subject: format!("user {n}"),
            outcome: "ok".into(),
        }
    }

    #[test]
    fn what_was_done_is_listed_newest_first_and_the_chain_holds() {
        let folder = tempfile::TempDir::new().unwrap();
        let journal = Journal::open(folder.path().join("journal.db")).unwrap();
        journal.write(|tx| (0..2500).try_for_each(|n| append(tx, &entry(n)).map(drop))).unwrap();
        let listed = journal.read(|tx| list(tx, Some(3), 10)).unwrap();
        assert_eq!(listed, [(2, entry(1)), (1, entry(0))]);
        assert_eq!(journal.read(count).unwrap(), 2500);
        assert_eq!(journal.read(verify_chain).unwrap(), Chain { sound: 2500, broken_at: None });
    }

    #[test]
    fn the_log_refuses_to_be_changed_and_shows_it_where_it_was() {
        let tampers = [
            ("UPDATE audit SET who = 'bob' WHERE id = 3", 2, Some(3)),
            ("DELETE FROM audit WHERE id = 3", 2, Some(4)),
            ("DELETE FROM audit WHERE id = 1", 0, Some(2)),
            ("UPDATE audit SET at = at + 1 WHERE id = 5", 4, Some(5)),
            (
                "INSERT INTO audit SELECT 6, at, who, what, subject, outcome, chain FROM audit WHERE id = 5",
                5,
                Some(6),
            ),
        ];
        for (tamper, sound, broken_at) in tampers {
            let folder = tempfile::TempDir::new().unwrap();
            let path = folder.path().join("journal.db");
            let journal = Journal::open(&path).unwrap();
            journal.write(|tx| (0..5).try_for_each(|n| append(tx, &entry(n)).map(drop))).unwrap();
            let intruder = rusqlite::Connection::open(&path).unwrap();
            if !tamper.starts_with("INSERT") {
                assert!(intruder.execute(tamper, []).is_err(), "{tamper}");
            }
            intruder
                .execute_batch("DROP TRIGGER audit_is_not_changed; DROP TRIGGER audit_is_not_shortened;")
                .unwrap();
            intruder.execute(tamper, []).unwrap();
            assert_eq!(journal.read(verify_chain).unwrap(), Chain { sound, broken_at }, "{tamper}");
        }
    }
}
