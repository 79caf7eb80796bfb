//! Brings users, groups and org units in step with the Cloud. Only a listing that finished may say that
//! someone is gone, and one that would mark more than a third of the users deleted asks first.

use std::collections::HashMap;

use futures::StreamExt;
use holdfast_catalog::{
    Connection, DirectoryUser, SyncKind, UserFilter, archives, groups, org_units, syncs, users,
};
use holdfast_clouds::contract::{Cloud, CloudError};
use holdfast_model::{Account, ConnectionId, Timestamp, User, UserId};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::connection;
use crate::engine::Engine;
use crate::error::{EngineError, Result};
use crate::events::{Event, Events};

/// Names that a report spells out; the rest is counted.
const MOST_NAMES: usize = 1_000;
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
}

/// What changed since the last sync, by address or path.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SyncChanges {
    /// New.
    pub joined: Vec<String>,
    /// No longer there, or deleted.
    pub left: Vec<String>,
    /// `old → new`.
    pub renamed: Vec<String>,
    /// Suspended or archived since.
    pub suspended: Vec<String>,
    /// Active again.
    pub restored: Vec<String>,
    /// More changes than are spelled out.
    pub more: u64,
}

impl SyncChanges {
    fn by_kind(&self) -> holdfast_catalog::syncs::Changes {
        [
            ("joined", &self.joined),
            ("left", &self.left),
            ("renamed", &self.renamed),
            ("suspended", &self.suspended),
            ("restored", &self.restored),
        ]
        .into_iter()
        .filter(|(_, names)| !names.is_empty())
        .map(|(kind, names)| (kind.to_owned(), names.clone()))
        .collect()
    }

    fn push(&mut self, list: fn(&mut Self) -> &mut Vec<String>, name: String) {
        if list(self).len() < MOST_NAMES {
            list(self).push(name);
        } else {
            self.more += 1;
        }
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
        for part in parts {
            let synced = tokio::select! {
                () = cancel.cancelled() => Err(EngineError::Cancelled),
                synced = one_part(engine, &known, &*cloud, part, accept_mass_deletion) => synced,
            };
            if let Err(EngineError::Cloud(error)) = &synced
                && error.kind == holdfast_clouds::contract::ErrorKind::SignInAgain
            {
                engine.mark_expired(known.id, error).await?;
            }
            let report = synced?;
            let (domain, count) = (report.domain.clone(), report.count);
            let what = part_word(part).to_owned();
            events.tell_surely(Event::SyncEnded { domain, what, count }).await;
            reports.push(report);
        }
    }
    Ok(reports)
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
) -> Result<SyncReport> {
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
    let told = changes.by_kind();
    engine.write(move |tx| Ok(syncs::succeed(tx, sync, count, &told, &Default::default(), ended)?)).await?;
    Ok(SyncReport { connection: known.id, domain: known.tenant_name.clone(), what: part, count, changes })
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
                changes.push(|changes| &mut changes.left, gone.user.address);
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
            changes.push(|changes| &mut changes.joined, now.address.clone());
        }
        return;
    };
    if before.user.address != now.address {
        changes.push(|changes| &mut changes.renamed, format!("{} → {}", before.user.address, now.address));
    }
    match (before.user.account, now.account) {
        (old, new) if old == new => {}
        (_, Account::Deleted) => changes.push(|changes| &mut changes.left, now.address.clone()),
        (_, Account::Active) => changes.push(|changes| &mut changes.restored, now.address.clone()),
        (_, Account::Suspended | Account::Archived) => {
            changes.push(|changes| &mut changes.suspended, now.address.clone());
        }
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
                    None => changes.push(|changes| &mut changes.joined, group.address.clone()),
                    Some(before) if before.group.address != group.address => {
                        let both = format!("{} → {}", before.group.address, group.address);
                        changes.push(|changes| &mut changes.renamed, both);
                    }
                    Some(_) => {}
                }
                groups::upsert_seen(tx, id, group, now)?;
                groups::replace_members(tx, id, &group.id, members)?;
            }
            for gone in groups::mark_vanished(tx, id, now, now)? {
                changes.push(|changes| &mut changes.left, gone.group.address);
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
                    None => changes.push(|changes| &mut changes.joined, unit.path.clone()),
                    Some(before) if before.org_unit.path != unit.path => {
                        let both = format!("{} → {}", before.org_unit.path, unit.path);
                        changes.push(|changes| &mut changes.renamed, both);
                    }
                    Some(_) => {}
                }
                org_units::upsert_seen(tx, id, unit, now)?;
            }
            for gone in org_units::mark_vanished(tx, id, now, now)? {
                changes.push(|changes| &mut changes.left, gone.org_unit.path);
            }
            Ok((listed.len() as u64, changes))
        })
        .await
}
