//! Start Backup: what is chosen, what it comes to, and what it will take.

use crate::language::words;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// An org unit in the box of Start Backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OrgUnitChoice {
    /// `/Berlin/Sales`.
    pub path: String,
    /// With the units below it.
    pub include_sub_units: bool,
}

/// An address from a CSV file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CsvChoice {
    /// Its line in the file.
    pub line: u64,
    /// As written there.
    pub address: String,
}

/// What is in the box of Start Backup, from all four tabs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SelectionInput {
    /// The Connection.
    pub connection: i64,
    /// Addresses.
    pub users: Vec<String>,
    /// Group addresses.
    pub groups: Vec<String>,
    /// Org units.
    pub org_units: Vec<OrgUnitChoice>,
    /// Rows of a CSV file.
    pub csv: Vec<CsvChoice>,
}

/// One row of a CSV file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct CsvRow {
    /// Its line in the file.
    pub line: u64,
    /// What stands there.
    pub entry: String,
    /// The user's primary address, where there is such a user.
    pub address: Option<String>,
    /// The user's name.
    pub name: Option<String>,
    /// True where the row can be chosen.
    pub usable: bool,
    /// True where the user is protected; the row is usable all the same.
    pub already_protected: bool,
    /// Why it cannot be used.
    #[serde(serialize_with = "words")]
    pub problem: Option<String>,
}

/// A CSV file, row by row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct CsvView {
    /// Every row that is not empty, in the order of the file.
    pub rows: Vec<CsvRow>,
    /// How many can be used.
    pub usable: u64,
    /// How many cannot.
    pub problems: u64,
}

/// What was in a file that was dropped on the window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct DroppedCsv {
    /// The file's name.
    pub name: String,
    /// Its rows.
    pub view: CsvView,
}

/// What a first copy will take, as far as it is known.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct Forecast {
    /// Items to fetch, where all are known.
    pub items: Option<u64>,
    /// Bytes to fetch, where they can be told from what is kept already.
    pub bytes: Option<u64>,
    /// At best.
    pub seconds_low: Option<u64>,
    /// At worst.
    pub seconds_high: Option<u64>,
    /// Bytes free in the storage.
    pub free: Option<u64>,
    /// Whether it fits, where both are known.
    pub fits: Option<bool>,
    /// All of it in words.
    #[serde(serialize_with = "words")]
    pub sentence: String,
}

/// A user that a selection means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct PlanUser {
    /// The Cloud's id.
    pub id: String,
    /// Primary address.
    pub address: String,
    /// Takes no license; a Run starts all the same.
    pub already_protected: bool,
}

/// An entry that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct PlanProblem {
    /// Its line in the CSV file, where it is from one.
    pub line: Option<u64>,
    /// What was written.
    pub entry: String,
    /// Why it cannot be used.
    #[serde(serialize_with = "words")]
    pub why: String,
}

/// What a selection comes to.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct PlanView {
    /// Distinct active users.
    pub users: Vec<PlanUser>,
    /// What cannot be used, and why.
    pub problems: Vec<PlanProblem>,
    /// Licenses that it would take.
    pub licenses_needed: u64,
    /// Licenses left, where there is a limit.
    pub licenses_free: Option<u64>,
    /// `You have allocated 2 out of 5 licenses`.
    #[serde(serialize_with = "words")]
    pub licenses_sentence: String,
    /// More are needed than are left.
    pub over_limit: bool,
    /// What to do then.
    #[serde(serialize_with = "words")]
    pub todo: Option<String>,
    /// What it will take.
    pub forecast: Forecast,
}

/// What a start did.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct StartedView {
    /// Users that are protected now.
    pub users: u64,
    /// What could not be used, and why.
    pub problems: Vec<PlanProblem>,
    /// Archives whose Runs start now.
    pub runs: u64,
}
