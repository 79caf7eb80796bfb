//! Where restored things go below the target: names that no system minds, no two of which meet on one that ignores case,
//! and paths that no system finds too long.

use std::collections::HashMap;

use holdfast_catalog::Archive;
use holdfast_model::Service;
use holdfast_vault::SnapshotView;

use crate::backup::layout::{ItemLine, LineFile};
use crate::contents::for_each_folder;
use crate::error::Result;
use crate::restore_report::RestoreRename;
use crate::{export, restore_index, safe_name};

/// Folders nested deeper than this in a Cloud are put at this depth.
const DEEPEST: usize = 60;
/// And no deeper than leaves room for the target and a name below macOS' limit for a path, 1,024 bytes.
const LONGEST_FOLDER: usize = 560;
/// Changed names that a report spells out.
const MOST_RENAMES: usize = 100;

/// Names that are taken below a target, and what they stand for.
pub(crate) struct Places {
    /// Names taken in each folder; the target itself is the empty one.
    names: HashMap<String, safe_name::Folder>,
    /// The folder of each owner, by the owner's name without case.
    owners: HashMap<String, String>,
    renamed: u64,
    renames: Vec<RestoreRename>,
}

impl Default for Places {
    fn default() -> Self {
        let mut top = safe_name::Folder::default();
        for name in restore_index::NAMES {
            top.claim(name);
        }
        let names = HashMap::from([(String::new(), top)]);
        Self { names, owners: HashMap::new(), renamed: 0, renames: Vec::new() }
    }
}

/// A folder of the Cloud: its name and the one above.
pub(crate) struct CloudFolder {
    name: String,
    parent: Option<String>,
}

impl Places {
    /// The folder of an Archive. Two that are called the same, in two Domains or as two shared drives, lie beside each
    /// other.
    pub(crate) fn of_archive(&mut self, owner: &str, service: Service) -> String {
        let key = safe_name::folded(owner);
        let folder = match self.owners.get(&key) {
            Some(folder) => folder.clone(),
            None => {
                let folder = self.claim("", owner);
                self.owners.insert(key, folder.clone());
                folder
            }
        };
        format!("{folder}/{}", self.claim(&folder, service.title()))
    }

    /// The restored path of a Cloud folder, its parents first; a circle of folders ends at the top.
    pub(crate) fn folder(
        &mut self,
        base: &str,
        id: Option<&str>,
        folders: &HashMap<String, CloudFolder>,
        paths: &mut HashMap<String, String>,
        depth: usize,
    ) -> String {
        let Some((id, folder)) = id.and_then(|id| folders.get(id).map(|folder| (id, folder))) else {
            return base.to_owned();
        };
        if let Some(path) = paths.get(id) {
            return path.clone();
        }
        if depth >= DEEPEST {
            return base.to_owned();
        }
        let above = self.folder(base, folder.parent.as_deref(), folders, paths, depth + 1);
        let path = if above.len() < LONGEST_FOLDER {
            format!("{above}/{}", self.claim(&above, &folder.name))
        } else {
            above
        };
        paths.insert(id.to_owned(), path.clone());
        path
    }

    /// A name in a folder that no system minds and nobody has yet.
    pub(crate) fn claim(&mut self, folder: &str, wanted: &str) -> String {
        let name = self.names.entry(folder.to_owned()).or_default().claim(wanted);
        if name != wanted {
            self.renamed += 1;
            if self.renames.len() < MOST_RENAMES {
                self.renames.push(RestoreRename { from: wanted.to_owned(), to: name.clone() });
            }
        }
        name
    }

    /// How many names were changed, and the first of them.
    pub(crate) fn renamed(self) -> (u64, Vec<RestoreRename>) {
        (self.renamed, self.renames)
    }
}

/// The folders of a Cloud in a Snapshot, by id.
pub(crate) fn cloud_folders(view: &SnapshotView, archive: &Archive) -> Result<HashMap<String, CloudFolder>> {
    let mut folders = HashMap::new();
    for_each_folder(view, &archive.folder, |found| {
        for line in found.lines {
            if is_cloud_folder(&line) {
                let name = line.meta.name.unwrap_or_default();
                let parent = line.meta.parents.into_iter().next();
                folders.insert(line.id.0, CloudFolder { name, parent });
            }
        }
        Ok(())
    })?;
    Ok(folders)
}

/// True for a folder as the Cloud has it: an Item that holds others.
pub(crate) fn is_cloud_folder(line: &ItemLine) -> bool {
    line.meta.is_folder()
}

/// The name of a file as the Cloud has it, with what says how it was kept.
pub(crate) fn wanted_name(line: &ItemLine, file: &LineFile, service: Service) -> String {
    if service.is_mail() {
        return match line.meta.created {
            Some(at) => format!("{} {}", at.strftime("%Y-%m-%d %H%M"), file.name),
            None => file.name.clone(),
        };
    }
    if export::is_exported(service) {
        let extension = file.name.rsplit_once('.').map_or("json", |(_, extension)| extension);
        let name = line.meta.name.as_deref().filter(|name| !name.is_empty()).unwrap_or("untitled");
        return format!("{name}.{extension}");
    }
    let name = line.meta.name.clone().unwrap_or_else(|| file.name.clone());
    let is_export = line.meta.media_type.as_deref().is_some_and(|kind| kind.starts_with(GOOGLE_DOCUMENT));
    match file.name.rsplit_once('.') {
        Some((_, extension)) if is_export => format!("{name}.{extension}"),
        _ => name,
    }
}

/// <https://developers.google.com/workspace/drive/api/guides/mime-types>
const GOOGLE_DOCUMENT: &str = "application/vnd.google-apps.";
