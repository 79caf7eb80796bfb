//! What is done for many Users at once, in statements that do not grow in number with them.

use std::collections::HashMap;

use holdfast_model::{ArchiveId, ConnectionId, PolicyOverride, Scope, Timestamp, UserId};
use rusqlite::params;
use serde::Serialize;

use crate::archives::owner;
use crate::policies::Level;
use crate::sql::{json, key, micros};
use crate::users::{COLUMNS, DirectoryUser, Protection, Schedule, read};
use crate::{Result, Tx};

/// So many go into one statement: what it takes in memory stays small.
const PART: usize = 5_000;

/// Those Users of a Connection that are there, by their ids.
pub fn by_ids(
    tx: &Tx<'_>,
    connection: ConnectionId,
    ids: &[UserId],
) -> Result<HashMap<UserId, DirectoryUser>> {
    let mut found = HashMap::new();
    for part in ids.chunks(PART) {
        let rows = tx.all(
            &format!(
                "SELECT {COLUMNS} FROM users
                 WHERE connection_id = ?1 AND user_id IN (SELECT value FROM json_each(?2))"
            ),
            params![connection.0, json(&part)?],
            read,
        )?;
        found.extend(rows.into_iter().map(|user| (user.user.id.clone(), user)));
    }
    Ok(found)
}

/// The Users with these primary addresses or aliases, by the address as it is asked for: each is whom
/// [`users::by_address`](crate::users::by_address) finds.
pub fn by_addresses<'a>(
    tx: &Tx<'_>,
    connection: ConnectionId,
    addresses: &[&'a str],
) -> Result<HashMap<&'a str, DirectoryUser>> {
    let mut found = HashMap::new();
    for part in addresses.chunks(PART) {
        let keys: Vec<String> = part.iter().map(|address| key(address)).collect();
        let mut primary = first_of_each(
            tx,
            &format!(
                "SELECT {COLUMNS}, address_key FROM users
                 WHERE connection_id = ?1 AND address_key IN (SELECT value FROM json_each(?2))
                 ORDER BY vanished_at IS NOT NULL, vanished_at DESC, user_id"
            ),
            connection,
            &keys,
        )?;
        let others: Vec<&String> =
            keys.iter().filter(|key| !primary.get(*key).is_some_and(is_there)).collect();
        let aliases = if others.is_empty() {
            HashMap::new()
        } else {
            first_of_each(
                tx,
                &format!(
                    "SELECT {COLUMNS}, alias_key FROM users JOIN (
                         SELECT alias_key, user_id AS whose FROM user_aliases
                         WHERE connection_id = ?1 AND alias_key IN (SELECT value FROM json_each(?2)))
                     ON user_id = whose WHERE connection_id = ?1
                     ORDER BY vanished_at IS NOT NULL, vanished_at DESC, user_id"
                ),
                connection,
                &others,
            )?
        };
        for (alias, user) in aliases {
            if is_there(&user) || !primary.contains_key(&alias) {
                primary.insert(alias, user);
            }
        }
        for (address, key) in part.iter().zip(keys) {
            if let Some(user) = primary.get(&key) {
                found.insert(*address, user.clone());
            }
        }
    }
    Ok(found)
}

fn is_there(user: &DirectoryUser) -> bool {
    user.vanished_at.is_none()
}

/// Of the Users of each key, which is the last column, the first.
fn first_of_each(
    tx: &Tx<'_>,
    sql: &str,
    connection: ConnectionId,
    keys: &impl Serialize,
) -> Result<HashMap<String, DirectoryUser>> {
    let rows = tx.all(sql, params![connection.0, json(keys)?], |c| Ok((read(c)?, c.get::<String>()?)))?;
    let mut first = HashMap::new();
    for (user, key) in rows {
        first.entry(key).or_insert(user);
    }
    Ok(first)
}

/// Protects Users: each holds a license, and Runs happen.
pub fn protect(tx: &Tx<'_>, connection: ConnectionId, ids: &[UserId]) -> Result<()> {
    for part in ids.chunks(PART) {
        tx.run(
            "UPDATE users SET protection = ?3, schedule = ?4, licensed = 1
             WHERE connection_id = ?1 AND user_id IN (SELECT value FROM json_each(?2))",
            params![connection.0, json(&part)?, Protection::Protected.as_str(), Schedule::Active.as_str()],
        )?;
    }
    Ok(())
}

/// Sets the same for each of these Users.
pub fn set_policies(
    tx: &Tx<'_>,
    connection: ConnectionId,
    ids: &[UserId],
    policy: &PolicyOverride,
) -> Result<()> {
    for part in ids.chunks(PART) {
        // `WHERE true` tells SQLite that what follows is no condition of a join.
        tx.run(
            "INSERT INTO policies (connection_id, level, target_id, policy)
             SELECT ?1, ?3, value, ?4 FROM json_each(?2) WHERE true
             ON CONFLICT DO UPDATE SET policy = excluded.policy",
            params![connection.0, json(&part)?, Level::User.as_str(), json(policy)?],
        )?;
    }
    Ok(())
}

/// An Archive that is to be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedArchive {
    /// Whose and which Service.
    pub scope: Scope,
    /// Its path in the Repository.
    pub folder: String,
    /// What people call it.
    pub name: String,
}

/// The Archives of these Scopes, made where there are none. An existing one takes the new name and keeps its folder.
pub fn find_or_create_archives(
    tx: &Tx<'_>,
    connection: ConnectionId,
    wanted: &[WantedArchive],
    now: Timestamp,
) -> Result<Vec<ArchiveId>> {
    let mut found = Vec::with_capacity(wanted.len());
    for part in wanted.chunks(PART) {
        let rows: Vec<[&str; 5]> = part
            .iter()
            .map(|one| {
                let (kind, id) = owner(&one.scope);
                [kind, id, one.scope.service.as_str(), &one.folder, &one.name]
            })
            .collect();
        found.extend(tx.all(
            "INSERT INTO archives (connection_id, owner, owner_id, service, folder, name, created_at)
             SELECT ?1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, ?3 FROM json_each(?2) WHERE true
             ON CONFLICT (connection_id, owner, owner_id, service) DO UPDATE SET name = excluded.name
             RETURNING id",
            params![connection.0, json(&rows)?, micros(now)],
            |c| Ok(ArchiveId(c.get()?)),
        )?);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use holdfast_model::{Owner, Service};

    use super::*;
    use crate::testing::{Scratch, at, connection, user};
    use crate::{archives, policies, users};

    #[test]
    fn whom_many_addresses_find_is_whom_each_finds() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let here = connection(tx);
            let told = |id: &str, address: &str, aliases: &[&str], second| {
                let aliases = aliases.iter().map(|alias| (*alias).to_owned()).collect();
                let one = holdfast_model::User { aliases, ..user(id, address) };
                users::upsert_seen(tx, here, &one, at(second)).map(drop)
            };
            // Who vanished, and whose addresses others have now or do not.
            told("gone1", "A@x", &["old@x"], 1)?;
            told("gone2", "lost@x", &[], 1)?;
            users::mark_vanished(tx, here, at(2), at(3))?;
            told("1", "b@x", &["a@x", "Shared@x"], 4)?;
            told("2", "c@x", &["shared@x", "b@x"], 4)?;
            let asked = ["a@x", " A@X", "b@x", "c@x", "OLD@x", "lost@x", "shared@x", "nobody@x", ""];
            let found = by_addresses(tx, here, &asked)?;
            for address in asked {
                let alone = users::by_address(tx, here, address)?;
                assert_eq!(found.get(address), alone.as_ref(), "{address:?}");
            }
            assert_eq!(found["a@x"].user.id.as_str(), "1", "who is there goes before who vanished");
            Ok(())
        });
    }

    #[test]
    fn many_are_protected_in_as_many_statements_as_one() {
        let asked = |count: usize| {
            let scratch = Scratch::new();
            scratch.write(|tx| {
                let here = connection(tx);
                let ids: Vec<UserId> = (0..count).map(|number| format!("{count}-{number}").into()).collect();
                for id in &ids {
                    users::upsert_seen(tx, here, &user(id.as_str(), id.as_str()), at(1))?;
                }
                users::set_schedule(tx, here, &ids[0], Schedule::Paused)?;
                let policy = PolicyOverride { frequency_hours: Some(6), ..PolicyOverride::default() };
                let wanted: Vec<WantedArchive> = ids
                    .iter()
                    .flat_map(|id| [Service::Gmail, Service::Drive].map(|service| (id.clone(), service)))
                    .map(|(id, service)| WantedArchive {
                        folder: format!("{id}/{service}"),
                        name: format!("{id}@x"),
                        scope: Scope { owner: Owner::User(id), service },
                    })
                    .collect();
                let before = scratch.catalog.statements();
                protect(tx, here, &ids)?;
                set_policies(tx, here, &ids, &policy)?;
                let made = find_or_create_archives(tx, here, &wanted, at(2))?;
                let again = find_or_create_archives(tx, here, &wanted, at(3))?;
                let known = by_ids(tx, here, &ids)?;
                let statements = scratch.catalog.statements() - before;
                assert_eq!(made, again, "each once");
                assert_eq!((made.len(), known.len()), (2 * count, count));
                for id in &ids {
                    let known = &known[id];
                    assert_eq!(
                        (known.protection, known.schedule, known.licensed),
                        (Protection::Protected, Schedule::Active, true)
                    );
                    assert_eq!(policies::get(tx, here, Level::User, id.as_str())?, Some(policy.clone()));
                }
                let first = archives::get(tx, made[0])?.unwrap();
                assert_eq!((first.scope, first.folder), (wanted[0].scope.clone(), wanted[0].folder.clone()));
                assert_eq!((first.name, first.items, first.created_at), (wanted[0].name.clone(), 0, at(2)));
                Ok(statements)
            })
        };
        assert_eq!(asked(1), asked(40));
    }
}
