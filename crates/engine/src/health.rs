//! Foresight: what will break a Connection soon is told while there is time. Looked at with each sync and each live test.

use holdfast_catalog::{Connection, Tx, users};
use holdfast_clouds::contract::{Authorisation, Cloud, EndsBecause};
use holdfast_model::{Account, ConnectionId, Timestamp};

use crate::connection;
use crate::engine::Engine;
use crate::error::{EngineError, Result};
use crate::events::{Event, Events};
use crate::notifications::{self, ADMIN_LOST, CLOCK_WRONG, ENDING, of_connection};

/// An authorisation that ends sooner is told of.
const DAYS_BEFORE: i64 = 15;
/// A clock that is further off is told of: tokens are refused, and times of Items look wrong.
const MOST_CLOCK_SECONDS: u64 = 5 * 60;

/// How a Connection is authorised, from what is kept, and how far this computer's clock is off.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// By what, since when, until when.
    pub authorisation: Authorisation,
    /// This computer's clock minus the Cloud's, in seconds, where the Cloud was asked something by this process.
    pub clock_ahead: Option<i64>,
}

impl Engine {
    /// How a Connection is authorised. Sends nothing.
    pub async fn health(&self, id: ConnectionId) -> Result<Health> {
        let known = connection::by_id(self, id).await?;
        if known.state == holdfast_catalog::ConnectionState::Disconnected {
            return Err(EngineError::ConnectionDisconnected(known.tenant_name));
        }
        let cloud = self.cloud(&known).await?;
        Ok(Health { authorisation: cloud.authorisation().await?, clock_ahead: cloud.clock_ahead() })
    }

    /// Tells what will break the Connection soon, and what no longer will.
    pub(crate) async fn foresee(&self, known: &Connection, cloud: &dyn Cloud, events: &Events) {
        let (subject, now) = (of_connection(known.id), self.now());
        match cloud.authorisation().await {
            Ok(authorisation) => {
                let soon = ends_soon(&authorisation, now);
                self.found_or_fixed(ENDING, known.id, soon, events).await;
            }
            Err(error) => tracing::warn!(%error, "it is not known when a connection ends"),
        }
        let Some(ahead) = cloud.clock_ahead() else { return };
        if ahead.unsigned_abs() < MOST_CLOCK_SECONDS {
            self.fixed(events, move |open| open.cause == CLOCK_WRONG && open.subject == subject).await;
        } else {
            let how = if ahead > 0 { "ahead of" } else { "behind" };
            let minutes = ahead.unsigned_abs() / 60;
            let detail = format!("the clock of this computer is {minutes} minutes {how} the cloud's");
            self.found(CLOCK_WRONG.to_owned(), subject, detail, events).await;
        }
    }

    async fn found_or_fixed(
        &self,
        cause: &'static str,
        id: ConnectionId,
        detail: Option<String>,
        events: &Events,
    ) {
        let subject = of_connection(id);
        match detail {
            Some(detail) => self.found(cause.to_owned(), subject, detail, events).await,
            None => self.fixed(events, move |open| open.cause == cause && open.subject == subject).await,
        }
    }

    /// A new authorisation was given: what was foreseen of the old one is no longer true.
    pub(crate) async fn authorised_anew(&self, id: ConnectionId, events: &Events) {
        let subject = of_connection(id);
        self.fixed(events, move |open| {
            [ENDING, ADMIN_LOST].contains(&open.cause.as_str()) && open.subject == subject
        })
        .await;
    }
}

fn ends_soon(authorisation: &Authorisation, now: Timestamp) -> Option<String> {
    let ends = authorisation.ends?;
    let days = (ends.at.as_second() - now.as_second()) / (24 * 3600);
    if days > DAYS_BEFORE {
        return None;
    }
    let date = ends.at.strftime("%-d %B %Y");
    match ends.why {
        EndsBecause::Limited => Some(format!("the cloud gave this sign-in until {date} only")),
        EndsBecause::Unused => Some(format!("this sign-in ends on {date} unless it is used before")),
        // Nobody knows: the page shows it, and nobody is alarmed.
        EndsBecause::PerhapsTesting => None,
    }
}

/// True where the Directory says that the account which authorised the Connection is an admin.
pub(crate) fn is_admin(tx: &Tx<'_>, known: &Connection) -> Result<bool> {
    Ok(users::by_address(tx, known.id, &known.signed_in_as)?.is_some_and(|user| user.user.is_admin))
}

/// After a sync: an admin who authorised the Connection and is none any more, or can no longer sign in.
pub(crate) fn note_admin(
    tx: &Tx<'_>,
    known: &Connection,
    was_admin: bool,
    now: Timestamp,
) -> Result<Vec<Event>> {
    // An app's own user is not in the Directory.
    let Some(user) = users::by_address(tx, known.id, &known.signed_in_as)? else { return Ok(Vec::new()) };
    let who = &known.signed_in_as;
    let lost = match user.user.account {
        _ if user.vanished_at.is_some() => Some(format!("the account {who} is no longer in the directory")),
        Account::Deleted => Some(format!("the account {who} was deleted")),
        Account::Suspended | Account::Archived => {
            Some(format!("the account {who} is {}", user.user.account.as_str()))
        }
        Account::Active if was_admin && !user.user.is_admin => Some(format!("{who} is no longer an admin")),
        Account::Active => None,
    };
    let subject = of_connection(known.id);
    match lost {
        Some(detail) => notifications::open(tx, ADMIN_LOST, &subject, Some(&detail), now),
        // Who never was an admin says nothing: other roles may do.
        None if user.user.is_admin => {
            notifications::close(tx, move |open| open.cause == ADMIN_LOST && open.subject == subject, now)
        }
        None => Ok(Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use holdfast_clouds::contract::{AuthorisedBy, Ending};

    use super::*;

    fn day(days: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + days * 24 * 3600).unwrap()
    }

    #[test]
    fn what_ends_is_told_fifteen_days_before_and_what_nobody_knows_is_not() {
        let told = |why, ends| {
            let ends = Some(Ending { at: day(ends), why });
            let authorisation = Authorisation { way: AuthorisedBy::SignIn, since: Some(day(0)), ends };
            ends_soon(&authorisation, day(0))
        };
        for (why, days, is_told) in [
            (EndsBecause::Limited, 7, true),
            (EndsBecause::Limited, 15, true),
            (EndsBecause::Limited, 16, false),
            (EndsBecause::Unused, 14, true),
            (EndsBecause::Unused, 60, false),
            (EndsBecause::PerhapsTesting, 3, false),
        ] {
            assert_eq!(told(why, days).is_some(), is_told, "{why:?} {days}");
        }
        assert_eq!(ends_soon(&Authorisation::default(), day(0)), None);
    }
}
