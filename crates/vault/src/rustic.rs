//! The one file that names rustic: it makes and opens repositories, keeps keys and prunes, over
//! our own [`Storage`].

use std::error::Error;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use rustic_core::repofile::MasterKey;
use rustic_core::{
    BytesList, ConfigOptions, Credentials, ErrorKind, FileType, Id, KeyOptions, LimitOption, OpenStatus,
    PruneOptions, ReadBackend, Repository, RepositoryBackends, RepositoryOptions, RusticError, RusticResult,
    WriteBackend,
};
use zeroize::Zeroize;

use crate::chunker::ChunkSizes;
use crate::crypt::{Crypt, Password};
use crate::error::VaultError;
use crate::id::{FileId, KeyId, RepositoryId};
use crate::prune::Pruned;
use crate::storage::{FileKind, Storage};

/// What an opened repository says of itself.
pub(crate) struct Opened {
    pub crypt: Crypt,
    pub key: Option<KeyId>,
    pub id: RepositoryId,
    pub version: u32,
    pub polynomial: u64,
    pub sizes: ChunkSizes,
}

/// Our storage as rustic's backend.
struct Backend(Arc<dyn Storage>);

fn kind(of: FileType) -> FileKind {
    match of {
        FileType::Config => FileKind::Config,
        FileType::Index => FileKind::Index,
        FileType::Key => FileKind::Key,
        FileType::Snapshot => FileKind::Snapshot,
        FileType::Pack => FileKind::Pack,
    }
}

fn failed(error: io::Error) -> Box<RusticError> {
    RusticError::with_source(ErrorKind::Backend, "the storage failed", error)
}

impl ReadBackend for Backend {
    fn location(&self) -> String {
        self.0.name()
    }

    fn list_with_size(&self, tpe: FileType) -> RusticResult<Vec<(Id, u32)>> {
        let files = self.0.list(kind(tpe)).map_err(failed)?;
        Ok(files
            .into_iter()
            .map(|(id, size)| (Id::new(id.0), u32::try_from(size).unwrap_or(u32::MAX)))
            .collect())
    }

    fn read_full(&self, tpe: FileType, id: &Id) -> RusticResult<Bytes> {
        self.0.read(kind(tpe), &file_id(id)?).map_err(failed)
    }

    fn read_partial(
        &self,
        tpe: FileType,
        id: &Id,
        _cacheable: bool,
        offset: u32,
        length: u32,
    ) -> RusticResult<Bytes> {
        self.0.read_range(kind(tpe), &file_id(id)?, offset.into(), length as usize).map_err(failed)
    }

    fn warmup_path(&self, _tpe: FileType, id: &Id) -> String {
        id.to_hex().to_string()
    }
}

impl WriteBackend for Backend {
    fn create(&self) -> RusticResult<()> {
        self.0.create().map_err(failed)
    }

    fn write_bytes(&self, tpe: FileType, id: &Id, _cacheable: bool, content: BytesList) -> RusticResult<()> {
        self.0.write(kind(tpe), &file_id(id)?, content.slice()).map_err(failed)
    }

    fn remove(&self, tpe: FileType, id: &Id, _cacheable: bool) -> RusticResult<()> {
        self.0.remove(kind(tpe), &file_id(id)?).map_err(failed)
    }
}

fn file_id(id: &Id) -> RusticResult<FileId> {
    id.to_hex().parse().map_err(|error| RusticError::with_source(ErrorKind::Internal, "an id", error))
}

fn repository(storage: &Arc<dyn Storage>) -> Result<Repository<()>, VaultError> {
    let backends = RepositoryBackends::new(Arc::new(Backend(storage.clone())), None);
    let mut options = RepositoryOptions::default();
    options.no_cache = true;
    Repository::new(&options, &backends).map_err(|error| other("opening the repository", error))
}

/// rustic's error in our words: the I/O error at its root where there is one.
fn other(what: &str, error: Box<RusticError>) -> VaultError {
    if error.is_incorrect_password() {
        return VaultError::WrongPassword;
    }
    let mut causes = vec![error.display_log()];
    let mut source = error.source();
    while let Some(cause) = source {
        if let Some(io) = cause.downcast_ref::<io::Error>() {
            return VaultError::write(what, io::Error::new(io.kind(), io.to_string()));
        }
        causes.push(cause.to_string());
        source = cause.source();
    }
    VaultError::Rustic { what: what.into(), cause: causes.join(": ") }
}

fn describe(repository: &Repository<OpenStatus>) -> Result<Opened, VaultError> {
    let config = repository.config();
    let mut key = repository.key();
    let crypt = Crypt::new(&key.encrypt, &key.mac.k, &key.mac.r);
    wipe(&mut key);
    let text = |error| other("reading the configuration of the repository", error);
    Ok(Opened {
        crypt: crypt?,
        key: match repository.key_id() {
            Some(id) => Some(KeyId(file_id(id).map_err(text)?.0)),
            None => None,
        },
        id: RepositoryId(file_id(&config.id).map_err(text)?.0),
        version: config.version,
        polynomial: config.poly().map_err(text)?,
        sizes: ChunkSizes {
            min: config.chunk_min_size(),
            average: config.chunk_size(),
            max: config.chunk_max_size(),
        },
    })
}

fn wipe(key: &mut MasterKey) {
    key.encrypt.zeroize();
    key.mac.k.zeroize();
    key.mac.r.zeroize();
}

fn key_options(host: &str) -> KeyOptions {
    let mut options = KeyOptions::default();
    options.hostname = Some(host.to_string());
    options.username = Some("holdfast".to_string());
    options.with_created = true;
    options
}

/// Makes a repository of format version 2 in an empty place.
pub(crate) fn init(
    storage: &Arc<dyn Storage>,
    password: &Password,
    host: &str,
) -> Result<Opened, VaultError> {
    let made = repository(storage)?
        .init(&Credentials::password(password.expose()), &key_options(host), &ConfigOptions::default())
        .map_err(|error| other("making the repository", error))?;
    describe(&made)
}

/// Derives the key, once, and reads the configuration.
pub(crate) fn open(storage: &Arc<dyn Storage>, password: &Password) -> Result<Opened, VaultError> {
    let opened = repository(storage)?
        .open(&Credentials::password(password.expose()))
        .map_err(|error| other("opening the repository", error))?;
    describe(&opened)
}

/// The repository as rustic sees it, by the key we hold: no key derivation.
fn reopen(storage: &Arc<dyn Storage>, crypt: &Crypt) -> Result<Repository<OpenStatus>, VaultError> {
    let mut key = MasterKey::new();
    let (encrypt, mac_k, mac_r) = crypt.parts();
    key.encrypt = encrypt.to_vec();
    key.mac.k = mac_k.to_vec();
    key.mac.r = mac_r.to_vec();
    repository(storage)?
        .open(&Credentials::Masterkey(key))
        .map_err(|error| other("opening the repository", error))
}

/// Adds a password.
pub(crate) fn add_key(
    storage: &Arc<dyn Storage>,
    crypt: &Crypt,
    password: &Password,
    host: &str,
) -> Result<KeyId, VaultError> {
    let failed = |error| other("adding a key", error);
    let id = reopen(storage, crypt)?.add_key(password.expose(), &key_options(host)).map_err(failed)?;
    Ok(KeyId(file_id(&id).map_err(failed)?.0))
}

/// Bytes in packs that no snapshot names.
pub(crate) fn unused(storage: &Arc<dyn Storage>, crypt: &Crypt) -> Result<u64, VaultError> {
    let failed = |error| other("looking for what is unused in the repository", error);
    let plan = reopen(storage, crypt)?.prune_plan(&PruneOptions::default()).map_err(failed)?;
    Ok(plan.stats.size_sum().unused + plan.stats.size_unref)
}

/// Removes what no snapshot names. The exclusive lock must be held. `all` leaves nothing unused
/// behind, at the price of writing more packs anew.
pub(crate) fn prune(storage: &Arc<dyn Storage>, crypt: &Crypt, all: bool) -> Result<Pruned, VaultError> {
    let failed = |error| other("pruning the repository", error);
    let repository = reopen(storage, crypt)?;
    let mut options = PruneOptions::default();
    // Nobody else is in the repository: nothing has to be marked and kept for a day.
    options.instant_delete = true;
    if all {
        options.max_unused = LimitOption::Percentage(0);
        options.max_repack = LimitOption::Unlimited;
    }
    let plan = repository.prune_plan(&options).map_err(failed)?;
    let size = plan.stats.size_sum();
    let pruned = Pruned {
        removed_bytes: size.remove + size.repackrm + plan.stats.size_unref,
        kept_bytes: size.total_after_prune(),
    };
    repository.prune(&options, plan).map_err(failed)?;
    Ok(pruned)
}
