//! Compressing and sealing a blob, and proving that it can be read back before it leaves.

use crate::crypt::{Crypt, OVERHEAD};
use crate::error::VaultError;
use crate::format::sha256;
use crate::id::BlobId;
use crate::pack::Sealed;

/// One thread's compressor and buffers.
pub(crate) struct Sealer {
    compressor: zstd::bulk::Compressor<'static>,
    decompressor: zstd::bulk::Decompressor<'static>,
    compressed: Vec<u8>,
    opened: Vec<u8>,
    raw: Vec<u8>,
}

fn failed(error: std::io::Error) -> VaultError {
    VaultError::io("compressing", error)
}

impl Sealer {
    pub fn new(level: i32) -> Result<Self, VaultError> {
        Ok(Self {
            compressor: zstd::bulk::Compressor::new(level).map_err(failed)?,
            decompressor: zstd::bulk::Decompressor::new().map_err(failed)?,
            compressed: Vec::new(),
            opened: Vec::new(),
            raw: Vec::new(),
        })
    }

    /// Seals `raw`, whose hash is `id`. What zstd cannot make smaller is kept as it is, unless
    /// `always_compress` (trees, which restic expects compressed).
    pub fn seal(
        &mut self,
        crypt: &Crypt,
        id: BlobId,
        raw: &[u8],
        always_compress: bool,
    ) -> Result<Sealed, VaultError> {
        self.compressed.clear();
        self.compressed.reserve(zstd::zstd_safe::compress_bound(raw.len()));
        self.compressor.compress_to_buffer(raw, &mut self.compressed).map_err(failed)?;
        let smaller = self.compressed.len() < raw.len() || always_compress;
        let bytes = crypt.seal(if smaller { &self.compressed } else { raw })?;
        let sealed =
            Sealed { id, bytes, raw_length: (smaller && !raw.is_empty()).then_some(raw.len() as u32) };
        self.verify(crypt, &sealed, raw.len())?;
        Ok(sealed)
    }

    fn verify(&mut self, crypt: &Crypt, sealed: &Sealed, size: usize) -> Result<(), VaultError> {
        let broken = || {
            VaultError::damaged(format!(
                "blob {} could not be read back after sealing: the memory or processor of this \
                 computer may be faulty",
                sealed.id
            ))
        };
        if !crypt.unseal_into(&sealed.bytes, &mut self.opened) {
            return Err(broken());
        }
        let content = match sealed.raw_length {
            None => &self.opened,
            Some(_) => {
                self.raw.clear();
                self.raw.reserve(size);
                self.decompressor
                    .decompress_to_buffer(&self.opened[..], &mut self.raw)
                    .map_err(|_| broken())?;
                &self.raw
            }
        };
        if content.len() != size || sha256(content) != sealed.id.0 {
            return Err(broken());
        }
        debug_assert!(sealed.bytes.len() >= OVERHEAD);
        Ok(())
    }
}
