//! Archives: one User's one Service, or one shared drive; with its two cursors and its totals.

use holdfast_model::{ArchiveId, ConnectionId, DriveId, Owner, RunResult, Scope, Service, Timestamp, UserId};
use rusqlite::params;

use crate::sql::{Columns, int, micros};
use crate::{CatalogError, Result, Tx};

/// All that is known of an Archive as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archive {
    /// Its row.
    pub id: ArchiveId,
    /// The Connection it comes from.
    pub connection: ConnectionId,
    /// Whose and which Service.
    pub scope: Scope,
    /// Its path in the Repository, below the tenant's.
    pub folder: String,
    /// What people call it: the owner's address, the shared drive's name.
    pub name: String,
    /// Where the change feed was drained to: everything up to it is stored, staged or open.
    pub listed_cursor: Option<String>,
    /// The Policy's fingerprint that `listed_cursor` was made under.
    pub listed_fingerprint: Option<String>,
    /// The cursor that the last durable Snapshot carries, with its open Items.
    pub stored_cursor: Option<String>,
    /// The Policy's fingerprint that `stored_cursor` was made under.
    pub stored_fingerprint: Option<String>,
    /// When all ids were last compared with the Cloud's.
    pub reconciled_at: Option<Timestamp>,
    /// The first Run ended, so that from now on only changes are asked for.
    pub first_run_done: bool,
    /// The time of the last complete Snapshot.
    pub last_complete_at: Option<Timestamp>,
    /// That Snapshot.
    pub last_complete_snapshot: Option<String>,
    /// How the last Run ended.
    pub last_result: Option<RunResult>,
    /// Items in the last Snapshot, those of which only metadata is kept included.
    pub items: u64,
    /// Their content's size.
    pub bytes: u64,
    /// Those of which only metadata is kept.
    pub skipped: u64,
    /// How many Items the Cloud said there are.
    pub expected_count: Option<u64>,
    /// When the row was made.
    pub created_at: Timestamp,
}

/// Which Archives to list; what is not set does not matter.
#[derive(Clone, Debug, Default)]
pub struct ArchiveFilter {
    /// Of this Connection.
    pub connection: Option<ConnectionId>,
    /// Of this Service.
    pub service: Option<Service>,
    /// Of this User.
    pub user: Option<UserId>,
}

const SELECT: &str = "SELECT a.id, a.connection_id, a.owner, a.owner_id, a.service, a.folder, a.name,
    a.listed_cursor, a.listed_fingerprint, a.stored_cursor, a.stored_fingerprint, a.reconciled_at,
    a.first_run_done, a.last_complete_at, a.last_complete_snapshot, a.last_result, t.items, t.bytes, t.skipped,
    a.expected_count, a.created_at
    FROM archives a JOIN tallies t ON t.archive_id = a.id";

fn read(c: &mut Columns<'_>) -> rusqlite::Result<Archive> {
    Ok(Archive {
        id: ArchiveId(c.get()?),
        connection: ConnectionId(c.get()?),
        scope: {
            let owner: String = c.get()?;
            let id: String = c.get()?;
            let owner = if owner == "user" { Owner::User(UserId(id)) } else { Owner::Domain(DriveId(id)) };
            Scope { owner, service: c.word()? }
        },
        folder: c.get()?,
        name: c.get()?,
        listed_cursor: c.get()?,
        listed_fingerprint: c.get()?,
        stored_cursor: c.get()?,
        stored_fingerprint: c.get()?,
        reconciled_at: c.maybe_time()?,
        first_run_done: c.get()?,
        last_complete_at: c.maybe_time()?,
        last_complete_snapshot: c.get()?,
        last_result: c.maybe_word()?,
        items: c.count()?,
        bytes: c.count()?,
        skipped: c.count()?,
        expected_count: c.maybe_count()?,
        created_at: c.time()?,
    })
}

pub(crate) fn owner(scope: &Scope) -> (&'static str, &str) {
    match &scope.owner {
        Owner::User(user) => ("user", user.as_str()),
        Owner::Domain(drive) => ("domain", drive.as_str()),
    }
}

/// The Archive of a Scope, made if there is none. An existing one takes the new name and keeps its folder.
pub fn find_or_create(
    tx: &Tx<'_>,
    connection: ConnectionId,
    scope: &Scope,
    folder: &str,
    name: &str,
    now: Timestamp,
) -> Result<Archive> {
    let (kind, id) = owner(scope);
    tx.run(
        "INSERT INTO archives (connection_id, owner, owner_id, service, folder, name, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (connection_id, owner, owner_id, service) DO UPDATE SET name = excluded.name",
        params![connection.0, kind, id, scope.service.as_str(), folder, name, micros(now)],
    )?;
    by_scope(tx, connection, scope)?.ok_or_else(|| CatalogError::missing("archive", folder))
}

/// One Archive.
pub fn get(tx: &Tx<'_>, id: ArchiveId) -> Result<Option<Archive>> {
    tx.one(&format!("{SELECT} WHERE a.id = ?1"), [id.0], read)
}

/// The Archive of a Scope.
pub fn by_scope(tx: &Tx<'_>, connection: ConnectionId, scope: &Scope) -> Result<Option<Archive>> {
    let (kind, id) = owner(scope);
    tx.one(
        &format!(
            "{SELECT} WHERE a.connection_id = ?1 AND a.owner = ?2 AND a.owner_id = ?3 AND a.service = ?4"
        ),
        params![connection.0, kind, id, scope.service.as_str()],
        read,
    )
}

/// The Archives of one owner, by Service.
pub fn by_owner(tx: &Tx<'_>, connection: ConnectionId, whose: &Owner) -> Result<Vec<Archive>> {
    let scope = Scope { owner: whose.clone(), service: Service::Gmail };
    let (kind, id) = owner(&scope);
    tx.all(
        &format!(
            "{SELECT} WHERE a.connection_id = ?1 AND a.owner = ?2 AND a.owner_id = ?3 ORDER BY a.service"
        ),
        params![connection.0, kind, id],
        read,
    )
}

/// Archives by name, then Service.
pub fn list(tx: &Tx<'_>, filter: &ArchiveFilter) -> Result<Vec<Archive>> {
    tx.all(
        &format!(
            "{SELECT} WHERE (?1 IS NULL OR a.connection_id = ?1) AND (?2 IS NULL OR a.service = ?2)
                AND (?3 IS NULL OR (a.owner = 'user' AND a.owner_id = ?3))
             ORDER BY a.name, a.service, a.id"
        ),
        params![
            filter.connection.map(|c| c.0),
            filter.service.map(Service::as_str),
            filter.user.as_ref().map(UserId::as_str)
        ],
        read,
    )
}

/// The content of all Archives of all Connections, as of their last Snapshots.
pub fn total_bytes(tx: &Tx<'_>) -> Result<u64> {
    tx.value("SELECT ifnull(sum(bytes), 0) FROM tallies", [], |c| c.count())
}

/// The Items of all Archives of all Connections, as of their last Snapshots.
pub fn total_items(tx: &Tx<'_>) -> Result<u64> {
    tx.value("SELECT ifnull(sum(items), 0) FROM tallies", [], |c| c.count())
}

fn set(tx: &Tx<'_>, id: ArchiveId, sql: &str, params: impl rusqlite::Params) -> Result<()> {
    tx.must(sql, params, "archive", id)
}

/// Moves the listed cursor. Belongs into the transaction that makes what was listed open.
pub fn set_listed(tx: &Tx<'_>, id: ArchiveId, cursor: Option<&str>, fingerprint: Option<&str>) -> Result<()> {
    set(
        tx,
        id,
        "UPDATE archives SET listed_cursor = ?2, listed_fingerprint = ?3 WHERE id = ?1",
        params![id.0, cursor, fingerprint],
    )
}

/// Moves the stored cursor. Only after the Snapshot that carries it and its open Items is durable.
pub fn set_stored(tx: &Tx<'_>, id: ArchiveId, cursor: Option<&str>, fingerprint: Option<&str>) -> Result<()> {
    set(
        tx,
        id,
        "UPDATE archives SET stored_cursor = ?2, stored_fingerprint = ?3 WHERE id = ?1",
        params![id.0, cursor, fingerprint],
    )
}

/// All ids were compared with the Cloud's.
pub fn set_reconciled_at(tx: &Tx<'_>, id: ArchiveId, at: Option<Timestamp>) -> Result<()> {
    set(tx, id, "UPDATE archives SET reconciled_at = ?2 WHERE id = ?1", params![id.0, at.map(micros)])
}

/// Whether the first Run ended.
pub fn set_first_run_done(tx: &Tx<'_>, id: ArchiveId, done: bool) -> Result<()> {
    set(tx, id, "UPDATE archives SET first_run_done = ?2 WHERE id = ?1", params![id.0, done])
}

/// A complete Snapshot of the Archive is durable.
pub fn set_last_complete(tx: &Tx<'_>, id: ArchiveId, at: Timestamp, snapshot: &str) -> Result<()> {
    set(
        tx,
        id,
        "UPDATE archives SET last_complete_at = ?2, last_complete_snapshot = ?3 WHERE id = ?1",
        params![id.0, micros(at), snapshot],
    )
}

/// How the last Run ended.
pub fn set_last_result(tx: &Tx<'_>, id: ArchiveId, result: RunResult) -> Result<()> {
    set(tx, id, "UPDATE archives SET last_result = ?2 WHERE id = ?1", params![id.0, result.as_str()])
}

/// An Archive is gone with all that hangs on it: Items, Runs, Snapshots.
pub fn remove(tx: &Tx<'_>, id: ArchiveId) -> Result<()> {
    set(tx, id, "DELETE FROM archives WHERE id = ?1", params![id.0])
}

/// How many Items the Cloud says there are.
pub fn set_expected_count(tx: &Tx<'_>, id: ArchiveId, count: Option<u64>) -> Result<()> {
    set(tx, id, "UPDATE archives SET expected_count = ?2 WHERE id = ?1", params![id.0, count.map(int)])
}

/// What people call it now.
pub fn set_name(tx: &Tx<'_>, id: ArchiveId, name: &str) -> Result<()> {
    set(tx, id, "UPDATE archives SET name = ?2 WHERE id = ?1", params![id.0, name])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Scratch, at, connection};

    fn drive() -> Scope {
        Scope { owner: Owner::Domain("D1".into()), service: Service::SharedDrive }
    }

    #[test]
    fn a_scope_has_one_archive_whose_folder_stays_when_its_name_changes() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let connection = connection(tx);
            let first = find_or_create(tx, connection, &drive(), "_domain/x", "Sales", at(1))?;
            let again = find_or_create(tx, connection, &drive(), "_domain/y", "Sales 2", at(2))?;
            assert_eq!(again, Archive { name: "Sales 2".into(), ..first.clone() });
            assert_eq!((first.scope, first.created_at), (drive(), at(1)));
            Ok(())
        });
    }

    #[test]
    fn what_is_set_is_what_is_read() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let connection = connection(tx);
            let fresh = find_or_create(tx, connection, &drive(), "f", "n", at(0))?;
            let id = fresh.id;
            set_listed(tx, id, Some("c2"), Some("p2"))?;
            set_stored(tx, id, Some("c1"), Some("p1"))?;
            set_reconciled_at(tx, id, Some(at(5)))?;
            set_first_run_done(tx, id, true)?;
            set_last_complete(tx, id, at(6), "abc")?;
            set_last_result(tx, id, RunResult::CompleteWithSkips)?;
            set_expected_count(tx, id, Some(12))?;
            set_name(tx, id, "m")?;
            let expected = Archive {
                listed_cursor: Some("c2".into()),
                listed_fingerprint: Some("p2".into()),
                stored_cursor: Some("c1".into()),
                stored_fingerprint: Some("p1".into()),
                reconciled_at: Some(at(5)),
                first_run_done: true,
                last_complete_at: Some(at(6)),
                last_complete_snapshot: Some("abc".into()),
                last_result: Some(RunResult::CompleteWithSkips),
                expected_count: Some(12),
                name: "m".into(),
                ..fresh
            };
            assert_eq!(get(tx, id)?, Some(expected));
            assert!(set_name(tx, ArchiveId(77), "x").is_err());
            Ok(())
        });
    }

    #[test]
    fn archives_are_found_by_owner_service_and_connection() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let connection = connection(tx);
            let of = |user: &str, service| Scope { owner: Owner::User(user.into()), service };
            for (user, service) in [("u1", Service::Gmail), ("u1", Service::Drive), ("u2", Service::Gmail)] {
                let folder = format!("{user}/{service}");
                find_or_create(tx, connection, &of(user, service), &folder, user, at(0))?;
            }
            find_or_create(tx, connection, &drive(), "d", "d", at(0))?;
            let count = |filter: ArchiveFilter| list(tx, &filter).map(|found| found.len());
            assert_eq!(by_owner(tx, connection, &Owner::User("u1".into()))?.len(), 2);
            assert_eq!(by_owner(tx, connection, &Owner::Domain("D1".into()))?.len(), 1);
            assert_eq!(count(ArchiveFilter::default())?, 4);
            assert_eq!(count(ArchiveFilter { service: Some(Service::Gmail), ..Default::default() })?, 2);
            assert_eq!(count(ArchiveFilter { user: Some("u2".into()), ..Default::default() })?, 1);
            assert_eq!(count(ArchiveFilter { connection: Some(ConnectionId(9)), ..Default::default() })?, 0);
            Ok(())
        });
    }
}
