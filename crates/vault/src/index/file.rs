//! The repository's index files, as restic writes them.
//! See <https://github.com/restic/restic/blob/master/doc/design.rst#indexing>.

use serde::{Deserialize, Serialize};

use super::record::{BlobKind, Key, Place, Record, check_length};
use crate::crypt::Crypt;
use crate::error::VaultError;
use crate::format;
use crate::id::{BlobId, FileId};
use crate::storage::{FileKind, Storage};

/// An index file. Packs that rustic marks for deletion (`packs_to_delete`) are not part of it.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct IndexFile {
    #[serde(default)]
    pub packs: Vec<IndexPack>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct IndexPack {
    pub id: FileId,
    pub blobs: Vec<IndexBlob>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct IndexBlob {
    pub id: BlobId,
    #[serde(rename = "type")]
    pub kind: BlobKind,
    pub offset: u32,
    pub length: u32,
    /// Absent where the blob is not compressed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uncompressed_length: Option<u32>,
}

impl IndexBlob {
    pub fn key(&self) -> Key {
        Key { id: self.id, kind: self.kind }
    }

    pub fn record(&self, pack: u32) -> Record {
        Record {
            key: self.key(),
            place: Place {
                pack,
                offset: self.offset,
                length: self.length,
                raw_length: self.uncompressed_length.unwrap_or(0),
            },
        }
    }
}

impl IndexFile {
    pub fn load(storage: &dyn Storage, crypt: &Crypt, id: &FileId) -> Result<Self, VaultError> {
        let file: Self = format::load_json(storage, crypt, FileKind::Index, id)?;
        for blob in file.packs.iter().flat_map(|pack| &pack.blobs) {
            check_length(blob.length)?;
        }
        Ok(file)
    }

    pub fn save(&self, storage: &dyn Storage, crypt: &Crypt) -> Result<FileId, VaultError> {
        format::save_json(storage, crypt, FileKind::Index, self)
    }

    pub fn blobs(&self) -> usize {
        self.packs.iter().map(|pack| pack.blobs.len()).sum()
    }
}
