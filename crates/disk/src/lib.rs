//! What files that must not be lost need of a disk, and what differs there between systems: a file that someone else holds
//! for a moment, and names that have to survive a power cut.

use std::fs::File;
use std::io;
use std::path::Path;
use std::time::Duration;

/// Tries again for a moment where someone else has the file open on Windows: another process of ours that reads or replaces
/// it, or a scanner or search just after it was written. Elsewhere that keeps nobody from it.
pub fn patiently<T>(mut work: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    const TRIES: u32 = 40;
    const PAUSE: Duration = Duration::from_millis(50);
    for _ in 1..TRIES {
        match work() {
            Err(error) if is_held(&error) => std::thread::sleep(PAUSE),
            done => return done,
        }
    }
    work()
}

/// True where another program has the file open in a way that keeps us from it.
/// <https://learn.microsoft.com/windows/win32/debug/system-error-codes--0-499->
pub fn is_held(error: &io::Error) -> bool {
    const ACCESS_DENIED: i32 = 5;
    const SHARING_VIOLATION: i32 = 32;
    const LOCK_VIOLATION: i32 = 33;
    cfg!(windows) && matches!(error.raw_os_error(), Some(ACCESS_DENIED | SHARING_VIOLATION | LOCK_VIOLATION))
}

/// Makes a rename or a new entry of a folder durable, where the file system can do that.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(windows) {
        // Windows cannot open a folder as a file; NTFS journals its entries.
        return Ok(());
    }
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        // Network shares refuse to sync a folder.
        Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => {
            Ok(())
        }
        result => result,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fails_for_another_reason_is_not_tried_again() {
        let mut tries = 0;
        let missing = patiently(|| {
            tries += 1;
            File::open("/no such folder/no such file")
        });
        assert_eq!(missing.map(drop).unwrap_err().kind(), io::ErrorKind::NotFound);
        assert_eq!(tries, 1);
    }

    #[test]
    fn a_folder_is_synced_and_one_that_is_not_there_is_said() {
        assert!(sync_folder(&std::env::temp_dir()).is_ok());
        if !cfg!(windows) {
            let missing = sync_folder(Path::new("/no such folder"));
            assert_eq!(missing.unwrap_err().kind(), io::ErrorKind::NotFound);
        }
    }
}
