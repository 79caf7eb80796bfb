//! Retention of a Domain: its rule, what it would remove, and removing it.
//!
//! The catalogue moves first, in one transaction that also names the snapshots that go; then their files are removed. A
//! process that dies in between finds the names and goes on.

use std::collections::BTreeMap;

use holdfast_catalog::{Connection, MassChange, SnapshotRow, Tx, changes, connections, settings, snapshots};
use holdfast_model::{ArchiveId, ConnectionId, Retention, Timestamp};
use holdfast_vault::SnapshotId;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use super::plan::{Move, Shown, settle};
use super::{FORGET_EVERY_HOURS, LAST_FORGET, PATIENCE, PRUNE_NEEDED, Upkeep, exclusively, is_older, rule};
use crate::connection;
use crate::engine::{Engine, blocking};
use crate::error::{EngineError, Result};
use crate::events::Events;

/// Snapshots that are on their way out.
const FORGETTING: &str = "upkeep_forgetting";

/// A snapshot that retention removes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnapshotToGo {
    /// Its id.
    pub id: String,
    /// The time it shows.
    pub time: Timestamp,
}

/// What a rule of retention would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetentionPreview {
    /// The rule; none keeps everything.
    pub retention: Option<Retention>,
    /// Snapshots there are.
    pub snapshots: u64,
    /// Those that would go, oldest first.
    pub remove: Vec<SnapshotToGo>,
    /// At most so many bytes of the storage would be given back.
    pub bytes: u64,
    /// Why nothing is removed for now.
    pub held: Option<String>,
}

/// What retention did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForgetReport {
    /// Snapshots that were removed, over all Domains.
    pub removed: u64,
    /// Snapshots that are left.
    pub left: u64,
    /// Domains whose retention waits, with why.
    pub held: Vec<String>,
}

fn key(connection: ConnectionId) -> String {
    format!("retention_{connection}")
}

/// A Domain's rule; none keeps everything forever.
pub fn retention_of(tx: &Tx<'_>, connection: ConnectionId) -> Result<Option<Retention>> {
    Ok(settings::get(tx, &key(connection))?)
}

/// Sets or takes away a Domain's rule. Also when a catalogue is rebuilt.
pub(crate) fn put(tx: &Tx<'_>, connection: ConnectionId, retention: Option<&Retention>) -> Result<()> {
    match retention {
        Some(rule) => Ok(settings::set(tx, &key(connection), rule)?),
        None => Ok(settings::clear(tx, &key(connection))?),
    }
}

pub(super) fn any_rule(tx: &Tx<'_>) -> Result<bool> {
    for known in connections::list(tx)? {
        if retention_of(tx, known.id)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

pub(super) fn is_forgetting(tx: &Tx<'_>) -> Result<bool> {
    Ok(settings::get::<Vec<String>>(tx, FORGETTING)?.is_some_and(|going| !going.is_empty()))
}

/// What goes and what moves.
struct Plan {
    /// Oldest first.
    series: Vec<SnapshotRow>,
    keep: Vec<bool>,
    moves: Vec<Move>,
}

impl Plan {
    fn of(tx: &Tx<'_>, connection: ConnectionId, retention: &Retention, zone: &TimeZone) -> Result<Self> {
        let mut series = snapshots::list(tx, connection, u32::MAX)?;
        series.sort_by(|one, other| (one.time, &one.id).cmp(&(other.time, &other.id)));
        let mut shown: BTreeMap<ArchiveId, Vec<Shown>> = BTreeMap::new();
        for (at, snapshot) in series.iter().enumerate() {
            for one in snapshots::archives(tx, &snapshot.id)? {
                let state = Shown { at, is_complete: one.result.is_complete() };
                shown.entry(one.archive).or_default().push(state);
            }
        }
        let times: Vec<Timestamp> = series.iter().map(|snapshot| snapshot.time).collect();
        let mut keep = rule::kept(&times, retention, zone);
        let moves = settle(&mut keep, &shown);
        Ok(Self { series, keep, moves })
    }

    fn those(&self, kept: bool) -> impl Iterator<Item = &SnapshotRow> {
        self.series.iter().zip(&self.keep).filter(move |(_, keep)| **keep == kept).map(|(row, _)| row)
    }

    /// The catalogue's part: what a snapshot that goes was the first to show moves on, and the snapshots are gone.
    fn record(&self, tx: &Tx<'_>) -> Result<Vec<String>> {
        for one in &self.moves {
            snapshots::carry_over(tx, one.archive, &self.series[one.from].id, &self.series[one.to])?;
        }
        let mut going: Vec<String> = settings::get(tx, FORGETTING)?.unwrap_or_default();
        for row in self.those(false) {
            snapshots::remove(tx, &row.id)?;
            going.push(row.id.clone());
        }
        settings::set(tx, FORGETTING, &going)?;
        settings::set(tx, PRUNE_NEEDED, &true)?;
        Ok(going)
    }
}

fn parsed<'a>(ids: impl IntoIterator<Item = &'a String>) -> Result<Vec<SnapshotId>> {
    let parsed: std::result::Result<_, _> = ids.into_iter().map(|id| id.parse()).collect();
    parsed.map_err(|_| EngineError::Defect("a snapshot's id in the catalogue".to_owned()))
}

/// Why the retention of a Domain waits, in words.
pub(crate) fn hold(tx: &Tx<'_>, known: &Connection) -> Result<Option<String>> {
    let held: Vec<MassChange> = changes::held(tx, known.id)?;
    let Some(first) = held.first() else { return Ok(None) };
    let more = if held.len() > 1 { format!(" and {} more", held.len() - 1) } else { String::new() };
    Ok(Some(format!("{}: {}{more}", known.tenant_name, super::mass_change::in_words(tx, first)?)))
}

impl Engine {
    /// What a rule of retention would remove from a Domain now, without removing it.
    pub async fn preview_retention(
        &self,
        connection: ConnectionId,
        retention: Option<Retention>,
    ) -> Result<RetentionPreview> {
        check(retention.as_ref())?;
        let known = connection::by_id(self, connection).await?;
        let (plan, held, count) = self
            .read(move |tx| {
                let plan = match &retention {
                    Some(rule) => Some(Plan::of(tx, connection, rule, &TimeZone::system())?),
                    None => None,
                };
                let count = snapshots::list(tx, connection, u32::MAX)?.len() as u64;
                Ok((plan, hold(tx, &known)?, count))
            })
            .await?;
        let mut preview =
            RetentionPreview { retention, snapshots: count, remove: Vec::new(), bytes: 0, held };
        let Some(plan) = plan else { return Ok(preview) };
        preview.remove =
            plan.those(false).map(|row| SnapshotToGo { id: row.id.clone(), time: row.time }).collect();
        if preview.remove.is_empty() {
            return Ok(preview);
        }
        let (gone, kept) =
            (parsed(preview.remove.iter().map(|one| &one.id))?, parsed(plan.those(true).map(|row| &row.id))?);
        let vault = self.vault().await?;
        preview.bytes = blocking(move || Ok(vault.bytes_freed(&gone, &kept)?)).await?;
        Ok(preview)
    }
}

/// Refuses a rule that makes no sense.
pub(crate) fn check(retention: Option<&Retention>) -> Result<()> {
    match retention.and_then(Retention::problem) {
        Some(problem) => Err(EngineError::BadInput(problem.to_owned())),
        None => Ok(()),
    }
}

/// Sets the rule of a Domain. It is applied after the next backup, or by `forget`.
pub(crate) async fn set(
    engine: &Engine,
    one: Option<ConnectionId>,
    retention: Option<Retention>,
) -> Result<()> {
    check(retention.as_ref())?;
    let known = any_one(engine, one).await?;
    engine
        .write(move |tx| {
            // Applied soon, not a day after another rule was.
            settings::clear(tx, LAST_FORGET)?;
            put(tx, known.id, retention.as_ref())
        })
        .await
}

/// The Connection that is named, or the only one; its state does not matter.
pub(crate) async fn any_one(engine: &Engine, one: Option<ConnectionId>) -> Result<Connection> {
    match one {
        Some(id) => connection::by_id(engine, id).await,
        None => {
            let mut all = engine.read(|tx| Ok(connections::list(tx)?)).await?;
            if all.len() > 1 {
                let names: Vec<_> = all.iter().map(|one| one.tenant_name.as_str()).collect();
                return Err(EngineError::WhichDomain(names.join(", ")));
            }
            all.pop().ok_or(EngineError::NotConnected)
        }
    }
}

impl Upkeep {
    /// Removes what the rules say because a person asked; one Domain, or all.
    pub(crate) async fn forget(
        &self,
        one: Option<ConnectionId>,
        cancel: &CancellationToken,
    ) -> Result<ForgetReport> {
        let Some(_quiet) = self.quiet(PATIENCE, cancel).await? else { return Err(EngineError::RunsGoOn) };
        self.finish_forgetting().await?;
        self.apply(one).await
    }

    pub(super) async fn forget_due(&self, events: &Events) -> Result<()> {
        let now = self.engine.now();
        let due = self
            .engine
            .read(move |tx| Ok(any_rule(tx)? && is_older(tx, LAST_FORGET, FORGET_EVERY_HOURS, now)?));
        if !due.await? {
            return Ok(());
        }
        let done = self.apply(None).await;
        let removed = done.as_ref().map_or(0, |report| report.removed);
        if removed > 0 || done.is_err() {
            let (subject, outcome) = (format!("{removed} snapshots"), crate::audit_outcome(&done));
            self.engine.audit(crate::BY_ITSELF, "retention.forget", &subject, outcome).await;
        }
        done?;
        self.engine.storage_works(false, events).await;
        Ok(())
    }

    async fn apply(&self, one: Option<ConnectionId>) -> Result<ForgetReport> {
        let engine = self.engine.clone();
        let vault = engine.vault().await?;
        let now = engine.now();
        blocking(move || {
            let _lock = exclusively(&vault)?;
            let mut report = ForgetReport::default();
            let known = crate::engine::read(engine.catalog(), |tx| Ok(connections::list(tx)?))?;
            for known in known.into_iter().filter(|known| one.is_none_or(|one| one == known.id)) {
                let (removed, left, held) = crate::engine::write_durable(engine.catalog(), |tx| {
                    let Some(rule) = retention_of(tx, known.id)? else { return Ok((0, 0, None)) };
                    if let Some(held) = hold(tx, &known)? {
                        return Ok((0, 0, Some(held)));
                    }
                    let plan = Plan::of(tx, known.id, &rule, &TimeZone::system())?;
                    let (removed, left) = (plan.those(false).count(), plan.those(true).count());
                    if removed > 0 {
                        plan.record(tx)?;
                    }
                    Ok((removed as u64, left as u64, None))
                })?;
                report.removed += removed;
                report.left += left;
                report.held.extend(held);
            }
            remove_files(&engine, &vault)?;
            crate::engine::write(engine.catalog(), |tx| Ok(settings::set(tx, LAST_FORGET, &now)?))?;
            Ok(report)
        })
        .await
    }

    /// Goes on with what a process that died had begun.
    pub(super) async fn finish_forgetting(&self) -> Result<()> {
        let engine = self.engine.clone();
        if !engine.read(is_forgetting).await? {
            return Ok(());
        }
        let vault = engine.vault().await?;
        blocking(move || {
            let _lock = exclusively(&vault)?;
            remove_files(&engine, &vault)
        })
        .await
    }
}

/// Removes the snapshots that are named as going, whose rows are gone already.
fn remove_files(engine: &Engine, vault: &holdfast_vault::Vault) -> Result<()> {
    let going = crate::engine::read(engine.catalog(), |tx| {
        Ok(settings::get::<Vec<String>>(tx, FORGETTING)?.unwrap_or_default())
    })?;
    if going.is_empty() {
        return Ok(());
    }
    vault.delete_snapshots(&parsed(&going)?)?;
    crate::engine::write(engine.catalog(), |tx| Ok(settings::clear(tx, FORGETTING)?))
}
