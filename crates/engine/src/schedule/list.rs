//! Which Archives the schedule is for, and which of them are due.

use std::collections::{HashMap, HashSet};

use holdfast_catalog::{
    Archive, ArchiveFilter, ConnectionState, DirectoryUser, LastRun, Protection, RunFilter, Tx, UserFilter,
    archives, connections, due, last_runs, runs, users,
};
use holdfast_model::{ArchiveId, ConnectionId, Owner, Policy, RunResult, Timestamp, UserId};
use jiff::SignedDuration;
use jiff::tz::TimeZone;

use super::due as time;
use crate::error::Result;
use crate::notifications::SERVICE_OFF;
use crate::pause::Pauses;
use crate::policy::PoliciesOfAll;
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
        let policies = PoliciesOfAll::new(tx, connection.id)?;
        let of_domain = policies.of_domain();
        let last = last_runs::last_of_all(tx, connection.id)?;
        let protected = UserFilter { protection: Some(Protection::Protected), ..UserFilter::default() };
        let of_users: HashMap<UserId, (DirectoryUser, Policy)> = users::list(tx, connection.id, &protected)?
            .into_iter()
            .map(|owner| (owner.user.id.clone(), (owner.clone(), policies.of(&owner.user))))
            .collect();
        let filter = ArchiveFilter { connection: Some(connection.id), ..ArchiveFilter::default() };
        let mut somebody = false;
        let (shared, owned): (Vec<Archive>, Vec<Archive>) = archives::list(tx, &filter)?
            .into_iter()
            .partition(|archive| matches!(archive.scope.owner, Owner::Domain(_)));
        for archive in owned.into_iter().chain(shared) {
            let (policy, may_run) = match &archive.scope.owner {
                Owner::Domain(_) if somebody => (of_domain.clone(), pauses.of_all().is_none()),
                Owner::Domain(_) => continue,
                Owner::User(id) => {
                    let Some((owner, policy)) = of_users.get(id) else { continue };
                    somebody = true;
                    (policy.clone(), !pauses.holds(owner) && unusable(owner).is_none())
                }
            };
            if !policy.services.contains(&archive.scope.service) {
                continue;
            }
            let kept = known.remove(&archive.id);
            let at = due_of(tx, archive.id, kept, last.get(&archive.id), &policy, now, zone)?;
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
    archive: ArchiveId,
    kept: Option<Timestamp>,
    last: Option<&LastRun>,
    policy: &Policy,
    now: Timestamp,
    zone: &TimeZone,
) -> Result<Timestamp> {
    let mut at = match (kept, last) {
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
        due::set(tx, archive, at)?;
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

#[cfg(test)]
mod tests {
    use holdfast_catalog::{Catalog, Level, NewConnection, policies};
    use holdfast_model::{Account, CloudKind, Ledger, OrgUnit, PolicyOverride, Scope, Service, User};

    use super::*;

    fn at(hours: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + hours * 3600).unwrap()
    }

    /// So many protected people, each with a mailbox that was backed up.
    fn fill(tx: &Tx<'_>, count: usize) -> holdfast_catalog::Result<()> {
        let connection = connections::insert(
            tx,
            &NewConnection {
                cloud: CloudKind::Google,
                tenant_id: "C1".into(),
                tenant_name: "x.example".into(),
                signed_in_as: "a@x.example".into(),
                secret_name: "none".into(),
                endpoints_note: None,
                created_at: at(0),
            },
        )?;
        let unit = OrgUnit { id: "o".into(), name: "o".into(), path: "/o".into(), parent: None };
        holdfast_catalog::org_units::upsert_seen(tx, connection, &unit, at(0))?;
        let often = PolicyOverride { frequency_hours: Some(1), ..PolicyOverride::default() };
        policies::set(tx, connection, Level::OrgUnit, "o", &often)?;
        for number in 0..count {
            let user = User {
                id: format!("u{number}").into(),
                address: format!("u{number}@x.example"),
                name: String::new(),
                account: Account::Active,
                org_unit: Some("o".into()),
                aliases: Vec::new(),
                is_admin: false,
                created: None,
            };
            users::upsert_seen(tx, connection, &user, at(0))?;
            users::set_protection(tx, connection, &user.id, Protection::Protected)?;
            let scope = Scope { owner: Owner::User(user.id.clone()), service: Service::Gmail };
            let archive =
                archives::find_or_create(tx, connection, &scope, &user.address, &user.address, at(0))?;
            let run = runs::insert(tx, archive.id, holdfast_catalog::Trigger::First, "copying", at(0))?;
            let end = holdfast_catalog::RunEnd {
                at: at(0),
                ledger: Ledger::default(),
                result: RunResult::Complete,
                error: None,
                expected_count: None,
                note: None,
            };
            runs::finish(tx, run, &end)?;
        }
        Ok(())
    }

    #[test]
    fn a_look_each_minute_asks_the_same_of_the_catalogue_however_many_people_there_are() {
        let asked = |count: usize| {
            let folder = tempfile::TempDir::new().unwrap();
            let catalog = Catalog::open(folder.path().join("catalog.db")).unwrap();
            catalog.write(|tx| fill(tx, count)).unwrap();
            // The first look gives each its due time.
            let look = |hours| catalog.write(|tx| Ok(due_now(tx, at(hours), &TimeZone::UTC).unwrap().len()));
            assert_eq!(look(0).unwrap(), 0);
            let before = catalog.statements();
            assert_eq!(look(1).unwrap(), count, "the settings of the unit decide");
            catalog.statements() - before
        };
        assert_eq!(asked(5), asked(50));
    }
}
