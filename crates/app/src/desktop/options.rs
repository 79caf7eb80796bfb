//! Which data directory it is, and what opens it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use holdfast_engine::{Clock, QUIET, SystemClock};
use zeroize::Zeroizing;

use crate::language::Language;
use crate::{Opening, Pace, Profile, Redactor, Result, SecretsChoice, UserError};

/// Where the user's own data is.
pub struct DesktopOptions {
    /// Holds catalogue, settings and logs.
    pub data_dir: PathBuf,
    /// Where secrets are; as remembered in the data directory where none, else the keychain.
    pub secrets: Option<SecretsChoice>,
    /// Opens the secrets file, where there is one.
    pub passphrase: Option<Zeroizing<String>>,
    /// Learns what must not get into the log.
    pub redactor: Redactor,
    /// For so long after a start and a wake of the computer nobody is alarmed of what may pass by itself.
    pub quiet: Duration,
    /// How late it is.
    pub clock: Arc<dyn Clock>,
    /// How fast clouds are asked.
    pub pace: Pace,
    /// Spoken unless a person chose another.
    pub system_language: Language,
}

impl DesktopOptions {
    /// With the passphrase in a file, where one is named. The redactor learns it.
    pub fn read(
        data_dir: PathBuf,
        secrets: Option<SecretsChoice>,
        passphrase_file: Option<&Path>,
        redactor: Redactor,
    ) -> Result<Self> {
        let passphrase = passphrase_file.map(read_passphrase).transpose()?;
        if let Some(passphrase) = &passphrase {
            redactor.hide(passphrase);
        }
        let (quiet, clock) = (QUIET, Arc::new(SystemClock));
        Ok(Self {
            data_dir,
            secrets,
            passphrase,
            redactor,
            quiet,
            clock,
            pace: Pace::Published,
            system_language: Language::of_system(),
        })
    }

    /// What it takes to open the data directory.
    pub fn opening(&self) -> Result<Opening> {
        let secrets = match &self.secrets {
            Some(secrets) => secrets.clone(),
            None => Profile::read(&self.data_dir)?.secrets.unwrap_or_default(),
        };
        let (data_dir, passphrase) = (self.data_dir.clone(), self.passphrase.clone());
        Ok(Opening { data_dir, secrets, passphrase, redactor: self.redactor.clone() })
    }
}

fn read_passphrase(file: &Path) -> Result<Zeroizing<String>> {
    let failed = |error: std::io::Error| {
        UserError::of("input.file", format!("{} cannot be read: {error}", file.display()))
    };
    let text = std::fs::read_to_string(file).map(Zeroizing::new).map_err(failed)?;
    Ok(Zeroizing::new(text.trim_end().to_owned()))
}
