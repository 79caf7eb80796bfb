//! One open data directory: catalogue, secrets, clouds and the Repository, shared by all verbs.

use std::path::PathBuf;
use std::sync::{Arc, Weak};

use holdfast_catalog::{Catalog, CatalogError, Tx, settings};
use holdfast_clouds::http::{HttpOptions, Throttle};
use holdfast_model::Timestamp;
use holdfast_secrets::{Secrets, SecretsKind};
use holdfast_vault::{Location, OpenOptions, Password, RepositoryId, Vault};
use tokio::sync::OnceCell;

use crate::audit::Audit;
use crate::clock::Clock;
use crate::data_dir::DataDir;
use crate::error::{EngineError, Result};
use crate::live::Live;

/// What `Engine::open` needs: places, secrets, time and the network, all passed in.
pub struct Options {
    /// Holds catalogue, cache and locks.
    pub data_dir: PathBuf,
    /// Where secrets are kept.
    pub secrets: SecretsKind,
    /// The wall clock.
    pub clock: Arc<dyn Clock>,
    /// How requests are made.
    pub http: HttpOptions,
}

/// An open data directory. Cheap to clone.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

/// An engine that may have been closed meanwhile: for what the engine itself holds.
#[derive(Clone)]
pub(crate) struct WeakEngine(Weak<Inner>);

impl WeakEngine {
    pub(crate) fn upgrade(&self) -> Option<Engine> {
        self.0.upgrade().map(Engine)
    }
}

struct Inner {
    dir: DataDir,
    catalog: Catalog,
    secrets: Secrets,
    clock: Arc<dyn Clock>,
    http: HttpOptions,
    live: Live,
    vault: OnceCell<Vault>,
    audit: Audit,
}

/// Where the Repository is.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct RepositoryPlace {
    /// The folder.
    pub path: PathBuf,
    /// Its identity, which decides whether it is the right one.
    pub id: String,
}

/// The name under which the recovery key is kept.
pub(crate) const RECOVERY_KEY: &str = "recovery-key";

impl Engine {
    /// Opens a data directory, making it where there is none. Takes no worker lock. Blocks for a moment.
    pub fn open(options: Options) -> Result<Self> {
        let dir = DataDir::open(&options.data_dir)?;
        for folder in [dir.cache(), dir.locks(), dir.waiting()] {
            std::fs::create_dir_all(&folder)
                .map_err(EngineError::io(format!("making {}", folder.display())))?;
        }
        let catalog = Catalog::open(dir.catalogue())?;
        let secrets = Secrets::open(options.secrets)?.with_locks(&dir.locks());
        let waiting = dir.waiting();
        let throttle = Arc::<Throttle>::default();
        throttle.set(catalog.read(|tx| settings::get(tx, settings::BANDWIDTH_LIMIT))?);
        let http = HttpOptions { temp_dir: waiting, throttle, ..options.http };
        Ok(Self(Arc::new(Inner {
            dir,
            catalog,
            secrets,
            clock: options.clock,
            http,
            live: Live::default(),
            vault: OnceCell::new(),
            audit: Audit::default(),
        })))
    }

    /// The catalogue, to read from.
    pub fn catalog(&self) -> &Catalog {
        &self.0.catalog
    }

    /// The paths of the data directory.
    pub fn data_dir(&self) -> &DataDir {
        &self.0.dir
    }

    pub(crate) fn audit_state(&self) -> &Audit {
        &self.0.audit
    }

    pub(crate) fn secrets(&self) -> &Secrets {
        &self.0.secrets
    }

    pub(crate) fn live(&self) -> &Live {
        &self.0.live
    }

    pub(crate) fn http(&self) -> &HttpOptions {
        &self.0.http
    }

    pub(crate) fn weak(&self) -> WeakEngine {
        WeakEngine(Arc::downgrade(&self.0))
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// Reads from the catalogue off the async threads.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let catalog = self.0.catalog.clone();
        blocking(move || read(&catalog, work)).await
    }

    /// Writes to the catalogue off the async threads, in one transaction.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let catalog = self.0.catalog.clone();
        blocking(move || write(&catalog, work)).await
    }

    /// Makes a new Repository in an empty or new folder and keeps its key.
    pub async fn init_repository(&self, path: &std::path::Path, key: Password) -> Result<RepositoryPlace> {
        self.refuse_second_repository().await?;
        let (location, cache) = (Location::Local(path.to_owned()), self.0.dir.cache());
        let secret = key.clone();
        let made = async {
            let vault = blocking(move || Ok(Vault::init(&location, &secret, &cache)?)).await?;
            self.keep_repository(path, vault, key).await
        };
        let made = made.await;
        self.audit_deed("repository.make", &path.display().to_string(), &made).await;
        made
    }

    /// Takes an existing Repository as this data directory's own. Its catalogue is rebuilt by a verb of its own.
    pub async fn take_repository(&self, path: &std::path::Path, key: Password) -> Result<RepositoryPlace> {
        self.refuse_second_repository().await?;
        let taken = async {
            let vault = self.open_vault(path, key.clone(), None).await?;
            self.keep_repository(path, vault, key).await
        };
        let taken = taken.await;
        self.audit_deed("repository.take", &path.display().to_string(), &taken).await;
        taken
    }

    /// Says that the known Repository lies elsewhere now: in a folder that holds the very same one and that its key opens.
    /// What is open meanwhile stays where it was: open the data directory anew.
    pub async fn point_repository(&self, path: &std::path::Path) -> Result<RepositoryPlace> {
        let pointed = self.repository_is_now(path).await;
        self.audit_deed("repository.point", &path.display().to_string(), &pointed).await;
        pointed
    }

    /// Keeps another place of the known Repository, once its key has opened the very same one there.
    pub(crate) async fn repository_is_now(&self, path: &std::path::Path) -> Result<RepositoryPlace> {
        let known = self.repository_place().await?.ok_or(EngineError::NoRepository)?;
        let expected = known.id.parse().map_err(|_| EngineError::Defect("repository id".to_owned()))?;
        self.open_vault(path, self.recovery_key().await?, Some(expected)).await?;
        self.keep_place(path, known.id).await
    }

    async fn refuse_second_repository(&self) -> Result<()> {
        match self.repository_place().await? {
            Some(place) => Err(EngineError::RepositoryAlreadySetUp(place.path.display().to_string())),
            None => Ok(()),
        }
    }

    async fn keep_repository(
        &self,
        path: &std::path::Path,
        vault: Vault,
        key: Password,
    ) -> Result<RepositoryPlace> {
        let secrets = self.0.secrets.clone();
        blocking(move || Ok(secrets.set(RECOVERY_KEY, key.expose().as_bytes())?)).await?;
        let place = self.keep_place(path, vault.id().to_string()).await?;
        // Set already: the same Repository was opened in the meantime.
        let _already_open = self.0.vault.set(vault);
        Ok(place)
    }

    async fn keep_place(&self, path: &std::path::Path, id: String) -> Result<RepositoryPlace> {
        let path =
            dunce::canonicalize(path).map_err(EngineError::io(format!("opening {}", path.display())))?;
        let place = RepositoryPlace { path, id };
        let (file, text) = (self.0.dir.repository_place(), serde_json::to_vec_pretty(&place));
        let text = text.map_err(|error| EngineError::Defect(error.to_string()))?;
        blocking(move || replace_file(&file, &text)).await?;
        Ok(place)
    }

    /// Where the Repository is; none before `init`.
    pub async fn repository_place(&self) -> Result<Option<RepositoryPlace>> {
        let file = self.0.dir.repository_place();
        blocking(move || match std::fs::read(&file) {
            Ok(text) => serde_json::from_slice(&text)
                .map(Some)
                .map_err(|error| EngineError::BadInput(format!("{}: {error}", file.display()))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(EngineError::Io { what: format!("reading {}", file.display()), source }),
        })
        .await
    }

    /// The open Repository, the right one or an error.
    pub async fn vault(&self) -> Result<Vault> {
        let opened = self
            .0
            .vault
            .get_or_try_init(|| async {
                let place = self.repository_place().await?.ok_or(EngineError::NoRepository)?;
                let key = self.recovery_key().await?;
                let expected =
                    place.id.parse().map_err(|_| EngineError::Defect("repository id".to_owned()))?;
                self.open_vault(&place.path, key, Some(expected)).await
            })
            .await?;
        Ok(opened.clone())
    }

    pub(crate) async fn open_vault(
        &self,
        path: &std::path::Path,
        key: Password,
        expect: Option<RepositoryId>,
    ) -> Result<Vault> {
        let (location, cache_dir) = (Location::Local(path.to_owned()), self.0.dir.cache());
        blocking(move || Ok(Vault::open(&location, &key, OpenOptions { cache_dir, expect })?)).await
    }

    /// The key that opens the Repository.
    pub async fn recovery_key(&self) -> Result<Password> {
        let secrets = self.0.secrets.clone();
        let secret =
            blocking(move || Ok(secrets.get(RECOVERY_KEY)?)).await?.ok_or(EngineError::NoRepository)?;
        let text = std::str::from_utf8(secret.as_bytes());
        Ok(Password::new(
            text.map_err(|_| EngineError::Defect("the kept recovery key is not text".to_owned()))?,
        ))
    }
}

/// Writes a file whole or not at all.
fn replace_file(path: &std::path::Path, text: &[u8]) -> Result<()> {
    let attempt = || format!("writing {}", path.display());
    let folder = path.parent().ok_or_else(|| EngineError::Defect("a file without a folder".to_owned()))?;
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(EngineError::io(attempt()))?;
    std::io::Write::write_all(&mut file, text).map_err(EngineError::io(attempt()))?;
    file.as_file().sync_all().map_err(EngineError::io(attempt()))?;
    file.persist(path).map_err(|error| EngineError::Io { what: attempt(), source: error.error })?;
    Ok(())
}

/// Runs blocking work beside the async threads.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| EngineError::Defect(format!("blocking work ended badly: {error}")))?
}

/// One consistent state of the catalogue, with the engine's errors. Blocks.
pub(crate) fn read<T>(catalog: &Catalog, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
    let mut own = None;
    let done = catalog.read(|tx| work(tx).map_err(|error| undo(error, &mut own)));
    done.map_err(|error| own.unwrap_or_else(|| error.into()))
}

/// One transaction, undone whole by any error. Blocks.
pub(crate) fn write<T>(catalog: &Catalog, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
    let mut own = None;
    let done = catalog.write(|tx| work(tx).map_err(|error| undo(error, &mut own)));
    done.map_err(|error| own.unwrap_or_else(|| error.into()))
}

/// One transaction that survives a power cut, with everything written before it. Blocks.
pub(crate) fn write_durable<T>(catalog: &Catalog, work: impl FnOnce(&Tx<'_>) -> Result<T>) -> Result<T> {
    let mut own = None;
    let done = catalog.write_durable(|tx| work(tx).map_err(|error| undo(error, &mut own)));
    done.map_err(|error| own.unwrap_or_else(|| error.into()))
}

/// The catalogue undoes a transaction for its own errors only: ours waits outside meanwhile.
fn undo(error: EngineError, own: &mut Option<EngineError>) -> CatalogError {
    match error {
        EngineError::Catalog(error) => error,
        error => {
            *own = Some(error);
            CatalogError::Undone
        }
    }
}
