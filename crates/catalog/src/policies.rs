//! Policies by level. Which one applies to a User is for the engine to say.

use holdfast_model::{ConnectionId, PolicyOverride};
use rusqlite::params;

use crate::sql::{self, words};
use crate::{Result, Tx};

words! {
    /// Where a Policy is set; later ones override earlier ones.
    Level {
        /// For everyone; the target's id is empty.
        Domain = "domain",
        /// For an Org unit.
        OrgUnit = "org_unit",
        /// For a Group.
        Group = "group",
        /// For one User.
        User = "user",
    }
}

/// What is set at a level for a target.
pub fn get(
    tx: &Tx<'_>,
    connection: ConnectionId,
    level: Level,
    target: &str,
) -> Result<Option<PolicyOverride>> {
    tx.one(
        "SELECT policy FROM policies WHERE connection_id = ?1 AND level = ?2 AND target_id = ?3",
        params![connection.0, level.as_str(), target],
        |c| c.json(),
    )
}

/// Sets all of it.
pub fn set(
    tx: &Tx<'_>,
    connection: ConnectionId,
    level: Level,
    target: &str,
    policy: &PolicyOverride,
) -> Result<()> {
    tx.run(
        "INSERT INTO policies (connection_id, level, target_id, policy) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO UPDATE SET policy = excluded.policy",
        params![connection.0, level.as_str(), target, sql::json(policy)?],
    )?;
    Ok(())
}

/// Sets nothing there any more; whether there was something.
pub fn clear(tx: &Tx<'_>, connection: ConnectionId, level: Level, target: &str) -> Result<bool> {
    let cleared = tx.run(
        "DELETE FROM policies WHERE connection_id = ?1 AND level = ?2 AND target_id = ?3",
        params![connection.0, level.as_str(), target],
    )?;
    Ok(cleared > 0)
}

/// Everything that is set, by level and target.
pub fn list(tx: &Tx<'_>, connection: ConnectionId) -> Result<Vec<(Level, String, PolicyOverride)>> {
    let mut all = tx.all(
        "SELECT level, target_id, policy FROM policies WHERE connection_id = ?1 ORDER BY level, target_id",
        [connection.0],
        |c| Ok((c.word::<Level>()?, c.get()?, c.json()?)),
    )?;
    all.sort_by_key(|(level, _, _)| *level);
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Scratch, connection};

    #[test]
    fn each_level_and_target_has_its_own() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let c = connection(tx);
            let every = |hours| PolicyOverride { frequency_hours: Some(hours), ..Default::default() };
            set(tx, c, Level::User, "x", &every(1))?;
            set(tx, c, Level::Domain, "", &every(24))?;
            set(tx, c, Level::Group, "x", &every(4))?;
            set(tx, c, Level::Group, "x", &every(6))?;
            assert_eq!(get(tx, c, Level::Group, "x")?, Some(every(6)));
            assert_eq!(get(tx, c, Level::OrgUnit, "x")?, None);
            let levels: Vec<Level> = list(tx, c)?.into_iter().map(|(level, _, _)| level).collect();
            assert_eq!(levels, [Level::Domain, Level::Group, Level::User]);
            assert!(clear(tx, c, Level::User, "x")?);
            assert!(!clear(tx, c, Level::User, "x")?);
            Ok(())
        });
    }
}
