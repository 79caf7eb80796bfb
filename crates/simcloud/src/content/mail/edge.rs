//! Odd mails that really arrive: one user's mailbox has one of each.

use bytes::Bytes;

use super::Letter;
use super::parts::{self, message_id};

/// The odd mail with this number, where there is one.
pub(super) fn odd(letter: &Letter<'_>) -> Option<Bytes> {
    let date = parts::date(letter.date, 0);
    let head = |subject: &str| {
        format!(
            "From: odd@example.net\r\nTo: {}\r\nSubject: {subject}\r\nDate: {date}\r\nMessage-ID: {}\r\n",
            letter.owner,
            message_id(letter)
        )
    };
    let bytes: Vec<u8> = match letter.number {
        // Broken MIME: the boundary never closes, and a part has no end of its head.
        0 => format!(
            "{}MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"gone\"\r\n\r\n--gone\r\nContent-Type: text/plain\r\n\r\nThe end is missing\r\n--gone\r\nContent-Type: application/pdf; name=\"half",
            head("Broken MIME")
        )
        .into_bytes(),
        // No body, not even the empty line before it.
        1 => head("Empty").into_bytes(),
        // Bytes in the subject that are no UTF-8.
        2 => [head("Caf").trim_end().as_bytes(), b"\r\nX-Note: caf\xe9 \xff\xfe\r\n\r\nLatin-1 in a header.\r\n"].concat(),
        // 8-bit text that no header declares.
        3 => [head("Eight bits").as_bytes(), b"\r\nGr\xfc\xdfe aus K\xf6ln, \x80 100, \xc3\xa9.\r\n"].concat(),
        // A header of 64 KB.
        4 => {
            let references: String =
                (0..1_000).map(|n| format!("\r\n <{n:032x}.{:016x}@lists.example.net>", letter.id)).collect();
            format!("{}References:{references}\r\n\r\nA long thread.\r\n", head("Long header")).into_bytes()
        }
        // No head at all.
        5 => b"\r\nThis mail has no header.\r\n".to_vec(),
        // Lines that end as on Unix, and one of 10,000 characters.
        6 => format!("{}\nshort\n{}\n", head("Bare line feeds").replace("\r\n", "\n"), "x".repeat(10_000)).into_bytes(),
        // Zero bytes.
        7 => [head("Zeroes").as_bytes(), b"\r\nbefore\0\0\0after\r\n"].concat(),
        // Deeper than anyone nests.
        8 => {
            let mut text = format!("{}MIME-Version: 1.0\r\n", head("Deep"));
            for level in 0..40 {
                text.push_str(&format!("Content-Type: multipart/mixed; boundary=\"b{level}\"\r\n\r\n--b{level}\r\n"));
            }
            text.push_str("Content-Type: text/plain\r\n\r\nbottom\r\n");
            for level in (0..40).rev() {
                text.push_str(&format!("--b{level}--\r\n"));
            }
            text.into_bytes()
        }
        // Names that no file system takes.
        9 => format!(
            "{}MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"n\"\r\n\r\n--n\r\nContent-Type: text/plain; name=\"../../CON:?*.txt\"\r\nContent-Disposition: attachment; filename=\"../../CON:?*.txt\"\r\n\r\nx\r\n--n--\r\n",
            head("../../etc/passwd \u{202e}txt.exe")
        )
        .into_bytes(),
        // No bytes but one line end.
        10 => b"\r\n".to_vec(),
        // Dates that are none, and two senders.
        11 => format!("From: a@example.net\r\nFrom: b@example.net\r\nDate: yesterday\r\nSubject:\r\nMessage-ID: {}\r\n\r\nHello\r\n", message_id(letter)).into_bytes(),
        _ => return None,
    };
    Some(Bytes::from(bytes))
}
