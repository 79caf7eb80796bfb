//! What keeping the Repository in order has still to do, and what it waits for. Read from the catalogue alone, so that every
//! process can tell it.

use holdfast_catalog::{Deletion, DeletionPhase, RunFilter, Tx, deletions, runs, settings};
use holdfast_model::Timestamp;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::{
    FORGET_EVERY_HOURS, LAST_FORGET, LAST_PRUNE, PRUNE_EVERY_HOURS, PRUNE_NEEDED, deletion, is_older,
    retention,
};
use crate::error::{EngineError, Result};

/// The setting that holds what ended the last attempt.
const TROUBLE: &str = "upkeep_trouble";
/// More Runs than ever go on at once.
const MOST_LIVE: u32 = 10_000;

/// Something that has still to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chore {
    /// What.
    pub what: ChoreKind,
    /// What it waits for.
    pub waits: ChoreWait,
}

/// What has to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChoreKind {
    /// A user's Archives are erased.
    Erase(Deletion),
    /// Snapshots that retention no longer keeps are removed.
    Forget,
    /// The space of what no snapshot names is given back.
    GiveBack,
}

/// What it waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChoreWait {
    /// Its time.
    Until(Timestamp),
    /// The end of so many Runs: nothing is removed while any goes on.
    Runs(u64),
    /// It was tried and ended early; it is tried again each minute.
    Trouble(Trouble),
    /// Nothing: it goes on, or begins within a minute.
    Nothing,
}

/// What ended the last attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// The error's stable code.
    pub code: String,
    /// What was seen.
    pub detail: String,
    /// When it first was so.
    pub since: Timestamp,
}

/// All that has still to be done, deletions first, those that are due first before the others.
pub fn chores(tx: &Tx<'_>, now: Timestamp) -> Result<Vec<Chore>> {
    let mut found = Vec::new();
    let mut next = |what, at: Timestamp| {
        let waits = if at > now { ChoreWait::Until(at) } else { ChoreWait::Nothing };
        found.push(Chore { what, waits });
    };
    for one in deletions::list(tx)? {
        let is_wanted =
            one.phase != DeletionPhase::Waiting || one.due > now || deletion::is_due(tx, &one, now)?;
        if is_wanted {
            let at = if one.phase == DeletionPhase::Waiting { one.due } else { now };
            next(ChoreKind::Erase(one), at);
        }
    }
    let is_time = retention::any_rule(tx)? && is_older(tx, LAST_FORGET, FORGET_EVERY_HOURS, now)?;
    if is_time || retention::is_forgetting(tx)? {
        next(ChoreKind::Forget, now);
    }
    if settings::get::<bool>(tx, PRUNE_NEEDED)?.unwrap_or(false) {
        let is_time = is_older(tx, LAST_PRUNE, PRUNE_EVERY_HOURS, now)?;
        let last: Option<Timestamp> = settings::get(tx, LAST_PRUNE)?;
        let next_time =
            last.and_then(|last| last.checked_add(SignedDuration::from_hours(PRUNE_EVERY_HOURS)).ok());
        next(ChoreKind::GiveBack, next_time.filter(|_| !is_time).unwrap_or(now));
    }
    if found.iter().any(|one| one.waits == ChoreWait::Nothing) {
        let filter = RunFilter { live: Some(true), ..RunFilter::default() };
        let live = runs::list(tx, &filter, MOST_LIVE)?.len() as u64;
        let trouble: Option<Trouble> = settings::get(tx, TROUBLE)?;
        let waits = match trouble {
            _ if live > 0 => ChoreWait::Runs(live),
            Some(trouble) => ChoreWait::Trouble(trouble),
            None => ChoreWait::Nothing,
        };
        found
            .iter_mut()
            .filter(|one| one.waits == ChoreWait::Nothing)
            .for_each(|one| one.waits = waits.clone());
    }
    Ok(found)
}

/// Keeps what ended an attempt, or that none did; whether that is something else than before. What lasts keeps its beginning.
pub(super) fn note_trouble(tx: &Tx<'_>, error: Option<(&str, &str)>, now: Timestamp) -> Result<bool> {
    let before: Option<Trouble> = settings::get(tx, TROUBLE)?;
    let Some((code, detail)) = error else {
        if before.is_some() {
            settings::clear(tx, TROUBLE)?;
        }
        return Ok(before.is_some());
    };
    let is_new = before.as_ref().is_none_or(|before| before.code != code);
    if is_new {
        let trouble = Trouble { code: code.to_owned(), detail: detail.to_owned(), since: now };
        settings::set(tx, TROUBLE, &trouble)?;
    }
    Ok(is_new)
}

/// What is kept of an error; none of a person's own doing.
pub(super) fn trouble_of<T>(done: &Result<T>) -> Option<(String, String)> {
    match done {
        Ok(_) | Err(EngineError::Cancelled) => None,
        Err(error) => Some((error.code().to_owned(), error.to_string())),
    }
}
