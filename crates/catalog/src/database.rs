//! One writer, a few readers, and transactions over them.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{CachedStatement, Connection, Params, TransactionBehavior};

use crate::schema::{self, Schema};
use crate::sql::Columns;
use crate::{CatalogError, Result};

/// Read connections kept open while nobody uses them.
const IDLE_READERS: usize = 4;

/// The catalogue of a data directory. Cloning it is cheap and gives the same one. All calls block.
#[derive(Clone)]
pub struct Catalog(Arc<Database>);

impl Catalog {
    /// Opens the catalogue, makes it where there is none, and brings an older one to this version after
    /// copying it.
    ///
    /// # Errors
    /// [`CatalogError::NewerVersion`] and [`CatalogError::Damaged`] leave the file as it is.
    pub fn open(path: impl AsRef<Path>) -> Result<Self> {
        Database::open(path.as_ref(), &schema::CATALOG).map(|database| Self(Arc::new(database)))
    }

    /// Does `work` in one transaction that may write; undone whole if `work` fails. One at a time: calling it
    /// from within `work` would wait for ever.
    pub fn write<T>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        self.0.write(work)
    }

    /// As [`Catalog::write`], and everything written so far survives a power cut.
    pub fn write_durable<T>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        self.0.write_durable(work)
    }

    /// Does `work` on one unchanging state of the catalogue; writing in it fails.
    pub fn read<T>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        self.0.read(work)
    }

    /// Reads the whole file and says what is wrong with it. Takes as long as reading it does.
    ///
    /// # Errors
    /// [`CatalogError::Damaged`] with the first findings.
    pub fn check(&self) -> Result<()> {
        self.0.check()
    }

    /// A number that changes with everything that this or another process commits, and with nothing else. It only says
    /// whether what was read before still holds; the numbers of two openings say nothing about each other.
    pub fn version(&self) -> Result<i64> {
        self.0.version()
    }

    /// How many statements were run through this opening so far. What a page asks must not grow with the people it tells of,
    /// and this is what that is held by.
    pub fn statements(&self) -> u64 {
        self.0.statements.load(Ordering::Relaxed)
    }

    /// Where the catalogue is.
    pub fn path(&self) -> &Path {
        &self.0.path
    }
}

/// An open database file.
pub(crate) struct Database {
    path: PathBuf,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
    /// Never writes, so that everything committed is somebody else's to it.
    watcher: Mutex<Option<Connection>>,
    statements: AtomicU64,
}

impl Database {
    pub(crate) fn open(path: &Path, schema: &Schema) -> Result<Self> {
        let writer = schema::open_writer(path, schema)?;
        Ok(Self {
            path: path.to_owned(),
            writer: Mutex::new(writer),
            readers: Mutex::new(Vec::new()),
            watcher: Mutex::new(None),
            statements: AtomicU64::new(0),
        })
    }

    pub(crate) fn write<T>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        // A panic in `work` undid its transaction, so the connection is sound.
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        transact(&mut writer, TransactionBehavior::Immediate, &self.statements, work)
    }

    pub(crate) fn write_durable<T>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        writer.pragma_update(None, "synchronous", "FULL")?;
        let result = transact(&mut writer, TransactionBehavior::Immediate, &self.statements, work);
        writer.pragma_update(None, "synchronous", "NORMAL")?;
        result
    }

    pub(crate) fn read<T>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
        let idle = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut reader = match idle {
            Some(reader) => reader,
            None => schema::open_reader(&self.path)?,
        };
        let result = transact(&mut reader, TransactionBehavior::Deferred, &self.statements, work);
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.len() < IDLE_READERS {
            readers.push(reader);
        }
        result
    }

    fn version(&self) -> Result<i64> {
        let mut watcher = self.watcher.lock().unwrap_or_else(PoisonError::into_inner);
        let watching = match watcher.take() {
            Some(known) => known,
            None => schema::open_reader(&self.path)?,
        };
        // <https://www.sqlite.org/pragma.html#pragma_data_version>
        let version = watching.pragma_query_value(None, "data_version", |row| row.get(0))?;
        *watcher = Some(watching);
        Ok(version)
    }

    pub(crate) fn check(&self) -> Result<()> {
        self.read(|tx| {
            let findings = tx.all("PRAGMA quick_check(10)", [], |c| c.get::<String>())?;
            if findings == ["ok"] { Ok(()) } else { Err(CatalogError::damaged(findings.join("; "))) }
        })
    }
}

fn transact<T>(
    db: &mut Connection,
    behavior: TransactionBehavior,
    statements: &AtomicU64,
    work: impl FnOnce(&Tx<'_>) -> Result<T>,
) -> Result<T> {
    let transaction = db.transaction_with_behavior(behavior)?;
    let value = work(&Tx(&transaction, statements))?;
    transaction.commit()?;
    Ok(value)
}

/// A transaction. Every function of the tables takes one.
pub struct Tx<'c>(&'c Connection, &'c AtomicU64);

impl Tx<'_> {
    fn prepared(&self, sql: &str) -> Result<CachedStatement<'_>> {
        self.1.fetch_add(1, Ordering::Relaxed);
        Ok(self.0.prepare_cached(sql)?)
    }

    /// Runs a statement; the number of rows it changed.
    pub(crate) fn run(&self, sql: &str, params: impl Params) -> Result<usize> {
        Ok(self.prepared(sql)?.execute(params)?)
    }

    /// Runs a statement that must change a row.
    pub(crate) fn must(
        &self,
        sql: &str,
        params: impl Params,
        what: &'static str,
        id: impl ToString,
    ) -> Result<()> {
        match self.run(sql, params)? {
            0 => Err(CatalogError::missing(what, id)),
            _ => Ok(()),
        }
    }

    /// Runs an insert; the id of the new row.
    pub(crate) fn insert(&self, sql: &str, params: impl Params) -> Result<i64> {
        Ok(self.prepared(sql)?.insert(params)?)
    }

    /// The first row, if there is one.
    pub(crate) fn one<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&mut Columns<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>> {
        let mut statement = self.prepared(sql)?;
        let mut rows = statement.query(params)?;
        Ok(rows.next()?.map(|row| read(&mut Columns::of(row))).transpose()?)
    }

    /// The first row of a query that always has one.
    pub(crate) fn value<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&mut Columns<'_>) -> rusqlite::Result<T>,
    ) -> Result<T> {
        self.one(sql, params, read)?.ok_or(CatalogError::Sqlite(rusqlite::Error::QueryReturnedNoRows))
    }

    /// Every row.
    pub(crate) fn all<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl Fn(&mut Columns<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        let mut statement = self.prepared(sql)?;
        let rows = statement.query_map(params, |row| read(&mut Columns::of(row)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings;
    use crate::testing::Scratch;

    fn value(scratch: &Scratch) -> Option<u32> {
        scratch.read(|tx| settings::get(tx, "n"))
    }

    #[test]
    fn the_version_changes_with_what_is_committed_here_and_elsewhere_and_with_nothing_else() {
        let scratch = Scratch::new();
        let (here, elsewhere) = (scratch.catalog.clone(), scratch.reopened());
        let first = here.version().unwrap();
        scratch.read(|tx| settings::get::<u32>(tx, "n"));
        assert_eq!(here.version().unwrap(), first);
        scratch.write(|tx| settings::set(tx, "n", &1));
        let second = here.version().unwrap();
        assert_ne!(second, first);
        elsewhere.write(|tx| settings::set(tx, "n", &2));
        assert_ne!(here.version().unwrap(), second);
    }

    #[test]
    fn a_transaction_that_fails_or_panics_leaves_nothing_and_the_next_one_works() {
        let scratch = Scratch::new();
        let failed = scratch.catalog.write(|tx| {
            settings::set(tx, "n", &1)?;
            Err::<(), _>(CatalogError::Refused("on purpose"))
        });
        assert!(matches!(failed, Err(CatalogError::Refused(_))));
        let catalog = scratch.catalog.clone();
        let panicked = std::thread::spawn(move || {
            catalog.write::<()>(|tx| {
                settings::set(tx, "n", &2)?;
                panic!("on purpose")
            })
        });
        assert!(panicked.join().is_err());
        assert_eq!(value(&scratch), None);
        scratch.catalog.write_durable(|tx| settings::set(tx, "n", &3)).unwrap();
        assert_eq!(value(&scratch), Some(3));
    }

    #[test]
    fn a_read_sees_one_state_and_cannot_write() {
        let scratch = Scratch::new();
        scratch.write(|tx| settings::set(tx, "n", &1));
        scratch.read(|tx| {
            assert_eq!(settings::get(tx, "n")?, Some(1));
            scratch.write(|tx| settings::set(tx, "n", &2));
            assert_eq!(settings::get(tx, "n")?, Some(1), "written since by another");
            assert!(matches!(settings::set(tx, "n", &3), Err(CatalogError::ReadOnly)));
            Ok(())
        });
        assert_eq!(value(&scratch), Some(2));
    }

    #[test]
    fn writers_wait_for_each_other_over_threads_and_openings() {
        let scratch = Scratch::new();
        scratch.write(|tx| settings::set(tx, "n", &0));
        std::thread::scope(|threads| {
            for catalog in [scratch.catalog.clone(), scratch.catalog.clone(), scratch.reopened().catalog] {
                threads.spawn(move || {
                    for _ in 0..50 {
                        catalog
                            .write(|tx| {
                                let n: u32 = settings::get(tx, "n")?.unwrap_or_default();
                                settings::set(tx, "n", &(n + 1))
                            })
                            .unwrap();
                    }
                });
            }
        });
        assert_eq!(value(&scratch), Some(150));
    }

    #[test]
    fn a_full_disk_is_told_apart_and_undoes_the_transaction() {
        let scratch = Scratch::new();
        let full = scratch.catalog.write(|tx| {
            let pages: i64 = tx.0.pragma_query_value(None, "page_count", |row| row.get(0))?;
            tx.0.pragma_update(None, "max_page_count", pages)?;
            settings::set(tx, "n", &vec![7; 1 << 20])
        });
        assert!(matches!(full, Err(CatalogError::NoSpace)), "{full:?}");
        assert_eq!(value(&scratch), None);
    }
}
