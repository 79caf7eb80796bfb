//! A running simulator and a plain client for its Box.

use std::path::{Path, PathBuf};

use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use simcloud::boxcom::{Description, Exchange, METHODS};
use simcloud::{Options, Running};

const CREDENTIALS: [&str; 2] = ["service-account.json", "oauth-client.json"];

/// Where Google's credentials of the first simulator are kept for the others: making a key takes a while.
fn shelf() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("simcloud-credentials")
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

    pub fn json(&self) -> Value {
        serde_json::from_slice(self.bytes()).unwrap_or_else(|e| {
            panic!("no JSON ({e}): {} {}", self.status, String::from_utf8_lossy(self.bytes()))
        })
    }

    pub fn header(&self, name: &str) -> String {
        self.headers.get(name).map_or_else(String::new, |v| v.to_str().expect("text").to_owned())
    }

    /// Status and Box's code.
    pub fn code(&self) -> (u16, String) {
        (self.status, text(&self.json()["code"]))
    }

    /// Ids of the entries.
    pub fn ids(&self) -> Vec<String> {
        entries(&self.json()).iter().map(|entry| text(&entry["id"])).collect()
    }
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

pub fn entries(page: &Value) -> Vec<Value> {
    page["entries"].as_array().unwrap_or_else(|| panic!("no entries: {page}")).clone()
}

pub struct Sim {
    pub running: Running,
    pub client: reqwest::Client,
    pub app: Value,
    service: tokio::sync::OnceCell<String>,
    _state: tempfile::TempDir,
}

pub fn small() -> Options {
    Options { users: 12, mail_per_user: 1, files_per_user: 12, ..Options::default() }
}

impl Sim {
    pub async fn new() -> Self {
        Self::with(small()).await
    }

    pub async fn with(options: Options) -> Self {
        // Another test of this process may have installed it; that is as good.
        drop(rustls::crypto::ring::default_provider().install_default());
        let state = tempfile::tempdir().expect("a temporary folder");
        for name in CREDENTIALS {
            if let Ok(bytes) = std::fs::read(shelf().join(name)) {
                std::fs::write(state.path().join(name), bytes).expect("a copy of the credentials");
            }
        }
        let options = Options { state_dir: Some(state.path().to_owned()), ..options };
        let running = simcloud::start(options).await.expect("the simulator starts");
        if !shelf().exists() {
            let new = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
            for name in CREDENTIALS {
                std::fs::copy(state.path().join(name), new.path().join(name)).expect("a copy");
            }
            // Another test may have been quicker; its credentials are as good.
            drop(std::fs::rename(new.path(), shelf()));
        }
        let app = std::fs::read(&running.start_line.boxcom.app_file).expect("the app file");
        let client =
            reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build();
        Self {
            running,
            client: client.expect("a client"),
            app: serde_json::from_slice(&app).expect("JSON"),
            service: tokio::sync::OnceCell::new(),
            _state: state,
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.running.start_line.address)
    }

    /// The id of the n-th user; the first is the admin.
    pub fn id(&self, number: usize) -> String {
        self.running.start_line.boxcom.users[number].id.clone()
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> Got {
        match request.send().await {
            Err(error) => Got { status: 0, headers: HeaderMap::new(), body: Err(error.to_string()) },
            Ok(response) => {
                let (status, headers) = (response.status().as_u16(), response.headers().clone());
                let body = response.bytes().await.map(|b| b.to_vec()).map_err(|e| e.to_string());
                Got { status, headers, body }
            }
        }
    }

    /// A request to the token endpoint with the application's credentials.
    pub async fn grant(&self, form: &[(&str, &str)]) -> Got {
        let app = &self.app["boxAppSettings"];
        let (id, secret) = (text(&app["clientID"]), text(&app["clientSecret"]));
        let mut all = vec![("client_id", id.as_str()), ("client_secret", secret.as_str())];
        all.extend_from_slice(form);
        self.send(self.client.post(self.url("/oauth2/token")).form(&all)).await
    }

    pub async fn token_of(&self, kind: &str, id: &str) -> String {
        let form = [("grant_type", "client_credentials"), ("box_subject_type", kind), ("box_subject_id", id)];
        text(&self.grant(&form).await.json()["access_token"])
    }

    /// The service account's token.
    pub async fn service(&self) -> String {
        let id = self.running.start_line.boxcom.enterprise_id.clone();
        self.service.get_or_init(|| async { self.token_of("enterprise", &id).await }).await.clone()
    }

    /// A request of the service account, as this user; the answer is held to the description.
    pub async fn get_as(&self, user: Option<&str>, path: &str, query: &[(&str, &str)]) -> Got {
        let mut request = self.client.get(self.url(&format!("/2.0/{path}"))).query(query);
        request = request.bearer_auth(self.service().await);
        if let Some(user) = user {
            request = request.header("As-User", user);
        }
        let got = self.send(request).await;
        // Folders with chosen fields are described more narrowly than Box answers.
        if !query.iter().any(|(name, _)| *name == "fields") {
            conforms("GET", path, query, None, &got);
        }
        got
    }

    /// A request with JSON of the n-th user; both ways are held to the description.
    pub async fn json_as(&self, number: usize, verb: &str, path: &str, body: &Value) -> Got {
        let kind = if body.is_array() { "application/json-patch+json" } else { "application/json" };
        let got = self.bytes_as(number, verb, path, &[("content-type", kind)], body.to_string().into()).await;
        conforms(verb, path, &[], Some(body), &got);
        got
    }

    /// A request with bytes of the n-th user; the answer is held to the description.
    pub async fn bytes_as(
        &self,
        number: usize,
        verb: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Got {
        let verb_of = reqwest::Method::from_bytes(verb.as_bytes()).expect("a verb");
        let mut request = self.client.request(verb_of, self.url(&format!("/api/2.0/{path}"))).body(body);
        request = request.bearer_auth(self.service().await).header("As-User", self.id(number));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let got = self.send(request).await;
        conforms(verb, path, &[], None, &got);
        got
    }

    /// A request as the n-th user.
    pub async fn user(&self, number: usize, path: &str, query: &[(&str, &str)]) -> Got {
        let id = self.id(number);
        self.get_as(Some(&id), path, query).await
    }

    /// A request of the service account itself.
    pub async fn get(&self, path: &str, query: &[(&str, &str)]) -> Got {
        self.get_as(None, path, query).await
    }

    pub async fn control(&self, verb: reqwest::Method, path: &str, body: Value) -> Got {
        let control = &self.running.start_line.control;
        let request =
            self.client.request(verb, format!("{}/{path}", control.url)).bearer_auth(&control.token);
        self.send(request.json(&body)).await
    }

    /// A change that has to work; the id.
    pub async fn change(&self, body: Value) -> String {
        let got = self.control(reqwest::Method::POST, "change", body.clone()).await;
        assert_eq!(got.status, 200, "{body}: {}", String::from_utf8_lossy(got.bytes()));
        text(&got.json()["ids"][0])
    }

    pub async fn set(&self, body: Value) {
        let got = self.control(reqwest::Method::POST, "set", json!({"box": body})).await;
        assert_eq!(got.status, 200, "{}", String::from_utf8_lossy(got.bytes()));
    }

    pub async fn fault(&self, body: Value) {
        let got = self.control(reqwest::Method::POST, "fault", body).await;
        assert_eq!(got.status, 200, "{}", String::from_utf8_lossy(got.bytes()));
    }

    /// Lines of the truth about the n-th user's Box, with hashes.
    pub async fn truth(&self, number: usize) -> Vec<Value> {
        let path = format!("truth?service=box_files&hashes=1&user={}", self.id(number));
        let got = self.control(reqwest::Method::GET, &path, json!({})).await;
        assert_eq!(got.status, 200);
        let lines = String::from_utf8_lossy(got.bytes()).into_owned();
        lines.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
    }
}

/// Holds an exchange to the published description, where that is at hand.
fn conforms(verb: &str, path: &str, query: &[(&str, &str)], body: Option<&Value>, got: &Got) {
    let Some(all) = Description::find().filter(|_| got.status != 401) else { return };
    let answer = got.body.as_ref().ok().filter(|b| !b.is_empty()).map(|_| got.json());
    let pairs: Vec<_> = query.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    let operation = operation(verb, path);
    let answer = answer.as_ref();
    let exchange = Exchange { operation: &operation, query: &pairs, body, status: got.status, answer };
    let mut found = all.check(&exchange);
    // The published list of codes and live answers differ.
    found.retain(|line| got.status < 400 || !line.starts_with("answer.code:"));
    assert!(found.is_empty(), "{verb} {path}: {found:?} in {answer:?}");
}

/// The operation behind a verb and a path: the longest template that fits comes first in the tables.
fn operation(verb: &str, path: &str) -> String {
    let fits = |template: &str| {
        let (a, b): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
        a.len() == b.len() && a.iter().zip(&b).all(|(part, segment)| part.starts_with('{') || part == segment)
    };
    let found = METHODS.iter().flat_map(|table| table.iter()).find(|m| m.http == verb && fits(m.path));
    found.map_or_else(String::new, |method| method.id.trim_start_matches("box.").to_owned())
}
