//! One row of the roll: a user or a shared drive with what is kept, how it stands, and what keeps it from being protected.

use std::collections::HashMap;

use holdfast_engine::catalog::{
    Archive, DirectoryUser, Notification, Tx, UserFilter, connections, deletions, notifications, users,
};
use holdfast_engine::notifications::NO_LICENSE;
use holdfast_engine::{ChoreKind, ChoreWait, EngineError, chores};
use holdfast_model::{Account, ArchiveId, ConnectionId, Owner, Timestamp, UserId};

use super::{Entry, OwnerKey};
use crate::light::{Standing, is_fresh_copy, waits_for};
use crate::people::{Backdrop, account_now};
use crate::verbs::why_it_waits;
use crate::views::{OwnerKind, OwnerRow, OwnerService, Protection, Schedule, ServiceResult};

type Result<T> = std::result::Result<T, EngineError>;

/// Everyone of every Domain, with the shared drives.
pub(super) fn all(tx: &Tx<'_>, now: Timestamp) -> Result<Vec<Entry>> {
    let causes = Causes::of(notifications::list_open(tx)?);
    let deletions: HashMap<(ConnectionId, UserId), Timestamp> =
        deletions::list(tx)?.into_iter().map(|one| ((one.connection, one.user), one.due)).collect();
    let waits: HashMap<(ConnectionId, UserId), String> =
        if deletions.is_empty() { HashMap::new() } else { erasures_that_wait(tx, now)? };
    let mut entries = Vec::new();
    for known in connections::list(tx)? {
        let backdrop = Backdrop::of(tx, known, now)?;
        for user in users::list(tx, backdrop.connection.id, &UserFilter::default())? {
            let policy = backdrop.policy_of(&user);
            let key = (user.connection, user.user.id.clone());
            let (erased_at, erase_waits) = (deletions.get(&key).copied(), waits.get(&key).cloned());
            let (row, also) = of_user(&backdrop, &policy, user, &causes);
            entries.push(Entry::of((OwnerRow { erased_at, erase_waits, ..row }, also)));
        }
        for drive in &backdrop.of_domain {
            entries.push(Entry::of(of_drive(&backdrop, drive, &causes)));
        }
    }
    Ok(entries)
}

/// Whose time has come, and why nothing is erased yet.
fn erasures_that_wait(tx: &Tx<'_>, now: Timestamp) -> Result<HashMap<(ConnectionId, UserId), String>> {
    let due = chores(tx, now)?.into_iter().filter(|chore| !matches!(chore.waits, ChoreWait::Until(_)));
    let waits = due.filter_map(|chore| {
        let why = why_it_waits(&chore);
        match chore.what {
            ChoreKind::Erase(one) => Some(((one.connection, one.user), why)),
            ChoreKind::Forget | ChoreKind::GiveBack => None,
        }
    });
    Ok(waits.collect())
}

fn of_user(
    backdrop: &Backdrop,
    policy: &holdfast_model::Policy,
    user: DirectoryUser,
    causes: &Causes,
) -> (OwnerRow, String) {
    let kept = backdrop.archives_of(&user.user.id);
    let has_archive = kept.iter().any(is_kept);
    let chosen: Vec<Standing> = kept
        .iter()
        .filter(|archive| policy.services.contains(&archive.scope.service))
        .map(|archive| backdrop.standing(archive))
        .filter(|standing| standing.left_out.is_none())
        .collect();
    let is_protected = user.protection == holdfast_engine::catalog::Protection::Protected;
    let left = has_archive && (user.vanished_at.is_some() || account_now(&user) == Account::Deleted);
    let open = causes.of_user(backdrop.connection.id, &user.user.id, is_protected);
    let own_settings = backdrop.has_own_policy(&user.user.id);
    let row = backdrop.row_under(policy, user);
    let also = row.aliases.join(" ");
    let services: Vec<OwnerService> =
        kept.iter().map(|archive| service(backdrop, archive, policy.frequency_hours)).collect();
    let row = OwnerRow {
        key: key(row.connection, OwnerKind::User, &row.id),
        connection: row.connection,
        domain: backdrop.connection.tenant_name.clone(),
        kind: OwnerKind::User,
        last_good_copy: oldest_copy(&chosen),
        progress: if is_protected { progress(&chosen) } else { None },
        items: services.iter().map(|one| one.items).sum(),
        bytes: services.iter().map(|one| one.bytes).sum(),
        services,
        id: row.id,
        name: row.name,
        address: Some(row.address),
        account: Some(row.account),
        org_unit: row.org_unit,
        left,
        protection: row.protection,
        schedule: row.schedule,
        pause: row.pause,
        waits_for: row.waits_for,
        own_settings,
        frequency_hours: policy.frequency_hours,
        light: row.light,
        erased_at: None,
        erase_waits: None,
        causes: open,
    };
    (row, also)
}

fn of_drive(backdrop: &Backdrop, drive: &Archive, causes: &Causes) -> (OwnerRow, String) {
    let is_chosen = backdrop.policy.services.contains(&drive.scope.service);
    let standing = [backdrop.standing(drive)];
    let paused = backdrop.pause_of_all();
    let waits = waits_for(&standing).filter(|_| is_chosen && paused.is_none());
    let id = match &drive.scope.owner {
        Owner::User(user) => user.0.clone(),
        Owner::Domain(id) => id.0.clone(),
    };
    let row = OwnerRow {
        key: key(drive.connection, OwnerKind::SharedDrive, &id),
        connection: drive.connection,
        domain: backdrop.connection.tenant_name.clone(),
        kind: OwnerKind::SharedDrive,
        id,
        name: drive.name.clone(),
        address: None,
        account: None,
        org_unit: None,
        left: false,
        protection: if is_chosen { Protection::Protected } else { Protection::Unprotected },
        schedule: if paused.is_some() {
            Schedule::Paused
        } else if waits.is_some() {
            Schedule::Waiting
        } else {
            Schedule::Active
        },
        pause: paused,
        waits_for: waits.map(|what| what.words().to_owned()),
        own_settings: false,
        frequency_hours: backdrop.policy.frequency_hours,
        services: vec![service(backdrop, drive, backdrop.policy.frequency_hours)],
        items: drive.items,
        bytes: drive.bytes,
        progress: if is_chosen { progress(&standing) } else { None },
        last_good_copy: drive.last_complete_at,
        light: backdrop.light_of(drive),
        erased_at: None,
        erase_waits: None,
        causes: causes.of_archive(drive, is_chosen),
    };
    (row, String::new())
}

/// Something is kept, or was tried.
pub(super) fn is_kept(archive: &Archive) -> bool {
    archive.items > 0 || archive.last_result.is_some()
}

fn service(backdrop: &Backdrop, archive: &Archive, hours: u8) -> OwnerService {
    let standing = backdrop.standing(archive);
    let is_stale = standing.last_complete_at.is_some_and(|at| !is_fresh_copy(at, hours, backdrop.now));
    let result = match archive.last_result {
        _ if standing.is_running => ServiceResult::Running,
        _ if standing.left_out.is_some() => ServiceResult::LeftOut,
        None => ServiceResult::Never,
        Some(result) if is_stale && result.is_complete() => ServiceResult::Stale,
        Some(result) => result.into(),
    };
    OwnerService {
        service: archive.scope.service,
        items: archive.items,
        bytes: archive.bytes,
        result,
        last_complete_at: archive.last_complete_at,
    }
}

fn oldest_copy(chosen: &[Standing]) -> Option<Timestamp> {
    chosen.iter().map(|one| one.last_complete_at).min().flatten()
}

/// So many percent of what is chosen are kept. All is only said of a good copy.
fn progress(chosen: &[Standing]) -> Option<u8> {
    if chosen.is_empty() {
        return None;
    }
    if chosen.iter().all(|one| one.last_complete_at.is_some()) {
        return Some(100);
    }
    let (mut done, mut all) = (0_u128, 0_u128);
    for one in chosen {
        let expected = match one.last_complete_at {
            Some(_) => one.items,
            None => one.expected.unwrap_or(0),
        };
        all += u128::from(expected);
        done += u128::from(one.items.min(expected));
    }
    let percent = (done * 100).checked_div(all).unwrap_or(0).min(99);
    u8::try_from(percent).ok()
}

/// How an owner is named in requests.
pub(super) fn key(connection: ConnectionId, kind: OwnerKind, id: &str) -> String {
    let kind = match kind {
        OwnerKind::User => "user",
        OwnerKind::SharedDrive => "drive",
    };
    format!("{}/{kind}/{id}", connection.0)
}

/// Whether a cause is one owner's: its own, its Archives', or one that holds up everyone who is protected. The same as
/// what [`Causes`] counts.
pub(crate) fn concerns(
    one: &Notification,
    key: &OwnerKey,
    archives: &[ArchiveId],
    is_protected: bool,
) -> bool {
    let subject = &one.subject;
    match (subject.connection, &subject.user, subject.archive) {
        (Some(connection), Some(user), _) => {
            connection == key.connection && key.user().is_some_and(|own| own == *user)
        }
        (_, None, Some(archive)) => archives.contains(&archive),
        (Some(_), None, None) if one.cause == NO_LICENSE => false,
        (Some(connection), None, None) => is_protected && connection == key.connection,
        (None, ..) => is_protected,
    }
}

/// Open causes by whom they concern.
#[derive(Default)]
struct Causes {
    users: HashMap<(ConnectionId, UserId), u64>,
    archives: HashMap<ArchiveId, u64>,
    connections: HashMap<ConnectionId, u64>,
    everywhere: u64,
}

impl Causes {
    fn of(open: Vec<Notification>) -> Self {
        let mut found = Self::default();
        for one in open {
            let subject = one.subject;
            match (subject.connection, subject.user, subject.archive) {
                (Some(connection), Some(user), _) => *found.users.entry((connection, user)).or_default() += 1,
                (_, None, Some(archive)) => *found.archives.entry(archive).or_default() += 1,
                // Who holds a license is not kept from protection by those for whom none is left.
                (Some(_), None, None) if one.cause == NO_LICENSE => {}
                (Some(connection), None, None) => *found.connections.entry(connection).or_default() += 1,
                (None, ..) => found.everywhere += 1,
            }
        }
        found
    }

    fn of_user(&self, connection: ConnectionId, user: &UserId, is_protected: bool) -> u64 {
        let own = if self.users.is_empty() { None } else { self.users.get(&(connection, user.clone())) };
        let shared = if is_protected { self.shared(connection) } else { 0 };
        own.copied().unwrap_or(0) + shared
    }

    fn of_archive(&self, archive: &Archive, is_protected: bool) -> u64 {
        let shared = if is_protected { self.shared(archive.connection) } else { 0 };
        self.archives.get(&archive.id).copied().unwrap_or(0) + shared
    }

    fn shared(&self, connection: ConnectionId) -> u64 {
        self.connections.get(&connection).copied().unwrap_or(0) + self.everywhere
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(items: u64, expected: Option<u64>, has_copy: bool) -> Standing {
        let last_complete_at = has_copy.then_some(Timestamp::UNIX_EPOCH);
        Standing { items, expected, last_complete_at, ..Standing::default() }
    }

    #[test]
    fn all_is_only_said_of_a_good_copy() {
        let rows = [
            (vec![], None),
            (vec![standing(0, None, false)], Some(0)),
            (vec![standing(12, Some(100), false)], Some(12)),
            (vec![standing(100, Some(100), false)], Some(99)),
            (vec![standing(100, Some(100), true)], Some(100)),
            (vec![standing(100, None, true), standing(0, Some(100), false)], Some(50)),
            (vec![standing(300, Some(100), false)], Some(99)),
        ];
        for (chosen, expected) in rows {
            assert_eq!(progress(&chosen), expected, "{chosen:?}");
        }
    }
}
