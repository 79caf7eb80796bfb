//! Groups and their members. Groups nest, and may nest in a circle.

use holdfast_model::{ConnectionId, Group, GroupId, Member, MemberKind, Timestamp, UserId};
use rusqlite::params;

use crate::directory::Table;
use crate::sql::{Columns, key, maybe_int};
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

const GROUPS: Table<DirectoryGroup> =
    Table { name: "groups", id: "group_id", columns: COLUMNS, read, first_seen: None, also_gone: "" };

/// A sync told of a Group. What was known of it before, or `None` if it is new.
pub fn upsert_seen(
    tx: &Tx<'_>,
    connection: ConnectionId,
    group: &Group,
    now: Timestamp,
) -> Result<Option<DirectoryGroup>> {
    GROUPS.upsert(
        tx,
        connection,
        group.id.as_str(),
        now,
        &[
            ("address", &group.address),
            ("address_key", &key(&group.address)),
            ("name", &group.name),
            ("direct_members", &maybe_int(group.direct_members)),
        ],
    )
}

/// A sync that told everything began at `sync_started`: what it did not tell of vanished and has no members any
/// more. Those Groups, as they were before.
pub fn mark_vanished(
    tx: &Tx<'_>,
    connection: ConnectionId,
    sync_started: Timestamp,
    now: Timestamp,
) -> Result<Vec<DirectoryGroup>> {
    let vanished = GROUPS.mark_vanished(tx, connection, sync_started, now)?;
    for group in &vanished {
        replace_members(tx, connection, &group.group.id, &[])?;
    }
    Ok(vanished)
}

/// One Group.
pub fn by_id(tx: &Tx<'_>, connection: ConnectionId, id: &GroupId) -> Result<Option<DirectoryGroup>> {
    GROUPS.by_id(tx, connection, id.as_str())
}

/// The Group with an address, whatever the case; one that is there before one that vanished.
pub fn by_address(tx: &Tx<'_>, connection: ConnectionId, address: &str) -> Result<Option<DirectoryGroup>> {
    GROUPS.first(tx, connection, "address_key = ?2", &key(address))
}

/// The Groups that are there, by address.
pub fn list(tx: &Tx<'_>, connection: ConnectionId) -> Result<Vec<DirectoryGroup>> {
    GROUPS.there(tx, connection, "address_key")
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

/// The Groups that a User belongs to, by id, by address, by an alias or as everyone, and through any number of Groups in
/// between; by id. The same that [`member_users`] tells from the other side.
pub fn of_user(tx: &Tx<'_>, connection: ConnectionId, user: &UserId) -> Result<Vec<GroupId>> {
    tx.all(
        "WITH RECURSIVE above (group_id) AS (
            SELECT group_id FROM group_members WHERE connection_id = ?1 AND member_id = ?2 AND kind = 'user'
            UNION
            SELECT group_id FROM group_members WHERE connection_id = ?1 AND member_id IS NULL AND kind = 'user'
                AND address_key IN (
                    SELECT address_key FROM users WHERE connection_id = ?1 AND user_id = ?2
                    UNION
                    SELECT alias_key FROM user_aliases WHERE connection_id = ?1 AND user_id = ?2)
            UNION
            SELECT group_id FROM group_members WHERE connection_id = ?1 AND member_id IS NULL AND kind = 'everyone'
            UNION
            SELECT m.group_id FROM above
            JOIN group_members m ON m.connection_id = ?1 AND m.kind = 'group' AND m.member_id = above.group_id
            UNION
            SELECT m.group_id FROM above
            JOIN groups g ON g.connection_id = ?1 AND g.group_id = above.group_id AND g.vanished_at IS NULL
            JOIN group_members m ON m.connection_id = ?1 AND m.kind = 'group' AND m.member_id IS NULL
                AND m.address_key = g.address_key
         )
         SELECT group_id FROM above ORDER BY group_id",
        params![connection.0, user.as_str()],
        |c| c.get().map(GroupId),
    )
}

/// The Users of the Directory that belong to a Group, through any number of Groups in between; each once, by
/// address. Outsiders and who vanished are not among them.
pub fn member_users(tx: &Tx<'_>, connection: ConnectionId, group: &GroupId) -> Result<Vec<UserId>> {
    belonging(tx, connection, group, false)
}

/// The same with those who vanished, as far as the Group is still told to have them.
pub fn member_users_ever(tx: &Tx<'_>, connection: ConnectionId, group: &GroupId) -> Result<Vec<UserId>> {
    belonging(tx, connection, group, true)
}

fn belonging(
    tx: &Tx<'_>,
    connection: ConnectionId,
    group: &GroupId,
    with_vanished: bool,
) -> Result<Vec<UserId>> {
    tx.all(
        &format!(
            "{BELONGING} SELECT u.user_id {OF_USERS} WHERE ?3 OR u.vanished_at IS NULL ORDER BY u.address_key, u.user_id"
        ),
        params![connection.0, group.as_str(), with_vanished],
        |c| c.get().map(UserId),
    )
}

/// How many [`member_users`] are, and how many of them are protected.
pub fn count_members(tx: &Tx<'_>, connection: ConnectionId, group: &GroupId) -> Result<(u64, u64)> {
    tx.value(
        &format!(
            "{BELONGING} SELECT count(*), count(*) FILTER (WHERE u.protection = 'protected') {OF_USERS}
             WHERE u.vanished_at IS NULL"
        ),
        params![connection.0, group.as_str()],
        |c| Ok((c.count()?, c.count()?)),
    )
}

/// `belonging`: the ids of whom a Group has. The joins keep their order: SQLite would rather go through all members of all
/// groups for those that are groups, and through all users for those of a group.
const BELONGING: &str = "WITH RECURSIVE nested (group_id) AS (
            SELECT ?2
            UNION
            SELECT g.group_id
            FROM nested
            CROSS JOIN group_members m ON m.connection_id = ?1 AND m.group_id = nested.group_id AND m.kind = 'group'
            CROSS JOIN groups g ON g.connection_id = ?1 AND g.group_id = ifnull(m.member_id,
                (SELECT same.group_id FROM groups same INDEXED BY groups_by_address WHERE same.connection_id = ?1
                    AND same.address_key = m.address_key AND same.vanished_at IS NULL))
        ),
        direct (kind, member_id, address_key) AS MATERIALIZED (
            SELECT m.kind, m.member_id, m.address_key
            FROM nested CROSS JOIN group_members m ON m.connection_id = ?1 AND m.group_id = nested.group_id
            WHERE m.kind <> 'group'
        ),
        belonging (user_id) AS (
            SELECT member_id FROM direct WHERE kind = 'user' AND member_id IS NOT NULL
            UNION
            SELECT u.user_id FROM direct CROSS JOIN users u ON u.connection_id = ?1 AND u.address_key = direct.address_key
            WHERE direct.kind = 'user' AND direct.member_id IS NULL
            UNION
            SELECT a.user_id FROM direct
            CROSS JOIN user_aliases a ON a.connection_id = ?1 AND a.alias_key = direct.address_key
            WHERE direct.kind = 'user' AND direct.member_id IS NULL
            UNION
            SELECT u.user_id FROM (SELECT 1 FROM direct WHERE kind = 'everyone' LIMIT 1)
            CROSS JOIN users u ON u.connection_id = ?1
        )";

const OF_USERS: &str =
    "FROM belonging CROSS JOIN users u ON u.connection_id = ?1 AND u.user_id = belonging.user_id";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::testing::{Scratch, at, connection, user};
    use crate::users;

    fn group(id: &str) -> Group {
        Group {
            id: id.into(),
            address: format!("{id}@example.com"),
            name: id.to_owned(),
            direct_members: None,
        }
    }

    fn member(kind: MemberKind, id: Option<&str>, address: Option<&str>) -> Member {
        Member { id: id.map(str::to_owned), address: address.map(str::to_owned), kind }
    }

    #[test]
    fn members_are_replaced_whole_and_told_in_order() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let c = connection(tx);
            assert_eq!(upsert_seen(tx, c, &group("g"), at(1))?, None);
            let id = GroupId::from("g");
            let first = [member(MemberKind::User, Some("z"), None), member(MemberKind::Everyone, None, None)];
            replace_members(tx, c, &id, &first)?;
            assert_eq!(members(tx, c, &id)?, first);
            let second = [member(MemberKind::Group, Some("h"), Some("H@example.com"))];
            replace_members(tx, c, &id, &second)?;
            assert_eq!(members(tx, c, &id)?, second);
            assert!(replace_members(tx, c, &"unknown".into(), &second).is_err());
            Ok(())
        });
    }

    #[test]
    fn users_belong_by_id_by_address_by_alias_and_as_everyone_but_outsiders_do_not() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let c = connection(tx);
            for id in ["u1", "u2", "u3", "u4"] {
                let aliases = if id == "u3" { vec!["Third@example.com".into()] } else { Vec::new() };
                let told = holdfast_model::User { aliases, ..user(id, &format!("{id}@example.com")) };
                users::upsert_seen(tx, c, &told, at(1))?;
            }
            for id in ["g", "inner", "all"] {
                upsert_seen(tx, c, &group(id), at(1))?;
            }
            let direct = [
                member(MemberKind::User, Some("u1"), None),
                member(MemberKind::User, None, Some("THIRD@example.com")),
                member(MemberKind::User, None, Some("outsider@elsewhere.org")),
                member(MemberKind::User, Some("unknown-id"), None),
                member(MemberKind::Group, None, Some("INNER@example.com")),
            ];
            replace_members(tx, c, &"g".into(), &direct)?;
            replace_members(
                tx,
                c,
                &"inner".into(),
                &[member(MemberKind::User, None, Some("U2@example.com"))],
            )?;
            replace_members(tx, c, &"all".into(), &[member(MemberKind::Everyone, None, None)])?;
            let ids = |group: &str| {
                let found = member_users(tx, c, &group.into())?;
                Ok::<_, crate::CatalogError>(found.into_iter().map(|id| id.0).collect::<Vec<_>>())
            };
            assert_eq!(ids("g")?, ["u1", "u2", "u3"]);
            assert_eq!(ids("all")?, ["u1", "u2", "u3", "u4"]);
            assert_eq!(ids("unknown")?, [] as [&str; 0]);
            users::set_protection(tx, c, &"u3".into(), users::Protection::Protected)?;
            assert_eq!(
                (count_members(tx, c, &"g".into())?, count_members(tx, c, &"all".into())?),
                ((3, 1), (4, 1))
            );
            // The same from the other side.
            for user in ["u1", "u2", "u3", "u4"] {
                let of_user = of_user(tx, c, &user.into())?;
                for group in ["g", "inner", "all"] {
                    let belongs = ids(group)?.iter().any(|member| member == user);
                    assert_eq!(of_user.contains(&group.into()), belongs, "{user} {group}");
                }
            }
            users::upsert_seen(tx, c, &user("u1", "u1@example.com"), at(5))?;
            users::mark_vanished(tx, c, at(5), at(5))?;
            assert_eq!(ids("all")?, ["u1"]);
            Ok(())
        });
    }

    #[test]
    fn who_is_in_a_group_is_found_without_going_through_everyone() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let sql = format!("EXPLAIN QUERY PLAN {BELONGING} SELECT count(*) {OF_USERS}");
            let plan = tx.all(&sql, params![1, "g"], |c| {
                let _place: (i64, i64, i64) = (c.get()?, c.get()?, c.get()?);
                c.get::<String>()
            })?;
            let all: Vec<_> = plan.iter().filter(|line| line.ends_with("(connection_id=?)")).collect();
            assert_eq!(
                all,
                ["SEARCH u USING COVERING INDEX users_by_org_unit (connection_id=?)"],
                "{plan:#?}"
            );
            assert!(!plan.iter().any(|line| line.contains("AUTOMATIC")), "{plan:#?}");
            Ok(())
        });
    }

    #[test]
    fn a_group_that_vanished_has_no_members_and_is_not_listed() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let c = connection(tx);
            users::upsert_seen(tx, c, &user("u1", "u1@example.com"), at(1))?;
            upsert_seen(tx, c, &group("old"), at(1))?;
            replace_members(tx, c, &"old".into(), &[member(MemberKind::User, Some("u1"), None)])?;
            upsert_seen(tx, c, &group("new"), at(5))?;
            let gone = mark_vanished(tx, c, at(5), at(6))?;
            assert_eq!(gone.iter().map(|g| g.group.id.as_str()).collect::<Vec<_>>(), ["old"]);
            assert_eq!(list(tx, c)?.iter().map(|g| g.group.id.as_str()).collect::<Vec<_>>(), ["new"]);
            assert_eq!(by_id(tx, c, &"old".into())?.unwrap().vanished_at, Some(at(6)));
            assert_eq!(by_address(tx, c, "NEW@example.com")?.unwrap().group.id.as_str(), "new");
            assert!(member_users(tx, c, &"old".into())?.is_empty());
            Ok(())
        });
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        /// Against a search by hand, over graphs with circles and self-membership.
        #[test]
        fn everyone_in_nested_groups_is_found_once(
            edges in prop::collection::vec((0usize..8, 0usize..8), 0..24),
            direct in prop::collection::vec((0usize..8, 0usize..12), 0..24),
        ) {
            let scratch = Scratch::new();
            scratch.write(|tx| {
                let c = connection(tx);
                for n in 0..12 {
                    users::upsert_seen(tx, c, &user(&format!("u{n:02}"), &format!("u{n:02}@x")), at(1))?;
                }
                for g in 0..8 {
                    upsert_seen(tx, c, &group(&format!("g{g}")), at(1))?;
                }
                for g in 0..8 {
                    let nested = edges.iter().filter(|(from, _)| *from == g);
                    let own = direct.iter().filter(|(of, _)| *of == g);
                    let members: Vec<Member> = nested
                        .map(|(_, to)| member(MemberKind::Group, Some(&format!("g{to}")), None))
                        .chain(own.map(|(_, u)| member(MemberKind::User, Some(&format!("u{u:02}")), None)))
                        .collect();
                    replace_members(tx, c, &format!("g{g}").as_str().into(), &members)?;
                }
                for start in 0..8 {
                    let mut reached = BTreeSet::from([start]);
                    let mut todo = vec![start];
                    while let Some(at) = todo.pop() {
                        for (_, to) in edges.iter().filter(|(from, _)| *from == at) {
                            if reached.insert(*to) {
                                todo.push(*to);
                            }
                        }
                    }
                    let expected: BTreeSet<String> = direct
                        .iter()
                        .filter(|(of, _)| reached.contains(of))
                        .map(|(_, u)| format!("u{u:02}"))
                        .collect();
                    let found = member_users(tx, c, &format!("g{start}").as_str().into())?;
                    let found: Vec<String> = found.into_iter().map(|id| id.0).collect();
                    assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
                }
                Ok(())
            });
        }
    }
}
