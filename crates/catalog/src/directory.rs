//! What users, groups and org units have in common: each is a row per id of a Connection, a sync tells of it, and
//! what a whole sync no longer tells of has vanished.

use holdfast_model::{ConnectionId, Timestamp};
use rusqlite::{ToSql, params};

use crate::sql::{Columns, micros};
use crate::{Result, Tx};

/// One of the three tables.
pub(crate) struct Table<T> {
    /// Its name.
    pub(crate) name: &'static str,
    /// The column of the provider's id.
    pub(crate) id: &'static str,
    /// The columns that `read` reads.
    pub(crate) columns: &'static str,
    /// A row.
    pub(crate) read: fn(&mut Columns<'_>) -> rusqlite::Result<T>,
    /// The column that keeps when a row was first told of, where there is one.
    pub(crate) first_seen: Option<&'static str>,
    /// What else is set on a row that vanished, with a comma in front.
    pub(crate) also_gone: &'static str,
}

impl<T> Table<T> {
    /// One row.
    pub(crate) fn by_id(&self, tx: &Tx<'_>, connection: ConnectionId, id: &str) -> Result<Option<T>> {
        let Self { name, id: key, columns, .. } = self;
        tx.one(
            &format!("SELECT {columns} FROM {name} WHERE connection_id = ?1 AND {key} = ?2"),
            params![connection.0, id],
            self.read,
        )
    }

    /// The row that `which` finds by its `?2`: one that is there before one that vanished, the last that vanished
    /// before older ones.
    pub(crate) fn first(
        &self,
        tx: &Tx<'_>,
        connection: ConnectionId,
        which: &str,
        value: &str,
    ) -> Result<Option<T>> {
        let Self { name, id: key, columns, .. } = self;
        tx.one(
            &format!(
                "SELECT {columns} FROM {name} WHERE connection_id = ?1 AND {which}
                 ORDER BY vanished_at IS NOT NULL, vanished_at DESC, {key} LIMIT 1"
            ),
            params![connection.0, value],
            self.read,
        )
    }

    /// The rows that are there.
    pub(crate) fn there(&self, tx: &Tx<'_>, connection: ConnectionId, order: &str) -> Result<Vec<T>> {
        let Self { name, id: key, columns, .. } = self;
        tx.all(
            &format!(
                "SELECT {columns} FROM {name} WHERE connection_id = ?1 AND vanished_at IS NULL
                 ORDER BY {order}, {key}"
            ),
            [connection.0],
            self.read,
        )
    }

    /// A sync told of a row: written, or changed in the columns that the Cloud decides. What was
    /// known of it before.
    pub(crate) fn upsert(
        &self,
        tx: &Tx<'_>,
        connection: ConnectionId,
        id: &str,
        now: Timestamp,
        told: &[(&str, &dyn ToSql)],
    ) -> Result<Option<T>> {
        let before = self.by_id(tx, connection, id)?;
        let (name, key) = (self.name, self.id);
        let mut columns: String = told.iter().map(|(column, _)| format!(", {column}")).collect();
        let mut values: String = (0..told.len()).map(|number| format!(", ?{}", number + 4)).collect();
        if let Some(column) = self.first_seen {
            columns += &format!(", {column}");
            values += ", ?3";
        }
        let changes: String =
            told.iter().map(|(column, _)| format!("{column} = excluded.{column}, ")).collect();
        let (connection, now) = (connection.0, micros(now));
        let mut given: Vec<&dyn ToSql> = vec![&connection, &id, &now];
        given.extend(told.iter().map(|(_, value)| *value));
        tx.run(
            &format!(
                "INSERT INTO {name} (connection_id, {key}, last_seen{columns}) VALUES (?1, ?2, ?3{values})
                 ON CONFLICT DO UPDATE SET {changes}last_seen = excluded.last_seen, vanished_at = NULL"
            ),
            given.as_slice(),
        )?;
        Ok(before)
    }

    /// A sync that told everything began at `sync_started`: what it did not tell of vanished. Those rows, as they
    /// were before.
    pub(crate) fn mark_vanished(
        &self,
        tx: &Tx<'_>,
        connection: ConnectionId,
        sync_started: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<T>> {
        let Self { name, id: key, columns, also_gone, .. } = self;
        let which = "connection_id = ?1 AND last_seen < ?2 AND vanished_at IS NULL";
        let vanished = tx.all(
            &format!("SELECT {columns} FROM {name} WHERE {which} ORDER BY {key}"),
            params![connection.0, micros(sync_started)],
            self.read,
        )?;
        tx.run(
            &format!("UPDATE {name} SET vanished_at = ?3{also_gone} WHERE {which}"),
            params![connection.0, micros(sync_started), micros(now)],
        )?;
        Ok(vanished)
    }
}
