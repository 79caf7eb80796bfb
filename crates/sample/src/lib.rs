//! The sample company: a simulated Google Workspace and Box on this computer, in a profile of its own that nothing else uses.
//! The command line and the desktop app share it.

mod desk;

use std::fmt::Display;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use holdfast_app::events::Events;
use holdfast_app::views::SamplePhase;
use holdfast_app::{
    App, BoxAuthorisation, GoogleAuthorisation, Opening, RecoveryKey, Redactor, Result, SecretsChoice,
    SyncWhat, UserError, private_file,
};
use simcloud::{Options, Running, StartError, StartLine};
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

pub use desk::SampleDesk;

/// The folder that holds all of a sample: company, data directory, Repository and secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place(PathBuf);

impl Place {
    /// The place beside a data directory: `…/holdfast` becomes `…/holdfast-sample`, so that it is never mixed with real
    /// data.
    pub fn beside(data_dir: &Path) -> Result<Self> {
        let path = std::path::absolute(data_dir).map_err(|error| failed(&error))?;
        let mut name = path.file_name().ok_or_else(|| failed(&"the data directory has no name"))?.to_owned();
        name.push("-sample");
        Ok(Self(path.with_file_name(name)))
    }

    /// The folder itself.
    pub fn folder(&self) -> &Path {
        &self.0
    }

    /// The data directory.
    pub fn data_dir(&self) -> PathBuf {
        self.0.join("data")
    }

    /// The Repository.
    pub fn repository(&self) -> PathBuf {
        self.0.join("repository")
    }

    /// The file with the passphrase of the secrets file.
    pub fn passphrase_file(&self) -> PathBuf {
        self.0.join("passphrase")
    }

    /// Where secrets are.
    pub fn secrets(&self) -> SecretsChoice {
        SecretsChoice::Age(self.0.join("secrets.age"))
    }

    /// Marks the folder as one that may be deleted, and keeps the port: a Connection's addresses never change.
    fn port_file(&self) -> PathBuf {
        self.0.join("sample-company-port")
    }

    /// The passphrase, made when first asked for. Random, and only for this place: the sample holds no real data, but
    /// is stored as real data is.
    pub fn passphrase(&self) -> Result<Zeroizing<String>> {
        let path = self.passphrase_file();
        if !path.exists() {
            let words = RecoveryKey::generate()?;
            private_file(&path, words.as_str()).map_err(|error| failed(&error))?;
        }
        let text = Zeroizing::new(fs::read_to_string(&path).map_err(|error| failed(&error))?);
        Ok(Zeroizing::new(text.trim_end().to_owned()))
    }

    /// What it takes to open the sample's data directory.
    pub fn opening(&self, redactor: Redactor) -> Result<Opening> {
        let passphrase = self.passphrase()?;
        redactor.hide(&passphrase);
        Ok(Opening {
            data_dir: self.data_dir(),
            secrets: self.secrets(),
            passphrase: Some(passphrase),
            redactor,
        })
    }

    /// True once a company was founded here.
    pub fn is_there(&self) -> bool {
        self.port_file().exists()
    }

    /// Deletes all of it; an error where there is none.
    pub fn remove(&self) -> Result<()> {
        if !self.is_there() {
            return Err(UserError::of(
                "input.bad",
                format!("there is no sample company at {}", self.0.display()),
            ));
        }
        fs::remove_dir_all(&self.0).map_err(|error| failed(&error))
    }
}

/// How large the company is when it is founded; one that exists stays as it is.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// How many people work there.
    pub users: u32,
    /// Mails in each mailbox.
    pub mail_per_user: u32,
    /// Files in each drive.
    pub files_per_user: u32,
}

impl Default for Size {
    fn default() -> Self {
        Self { users: 12, mail_per_user: 120, files_per_user: 60 }
    }
}

/// A sample company at work.
pub struct Company(Running);

impl Company {
    /// Founds it, or goes on with the one that is there, on the port that it had.
    pub async fn start(place: &Place, size: Size) -> Result<Self> {
        fs::create_dir_all(&place.0).map_err(|error| failed(&error))?;
        let port = match fs::read_to_string(place.port_file()) {
            Ok(text) => {
                text.trim().parse().map_err(|_| failed(&"its port cannot be read; delete the sample"))?
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
            Err(error) => return Err(failed(&error)),
        };
        let options = Options {
            port,
            state_dir: Some(place.0.join("company")),
            users: size.users,
            mail_per_user: size.mail_per_user,
            files_per_user: size.files_per_user,
            ..Options::default()
        };
        let running = simcloud::start(options).await.map_err(not_started)?;
        fs::write(place.port_file(), running.address.port().to_string()).map_err(|error| failed(&error))?;
        Ok(Self(running))
    }

    /// Where it is, and who works there.
    pub fn told(&self) -> &StartLine {
        &self.0.start_line
    }

    /// Its address.
    pub fn url(&self) -> &str {
        self.0.url()
    }

    /// Gives the sample's app its Repository, its Connections to both clouds and their Directories, as far as it has none.
    /// `tell` hears how far it is.
    pub async fn set_up(
        &self,
        app: &App,
        place: &Place,
        tell: impl Fn(SamplePhase),
        cancel: &CancellationToken,
    ) -> Result<()> {
        tell(SamplePhase::Storage);
        if app.repository().await?.is_none() {
            app.init(&place.repository()).await?;
        }
        let line = self.told();
        let known = app.connections().await?;
        let is_known = |cloud: &str| known.iter().any(|known| known.cloud.as_str() == cloud);
        tell(SamplePhase::Google);
        if !is_known("google") {
            let how = GoogleAuthorisation::KeyFile {
                file: line.google.service_account_key_file.clone(),
                admin: line.google.admin.clone(),
            };
            app.connect_google(how, Some(&line.endpoints_file), cancel.clone()).await?;
        }
        tell(SamplePhase::Box);
        if !is_known("box") {
            let how = BoxAuthorisation::AppFile { file: line.boxcom.app_file.clone() };
            app.connect_box(how, Some(&line.endpoints_file), cancel.clone()).await?;
        }
        tell(SamplePhase::People);
        app.sync(None, SyncWhat::All, false, Events::nobody(), cancel.clone()).await?;
        Ok(())
    }

    /// Ends it; its state is kept.
    pub async fn stop(self) {
        self.0.shutdown().await;
    }
}

fn not_started(error: StartError) -> UserError {
    match &error {
        StartError::Io(what, cause) if cause.kind() == io::ErrorKind::AddrInUse => {
            UserError::of("sample.port_taken", what.clone())
        }
        _ => failed(&error),
    }
}

fn failed(error: &dyn Display) -> UserError {
    UserError::of("sample.failed", error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_lies_beside_the_data_directory_and_never_in_it() {
        let place = Place::beside(Path::new("/data/holdfast")).unwrap();
        // On Windows a drive is put before it.
        assert!(place.folder().ends_with("data/holdfast-sample"), "{}", place.folder().display());
        assert_eq!(Place::beside(Path::new("/")).unwrap_err().code, "sample.failed");
    }

    #[test]
    fn only_what_a_sample_made_is_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::beside(&folder.path().join("mine")).unwrap();
        fs::create_dir(place.folder()).unwrap();
        fs::write(place.folder().join("letter"), "dear").unwrap();
        assert_eq!(place.remove().unwrap_err().code, "input.bad");
        assert!(place.folder().join("letter").exists());
    }

    #[tokio::test]
    async fn a_company_that_starts_again_has_the_address_it_had() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place::beside(&folder.path().join("mine")).unwrap();
        let size = Size { users: 2, mail_per_user: 1, files_per_user: 1 };
        let first = Company::start(&place, size).await.unwrap();
        let url = first.url().to_owned();
        first.stop().await;
        let again = Company::start(&place, size).await.unwrap();
        assert_eq!(again.url(), url);
        again.stop().await;
        place.remove().unwrap();
        assert!(!place.folder().exists());
    }
}
