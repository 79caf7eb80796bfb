//! restic's seal: AES-256 in counter mode with Poly1305-AES, and the password type.
//!
//! A sealed text is a random nonce of 16 bytes, the ciphertext, and a tag of 16 bytes; see
//! <https://github.com/restic/restic/blob/master/doc/design.rst#keys-encryption-and-mac>.

use aes256ctr_poly1305aes::aead::AeadInPlace;
use aes256ctr_poly1305aes::{Aes256CtrPoly1305Aes, Key, Nonce, Tag};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::error::VaultError;

/// Bytes a seal adds: nonce and tag.
pub(crate) const OVERHEAD: usize = 32;
const NONCE: usize = 16;
const TAG: usize = 16;

/// A password of the Repository. It cannot be printed and is wiped when dropped.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// Takes the text over.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text itself, to be kept in the keychain or shown to its owner.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Password {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl From<&str> for Password {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

/// The master key: encryption key (32 bytes), then the two halves of the authentication key.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(crate) struct Crypt {
    key: [u8; 64],
}

impl Crypt {
    /// The key of its three parts as restic keeps them: 32, 16 and 16 bytes.
    pub fn new(encrypt: &[u8], mac_k: &[u8], mac_r: &[u8]) -> Result<Self, VaultError> {
        if (encrypt.len(), mac_k.len(), mac_r.len()) != (32, 16, 16) {
            return Err(VaultError::damaged("the master key has the wrong length"));
        }
        let mut key = [0; 64];
        key[..32].copy_from_slice(encrypt);
        key[32..48].copy_from_slice(mac_k);
        key[48..].copy_from_slice(mac_r);
        Ok(Self { key })
    }

    /// The parts again, in the order of [`Crypt::new`].
    pub fn parts(&self) -> (&[u8], &[u8], &[u8]) {
        (&self.key[..32], &self.key[32..48], &self.key[48..])
    }

    fn cipher(&self) -> Aes256CtrPoly1305Aes {
        Aes256CtrPoly1305Aes::new(Key::from_slice(&self.key))
    }

    /// Appends the sealed `plain` to `out`.
    pub fn seal_into(&self, plain: &[u8], out: &mut Vec<u8>) -> Result<(), VaultError> {
        let mut nonce = Nonce::default();
        rand::fill(nonce.as_mut_slice());
        out.reserve(plain.len() + OVERHEAD);
        out.extend_from_slice(&nonce);
        let start = out.len();
        out.extend_from_slice(plain);
        let tag = self
            .cipher()
            .encrypt_in_place_detached(&nonce, &[], &mut out[start..])
            .map_err(|_| VaultError::damaged("too long to be sealed"))?;
        out.extend_from_slice(&tag);
        Ok(())
    }

    pub fn seal(&self, plain: &[u8]) -> Result<Vec<u8>, VaultError> {
        let mut out = Vec::with_capacity(plain.len() + OVERHEAD);
        self.seal_into(plain, &mut out)?;
        Ok(out)
    }

    /// The plain text of a sealed one, or `None` where it was not sealed by this key or was changed.
    pub fn unseal(&self, sealed: &[u8]) -> Option<Vec<u8>> {
        let mut plain = Vec::new();
        self.unseal_into(sealed, &mut plain).then_some(plain)
    }

    /// As [`unseal`](Self::unseal), into a buffer that is used again. False where it failed.
    #[must_use]
    pub fn unseal_into(&self, sealed: &[u8], plain: &mut Vec<u8>) -> bool {
        plain.clear();
        let Some(body) = sealed.len().checked_sub(OVERHEAD) else {
            return false;
        };
        let nonce = Nonce::from_slice(&sealed[..NONCE]);
        let tag = Tag::from_slice(&sealed[NONCE + body..][..TAG]);
        plain.extend_from_slice(&sealed[NONCE..NONCE + body]);
        self.cipher().decrypt_in_place_detached(nonce, &[], plain, tag).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crypt() -> Crypt {
        Crypt::new(&[7; 32], &[8; 16], &[9; 16]).unwrap()
    }

    #[test]
    fn sealed_text_opens_only_unchanged() {
        let crypt = crypt();
        let sealed = crypt.seal(b"a label").unwrap();
        assert_eq!(sealed.len(), 7 + OVERHEAD);
        assert_eq!(crypt.unseal(&sealed).as_deref(), Some(&b"a label"[..]));
        for i in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[i] ^= 1;
            assert_eq!(crypt.unseal(&changed), None, "byte {i}");
        }
        for short in 0..OVERHEAD {
            assert_eq!(crypt.unseal(&sealed[..short]), None);
        }
    }

    #[test]
    fn sealing_twice_gives_different_bytes() {
        let crypt = crypt();
        assert_ne!(crypt.seal(b"same").unwrap(), crypt.seal(b"same").unwrap());
    }
}
