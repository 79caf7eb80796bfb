//! The recovery key: twelve words of the BIP-39 English list joined by hyphens. It is the password of the
//! Repository, character for character, so that any restic opens it.
//!
//! Word list: <https://github.com/bitcoin/bips/blob/master/bip-0039/english.txt>. The words carry 132 bits from the
//! system's random numbers; there is no checksum word, since opening the Repository is the check.

use bip39::Language;
use qrcode::QrCode;
use qrcode::render::{svg, unicode};
use rand::TryRngCore as _;
use zeroize::Zeroizing;

use crate::UserError;

/// Words in a key.
pub const WORDS: usize = 12;
/// Bits that a word stands for.
const BITS: u32 = 11;

/// A recovery key in its one written form. It has no `Debug` and is wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryKey(Zeroizing<String>);

impl RecoveryKey {
    /// A new key from the system's random numbers.
    pub fn generate() -> Result<Self, UserError> {
        let mut random = Zeroizing::new([0_u8; WORDS * 2]);
        rand::rngs::OsRng
            .try_fill_bytes(random.as_mut())
            .map_err(|error| UserError::of("random.failed", error.to_string()))?;
        let list = Language::English.word_list();
        let mask = (1_usize << BITS) - 1;
        let indices =
            random.chunks_exact(2).map(|pair| usize::from(u16::from_le_bytes([pair[0], pair[1]])) & mask);
        let mut key = Zeroizing::new(String::with_capacity(WORDS * 9));
        for index in indices {
            if !key.is_empty() {
                key.push('-');
            }
            key.push_str(list[index]);
        }
        Ok(Self(key))
    }

    /// Reads a key as a person types it: any case, words parted by hyphens, blanks or line breaks, numbered or not.
    pub fn parse(text: &str) -> Result<Self, UserError> {
        let lower = Zeroizing::new(text.to_lowercase());
        let words: Vec<&str> =
            lower.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).collect();
        // The words themselves stay out of the message: most of them are right.
        if words.len() != WORDS {
            let found = words.len();
            return Err(UserError::of(
                "input.recovery_key",
                format!("it has {found} words instead of {WORDS}"),
            ));
        }
        let mut key = Zeroizing::new(String::with_capacity(WORDS * 9));
        for (index, word) in words.iter().enumerate() {
            if Language::English.find_word(word).is_none() {
                let number = index + 1;
                return Err(UserError::of(
                    "input.recovery_key",
                    format!("word {number} is not in the list of words"),
                ));
            }
            if index > 0 {
                key.push('-');
            }
            key.push_str(word);
        }
        Ok(Self(key))
    }

    /// The key as it is written, which is the password of the Repository.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A QR code of the key for a page or a print.
    pub fn qr_svg(&self) -> Result<Zeroizing<String>, UserError> {
        Ok(Zeroizing::new(self.qr()?.render::<svg::Color<'_>>().min_dimensions(240, 240).build()))
    }

    /// A QR code of the key for a terminal with a dark background or a light one.
    pub fn qr_text(&self) -> Result<Zeroizing<String>, UserError> {
        Ok(Zeroizing::new(self.qr()?.render::<unicode::Dense1x2>().build()))
    }

    fn qr(&self) -> Result<QrCode, UserError> {
        QrCode::new(self.0.as_bytes()).map_err(|error| UserError::of("defect", error.to_string()))
    }
}

/// True for text that could be a recovery key: logs leave it out.
pub(crate) fn looks_like_key(words: &[&str]) -> bool {
    words.len() == WORDS && words.iter().all(|word| Language::English.find_word(word).is_some())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_key_survives_the_ways_people_type_it() {
        let key = RecoveryKey::generate().unwrap();
        let written = key.as_str().to_owned();
        let numbered: String =
            written.split('-').enumerate().map(|(i, word)| format!("{}. {word}\n", i + 1)).collect();
        let typed = [
            written.clone(),
            written.to_uppercase(),
            written.replace('-', " "),
            format!("  {}\r\n", written.replace('-', "  \n")),
            written.replace('-', " - "),
            numbered,
        ];
        for text in typed {
            assert!(RecoveryKey::parse(&text).unwrap() == key, "{text}");
        }
    }

    #[test]
    fn what_is_no_key_is_told_without_repeating_it() {
        let key = RecoveryKey::generate().unwrap();
        let one_wrong = key.as_str().replacen(key.as_str().split('-').next().unwrap(), "holdfastish", 1);
        let thirteen = format!("{}-zoo", key.as_str());
        for text in ["", "abandon", one_wrong.as_str(), thirteen.as_str(), "\u{0}\u{ffff}"] {
            let Err(error) = RecoveryKey::parse(text) else { panic!("{text} is no key") };
            assert_eq!(error.code, "input.recovery_key");
            let told = format!("{error:?}");
            assert!(!told.contains("holdfastish") && !told.contains("abandon"), "{told}");
        }
    }

    #[test]
    fn keys_use_the_whole_list_and_do_not_repeat() {
        let keys: Vec<_> = (0..300).map(|_| RecoveryKey::generate().unwrap()).collect();
        let distinct: HashSet<_> = keys.iter().map(RecoveryKey::as_str).collect();
        assert_eq!(distinct.len(), keys.len());
        let words: HashSet<_> = keys.iter().flat_map(|key| key.as_str().split('-')).collect();
        // 3,600 draws from 2,048 words: far fewer than 1,500 distinct ones would mean lost bits.
        assert!(words.len() > 1500, "{}", words.len());
    }

    #[test]
    fn the_qr_code_holds_exactly_the_key() {
        let key = RecoveryKey::parse(&["zoo"; WORDS].join("-")).unwrap();
        let same = QrCode::new(key.as_str()).unwrap();
        assert_eq!(*key.qr_text().unwrap(), same.render::<unicode::Dense1x2>().build());
        assert!(key.qr_svg().unwrap().contains("<svg"));
    }
}
