//! Settings > Manage Users, and the list of Backup > Archive & Restore.

use std::collections::BTreeMap;
use std::sync::Arc;

use holdfast_engine::catalog::{Tx, archives, connections, notifications, users};
use holdfast_engine::{ChosenUser, EngineError, Request, UserSetting};
use holdfast_model::{Account, ArchiveId, ConnectionId, Owner, Timestamp, UserId};

use super::seat::Seat;
use super::{Desktop, limits};
use crate::error::Result;
use crate::owners::{self, Entry, OwnerKey};
use crate::people::Backdrop;
use crate::views::{
    AppEvent, AttentionView, LevelWord, OwnerKind, OwnerRow, OwnersDeed, OwnersDone, OwnersFilter,
    OwnersPage, OwnersQuery, PauseView, Protection, SavedFile, Schedule, SelectionInput,
};
use crate::{UserError, causes, csv_out, format, log};

impl Desktop {
    /// One part of a list of owners.
    pub async fn owners(&self, query: OwnersQuery) -> Result<OwnersPage> {
        check(&query.filter)?;
        let seat = self.seat().await?;
        let entries = self.roll(&seat).await?;
        let page = tokio::task::spawn_blocking(move || owners::page(&entries, &query)).await;
        page.map_err(|error| UserError::of("defect", error.to_string()))
    }

    /// The keys of all that a filter lists, to tick them all.
    pub async fn owner_keys(&self, filter: OwnersFilter) -> Result<Vec<String>> {
        check(&filter)?;
        let entries = self.roll(&*self.seat().await?).await?;
        Ok(owners::listed(&entries, &filter).iter().map(|entry| entry.row.key.clone()).collect())
    }

    /// Writes all that a filter lists to a CSV file, in the order of names.
    pub async fn save_owners_csv(&self, filter: OwnersFilter, path: String) -> Result<SavedFile> {
        check(&filter)?;
        let path = limits::path(&path)?;
        let entries = self.roll(&*self.seat().await?).await?;
        let written = tokio::task::spawn_blocking(move || {
            let text = as_csv(owners::listed(&entries, &filter).iter().map(|entry| &entry.row));
            log::replace_private_file(&path, text.as_bytes()).map(|()| path)
        });
        let written = written.await.map_err(|error| UserError::of("defect", error.to_string()))?;
        let path = written.map_err(|error| UserError::of("file.failed", error.to_string()))?;
        Ok(SavedFile { path: path.to_string_lossy().into_owned() })
    }

    /// Does something for many at once. Those for whom it makes no sense are left as they are.
    pub async fn change_owners(&self, keys: Vec<String>, deed: OwnersDeed) -> Result<OwnersDone> {
        limits::owners(&keys)?;
        let seat = self.seat().await?;
        let keys: Vec<OwnerKey> = keys.iter().map(|key| OwnerKey::parse(key)).collect::<Result<_>>()?;
        let entries = self.roll(&seat).await?;
        let rows = rows_of(&entries, &keys);
        let wanted: Vec<&OwnerRow> = rows.into_iter().filter(|row| makes_sense(row, deed)).collect();
        let mut chosen: BTreeMap<ConnectionId, Vec<ChosenUser>> = BTreeMap::new();
        for row in &wanted {
            let address = row.address.clone().unwrap_or_default();
            chosen
                .entry(row.connection)
                .or_default()
                .push(ChosenUser { id: UserId(row.id.clone()), address });
        }
        if deed == OwnersDeed::Protect {
            for (connection, users) in chosen {
                let users = users.into_iter().map(|user| user.address).collect();
                let selection =
                    SelectionInput { connection: connection.0, users, ..SelectionInput::default() };
                self.start_backup(selection, None).await?;
            }
            let done = wanted.len() as u64;
            return Ok(OwnersDone { done, left_out: (keys.len() as u64).saturating_sub(done) });
        }
        let setting = match deed {
            OwnersDeed::Pause => Some(UserSetting::Paused),
            OwnersDeed::Resume => Some(UserSetting::Active),
            OwnersDeed::StopProtecting => Some(UserSetting::Excluded),
            OwnersDeed::BackUpNow | OwnersDeed::Protect => None,
        };
        if let Some(to) = setting {
            for (connection, users) in chosen {
                self.ask(&seat, Request::SetUsers { connection, users, to }).await?;
                self.tell(AppEvent::Directory { connection: connection.0 });
            }
        }
        if matches!(deed, OwnersDeed::Resume | OwnersDeed::BackUpNow) {
            let whose: Vec<(ConnectionId, OwnerKind, String)> =
                wanted.iter().map(|row| (row.connection, row.kind, row.id.clone())).collect();
            let now = seat.now();
            let archives = seat.engine.read(move |tx| archives_of(tx, &whose, now)).await?;
            self.begin(&seat, archives).await?;
        }
        if deed == OwnersDeed::StopProtecting {
            self.tell(AppEvent::Settings);
        }
        let done = wanted.len() as u64;
        Ok(OwnersDone { done, left_out: (keys.len() as u64).saturating_sub(done) })
    }

    /// What keeps one owner from being protected, the worst first.
    pub async fn owner_causes(&self, owner: String) -> Result<Vec<AttentionView>> {
        let key = OwnerKey::parse(&owner)?;
        let seat = self.seat().await?;
        let row = self.owner(&seat, &key).await?;
        let is_protected = row.protection == Protection::Protected;
        let read = seat.engine.read(move |tx| {
            let whose = key.owner();
            let archives: Vec<ArchiveId> = archives::by_owner(tx, key.connection, &whose)?
                .into_iter()
                .map(|archive| archive.id)
                .collect();
            let mut open = notifications::list_open(tx)?;
            open.retain(|one| owners::concerns(one, &key, &archives, is_protected));
            causes::views(tx, open)
        });
        let mut causes = read.await?;
        causes.sort_by_key(|one| (one.severity, one.since));
        Ok(causes)
    }

    pub(super) async fn roll(&self, seat: &Seat) -> Result<Arc<Vec<Entry>>> {
        seat.roll.entries(&seat.engine, self.0.hub.told()).await
    }

    /// The row of one owner.
    pub(super) async fn owner(&self, seat: &Seat, key: &OwnerKey) -> Result<OwnerRow> {
        let entries = self.roll(seat).await?;
        let found = rows_of(&entries, std::slice::from_ref(key)).pop().cloned();
        found.ok_or_else(|| EngineError::NotFound { what: "user", name: key.id.clone() }.into())
    }
}

fn check(filter: &OwnersFilter) -> Result<()> {
    filter.search.as_deref().map_or(Ok(()), limits::search)
}

/// The rows of these keys, in the order of the roll.
fn rows_of<'a>(entries: &'a [Entry], keys: &[OwnerKey]) -> Vec<&'a OwnerRow> {
    let wanted: std::collections::HashSet<(ConnectionId, bool, &str)> =
        keys.iter().map(|key| (key.connection, key.user().is_some(), key.id.as_str())).collect();
    let is_wanted =
        |row: &OwnerRow| wanted.contains(&(row.connection, row.kind == OwnerKind::User, row.id.as_str()));
    entries.iter().map(|entry| &entry.row).filter(|row| is_wanted(row)).collect()
}

/// Whether a deed changes anything for an owner.
fn makes_sense(row: &OwnerRow, deed: OwnersDeed) -> bool {
    let is_protected = row.protection == Protection::Protected;
    let is_user = row.kind == OwnerKind::User;
    match deed {
        OwnersDeed::Pause => is_protected && is_user && row.schedule != Schedule::Paused,
        // A pause of more than the user ends for all of them, by its own button.
        OwnersDeed::Resume => {
            let is_own = |pause: &PauseView| {
                pause.of.as_ref().is_some_and(|of| of.level == LevelWord::User && of.id == row.id)
            };
            is_protected && is_user && row.pause.as_ref().is_some_and(is_own)
        }
        OwnersDeed::BackUpNow => is_protected,
        OwnersDeed::Protect => !is_protected && is_user && row.account == Some(Account::Active),
        OwnersDeed::StopProtecting => is_protected && is_user,
    }
}

/// The Archives of these owners that their settings ask for.
fn archives_of(
    tx: &Tx<'_>,
    whose: &[(ConnectionId, OwnerKind, String)],
    now: Timestamp,
) -> std::result::Result<Vec<ArchiveId>, EngineError> {
    let mut found = Vec::new();
    for known in connections::list(tx)? {
        let id = known.id;
        let of_it: Vec<_> = whose.iter().filter(|(connection, ..)| *connection == id).collect();
        if of_it.is_empty() {
            continue;
        }
        let backdrop = Backdrop::of(tx, known, now)?;
        for (_, kind, owner) in of_it {
            if *kind == OwnerKind::SharedDrive {
                let is_it = |owned: &Owner| matches!(owned, Owner::Domain(drive) if drive.as_str() == owner);
                let drives = backdrop.of_domain.iter().filter(|archive| is_it(&archive.scope.owner));
                found.extend(drives.map(|archive| archive.id));
                continue;
            }
            let user = UserId(owner.clone());
            let Some(known) = users::by_id(tx, id, &user)? else { continue };
            let policy = backdrop.policy_of(&known);
            let kept = backdrop.archives_of(&user).iter();
            let chosen = kept.filter(|archive| policy.services.contains(&archive.scope.service));
            found.extend(chosen.map(|archive| archive.id));
        }
    }
    Ok(found)
}

fn as_csv<'a>(rows: impl Iterator<Item = &'a OwnerRow>) -> String {
    let mut text = csv_out::line([
        "kind",
        "name",
        "address",
        "domain",
        "account",
        "org unit",
        "protection",
        "schedule",
        "services",
        "items",
        "bytes",
        "progress",
        "last good copy",
        "status",
        "notifications",
    ]);
    for row in rows {
        let kind = match row.kind {
            OwnerKind::User => "user",
            OwnerKind::SharedDrive => "shared drive",
        };
        let schedule = match row.schedule {
            Schedule::Active => "active",
            Schedule::Paused => "paused",
            Schedule::Waiting => "waiting",
        };
        let services: Vec<&str> = row.services.iter().map(|one| one.service.as_str()).collect();
        text.push_str(&csv_out::line([
            kind,
            &row.name,
            row.address.as_deref().unwrap_or_default(),
            &row.domain,
            row.account.map(|account| account.as_str()).unwrap_or_default(),
            row.org_unit.as_deref().unwrap_or_default(),
            row.protection.as_str(),
            schedule,
            &services.join(" "),
            &row.items.to_string(),
            &row.bytes.to_string(),
            &row.progress.map(|percent| format!("{percent} %")).unwrap_or_default(),
            &row.last_good_copy.map(|at| at.to_string()).unwrap_or_default(),
            &format::one_line(&row.light.sentence),
            &row.causes.to_string(),
        ]));
    }
    text
}
