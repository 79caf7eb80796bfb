//! Retention: its rule, what it would remove, what holds it.

use crate::language::words;
use holdfast_model::{Retention, Timestamp};
use serde::Serialize;
use ts_rs::TS;

/// The retention of a Domain.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct RetentionView {
    /// How many snapshots of each kind are kept; none keeps all forever.
    pub retention: Option<Retention>,
    /// Mass changes that hold it until someone has looked.
    pub holds: Vec<HoldView>,
}

/// A backup that changed far more than is normal.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct HoldView {
    /// Whose, and which service.
    #[serde(serialize_with = "words")]
    pub title: String,
    /// What happened.
    #[serde(serialize_with = "words")]
    pub what: String,
    /// When.
    #[ts(type = "string")]
    pub at: Timestamp,
    /// The last point in time before it that is known to be good.
    #[ts(type = "string | null")]
    pub quiet_at: Option<Timestamp>,
}

/// What a rule of retention would do now.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct RetentionEffect {
    /// Snapshots there are.
    pub snapshots: u64,
    /// How many would go.
    pub removed: u64,
    /// The times of those that would go, oldest first, at most a thousand.
    #[ts(type = "string[]")]
    pub remove: Vec<Timestamp>,
    /// At most so many bytes would be given back.
    pub bytes: u64,
    /// Why nothing is removed for now.
    #[serde(serialize_with = "words")]
    pub held: Option<String>,
}

/// Something that has still to be removed from the storage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct ChoreView {
    /// What is done.
    #[serde(serialize_with = "words")]
    pub what: String,
    /// What it waits for, in a sentence.
    #[serde(serialize_with = "words")]
    pub why: String,
    /// When it is done, where it only waits for its time.
    #[ts(type = "string | null")]
    pub at: Option<Timestamp>,
}
