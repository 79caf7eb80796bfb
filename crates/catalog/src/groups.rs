//! Groups and their members. Groups nest, and may nest in a circle.

use holdfast_model::{ConnectionId, Group, GroupId, Member, MemberKind, Timestamp, UserId};
use rusqlite::params;

use crate::sql::{Columns, key, maybe_int, micros};
use crate::{Result, Tx};

/// A Group with what the catalogue adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectoryGroup {
    /// Whose Directory.
    pub connection: ConnectionId,
    /// As the Cloud told it last.
    pub group: Group,
    /// The last sync that told of it.
    pub last_seen: Timestamp,
    /// The sync that no longer told of it.
    pub vanished_at: Option<Timestamp>,
}

const COLUMNS: &str = "connection_id, group_id, address, name, direct_members, last_seen, vanished_at";

fn read(c: &mut Columns<'_>) -> rusqlite::Result<DirectoryGroup> {
    Ok(DirectoryGroup {
        connection: ConnectionId(c.get()?),
        group: Group {
            id: GroupId(c.get()?),
            address: c.get()?,
            name: c.get()?,
            direct_members: c.maybe_count()?,
        },
        last_seen: c.time()?,
        vanished_at: c.maybe_time()?,
    })
}

/// A sync told of a Group. What was known of it before, or `None` if it is new.
pub fn upsert_seen(
    tx: &Tx<'_>,
    connection: ConnectionId,
    group: &Group,
    now: Timestamp,
) -> Result<Option<DirectoryGroup>> {
    let before = by_id(tx, connection, &group.id)?;
    tx.run(
        "INSERT INTO groups (connection_id, group_id, address, address_key, name, direct_members, last_seen)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT DO UPDATE SET address = excluded.address, address_key = excluded.address_key,
            name = excluded.name, direct_members = excluded.direct_members, last_seen = excluded.last_seen,
            vanished_at = NULL",
        params![
            connection.0,
            group.id.as_str(),
            group.address,
            key(&group.address),
            group.name,
            maybe_int(group.direct_members),
            micros(now)
        ],
    )?;
    Ok(before)
}

/// A sync that told everything began at `sync_started`: what it did not tell of vanished and has no members any
/// more. Those Groups, as they were before.
pub fn mark_vanished(
    tx: &Tx<'_>,
    connection: ConnectionId,
    sync_started: Timestamp,
    now: Timestamp,
) -> Result<Vec<DirectoryGroup>> {
    let which = "connection_id = ?1 AND last_seen < ?2 AND vanished_at IS NULL";
    let vanished = tx.all(
        &format!("SELECT {COLUMNS} FROM groups WHERE {which} ORDER BY group_id"),
        params![connection.0, micros(sync_started)],
        read,
    )?;
    tx.run(
        &format!("UPDATE groups SET vanished_at = ?3 WHERE {which}"),
        params![connection.0, micros(sync_started), micros(now)],
    )?;
    for group in &vanished {
        replace_members(tx, connection, &group.group.id, &[])?;
    }
    Ok(vanished)
}

/// One Group.
pub fn by_id(tx: &Tx<'_>, connection: ConnectionId, id: &GroupId) -> Result<Option<DirectoryGroup>> {
    tx.one(
        &format!("SELECT {COLUMNS} FROM groups WHERE connection_id = ?1 AND group_id = ?2"),
        params![connection.0, id.as_str()],
        read,
    )
}

/// The Group with an address, whatever the case; one that is there before one that vanished.
pub fn by_address(tx: &Tx<'_>, connection: ConnectionId, address: &str) -> Result<Option<DirectoryGroup>> {
    tx.one(
        &format!(
            "SELECT {COLUMNS} FROM groups WHERE connection_id = ?1 AND address_key = ?2
             ORDER BY vanished_at IS NOT NULL, vanished_at DESC, group_id LIMIT 1"
        ),
        params![connection.0, key(address)],
        read,
    )
}

/// The Groups that are there, by address.
pub fn list(tx: &Tx<'_>, connection: ConnectionId) -> Result<Vec<DirectoryGroup>> {
    tx.all(
        &format!(
            "SELECT {COLUMNS} FROM groups WHERE connection_id = ?1 AND vanished_at IS NULL
             ORDER BY address_key, group_id"
        ),
        [connection.0],
        read,
    )
}

/// The Group has these direct members and no others.
pub fn replace_members(
    tx: &Tx<'_>,
    connection: ConnectionId,
    group: &GroupId,
    members: &[Member],
) -> Result<()> {
    tx.run(
        "DELETE FROM group_members WHERE connection_id = ?1 AND group_id = ?2",
        params![connection.0, group.as_str()],
    )?;
    for (position, member) in members.iter().enumerate() {
        tx.run(
            "INSERT INTO group_members (connection_id, group_id, position, kind, member_id, address, address_key)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                connection.0,
                group.as_str(),
                position as i64,
                word(member.kind),
                member.id,
                member.address,
                member.address.as_deref().map(key)
            ],
        )?;
    }
    Ok(())
}

const fn word(kind: MemberKind) -> &'static str {
    match kind {
        MemberKind::User => "user",
        MemberKind::Group => "group",
        MemberKind::Everyone => "everyone",
    }
}

/// The direct members of a Group, in the Cloud's order.
pub fn members(tx: &Tx<'_>, connection: ConnectionId, group: &GroupId) -> Result<Vec<Member>> {
    tx.all(
        "SELECT member_id, address, kind FROM group_members WHERE connection_id = ?1 AND group_id = ?2
         ORDER BY position",
        params![connection.0, group.as_str()],
        |c| Ok(Member { id: c.get()?, address: c.get()?, kind: c.word()? }),
    )
}

/// The Users of the Directory that belong to a Group, through any number of Groups in between; each once, by
/// address. Outsiders and who vanished are not among them.
pub fn member_users(tx: &Tx<'_>, connection: ConnectionId, group: &GroupId) -> Result<Vec<UserId>> {
    tx.all(
        "WITH RECURSIVE nested (group_id) AS (
            SELECT ?2
            UNION
            SELECT inner.group_id
            FROM nested
            JOIN group_members m ON m.connection_id = ?1 AND m.group_id = nested.group_id AND m.kind = 'group'
            JOIN groups inner ON inner.connection_id = ?1 AND inner.group_id = ifnull(m.member_id,
                (SELECT g.group_id FROM groups g WHERE g.connection_id = ?1 AND g.address_key = m.address_key
                    AND g.vanished_at IS NULL))
        ),
        direct (kind, member_id, address_key) AS MATERIALIZED (
            SELECT m.kind, m.member_id, m.address_key
            FROM nested JOIN group_members m ON m.connection_id = ?1 AND m.group_id = nested.group_id
            WHERE m.kind <> 'group'
        ),
        belonging (user_id) AS (
            SELECT member_id FROM direct WHERE kind = 'user' AND member_id IS NOT NULL
            UNION
            SELECT u.user_id FROM direct JOIN users u ON u.connection_id = ?1 AND u.address_key = direct.address_key
            WHERE direct.kind = 'user' AND direct.member_id IS NULL
            UNION
            SELECT a.user_id FROM direct
            JOIN user_aliases a ON a.connection_id = ?1 AND a.alias_key = direct.address_key
            WHERE direct.kind = 'user' AND direct.member_id IS NULL
            UNION
            SELECT u.user_id FROM users u
            WHERE u.connection_id = ?1 AND EXISTS (SELECT 1 FROM direct WHERE kind = 'everyone')
        )
        SELECT u.user_id FROM belonging JOIN users u ON u.connection_id = ?1 AND u.user_id = belonging.user_id
        WHERE u.vanished_at IS NULL ORDER BY u.address_key, u.user_id",
        params![connection.0, group.as_str()],
        |c| c.get().map(UserId),
    )
}
