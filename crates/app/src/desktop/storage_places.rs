//! Where a backup can go: the disks of this computer and what is mounted from others.

use std::path::Path;
use std::time::Duration;

use holdfast_engine::{free_space, total_space};
use sysinfo::{Disk, Disks};

use crate::error::Result;
use crate::views::{StorageCheck, StorageKind, StorageOption};
use crate::{UserError, places};

/// A network folder that does not answer is not waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// Less space than this is no place for a backup.
const LEAST_TOTAL: u64 = 1 << 30;

/// USB disks and network folders first, then local disks; the largest local one is the default.
pub(super) async fn options() -> Result<Vec<StorageOption>> {
    let listing = tokio::task::spawn_blocking(list);
    match tokio::time::timeout(PATIENCE, listing).await {
        Ok(listed) => listed.map_err(|error| UserError::of("defect", error.to_string()))?,
        Err(_) => Err(UserError::of("storage.slow", "")),
    }
}

fn list() -> Result<Vec<StorageOption>> {
    let home = places::home()?;
    let disks = Disks::new_with_refreshed_list();
    let of_home = disks
        .list()
        .iter()
        .filter(|disk| home.starts_with(disk.mount_point()))
        .max_by_key(|disk| disk.mount_point().as_os_str().len())
        .map(|disk| disk.mount_point().to_owned());
    let mut options: Vec<StorageOption> = Vec::new();
    for disk in disks.list() {
        let is_of_home = of_home.as_deref() == Some(disk.mount_point());
        let folder = if is_of_home { home.as_path() } else { disk.mount_point() };
        let is_a_place = disk.total_space() >= LEAST_TOTAL && !is_of_system(disk) && !disk.is_read_only();
        if !is_a_place || !places::is_writable(folder) {
            continue;
        }
        let option = StorageOption {
            path: folder.join(places::FOLDER).to_string_lossy().into_owned(),
            kind: kind(disk),
            label: label(disk, is_of_home),
            free: disk.available_space(),
            total: disk.total_space(),
            is_default: false,
        };
        // One file system that is mounted in several places is one place: the home's is chosen, else the first.
        let twin = options.iter().position(|known| {
            known.kind == option.kind && known.total == option.total && known.free == option.free
        });
        match twin {
            Some(index) if is_of_home => options[index] = option,
            Some(_) => {}
            None => options.push(option),
        }
    }
    if options.is_empty() {
        let free = free_space(&home).unwrap_or(0);
        options.push(StorageOption {
            path: home.join(places::FOLDER).to_string_lossy().into_owned(),
            kind: StorageKind::LocalDisk,
            label: "This computer".to_owned(),
            free,
            total: total_space(&home).unwrap_or(free),
            is_default: true,
        });
    }
    let largest = options
        .iter()
        .enumerate()
        .filter(|(_, option)| option.kind == StorageKind::LocalDisk)
        .max_by_key(|(_, option)| option.free)
        .map_or(0, |(index, _)| index);
    options[largest].is_default = true;
    options.sort_by_key(|option| (option.kind, std::cmp::Reverse(option.free)));
    Ok(options)
}

fn kind(disk: &Disk) -> StorageKind {
    const NETWORK: [&str; 9] = ["nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "afpfs", "fuse.sshfs"];
    let system = disk.file_system().to_string_lossy();
    if NETWORK.iter().any(|known| system.eq_ignore_ascii_case(known)) {
        StorageKind::NetworkFolder
    } else if disk.is_removable() {
        StorageKind::UsbDisk
    } else {
        StorageKind::LocalDisk
    }
}

fn label(disk: &Disk, is_of_home: bool) -> String {
    if is_of_home {
        return "This computer".to_owned();
    }
    let mount = disk.mount_point();
    let name = mount.file_name().map_or_else(|| mount.to_string_lossy(), |name| name.to_string_lossy());
    crate::format::one_line(&name)
}

/// Parts of the system that are mounted on their own hold no user's data.
fn is_of_system(disk: &Disk) -> bool {
    const SYSTEM: [&str; 9] =
        ["/boot", "/snap", "/proc", "/sys", "/dev", "/run/user", "/etc", "/System", "/private/var"];
    let is_memory = disk.file_system() == "tmpfs" || disk.file_system() == "squashfs";
    is_memory || SYSTEM.iter().any(|folder| disk.mount_point().starts_with(folder))
}

/// What a chosen folder is, without changing it.
pub(super) fn check(path: &Path, data_dir: &Path) -> StorageCheck {
    let nearest = path.ancestors().find(|folder| folder.exists()).unwrap_or(path);
    let exists = path.exists();
    let is_repository = path.join("config").is_file() && path.join("keys").is_dir();
    let entries = std::fs::read_dir(path).map(|mut entries| entries.next().is_none());
    let is_empty = if exists { matches!(entries, Ok(true)) } else { true };
    let shown = path.display();
    let problem = if exists && !path.is_dir() {
        Some(UserError::of("storage.not_a_folder", format!("{shown} is a file, not a folder")))
    } else if is_repository {
        Some(UserError::of("repository.already_exists", format!("a Repository is already at {shown}")))
    } else if let Err(error) = &entries
        && exists
    {
        Some(UserError::of("storage.not_writable", format!("{shown} cannot be opened: {error}")))
    } else if !is_empty {
        Some(UserError::of("repository.not_empty", format!("{shown} is not empty")))
    } else if !places::is_writable(nearest) {
        Some(UserError::of("storage.not_writable", format!("{} cannot be written", nearest.display())))
    } else {
        None
    };
    StorageCheck {
        path: path.to_string_lossy().into_owned(),
        free: free_space(nearest),
        exists,
        is_empty,
        is_repository,
        same_disk_as_data: crate::verbs::same_disk(nearest, data_dir),
        problem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_local_place_is_the_default_and_other_places_come_first() {
        let options = list().unwrap();
        assert_eq!(options.iter().filter(|option| option.is_default).count(), 1);
        assert!(options.is_sorted_by_key(|option| option.kind));
        for option in &options {
            assert!(option.free <= option.total && Path::new(&option.path).ends_with(places::FOLDER));
        }
    }

    #[test]
    fn a_chosen_folder_is_told_for_what_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir(at("empty")).unwrap();
        std::fs::create_dir_all(at("full/of")).unwrap();
        std::fs::create_dir_all(at("kept/keys")).unwrap();
        std::fs::write(at("kept/config"), "x").unwrap();
        std::fs::write(at("file"), "x").unwrap();
        let rows = [
            ("new/deep", false, true, false, None),
            ("empty", true, true, false, None),
            ("full", true, false, false, Some("repository.not_empty")),
            ("kept", true, false, true, Some("repository.already_exists")),
            ("file", true, false, false, Some("storage.not_a_folder")),
        ];
        for (name, exists, is_empty, is_repository, problem) in rows {
            let found = check(&at(name), folder.path());
            assert_eq!(
                (found.exists, found.is_empty, found.is_repository),
                (exists, is_empty, is_repository),
                "{name}"
            );
            assert_eq!(found.problem.map(|error| error.code).as_deref(), problem, "{name}");
            assert!(found.same_disk_as_data, "{name}");
        }
        assert!(!at("new").exists(), "looking changes nothing");
    }
}
