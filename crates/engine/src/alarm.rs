//! When a person is told of a cause: at once, after a day and after three days, each once, however many it concerns and
//! however many processes look. What was told is kept by the way it was told, so that a mail server that is down costs
//! no system notification, and the other way round.

use std::collections::BTreeMap;

use holdfast_catalog::{Notification, Tx, notifications, settings};
use holdfast_model::{ConnectionId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::engine::Engine;
use crate::error::Result;

/// A cause is told at once, and again after so many hours.
const AGAIN_AFTER_HOURS: [i64; 3] = [0, 24, 72];
/// A cause that returns within this time is the same one still.
const SAME_WITHIN_SECONDS: i64 = 3600;

/// How people are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// The system's notifications.
    System,
    /// An e-mail.
    Email,
    /// A request to an address of the person's own.
    Webhook,
}

impl Channel {
    const fn setting(self) -> &'static str {
        match self {
            Self::System => "told_system",
            Self::Email => "told_email",
            Self::Webhook => "told_webhook",
        }
    }
}

/// One cause of one Domain that a person is to be told of now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// Its stable code.
    pub cause: String,
    /// The Domain's Connection, where it is of one.
    pub connection: Option<ConnectionId>,
    /// All that it concerns, the oldest first.
    pub notifications: Vec<Notification>,
    /// 1 at once, 2 after a day, 3 after three.
    pub times: usize,
}

/// What was told of a cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Told {
    first: Timestamp,
    times: usize,
    /// Since when it is no longer there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gone: Option<Timestamp>,
}

type Kept = BTreeMap<String, Told>;
/// The causes as they are told: one entry for each cause of each Domain.
type Groups = BTreeMap<(String, Option<ConnectionId>), Vec<Notification>>;

/// Open causes by cause and Domain.
pub fn grouped(open: Vec<Notification>) -> Groups {
    let mut groups = Groups::new();
    for one in open {
        groups.entry((one.cause.clone(), one.subject.connection)).or_default().push(one);
    }
    groups
}

impl Engine {
    /// What is to be told now over this channel. Each is given once: asking for it is telling it. `is_told` picks the
    /// causes that are told over it at all.
    pub async fn due_alarms(
        &self,
        channel: Channel,
        is_told: impl Fn(&str) -> bool + Send + Copy + 'static,
    ) -> Result<Vec<Alarm>> {
        let now = self.now();
        let look = move |tx: &Tx<'_>| {
            let mut groups = grouped(notifications::list_open(tx)?);
            groups.retain(|(cause, _), _| is_told(cause));
            let known = known(tx, channel);
            let (due, kept) = due(groups, &known, now);
            Ok((due, (kept != known).then_some(kept)))
        };
        let (_, changed) = self.read(look).await?;
        if changed.is_none() {
            return Ok(Vec::new());
        }
        // Another process may have been first: what holds is what is seen while nobody else writes.
        self.write(move |tx| {
            let (due, changed) = look(tx)?;
            if let Some(kept) = changed {
                settings::set(tx, channel.setting(), &kept)?;
            }
            if channel == Channel::System {
                for one in due.iter().flat_map(|alarm: &Alarm| &alarm.notifications) {
                    notifications::escalate(tx, one.id)?;
                }
            }
            Ok(due)
        })
        .await
    }

    /// It could not be told after all: it is given once more.
    pub async fn alarm_was_not_told(&self, channel: Channel, alarm: &Alarm) -> Result<()> {
        let (key, times) = (name(&alarm.cause, alarm.connection), alarm.times);
        self.write(move |tx| {
            let mut kept = known(tx, channel);
            if let Some(told) = kept.get_mut(&key)
                && told.times == times
            {
                told.times -= 1;
                settings::set(tx, channel.setting(), &kept)?;
            }
            Ok(())
        })
        .await
    }
}

/// What cannot be understood is from another version; what is told twice does no harm.
fn known(tx: &Tx<'_>, channel: Channel) -> Kept {
    settings::get::<Kept>(tx, channel.setting()).ok().flatten().unwrap_or_default()
}

fn name(cause: &str, connection: Option<ConnectionId>) -> String {
    match connection {
        Some(connection) => format!("{cause} {connection}"),
        None => cause.to_owned(),
    }
}

/// What is due, and what is kept of it.
fn due(groups: Groups, known: &Kept, now: Timestamp) -> (Vec<Alarm>, Kept) {
    let (mut due, mut kept) = (Vec::new(), Kept::new());
    for ((cause, connection), notifications) in groups {
        let key = name(&cause, connection);
        let mut told = known.get(&key).copied().filter(|told| !is_over(told, now)).unwrap_or(Told {
            first: now,
            times: 0,
            gone: None,
        });
        told.gone = None;
        let hours = (now.as_second() - told.first.as_second()) / 3600;
        if AGAIN_AFTER_HOURS.get(told.times).is_some_and(|after| hours >= *after) {
            // After a long sleep of the computer once is enough.
            told.times = AGAIN_AFTER_HOURS.iter().filter(|after| hours >= **after).count();
            due.push(Alarm { cause, connection, notifications, times: told.times });
        }
        kept.insert(key, told);
    }
    for (key, told) in known {
        if !kept.contains_key(key) && !is_over(told, now) {
            kept.insert(key.clone(), Told { gone: told.gone.or(Some(now)), ..*told });
        }
    }
    (due, kept)
}

fn is_over(told: &Told, now: Timestamp) -> bool {
    told.gone.is_some_and(|gone| now.as_second() - gone.as_second() >= SAME_WITHIN_SECONDS)
}

#[cfg(test)]
mod tests {
    use holdfast_catalog::{NotificationId, Subject};
    use holdfast_model::ArchiveId;

    use super::*;

    fn open(cause: &str, connection: i64, archive: i64) -> Notification {
        let at = Timestamp::UNIX_EPOCH;
        let (connection, archive) = (Some(ConnectionId(connection)), Some(ArchiveId(archive)));
        Notification {
            id: NotificationId(archive.map_or(0, |archive| archive.0)),
            cause: cause.to_owned(),
            subject: Subject { connection, user: None, archive },
            opened: at,
            last_seen: at,
            closed: None,
            escalation: 0,
            detail: None,
        }
    }

    fn minute(minutes: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + minutes * 60).unwrap()
    }

    /// Looks at each of these minutes, as if after a restart each time; when something was told.
    fn told(
        open_at: impl Fn(i64) -> Vec<Notification>,
        minutes: impl Iterator<Item = i64>,
    ) -> Vec<(i64, usize)> {
        let (mut known, mut told) = (Kept::new(), Vec::new());
        for at in minutes {
            let (due, kept) = due(grouped(open_at(at)), &known, minute(at));
            known = serde_json::from_value(serde_json::to_value(kept).unwrap()).unwrap();
            told.extend(due.into_iter().map(|alarm| (at, alarm.times)));
        }
        told
    }

    #[test]
    fn a_cause_is_told_at_once_after_a_day_after_three_and_never_again() {
        let all = told(|_| vec![open("cloud.forbidden", 1, 7)], 0..200 * 60);
        assert_eq!(all, [(0, 1), (24 * 60, 2), (72 * 60, 3)]);
    }

    #[test]
    fn fifty_archives_of_one_cause_are_told_once_and_one_more_says_nothing_new() {
        let many = |at| (0..=50 + at / 60).map(|archive| open("cloud.forbidden", 1, archive)).collect();
        assert_eq!(told(many, 0..20 * 60), [(0, 1)]);
        let two = |_| vec![open("cloud.forbidden", 1, 1), open("cloud.forbidden", 2, 2)];
        assert_eq!(told(two, 0..2), [(0, 1), (0, 1)]);
    }

    #[test]
    fn a_cause_that_comes_and_goes_is_told_once_and_one_that_returns_later_anew() {
        let flapping = |at: i64| if at % 10 < 5 { vec![open("x", 1, 1)] } else { vec![] };
        assert_eq!(told(flapping, 0..600), [(0, 1)]);
        let returns = |at: i64| if (10..200).contains(&at) { vec![] } else { vec![open("x", 1, 1)] };
        assert_eq!(told(returns, 0..300), [(0, 1), (200, 1)]);
    }

    #[test]
    fn a_long_sleep_of_the_computer_is_one_notification() {
        let all = told(|_| vec![open("x", 1, 1)], [0, 500 * 60, 501 * 60].into_iter());
        assert_eq!(all, [(0, 1), (500 * 60, 3)]);
    }
}
