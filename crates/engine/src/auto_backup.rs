//! Auto-backup: a rule for people who appear later in the Domain, a group or an org unit.
//!
//! Switching it on protects nobody who is there already: that is what Start Backup is for. Switching it off ends the
//! rule; who is protected stays so.

use std::collections::HashSet;

use holdfast_catalog::{RuleTarget, Tx, connections, groups, org_units, rules, users};
use holdfast_model::{ConnectionId, GroupId, OrgUnitId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::engine::Engine;
use crate::error::{EngineError, Result};
use crate::rules::{is_open_to_rules, members};
use crate::selection::unusable;

/// Where people who appear later are protected.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "target", rename_all = "snake_case")]
pub enum AutoBackupTarget {
    /// In the whole Domain: `Add new Domain users`.
    Domain,
    /// In a Group, through all Groups in it.
    Group {
        /// The group.
        id: GroupId,
    },
    /// In an Org unit.
    OrgUnit {
        /// The unit.
        id: OrgUnitId,
        /// And in all units below it.
        include_sub_units: bool,
    },
}

impl AutoBackupTarget {
    fn rule(&self) -> RuleTarget {
        match self {
            Self::Domain => RuleTarget::Domain,
            Self::Group { id } => RuleTarget::Group(id.clone()),
            Self::OrgUnit { id, include_sub_units } => {
                RuleTarget::OrgUnit { id: id.clone(), include_sub_units: *include_sub_units }
            }
        }
    }
}

/// Whether `Add new Domain users` is on.
pub fn of_domain(tx: &Tx<'_>, connection: ConnectionId) -> Result<bool> {
    Ok(rules::by_target(tx, connection, &RuleTarget::Domain)?.is_some())
}

/// Switches auto-backup on or off; fine where it is so already.
pub(crate) async fn set(
    engine: &Engine,
    connection: ConnectionId,
    target: AutoBackupTarget,
    on: bool,
) -> Result<()> {
    let now = engine.now();
    engine
        .write(move |tx| {
            must_be_known(tx, connection, &target)?;
            let target = target.rule();
            match (rules::by_target(tx, connection, &target)?, on) {
                (Some(rule), false) => Ok(rules::remove(tx, rule.id)?),
                (None, false) => Ok(()),
                (known, true) => switch_on(tx, connection, known, &target, now),
            }
        })
        .await
}

fn switch_on(
    tx: &Tx<'_>,
    connection: ConnectionId,
    known: Option<holdfast_catalog::Rule>,
    target: &RuleTarget,
    now: Timestamp,
) -> Result<()> {
    // Who was in the reach of the rule before is no bystander: a rule of Start Backup has none.
    let reached: HashSet<UserId> = match &known {
        Some(rule) => members(tx, connection, &rule.target)?.into_iter().flat_map(|of| of.users).collect(),
        None => HashSet::new(),
    };
    let policy = known.and_then(|rule| rule.policy);
    let id = rules::put(tx, connection, target, policy.as_ref(), now)?;
    for user in members(tx, connection, target)?.into_iter().flat_map(|of| of.users) {
        if reached.contains(&user) {
            continue;
        }
        // Who cannot be protected yet appears when that changes.
        let is_bystander = users::by_id(tx, connection, &user)?
            .is_some_and(|user| is_open_to_rules(user.protection) && unusable(&user).is_none());
        if is_bystander {
            rules::add_bystander(tx, id, &user)?;
        }
    }
    Ok(())
}

fn must_be_known(tx: &Tx<'_>, connection: ConnectionId, target: &AutoBackupTarget) -> Result<()> {
    let (what, name, is_there) = match target {
        AutoBackupTarget::Domain => {
            ("connection", connection.to_string(), connections::get(tx, connection)?.is_some())
        }
        AutoBackupTarget::Group { id } => {
            ("group", id.to_string(), groups::by_id(tx, connection, id)?.is_some())
        }
        AutoBackupTarget::OrgUnit { id, .. } => {
            ("org unit", id.to_string(), org_units::by_id(tx, connection, id)?.is_some())
        }
    };
    if is_there { Ok(()) } else { Err(EngineError::NotFound { what, name }) }
}
