//! One blob of the index in 48 bytes.

use crate::error::VaultError;
use crate::id::BlobId;

/// What a blob is part of: a file, or a folder's tree. The same bytes can be both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum BlobKind {
    Data,
    Tree,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Key {
    pub id: BlobId,
    pub kind: BlobKind,
}

/// Where a blob lies. The pack is a number that only the index understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub pack: u32,
    pub offset: u32,
    /// Sealed length.
    pub length: u32,
    /// Length before compression; 0 where it is not compressed.
    pub raw_length: u32,
}

impl Place {
    /// The length of the content.
    pub fn size(&self) -> u64 {
        match self.raw_length {
            0 => u64::from(self.length).saturating_sub(crate::crypt::OVERHEAD as u64),
            raw => raw.into(),
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Record {
    pub key: Key,
    pub place: Place,
}

/// The topmost bit of the length says that it is a tree.
const TREE: u32 = 1 << 31;

impl Record {
    pub const BYTES: usize = 48;

    pub fn to_bytes(self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        let length = match self.key.kind {
            BlobKind::Data => self.place.length,
            BlobKind::Tree => self.place.length | TREE,
        };
        bytes[..32].copy_from_slice(&self.key.id.0);
        bytes[32..36].copy_from_slice(&self.place.pack.to_le_bytes());
        bytes[36..40].copy_from_slice(&self.place.offset.to_le_bytes());
        bytes[40..44].copy_from_slice(&length.to_le_bytes());
        bytes[44..].copy_from_slice(&self.place.raw_length.to_le_bytes());
        bytes
    }

    pub fn from_bytes(bytes: &[u8; Self::BYTES]) -> Self {
        let word = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        let mut id = [0; 32];
        id.copy_from_slice(&bytes[..32]);
        let length = word(40);
        let kind = match length & TREE {
            0 => BlobKind::Data,
            _ => BlobKind::Tree,
        };
        Self {
            key: Key { id: BlobId(id), kind },
            place: Place { pack: word(32), offset: word(36), length: length & !TREE, raw_length: word(44) },
        }
    }
}

/// Sealed lengths have 31 bits here; restic's blobs end far below.
pub(crate) fn check_length(length: u32) -> Result<(), VaultError> {
    if length & TREE != 0 {
        return Err(VaultError::damaged("the index names a blob of over 2 GB"));
    }
    Ok(())
}
