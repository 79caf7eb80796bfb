//! Makes the catalogue anew from the Repository: Connections, Directory, Policies, selections, licenses,
//! Archives with their cursors, open Items, and every Item of the newest snapshots.

use std::collections::BTreeMap;

use holdfast_catalog::changes::Change;
use holdfast_catalog::{
    Archive, Catalog, Deletion, DeletionPhase, NewConnection, OpenItem, PauseTarget, RuleTarget, Run,
    RunState, SnapshotArchive, SnapshotRow, StoredItem, Trigger, Tx, archives, changes, connections,
    deletions, folders, groups, items, open_items, org_units, pauses, policies, rules, runs, settings,
    snapshots, staged, syncs, users,
};
use holdfast_model::{ConnectionId, RunId};
use holdfast_secrets::Secrets;
use holdfast_vault::{SnapshotInfo, SnapshotView, Vault};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::backup::layout::{ItemLine, tag_of};
use crate::backup::state::{
    self, ArchiveState, ChangeState, CommitState, ConnectionState, DirectoryState, OpenState, PolicyState,
};
use crate::contents::for_each_folder;
use crate::engine::{Engine, blocking, read, write};
use crate::error::{EngineError, Result};
use crate::upkeep::mass_change;

const STATE_FILE_LIMIT: u64 = 256 << 20;

/// What a rebuild found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RebuildReport {
    /// Domains.
    pub domains: u64,
    /// Of these, how many still have their sign-in in the keychain.
    pub connected: u64,
    /// Users of all Directories.
    pub users: u64,
    /// Archives.
    pub archives: u64,
    /// Items in the newest snapshots.
    pub items: u64,
    /// restic snapshots.
    pub snapshots: u64,
    /// What could not be read.
    pub problems: Vec<String>,
}

/// Fills an empty catalogue from the Repository.
pub(crate) async fn rebuild(engine: &Engine) -> Result<RebuildReport> {
    let vault = engine.vault().await?;
    let (catalog, secrets, now) = (engine.catalog().clone(), engine.secrets().clone(), engine.now());
    blocking(move || {
        let is_empty = read(&catalog, |tx| Ok(connections::list(tx)?.is_empty()))?;
        if !is_empty {
            return Err(EngineError::BadInput(
                "the catalogue already has connections; a rebuild fills an empty one".to_owned(),
            ));
        }
        let mut report = RebuildReport::default();
        for (tag, series) in by_domain(&vault)? {
            let Some(newest) = series.last() else { continue };
            let view = vault.tree(newest.id)?;
            match domain(&catalog, &secrets, &view, &mut report, now) {
                Ok(connection) => {
                    report.domains += 1;
                    report.snapshots += series.len() as u64;
                    record_series(&catalog, &vault, connection, &series, &mut report)?;
                }
                Err(EngineError::Vault(error)) => return Err(error.into()),
                Err(error) => report.problems.push(format!("{tag}: {error}")),
            }
        }
        Ok(report)
    })
    .await
}

/// The newest snapshot that the catalogue builds on was removed by someone else: the Domain's Items are read
/// again from the newest one that is left; cursors go back with it.
pub(crate) fn fall_back(engine: &Engine, vault: &Vault) -> Result<()> {
    let catalog = engine.catalog();
    for known in read(catalog, |tx| Ok(connections::list(tx)?))? {
        let Some(latest) = read(catalog, |tx| Ok(snapshots::latest(tx, known.id)?))? else { continue };
        let tag = state::domain_tag(known.cloud, known.tenant_id.as_str());
        let series = by_domain(vault)?.remove(&tag).unwrap_or_default();
        if series.iter().any(|snapshot| snapshot.id.to_string() == latest.id) {
            continue;
        }
        tracing::warn!(domain = known.tenant_name, "the last snapshot was removed by another program");
        write(catalog, |tx| {
            for archive in archives::list(
                tx,
                &holdfast_catalog::ArchiveFilter { connection: Some(known.id), ..Default::default() },
            )? {
                items::clear(tx, archive.id)?;
                staged::clear(tx, archive.id)?;
                open_items::clear(tx, archive.id)?;
                folders::clear(tx, archive.id)?;
                archives::set_listed(tx, archive.id, None, None)?;
                archives::set_stored(tx, archive.id, None, None)?;
                archives::set_reconciled_at(tx, archive.id, None)?;
            }
            snapshots::clear(tx, known.id)?;
            Ok(())
        })?;
        let mut report = RebuildReport::default();
        if let Some(newest) = series.last() {
            let view = vault.tree(newest.id)?;
            for archive in archive_states(&view)? {
                read_archive(catalog, &view, known.id, archive, &mut report)?;
            }
            record_series(catalog, vault, known.id, &series, &mut report)?;
        }
    }
    Ok(())
}

fn by_domain(vault: &Vault) -> Result<BTreeMap<String, Vec<SnapshotInfo>>> {
    let mut series: BTreeMap<String, Vec<SnapshotInfo>> = BTreeMap::new();
    for snapshot in vault.snapshots()? {
        let is_ours = snapshot.tags.iter().any(|tag| tag == "holdfast");
        let tag = snapshot.tags.iter().find(|tag| {
            holdfast_model::CloudKind::ALL
                .iter()
                .any(|cloud| tag.starts_with(&format!("{}:", cloud.as_str())))
        });
        if let (true, Some(tag)) = (is_ours, tag.cloned()) {
            series.entry(tag).or_default().push(snapshot);
        }
    }
    series.values_mut().for_each(|series| series.sort_by_key(|snapshot| snapshot.time));
    Ok(series)
}

fn state_file<T: DeserializeOwned>(view: &SnapshotView, path: &[&str]) -> Result<T> {
    let path: Vec<&str> = state::FOLDER.into_iter().chain(path.iter().copied()).collect();
    let text = view
        .read_small(&path, STATE_FILE_LIMIT)?
        .ok_or_else(|| EngineError::NotFound { what: "state file", name: path.join("/") })?;
    serde_json::from_slice(&text)
        .map_err(|error| EngineError::BadInput(format!("{}: {error}", path.join("/"))))
}

fn domain(
    catalog: &Catalog,
    secrets: &Secrets,
    view: &SnapshotView,
    report: &mut RebuildReport,
    now: holdfast_model::Timestamp,
) -> Result<ConnectionId> {
    let kept: ConnectionState = state_file(view, &["connection.json"])?;
    if kept.version > state::VERSION {
        return Err(EngineError::BadInput("it was written by a newer version of Holdfast".to_owned()));
    }
    let directory: DirectoryState = state_file(view, &["directory.json"])?;
    let chosen: PolicyState = state_file(view, &["policies.json"])?;
    let has_secret = secrets.get(&kept.secret_name)?.is_some();
    report.connected += u64::from(has_secret);
    report.users += directory.users.len() as u64;
    let id = write(catalog, |tx| {
        let id = connections::insert(
            tx,
            &NewConnection {
                cloud: kept.cloud,
                tenant_id: kept.tenant_id.clone().into(),
                tenant_name: kept.tenant_name.clone(),
                signed_in_as: kept.signed_in_as.clone(),
                secret_name: kept.secret_name.clone(),
                endpoints_note: kept.endpoints_note.clone(),
                created_at: kept.created_at,
            },
        )?;
        if !has_secret {
            connections::set_state(
                tx,
                id,
                holdfast_catalog::ConnectionState::Disconnected,
                Some("its sign-in is not in this computer's keychain"),
            )?;
        }
        if let Some(limit) = kept.license_limit {
            settings::set(tx, settings::LICENSE_LIMIT, &limit)?;
        }
        crate::upkeep::retention::put(tx, id, kept.retention.as_ref())?;
        people(tx, id, &directory, &chosen, now)?;
        Ok(id)
    })?;
    for archive in archive_states(view)? {
        read_archive(catalog, view, id, archive, report)?;
    }
    write(catalog, |tx| mass_change::tell_again(tx, id, now))?;
    Ok(id)
}

fn people(
    tx: &Tx<'_>,
    id: ConnectionId,
    directory: &DirectoryState,
    chosen: &PolicyState,
    now: holdfast_model::Timestamp,
) -> Result<()> {
    for kept in directory.users.iter().filter(|kept| kept.vanished) {
        users::upsert_seen(tx, id, &kept.user, now)?;
    }
    let later = now + jiff::SignedDuration::from_millis(1);
    users::mark_vanished(tx, id, later, now)?;
    for kept in directory.users.iter().filter(|kept| kept.vanished) {
        if let Some(at) = kept.vanished_at {
            users::set_vanished_at(tx, id, &kept.user.id, at)?;
        }
    }
    for kept in directory.users.iter().filter(|kept| !kept.vanished) {
        users::upsert_seen(tx, id, &kept.user, now)?;
    }
    for kept in &directory.users {
        users::set_protection(tx, id, &kept.user.id, kept.protection)?;
        users::set_schedule(tx, id, &kept.user.id, kept.schedule)?;
        users::set_licensed(tx, id, &kept.user.id, kept.licensed)?;
    }
    for kept in &directory.groups {
        groups::upsert_seen(tx, id, &kept.group, now)?;
        groups::replace_members(tx, id, &kept.group.id, &kept.members)?;
    }
    for unit in &directory.org_units {
        org_units::upsert_seen(tx, id, unit, now)?;
    }
    let sync = syncs::begin(tx, id, holdfast_catalog::SyncKind::Users, now)?;
    let seen = directory.users.len() as u64;
    syncs::succeed(tx, sync, seen, &BTreeMap::new(), &BTreeMap::new(), now)?;
    for (level, target, policy) in &chosen.policies {
        policies::set(tx, id, *level, target, policy)?;
    }
    for kept in &chosen.deletions {
        let deletion = Deletion {
            connection: id,
            user: kept.user.as_str().into(),
            address: kept.address.clone(),
            asked: kept.asked,
            due: kept.due,
            asked_by: kept.asked_by.clone(),
            was_protected: kept.was_protected,
            phase: DeletionPhase::Waiting,
        };
        deletions::put(tx, &deletion)?;
    }
    rules_and_pauses(tx, id, chosen, now)
}

fn rules_and_pauses(
    tx: &Tx<'_>,
    id: ConnectionId,
    chosen: &PolicyState,
    now: holdfast_model::Timestamp,
) -> Result<()> {
    for rule in &chosen.rules {
        let target = match (&rule.group, &rule.org_unit) {
            (Some(group), _) => RuleTarget::Group(group.as_str().into()),
            (None, Some(unit)) => {
                RuleTarget::OrgUnit { id: unit.as_str().into(), include_sub_units: rule.include_sub_units }
            }
            (None, None) if rule.domain => RuleTarget::Domain,
            (None, None) => continue,
        };
        let made = rules::put(tx, id, &target, rule.policy.as_ref(), rule.created_at)?;
        for bystander in &rule.bystanders {
            rules::add_bystander(tx, made, bystander)?;
        }
    }
    for pause in chosen.pauses.iter().filter(|pause| pause.until.is_none_or(|until| until > now)) {
        // The Connection's number is that of the catalogue that was lost.
        let target = match &pause.target {
            PauseTarget::All => PauseTarget::All,
            PauseTarget::OrgUnit { id: unit, .. } => {
                PauseTarget::OrgUnit { connection: id, id: unit.clone() }
            }
            PauseTarget::Group { id: group, .. } => PauseTarget::Group { connection: id, id: group.clone() },
            PauseTarget::User { id: user, .. } => PauseTarget::User { connection: id, id: user.clone() },
        };
        pauses::put(tx, &target, pause.until, pause.since)?;
    }
    Ok(())
}

/// The state of every Archive in a snapshot.
fn archive_states(view: &SnapshotView) -> Result<Vec<ArchiveState>> {
    let root: Vec<String> = state::FOLDER.into_iter().chain(["archives"]).map(str::to_owned).collect();
    let mut found = Vec::new();
    if view.entry(&root)?.is_none() {
        return Ok(found);
    }
    let mut waiting = vec![root];
    while let Some(path) = waiting.pop() {
        for entry in view.list(&path)? {
            let mut below = path.clone();
            below.push(entry.name.clone());
            match entry.kind {
                holdfast_vault::EntryKind::Folder => waiting.push(below),
                _ if entry.name == "archive.json" => {
                    let relative: Vec<&str> =
                        below[state::FOLDER.len()..].iter().map(String::as_str).collect();
                    found.push(state_file(view, &relative)?);
                }
                _ => {}
            }
        }
    }
    Ok(found)
}

fn read_archive(
    catalog: &Catalog,
    view: &SnapshotView,
    connection: ConnectionId,
    kept: ArchiveState,
    report: &mut RebuildReport,
) -> Result<()> {
    let archive = write(catalog, |tx| {
        let archive =
            archives::find_or_create(tx, connection, &kept.scope, &kept.folder, &kept.name, kept.created_at)?;
        archives::set_listed(tx, archive.id, kept.cursor.as_deref(), kept.fingerprint.as_deref())?;
        archives::set_stored(tx, archive.id, kept.cursor.as_deref(), kept.fingerprint.as_deref())?;
        archives::set_reconciled_at(tx, archive.id, kept.reconciled_at)?;
        archives::set_first_run_done(tx, archive.id, kept.first_run_done)?;
        archives::set_last_result(tx, archive.id, kept.result)?;
        runs::adopt(tx, &adopted_run(&archive, &kept))?;
        for one in &kept.changes {
            changes::record(tx, &change(archive.id, one))?;
        }
        for one in &kept.mass_changes {
            changes::suspect(tx, connection, &change(archive.id, &one.change), one.normal, one.quiet_at)?;
        }
        Ok(archive)
    })?;
    report.archives += 1;
    for_each_folder(view, &kept.folder, |folder| {
        if folder.unreadable > 0 {
            report.problems.push(format!(
                "{}: {} lines could not be read",
                folder.path.join("/"),
                folder.unreadable
            ));
        }
        report.items += folder.lines.len() as u64;
        write(catalog, |tx| {
            for line in folder.lines {
                let place = folders::take(tx, archive.id, &folder.relative)?;
                items::put(tx, &stored(&archive, &kept, place, line))?;
            }
            Ok(())
        })
    })?;
    let state_path: Vec<&str> = ["archives"].into_iter().chain(kept.folder.split('/')).collect();
    let mut number = 0_u64;
    loop {
        let name = format!("open-{number}.jsonl");
        let path: Vec<&str> =
            state::FOLDER.into_iter().chain(state_path.iter().copied()).chain([name.as_str()]).collect();
        let Some(part) = view.read_small(&path, STATE_FILE_LIMIT)? else { return Ok(()) };
        number += 1;
        write(catalog, |tx| {
            for line in part.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
                let open: OpenState = serde_json::from_slice(line)
                    .map_err(|error| EngineError::BadInput(format!("{}: {error}", path.join("/"))))?;
                let row = OpenItem { newness: open.newness, ..OpenItem::new(archive.id, open.id, open.op) };
                open_items::put(tx, &row)?;
            }
            Ok(())
        })?;
    }
}

fn change(archive: holdfast_model::ArchiveId, kept: &ChangeState) -> Change {
    let ChangeState { run, at, changed, removed, held } = *kept;
    Change { archive, run: RunId(run), at, changed, removed, held }
}

fn adopted_run(archive: &Archive, kept: &ArchiveState) -> Run {
    let started = kept.started.unwrap_or(kept.created_at);
    Run {
        id: RunId(kept.run),
        archive: archive.id,
        trigger: Trigger::Manual,
        started,
        ended: Some(started),
        state: RunState::Ended,
        phase: "copying".to_owned(),
        ledger: kept.ledger,
        open: kept.ledger.quarantined + kept.ledger.pending,
        updated_at: Some(started),
        result: Some(kept.result),
        error_code: None,
        error_detail: None,
        limited_by: None,
        expected_count: None,
        note: kept.note.clone(),
    }
}

fn stored(
    archive: &Archive,
    kept: &ArchiveState,
    folder: holdfast_catalog::FolderId,
    line: ItemLine,
) -> StoredItem {
    let extensions =
        line.files.iter().map(|file| file.name.split_once('.').map_or("", |(_, extension)| extension));
    let full = holdfast_model::MetaUpdate::Full(Box::new(line.meta.clone()));
    let (meta_hash, labels_hash) = crate::backup::hashes(&full);
    StoredItem {
        archive: archive.id,
        tag: tag_of(&line),
        folder: Some(folder),
        extensions: extensions.collect::<Vec<_>>().join(","),
        size: line.files.iter().map(|file| file.size).sum(),
        content_key: line.content_key,
        skip: line.skip,
        meta_hash,
        labels_hash,
        first_run: RunId(kept.run),
        changed_run: RunId(kept.run),
        item: line.id,
    }
}

/// The restic snapshots of a Domain, each with what it says of the Archives it brought on.
fn record_series(
    catalog: &Catalog,
    vault: &Vault,
    connection: ConnectionId,
    series: &[SnapshotInfo],
    report: &mut RebuildReport,
) -> Result<()> {
    for snapshot in series {
        let view = vault.tree(snapshot.id)?;
        // What a snapshot that retention removed brought on is first told of by the next one that is left.
        let is_first = snapshot.parent.is_none_or(|parent| series.iter().all(|one| one.id != parent));
        let taken_over = if is_first { archive_states(&view)? } else { Vec::new() };
        let commit: CommitState = match state_file(&view, &["commit.json"]) {
            Ok(commit) => commit,
            Err(EngineError::Vault(error)) => return Err(error.into()),
            Err(error) => {
                report.problems.push(format!("snapshot {}: {error}", snapshot.id));
                continue;
            }
        };
        write(catalog, |tx| {
            let known = archives::list(
                tx,
                &holdfast_catalog::ArchiveFilter { connection: Some(connection), ..Default::default() },
            )?;
            let id = snapshot.id.to_string();
            let mut held = Vec::new();
            for archive in known {
                let own = commit.archives.get(&archive.folder);
                let before =
                    taken_over.iter().find(|kept| kept.folder == archive.folder).map(|kept| &kept.result);
                if let Some(result) = own.or(before) {
                    if result.is_complete() {
                        archives::set_last_complete(tx, archive.id, commit.at, &id)?;
                    }
                    held.push(SnapshotArchive {
                        snapshot: id.clone(),
                        archive: archive.id,
                        run: None,
                        result: *result,
                    });
                }
            }
            let row = SnapshotRow {
                id,
                connection,
                time: commit.at,
                parent: snapshot.parent.map(|parent| parent.to_string()),
                committed_at: commit.at,
                content_bytes: None,
                stored_bytes: None,
            };
            Ok(snapshots::insert(tx, &row, &held)?)
        })?;
    }
    Ok(())
}
