//! A running simulator and a plain client for it. Every JSON answer is held to Google's published description.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::header::HeaderMap;
use rustls_pki_types::PrivatePkcs8KeyDer;
use rustls_pki_types::pem::PemObject as _;
use serde_json::{Value, json};
use simcloud::discovery::Descriptions;
use simcloud::{Options, Running};

pub const READ: &str = "https://www.googleapis.com/auth/drive.readonly";

/// Credentials that the first simulator made. Making a key takes seconds without optimisation, so that all tests share it,
/// in whatever process they run.
const CREDENTIALS: [&str; 2] = ["service-account.json", "oauth-client.json"];

fn kept_credentials() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(concat!("credentials-", env!("CARGO_PKG_VERSION")))
}

/// Copies credentials, all or none of them.
fn copy_credentials(from: &Path, to: &Path) -> std::io::Result<()> {
    if CREDENTIALS.iter().all(|name| from.join(name).is_file()) {
        for name in CREDENTIALS {
            std::fs::copy(from.join(name), to.join(name))?;
        }
    }
    Ok(())
}

/// Keeps credentials for the tests to come. Another test may do so at the same time; either's will do.
fn keep_credentials(from: &Path) {
    let kept = kept_credentials();
    if kept.exists() {
        return;
    }
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a temporary folder");
    copy_credentials(from, folder.path()).expect("a copy of the credentials");
    if std::fs::rename(folder.path(), &kept).is_ok() {
        drop(folder.keep());
    }
}

/// The published descriptions, or nothing, said loudly.
pub fn descriptions() -> Option<&'static Descriptions> {
    static FOUND: OnceLock<Option<Descriptions>> = OnceLock::new();
    let look = || match Descriptions::find() {
        Ok(found) => Some(found),
        Err(error) => {
            eprintln!("SKIPPED: answers are not held to Google's descriptions: {error}");
            None
        }
    };
    FOUND.get_or_init(look).as_ref()
}

/// What came back.
pub struct Got {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Result<Vec<u8>, String>,
}

impl Got {
    pub fn json(&self) -> Value {
        serde_json::from_slice(self.bytes()).expect("the answer is JSON")
    }

    pub fn bytes(&self) -> &[u8] {
        self.body.as_ref().expect("a whole body")
    }

    pub fn reason(&self) -> (u16, String) {
        let reason = self.json()["error"]["errors"][0]["reason"].as_str().expect("a reason").to_owned();
        (self.status, reason)
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("a header of text"))
    }
}

pub struct Sim {
    pub running: Running,
    client: reqwest::Client,
    tokens: tokio::sync::Mutex<std::collections::HashMap<(String, String), String>>,
    _state: tempfile::TempDir,
}

impl Sim {
    /// Five users with enough files for all oddities.
    pub async fn new() -> Self {
        Self::with(Options { users: 5, files_per_user: 48, ..quiet() }).await
    }

    pub async fn with(options: Options) -> Self {
        // Another test of this process may have installed it; that is as good.
        drop(rustls::crypto::ring::default_provider().install_default());
        let state = tempfile::tempdir().expect("a temporary folder");
        copy_credentials(&kept_credentials(), state.path()).expect("a copy of the credentials");
        let options = Options { state_dir: Some(state.path().to_owned()), ..options };
        let running = simcloud::start(options).await.expect("the simulator starts");
        keep_credentials(state.path());
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        Self { running, client, tokens: tokio::sync::Mutex::default(), _state: state }
    }

    pub fn admin(&self) -> &str {
        &self.running.start_line.google.admin
    }

    /// The address of the n-th user; the first is the admin, the second has the odd files.
    pub fn user(&self, number: usize) -> &str {
        &self.running.start_line.google.users[number].address
    }

    pub fn id(&self, number: usize) -> &str {
        &self.running.start_line.google.users[number].id
    }

    /// An access token for a user, by domain-wide delegation.
    async fn token(&self, user: &str, scope: &str) -> String {
        let mut tokens = self.tokens.lock().await;
        let key = (user.to_owned(), scope.to_owned());
        if let Some(token) = tokens.get(&key) {
            return token.clone();
        }
        let text =
            std::fs::read(&self.running.start_line.google.service_account_key_file).expect("the key file");
        let file: Value = serde_json::from_slice(&text).expect("the key file is JSON");
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970").as_secs();
        let claims = json!({
            "iss": file["client_email"], "sub": user, "scope": scope, "aud": file["token_uri"],
            "iat": now, "exp": now + 3600,
        });
        let header = json!({"alg": "RS256", "typ": "JWT", "kid": file["private_key_id"]});
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(&header), part(&claims));
        let pem = file["private_key"].as_str().expect("a private key");
        let der = PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()).expect("PEM");
        let pair = ring::rsa::KeyPair::from_pkcs8(der.secret_pkcs8_der()).expect("an RSA key");
        let mut signature = vec![0; pair.public().modulus_len()];
        let random = ring::rand::SystemRandom::new();
        pair.sign(&ring::signature::RSA_PKCS1_SHA256, &random, message.as_bytes(), &mut signature)
            .expect("signed");
        let assertion = format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature));
        let form = [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", &assertion)];
        let url = file["token_uri"].as_str().expect("a token_uri").to_owned();
        let answer = self.client.post(url).form(&form).send().await.expect("a token answer");
        let answer: Value = serde_json::from_slice(&answer.bytes().await.expect("a body")).expect("JSON");
        let token =
            answer["access_token"].as_str().unwrap_or_else(|| panic!("no token: {answer}")).to_owned();
        tokens.insert(key, token.clone());
        token
    }

    /// A request below `/drive/v3/`, judged by the description when it answers JSON.
    pub async fn get(&self, user: &str, path: &str, query: &[(&str, &str)]) -> Got {
        self.fetch(user, READ, &format!("/drive/v3/{path}"), query, &[]).await
    }

    pub async fn fetch(
        &self,
        user: &str,
        scope: &str,
        path: &str,
        query: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Got {
        let token = self.token(user, scope).await;
        let mut request =
            self.client.get(format!("{}{path}", self.running.url())).query(query).bearer_auth(token);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await.expect("an answer");
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let mut got = Got { status, headers, body: Ok(Vec::new()) };
        got.body = answer.bytes().await.map(Into::into).map_err(|error| error.to_string());
        if got.header("content-type").starts_with("application/json") && path.starts_with("/drive/") {
            self.judge(path, query, &got);
        }
        got
    }

    fn judge(&self, path: &str, query: &[(&str, &str)], got: &Got) {
        let is_media = query.contains(&("alt", "media")) || path.ends_with("/export");
        let Some(descriptions) = descriptions().filter(|_| got.status >= 400 || !is_media) else { return };
        let Ok(bytes) = &got.body else { return };
        let answer: Value = serde_json::from_slice(bytes).expect("JSON");
        let Some((description, called)) = descriptions.called("GET", path) else {
            panic!("no method {path}")
        };
        let violations = description.check_answer(&called, got.status, Some(&answer));
        let shown: String = answer.to_string().chars().take(2000).collect();
        assert!(violations.is_empty(), "{path} {query:?} answered {shown}: {violations:#?}");
    }

    /// The JSON of a request that must succeed.
    pub async fn ok(&self, user: &str, path: &str, query: &[(&str, &str)]) -> Value {
        let got = self.get(user, path, query).await;
        assert_eq!(got.status, 200, "{path} {query:?}: {}", String::from_utf8_lossy(got.bytes()));
        got.json()
    }

    /// Status and reason of a request that must be refused.
    pub async fn refused(&self, user: &str, path: &str, query: &[(&str, &str)]) -> (u16, String) {
        self.get(user, path, query).await.reason()
    }

    /// All entries of a listing, page by page.
    pub async fn all(&self, user: &str, path: &str, list: &str, query: &[(&str, &str)]) -> Vec<Value> {
        let mut entries = Vec::new();
        let mut token = String::new();
        loop {
            let mut query = query.to_vec();
            if !token.is_empty() {
                query.push(("pageToken", &token));
            }
            let page = self.ok(user, path, &query).await;
            entries.extend(page[list].as_array().expect("a list").clone());
            match page["nextPageToken"].as_str() {
                Some(next) => token = next.to_owned(),
                None => return entries,
            }
        }
    }

    pub async fn control(&self, method: &str, path: &str, body: &Value) -> (u16, Vec<u8>) {
        let control = &self.running.start_line.control;
        let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
        let url = format!("{}/{path}", control.url);
        let request = self.client.request(method, url).bearer_auth(&control.token).body(body.to_string());
        let answer = request.send().await.expect("an answer");
        (answer.status().as_u16(), answer.bytes().await.expect("a body").into())
    }

    /// Makes a change and returns the ids it names.
    pub async fn change(&self, change: Value) -> Vec<String> {
        let (status, body) = self.control("POST", "change", &change).await;
        assert_eq!(status, 200, "{change}: {}", String::from_utf8_lossy(&body));
        let answer: Value = serde_json::from_slice(&body).expect("JSON");
        answer["ids"]
            .as_array()
            .expect("ids")
            .iter()
            .map(|id| id.as_str().expect("an id").to_owned())
            .collect()
    }

    /// Makes a change that names one id.
    pub async fn one(&self, change: Value) -> String {
        self.change(change).await.pop().expect("an id")
    }

    pub async fn fault(&self, fault: Value) {
        let (status, body) = self.control("POST", "fault", &fault).await;
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
    }

    /// The truth about one service, of one user or of all, with hashes.
    pub async fn truth(&self, user: &str, service: &str) -> Vec<Value> {
        self.lines(&format!("truth?user={user}&service={service}&hashes=1")).await
    }

    /// The truth without hashes, which is quick.
    pub async fn outline(&self, user: &str, service: &str) -> Vec<Value> {
        self.lines(&format!("truth?user={user}&service={service}")).await
    }

    async fn lines(&self, path: &str) -> Vec<Value> {
        let (status, body) = self.control("GET", path, &Value::Null).await;
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
        body.split(|b| *b == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| serde_json::from_slice(line).expect("a line of JSON"))
            .collect()
    }

    /// The outline of the odd user's file with this name.
    pub async fn odd(&self, name: &str) -> Value {
        let truth = self.outline(self.user(1), "drive").await;
        truth
            .into_iter()
            .find(|line| line["name"] == name && line["owned"] == true)
            .unwrap_or_else(|| panic!("no {name}"))
    }

    /// A start token for a user's own changes.
    pub async fn start(&self, user: &str, query: &[(&str, &str)]) -> String {
        let answer = self.ok(user, "changes/startPageToken", query).await;
        answer["startPageToken"].as_str().expect("a token").to_owned()
    }

    /// All changes since a token, and the token to go on from.
    pub async fn changes(&self, user: &str, token: &str, more: &[(&str, &str)]) -> (Vec<Value>, String) {
        let mut changes = Vec::new();
        let mut token = token.to_owned();
        loop {
            let mut query = more.to_vec();
            query.push(("pageToken", &token));
            let page = self.ok(user, "changes", &query).await;
            changes.extend(page["changes"].as_array().expect("changes").clone());
            let next = page["nextPageToken"].as_str();
            assert_eq!(
                next.is_some(),
                page["newStartPageToken"].is_null(),
                "exactly one of the tokens: {page}"
            );
            match next {
                Some(next) => token = next.to_owned(),
                None => return (changes, page["newStartPageToken"].as_str().expect("a token").to_owned()),
            }
        }
    }
}

/// A company without mail, calendars and contacts.
pub fn quiet() -> Options {
    Options { mail_per_user: 0, events_per_user: 0, contacts_per_user: 0, ..Options::default() }
}

/// The SHA-256 of bytes in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, bytes);
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn texts(list: &[Value], name: &str) -> Vec<String> {
    let mut all: Vec<String> = list.iter().map(|v| v[name].as_str().unwrap_or("").to_owned()).collect();
    all.sort();
    all
}
