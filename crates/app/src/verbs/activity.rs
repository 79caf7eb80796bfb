//! Runs, live and past, and how the backups stand.

use holdfast_engine::catalog::{
    Archive, Protection, RunFilter, RunItem, RunItemKind, Tx, UserFilter, connections, run_items, runs, users,
};
use holdfast_engine::{EngineError, paused_users};
use holdfast_model::{Account, RunId, SkipReason, Timestamp};

use crate::error::Result;
use crate::people::Backdrop;
use crate::runs::{Names, Rates};
use crate::verbs::connect::connection_view;
use crate::views::{
    Attention, Light, LightColor, LightState, RunDetail, RunItemView, RunView, StatusView, WaitingView,
};
use crate::{App, UserError, light};

/// Items of a Run that are read at once.
const PAGE: u32 = 1_000;

impl App {
    /// Runs, newest first.
    pub async fn runs(&self, limit: u32) -> Result<Vec<RunView>> {
        let rates = self.rates.clone();
        let read = self.engine.read(move |tx| {
            let mut names = Names::new(tx, rates);
            let listed = runs::list(tx, &RunFilter::default(), limit)?;
            listed.into_iter().map(|run| names.view(run)).collect()
        });
        Ok(read.await?)
    }

    /// One Run with every Item that it could not keep.
    pub async fn run_detail(&self, id: RunId) -> Result<RunDetail> {
        self.run_with_items(id, usize::MAX).await
    }

    /// One Run with at most so many of the Items that it could not keep.
    pub(crate) async fn run_with_items(&self, id: RunId, most: usize) -> Result<RunDetail> {
        let rates = self.rates.clone();
        let read = self.engine.read(move |tx| {
            let run = runs::get(tx, id)?
                .ok_or_else(|| EngineError::NotFound { what: "run", name: id.to_string() })?;
            let (mut items, mut total) = (Vec::new(), 0);
            for kind in [RunItemKind::Quarantined, RunItemKind::Skipped] {
                let mut after = None;
                total += run_items::by_reason(tx, id, kind)?.iter().map(|(_, count)| count).sum::<u64>();
                while items.len() < most {
                    let page = run_items::page(tx, id, kind, after.as_ref(), PAGE)?;
                    let Some(last) = page.last() else { break };
                    after = Some(last.item.clone());
                    items.extend(page.into_iter().map(|item| RunItemView {
                        kind: item.kind.as_str().to_owned(),
                        sentence: reason_sentence(&item.reason),
                        is_explained: is_explained(&item),
                        item: item.item.0,
                        reason: item.reason,
                        detail: item.detail,
                        failed_runs: u64::from(item.failed_runs),
                    }));
                }
            }
            items.truncate(most);
            Ok(RunDetail { run: Names::new(tx, rates).view(run)?, items, items_total: total })
        });
        Ok(read.await?)
    }

    /// How the backups stand, computed from the Archives.
    pub async fn status(&self) -> Result<StatusView> {
        let repository = self.repository().await?;
        let now = self.now();
        let rates = self.rates.clone();
        let mut status = self.engine.read(move |tx| read_status(tx, now, rates)).await?;
        status.repository = repository;
        let last = self.engine.last_verification().await?;
        status.last_verified_at = last.as_ref().map(|last| last.at);
        status.last_verify_ok = last.as_ref().map(|last| last.ok);
        status.last_verify_sentence = last.map(|last| last.sentence);
        Ok(status)
    }
}

fn read_status(tx: &Tx<'_>, now: Timestamp, rates: Rates) -> std::result::Result<StatusView, EngineError> {
    let mut names = Names::new(tx, rates);
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
        lights: Vec::new(),
        oldest_copy: None,
        running: Vec::new(),
        waiting: Vec::new(),
        attention: Vec::new(),
        last_verified_at: None,
        last_verify_ok: None,
        last_verify_sentence: None,
    };
    let mut lights = Vec::new();
    for connection in connections::list(tx)? {
        let count = |filter: UserFilter| users::count(tx, connection.id, &filter);
        let is = |protection| UserFilter { protection: Some(protection), ..UserFilter::default() };
        status.protected += count(is(Protection::Protected))?;
        status.unprotected +=
            count(UserFilter { account: Some(Account::Active), ..is(Protection::Unprotected) })?;
        status.paused += paused_users(tx, connection.id, now)?.len() as u64;
        status.connections.push(connection_view(tx, connection.clone())?);
        let backdrop = Backdrop::of(tx, connection, now)?;
        for archive in backdrop.all_archives() {
            // A shared drive that is known but not backed up yet has neither Run nor Items.
            if archive.last_result.is_none() && archive.items == 0 && archive.scope.service.is_of_domain() {
                continue;
            }
            status.archives += 1;
            status.items += archive.items;
            status.bytes += archive.bytes;
            let is_fresh = |at| light::is_fresh_copy(at, backdrop.policy.frequency_hours, now);
            match archive.last_complete_at {
                Some(at) => {
                    *(if is_fresh(at) { &mut status.fresh } else { &mut status.stale }) += 1;
                    status.oldest_copy = Some(status.oldest_copy.map_or(at, |oldest| oldest.min(at)));
                }
                None => status.first_copy += 1,
            }
            let light = backdrop.light_of(archive);
            status.attention.extend(attention(tx, archive, &light, &mut names)?);
            lights.push(light);
        }
    }
    for one in holdfast_engine::waiting(tx)? {
        let domain = match one.connection {
            Some(id) => connections::get(tx, id)?.map(|known| known.tenant_name),
            None => None,
        };
        let waiting_for = one.reason.words().to_owned();
        status.waiting.push(WaitingView { waiting_for, domain, since: one.since });
    }
    status.lights = light::counted(lights.iter());
    let filter = RunFilter { live: Some(true), ..RunFilter::default() };
    for run in runs::list(tx, &filter, 100)? {
        status.running.push(names.view(run)?);
    }
    Ok(status)
}

/// What is the matter with an Archive, if anything: its light, and why its last Run failed.
fn attention(
    tx: &Tx<'_>,
    archive: &Archive,
    light: &Light,
    names: &mut Names<'_>,
) -> std::result::Result<Option<Attention>, EngineError> {
    if !matches!(light.color, LightColor::Amber | LightColor::Red) && light.state != LightState::Waiting {
        return Ok(None);
    }
    let last = runs::last(tx, archive.id)?;
    let failed = last.as_ref().filter(|_| light.state == LightState::Failed);
    let told = failed.and_then(|run| run.error_code.as_deref()).map(|code| UserError::of(code, "").what);
    let why = match told {
        Some(told) => format!("{}: {told}", light.sentence),
        None => light.sentence.clone(),
    };
    let title = names.of(archive.id)?.title.clone();
    Ok(Some(Attention { title, why, run: last.map(|run| run.id) }))
}

const SKIPS: [SkipReason; 5] = [
    SkipReason::NotExportable,
    SkipReason::DownloadForbidden,
    SkipReason::Abusive,
    SkipReason::TooLarge,
    SkipReason::ExcludedByPolicy,
];

/// True where a reason says why: a documented one for what is skipped, any for what is tried again.
fn is_explained(item: &RunItem) -> bool {
    match item.kind {
        RunItemKind::Skipped => SKIPS.iter().any(|skip| skip.as_str() == item.reason),
        RunItemKind::Quarantined => !item.reason.is_empty(),
    }
}

/// What a person reads for the stable word of a skip or a failure.
fn reason_sentence(reason: &str) -> String {
    match SKIPS.iter().find(|skip| skip.as_str() == reason) {
        Some(skip) => skip.sentence().to_owned(),
        None => format!("the cloud did not hand it out ({reason}); it will be tried again"),
    }
}
