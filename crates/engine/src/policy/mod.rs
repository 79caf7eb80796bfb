//! Which settings apply, and where each comes from.
//!
//! A Policy is built field by field from four levels, each overriding the one before:
//! 1. the Domain;
//! 2. the org unit: from the topmost unit down to the User's own, so that the nearest one decides;
//! 3. groups: where several groups of a User set the same field, the group whose address comes first in the alphabet
//!    decides, whatever the order in which the Cloud lists them;
//! 4. the User.
//!
//! What no level sets has its built-in value.

mod effect;
mod of_all;
mod set;

use std::collections::BTreeMap;

use holdfast_catalog::{Level, Tx, groups, org_units, policies, users};
use holdfast_model::{ConnectionId, GroupId, OrgUnitId, Policy, PolicyOverride, User, UserId};
use serde::{Deserialize, Serialize};

use crate::error::Result;

pub use effect::{PolicyEffect, ServiceEffect};
pub use of_all::PoliciesOfAll;
pub(crate) use set::{complete_archives, set};

/// The level at which settings are made, and for whom.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "level", content = "id", rename_all = "snake_case")]
pub enum PolicyTarget {
    /// Everyone of the Domain.
    Domain,
    /// The Users of an Org unit and of the units below it.
    OrgUnit(OrgUnitId),
    /// The members of a Group, through all Groups in it.
    Group(GroupId),
    /// One User.
    User(UserId),
}

impl PolicyTarget {
    /// As the catalogue keeps it: the level and the target's id, empty for the Domain.
    pub fn key(&self) -> (Level, &str) {
        match self {
            Self::Domain => (Level::Domain, ""),
            Self::OrgUnit(id) => (Level::OrgUnit, id.as_str()),
            Self::Group(id) => (Level::Group, id.as_str()),
            Self::User(id) => (Level::User, id.as_str()),
        }
    }
}

/// The settings that apply to someone, and the level that each is from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EffectivePolicy {
    /// All settings.
    pub policy: Policy,
    /// Where each field that any level sets is from, by its name; what is not here has its built-in value.
    pub sources: BTreeMap<String, PolicyTarget>,
}

/// Settings of one level, to be tried out in place of those that are kept.
pub(crate) struct Instead<'a> {
    pub(crate) target: &'a PolicyTarget,
    pub(crate) policy: &'a PolicyOverride,
}

/// The Domain's default Policy.
pub fn of_domain(tx: &Tx<'_>, connection: ConnectionId) -> Result<Policy> {
    Ok(combined(&domain_layers(tx, connection, None)?).policy)
}

/// What applies to a User.
pub fn of_user(tx: &Tx<'_>, connection: ConnectionId, user: &User) -> Result<Policy> {
    Ok(effective(tx, connection, Some(user))?.policy)
}

/// What applies to a User, or to the Domain where none is named, with where it is from.
pub fn effective(tx: &Tx<'_>, connection: ConnectionId, user: Option<&User>) -> Result<EffectivePolicy> {
    Ok(combined(&match user {
        Some(user) => layers(tx, connection, user, None)?,
        None => domain_layers(tx, connection, None)?,
    }))
}

/// What applies to those of a level as long as nothing is set there. The members of a Group may be in any Org unit: for a
/// Group it is what the Domain says.
pub fn above(tx: &Tx<'_>, connection: ConnectionId, target: &PolicyTarget) -> Result<EffectivePolicy> {
    let nothing = PolicyOverride::default();
    let without = Instead { target, policy: &nothing };
    Ok(combined(&match target {
        PolicyTarget::Domain | PolicyTarget::Group(_) => domain_layers(tx, connection, Some(&without))?,
        PolicyTarget::OrgUnit(unit) => {
            let mut layers = domain_layers(tx, connection, None)?;
            add_units(tx, connection, unit, Some(&without), &mut layers)?;
            layers
        }
        PolicyTarget::User(id) => match users::by_id(tx, connection, id)? {
            Some(known) => layers(tx, connection, &known.user, Some(&without))?,
            None => domain_layers(tx, connection, None)?,
        },
    }))
}

type Layers = Vec<(PolicyTarget, PolicyOverride)>;

fn domain_layers(tx: &Tx<'_>, connection: ConnectionId, instead: Option<&Instead<'_>>) -> Result<Layers> {
    let mut layers = Vec::new();
    add(tx, connection, PolicyTarget::Domain, instead, &mut layers)?;
    Ok(layers)
}

/// What is set for a User at any level, the highest level first.
fn layers(
    tx: &Tx<'_>,
    connection: ConnectionId,
    user: &User,
    instead: Option<&Instead<'_>>,
) -> Result<Layers> {
    let mut layers = domain_layers(tx, connection, instead)?;
    if let Some(unit) = &user.org_unit {
        add_units(tx, connection, unit, instead, &mut layers)?;
    }
    for group in groups_by_address(tx, connection, &user.id)?.into_iter().rev() {
        add(tx, connection, PolicyTarget::Group(group), instead, &mut layers)?;
    }
    add(tx, connection, PolicyTarget::User(user.id.clone()), instead, &mut layers)?;
    Ok(layers)
}

/// An Org unit and those above it, the topmost first.
fn add_units(
    tx: &Tx<'_>,
    connection: ConnectionId,
    unit: &OrgUnitId,
    instead: Option<&Instead<'_>>,
    layers: &mut Layers,
) -> Result<()> {
    for unit in org_units::ancestors(tx, connection, unit)?.into_iter().rev() {
        add(tx, connection, PolicyTarget::OrgUnit(unit), instead, layers)?;
    }
    Ok(())
}

/// The groups of a User that are there, by address: the first decides.
fn groups_by_address(tx: &Tx<'_>, connection: ConnectionId, user: &UserId) -> Result<Vec<GroupId>> {
    let mut found = Vec::new();
    for id in groups::of_user(tx, connection, user)? {
        if let Some(known) = groups::by_id(tx, connection, &id)?.filter(|known| known.vanished_at.is_none()) {
            found.push((known.group.address.to_lowercase(), id));
        }
    }
    found.sort();
    Ok(found.into_iter().map(|(_, id)| id).collect())
}

fn add(
    tx: &Tx<'_>,
    connection: ConnectionId,
    target: PolicyTarget,
    instead: Option<&Instead<'_>>,
    layers: &mut Layers,
) -> Result<()> {
    let policy = match instead.filter(|instead| *instead.target == target) {
        Some(instead) => Some(instead.policy.clone()),
        None => {
            let (level, id) = target.key();
            policies::get(tx, connection, level, id)?
        }
    };
    layers.extend(policy.map(|policy| (target, policy)));
    Ok(())
}

fn combined(layers: &Layers) -> EffectivePolicy {
    let mut all = EffectivePolicy { policy: Policy::default(), sources: BTreeMap::new() };
    for (source, policy) in layers {
        all.policy = all.policy.overridden_by(policy);
        for field in policy.fields() {
            all.sources.insert(field, source.clone());
        }
    }
    all
}
