//! A message's bytes as base64url, made while they are sent.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use bytes::Bytes;

/// Length of `bytes` in base64 with padding.
pub(super) fn encoded_length(bytes: u64) -> u64 {
    bytes.div_ceil(3) * 4
}

/// Encodes blocks of any length.
pub(super) struct Encoded<I> {
    blocks: I,
    left: Vec<u8>,
    done: bool,
}

impl<I: Iterator<Item = Bytes>> Encoded<I> {
    pub(super) fn new(blocks: I) -> Self {
        Self { blocks, left: Vec::new(), done: false }
    }
}

impl<I: Iterator<Item = Bytes>> Iterator for Encoded<I> {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        while !self.done {
            match self.blocks.next() {
                Some(block) => self.left.extend_from_slice(&block),
                None => self.done = true,
            }
            let whole = if self.done { self.left.len() } else { self.left.len() / 3 * 3 };
            if whole > 0 {
                let text = URL_SAFE.encode(&self.left[..whole]);
                self.left.drain(..whole);
                return Some(Bytes::from(text));
            }
        }
        None
    }
}
