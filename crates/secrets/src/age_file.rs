//! Secrets in a file encrypted with a passphrase in the age format, which stock `age` opens. The file is replaced
//! whole or not at all; several processes may use it.
//! <https://age-encryption.org/v1>

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::iter;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use age::scrypt::{Identity, Recipient};
use age::secrecy::SecretString;
use age::{DecryptError, Decryptor, Encryptor};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use holdfast_disk::{patiently, sync_folder};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tempfile::NamedTempFile;
use zeroize::Zeroizing;

use crate::lock::{Lock, lock_file};
use crate::{Result, SecretsError};

/// The version of the plain text.
const VERSION: u32 = 1;
/// The largest file that is read.
const LARGEST: u64 = 16 << 20;
/// The most work that is done for a file: 1 GiB of memory for a moment.
const MOST_WORK: u8 = 20;

/// How hard it is to try passphrases: scrypt with N = 2^this, which takes 2^this KiB of memory for a moment.
/// The default takes 128 MiB and about half a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkFactor(u8);

impl WorkFactor {
    /// The least there is, for tests.
    pub const LEAST: Self = Self(1);

    /// From 1 to 20; what is beyond is brought within.
    pub fn new(log_n: u8) -> Self {
        Self(log_n.clamp(1, MOST_WORK))
    }
}

impl Default for WorkFactor {
    fn default() -> Self {
        Self(17)
    }
}

/// A file of secrets.
pub(crate) struct AgeFile {
    path: PathBuf,
    passphrase: Zeroizing<String>,
    work: WorkFactor,
    /// What the file held when it was last decrypted. Decrypting is slow on purpose.
    known: Mutex<Option<Known>>,
    /// What the next change of a secret is sealed with, by its name. Deriving the key is as slow.
    prepared: Mutex<BTreeMap<String, Encryptor>>,
}

struct Known {
    stamp: Option<Stamp>,
    held: Held,
}

/// Differs when another process replaced the file.
#[derive(PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
    #[cfg(unix)]
    inode: u64,
}

/// The plain text is JSON.
#[derive(Default, Deserialize)]
struct Held {
    version: u32,
    secrets: BTreeMap<String, Value>,
}

/// See [`Held`].
#[derive(Serialize)]
struct Written<'h> {
    version: u32,
    secrets: &'h BTreeMap<String, Value>,
}

/// Base64 in the file.
struct Value(Zeroizing<Vec<u8>>);

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        to.serialize_str(&Zeroizing::new(BASE64_STANDARD.encode(&*self.0)))
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        let text = <&str>::deserialize(from)?;
        let bytes = BASE64_STANDARD.decode(text).map_err(|_| serde::de::Error::custom("not base64"))?;
        Ok(Self(Zeroizing::new(bytes)))
    }
}

impl AgeFile {
    /// The file need not exist yet. Nothing is read before it is needed.
    pub(crate) fn new(path: PathBuf, passphrase: Zeroizing<String>, work: WorkFactor) -> Self {
        // A link keeps pointing to the file when the file is replaced.
        let path = fs::canonicalize(&path).unwrap_or(path);
        Self { path, passphrase, work, known: Mutex::new(None), prepared: Mutex::default() }
    }

    pub(crate) fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>> {
        self.with_held(|held| held.secrets.get(name).map(|value| value.0.clone()))
    }

    pub(crate) fn names(&self) -> Result<Vec<String>> {
        self.with_held(|held| held.secrets.keys().cloned().collect())
    }

    /// Leaves nothing but a write to the next [`Self::set`] of this name, unless another process replaces the file before.
    pub(crate) fn prepare(&self, name: &str) -> Result<()> {
        self.with_held(|_| ())?;
        if !self.prepared().contains_key(name) {
            let encryptor = self.encryptor()?;
            self.prepared().insert(name.to_owned(), encryptor);
        }
        Ok(())
    }

    pub(crate) fn set(&self, name: &str, value: &[u8]) -> Result<()> {
        let prepared = self.prepared().remove(name);
        let encryptor = prepared.map_or_else(|| self.encryptor(), Ok)?;
        self.change(encryptor, |secrets| {
            secrets.insert(name.to_owned(), Value(Zeroizing::new(value.to_vec())));
            true
        })
    }

    pub(crate) fn delete(&self, name: &str) -> Result<()> {
        if self.with_held(|held| !held.secrets.contains_key(name))? {
            return Ok(());
        }
        self.change(self.encryptor()?, |secrets| secrets.remove(name).is_some())
    }

    fn prepared(&self) -> MutexGuard<'_, BTreeMap<String, Encryptor>> {
        self.prepared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with_held<T>(&self, look: impl FnOnce(&Held) -> T) -> Result<T> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(look(&self.current(&mut known)?.held))
    }

    /// Changes what the file holds, one process at a time, if `change` says that it did. The encryptor comes from outside:
    /// nobody waits for the lock while a key is derived.
    fn change(
        &self,
        encryptor: Encryptor,
        change: impl FnOnce(&mut BTreeMap<String, Value>) -> bool,
    ) -> Result<()> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let _lock = self.lock()?;
        let current = self.current(&mut known)?;
        if !change(&mut current.held.secrets) {
            return Ok(());
        }
        let written = self.write(encryptor, &current.held);
        // What could not be written is not known either.
        *known = match written {
            Ok(()) => known.take().map(|known| Known { stamp: stamp(&self.path).ok().flatten(), ..known }),
            Err(_) => None,
        };
        written
    }

    fn lock(&self) -> Result<Lock> {
        let mut name = self.path.clone().into_os_string();
        name.push(".lock");
        lock_file(Path::new(&name))
    }

    /// What the file holds now; decrypted only if it is not the one last seen.
    fn current<'k>(&self, known: &'k mut Option<Known>) -> Result<&'k mut Known> {
        let now = stamp(&self.path)?;
        let fresh = match known.take() {
            Some(seen) if seen.stamp == now => seen,
            _ => {
                let held = if now.is_some() { self.read()? } else { Held::default() };
                Known { stamp: now, held }
            }
        };
        Ok(known.insert(fresh))
    }

    fn read(&self) -> Result<Held> {
        // Closed before the key is derived, which takes long: while it is open, Windows lets nobody replace it.
        let mut sealed = Vec::new();
        let file = patiently(|| File::open(&self.path)).map_err(SecretsError::io("open the secrets file"))?;
        file.take(LARGEST).read_to_end(&mut sealed).map_err(SecretsError::io("read the secrets file"))?;
        let decryptor = Decryptor::new(&*sealed).map_err(unreadable)?;
        let mut identity = Identity::new(self.phrase());
        identity.set_max_work_factor(MOST_WORK);
        let mut reader =
            decryptor.decrypt(iter::once(&identity as &dyn age::Identity)).map_err(unreadable)?;
        let mut plain = Zeroizing::new(Vec::with_capacity(64 << 10));
        reader.read_to_end(&mut plain).map_err(SecretsError::damaged)?;
        let held: Held = serde_json::from_slice(&plain)
            // The parser's own words could quote a secret.
            .map_err(|_| SecretsError::damaged("the file opens, but holds no secrets of this program"))?;
        if held.version > VERSION {
            return Err(SecretsError::damaged("a newer version of this program wrote the file"));
        }
        Ok(held)
    }

    /// Slow: derives a key of its own from the passphrase.
    fn encryptor(&self) -> Result<Encryptor> {
        let mut recipient = Recipient::new(self.phrase());
        recipient.set_work_factor(self.work.0);
        Encryptor::with_recipients(iter::once(&recipient as &dyn age::Recipient))
            .map_err(SecretsError::damaged)
    }

    fn write(&self, encryptor: Encryptor, held: &Held) -> Result<()> {
        let room: usize = held.secrets.iter().map(|(name, value)| name.len() + 2 * value.0.len() + 16).sum();
        let mut plain = Zeroizing::new(Vec::with_capacity(room + 64));
        let file = Written { version: VERSION, secrets: &held.secrets };
        serde_json::to_writer(&mut *plain, &file).map_err(SecretsError::damaged)?;
        let parent = self.path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let parent = parent.unwrap_or(Path::new("."));
        let failed = "write the secrets file";
        // Readable by its owner only, from the start.
        let mut file = NamedTempFile::new_in(parent).map_err(SecretsError::io(failed))?;
        let mut writer = encryptor.wrap_output(&mut file).map_err(SecretsError::io(failed))?;
        writer.write_all(&plain).map_err(SecretsError::io(failed))?;
        writer.finish().map_err(SecretsError::io(failed))?;
        file.as_file().sync_all().map_err(SecretsError::io(failed))?;
        persist(file, &self.path).map_err(SecretsError::io(failed))?;
        sync_folder(parent).map_err(SecretsError::io("write the directory of the secrets file"))
    }

    fn phrase(&self) -> SecretString {
        SecretString::from(self.passphrase.as_str())
    }
}

/// Puts the new file in the place of the old one, also under the eyes of who reads that.
fn persist(file: NamedTempFile, path: &Path) -> std::io::Result<()> {
    let unfinished = file.into_temp_path().keep().map_err(|refused| refused.error)?;
    let renamed = patiently(|| fs::rename(&unfinished, path));
    if renamed.is_err() {
        // The first error is the one that matters.
        drop(fs::remove_file(&unfinished));
    }
    renamed
}

fn stamp(path: &Path) -> Result<Option<Stamp>> {
    match fs::metadata(path) {
        Ok(found) => Ok(Some(Stamp {
            modified: found.modified().ok(),
            length: found.len(),
            #[cfg(unix)]
            inode: std::os::unix::fs::MetadataExt::ino(&found),
        })),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(SecretsError::io("look at the secrets file")(error)),
    }
}

fn unreadable(error: DecryptError) -> SecretsError {
    match error {
        DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed => SecretsError::WrongPassphrase,
        DecryptError::Io(error) if error.kind() != ErrorKind::UnexpectedEof => {
            SecretsError::io("read the secrets file")(error)
        }
        other => SecretsError::damaged(other),
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn open(path: &Path, passphrase: &str) -> AgeFile {
        AgeFile::new(path.to_owned(), Zeroizing::new(passphrase.to_owned()), WorkFactor::LEAST)
    }

    fn held(file: &AgeFile, name: &str) -> Option<Vec<u8>> {
        file.get(name).unwrap().map(|value| value.to_vec())
    }

    #[test]
    fn what_one_process_sets_another_reads_and_changes() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("secrets.age");
        let (one, other) = (open(&path, "correct horse"), open(&path, "correct horse"));
        assert_eq!(held(&one, "a"), None);
        one.set("a", b"1").unwrap();
        assert_eq!(held(&other, "a").as_deref(), Some(&b"1"[..]));
        other.set("b", &[0, 255]).unwrap();
        other.set("a", b"2").unwrap();
        assert_eq!(held(&one, "a").as_deref(), Some(&b"2"[..]));
        assert_eq!(one.names().unwrap(), ["a", "b"]);
        one.delete("a").unwrap();
        one.delete("a").unwrap();
        assert_eq!((held(&other, "a"), held(&other, "b")), (None, Some(vec![0, 255])));
    }

    #[test]
    fn what_was_prepared_is_written_without_deriving_a_key_whatever_else_is_set_meanwhile() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("secrets.age");
        let mut file = open(&path, "correct horse");
        file.set("token", b"spent").unwrap();
        file.prepare("token").unwrap();
        file.set("other", b"1").unwrap();
        // Whoever derived a key from now on would seal with another passphrase, or open nothing.
        file.passphrase = Zeroizing::new("wrong horse".to_owned());
        file.set("token", b"successor").unwrap();
        let read = open(&path, "correct horse");
        assert_eq!(held(&read, "token").as_deref(), Some(&b"successor"[..]));
        assert_eq!(held(&read, "other").as_deref(), Some(&b"1"[..]));
        // No key seals twice.
        file.set("token", b"next").unwrap();
        assert!(matches!(open(&path, "correct horse").get("token"), Err(SecretsError::WrongPassphrase)));
    }

    #[test]
    fn who_cannot_read_the_file_is_told_when_preparing() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("secrets.age");
        open(&path, "correct horse").set("token", b"1").unwrap();
        let wrong = open(&path, "wrong horse").prepare("token");
        assert!(matches!(wrong, Err(SecretsError::WrongPassphrase)), "{wrong:?}");
    }

    #[test]
    fn many_writers_lose_nothing() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("secrets.age");
        std::thread::scope(|threads| {
            for writer in 0..4 {
                let path = &path;
                threads.spawn(move || {
                    let file = open(path, "correct horse");
                    (0..5).for_each(|n| file.set(&format!("{writer}-{n}"), b"x").unwrap());
                });
            }
        });
        assert_eq!(open(&path, "correct horse").names().unwrap().len(), 20);
    }

    #[test]
    fn who_reads_and_who_writes_do_not_hinder_each_other() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("secrets.age");
        let file = open(&path, "correct horse");
        file.set("a", &[0]).unwrap();
        let done = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|threads| {
            let reader = threads.spawn(|| {
                let mut last = 0;
                while !done.load(std::sync::atomic::Ordering::SeqCst) {
                    let found =
                        open(&path, "correct horse").get("a").map(|value| value.map(|value| value[0]));
                    match found {
                        Ok(Some(value)) if value >= last => last = value,
                        other => return Err(other.map_err(|error| error.to_string())),
                    }
                }
                Ok(())
            });
            let written: Vec<_> = (1..20).map(|n| file.set("a", &[n])).collect();
            done.store(true, std::sync::atomic::Ordering::SeqCst);
            assert_eq!(reader.join().unwrap(), Ok(()));
            assert!(written.iter().all(Result::is_ok), "{written:?}");
        });
        assert_eq!(held(&file, "a").as_deref(), Some(&[19][..]));
    }

    #[test]
    fn a_wrong_passphrase_and_a_damaged_file_are_told_apart_and_nothing_is_overwritten() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("secrets.age");
        open(&path, "correct horse").set("a", b"secret value").unwrap();
        let good = fs::read(&path).unwrap();
        let cut = good[..good.len() - 3].to_vec();
        let mut flipped = good.clone();
        *flipped.last_mut().unwrap() ^= 1;
        let spoilt = [cut, flipped, b"no age file".to_vec(), Vec::new(), good[..40].to_vec()];
        for bytes in spoilt {
            fs::write(&path, &bytes).unwrap();
            let file = open(&path, "correct horse");
            let error = file.get("a").map(drop).unwrap_err();
            assert!(matches!(error, SecretsError::Damaged { .. }), "{error:?}");
            assert!(matches!(file.set("b", b"x"), Err(SecretsError::Damaged { .. })));
            assert_eq!(fs::read(&path).unwrap(), bytes);
        }
        fs::write(&path, &good).unwrap();
        let file = open(&path, "wrong horse");
        assert!(matches!(file.get("a"), Err(SecretsError::WrongPassphrase)));
        assert!(matches!(file.set("b", b"x"), Err(SecretsError::WrongPassphrase)));
        assert_eq!(fs::read(&path).unwrap(), good);
        assert_eq!(held(&open(&path, "correct horse"), "a").as_deref(), Some(&b"secret value"[..]));
    }

    #[test]
    fn a_file_that_asks_for_endless_work_or_holds_something_else_is_refused() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("secrets.age");
        let seal = |plain: &[u8]| {
            let mut recipient = Recipient::new(SecretString::from("correct horse"));
            recipient.set_work_factor(1);
            age::encrypt(&recipient, plain).unwrap()
        };
        for plain in [
            &b"[]"[..],
            b"{}",
            b"{\"version\":2,\"secrets\":{}}",
            b"{\"version\":1,\"secrets\":{\"a\":\"?\"}}",
        ] {
            fs::write(&path, seal(plain)).unwrap();
            let error = open(&path, "correct horse").get("a").map(drop).unwrap_err();
            assert!(matches!(error, SecretsError::Damaged { .. }), "{error:?}");
        }
        let costly = seal(b"{}");
        let at = costly.windows(2).position(|pair| pair == b" 1").unwrap() + 1;
        let costly = [&costly[..at], b"40", &costly[at + 1..]].concat();
        fs::write(&path, costly).unwrap();
        let error = open(&path, "correct horse").get("a").map(drop).unwrap_err();
        assert!(matches!(error, SecretsError::Damaged { .. }), "{error:?}");
    }

    #[test]
    fn stock_age_reads_it_and_no_secret_is_in_it_in_the_clear() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("secrets.age");
        open(&path, "correct horse").set("token", b"very secret").unwrap();
        let sealed = fs::read(&path).unwrap();
        assert!(sealed.starts_with(b"age-encryption.org/v1\n-> scrypt "));
        assert!(!sealed.windows(5).any(|window| window == b"token"));
        let plain = age::decrypt(&Identity::new(SecretString::from("correct horse")), &sealed).unwrap();
        let json: serde_json::Value = serde_json::from_slice(&plain).unwrap();
        assert_eq!(json["secrets"]["token"], BASE64_STANDARD.encode("very secret"));
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_read_it_and_a_link_to_it_stays() {
        use std::os::unix::fs::PermissionsExt;
        let folder = TempDir::new().unwrap();
        let (path, link) = (folder.path().join("secrets.age"), folder.path().join("link"));
        open(&path, "correct horse").set("a", b"1").unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        open(&link, "correct horse").set("a", b"2").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(held(&open(&path, "correct horse"), "a").as_deref(), Some(&b"2"[..]));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn what_cannot_be_written_leaves_the_old_secrets() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("gone").join("secrets.age");
        let file = open(&path, "correct horse");
        assert!(matches!(file.set("a", b"1"), Err(SecretsError::Io { .. })));
        assert_eq!(held(&file, "a"), None);
        fs::create_dir(folder.path().join("gone")).unwrap();
        file.set("a", b"1").unwrap();
        assert_eq!(held(&file, "a").as_deref(), Some(&b"1"[..]));
    }
}
