//! The storage: making it, taking an existing one, its key, its health.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use holdfast_engine::catalog::{ArchiveFilter, UserFilter, archives, connections, users};
use holdfast_engine::vault::Password;
use holdfast_engine::{AUDIT_OK, os_user};
use holdfast_engine::{Event, Events};
use holdfast_engine::{RebuildReport, Relocation, Request, Response, Told, VerifyReport, free_space};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::error::Result;
use crate::views::RepositoryView;
use crate::{App, Profile, RecoveryKey, UserError, log};

/// A new Repository and the key that opens it.
pub struct Initialised {
    /// The storage.
    pub repository: RepositoryView,
    /// To be shown once and kept by a person.
    pub key: RecoveryKey,
}

/// Where a recovery key was saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SavedKey {
    /// The file.
    pub path: PathBuf,
    /// True where it is on the disk of the Repository, which deserves a warning.
    pub same_disk: bool,
}

impl App {
    /// Makes a Repository in a new or empty folder, with a new key.
    pub async fn init(&self, folder: &Path) -> Result<Initialised> {
        let key = RecoveryKey::generate()?;
        self.redactor.hide(key.as_str());
        self.engine.init_repository(folder, Password::new(key.as_str())).await?;
        self.remember()?;
        Ok(Initialised { repository: self.needed_repository().await?, key })
    }

    /// Takes a Repository that exists already, and brings back what is known from it: Archives, Directory, selections,
    /// settings and licenses. The clouds are connected again afterwards.
    pub async fn init_existing(
        &self,
        folder: &Path,
        key: &RecoveryKey,
    ) -> Result<(RepositoryView, RebuildReport)> {
        self.take_existing(folder, key).await?;
        let report = self.bring_back().await?;
        Ok((self.needed_repository().await?, report))
    }

    /// The first half of [`Self::init_existing`]: the Repository opens with this key, which is kept. Nothing else has changed.
    pub(crate) async fn take_existing(&self, folder: &Path, key: &RecoveryKey) -> Result<()> {
        self.redactor.hide(key.as_str());
        self.engine.take_repository(folder, Password::new(key.as_str())).await?;
        Ok(())
    }

    /// The second half: the catalogue is filled with what the Repository says.
    pub(crate) async fn bring_back(&self) -> Result<RebuildReport> {
        self.remember()?;
        self.rebuild().await
    }

    /// Keeps the key of the known Repository again, where the keychain lost it. The catalogue is filled where it is empty.
    pub(crate) async fn keep_key_again(&self, key: &RecoveryKey) -> Result<RebuildReport> {
        self.redactor.hide(key.as_str());
        self.engine.keep_recovery_key_again(Password::new(key.as_str())).await?;
        let known = self.engine.read(|tx| {
            let mut report = RebuildReport::default();
            for connection in connections::list(tx)? {
                report.domains += 1;
                report.users += users::count(tx, connection.id, &UserFilter::default())?;
            }
            for archive in archives::list(tx, &ArchiveFilter::default())? {
                report.archives += 1;
                report.items += archive.items;
            }
            Ok(report)
        });
        let known = known.await?;
        if known.domains > 0 { Ok(known) } else { self.rebuild().await }
    }

    /// Says that the known Repository lies in another folder now. It must be the very same one, and no other process may
    /// work with it meanwhile. What is open stays where it was: open the data directory anew.
    pub async fn point_repository(&self, folder: &Path) -> Result<RepositoryView> {
        let Some(_alone) = self.engine.become_worker().await? else {
            return Err(UserError::of("storage.in_use", "another Holdfast of this computer works with it"));
        };
        match self.engine.point_repository(folder).await.map_err(UserError::from) {
            Ok(_) => self.needed_repository().await,
            // The key of the known one opens no other.
            Err(error) if error.code == "repository.wrong_password" => {
                Err(UserError::of("repository.other", ""))
            }
            Err(error) => Err(error),
        }
    }

    /// Copies the Repository to a new or empty folder, or goes on with a copy that was cut off, and works there from now on;
    /// the old folder stays as it was. Under the same conditions, from the first byte to the last.
    pub async fn relocate_repository(
        &self,
        folder: &Path,
        events: Events,
        cancel: CancellationToken,
    ) -> Result<RepositoryView> {
        let Some(_alone) = self.engine.become_worker().await? else {
            return Err(UserError::of("storage.in_use", "another Holdfast of this computer works with it"));
        };
        let told = || -> Told {
            let events = events.clone();
            Box::new(move |done, total| events.tell(Event::Move { done, total }))
        };
        let (relocation, again) = (Relocation::to(folder), cancel.clone());
        // Other computers may go on storing while the most of it is copied.
        let relocation = self.engine.copy_repository(relocation, folder, told(), again).await?;
        self.engine.move_repository(relocation, folder, told(), cancel).await?;
        self.needed_repository().await
    }

    /// Copies the rest of a Repository whose copy was begun, and works in that folder from now on, under the same conditions.
    pub async fn move_repository(
        &self,
        relocation: Relocation,
        folder: &Path,
        told: Told,
        cancel: CancellationToken,
    ) -> Result<RepositoryView> {
        let Some(_alone) = self.engine.become_worker().await? else {
            return Err(UserError::of("storage.in_use", "another Holdfast of this computer works with it"));
        };
        self.engine.move_repository(relocation, folder, told, cancel).await?;
        self.needed_repository().await
    }

    /// The storage; none before `init`.
    pub async fn repository(&self) -> Result<Option<RepositoryView>> {
        let Some(place) = self.engine.repository_place().await? else { return Ok(None) };
        let looked = tokio::task::spawn_blocking(move || RepositoryView {
            free: free_space(&place.path),
            reachable: place.path.join("config").is_file(),
            id: place.id,
            path: place.path,
        });
        looked.await.map(Some).map_err(|error| UserError::of("defect", error.to_string()))
    }

    pub(crate) async fn needed_repository(&self) -> Result<RepositoryView> {
        self.repository().await?.ok_or_else(|| UserError::of("repository.none", ""))
    }

    /// What downloads may take, in bytes a second; none for no limit.
    pub async fn bandwidth_limit(&self) -> Result<Option<u64>> {
        Ok(self.engine.read(holdfast_engine::bandwidth_limit).await?)
    }

    /// Sets it, also for what goes on.
    pub async fn set_bandwidth_limit(&self, limit: Option<u64>) -> Result<()> {
        self.done(Request::SetBandwidth { limit }).await
    }

    /// The recovery key, to be shown again.
    pub async fn recovery_key(&self) -> Result<RecoveryKey> {
        let key = self.engine.recovery_key().await;
        self.engine.audit_deed("recovery_key.show", "", &key).await;
        self.shown_key(key?)
    }

    fn shown_key(&self, password: Password) -> Result<RecoveryKey> {
        let key = RecoveryKey::parse(password.expose())?;
        self.redactor.hide(key.as_str());
        Ok(key)
    }

    /// Keeps outside the catalogue where secrets are.
    fn remember(&self) -> Result<()> {
        let known = Profile::read(self.data_dir())?;
        Profile { secrets: Some(self.secrets.clone()), ..known }.write(self.data_dir())
    }

    /// Writes the recovery key to a new file that only its owner may read; never inside the Repository's folder.
    pub async fn save_recovery_key(&self, file: &Path) -> Result<SavedKey> {
        let key = self.shown_key(self.engine.recovery_key().await?)?;
        let repository = self.needed_repository().await?;
        let folder = match file.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        let name = file.file_name().ok_or_else(|| refused(file, "it is no file name"))?;
        let folder = dunce::canonicalize(&folder).map_err(|error| refused(file, &error.to_string()))?;
        if folder.starts_with(&repository.path) {
            let inside = format!("{} is inside the Repository's folder", file.display());
            return Err(UserError::of("input.recovery_key_place", inside));
        }
        let path = folder.join(name);
        let mut out = log::create_private(&path).map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => {
                UserError::of("file.exists", format!("{} exists already", path.display()))
            }
            _ => refused(&path, &error.to_string()),
        })?;
        let written = writeln!(out, "{}", key.as_str()).and_then(|()| out.sync_all());
        written.map_err(|error| refused(&path, &error.to_string()))?;
        self.engine.audit(os_user(), "recovery_key.save", &path.display().to_string(), AUDIT_OK).await;
        Ok(SavedKey { same_disk: same_disk(&folder, &repository.path), path })
    }

    /// Checks the Repository; with `read_data` every byte of it.
    pub async fn verify(
        &self,
        read_data: bool,
        events: Events,
        cancel: CancellationToken,
    ) -> Result<VerifyReport> {
        Ok(self.engine.verify(read_data, events, cancel).await?)
    }

    /// Checks the Repository and reads the next eighth of its data.
    pub async fn verify_next_part(&self, events: Events, cancel: CancellationToken) -> Result<VerifyReport> {
        Ok(self.engine.verify_next_part(events, cancel).await?)
    }

    /// Fills an empty catalogue from the Repository.
    pub(crate) async fn rebuild(&self) -> Result<RebuildReport> {
        match self.engine.perform(Request::Rebuild, Events::nobody(), CancellationToken::new()).await? {
            Response::Rebuilt { report } => Ok(report),
            other => Err(unexpected(&other)),
        }
    }
}

/// The worker answered another question.
pub(crate) fn unexpected(response: &Response) -> UserError {
    UserError::of("defect", format!("an unexpected answer: {response:?}"))
}

fn refused(file: &Path, why: &str) -> UserError {
    UserError::of("file.failed", format!("{} cannot be written: {why}", file.display()))
}

#[cfg(unix)]
pub(crate) fn same_disk(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    match (one.metadata(), other.metadata()) {
        (Ok(one), Ok(other)) => one.dev() == other.dev(),
        _ => true,
    }
}

/// By the volume's serial number: a drive letter, a folder that a volume is mounted in and a share's name are only names.
#[cfg(windows)]
pub(crate) fn same_disk(one: &Path, other: &Path) -> bool {
    let volume = |path: &Path| {
        let folder = winapi_util::Handle::from_path_any(path)?;
        winapi_util::file::information(&folder).map(|found| found.volume_serial_number())
    };
    match (volume(one), volume(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => true,
    }
}
