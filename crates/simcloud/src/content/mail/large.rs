//! A mail too large to hold: text, then one attachment that is made while it is sent.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use rand::RngCore as _;

use super::Letter;
use super::parts::{self, head};
use crate::content::{rng, tag};

const BOUNDARY: &str = "=_large";
/// Bytes of the file in a line of base64, and lines in a block.
const LINE_BYTES: usize = 57;
const LINE_LENGTH: u64 = 78;
const LINES: u64 = 1024;

/// The mail in blocks, `size` bytes in all.
pub(super) fn blocks(letter: &Letter<'_>, size: u64) -> impl Iterator<Item = Bytes> + Send + use<> {
    let mut start = String::new();
    head(letter, &mut parts::rng_of(letter), "A large attachment", &mut start);
    start.push_str(&format!(
        "Content-Type: multipart/mixed; boundary=\"{BOUNDARY}\"\r\n\r\n--{BOUNDARY}\r\nContent-Type: text/plain\r\n\r\nA large attachment.\r\n--{BOUNDARY}\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=\"large.bin\"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    ));
    let end = format!("--{BOUNDARY}--\r\n");
    let room = size.saturating_sub((start.len() + end.len()) as u64);
    let lines = room / LINE_LENGTH;
    let (seed, user, number) = (letter.seed, u64::from(letter.user), u64::from(letter.number));
    let middle = (0..lines.div_ceil(LINES)).map(move |block| {
        let mut rng = rng(&[seed, tag("large"), user, number, block]);
        let count = LINES.min(lines - block * LINES);
        let mut file = vec![0; count as usize * LINE_BYTES];
        rng.fill_bytes(&mut file);
        let encoded = STANDARD.encode(&file);
        let mut text = Vec::with_capacity((count * LINE_LENGTH) as usize);
        for line in encoded.as_bytes().chunks(LINE_BYTES / 3 * 4) {
            text.extend_from_slice(line);
            text.extend_from_slice(b"\r\n");
        }
        Bytes::from(text)
    });
    // What is left of the room is filled behind the last boundary, where readers ignore it.
    let padding = " ".repeat((room - lines * LINE_LENGTH) as usize);
    std::iter::once(Bytes::from(start))
        .chain(middle)
        .chain(std::iter::once(Bytes::from(format!("{end}{padding}"))))
}
