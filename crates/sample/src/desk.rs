//! The sample company at the desktop app: it works while it is shown.

use std::path::{Path, PathBuf};

use holdfast_app::views::Boot;
use holdfast_app::{Desktop, Redactor, Result};
use tokio::sync::Mutex;

use crate::{Company, Place, Size};

/// The company of one data directory, while it works.
pub struct SampleDesk {
    data_dir: PathBuf,
    redactor: Redactor,
    company: Mutex<Option<Company>>,
}

impl SampleDesk {
    /// For the company beside this data directory. Founds nothing yet.
    pub fn beside(data_dir: &Path, redactor: Redactor) -> Self {
        Self { data_dir: data_dir.to_owned(), redactor, company: Mutex::new(None) }
    }

    /// Starts the company and shows it from now on.
    pub async fn enter(&self, desktop: &Desktop) -> Result<Boot> {
        let mut company = self.company.lock().await;
        if company.is_some() {
            return desktop.boot().await;
        }
        let place = Place::beside(&self.data_dir)?;
        let started = Company::start(&place, Size::default()).await?;
        let opening = place.opening(self.redactor.clone())?;
        let entered = desktop.enter_sample(opening, async |app| started.set_up(app, &place).await).await;
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
    pub async fn leave(&self, desktop: &Desktop, delete: bool) -> Result<Boot> {
        let boot = desktop.leave_sample().await?;
        self.stop().await;
        if delete {
            Place::beside(&self.data_dir)?.remove()?;
        }
        Ok(boot)
    }

    /// Ends the company, if it works; its state is kept.
    pub async fn stop(&self) {
        if let Some(company) = self.company.lock().await.take() {
            company.stop().await;
        }
    }
}
