//! The form in which every Connection's secret is kept: JSON.

use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use crate::contract::{CloudError, ErrorKind};

/// Reads a kept secret. The parser's own words could quote it, and are not told.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, CloudError> {
    serde_json::from_slice(bytes).map_err(|_| {
        CloudError::new(ErrorKind::SignInAgain, "secretUnreadable", "the kept secret cannot be read")
    })
}

/// A secret as it is kept.
pub(crate) fn written(secret: &impl Serialize) -> Result<Zeroizing<Vec<u8>>, CloudError> {
    // Large enough that no half-written copy is left behind by growing.
    let mut bytes = Zeroizing::new(Vec::with_capacity(16 * 1024));
    serde_json::to_writer(&mut *bytes, secret).map_err(|_| {
        CloudError::new(ErrorKind::Fatal, "secretUnwritable", "the secret cannot be written as JSON")
    })?;
    Ok(bytes)
}
