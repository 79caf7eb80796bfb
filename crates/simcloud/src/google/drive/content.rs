//! The bytes of files: made on the fly from (seed, size), so that terabytes can be served without holding them.
//!
//! Text is words that never repeat in the same order, so that deduplication gains nothing and compression about what
//! it gains on prose. Any range can be made without making what comes before it.

use std::io::{Read as _, Seek as _};
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use md5::Digest as _;

use crate::content::{hex, mix};

/// What is made at once; a range is cut out of whole blocks.
const BLOCK: u64 = 64 * 1024;
/// The size of the pieces in which content is handed out.
const CHUNK: u64 = 256 * 1024;

/// How made bytes look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Style {
    /// Words, which compress as prose does.
    Text,
    /// Noise, which does not compress, like pictures and films.
    Noise,
}

/// Where a file's bytes come from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Content {
    /// Made from a seed.
    Made {
        /// Decides every byte.
        seed: u64,
        /// How many bytes.
        size: u64,
        /// How they look.
        style: Style,
    },
    /// Given by whoever added the file.
    Held(Bytes),
    /// A real file on this machine.
    OnDisk {
        /// Where it lies.
        path: Arc<Path>,
        /// Its size when it was found.
        size: u64,
    },
}

/// The three checksums that Drive gives for a blob, in hexadecimal.
/// <https://developers.google.com/workspace/drive/api/reference/rest/v3/files>
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Hashes {
    /// `md5Checksum`.
    pub md5: String,
    /// `sha1Checksum`.
    pub sha1: String,
    /// `sha256Checksum`.
    pub sha256: String,
}

impl Content {
    /// How many bytes there are.
    #[must_use]
    pub fn size(&self) -> u64 {
        match self {
            Content::Made { size, .. } | Content::OnDisk { size, .. } => *size,
            Content::Held(bytes) => bytes.len() as u64,
        }
    }

    /// The bytes in `range`, in pieces; the range is cut to the size.
    #[must_use]
    pub fn pieces(&self, range: Range<u64>) -> Pieces {
        let end = range.end.min(self.size());
        Pieces { content: self.clone(), at: range.start.min(end), end, file: None }
    }

    /// All checksums, in one pass.
    ///
    /// # Errors
    /// When a file on disk cannot be read.
    pub fn hashes(&self) -> std::io::Result<Hashes> {
        let (mut md5, mut sha1, mut sha256) = (md5::Md5::new(), sha1::Sha1::new(), sha2::Sha256::new());
        for piece in self.pieces(0..self.size()) {
            let piece = piece?;
            md5.update(&piece);
            sha1.update(&piece);
            sha256.update(&piece);
        }
        Ok(Hashes { md5: hex(&md5.finalize()), sha1: hex(&sha1.finalize()), sha256: hex(&sha256.finalize()) })
    }

    /// Everything at once, for small content.
    ///
    /// # Errors
    /// When a file on disk cannot be read.
    pub fn whole(&self) -> std::io::Result<Vec<u8>> {
        let mut all = Vec::new();
        for piece in self.pieces(0..self.size()) {
            all.extend_from_slice(&piece?);
        }
        Ok(all)
    }
}

/// A range of content, piece by piece.
pub struct Pieces {
    content: Content,
    at: u64,
    end: u64,
    file: Option<std::fs::File>,
}

impl Pieces {
    /// How many bytes are left.
    #[must_use]
    pub fn left(&self) -> u64 {
        self.end - self.at
    }

    fn read_disk(&mut self, path: &Path, length: usize) -> std::io::Result<Bytes> {
        let file = match self.file.as_mut() {
            Some(file) => file,
            None => {
                let mut file = std::fs::File::open(path)?;
                file.seek(std::io::SeekFrom::Start(self.at))?;
                self.file.insert(file)
            }
        };
        let mut buffer = vec![0; length];
        file.read_exact(&mut buffer)?;
        Ok(buffer.into())
    }
}

impl Iterator for Pieces {
    type Item = std::io::Result<Bytes>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.end {
            return None;
        }
        // Pieces end on multiples of their size, so that made blocks are made once.
        let end = (self.at / CHUNK * CHUNK + CHUNK).min(self.end);
        let length = usize::try_from(end - self.at).unwrap_or(usize::MAX);
        let piece = match self.content.clone() {
            Content::Held(bytes) => {
                let start = usize::try_from(self.at).unwrap_or(usize::MAX);
                Ok(bytes.slice(start..start + length))
            }
            Content::Made { seed, style, .. } => Ok(made(seed, style, self.at, length)),
            Content::OnDisk { path, .. } => self.read_disk(&path, length),
        };
        // After an error nothing more can be right.
        self.at = if piece.is_ok() { end } else { self.end };
        Some(piece)
    }
}

fn made(seed: u64, style: Style, start: u64, length: usize) -> Bytes {
    let first = start / BLOCK;
    let last = (start + length as u64).div_ceil(BLOCK);
    let mut buffer = Vec::with_capacity(usize::try_from((last - first) * BLOCK).unwrap_or(0));
    for block in first..last {
        let end = buffer.len() + BLOCK as usize;
        match style {
            Style::Text => words(mix(&[seed, block]), end, &mut buffer),
            Style::Noise => noise(mix(&[seed, block]), end, &mut buffer),
        }
    }
    let skip = usize::try_from(start - first * BLOCK).unwrap_or(0);
    Bytes::from(buffer).slice(skip..skip + length)
}

fn noise(seed: u64, end: usize, out: &mut Vec<u8>) {
    let mut random = Random(seed);
    while out.len() < end {
        out.extend_from_slice(&random.next().to_le_bytes());
    }
    out.truncate(end);
}

fn words(seed: u64, end: usize, out: &mut Vec<u8>) {
    let mut random = Random(seed);
    while out.len() < end {
        let mut bits = random.next();
        for _ in 0..5 {
            out.extend_from_slice(VOCABULARY[(bits & 0xfff) as usize].as_bytes());
            bits >>= 12;
        }
        out.extend_from_slice(if bits & 3 == 0 { b".\n" } else { b" " });
    }
    out.truncate(end);
}

/// Four thousand invented words, each with a blank behind it.
static VOCABULARY: LazyLock<Vec<String>> = LazyLock::new(|| {
    const HEADS: [&str; 16] =
        ["ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "ri", "so", "tu", "ve"];
    const MIDDLES: [&str; 16] =
        ["", "l", "n", "r", "s", "la", "me", "ni", "ro", "su", "ta", "ve", "xi", "zo", "nd", "st"];
    const TAILS: [&str; 16] =
        ["a", "en", "is", "or", "um", "al", "ed", "in", "on", "ur", "ar", "es", "it", "ol", "us", "ing"];
    let mut all = Vec::with_capacity(4096);
    for head in HEADS {
        for middle in MIDDLES {
            all.extend(TAILS.iter().map(|tail| format!("{head}{middle}{tail} ")));
        }
    }
    all
});

/// SplitMix64: small, fast and good enough for content.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

/// A number out of a seed and a text.
#[must_use]
pub fn mix_text(seed: u64, text: &str) -> u64 {
    text.bytes().fold(mix(&[seed, text.len() as u64]), |state, byte| mix(&[state, u64::from(byte)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_range_is_the_same_as_cutting_it_from_the_whole() {
        for style in [Style::Text, Style::Noise] {
            let content = Content::Made { seed: 7, size: 700_000, style };
            let whole = content.whole().expect("made");
            assert_eq!(whole.len(), 700_000);
            for range in [0..1, 65_535..65_537, 262_143..524_289, 699_999..700_000, 700_000..700_000] {
                let part: Vec<u8> = content.pieces(range.clone()).flat_map(|p| p.expect("made")).collect();
                let expected = &whole[range.start as usize..range.end as usize];
                assert!(part == expected, "{range:?}");
            }
        }
    }

    #[test]
    fn text_does_not_repeat() {
        let whole = Content::Made { seed: 1, size: 1_000_000, style: Style::Text }.whole().expect("made");
        let mut seen = std::collections::HashSet::new();
        assert!(whole.chunks(64).all(|part| seen.insert(part.to_vec())));
    }
}
