//! Making the catalogue anew: also where the old one is too damaged to be opened.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use holdfast_engine::RebuildReport;

use crate::UserError;
use crate::app::{App, Opening};
use crate::error::Result;

/// SQLite's files of the catalogue.
const CATALOGUE: [&str; 3] = ["catalogue.db", "catalogue.db-wal", "catalogue.db-shm"];
/// Starts the name of the folder that an old catalogue is put aside to.
const ASIDE: &str = "catalogue-before-";
/// Held by the process that does the work.
const WORKER_LOCK: &str = "worker.lock";

impl App {
    /// Makes the catalogue anew from the Repository and what the keychain holds. The old catalogue is put aside; it
    /// comes back if this fails.
    ///
    /// `repository` is only needed where the data directory does not know it any more.
    pub async fn rebuild_catalogue(opening: Opening, repository: Option<PathBuf>) -> Result<RebuildReport> {
        let data_dir = opening.data_dir.clone();
        let aside = data_dir.join(format!("{ASIDE}{}", jiff::Timestamp::now().as_second()));
        let lock = lock_worker(&data_dir)?;
        move_all(&data_dir, &aside)?;
        drop(lock);
        match rebuilt(opening, repository).await {
            Ok(report) => {
                forget_older(&data_dir, &aside);
                Ok(report)
            }
            Err(error) => {
                for file in CATALOGUE {
                    // One that was not made is not there.
                    let _not_there = fs::remove_file(data_dir.join(file));
                }
                move_all(&aside, &data_dir)?;
                // Left where something else got into it.
                let _left_there = fs::remove_dir(&aside);
                Err(error)
            }
        }
    }
}

async fn rebuilt(opening: Opening, repository: Option<PathBuf>) -> Result<RebuildReport> {
    let app = App::open(opening).await?;
    // Where the Repository is, is kept beside the catalogue.
    if app.engine.repository_place().await?.is_none() {
        let repository = repository.ok_or_else(|| UserError::of("repository.none", ""))?;
        let key = app.engine.recovery_key().await?;
        app.engine.take_repository(&repository, key).await?;
    }
    app.rebuild().await
}

/// One old catalogue is kept, in case the new one lacks something.
fn forget_older(data_dir: &Path, newest: &Path) {
    let Ok(entries) = fs::read_dir(data_dir) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        let is_old = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(ASIDE));
        if is_old
            && path != newest
            && let Err(error) = fs::remove_dir_all(&path)
        {
            tracing::warn!(%error, folder = %path.display(), "an old catalogue was not removed");
        }
    }
}

fn lock_worker(data_dir: &Path) -> Result<File> {
    let path = data_dir.join(WORKER_LOCK);
    let failed = |error: io::Error| UserError::of("file.failed", format!("{}: {error}", path.display()));
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(UserError::of("worker.busy", "")),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

/// Moves the catalogue's files that are there.
fn move_all(from: &Path, to: &Path) -> Result<()> {
    let failed = |error: io::Error| {
        UserError::of("file.failed", format!("the old catalogue cannot be moved: {error}"))
    };
    fs::create_dir_all(to).map_err(failed)?;
    for file in CATALOGUE {
        match fs::rename(from.join(file), to.join(file)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
    }
    Ok(())
}
