//! Users of the Directory, as last synced, with what was decided for each: protection, schedule, license.

use std::collections::HashMap;

use holdfast_model::{Account, ConnectionId, OrgUnitId, Timestamp, User, UserId};
use rusqlite::params;

use crate::directory::Table;
use crate::sql::{self, Columns, key, micros, words};
use crate::{Result, Tx};

words! {
    /// The protection axis of a User's state.
    Protection {
        /// Not chosen.
        Unprotected = "unprotected",
        /// Backed up.
        Protected = "protected",
        /// Left out on purpose, whatever a rule says.
        Excluded = "excluded",
        /// Left the Domain; the Archive is kept.
        Retained = "retained",
    }
}

words! {
    /// The schedule axis of a User's state, as far as people set it.
    Schedule {
        /// Runs when due.
        Active = "active",
        /// Set to rest by a person.
        Paused = "paused",
    }
}

/// A User with what the catalogue adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectoryUser {
    /// Whose Directory.
    pub connection: ConnectionId,
    /// As the Cloud told it last.
    pub user: User,
    /// The first sync that told of it.
    pub first_seen: Timestamp,
    /// The last sync that told of it.
    pub last_seen: Timestamp,
    /// The sync that no longer told of it.
    pub vanished_at: Option<Timestamp>,
    /// Whether it is backed up.
    pub protection: Protection,
    /// Whether Runs happen.
    pub schedule: Schedule,
    /// It holds a license.
    pub licensed: bool,
}

/// Which Users to list; what is not set does not matter.
#[derive(Clone, Debug, Default)]
pub struct UserFilter {
    /// With this account status.
    pub account: Option<Account>,
    /// With this protection.
    pub protection: Option<Protection>,
    /// With this schedule.
    pub schedule: Option<Schedule>,
    /// In this org unit, not below it.
    pub org_unit: Option<OrgUnitId>,
    /// With this in the name or the primary address, whatever the case.
    pub search: Option<String>,
    /// At most so many.
    pub limit: Option<u32>,
    /// After so many.
    pub offset: u32,
}

pub(crate) const COLUMNS: &str = "connection_id, user_id, address, name, account, org_unit_id, aliases, is_admin, created, \
                       first_seen, last_seen, vanished_at, protection, schedule, licensed";

pub(crate) fn read(c: &mut Columns<'_>) -> rusqlite::Result<DirectoryUser> {
    Ok(DirectoryUser {
        connection: ConnectionId(c.get()?),
        user: User {
            id: UserId(c.get()?),
            address: c.get()?,
            name: c.get()?,
            account: c.word()?,
            org_unit: c.get::<Option<String>>()?.map(OrgUnitId),
            aliases: c.json()?,
            is_admin: c.get()?,
            created: c.maybe_time()?,
        },
        first_seen: c.time()?,
        last_seen: c.time()?,
        vanished_at: c.maybe_time()?,
        protection: c.word()?,
        schedule: c.word()?,
        licensed: c.get()?,
    })
}

const USERS: Table<DirectoryUser> = Table {
    name: "users",
    id: "user_id",
    columns: COLUMNS,
    read,
    first_seen: Some("first_seen"),
    also_gone: ", account = 'deleted'",
};

/// A sync told of a User. What was known of it before, or `None` if it is new. What was decided for it stays.
pub fn upsert_seen(
    tx: &Tx<'_>,
    connection: ConnectionId,
    user: &User,
    now: Timestamp,
) -> Result<Option<DirectoryUser>> {
    let before = USERS.upsert(
        tx,
        connection,
        user.id.as_str(),
        now,
        &[
            ("address", &user.address),
            ("address_key", &key(&user.address)),
            ("aliases", &sql::json(&user.aliases)?),
            ("name", &user.name),
            ("name_key", &key(&user.name)),
            ("account", &user.account.as_str()),
            ("org_unit_id", &user.org_unit.as_ref().map(OrgUnitId::as_str)),
            ("is_admin", &user.is_admin),
            ("created", &user.created.map(micros)),
        ],
    )?;
    if before.as_ref().map_or(&[][..], |before| &before.user.aliases) != user.aliases {
        tx.run(
            "DELETE FROM user_aliases WHERE connection_id = ?1 AND user_id = ?2",
            params![connection.0, user.id.as_str()],
        )?;
        for alias in &user.aliases {
            tx.run(
                "INSERT INTO user_aliases (connection_id, alias_key, user_id) VALUES (?1, ?2, ?3)
                 ON CONFLICT DO NOTHING",
                params![connection.0, key(alias), user.id.as_str()],
            )?;
        }
    }
    Ok(before)
}

/// A sync that told everything began at `sync_started`: whom it did not tell of vanished, and their account is
/// `deleted`. Those, as they were before.
pub fn mark_vanished(
    tx: &Tx<'_>,
    connection: ConnectionId,
    sync_started: Timestamp,
    now: Timestamp,
) -> Result<Vec<DirectoryUser>> {
    USERS.mark_vanished(tx, connection, sync_started, now)
}

/// One User.
pub fn by_id(tx: &Tx<'_>, connection: ConnectionId, id: &UserId) -> Result<Option<DirectoryUser>> {
    USERS.by_id(tx, connection, id.as_str())
}

/// The User with a primary address or alias, whatever the case. Who is there goes before who vanished, a primary
/// address before an alias.
pub fn by_address(tx: &Tx<'_>, connection: ConnectionId, address: &str) -> Result<Option<DirectoryUser>> {
    let key = key(address);
    let primary = USERS.first(tx, connection, "address_key = ?2", &key)?;
    if primary.as_ref().is_some_and(|user| user.vanished_at.is_none()) {
        return Ok(primary);
    }
    let by_alias =
        "user_id IN (SELECT user_id FROM user_aliases WHERE connection_id = ?1 AND alias_key = ?2)";
    let alias = USERS.first(tx, connection, by_alias, &key)?;
    if alias.as_ref().is_some_and(|user| user.vanished_at.is_none()) {
        return Ok(alias);
    }
    Ok(primary.or(alias))
}

const FILTER: &str = "connection_id = ?1 AND (?2 IS NULL OR account = ?2) AND (?3 IS NULL OR protection = ?3)
    AND (?4 IS NULL OR schedule = ?4) AND (?5 IS NULL OR org_unit_id = ?5)
    AND (?6 IS NULL OR instr(address_key, ?6) > 0 OR instr(name_key, ?6) > 0)";

/// Users by address.
pub fn list(tx: &Tx<'_>, connection: ConnectionId, filter: &UserFilter) -> Result<Vec<DirectoryUser>> {
    tx.all(
        &format!(
            "SELECT {COLUMNS} FROM users WHERE {FILTER} ORDER BY address_key, user_id LIMIT ?7 OFFSET ?8"
        ),
        params![
            connection.0,
            filter.account.map(Account::as_str),
            filter.protection.map(Protection::as_str),
            filter.schedule.map(Schedule::as_str),
            filter.org_unit.as_ref().map(OrgUnitId::as_str),
            filter.search.as_deref().map(key),
            filter.limit.map_or(-1, i64::from),
            filter.offset
        ],
        read,
    )
}

/// How many [`list`] would give without its limit.
pub fn count(tx: &Tx<'_>, connection: ConnectionId, filter: &UserFilter) -> Result<u64> {
    tx.value(
        &format!("SELECT count(*) FROM users WHERE {FILTER}"),
        params![
            connection.0,
            filter.account.map(Account::as_str),
            filter.protection.map(Protection::as_str),
            filter.schedule.map(Schedule::as_str),
            filter.org_unit.as_ref().map(OrgUnitId::as_str),
            filter.search.as_deref().map(key)
        ],
        |c| c.count(),
    )
}

/// How many Users are right in each Org unit, without who vanished, and how many of them are protected.
pub fn count_by_unit(tx: &Tx<'_>, connection: ConnectionId) -> Result<HashMap<OrgUnitId, (u64, u64)>> {
    let all = tx.all(
        "SELECT org_unit_id, count(*), count(*) FILTER (WHERE protection = 'protected') FROM users
         WHERE connection_id = ?1 AND vanished_at IS NULL AND org_unit_id IS NOT NULL GROUP BY org_unit_id",
        [connection.0],
        |c| Ok((OrgUnitId(c.get()?), (c.count()?, c.count()?))),
    )?;
    Ok(all.into_iter().collect())
}

/// Decides whether a User is backed up.
pub fn set_protection(
    tx: &Tx<'_>,
    connection: ConnectionId,
    id: &UserId,
    protection: Protection,
) -> Result<()> {
    tx.must(
        "UPDATE users SET protection = ?3 WHERE connection_id = ?1 AND user_id = ?2",
        params![connection.0, id.as_str(), protection.as_str()],
        "user",
        id,
    )
}

/// Decides whether Runs happen for a User.
pub fn set_schedule(tx: &Tx<'_>, connection: ConnectionId, id: &UserId, schedule: Schedule) -> Result<()> {
    tx.must(
        "UPDATE users SET schedule = ?3 WHERE connection_id = ?1 AND user_id = ?2",
        params![connection.0, id.as_str(), schedule.as_str()],
        "user",
        id,
    )
}

/// When a User was first missed, where a later catalogue takes that over from an earlier one.
pub fn set_vanished_at(tx: &Tx<'_>, connection: ConnectionId, id: &UserId, at: Timestamp) -> Result<()> {
    tx.must(
        "UPDATE users SET vanished_at = ?3 WHERE connection_id = ?1 AND user_id = ?2",
        params![connection.0, id.as_str(), micros(at)],
        "user",
        id,
    )
}

/// Gives a User a license or takes it back.
pub fn set_licensed(tx: &Tx<'_>, connection: ConnectionId, id: &UserId, licensed: bool) -> Result<()> {
    tx.must(
        "UPDATE users SET licensed = ?3 WHERE connection_id = ?1 AND user_id = ?2",
        params![connection.0, id.as_str(), licensed],
        "user",
        id,
    )
}

/// How many licenses are in use, over all Connections.
pub fn licenses_used(tx: &Tx<'_>) -> Result<u64> {
    tx.value("SELECT count(*) FROM users WHERE licensed", [], |c| c.count())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Scratch, at, connection, user};

    #[test]
    fn a_sync_changes_what_the_cloud_says_and_keeps_what_was_decided() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let c = connection(tx);
            assert_eq!(upsert_seen(tx, c, &user("u1", "Ann@Example.com"), at(1))?, None);
            set_protection(tx, c, &"u1".into(), Protection::Protected)?;
            set_schedule(tx, c, &"u1".into(), Schedule::Paused)?;
            set_licensed(tx, c, &"u1".into(), true)?;
            let renamed = User { account: Account::Suspended, ..user("u1", "anna@example.com") };
            let before = upsert_seen(tx, c, &renamed, at(2))?.unwrap();
            assert_eq!(before.user, user("u1", "Ann@Example.com"));
            let expected = DirectoryUser { user: renamed, last_seen: at(2), ..before };
            assert_eq!(by_id(tx, c, &"u1".into())?, Some(expected.clone()));
            assert_eq!(
                (expected.protection, expected.schedule, licenses_used(tx)?),
                (Protection::Protected, Schedule::Paused, 1)
            );
            Ok(())
        });
    }

    #[test]
    fn a_user_is_found_by_any_address_whatever_the_case() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let c = connection(tx);
            let aliases = vec!["Sales@example.com".to_owned(), "ÄRGER@example.com".to_owned()];
            upsert_seen(tx, c, &User { aliases, ..user("u1", "ann@example.com") }, at(1))?;
            upsert_seen(tx, c, &user("u2", "bob@example.com"), at(1))?;
            let who = |address: &str| {
                Ok::<_, crate::CatalogError>(by_address(tx, c, address)?.map(|u| u.user.id.0))
            };
            for address in ["ANN@EXAMPLE.COM", "sales@EXAMPLE.com", "ärger@example.com", " ann@example.com "]
            {
                assert_eq!(who(address)?.as_deref(), Some("u1"), "{address}");
            }
            assert_eq!(who("nobody@example.com")?, None);
            upsert_seen(tx, c, &user("u1", "ann@example.com"), at(2))?;
            assert_eq!(who("sales@example.com")?, None, "an alias that was taken away");
            Ok(())
        });
    }

    #[test]
    fn who_is_there_goes_before_who_left_with_the_same_address() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let c = connection(tx);
            upsert_seen(tx, c, &user("a-old", "ann@example.com"), at(1))?;
            let aliases = vec!["ann@example.com".to_owned()];
            upsert_seen(tx, c, &User { aliases, ..user("b-new", "anna@example.com") }, at(5))?;
            let gone = mark_vanished(tx, c, at(5), at(6))?;
            assert_eq!(gone.iter().map(|u| u.user.id.as_str()).collect::<Vec<_>>(), ["a-old"]);
            assert_eq!(by_address(tx, c, "ann@example.com")?.unwrap().user.id.as_str(), "b-new");
            let old = by_id(tx, c, &"a-old".into())?.unwrap();
            assert_eq!((old.vanished_at, old.user.account), (Some(at(6)), Account::Deleted));
            assert!(mark_vanished(tx, c, at(5), at(7))?.is_empty(), "nobody vanishes twice");
            upsert_seen(tx, c, &user("a-old", "ann@example.com"), at(8))?;
            assert_eq!(by_id(tx, c, &"a-old".into())?.unwrap().vanished_at, None);
            Ok(())
        });
    }

    #[test]
    fn filters_narrow_and_pages_cover() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let c = connection(tx);
            for n in 0..10 {
                let org_unit = (n % 2 == 0).then(|| "even".into());
                upsert_seen(
                    tx,
                    c,
                    &User { org_unit, ..user(&format!("u{n}"), &format!("U{n}@x.com")) },
                    at(1),
                )?;
            }
            set_protection(tx, c, &"u4".into(), Protection::Protected)?;
            let count_of = |filter: UserFilter| {
                let listed = list(tx, c, &filter)?.len() as u64;
                assert_eq!(listed, count(tx, c, &filter)?);
                Ok::<_, crate::CatalogError>(listed)
            };
            assert_eq!(count_of(UserFilter::default())?, 10);
            assert_eq!(count_of(UserFilter { org_unit: Some("even".into()), ..Default::default() })?, 5);
            assert_eq!(
                count_of(UserFilter { protection: Some(Protection::Protected), ..Default::default() })?,
                1
            );
            assert_eq!(count_of(UserFilter { search: Some("U3@".into()), ..Default::default() })?, 1);
            assert_eq!(count_of(UserFilter { account: Some(Account::Archived), ..Default::default() })?, 0);
            assert_eq!(count_of(UserFilter { schedule: Some(Schedule::Active), ..Default::default() })?, 10);
            let page = list(tx, c, &UserFilter { limit: Some(3), offset: 8, ..Default::default() })?;
            assert_eq!(page.iter().map(|u| u.user.id.as_str()).collect::<Vec<_>>(), ["u8", "u9"]);
            Ok(())
        });
    }
}
