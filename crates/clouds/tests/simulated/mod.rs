//! A simulated Google Workspace company, and a Connection to it, for tests that speak HTTP.

pub mod agenda;
pub mod boxcom;
pub mod subject;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures::TryStreamExt;
use holdfast_clouds::contract::{Change, Cloud, CloudError, Cursor, Reach};
use holdfast_clouds::google::{Google, GoogleEndpoints, secret_from_key_file};
use holdfast_clouds::http::{Clock, HttpOptions, JumpingClock, Pacing, Patience, SecretInMemory};
use holdfast_model::Timestamp;
use serde_json::{Value, json};
use simcloud::{Options, Running, StartLine};

/// A company on loopback, and a Connection to it by its service account. No wait takes time.
pub struct Company {
    pub cloud: Google,
    pub line: StartLine,
    clock: Arc<JumpingClock>,
    control: reqwest::Client,
    running: Running,
    _state: tempfile::TempDir,
}

impl Company {
    /// A small company.
    pub async fn small() -> Self {
        Self::of(Options { users: 4, mail_per_user: 5, files_per_user: 6, ..Options::default() }).await
    }

    /// Any company.
    pub async fn of(options: Options) -> Self {
        let state = state_dir();
        let state_dir = Some(state.path().to_owned());
        // Held to the published descriptions wherever these are at hand.
        let strict = simcloud::discovery::Descriptions::find().is_ok();
        let options = Options { strict, state_dir, ..options };
        let running = simcloud::start(options).await.expect("the simulated cloud starts");
        let line = running.start_line.clone();
        let endpoints = std::fs::read_to_string(&line.endpoints_file).expect("its endpoints");
        let endpoints = GoogleEndpoints::from_toml(&endpoints).expect("endpoints that can be read");
        let key = std::fs::read(&line.google.service_account_key_file).expect("its key file");
        keep_key(&key);
        let secret = secret_from_key_file(&key, &line.google.admin, endpoints).expect("a secret");
        let clock = Arc::new(JumpingClock::at(Timestamp::now()));
        let options = HttpOptions {
            patience: Patience::tiny(),
            pacing: Pacing::off(),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            ..HttpOptions::default()
        };
        let bytes = secret.to_bytes().expect("a secret that can be kept");
        let cloud = Google::open(Arc::new(SecretInMemory::new(bytes)), &options).await;
        let cloud = cloud.expect("a Connection");
        Self { cloud, line, clock, control: browser(), running, _state: state }
    }

    /// How long was waited for the cloud, on the test's clock.
    pub fn waited(&self) -> Duration {
        self.clock.now()
    }

    /// So many days pass, for the cloud as for its clients.
    pub async fn days_pass(&self, days: u32) {
        let day = Duration::from_secs(24 * 60 * 60);
        self.clock.sleep(day * days).await;
        let shift = i64::try_from(self.clock.now().as_secs()).expect("no such long time");
        self.world().clock.set_shift_seconds(shift);
    }

    /// The id of the user with this number.
    pub fn user(&self, number: usize) -> (String, String) {
        let user = &self.line.google.users[number];
        (user.id.clone(), user.address.clone())
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        let url = format!("{}/{path}", self.line.control.url);
        let sent = self.control.post(url).bearer_auth(&self.line.control.token).json(&body).send().await;
        let answer = sent.expect("control answers");
        let status = answer.status();
        let text = answer.text().await.expect("control's answer");
        assert!(status.is_success(), "{path} {body}: {text}");
        serde_json::from_str(&text).expect("control's JSON")
    }

    async fn fetch(&self, path: &str) -> String {
        let url = format!("{}/{path}", self.line.control.url);
        let sent = self.control.get(url).bearer_auth(&self.line.control.token).send().await;
        sent.expect("control answers").text().await.expect("control's answer")
    }

    /// A change as people make it; the ids of what was made.
    pub async fn change(&self, change: Value) -> Vec<String> {
        let answer = self.post("change", change).await;
        let ids = answer["ids"].as_array().cloned().unwrap_or_default();
        ids.into_iter().filter_map(|id| id.as_str().map(str::to_owned)).collect()
    }

    /// The first id of a change.
    pub async fn make(&self, change: Value) -> String {
        self.change(change).await.into_iter().next().expect("something was made")
    }

    /// A fault from now on.
    pub async fn fault(&self, fault: Value) {
        self.post("fault", fault).await;
    }

    /// No more faults.
    pub async fn heal(&self) {
        let url = format!("{}/fault", self.line.control.url);
        let sent = self.control.delete(url).bearer_auth(&self.line.control.token).send().await;
        assert!(sent.expect("control answers").status().is_success());
    }

    /// Switches of the company.
    pub async fn set(&self, settings: Value) {
        self.post("set", settings).await;
    }

    /// Requests by method so far.
    pub async fn requests(&self, method: &str) -> u64 {
        self.counters().await["requests"][method].as_u64().unwrap_or(0)
    }

    /// Requests to APIs so far, sign-in not counted.
    pub async fn api_requests(&self) -> u64 {
        let counters = self.counters().await;
        let methods = counters["requests"].as_object().cloned().unwrap_or_default();
        let of_apis = methods.iter().filter(|(method, _)| !method.starts_with("oauth2"));
        of_apis.filter_map(|(_, count)| count.as_u64()).sum()
    }

    /// Everything that is counted.
    pub async fn counters(&self) -> Value {
        serde_json::from_str(&self.fetch("counters").await).expect("the counters")
    }

    /// Lines of the truth.
    pub async fn truth(&self, query: &str) -> Vec<Value> {
        let text = self.fetch(&format!("truth?{query}")).await;
        text.lines().map(|line| serde_json::from_str(line).expect("a line of the truth")).collect()
    }

    /// The simulated world itself, for what the truth does not tell.
    pub fn world(&self) -> &simcloud::world::World {
        self.running.world()
    }

    /// Scopes of domain-wide delegation without one.
    pub async fn withdraw_scope(&self, scope: &str) {
        let scopes: Vec<&str> = SCOPES.into_iter().filter(|known| *known != scope).collect();
        self.set(json!({ "delegated_scopes": scopes, "tokens_revoked": true })).await;
    }

    /// All scopes of domain-wide delegation.
    pub async fn grant_scopes(&self) {
        self.set(json!({ "delegated_scopes": SCOPES })).await;
    }
}

/// A client that follows no redirect. Plain HTTP on loopback needs no TLS, but it wants to know how it would be done.
pub fn browser() -> reqwest::Client {
    let tls = rustls::ClientConfig::builder_with_provider(rustls::crypto::ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .expect("TLS versions")
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    let client = reqwest::Client::builder().tls_backend_preconfigured(tls).no_proxy();
    client.redirect(reqwest::redirect::Policy::none()).build().expect("a client")
}

/// Where the key of an earlier company is kept: making one takes longer than most tests.
fn kept_key() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("simulated-service-account.json")
}

/// A company's folder, with the kept key where there is one.
fn state_dir() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    if let Ok(key) = std::fs::read(kept_key()) {
        std::fs::write(folder.path().join("service-account.json"), key).expect("a key file");
    }
    folder
}

/// Keeps a company's key for the next one. Written whole or not at all, as tests run side by side.
fn keep_key(key: &[u8]) {
    if !kept_key().exists() {
        let mut file =
            tempfile::NamedTempFile::new_in(env!("CARGO_TARGET_TMPDIR")).expect("a temporary file");
        file.write_all(key).expect("a key file");
        file.persist(kept_key()).expect("a kept key");
    }
}

/// What a backup needs.
pub const SCOPES: [&str; 9] = [
    "https://www.googleapis.com/auth/admin.directory.user.readonly",
    "https://www.googleapis.com/auth/admin.directory.group.readonly",
    "https://www.googleapis.com/auth/admin.directory.orgunit.readonly",
    "https://www.googleapis.com/auth/admin.directory.customer.readonly",
    "https://www.googleapis.com/auth/gmail.readonly",
    "https://www.googleapis.com/auth/drive.readonly",
    "https://www.googleapis.com/auth/calendar.readonly",
    "https://www.googleapis.com/auth/contacts.readonly",
    "https://www.googleapis.com/auth/tasks.readonly",
];

/// All that a listing tells.
pub async fn changes(
    company: &Company,
    reach: &Reach,
    cursor: Option<&Cursor>,
) -> Result<Vec<Change>, CloudError> {
    company.cloud.changes(reach, cursor).try_collect().await
}
