//! Content that the Domain holds already under the same key is not downloaded again.

use holdfast_catalog::{StagedFile, archives, folders, items, snapshots, staged};
use holdfast_model::{BlobId, file_stem};
use holdfast_vault::EntryKind;

use super::layout::{ITEMS_FILE, read_lines};
use super::run::Run;
use crate::engine::{blocking, read};
use crate::error::{EngineError, Result};

/// Metadata files above this are not read for a shortcut.
const MOST_LINES_BYTES: u64 = 32 << 20;

impl Run {
    /// The files of any Item of the Domain that holds this content; every blob of theirs is in the Repository.
    pub(super) async fn held_elsewhere(&self, key: &str) -> Result<Option<Vec<StagedFile>>> {
        let (connection, key) = (self.archive.connection, key.to_owned());
        let vault = self.keeper.vault().clone();
        let engine = self.engine.clone();
        blocking(move || {
            let found = read(engine.catalog(), |tx| {
                if let Some(row) = staged::find_by_content_key(tx, connection, &key)? {
                    return Ok(Some((Some(row), None)));
                }
                let Some(item) = items::find_by_content_key(tx, connection, &key)? else { return Ok(None) };
                let Some(folder) = item.folder else { return Ok(None) };
                let Some(archive) = archives::get(tx, item.archive)? else { return Ok(None) };
                let Some(snapshot) = snapshots::latest(tx, connection)? else { return Ok(None) };
                let path = folders::path(tx, folder)?;
                Ok(Some((None, Some((snapshot.id, archive.folder, path, item.item)))))
            })?;
            let files = match found {
                None => return Ok(None),
                Some((Some(row), _)) => row.files.unwrap_or_default(),
                Some((None, Some((snapshot, archive, folder, item)))) => {
                    let view = vault.tree(
                        snapshot.parse().map_err(|_| EngineError::Defect("a snapshot's id".to_owned()))?,
                    )?;
                    let path: Vec<&str> =
                        archive.split('/').chain(folder.split('/')).filter(|part| !part.is_empty()).collect();
                    let lines_path: Vec<&str> = path.iter().copied().chain([ITEMS_FILE]).collect();
                    let Some(text) = view.read_small(&lines_path, MOST_LINES_BYTES)? else { return Ok(None) };
                    let (lines, _) = read_lines(&text);
                    let Some(line) = lines.into_iter().find(|line| line.id == item) else { return Ok(None) };
                    let stem = file_stem(item.as_str());
                    let mut files = Vec::new();
                    for file in line.files {
                        let file_path: Vec<&str> = path.iter().copied().chain([file.name.as_str()]).collect();
                        let Some(entry) = view.entry(&file_path)? else { return Ok(None) };
                        let EntryKind::File { blobs, .. } = entry.kind else { return Ok(None) };
                        let extension =
                            file.name[stem.len().min(file.name.len())..].trim_start_matches('.').to_owned();
                        files.push(StagedFile {
                            extension,
                            size: file.size,
                            sha256: file.sha256,
                            blobs: blobs.into_iter().map(|blob| BlobId(blob.0)).collect(),
                            modified: entry.modified,
                        });
                    }
                    files
                }
                Some((None, None)) => return Ok(None),
            };
            // A foreign prune may have taken blobs that no snapshot holds.
            let is_all_there = files
                .iter()
                .flat_map(|file| &file.blobs)
                .all(|blob| vault.contains(&holdfast_vault::BlobId(blob.0)));
            Ok((is_all_there && !files.is_empty()).then_some(files))
        })
        .await
    }
}
