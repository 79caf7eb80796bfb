//! Compares bytes that stream by with the hash that the cloud states.

use holdfast_model::{ContentHash, HashKind};
use sha1::Digest as _;

use crate::contract::{CloudError, ErrorKind};

/// A hash being made.
pub(super) enum Verifier {
    Nothing,
    Md5(md5::Md5, String),
    Sha1(sha1::Sha1, String),
    Sha256(Box<ring::digest::Context>, String),
}

impl Verifier {
    pub(super) fn new(stated: Option<&ContentHash>) -> Self {
        let Some(hash) = stated else { return Self::Nothing };
        let value = hash.value.clone();
        match hash.kind {
            HashKind::Md5 => Self::Md5(md5::Md5::default(), value),
            HashKind::Sha1 => Self::Sha1(sha1::Sha1::default(), value),
            HashKind::Sha256 => {
                Self::Sha256(Box::new(ring::digest::Context::new(&ring::digest::SHA256)), value)
            }
            // No cloud that is built in states it yet.
            HashKind::QuickXor => Self::Nothing,
        }
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Nothing => {}
            Self::Md5(hash, _) => md5::Digest::update(hash, bytes),
            Self::Sha1(hash, _) => hash.update(bytes),
            Self::Sha256(hash, _) => hash.update(bytes),
        }
    }

    pub(super) fn finish(self) -> Result<(), CloudError> {
        let (is, stated) = match self {
            Self::Nothing => return Ok(()),
            Self::Md5(hash, stated) => (hex(&md5::Digest::finalize(hash)), stated),
            Self::Sha1(hash, stated) => (hex(&hash.finalize()), stated),
            Self::Sha256(hash, stated) => (hex(hash.finish().as_ref()), stated),
        };
        if is.eq_ignore_ascii_case(&stated) {
            return Ok(());
        }
        let detail = format!("the content's hash is {is}, the cloud states {stated}");
        Err(CloudError::new(ErrorKind::Retry { after: None }, "wrongHash", detail))
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
