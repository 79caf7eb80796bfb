//! A Run that changed and removed far more than is normal, as ransomware does: retention of the Domain waits, so that what
//! was there before stays, until a person has looked.

use holdfast_catalog::{Change, MassChange, Subject, Tx, archives, changes, connections, users};
use holdfast_model::{ConnectionId, Owner, Timestamp};
use serde::{Deserialize, Serialize};

use crate::backup::RunEnd;
use crate::engine::Engine;
use crate::error::{EngineError, Result};
use crate::events::{Event, Events};
use crate::notifications::{self, MASS_CHANGE};

/// Fewer than this is never a mass change.
const LEAST: u64 = 100;
/// So many times the median of the Runs before.
const TIMES_MEDIAN: u64 = 10;
/// So many times the most of the Runs before.
const TIMES_MOST: u64 = 3;
/// At least one in so many of the Items that were there.
const ONE_IN: u64 = 10;

/// A mass change that holds retention, for who is to look at it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// The Domain's Connection.
    pub connection: ConnectionId,
    /// Whose, and which Service.
    pub title: String,
    /// What happened, in words.
    pub what: String,
    /// When.
    pub at: Timestamp,
    /// The last point in time before it that is known to be good.
    pub quiet_at: Option<Timestamp>,
}

/// True where a Run changed and removed so many of the Items that were there that someone should look, given what the Runs
/// before did.
fn is_suspicious(now: u64, held: u64, before: &[u64]) -> bool {
    let most = before.iter().copied().max().unwrap_or(0);
    let mut ascending = before.to_vec();
    ascending.sort_unstable();
    let median = ascending.get(ascending.len() / 2).copied().unwrap_or(0);
    now >= LEAST && now * ONE_IN >= held && now > most * TIMES_MOST && now >= median * TIMES_MEDIAN
}

/// Records what a Run changed, and opens the notification where that is far above normal.
pub(crate) async fn after_run(engine: &Engine, end: &RunEnd, events: &Events) {
    let (end, now) = (end.clone(), engine.now());
    let looked = engine.write(move |tx| look(tx, &end, now)).await;
    match looked {
        Ok(told) => {
            for event in told {
                events.tell_surely(event).await;
            }
        }
        Err(error) => {
            tracing::error!(code = error.code(), %error, "what a run changed could not be recorded")
        }
    }
}

fn look(tx: &Tx<'_>, end: &RunEnd, now: Timestamp) -> Result<Vec<Event>> {
    let ledger = &end.ledger;
    let Some(archive) = archives::get(tx, end.archive.id)? else { return Ok(Vec::new()) };
    // A first Run changes nothing that was there.
    if !end.archive.first_run_done || ledger.listed == 0 {
        return Ok(Vec::new());
    }
    // A mail never changes; its labels do, by the thousand, when someone tidies up.
    let changed = match ledger.stored {
        _ if archive.scope.service.is_mail() => 0,
        few if few < LEAST => few,
        many => many.min(changes::changed_by(tx, archive.id, end.run)?),
    };
    let change = Change {
        archive: archive.id,
        run: end.run,
        at: now,
        changed,
        removed: ledger.removed,
        held: archive.items,
    };
    let sum = |change: &Change| change.changed + change.removed;
    let before: Vec<u64> = changes::list(tx, archive.id)?.iter().map(sum).collect();
    changes::record(tx, &change)?;
    if !is_suspicious(sum(&change), change.held, &before) {
        return Ok(Vec::new());
    }
    let normal = before.iter().copied().max().unwrap_or(0);
    changes::suspect(tx, archive.connection, &change, normal, archive.last_complete_at)?;
    let held = changes::held(tx, archive.connection)?;
    let Some(found) = held.iter().find(|one| one.archive == archive.id && one.run == end.run) else {
        return Ok(Vec::new());
    };
    notifications::open(tx, MASS_CHANGE, &subject(tx, found)?, Some(&in_words(tx, found)?), now)
}

/// After the catalogue was made anew: what nobody has looked at is told again.
pub(crate) fn tell_again(tx: &Tx<'_>, connection: ConnectionId, now: Timestamp) -> Result<()> {
    for change in changes::held(tx, connection)? {
        let (subject, words) = (subject(tx, &change)?, in_words(tx, &change)?);
        holdfast_catalog::notifications::open(tx, MASS_CHANGE, &subject, Some(&words), now)?;
    }
    Ok(())
}

fn subject(tx: &Tx<'_>, change: &MassChange) -> Result<Subject> {
    let owner = archives::get(tx, change.archive)?.map(|archive| archive.scope.owner);
    let user = match owner {
        Some(Owner::User(user)) => Some(user),
        Some(Owner::Domain(_)) | None => None,
    };
    Ok(Subject { connection: Some(change.connection), user, archive: Some(change.archive) })
}

/// `anna@example.com Drive: 3912 items changed and 800 vanished in one backup, where 12 were the most before; …`.
pub(super) fn in_words(tx: &Tx<'_>, change: &MassChange) -> Result<String> {
    let quiet = change.quiet_at.map_or_else(String::new, |at| {
        format!("; the last quiet point in time is {}", at.strftime("%Y-%m-%d %H:%M UTC"))
    });
    Ok(format!(
        "{}: {} items changed and {} vanished in one backup, where {} were the most before{quiet}",
        title(tx, change)?,
        change.changed,
        change.removed,
        change.normal
    ))
}

fn title(tx: &Tx<'_>, change: &MassChange) -> Result<String> {
    let Some(archive) = archives::get(tx, change.archive)? else { return Ok(String::new()) };
    let address = match &archive.scope.owner {
        Owner::User(user) => users::by_id(tx, archive.connection, user)?.map(|user| user.user.address),
        Owner::Domain(_) => None,
    };
    Ok(crate::backup::title_of(&archive, &address.unwrap_or_default()))
}

impl Engine {
    /// Mass changes that hold the retention of their Domain until a person releases it.
    pub async fn retention_holds(&self) -> Result<Vec<Hold>> {
        self.read(|tx| {
            let mut holds = Vec::new();
            for known in connections::list(tx)? {
                for change in changes::held(tx, known.id)? {
                    holds.push(Hold {
                        connection: known.id,
                        title: title(tx, &change)?,
                        what: in_words(tx, &change)?,
                        at: change.at,
                        quiet_at: change.quiet_at,
                    });
                }
            }
            Ok(holds)
        })
        .await
    }
}

/// A person looked: retention of the Domain goes on.
pub(crate) async fn release(engine: &Engine, one: Option<ConnectionId>, events: &Events) -> Result<()> {
    let known = super::retention::any_one(engine, one).await?;
    let (id, now, name) = (known.id, engine.now(), known.tenant_name);
    let released = engine.write(move |tx| Ok(changes::release(tx, id, now)?)).await?;
    if released == 0 {
        return Err(EngineError::NotFound { what: "held retention of", name });
    }
    engine.fixed(events, move |open| open.cause == MASS_CHANGE && open.subject.connection == Some(id)).await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn far_more_than_ever_before_and_a_part_of_all_that_was_there_is_suspicious() {
        let calm = [3, 12, 0, 7, 5];
        let rows: &[(u64, u64, &[u64], bool)] = &[
            (4712, 19_000, &calm, true),
            (99, 100, &[], false),
            (100, 1000, &[], true),
            (100, 1001, &[], false),
            (400, 1000, &[150], false),
            (451, 1000, &[150, 1, 1], true),
            (500, 1000, &[60, 60, 60], false),
            (600, 1000, &[60, 60, 60], true),
            (900, 1_000_000, &calm, false),
            (0, 0, &[], false),
        ];
        for (now, held, before, expected) in rows {
            assert_eq!(is_suspicious(*now, *held, before), *expected, "{now} of {held} after {before:?}");
        }
    }
}
