//! An open Repository.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::chunker::Chunker;
use crate::crypt::{Crypt, Password};
use crate::error::VaultError;
use crate::id::{BlobId, FileId, KeyId, RepositoryId, SnapshotId};
use crate::index::{BlobKind, Index};
use crate::keys;
use crate::missing::InVain;
use crate::rustic::{self, Opened};
use crate::snapshot::SnapshotInfo;
use crate::storage::{FileKind, Location, Storage, StorageState};
use crate::writer::{Writer, WriterOptions};

/// The newest format version there is.
const VERSION: u32 = 2;

/// How a Repository is opened.
#[derive(Debug, Clone)]
pub struct OpenOptions {
    /// Where the index cache may be kept; it can be deleted at any time.
    pub cache_dir: PathBuf,
    /// The Repository that must be there: another one is refused.
    pub expect: Option<RepositoryId>,
}

/// An open Repository. Clones are the same one. All of its functions block, except where they are
/// `async`.
#[derive(Clone)]
pub struct Vault {
    pub(crate) core: Arc<Core>,
}

/// What all parts of an open Repository share.
pub(crate) struct Core {
    pub storage: Arc<dyn Storage>,
    pub crypt: Crypt,
    pub key: Option<KeyId>,
    pub id: RepositoryId,
    pub cache_dir: PathBuf,
    pub chunker: Chunker,
    index: RwLock<Index>,
    pub in_vain: InVain,
    /// Snapshots never change under their id.
    pub snapshots: Mutex<HashMap<SnapshotId, SnapshotInfo>>,
    /// Locks of ours that could not be removed when they were given up.
    pub abandoned_locks: Mutex<HashSet<FileId>>,
}

impl Core {
    pub fn index(&self) -> RwLockReadGuard<'_, Index> {
        self.index.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn index_mut(&self) -> RwLockWriteGuard<'_, Index> {
        self.index.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in what index files came and went since.
    pub fn refresh(&self) -> Result<(), VaultError> {
        self.index_mut().refresh(&*self.storage, &self.crypt)
    }
}

impl Vault {
    /// Makes a Repository where nothing is yet. Derives a key, which takes a moment and 128 MB.
    pub fn init(location: &Location, password: &Password, cache_dir: &Path) -> Result<Self, VaultError> {
        Self::init_on(location.storage(), password, cache_dir)
    }

    /// As [`init`](Self::init), on any storage.
    pub fn init_on(
        storage: Arc<dyn Storage>,
        password: &Password,
        cache_dir: &Path,
    ) -> Result<Self, VaultError> {
        let location = storage.name();
        match state(&*storage)? {
            StorageState::Absent | StorageState::Empty => {}
            StorageState::Foreign | StorageState::Unfinished => {
                return Err(VaultError::NotEmpty { location });
            }
            StorageState::Repository => return Err(VaultError::AlreadyExists { location }),
        }
        let removing = |error| VaultError::write("removing the key of an unfinished start", error);
        for (key, _) in storage.list(FileKind::Key).map_err(removing)? {
            storage.remove(FileKind::Key, &key).map_err(removing)?;
        }
        let opened = rustic::init(&storage, password, &keys::host())?;
        Self::new(storage, opened, cache_dir)
    }

    /// Opens the Repository at a place. Derives a key, which takes a moment and 128 MB: once per
    /// process is enough.
    pub fn open(location: &Location, password: &Password, options: OpenOptions) -> Result<Self, VaultError> {
        Self::open_on(location.storage(), password, options)
    }

    /// As [`open`](Self::open), on any storage.
    pub fn open_on(
        storage: Arc<dyn Storage>,
        password: &Password,
        options: OpenOptions,
    ) -> Result<Self, VaultError> {
        let location = storage.name();
        match state(&*storage)? {
            StorageState::Repository => {}
            StorageState::Absent => return Err(VaultError::NotFound { location }),
            StorageState::Empty | StorageState::Foreign | StorageState::Unfinished => {
                return Err(VaultError::NotARepository { location });
            }
        }
        let opened = match rustic::open(&storage, password) {
            Err(VaultError::WrongPassword) => {
                return Err(keys::wrong_password(&*storage, &options));
            }
            opened => opened?,
        };
        if let Some(expected) = options.expect.filter(|expected| *expected != opened.id) {
            return Err(VaultError::OtherRepository { expected, found: Some(opened.id) });
        }
        Self::new(storage, opened, &options.cache_dir)
    }

    fn new(storage: Arc<dyn Storage>, opened: Opened, cache_dir: &Path) -> Result<Self, VaultError> {
        let Opened { crypt, key, id, version, polynomial, sizes } = opened;
        if version > VERSION {
            return Err(VaultError::TooNew { version });
        }
        if version < VERSION {
            return Err(VaultError::TooOld { version });
        }
        let chunker = Chunker::new(polynomial, sizes).ok_or_else(|| {
            VaultError::damaged("the configuration of the repository cuts impossible chunks")
        })?;
        let index = Index::open(id, cache_dir, &*storage, &crypt)?;
        keys::remember(&*storage, cache_dir, id)?;
        let core = Core {
            storage,
            crypt,
            key,
            id,
            cache_dir: cache_dir.to_path_buf(),
            chunker,
            index: RwLock::new(index),
            in_vain: InVain::default(),
            snapshots: Mutex::default(),
            abandoned_locks: Mutex::default(),
        };
        Ok(Self { core: Arc::new(core) })
    }

    /// Which Repository this is.
    pub fn id(&self) -> RepositoryId {
        self.core.id
    }

    /// Where it is, in words.
    pub fn location(&self) -> String {
        self.core.storage.name()
    }

    /// Seals a small text by the Repository's key, as its blobs are sealed.
    pub fn seal(&self, plain: &[u8]) -> Result<Vec<u8>, VaultError> {
        self.core.crypt.seal(plain)
    }

    /// What [`seal`](Self::seal) sealed.
    pub fn unseal(&self, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        let plain = self.core.crypt.unseal(sealed);
        plain.ok_or_else(|| VaultError::damaged("a sealed text was not sealed by this repository"))
    }

    /// Whether a content blob is in the durable index.
    pub fn contains(&self, blob: &BlobId) -> bool {
        self.core.index().find(BlobKind::Data, blob).is_some()
    }

    /// How many blobs the index knows.
    pub fn blob_count(&self) -> usize {
        self.core.index().len()
    }

    /// How many bytes all packs take. Lists them.
    pub fn stored_bytes(&self) -> Result<u64, VaultError> {
        let packs = self.core.storage.list(FileKind::Pack);
        let packs = packs.map_err(|error| VaultError::io("listing the packs", error))?;
        Ok(packs.into_iter().map(|(_, size)| size).sum())
    }

    /// Takes in what other programs added or removed since.
    pub fn refresh_index(&self) -> Result<(), VaultError> {
        self.core.refresh()
    }

    /// Starts threads that store.
    pub fn writer(&self, options: &WriterOptions) -> Result<Writer, VaultError> {
        Writer::start(self.core.clone(), options)
    }
}

pub(crate) fn state(storage: &dyn Storage) -> Result<StorageState, VaultError> {
    storage.state().map_err(|error| VaultError::io(format!("looking at {}", storage.name()), error))
}
