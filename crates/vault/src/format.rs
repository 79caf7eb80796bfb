//! How restic keeps its small files (index, snapshots, locks): JSON, compressed, sealed, named by
//! the SHA-256 of the sealed bytes.
//! See <https://github.com/restic/restic/blob/master/doc/design.rst#unpacked-data-format>.

use std::io::Read;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::crypt::Crypt;
use crate::error::VaultError;
use crate::id::FileId;
use crate::storage::{FileKind, Storage};

/// The first byte of a compressed file of format version 2.
const COMPRESSED: u8 = 2;
/// No honest index, snapshot or lock comes near this size.
const LIMIT: u64 = 512 << 20;

pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// `index 1234…`, for messages.
pub(crate) fn name_of(kind: FileKind, id: &FileId) -> String {
    let word = match kind {
        FileKind::Config => return "the configuration of the repository".into(),
        FileKind::Key => "key",
        FileKind::Lock => "lock",
        FileKind::Index => "index",
        FileKind::Snapshot => "snapshot",
        FileKind::Pack => "pack",
    };
    format!("{word} {id}")
}

/// Seals and saves a small file, durably, and gives its id.
pub(crate) fn save_json<T: Serialize>(
    storage: &dyn Storage,
    crypt: &Crypt,
    kind: FileKind,
    value: &T,
) -> Result<FileId, VaultError> {
    let json = serde_json::to_vec(value)
        .map_err(|error| VaultError::damaged(format!("cannot be written as JSON: {error}")))?;
    let what = || format!("writing a file of {}", storage.name());
    let mut plain = vec![COMPRESSED];
    zstd::stream::copy_encode(&json[..], &mut plain, 3).map_err(|error| VaultError::io(what(), error))?;
    let sealed = Bytes::from(crypt.seal(&plain)?);
    let id = FileId(sha256(&sealed));
    storage
        .write(kind, &id, &[sealed])
        .map_err(|error| VaultError::write(format!("writing {}", name_of(kind, &id)), error))?;
    Ok(id)
}

/// The plain JSON of a small file, after its name, seal and compression were verified.
pub(crate) fn load_plain(
    storage: &dyn Storage,
    crypt: &Crypt,
    kind: FileKind,
    id: &FileId,
) -> Result<Vec<u8>, VaultError> {
    let sealed = storage.read(kind, id).map_err(|error| VaultError::read(name_of(kind, id), error))?;
    if sha256(&sealed) != id.0 {
        return Err(VaultError::damaged(format!("{} is not what was written", name_of(kind, id))));
    }
    let plain = crypt
        .unseal(&sealed)
        .ok_or_else(|| VaultError::damaged(format!("{} was not sealed by our key", name_of(kind, id))))?;
    match plain.first() {
        Some(b'{' | b'[') => Ok(plain),
        Some(&COMPRESSED) => {
            let mut json = Vec::new();
            let read = zstd::Decoder::new(&plain[1..])
                .and_then(|decoder| decoder.take(LIMIT + 1).read_to_end(&mut json));
            match read {
                Ok(size) if size as u64 <= LIMIT => Ok(json),
                Ok(_) => Err(VaultError::TooLarge { what: name_of(kind, id), limit: LIMIT }),
                Err(error) => {
                    Err(VaultError::damaged(format!("{} cannot be decompressed: {error}", name_of(kind, id))))
                }
            }
        }
        _ => Err(VaultError::damaged(format!("{} has an unknown form", name_of(kind, id)))),
    }
}

/// A small file, parsed.
pub(crate) fn load_json<T: for<'de> Deserialize<'de>>(
    storage: &dyn Storage,
    crypt: &Crypt,
    kind: FileKind,
    id: &FileId,
) -> Result<T, VaultError> {
    let json = load_plain(storage, crypt, kind, id)?;
    serde_json::from_slice(&json)
        .map_err(|error| VaultError::damaged(format!("{} cannot be read: {error}", name_of(kind, id))))
}
