//! A repository in a folder, in restic's default layout (`data/xx/…`, `index/`, `snapshots/`…).
//!
//! Files are written under another name, synced, renamed, and the folder is synced: what `write`
//! returned for survives a power cut.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use bytes::Bytes;
use holdfast_disk::{patiently, sync_folder};

use crate::id::FileId;
use crate::storage::{FileKind, Storage, StorageState};

/// What unfinished files end with; restic uses the same and ignores them.
const UNFINISHED: &str = "-tmp-";

/// The folders of a repository.
const LAYOUT: [&str; 5] = ["keys", "locks", "index", "snapshots", "data"];

/// A folder of a disk or a network share.
#[derive(Debug)]
pub struct LocalFolder {
    folder: PathBuf,
}

impl LocalFolder {
    /// The folder need not exist.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    fn of_kind(&self, kind: FileKind) -> PathBuf {
        match kind {
            FileKind::Config => self.folder.clone(),
            FileKind::Key => self.folder.join("keys"),
            FileKind::Lock => self.folder.join("locks"),
            FileKind::Index => self.folder.join("index"),
            FileKind::Snapshot => self.folder.join("snapshots"),
            FileKind::Pack => self.folder.join("data"),
        }
    }

    fn path(&self, kind: FileKind, id: &FileId) -> PathBuf {
        let folder = self.of_kind(kind);
        let name = id.to_string();
        match kind {
            FileKind::Config => folder.join("config"),
            FileKind::Pack => folder.join(&name[..2]).join(name),
            _ => folder.join(name),
        }
    }

    fn folders_of_files(&self) -> io::Result<Vec<PathBuf>> {
        let mut folders = vec![self.folder.clone()];
        for kind in [FileKind::Key, FileKind::Lock, FileKind::Index, FileKind::Snapshot] {
            folders.push(self.of_kind(kind));
        }
        for entry in read_dir(&self.of_kind(FileKind::Pack))? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            }
        }
        Ok(folders)
    }
}

/// The entries of a folder; a missing one is empty (restic makes some folders only when needed).
fn read_dir(folder: &Path) -> io::Result<Box<dyn Iterator<Item = io::Result<fs::DirEntry>>>> {
    match fs::read_dir(folder) {
        Ok(entries) => Ok(Box::new(entries)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Box::new(std::iter::empty())),
        Err(error) => Err(error),
    }
}

fn list_folder(folder: &Path, into: &mut Vec<(FileId, u64)>) -> io::Result<()> {
    for entry in read_dir(folder)? {
        let entry = entry?;
        let Some(id) = entry.file_name().to_str().and_then(|n| FileId::from_str(n).ok()) else {
            continue;
        };
        match entry.metadata() {
            Ok(metadata) if metadata.is_file() => into.push((id, metadata.len())),
            Ok(_) => {}
            // Removed by someone else since the folder was read.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn write_new(path: &Path, content: &[Bytes]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    for part in content {
        file.write_all(part)?;
    }
    file.sync_all()
}

impl Storage for LocalFolder {
    fn name(&self) -> String {
        self.folder.display().to_string()
    }

    fn state(&self) -> io::Result<StorageState> {
        match fs::metadata(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(StorageState::Absent);
            }
            Err(error) => return Err(error),
            Ok(metadata) if !metadata.is_dir() => return Ok(StorageState::Foreign),
            Ok(_) => {}
        }
        if self.folder.join("config").try_exists()? {
            return Ok(StorageState::Repository);
        }
        // The layout without content is what a creation leaves that was cut off before its last
        // step, the configuration.
        for entry in fs::read_dir(&self.folder)? {
            let name = entry?.file_name();
            let ours = name.to_str().is_some_and(|name| {
                LAYOUT.contains(&name) || name.starts_with(&format!("config{UNFINISHED}"))
            });
            if !ours {
                return Ok(StorageState::Foreign);
            }
        }
        for kind in [FileKind::Index, FileKind::Snapshot, FileKind::Pack] {
            if !self.list(kind)?.is_empty() {
                return Ok(StorageState::Unfinished);
            }
        }
        Ok(StorageState::Empty)
    }

    fn create(&self) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        for kind in [FileKind::Key, FileKind::Lock, FileKind::Index, FileKind::Snapshot] {
            fs::create_dir_all(self.of_kind(kind))?;
        }
        for prefix in 0..=255u8 {
            fs::create_dir_all(self.of_kind(FileKind::Pack).join(format!("{prefix:02x}")))?;
        }
        sync_folder(&self.of_kind(FileKind::Pack))?;
        sync_folder(&self.folder)
    }

    fn list(&self, kind: FileKind) -> io::Result<Vec<(FileId, u64)>> {
        let mut files = Vec::new();
        match kind {
            FileKind::Config => match fs::metadata(self.path(kind, &FileId([0; 32]))) {
                Ok(metadata) => files.push((FileId([0; 32]), metadata.len())),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            },
            FileKind::Pack => {
                for entry in read_dir(&self.of_kind(kind))? {
                    let entry = entry?;
                    if entry.file_type()?.is_dir() {
                        list_folder(&entry.path(), &mut files)?;
                    }
                }
            }
            _ => list_folder(&self.of_kind(kind), &mut files)?,
        }
        Ok(files)
    }

    fn read(&self, kind: FileKind, id: &FileId) -> io::Result<Bytes> {
        let path = self.path(kind, id);
        patiently(|| fs::read(&path)).map(Bytes::from)
    }

    fn read_range(&self, kind: FileKind, id: &FileId, offset: u64, length: usize) -> io::Result<Bytes> {
        let path = self.path(kind, id);
        let mut file = patiently(|| File::open(&path))?;
        let end = offset.saturating_add(length as u64);
        if end > file.metadata()?.len() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        file.seek(SeekFrom::Start(offset))?;
        let mut bytes = vec![0; length];
        file.read_exact(&mut bytes)?;
        Ok(Bytes::from(bytes))
    }

    fn write(&self, kind: FileKind, id: &FileId, content: &[Bytes]) -> io::Result<()> {
        let path = self.path(kind, id);
        let Some(folder) = path.parent() else {
            return Err(io::ErrorKind::InvalidInput.into());
        };
        let unfinished = {
            let mut name = path.clone().into_os_string();
            name.push(format!("{UNFINISHED}{:08x}", rand::random::<u32>()));
            PathBuf::from(name)
        };
        let mut written = write_new(&unfinished, content);
        if matches!(&written, Err(error) if error.kind() == io::ErrorKind::NotFound) && self.folder.is_dir() {
            // restic leaves out folders that were never needed; the repository's own must be there.
            fs::create_dir_all(folder)?;
            folder.parent().map_or(Ok(()), sync_folder)?;
            written = write_new(&unfinished, content);
        }
        let renamed = written.and_then(|()| patiently(|| fs::rename(&unfinished, &path)));
        if let Err(error) = renamed {
            // The first error is the one that matters; a left-over is swept later.
            drop(fs::remove_file(&unfinished));
            return Err(error);
        }
        sync_folder(folder)
    }

    fn remove(&self, kind: FileKind, id: &FileId) -> io::Result<()> {
        let path = self.path(kind, id);
        patiently(|| fs::remove_file(&path))?;
        path.parent().map_or(Ok(()), sync_folder)
    }

    fn sweep(&self) -> io::Result<u64> {
        let mut swept = 0;
        for folder in self.folders_of_files()? {
            for entry in read_dir(&folder)? {
                let entry = entry?;
                let ours = entry.file_name().to_str().is_some_and(|name| {
                    name.split_once(UNFINISHED)
                        .is_some_and(|(id, _)| id == "config" || FileId::from_str(id).is_ok())
                });
                if ours && entry.file_type()?.is_file() {
                    patiently(|| fs::remove_file(entry.path()))?;
                    swept += 1;
                }
            }
        }
        Ok(swept)
    }
}

#[cfg(all(test, windows))]
mod tests {
    use std::os::windows::fs::OpenOptionsExt as _;

    use holdfast_disk::is_held;

    use super::*;

    #[test]
    fn a_file_that_a_scanner_holds_for_a_moment_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pack");
        fs::write(&path, "content").unwrap();
        // Shared with nobody: https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-createfilew
        let scanner = OpenOptions::new().read(true).share_mode(0).open(&path).unwrap();
        let mut scanner = Some(scanner);
        let mut tries = 0;
        patiently(|| {
            tries += 1;
            if tries == 3 {
                scanner = None;
            }
            fs::rename(&path, folder.path().join("renamed"))
        })
        .unwrap();
        assert_eq!(tries, 3);
    }

    #[test]
    fn a_file_that_a_scanner_holds_for_good_is_said_to_be_held() {
        let folder = tempfile::tempdir().unwrap();
        let repository = LocalFolder::new(folder.path().to_owned());
        repository.create().unwrap();
        let id = FileId([7; 32]);
        repository.write(FileKind::Pack, &id, &[Bytes::from_static(b"content")]).unwrap();
        let path = repository.path(FileKind::Pack, &id);
        let scanner = OpenOptions::new().read(true).share_mode(0).open(&path).unwrap();
        assert!(is_held(&repository.read(FileKind::Pack, &id).unwrap_err()));
        assert!(is_held(&repository.remove(FileKind::Pack, &id).unwrap_err()));
        drop(scanner);
        assert_eq!(&repository.read_range(FileKind::Pack, &id, 3, 4).unwrap()[..], b"tent");
    }
}
