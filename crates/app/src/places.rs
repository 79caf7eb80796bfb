//! Default places per operating system.

use std::path::{Path, PathBuf};

use crate::UserError;

/// What systems know the app by; `src-tauri/tauri.conf.json` and the installers say the same.
pub const IDENTITY: &str = "dev.holdfast.desktop";

/// Where catalogue, settings and logs are unless a person says otherwise: never synchronised between computers.
pub fn data_dir() -> Result<PathBuf, UserError> {
    base()
        .map(|base| base.join(if cfg!(any(target_os = "macos", windows)) { "Holdfast" } else { "holdfast" }))
        .ok_or_else(|| {
            UserError::of("input.bad", "the system does not say where the home folder is; use --data-dir")
        })
}

/// What tells the things that the system keeps for several data directories of one person apart: empty for the usual
/// one, else the same at each start.
pub fn suffix_of(data_dir: &Path) -> String {
    if self::data_dir().is_ok_and(|usual| usual == data_dir) { String::new() } else { fingerprint(data_dir) }
}

/// A short name for a data directory, the same at each start.
pub fn fingerprint(data_dir: &Path) -> String {
    // FNV-1a: https://www.rfc-editor.org/rfc/rfc9923
    let bytes = data_dir.as_os_str().as_encoded_bytes();
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("d{hash:016x}")
}

/// Where a new Repository is made unless a person says otherwise: on the local disk with the most free space, in the
/// home folder where that is the home folder's.
pub fn repository() -> Result<PathBuf, UserError> {
    let home = home()?;
    let disks = sysinfo::Disks::new_with_refreshed_list();
    let disk_of = |path: &Path| {
        let holds = |disk: &&sysinfo::Disk| path.starts_with(disk.mount_point());
        disks.list().iter().filter(holds).max_by_key(|disk| disk.mount_point().as_os_str().len())
    };
    let of_home = disk_of(&home);
    let usable = |disk: &&sysinfo::Disk| {
        !disk.is_read_only() && !disk.is_removable() && is_writable(disk.mount_point())
    };
    let largest = disks.list().iter().filter(usable).max_by_key(|disk| disk.available_space());
    Ok(match (largest, of_home) {
        (Some(largest), Some(of_home)) if largest.available_space() > of_home.available_space() => {
            largest.mount_point().join(FOLDER)
        }
        _ => home.join(FOLDER),
    })
}

pub(crate) fn is_writable(folder: &Path) -> bool {
    tempfile::Builder::new().prefix(".holdfast-").tempfile_in(folder).is_ok()
}

/// The folder that a new Repository is made in.
pub(crate) const FOLDER: &str = "Holdfast Backup";

/// The user's home folder.
pub(crate) fn home() -> Result<PathBuf, UserError> {
    folder(if cfg!(windows) { "USERPROFILE" } else { "HOME" }).ok_or_else(|| {
        UserError::of(
            "input.bad",
            "the system does not say where the home folder is; name the folder of the storage",
        )
    })
}

/// The folder for what a person saves from a program: Downloads where there is one, else the home folder.
pub(crate) fn downloads() -> Result<PathBuf, UserError> {
    let named = folder("XDG_DOWNLOAD_DIR").filter(|folder| folder.is_dir());
    let home = home()?;
    let usual = home.join("Downloads");
    Ok(named.unwrap_or(if usual.is_dir() { usual } else { home }))
}

#[cfg(windows)]
fn base() -> Option<PathBuf> {
    folder("LOCALAPPDATA")
}

#[cfg(target_os = "macos")]
fn base() -> Option<PathBuf> {
    folder("HOME").map(|home| home.join("Library/Application Support"))
}

#[cfg(not(any(windows, target_os = "macos")))]
fn base() -> Option<PathBuf> {
    folder("XDG_DATA_HOME").or_else(|| folder("HOME").map(|home| home.join(".local/share")))
}

fn folder(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute())
}

#[cfg(all(test, windows))]
mod tests {
    use super::*;

    #[test]
    fn what_the_app_keeps_is_one_persons_and_stays_on_this_computer() {
        let data = data_dir().unwrap();
        let local = std::env::var_os("LOCALAPPDATA").map(PathBuf::from).unwrap();
        assert_eq!(data, local.join("Holdfast"));
        assert!(data.starts_with(home().unwrap()), "{}", data.display());
        // What lies there travels with a person's profile.
        let roaming = std::env::var_os("APPDATA").map(PathBuf::from).unwrap();
        assert!(!data.starts_with(roaming));
    }
}
