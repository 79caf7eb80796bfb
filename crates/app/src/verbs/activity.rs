//! Runs, live and past, and how the backups stand.

use std::collections::HashMap;

use holdfast_engine::EngineError;
use holdfast_engine::catalog::{
    Archive, ArchiveFilter, Protection, Run, RunFilter, RunItemKind, RunState, Schedule, Tx, UserFilter,
    archives, connections, run_items, runs, users,
};
use holdfast_model::{Account, ArchiveId, RunId, RunResult, SkipReason, Timestamp};

use crate::error::Result;
use crate::verbs::connect::connection_view;
use crate::views::{Attention, RunDetail, RunItemView, RunView, StatusView};
use crate::{App, UserError};

/// A good copy is fresh for so long, unless a Policy asks for longer intervals.
const FRESH_HOURS: i64 = 48;
/// Items of a Run that are read at once.
const PAGE: u32 = 1_000;

impl App {
    /// Runs, newest first.
    pub async fn runs(&self, limit: u32) -> Result<Vec<RunView>> {
        let read = self.engine.read(move |tx| {
            let titles = titles(tx)?;
            let listed = runs::list(tx, &RunFilter::default(), limit)?;
            Ok(listed.into_iter().map(|run| run_view(run, &titles)).collect())
        });
        Ok(read.await?)
    }

    /// One Run with every Item that it could not keep.
    pub async fn run_detail(&self, id: RunId) -> Result<RunDetail> {
        let read = self.engine.read(move |tx| {
            let run = runs::get(tx, id)?
                .ok_or_else(|| EngineError::NotFound { what: "run", name: id.to_string() })?;
            let mut items = Vec::new();
            for kind in [RunItemKind::Quarantined, RunItemKind::Skipped] {
                let mut after = None;
                loop {
                    let page = run_items::page(tx, id, kind, after.as_ref(), PAGE)?;
                    let Some(last) = page.last() else { break };
                    after = Some(last.item.clone());
                    items.extend(page.into_iter().map(|item| RunItemView {
                        kind: item.kind.as_str().to_owned(),
                        sentence: reason_sentence(&item.reason),
                        item: item.item.0,
                        reason: item.reason,
                        detail: item.detail,
                        failed_runs: u64::from(item.failed_runs),
                    }));
                }
            }
            Ok(RunDetail { run: run_view(run, &titles(tx)?), items })
        });
        Ok(read.await?)
    }

    /// How the backups stand, computed from the Archives.
    pub async fn status(&self) -> Result<StatusView> {
        let repository = self.repository().await?;
        let now = self.now();
        let mut status = self.engine.read(move |tx| read_status(tx, now)).await?;
        status.repository = repository;
        Ok(status)
    }
}

fn read_status(tx: &Tx<'_>, now: Timestamp) -> std::result::Result<StatusView, EngineError> {
    let titles = titles(tx)?;
    let mut status = StatusView {
        repository: None,
        connections: Vec::new(),
        protected: 0,
        unprotected: 0,
        paused: 0,
        archives: 0,
        fresh: 0,
        first_copy: 0,
        stale: 0,
        items: 0,
        bytes: 0,
        oldest_copy: None,
        running: Vec::new(),
        attention: Vec::new(),
    };
    for connection in connections::list(tx)? {
        let count = |filter: UserFilter| users::count(tx, connection.id, &filter);
        let is = |protection| UserFilter { protection: Some(protection), ..UserFilter::default() };
        status.protected += count(is(Protection::Protected))?;
        status.unprotected +=
            count(UserFilter { account: Some(Account::Active), ..is(Protection::Unprotected) })?;
        status.paused += count(UserFilter { schedule: Some(Schedule::Paused), ..is(Protection::Protected) })?;
        status.connections.push(connection_view(tx, connection)?);
    }
    for archive in archives::list(tx, &ArchiveFilter::default())? {
        // A shared drive that is known but not backed up yet has neither Run nor Items.
        if archive.last_result.is_none() && archive.items == 0 && archive.scope.service.is_of_domain() {
            continue;
        }
        status.archives += 1;
        status.items += archive.items;
        status.bytes += archive.bytes;
        match archive.last_complete_at {
            Some(at) => {
                let is_fresh = now.as_second() - at.as_second() <= FRESH_HOURS * 3600;
                *(if is_fresh { &mut status.fresh } else { &mut status.stale }) += 1;
                status.oldest_copy = Some(status.oldest_copy.map_or(at, |oldest| oldest.min(at)));
            }
            None => status.first_copy += 1,
        }
        status.attention.extend(attention(tx, &archive, &titles, now)?);
    }
    let filter = RunFilter { state: Some(RunState::Running), ..RunFilter::default() };
    status.running = runs::list(tx, &filter, 100)?.into_iter().map(|run| run_view(run, &titles)).collect();
    Ok(status)
}

/// What is the matter with an Archive, if anything.
fn attention(
    tx: &Tx<'_>,
    archive: &Archive,
    titles: &HashMap<ArchiveId, String>,
    now: Timestamp,
) -> std::result::Result<Option<Attention>, EngineError> {
    let last = runs::last(tx, archive.id)?;
    let is_running = last.as_ref().is_some_and(|run| run.state == RunState::Running);
    let why = match archive.last_result {
        _ if is_running => None,
        Some(RunResult::Failed) => {
            let told = last
                .as_ref()
                .and_then(|run| run.error_code.as_deref())
                .map(|code| UserError::of(code, "").what);
            Some(told.map_or_else(
                || "the last run failed".to_owned(),
                |told| format!("the last run failed: {told}"),
            ))
        }
        Some(RunResult::Partial) => {
            let open = last.as_ref().map_or(0, |run| run.ledger.quarantined + run.ledger.pending);
            Some(match open {
                0 => "the last run did not reach everything".to_owned(),
                open => format!("{} will be tried again", crate::format::counted(open, "item", "items")),
            })
        }
        Some(RunResult::Cancelled) => Some("the last run was cancelled".to_owned()),
        Some(RunResult::Complete | RunResult::CompleteWithSkips) => archive
            .last_complete_at
            .filter(|at| now.as_second() - at.as_second() > FRESH_HOURS * 3600)
            .map(|at| format!("last good copy {}", crate::format::ago(at, now))),
        None => Some("no copy yet".to_owned()),
    };
    let title = titles.get(&archive.id).cloned().unwrap_or_else(|| archive.name.clone());
    Ok(why.map(|why| Attention { title, why, run: last.map(|run| run.id) }))
}

/// `anna@example.com Gmail` by Archive.
fn titles(tx: &Tx<'_>) -> std::result::Result<HashMap<ArchiveId, String>, EngineError> {
    let listed = archives::list(tx, &ArchiveFilter::default())?;
    Ok(listed
        .into_iter()
        .map(|archive| (archive.id, format!("{} {}", archive.name, archive.scope.service.title())))
        .collect())
}

fn run_view(run: Run, titles: &HashMap<ArchiveId, String>) -> RunView {
    RunView {
        id: run.id,
        archive: run.archive,
        title: titles.get(&run.archive).cloned().unwrap_or_default(),
        trigger: run.trigger.as_str().to_owned(),
        started: run.started,
        ended: run.ended,
        state: run.state.as_str().to_owned(),
        phase: run.phase,
        result: run.result,
        closes: run.ledger.closes(),
        ledger: run.ledger,
        limited_by: run.limited_by,
        error: run.error_code.map(|code| UserError::of(&code, run.error_detail.unwrap_or_default())),
        note: run.note,
    }
}

/// What a person reads for the stable word of a skip or a failure.
fn reason_sentence(reason: &str) -> String {
    const SKIPS: [SkipReason; 5] = [
        SkipReason::NotExportable,
        SkipReason::DownloadForbidden,
        SkipReason::Abusive,
        SkipReason::TooLarge,
        SkipReason::ExcludedByPolicy,
    ];
    match SKIPS.iter().find(|skip| skip.as_str() == reason) {
        Some(skip) => skip.sentence().to_owned(),
        None => format!("the cloud did not hand it out ({reason}); it will be tried again"),
    }
}
