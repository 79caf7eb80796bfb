//! Rules: what was chosen stays chosen, the Domain, a group or an org unit. Who is in it after a sync and was never
//! decided about is protected, with the rule's settings, as far as licenses last.
//!
//! The order is written: by address, so that nobody's place depends on the order in which a Cloud lists people; who
//! comes first in the alphabet gets the licenses that are left. Who belongs to several chosen groups is protected once, by
//! the rule that was made first. Nobody who is suspended or deleted, and nobody who was left out on purpose, is protected
//! by a rule. Who leaves a chosen group or org unit stays protected.
//!
//! A rule that was switched on as auto-backup is for people who appear later: its bystanders, who were there already,
//! stay as they are until they leave; who comes back has appeared.

use std::collections::{BTreeMap, HashMap, HashSet};

use holdfast_catalog::{
    Connection, ConnectionState, Level, Protection, RuleTarget, Tx, UserFilter, connections, groups, many,
    notifications, org_units, policies, rules, users,
};
use holdfast_clouds::contract::{Cloud, ErrorKind};
use holdfast_model::{ConnectionId, PolicyOverride, Scope, User, UserId};
use serde::{Deserialize, Serialize};

use crate::engine::Engine;
use crate::error::{EngineError, Result};
use crate::events::Events;
use crate::notifications::{NO_LICENSE, of_connection};
use crate::selection::{protect, unusable};
use crate::settings::licenses_free;
use crate::worker::Worker;

/// So many are protected in one transaction.
const AT_ONCE: usize = 1_000;

/// Someone whom a rule protected at a sync.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleProtected {
    /// The user's address.
    pub address: String,
    /// The Domain's name, the group's address or the org unit's path.
    pub rule: String,
}

/// What the rules did.
#[derive(Debug, Default)]
pub(crate) struct Applied {
    pub(crate) protected: Vec<RuleProtected>,
    /// People for whom no license was left.
    pub(crate) without_license: u64,
}

/// Someone with what the Cloud has for them.
type Chosen = (User, Vec<Scope>);

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
    engine.write(move |tx| forget_who_left(tx, id)).await?;
    let (wanted, free) = engine.read(move |tx| Ok((wanted(tx, id)?, licenses_free(tx)?))).await?;
    let places = free.map_or(usize::MAX, |free| usize::try_from(free).unwrap_or(usize::MAX));
    let mut applied = Applied::default();
    let (mut left_out, mut next) = (Vec::new(), Vec::new());
    for one in wanted {
        if applied.protected.len() + next.len() >= places {
            left_out.push(one.user.address);
            continue;
        }
        match cloud.scopes(&one.user).await {
            Ok(scopes) => next.push((one, scopes)),
            Err(error) if error.kind == ErrorKind::SignInAgain => return Err(error.into()),
            Err(error) => {
                // The next sync tries again; the others need not wait for that.
                tracing::warn!(user = %one.user.id, %error, "a rule could not protect someone yet");
            }
        }
        if next.len() == AT_ONCE {
            applied.protected.extend(protect_those(engine, id, std::mem::take(&mut next)).await?);
        }
    }
    applied.protected.extend(protect_those(engine, id, next).await?);
    applied.without_license = left_out.len() as u64;
    tell_left_out(engine, id, &left_out, events).await;
    Ok(applied)
}

/// Protects whom rules want, each by its rule's settings, in one transaction; those who still were to be.
async fn protect_those(
    engine: &Engine,
    id: ConnectionId,
    wanted: Vec<(Wanted, Vec<Scope>)>,
) -> Result<Vec<RuleProtected>> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let now = engine.now();
    engine
        .write(move |tx| {
            let ids: Vec<UserId> = wanted.iter().map(|(one, _)| one.user.id.clone()).collect();
            let known = many::by_ids(tx, id, &ids)?;
            // Settings that a person made for a user go before a rule's.
            let own: HashSet<String> = policies::list(tx, id)?
                .into_iter()
                .filter(|(level, ..)| *level == Level::User)
                .map(|(_, user, _)| user)
                .collect();
            let mut places = licenses_free(tx)?;
            let mut protected = Vec::new();
            let mut by_settings: Vec<(Option<PolicyOverride>, Vec<Chosen>)> = Vec::new();
            for (Wanted { user, rule, policy }, scopes) in wanted {
                // Someone may have used the last license, or decided about this user, meanwhile.
                let is_open = known
                    .get(&user.id)
                    .is_some_and(|user| is_open_to_rules(user.protection) && unusable(user).is_none());
                if !is_open || places == Some(0) {
                    continue;
                }
                places = places.map(|places| places - 1);
                protected.push(RuleProtected { address: user.address.clone(), rule });
                let custom = policy.filter(|_| !own.contains(user.id.as_str()));
                match by_settings.iter_mut().find(|(settings, _)| *settings == custom) {
                    Some((_, people)) => people.push((user, scopes)),
                    None => by_settings.push((custom, vec![(user, scopes)])),
                }
            }
            for (custom, people) in by_settings {
                protect(tx, id, people, custom.as_ref(), now)?;
            }
            Ok(protected)
        })
        .await
}

impl Worker {
    /// There may be more licenses now: whom a rule left out for want of one is protected at once. What cannot be done now is
    /// done at the next sync.
    pub(crate) async fn protect_whom_rules_wait_for(&self, events: &Events) {
        let engine = &self.engine;
        let waiting = engine.read(|tx| {
            let mut waiting = Vec::new();
            for open in notifications::list_open(tx)?.iter().filter(|open| open.cause == NO_LICENSE) {
                let Some(id) = open.subject.connection else { continue };
                let known = connections::get(tx, id)?;
                waiting.extend(known.filter(|known| known.state == ConnectionState::Connected));
            }
            Ok(waiting)
        });
        let applied = async {
            for known in waiting.await? {
                let cloud = engine.cloud(&known).await?;
                apply(engine, &known, &*cloud, events).await?;
            }
            Ok::<_, EngineError>(())
        };
        if let Err(error) = applied.await {
            tracing::warn!(code = error.code(), %error, "who waits for a license is protected at the next sync");
        }
    }
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

/// A bystander who is no longer there appears when coming again.
fn forget_who_left(tx: &Tx<'_>, id: ConnectionId) -> Result<()> {
    for rule in rules::list(tx, id)? {
        let bystanders = rules::bystanders(tx, rule.id)?;
        if bystanders.is_empty() {
            continue;
        }
        let there: HashSet<UserId> =
            members(tx, id, &rule.target)?.into_iter().flat_map(|of| of.users).collect();
        for user in bystanders.into_iter().filter(|user| !there.contains(user)) {
            rules::forget_bystander(tx, rule.id, &user)?;
        }
    }
    Ok(())
}

pub(crate) const fn is_open_to_rules(protection: Protection) -> bool {
    match protection {
        // Someone who left and came back is new.
        Protection::Unprotected | Protection::Retained => true,
        Protection::Protected | Protection::Excluded => false,
    }
}

/// Whom the rules want protected, by address.
fn wanted(tx: &Tx<'_>, id: ConnectionId) -> Result<Vec<Wanted>> {
    let mut wanted: BTreeMap<(String, UserId), Wanted> = BTreeMap::new();
    let open: HashMap<UserId, User> = users::list(tx, id, &UserFilter::default())?
        .into_iter()
        .filter(|user| is_open_to_rules(user.protection) && unusable(user).is_none())
        .map(|user| (user.user.id.clone(), user.user))
        .collect();
    for rule in rules::list(tx, id)? {
        let Some(Members { name, users }) = members(tx, id, &rule.target)? else { continue };
        let bystanders: HashSet<UserId> = rules::bystanders(tx, rule.id)?.into_iter().collect();
        for member in users.into_iter().filter(|member| !bystanders.contains(member)) {
            let Some(user) = open.get(&member) else { continue };
            wanted.entry((user.address.to_lowercase(), user.id.clone())).or_insert_with(|| Wanted {
                user: user.clone(),
                rule: name.clone(),
                policy: rule.policy.clone(),
            });
        }
    }
    Ok(wanted.into_values().collect())
}

/// Who is in what a rule is for.
pub(crate) struct Members {
    /// The Domain's name, the group's address or the org unit's path.
    pub(crate) name: String,
    pub(crate) users: Vec<UserId>,
}

/// Those of a rule's target; none where that is gone.
pub(crate) fn members(tx: &Tx<'_>, id: ConnectionId, target: &RuleTarget) -> Result<Option<Members>> {
    Ok(match target {
        RuleTarget::Domain => {
            let name = connections::get(tx, id)?.map_or_else(String::new, |known| known.tenant_name);
            let all = users::list(tx, id, &UserFilter::default())?;
            let there = all.into_iter().filter(|user| user.vanished_at.is_none());
            Some(Members { name, users: there.map(|user| user.user.id).collect() })
        }
        RuleTarget::Group(group) => {
            let known = groups::by_id(tx, id, group)?.filter(|known| known.vanished_at.is_none());
            match known {
                Some(known) => {
                    Some(Members { name: known.group.address, users: groups::member_users(tx, id, group)? })
                }
                None => None,
            }
        }
        RuleTarget::OrgUnit { id: unit, include_sub_units } => {
            let known = org_units::by_id(tx, id, unit)?.filter(|known| known.vanished_at.is_none());
            match known {
                Some(known) => {
                    let users = org_units::users(tx, id, unit, *include_sub_units)?;
                    Some(Members { name: known.org_unit.path, users })
                }
                None => None,
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use holdfast_clouds::testkit::MemoryCloud;

    use super::*;
    use crate::auto_backup::{self, AutoBackupTarget};
    use crate::request::Request;
    use crate::selection::Selection;
    use crate::stage::Stage;

    /// What protecting so many takes: by START, and by a rule.
    async fn asked(count: u32) -> (u64, u64) {
        let stage = Stage::new(MemoryCloud::sample(2 * count, 0, 0)).await;
        stage.sync().await;
        let worker = stage.engine.become_worker().await.unwrap().unwrap();
        let (nobody, cancel) = (Events::nobody(), tokio_util::sync::CancellationToken::new());
        let users = (1..=count).map(|number| format!("user{number}@example.test")).collect();
        let selection = Selection { users, ..Selection::default() };
        let policy = Some(PolicyOverride { frequency_hours: Some(6), ..PolicyOverride::default() });
        let before = stage.engine.catalog().statements();
        let start = Request::Start { selection, policy, run_now: false };
        worker.execute(start, &nobody, &cancel).await.unwrap();
        let by_start = stage.engine.catalog().statements() - before;

        let id = stage.connection;
        auto_backup::set(&stage.engine, id, AutoBackupTarget::Domain, true).await.unwrap();
        let forget = stage.engine.write(move |tx| {
            // Everyone appears later.
            for rule in rules::list(tx, id)? {
                for user in rules::bystanders(tx, rule.id)? {
                    rules::forget_bystander(tx, rule.id, &user)?;
                }
            }
            Ok(())
        });
        forget.await.unwrap();
        let known = crate::connection::by_id(&stage.engine, id).await.unwrap();
        let cloud = stage.engine.cloud(&known).await.unwrap();
        let before = stage.engine.catalog().statements();
        let applied = apply(&stage.engine, &known, &*cloud, &nobody).await.unwrap();
        let by_rule = stage.engine.catalog().statements() - before;
        assert!(applied.protected.len() >= count as usize, "{applied:?}");
        (by_start, by_rule)
    }

    #[tokio::test]
    async fn protecting_many_by_start_or_by_a_rule_asks_the_same_of_the_catalogue_as_protecting_few() {
        assert_eq!(asked(2).await, asked(40).await);
    }
}
