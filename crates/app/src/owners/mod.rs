//! The roll: everyone whose data is or could be kept, with how each stands. It is read whole, kept while the catalogue
//! does not change, and filtered, sorted and cut into parts here, so that the page holds what is in view and no more.

mod query;
mod rows;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use holdfast_engine::{Engine, EngineError};
use holdfast_model::{ConnectionId, DriveId, Owner, UserId};

use crate::UserError;
use crate::error::Result;
use crate::views::{OwnerKind, OwnerRow};

pub(crate) use query::{listed, page};
pub(crate) use rows::concerns;

/// Sentences that tell how long ago something was are true for so long.
const LONGEST: Duration = Duration::from_secs(30);
/// While backups run, the catalogue changes all the time: what was read so shortly before is good enough, unless the page
/// was told that something changed.
const BUSY: Duration = Duration::from_secs(2);

/// A row with what it is searched and sorted by.
pub(crate) struct Entry {
    pub(crate) row: OwnerRow,
    /// Name, address and aliases in lower case.
    text: String,
    name: String,
}

impl Entry {
    fn of((row, also): (OwnerRow, String)) -> Self {
        let name = row.name.to_lowercase();
        let text = format!("{name} {} {}", row.address.as_deref().unwrap_or_default(), also).to_lowercase();
        Self { row, text, name }
    }
}

/// The roll of an open data directory. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Roll(Arc<Mutex<Option<Kept>>>);

struct Kept {
    version: i64,
    told: u64,
    read: Instant,
    entries: Arc<Vec<Entry>>,
}

impl Roll {
    /// Everyone, as they are now. `told` counts what the page was told of.
    pub(crate) async fn entries(&self, engine: &Engine, told: u64) -> Result<Arc<Vec<Entry>>> {
        let (roll, catalog, now) = (self.clone(), engine.catalog().clone(), engine.now());
        let read = tokio::task::spawn_blocking(move || {
            // One reads, the others wait and find it read.
            let mut kept = roll.0.lock().unwrap_or_else(PoisonError::into_inner);
            let version = catalog.version().map_err(EngineError::from)?;
            if let Some(kept) = kept.as_ref() {
                let age = kept.read.elapsed();
                let is_same = kept.version == version && age < LONGEST;
                if is_same || (kept.told == told && age < BUSY) {
                    return Ok(Arc::clone(&kept.entries));
                }
            }
            let mut failed = None;
            let entries = catalog.read(|tx| match rows::all(tx, now) {
                Ok(entries) => Ok(entries),
                Err(error) => {
                    failed = Some(error);
                    Ok(Vec::new())
                }
            });
            let entries = Arc::new(entries.map_err(EngineError::from)?);
            if let Some(error) = failed {
                return Err(error);
            }
            *kept = Some(Kept { version, told, read: Instant::now(), entries: Arc::clone(&entries) });
            Ok(entries)
        });
        Ok(read.await.map_err(|error| UserError::of("defect", error.to_string()))??)
    }
}

/// An owner by the key of its row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OwnerKey {
    pub(crate) connection: ConnectionId,
    pub(crate) kind: OwnerKind,
    pub(crate) id: String,
}

impl OwnerKey {
    /// Reads what [`OwnerRow::key`] holds.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let wrong = || UserError::of("input.bad", "this names no user and no shared drive");
        let mut parts = text.splitn(3, '/');
        let connection = parts.next().and_then(|number| number.parse().ok()).map(ConnectionId);
        let kind = match parts.next() {
            Some("user") => OwnerKind::User,
            Some("drive") => OwnerKind::SharedDrive,
            _ => return Err(wrong()),
        };
        match (connection, parts.next()) {
            (Some(connection), Some(id)) if !id.is_empty() && id.len() <= 320 => {
                Ok(Self { connection, kind, id: id.to_owned() })
            }
            _ => Err(wrong()),
        }
    }

    /// As the catalogue names it.
    pub(crate) fn owner(&self) -> Owner {
        match self.kind {
            OwnerKind::User => Owner::User(UserId(self.id.clone())),
            OwnerKind::SharedDrive => Owner::Domain(DriveId(self.id.clone())),
        }
    }

    /// The user; none for a shared drive.
    pub(crate) fn user(&self) -> Option<UserId> {
        (self.kind == OwnerKind::User).then(|| UserId(self.id.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_name_what_they_were_made_of_and_nothing_else_is_a_key() {
        for (kind, id) in [(OwnerKind::User, "1/2 3"), (OwnerKind::SharedDrive, "0AB")] {
            let key = rows::key(ConnectionId(7), kind, id);
            let read = OwnerKey::parse(&key).unwrap();
            assert_eq!(read, OwnerKey { connection: ConnectionId(7), kind, id: id.to_owned() });
        }
        for text in ["", "1", "1/user", "1/user/", "x/user/1", "1/group/1", "/user/1"] {
            assert_eq!(OwnerKey::parse(text).unwrap_err().code, "input.bad", "{text}");
        }
    }
}
