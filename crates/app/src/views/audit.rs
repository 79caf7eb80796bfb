//! The audit log.

use crate::language::words;
use holdfast_model::Timestamp;
use serde::Serialize;
use ts_rs::TS;

/// The newest deeds, and whether nobody changed the log.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct AuditView {
    /// Newest first.
    pub rows: Vec<AuditRow>,
    /// How many are recorded in all.
    pub total: u64,
    /// True where every row fits the hash of all before it.
    pub intact: bool,
    /// The first row that does not.
    pub broken_at: Option<i64>,
}

/// One deed.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct AuditRow {
    /// Its number.
    pub id: i64,
    /// When.
    #[ts(type = "string")]
    pub at: Timestamp,
    /// The OS user; `holdfast` where the program acted by itself.
    pub who: String,
    /// The stable word for what.
    pub what: String,
    /// The same in words.
    #[serde(serialize_with = "words")]
    pub title: String,
    /// On whom or what.
    pub subject: String,
    /// `ok`, or the code of the error.
    pub outcome: String,
    /// True where it was done.
    pub ok: bool,
    /// Why it was not, or what to do, where the code has words.
    #[serde(serialize_with = "words")]
    pub why: Option<String>,
}
