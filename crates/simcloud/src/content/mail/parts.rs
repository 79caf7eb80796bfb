//! The pieces that mails are made of: headers, encodings, attachments.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rand::Rng;

use super::Letter;
use crate::content::{names, rng, tag, words};

const LINE: usize = 76;
/// Attachments that go from mail to mail.
const SHARED: u64 = 24;

/// `Mon, 3 Nov 2025 10:00:00 +0100`.
pub(super) fn date(ms: i64, offset_hours: i64) -> String {
    let time = jiff::Timestamp::from_millisecond(ms + offset_hours * 3_600_000)
        .unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let sign = if offset_hours < 0 { '-' } else { '+' };
    format!("{} {sign}{:02}00", time.strftime("%a, %-d %b %Y %H:%M:%S"), offset_hours.abs())
}

/// A header value; what is not ASCII becomes encoded words.
pub(super) fn header_text(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let mut words: Vec<String> = Vec::new();
    let mut chunk = String::new();
    for c in text.chars() {
        if chunk.len() + c.len_utf8() > 42 {
            words.push(std::mem::take(&mut chunk));
        }
        chunk.push(c);
    }
    words.push(chunk);
    words.iter().map(|w| format!("=?UTF-8?B?{}?=", STANDARD.encode(w))).collect::<Vec<_>>().join("\r\n ")
}

/// Someone outside the company: display name and address.
pub(super) fn correspondent<R: Rng>(rng: &mut R) -> String {
    let (given, family, local) = names::person(u64::from(rng.next_u32()) % 1200 + 40);
    let host =
        ["example.net", "example.org", "mail.example.net", "shop.example.org"][rng.next_u32() as usize % 4];
    format!("{} <{local}@{host}>", header_text(&format!("{given} {family}")))
}

/// The headers that every mail has, up to and with MIME-Version.
pub(super) fn head<R: Rng>(letter: &Letter<'_>, rng: &mut R, subject: &str, out: &mut String) {
    let other = correspondent(rng);
    let (from, to) =
        if letter.is_sent { (letter.owner.to_owned(), other) } else { (other, letter.owner.to_owned()) };
    if !letter.is_sent {
        out.push_str(&format!("Delivered-To: {}\r\n", letter.owner));
        out.push_str(&format!(
            "Received: from relay{}.example.net (relay.example.net [192.0.2.{}])\r\n        by mx.example.com with ESMTPS id {:x}\r\n        for <{}>; {}\r\n",
            rng.next_u32() % 9, rng.next_u32() % 250, rng.next_u64(), letter.owner, date(letter.date, 0)
        ));
    }
    let offset = [-8, -3, 0, 1, 2, 9][rng.next_u32() as usize % 6];
    out.push_str(&format!("From: {from}\r\nTo: {to}\r\n"));
    if rng.next_u32().is_multiple_of(5) {
        out.push_str(&format!("Cc: {}\r\n", correspondent(rng)));
    }
    out.push_str(&format!(
        "Subject: {}\r\nDate: {}\r\nMessage-ID: {}\r\nMIME-Version: 1.0\r\n",
        header_text(subject),
        date(letter.date, offset),
        message_id(letter)
    ));
}

/// Holds the id, so that a search by it needs no index.
pub(super) fn message_id(letter: &Letter<'_>) -> String {
    format!("<{:016x}.{}@mail.example.com>", letter.id, letter.user)
}

/// Quoted-printable of CRLF text.
pub(super) fn quoted_printable(text: &str, out: &mut String) {
    for line in text.split("\r\n") {
        let mut column = 0;
        for (at, byte) in line.bytes().enumerate() {
            let is_last = at + 1 == line.len();
            let plain = matches!(byte, b'!'..=b'<' | b'>'..=b'~') || (byte == b' ' && !is_last);
            let width = if plain { 1 } else { 3 };
            if column + width > LINE - 1 {
                out.push_str("=\r\n");
                column = 0;
            }
            if plain {
                out.push(char::from(byte));
            } else {
                out.push_str(&format!("={byte:02X}"));
            }
            column += width;
        }
        out.push_str("\r\n");
    }
}

/// Base64 in lines.
pub(super) fn base64_lines(bytes: &[u8], out: &mut String) {
    for line in bytes.chunks(LINE / 4 * 3) {
        STANDARD.encode_string(line, out);
        out.push_str("\r\n");
    }
}

/// A file to attach.
pub(super) struct File {
    pub(super) name: String,
    pub(super) mime_type: &'static str,
    pub(super) bytes: Vec<u8>,
}

/// A file of realistic size; every third is one of those that go around in the company.
pub(super) fn file<R: Rng>(seed: u64, rng: &mut R) -> File {
    if rng.next_u32().is_multiple_of(3) {
        let mut shared = super::super::rng(&[seed, tag("shared"), u64::from(rng.next_u32()) % SHARED]);
        return new_file(&mut shared);
    }
    new_file(rng)
}

fn new_file<R: Rng>(rng: &mut R) -> File {
    // Sizes from 1 KB to some 250 KB, small ones more often; now and then a megabyte.
    let size = match rng.next_u32() % 60 {
        0 => 1_000_000 + rng.next_u32() as usize % 400_000,
        n => (1024_usize << (n % 7)) + rng.next_u32() as usize % (1024 << (n % 7 + 1)),
    };
    let title = words::title(rng);
    let (extension, mime_type, magic): (_, _, &[u8]) = match rng.next_u32() % 6 {
        0 => ("pdf", "application/pdf", b"%PDF-1.7\n"),
        1 => {
            ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK\x03\x04")
        }
        2 => ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK\x03\x04"),
        3 => ("jpg", "image/jpeg", b"\xff\xd8\xff\xe0"),
        4 => ("zip", "application/zip", b"PK\x03\x04"),
        _ => ("csv", "text/csv", b""),
    };
    let bytes = if extension == "csv" {
        let mut text = String::from("date,item,amount\r\n");
        while text.len() < size.min(60_000) {
            text.push_str(&format!("2025-{:02}-{:02},", rng.next_u32() % 12 + 1, rng.next_u32() % 28 + 1));
            words::word(rng, &mut text);
            text.push_str(&format!(",{}.{:02}\r\n", rng.next_u32() % 9000, rng.next_u32() % 100));
        }
        text.into_bytes()
    } else {
        let mut bytes = vec![0; size.max(magic.len())];
        rng.fill_bytes(&mut bytes);
        bytes[..magic.len()].copy_from_slice(magic);
        bytes
    };
    let title =
        if rng.next_u32().is_multiple_of(5) { format!("{title} {}", words::foreign(rng)) } else { title };
    File { name: format!("{title}.{extension}"), mime_type, bytes }
}

/// A part with a file, after its boundary line.
pub(super) fn attachment(file: &File, disposition: &str, extra: &str, out: &mut String) {
    let name = if file.name.is_ascii() {
        format!("filename=\"{}\"", file.name)
    } else {
        let encoded: String = file
            .name
            .bytes()
            .map(|b| {
                if b.is_ascii_alphanumeric() || b == b'.' {
                    char::from(b).to_string()
                } else {
                    format!("%{b:02X}")
                }
            })
            .collect();
        format!("filename*=UTF-8''{encoded}")
    };
    out.push_str(&format!(
        "Content-Type: {}\r\nContent-Disposition: {disposition}; {name}\r\nContent-Transfer-Encoding: base64\r\n{extra}\r\n",
        file.mime_type
    ));
    base64_lines(&file.bytes, out);
}

/// The generator of a letter.
pub(super) fn rng_of(letter: &Letter<'_>) -> rand_chacha::ChaCha8Rng {
    rng(&[letter.seed, tag("letter"), u64::from(letter.user), u64::from(letter.number)])
}
