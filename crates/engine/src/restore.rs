//! Restores Archives to a folder on this computer, with real names made safe, an index, and every file
//! checked against its hash as it is written.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use holdfast_catalog::journal::{self, RestoreId, restores};
use holdfast_catalog::{Archive, ArchiveFilter, SnapshotRow, Tx, archives, connections, snapshots, users};
use holdfast_model::{ItemId, Owner, Timestamp};
use holdfast_vault::{EntryKind, SnapshotView, Vault};
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use crate::audit;
use crate::backup::layout::{ItemLine, LineFile};
use crate::contents::for_each_folder;
use crate::engine::{Engine, blocking};
use crate::error::{EngineError, Result};
use crate::events::{Event, Events};
use crate::export::Exports;
use crate::restore_export;
use crate::restore_index::{Index, IndexLine};
use crate::restore_places::{Places, cloud_folders, wanted_name};
use crate::restore_report::{RestoreProblem, RestoreReport, RestoreSelection};

/// Between two events of how far it is.
const TELL_EVERY: Duration = Duration::from_millis(200);

pub(crate) struct Chosen {
    pub(crate) archive: Archive,
    pub(crate) owner: String,
    snapshot: String,
    pub(crate) time: Timestamp,
}

impl Engine {
    /// Restores to a folder. An existing folder with something in it gets a dated folder inside, so that nothing is
    /// overwritten. A preview counts and writes nothing.
    pub async fn restore_to_folder(
        &self,
        selection: RestoreSelection,
        folder: &Path,
        preview: bool,
        events: Events,
        cancel: CancellationToken,
    ) -> Result<RestoreReport> {
        let subject = format!("{} → {}", selection.in_words(), folder.display());
        let what = if preview { "restore.preview" } else { "restore.to_folder" };
        let restored = self.write_to_folder(selection, folder, preview, events, cancel).await;
        self.audit_deed(what, &subject, &restored).await;
        restored
    }

    async fn write_to_folder(
        &self,
        selection: RestoreSelection,
        folder: &Path,
        preview: bool,
        events: Events,
        cancel: CancellationToken,
    ) -> Result<RestoreReport> {
        let chosen = self.choose(&selection).await?;
        let vault = self.vault().await?;
        let (folder, now) = (folder.to_owned(), self.now());
        let options =
            serde_json::to_value(&selection).map_err(|error| EngineError::Defect(error.to_string()))?;
        let engine = self.clone();
        blocking(move || {
            let root = if preview { folder } else { make_target(&folder, now)? };
            let mut restore = Restore {
                vault,
                index: if preview { None } else { Some(Index::open(&root)?) },
                root: root.clone(),
                places: Places::default(),
                report: RestoreReport { folder: root, preview, ..RestoreReport::default() },
                items: selection.items.into_iter().collect(),
                events,
                cancel,
                told: None,
            };
            for one in chosen {
                let journaled =
                    if preview { None } else { Some(begun(&engine, &one, &restore.root, &options)?) };
                let done = restore.archive(&one);
                if let Some(id) = journaled {
                    let (outcome, ended) = (audit::outcome(&done), engine.now());
                    engine.journal()?.write(|tx| restores::finish(tx, id, outcome, ended))?;
                }
                done?;
            }
            restore.finish()
        })
        .await
    }

    /// The Archives of a selection, each with the Snapshot that answers it.
    async fn choose(&self, selection: &RestoreSelection) -> Result<Vec<Chosen>> {
        let selection = selection.clone();
        self.read(move |tx| {
            let mut chosen = Vec::new();
            for connection in connections::list(tx)? {
                if selection.connection.is_some_and(|wanted| wanted != connection.id) {
                    continue;
                }
                let filter = ArchiveFilter {
                    connection: Some(connection.id),
                    service: selection.service,
                    ..ArchiveFilter::default()
                };
                for archive in archives::list(tx, &filter)? {
                    let owner = match &archive.scope.owner {
                        Owner::User(user) => match users::by_id(tx, connection.id, user)? {
                            Some(user) => user.user.address,
                            None => user.to_string(),
                        },
                        Owner::Domain(_) => archive.name.clone(),
                    };
                    let is_meant = selection.whose.as_ref().is_none_or(|whose| {
                        owner.eq_ignore_ascii_case(whose) || owner_id(&archive.scope.owner) == whose
                    });
                    if !is_meant {
                        continue;
                    }
                    let found = if selection.partial_too {
                        newest_at(tx, &archive, selection.at)?
                    } else {
                        snapshot_at(tx, &archive, selection.at)?
                    };
                    if let Some(found) = found {
                        chosen.push(Chosen { archive, owner, snapshot: found.id, time: found.time });
                    }
                }
            }
            if chosen.is_empty() {
                let name = selection.whose.unwrap_or_else(|| "anything".to_owned());
                return Err(EngineError::NotFound { what: "backup of", name });
            }
            Ok(chosen)
        })
        .await
    }
}

/// The newest complete Snapshot by then; a partial one where none was ever complete.
pub(crate) fn snapshot_at(
    tx: &Tx<'_>,
    archive: &Archive,
    at: Option<Timestamp>,
) -> Result<Option<SnapshotRow>> {
    let at = at.unwrap_or(Timestamp::MAX);
    if let Some(complete) = snapshots::at(tx, archive.id, at)? {
        return Ok(Some(complete));
    }
    newest_at(tx, archive, Some(at))
}

/// The newest Snapshot by then, complete or not.
fn newest_at(tx: &Tx<'_>, archive: &Archive, at: Option<Timestamp>) -> Result<Option<SnapshotRow>> {
    let at = at.unwrap_or(Timestamp::MAX);
    let all = snapshots::of_archive(tx, archive.id, u32::MAX)?;
    Ok(all.into_iter().map(|(snapshot, _)| snapshot).find(|snapshot| snapshot.time <= at))
}

/// Records that the restore of an Archive begins. What it makes is in the index of its folder.
fn begun(engine: &Engine, one: &Chosen, root: &Path, options: &serde_json::Value) -> Result<RestoreId> {
    let restore = journal::Restore {
        id: RestoreId(0),
        started: engine.now(),
        ended: None,
        who: audit::os_user().to_owned(),
        source: one.archive.folder.clone(),
        snapshot: one.snapshot.clone(),
        target: root.to_string_lossy().into_owned(),
        options: options.clone(),
        outcome: None,
    };
    Ok(engine.journal()?.write(|tx| restores::begin(tx, &restore))?)
}

pub(crate) fn owner_id(owner: &Owner) -> &str {
    match owner {
        Owner::User(user) => user.as_str(),
        Owner::Domain(drive) => drive.as_str(),
    }
}

fn make_target(folder: &Path, now: Timestamp) -> Result<PathBuf> {
    let attempt = || format!("making {}", folder.display());
    fs::create_dir_all(folder).map_err(EngineError::io(attempt()))?;
    let is_empty = fs::read_dir(folder).map_err(EngineError::io(attempt()))?.next().is_none();
    if is_empty {
        return Ok(folder.to_owned());
    }
    let dated = format!("Holdfast restore {}", now.strftime("%Y-%m-%d %H%M%S"));
    let target = folder.join(dated);
    fs::create_dir(&target).map_err(EngineError::io(format!("making {}", target.display())))?;
    Ok(target)
}

struct Restore {
    vault: Vault,
    root: PathBuf,
    index: Option<Index>,
    places: Places,
    report: RestoreReport,
    items: std::collections::HashSet<ItemId>,
    events: Events,
    cancel: CancellationToken,
    /// When it was last told how far this is.
    told: Option<Instant>,
}

impl Restore {
    fn archive(&mut self, chosen: &Chosen) -> Result<()> {
        let view = self.vault.tree(chosen.snapshot.parse().map_err(|_| defect("snapshot id"))?)?;
        let service = chosen.archive.scope.service;
        let base = self.places.of_archive(&chosen.owner, service);
        let mut exports =
            Exports::of(service, &base, restore_export::document(&view, &chosen.archive)?.as_ref());
        let has_no_folders = service.is_mail() || exports.is_some();
        let folders = if has_no_folders { HashMap::new() } else { cloud_folders(&view, &chosen.archive)? };
        let mut paths: HashMap<String, String> = HashMap::new();
        for_each_folder(&view, &chosen.archive.folder, |found| {
            if found.unreadable > 0 {
                let why = format!("{} lines of metadata could not be read", found.unreadable);
                self.report.problems.push(RestoreProblem { item: found.path.join("/"), why });
            }
            for line in &found.lines {
                if self.cancel.is_cancelled() {
                    return Err(EngineError::Cancelled);
                }
                if !self.items.is_empty() && !self.items.contains(&line.id) {
                    continue;
                }
                let folder = if service.is_mail() {
                    match line.meta.created {
                        Some(at) => format!("{base}/{}", at.strftime("%Y/%m")),
                        None => format!("{base}/undated"),
                    }
                } else if let Some(exports) = &mut exports {
                    exports.folder(line.meta.parents.first().map(String::as_str))
                } else {
                    let parent = line.meta.parents.first().cloned();
                    self.places.folder(&base, parent.as_deref(), &folders, &mut paths, 0)
                };
                let written = self.item(chosen, &view, &found.path, line, &folder)?;
                if let Some(exports) = exports.as_mut().filter(|_| self.index.is_some()) {
                    exports.add(&self.root, line.meta.parents.first().map(String::as_str), &written)?;
                }
            }
            Ok(())
        })?;
        match exports.filter(|_| self.index.is_some()) {
            Some(exports) => {
                let Some(index) = &mut self.index else { return Ok(()) };
                restore_export::finish(chosen, exports, &self.root, index)
            }
            None => Ok(()),
        }
    }

    fn item(
        &mut self,
        chosen: &Chosen,
        view: &SnapshotView,
        at: &[String],
        line: &ItemLine,
        folder: &str,
    ) -> Result<Vec<String>> {
        let mut written = Vec::new();
        if let Some(reason) = line.skip {
            self.report.skipped += 1;
            self.note(chosen, line, None, None, Some(reason.as_str()))?;
            return Ok(written);
        }
        if line.files.is_empty() {
            self.report.without_content += 1;
            self.note(chosen, line, None, None, None)?;
            return Ok(written);
        }
        for file in &line.files {
            let wanted = wanted_name(line, file, chosen.archive.scope.service);
            let name = self.places.claim(folder, &wanted);
            let relative = format!("{folder}/{name}");
            match self.file(view, at, line, file, &relative) {
                Ok(()) => {
                    self.report.files += 1;
                    self.report.bytes += file.size;
                    self.note(chosen, line, Some(&relative), Some(file), None)?;
                    written.push(relative);
                }
                Err(error @ (EngineError::Cancelled | EngineError::Io { .. })) => return Err(error),
                Err(error) => {
                    let item = format!("{} ({wanted})", line.id);
                    self.report.problems.push(RestoreProblem { item, why: error.to_string() });
                }
            }
            self.tell(0);
        }
        Ok(written)
    }

    /// Tells how far it is, with so many bytes of a file that is not whole yet.
    fn tell(&mut self, begun: u64) {
        if self.told.is_none_or(|told| told.elapsed() >= TELL_EVERY) {
            self.told = Some(Instant::now());
            let bytes = self.report.bytes + begun;
            self.events.tell(Event::Restore { files: self.report.files, bytes });
        }
    }

    fn file(
        &mut self,
        view: &SnapshotView,
        at: &[String],
        line: &ItemLine,
        file: &LineFile,
        relative: &str,
    ) -> Result<()> {
        let stored: Vec<&str> = at.iter().map(String::as_str).chain([file.name.as_str()]).collect();
        let Some(EntryKind::File { blobs, .. }) = view.entry(&stored)?.map(|entry| entry.kind) else {
            return Err(EngineError::NotFound { what: "stored file", name: stored.join("/") });
        };
        if self.index.is_none() {
            return Ok(());
        }
        let path = self.root.join(relative);
        let attempt = || format!("writing {}", path.display());
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(EngineError::io(attempt()))?;
        }
        let mut out = File::create_new(&path).map_err(EngineError::io(attempt()))?;
        let mut hash = Sha256::new();
        let mut reader = self.vault.open_blobs(&blobs)?;
        let mut size = 0_u64;
        while let Some(piece) = reader.next_piece()? {
            if self.cancel.is_cancelled() {
                drop(out);
                fs::remove_file(&path).map_err(EngineError::io(attempt()))?;
                return Err(EngineError::Cancelled);
            }
            hash.update(&piece);
            size += piece.len() as u64;
            out.write_all(&piece).map_err(EngineError::io(attempt()))?;
            self.tell(size);
        }
        let sha256: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        if size != file.size || sha256 != file.sha256 {
            drop(out);
            fs::remove_file(&path).map_err(EngineError::io(attempt()))?;
            return Err(EngineError::BadInput(
                "the stored bytes are not the ones that were backed up; verify the repository".to_owned(),
            ));
        }
        if let Some(modified) = line.meta.modified.or(line.meta.created)
            && modified > Timestamp::UNIX_EPOCH
        {
            // A time that this file system cannot hold is no reason to lose the file.
            let _kept_without_time = out.set_modified(modified.into());
        }
        Ok(())
    }

    fn note(
        &mut self,
        chosen: &Chosen,
        line: &ItemLine,
        path: Option<&str>,
        file: Option<&LineFile>,
        skip: Option<&str>,
    ) -> Result<()> {
        let Some(index) = &mut self.index else { return Ok(()) };
        index.add(&IndexLine {
            owner: &chosen.owner,
            owner_id: owner_id(&chosen.archive.scope.owner),
            service: chosen.archive.scope.service,
            id: &line.id,
            path,
            name: line.meta.name.as_deref(),
            size: file.map_or(0, |file| file.size),
            sha256: file.map(|file| file.sha256.as_str()),
            skip,
            metadata: Some(&line.meta),
            is_export: false,
            snapshot_time: chosen.time,
        })
    }

    fn finish(mut self) -> Result<RestoreReport> {
        if let Some(index) = self.index.take() {
            index.close()?;
        }
        self.events.tell(Event::Restore { files: self.report.files, bytes: self.report.bytes });
        let (renamed, renames) = self.places.renamed();
        Ok(RestoreReport { renamed, renames, ..self.report })
    }
}

fn defect(what: &str) -> EngineError {
    EngineError::Defect(what.to_owned())
}
