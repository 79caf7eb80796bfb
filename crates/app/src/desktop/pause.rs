//! The tray's own: how things stand in one picture, and the pause of everything.

use std::sync::atomic::Ordering;

use super::{Desktop, TrayState};
use crate::PauseFor;
use crate::error::Result;
use crate::language::Language;
use crate::views::{ActivityFilter, AppEvent, RunView};

/// Runs that can go on at once are fewer.
const MOST_LIVE: u32 = 500;

/// What the tray icon and its menu show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tray {
    /// The picture.
    pub state: TrayState,
    /// A person paused all backups: the menu offers to resume them.
    pub is_paused: bool,
    /// In which language it says so.
    pub language: Language,
}

impl Desktop {
    /// What the tray shows now. A pause that is over ends, with the Runs that rest because of it.
    pub async fn tray(&self) -> Result<Tray> {
        let state = self.standing().await?;
        let language = self.language();
        let Ok(app) = self.shown().await else { return Ok(Tray { state, is_paused: false, language }) };
        let is_paused = app.paused().await?.is_some();
        if self.0.was_paused.swap(is_paused, Ordering::Relaxed) && !is_paused {
            self.resume_all().await?;
        }
        Ok(Tray { state: if is_paused { TrayState::Paused } else { state }, is_paused, language })
    }

    /// Pauses all backups; Runs under way rest.
    pub async fn pause_all(&self, pause: PauseFor) -> Result<()> {
        self.shown().await?.pause_all(pause).await?;
        for run in self.live().await?.into_iter().filter(|run| run.can_pause) {
            self.pause_run(run.id.0).await?;
        }
        self.tell(AppEvent::Settings);
        Ok(())
    }

    /// Ends the pause; Runs that rest go on.
    pub async fn resume_all(&self) -> Result<()> {
        self.shown().await?.resume_all().await?;
        for run in self.live().await?.into_iter().filter(|run| run.can_resume) {
            self.resume_run(run.id.0).await?;
        }
        self.tell(AppEvent::Settings);
        Ok(())
    }

    pub(super) async fn live(&self) -> Result<Vec<RunView>> {
        let live = ActivityFilter { live: Some(true), limit: MOST_LIVE, ..ActivityFilter::default() };
        Ok(self.activity(live).await?.runs)
    }
}
