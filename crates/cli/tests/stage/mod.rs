//! A simulated company in this process, and the program with a data directory, a Repository and secrets of its own.

#![allow(clippy::unwrap_used, clippy::expect_used)] // A test that cannot be set up has failed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use serde_json::Value;
use simcloud::{GoogleStart, Options, Running};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// The passphrase of every secrets file here; it must turn up nowhere else.
const PASSPHRASE: &str = "plough-Kettle-91-under";

/// A company and an installation.
pub struct Stage {
    company: Arc<Company>,
    folder: Arc<TempDir>,
    name: String,
}

struct Company {
    running: Option<Running>,
    runtime: Runtime,
}

impl Drop for Company {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            self.runtime.block_on(running.shutdown());
        }
    }
}

impl Stage {
    /// A company that nothing is connected to yet.
    pub fn new(options: Options) -> Self {
        // As a person's home folder may be called.
        let folder = tempfile::Builder::new().prefix("Jörg & Łucja ☂ ").tempdir().unwrap();
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let options = Options { state_dir: Some(folder.path().join("company")), ..options };
        let running = runtime.block_on(simcloud::start(options)).unwrap();
        let company = Arc::new(Company { running: Some(running), runtime });
        let stage = Self { company, folder: Arc::new(folder), name: "holdfast".into() };
        fs::write(stage.path("passphrase"), PASSPHRASE).unwrap();
        stage
    }

    /// Another installation for the same company.
    pub fn beside(stage: &Self, name: &str) -> Self {
        Self { company: Arc::clone(&stage.company), folder: Arc::clone(&stage.folder), name: name.to_owned() }
    }

    /// After `init` and `connect`, which brings the directory in.
    pub fn connected(options: Options) -> Self {
        let stage = Self::new(options);
        stage.ok(&["init", "--repository", stage.repository().to_str().unwrap()]);
        stage.connect();
        stage
    }

    /// After the first backup of [`Self::somebody`].
    pub fn backed_up(options: Options) -> Self {
        let stage = Self::connected(options);
        stage.ok(&["start", "--user", &stage.somebody(), "--wait"]);
        stage
    }

    pub fn connect(&self) {
        let google = self.google();
        let key = google.service_account_key_file.to_str().unwrap().to_owned();
        let endpoints = self.endpoints_file();
        let endpoints = endpoints.to_str().unwrap();
        self.ok(&[
            "connect",
            "google",
            "--key-file",
            &key,
            "--admin",
            &google.admin,
            "--endpoints",
            endpoints,
        ]);
    }

    pub fn google(&self) -> GoogleStart {
        self.company.running.as_ref().unwrap().start_line.google.clone()
    }

    pub fn endpoints_file(&self) -> PathBuf {
        self.company.running.as_ref().unwrap().start_line.endpoints_file.clone()
    }

    /// An active user who is not the admin.
    pub fn somebody(&self) -> String {
        let google = self.google();
        let mut people = google.users.iter();
        people.find(|one| one.status == "active" && one.address != google.admin).unwrap().address.clone()
    }

    pub fn passphrase(&self) -> &str {
        PASSPHRASE
    }

    /// A path beside the installation.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn data_dir(&self) -> PathBuf {
        self.path(&self.name).join("data")
    }

    pub fn repository(&self) -> PathBuf {
        self.path(&self.name).join("repository")
    }

    /// The program with these arguments, without its passphrase.
    pub fn bare_command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_holdfast"));
        let secrets = self.path(&self.name).join("secrets.age");
        fs::create_dir_all(self.path(&self.name)).unwrap();
        command.arg("--data-dir").arg(self.data_dir());
        command.arg("--secrets").arg(format!("age:{}", secrets.display()));
        command.args(arguments).env("HOLDFAST_QUOTAS", "off").stdin(Stdio::null());
        command
    }

    /// The program with these arguments.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.bare_command(arguments);
        command.arg("--passphrase-file").arg(self.path("passphrase"));
        command
    }

    /// What it printed; it has to end well.
    pub fn ok(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        let (printed, told) =
            (String::from_utf8(output.stdout).unwrap(), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{arguments:?} ended with {}: {told}\n{printed}", output.status);
        printed
    }

    /// The exit code and the complaint of a command that has to fail.
    pub fn failed(&self, arguments: &[&str]) -> (i32, String) {
        let output = self.command(arguments).output().unwrap();
        assert!(!output.status.success(), "{arguments:?} ended well");
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    }

    /// The document that it printed.
    pub fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.ok(&[arguments, &["--json"]].concat())).unwrap()
    }

    /// The document of each line.
    pub fn lines(&self, arguments: &[&str]) -> Vec<Value> {
        let printed = self.ok(&[arguments, &["--json"]].concat());
        printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// Every file in a folder and below it.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files
}

/// What a person does on the sign-in page: allows what is asked for, and follows the way back.
pub fn consent(page: &str, account: &str) {
    let page = url::Url::parse(page).unwrap();
    let mut fields: Vec<(String, String)> = page.query_pairs().into_owned().collect();
    fields.push(("login_hint".into(), account.into()));
    fields.push(("decision".into(), "approve".into()));
    let agent: ureq::Agent =
        ureq::Agent::config_builder().max_redirects(0).http_status_as_error(false).proxy(None).build().into();
    let mut form = page.clone();
    form.set_query(None);
    let answer = agent.post(form.as_str()).send_form(fields).unwrap();
    let back = answer.headers().get("location").expect("the way back").to_str().unwrap().to_owned();
    let landed = agent.get(&back).call().unwrap();
    assert!(landed.status().is_success(), "{}", landed.status());
}
