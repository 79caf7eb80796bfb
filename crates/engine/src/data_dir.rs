//! The data directory: where catalogue, index cache, locks and logs lie. Private to its OS user.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{EngineError, Result};

/// The paths inside one data directory.
#[derive(Clone, Debug)]
pub struct DataDir(PathBuf);

impl DataDir {
    /// Makes the directory if need be (0700). One on a network share is refused: its locks and its database
    /// cannot be trusted there.
    pub fn open(path: &Path) -> Result<Self> {
        fs::create_dir_all(path).map_err(EngineError::io(format!("making {}", path.display())))?;
        let path =
            dunce::canonicalize(path).map_err(EngineError::io(format!("opening {}", path.display())))?;
        if is_on_network(&path) {
            return Err(EngineError::DataDirOnNetwork(path.display().to_string()));
        }
        make_private(&path)?;
        Ok(Self(path))
    }

    /// The directory itself.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The catalogue.
    pub fn catalogue(&self) -> PathBuf {
        self.0.join("catalogue.db")
    }

    /// Where the Repository is and which one: beside the catalogue, so that a damaged one can be rebuilt.
    pub fn repository_place(&self) -> PathBuf {
        self.0.join("repository.json")
    }

    /// Audit log and restore journals.
    pub fn journal(&self) -> PathBuf {
        self.0.join("journal.db")
    }

    /// The vault's index cache.
    pub fn cache(&self) -> PathBuf {
        self.0.join("cache")
    }

    /// Where large mails wait while they are read, in files without a name.
    pub fn waiting(&self) -> PathBuf {
        self.0.join("waiting")
    }

    /// Locks that die with their process.
    pub fn locks(&self) -> PathBuf {
        self.0.join("locks")
    }

    /// The lock of the one worker.
    pub fn worker_lock(&self) -> PathBuf {
        self.0.join("worker.lock")
    }
}

#[cfg(unix)]
fn make_private(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o700))
        .map_err(EngineError::io(format!("making {} private", path.display())))
}

#[cfg(not(unix))]
fn make_private(_path: &Path) -> Result<()> {
    // A folder below the user's profile inherits access for that user only.
    Ok(())
}

fn is_on_network(path: &Path) -> bool {
    const NETWORK: [&str; 8] = ["nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "fuse.sshfs"];
    let disks = sysinfo::Disks::new_with_refreshed_list();
    disks
        .list()
        .iter()
        .filter(|disk| path.starts_with(disk.mount_point()))
        .max_by_key(|disk| disk.mount_point().as_os_str().len())
        .is_some_and(|disk| NETWORK.iter().any(|kind| disk.file_system().eq_ignore_ascii_case(kind)))
        || is_share(path)
}

/// True for a path of Windows that names a share; a drive letter of a share is resolved to it before.
fn is_share(path: &Path) -> bool {
    use std::path::{Component, Prefix};
    let Some(Component::Prefix(prefix)) = path.components().next() else { return false };
    matches!(prefix.kind(), Prefix::UNC(..) | Prefix::VerbatimUNC(..))
}

/// Bytes free on the disk that holds `path`, a share of the network too; `None` where the system does not say.
pub fn free_space(path: &Path) -> Option<u64> {
    let path = dunce::canonicalize(path).ok()?;
    fs4::available_space(path).ok()
}

/// All bytes, free or not, of the disk that holds `path`, as [`free_space`] counts them. The system is asked about the path
/// itself: what lies in memory or was mounted by a container is in no list of disks.
pub fn total_space(path: &Path) -> Option<u64> {
    let path = dunce::canonicalize(path).ok()?;
    fs4::total_space(path).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(windows)]
    #[test]
    fn shares_are_told_from_drives() {
        for share in [r"\\server\share\data", r"\\?\UNC\server\share\data"] {
            assert!(is_share(Path::new(share)), "{share}");
        }
        for drive in [r"C:\data", r"\\?\C:\data"] {
            assert!(!is_share(Path::new(drive)), "{drive}");
        }
    }

    #[test]
    fn the_space_of_a_drive_is_known_where_it_is_there() {
        let folder = tempfile::tempdir().unwrap();
        assert!(free_space(folder.path()).is_some_and(|free| free > 0));
        assert!(total_space(folder.path()) > free_space(folder.path()));
        for unknown in [free_space, total_space] {
            assert_eq!(unknown(&folder.path().join("nowhere")), None);
        }
    }

    /// Judged by `df`, which asks the system about the same path.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_system_in_memory_has_a_size_of_its_own() {
        let memory = Path::new("/dev/shm");
        let df =
            std::process::Command::new("df").args(["-B1", "--output=size"]).arg(memory).output().unwrap();
        let said = String::from_utf8(df.stdout).unwrap();
        let size = said.lines().last().and_then(|line| line.trim().parse().ok());
        assert!(size.is_some(), "{said}");
        assert_eq!(total_space(memory), size);
    }
}
