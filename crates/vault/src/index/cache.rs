//! The cache file: sorted records that are found by a table of their first two bytes and a binary
//! search.
//!
//! `header (112) · records (48 each) · packs (32 each) · index files covered (32 each) · table`,
//! little endian. The header holds the SHA-256 of the rest, which is verified at opening. Only the
//! table and the ids are kept in memory; records are read where they are looked for. A map of the
//! file would count as our memory, page by page, until all of it does.

use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::at::read_exact_at;
use super::record::{Key, Place, Record};
use crate::id::{FileId, RepositoryId};

const MAGIC: &[u8; 8] = b"HFINDEX1";
const HEADER: usize = 112;
/// One entry per value of the first two bytes of an id, and the end.
const TABLE: usize = 65_536 + 1;
const SUFFIX: &str = ".index";
const UNFINISHED: &str = "index-";
/// So many records are read at once and searched in memory.
const BLOCK: usize = 256;

/// A cache file that was found sound.
pub(super) struct Cache {
    path: PathBuf,
    file: File,
    records: usize,
    packs: Vec<FileId>,
    covered: Vec<FileId>,
    table: Vec<u32>,
}

#[derive(Clone, Copy)]
struct Counts {
    records: u64,
    packs: u64,
    covered: u64,
}

impl Counts {
    fn bytes(self) -> Option<u64> {
        let records = self.records.checked_mul(Record::BYTES as u64)?;
        let ids = self.packs.checked_add(self.covered)?.checked_mul(32)?;
        records.checked_add(ids)?.checked_add((HEADER + TABLE * 4) as u64)
    }
}

fn header(repository: RepositoryId, counts: Counts, body: [u8; 32]) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    header[..8].copy_from_slice(MAGIC);
    header[8..40].copy_from_slice(&repository.0);
    header[40..48].copy_from_slice(&counts.records.to_le_bytes());
    header[48..56].copy_from_slice(&counts.packs.to_le_bytes());
    header[56..64].copy_from_slice(&counts.covered.to_le_bytes());
    header[64..96].copy_from_slice(&body);
    let sum = Sha256::digest(&header[..96]);
    header[96..].copy_from_slice(&sum[..16]);
    header
}

/// The cache file of the highest number in a folder; older ones are removed.
fn newest(folder: &Path) -> Option<PathBuf> {
    let mut files: Vec<(u64, PathBuf)> = fs::read_dir(folder)
        .ok()?
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let name = path.file_name()?.to_str()?.strip_suffix(SUFFIX)?;
            Some((name.parse().ok()?, path.clone()))
        })
        .collect();
    files.sort();
    let (_, newest) = files.pop()?;
    for (_, old) in files {
        // Another process may still have it mapped; it goes another time.
        drop(fs::remove_file(old));
    }
    Some(newest)
}

fn number_of(path: &Path) -> u64 {
    path.file_stem().and_then(|stem| stem.to_str()?.parse().ok()).unwrap_or(0)
}

impl Cache {
    /// Removes what a process that was killed left unfinished.
    pub fn sweep(folder: &Path) {
        const A_DAY: std::time::Duration = std::time::Duration::from_secs(24 * 3600);
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let unfinished = entry.file_name().as_encoded_bytes().starts_with(UNFINISHED.as_bytes());
            let age = entry.metadata().and_then(|metadata| metadata.modified());
            let old = age.is_ok_and(|at| at.elapsed().is_ok_and(|age| age > A_DAY));
            if unfinished && old {
                // It costs only room; the next opening tries again.
                drop(fs::remove_file(entry.path()));
            }
        }
    }

    /// The newest cache file, verified whole. `Ok(None)` where there is none, an error with the
    /// reason where it cannot be trusted.
    pub fn open(folder: &Path, repository: RepositoryId) -> Result<Option<Self>, String> {
        match newest(folder) {
            Some(path) => Self::verified(path, repository).map(Some),
            None => Ok(None),
        }
    }

    fn verified(path: PathBuf, repository: RepositoryId) -> Result<Self, String> {
        let text = |error: std::io::Error| error.to_string();
        let file = File::open(&path).map_err(text)?;
        let size = file.metadata().map_err(text)?.len();
        let mut reader = BufReader::with_capacity(1 << 20, &file);
        let mut head = [0; HEADER];
        reader.read_exact(&mut head).map_err(text)?;
        let number = |at: usize| {
            let mut bytes = [0; 8];
            bytes.copy_from_slice(&head[at..at + 8]);
            u64::from_le_bytes(bytes)
        };
        let counts = Counts { records: number(40), packs: number(48), covered: number(56) };
        let mut body = [0; 32];
        body.copy_from_slice(&head[64..96]);
        if head != header(repository, counts, body) {
            return Err("the header is of another version or repository".into());
        }
        if counts.bytes() != Some(size) {
            return Err("the file has the wrong length".into());
        }
        let mut hash = Sha256::new();
        std::io::copy(&mut reader, &mut hash).map_err(text)?;
        if hash.finalize()[..] != body {
            return Err("the checksum is wrong".into());
        }
        let text = |error: std::io::Error| error.to_string();
        let tail = (HEADER as u64) + counts.records * Record::BYTES as u64;
        reader.seek(SeekFrom::Start(tail)).map_err(text)?;
        let packs = ids(&mut reader, counts.packs).map_err(text)?;
        let covered = ids(&mut reader, counts.covered).map_err(text)?;
        let mut table = vec![0; TABLE * 4];
        reader.read_exact(&mut table).map_err(text)?;
        drop(reader);
        let words =
            table.chunks_exact(4).map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]]));
        Ok(Self { path, records: counts.records as usize, packs, covered, table: words.collect(), file })
    }

    pub fn len(&self) -> usize {
        self.records
    }

    pub fn packs(&self) -> u32 {
        self.packs.len() as u32
    }

    pub fn pack(&self, number: u32) -> Option<FileId> {
        self.packs.get(number as usize).copied()
    }

    pub fn pack_ids(&self) -> Vec<FileId> {
        self.packs.clone()
    }

    pub fn covered(&self) -> Vec<FileId> {
        self.covered.clone()
    }

    /// Records from number `first` on.
    fn block(&self, first: usize, count: usize) -> std::io::Result<Vec<u8>> {
        let mut block = vec![0; count * Record::BYTES];
        read_exact_at(&self.file, &mut block, (HEADER + first * Record::BYTES) as u64)?;
        Ok(block)
    }

    /// Where a blob lies. A cache that cannot be read knows nothing: what is looked for is then stored again.
    pub fn find(&self, key: &Key) -> Option<Place> {
        self.search(key).unwrap_or_else(|error| {
            tracing::warn!(%error, "the index cache cannot be read");
            None
        })
    }

    fn search(&self, key: &Key) -> std::io::Result<Option<Place>> {
        let bucket = usize::from(u16::from_be_bytes([key.id.0[0], key.id.0[1]]));
        let (mut low, mut high) = (self.table[bucket] as usize, self.table[bucket + 1] as usize);
        while high - low > BLOCK {
            let middle = low + (high - low) / 2;
            let record = record(&self.block(middle, 1)?);
            if record.key <= *key { low = middle } else { high = middle }
        }
        let block = self.block(low, high - low)?;
        let mut found = block.chunks_exact(Record::BYTES).map(record);
        Ok(found.find(|record| record.key == *key).map(|record| record.place))
    }

    /// All records in order.
    pub fn read(&self) -> std::io::Result<impl Iterator<Item = std::io::Result<Record>> + use<>> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(HEADER as u64))?;
        Ok(records(file, self.records))
    }

    /// Removes the file.
    pub fn discard(self) {
        let path = self.path.clone();
        drop(self);
        // One that stays is found to cover index files that are gone, and is built anew.
        drop(fs::remove_file(path));
    }
}

fn record(bytes: &[u8]) -> Record {
    let mut whole = [0; Record::BYTES];
    whole.copy_from_slice(bytes);
    Record::from_bytes(&whole)
}

fn ids(from: &mut impl Read, count: u64) -> std::io::Result<Vec<FileId>> {
    let mut id = [0; 32];
    (0..count).map(|_| from.read_exact(&mut id).map(|()| FileId(id))).collect()
}

/// `count` records read from a file.
pub(super) fn records(file: File, count: usize) -> impl Iterator<Item = std::io::Result<Record>> + use<> {
    let mut reader = BufReader::with_capacity(Record::BYTES * 4096, file);
    (0..count).map(move |_| {
        let mut bytes = [0; Record::BYTES];
        reader.read_exact(&mut bytes)?;
        Ok(Record::from_bytes(&bytes))
    })
}

/// Writes sorted records as the next cache file of a folder. Of equal keys the first stays.
pub(super) fn write(
    folder: &Path,
    repository: RepositoryId,
    records: impl Iterator<Item = std::io::Result<Record>>,
    packs: &[FileId],
    covered: &[FileId],
) -> std::io::Result<PathBuf> {
    let next = newest(folder).map_or(0, |path| number_of(&path)) + 1;
    let mut unfinished = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(folder)?;
    let body = write_body(unfinished.as_file_mut(), records, packs, covered)?;
    let file = unfinished.as_file_mut();
    file.seek(SeekFrom::Start(0))?;
    file.write_all(&header(repository, body.0, body.1))?;
    let path = folder.join(format!("{next}{SUFFIX}"));
    unfinished.persist(&path).map_err(|error| error.error)?;
    Ok(path)
}

/// Writes room for the header and all that follows it; gives the counts and the checksum.
fn write_body(
    file: &mut File,
    records: impl Iterator<Item = std::io::Result<Record>>,
    packs: &[FileId],
    covered: &[FileId],
) -> std::io::Result<(Counts, [u8; 32])> {
    let mut out = Hashing { hash: Sha256::new(), to: BufWriter::with_capacity(1 << 20, file) };
    out.to.write_all(&[0; HEADER])?;
    let mut table = vec![0u32; TABLE];
    let (mut count, mut last) = (0u32, None);
    for record in records {
        let record = record?;
        if last == Some(record.key) {
            continue;
        }
        last = Some(record.key);
        out.write(&record.to_bytes())?;
        count = count.checked_add(1).ok_or_else(|| std::io::Error::other("too many blobs"))?;
        let bucket = usize::from(u16::from_be_bytes([record.key.id.0[0], record.key.id.0[1]]));
        table[bucket + 1] = count;
    }
    for id in packs.iter().chain(covered) {
        out.write(&id.0)?;
    }
    let mut end = 0;
    for entry in &mut table {
        end = end.max(*entry);
        out.write(&end.to_le_bytes())?;
    }
    out.to.flush()?;
    let counts = Counts { records: count.into(), packs: packs.len() as u64, covered: covered.len() as u64 };
    Ok((counts, out.hash.finalize().into()))
}

struct Hashing<W> {
    hash: Sha256,
    to: W,
}

impl<W: Write> Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.hash.update(bytes);
        self.to.write_all(bytes)
    }
}
