//! Mails for benchmarks: text that does not repeat, one in 250 with a shared attachment, written
//! and encoded before the first request so that serving them costs little.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use bytes::Bytes;
use rand::RngCore as _;

use super::Letter;
use super::parts::{self, base64_lines};
use crate::content::{mix, rng, tag, words};
use crate::google::gmail::{Content, Mailbox};
use crate::sync::lock;

/// Mean length of the text: with the attachments, mails are 28 KB on average.
const TEXT_BYTES: u64 = 17_000;
const ATTACHMENT_EVERY: u32 = 250;
const ATTACHMENTS: u64 = 10;
const ATTACHMENT_BYTES: usize = 2_000_000;
/// Mails that one thread writes at a time.
const GROUP: u32 = 256;

/// Prepared mails of one mailbox.
#[derive(Default)]
struct Shelf {
    /// By group: the base64url of its mails in one piece, and where each ends there.
    groups: Vec<(Bytes, Vec<u32>)>,
    sizes: Vec<u32>,
}

/// Prepared mails by user.
#[derive(Default)]
pub(super) struct Prepared(HashMap<u32, Shelf>);

impl Prepared {
    /// Writes the mails of every mailbox, on all cores.
    pub(super) fn write(seed: u64, mailboxes: &[&Mailbox]) -> Self {
        let attachments: Vec<String> = (0..ATTACHMENTS).map(|n| attachment(seed, n)).collect();
        let mut tasks: Vec<(&Mailbox, u32)> = Vec::new();
        for mailbox in mailboxes {
            tasks.extend((0..mailbox.base_count().div_ceil(GROUP)).map(|group| (*mailbox, group)));
        }
        let next = AtomicUsize::new(0);
        let done = Mutex::new(HashMap::new());
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    while let Some((mailbox, group)) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let written = write_group(seed, mailbox, *group, &attachments);
                        lock(&done).insert((mailbox.number(), *group), written);
                    }
                });
            }
        });
        let mut done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut shelves: HashMap<u32, Shelf> = HashMap::new();
        for (mailbox, group) in tasks {
            let Some((text, ends, sizes)) = done.remove(&(mailbox.number(), group)) else { continue };
            let shelf = shelves.entry(mailbox.number()).or_default();
            shelf.groups.push((text, ends));
            shelf.sizes.extend(sizes);
        }
        Self(shelves)
    }

    /// How many bytes a mail has.
    pub(super) fn size(&self, user: u32, number: u32) -> Option<u64> {
        self.0.get(&user)?.sizes.get(number as usize).map(|s| u64::from(*s))
    }

    /// A mail as base64url.
    pub(super) fn encoded(&self, user: u32, number: u32) -> Option<Bytes> {
        let (text, ends) = self.0.get(&user)?.groups.get((number / GROUP) as usize)?;
        let at = (number % GROUP) as usize;
        let start = if at == 0 { 0 } else { *ends.get(at - 1)? as usize };
        Some(text.slice(start..*ends.get(at)? as usize))
    }

    /// A mail's bytes.
    pub(super) fn raw(&self, user: u32, number: u32) -> Option<Bytes> {
        URL_SAFE.decode(self.encoded(user, number)?).ok().map(Bytes::from)
    }
}

fn write_group(
    seed: u64,
    mailbox: &Mailbox,
    group: u32,
    attachments: &[String],
) -> (Bytes, Vec<u32>, Vec<u32>) {
    let mut text = String::new();
    let mut ends = Vec::new();
    let mut sizes = Vec::new();
    let owner = mailbox.owner();
    for number in group * GROUP..((group + 1) * GROUP).min(mailbox.base_count()) {
        let mail = mailbox.base_mail(number);
        debug_assert!(matches!(mail.content, Content::Derived(n) if n == number));
        let letter = Letter {
            seed,
            user: mailbox.number(),
            owner: &owner,
            number,
            id: mail.id,
            date: mail.date,
            is_sent: false,
        };
        let file = (number % ATTACHMENT_EVERY == ATTACHMENT_EVERY - 1)
            .then(|| attachments.get((u64::from(number / ATTACHMENT_EVERY) % ATTACHMENTS) as usize))
            .flatten();
        let raw = write(&letter, file.map(String::as_str));
        sizes.push(u32::try_from(raw.len()).unwrap_or(u32::MAX));
        URL_SAFE.encode_string(raw.as_bytes(), &mut text);
        ends.push(u32::try_from(text.len()).unwrap_or(u32::MAX));
    }
    text.shrink_to_fit();
    (Bytes::from(text), ends, sizes)
}

fn attachment(seed: u64, n: u64) -> String {
    let mut bytes = vec![0; ATTACHMENT_BYTES];
    rng(&[seed, tag("attachment"), n]).fill_bytes(&mut bytes);
    let mut text = String::new();
    base64_lines(&bytes, &mut text);
    text
}

/// A mail that was added later, without an attachment.
pub(super) fn text_mail(letter: &Letter<'_>) -> Bytes {
    Bytes::from(write(letter, None))
}

fn write(letter: &Letter<'_>, file: Option<&str>) -> String {
    let mut rng = parts::rng_of(letter);
    let length = TEXT_BYTES / 10
        + mix(&[letter.seed, u64::from(letter.user), u64::from(letter.number)]) % (TEXT_BYTES * 9 / 5);
    let mut out = String::with_capacity(length as usize + 2048 + file.map_or(0, str::len));
    let subject = words::title(&mut rng);
    parts::head(letter, &mut rng, &subject, &mut out);
    let Some(file) = file else {
        out.push_str("Content-Type: text/plain; charset=us-ascii\r\n\r\n");
        words::paragraphs(&mut rng, length as usize, false, &mut out);
        return out;
    };
    out.push_str("Content-Type: multipart/mixed; boundary=\"=_bench\"\r\n\r\n--=_bench\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n");
    words::paragraphs(&mut rng, length as usize, false, &mut out);
    out.push_str("--=_bench\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=\"report.bin\"\r\nContent-Transfer-Encoding: base64\r\n\r\n");
    out.push_str(file);
    out.push_str("--=_bench--\r\n");
    out
}
