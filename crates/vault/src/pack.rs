//! Packs: sealed blobs one after the other, then a sealed table of them and its length.
//! See <https://github.com/restic/restic/blob/master/doc/design.rst#pack-format>.

use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::crypt::{Crypt, OVERHEAD};
use crate::error::VaultError;
use crate::id::{BlobId, FileId};
use crate::index::{BlobKind, IndexBlob, IndexPack};
use crate::storage::{FileKind, Storage};

/// Blobs in one pack at most, so that its table stays small.
const MAX_BLOBS: usize = 10_000;
/// restic's largest blob is 8 MiB; a tree of a huge foreign folder may be more.
pub(crate) const MAX_BLOB: usize = 256 << 20;

/// A pack being filled.
pub(crate) struct OpenPack {
    kind: BlobKind,
    target: usize,
    content: Vec<u8>,
    blobs: Vec<IndexBlob>,
}

/// A sealed blob and what it was.
pub(crate) struct Sealed {
    pub id: BlobId,
    pub bytes: Vec<u8>,
    /// Length before compression, where it was compressed.
    pub raw_length: Option<u32>,
}

impl OpenPack {
    /// A pack that is full at `target` bytes.
    pub fn new(kind: BlobKind, target: usize) -> Self {
        Self { kind, target, content: Vec::new(), blobs: Vec::new() }
    }

    pub fn is_empty(&self) -> bool {
        self.blobs.is_empty()
    }

    /// Adds a blob; true where the pack is full now.
    #[must_use]
    pub fn push(&mut self, sealed: &Sealed) -> bool {
        if self.content.capacity() == 0 {
            self.content.reserve_exact(self.target + self.target / 4);
        }
        self.blobs.push(IndexBlob {
            id: sealed.id,
            kind: self.kind,
            offset: self.content.len() as u32,
            length: sealed.bytes.len() as u32,
            uncompressed_length: sealed.raw_length,
        });
        self.content.extend_from_slice(&sealed.bytes);
        self.content.len() >= self.target || self.blobs.len() >= MAX_BLOBS
    }

    /// Takes what is there and starts anew.
    pub fn take(&mut self) -> Self {
        std::mem::replace(self, Self::new(self.kind, self.target))
    }

    /// Writes the pack, durably.
    pub fn write(self, storage: &dyn Storage, crypt: &Crypt) -> Result<IndexPack, VaultError> {
        let mut table = Vec::with_capacity(self.blobs.len() * 41);
        for blob in &self.blobs {
            let entry = HeaderEntry::from(blob);
            entry.write(&mut table);
        }
        let mut end = crypt.seal(&table)?;
        let length = end.len() as u32;
        end.extend_from_slice(&length.to_le_bytes());
        let mut hash = Sha256::new();
        hash.update(&self.content);
        hash.update(&end);
        let id = FileId(hash.finalize().into());
        storage
            .write(FileKind::Pack, &id, &[Bytes::from(self.content), Bytes::from(end)])
            .map_err(|error| VaultError::write(format!("writing pack {id}"), error))?;
        Ok(IndexPack { id, blobs: self.blobs })
    }
}

/// The length of a pack with these blobs.
pub(crate) fn size_of(blobs: &[IndexBlob]) -> u64 {
    let rows = blobs.iter().map(|blob| {
        let row = HeaderEntry::size(blob.uncompressed_length.is_some());
        u64::from(blob.length) + row as u64
    });
    rows.sum::<u64>() + OVERHEAD as u64 + 4
}

/// The table at the end of a pack, or `None` where there is none that our key opens.
pub(crate) fn table(crypt: &Crypt, pack: &[u8]) -> Option<Vec<HeaderEntry>> {
    let (rest, length) = pack.split_last_chunk::<4>()?;
    let length = u32::from_le_bytes(*length) as usize;
    let sealed = rest.get(rest.len().checked_sub(length)?..)?;
    HeaderEntry::parse(&crypt.unseal(sealed)?)
}

/// One row of a pack's table.
pub(crate) struct HeaderEntry {
    pub id: BlobId,
    pub kind: BlobKind,
    pub length: u32,
    pub raw_length: Option<u32>,
}

impl From<&IndexBlob> for HeaderEntry {
    fn from(blob: &IndexBlob) -> Self {
        Self { id: blob.id, kind: blob.kind, length: blob.length, raw_length: blob.uncompressed_length }
    }
}

impl HeaderEntry {
    /// Bytes of the row.
    fn size(compressed: bool) -> usize {
        if compressed { 41 } else { 37 }
    }

    /// Whether the index says the same.
    pub fn is(&self, blob: &IndexBlob) -> bool {
        (self.id, self.kind, self.length, self.raw_length)
            == (blob.id, blob.kind, blob.length, blob.uncompressed_length)
    }

    fn write(&self, to: &mut Vec<u8>) {
        to.push(match (self.kind, self.raw_length) {
            (BlobKind::Data, None) => 0,
            (BlobKind::Tree, None) => 1,
            (BlobKind::Data, Some(_)) => 2,
            (BlobKind::Tree, Some(_)) => 3,
        });
        to.extend_from_slice(&self.length.to_le_bytes());
        if let Some(raw) = self.raw_length {
            to.extend_from_slice(&raw.to_le_bytes());
        }
        to.extend_from_slice(&self.id.0);
    }

    /// The rows of a table, or `None` where it is not one.
    fn parse(mut table: &[u8]) -> Option<Vec<Self>> {
        let mut rows = Vec::new();
        let word =
            |at: usize, table: &[u8]| Some(u32::from_le_bytes(table.get(at..at + 4)?.try_into().ok()?));
        while let Some(&kind) = table.first() {
            let compressed = kind >= 2;
            let size = Self::size(compressed);
            let row = table.get(..size)?;
            rows.push(Self {
                kind: match kind {
                    0 | 2 => BlobKind::Data,
                    1 | 3 => BlobKind::Tree,
                    _ => return None,
                },
                length: word(1, row)?,
                raw_length: if compressed { Some(word(5, row)?) } else { None },
                id: BlobId(row[size - 32..].try_into().ok()?),
            });
            table = &table[size..];
        }
        Some(rows)
    }
}
