//! A computer with its folders, and a simulated company to connect to.

use std::path::PathBuf;
use std::time::Duration;

use holdfast_app::views::{ActivityFilter, ConnectGoogleKey, SelectionInput, SignInGoogle};
use holdfast_app::{Desktop, DesktopOptions, Redactor, SecretsChoice, SyncWhat};
use simcloud::{Options, Running};
use tempfile::TempDir;
use zeroize::Zeroizing;

/// Far longer than anything here takes.
pub const PATIENCE: Duration = Duration::from_secs(120);

pub struct Computer {
    folder: TempDir,
    company: Running,
}

impl Computer {
    pub async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let options = Options {
            state_dir: Some(folder.path().join("company")),
            users: 6,
            mail_per_user: 4,
            files_per_user: 3,
            ..Options::default()
        };
        let company = simcloud::start(options).await.unwrap();
        Self { folder, company }
    }

    pub fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_string_lossy().into_owned()
    }

    pub fn desktop(&self, name: &str) -> Desktop {
        Desktop::new(DesktopOptions {
            data_dir: PathBuf::from(self.path(name)),
            secrets: Some(SecretsChoice::Age(PathBuf::from(self.path(&format!("{name}.age"))))),
            passphrase: Some(Zeroizing::new("a passphrase of a test".to_owned())),
            redactor: Redactor::default(),
        })
    }

    pub fn key(&self) -> ConnectGoogleKey {
        let line = &self.company.start_line;
        ConnectGoogleKey {
            key_file: line.google.service_account_key_file.to_string_lossy().into_owned(),
            admin: line.google.admin.clone(),
            endpoints: Some(line.endpoints_file.to_string_lossy().into_owned()),
        }
    }

    pub fn sign_in(&self) -> SignInGoogle {
        let line = &self.company.start_line;
        SignInGoogle {
            client_file: Some(line.google.oauth_client_file.to_string_lossy().into_owned()),
            endpoints: Some(line.endpoints_file.to_string_lossy().into_owned()),
        }
    }

    /// With storage, Connection and Directory.
    pub async fn set_up(&self, name: &str) -> (Desktop, i64) {
        let desktop = self.desktop(name);
        desktop.init_storage(self.path(&format!("{name}-backup"))).await.unwrap();
        let connection = desktop.connect_google_key(self.key()).await.unwrap().id.0;
        desktop.sync(Some(connection), SyncWhat::All, false).await.unwrap();
        (desktop, connection)
    }
}

pub fn selection(connection: i64) -> SelectionInput {
    SelectionInput { connection, ..SelectionInput::default() }
}

pub fn one_user(connection: i64, address: &str) -> SelectionInput {
    SelectionInput { users: vec![address.to_owned()], ..selection(connection) }
}

/// Waits until as many Runs as expected have ended, and what they brought is durable.
pub async fn all_ended(desktop: &Desktop, expected: usize) {
    let mut events = desktop.subscribe();
    let waiting = async {
        loop {
            let filter = ActivityFilter { limit: 500, ..ActivityFilter::default() };
            let runs = desktop.activity(filter).await.unwrap().runs;
            let is_durable = async || {
                let home = desktop.home().await.unwrap();
                home.services.iter().all(|one| one.oldest_good_copy.is_some())
            };
            if runs.len() >= expected && runs.iter().all(|run| run.ended.is_some()) && is_durable().await {
                return;
            }
            // An event that was missed is made up for by the look above.
            let _any_event = tokio::time::timeout(Duration::from_millis(300), events.recv()).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("the runs end");
}
