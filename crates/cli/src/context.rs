//! What every command shares: the common arguments, and the app behind them, opened when first needed.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use holdfast_app::{App, Opening, Profile, Redactor, Result, SecretsChoice, log, places};
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

use crate::arguments::Common;
use crate::{interrupt, prompt};

/// Decides what is logged, as `tracing` writes it: `warn,holdfast=debug`.
const LOG: &str = "HOLDFAST_LOG";

/// One run of the program.
pub struct Context {
    common: Common,
    passphrase: Option<Zeroizing<String>>,
    asked: OnceLock<Zeroizing<String>>,
    cancel: OnceLock<CancellationToken>,
    redactor: OnceCell<Redactor>,
    app: OnceCell<App>,
}

impl Context {
    /// `passphrase` is the one from the environment.
    pub fn new(common: Common, passphrase: Option<Zeroizing<String>>) -> Self {
        Self {
            common,
            passphrase,
            asked: OnceLock::new(),
            cancel: OnceLock::new(),
            redactor: OnceCell::new(),
            app: OnceCell::new(),
        }
    }

    /// The same arguments for another data directory, with secrets of its own.
    pub fn elsewhere(&self, data_dir: &Path, secrets: SecretsChoice, passphrase: Zeroizing<String>) -> Self {
        let common = Common {
            data_dir: Some(data_dir.to_owned()),
            secrets: Some(secrets),
            passphrase_file: None,
            ..self.common.clone()
        };
        Self::new(common, Some(passphrase))
    }

    /// True where programs read the output.
    pub fn json(&self) -> bool {
        self.common.json
    }

    /// What Ctrl-C cancels.
    pub fn cancel(&self) -> CancellationToken {
        self.cancel.get_or_init(interrupt::cancelled_by_person).clone()
    }

    /// The data directory that was chosen.
    pub fn data_dir(&self) -> Result<PathBuf> {
        match &self.common.data_dir {
            Some(dir) => Ok(dir.clone()),
            None => places::data_dir(),
        }
    }

    /// Where secrets are: as typed, else as remembered, else the keychain.
    pub fn secrets(&self) -> Result<SecretsChoice> {
        match &self.common.secrets {
            Some(choice) => Ok(choice.clone()),
            None => Ok(Profile::read(&self.data_dir()?)?.secrets.unwrap_or_default()),
        }
    }

    /// The app, opened with secrets; asks for the passphrase where there is one and nobody gave it.
    pub async fn app(&self) -> Result<&App> {
        self.app.get_or_try_init(|| async { App::open(self.opening().await?).await }).await
    }

    /// What it takes to open the app; starts the log.
    pub async fn opening(&self) -> Result<Opening> {
        let data_dir = self.data_dir()?;
        let redactor = self.log(&data_dir).await?.clone();
        let passphrase = self.passphrase()?;
        if let Some(passphrase) = &passphrase {
            redactor.hide(passphrase);
        }
        Ok(Opening { data_dir, secrets: self.secrets()?, passphrase, redactor })
    }

    /// The same for who only looks: nobody is asked for a passphrase.
    pub async fn opening_to_look(&self) -> Result<Opening> {
        let data_dir = self.data_dir()?;
        let redactor = self.log(&data_dir).await?.clone();
        let given = self.common.passphrase_file.is_some() || self.passphrase.is_some();
        let passphrase = if given { self.passphrase()? } else { None };
        if let Some(passphrase) = &passphrase {
            redactor.hide(passphrase);
        }
        Ok(Opening { data_dir, secrets: self.secrets()?, passphrase, redactor })
    }

    /// Where the passphrase is read from, if from a file.
    pub fn passphrase_file(&self) -> Option<&Path> {
        self.common.passphrase_file.as_deref().filter(|file| *file != Path::new("-"))
    }

    async fn log(&self, data_dir: &Path) -> Result<&Redactor> {
        self.redactor
            .get_or_try_init(|| async {
                let filter = std::env::var(LOG).ok();
                log::start(data_dir, filter.as_deref(), self.common.verbose)
            })
            .await
    }

    /// What opens the secrets file: given, or asked for once. None where secrets are in the keychain.
    pub fn passphrase(&self) -> Result<Option<Zeroizing<String>>> {
        let SecretsChoice::Age(file) = self.secrets()? else { return Ok(None) };
        if let Some(known) = self.asked.get() {
            return Ok(Some(known.clone()));
        }
        let passphrase = if let Some(path) = &self.common.passphrase_file {
            prompt::from_file(path)?
        } else if let Some(passphrase) = &self.passphrase {
            passphrase.clone()
        } else if file.exists() {
            prompt::passphrase(&format!("Passphrase of {}", file.display()))?
        } else {
            prompt::new_passphrase(&format!("Choose a passphrase for {}", file.display()))?
        };
        Ok(Some(self.asked.get_or_init(|| passphrase).clone()))
    }
}
