//! The mails that a mailbox starts with: id, time, thread and labels of each are computed from
//! (seed, user, index), so that a million of them need no memory.

use super::labels::{self, LabelSet};
use crate::content::{mix, tag};

/// The last of them arrives before 2026-01-01T00:00:00Z.
const END_MS: i64 = 1_767_225_600_000;
/// They are spread over at most five years.
const SPAN_MS: i64 = 5 * 365 * 86_400_000;
/// At most one mail in this time when there are few.
const MAX_STEP_MS: i64 = 6 * 3_600_000;
/// Mails are threaded within blocks of this size.
const BLOCK: u32 = 5;
/// A mail's id holds its time above these bits, as Gmail's does.
const ID_BITS: u32 = 20;
const DRAFTS: u32 = 3;

/// Base mails of one mailbox.
#[derive(Clone, Copy, Debug)]
pub(super) struct Base {
    seed: u64,
    user: u64,
    count: u32,
    start: i64,
    step: i64,
}

impl Base {
    pub(super) fn new(seed: u64, user: u32, count: u32) -> Self {
        let step = (SPAN_MS / i64::from(count.max(1))).min(MAX_STEP_MS);
        Self { seed, user: u64::from(user), count, start: END_MS - step * i64::from(count), step }
    }

    pub(super) fn count(&self) -> u32 {
        self.count
    }

    fn hash(&self, index: u32, what: u64) -> u64 {
        mix(&[self.seed, tag("mail") ^ what, self.user, u64::from(index)])
    }

    /// When it arrived, milliseconds since 1970; grows with the index.
    pub(super) fn date(&self, index: u32) -> i64 {
        let jitter = (self.hash(index, 1) % self.step as u64) as i64;
        self.start + self.step * i64::from(index) + jitter
    }

    pub(super) fn id(&self, index: u32) -> u64 {
        ((self.date(index) as u64) << ID_BITS) | (self.hash(index, 2) & ((1 << ID_BITS) - 1))
    }

    /// The mail with this id.
    pub(super) fn index_of(&self, id: u64) -> Option<u32> {
        let ms = i64::try_from(id >> ID_BITS).ok()?;
        let index = u32::try_from((ms - self.start).div_euclid(self.step)).ok()?;
        (index < self.count && self.id(index) == id).then_some(index)
    }

    /// How many are older than this place in the order (time, id).
    pub(super) fn older_than(&self, place: (i64, u64)) -> u32 {
        let near = (place.0 - self.start).div_euclid(self.step).clamp(-1, i64::from(self.count)) + 1;
        let mut count = u32::try_from(near).unwrap_or(0).min(self.count);
        while count > 0 && (self.date(count - 1), self.id(count - 1)) >= place {
            count -= 1;
        }
        count
    }

    /// Index of the first mail of the thread.
    pub(super) fn thread_head(&self, index: u32) -> u32 {
        let block = index / BLOCK * BLOCK;
        match self.hash(block, 3) % 3 {
            0 => index,
            1 => {
                if index - block <= 2 {
                    block
                } else {
                    index
                }
            }
            _ => {
                if index == block {
                    block
                } else {
                    block + 1
                }
            }
        }
    }

    /// How many threads there are.
    pub(super) fn threads(&self) -> usize {
        let whole = self.count / BLOCK * BLOCK;
        let in_blocks = (0..whole).step_by(BLOCK as usize).map(|block| match self.hash(block, 3) % 3 {
            0 => BLOCK as usize,
            1 => BLOCK as usize - 2,
            _ => 2,
        });
        in_blocks.sum::<usize>() + (whole..self.count).filter(|i| self.thread_head(*i) == *i).count()
    }

    /// Indexes of all mails of the thread that starts here, oldest first.
    pub(super) fn thread_members(&self, head: u32) -> impl Iterator<Item = u32> + '_ {
        let end = (head / BLOCK * BLOCK + BLOCK).min(self.count);
        (head..end).filter(move |i| self.thread_head(*i) == head)
    }

    /// History ids of base mails grow with the index.
    pub(super) fn history(&self, index: u32) -> u64 {
        1_000 + u64::from(index)
    }

    /// The newest history id of an untouched mailbox.
    pub(super) fn last_history(&self) -> u64 {
        1_000 + u64::from(self.count)
    }

    /// Indexes of drafts.
    pub(super) fn drafts(&self) -> impl Iterator<Item = u32> + use<> {
        let count = self.count;
        (0..DRAFTS.min(count / 20)).map(move |k| count - 4 - k * 7)
    }

    fn is_draft(&self, index: u32) -> bool {
        self.drafts().any(|d| d == index)
    }

    /// The labels that it starts with.
    pub(super) fn labels(&self, index: u32) -> LabelSet {
        if self.is_draft(index) {
            return labels::bit(labels::DRAFT);
        }
        let hash = self.hash(index, 4);
        let kind = hash % 100;
        let mut set = match kind {
            0..=2 => labels::bit(labels::SPAM),
            3..=5 => labels::bit(labels::TRASH),
            6..=20 => labels::bit(labels::SENT),
            _ if index >= self.count - self.count / 3 => {
                let category = match (hash >> 8) % 8 {
                    0 => labels::CATEGORY_SOCIAL,
                    1 => labels::CATEGORY_PROMOTIONS,
                    2 | 3 => labels::CATEGORY_UPDATES,
                    4 => labels::CATEGORY_FORUMS,
                    _ => labels::CATEGORY_PERSONAL,
                };
                labels::bit(labels::INBOX) | labels::bit(category)
            }
            _ => 0,
        };
        if kind > 20 || kind <= 2 {
            set |= if (hash >> 16).is_multiple_of(9) { labels::bit(labels::UNREAD) } else { 0 };
        }
        if kind > 5 {
            set |= if (hash >> 24).is_multiple_of(30) { labels::bit(labels::STARRED) } else { 0 };
            set |= if (hash >> 32).is_multiple_of(6) { labels::bit(labels::IMPORTANT) } else { 0 };
            if (hash >> 40).is_multiple_of(5) {
                set |= labels::bit(
                    labels::FIRST_OWN + ((hash >> 48) % labels::SAMPLE_NAMES.len() as u64) as usize,
                );
            }
        }
        set
    }
}

/// The id of a mail that arrives at this time.
pub(super) fn id_at(ms: i64, salt: u64) -> u64 {
    ((ms.max(1) as u64) << ID_BITS) | (salt & ((1 << ID_BITS) - 1))
}
