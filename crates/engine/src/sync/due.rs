//! Syncs by themselves: every 24 hours and before scheduled backups. Nothing is taken over that a person should decide.

use holdfast_catalog::syncs::OK;
use holdfast_catalog::{Connection, ConnectionState, SyncKind, Tx, connections, syncs};
use holdfast_model::{ConnectionId, Timestamp};
use jiff::SignedDuration;
use tokio_util::sync::CancellationToken;

use super::{SyncReport, SyncWhat, of_connection};
use crate::error::{EngineError, Result};
use crate::events::Events;
use crate::notifications::{self, MASS_DELETION, NOT_READ};
use crate::worker::Worker;

/// The Directory comes in this often.
const EVERY: SignedDuration = SignedDuration::from_hours(24);
/// One that is younger is good enough for a backup that begins.
const FRESH: SignedDuration = SignedDuration::from_mins(15);
/// One that failed is tried again after this.
const AGAIN: SignedDuration = SignedDuration::from_hours(1);
/// A Cloud that cannot be reached is told of after this.
const PATIENCE: SignedDuration = SignedDuration::from_hours(48);

/// Why a sync may be due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyncWhen {
    /// For all Connections: the last good one is a day old.
    Daily,
    /// Backups of this Connection are about to begin by the schedule.
    BeforeBackup(ConnectionId),
}

impl Worker {
    /// Brings in the Directories that are due, of Connections that are connected. One that fails, or that would mark most
    /// people deleted, changes nothing, is told of in a notification and keeps no backup from running: only a
    /// cancellation and a catalogue that cannot be read or written are errors. Of who left a last Run is tried.
    pub async fn sync_if_due(
        &self,
        when: SyncWhen,
        events: &Events,
        cancel: &CancellationToken,
    ) -> Result<Vec<SyncReport>> {
        let engine = &self.engine;
        engine.listen(events);
        let now = engine.now();
        let due = engine.read(move |tx| {
            let mut due = Vec::new();
            for known in connections::list(tx)? {
                if is_due(tx, &known, when, now)? {
                    due.push(known);
                }
            }
            Ok(due)
        });
        let mut reports = Vec::new();
        for known in due.await? {
            match of_connection(engine, known.id, SyncWhat::All, false, events, cancel).await {
                Ok(brought) => {
                    self.try_last_runs(&brought, events, cancel);
                    reports.extend(brought);
                }
                Err(EngineError::Cancelled) => return Err(EngineError::Cancelled),
                Err(error @ EngineError::Catalog(_)) => return Err(error),
                Err(error) => self.sync_failed(&known, error, events).await?,
            }
        }
        Ok(reports)
    }

    async fn sync_failed(&self, known: &Connection, error: EngineError, events: &Events) -> Result<()> {
        tracing::warn!(domain = known.tenant_name, code = error.code(), %error, "a sync by itself failed");
        let (id, now) = (known.id, self.engine.now());
        let cause = match &error {
            EngineError::MassDeletion(_) => MASS_DELETION,
            // The Connection is told of already.
            EngineError::ConnectionExpired(_) | EngineError::ConnectionDisconnected(_) => return Ok(()),
            EngineError::Cloud(error) if error.kind == super::ErrorKind::SignInAgain => return Ok(()),
            EngineError::Cloud(error) if error.is_passing() => {
                let good = self.engine.read(move |tx| Ok(syncs::last_good(tx, id, SyncKind::Users)?)).await?;
                let since = good.map_or(known.created_at, |sync| sync.started);
                if now.duration_since(since) < PATIENCE {
                    return Ok(());
                }
                NOT_READ
            }
            // What the cloud refuses has a cause of its own, which says what is to be granted.
            error if notifications::is_of_directory(error.code()) => return Ok(()),
            _ => NOT_READ,
        };
        let subject = notifications::of_connection(id);
        self.engine.found(cause.to_owned(), subject, error.to_string(), events).await;
        Ok(())
    }
}

/// When the Directory comes in next by itself; none for a Connection that cannot be used.
pub fn next_sync(tx: &Tx<'_>, known: &Connection) -> Result<Option<Timestamp>> {
    if known.state != ConnectionState::Connected {
        return Ok(None);
    }
    let Some(good) = syncs::last_good(tx, known.id, SyncKind::Users)? else {
        return Ok(Some(retry_of(tx, known)?.unwrap_or(known.created_at)));
    };
    let next = good.started.checked_add(EVERY).unwrap_or(good.started);
    Ok(Some(retry_of(tx, known)?.map_or(next, |retry| next.max(retry))))
}

/// When the last sync is tried again, where it failed.
fn retry_of(tx: &Tx<'_>, known: &Connection) -> Result<Option<Timestamp>> {
    let last = syncs::last(tx, known.id, SyncKind::Users)?;
    let failed = last.filter(|sync| sync.outcome.as_deref() != Some(OK));
    Ok(failed.and_then(|sync| sync.started.checked_add(AGAIN).ok()))
}

fn is_due(tx: &Tx<'_>, known: &Connection, when: SyncWhen, now: Timestamp) -> Result<bool> {
    let Some(next) = next_sync(tx, known)? else { return Ok(false) };
    let last = syncs::last(tx, known.id, SyncKind::Users)?.map(|sync| sync.started);
    // A clock that was put back: what lies ahead is no reason to wait for it.
    let is_ahead = last.is_some_and(|last| last > now);
    Ok(match when {
        SyncWhen::Daily => next <= now || is_ahead,
        SyncWhen::BeforeBackup(id) => {
            known.id == id && last.is_none_or(|last| now.duration_since(last) >= FRESH || is_ahead)
        }
    })
}
