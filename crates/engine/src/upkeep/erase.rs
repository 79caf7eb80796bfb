//! Erasing: the top folders of every snapshot are written anew without a user's Archives and without what the state told
//! of them; then everything that no snapshot names any more goes.
//!
//! Order, which crash safety rests on: the deletion says `rewriting`; for each snapshot the new one is durable, then the
//! catalogue names it in place of the old one, then the old one goes; the deletion says `pruning`; packs go after the index
//! that named them; last the deletion's row goes. What was done is found done when it is begun again.

use std::collections::HashMap;

use holdfast_catalog::{Connection, Deletion, DeletionPhase, Tx, archives, deletions, snapshots, users};
use holdfast_model::{Owner, file_stem};
use holdfast_vault::{FolderEdit, PruneDepth, Rewrite, SnapshotId, SnapshotInfo, Vault, WriterOptions};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::{PATIENCE, Upkeep, deletion, erased_state, exclusively};
use crate::audit;
use crate::backup::state;
use crate::connection;
use crate::engine::{Engine, blocking, read, write_durable};
use crate::error::{EngineError, Result};
use crate::events::Events;

/// What erasing a user's Archives did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EraseReport {
    /// The user's address.
    pub address: String,
    /// Snapshots that were written anew.
    pub rewritten: u64,
    /// Bytes that the storage gave back.
    pub removed_bytes: u64,
}

impl Upkeep {
    /// Erases at once what a person asked to erase; none where Runs go on: then it is done by itself when they have ended.
    pub(crate) async fn erase_now(
        &self,
        deletion: &Deletion,
        who: &str,
        events: &Events,
        cancel: &CancellationToken,
    ) -> Result<Option<EraseReport>> {
        let Some(_quiet) = self.quiet(PATIENCE, cancel).await? else { return Ok(None) };
        self.finish_forgetting().await?;
        // What is due by itself may have come first while this waited, or a person undid it.
        let (connection, user) = (deletion.connection, deletion.user.clone());
        let read = self.engine.read(move |tx| {
            let owned = archives::by_owner(tx, connection, &Owner::User(user.clone()))?;
            Ok((deletions::get(tx, connection, &user)?, owned.is_empty()))
        });
        match read.await? {
            (Some(deletion), _) => self.erase(&deletion, who, events).await.map(Some),
            (None, true) => {
                Ok(Some(EraseReport { address: deletion.address.clone(), ..EraseReport::default() }))
            }
            (None, false) => Err(EngineError::NotFound {
                what: "deletion of the archive of",
                name: deletion.address.clone(),
            }),
        }
    }

    /// Erases what is due.
    pub(super) async fn erase_due(&self, events: &Events, cancel: &CancellationToken) -> Result<()> {
        let now = self.engine.now();
        for deletion in self.engine.read(move |tx| deletion::due(tx, now)).await? {
            if cancel.is_cancelled() {
                return Err(EngineError::Cancelled);
            }
            let done = self.erase(&deletion, audit::BY_ITSELF, events).await;
            let outcome = audit::outcome(&done).to_owned();
            self.engine.audit(audit::BY_ITSELF, "archive.erase", &deletion.address, &outcome).await;
            done?;
        }
        Ok(())
    }

    /// Erases one user's Archives. No Run may go on.
    async fn erase(&self, deletion: &Deletion, who: &str, events: &Events) -> Result<EraseReport> {
        let engine = &self.engine;
        let known = connection::by_id(engine, deletion.connection).await?;
        // What cannot be undone is recorded before it is done.
        engine.audit(who, "archive.erase_begun", &deletion.address, audit::OK).await;
        let vault = engine.vault().await?;
        let mut report = EraseReport { address: deletion.address.clone(), ..EraseReport::default() };
        if deletion.phase != DeletionPhase::Pruning {
            let (engine, vault, deletion) = (engine.clone(), vault.clone(), deletion.clone());
            report.rewritten = blocking(move || rewrite_all(&engine, &vault, &known, &deletion)).await?;
        }
        report.removed_bytes = self.give_back(PruneDepth::Erase).await?.removed_bytes;
        let left = blocking(move || Ok(vault.unused_bytes()?)).await?;
        if left > 0 {
            return Err(EngineError::Defect(format!("{left} bytes that no snapshot names are left")));
        }
        let (connection, user) = (deletion.connection, deletion.user.clone());
        engine.write(move |tx| Ok(deletions::remove(tx, connection, &user)?)).await?;
        engine.storage_works(true, events).await;
        Ok(report)
    }
}

/// Writes every snapshot of the Domain anew without the user; how many those were. Blocks.
fn rewrite_all(engine: &Engine, vault: &Vault, known: &Connection, deletion: &Deletion) -> Result<u64> {
    let _lock = exclusively(vault)?;
    vault.refresh_index()?;
    let catalog = engine.catalog();
    let (connection, user) = (deletion.connection, &deletion.user);
    write_durable(catalog, |tx| Ok(deletions::set_phase(tx, connection, user, DeletionPhase::Rewriting)?))?;
    let tag = state::domain_tag(known.cloud, known.tenant_id.as_str());
    let mut series: Vec<SnapshotInfo> =
        vault.snapshots()?.into_iter().filter(|snapshot| snapshot.tags.contains(&tag)).collect();
    series.sort_by_key(|snapshot| (snapshot.time, snapshot.id));
    let left_over = read(catalog, |tx| left_over(tx, &series))?;
    if !left_over.is_empty() {
        vault.delete_snapshots(&left_over)?;
        series.retain(|snapshot| !left_over.contains(&snapshot.id));
    }
    let writer = vault.writer(&WriterOptions::default())?;
    let gone = Gone::of(known, deletion);
    let is_there = read(catalog, |tx| {
        Ok(users::by_id(tx, connection, user)?.is_some_and(|user| user.vanished_at.is_none()))
    })?;
    let mut renamed: HashMap<SnapshotId, SnapshotId> = HashMap::new();
    let mut rewritten = 0;
    for old in &series {
        let parent = old.parent.map(|parent| renamed.get(&parent).copied().unwrap_or(parent));
        let Some(new) = vault.rewrite(&writer, old, parent, gone.edits(is_there))? else { continue };
        renamed.insert(old.id, new);
        write_durable(catalog, |tx| rename(tx, old.id, new))?;
        vault.delete_snapshots(&[old.id])?;
        rewritten += 1;
    }
    write_durable(catalog, |tx| {
        for archive in archives::by_owner(tx, connection, &Owner::User(user.clone()))? {
            archives::remove(tx, archive.id)?;
        }
        Ok(deletions::set_phase(tx, connection, user, DeletionPhase::Pruning)?)
    })?;
    Ok(rewritten)
}

/// What an erasure that died left twice, the old snapshot and the one that was written anew: both have the tags of their one
/// commit, and the catalogue names one of them. The others.
fn left_over(tx: &Tx<'_>, series: &[SnapshotInfo]) -> Result<Vec<SnapshotId>> {
    let mut by_commit: HashMap<&[String], Vec<SnapshotId>> = HashMap::new();
    for snapshot in series {
        by_commit.entry(&snapshot.tags).or_default().push(snapshot.id);
    }
    let mut left = Vec::new();
    for twins in by_commit.into_values().filter(|twins| twins.len() > 1) {
        let mut unknown = Vec::new();
        for id in &twins {
            if snapshots::get(tx, &id.to_string())?.is_none() {
                unknown.push(*id);
            }
        }
        // Where none is known, nobody can say which one counts.
        if unknown.len() < twins.len() {
            left.extend(unknown);
        }
    }
    Ok(left)
}

/// The catalogue names the new snapshot. An old one that it no longer knows was renamed before a crash.
fn rename(tx: &Tx<'_>, old: SnapshotId, new: SnapshotId) -> Result<()> {
    let (old, new) = (old.to_string(), new.to_string());
    if snapshots::get(tx, &old)?.is_some() && snapshots::get(tx, &new)?.is_none() {
        snapshots::replace(tx, &old, &new)?;
    }
    Ok(())
}

/// Where a user's data and what is told of it lie.
struct Gone {
    /// From the root of a snapshot.
    data: Vec<String>,
    /// The same below the state's folder.
    told: Vec<String>,
    user: String,
}

impl Gone {
    fn of(known: &Connection, deletion: &Deletion) -> Self {
        let tenant = file_stem(known.tenant_id.as_str());
        let data = vec![known.cloud.as_str().to_owned(), tenant, file_stem(deletion.user.as_str())];
        let told = state::FOLDER.into_iter().chain(["archives"]).map(str::to_owned);
        Self { told: told.chain(data.clone()).collect(), data, user: deletion.user.0.clone() }
    }

    /// In the order of their paths.
    fn edits(&self, is_there: bool) -> Vec<FolderEdit> {
        let (user, prefix) = (self.user.clone(), format!("{}/", self.data.join("/")));
        let who = user.clone();
        let rewrite = vec![
            changed("commit.json", move |value| erased_state::without_archives(value, &prefix)),
            changed("directory.json", move |value| erased_state::without_user(value, &who, is_there)),
            changed("policies.json", move |value| erased_state::without_policy(value, &user)),
        ];
        let state =
            FolderEdit { path: state::FOLDER.map(str::to_owned).to_vec(), rewrite, ..Default::default() };
        let whole = |path: &[String]| FolderEdit {
            path: path.to_vec(),
            remove_folder: true,
            ..FolderEdit::default()
        };
        vec![state, whole(&self.told), whole(&self.data)]
    }
}

/// A JSON file in which something is taken out. One that needs no change stays byte for byte.
fn changed(name: &str, change: impl FnOnce(&mut Value) -> bool + Send + 'static) -> (String, Rewrite) {
    let rewrite: Rewrite = Box::new(move |old: Option<Vec<u8>>| {
        let Some(text) = old else { return Ok(None) };
        let mut value: Value = serde_json::from_slice(&text)?;
        Ok(Some(if change(&mut value) { serde_json::to_vec_pretty(&value)? } else { text }))
    });
    (name.to_owned(), rewrite)
}

#[cfg(test)]
mod tests {
    use holdfast_clouds::testkit::MemoryCloud;
    use jiff::SignedDuration;

    use super::*;
    use crate::stage::Stage;
    use crate::worker::Worker;

    const ONE: &str = "user1@example.test";

    /// Two who were backed up, and one of them to be erased at once.
    async fn asked() -> (Stage, Worker, Deletion) {
        let stage = Stage::new(MemoryCloud::sample(2, 4, 1)).await;
        stage.sync().await;
        stage.start(&[ONE, "user2@example.test"]).await;
        let worker = stage.engine.become_worker().await.unwrap().unwrap();
        let deletion = worker.delete_archive(None, ONE.to_owned(), "me", SignedDuration::ZERO).await.unwrap();
        (stage, worker, deletion)
    }

    fn erase_now(
        worker: &Worker,
        deletion: &Deletion,
    ) -> tokio::task::JoinHandle<Result<Option<EraseReport>>> {
        let (upkeep, deletion) = (worker.upkeep.clone(), deletion.clone());
        tokio::spawn(async move {
            upkeep.erase_now(&deletion, "me", &Events::nobody(), &CancellationToken::new()).await
        })
    }

    async fn owned(stage: &Stage) -> usize {
        let all = stage.engine.read(|tx| Ok(archives::list(tx, &archives::ArchiveFilter::default())?));
        all.await.unwrap().len()
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_was_erased_as_due_while_a_person_waited_for_it_is_done() {
        let (stage, worker, deletion) = asked().await;
        let turn = worker.upkeep.nobody_tidies().await;
        let waiting = erase_now(&worker, &deletion);
        worker.upkeep.erase_due(&Events::nobody(), &CancellationToken::new()).await.unwrap();
        assert!(!waiting.is_finished(), "it waits for its turn");
        assert_eq!(owned(&stage).await, 2, "of the other one");
        drop(turn);
        let report = waiting.await.unwrap().unwrap();
        assert_eq!(report, Some(EraseReport { address: ONE.to_owned(), ..EraseReport::default() }));
        assert_eq!(owned(&stage).await, 2);
        assert_eq!(stage.engine.read(|tx| Ok(deletions::list(tx)?)).await.unwrap(), []);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_was_undone_while_it_waited_is_not_erased() {
        let (stage, worker, deletion) = asked().await;
        let turn = worker.upkeep.nobody_tidies().await;
        let waiting = erase_now(&worker, &deletion);
        deletion::keep(&stage.engine, Some(deletion.connection), ONE.to_owned()).await.unwrap();
        drop(turn);
        assert_eq!(waiting.await.unwrap().unwrap_err().code(), "input.not_found");
        assert_eq!(owned(&stage).await, 4);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_a_person_erased_is_not_due_any_more() {
        let (stage, worker, deletion) = asked().await;
        let report = erase_now(&worker, &deletion).await.unwrap().unwrap().unwrap();
        assert!(report.rewritten > 0 && report.removed_bytes > 0, "{report:?}");
        worker.upkeep.erase_due(&Events::nobody(), &CancellationToken::new()).await.unwrap();
        assert_eq!(owned(&stage).await, 2);
    }
}
