//! A computer with its folders, and a simulated company to connect to.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use holdfast_app::language::Language;
use holdfast_app::views::{ActivityFilter, ConnectGoogleKey, SelectionInput, SignInGoogle};
use holdfast_app::{Clock, Desktop, DesktopOptions, Pace, Redactor, SecretsChoice, SyncWhat};
use holdfast_model::Timestamp;
use jiff::SignedDuration;
use simcloud::{Options, Running};
use tempfile::TempDir;
use zeroize::Zeroizing;

/// Far longer than anything here takes.
pub const PATIENCE: Duration = Duration::from_secs(240);

pub struct Computer {
    folder: TempDir,
    company: Running,
    /// How much later it is than it really is.
    later: Arc<Later>,
}

/// The wall clock, moved on.
#[derive(Default)]
struct Later(AtomicI64);

impl Clock for Later {
    fn now(&self) -> Timestamp {
        let later = SignedDuration::from_secs(self.0.load(Ordering::SeqCst));
        Timestamp::now().checked_add(later).unwrap()
    }
}

impl Computer {
    pub async fn new() -> Self {
        Self::of(Options { users: 6, mail_per_user: 4, files_per_user: 3, ..Options::default() }).await
    }

    pub async fn of(options: Options) -> Self {
        let folder = TempDir::new().unwrap();
        let options = Options { state_dir: Some(folder.path().join("company")), ..options };
        let company = simcloud::start(options).await.unwrap();
        Self { folder, company, later: Arc::default() }
    }

    /// Time passes.
    pub fn move_on(&self, hours: i64) {
        self.move_on_seconds(hours * 3600);
    }

    /// A little of it.
    pub fn move_on_seconds(&self, seconds: i64) {
        self.later.0.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Changes the company or its Cloud project, as `/control` does; its answer.
    pub fn control(&self, what: &str, body: &serde_json::Value) -> String {
        self.ask_control("POST", what, body)
    }

    /// Another request to `/control`.
    pub fn ask_control(&self, method: &str, what: &str, body: &serde_json::Value) -> String {
        let (url, token) = (&self.company.start_line.control.url, &self.company.start_line.control.token);
        let more = format!("Authorization: Bearer {token}\r\nContent-Type: application/json\r\n");
        let answer = http(method, &format!("{url}/{what}"), &more, &body.to_string());
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200"), "{answer}");
        body.to_owned()
    }

    /// The company's admin.
    pub fn admin(&self) -> String {
        self.company.start_line.google.admin.clone()
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
        self.desktop_with(name, Duration::ZERO)
    }

    /// One that is quiet for so long after start and wake.
    pub fn desktop_with(&self, name: &str, quiet: Duration) -> Desktop {
        Desktop::new(DesktopOptions {
            data_dir: PathBuf::from(self.path(name)),
            secrets: Some(SecretsChoice::Age(PathBuf::from(self.path(&format!("{name}.age"))))),
            passphrase: Some(Zeroizing::new("a passphrase of a test".to_owned())),
            redactor: Redactor::default(),
            quiet,
            clock: self.later.clone(),
            pace: Pace::Simulated,
            system_language: Language::English,
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

/// Sends a request and gives the whole answer.
pub fn http(method: &str, url: &str, more: &str, body: &str) -> String {
    let (url, head_end) = (url.to_owned(), format!("{more}Content-Length: {}\r\n", body.len()));
    let (method, body) = (method.to_owned(), body.to_owned());
    // On a thread of its own: whoever answers may be on this test's runtime.
    let answered = std::thread::spawn(move || {
        let host = url.split('/').nth(2).unwrap();
        let path = url.splitn(4, '/').nth(3).unwrap();
        let mut stream = std::net::TcpStream::connect(host).unwrap();
        let head =
            format!("{method} /{path} HTTP/1.1\r\nHost: {host}\r\n{head_end}Connection: close\r\n\r\n{body}");
        std::io::Write::write_all(&mut stream, head.as_bytes()).unwrap();
        std::io::read_to_string(stream).unwrap()
    });
    answered.join().unwrap()
}

/// Every file in a folder and below it.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files
}

/// Writes into a file of the Repository, which are write-protected.
pub fn overwrite(path: &Path, bytes: &[u8]) {
    let mut permissions = path.metadata().unwrap().permissions();
    #[allow(clippy::permissions_set_readonly_false)] // A file of the test's own folder.
    permissions.set_readonly(false);
    std::fs::set_permissions(path, permissions).unwrap();
    std::fs::write(path, bytes).unwrap();
}

/// Looks again and again until there is what is looked for.
pub async fn until<T>(what: &str, look: impl AsyncFn() -> Option<T>) -> T {
    let looking = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, looking).await.expect(what)
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
    match tokio::time::timeout(PATIENCE, waiting).await {
        Ok(runs) => runs,
        Err(_) => {
            let filter = ActivityFilter { limit: 500, ..ActivityFilter::default() };
            let runs = desktop.activity(filter).await.unwrap().runs;
            panic!(
                "{} of {expected} runs, and they do not end: {:#?}",
                runs.len(),
                &runs[..runs.len().min(8)]
            );
        }
    }
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
