//! Verify: the Repository is sound, and the newest Snapshots hold what their metadata says.

use std::collections::BTreeMap;

use holdfast_catalog::{Archive, ArchiveFilter, archives, connections};
use holdfast_vault::{CheckOptions, CheckProgress, EntryKind, LockKind, ReadData, Vault};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::contents::for_each_folder;
use crate::engine::{Engine, blocking};
use crate::error::{EngineError, Result};
use crate::events::{Event, Events};
use crate::restore::snapshot_at;

/// Problems that are spelled out; all are counted.
const MOST_PROBLEMS: usize = 200;

/// What a verify found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct VerifyReport {
    /// restic snapshots that were read.
    pub snapshots: u64,
    /// Packs that are there.
    pub packs: u64,
    /// Packs whose bytes were read and checked.
    pub packs_read: u64,
    /// Bytes that were read and checked.
    pub bytes_read: u64,
    /// Items of the newest Snapshots whose files were found as their metadata says.
    pub items: u64,
    /// How many problems there are.
    pub problem_count: u64,
    /// The first of them.
    pub problems: Vec<String>,
}

impl VerifyReport {
    /// True where nothing is wrong.
    pub const fn is_sound(&self) -> bool {
        self.problem_count == 0
    }

    fn problem(&mut self, problem: String) {
        self.problem_count += 1;
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(problem);
        }
    }
}

impl Engine {
    /// Checks the Repository's structure, with `read_data` every byte of it, and that every Item of the newest
    /// Snapshots has the files that its metadata names.
    pub async fn verify(
        &self,
        read_data: bool,
        events: Events,
        cancel: CancellationToken,
    ) -> Result<VerifyReport> {
        let vault = self.vault().await?;
        let newest = self
            .read(|tx| {
                let mut newest: BTreeMap<String, Vec<Archive>> = BTreeMap::new();
                for known in connections::list(tx)? {
                    let filter = ArchiveFilter { connection: Some(known.id), ..ArchiveFilter::default() };
                    for archive in archives::list(tx, &filter)? {
                        if let Some(snapshot) = snapshot_at(tx, &archive, None)? {
                            newest.entry(snapshot.id).or_default().push(archive);
                        }
                    }
                }
                Ok(newest)
            })
            .await?;
        blocking(move || {
            let _lock = vault.lock(LockKind::Shared)?;
            vault.refresh_index()?;
            let read_data = if read_data { ReadData::Everything } else { ReadData::Nothing };
            let tell = |progress: CheckProgress| {
                let (CheckProgress::Index { done, total }
                | CheckProgress::Snapshots { done, total }
                | CheckProgress::Packs { done, total }) = progress;
                events.tell(Event::Verify { done, total });
            };
            let checked = vault.check(&CheckOptions { read_data }, tell, || cancel.is_cancelled());
            if cancel.is_cancelled() {
                return Err(EngineError::Cancelled);
            }
            let checked = checked?;
            let mut report = VerifyReport {
                snapshots: checked.snapshots,
                packs: checked.packs,
                packs_read: checked.packs_read,
                bytes_read: checked.bytes_read,
                problem_count: checked.error_count,
                problems: checked.errors.iter().take(MOST_PROBLEMS).map(ToString::to_string).collect(),
                ..VerifyReport::default()
            };
            for (snapshot, archives) in newest {
                for archive in archives {
                    if cancel.is_cancelled() {
                        return Err(EngineError::Cancelled);
                    }
                    if let Err(error) = items_have_files(&vault, &snapshot, &archive, &mut report) {
                        report.problem(format!("{}: {error}", archive.folder));
                    }
                }
            }
            Ok(report)
        })
        .await
    }
}

fn items_have_files(
    vault: &Vault,
    snapshot: &str,
    archive: &Archive,
    report: &mut VerifyReport,
) -> Result<()> {
    let id = snapshot.parse().map_err(|_| EngineError::Defect("a snapshot's id".to_owned()))?;
    let view = vault.tree(id)?;
    for_each_folder(&view, &archive.folder, |folder| {
        let stored: BTreeMap<String, u64> = view
            .list(&folder.path)?
            .into_iter()
            .filter_map(|entry| match entry.kind {
                EntryKind::File { size, .. } => Some((entry.name, size)),
                EntryKind::Folder | EntryKind::Other => None,
            })
            .collect();
        if folder.unreadable > 0 {
            report.problem(format!("{}: {} unreadable lines", folder.path.join("/"), folder.unreadable));
        }
        for line in &folder.lines {
            report.items += 1;
            for file in &line.files {
                if stored.get(&file.name) != Some(&file.size) {
                    report.problem(format!(
                        "{}/{} is missing or has another size",
                        folder.path.join("/"),
                        file.name
                    ));
                }
            }
        }
        Ok(())
    })
}
