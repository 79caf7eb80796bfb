//! restic's lock files, which stock restic honours and which we honour.
//!
//! A lock is a small sealed file in `locks/`, written anew every five minutes. It is stale after 30
//! minutes, or at once where its process on this computer is gone. As restic does, we look for
//! other locks before and, since two can come at the same time, once more after writing our own.
//! See <https://github.com/restic/restic/blob/master/doc/design.rst#locks>.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::error::VaultError;
use crate::format;
use crate::id::FileId;
use crate::keys::host;
use crate::storage::FileKind;
use crate::vault::{Core, Vault};
use crate::writer::lock;

const REFRESH: Duration = Duration::from_secs(5 * 60);
const STALE: SignedDuration = SignedDuration::from_mins(30);
/// How long a lock that was written at the same time needs to be seen (restic waits as long).
const SETTLE: Duration = Duration::from_millis(200);

/// Whether others may work beside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockKind {
    /// Storing and reading: any number at a time.
    Shared,
    /// Removing: nobody else.
    Exclusive,
}

/// A lock somebody has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockInfo {
    /// Its file.
    pub id: FileId,
    /// User, host and process.
    pub by: String,
    /// When it was last refreshed.
    pub since: Timestamp,
    /// Whether nobody else may be there.
    pub exclusive: bool,
    /// Whether its process is gone, as far as can be known.
    pub stale: bool,
}

#[derive(Clone, Serialize, Deserialize)]
struct LockFile {
    time: Timestamp,
    exclusive: bool,
    #[serde(default)]
    hostname: String,
    #[serde(default)]
    username: String,
    #[serde(default)]
    pid: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    uid: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gid: Option<u32>,
}

impl LockFile {
    fn ours(kind: LockKind) -> Self {
        Self {
            time: Timestamp::now(),
            exclusive: kind == LockKind::Exclusive,
            hostname: host(),
            username: "holdfast".into(),
            pid: std::process::id(),
            uid: None,
            gid: None,
        }
    }

    fn is_stale(&self, now: Timestamp) -> bool {
        now.duration_since(self.time) > STALE
            || (self.hostname == host() && !self.hostname.is_empty() && !is_alive(self.pid))
    }

    fn info(self, id: FileId, now: Timestamp) -> LockInfo {
        LockInfo {
            id,
            stale: self.is_stale(now),
            by: format!("{}@{} (process {})", self.username, self.hostname, self.pid),
            since: self.time,
            exclusive: self.exclusive,
        }
    }
}

fn is_alive(pid: u32) -> bool {
    let pid = sysinfo::Pid::from_u32(pid);
    let mut system = sysinfo::System::new();
    system.refresh_processes(sysinfo::ProcessesToUpdate::Some(&[pid]), true);
    system.process(pid).is_some()
}

impl Core {
    fn write_lock(&self, kind: LockKind) -> Result<FileId, VaultError> {
        format::save_json(&*self.storage, &self.crypt, FileKind::Lock, &LockFile::ours(kind))
    }

    fn remove_lock(&self, id: &FileId) -> Result<(), VaultError> {
        match self.storage.remove(FileKind::Lock, id) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(VaultError::write(format!("removing lock {id}"), error))
            }
            _ => Ok(()),
        }
    }

    fn locks(&self) -> Result<Vec<LockInfo>, VaultError> {
        let listed = self.storage.list(FileKind::Lock);
        let listed = listed.map_err(|error| VaultError::io("listing the locks", error))?;
        let now = Timestamp::now();
        let mut locks = Vec::new();
        for (id, size) in listed {
            match format::load_json(&*self.storage, &self.crypt, FileKind::Lock, &id) {
                Ok(file) => locks.push(LockFile::info(file, id, now)),
                // Released since it was listed.
                Err(VaultError::Missing { .. }) => {}
                // A computer that lost power leaves empty files.
                Err(_) if size == 0 => locks.push(LockInfo {
                    id,
                    by: "an unfinished lock".into(),
                    since: now,
                    exclusive: false,
                    stale: true,
                }),
                Err(error) => return Err(error),
            }
        }
        Ok(locks)
    }

    /// Fails where another lock forbids ours; removes stale ones on the way.
    fn look_for_others(&self, kind: LockKind, own: Option<&FileId>) -> Result<(), VaultError> {
        for other in self.locks()? {
            if Some(&other.id) == own {
                continue;
            }
            let abandoned = lock(&self.abandoned_locks).contains(&other.id);
            if abandoned {
                self.remove_lock(&other.id)?;
                lock(&self.abandoned_locks).remove(&other.id);
            } else if other.stale {
                tracing::warn!(by = other.by, since = %other.since, "removing a stale lock");
                self.remove_lock(&other.id)?;
            } else if other.exclusive || kind == LockKind::Exclusive {
                return Err(VaultError::Locked { by: other.by, since: other.since });
            }
        }
        Ok(())
    }
}

impl Vault {
    /// Locks the Repository until the guard is dropped. Stale locks of others are removed.
    pub fn lock(&self, kind: LockKind) -> Result<LockGuard, VaultError> {
        self.core.look_for_others(kind, None)?;
        let id = self.core.write_lock(kind)?;
        // From here on the guard removes it, whatever happens.
        let guard = LockGuard::new(self.core.clone(), kind, id)?;
        std::thread::sleep(SETTLE);
        self.core.look_for_others(kind, Some(&id))?;
        Ok(guard)
    }

    /// All locks, stale ones too.
    pub fn locks(&self) -> Result<Vec<LockInfo>, VaultError> {
        self.core.locks()
    }

    /// Removes stale locks and says how many.
    pub fn remove_stale_locks(&self) -> Result<usize, VaultError> {
        let mut removed = 0;
        for stale in self.core.locks()?.into_iter().filter(|lock| lock.stale) {
            self.core.remove_lock(&stale.id)?;
            removed += 1;
        }
        Ok(removed)
    }
}

/// Holds a lock, refreshes it, and removes it when dropped.
pub struct LockGuard {
    held: Arc<Held>,
    stop: Option<mpsc::Sender<()>>,
    refresher: Option<JoinHandle<()>>,
}

struct Held {
    core: Arc<Core>,
    kind: LockKind,
    /// The file and when it was written; `None` once it was lost.
    file: Mutex<Option<(FileId, Timestamp)>>,
}

impl LockGuard {
    fn new(core: Arc<Core>, kind: LockKind, id: FileId) -> Result<Self, VaultError> {
        let held = Arc::new(Held { core, kind, file: Mutex::new(Some((id, Timestamp::now()))) });
        let (stop, stopped) = mpsc::channel();
        let mut guard = Self { held: held.clone(), stop: Some(stop), refresher: None };
        let refresher = std::thread::Builder::new()
            .name("vault-lock".into())
            .spawn(move || {
                while stopped.recv_timeout(REFRESH) == Err(RecvTimeoutError::Timeout) {
                    if let Err(error) = held.refresh() {
                        tracing::warn!(%error, "the lock of the repository was not refreshed");
                    }
                }
            })
            .map_err(|error| VaultError::io("starting a thread", error))?;
        guard.refresher = Some(refresher);
        Ok(guard)
    }

    /// Fails with `LockLost` where the lock grew stale or was removed by someone, so that a commit
    /// is not built on what another program may be removing.
    pub fn check(&self) -> Result<(), VaultError> {
        self.held.check()
    }

    /// Writes the lock anew, as happens by itself every five minutes.
    pub fn refresh(&self) -> Result<(), VaultError> {
        self.held.refresh()
    }
}

impl Held {
    fn check(&self) -> Result<(), VaultError> {
        let file = *lock(&self.file);
        let (id, written) = file.ok_or(VaultError::LockLost)?;
        let stale = Timestamp::now().duration_since(written) > STALE;
        let there = self.core.storage.list(FileKind::Lock);
        let there = there.map_err(|error| VaultError::io("listing the locks", error))?;
        if stale || !there.iter().any(|(other, _)| *other == id) {
            return Err(VaultError::LockLost);
        }
        Ok(())
    }

    fn refresh(&self) -> Result<(), VaultError> {
        if let Err(error) = self.check() {
            if matches!(error, VaultError::LockLost) {
                *lock(&self.file) = None;
            }
            return Err(error);
        }
        let new = self.core.write_lock(self.kind)?;
        let old = lock(&self.file).replace((new, Timestamp::now()));
        match old {
            Some((old, _)) => self.core.remove_lock(&old),
            None => Ok(()),
        }
    }
}

impl Drop for LockGuard {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(refresher) = self.refresher.take()
            && refresher.join().is_err()
        {
            tracing::warn!("the thread that refreshed the lock panicked");
        }
        if let Some((id, _)) = lock(&self.held.file).take()
            && let Err(error) = self.held.core.remove_lock(&id)
        {
            tracing::warn!(%error, "the lock was not removed; the next one removes it");
            lock(&self.held.core.abandoned_locks).insert(id);
        }
    }
}
