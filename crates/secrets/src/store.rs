//! The door: secrets by name, wherever they are.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use zeroize::Zeroizing;

use crate::age_file::{AgeFile, WorkFactor};
use crate::entries::{Entries, Keychain, Memory};
use crate::lock::{Lock, lock};
use crate::{Result, Secret, SecretsError, slots};

/// The entry that lists the names, as keychains do not. No secret can have this name.
const NAMES: &str = "index/names";
/// The lock of those who write.
const WRITING: &str = "keychain";

/// Where secrets are kept.
pub enum SecretsKind {
    /// In the OS keychain.
    Keychain {
        /// Under which they are filed: one per data directory, so that two never meet.
        service: String,
    },
    /// In a file encrypted with a passphrase, for machines without a keychain.
    Age {
        /// The file; made when the first secret is set.
        file: PathBuf,
        /// Asked for once.
        passphrase: Zeroizing<String>,
    },
    /// In memory, for tests; gone with the last clone.
    Memory,
}

/// Secrets by name. Cloning it is cheap and gives the same ones.
#[derive(Clone)]
pub struct Secrets {
    store: Arc<Store>,
    locks: Option<Arc<Path>>,
}

enum Store {
    Entries { entries: Box<dyn Entries>, writing: Mutex<()> },
    Age(AgeFile),
}

impl Secrets {
    /// Opens a place for secrets. Nothing is asked of it before it is needed.
    pub fn open(kind: SecretsKind) -> Result<Self> {
        Ok(match kind {
            SecretsKind::Keychain { service } => Self::over(Box::new(Keychain { service })),
            SecretsKind::Age { file, passphrase } => Self::open_age(file, passphrase, WorkFactor::default()),
            SecretsKind::Memory => Self::over(Box::new(Memory::default())),
        })
    }

    /// As [`SecretsKind::Age`], with the work that trying a passphrase takes.
    pub fn open_age(file: PathBuf, passphrase: Zeroizing<String>, work: WorkFactor) -> Self {
        Self { store: Arc::new(Store::Age(AgeFile::new(file, passphrase, work))), locks: None }
    }

    fn over(entries: Box<dyn Entries>) -> Self {
        Self { store: Arc::new(Store::Entries { entries, writing: Mutex::new(()) }), locks: None }
    }

    /// The same secrets, with writers in several processes kept apart by a lock in this directory (see [`lock`]).
    /// A keychain has no lock of its own; without this one, two processes that set the same large secret at once
    /// may leave none.
    #[must_use]
    pub fn with_locks(self, directory: &Path) -> Self {
        Self { locks: Some(directory.into()), ..self }
    }

    /// Held while entries are written.
    fn one_writer<'w>(&self, writing: &'w Mutex<()>) -> Result<(MutexGuard<'w, ()>, Option<Lock>)> {
        let here = writing.lock().unwrap_or_else(PoisonError::into_inner);
        let everywhere = self.locks.as_deref().map(|directory| lock(directory, WRITING)).transpose()?;
        Ok((here, everywhere))
    }

    /// The secret of a name.
    ///
    /// # Errors
    /// [`SecretsError::Locked`], [`SecretsError::WrongPassphrase`], [`SecretsError::Unavailable`] or
    /// [`SecretsError::Damaged`]; never an absent secret in their place.
    pub fn get(&self, name: &str) -> Result<Option<Secret>> {
        check_name(name)?;
        let value = match &*self.store {
            Store::Entries { entries, .. } => slots::get(&**entries, name)?,
            Store::Age(file) => file.get(name)?,
        };
        Ok(value.map(Secret::new))
    }

    /// Does beforehand what takes long in the next [`Self::set`] of this name, so that little can come between getting a
    /// value that works once and its being stored.
    pub fn prepare(&self, name: &str) -> Result<()> {
        check_name(name)?;
        match &*self.store {
            // An entry takes no work of ours. That the keychain answers is known before.
            Store::Entries { entries, .. } => slots::get(&**entries, name).map(drop),
            Store::Age(file) => file.prepare(name),
        }
    }

    /// Sets the secret of a name. When this returns it is stored; when it fails the old one is.
    pub fn set(&self, name: &str, value: &[u8]) -> Result<()> {
        check_name(name)?;
        match &*self.store {
            Store::Age(file) => file.set(name, value),
            Store::Entries { entries, writing } => {
                let _one = self.one_writer(writing)?;
                let mut names = listed(&**entries)?;
                if let Err(place) = names.binary_search_by(|known| known.as_str().cmp(name)) {
                    names.insert(place, name.to_owned());
                    list(&**entries, &names)?;
                }
                slots::set(&**entries, name, value)
            }
        }
    }

    /// Takes a secret out; fine if there is none.
    pub fn delete(&self, name: &str) -> Result<()> {
        check_name(name)?;
        match &*self.store {
            Store::Age(file) => file.delete(name),
            Store::Entries { entries, writing } => {
                let _one = self.one_writer(writing)?;
                slots::delete(&**entries, name)?;
                let mut names = listed(&**entries)?;
                if let Ok(place) = names.binary_search_by(|known| known.as_str().cmp(name)) {
                    names.remove(place);
                    list(&**entries, &names)?;
                }
                Ok(())
            }
        }
    }

    /// The names of all secrets, sorted.
    pub fn names(&self) -> Result<Vec<String>> {
        match &*self.store {
            Store::Age(file) => file.names(),
            Store::Entries { entries, .. } => {
                let mut names = listed(&**entries)?;
                let mut failed = None;
                // A name is listed before its secret is set.
                names.retain(|name| match slots::get(&**entries, name) {
                    Ok(value) => value.is_some(),
                    Err(SecretsError::Damaged { .. }) => true,
                    Err(error) => {
                        failed = Some(error);
                        false
                    }
                });
                failed.map_or(Ok(names), Err)
            }
        }
    }
}

fn listed(entries: &dyn Entries) -> Result<Vec<String>> {
    // A list that makes no sense is made anew by the next secrets that are set.
    let Some(list) = slots::get(entries, NAMES)? else { return Ok(Vec::new()) };
    let mut names: Vec<String> = serde_json::from_slice(&list)
        .map_err(|_| SecretsError::damaged("the list of names was not written by this program"))?;
    names.sort();
    Ok(names)
}

fn list(entries: &dyn Entries, names: &[String]) -> Result<()> {
    if names.is_empty() {
        return slots::delete(entries, NAMES);
    }
    let list = serde_json::to_vec(names).map_err(SecretsError::damaged)?;
    slots::set(entries, NAMES, &list)
}

/// A name is safe as a file name and in every keychain.
pub(crate) fn check_name(name: &str) -> Result<()> {
    let fits = (1..=64).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
        && !name.starts_with('.');
    if fits { Ok(()) } else { Err(SecretsError::BadName { name: name.to_owned() }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn each_kind(check: impl Fn(&Secrets)) {
        check(&Secrets::open(SecretsKind::Memory).unwrap());
        let folder = tempfile::TempDir::new().unwrap();
        let passphrase = Zeroizing::new("correct horse".to_owned());
        check(&Secrets::open_age(folder.path().join("s.age"), passphrase, WorkFactor::LEAST));
    }

    #[test]
    fn a_secret_is_what_was_set_last_until_it_is_deleted() {
        each_kind(|secrets| {
            assert!(secrets.get("a").unwrap().is_none());
            for value in [&b"first"[..], b"", &[7; 9000], b"last"] {
                secrets.prepare("a").unwrap();
                secrets.set("a", value).unwrap();
                assert_eq!(secrets.clone().get("a").unwrap().unwrap().as_bytes(), value);
            }
            assert_eq!(secrets.get("a").unwrap().unwrap().as_str().unwrap(), "last");
            secrets.set("b", &[0xff]).unwrap();
            assert!(secrets.get("b").unwrap().unwrap().as_str().is_err());
            assert_eq!(secrets.get("b").unwrap().unwrap().into_bytes().as_slice(), [0xff]);
            assert_eq!(secrets.names().unwrap(), ["a", "b"]);
            secrets.delete("a").unwrap();
            secrets.delete("a").unwrap();
            assert!(secrets.get("a").unwrap().is_none());
            assert_eq!(secrets.names().unwrap(), ["b"]);
            secrets.delete("b").unwrap();
            assert_eq!(secrets.names().unwrap(), [] as [&str; 0]);
        });
    }

    #[test]
    fn a_name_that_would_meet_another_thing_is_refused() {
        each_kind(|secrets| {
            for name in ["", NAMES, "a/b", "a b", "é", ".hidden", &"x".repeat(65)] {
                assert!(matches!(secrets.set(name, b"x"), Err(SecretsError::BadName { .. })), "{name}");
                assert!(matches!(secrets.get(name), Err(SecretsError::BadName { .. })), "{name}");
                assert!(matches!(secrets.prepare(name), Err(SecretsError::BadName { .. })), "{name}");
                assert!(matches!(secrets.delete(name), Err(SecretsError::BadName { .. })), "{name}");
            }
        });
    }

    #[test]
    fn writers_that_share_a_keychain_and_its_lock_lose_nothing() {
        let folder = tempfile::TempDir::new().unwrap();
        let memory = Memory::default();
        let open = || Secrets::over(Box::new(memory.clone())).with_locks(folder.path());
        std::thread::scope(|threads| {
            for writer in 0..3_u8 {
                let secrets = open();
                threads.spawn(move || {
                    for n in 0..20 {
                        secrets.set("shared", &vec![writer; 9000]).unwrap();
                        secrets.set(&format!("own-{writer}-{n}"), b"x").unwrap();
                    }
                });
            }
        });
        let secrets = open();
        let shared = secrets.get("shared").unwrap().unwrap().into_bytes();
        assert!(shared.len() == 9000 && shared.iter().all(|byte| *byte == shared[0]));
        assert_eq!(secrets.names().unwrap().len(), 61);
        for name in secrets.names().unwrap() {
            secrets.delete(&name).unwrap();
        }
        assert_eq!(memory.names(), [] as [&str; 0]);
    }

    #[test]
    fn nothing_is_asked_of_the_place_before_it_is_needed() {
        let folder = tempfile::TempDir::new().unwrap();
        let file = folder.path().join("s.age");
        let kind = SecretsKind::Age { file: file.clone(), passphrase: Zeroizing::new("x".to_owned()) };
        let secrets = Secrets::open(kind).unwrap();
        assert!(secrets.get("a").unwrap().is_none());
        assert!(!file.exists());
    }
}
