//! Pauses: what a person set to rest, until when. Who is reached by one is for the engine to say.

use holdfast_model::{ConnectionId, GroupId, OrgUnitId, Timestamp, UserId};
use rusqlite::params;
use serde::{Deserialize, Serialize};

use crate::sql::{Columns, maybe_micros, micros};
use crate::{Result, Tx};

/// What rests.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "who", rename_all = "snake_case")]
pub enum PauseTarget {
    /// Every backup of this data directory.
    All,
    /// The Users of an Org unit and of all units below it.
    OrgUnit {
        /// Whose Directory.
        connection: ConnectionId,
        /// The unit.
        id: OrgUnitId,
    },
    /// The members of a Group, through all Groups in it.
    Group {
        /// Whose Directory.
        connection: ConnectionId,
        /// The group.
        id: GroupId,
    },
    /// One User.
    User {
        /// Whose Directory.
        connection: ConnectionId,
        /// The user.
        id: UserId,
    },
}

impl PauseTarget {
    /// Whose Directory it is of; none for everything.
    pub const fn connection(&self) -> Option<ConnectionId> {
        match self {
            Self::All => None,
            Self::OrgUnit { connection, .. }
            | Self::Group { connection, .. }
            | Self::User { connection, .. } => Some(*connection),
        }
    }
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// What rests.
    pub target: PauseTarget,
    /// Since when.
    pub since: Timestamp,
    /// Until when; none until a person ends it.
    pub until: Option<Timestamp>,
}

fn words(target: &PauseTarget) -> (Option<ConnectionId>, &'static str, &str) {
    match target {
        PauseTarget::All => (None, "all", ""),
        PauseTarget::OrgUnit { connection, id } => (Some(*connection), "org_unit", id.as_str()),
        PauseTarget::Group { connection, id } => (Some(*connection), "group", id.as_str()),
        PauseTarget::User { connection, id } => (Some(*connection), "user", id.as_str()),
    }
}

fn read(c: &mut Columns<'_>) -> rusqlite::Result<Pause> {
    let connection = ConnectionId(c.get::<Option<i64>>()?.unwrap_or(0));
    let (word, id): (String, String) = (c.get()?, c.get()?);
    let target = match word.as_str() {
        "org_unit" => PauseTarget::OrgUnit { connection, id: OrgUnitId(id) },
        "group" => PauseTarget::Group { connection, id: GroupId(id) },
        "user" => PauseTarget::User { connection, id: UserId(id) },
        _ => PauseTarget::All,
    };
    Ok(Pause { target, since: c.time()?, until: c.maybe_time()? })
}

/// Begins a pause, or changes when the one of this target ends.
pub fn put(tx: &Tx<'_>, target: &PauseTarget, until: Option<Timestamp>, now: Timestamp) -> Result<()> {
    let (connection, word, id) = words(target);
    tx.run(
        "INSERT INTO pauses (connection_id, target, target_id, since, until) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (ifnull(connection_id, 0), target, target_id) DO UPDATE SET until = excluded.until",
        params![connection.map(|c| c.0), word, id, micros(now), maybe_micros(until)],
    )?;
    Ok(())
}

/// Ends a pause; whether there was one.
pub fn remove(tx: &Tx<'_>, target: &PauseTarget) -> Result<bool> {
    let (connection, word, id) = words(target);
    let ended = tx.run(
        "DELETE FROM pauses WHERE ifnull(connection_id, 0) = ifnull(?1, 0) AND target = ?2 AND target_id = ?3",
        params![connection.map(|c| c.0), word, id],
    )?;
    Ok(ended > 0)
}

/// Forgets pauses that were over at `now`; how many.
pub fn forget_over(tx: &Tx<'_>, now: Timestamp) -> Result<u64> {
    Ok(tx.run("DELETE FROM pauses WHERE until <= ?1", [micros(now)])? as u64)
}

/// The pauses that hold at `now`, the widest first.
pub fn list(tx: &Tx<'_>, now: Timestamp) -> Result<Vec<Pause>> {
    tx.all(
        "SELECT connection_id, target, target_id, since, until FROM pauses WHERE until IS NULL OR until > ?1
         ORDER BY target = 'all' DESC, connection_id, target, target_id",
        [micros(now)],
        read,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Scratch, at, connection};

    #[test]
    fn a_pause_holds_until_its_end_and_each_target_has_one() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let connection = connection(tx);
            let unit = PauseTarget::OrgUnit { connection, id: "u".into() };
            let user = PauseTarget::User { connection, id: "u".into() };
            put(tx, &user, None, at(1))?;
            put(tx, &unit, Some(at(5)), at(1))?;
            put(tx, &PauseTarget::All, Some(at(9)), at(2))?;
            put(tx, &PauseTarget::All, Some(at(20)), at(3))?;
            let all = Pause { target: PauseTarget::All, since: at(2), until: Some(at(20)) };
            assert_eq!(list(tx, at(4))?.first(), Some(&all));
            assert_eq!(list(tx, at(4))?.len(), 3);
            let left: Vec<_> = list(tx, at(5))?.into_iter().map(|pause| pause.target).collect();
            assert_eq!(left, [PauseTarget::All, user.clone()], "it ends at its end");
            assert_eq!(forget_over(tx, at(5))?, 1);
            assert!(remove(tx, &user)?);
            assert!(!remove(tx, &user)?);
            assert!(remove(tx, &PauseTarget::All)?);
            assert_eq!(list(tx, at(0))?, []);
            Ok(())
        });
    }
}
