//! What is open: the person's own data directory and, while they try it, the sample company's. Work of the own one goes
//! on while the sample is looked at.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use holdfast_app::views::ProfileKind;
use holdfast_app::{App, Opening, Profile, Redactor, Result, SecretsChoice, UserError};
use holdfast_sample::{Company, Place, Size};
use tauri::AppHandle;
use tokio::sync::Mutex;
use zeroize::Zeroizing;

use crate::arguments::Arguments;

/// The state of the program.
pub struct Desktop {
    handle: AppHandle,
    arguments: Arguments,
    redactor: Redactor,
    own: Mutex<Option<App>>,
    sample: Mutex<Option<Sample>>,
    keeps_in_tray: AtomicBool,
}

/// The sample company at work, with its own app.
struct Sample {
    app: App,
    company: Company,
}

impl Desktop {
    /// Nothing is opened yet.
    pub fn new(handle: AppHandle, arguments: Arguments, redactor: Redactor) -> Self {
        let (own, sample) = (Mutex::new(None), Mutex::new(None));
        Self { handle, arguments, redactor, own, sample, keeps_in_tray: AtomicBool::new(true) }
    }

    /// The app behind what is shown, opened when first needed.
    pub async fn app(&self) -> Result<App> {
        match &*self.sample.lock().await {
            Some(sample) => Ok(sample.app.clone()),
            None => self.own().await,
        }
    }

    /// Whose data is shown.
    pub async fn shown(&self) -> ProfileKind {
        if self.sample.lock().await.is_some() { ProfileKind::Sample } else { ProfileKind::Own }
    }

    /// The person's own data directory.
    pub fn own_data_dir(&self) -> &Path {
        &self.arguments.data_dir
    }

    /// Whether closing the window leaves the program in the tray.
    pub fn keeps_in_tray(&self) -> bool {
        self.keeps_in_tray.load(Ordering::Relaxed)
    }

    /// Starts the sample company, and shows it from now on.
    pub async fn enter_sample(&self) -> Result<()> {
        let mut sample = self.sample.lock().await;
        if sample.is_some() {
            return Ok(());
        }
        let place = self.sample_place()?;
        let company = Company::start(&place, Size::default()).await?;
        let app = App::open(place.opening(self.redactor.clone())?).await?;
        company.set_up(&app, &place).await?;
        *sample = Some(Sample { app, company });
        Ok(())
    }

    /// Shows the person's own data again; the sample stays where it is or is deleted whole.
    pub async fn leave_sample(&self, delete: bool) -> Result<()> {
        if let Some(sample) = self.sample.lock().await.take() {
            drop(sample.app);
            sample.company.stop().await;
        }
        if delete { self.sample_place()?.remove() } else { Ok(()) }
    }

    /// Ends the program.
    pub async fn quit(&self) {
        if let Some(sample) = self.sample.lock().await.take() {
            sample.company.stop().await;
        }
        self.handle.exit(0);
    }

    async fn own(&self) -> Result<App> {
        let mut own = self.own.lock().await;
        if let Some(app) = &*own {
            return Ok(app.clone());
        }
        let app = App::open(self.opening()?).await?;
        Ok(own.insert(app).clone())
    }

    fn sample_place(&self) -> Result<Place> {
        Place::beside(&self.arguments.data_dir)
    }

    fn opening(&self) -> Result<Opening> {
        let Arguments { data_dir, secrets, passphrase_file, .. } = &self.arguments;
        let remembered = || Ok::<_, UserError>(Profile::read(data_dir)?.secrets.unwrap_or_default());
        let secrets = secrets.clone().map_or_else(remembered, Ok)?;
        let passphrase = match (&secrets, passphrase_file) {
            (SecretsChoice::Age(_), Some(file)) => Some(read_passphrase(file)?),
            _ => None,
        };
        if let Some(passphrase) = &passphrase {
            self.redactor.hide(passphrase);
        }
        Ok(Opening { data_dir: data_dir.clone(), secrets, passphrase, redactor: self.redactor.clone() })
    }
}

fn read_passphrase(file: &Path) -> Result<Zeroizing<String>> {
    let text = std::fs::read_to_string(file).map(Zeroizing::new);
    let text = text.map_err(|error| {
        UserError::of("input.file", format!("{} cannot be read: {error}", file.display()))
    })?;
    Ok(Zeroizing::new(text.trim_end().to_owned()))
}
