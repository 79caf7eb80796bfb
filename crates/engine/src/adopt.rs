//! After a crash: what a dead worker left is put right before anything else happens.
//!
//! A snapshot that became durable just before its process died is adopted: the catalogue's transaction is
//! done now. Staged Items whose blobs a foreign prune took are opened again.

use holdfast_catalog::{OpenItem, OpenOp, Tx, archives, open_items, requests, runs, settings, staged};
use holdfast_model::{ArchiveId, BlobId, ConnectionId, RunId, RunResult, Timestamp};
use holdfast_vault::Vault;
use serde::{Deserialize, Serialize};

use crate::backup::{Prepared, Reached, conclude};
use crate::engine::{Engine, blocking, read, write};
use crate::error::{EngineError, Result};

const COMMITTING: &str = "committing";
const PAGE: u32 = 1_000;

/// Written before a snapshot is saved, cleared in the transaction after it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Committing {
    /// In the snapshot's tags.
    pub id: String,
    pub connection: ConnectionId,
    pub upto: i64,
    pub parent: Option<String>,
    pub at: Timestamp,
    pub archives: Vec<CommittingArchive>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct CommittingArchive {
    pub archive: ArchiveId,
    pub run: RunId,
    pub result: Option<RunResult>,
    pub cursor: Option<String>,
    pub fingerprint: Option<String>,
}

impl Committing {
    pub(crate) fn of(prepared: &Prepared, id: String, at: Timestamp) -> Self {
        let archives = prepared
            .archives
            .iter()
            .map(|(archive, reached)| CommittingArchive {
                archive: archive.id,
                run: reached.run,
                result: reached.result,
                cursor: archive.listed_cursor.clone(),
                fingerprint: archive.listed_fingerprint.clone(),
            })
            .collect();
        let Prepared { connection, upto, parent, .. } = prepared;
        Self { id, connection: *connection, upto: *upto, parent: parent.clone(), at, archives }
    }

    pub(crate) fn set(&self, tx: &Tx<'_>) -> Result<()> {
        Ok(settings::set(tx, COMMITTING, self)?)
    }
}

/// Called in the transaction that concludes a commit.
pub(crate) fn clear(tx: &Tx<'_>) -> Result<()> {
    Ok(settings::clear(tx, COMMITTING)?)
}

/// What a new worker does first. Opens the Repository only if a commit was cut short.
pub(crate) async fn after_a_crash(engine: &Engine) -> Result<()> {
    let now = engine.now();
    let committing: Option<Committing> = engine
        .write(move |tx| {
            runs::interrupt_all(tx, now)?;
            let told = serde_json::json!({
                "code": "worker.gone",
                "detail": EngineError::WorkerGone.to_string(),
            });
            requests::fail_stale(tx, &told, now)?;
            Ok(settings::get(tx, COMMITTING)?)
        })
        .await?;
    let Some(committing) = committing else { return Ok(()) };
    let vault = engine.vault().await?;
    let catalog = engine.catalog().clone();
    blocking(move || {
        let found = vault.snapshots()?.into_iter().find(|snapshot| snapshot.tags.contains(&committing.id));
        write(&catalog, |tx| match found {
            Some(snapshot) => {
                tracing::info!(snapshot = %snapshot.id, "a snapshot of a process that died is adopted");
                adopt(tx, committing, &snapshot.id.to_string())
            }
            None => clear(tx),
        })
    })
    .await
}

fn adopt(tx: &Tx<'_>, committing: Committing, snapshot: &str) -> Result<()> {
    let Committing { connection, upto, parent, at, archives: reached, .. } = committing;
    let mut held = Vec::new();
    for one in reached {
        if let Some(mut archive) = archives::get(tx, one.archive)? {
            (archive.listed_cursor, archive.listed_fingerprint) = (one.cursor, one.fingerprint);
            let documents = Vec::new();
            held.push((
                archive,
                Reached { archive: one.archive, run: one.run, result: one.result, documents },
            ));
        }
    }
    conclude(tx, &Prepared { connection, upto, archives: held, parent, stored_bytes: None }, snapshot, at)
}

/// Staged Items are only as good as their blobs: those of which one is missing are fetched again.
pub(crate) fn reopen_lost_items(engine: &Engine, vault: &Vault) -> Result<u64> {
    let catalog = engine.catalog();
    let (mut after, mut reopened) = (0, 0);
    loop {
        let page = read(catalog, |tx| Ok(staged::with_files(tx, after, PAGE)?))?;
        let Some(last) = page.last() else { return Ok(reopened) };
        after = last.seq;
        for row in page {
            let blobs = row.files.iter().flatten().flat_map(|file| &file.blobs);
            if blobs.into_iter().all(|blob: &BlobId| vault.contains(&holdfast_vault::BlobId(blob.0))) {
                continue;
            }
            reopened += 1;
            write(catalog, |tx| {
                staged::discard(tx, row.archive, &row.item)?;
                if open_items::get(tx, row.archive, &row.item)?.is_none() {
                    let open = OpenItem {
                        sealed_meta: row.sealed_meta,
                        tag: row.tag,
                        ..OpenItem::new(row.archive, row.item, OpenOp::Upsert)
                    };
                    open_items::put(tx, &open)?;
                }
                Ok(())
            })?;
        }
    }
}
