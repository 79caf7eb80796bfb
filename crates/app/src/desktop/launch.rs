//! First launch and set-up: step by step, saved, so that it goes on where it was left.

use std::sync::Arc;

use holdfast_engine::catalog::connections;

use super::kept::{Kept, Setup};
use super::seat::Seat;
use super::{Desktop, limits, storage_places};
use crate::error::Result;
use crate::views::{
    AppEvent, Boot, RebuildView, RecoveryKeyView, SavedFile, SetupProgress, SetupStep, Stage, StorageCheck,
    StorageOption, StorageView,
};
use crate::{App, RecoveryKey, UserError, format};

/// What a person must know of the recovery key.
const WARNING: &str = "Without this key or this computer nobody can open your backup, we neither. Whoever has it and the \
                       storage can read everyone's mail.";

impl Desktop {
    /// How the app stands. Opening that failed before is tried again.
    pub async fn boot(&self) -> Result<Boot> {
        let _whole = self.0.launching.lock().await;
        let kept = Kept::read(self.own_data_dir());
        let profile = self.profile().await;
        let mut boot = Boot {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            profile,
            data_dir: self.own_data_dir().to_string_lossy().into_owned(),
            stage: Stage::Ready,
            setup: None,
            error: None,
            theme: kept.theme,
            language: kept.language.on(self.0.options.system_language),
        };
        if let Some(sample) = &*self.0.sample.lock().await {
            boot.data_dir = sample.app.data_dir().to_string_lossy().into_owned();
            return Ok(boot);
        }
        if !self.is_set_up() {
            let begun = kept.setup.is_some();
            boot.stage = if begun { Stage::SettingUp } else { Stage::FirstLaunch };
            boot.setup = kept.setup.map(|setup| SetupProgress {
                step: SetupStep::Storage,
                storage_path: None,
                recovery_key_saved: setup.recovery_key_saved,
                connection: None,
            });
            return Ok(boot);
        }
        match self.opened().await {
            Err(error) => (boot.stage, boot.error) = (Stage::Blocked, Some(error)),
            Ok(app) => {
                if let Some(setup) = kept.setup {
                    boot.setup = Some(progress(&app, setup).await?);
                    boot.stage = Stage::SettingUp;
                }
            }
        }
        Ok(boot)
    }

    /// The user's own App, if its secrets can be read, too.
    async fn opened(&self) -> Result<Arc<Seat>> {
        let app = self.own().await?;
        match app.engine.recovery_key().await {
            Ok(_) => Ok(app),
            Err(holdfast_engine::EngineError::NoRepository) => Err(UserError::of("recovery_key.lost", "")),
            Err(error) => Err(error.into()),
        }
    }

    /// Places that the backup can go to.
    pub async fn storage_options(&self) -> Result<Vec<StorageOption>> {
        storage_places::options().await
    }

    /// What a chosen folder is.
    pub async fn check_storage(&self, path: String) -> Result<StorageCheck> {
        let (path, data_dir) = (limits::path(&path)?, self.own_data_dir().to_owned());
        let checked = tokio::task::spawn_blocking(move || storage_places::check(&path, &data_dir)).await;
        checked.map_err(|error| UserError::of("defect", error.to_string()))
    }

    /// Makes the Repository and its recovery key.
    pub async fn init_storage(&self, path: String) -> Result<StorageView> {
        let path = limits::path(&path)?;
        let app = self.own().await?;
        let _made_and_kept = self.0.launching.lock().await;
        app.init(&path).await?;
        self.keep_setup(Some(Setup { step: SetupStep::RecoveryKey, recovery_key_saved: false })).await?;
        self.tell(AppEvent::Storage);
        self.storage_of(&app).await
    }

    /// The recovery key with its QR code.
    pub async fn recovery_key(&self) -> Result<RecoveryKeyView> {
        let key = self.seat().await?.recovery_key().await?;
        let qr_svg = key.qr_svg()?.to_string();
        Ok(RecoveryKeyView { words: key.as_str().to_owned(), qr_svg, warning: WARNING.to_owned() })
    }

    /// Writes the recovery key to a new file. On the disk of the storage only where that was accepted.
    pub async fn save_recovery_key(&self, path: String, accept_same_disk: bool) -> Result<SavedFile> {
        let path = limits::path(&path)?;
        let app = self.seat().await?;
        let storage = app.needed_repository().await?;
        let folder = path.parent().map(std::path::Path::to_owned).unwrap_or_default();
        if !accept_same_disk
            && crate::verbs::same_disk(&folder, &storage.path)
            && !folder.starts_with(&storage.path)
        {
            let why = format!("{} is on the disk of the storage", format::one_line(&path.to_string_lossy()));
            return Err(UserError::of("recovery_key.same_disk", why));
        }
        let saved = app.save_recovery_key(&path).await?;
        Ok(SavedFile { path: saved.path.to_string_lossy().into_owned() })
    }

    /// Remembers how far the set-up is.
    pub async fn set_setup_step(&self, step: SetupStep, recovery_key_saved: bool) -> Result<SetupProgress> {
        let setup = Setup { step, recovery_key_saved };
        if !self.is_set_up() {
            if step != SetupStep::Storage {
                return Err(UserError::of("app.not_set_up", ""));
            }
            self.keep_setup(Some(setup)).await?;
            return Ok(SetupProgress { step, storage_path: None, recovery_key_saved, connection: None });
        }
        let app = self.own().await?;
        self.keep_setup(Some(setup.clone())).await?;
        progress(&app, setup).await
    }

    /// The set-up is done.
    pub async fn finish_setup(&self, start_at_login: bool) -> Result<Boot> {
        if !self.is_set_up() {
            return Err(UserError::of("app.not_set_up", ""));
        }
        self.change_kept(move |kept| {
            kept.setup = None;
            kept.start_at_login = start_at_login;
        })
        .await?;
        self.tell(AppEvent::Settings);
        self.boot().await
    }

    /// Takes a backup that exists already and brings back everything but the sign-ins. Also mends a keychain that lost
    /// the key of the storage that is known.
    pub async fn open_existing(&self, path: String, recovery_key: String) -> Result<RebuildView> {
        let path = limits::path(&path)?;
        limits::recovery_key(&recovery_key)?;
        let key = RecoveryKey::parse(&recovery_key)?;
        let app = self.own().await?;
        self.tell(AppEvent::Rebuild { sentence: "Opening the storage".to_owned() });
        let is_known = match app.engine.repository_place().await? {
            Some(place) => dunce::canonicalize(&path).is_ok_and(|path| path == place.path),
            None => false,
        };
        let report = if is_known {
            app.keep_key_again(&key).await?
        } else {
            self.tell(AppEvent::Rebuild { sentence: "Reading what is in it".to_owned() });
            let taken_and_kept = self.0.launching.lock().await;
            app.take_existing(&path, &key).await?;
            // Until everything is back the launch is not over, whoever asks meanwhile, and also when this ends early.
            self.keep_setup(Some(Setup { step: SetupStep::Storage, recovery_key_saved: true })).await?;
            drop(taken_and_kept);
            app.bring_back().await?
        };
        self.keep_setup(Some(Setup { step: SetupStep::Cloud, recovery_key_saved: true })).await?;
        self.everything_changed();
        let policies = app.engine.read(|tx| {
            let mut count = 0;
            for known in connections::list(tx)? {
                count += holdfast_engine::catalog::policies::list(tx, known.id)?.len() as u64;
            }
            Ok(count)
        });
        Ok(RebuildView {
            archives: report.archives,
            users: report.users,
            items: report.items,
            connections: app.connections().await?,
            policies: policies.await?,
            licenses: app.licenses().await?,
            problems: report.problems,
        })
    }

    async fn keep_setup(&self, setup: Option<Setup>) -> Result<()> {
        self.change_kept(move |kept| kept.setup = setup).await.map(drop)
    }

    pub(super) async fn change_kept(&self, change: impl FnOnce(&mut Kept) + Send + 'static) -> Result<Kept> {
        let data_dir = self.own_data_dir().to_owned();
        let changed = tokio::task::spawn_blocking(move || Kept::change(&data_dir, change)).await;
        changed.map_err(|error| UserError::of("defect", error.to_string()))?
    }
}

async fn progress(app: &App, setup: Setup) -> Result<SetupProgress> {
    let storage = app.engine.repository_place().await?;
    let connection = app.engine.read(|tx| Ok(connections::list(tx)?.first().map(|known| known.id.0))).await?;
    Ok(SetupProgress {
        step: setup.step,
        storage_path: storage.map(|place| place.path.to_string_lossy().into_owned()),
        recovery_key_saved: setup.recovery_key_saved,
        connection,
    })
}
