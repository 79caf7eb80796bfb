//! A secret in memory.

use zeroize::Zeroizing;

use crate::{Result, SecretsError};

/// Bytes that are overwritten when they are dropped. Has no `Debug` and no `Display`, so that it cannot get into
/// a log by accident.
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    pub(crate) fn new(bytes: Zeroizing<Vec<u8>>) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes as text.
    ///
    /// # Errors
    /// [`SecretsError::Damaged`] where they are none.
    pub fn as_str(&self) -> Result<&str> {
        std::str::from_utf8(&self.0).map_err(|_| SecretsError::damaged("a secret that should be text is not"))
    }

    /// The bytes themselves.
    pub fn into_bytes(self) -> Zeroizing<Vec<u8>> {
        self.0
    }
}
