//! A computer with its folders, and a simulated company to connect to.
#![allow(dead_code)] // Each test file uses its part.

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

    /// Changes the company or its Cloud project, as `/control` does.
    pub fn control(&self, what: &str, body: &serde_json::Value) {
        let (url, token) = (&self.company.start_line.control.url, &self.company.start_line.control.token);
        let (url, body, token) = (format!("{url}/{what}"), body.to_string(), format!("Bearer {token}"));
        // On a thread of its own: the company answers on this test's runtime.
        let answered = std::thread::spawn(move || {
            let mut stream = std::net::TcpStream::connect(url.split('/').nth(2).unwrap()).unwrap();
            let path = url.splitn(4, '/').nth(3).unwrap();
            let host = url.split('/').nth(2).unwrap();
            let head = format!(
                "POST /{path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: {token}\r\nContent-Type: application/json\r\n\
                 Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
            std::io::Write::write_all(&mut stream, head.as_bytes()).unwrap();
            std::io::read_to_string(stream).unwrap()
        });
        let answer = answered.join().unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    /// The scopes that backups need, as the company's admin has granted them.
    pub fn delegated(&self) -> Vec<String> {
        let names = [
            "gmail.readonly",
            "drive.readonly",
            "calendar.readonly",
            "contacts.readonly",
            "tasks.readonly",
            "admin.directory.user.readonly",
            "admin.directory.group.readonly",
            "admin.directory.group.member.readonly",
            "admin.directory.orgunit.readonly",
            "admin.directory.customer.readonly",
        ];
        names.iter().map(|name| format!("https://www.googleapis.com/auth/{name}")).collect()
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

/// Waits until so many Runs have ended, however they did; how many there are.
pub async fn runs_ended(desktop: &Desktop, expected: usize) -> usize {
    let mut events = desktop.subscribe();
    let waiting = async {
        loop {
            let filter = ActivityFilter { limit: 500, ..ActivityFilter::default() };
            let runs = desktop.activity(filter).await.unwrap().runs;
            if runs.len() >= expected && runs.iter().all(|run| run.ended.is_some()) {
                return runs.len();
            }
            // An event that was missed is made up for by the look above.
            let _any_event = tokio::time::timeout(Duration::from_millis(300), events.recv()).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("the runs end")
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
