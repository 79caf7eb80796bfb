//! Reading blobs: every one is verified by its id before anybody sees it.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;

use bytes::{Buf, Bytes};

use crate::error::VaultError;
use crate::format::sha256;
use crate::id::{BlobId, FileId};
use crate::index::{BlobKind, Place};
use crate::pack::MAX_BLOB;
use crate::storage::FileKind;
use crate::tree::Tree;
use crate::vault::{Core, Vault};

/// Sealed bytes that are read in one go where blobs lie next to each other.
const READ_AHEAD: u64 = 8 << 20;

/// A blob and where it is.
#[derive(Clone, Copy)]
struct Located {
    id: BlobId,
    pack: FileId,
    place: Place,
}

impl Core {
    fn locate(&self, kind: BlobKind, id: BlobId) -> Result<Located, VaultError> {
        let index = self.index();
        let found = index.find(kind, &id);
        let located = found.and_then(|place| {
            let pack = index.pack(&place)?;
            Some(Located { id, pack, place })
        });
        located.ok_or_else(|| VaultError::Missing { what: format!("blob {id}") })
    }

    fn read_sealed(&self, pack: &FileId, offset: u32, length: usize) -> Result<Bytes, VaultError> {
        self.storage
            .read_range(FileKind::Pack, pack, offset.into(), length)
            .map_err(|error| VaultError::read(format!("pack {pack}"), error))
    }

    /// The content of a sealed blob, or `None` where it is not what its id says.
    pub fn open_blob(&self, id: &BlobId, sealed: &[u8], raw_length: Option<u32>) -> Option<Vec<u8>> {
        let plain = self.crypt.unseal(sealed)?;
        let content = match raw_length {
            None => plain,
            Some(length) => {
                let length = usize::try_from(length).ok().filter(|l| *l <= MAX_BLOB)?;
                zstd::bulk::decompress(&plain, length).ok()?
            }
        };
        (sha256(&content) == id.0).then_some(content)
    }

    fn open_sealed(&self, blob: &Located, sealed: &[u8]) -> Result<Bytes, VaultError> {
        let raw = (blob.place.raw_length > 0).then_some(blob.place.raw_length);
        match self.open_blob(&blob.id, sealed, raw) {
            Some(content) => Ok(content.into()),
            None => Err(VaultError::damaged(format!("blob {} in pack {} is damaged", blob.id, blob.pack))),
        }
    }

    /// A blob, verified.
    pub fn blob(&self, kind: BlobKind, id: BlobId) -> Result<Bytes, VaultError> {
        self.once_more(|lost| {
            let blob = self.locate(kind, id)?;
            *lost = Some(blob.pack);
            self.read_blob(&blob)
        })
    }

    fn read_blob(&self, blob: &Located) -> Result<Bytes, VaultError> {
        let length = blob.place.length as usize;
        let sealed = self.read_sealed(&blob.pack, blob.place.offset, length)?;
        self.open_sealed(blob, &sealed)
    }

    /// A folder.
    pub fn tree(&self, id: BlobId) -> Result<Tree, VaultError> {
        Tree::parse(&id, &self.blob(BlobKind::Tree, id)?)
    }
}

/// A file, given by its blobs. It reads ahead by 8 MiB at most. Blocking.
pub struct FileReader {
    core: Arc<Core>,
    blobs: Vec<Located>,
    /// Where each blob ends in the file.
    ends: Vec<u64>,
    /// The next blob that is to be read ahead, and what was.
    next: usize,
    ready: VecDeque<Bytes>,
    /// The blob that `read_at` looked into last.
    last: Option<(usize, Bytes)>,
}

impl Vault {
    /// Opens a file by its blobs. All of them must be in the index.
    pub fn open_blobs(&self, blobs: &[BlobId]) -> Result<FileReader, VaultError> {
        let mut located = Vec::with_capacity(blobs.len());
        let mut ends = Vec::with_capacity(blobs.len());
        let mut end = 0;
        for id in blobs {
            let blob = self.core.once_more(|_| self.core.locate(BlobKind::Data, *id))?;
            end += blob.place.size();
            located.push(blob);
            ends.push(end);
        }
        Ok(FileReader {
            core: self.core.clone(),
            blobs: located,
            ends,
            next: 0,
            ready: VecDeque::new(),
            last: None,
        })
    }
}

impl FileReader {
    /// The length of the file.
    pub fn size(&self) -> u64 {
        self.ends.last().copied().unwrap_or(0)
    }

    /// The next piece in order, `None` at the end.
    pub fn next_piece(&mut self) -> Result<Option<Bytes>, VaultError> {
        if self.ready.is_empty() && self.next < self.blobs.len() {
            self.read_ahead()?;
        }
        Ok(self.ready.pop_front())
    }

    /// Reads from the blob of this number on. Where something is not there any more: once more, from where it is now.
    fn once_more<T>(
        &mut self,
        number: usize,
        mut read: impl FnMut(&mut Self) -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        let (core, mut is_again) = (self.core.clone(), false);
        core.once_more(|lost| {
            if std::mem::replace(&mut is_again, true) {
                for blob in &mut self.blobs {
                    *blob = core.locate(BlobKind::Data, blob.id)?;
                }
            }
            *lost = self.blobs.get(number).map(|blob| blob.pack);
            read(self)
        })
    }

    fn read_ahead(&mut self) -> Result<(), VaultError> {
        self.once_more(self.next, Self::read_adjoining)
    }

    /// Reads blobs that lie next to each other in one go.
    fn read_adjoining(&mut self) -> Result<(), VaultError> {
        let first = self.blobs[self.next];
        let mut sealed = 0;
        let mut raw = 0;
        let mut end = self.next;
        while let Some(blob) = self.blobs.get(end) {
            let adjoining = blob.pack == first.pack
                && u64::from(blob.place.offset) == u64::from(first.place.offset) + sealed;
            let more = u64::from(blob.place.length);
            raw += blob.place.size();
            let bounded = sealed + more <= READ_AHEAD && raw <= READ_AHEAD;
            if end > self.next && !(adjoining && bounded) {
                break;
            }
            sealed += more;
            end += 1;
        }
        let bytes = self.core.read_sealed(&first.pack, first.place.offset, sealed as usize)?;
        let mut rest = &bytes[..];
        for blob in &self.blobs[self.next..end] {
            let (sealed, after) = rest.split_at(blob.place.length as usize);
            rest = after;
            self.ready.push_back(self.core.open_sealed(blob, sealed)?);
        }
        self.next = end;
        Ok(())
    }

    /// `length` bytes from `offset`, fewer where the file ends before.
    pub fn read_at(&mut self, offset: u64, length: usize) -> Result<Bytes, VaultError> {
        let end = self.size().min(offset.saturating_add(length as u64));
        let mut out = Vec::with_capacity(end.saturating_sub(offset) as usize);
        let mut blob = self.ends.partition_point(|end| *end <= offset);
        let mut at = offset;
        while at < end {
            let start = blob.checked_sub(1).map_or(0, |before| self.ends[before]);
            let stop = self.ends[blob].min(end);
            let content = self.content(blob)?;
            let part = content.get((at - start) as usize..(stop - start) as usize);
            out.extend_from_slice(
                part.ok_or_else(|| VaultError::damaged("a blob is shorter than the index says"))?,
            );
            at = stop;
            blob += 1;
        }
        Ok(out.into())
    }

    fn content(&mut self, number: usize) -> Result<Bytes, VaultError> {
        if let Some((last, content)) = &self.last
            && *last == number
        {
            return Ok(content.clone());
        }
        let content = self.once_more(number, |reader| reader.core.read_blob(&reader.blobs[number]))?;
        self.last = Some((number, content.clone()));
        Ok(content)
    }
}

impl io::Read for FileReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.ready.is_empty() && self.next < self.blobs.len() {
            self.read_ahead().map_err(io::Error::other)?;
        }
        let Some(front) = self.ready.front_mut() else {
            return Ok(0);
        };
        let count = buffer.len().min(front.len());
        front.copy_to_slice(&mut buffer[..count]);
        if front.is_empty() {
            self.ready.pop_front();
        }
        Ok(count)
    }
}
