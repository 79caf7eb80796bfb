//! Runs: live, past, and what can be done with them.

use std::sync::Arc;

use holdfast_engine::catalog::{RunFilter, runs};
use holdfast_engine::{EngineError, Request};
use holdfast_model::{ArchiveId, ConnectionId, RunId};

use super::seat::Seat;
use super::{Desktop, limits};
use crate::error::Result;
use crate::runs::Names;
use crate::views::{ActivityFilter, ActivityView, AppEvent, RunDetail, RunNow};

/// So many Runs have begun before whoever asked is answered: what keeps one of them from beginning keeps them all.
const AT_ONCE: usize = 100;
/// Items of a Run that are listed; all are counted.
const MOST_ITEMS: usize = 1_000;

impl Desktop {
    /// Runs, newest first.
    pub async fn activity(&self, filter: ActivityFilter) -> Result<ActivityView> {
        if let Some(search) = &filter.search {
            limits::search(search)?;
        }
        let app = self.seat().await?;
        let (rates, limit) = (app.rates.clone(), filter.limit.clamp(1, limits::PAGE));
        let wanted = RunFilter {
            live: filter.live,
            result: filter.result,
            service: filter.service,
            connection: filter.connection.map(ConnectionId),
            search: filter.search.filter(|search| !search.trim().is_empty()),
            before: filter.before.map(RunId),
            ..RunFilter::default()
        };
        let read = app.engine.read(move |tx| {
            let mut listed = runs::list(tx, &wanted, limit + 1)?;
            let more = listed.len() > limit as usize;
            listed.truncate(limit as usize);
            let mut names = Names::new(tx, rates);
            let runs =
                listed.into_iter().map(|run| names.view(run)).collect::<std::result::Result<_, _>>()?;
            Ok(ActivityView { runs, more })
        });
        Ok(read.await?)
    }

    /// One Run with what it could not keep.
    pub async fn run_detail(&self, run: i64) -> Result<RunDetail> {
        self.seat().await?.run_with_items(RunId(run), MOST_ITEMS).await
    }

    /// Ends a Run; what it fetched is kept.
    pub async fn cancel_run(&self, run: i64) -> Result<()> {
        self.about_run(run, Request::Cancel { run: RunId(run) }).await
    }

    /// Lets a Run rest.
    pub async fn pause_run(&self, run: i64) -> Result<()> {
        self.about_run(run, Request::PauseRun { run: RunId(run) }).await
    }

    /// Lets a Run that rests go on.
    pub async fn resume_run(&self, run: i64) -> Result<()> {
        self.about_run(run, Request::ResumeRun { run: RunId(run) }).await
    }

    async fn about_run(&self, run: i64, request: Request) -> Result<()> {
        let app = self.seat().await?;
        self.archive_of(&app, run).await?;
        self.ask(&app, request).await?;
        self.tell(AppEvent::Run { run });
        self.tell(AppEvent::Runs);
        Ok(())
    }

    /// Backs the Archive of a Run up again.
    pub async fn retry_run(&self, run: i64) -> Result<()> {
        let app = self.seat().await?;
        let archives = vec![self.archive_of(&app, run).await?];
        self.begin(&app, archives).await
    }

    /// Backs up who is protected already.
    pub async fn run_now(&self, input: RunNow) -> Result<()> {
        let RunNow { connection, user, service } = input;
        if let Some(user) = &user {
            limits::address(user)?;
        }
        let app = self.seat().await?;
        let archives = app.engine.archives_to_run(connection.map(ConnectionId), user, service).await?;
        if archives.is_empty() {
            return Err(crate::UserError::of("input.nobody_protected", ""));
        }
        self.begin(&app, archives).await
    }

    /// Begins Runs, which go on after this has answered. What keeps them from beginning is said to who asked, beside the
    /// notification of its cause.
    pub(super) async fn begin(&self, seat: &Arc<Seat>, mut archives: Vec<ArchiveId>) -> Result<()> {
        let others = archives.split_off(archives.len().min(AT_ONCE));
        let begun = if archives.is_empty() {
            Ok(())
        } else {
            self.ask(seat, Request::Begin { archives }).await.map(drop)
        };
        self.tell(AppEvent::Runs);
        self.tell(AppEvent::Storage);
        if begun.is_ok() && !others.is_empty() {
            self.ask_later(seat, Request::Begin { archives: others });
        }
        begun
    }

    async fn archive_of(&self, app: &crate::App, run: i64) -> Result<ArchiveId> {
        let read = app.engine.read(move |tx| {
            let found = runs::get(tx, RunId(run))?;
            let missing = || EngineError::NotFound { what: "run", name: run.to_string() };
            Ok(found.ok_or_else(missing)?.archive)
        });
        Ok(read.await?)
    }
}
