//! A simulated company in a process of its own, and its `/control`.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use serde_json::{Value, json};
use ureq::Agent;
use ureq::http::Response;

use crate::{Programs, Truth};

/// The line of JSON that simcloud prints when it serves.
#[derive(Clone, Deserialize)]
pub struct StartLine {
    /// `http://127.0.0.1:P`.
    pub address: String,
    /// Where its files are.
    pub state_dir: PathBuf,
    /// The addresses of its APIs, for `connect --endpoints`.
    pub endpoints_file: PathBuf,
    control: Control,
    /// The Google Workspace company.
    pub google: GoogleStart,
    /// The Box enterprise of the same people.
    #[serde(rename = "box")]
    pub boxcom: BoxStart,
}

#[derive(Clone, Deserialize)]
struct Control {
    url: String,
    token: String,
}

/// The Google Workspace company.
#[derive(Clone, Debug, Deserialize)]
pub struct GoogleStart {
    /// Primary domain.
    pub domain: String,
    /// The tenant's id.
    pub customer_id: String,
    /// The admin's address.
    pub admin: String,
    /// The key file of a service account with delegation.
    pub service_account_key_file: PathBuf,
    /// The OAuth client's file.
    pub oauth_client_file: PathBuf,
    /// Everyone.
    pub users: Vec<Person>,
    /// Its groups.
    pub groups: Vec<Named>,
    /// Its org units.
    pub org_units: Vec<Unit>,
}

/// The Box enterprise.
#[derive(Clone, Debug, Deserialize)]
pub struct BoxStart {
    /// The tenant's id.
    pub enterprise_id: String,
    /// The admin's address.
    pub admin: String,
    /// The application's file.
    pub app_file: PathBuf,
    /// Everyone, in Box's own four states.
    pub users: Vec<Person>,
    /// Its groups.
    pub groups: Vec<Named>,
}

/// A user of the company.
#[derive(Clone, Debug, Deserialize)]
pub struct Person {
    /// The provider's id.
    pub id: String,
    /// The primary address.
    pub address: String,
    /// `active`, `suspended` or `archived`.
    pub status: String,
}

/// A group of the company.
#[derive(Clone, Debug, Deserialize)]
pub struct Named {
    /// The provider's id.
    pub id: String,
    /// The group's address.
    pub address: String,
}

/// An org unit of the company.
#[derive(Clone, Debug, Deserialize)]
pub struct Unit {
    /// The provider's id.
    pub id: String,
    /// `/Berlin/Sales`.
    pub path: String,
}

/// A running simulated company; it ends when this is dropped.
pub struct Company {
    child: Child,
    agent: Agent,
    log: PathBuf,
    /// What it said when it started.
    pub start: StartLine,
    /// The same as it was printed, for programs that read it themselves.
    pub start_line: String,
}

impl Company {
    /// Starts `simcloud serve` with these arguments; its files go to `folder`.
    pub fn start(programs: &Programs, folder: &Path, arguments: &[&str]) -> Result<Self> {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let log = folder.join("simcloud.log");
        let complaints = File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let mut command = Command::new(&programs.simcloud);
        command.arg("serve").arg("--state").arg(folder).args(arguments);
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(complaints)
            .spawn()
            .with_context(|| format!("{} does not start", programs.simcloud.display()))?;

        let mut line = String::new();
        if let Some(out) = child.stdout.take() {
            BufReader::new(out).read_line(&mut line).context("simcloud printed no text")?;
        }
        let Ok(start) = serde_json::from_str(&line) else {
            child.kill().context("simcloud cannot be ended")?;
            child.wait()?;
            bail!(
                "simcloud did not start: {}{}",
                line.trim(),
                std::fs::read_to_string(&log).unwrap_or_default()
            );
        };
        let agent = Agent::config_builder().http_status_as_error(false).proxy(None).build().into();
        Ok(Self { child, agent, log, start, start_line: line })
    }

    /// Asks `/control` for something.
    pub fn get(&self, path: &str) -> Result<Value> {
        let asked = self.agent.get(self.url(path)).header("Authorization", self.bearer());
        answer(path, asked.call().with_context(|| self.silent(path))?)
    }

    /// Tells `/control` to do something.
    pub fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let asked = self.agent.post(self.url(path)).header("Authorization", self.bearer());
        answer(path, asked.send_json(body).with_context(|| self.silent(path))?)
    }

    /// Tells `/control` to forget something.
    pub fn delete(&self, path: &str) -> Result<Value> {
        let asked = self.agent.delete(self.url(path)).header("Authorization", self.bearer());
        answer(path, asked.call().with_context(|| self.silent(path))?)
    }

    /// One change, as a person would make it.
    pub fn change(&self, operation: &str, what: Value) -> Result<Vec<String>> {
        let mut body = what;
        body["op"] = json!(operation);
        ids(&self.post("change", &body)?)
    }

    /// Random, realistic changes of everybody's mail and files.
    pub fn churn(&self, changes: u64, seed: u64) -> Result<Vec<String>> {
        ids(&self.post("churn", &json!({ "changes": changes, "seed": seed }))?)
    }

    /// Every Item that Google holds now, with sizes and hashes; of one user only where one is named.
    pub fn truth(&self, user: Option<&str>) -> Result<Truth> {
        Ok(self.whole_truth(user)?.only(|line| line.service != "box_files"))
    }

    /// Every Item that Box holds now, with sizes and hashes.
    pub fn truth_of_box(&self) -> Result<Truth> {
        Ok(self.whole_truth(None)?.only(|line| line.service == "box_files"))
    }

    fn whole_truth(&self, user: Option<&str>) -> Result<Truth> {
        let asked = self.agent.get(self.url("truth")).header("Authorization", self.bearer());
        let asked = asked.query("hashes", "1").query("user", user.unwrap_or_default());
        let response = asked.call().with_context(|| self.silent("truth"))?;
        ensure!(response.status().is_success(), "GET truth was answered with {}", response.status());
        Truth::read(BufReader::new(response.into_body().into_reader()))
    }

    /// What was asked of the company since it started or since `forget_counters`.
    pub fn counters(&self) -> Result<Counters> {
        let value = self.get("counters")?;
        serde_json::from_value(value).context("the counters have another form")
    }

    /// The most memory that its process held at once, in bytes.
    pub fn peak_memory(&self) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        crate::cli::peak_memory(&status.context("simcloud has ended")?).context("no word of its memory")
    }

    /// Starts counting anew.
    pub fn forget_counters(&self) -> Result<()> {
        self.delete("counters").map(drop)
    }

    /// An access token for a user of Box, as another program of the same application gets one.
    pub fn box_token(&self, user: &str) -> Result<String> {
        let app = std::fs::read(&self.start.boxcom.app_file).context("the application's file is gone")?;
        let app: Value = serde_json::from_slice(&app)?;
        let of = |name: &str| app["boxAppSettings"][name].as_str().unwrap_or_default();
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", of("clientID")),
            ("client_secret", of("clientSecret")),
            ("box_subject_type", "user"),
            ("box_subject_id", user),
        ];
        let asked = self.agent.post(format!("{}/oauth2/token", self.start.address)).send_form(form);
        let answer = answer("oauth2/token", asked.with_context(|| self.silent("oauth2/token"))?)?;
        answer["access_token"].as_str().map(str::to_owned).context("Box gave no access token")
    }

    /// Whoever can be protected.
    pub fn active(&self) -> impl Iterator<Item = &Person> {
        self.start.google.users.iter().filter(|person| person.status == "active")
    }

    /// Their ids.
    pub fn active_ids(&self) -> Vec<&str> {
        self.active().map(|person| person.id.as_str()).collect()
    }

    fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.start.control.url)
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.start.control.token)
    }

    fn silent(&self, path: &str) -> String {
        format!("simcloud does not answer {path}; its log is {}", self.log.display())
    }
}

impl Drop for Company {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing left to end.
        if self.child.kill().is_ok() {
            drop(self.child.wait());
        }
    }
}

/// Counts by method of the Cloud.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Counters {
    /// Requests.
    #[serde(default)]
    pub requests: std::collections::BTreeMap<String, u64>,
    /// Bytes of answers.
    #[serde(default)]
    pub bytes_sent: std::collections::BTreeMap<String, u64>,
    /// Quota units.
    #[serde(default)]
    pub units: std::collections::BTreeMap<String, u64>,
    /// Answers that told the client to slow down.
    #[serde(default)]
    pub rate_answers: u64,
}

impl Counters {
    /// All requests.
    pub fn all_requests(&self) -> u64 {
        self.requests.values().sum()
    }

    /// Requests of the methods whose name starts so.
    pub fn requests_of(&self, start: &str) -> u64 {
        self.requests.iter().filter(|(method, _)| method.starts_with(start)).map(|(_, count)| count).sum()
    }
}

fn answer(path: &str, response: Response<ureq::Body>) -> Result<Value> {
    let status = response.status();
    let mut text = String::new();
    response
        .into_body()
        .into_reader()
        .read_to_string(&mut text)
        .with_context(|| format!("{path}: no text"))?;
    ensure!(status.is_success(), "control refused {path} with {status}: {}", text.trim());
    serde_json::from_str(&text).with_context(|| format!("{path}: no JSON"))
}

fn ids(answer: &Value) -> Result<Vec<String>> {
    serde_json::from_value(answer["ids"].clone()).context("control named no ids")
}
