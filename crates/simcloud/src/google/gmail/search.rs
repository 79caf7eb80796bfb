//! The search of `q`, as far as it is simulated: `in:`, `is:`, `label:`, `after:`, `before:`,
//! `rfc822msgid:`, each also negated with `-`.
//! <https://support.google.com/mail/answer/7190>

use super::labels::{self, LabelSet, bit};
use super::mailbox::{Mail, Mailbox, parse_id};
use crate::google::GoogleError;

enum Term {
    Labels(LabelSet),
    Nothing,
    After(i64),
    Before(i64),
    Id(u64),
}

/// A search that was read.
#[derive(Default)]
pub(super) struct Search {
    terms: Vec<(bool, Term)>,
    /// Spam and Trash are searched too.
    pub(super) anywhere: bool,
}

impl Search {
    pub(super) fn parse(text: &str, mailbox: &Mailbox) -> Result<Self, GoogleError> {
        let mut search = Self::default();
        for word in text.split_whitespace() {
            let (negated, word) = match word.strip_prefix('-') {
                Some(rest) => (true, rest),
                None => (false, word),
            };
            let bad =
                || GoogleError::invalid_parameter("q", format!("the simulated search knows no {word:?}"));
            let (operator, value) = word.split_once(':').ok_or_else(bad)?;
            let term = match (operator, value) {
                ("in", "anywhere") => {
                    search.anywhere = true;
                    continue;
                }
                ("in", "drafts" | "draft") => Term::Labels(bit(labels::DRAFT)),
                ("in", "chats") => Term::Nothing,
                ("is", "unread") => Term::Labels(bit(labels::UNREAD)),
                ("is", "starred") => Term::Labels(bit(labels::STARRED)),
                ("is", "important") => Term::Labels(bit(labels::IMPORTANT)),
                ("in" | "label", name) => match mailbox
                    .labels
                    .find(&name.to_uppercase())
                    .or_else(|| mailbox.labels.find(&name.replace('-', " ")))
                {
                    Some(at) => {
                        search.anywhere |= !negated && (at == labels::SPAM || at == labels::TRASH);
                        Term::Labels(bit(at))
                    }
                    None => Term::Nothing,
                },
                ("after" | "newer", when) => Term::After(time(when).ok_or_else(bad)?),
                ("before" | "older", when) => Term::Before(time(when).ok_or_else(bad)?),
                ("rfc822msgid", id) => {
                    let hex = id.trim_matches(['<', '>']).split('.').next().and_then(parse_id);
                    hex.map_or(Term::Nothing, Term::Id)
                }
                _ => return Err(bad()),
            };
            search.terms.push((negated, term));
        }
        Ok(search)
    }

    pub(super) fn matches(&self, mail: &Mail) -> bool {
        self.terms.iter().all(|(negated, term)| {
            let is = match term {
                Term::Labels(set) => mail.labels & set != 0,
                Term::Nothing => false,
                Term::After(ms) => mail.date >= *ms,
                Term::Before(ms) => mail.date < *ms,
                Term::Id(id) => mail.id == *id,
            };
            is != *negated
        })
    }
}

/// Seconds since 1970, or `2025/01/31`.
fn time(text: &str) -> Option<i64> {
    if let Ok(seconds) = text.parse::<i64>() {
        return Some(seconds * 1000);
    }
    let date: jiff::civil::Date = text.replace('/', "-").parse().ok()?;
    date.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|z| z.timestamp().as_millisecond())
}
