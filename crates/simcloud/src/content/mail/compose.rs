//! Everyday mails: plain, with HTML, with attachments and images, in many scripts.

use bytes::Bytes;
use rand::{Rng, RngCore as _};

use super::Letter;
use super::parts::{self, File, attachment, base64_lines, head, quoted_printable};
use crate::content::words;

/// Some 200 bytes.
pub(super) fn tiny(letter: &Letter<'_>) -> Bytes {
    let mut rng = parts::rng_of(letter);
    let mut text = String::new();
    words::word(&mut rng, &mut text);
    text.push(' ');
    words::word(&mut rng, &mut text);
    let n = letter.number;
    Bytes::from(format!(
        "From: p{}@example.net\r\nTo: {}\r\nSubject: {text} {n}\r\nDate: {}\r\nMessage-ID: {}\r\n\r\n{text} {:x}\r\n",
        rng.next_u32() % 1000,
        letter.owner,
        parts::date(letter.date, 0),
        parts::message_id(letter),
        rng.next_u64()
    ))
}

/// A mail as an office gets them.
pub(super) fn normal(letter: &Letter<'_>) -> Bytes {
    let mut rng = parts::rng_of(letter);
    let foreign = rng.next_u32().is_multiple_of(3);
    let mut subject = words::title(&mut rng);
    if foreign {
        subject.push(' ');
        subject.push_str(words::foreign(&mut rng));
    }
    if letter.number % 5 > 1 {
        subject.insert_str(0, "Re: ");
    }
    let mut out = String::with_capacity(16 * 1024);
    head(letter, &mut rng, &subject, &mut out);
    let boundary = format!("=_{:016x}", rng.next_u64());
    // Most are short, a few are long reports.
    let bytes = 300_usize << (rng.next_u32() % 6) | 0xff;
    match rng.next_u32() % 100 {
        0..=29 => plain(&mut rng, bytes, foreign, &mut out),
        30..=64 => alternative(&mut rng, &boundary, bytes, foreign, &mut out),
        65..=82 => with_files(letter, &mut rng, &boundary, bytes, foreign, &mut out),
        83..=91 => with_image(&mut rng, &boundary, bytes, foreign, &mut out),
        92..=95 => html_only(&mut rng, bytes * 2, &mut out),
        96 | 97 => invitation(letter, &mut rng, &boundary, &mut out),
        _ => forwarded(letter, &mut rng, &boundary, bytes, &mut out),
    }
    Bytes::from(out)
}

fn text<R: Rng>(rng: &mut R, bytes: usize, foreign: bool) -> String {
    let mut text = String::with_capacity(bytes + 100);
    words::paragraphs(rng, bytes, foreign, &mut text);
    text
}

fn plain<R: Rng>(rng: &mut R, bytes: usize, foreign: bool, out: &mut String) {
    let text = text(rng, bytes, foreign);
    if foreign {
        out.push_str("Content-Type: text/plain; charset=\"UTF-8\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n");
        quoted_printable(&text, out);
    } else {
        out.push_str("Content-Type: text/plain; charset=us-ascii; format=flowed\r\nContent-Transfer-Encoding: 7bit\r\n\r\n");
        out.push_str(&text);
    }
}

fn html<R: Rng>(rng: &mut R, text: &str) -> String {
    let mut html = String::from("<html><head><style>p{margin:0 0 1em}</style></head><body>\r\n");
    for paragraph in text.split("\r\n\r\n") {
        html.push_str(&format!(
            "<p style=\"color:#{:06x}\">{}</p>\r\n",
            rng.next_u32() & 0xff_ffff,
            paragraph.trim_end()
        ));
    }
    html.push_str(&format!(
        "<a href=\"https://example.net/t/{:x}\">Read more</a></body></html>\r\n",
        rng.next_u64()
    ));
    html
}

fn alternative<R: Rng>(rng: &mut R, boundary: &str, bytes: usize, foreign: bool, out: &mut String) {
    let text = text(rng, bytes, foreign);
    let html = html(rng, &text);
    out.push_str(&format!(
        "Content-Type: multipart/alternative; boundary=\"{boundary}\"\r\n\r\n--{boundary}\r\n"
    ));
    out.push_str(
        "Content-Type: text/plain; charset=\"UTF-8\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n",
    );
    quoted_printable(&text, out);
    out.push_str(&format!("--{boundary}\r\nContent-Type: text/html; charset=\"UTF-8\"\r\n"));
    if rng.next_u32().is_multiple_of(2) {
        out.push_str("Content-Transfer-Encoding: base64\r\n\r\n");
        base64_lines(html.as_bytes(), out);
    } else {
        out.push_str("Content-Transfer-Encoding: quoted-printable\r\n\r\n");
        quoted_printable(&html, out);
    }
    out.push_str(&format!("--{boundary}--\r\n"));
}

fn with_files<R: Rng>(
    letter: &Letter<'_>,
    rng: &mut R,
    boundary: &str,
    bytes: usize,
    foreign: bool,
    out: &mut String,
) {
    out.push_str(&format!("Content-Type: multipart/mixed; boundary=\"{boundary}\"\r\n\r\nThis is a message in parts.\r\n--{boundary}\r\n"));
    alternative(rng, &format!("{boundary}a"), bytes, foreign, out);
    for _ in 0..1 + rng.next_u32() % 3 / 2 {
        out.push_str(&format!("--{boundary}\r\n"));
        attachment(&parts::file(letter.seed, rng), "attachment", "", out);
    }
    out.push_str(&format!("--{boundary}--\r\n"));
}

fn with_image<R: Rng>(rng: &mut R, boundary: &str, bytes: usize, foreign: bool, out: &mut String) {
    let id = format!("image{:x}@example.net", rng.next_u32());
    let text = text(rng, bytes, foreign);
    let html = html(rng, &text).replace("</body>", &format!("<img src=\"cid:{id}\" alt=\"\"></body>"));
    out.push_str(&format!("Content-Type: multipart/related; boundary=\"{boundary}\"\r\n\r\n--{boundary}\r\nContent-Type: text/html; charset=\"UTF-8\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"));
    quoted_printable(&html, out);
    let mut image = vec![0; 2_000 + rng.next_u32() as usize % 20_000];
    rng.fill_bytes(&mut image);
    image[..8].copy_from_slice(b"\x89PNG\r\n\x1a\n");
    let image = File { name: "logo.png".to_owned(), mime_type: "image/png", bytes: image };
    out.push_str(&format!("--{boundary}\r\n"));
    attachment(&image, "inline", &format!("Content-ID: <{id}>\r\n"), out);
    out.push_str(&format!("--{boundary}--\r\n"));
}

fn html_only<R: Rng>(rng: &mut R, bytes: usize, out: &mut String) {
    let text = text(rng, bytes, true);
    out.push_str("List-Unsubscribe: <https://example.net/unsubscribe>\r\nContent-Type: text/html; charset=UTF-8\r\nContent-Transfer-Encoding: base64\r\n\r\n");
    base64_lines(html(rng, &text).as_bytes(), out);
}

fn invitation<R: Rng>(letter: &Letter<'_>, rng: &mut R, boundary: &str, out: &mut String) {
    let title = words::title(rng);
    let event = format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//EN\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:{:x}@example.net\r\nSUMMARY:{title}\r\nDTSTART:20251103T100000Z\r\nDTEND:20251103T110000Z\r\nATTENDEE:mailto:{}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        rng.next_u64(),
        letter.owner
    );
    out.push_str(&format!(
        "Content-Type: multipart/alternative; boundary=\"{boundary}\"\r\n\r\n--{boundary}\r\n"
    ));
    plain(rng, 300, false, out);
    out.push_str(&format!("--{boundary}\r\nContent-Type: text/calendar; charset=\"UTF-8\"; method=REQUEST\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{event}--{boundary}--\r\n"));
}

fn forwarded<R: Rng>(letter: &Letter<'_>, rng: &mut R, boundary: &str, bytes: usize, out: &mut String) {
    out.push_str(&format!("Content-Type: multipart/mixed; boundary=\"{boundary}\"\r\n\r\n--{boundary}\r\n"));
    plain(rng, 200, false, out);
    out.push_str(&format!("--{boundary}\r\nContent-Type: message/rfc822\r\nContent-Disposition: attachment; filename=\"forwarded.eml\"\r\n\r\n"));
    let subject = words::title(rng);
    head(letter, rng, &subject, out);
    plain(rng, bytes, true, out);
    out.push_str(&format!("--{boundary}--\r\n"));
}
