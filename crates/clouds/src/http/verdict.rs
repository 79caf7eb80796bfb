//! What a provider says about an answer that is no success, and what `http` then does.

use std::time::Duration;

use crate::contract::CloudError;

/// An answer that is no success, as the provider's `classify` sees it.
pub struct Refusal<'a> {
    /// HTTP status.
    pub status: u16,
    /// The body's first 64 KiB.
    pub body: &'a [u8],
    /// The answer's `Retry-After`.
    pub retry_after: Option<Duration>,
    /// The answer's `Date`, which tells the cloud's clock.
    pub date: Option<holdfast_model::Timestamp>,
}

/// What an answer means and what is done about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// What is reported when nothing else helps.
    pub error: CloudError,
    /// What is done first.
    pub then: Then,
}

/// What is done about a refused request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// The error is reported.
    GiveUp,
    /// The request is tried again after a growing wait.
    TryAgain,
    /// As `TryAgain`, and everyone who shares the quota waits too and goes slower for a while.
    SlowDown(Whose),
    /// The access token is thrown away and the request tried once more with a new one.
    NewToken,
}

/// Whose quota was used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// This user's.
    User,
    /// Everyone's.
    Tenant,
}

/// A provider's sorting of its refusals: by its own reason words, not by status alone.
pub type Classify = fn(&Refusal<'_>) -> Verdict;
