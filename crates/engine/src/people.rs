//! What an admin decides for many users at once.

use holdfast_catalog::{PauseTarget, Protection, Schedule, pauses, users};
use holdfast_model::{ConnectionId, UserId};
use serde::{Deserialize, Serialize};

use crate::engine::Engine;
use crate::error::Result;

/// Names that the audit log spells out.
const MOST_NAMES: usize = 100;

/// A user, with the address that the audit log tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChosenUser {
    /// The Cloud's id, which decides.
    pub id: UserId,
    /// The address when it was chosen.
    pub address: String,
}

/// What is decided for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserSetting {
    /// Runs no longer happen.
    Paused,
    /// Runs happen again.
    Active,
    /// Not backed up any more, whatever a rule says. What is kept stays; the license is freed.
    Excluded,
}

impl UserSetting {
    /// The audit log's word for it.
    pub(crate) const fn deed(self) -> &'static str {
        match self {
            Self::Paused => "schedule.pause",
            Self::Active => "schedule.resume",
            Self::Excluded => "protection.remove",
        }
    }
}

/// `a, b and 3 more`, as the audit log tells it.
pub(crate) fn in_words(users: &[ChosenUser]) -> String {
    let names: Vec<&str> = users.iter().take(MOST_NAMES).map(|user| user.address.as_str()).collect();
    match users.len().saturating_sub(MOST_NAMES) {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}

/// Sets it for all of them, or for none. Who is not protected is left as it is.
pub(crate) async fn set(
    engine: &Engine,
    connection: ConnectionId,
    chosen: Vec<ChosenUser>,
    to: UserSetting,
) -> Result<()> {
    engine
        .write(move |tx| {
            for user in chosen {
                let known = users::by_id(tx, connection, &user.id)?;
                if known.is_none_or(|known| known.protection != Protection::Protected) {
                    continue;
                }
                match to {
                    UserSetting::Paused => users::set_schedule(tx, connection, &user.id, Schedule::Paused)?,
                    UserSetting::Active => {
                        pauses::remove(tx, &PauseTarget::User { connection, id: user.id.clone() })?;
                        users::set_schedule(tx, connection, &user.id, Schedule::Active)?;
                    }
                    UserSetting::Excluded => {
                        users::set_protection(tx, connection, &user.id, Protection::Excluded)?;
                        users::set_licensed(tx, connection, &user.id, false)?;
                    }
                }
            }
            Ok(())
        })
        .await
}
