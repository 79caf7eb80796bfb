//! Brings users, groups and org units in step with the Cloud. Only a listing that finished may say that
//! someone is gone, and one that would mark more than a third of the users deleted asks first.

use std::collections::HashMap;

use futures::StreamExt;
use holdfast_catalog::syncs::{Changes, Counts};
use holdfast_catalog::{
    Connection, DirectoryUser, SyncId, SyncKind, UserFilter, archives, groups, org_units, syncs, users,
};
use holdfast_clouds::contract::{Cloud, CloudError};
use holdfast_model::{Account, ConnectionId, Timestamp, User, UserId};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::connection;
use crate::engine::Engine;
use crate::error::{EngineError, Result};
use crate::events::{Event, Events};
use crate::rules::{self, RuleProtected};

/// Names that a report spells out; the rest is counted.
const MOST_NAMES: usize = 100;
/// Groups whose members are read at the same time.
const GROUPS_AT_ONCE: usize = 8;
/// Fewer users than this are never a mass deletion.
const LEAST_FOR_MASS: u64 = 5;

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

/// What one sync brought.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SyncReport {
    /// The Connection.
    pub connection: ConnectionId,
    /// The Domain's name.
    pub domain: String,
    /// Users, groups or org units.
    pub what: SyncWhat,
    /// How many there are now.
    pub count: u64,
    /// What changed, by kind.
    pub changes: SyncChanges,
    /// Who was protected now because of a group or org unit that was chosen, at most a hundred.
    #[serde(default)]
    pub protected: Vec<RuleProtected>,
    /// How many those are.
    #[serde(default)]
    pub protected_count: u64,
    /// People whom a rule would protect, and for whom no license is left.
    #[serde(default)]
    pub without_license: u64,
}

/// What changed since the last sync, by address or path: at most a hundred of each kind, and how many there are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs)] // Each count is that of the list of the same name.
pub struct SyncChanges {
    /// New.
    pub joined: Vec<String>,
    pub joined_count: u64,
    /// No longer there, or deleted.
    pub left: Vec<String>,
    pub left_count: u64,
    /// `old → new`.
    pub renamed: Vec<String>,
    pub renamed_count: u64,
    /// Suspended or archived since.
    pub suspended: Vec<String>,
    pub suspended_count: u64,
    /// Active again.
    pub restored: Vec<String>,
    pub restored_count: u64,
}

impl SyncReport {
    /// As the catalogue keeps it: names and counts by the word of the kind.
    fn by_kind(&self) -> (Changes, Counts) {
        let changes = &self.changes;
        let protected = self.protected.iter().map(|one| format!("{} ← {}", one.address, one.rule)).collect();
        let kinds = [
            ("joined", changes.joined.clone(), changes.joined_count),
            ("left", changes.left.clone(), changes.left_count),
            ("renamed", changes.renamed.clone(), changes.renamed_count),
            ("suspended", changes.suspended.clone(), changes.suspended_count),
            ("restored", changes.restored.clone(), changes.restored_count),
            ("protected", protected, self.protected_count),
        ];
        let (mut names, mut counts) = (Changes::new(), Counts::new());
        for (kind, some, count) in kinds.into_iter().filter(|(_, _, count)| *count > 0) {
            names.insert(kind.to_owned(), some);
            counts.insert(kind.to_owned(), count);
        }
        (names, counts)
    }
}

impl SyncChanges {
    fn joined(&mut self, name: String) {
        push(&mut self.joined, &mut self.joined_count, name);
    }

    fn left(&mut self, name: String) {
        push(&mut self.left, &mut self.left_count, name);
    }

    fn renamed(&mut self, before: &str, now: &str) {
        push(&mut self.renamed, &mut self.renamed_count, format!("{before} → {now}"));
    }

    fn suspended(&mut self, name: String) {
        push(&mut self.suspended, &mut self.suspended_count, name);
    }

    fn restored(&mut self, name: String) {
        push(&mut self.restored, &mut self.restored_count, name);
    }
}

fn push<T>(names: &mut Vec<T>, count: &mut u64, name: T) {
    *count += 1;
    if names.len() < MOST_NAMES {
        names.push(name);
    }
}

/// Syncs the named part of one Connection or all.
pub(crate) async fn run(
    engine: &Engine,
    one: Option<ConnectionId>,
    what: SyncWhat,
    accept_mass_deletion: bool,
    events: &Events,
    cancel: &CancellationToken,
) -> Result<Vec<SyncReport>> {
    let mut reports = Vec::new();
    for known in connection::usable(engine, one).await? {
        let cloud = engine.cloud(&known).await?;
        let can = cloud.capabilities();
        let mut parts = Vec::new();
        if matches!(what, SyncWhat::Users | SyncWhat::All) {
            parts.push(SyncWhat::Users);
        }
        if matches!(what, SyncWhat::Groups | SyncWhat::All) && can.groups {
            parts.push(SyncWhat::Groups);
        }
        if matches!(what, SyncWhat::OrgUnits | SyncWhat::All) && can.org_units {
            parts.push(SyncWhat::OrgUnits);
        }
        let mut last = None;
        for part in parts {
            let synced = tokio::select! {
                () = cancel.cancelled() => Err(EngineError::Cancelled),
                synced = one_part(engine, &known, &*cloud, part, accept_mass_deletion) => synced,
            };
            let (sync, report) = noting_expiry(engine, known.id, synced, events).await?;
            let (domain, count) = (report.domain.clone(), report.count);
            let what = part_word(part).to_owned();
            events.tell_surely(Event::SyncEnded { domain, what, count }).await;
            if let Some((_, before)) = last.replace((sync, report)) {
                reports.push(before);
            }
        }
        let Some((sync, mut report)) = last else { continue };
        engine.connection_works(known.id, events).await;
        let applied = rules::apply(engine, &known, &*cloud, events).await;
        let applied = noting_expiry(engine, known.id, applied, events).await?;
        report.without_license = applied.without_license;
        for one in applied.protected {
            push(&mut report.protected, &mut report.protected_count, one);
        }
        if report.protected_count > 0 {
            let (names, counts) = report.by_kind();
            engine.write(move |tx| Ok(syncs::set_changes(tx, sync, &names, &counts)?)).await?;
        }
        reports.push(report);
    }
    Ok(reports)
}

async fn noting_expiry<T>(
    engine: &Engine,
    connection: ConnectionId,
    outcome: Result<T>,
    events: &Events,
) -> Result<T> {
    if let Err(EngineError::Cloud(error)) = &outcome
        && error.kind == SIGN_IN
    {
        engine.mark_expired(connection, error, events).await?;
    }
    outcome
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
) -> Result<(SyncId, SyncReport)> {
    let (id, started) = (known.id, engine.now());
    let kind = match part {
        SyncWhat::Users | SyncWhat::All => SyncKind::Users,
        SyncWhat::Groups => SyncKind::Groups,
        SyncWhat::OrgUnits => SyncKind::OrgUnits,
    };
    let sync = engine.write(move |tx| Ok(syncs::begin(tx, id, kind, started)?)).await?;
    let synced = match part {
        SyncWhat::Users | SyncWhat::All => sync_users(engine, known, cloud, accept_mass_deletion).await,
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
) -> Result<(u64, SyncChanges)> {
    let mut listed: Vec<User> = Vec::new();
    let mut stream = cloud.users();
    while let Some(user) = stream.next().await {
        listed.push(user?);
    }
    drop(stream);
    let drives = match cloud.domain_scopes().await {
        Ok(drives) => drives,
        // A missing right to see shared drives must not hide the people; the check names it.
        Err(error) if !error.is_passing() && !matches!(error.kind, SIGN_IN) => {
            tracing::warn!(%error, "shared drives could not be listed");
            Vec::new()
        }
        Err(error) => return Err(error.into()),
    };
    let (id, now) = (known.id, engine.now());
    engine
        .write(move |tx| {
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
            if known_count >= LEAST_FOR_MASS && still * 3 < known_count * 2 && !accept_mass_deletion {
                return Err(EngineError::MassDeletion { listed: still, known: known_count });
            }
            let mut changes = SyncChanges::default();
            for user in &listed {
                note_change(&mut changes, before.get(&user.id), user);
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
                    &folder_of(tx, id, &drive.scope)?,
                    &drive.name,
                    now,
                )?;
            }
            Ok((listed.len() as u64, changes))
        })
        .await
}

/// Who was not seen now has vanished, which must hold though the clock was put back since the last sync.
fn later_than(now: Timestamp, seen: impl Iterator<Item = Timestamp>) -> Timestamp {
    let tick = jiff::SignedDuration::from_millis(1);
    seen.max().and_then(|last| last.checked_add(tick).ok()).map_or(now, |after| after.max(now))
}

const SIGN_IN: holdfast_clouds::contract::ErrorKind = holdfast_clouds::contract::ErrorKind::SignInAgain;

/// The Archive's folder from the root of a snapshot: `<cloud>/<tenant>/…`.
pub(crate) fn folder_of(
    tx: &holdfast_catalog::Tx<'_>,
    id: ConnectionId,
    scope: &holdfast_model::Scope,
) -> Result<String> {
    let known = holdfast_catalog::connections::get(tx, id)?
        .ok_or_else(|| EngineError::NotFound { what: "connection", name: id.to_string() })?;
    let mut path = vec![known.cloud.as_str().to_owned(), holdfast_model::file_stem(known.tenant_id.as_str())];
    path.extend(scope.folder());
    Ok(path.join("/"))
}

fn note_change(changes: &mut SyncChanges, before: Option<&DirectoryUser>, now: &User) {
    let is_there = |account: Account| account != Account::Deleted;
    let Some(before) = before.filter(|before| before.vanished_at.is_none()) else {
        if is_there(now.account) {
            changes.joined(now.address.clone());
        }
        return;
    };
    if before.user.address != now.address {
        changes.renamed(&before.user.address, &now.address);
    }
    match (before.user.account, now.account) {
        (old, new) if old == new => {}
        (_, Account::Deleted) => changes.left(now.address.clone()),
        (_, Account::Active) => changes.restored(now.address.clone()),
        (_, Account::Suspended | Account::Archived) => changes.suspended(now.address.clone()),
    }
}

async fn sync_groups(engine: &Engine, known: &Connection, cloud: &dyn Cloud) -> Result<(u64, SyncChanges)> {
    let mut listed = Vec::new();
    let mut stream = cloud.groups();
    while let Some(group) = stream.next().await {
        listed.push(group?);
    }
    drop(stream);
    let with_members: Vec<_> = futures::stream::iter(listed)
        .map(|group| async move {
            let mut members = Vec::new();
            let mut stream = cloud.members(&group.id);
            while let Some(member) = stream.next().await {
                members.push(member?);
            }
            drop(stream);
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
    let mut listed = Vec::new();
    let mut stream = cloud.org_units();
    while let Some(unit) = stream.next().await {
        listed.push(unit?);
    }
    drop(stream);
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
