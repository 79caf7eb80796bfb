//! What mails consist of: RFC 822 bytes derived from (seed, user, number), given ones, and ones too
//! large to hold.

mod bench;
mod compose;
mod edge;
mod large;
mod parts;

use std::sync::Arc;

use bytes::Bytes;

use super::corpus::Corpus;
use crate::google::gmail::{Content, Mail, Mailbox};
use crate::options::{MailBytes, Options};

/// What a mailbox's mails are derived from, beside their own numbers.
#[derive(Clone)]
pub struct Written {
    user: u32,
    owner: Arc<str>,
    base_count: u32,
}

impl Written {
    /// For the mails of this mailbox.
    #[must_use]
    pub fn of(mailbox: &Mailbox) -> Self {
        Self { user: mailbox.number(), owner: mailbox.owner(), base_count: mailbox.base_count() }
    }
}

/// Writes mails.
pub struct Mails {
    kind: MailBytes,
    seed: u64,
    corpus: Vec<Bytes>,
    bench: bench::Prepared,
    /// Whose first mails are odd ones.
    odd_user: u32,
}

/// One derived mail.
struct Letter<'a> {
    seed: u64,
    user: u32,
    owner: &'a str,
    number: u32,
    id: u64,
    date: i64,
    is_sent: bool,
}

impl Mails {
    /// Prepares what has to be ready before the first request.
    pub(crate) fn prepare(options: &Options, corpus: &Corpus, mailboxes: &[&Mailbox]) -> Self {
        let bench = match options.mail_bytes {
            MailBytes::Bench => bench::Prepared::write(options.seed, mailboxes),
            MailBytes::Tiny | MailBytes::Normal => bench::Prepared::default(),
        };
        Self {
            kind: options.mail_bytes,
            seed: options.seed,
            corpus: corpus.mails.clone(),
            bench,
            odd_user: 1.min(options.users.saturating_sub(1)),
        }
    }

    /// The exact bytes of a mail.
    #[must_use]
    pub fn raw(&self, written: &Written, mail: &Mail) -> Bytes {
        match &mail.content {
            Content::Given(bytes) => bytes.clone(),
            Content::Large(..) => Bytes::from(self.blocks(written, mail).collect::<Vec<_>>().concat()),
            Content::Derived(number) => self.derived(written, mail, *number),
        }
    }

    /// The bytes of a mail in blocks.
    #[must_use]
    pub fn blocks(&self, written: &Written, mail: &Mail) -> Box<dyn Iterator<Item = Bytes> + Send> {
        match &mail.content {
            Content::Large(number, size) => {
                Box::new(large::blocks(&self.letter(written, mail, *number), *size))
            }
            Content::Given(_) | Content::Derived(_) => Box::new(std::iter::once(self.raw(written, mail))),
        }
    }

    /// How many bytes a mail has.
    #[must_use]
    pub fn size(&self, written: &Written, mail: &Mail) -> u64 {
        match &mail.content {
            Content::Given(bytes) => bytes.len() as u64,
            Content::Large(_, size) => *size,
            Content::Derived(number) => match self.bench.size(written.user, *number) {
                Some(size) => size,
                None => self.derived(written, mail, *number).len() as u64,
            },
        }
    }

    /// The mail as base64url, where that was prepared.
    #[must_use]
    pub fn prepared(&self, written: &Written, mail: &Mail) -> Option<Bytes> {
        match mail.content {
            Content::Derived(number) => self.bench.encoded(written.user, number),
            Content::Given(_) | Content::Large(..) => None,
        }
    }

    /// The snippet, where reading the whole mail for it would be costly.
    #[must_use]
    pub fn prepared_snippet(&self, written: &Written, mail: &Mail) -> Option<&'static str> {
        match mail.content {
            Content::Large(..) => Some("A large attachment."),
            Content::Derived(number) => {
                self.bench.size(written.user, number).map(|_| "Figures of the quarter.")
            }
            Content::Given(_) => None,
        }
    }

    fn derived(&self, written: &Written, mail: &Mail, number: u32) -> Bytes {
        if let Some(raw) = self.bench.raw(written.user, number) {
            return raw;
        }
        if number < written.base_count
            && let Some(real) = self.corpus.get(number as usize)
        {
            return real.clone();
        }
        let letter = self.letter(written, mail, number);
        match self.kind {
            MailBytes::Tiny => compose::tiny(&letter),
            MailBytes::Bench => bench::text_mail(&letter),
            MailBytes::Normal => {
                let odd = (written.user == self.odd_user && number < written.base_count)
                    .then(|| edge::odd(&letter))
                    .flatten();
                odd.unwrap_or_else(|| compose::normal(&letter))
            }
        }
    }

    fn letter<'a>(&self, written: &'a Written, mail: &Mail, number: u32) -> Letter<'a> {
        Letter {
            seed: self.seed,
            user: written.user,
            owner: &written.owner,
            number,
            id: mail.id,
            date: mail.date,
            // Whether it was sent does not follow the labels, which may change; the bytes must not.
            is_sent: super::mix(&[self.seed, u64::from(written.user), u64::from(number), super::tag("sent")])
                .is_multiple_of(6),
        }
    }
}
