//! Where a mail is cut: around the bodies of its larger MIME parts.
//!
//! An attachment sent to twenty people then is a blob of its own, stored once. Any cut is valid, so
//! a broken or hostile mail costs only deduplication. Parts under 64 KiB stay with what is around
//! them, since every blob costs a row of the index.

use memchr::{memchr, memmem};

use crate::chunker::Chunker;

/// A body below this is not worth a blob of its own.
const WORTH: usize = 64 << 10;
/// Nesting and repetition that honest mails do not reach.
const MAX_BOUNDARIES: usize = 32;
/// RFC 2046: a boundary has up to 70 characters; some programs write more.
const MAX_BOUNDARY: usize = 200;

/// The lengths of the pieces, in order; together they are the mail. Pieces beyond the smallest
/// chunk are cut further by content.
pub(crate) fn cut(mail: &[u8], chunker: &Chunker) -> Vec<usize> {
    let mut lengths = Vec::new();
    let mut start = 0;
    for body in large_bodies(mail) {
        for piece in [start..body.start, body.start..body.end] {
            lengths.extend(chunker.lengths(&mail[piece]));
        }
        start = body.end;
    }
    lengths.extend(chunker.lengths(&mail[start..]));
    lengths
}

/// The bodies of leaf parts that are worth it.
fn large_bodies(mail: &[u8]) -> Vec<std::ops::Range<usize>> {
    let mut bodies = Vec::new();
    if mail.len() < WORTH {
        return bodies;
    }
    let mut boundaries = Vec::new();
    let mut body = read_headers(mail, 0, &mut boundaries);
    if boundaries.is_empty() {
        return bodies;
    }
    let finder = memmem::Finder::new(b"\n--");
    let mut from = body.saturating_sub(1);
    while let Some(found) = mail.get(from..).and_then(|rest| finder.find(rest)) {
        let line = from + found + 1;
        from = line;
        let Some(last) = delimiter(&mail[line + 2..], &boundaries) else {
            continue;
        };
        // The line break before a delimiter belongs to the delimiter.
        let mut end = line - 1;
        if end > body && mail[end - 1] == b'\r' {
            end -= 1;
        }
        if end > body && end - body >= WORTH {
            bodies.push(body..end);
        }
        let after = next_line(mail, line);
        body = if last { after } else { read_headers(mail, after, &mut boundaries) };
        from = from.max(body.saturating_sub(1));
    }
    bodies
}

/// Whether a line (after its two dashes) is a delimiter, and if so whether a closing one.
fn delimiter(line: &[u8], boundaries: &[Vec<u8>]) -> Option<bool> {
    let end = memchr(b'\n', &line[..line.len().min(MAX_BOUNDARY + 16)])
        .unwrap_or(line.len().min(MAX_BOUNDARY + 16));
    let line = line[..end].trim_ascii_end();
    boundaries.iter().find_map(|boundary| match line.strip_prefix(&boundary[..]) {
        Some(b"") => Some(false),
        Some(b"--") => Some(true),
        _ => None,
    })
}

fn next_line(mail: &[u8], from: usize) -> usize {
    memchr(b'\n', &mail[from..]).map_or(mail.len(), |at| from + at + 1)
}

/// Reads a block of headers at `at`, notes the boundary it declares, and gives where the body
/// starts. An attached mail brings its own headers.
fn read_headers(mail: &[u8], mut at: usize, boundaries: &mut Vec<Vec<u8>>) -> usize {
    for _ in 0..4 {
        let start = at;
        while at < mail.len() {
            let line = at;
            at = next_line(mail, at);
            if mail[line..at].trim_ascii().is_empty() {
                break;
            }
        }
        let Some(value) = content_type(&mail[start..at]) else {
            return at;
        };
        if let Some(boundary) = boundary(&value)
            && boundaries.len() < MAX_BOUNDARIES
            && !boundaries.contains(&boundary)
        {
            boundaries.push(boundary);
        }
        if !value.to_ascii_lowercase().starts_with(b"message/rfc822") {
            return at;
        }
    }
    at
}

/// The value of the first Content-Type, unfolded.
fn content_type(headers: &[u8]) -> Option<Vec<u8>> {
    let mut value: Option<Vec<u8>> = None;
    for line in headers.split(|&byte| byte == b'\n') {
        match &mut value {
            Some(value) if line.starts_with(b" ") || line.starts_with(b"\t") => {
                value.push(b' ');
                value.extend_from_slice(line.trim_ascii());
            }
            Some(_) => break,
            None => {
                const NAME: &[u8] = b"content-type:";
                if line.len() >= NAME.len() && line[..NAME.len()].eq_ignore_ascii_case(NAME) {
                    value = Some(line[NAME.len()..].trim_ascii().to_vec());
                }
            }
        }
    }
    value
}

fn boundary(content_type: &[u8]) -> Option<Vec<u8>> {
    const NAME: &[u8] = b"boundary=";
    let lower = content_type.to_ascii_lowercase();
    let start = memmem::find(&lower, NAME)? + NAME.len();
    let rest = &content_type[start..];
    let text = match rest.strip_prefix(b"\"") {
        Some(quoted) => &quoted[..memchr(b'"', quoted)?],
        None => {
            let end = rest
                .iter()
                .position(|byte| byte.is_ascii_whitespace() || *byte == b';')
                .unwrap_or(rest.len());
            &rest[..end]
        }
    };
    (!text.is_empty() && text.len() <= MAX_BOUNDARY).then(|| text.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chunker::ChunkSizes;
    use proptest::prelude::*;

    fn chunker() -> Chunker {
        let sizes = ChunkSizes { min: 512 << 10, average: 1 << 20, max: 8 << 20 };
        Chunker::new(0x003D_A335_8B4D_C173, sizes).unwrap()
    }

    fn mail(boundary: &str, attachment: &str) -> String {
        format!(
            "From: a@example.org\r\nContent-Type: multipart/mixed;\r\n boundary=\"{boundary}\"\r\n\r\n\
             --{boundary}\r\nContent-Type: text/plain\r\n\r\nHello\r\n\
             --{boundary}\r\nContent-Type: application/pdf\r\n\r\n{attachment}\r\n\
             --{boundary}--\r\n"
        )
    }

    fn pieces(text: &str) -> Vec<&str> {
        let mut rest = text;
        let lengths = cut(text.as_bytes(), &chunker());
        lengths
            .into_iter()
            .map(|length| {
                let (piece, after) = rest.split_at(length);
                rest = after;
                piece
            })
            .collect()
    }

    #[test]
    fn a_large_attachment_is_a_piece_of_its_own() {
        let attachment = "QUJD\r\n".repeat(20_000);
        let attachment = attachment.trim_end();
        for boundary in ["b1", "=_another boundary-2"] {
            let mail = mail(boundary, attachment);
            let pieces = pieces(&mail);
            assert_eq!(pieces.len(), 3);
            assert_eq!(pieces[1], attachment);
        }
    }

    #[test]
    fn small_parts_are_not_cut_off() {
        let mail = mail("b", &"x".repeat(WORTH - 1));
        assert_eq!(pieces(&mail).len(), 1);
        assert_eq!(pieces("").len(), 0);
        assert_eq!(pieces("no mail at all").len(), 1);
    }

    #[test]
    fn attachments_of_an_attached_mail_are_found() {
        let inside = mail("inner", &"y".repeat(WORTH));
        let mail = format!(
            "Content-Type: multipart/mixed; boundary=outer\n\n--outer\n\
             Content-Type: message/rfc822\n\n{inside}\n--outer--\n"
        );
        assert_eq!(pieces(&mail)[1], "y".repeat(WORTH));
    }

    proptest! {
        #[test]
        fn pieces_are_never_empty_and_together_the_mail(
            parts in proptest::collection::vec(
                prop_oneof![
                    Just("\r\n--b\r\n".to_string()),
                    Just("\n--b--\n".to_string()),
                    Just("\n--".to_string()),
                    Just("--b".to_string()),
                    Just("Content-Type: multipart/mixed; boundary=b\r\n\r\n".to_string()),
                    Just("Content-Type: message/rfc822\n\n".to_string()),
                    Just("boundary=\"".to_string()),
                    Just("z".repeat(WORTH + 3)),
                    ".{0,40}",
                ],
                0..30,
            )
        ) {
            let mail = parts.concat();
            let lengths = cut(mail.as_bytes(), &chunker());
            prop_assert_eq!(lengths.iter().sum::<usize>(), mail.len());
            prop_assert!(lengths.iter().all(|length| *length > 0));
        }
    }
}
