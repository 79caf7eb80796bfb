//! Rules: the Domain, Groups and Org units that were chosen. Who joins one later is protected at the next sync.
//!
//! A Rule may have bystanders: people who were there when it was made for people who appear later. It leaves them as they
//! are for as long as they stay.

use holdfast_model::{ConnectionId, GroupId, OrgUnitId, PolicyOverride, Timestamp, UserId};
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
    /// All Users of the Domain.
    Domain,
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
            match target.as_str() {
                "domain" => RuleTarget::Domain,
                "group" => RuleTarget::Group(GroupId(id)),
                _ => RuleTarget::OrgUnit { id: OrgUnitId(id), include_sub_units },
            }
        },
        policy: c.maybe_json()?,
        created_at: c.time()?,
    })
}

fn words(target: &RuleTarget) -> (&'static str, &str, bool) {
    match target {
        RuleTarget::Domain => ("domain", "", false),
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

/// Who was there when the Rule was made and is to be left as it is, by id.
pub fn bystanders(tx: &Tx<'_>, id: RuleId) -> Result<Vec<UserId>> {
    tx.all("SELECT user_id FROM rule_bystanders WHERE rule_id = ?1 ORDER BY user_id", [id.0], |c| {
        c.get().map(UserId)
    })
}

/// Adds one; fine where it is one already.
pub fn add_bystander(tx: &Tx<'_>, id: RuleId, user: &UserId) -> Result<()> {
    tx.run(
        "INSERT INTO rule_bystanders (rule_id, user_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
        params![id.0, user.as_str()],
    )?;
    Ok(())
}

/// Someone is no bystander any more: who comes again is new.
pub fn forget_bystander(tx: &Tx<'_>, id: RuleId, user: &UserId) -> Result<()> {
    tx.run("DELETE FROM rule_bystanders WHERE rule_id = ?1 AND user_id = ?2", params![id.0, user.as_str()])?;
    Ok(())
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

    #[test]
    fn bystanders_are_of_one_rule_and_go_with_it() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let c = connection(tx);
            let domain = put(tx, c, &RuleTarget::Domain, None, at(1))?;
            let group = put(tx, c, &RuleTarget::Group("x".into()), None, at(1))?;
            assert_eq!(get(tx, domain)?.map(|rule| rule.target), Some(RuleTarget::Domain));
            for user in ["b", "a", "b"] {
                add_bystander(tx, domain, &user.into())?;
            }
            add_bystander(tx, group, &"a".into())?;
            forget_bystander(tx, domain, &"b".into())?;
            assert_eq!(bystanders(tx, domain)?, ["a".into()]);
            remove(tx, group)?;
            let again = put(tx, c, &RuleTarget::Group("x".into()), None, at(2))?;
            assert_eq!(bystanders(tx, again)?, []);
            Ok(())
        });
    }
}
