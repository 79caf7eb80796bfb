//! Passwords of the Repository, and telling a wrong password from another repository.

use std::fs;
use std::path::Path;

use jiff::Timestamp;
use serde::Deserialize;

use crate::crypt::Password;
use crate::error::VaultError;
use crate::format::name_of;
use crate::id::{FileId, KeyId, RepositoryId};
use crate::rustic;
use crate::storage::{FileKind, Storage};
use crate::vault::{OpenOptions, Vault};

/// A key file: one password that opens the Repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyInfo {
    /// Its id.
    pub id: KeyId,
    /// The host that made it.
    pub host: String,
    /// The user that made it.
    pub user: String,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// Whether the Repository was opened by it.
    pub current: bool,
}

#[derive(Deserialize)]
struct KeyFile {
    #[serde(default)]
    hostname: Option<String>,
    #[serde(default)]
    username: Option<String>,
    #[serde(default)]
    created: Option<String>,
}

/// This computer's name, as locks and keys carry it.
pub(crate) fn host() -> String {
    sysinfo::System::host_name().unwrap_or_default()
}

fn key_ids(storage: &dyn Storage) -> Result<Vec<KeyId>, VaultError> {
    let files = storage.list(FileKind::Key).map_err(|error| VaultError::io("listing the keys", error))?;
    Ok(files.into_iter().map(|(id, _)| KeyId(id.0)).collect())
}

/// Notes which keys a repository has.
pub(crate) fn remember(storage: &dyn Storage, cache_dir: &Path, id: RepositoryId) -> Result<(), VaultError> {
    let keys: Vec<String> = key_ids(storage)?.iter().map(KeyId::to_string).collect();
    let path = cache_dir.join(id.to_string()).join("keys");
    fs::write(&path, keys.join("\n"))
        .map_err(|error| VaultError::write(format!("writing {}", path.display()), error))
}

/// No key opens: another repository where none of the keys is known from the expected one.
pub(crate) fn wrong_password(storage: &dyn Storage, options: &OpenOptions) -> VaultError {
    let Some(expected) = options.expect else {
        return VaultError::WrongPassword;
    };
    let known = fs::read_to_string(options.cache_dir.join(expected.to_string()).join("keys"));
    let (Ok(known), Ok(there)) = (known, key_ids(storage)) else {
        return VaultError::WrongPassword;
    };
    if known.is_empty() || there.iter().any(|key| known.contains(&key.to_string())) {
        return VaultError::WrongPassword;
    }
    VaultError::OtherRepository { expected, found: None }
}

impl Vault {
    /// All keys.
    pub fn keys(&self) -> Result<Vec<KeyInfo>, VaultError> {
        let mut keys = Vec::new();
        for id in key_ids(&*self.core.storage)? {
            let file = FileId::from(id);
            let json = self.core.storage.read(FileKind::Key, &file);
            let json = json.map_err(|error| VaultError::read(name_of(FileKind::Key, &file), error))?;
            let key: KeyFile = serde_json::from_slice(&json)
                .map_err(|error| VaultError::damaged(format!("key {id}: {error}")))?;
            keys.push(KeyInfo {
                id,
                host: key.hostname.unwrap_or_default(),
                user: key.username.unwrap_or_default(),
                created: key.created.and_then(|created| created.parse().ok()),
                current: self.core.key == Some(id),
            });
        }
        keys.sort_by_key(|key| (key.created, key.id));
        Ok(keys)
    }

    /// Lets a further password open the Repository.
    pub fn add_key(&self, password: &Password) -> Result<KeyId, VaultError> {
        let core = &self.core;
        let id = rustic::add_key(&core.storage, &core.crypt, password, &host())?;
        remember(&*core.storage, &core.cache_dir, core.id)?;
        Ok(id)
    }

    /// Takes a password away. The one that this Repository was opened with stays.
    pub fn remove_key(&self, id: KeyId) -> Result<(), VaultError> {
        let core = &self.core;
        let others = key_ids(&*core.storage)?.into_iter().any(|key| key != id);
        if core.key == Some(id) || !others {
            return Err(VaultError::KeyInUse { id });
        }
        core.storage.remove(FileKind::Key, &id.into()).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => VaultError::read(format!("key {id}"), error),
            _ => VaultError::write(format!("removing key {id}"), error),
        })?;
        remember(&*core.storage, &core.cache_dir, core.id)
    }
}
