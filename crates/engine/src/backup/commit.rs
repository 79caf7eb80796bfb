//! The committer: makes a restic snapshot of a Domain from all that is staged, and moves the catalogue on
//! after it is durable.
//!
//! Order, which crash safety rests on: packs, index, the snapshot, then one transaction of the catalogue. A process that dies
//! between the last two adopts the snapshot at its next start (`adopt`).

use std::collections::{BTreeMap, VecDeque};

use holdfast_catalog::{
    Archive, Catalog, SnapshotArchive, SnapshotRow, StagedItem, StagedOp, archives, items, run_ends,
    snapshots, staged,
};
use holdfast_model::{ArchiveId, ConnectionId, ItemId, RunId, RunResult, Timestamp, file_stem};
use holdfast_vault::{BlobId, Commit, Committed, FileEntry, FolderEdit, Vault, Writer};

use super::keeper::unseal_meta;
use super::layout::{ITEMS_FILE, LineEdit, LineFile, edit_lines};
use super::state;
use crate::adopt::Committing;
use crate::engine::{Engine, blocking, read, write_durable};
use crate::error::{EngineError, Result};
use crate::memory;

const PAGE: u32 = 2_000;

/// An Archive that a snapshot is about to contain, with the Run that brought it here.
#[derive(Clone, Debug)]
pub struct Reached {
    /// The Archive.
    pub archive: ArchiveId,
    /// The Run.
    pub run: RunId,
    /// Its result; `None` while it goes on, which counts as partial.
    pub result: Option<RunResult>,
    /// Documents of the Archive as a whole, by file name.
    pub documents: Vec<(String, Vec<u8>)>,
}

impl Reached {
    /// The result as the snapshot tells it.
    pub(crate) fn result(&self) -> RunResult {
        self.result.unwrap_or(RunResult::Partial)
    }
}

/// What the catalogue must do once the snapshot is durable.
pub(crate) struct Prepared {
    pub(crate) connection: ConnectionId,
    pub(crate) upto: i64,
    pub(crate) archives: Vec<(Archive, Reached)>,
    pub(crate) parent: Option<String>,
    /// What the Repository takes, where that is known.
    pub(crate) stored_bytes: Option<u64>,
}

/// Commits what is staged of one Domain, and says which snapshot holds it. `stored_before` is what the Repository
/// took when the writer began.
///
/// What was fetched is kept even where a person cancelled, so a commit itself is not cancelled.
pub async fn commit(
    engine: &Engine,
    vault: &Vault,
    writer: &Writer,
    stored_before: u64,
    connection: ConnectionId,
    reached: Vec<Reached>,
) -> Result<String> {
    let (engine, vault, writer) = (engine.clone(), vault.clone(), writer.clone());
    blocking(move || {
        let (mut prepared, id, now) = snapshot(&engine, &vault, &writer, connection, reached)?;
        prepared.stored_bytes = Some(stored_before + writer.totals().added);
        write_durable(engine.catalog(), |tx| conclude(tx, &prepared, &id, now))?;
        memory::give_back();
        Ok(id)
    })
    .await
}

/// Makes the snapshot, which the catalogue does not know of yet.
fn snapshot(
    engine: &Engine,
    vault: &Vault,
    writer: &Writer,
    connection: ConnectionId,
    reached: Vec<Reached>,
) -> Result<(Prepared, String, Timestamp)> {
    let (catalog, now) = (engine.catalog(), engine.now());
    let id = format!("commit-{:016x}", rand::random::<u64>());
    let (prepared, state, domain) = write_durable(catalog, |tx| {
        let upto = staged::max_seq(tx)?;
        let mut chosen = Vec::new();
        for one in reached {
            if let Some(archive) = archives::get(tx, one.archive)? {
                chosen.push((archive, one));
            }
        }
        chosen.sort_by(|one, other| one.0.folder.split('/').cmp(other.0.folder.split('/')));
        let parent = snapshots::latest(tx, connection)?.map(|snapshot| snapshot.id);
        let prepared = Prepared { connection, upto, archives: chosen, parent, stored_bytes: None };
        let known = state::connection(tx, connection)?;
        let state = state::write(tx, &known, &prepared, now, &engine.data_dir().waiting())?;
        Committing::of(&prepared, id.clone(), now).set(tx)?;
        Ok((prepared, state, state::domain_tag(known.cloud, known.tenant_id.as_str())))
    })?;
    let labels = Labels { tags: vec!["holdfast".to_owned(), domain, id], now };
    memory::give_back();
    let committed = save(vault, writer, catalog, &prepared, state, labels)?;
    Ok((prepared, committed.snapshot.to_string(), now))
}

/// What restic shows of a snapshot.
struct Labels {
    tags: Vec<String>,
    now: Timestamp,
}

fn save(
    vault: &Vault,
    writer: &Writer,
    catalog: &Catalog,
    prepared: &Prepared,
    state: Vec<FolderEdit>,
    labels: Labels,
) -> Result<Committed> {
    let edits = state.into_iter().map(Ok).chain(prepared.archives.iter().flat_map(|(archive, reached)| {
        ArchiveEdits {
            catalog,
            vault,
            archive,
            documents: Some(reached.documents.clone()),
            upto: prepared.upto,
            page: VecDeque::new(),
            after: None,
            has_ended: false,
        }
    }));
    let parent = prepared.parent.as_deref().map(str::parse).transpose();
    let parent = parent.map_err(|_| EngineError::Defect("a snapshot's id in the catalogue".to_owned()))?;
    let commit = Commit {
        parent,
        host: "holdfast".to_owned(),
        label: String::new(),
        tags: labels.tags,
        time: labels.now,
        program_version: concat!("holdfast ", env!("CARGO_PKG_VERSION")).to_owned(),
        edits,
    };
    Ok(vault.commit(writer, commit, || false)?)
}

/// The one transaction after a snapshot is durable. Also run when a snapshot is adopted.
pub(crate) fn conclude(
    tx: &holdfast_catalog::Tx<'_>,
    prepared: &Prepared,
    id: &str,
    now: Timestamp,
) -> Result<()> {
    let ids: Vec<ArchiveId> = prepared.archives.iter().map(|(archive, _)| archive.id).collect();
    staged::apply(tx, &ids, prepared.upto)?;
    crate::adopt::clear(tx)?;
    let row = SnapshotRow {
        id: id.to_owned(),
        connection: prepared.connection,
        time: now,
        parent: prepared.parent.clone(),
        committed_at: now,
        content_bytes: Some(archives::total_bytes(tx)?),
        stored_bytes: prepared.stored_bytes,
    };
    let mut held = Vec::new();
    for (archive, reached) in &prepared.archives {
        let result = reached.result();
        if let Some(result) = run_ends::saved(tx, reached.run, now)? {
            archives::set_last_result(tx, archive.id, result)?;
        }
        archives::set_stored(
            tx,
            archive.id,
            archive.listed_cursor.as_deref(),
            archive.listed_fingerprint.as_deref(),
        )?;
        if result.is_complete() {
            archives::set_last_complete(tx, archive.id, now, id)?;
        }
        held.push(SnapshotArchive {
            snapshot: id.to_owned(),
            archive: archive.id,
            run: Some(reached.run),
            result,
        });
    }
    snapshots::insert(tx, &row, &held)?;
    Ok(())
}

/// The edits of one Archive, folder by folder, in the order of the tree. Holds one folder's Items at a time.
struct ArchiveEdits<'a> {
    catalog: &'a Catalog,
    vault: &'a Vault,
    archive: &'a Archive,
    documents: Option<Vec<(String, Vec<u8>)>>,
    upto: i64,
    page: VecDeque<(String, StagedItem, String)>,
    after: Option<(String, ItemId)>,
    has_ended: bool,
}

impl ArchiveEdits<'_> {
    /// Looks at the next staged Item: its folder's path, the row, and the extensions that are stored now.
    fn fill(&mut self) -> Result<()> {
        if !self.page.is_empty() || self.has_ended {
            return Ok(());
        }
        let (archive, upto, after) = (self.archive.id, self.upto, self.after.clone());
        self.page = read(self.catalog, |tx| {
            let after = after.as_ref().map(|(path, item)| (path.as_str(), item));
            staged::page(tx, archive, upto, after, PAGE)?
                .into_iter()
                .map(|(path, row)| {
                    let stored = items::get(tx, archive, &row.item)?;
                    let extensions = match &stored {
                        Some(stored) => stored.extensions.clone(),
                        None => NO_FILES.to_owned(),
                    };
                    Ok((path, row, extensions))
                })
                .collect::<Result<VecDeque<_>>>()
        })?;
        match self.page.back() {
            Some((path, row, _)) => self.after = Some((path.clone(), row.item.clone())),
            None => self.has_ended = true,
        }
        Ok(())
    }

    fn next_folder(&mut self) -> Result<Option<FolderEdit>> {
        self.fill()?;
        let folder = self.page.front().map(|(path, ..)| path.clone());
        // The Archive's own folder comes first, with its documents and whatever Items lie right in it.
        let documents = self.documents.take();
        let folder = if documents.is_some() { Some(String::new()) } else { folder };
        let Some(folder) = folder else { return Ok(None) };
        let edit = self.collect(folder)?;
        Ok(Some(with_documents(edit, documents.unwrap_or_default())))
    }

    fn collect(&mut self, folder: String) -> Result<FolderEdit> {
        let path = self.archive.folder.split('/').chain(folder.split('/')).filter(|part| !part.is_empty());
        let mut edit = FolderEdit { path: path.map(str::to_owned).collect(), ..FolderEdit::default() };
        let mut lines: BTreeMap<ItemId, LineEdit> = BTreeMap::new();
        loop {
            self.fill()?;
            if self.page.front().is_none_or(|(path, ..)| *path != folder) {
                break;
            }
            let Some((_, row, stored)) = self.page.pop_front() else { break };
            let stem = file_stem(row.item.as_str());
            let stored_names: Vec<String> = if stored == NO_FILES {
                Vec::new()
            } else {
                stored.split(',').map(|ext| file_name(&stem, ext)).collect()
            };
            let update = unseal_meta(self.vault, row.sealed_meta.as_deref())?;
            match row.op {
                StagedOp::Remove => {
                    edit.remove.extend(stored_names);
                    lines.insert(row.item, LineEdit::Remove);
                }
                StagedOp::Meta => {
                    lines.insert(row.item, LineEdit::Meta(update));
                }
                StagedOp::Put => {
                    let mut files = Vec::new();
                    for file in row.files.unwrap_or_default() {
                        let name = file_name(&stem, &file.extension);
                        files.push(LineFile { name: name.clone(), size: file.size, sha256: file.sha256 });
                        edit.put.push(FileEntry {
                            name,
                            blobs: file.blobs.into_iter().map(|blob| BlobId(blob.0)).collect(),
                            size: file.size,
                            modified: file.modified,
                        });
                    }
                    edit.remove.extend(
                        stored_names.into_iter().filter(|old| files.iter().all(|file| file.name != *old)),
                    );
                    let put = LineEdit::Put {
                        tag: row.tag,
                        files,
                        content_key: row.content_key,
                        skip: row.skip,
                        meta: update,
                    };
                    lines.insert(row.item, put);
                }
            }
        }
        if !lines.is_empty() {
            edit.rewrite.push((
                ITEMS_FILE.to_owned(),
                Box::new(move |old| {
                    edit_lines(old.as_deref(), lines).map_err(|error| error.to_string().into())
                }),
            ));
        }
        Ok(edit)
    }
}

/// Stands for "no file is stored", which differs from one file without an extension.
const NO_FILES: &str = "-";

fn file_name(stem: &str, extension: &str) -> String {
    if extension.is_empty() { stem.to_owned() } else { format!("{stem}.{extension}") }
}

fn with_documents(mut edit: FolderEdit, documents: Vec<(String, Vec<u8>)>) -> FolderEdit {
    for (name, text) in documents {
        edit.rewrite.push((name, Box::new(move |_| Ok(Some(text)))));
    }
    edit
}

impl Iterator for ArchiveEdits<'_> {
    type Item = Result<FolderEdit>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_folder().transpose()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use holdfast_catalog::{RunState, runs};
    use holdfast_clouds::testkit::MemoryCloud;
    use holdfast_clouds::testkit::memory::{Fault, Op, Trouble};
    use holdfast_model::{RunResult, Service};
    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::backup::Trigger;
    use crate::events::Events;
    use crate::request::Request;
    use crate::selection::Selection;
    use crate::stage::Stage;

    const ONE: &str = "user1@example.test";

    async fn last(engine: &Engine, archive: ArchiveId) -> (runs::Run, Archive) {
        let read = engine
            .read(move |tx| Ok((runs::last(tx, archive)?.unwrap(), archives::get(tx, archive)?.unwrap())));
        read.await.unwrap()
    }

    /// The mailbox is in a snapshot that the catalogue does not know of, and nothing more is done from here on.
    async fn cut_short() -> (Stage, ArchiveId) {
        let stage = Stage::new(MemoryCloud::sample(1, 12, 3)).await;
        stage.sync().await;
        let selection = Selection { users: vec![ONE.to_owned()], ..Selection::default() };
        stage.perform(Request::Start { selection, policy: None, run_now: false }).await.unwrap();
        let all = stage.engine.read(|tx| Ok(archives::list(tx, &Default::default())?)).await.unwrap();
        let of = |service| all.iter().find(|archive| archive.scope.service == service).unwrap();
        let (mail, files) = (of(Service::Gmail).id, of(Service::Drive));
        stage.cloud.fault(Fault::always(Op::Open, Trouble::Hangs).of(&files.scope));
        let worker = Arc::new(stage.engine.become_worker().await.unwrap().unwrap());
        let (nobody, cancel) = (Events::nobody(), CancellationToken::new());
        worker.begin_runs(vec![mail, files.id], Trigger::Manual, &nobody, &cancel).await.unwrap();
        while last(&stage.engine, mail).await.0.state != RunState::Saving {
            tokio::task::yield_now().await;
        }
        let work = worker.work(&nobody).await.unwrap();
        let run = last(&stage.engine, mail).await.0.id;
        let result = Some(RunResult::Complete);
        let reached = vec![Reached { archive: mail, run, result, documents: Vec::new() }];
        let (engine, connection) = (stage.engine.clone(), stage.connection);
        blocking(move || {
            snapshot(&engine, &work.vault, work.keeper.writer(), connection, reached)?;
            Ok(())
        })
        .await
        .unwrap();
        let (run, archive) = last(&stage.engine, mail).await;
        assert_eq!((run.state, run.result, archive.last_complete_at), (RunState::Saving, None, None));
        (stage, mail)
    }

    #[test]
    fn a_run_whose_snapshot_became_durable_just_before_a_crash_ends_as_it_said() {
        let runtime = || tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let dies = runtime().unwrap();
        let (stage, mail) = dies.block_on(cut_short());
        // Every task ends where it is, and nothing is put right: what a process leaves that dies.
        dies.shutdown_background();
        runtime().unwrap().block_on(async {
            let worker = loop {
                // The lock goes with the last task.
                match stage.engine.become_worker().await.unwrap() {
                    Some(worker) => break worker,
                    None => tokio::task::yield_now().await,
                }
            };
            let (run, archive) = last(&stage.engine, mail).await;
            let (state, result) = (run.state, run.result);
            assert_eq!((state, result, run.error_code), (RunState::Ended, Some(RunResult::Complete), None));
            assert_eq!((run.ledger.stored, archive.last_result), (12, Some(RunResult::Complete)));
            assert!(archive.last_complete_at.is_some() && archive.stored_cursor.is_some());
            stage.assert_equals_truth(ONE, &archive.scope).await;
            drop(worker);
        });
    }
}
