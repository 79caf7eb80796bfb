//! The sample company at the desktop app: it works while it is shown.

use std::path::{Path, PathBuf};
use std::sync::PoisonError;

use holdfast_app::views::{AppEvent, Boot, SamplePhase};
use holdfast_app::{Desktop, Redactor, Result, UserError};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use crate::{Company, Place, Size};

/// The company of one data directory, while it works.
pub struct SampleDesk {
    data_dir: PathBuf,
    redactor: Redactor,
    company: Mutex<Option<Company>>,
    /// Ends the start that goes on.
    starting: std::sync::Mutex<CancellationToken>,
}

impl SampleDesk {
    /// For the company beside this data directory. Founds nothing yet.
    pub fn beside(data_dir: &Path, redactor: Redactor) -> Self {
        let starting = std::sync::Mutex::default();
        Self { data_dir: data_dir.to_owned(), redactor, company: Mutex::new(None), starting }
    }

    /// Starts the company and shows it from now on. Listeners of the desktop hear how far it is.
    pub async fn enter(&self, desktop: &Desktop) -> Result<Boot> {
        let mut company = self.company.lock().await;
        if company.is_some() {
            return desktop.boot().await;
        }
        let cancel = CancellationToken::new();
        *self.starting.lock().unwrap_or_else(PoisonError::into_inner) = cancel.clone();
        let tell = |phase| desktop.tell(AppEvent::Sample { phase });
        tell(SamplePhase::Founding);
        let place = Place::beside(&self.data_dir)?;
        let started = tokio::select! {
            () = cancel.cancelled() => return Err(cancelled()),
            started = Company::start(&place, Size::default()) => started?,
        };
        let opening = place.opening(self.redactor.clone())?;
        let set_up = async |app: &holdfast_app::App| {
            let done = started.set_up(app, &place, tell, &cancel);
            tokio::select! {
                () = cancel.cancelled() => Err(cancelled()),
                done = done => done,
            }
        };
        match desktop.enter_sample(opening, set_up).await {
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

    /// Ends a start that goes on; it can be started again at any time.
    pub fn cancel(&self) {
        self.starting.lock().unwrap_or_else(PoisonError::into_inner).cancel();
    }

    /// Shows the person's own data again. The sample stays for another time, or is deleted whole.
    pub async fn leave(&self, desktop: &Desktop, delete: bool) -> Result<Boot> {
        let boot = desktop.leave_sample().await?;
        self.stop().await;
        let place = Place::beside(&self.data_dir)?;
        if delete && place.is_there() {
            place.remove()?;
        }
        Ok(boot)
    }

    /// Ends the company, if it works; its state is kept.
    pub async fn stop(&self) {
        self.cancel();
        if let Some(company) = self.company.lock().await.take() {
            company.stop().await;
        }
    }
}

fn cancelled() -> UserError {
    UserError::of("cancelled", "")
}
