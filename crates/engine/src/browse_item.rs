//! Looks into one Item as it was: its bytes, and all else that is kept of it.

use std::io::Write;

use holdfast_catalog::{Archive, ArchiveFilter, SnapshotRow, archives, connections, items};
use holdfast_model::{ItemId, ItemMeta, Service, SkipReason, Timestamp};
use holdfast_vault::{EntryKind, SnapshotView, Vault};
use serde::{Deserialize, Serialize};

use crate::backup::layout::{ItemLine, LineFile};
use crate::browse::owner_is;
use crate::contents::for_each_folder;
use crate::engine::{Engine, blocking};
use crate::error::{EngineError, Result};
use crate::restore::snapshot_at;

/// All that is kept of an Item beside its bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ItemDetails {
    /// Which kind of data it is.
    pub service: Service,
    /// The provider's id.
    pub id: ItemId,
    /// The Snapshot that shows it.
    pub snapshot_time: Timestamp,
    /// Why its content is not kept.
    pub skip: Option<SkipReason>,
    /// Its files, as they lie in the Repository.
    pub files: Vec<LineFile>,
    /// As the Cloud told it.
    pub metadata: ItemMeta,
}

/// One Item in a Snapshot.
struct Found {
    service: Service,
    time: Timestamp,
    /// The folder in the Snapshot.
    folder: Vec<String>,
    line: ItemLine,
}

impl Engine {
    /// Writes the first file of an Item to `out`; how many bytes that were.
    pub async fn read_item(
        &self,
        whose: Option<&str>,
        item: &ItemId,
        at: Option<Timestamp>,
        out: impl Write + Send + 'static,
    ) -> Result<u64> {
        let read = self.copy_item(whose, item, at, out).await;
        self.audit_deed("view.item", &subject(whose, item), &read).await;
        read
    }

    /// What is kept of an Item beside its bytes: of folders and links too, and of what was skipped.
    pub async fn item_details(
        &self,
        whose: Option<&str>,
        item: &ItemId,
        at: Option<Timestamp>,
    ) -> Result<ItemDetails> {
        let read = self.look_at_item(whose, item, at).await;
        self.audit_deed("view.item", &subject(whose, item), &read).await;
        read
    }

    async fn look_at_item(
        &self,
        whose: Option<&str>,
        item: &ItemId,
        at: Option<Timestamp>,
    ) -> Result<ItemDetails> {
        let vault = self.vault().await?;
        let candidates = self.archives_with(whose, item, at).await?;
        let item = item.clone();
        blocking(move || {
            for candidate in candidates {
                if let Some((_, Found { service, time, line, .. })) = find(&vault, &candidate, &item)? {
                    let ItemLine { id, files, skip, meta, .. } = line;
                    return Ok(ItemDetails { service, id, snapshot_time: time, skip, files, metadata: meta });
                }
            }
            Err(EngineError::NotFound { what: "item", name: item.to_string() })
        })
        .await
    }

    async fn copy_item(
        &self,
        whose: Option<&str>,
        item: &ItemId,
        at: Option<Timestamp>,
        mut out: impl Write + Send + 'static,
    ) -> Result<u64> {
        let vault = self.vault().await?;
        let candidates = self.archives_with(whose, item, at).await?;
        let item = item.clone();
        blocking(move || {
            for candidate in candidates {
                let Some((view, found)) = find(&vault, &candidate, &item)? else { continue };
                let Some(file) = found.line.files.first() else { continue };
                let path: Vec<&str> =
                    found.folder.iter().map(String::as_str).chain([file.name.as_str()]).collect();
                let Some(EntryKind::File { blobs, .. }) = view.entry(&path)?.map(|entry| entry.kind) else {
                    continue;
                };
                let mut reader = vault.open_blobs(&blobs)?;
                let mut written = 0;
                while let Some(piece) = reader.next_piece()? {
                    out.write_all(&piece).map_err(EngineError::io("writing the item"))?;
                    written += piece.len() as u64;
                }
                out.flush().map_err(EngineError::io("writing the item"))?;
                return Ok(written);
            }
            Err(EngineError::NotFound { what: "item with content", name: item.to_string() })
        })
        .await
    }

    /// The Archives that may hold it, each with the Snapshot that shows it as it was.
    async fn archives_with(
        &self,
        whose: Option<&str>,
        item: &ItemId,
        at: Option<Timestamp>,
    ) -> Result<Vec<(Archive, SnapshotRow)>> {
        let (whose, wanted) = (whose.map(str::to_owned), item.clone());
        self.read(move |tx| {
            let mut found = Vec::new();
            for known in connections::list(tx)? {
                let filter = ArchiveFilter { connection: Some(known.id), ..ArchiveFilter::default() };
                for archive in archives::list(tx, &filter)? {
                    let is_meant = match &whose {
                        Some(whose) => owner_is(tx, &archive, whose)?,
                        None => true,
                    };
                    let is_held = at.is_some() || items::get(tx, archive.id, &wanted)?.is_some();
                    if is_meant
                        && is_held
                        && let Some(snapshot) = snapshot_at(tx, &archive, at)?
                    {
                        found.push((archive, snapshot));
                    }
                }
            }
            Ok(found)
        })
        .await
    }
}

fn find(
    vault: &Vault,
    (archive, snapshot): &(Archive, SnapshotRow),
    item: &ItemId,
) -> Result<Option<(SnapshotView, Found)>> {
    let id = snapshot.id.parse().map_err(|_| EngineError::Defect("a snapshot's id".to_owned()))?;
    let view = vault.tree(id)?;
    let mut found = None;
    for_each_folder(&view, &archive.folder, |folder| {
        if let Some(line) = folder.lines.into_iter().find(|line| line.id == *item) {
            let (service, time) = (archive.scope.service, snapshot.time);
            found = Some(Found { service, time, folder: folder.path, line });
        }
        Ok(())
    })?;
    Ok(found.map(|found| (view, found)))
}

fn subject(whose: Option<&str>, item: &ItemId) -> String {
    whose.map_or_else(|| item.to_string(), |whose| format!("{whose}: {item}"))
}
