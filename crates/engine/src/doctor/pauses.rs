//! Pauses, in words.

use holdfast_catalog::{Pause, PauseTarget, Tx, groups, org_units, users};

use crate::error::Result;

/// What is paused, by name.
pub(super) fn name_of(tx: &Tx<'_>, target: &PauseTarget) -> Result<String> {
    Ok(match target {
        PauseTarget::All => "everything".to_owned(),
        PauseTarget::OrgUnit { connection, id } => {
            let known = org_units::by_id(tx, *connection, id)?;
            format!("the org unit {}", known.map_or_else(|| id.to_string(), |known| known.org_unit.path))
        }
        PauseTarget::Group { connection, id } => {
            let known = groups::by_id(tx, *connection, id)?;
            format!("the group {}", known.map_or_else(|| id.to_string(), |known| known.group.address))
        }
        PauseTarget::User { connection, id } => {
            let known = users::by_id(tx, *connection, id)?;
            known.map_or_else(|| id.to_string(), |known| known.user.address)
        }
    })
}

/// When it ends.
pub(super) fn ends(pause: &Pause) -> String {
    match pause.until {
        Some(until) => format!("until {}", until.strftime("%Y-%m-%d %H:%M UTC")),
        None => "until someone ends it".to_owned(),
    }
}
