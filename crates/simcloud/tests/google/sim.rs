//! A running simulator and a plain client for it.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use reqwest::header::HeaderMap;
use rustls_pki_types::PrivatePkcs8KeyDer;
use rustls_pki_types::pem::PemObject as _;
use serde_json::{Value, json};
use simcloud::discovery::{Descriptions, Exchange};
use simcloud::{Options, Running};

pub const GMAIL: &str = "https://www.googleapis.com/auth/gmail.readonly";
pub const USERS: &str = "https://www.googleapis.com/auth/admin.directory.user.readonly";
/// Everything that is delegated and needed here.
pub const ALL: &str = "https://www.googleapis.com/auth/gmail.readonly \
    https://www.googleapis.com/auth/admin.directory.user.readonly \
    https://www.googleapis.com/auth/admin.directory.group.readonly \
    https://www.googleapis.com/auth/admin.directory.orgunit.readonly \
    https://www.googleapis.com/auth/admin.directory.customer.readonly \
    https://www.googleapis.com/auth/admin.directory.domain.readonly";
pub const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

fn descriptions() -> Option<&'static Descriptions> {
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
    pub fn bytes(&self) -> &[u8] {
        self.body.as_ref().expect("a whole body")
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(self.bytes()).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(self.bytes()).unwrap_or_else(|e| panic!("no JSON ({e}): {}", self.text()))
    }

    /// Status and Google's reason.
    pub fn reason(&self) -> (u16, String) {
        let json = self.json();
        (self.status, json["error"]["errors"][0]["reason"].as_str().unwrap_or_default().to_owned())
    }

    /// Status and OAuth error.
    pub fn oauth_error(&self) -> (u16, String) {
        (self.status, self.json()["error"].as_str().unwrap_or_default().to_owned())
    }

    pub fn header(&self, name: &str) -> String {
        self.headers.get(name).map_or_else(String::new, |v| v.to_str().expect("text").to_owned())
    }
}

const CREDENTIALS: [&str; 2] = ["service-account.json", "oauth-client.json"];

/// Where the credentials of the first simulator are kept for the others: making a key takes a
/// while. Each test may run in a process of its own.
fn shelf() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("simcloud-credentials")
}

/// A state folder, with credentials where there are some already.
fn state_folder() -> tempfile::TempDir {
    let state = tempfile::tempdir().expect("a temporary folder");
    for name in CREDENTIALS {
        if let Ok(bytes) = std::fs::read(shelf().join(name)) {
            std::fs::write(state.path().join(name), bytes).expect("a copy of the credentials");
        }
    }
    state
}

/// Puts the credentials on the shelf, whole or not at all.
fn keep_credentials(state: &Path) {
    if shelf().exists() {
        return;
    }
    let new = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    for name in CREDENTIALS {
        std::fs::copy(state.join(name), new.path().join(name)).expect("a copy of the credentials");
    }
    // Another test may have been quicker; its credentials are as good.
    drop(std::fs::rename(new.path(), shelf()));
}

pub struct Sim {
    pub running: Running,
    pub client: reqwest::Client,
    pub key: Value,
    tokens: tokio::sync::Mutex<std::collections::HashMap<String, String>>,
    _state: Option<tempfile::TempDir>,
}

/// Small enough to start at once.
pub fn small() -> Options {
    Options { users: 4, mail_per_user: 40, files_per_user: 2, ..Options::default() }
}

impl Sim {
    pub async fn new() -> Self {
        Self::with(small()).await
    }

    pub async fn with(options: Options) -> Self {
        // Another test of this process may have installed it; that is as good.
        drop(rustls::crypto::ring::default_provider().install_default());
        let (state, options) = match options.state_dir {
            Some(_) => (None, options),
            None => {
                let state = state_folder();
                let state_dir = Some(state.path().to_owned());
                (Some(state), Options { state_dir, ..options })
            }
        };
        let running = simcloud::start(options).await.expect("the simulator starts");
        if let Some(state) = &state {
            keep_credentials(state.path());
        }
        let key = std::fs::read(&running.start_line.google.service_account_key_file).expect("the key file");
        let key = serde_json::from_slice(&key).expect("the key file is JSON");
        let client = reqwest::Client::builder()
            .no_proxy()
            .no_gzip()
            .redirect(reqwest::redirect::Policy::none())
            .build();
        Self {
            running,
            client: client.expect("a client"),
            key,
            tokens: tokio::sync::Mutex::default(),
            _state: state,
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.running.start_line.address)
    }

    pub fn admin(&self) -> &str {
        &self.running.start_line.google.admin
    }

    /// The address of the n-th user; the first is the admin, the second has the odd mails.
    pub fn user(&self, number: usize) -> &str {
        &self.running.start_line.google.users[number].address
    }

    pub fn id(&self, number: usize) -> &str {
        &self.running.start_line.google.users[number].id
    }

    /// Seconds since 1970 on this machine.
    pub fn now() -> i64 {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970");
        i64::try_from(now.as_secs()).expect("seconds")
    }

    /// Signs claims with the service account's key.
    pub fn sign(&self, claims: &Value) -> String {
        let header = json!({"alg": "RS256", "typ": "JWT", "kid": self.key["private_key_id"]});
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", part(&header), part(claims));
        let pem = self.key["private_key"].as_str().expect("a private key");
        let der = PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()).expect("PEM");
        let pair = ring::rsa::KeyPair::from_pkcs8(der.secret_pkcs8_der()).expect("an RSA key");
        let mut signature = vec![0; pair.public().modulus_len()];
        let random = ring::rand::SystemRandom::new();
        pair.sign(&ring::signature::RSA_PKCS1_SHA256, &random, message.as_bytes(), &mut signature)
            .expect("signed");
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// Claims that the token endpoint accepts.
    pub fn claims(&self, sub: &str, scope: &str) -> Value {
        json!({
            "iss": self.key["client_email"], "sub": sub, "scope": scope, "aud": self.key["token_uri"],
            "iat": Self::now(), "exp": Self::now() + 3600,
        })
    }

    pub async fn assert_grant(&self, claims: &Value) -> Got {
        self.post("/token", &[("grant_type", JWT_BEARER), ("assertion", &self.sign(claims))]).await
    }

    /// An access token for a user, by domain-wide delegation.
    pub async fn token(&self, user: &str, scope: &str) -> String {
        let key = format!("{user} {scope}");
        if let Some(token) = self.tokens.lock().await.get(&key) {
            return token.clone();
        }
        let got = self.assert_grant(&self.claims(user, scope)).await;
        let token =
            got.json()["access_token"].as_str().unwrap_or_else(|| panic!("{}", got.text())).to_owned();
        self.tokens.lock().await.insert(key, token.clone());
        token
    }

    /// A form post.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Got {
        receive(self.client.post(self.url(path)).form(form)).await
    }

    /// A request as a user, with every scope; the answer is held to the description.
    pub async fn get(&self, user: &str, path: &str, query: &[(&str, &str)]) -> Got {
        let got = self.fetch(user, path, query, &[]).await;
        let pairs: Vec<(String, String)> =
            query.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        if let Some(all) = descriptions().filter(|_| got.status == 200) {
            let answer = got.json();
            let exchange = Exchange {
                http_method: "GET",
                path,
                query: &pairs,
                body: None,
                status: 200,
                answer: Some(&answer),
            };
            let found = all.check(&exchange);
            assert!(found.is_empty(), "{path}: {found:?} in {answer}");
        }
        got
    }

    /// A request as a user with more headers, judged by nobody.
    pub async fn fetch(
        &self,
        user: &str,
        path: &str,
        query: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Got {
        let token = self.token(user, ALL).await;
        let mut request = self.client.get(self.url(path)).query(query).bearer_auth(token);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        receive(request).await
    }

    /// A Gmail request of the n-th user.
    pub async fn gmail(&self, user: usize, path: &str, query: &[(&str, &str)]) -> Got {
        let address = self.user(user).to_owned();
        self.get(&address, &format!("/gmail/v1/users/me/{path}"), query).await
    }

    /// The exact bytes of a mail.
    pub async fn raw(&self, user: usize, id: &str) -> Vec<u8> {
        let got = self.gmail(user, &format!("messages/{id}"), &[("format", "raw")]).await.json();
        URL_SAFE.decode(got["raw"].as_str().expect("raw")).expect("base64url")
    }

    /// Ids of all mails, Spam and Trash among them, in the order of the listing.
    pub async fn all_ids(&self, user: usize, more: &[(&str, &str)]) -> Vec<String> {
        let mut ids = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let mut query = more.to_vec();
            if let Some(token) = &token {
                query.push(("pageToken", token));
            }
            let page = self.gmail(user, "messages", &query).await.json();
            let messages = page["messages"].as_array().cloned().unwrap_or_default();
            ids.extend(messages.iter().map(|m| m["id"].as_str().expect("an id").to_owned()));
            match page["nextPageToken"].as_str() {
                Some(next) => token = Some(next.to_owned()),
                None => return ids,
            }
        }
    }

    /// The id of the latest change of a mailbox.
    pub async fn history_id(&self, user: usize) -> String {
        self.gmail(user, "profile", &[]).await.json()["historyId"].as_str().expect("an id").to_owned()
    }

    /// A directory request of the admin.
    pub async fn directory(&self, path: &str, query: &[(&str, &str)]) -> Got {
        let admin = self.admin().to_owned();
        self.get(&admin, &format!("/admin/directory/v1/{path}"), query).await
    }

    /// A control request.
    pub async fn control(&self, verb: reqwest::Method, path: &str, body: Option<Value>) -> Got {
        let control = &self.running.start_line.control;
        let mut request =
            self.client.request(verb, format!("{}/{path}", control.url)).bearer_auth(&control.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        receive(request).await
    }

    /// A change that has to work; the ids.
    pub async fn change(&self, body: Value) -> Vec<String> {
        let got = self.control(reqwest::Method::POST, "change", Some(body.clone())).await;
        let ids = got.json()["ids"].as_array().unwrap_or_else(|| panic!("{body}: {}", got.text())).clone();
        ids.iter().map(|id| id.as_str().expect("an id").to_owned()).collect()
    }

    pub async fn set(&self, body: Value) {
        let got = self.control(reqwest::Method::POST, "set", Some(body)).await;
        assert_eq!(got.status, 200, "{}", got.text());
    }

    pub async fn fault(&self, body: Value) -> u64 {
        let got = self.control(reqwest::Method::POST, "fault", Some(body)).await;
        got.json()["fault"].as_u64().unwrap_or_else(|| panic!("{}", got.text()))
    }

    pub async fn counters(&self) -> Value {
        self.control(reqwest::Method::GET, "counters", None).await.json()
    }

    pub async fn truth(&self, query: &str) -> Vec<Value> {
        let got = self.control(reqwest::Method::GET, &format!("truth?{query}"), None).await;
        assert_eq!(got.status, 200, "{}", got.text());
        got.text().lines().map(|l| serde_json::from_str(l).expect("a line of JSON")).collect()
    }
}

/// Sends and reads to the end.
pub async fn receive(request: reqwest::RequestBuilder) -> Got {
    match request.send().await {
        Err(error) => Got { status: 0, headers: HeaderMap::new(), body: Err(error.to_string()) },
        Ok(response) => {
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let body = response.bytes().await.map(|b| b.to_vec()).map_err(|e| e.to_string());
            Got { status, headers, body }
        }
    }
}
