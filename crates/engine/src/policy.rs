//! Which settings apply: the domain's, overridden by groups and the org unit, overridden by the user's own.

use holdfast_catalog::{Level, Tx, groups, org_units, policies};
use holdfast_model::{ConnectionId, Policy, User};

use crate::error::Result;

/// The Domain's default Policy.
pub fn of_domain(tx: &Tx<'_>, connection: ConnectionId) -> Result<Policy> {
    Ok(match policies::get(tx, connection, Level::Domain, "")? {
        Some(domain) => Policy::default().overridden_by(&domain),
        None => Policy::default(),
    })
}

/// What applies to a User. Of several groups, the one with the lowest id decides last, so that the order never changes
/// by itself; an org unit above gives way to one below.
pub fn of_user(tx: &Tx<'_>, connection: ConnectionId, user: &User) -> Result<Policy> {
    let mut policy = of_domain(tx, connection)?;
    if let Some(unit) = &user.org_unit {
        for unit in org_units::ancestors(tx, connection, unit)?.iter().rev() {
            if let Some(lower) = policies::get(tx, connection, Level::OrgUnit, unit.as_str())? {
                policy = policy.overridden_by(&lower);
            }
        }
    }
    for group in groups::of_user(tx, connection, &user.id)?.iter().rev() {
        if let Some(lower) = policies::get(tx, connection, Level::Group, group.as_str())? {
            policy = policy.overridden_by(&lower);
        }
    }
    if let Some(own) = policies::get(tx, connection, Level::User, user.id.as_str())? {
        policy = policy.overridden_by(&own);
    }
    Ok(policy)
}
