//! Notifications: causes that keep someone from being protected, open until they are fixed.

use std::collections::HashMap;

use holdfast_model::{ArchiveId, ConnectionId, Timestamp, UserId};
use rusqlite::params;

use crate::sql::{Columns, micros, row_id};
use crate::{Result, Tx};

row_id! {
    /// A row of the notifications.
    NotificationId
}

/// Whom a cause concerns; all empty for the whole data directory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// A Connection.
    pub connection: Option<ConnectionId>,
    /// A User of it.
    pub user: Option<UserId>,
    /// An Archive.
    pub archive: Option<ArchiveId>,
}

/// A cause, open or fixed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// Its row.
    pub id: NotificationId,
    /// The stable code of the cause.
    pub cause: String,
    /// Whom it concerns.
    pub subject: Subject,
    /// Since when.
    pub opened: Timestamp,
    /// When it was last found.
    pub last_seen: Timestamp,
    /// When it was fixed.
    pub closed: Option<Timestamp>,
    /// How often a person was told.
    pub escalation: u32,
    /// The evidence.
    pub detail: Option<String>,
}

const COLUMNS: &str =
    "id, cause, connection_id, user_id, archive_id, opened, last_seen, closed, escalation, detail";

fn read(c: &mut Columns<'_>) -> rusqlite::Result<Notification> {
    Ok(Notification {
        id: NotificationId(c.get()?),
        cause: c.get()?,
        subject: Subject {
            connection: c.get::<Option<i64>>()?.map(ConnectionId),
            user: c.get::<Option<String>>()?.map(UserId),
            archive: c.get::<Option<i64>>()?.map(ArchiveId),
        },
        opened: c.time()?,
        last_seen: c.time()?,
        closed: c.maybe_time()?,
        escalation: c.small()?,
        detail: c.get()?,
    })
}

/// A cause that is open now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its row.
    pub id: NotificationId,
    /// It was not open before.
    pub is_new: bool,
}

/// A cause was found. It is opened once, and found again as often as it is there.
pub fn open(
    tx: &Tx<'_>,
    cause: &str,
    subject: &Subject,
    detail: Option<&str>,
    now: Timestamp,
) -> Result<Found> {
    let before: i64 = tx.value("SELECT ifnull(max(id), 0) FROM notifications", [], |c| c.get())?;
    tx.value(
        "INSERT INTO notifications (cause, connection_id, user_id, archive_id, opened, last_seen, detail)
         VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6)
         ON CONFLICT (cause, ifnull(connection_id, 0), ifnull(user_id, ''), ifnull(archive_id, 0))
            WHERE closed IS NULL
         DO UPDATE SET last_seen = excluded.last_seen, detail = excluded.detail
         RETURNING id",
        params![
            cause,
            subject.connection.map(|connection| connection.0),
            subject.user.as_ref().map(UserId::as_str),
            subject.archive.map(|archive| archive.0),
            micros(now),
            detail
        ],
        |c| c.get().map(|id: i64| Found { id: NotificationId(id), is_new: id > before }),
    )
}

/// A cause is fixed; whether it was open.
pub fn close(tx: &Tx<'_>, cause: &str, subject: &Subject, now: Timestamp) -> Result<bool> {
    let closed = tx.run(
        "UPDATE notifications SET closed = ?5 WHERE closed IS NULL AND cause = ?1
            AND ifnull(connection_id, 0) = ifnull(?2, 0) AND ifnull(user_id, '') = ifnull(?3, '')
            AND ifnull(archive_id, 0) = ifnull(?4, 0)",
        params![
            cause,
            subject.connection.map(|connection| connection.0),
            subject.user.as_ref().map(UserId::as_str),
            subject.archive.map(|archive| archive.0),
            micros(now)
        ],
    )?;
    Ok(closed > 0)
}

/// When a cause was last opened for each User of a Connection, also where it is fixed by now.
pub fn last_opened(tx: &Tx<'_>, cause: &str, connection: ConnectionId) -> Result<HashMap<UserId, Timestamp>> {
    let rows = tx.all(
        "SELECT user_id, max(opened) FROM notifications
         WHERE cause = ?1 AND connection_id = ?2 AND user_id IS NOT NULL GROUP BY user_id",
        params![cause, connection.0],
        |c| Ok((UserId(c.get()?), c.time()?)),
    )?;
    Ok(rows.into_iter().collect())
}

/// The causes that `is_fixed` picks are fixed. Those, as they were before.
pub fn close_all(
    tx: &Tx<'_>,
    is_fixed: impl Fn(&Notification) -> bool,
    now: Timestamp,
) -> Result<Vec<Notification>> {
    let fixed: Vec<Notification> = list_open(tx)?.into_iter().filter(is_fixed).collect();
    for one in &fixed {
        close(tx, &one.cause, &one.subject, now)?;
    }
    Ok(fixed)
}

/// A person was told once more.
pub fn escalate(tx: &Tx<'_>, id: NotificationId) -> Result<()> {
    tx.must("UPDATE notifications SET escalation = escalation + 1 WHERE id = ?1", [id.0], "notification", id)
}

/// What is open, oldest first.
pub fn list_open(tx: &Tx<'_>) -> Result<Vec<Notification>> {
    tx.all(&format!("SELECT {COLUMNS} FROM notifications WHERE closed IS NULL ORDER BY opened, id"), [], read)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Scratch, archive, at, connection};

    #[test]
    fn a_cause_is_open_once_per_subject_until_it_is_fixed() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let c = connection(tx);
            let ann = Subject { connection: Some(c), archive: Some(archive(tx, c, "ann")), user: None };
            let everyone = Subject::default();
            let Found { id: first, is_new } = open(tx, "quarantine", &ann, Some("1 item"), at(1))?;
            assert!(is_new);
            let again = open(tx, "quarantine", &ann, Some("2 items"), at(5))?;
            assert_eq!(again, Found { id: first, is_new: false });
            let general = open(tx, "quarantine", &everyone, None, at(2))?.id;
            escalate(tx, first)?;
            let listed = list_open(tx)?;
            assert_eq!(listed.iter().map(|n| n.id).collect::<Vec<_>>(), [first, general]);
            assert_eq!((listed[0].opened, listed[0].last_seen, listed[0].escalation), (at(1), at(5), 1));
            assert_eq!(listed[0].detail.as_deref(), Some("2 items"));
            assert!(close(tx, "quarantine", &ann, at(6))?);
            assert!(!close(tx, "quarantine", &ann, at(7))?);
            let returned = open(tx, "quarantine", &ann, None, at(8))?;
            assert!(returned.is_new && returned.id != first, "a cause that returns is a new one");
            let fixed = close_all(tx, |open| open.subject == ann, at(9))?;
            assert_eq!(fixed.iter().map(|n| n.id).collect::<Vec<_>>(), [returned.id]);
            assert_eq!(list_open(tx)?.iter().map(|n| n.id).collect::<Vec<_>>(), [general]);
            assert!(escalate(tx, NotificationId(99)).is_err());
            Ok(())
        });
    }
}
