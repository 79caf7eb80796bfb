//! The `.ics` and `.vcf` files of a restore, and their lines in its index.

use std::fs::File;
use std::path::Path;

use holdfast_catalog::Archive;
use holdfast_model::ItemId;
use holdfast_vault::SnapshotView;
use sha2::{Digest, Sha256};

use crate::error::{EngineError, Result};
use crate::export::{self, Exports};
use crate::restore::{Chosen, owner_id};
use crate::restore_index::{Index, IndexLine};

/// Completes the exports of an Archive and tells them in the index.
pub(crate) fn finish(chosen: &Chosen, exports: Exports, root: &Path, index: &mut Index) -> Result<()> {
    for (relative, title) in exports.finish(root)? {
        let (size, sha256) = hashed(&root.join(&relative))?;
        index.add(&IndexLine {
            owner: &chosen.owner,
            owner_id: owner_id(&chosen.archive.scope.owner),
            service: chosen.archive.scope.service,
            id: &ItemId::from(""),
            path: Some(&relative),
            name: Some(title.as_str()).filter(|title| !title.is_empty()),
            size,
            sha256: Some(&sha256),
            skip: None,
            metadata: None,
            is_export: true,
            snapshot_time: chosen.time,
        })?;
    }
    Ok(())
}

/// The document that names an Archive's calendars, lists or groups, where there is one.
pub(crate) fn document(view: &SnapshotView, archive: &Archive) -> Result<Option<serde_json::Value>> {
    let Some(name) = export::document(archive.scope.service) else { return Ok(None) };
    let path: Vec<String> = archive.folder.split('/').chain([name]).map(str::to_owned).collect();
    let bytes = view.read_small(&path, export::LARGEST)?.unwrap_or_default();
    Ok(serde_json::from_slice(&bytes).ok())
}

/// Size and SHA-256 of a file that was written a moment ago.
fn hashed(path: &Path) -> Result<(u64, String)> {
    let attempt = || format!("reading {}", path.display());
    let mut hash = Sha256::new();
    let size = std::io::copy(&mut File::open(path).map_err(EngineError::io(attempt()))?, &mut hash)
        .map_err(EngineError::io(attempt()))?;
    Ok((size, hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()))
}
