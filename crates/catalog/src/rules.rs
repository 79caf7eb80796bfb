//! Rules: Groups and Org units that were chosen. Who joins one later is protected at the next sync.

use holdfast_model::{ConnectionId, GroupId, OrgUnitId, PolicyOverride, Timestamp};
use rusqlite::params;

use crate::sql::{self, Columns, micros, row_id};
use crate::{CatalogError, Result, Tx};

row_id! {
    /// A row of the rules.
    RuleId
}

/// Whom a Rule protects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleTarget {
    /// The members of a Group, through all Groups in it.
    Group(GroupId),
    /// The Users of an Org unit.
    OrgUnit {
        /// The unit.
        id: OrgUnitId,
        /// And those of all units below it.
        include_sub_units: bool,
    },
}

/// A choice that stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its row.
    pub id: RuleId,
    /// Whose Directory.
    pub connection: ConnectionId,
    /// Whom it protects.
    pub target: RuleTarget,
    /// What differs for them from the Domain's Policy.
    pub policy: Option<PolicyOverride>,
    /// When it was made.
    pub created_at: Timestamp,
}

const COLUMNS: &str = "id, connection_id, target, target_id, include_sub_units, policy, created_at";

fn read(c: &mut Columns<'_>) -> rusqlite::Result<Rule> {
    Ok(Rule {
        id: RuleId(c.get()?),
        connection: ConnectionId(c.get()?),
        target: {
            let target: String = c.get()?;
            let id: String = c.get()?;
            let include_sub_units = c.get()?;
            if target == "group" {
                RuleTarget::Group(GroupId(id))
            } else {
                RuleTarget::OrgUnit { id: OrgUnitId(id), include_sub_units }
            }
        },
        policy: c.maybe_json()?,
        created_at: c.time()?,
    })
}

fn words(target: &RuleTarget) -> (&'static str, &str, bool) {
    match target {
        RuleTarget::Group(id) => ("group", id.as_str(), false),
        RuleTarget::OrgUnit { id, include_sub_units } => ("org_unit", id.as_str(), *include_sub_units),
    }
}

/// Makes a Rule, or changes the one that the Group or Org unit has.
pub fn put(
    tx: &Tx<'_>,
    connection: ConnectionId,
    target: &RuleTarget,
    policy: Option<&PolicyOverride>,
    now: Timestamp,
) -> Result<RuleId> {
    let (kind, id, include_sub_units) = words(target);
    tx.value(
        "INSERT INTO rules (connection_id, target, target_id, include_sub_units, policy, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (connection_id, target, target_id) DO UPDATE SET
            include_sub_units = excluded.include_sub_units, policy = excluded.policy
         RETURNING id",
        params![connection.0, kind, id, include_sub_units, policy.map(sql::json).transpose()?, micros(now)],
        |c| c.get().map(RuleId),
    )
}

/// One Rule.
pub fn get(tx: &Tx<'_>, id: RuleId) -> Result<Option<Rule>> {
    tx.one(&format!("SELECT {COLUMNS} FROM rules WHERE id = ?1"), [id.0], read)
}

/// The Rule of a Group or Org unit.
pub fn by_target(tx: &Tx<'_>, connection: ConnectionId, target: &RuleTarget) -> Result<Option<Rule>> {
    let (kind, id, _) = words(target);
    tx.one(
        &format!("SELECT {COLUMNS} FROM rules WHERE connection_id = ?1 AND target = ?2 AND target_id = ?3"),
        params![connection.0, kind, id],
        read,
    )
}

/// The Rules of a Connection, oldest first.
pub fn list(tx: &Tx<'_>, connection: ConnectionId) -> Result<Vec<Rule>> {
    tx.all(&format!("SELECT {COLUMNS} FROM rules WHERE connection_id = ?1 ORDER BY id"), [connection.0], read)
}

/// Ends a Rule. Who is protected stays so.
pub fn remove(tx: &Tx<'_>, id: RuleId) -> Result<()> {
    match tx.run("DELETE FROM rules WHERE id = ?1", [id.0])? {
        0 => Err(CatalogError::missing("rule", id)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Scratch, at, connection};

    #[test]
    fn a_group_or_org_unit_has_one_rule_that_can_be_changed_and_ended() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let c = connection(tx);
            let unit = |include_sub_units| RuleTarget::OrgUnit { id: "x".into(), include_sub_units };
            let group = put(tx, c, &RuleTarget::Group("x".into()), None, at(1))?;
            let first = put(tx, c, &unit(false), None, at(1))?;
            let policy = PolicyOverride { mail_spam: Some(true), ..Default::default() };
            assert_eq!(put(tx, c, &unit(true), Some(&policy), at(9))?, first);
            let expected = Rule {
                id: first,
                connection: c,
                target: unit(true),
                policy: Some(policy),
                created_at: at(1),
            };
            assert_eq!(get(tx, first)?, Some(expected.clone()));
            assert_eq!(by_target(tx, c, &unit(false))?, Some(expected));
            assert_eq!(list(tx, c)?.len(), 2);
            remove(tx, group)?;
            assert!(remove(tx, group).is_err());
            assert_eq!(by_target(tx, c, &RuleTarget::Group("x".into()))?, None);
            Ok(())
        });
    }
}
