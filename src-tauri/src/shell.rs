//! The state of the program: the app behind the page, and what only the shell has, the sample company at work among it.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use holdfast_app::views::{ActivityFilter, AppEvent, Boot, RunNow, RunView};
use holdfast_app::{Desktop, DesktopOptions, PauseFor, Redactor, Result, TrayState};
use holdfast_sample::{Company, Place, Size};
use tauri::AppHandle;
use tokio::sync::Mutex;

/// Runs that can go on at once are fewer.
const MOST_LIVE: u32 = 500;

/// See the module.
pub struct Shell {
    handle: AppHandle,
    desktop: Desktop,
    redactor: Redactor,
    data_dir: PathBuf,
    company: Mutex<Option<Company>>,
    /// As last seen.
    is_paused: AtomicBool,
}

impl Shell {
    /// Opens nothing yet. Must be called on a runtime.
    pub fn new(handle: AppHandle, options: DesktopOptions) -> Self {
        let (redactor, data_dir) = (options.redactor.clone(), options.data_dir.clone());
        let (desktop, company) = (Desktop::new(options), Mutex::new(None));
        Self { handle, desktop, redactor, data_dir, company, is_paused: AtomicBool::new(false) }
    }

    /// What the page asks, and the tray.
    pub fn desktop(&self) -> &Desktop {
        &self.desktop
    }

    /// The person's own data directory.
    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// Starts the sample company and shows it from now on.
    pub async fn enter_sample(&self) -> Result<Boot> {
        let mut company = self.company.lock().await;
        if company.is_some() {
            return self.desktop.boot().await;
        }
        let place = Place::beside(&self.data_dir)?;
        let started = Company::start(&place, Size::default()).await?;
        let opening = place.opening(self.redactor.clone())?;
        let entered = self.desktop.enter_sample(opening, async |app| started.set_up(app, &place).await).await;
        match entered {
            Ok(boot) => {
                *company = Some(started);
                Ok(boot)
            }
            Err(error) => {
                started.stop().await;
                Err(error)
            }
        }
    }

    /// Shows the person's own data again. The sample stays for another time, or is deleted whole.
    pub async fn leave_sample(&self, delete: bool) -> Result<Boot> {
        let boot = self.desktop.leave_sample().await?;
        if let Some(company) = self.company.lock().await.take() {
            company.stop().await;
        }
        if delete {
            Place::beside(&self.data_dir)?.remove()?;
        }
        Ok(boot)
    }

    /// How things stand, and whether a person paused all backups. A pause that is over ends.
    pub async fn standing(&self) -> Result<(TrayState, bool)> {
        let standing = self.desktop.standing().await?;
        let Ok(app) = self.desktop.shown().await else { return Ok((standing, false)) };
        let is_paused = app.paused().await?.is_some();
        if self.is_paused.swap(is_paused, Ordering::Relaxed) && !is_paused {
            self.resume().await?;
        }
        Ok((if is_paused { TrayState::Paused } else { standing }, is_paused))
    }

    /// Starts Runs of all who are protected.
    pub async fn back_up_now(&self) -> Result<()> {
        self.desktop.run_now(RunNow { connection: None, user: None, service: None }).await
    }

    /// Pauses all backups; Runs under way rest.
    pub async fn pause(&self, pause: PauseFor) -> Result<()> {
        self.desktop.shown().await?.pause_all(pause).await?;
        for run in self.live().await?.into_iter().filter(|run| run.can_pause) {
            self.desktop.pause_run(run.id.0).await?;
        }
        self.desktop.tell(AppEvent::Settings);
        Ok(())
    }

    /// Ends the pause; Runs that rest go on.
    pub async fn resume(&self) -> Result<()> {
        self.desktop.shown().await?.resume_all().await?;
        for run in self.live().await?.into_iter().filter(|run| run.can_resume) {
            self.desktop.resume_run(run.id.0).await?;
        }
        self.desktop.tell(AppEvent::Settings);
        Ok(())
    }

    async fn live(&self) -> Result<Vec<RunView>> {
        let live = ActivityFilter { live: Some(true), limit: MOST_LIVE, ..ActivityFilter::default() };
        Ok(self.desktop.activity(live).await?.runs)
    }

    /// Ends the program, once what was fetched is durable.
    pub async fn quit(&self) {
        self.desktop.shut_down().await;
        if let Some(company) = self.company.lock().await.take() {
            company.stop().await;
        }
        self.handle.exit(0);
    }
}
