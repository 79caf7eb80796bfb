//! Bringing a database file to the version this program knows: forward only, after a copy, and never
//! touching a file that is damaged, foreign or newer.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};
use rusqlite_migration::{M, Migrations};

use crate::{CatalogError, Result};

/// How long to wait for another process.
const PATIENCE: Duration = Duration::from_secs(10);

/// One kind of database file.
#[derive(Clone, Copy)]
pub(crate) struct Schema {
    /// In the file's header: tells our databases from each other and from all others.
    pub(crate) application_id: u32,
    /// Numbered from 1, forward only, additive.
    pub(crate) migrations: &'static [&'static str],
}

/// The catalogue.
pub(crate) const CATALOG: Schema = Schema {
    application_id: 0x484f_4c44,
    migrations: &[
        include_str!("migrations/0001.sql"),
        include_str!("migrations/0002.sql"),
        include_str!("migrations/0003.sql"),
        include_str!("migrations/0004.sql"),
        include_str!("migrations/0005.sql"),
    ],
};

/// The journal.
pub(crate) const JOURNAL: Schema =
    Schema { application_id: 0x484f_4c4a, migrations: &[include_str!("journal/0001.sql")] };

/// How long to wait before another try.
const PAUSE: Duration = Duration::from_millis(20);

/// A connection that may write, to a file of the newest version.
pub(crate) fn open_writer(path: &Path, schema: &Schema) -> Result<Connection> {
    create_private(path)?;
    // SQLite does not wait by itself where it changes to WAL or would have to upgrade a lock.
    let begin = Instant::now();
    loop {
        match open_existing(path, schema) {
            Err(CatalogError::Busy) if begin.elapsed() < PATIENCE => std::thread::sleep(PAUSE),
            opened => return opened,
        }
    }
}

fn open_existing(path: &Path, schema: &Schema) -> Result<Connection> {
    let mut db = connect(path)?;
    let known = schema.migrations.len() as u32;
    let found = version(&db, schema)?;
    if found > known {
        return Err(CatalogError::NewerVersion { found, known });
    }
    if found > 0 && found < known {
        copy(&db, path, found)?;
    }
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", "NORMAL")?;
    if found < known {
        migrate(&mut db, schema)?;
    }
    tune(&db, 32)?;
    Ok(db)
}

/// A connection that only reads.
pub(crate) fn open_reader(path: &Path) -> Result<Connection> {
    let db = connect(path)?;
    tune(&db, 8)?;
    db.pragma_update(None, "query_only", true)?;
    Ok(db)
}

fn connect(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags)?;
    db.busy_timeout(PATIENCE)?;
    db.set_prepared_statement_cache_capacity(256);
    Ok(db)
}

fn tune(db: &Connection, cache_megabytes: i64) -> Result<()> {
    db.pragma_update(None, "foreign_keys", true)?;
    db.pragma_update(None, "cache_size", -1024 * cache_megabytes)?;
    // Pages that many transactions change are written to the file once.
    db.pragma_update(None, "wal_autocheckpoint", 16_000)?;
    db.pragma_update(None, "journal_size_limit", 64 << 20)?;
    Ok(())
}

/// The version of the file; 0 for a new one. Anything that is not ours is damaged.
fn version(db: &Connection, schema: &Schema) -> Result<u32> {
    let number = |pragma: &str| db.query_row(pragma, [], |row| row.get::<_, u32>(0));
    let tables: u32 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let found = number("PRAGMA user_version")?;
    let application = number("PRAGMA application_id")?;
    match (tables, found) {
        (0, 0) => Ok(0),
        (0, _) => Err(CatalogError::damaged("the file has a version but no tables")),
        _ if application != schema.application_id => {
            Err(CatalogError::damaged("the file is another program's database"))
        }
        (_, 0) => Err(CatalogError::damaged("the file has tables but no version")),
        _ => Ok(found),
    }
}

fn migrate(db: &mut Connection, schema: &Schema) -> Result<()> {
    let migrations = Migrations::new(schema.migrations.iter().copied().map(M::up).collect());
    let Err(error) = migrations.to_latest(db) else { return Ok(()) };
    // Another process may have been first; then the file is as it should be.
    if version(db, schema)? as usize == schema.migrations.len() {
        return Ok(());
    }
    Err(match error {
        rusqlite_migration::Error::RusqliteError { err, .. } => err.into(),
        other => CatalogError::damaged(other),
    })
}

/// A copy beside the file, `<name>.v<version>`, whole or not at all.
fn copy(db: &Connection, path: &Path, version: u32) -> Result<()> {
    let unfinished = beside(path, &format!("v{version}.tmp"));
    match fs::remove_file(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(CatalogError::file("remove an unfinished copy of the catalogue")(error));
        }
        _ => {}
    }
    create_private(&unfinished)?;
    let mut target = Connection::open(&unfinished)?;
    rusqlite::backup::Backup::new(db, &mut target)?.run_to_completion(4096, Duration::ZERO, None)?;
    target.close().map_err(|(_, error)| error)?;
    fs::rename(&unfinished, beside(path, &format!("v{version}")))
        .map_err(CatalogError::file("name the copy of the catalogue"))
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    name.into()
}

/// An empty file that only its owner can read, where there is none. SQLite gives its side files the same mode.
fn create_private(path: &Path) -> Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(CatalogError::file("create the catalogue")(error)),
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::database::{Catalog, Database};
    use crate::{Journal, settings};

    const KNOWN: u32 = CATALOG.migrations.len() as u32;
    const NEWER: Schema = Schema {
        application_id: CATALOG.application_id,
        migrations: &and_one_more("CREATE TABLE later (x INTEGER) STRICT"),
    };
    const BROKEN: Schema = Schema {
        application_id: CATALOG.application_id,
        migrations: &and_one_more("CREATE TABLE later (x INTEGER) STRICT; SELECT nonsense"),
    };
    const FIRST: Schema =
        Schema { application_id: CATALOG.application_id, migrations: &[CATALOG.migrations[0]] };

    /// All that are known, and one of a later version.
    const fn and_one_more(last: &'static str) -> [&'static str; CATALOG.migrations.len() + 1] {
        let mut all = [last; CATALOG.migrations.len() + 1];
        let mut number = 0;
        while number < CATALOG.migrations.len() {
            all[number] = CATALOG.migrations[number];
            number += 1;
        }
        all
    }

    fn version_of(path: &Path) -> u32 {
        Connection::open(path).unwrap().query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn an_older_file_is_copied_and_then_migrated() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("catalog.db");
        Catalog::open(&path).unwrap().write(|tx| settings::set(tx, "n", &5)).unwrap();
        let migrated = Database::open(&path, &NEWER).unwrap();
        migrated.write(|tx| tx.run("INSERT INTO later VALUES (1)", []).map(drop)).unwrap();
        assert_eq!(migrated.read(|tx| settings::get(tx, "n")).unwrap(), Some(5));
        drop(migrated);
        assert_eq!(version_of(&path), KNOWN + 1);
        let copy = folder.path().join(format!("catalog.db.v{KNOWN}"));
        assert_eq!(version_of(&copy), KNOWN);
        let copy = Catalog::open(&copy).unwrap();
        assert_eq!(copy.read(|tx| settings::get(tx, "n")).unwrap(), Some(5));
        copy.check().unwrap();
    }

    #[test]
    fn what_the_first_version_wrote_is_read_by_this_one() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("catalog.db");
        let first = Database::open(&path, &FIRST).unwrap();
        first
            .write(|tx| {
                let connection = crate::testing::connection(tx);
                let archive = crate::testing::archive(tx, connection, "u");
                tx.run(
                    "INSERT INTO runs (archive_id, trigger, started, state, phase, ledger)
                     VALUES (?1, 'manual', 0, 'running', 'copying', '{\"listed\":1,\"stored\":1,\"unchanged\":0,
                        \"removed\":0,\"skipped\":0,\"quarantined\":0,\"pending\":0,\"bytes\":0}')",
                    [archive.0],
                )?;
                tx.run(
                    "INSERT INTO rules (connection_id, target, target_id, include_sub_units, policy, created_at)
                     VALUES (?1, 'org_unit', 'x', 1, '{\"mail_spam\":true}', 7)",
                    [connection.0],
                )
            })
            .unwrap();
        drop(first);
        let catalog = Catalog::open(&path).unwrap();
        let run = catalog.read(|tx| crate::runs::get(tx, holdfast_model::RunId(1)));
        assert_eq!(run.unwrap().unwrap().state, crate::RunState::Running);
        let rule = catalog.read(|tx| crate::rules::get(tx, crate::RuleId(1))).unwrap().unwrap();
        assert_eq!(rule.policy.unwrap().mail_spam, Some(true));
        let unit = crate::RuleTarget::OrgUnit { id: "x".into(), include_sub_units: true };
        assert_eq!(rule.target, unit);
        catalog.check().unwrap();
    }

    #[test]
    fn a_migration_that_fails_leaves_the_file_usable_as_it_was() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("catalog.db");
        Catalog::open(&path).unwrap().write(|tx| settings::set(tx, "n", &5)).unwrap();
        assert!(Database::open(&path, &BROKEN).is_err());
        let catalog = Catalog::open(&path).unwrap();
        assert_eq!(catalog.read(|tx| settings::get(tx, "n")).unwrap(), Some(5));
        drop(catalog);
        assert!(Database::open(&path, &NEWER).is_ok(), "a later attempt works, over the copy of the first");
    }

    #[test]
    fn a_newer_file_is_left_alone() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("catalog.db");
        drop(Database::open(&path, &NEWER).unwrap());
        let before = fs::read(&path).unwrap();
        match Catalog::open(&path) {
            Err(CatalogError::NewerVersion { found, known }) => {
                assert_eq!((found, known), (KNOWN + 1, KNOWN))
            }
            Err(other) => panic!("{other:?}"),
            Ok(_) => panic!("opened"),
        }
        assert_eq!(fs::read(&path).unwrap(), before);
    }

    #[test]
    fn what_is_no_catalogue_is_damaged_and_left_alone() {
        let folder = TempDir::new().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("garbage"), b"not a database at all".repeat(500)).unwrap();
        let foreign = Connection::open(at("foreign")).unwrap();
        foreign.execute_batch("CREATE TABLE theirs (x); PRAGMA user_version = 1;").unwrap();
        drop(foreign);
        drop(Journal::open(at("journal")).unwrap());
        let whole = at("whole");
        drop(Catalog::open(&whole).unwrap());
        let bytes = fs::read(&whole).unwrap();
        fs::write(at("half a page"), &bytes[..2000]).unwrap();
        for name in ["garbage", "foreign", "journal", "half a page"] {
            let before = fs::read(at(name)).unwrap();
            let error = Catalog::open(at(name)).map(drop).unwrap_err();
            assert!(matches!(error, CatalogError::Damaged { .. }), "{name}: {error:?}");
            assert_eq!(fs::read(at(name)).unwrap(), before, "{name}");
        }
    }

    #[test]
    fn a_page_overwritten_in_the_middle_is_found() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("catalog.db");
        let catalog = Catalog::open(&path).unwrap();
        catalog
            .write(|tx| (0..5000).try_for_each(|n| settings::set(tx, &format!("key {n}"), &"x".repeat(50))))
            .unwrap();
        catalog.check().unwrap();
        drop(catalog);
        let mut bytes = fs::read(&path).unwrap();
        let from = bytes.len() - 30 * 4096;
        bytes[from..from + 20 * 4096].fill(0xa5);
        fs::write(&path, bytes).unwrap();
        let found = Catalog::open(&path).and_then(|catalog| catalog.check());
        assert!(matches!(found, Err(CatalogError::Damaged { .. })), "{found:?}");
    }

    #[test]
    fn many_may_open_a_new_catalogue_at_once() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("catalog.db");
        let ids: Vec<String> = std::thread::scope(|threads| {
            let openings: Vec<_> = (0..8)
                .map(|_| {
                    threads.spawn(|| {
                        let catalog = Catalog::open(&path).unwrap();
                        catalog.read(|tx| settings::get(tx, settings::DATA_DIR_ID)).unwrap().unwrap()
                    })
                })
                .collect();
            openings.into_iter().map(|opening| opening.join().unwrap()).collect()
        });
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_read_the_files() {
        use std::os::unix::fs::PermissionsExt;
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("catalog.db");
        let catalog = Catalog::open(&path).unwrap();
        catalog.write(|tx| settings::set(tx, "n", &1)).unwrap();
        let files: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap()).collect();
        assert!(files.len() >= 2);
        for file in files {
            assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{file:?}");
        }
    }
}
