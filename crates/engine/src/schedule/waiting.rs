//! Why due backups wait, kept where every process can show it.

use holdfast_catalog::{Tx, settings};
use holdfast_model::{ConnectionId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::error::Result;

/// The setting that holds what due backups wait for.
const KEY: &str = "schedule_waiting";

/// What due backups wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitingFor {
    /// The storage is not there.
    Storage,
    /// The Cloud cannot be reached.
    Network,
    /// The computer runs on its battery, and the admin said to wait.
    Power,
    /// The network is metered, and the admin said to wait.
    UnmeteredNetwork,
}

impl WaitingFor {
    /// What a person reads after "waiting for".
    pub const fn words(self) -> &'static str {
        match self {
            Self::Storage => "the storage",
            Self::Network => "the network",
            Self::Power => "mains power",
            Self::UnmeteredNetwork => "a network that is not metered",
        }
    }
}

/// Due backups that wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// For what.
    pub reason: WaitingFor,
    /// Those of this Connection; of all where none.
    pub connection: Option<ConnectionId>,
    /// Since when.
    pub since: Timestamp,
}

/// What due backups wait for now.
pub fn waiting(tx: &Tx<'_>) -> Result<Vec<Waiting>> {
    Ok(settings::get(tx, KEY)?.unwrap_or_default())
}

/// Keeps what is waited for from now on; whether that is something else than before. A reason that lasts keeps its
/// beginning.
pub(super) fn set(
    tx: &Tx<'_>,
    reasons: &[(WaitingFor, Option<ConnectionId>)],
    now: Timestamp,
) -> Result<bool> {
    let before = waiting(tx)?;
    let since = |reason, connection| {
        let known = before.iter().find(|one| one.reason == reason && one.connection == connection);
        known.map_or(now, |known| known.since.min(now))
    };
    let all: Vec<Waiting> = reasons
        .iter()
        .map(|(reason, connection)| Waiting {
            reason: *reason,
            connection: *connection,
            since: since(*reason, *connection),
        })
        .collect();
    let is_changed = all != before;
    if is_changed {
        settings::set(tx, KEY, &all)?;
    }
    Ok(is_changed)
}
