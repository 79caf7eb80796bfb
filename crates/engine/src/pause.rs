//! Pauses: all backups, an org unit with those below it, a group, or one User rest until a time or until a person ends
//! it. A pause holds the schedule back and lets Runs under way rest; what a person starts meanwhile runs all the same.
//!
//! Pauses add up: a User whose unit is paused stays so though the User's own pause ends.

use std::collections::{HashMap, HashSet};

use holdfast_catalog::{
    DirectoryUser, Pause, PauseTarget, Protection, Schedule, Tx, UserFilter, groups, org_units, pauses, users,
};
use holdfast_model::{ConnectionId, Timestamp, UserId};

use crate::engine::Engine;
use crate::error::{EngineError, Result};

/// Who is paused at a moment, and by what.
#[derive(Clone, Debug, Default)]
pub struct Pauses {
    listed: Vec<Pause>,
    all: Option<Pause>,
    users: HashMap<(ConnectionId, UserId), Pause>,
}

impl Pauses {
    /// As they hold at `now`.
    pub fn at(tx: &Tx<'_>, now: Timestamp) -> Result<Self> {
        let mut found = Self { listed: pauses::list(tx, now)?, ..Self::default() };
        for pause in found.listed.clone() {
            let (connection, reached) = match &pause.target {
                PauseTarget::All => {
                    found.all = Some(pause);
                    continue;
                }
                PauseTarget::OrgUnit { connection, id } => {
                    (*connection, org_units::users(tx, *connection, id, true)?)
                }
                PauseTarget::Group { connection, id } => {
                    (*connection, groups::member_users(tx, *connection, id)?)
                }
                PauseTarget::User { connection, id } => (*connection, vec![id.clone()]),
            };
            for user in reached {
                found.reach((connection, user), &pause);
            }
        }
        Ok(found)
    }

    /// Of several pauses the one that ends last is told.
    fn reach(&mut self, whom: (ConnectionId, UserId), pause: &Pause) {
        let known = self.users.entry(whom).or_insert_with(|| pause.clone());
        let ends_later = match (known.until, pause.until) {
            (None, _) => false,
            (Some(_), None) => true,
            (Some(known), Some(new)) => new > known,
        };
        if ends_later {
            *known = pause.clone();
        }
    }

    /// Each of them, the widest first.
    pub fn listed(&self) -> &[Pause] {
        &self.listed
    }

    /// The pause of everything.
    pub fn of_all(&self) -> Option<&Pause> {
        self.all.as_ref()
    }

    /// True where something holds the User's schedule back: a pause, or the User's own setting.
    pub fn holds(&self, user: &DirectoryUser) -> bool {
        self.all.is_some() || self.chose(user)
    }

    /// True where the User rests while others do not.
    pub fn chose(&self, user: &DirectoryUser) -> bool {
        user.schedule == Schedule::Paused || self.users.contains_key(&(user.connection, user.user.id.clone()))
    }

    /// The pause that reaches a User: that of everything, or of the unit, a group or the User that ends last.
    pub fn of_user(&self, user: &DirectoryUser) -> Option<&Pause> {
        self.all.as_ref().or_else(|| self.users.get(&(user.connection, user.user.id.clone())))
    }
}

/// Begins a pause, or changes when it ends.
pub(crate) async fn pause(engine: &Engine, who: PauseTarget, until: Option<Timestamp>) -> Result<()> {
    let now = engine.now();
    if until.is_some_and(|until| until <= now) {
        return Err(EngineError::BadInput("a pause ends in the future".to_owned()));
    }
    engine
        .write(move |tx| {
            must_be_known(tx, &who)?;
            pauses::forget_over(tx, now)?;
            match (&who, until) {
                (PauseTarget::User { connection, id }, None) => {
                    pauses::remove(tx, &who)?;
                    Ok(users::set_schedule(tx, *connection, id, Schedule::Paused)?)
                }
                _ => Ok(pauses::put(tx, &who, until, now)?),
            }
        })
        .await
}

/// Ends a pause; fine where there is none.
pub(crate) async fn unpause(engine: &Engine, who: PauseTarget) -> Result<()> {
    engine
        .write(move |tx| {
            must_be_known(tx, &who)?;
            pauses::remove(tx, &who)?;
            if let PauseTarget::User { connection, id } = &who {
                users::set_schedule(tx, *connection, id, Schedule::Active)?;
            }
            Ok(())
        })
        .await
}

/// The protected Users of a Connection whose schedule is held back now.
pub fn paused_users(tx: &Tx<'_>, connection: ConnectionId, now: Timestamp) -> Result<HashSet<UserId>> {
    let pauses = Pauses::at(tx, now)?;
    let filter = UserFilter { protection: Some(Protection::Protected), ..UserFilter::default() };
    let protected = users::list(tx, connection, &filter)?;
    Ok(protected.into_iter().filter(|user| pauses.holds(user)).map(|user| user.user.id).collect())
}

fn must_be_known(tx: &Tx<'_>, who: &PauseTarget) -> Result<()> {
    let (what, name, is_there) = match who {
        PauseTarget::All => return Ok(()),
        PauseTarget::OrgUnit { connection, id } => {
            ("org unit", id.to_string(), org_units::by_id(tx, *connection, id)?.is_some())
        }
        PauseTarget::Group { connection, id } => {
            ("group", id.to_string(), groups::by_id(tx, *connection, id)?.is_some())
        }
        PauseTarget::User { connection, id } => {
            ("user", id.to_string(), users::by_id(tx, *connection, id)?.is_some())
        }
    };
    if is_there { Ok(()) } else { Err(EngineError::NotFound { what, name }) }
}
