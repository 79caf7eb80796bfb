//! Content-defined cutting exactly as restic does it, so that both find the same chunks.
//!
//! A Rabin fingerprint of the last 64 bytes is rolled along; a chunk ends where its low bits are
//! zero. See <https://github.com/restic/chunker>; the polynomial is the repository's own.

/// Bytes the fingerprint looks back at.
const WINDOW: usize = 64;

/// Sizes of chunks in bytes, from the repository's configuration.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ChunkSizes {
    pub min: usize,
    /// A power of two.
    pub average: usize,
    pub max: usize,
}

/// Finds the ends of chunks. Cheap to share, made once per repository.
pub(crate) struct Chunker {
    out: [u64; 256],
    modulo: [u64; 256],
    shift: u32,
    mask: u64,
    sizes: ChunkSizes,
}

/// How far the current chunk has been looked at.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Scan {
    position: usize,
    digest: u64,
}

fn degree(polynomial: u64) -> u32 {
    63 - polynomial.leading_zeros()
}

fn remainder(mut value: u64, polynomial: u64) -> u64 {
    let degree_p = degree(polynomial);
    while value != 0 && degree(value) >= degree_p {
        value ^= polynomial << (degree(value) - degree_p);
    }
    value
}

impl Chunker {
    /// `None` where polynomial or sizes are not what restic allows.
    pub fn new(polynomial: u64, sizes: ChunkSizes) -> Option<Self> {
        let sane = sizes.average.is_power_of_two()
            && sizes.min > WINDOW
            && sizes.min <= sizes.max
            && sizes.max <= 512 << 20;
        if !sane || !(16..=55).contains(&degree(polynomial.max(1))) {
            return None;
        }
        let append = |hash: u64, byte: u64| remainder(hash << 8 | byte, polynomial);
        let mut out = [0; 256];
        let mut modulo = [0; 256];
        let top = degree(polynomial);
        for byte in 0..256u64 {
            let mut hash = append(0, byte);
            for _ in 0..WINDOW - 1 {
                hash = append(hash, 0);
            }
            out[byte as usize] = hash;
            modulo[byte as usize] = remainder(byte << top, polynomial) | byte << top;
        }
        Some(Self { out, modulo, shift: top - 8, mask: sizes.average as u64 - 1, sizes })
    }

    fn roll(&self, digest: u64, byte: u8) -> u64 {
        let top = (digest >> self.shift) as usize & 255;
        (digest << 8 | u64::from(byte)) ^ self.modulo[top]
    }

    /// Where the chunk that begins `data` ends, or `None` where more data is needed to say. `data`
    /// is all of the chunk so far; `scan` remembers how much of it was seen in earlier calls.
    pub fn end(&self, scan: &mut Scan, data: &[u8]) -> Option<usize> {
        let min = self.sizes.min;
        if data.len() < min {
            return None;
        }
        let mut digest = scan.digest;
        if scan.position < min {
            digest = data[min - WINDOW..min].iter().fold(0, |digest, &byte| self.roll(digest, byte));
            if digest & self.mask == 0 || min == self.sizes.max {
                *scan = Scan::default();
                return Some(min);
            }
            scan.position = min;
        }
        let end = data.len().min(self.sizes.max);
        let start = scan.position;
        let leaving = &data[start - WINDOW..end - WINDOW];
        for (i, (&old, &new)) in leaving.iter().zip(&data[start..end]).enumerate() {
            digest = self.roll(digest ^ self.out[usize::from(old)], new);
            if digest & self.mask == 0 {
                *scan = Scan::default();
                return Some(start + i + 1);
            }
        }
        if end == self.sizes.max {
            *scan = Scan::default();
            return Some(end);
        }
        *scan = Scan { position: end, digest };
        None
    }

    /// The lengths of the chunks of a text that is whole in memory.
    pub fn lengths(&self, mut data: &[u8]) -> Vec<usize> {
        let mut lengths = Vec::new();
        while !data.is_empty() {
            let length = self.end(&mut Scan::default(), data).unwrap_or(data.len());
            lengths.push(length);
            data = &data[length..];
        }
        lengths
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const POLYNOMIAL: u64 = 0x003D_A335_8B4D_C173;

    fn small() -> Chunker {
        let sizes = ChunkSizes { min: 256, average: 512, max: 2048 };
        Chunker::new(POLYNOMIAL, sizes).unwrap()
    }

    proptest! {
        #[test]
        fn pieces_of_any_size_give_the_same_chunks(
            seed in proptest::collection::vec(any::<u8>(), 0..12_000),
            pieces in proptest::collection::vec(1usize..900, 1..40),
        ) {
            let chunker = small();
            let mut lengths = Vec::new();
            let (mut scan, mut chunk, mut at) = (Scan::default(), Vec::new(), 0);
            for size in pieces.iter().cycle() {
                if at == seed.len() {
                    break;
                }
                let next = (at + size).min(seed.len());
                chunk.extend_from_slice(&seed[at..next]);
                at = next;
                while let Some(end) = chunker.end(&mut scan, &chunk) {
                    prop_assert!((256..=2048).contains(&end));
                    lengths.push(end);
                    chunk.drain(..end);
                }
            }
            if !chunk.is_empty() {
                lengths.push(chunk.len());
            }
            prop_assert_eq!(lengths.iter().sum::<usize>(), seed.len());
            prop_assert_eq!(lengths, chunker.lengths(&seed));
        }
    }

    #[test]
    fn impossible_parameters_are_refused() {
        let sizes = |min, average, max| ChunkSizes { min, average, max };
        assert!(Chunker::new(0, sizes(256, 512, 2048)).is_none());
        assert!(Chunker::new(POLYNOMIAL, sizes(256, 513, 2048)).is_none());
        assert!(Chunker::new(POLYNOMIAL, sizes(0, 512, 2048)).is_none());
        assert!(Chunker::new(POLYNOMIAL, sizes(4096, 512, 2048)).is_none());
    }
}
