//! Reads an Archive's Items back from a restic snapshot, folder by folder.

use holdfast_vault::{EntryKind, SnapshotView};

use crate::backup::layout::{ITEMS_FILE, ItemLine, read_lines};
use crate::error::Result;

/// A metadata file is read whole; our own writer keeps them far below this.
const MOST_LINES_BYTES: u64 = 64 << 20;

/// The Items of one folder.
pub struct FolderOfItems {
    /// From the root of the snapshot.
    pub path: Vec<String>,
    /// Relative to the Archive, `2024/03/05`; empty for the Archive's own folder.
    pub relative: String,
    /// Its Items.
    pub lines: Vec<ItemLine>,
    /// Lines that could not be read.
    pub unreadable: usize,
}

/// Calls `visit` for every folder of the Archive that holds Items, in the order of the tree. Holds one folder at a time.
pub fn for_each_folder(
    view: &SnapshotView,
    archive_folder: &str,
    mut visit: impl FnMut(FolderOfItems) -> Result<()>,
) -> Result<()> {
    let root: Vec<String> = archive_folder.split('/').map(str::to_owned).collect();
    if view.entry(&root)?.is_none() {
        return Ok(());
    }
    let depth = root.len();
    let mut waiting = vec![root];
    while let Some(path) = waiting.pop() {
        let mut has_items = false;
        let mut below = Vec::new();
        for entry in view.list(&path)? {
            match entry.kind {
                EntryKind::Folder => {
                    let mut folder = path.clone();
                    folder.push(entry.name);
                    below.push(folder);
                }
                EntryKind::File { .. } => has_items |= entry.name == ITEMS_FILE,
                EntryKind::Other => {}
            }
        }
        if has_items {
            let mut file = path.clone();
            file.push(ITEMS_FILE.to_owned());
            let text = view.read_small(&file, MOST_LINES_BYTES)?.unwrap_or_default();
            let (lines, unreadable) = read_lines(&text);
            let relative = path[depth..].join("/");
            visit(FolderOfItems { path, relative, lines, unreadable })?;
        }
        waiting.extend(below.into_iter().rev());
    }
    Ok(())
}
