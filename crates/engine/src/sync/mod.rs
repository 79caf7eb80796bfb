//! Brings users, groups and org units in step with the Cloud. Only a listing that finished may say that
//! someone is gone, and one that would mark more than a third of the users deleted asks first.

mod due;
mod listed;
mod report;

use std::collections::HashMap;

use futures::StreamExt;
use holdfast_catalog::{
    Connection, DirectoryUser, SyncId, SyncKind, UserFilter, archives, groups, org_units, syncs, users,
};
use holdfast_clouds::contract::{Capabilities, Cloud, CloudError, ErrorKind};
use holdfast_model::{Account, ConnectionId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::connection;
use crate::engine::Engine;
use crate::error::{EngineError, Result, ShortListing};
use crate::events::{Event, Events};
use crate::notifications::{self, MASS_DELETION, NOT_READ};
use crate::policy::complete_archives;
use crate::{health, leavers, rules};

pub use due::{SyncWhen, next_sync};
use report::push;
pub use report::{SyncChanges, SyncReport};

/// Groups whose members are read at the same time.
const GROUPS_AT_ONCE: usize = 8;
/// One person who leaves a small company is no mass deletion.
const LEAST_FOR_MASS: u64 = 2;

/// Which part of the Directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncWhat {
    /// Users and their account status, and the shared drives.
    Users,
    /// Groups and members.
    Groups,
    /// Org units.
    OrgUnits,
    /// All that the Cloud has.
    All,
}

/// Syncs the named part of one Connection or of all that can be used. One that fails keeps no other from its turn.
///
/// An answer to the question whether many people were really deleted is for the Connections that asked it: among several
/// one that did not asks first, too.
pub(crate) async fn run(
    engine: &Engine,
    one: Option<ConnectionId>,
    what: SyncWhat,
    accept_mass_deletion: bool,
    events: &Events,
    cancel: &CancellationToken,
) -> Result<Vec<SyncReport>> {
    let (mut reports, mut failed, mut asking) = (Vec::new(), None, Vec::new());
    for known in connection::usable(engine, one).await? {
        let accept = accept_mass_deletion && (one.is_some() || has_asked(engine, known.id).await?);
        match of_connection(engine, known.id, what, accept, events, cancel).await {
            Ok(parts) => reports.extend(parts),
            Err(EngineError::Cancelled) => return Err(EngineError::Cancelled),
            Err(EngineError::MassDeletion(listings)) => asking.extend(listings),
            Err(error) => {
                tracing::warn!(domain = known.tenant_name, code = error.code(), %error, "a sync failed");
                failed.get_or_insert(error);
            }
        }
    }
    // Whoever is asked is asked about all of them at once.
    if !asking.is_empty() {
        return Err(EngineError::MassDeletion(asking));
    }
    failed.map_or(Ok(reports), Err)
}

/// Whether the last sync of its users was not taken over, as too many would be marked deleted.
async fn has_asked(engine: &Engine, id: ConnectionId) -> Result<bool> {
    let last = engine.read(move |tx| Ok(syncs::last(tx, id, SyncKind::Users)?)).await?;
    Ok(last.is_some_and(|last| last.outcome.as_deref() == Some(MASS_DELETION)))
}

/// Syncs the named part of one Connection, one sync at a time.
pub(super) async fn of_connection(
    engine: &Engine,
    id: ConnectionId,
    what: SyncWhat,
    accept_mass_deletion: bool,
    events: &Events,
    cancel: &CancellationToken,
) -> Result<Vec<SyncReport>> {
    let turn = engine.sync_turn(id);
    let _turn = tokio::select! {
        () = cancel.cancelled() => return Err(EngineError::Cancelled),
        turn = turn.lock() => turn,
    };
    // It may have lapsed or ended while this waited.
    let Some(known) = connection::usable(engine, Some(id)).await?.pop() else { return Ok(Vec::new()) };
    let cloud = engine.cloud(&known).await?;
    let mut reports = Vec::new();
    for part in parts(what, cloud.capabilities()) {
        let synced = tokio::select! {
            () = cancel.cancelled() => Err(EngineError::Cancelled),
            synced = one_part(engine, &known, &*cloud, part, accept_mass_deletion, events) => synced,
        };
        if part == SyncWhat::Users {
            engine.directory_came_in(id, synced.as_ref().err(), events).await;
        }
        let (sync, mut report) = synced?;
        let (domain, count) = (report.domain.clone(), report.count);
        let what = part_word(part).to_owned();
        events.tell_surely(Event::SyncEnded { domain, what, count }).await;
        if part == SyncWhat::Users {
            fixed(engine, id, MASS_DELETION, events).await;
            let settled = leavers::settle(engine, &known, events).await?;
            (report.leavers, report.back) = (settled.left, settled.back);
        }
        reports.push((sync, report));
    }
    engine.connection_works(id, events).await;
    engine.foresee(&known, &*cloud, events).await;
    if what == SyncWhat::All {
        fixed(engine, id, NOT_READ, events).await;
    }
    let applied = rules::apply(engine, &known, &*cloud, events).await?;
    complete_archives(engine, &known, &*cloud).await?;
    if let Some((sync, report)) = reports.last_mut() {
        report.without_license = applied.without_license;
        for one in applied.protected {
            push(&mut report.protected, &mut report.protected_count, one);
        }
        if report.protected_count > 0 {
            let (sync, (names, counts)) = (*sync, report.by_kind());
            engine.write(move |tx| Ok(syncs::set_changes(tx, sync, &names, &counts)?)).await?;
        }
    }
    Ok(reports.into_iter().map(|(_, report)| report).collect())
}

fn parts(what: SyncWhat, can: Capabilities) -> Vec<SyncWhat> {
    let wanted = |part: SyncWhat| what == part || what == SyncWhat::All;
    let all = [(SyncWhat::Users, true), (SyncWhat::Groups, can.groups), (SyncWhat::OrgUnits, can.org_units)];
    all.into_iter().filter(|(part, there)| *there && wanted(*part)).map(|(part, _)| part).collect()
}

async fn fixed(engine: &Engine, id: ConnectionId, cause: &'static str, events: &Events) {
    let subject = notifications::of_connection(id);
    engine.fixed(events, move |open| open.cause == cause && open.subject == subject).await;
}

const fn part_word(part: SyncWhat) -> &'static str {
    match part {
        SyncWhat::Users => "users",
        SyncWhat::Groups => "groups",
        SyncWhat::OrgUnits => "org_units",
        SyncWhat::All => "all",
    }
}

async fn one_part(
    engine: &Engine,
    known: &Connection,
    cloud: &dyn Cloud,
    part: SyncWhat,
    accept_mass_deletion: bool,
    events: &Events,
) -> Result<(SyncId, SyncReport)> {
    let (id, started) = (known.id, engine.now());
    let kind = match part {
        SyncWhat::Users | SyncWhat::All => SyncKind::Users,
        SyncWhat::Groups => SyncKind::Groups,
        SyncWhat::OrgUnits => SyncKind::OrgUnits,
    };
    let sync = engine.write(move |tx| Ok(syncs::begin(tx, id, kind, started)?)).await?;
    let synced = match part {
        SyncWhat::Users | SyncWhat::All => {
            sync_users(engine, known, cloud, accept_mass_deletion, events).await
        }
        SyncWhat::Groups => sync_groups(engine, known, cloud).await,
        SyncWhat::OrgUnits => sync_org_units(engine, known, cloud).await,
    };
    let ended = engine.now();
    let (count, changes) = match synced {
        Ok(synced) => synced,
        Err(error) => {
            let (code, detail) = (error.code().to_owned(), error.to_string());
            engine.write(move |tx| Ok(syncs::fail(tx, sync, &code, &detail, ended)?)).await?;
            return Err(error);
        }
    };
    let report = SyncReport {
        connection: known.id,
        domain: known.tenant_name.clone(),
        what: part,
        count,
        changes,
        protected: Vec::new(),
        protected_count: 0,
        without_license: 0,
        leavers: Vec::new(),
        back: Vec::new(),
    };
    let (names, counts) = report.by_kind();
    engine.write(move |tx| Ok(syncs::succeed(tx, sync, count, &names, &counts, ended)?)).await?;
    Ok((sync, report))
}

async fn sync_users(
    engine: &Engine,
    known: &Connection,
    cloud: &dyn Cloud,
    accept_mass_deletion: bool,
    events: &Events,
) -> Result<(u64, SyncChanges)> {
    let listed = listed::users(cloud.users()).await?;
    let drives = match cloud.domain_scopes().await {
        Ok(drives) => drives,
        // A missing right to see shared drives must not hide the people; the check names it.
        Err(error) if !error.is_passing() && error.kind != ErrorKind::SignInAgain => {
            tracing::warn!(%error, "shared drives could not be listed");
            Vec::new()
        }
        Err(error) => return Err(error.into()),
    };
    let (id, now, connection) = (known.id, engine.now(), known.clone());
    let (count, changes, told) = engine
        .write(move |tx| {
            let was_admin = health::is_admin(tx, &connection)?;
            let before: HashMap<UserId, DirectoryUser> = users::list(tx, id, &UserFilter::default())?
                .into_iter()
                .map(|user| (user.user.id.clone(), user))
                .collect();
            let now = later_than(now, before.values().map(|user| user.last_seen));
            let there =
                |user: &DirectoryUser| user.vanished_at.is_none() && user.user.account != Account::Deleted;
            let known_count = before.values().filter(|user| there(user)).count() as u64;
            let still = listed
                .iter()
                .filter(|user| user.account != Account::Deleted)
                .filter(|user| before.get(&user.id).is_some_and(there))
                .count() as u64;
            if is_mass_deletion(known_count, still) && !accept_mass_deletion {
                let domain = connection.tenant_name.clone();
                let short = ShortListing { domain, listed: still, known: known_count };
                return Err(EngineError::MassDeletion(vec![short]));
            }
            let mut changes = SyncChanges::default();
            for user in &listed {
                changes.note(before.get(&user.id), user);
                users::upsert_seen(tx, id, user, now)?;
            }
            for gone in users::mark_vanished(tx, id, now, now)? {
                changes.left(gone.user.address);
            }
            for drive in drives {
                archives::find_or_create(
                    tx,
                    id,
                    &drive.scope,
                    &folder_in(&connection::get(tx, id)?, &drive.scope),
                    &drive.name,
                    now,
                )?;
            }
            let told = health::note_admin(tx, &connection, was_admin, now)?;
            Ok((listed.len() as u64, changes, told))
        })
        .await?;
    notifications::tell(events, told).await;
    Ok((count, changes))
}

/// More than a third of those who were there would be deleted, or all.
const fn is_mass_deletion(known: u64, still: u64) -> bool {
    let gone = known.saturating_sub(still);
    known > 0 && (still == 0 || gone >= LEAST_FOR_MASS && gone * 3 > known)
}

/// Who was not seen now has vanished, which must hold though the clock was put back since the last sync.
fn later_than(now: Timestamp, seen: impl Iterator<Item = Timestamp>) -> Timestamp {
    let tick = jiff::SignedDuration::from_millis(1);
    seen.max().and_then(|last| last.checked_add(tick).ok()).map_or(now, |after| after.max(now))
}

/// The Archive's folder from the root of a snapshot: `<cloud>/<tenant>/…`.
pub(crate) fn folder_in(known: &Connection, scope: &holdfast_model::Scope) -> String {
    let mut path = vec![known.cloud.as_str().to_owned(), holdfast_model::file_stem(known.tenant_id.as_str())];
    path.extend(scope.folder());
    path.join("/")
}

async fn sync_groups(engine: &Engine, known: &Connection, cloud: &dyn Cloud) -> Result<(u64, SyncChanges)> {
    let listed = listed::groups(cloud.groups()).await?;
    let room = listed::Room::new();
    let with_members: Vec<_> = futures::stream::iter(listed)
        .map(|group| async {
            let members = listed::members(cloud.members(&group.id), &room).await?;
            Ok::<_, CloudError>((group, members))
        })
        .buffer_unordered(GROUPS_AT_ONCE)
        .collect::<Vec<_>>()
        .await
        .into_iter()
        .collect::<std::result::Result<_, _>>()?;
    let (id, now) = (known.id, engine.now());
    engine
        .write(move |tx| {
            let mut changes = SyncChanges::default();
            let before: HashMap<_, _> =
                groups::list(tx, id)?.into_iter().map(|group| (group.group.id.clone(), group)).collect();
            let now = later_than(now, before.values().map(|group| group.last_seen));
            for (group, members) in &with_members {
                match before.get(&group.id).filter(|before| before.vanished_at.is_none()) {
                    None => changes.joined(group.address.clone()),
                    Some(before) if before.group.address != group.address => {
                        changes.renamed(&before.group.address, &group.address);
                    }
                    Some(_) => {}
                }
                groups::upsert_seen(tx, id, group, now)?;
                groups::replace_members(tx, id, &group.id, members)?;
            }
            for gone in groups::mark_vanished(tx, id, now, now)? {
                changes.left(gone.group.address);
            }
            Ok((with_members.len() as u64, changes))
        })
        .await
}

async fn sync_org_units(
    engine: &Engine,
    known: &Connection,
    cloud: &dyn Cloud,
) -> Result<(u64, SyncChanges)> {
    let listed = listed::org_units(cloud.org_units()).await?;
    let (id, now) = (known.id, engine.now());
    engine
        .write(move |tx| {
            let mut changes = SyncChanges::default();
            let before: HashMap<_, _> =
                org_units::list(tx, id)?.into_iter().map(|unit| (unit.org_unit.id.clone(), unit)).collect();
            let now = later_than(now, before.values().map(|unit| unit.last_seen));
            for unit in &listed {
                match before.get(&unit.id).filter(|before| before.vanished_at.is_none()) {
                    None => changes.joined(unit.path.clone()),
                    Some(before) if before.org_unit.path != unit.path => {
                        changes.renamed(&before.org_unit.path, &unit.path);
                    }
                    Some(_) => {}
                }
                org_units::upsert_seen(tx, id, unit, now)?;
            }
            for gone in org_units::mark_vanished(tx, id, now, now)? {
                changes.left(gone.org_unit.path);
            }
            Ok((listed.len() as u64, changes))
        })
        .await
}
