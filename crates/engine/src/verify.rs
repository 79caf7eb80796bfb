//! Verify: the Repository is sound, and the newest Snapshots hold what their metadata says.

use std::collections::BTreeMap;

use holdfast_catalog::{Archive, ArchiveFilter, archives, connections, settings};
use holdfast_model::Timestamp;
use holdfast_vault::{CheckOptions, CheckProgress, EntryKind, LockKind, ReadData, Vault};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::audit;
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

/// The setting that keeps the last check.
const LAST: &str = "last_verification";

/// The setting that keeps how far the check reached that found the damage that is open.
const DAMAGE_FOUND_BY: &str = "damage_found_by";

/// How much of the data a check read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Reach {
    Structure,
    Part(u8, u8),
    Everything,
}

impl Reach {
    const fn of(read: ReadData) -> Self {
        match read {
            ReadData::Nothing => Self::Structure,
            ReadData::Part { number, of } => Self::Part(number, of),
            ReadData::Everything => Self::Everything,
        }
    }

    /// True where a check that reaches so far sees what one that reached as far as the other found.
    fn covers(self, other: Self) -> bool {
        self == Self::Everything || other == Self::Structure || self == other
    }
}

/// How the last check of the Repository went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LastVerification {
    /// When it ended.
    pub at: Timestamp,
    /// Nothing was wrong.
    pub ok: bool,
    /// Every byte was read.
    pub read_data: bool,
    /// What a person reads.
    pub sentence: String,
}

impl LastVerification {
    fn of(report: &VerifyReport, read_data: ReadData, at: Timestamp) -> Self {
        let sentence = match report.problem_count {
            0 => {
                let how = match read_data {
                    ReadData::Everything => "every byte was read".to_owned(),
                    ReadData::Part { number, of } => format!("part {number} of {of} of the data was read"),
                    ReadData::Nothing => "without reading every byte".to_owned(),
                };
                format!("All {} items of the newest snapshots are there ({how}).", report.items)
            }
            1 => format!("1 problem was found: {}", report.problems.first().map_or("", String::as_str)),
            many => {
                let first = report.problems.first().map_or("", String::as_str);
                format!("{many} problems were found, the first: {first}")
            }
        };
        Self { at, ok: report.is_sound(), read_data: read_data == ReadData::Everything, sentence }
    }
}

impl Engine {
    /// How the last check of the Repository went; none where there was none.
    pub async fn last_verification(&self) -> Result<Option<LastVerification>> {
        self.read(|tx| Ok(settings::get(tx, LAST)?)).await
    }

    /// Keeps what a check found, and opens or closes its notification.
    async fn keep_verification(
        &self,
        report: &VerifyReport,
        read_data: ReadData,
        events: &Events,
    ) -> Result<()> {
        let last = LastVerification::of(report, read_data, self.now());
        let problem = (!last.ok).then(|| last.sentence.clone());
        let reach = Reach::of(read_data);
        let found_by = self.write(move |tx| {
            let found_by: Option<Reach> = settings::get(tx, DAMAGE_FOUND_BY)?;
            if !last.ok {
                settings::set(tx, DAMAGE_FOUND_BY, &reach)?;
            }
            settings::set(tx, LAST, &last)?;
            Ok(found_by)
        });
        // Only a check that looks at least where the damage was found can say that it is gone.
        let found_by = found_by.await?;
        if problem.is_none() && found_by.is_some_and(|found| !reach.covers(found)) {
            return Ok(());
        }
        if problem.is_none() {
            self.write(|tx| Ok(settings::clear(tx, DAMAGE_FOUND_BY)?)).await?;
        }
        self.storage_checked(problem, events).await;
        Ok(())
    }

    /// Checks the Repository's structure, with `read_data` every byte of it, and that every Item of the newest
    /// Snapshots has the files that its metadata names.
    pub async fn verify(
        &self,
        read_data: bool,
        events: Events,
        cancel: CancellationToken,
    ) -> Result<VerifyReport> {
        let what = if read_data { ReadData::Everything } else { ReadData::Nothing };
        let checked = self.verify_reading(what, events, cancel).await;
        let outcome = match &checked {
            Ok(report) if !report.is_sound() => "repository.damaged",
            other => audit::outcome(other),
        };
        let how = if read_data { "every byte" } else { "structure" };
        self.audit(audit::os_user(), "verify", how, outcome).await;
        checked
    }

    /// As [`Engine::verify`], reading these packs.
    pub(crate) async fn verify_reading(
        &self,
        read_data: ReadData,
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
        let (reads_all, listeners) = (read_data, events.clone());
        let report = blocking(move || {
            let _lock = vault.lock(LockKind::Shared)?;
            vault.refresh_index()?;
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
        .await?;
        self.keep_verification(&report, reads_all, &listeners).await?;
        Ok(report)
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
