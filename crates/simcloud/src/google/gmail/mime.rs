//! The MIME structure of a message, as `format=full` and `format=metadata` show it. It reads
//! broken messages too: whatever cannot be read stays in one part.

use std::borrow::Cow;

use base64::Engine as _;
use base64::alphabet::STANDARD as STANDARD_ALPHABET;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD_ALPHABET,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);
/// Parts nested deeper stay unread.
const MAX_DEPTH: usize = 20;

/// A part of a message, or the whole.
pub(super) struct Part<'a> {
    /// `""` for the whole, then `0`, `0.1`…
    pub(super) id: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) mime_type: String,
    pub(super) filename: String,
    body: &'a [u8],
    encoding: String,
    pub(super) parts: Vec<Part<'a>>,
}

impl<'a> Part<'a> {
    /// Reads a message.
    pub(super) fn parse(raw: &'a [u8]) -> Self {
        Self::read(raw, String::new(), 0)
    }

    fn read(raw: &'a [u8], id: String, depth: usize) -> Self {
        let (head, body) = split_head(raw);
        let headers = read_headers(head);
        let find =
            |name: &str| headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str());
        let content_type = find("content-type").unwrap_or("text/plain").to_owned();
        let mime_type = content_type.split(';').next().unwrap_or("").trim().to_lowercase();
        let disposition = find("content-disposition").unwrap_or("");
        let filename = parameter(disposition, "filename")
            .or_else(|| parameter(&content_type, "name"))
            .unwrap_or_default();
        let encoding = find("content-transfer-encoding").unwrap_or("").trim().to_lowercase();
        let boundary = parameter(&content_type, "boundary")
            .filter(|_| mime_type.starts_with("multipart/") && depth < MAX_DEPTH);
        let parts = match boundary {
            Some(boundary) => sections(body, boundary.as_bytes())
                .into_iter()
                .enumerate()
                .map(|(n, section)| {
                    let id = if id.is_empty() { n.to_string() } else { format!("{id}.{n}") };
                    Self::read(section, id, depth + 1)
                })
                .collect(),
            None => Vec::new(),
        };
        Self { id, mime_type, filename, body, encoding, parts, headers }
    }

    /// The body without its transfer encoding; empty where there are parts.
    pub(super) fn decoded(&self) -> Cow<'a, [u8]> {
        if !self.parts.is_empty() {
            return Cow::Borrowed(&[]);
        }
        match self.encoding.as_str() {
            "base64" => {
                let clean: Vec<u8> = self
                    .body
                    .iter()
                    .copied()
                    .filter(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'))
                    .collect();
                match LENIENT.decode(&clean) {
                    Ok(bytes) => Cow::Owned(bytes),
                    Err(_) => Cow::Borrowed(self.body),
                }
            }
            "quoted-printable" => Cow::Owned(quoted_printable(self.body)),
            _ => Cow::Borrowed(self.body),
        }
    }

    /// A part by its id.
    pub(super) fn find(&self, id: &str) -> Option<&Part<'a>> {
        if self.id == id {
            return Some(self);
        }
        self.parts.iter().find_map(|p| p.find(id))
    }

    /// The first text, and whether it is HTML.
    pub(super) fn first_text(&self) -> Option<(String, bool)> {
        if self.parts.is_empty() {
            let is_html = self.mime_type == "text/html";
            let is_text = is_html || self.mime_type == "text/plain" || self.mime_type.is_empty();
            return (is_text && self.filename.is_empty())
                .then(|| (String::from_utf8_lossy(&self.decoded()).into_owned(), is_html));
        }
        self.parts.iter().find_map(Part::first_text)
    }
}

/// Head and body at the first empty line.
fn split_head(raw: &[u8]) -> (&[u8], &[u8]) {
    if let Some(body) = raw.strip_prefix(b"\r\n").or_else(|| raw.strip_prefix(b"\n")) {
        return (&[], body);
    }
    let mut at = 0;
    while let Some(end) = raw[at..].iter().position(|b| *b == b'\n').map(|p| at + p + 1) {
        let rest = &raw[end..];
        if let Some(body) = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n")) {
            return (&raw[..end], body);
        }
        at = end;
    }
    (raw, &[])
}

fn read_headers(head: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(head);
    let mut headers: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = headers.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            headers.push((name.trim_end().to_owned(), value.trim().to_owned()));
        }
    }
    for (_, value) in &mut headers {
        if value.contains("=?") {
            *value = decode_words(value);
        }
    }
    headers
}

/// A parameter of a structured header; `name*=charset''…` is read too.
fn parameter(value: &str, name: &str) -> Option<String> {
    value.split(';').skip(1).find_map(|parameter| {
        let (key, value) = parameter.split_once('=')?;
        let key = key.trim().to_lowercase();
        if key == name {
            return Some(value.trim().trim_matches('"').to_owned());
        }
        if key == format!("{name}*") {
            let text = value.trim().trim_matches('"').rsplit("''").next().unwrap_or("");
            return Some(crate::google::routes::percent_decode(text));
        }
        None
    })
}

fn sections<'a>(body: &'a [u8], boundary: &[u8]) -> Vec<&'a [u8]> {
    let mut found = Vec::new();
    let mut start: Option<usize> = None;
    let mut at = 0;
    while at < body.len() {
        let end = body[at..].iter().position(|b| *b == b'\n').map_or(body.len(), |p| at + p + 1);
        let line = body[at..end].trim_ascii_end();
        if let Some(rest) = line.strip_prefix(b"--").and_then(|l| l.strip_prefix(boundary)) {
            if let Some(start) = start.take() {
                found.push(without_line_end(&body[start..at]));
            }
            if rest.starts_with(b"--") {
                return found;
            }
            start = Some(end);
        }
        at = end;
    }
    if let Some(start) = start {
        found.push(&body[start..]);
    }
    found
}

fn without_line_end(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

fn quoted_printable(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut at = 0;
    while at < body.len() {
        if body[at] != b'=' {
            out.push(body[at]);
            at += 1;
            continue;
        }
        let rest = &body[at + 1..];
        if rest.starts_with(b"\r\n") {
            at += 3;
        } else if rest.starts_with(b"\n") {
            at += 2;
        } else if let Some(byte) = rest
            .get(..2)
            .and_then(|h| std::str::from_utf8(h).ok())
            .and_then(|h| u8::from_str_radix(h, 16).ok())
        {
            out.push(byte);
            at += 3;
        } else {
            out.push(b'=');
            at += 1;
        }
    }
    out
}

/// `=?utf-8?B?…?=` in a header; other character sets than UTF-8 and Latin-1 stay as they are.
fn decode_words(value: &str) -> String {
    let mut out = String::new();
    let mut rest = value;
    while let Some(start) = rest.find("=?") {
        let word = &rest[start + 2..];
        let Some((decoded, after)) = encoded_word(word) else {
            out.push_str(&rest[..start + 2]);
            rest = word;
            continue;
        };
        let between = &rest[..start];
        if !between.trim().is_empty() || out.is_empty() {
            out.push_str(between);
        }
        out.push_str(&decoded);
        rest = after;
    }
    out.push_str(rest);
    out
}

fn encoded_word(word: &str) -> Option<(String, &str)> {
    let (charset, rest) = word.split_once('?')?;
    let (encoding, rest) = rest.split_once('?')?;
    let (text, after) = rest.split_once("?=")?;
    let bytes = match encoding {
        "B" | "b" => LENIENT.decode(text).ok()?,
        "Q" | "q" => quoted_printable(text.replace('_', " ").as_bytes()),
        _ => return None,
    };
    let decoded = match charset.to_lowercase().as_str() {
        "utf-8" | "us-ascii" => String::from_utf8_lossy(&bytes).into_owned(),
        "iso-8859-1" => bytes.iter().map(|b| char::from(*b)).collect(),
        _ => return None,
    };
    Some((decoded, after))
}
