//! Places that hold small values by name: the OS keychain, and memory that behaves as the strictest one does.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use zeroize::Zeroizing;

use crate::{Result, SecretsError};

/// What Windows' Credential Manager holds in one entry.
/// <https://learn.microsoft.com/windows/win32/api/wincred/ns-wincred-credentialw> (`CRED_MAX_CREDENTIAL_BLOB_SIZE`)
pub(crate) const LIMIT: usize = 2560;

/// Small values by name. Each call is whole or nothing.
pub(crate) trait Entries: Send + Sync {
    /// The value, if there is one.
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>>;
    /// Sets a value of at most [`LIMIT`] bytes.
    fn set(&self, name: &str, value: &[u8]) -> Result<()>;
    /// Takes a value out; fine if there is none.
    fn delete(&self, name: &str) -> Result<()>;
}

/// The OS keychain: Keychain Services, Credential Manager or the Secret Service.
pub(crate) struct Keychain {
    /// Under which all entries are filed.
    pub(crate) service: String,
}

impl Keychain {
    fn entry(&self, name: &str) -> Result<keyring::Entry> {
        keyring::Entry::new(&self.service, name).map_err(|error| match keyring::Entry::store_status() {
            Err(cause) => told(cause),
            Ok(()) => told(&error),
        })
    }
}

impl Entries for Keychain {
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>> {
        match self.entry(name)?.get_secret() {
            Ok(value) => Ok(Some(Zeroizing::new(value))),
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(error) => Err(told(&error)),
        }
    }

    fn set(&self, name: &str, value: &[u8]) -> Result<()> {
        self.entry(name)?.set_secret(value).map_err(|error| told(&error))
    }

    fn delete(&self, name: &str) -> Result<()> {
        match self.entry(name)?.delete_credential() {
            Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
            Err(error) => Err(told(&error)),
        }
    }
}

/// The keychain's error as ours. Only its text is kept: some variants carry the value itself.
fn told(error: &keyring::Error) -> SecretsError {
    use keyring::Error as E;
    let detail = error.to_string();
    match error {
        E::NoStorageAccess(_) => SecretsError::Locked { detail },
        // The Secret Service refuses to make an entry in a locked collection by this D-Bus error.
        // <https://specifications.freedesktop.org/secret-service-spec/latest/errors.html>
        E::PlatformFailure(_) if detail.contains("IsLocked") || detail.contains("locked collection") => {
            SecretsError::Locked { detail }
        }
        E::BadEncoding(_) | E::BadDataFormat(..) | E::BadStoreFormat(_) => SecretsError::Damaged { detail },
        E::Ambiguous(_) => SecretsError::damaged("the keychain holds two entries of the same name"),
        _ => SecretsError::Unavailable { detail },
    }
}

/// Memory, with the limits of a keychain. A clone is the same memory.
#[derive(Clone, Default)]
pub(crate) struct Memory(Arc<Mutex<BTreeMap<String, Zeroizing<Vec<u8>>>>>);

impl Entries for Memory {
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>> {
        Ok(self.0.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned())
    }

    fn set(&self, name: &str, value: &[u8]) -> Result<()> {
        if value.len() > LIMIT {
            return Err(SecretsError::Unavailable { detail: format!("an entry holds {LIMIT} bytes") });
        }
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.insert(name.to_owned(), Zeroizing::new(value.to_vec()));
        Ok(())
    }

    fn delete(&self, name: &str) -> Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
        Ok(())
    }
}

#[cfg(test)]
impl Memory {
    pub(crate) fn names(&self) -> Vec<String> {
        self.0.lock().unwrap().keys().cloned().collect()
    }
}
