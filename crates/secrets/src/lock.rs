//! One process at a time: a lock that the operating system takes back when its holder dies.

use std::fs::{self, File, OpenOptions};
use std::path::Path;

use crate::store::check_name;
use crate::{Result, SecretsError};

/// Held until it is dropped.
#[must_use = "the lock is given back when it is dropped"]
pub struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        if let Err(error) = self.0.unlock() {
            // Closing the file, which follows, gives the lock back too.
            tracing::debug!(%error, "a lock was given back by closing its file");
        }
    }
}

/// Waits until nobody else, in this process or another, holds the lock of this name in this directory: for one
/// refresh of a secret at a time. The directory is made where there is none; it must be on a local disk.
pub fn lock(directory: &Path, name: &str) -> Result<Lock> {
    check_name(name)?;
    fs::create_dir_all(directory).map_err(SecretsError::io("make the directory of locks"))?;
    lock_file(&directory.join(format!("{name}.lock")))
}

pub(crate) fn lock_file(path: &Path) -> Result<Lock> {
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .map_err(SecretsError::io("open a lock file"))?;
    file.lock().map_err(SecretsError::io("lock a file"))?;
    Ok(Lock(file))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn one_holder_at_a_time_per_name() {
        let directory = tempfile::TempDir::new().unwrap();
        let path = directory.path().join("locks");
        let (inside, most) = (AtomicU32::new(0), AtomicU32::new(0));
        std::thread::scope(|threads| {
            for _ in 0..4 {
                threads.spawn(|| {
                    for _ in 0..50 {
                        let _lock = lock(&path, "connection-1").unwrap();
                        most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        std::thread::yield_now();
                        inside.fetch_sub(1, Ordering::SeqCst);
                    }
                });
            }
        });
        assert_eq!(most.load(Ordering::SeqCst), 1);
        let _one = lock(&path, "connection-1").unwrap();
        let _another = lock(&path, "connection-2").unwrap();
    }

    #[test]
    fn a_name_cannot_lead_out_of_the_directory() {
        let directory = tempfile::TempDir::new().unwrap();
        for name in ["", "../x", "a/b", "a\\b", "..", "con:", &"x".repeat(65)] {
            assert!(matches!(lock(directory.path(), name), Err(SecretsError::BadName { .. })), "{name}");
        }
    }
}
