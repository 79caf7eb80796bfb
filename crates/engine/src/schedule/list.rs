//! Which Archives the schedule is for, and which of them are due.

use std::collections::{HashMap, HashSet};

use holdfast_catalog::{
    Archive, ArchiveFilter, ConnectionState, Protection, RunFilter, Tx, archives, connections, due, runs,
    users,
};
use holdfast_model::{ArchiveId, ConnectionId, Owner, Policy, RunResult, Timestamp};
use jiff::SignedDuration;
use jiff::tz::TimeZone;

use super::due as time;
use crate::error::Result;
use crate::notifications::SERVICE_OFF;
use crate::pause::Pauses;
use crate::policy;
use crate::selection::unusable;

/// One that failed, or that a crash ended, is tried again after so long.
const AGAIN: SignedDuration = SignedDuration::from_hours(1);
/// More Runs than ever go on at once.
const MOST_LIVE: u32 = 10_000;

/// An Archive that is due.
#[derive(Clone, Debug)]
pub(super) struct Due {
    pub(super) archive: ArchiveId,
    pub(super) connection: ConnectionId,
    /// When it became so.
    at: Timestamp,
    policy: Policy,
}

/// The Archives that are due and not running. Gives those that have none their first due time.
pub(super) fn due_now(tx: &Tx<'_>, now: Timestamp, zone: &TimeZone) -> Result<Vec<Due>> {
    let pauses = Pauses::at(tx, now)?;
    let mut known: HashMap<ArchiveId, Timestamp> = due::list(tx)?.into_iter().collect();
    let filter = RunFilter { live: Some(true), ..RunFilter::default() };
    let live: HashSet<ArchiveId> =
        runs::list(tx, &filter, MOST_LIVE)?.into_iter().map(|run| run.archive).collect();
    let mut found = Vec::new();
    for connection in connections::list(tx)? {
        let of_domain = policy::of_domain(tx, connection.id)?;
        let filter = ArchiveFilter { connection: Some(connection.id), ..ArchiveFilter::default() };
        let (mut somebody, mut of_users) = (false, HashMap::new());
        let (shared, owned): (Vec<Archive>, Vec<Archive>) = archives::list(tx, &filter)?
            .into_iter()
            .partition(|archive| matches!(archive.scope.owner, Owner::Domain(_)));
        for archive in owned.into_iter().chain(shared) {
            let (policy, may_run) = match &archive.scope.owner {
                Owner::Domain(_) if somebody => (of_domain.clone(), pauses.of_all().is_none()),
                Owner::Domain(_) => continue,
                Owner::User(id) => {
                    if !of_users.contains_key(id) {
                        let owner = users::by_id(tx, connection.id, id)?
                            .filter(|owner| owner.protection == Protection::Protected);
                        let policy = match &owner {
                            Some(owner) => Some(policy::of_user(tx, connection.id, &owner.user)?),
                            None => None,
                        };
                        of_users.insert(id.clone(), owner.zip(policy));
                    }
                    let Some(Some((owner, policy))) = of_users.get(id) else { continue };
                    somebody = true;
                    (policy.clone(), !pauses.holds(owner) && unusable(owner).is_none())
                }
            };
            if !policy.services.contains(&archive.scope.service) {
                continue;
            }
            let at = due_of(tx, &archive, known.remove(&archive.id), &policy, now, zone)?;
            let is_due = at <= now
                && may_run
                && connection.state == ConnectionState::Connected
                && !live.contains(&archive.id)
                && time::may_begin(now, &policy, zone);
            if is_due {
                found.push(Due { archive: archive.id, connection: connection.id, at, policy });
            }
        }
    }
    // What the schedule is no longer for.
    for archive in known.into_keys() {
        due::clear(tx, archive)?;
    }
    Ok(found)
}

/// When an Archive is due, as kept from now on.
fn due_of(
    tx: &Tx<'_>,
    archive: &Archive,
    kept: Option<Timestamp>,
    policy: &Policy,
    now: Timestamp,
    zone: &TimeZone,
) -> Result<Timestamp> {
    let last = runs::last(tx, archive.id)?;
    let mut at = match (kept, &last) {
        (Some(kept), _) => kept,
        // What a person started begins the rhythm.
        (None, Some(run)) => time::after(run.started, policy, zone),
        (None, None) => time::into_hours(now, policy, zone),
    };
    if let Some(run) = last
        && let Some(ended) = run.ended
        && (run.result == Some(RunResult::Failed) || run.error_code.as_deref() == Some(runs::INTERRUPTED))
        && run.error_code.as_deref() != Some(SERVICE_OFF)
    {
        at = at.min(ended.checked_add(AGAIN).unwrap_or(ended));
    }
    at = time::at_most(at, now, policy, zone);
    if kept != Some(at) {
        due::set(tx, archive.id, at)?;
    }
    Ok(at)
}

/// Their Runs have begun: each is due again at the next time of its rhythm.
pub(super) fn move_on(tx: &Tx<'_>, begun: &[Due], now: Timestamp, zone: &TimeZone) -> Result<()> {
    for one in begun {
        due::set(tx, one.archive, time::following(one.at, now, &one.policy, zone))?;
    }
    Ok(())
}
