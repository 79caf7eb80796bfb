//! Content of test Items: bytes that are given, or any number of bytes made from a seed when they are read.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use sha2::{Digest, Sha256};

/// Bytes that an Item holds. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Blob(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    source: Source,
    sha256: OnceLock<String>,
}

#[derive(Debug)]
enum Source {
    Given(Bytes),
    Made { seed: u64, size: u64 },
}

impl Blob {
    /// These bytes.
    pub fn new(bytes: impl Into<Bytes>) -> Self {
        Self::from_source(Source::Given(bytes.into()))
    }

    /// `size` bytes that do not compress, the same for the same seed, which take no memory.
    pub fn made(seed: u64, size: u64) -> Self {
        Self::from_source(Source::Made { seed, size })
    }

    fn from_source(source: Source) -> Self {
        Self(Arc::new(Inner { source, sha256: OnceLock::new() }))
    }

    /// Number of bytes.
    pub fn size(&self) -> u64 {
        match &self.0.source {
            Source::Given(bytes) => bytes.len() as u64,
            Source::Made { size, .. } => *size,
        }
    }

    /// At most `most` bytes from `offset` on; empty at the end.
    pub fn chunk(&self, offset: u64, most: usize) -> Bytes {
        let size = self.size();
        let start = offset.min(size);
        let end = start.saturating_add(most as u64).min(size);
        match &self.0.source {
            Source::Given(bytes) => bytes.slice(start as usize..end as usize),
            Source::Made { seed, .. } => {
                let first = start / 8;
                let words = (first..end.div_ceil(8)).flat_map(|word| mix(*seed, word).to_le_bytes());
                words.skip((start - first * 8) as usize).take((end - start) as usize).collect()
            }
        }
    }

    /// All bytes; for small contents.
    pub fn bytes(&self) -> Bytes {
        self.chunk(0, usize::MAX)
    }

    /// SHA-256 in lower-case hexadecimal.
    pub fn sha256(&self) -> &str {
        self.0.sha256.get_or_init(|| {
            let mut hash = Sha256::new();
            let mut offset = 0;
            loop {
                let chunk = self.chunk(offset, 1 << 20);
                if chunk.is_empty() {
                    return hex(&hash.finalize());
                }
                offset += chunk.len() as u64;
                hash.update(&chunk);
            }
        })
    }
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// SplitMix64 of the place: the same word wherever reading starts.
fn mix(seed: u64, word: u64) -> u64 {
    let mut z =
        seed.wrapping_mul(0xd134_2543_de82_ef95).wrapping_add(word.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_chunk_equals_the_same_part_of_the_whole() {
        let blob = Blob::made(7, 1_003);
        let whole = blob.bytes();
        assert_eq!(whole.len(), 1_003);
        for (offset, most) in [(0, 1), (1, 7), (5, 900), (8, 8), (999, 50), (1_003, 9), (5_000, 1)] {
            let expected = whole.slice(offset.min(1_003)..(offset + most).min(1_003).max(offset.min(1_003)));
            assert_eq!(blob.chunk(offset as u64, most), expected, "{most} from {offset}");
        }
        assert_eq!(blob.sha256(), Blob::new(whole).sha256());
        assert_ne!(blob.sha256(), Blob::made(8, 1_003).sha256());
    }
}
