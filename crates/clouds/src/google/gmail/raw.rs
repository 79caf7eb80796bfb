//! Takes a message's bytes out of `{"id":…,"raw":"<base64url>",…}` while it streams by, so that a large mail is never
//! in memory: neither as JSON nor as text nor as bytes. Everything around `raw` is kept and parsed at the end.

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::contract::{CloudError, ErrorKind};
use crate::http::malformed;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
/// Everything in the answer but the message itself is never larger.
const REST_LIMIT: usize = 1024 * 1024;

/// Reads one answer, piece by piece.
pub(super) struct RawReader {
    place: Place,
    /// The JSON without the content of `raw`.
    rest: Vec<u8>,
    depth: u32,
    /// Where in `rest` the string that is being read starts.
    string: Option<usize>,
    escaped: bool,
    /// The last string on the first level was `raw`, and whether the colon came.
    raw_key: RawKey,
    /// Base64 that does not make a whole group yet; the last group is always held back, as it may be padded.
    held: Vec<u8>,
    escape: Vec<u8>,
    /// Decoded bytes that nobody has taken yet.
    pub(super) decoded: Vec<u8>,
    has_raw: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Json,
    Raw,
    RawEscape,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum RawKey {
    No,
    Key,
    Colon,
}

impl RawReader {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            place: Place::Json,
            rest: Vec::with_capacity(512),
            depth: 0,
            string: None,
            escaped: false,
            raw_key: RawKey::No,
            held: Vec::with_capacity(8),
            escape: Vec::new(),
            decoded: Vec::with_capacity(capacity),
            has_raw: false,
        }
    }

    /// Reads the next piece of the answer.
    pub(super) fn read(&mut self, mut piece: &[u8]) -> Result<(), CloudError> {
        while !piece.is_empty() {
            piece = match self.place {
                Place::Json => self.read_json(piece)?,
                Place::Raw => self.read_raw(piece)?,
                Place::RawEscape => self.read_escape(piece)?,
            };
        }
        Ok(())
    }

    /// The JSON around the message. Fails where the answer or the message is not whole.
    pub(super) fn finish(self) -> Result<(Vec<u8>, Vec<u8>), CloudError> {
        if self.place != Place::Json || self.depth > 0 || self.rest.is_empty() {
            return Err(malformed("notJson", "the answer ends in the middle"));
        }
        if !self.has_raw {
            let web_page = self.rest.trim_ascii_start().starts_with(b"<");
            let what = if web_page {
                "a web page came where JSON was expected"
            } else {
                "the answer holds no message"
            };
            return Err(malformed("notJson", what));
        }
        Ok((self.rest, self.decoded))
    }

    fn read_json<'a>(&mut self, piece: &'a [u8]) -> Result<&'a [u8], CloudError> {
        for (place, &byte) in piece.iter().enumerate() {
            if self.rest.len() >= REST_LIMIT {
                let detail = "there is more around the message than there can be";
                return Err(CloudError::new(ErrorKind::Fatal, "answerTooLarge", detail));
            }
            self.rest.push(byte);
            if let Some(start) = self.string {
                match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => {
                        let is_raw = self.depth == 1 && self.rest.get(start..) == Some(b"raw\"");
                        self.raw_key = if is_raw { RawKey::Key } else { RawKey::No };
                        self.string = None;
                    }
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' if self.raw_key == RawKey::Colon => {
                    if self.has_raw {
                        return Err(malformed("malformedContent", "the answer holds two messages"));
                    }
                    self.has_raw = true;
                    self.place = Place::Raw;
                    return Ok(&piece[place + 1..]);
                }
                b'"' => self.string = Some(self.rest.len()),
                b':' if self.raw_key == RawKey::Key => self.raw_key = RawKey::Colon,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => self.depth = self.depth.saturating_sub(1),
                b' ' | b'\n' | b'\r' | b'\t' => {}
                _ => self.raw_key = RawKey::No,
            }
        }
        Ok(&[])
    }

    fn read_raw<'a>(&mut self, piece: &'a [u8]) -> Result<&'a [u8], CloudError> {
        let Some(end) = memchr::memchr2(b'"', b'\\', piece) else {
            self.decode(piece)?;
            return Ok(&[]);
        };
        self.decode(&piece[..end])?;
        if piece[end] == b'\\' {
            self.place = Place::RawEscape;
        } else {
            let held = std::mem::take(&mut self.held);
            BASE64.decode_vec(held, &mut self.decoded).map_err(|_| not_base64())?;
            self.rest.push(b'"');
            self.raw_key = RawKey::No;
            self.place = Place::Json;
        }
        Ok(&piece[end + 1..])
    }

    /// Padding may be written as `\u003d`; nothing else in base64url needs an escape.
    fn read_escape<'a>(&mut self, piece: &'a [u8]) -> Result<&'a [u8], CloudError> {
        let (part, after) = piece.split_at(piece.len().min(5 - self.escape.len()));
        self.escape.extend_from_slice(part);
        if self.escape.len() == 5 {
            if !self.escape.eq_ignore_ascii_case(b"u003d") {
                return Err(not_base64());
            }
            self.escape.clear();
            self.place = Place::Raw;
            self.decode(b"=")?;
        }
        Ok(after)
    }

    fn decode(&mut self, mut text: &[u8]) -> Result<(), CloudError> {
        if !self.held.is_empty() && !text.is_empty() {
            let missing = (8 - self.held.len()).min(text.len());
            self.held.extend_from_slice(&text[..missing]);
            text = &text[missing..];
            if text.is_empty() && self.held.len() <= 4 {
                return Ok(());
            }
            // One whole group goes; what is left of the held text is looked at together with the rest.
            let held = std::mem::take(&mut self.held);
            let whole = (held.len() - 1) / 4 * 4;
            self.decode_whole(&held[..whole])?;
            if text.is_empty() {
                self.held.extend_from_slice(&held[whole..]);
                return Ok(());
            }
            // Eight were held: four are decoded, four come before the rest.
            self.decode_whole(&held[whole..])?;
        }
        if text.is_empty() {
            return Ok(());
        }
        let whole = (text.len() - 1) / 4 * 4;
        self.decode_whole(&text[..whole])?;
        self.held.extend_from_slice(&text[whole..]);
        Ok(())
    }

    /// Decodes whole groups that are not the last.
    fn decode_whole(&mut self, text: &[u8]) -> Result<(), CloudError> {
        if text.is_empty() {
            return Ok(());
        }
        let before = self.decoded.len();
        // Padding in the middle is no letter of this alphabet.
        base64_simd::URL_SAFE_NO_PAD.decode_append(text, &mut self.decoded).map_err(|_| not_base64())?;
        if self.decoded.len() - before == text.len() / 4 * 3 { Ok(()) } else { Err(not_base64()) }
    }
}

fn not_base64() -> CloudError {
    malformed("malformedContent", "the message is not valid base64url")
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::{URL_SAFE as PADDED, URL_SAFE_NO_PAD as BARE};
    use proptest::prelude::*;

    use super::*;

    fn read(json: &str, sizes: &[usize]) -> Result<(String, Vec<u8>), CloudError> {
        let mut reader = RawReader::new(0);
        let (mut bytes, mut sizes) = (json.as_bytes(), sizes.iter().cycle());
        while !bytes.is_empty() {
            let (piece, after) = bytes.split_at((*sizes.next().unwrap_or(&1)).clamp(1, bytes.len()));
            reader.read(piece)?;
            bytes = after;
        }
        let (rest, decoded) = reader.finish()?;
        Ok((String::from_utf8(rest).unwrap(), decoded))
    }

    proptest! {
        #[test]
        fn the_bytes_survive_however_they_arrive(
            mail in proptest::collection::vec(any::<u8>(), 0..200),
            sizes in proptest::collection::vec(1_usize..40, 1..6),
            before in any::<bool>(), padded in any::<bool>(), escaped in any::<bool>(),
        ) {
            let mut text = if padded { PADDED.encode(&mail) } else { BARE.encode(&mail) };
            if escaped {
                text = text.replace('=', "\\u003d");
            }
            let (head, tail) = if before { ("\"a\":\"x\\\"raw\",", "") } else { ("", ",\"b\":{\"raw\":\"no\"}") };
            let json = format!("{{{head}\"raw\" : \"{text}\"{tail}}}\n");
            let (rest, decoded) = read(&json, &sizes).unwrap();
            prop_assert_eq!(decoded, mail);
            prop_assert!(serde_json::from_str::<serde_json::Value>(&rest).is_ok(), "{}", rest);
        }

        #[test]
        fn a_part_is_never_taken_for_the_whole(
            mail in proptest::collection::vec(any::<u8>(), 1..100), cut in any::<prop::sample::Index>(),
        ) {
            let json = format!("{{\"id\":\"1\",\"raw\":\"{}\",\"sizeEstimate\":7}}", BARE.encode(&mail));
            prop_assert!(read(&json[..cut.index(json.len())], &[13]).is_err());
        }
    }

    #[test]
    fn what_is_not_a_message_is_refused() {
        let rows = [
            "",
            "{}",
            "[]",
            "<html>raw</html>",
            "{\"raw\":7}",
            "{\"raw\":null}",
            "{\"a\":{\"raw\":\"aaaa\"}}",
            "{\"raw\":\"a b\"}",
            "{\"raw\":\"aaa\u{e9}\"}",
            "{\"raw\":\"aa==aaaa\"}",
            "{\"raw\":\"a\"}",
            "{\"raw\":\"aa\\u0041a\"}",
            "{\"raw\":\"aa\\n\"}",
            "{\"raw\":\"aaaa\",\"raw\":\"bbbb\"}",
            "{\"raw\":\"aa++\"}",
        ];
        for json in rows {
            for size in [1, 3, 100] {
                assert!(read(json, &[size]).is_err(), "{json}");
            }
        }
    }
}
