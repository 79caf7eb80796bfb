//! Org units of the Directory: a tree.

use holdfast_model::{ConnectionId, OrgUnit, OrgUnitId, Timestamp, UserId};
use rusqlite::params;

use crate::directory::Table;
use crate::sql::Columns;
use crate::{Result, Tx};

/// An Org unit with what the catalogue adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectoryOrgUnit {
    /// Whose Directory.
    pub connection: ConnectionId,
    /// As the Cloud told it last.
    pub org_unit: OrgUnit,
    /// The last sync that told of it.
    pub last_seen: Timestamp,
    /// The sync that no longer told of it.
    pub vanished_at: Option<Timestamp>,
}

const COLUMNS: &str = "connection_id, org_unit_id, parent_id, name, path, last_seen, vanished_at";

fn read(c: &mut Columns<'_>) -> rusqlite::Result<DirectoryOrgUnit> {
    Ok(DirectoryOrgUnit {
        connection: ConnectionId(c.get()?),
        org_unit: OrgUnit {
            id: OrgUnitId(c.get()?),
            parent: c.get::<Option<String>>()?.map(OrgUnitId),
            name: c.get()?,
            path: c.get()?,
        },
        last_seen: c.time()?,
        vanished_at: c.maybe_time()?,
    })
}

const ORG_UNITS: Table<DirectoryOrgUnit> =
    Table { name: "org_units", id: "org_unit_id", columns: COLUMNS, read, first_seen: None, also_gone: "" };

/// A sync told of an Org unit. What was known of it before, or `None` if it is new.
pub fn upsert_seen(
    tx: &Tx<'_>,
    connection: ConnectionId,
    org_unit: &OrgUnit,
    now: Timestamp,
) -> Result<Option<DirectoryOrgUnit>> {
    ORG_UNITS.upsert(
        tx,
        connection,
        org_unit.id.as_str(),
        now,
        &[
            ("parent_id", &org_unit.parent.as_ref().map(OrgUnitId::as_str)),
            ("name", &org_unit.name),
            ("path", &org_unit.path),
        ],
    )
}

/// A sync that told everything began at `sync_started`: what it did not tell of vanished. Those Org units, as
/// they were before.
pub fn mark_vanished(
    tx: &Tx<'_>,
    connection: ConnectionId,
    sync_started: Timestamp,
    now: Timestamp,
) -> Result<Vec<DirectoryOrgUnit>> {
    ORG_UNITS.mark_vanished(tx, connection, sync_started, now)
}

/// One Org unit.
pub fn by_id(tx: &Tx<'_>, connection: ConnectionId, id: &OrgUnitId) -> Result<Option<DirectoryOrgUnit>> {
    ORG_UNITS.by_id(tx, connection, id.as_str())
}

/// The Org unit at a path, which people write with or without the first slash, in any case.
pub fn by_path(tx: &Tx<'_>, connection: ConnectionId, path: &str) -> Result<Option<DirectoryOrgUnit>> {
    let wanted = tidy(path);
    Ok(list(tx, connection)?.into_iter().find(|found| tidy(&found.org_unit.path) == wanted))
}

fn tidy(path: &str) -> String {
    path.trim().trim_matches('/').to_lowercase()
}

/// The Org units that are there, by path.
pub fn list(tx: &Tx<'_>, connection: ConnectionId) -> Result<Vec<DirectoryOrgUnit>> {
    ORG_UNITS.there(tx, connection, "path")
}

/// A unit and all above it, itself first. A circle, which no Cloud should tell, ends where it began.
pub fn ancestors(tx: &Tx<'_>, connection: ConnectionId, id: &OrgUnitId) -> Result<Vec<OrgUnitId>> {
    tx.all(
        "WITH RECURSIVE above (org_unit_id, height) AS (
            SELECT ?2, 0
            UNION
            SELECT o.parent_id, height + 1 FROM org_units o JOIN above ON o.org_unit_id = above.org_unit_id
            WHERE o.connection_id = ?1 AND o.parent_id IS NOT NULL AND height < 64
         )
         SELECT org_unit_id FROM above GROUP BY org_unit_id ORDER BY min(height)",
        params![connection.0, id.as_str()],
        |c| c.get().map(OrgUnitId),
    )
}

/// Each Org unit with the one above it, those that vanished too: what [`ancestors`] follows, for all at once.
pub fn parents(tx: &Tx<'_>, connection: ConnectionId) -> Result<Vec<(OrgUnitId, OrgUnitId)>> {
    tx.all(
        "SELECT org_unit_id, parent_id FROM org_units WHERE connection_id = ?1 AND parent_id IS NOT NULL",
        [connection.0],
        |c| Ok((OrgUnitId(c.get()?), OrgUnitId(c.get()?))),
    )
}

/// An Org unit and all below it. A Cloud that tells of a circle gets each unit once.
pub fn subtree(tx: &Tx<'_>, connection: ConnectionId, id: &OrgUnitId) -> Result<Vec<OrgUnitId>> {
    tx.all(
        "WITH RECURSIVE below (id) AS (
            SELECT ?2
            UNION
            SELECT o.org_unit_id FROM below JOIN org_units o ON o.connection_id = ?1 AND o.parent_id = below.id
            WHERE o.vanished_at IS NULL
        )
        SELECT id FROM below ORDER BY id",
        params![connection.0, id.as_str()],
        |c| c.get().map(OrgUnitId),
    )
}

/// The Users of an Org unit, and of all below it where asked for, by address; without who vanished.
pub fn users(
    tx: &Tx<'_>,
    connection: ConnectionId,
    id: &OrgUnitId,
    include_sub_units: bool,
) -> Result<Vec<UserId>> {
    tx.all(
        "WITH RECURSIVE below (id) AS (
            SELECT ?2
            UNION
            SELECT o.org_unit_id FROM below JOIN org_units o ON o.connection_id = ?1 AND o.parent_id = below.id
            WHERE ?3 AND o.vanished_at IS NULL
        )
        SELECT u.user_id FROM below CROSS JOIN users u ON u.connection_id = ?1 AND u.org_unit_id = below.id
        WHERE u.vanished_at IS NULL ORDER BY u.address_key, u.user_id",
        params![connection.0, id.as_str(), include_sub_units],
        |c| c.get().map(UserId),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Scratch, at, connection, user};
    use crate::users as user_table;

    fn unit(id: &str, parent: Option<&str>, path: &str) -> OrgUnit {
        OrgUnit {
            id: id.into(),
            parent: parent.map(Into::into),
            name: path.rsplit('/').next().unwrap_or_default().to_owned(),
            path: path.to_owned(),
        }
    }

    fn ids(found: Vec<OrgUnitId>) -> Vec<String> {
        found.into_iter().map(|id| id.0).collect()
    }

    #[test]
    fn a_unit_has_its_own_users_and_with_its_sub_units_all_below() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let c = connection(tx);
            let tree = [
                unit("root", None, "/"),
                unit("sales", Some("root"), "/Sales"),
                unit("north", Some("sales"), "/Sales/North"),
                unit("it", Some("root"), "/IT"),
            ];
            for told in &tree {
                assert_eq!(upsert_seen(tx, c, told, at(1))?, None);
            }
            for (n, place) in ["root", "sales", "north", "it"].into_iter().enumerate() {
                let told = holdfast_model::User {
                    org_unit: Some(place.into()),
                    ..user(place, &format!("{n}@example.com"))
                };
                user_table::upsert_seen(tx, c, &told, at(1))?;
            }
            let in_unit = |id: &str, below| {
                let found = users(tx, c, &id.into(), below)?;
                Ok::<_, crate::CatalogError>(found.into_iter().map(|id| id.0).collect::<Vec<_>>())
            };
            assert_eq!(in_unit("sales", false)?, ["sales"]);
            assert_eq!(in_unit("sales", true)?, ["sales", "north"]);
            assert_eq!(in_unit("root", true)?, ["root", "sales", "north", "it"]);
            assert_eq!(ids(subtree(tx, c, &"sales".into())?), ["north", "sales"]);
            for path in ["/Sales/North", "sales/north", " /SALES/NORTH/ "] {
                assert_eq!(by_path(tx, c, path)?.unwrap().org_unit.id.as_str(), "north", "{path}");
            }
            assert_eq!(by_path(tx, c, "/")?.unwrap().org_unit.id.as_str(), "root");
            assert_eq!(by_path(tx, c, "/nowhere")?, None);
            Ok(())
        });
    }

    #[test]
    fn a_circle_of_units_ends_and_a_moved_unit_moves_its_tree() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let c = connection(tx);
            for told in [unit("a", Some("b"), "/a"), unit("b", Some("a"), "/b"), unit("x", Some("b"), "/b/x")]
            {
                upsert_seen(tx, c, &told, at(1))?;
            }
            assert_eq!(ids(subtree(tx, c, &"a".into())?), ["a", "b", "x"]);
            let before = upsert_seen(tx, c, &unit("b", None, "/b"), at(2))?.unwrap();
            assert_eq!(before.org_unit.parent, Some("a".into()));
            assert_eq!(ids(subtree(tx, c, &"a".into())?), ["a"]);
            assert_eq!(ids(subtree(tx, c, &"b".into())?), ["a", "b", "x"]);
            let gone = mark_vanished(tx, c, at(2), at(3))?;
            assert_eq!(gone.iter().map(|u| u.org_unit.id.as_str()).collect::<Vec<_>>(), ["a", "x"]);
            assert_eq!(list(tx, c)?.len(), 1);
            assert_eq!(ids(subtree(tx, c, &"b".into())?), ["b"]);
            Ok(())
        });
    }
}
