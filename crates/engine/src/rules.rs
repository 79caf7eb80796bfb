//! Rules: a group or org unit that was chosen stays chosen. Who is in it after a sync and was never decided about is
//! protected, with the rule's settings, as far as licenses last.
//!
//! The order is written: by address, so that nobody's place depends on the order in which a Cloud lists people. Who
//! belongs to several chosen groups is protected once, by the rule that was made first. Nobody who is suspended or
//! deleted, and nobody who was left out on purpose, is protected by a rule.

use std::collections::BTreeMap;

use holdfast_catalog::{
    Connection, Level, Protection, RuleTarget, Tx, groups, org_units, policies, rules, users,
};
use holdfast_clouds::contract::{Cloud, ErrorKind};
use holdfast_model::{ConnectionId, PolicyOverride, User, UserId};
use serde::{Deserialize, Serialize};

use crate::engine::Engine;
use crate::error::Result;
use crate::events::Events;
use crate::notifications::{NO_LICENSE, of_connection};
use crate::selection::{protect, unusable};
use crate::settings::licenses_free;

/// Someone whom a rule protected at a sync.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleProtected {
    /// The user's address.
    pub address: String,
    /// The group's address or the org unit's path.
    pub rule: String,
}

/// What the rules did.
#[derive(Debug, Default)]
pub(crate) struct Applied {
    pub(crate) protected: Vec<RuleProtected>,
    /// People for whom no license was left.
    pub(crate) without_license: u64,
}

/// Someone whom a rule wants protected.
struct Wanted {
    user: User,
    rule: String,
    policy: Option<PolicyOverride>,
}

/// Applies the rules of a Connection to its Directory as it is now.
pub(crate) async fn apply(
    engine: &Engine,
    known: &Connection,
    cloud: &dyn Cloud,
    events: &Events,
) -> Result<Applied> {
    let id = known.id;
    let (wanted, free) = engine.read(move |tx| Ok((wanted(tx, id)?, licenses_free(tx)?))).await?;
    let places = free.map_or(usize::MAX, |free| usize::try_from(free).unwrap_or(usize::MAX));
    let mut applied = Applied::default();
    let mut left_out = Vec::new();
    for Wanted { user, rule, policy } in wanted {
        if applied.protected.len() >= places {
            left_out.push(user.address);
            continue;
        }
        let scopes = match cloud.scopes(&user).await {
            Ok(scopes) => scopes,
            Err(error) if error.kind == ErrorKind::SignInAgain => return Err(error.into()),
            Err(error) => {
                // The next sync tries again; the others need not wait for that.
                tracing::warn!(user = %user.id, %error, "a rule could not protect someone yet");
                continue;
            }
        };
        let (address, now) = (user.address.clone(), engine.now());
        let is_protected = engine
            .write(move |tx| {
                // Someone may have used the last license, or decided about this user, meanwhile.
                let is_open = users::by_id(tx, id, &user.id)?
                    .is_some_and(|user| is_open_to_rules(user.protection) && unusable(&user).is_none());
                if !is_open || licenses_free(tx)? == Some(0) {
                    return Ok(false);
                }
                let own = policies::get(tx, id, Level::User, user.id.as_str())?;
                // Settings that a person made for this user go before a rule's.
                let custom = policy.filter(|_| own.is_none());
                protect(tx, id, &user, scopes, custom.as_ref(), now)?;
                Ok(true)
            })
            .await?;
        if is_protected {
            applied.protected.push(RuleProtected { address, rule });
        }
    }
    applied.without_license = left_out.len() as u64;
    tell_left_out(engine, id, &left_out, events).await;
    Ok(applied)
}

async fn tell_left_out(engine: &Engine, id: ConnectionId, left_out: &[String], events: &Events) {
    const SHOWN: usize = 5;
    let subject = of_connection(id);
    if left_out.is_empty() {
        engine.fixed(events, move |open| open.cause == NO_LICENSE && open.subject == subject).await;
        return;
    }
    let more = left_out.len().saturating_sub(SHOWN);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let shown: Vec<&str> = left_out.iter().take(SHOWN).map(String::as_str).collect();
    let detail = format!("no license is left for {}{more}, whom a rule would protect", shown.join(", "));
    engine.found(NO_LICENSE.to_owned(), subject, detail, events).await;
}

const fn is_open_to_rules(protection: Protection) -> bool {
    match protection {
        // Someone who left and came back is new.
        Protection::Unprotected | Protection::Retained => true,
        Protection::Protected | Protection::Excluded => false,
    }
}

/// Whom the rules want protected, by address.
fn wanted(tx: &Tx<'_>, id: ConnectionId) -> Result<Vec<Wanted>> {
    let mut wanted: BTreeMap<(String, UserId), Wanted> = BTreeMap::new();
    for rule in rules::list(tx, id)? {
        let (name, members) = match &rule.target {
            RuleTarget::Group(group) => {
                let known = groups::by_id(tx, id, group)?.filter(|known| known.vanished_at.is_none());
                let Some(known) = known else { continue };
                (known.group.address, groups::member_users(tx, id, group)?)
            }
            RuleTarget::OrgUnit { id: unit, include_sub_units } => {
                let known = org_units::by_id(tx, id, unit)?.filter(|known| known.vanished_at.is_none());
                let Some(known) = known else { continue };
                (known.org_unit.path, org_units::users(tx, id, unit, *include_sub_units)?)
            }
        };
        for member in members {
            let Some(user) = users::by_id(tx, id, &member)? else { continue };
            if is_open_to_rules(user.protection) && unusable(&user).is_none() {
                let user = user.user;
                wanted.entry((user.address.to_lowercase(), user.id.clone())).or_insert_with(|| Wanted {
                    user,
                    rule: name.clone(),
                    policy: rule.policy.clone(),
                });
            }
        }
    }
    Ok(wanted.into_values().collect())
}
