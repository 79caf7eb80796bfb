//! A company in memory, an engine on it, and the comparison of what it keeps with what there is.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)] // Unit tests of the crate use a part; a test fails by panicking.

#[cfg(unix)]
pub mod writes;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use holdfast_clouds::contract::Cloud as _;
use holdfast_clouds::testkit::MemoryCloud;
use holdfast_engine::catalog::{NewConnection, connections, snapshots};
use holdfast_engine::secrets::SecretsKind;
use holdfast_engine::vault::Password;
use holdfast_engine::{
    Engine, EngineError, Events, ManualClock, Options, Request, Response, RestoreSelection, RunSummary,
    Selection, SyncWhat,
};
use holdfast_model::{CloudKind, ConnectionId, Policy, RunResult, Scope, Service};
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

pub const KEY: &str = "a-test-key-of-some-words";

pub struct Stage {
    pub cloud: MemoryCloud,
    pub engine: Engine,
    pub clock: Arc<ManualClock>,
    pub connection: ConnectionId,
    pub folder: tempfile::TempDir,
    pub root: PathBuf,
}

impl Stage {
    pub async fn new(cloud: MemoryCloud) -> Self {
        Self::below(cloud, "").await
    }

    /// The same, with all that it keeps in a folder further down.
    pub async fn below(cloud: MemoryCloud, deep: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join(deep);
        let clock = Arc::new(ManualClock::at("2026-03-01T08:00:00Z".parse().unwrap()));
        let engine = open(root.join("data"), &clock);
        engine.init_repository(&root.join("repository"), Password::new(KEY)).await.unwrap();
        let connection = connect(&engine, &cloud).await;
        Self { cloud, engine, clock, connection, folder, root }
    }

    pub fn repository(&self) -> PathBuf {
        self.root.join("repository")
    }

    pub async fn perform(&self, request: Request) -> Result<Response, EngineError> {
        self.engine.perform(request, Events::nobody(), CancellationToken::new()).await
    }

    pub async fn sync(&self) {
        let what = SyncWhat::All;
        self.perform(Request::Sync { connection: None, what, accept_mass_deletion: false }).await.unwrap();
    }

    pub async fn start(&self, users: &[&str]) -> Vec<RunSummary> {
        let users = users.iter().map(|user| (*user).to_owned()).collect();
        let selection = Selection { users, ..Selection::default() };
        match self.perform(Request::Start { selection, policy: None, run_now: true }).await.unwrap() {
            Response::Started { runs, .. } => runs,
            other => panic!("{other:?}"),
        }
    }

    pub async fn run(&self) -> Vec<RunSummary> {
        self.clock.move_by(60);
        match self.perform(Request::Run { connection: None, user: None, service: None }).await.unwrap() {
            Response::Ran { runs } => runs,
            other => panic!("{other:?}"),
        }
    }

    /// How many snapshots there are: the catalogue and the Repository name the same.
    pub async fn snapshot_count(&self) -> usize {
        let connection = self.connection;
        let rows = self.engine.read(move |tx| Ok(snapshots::list(tx, connection, 1000)?)).await.unwrap();
        let known: BTreeSet<String> = rows.into_iter().map(|row| row.id).collect();
        let vault = self.engine.vault().await.unwrap();
        let kept: BTreeSet<String> =
            vault.snapshots().unwrap().into_iter().map(|one| one.id.to_string()).collect();
        assert_eq!(known, kept, "the catalogue and the repository name the same snapshots");
        known.len()
    }

    /// What stock restic prints of the Repository.
    pub fn restic(&self, arguments: &[&str]) -> String {
        let output = std::process::Command::new("restic")
            .args(["--no-cache", "-r"])
            .arg(self.repository())
            .args(arguments)
            .env("RESTIC_PASSWORD", KEY)
            .output()
            .expect("restic is installed");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "restic {arguments:?}: {told}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Every byte of the Repository is whole, as stock restic reads it.
    #[cfg(not(windows))]
    #[allow(clippy::unused_async)] // Elsewhere the engine is asked.
    pub async fn is_whole(&self) {
        self.restic(&["check", "--read-data"]);
    }

    /// The same, as our own check reads it: stock restic is a program for Linux here.
    #[cfg(windows)]
    pub async fn is_whole(&self) {
        let cancel = CancellationToken::new();
        let checked = self.engine.verify(true, Events::nobody(), cancel).await.unwrap();
        assert!(checked.is_sound(), "{checked:?}");
    }

    /// What is kept of these people's mail and files is what the Cloud has.
    pub async fn everything_is_there(&self, addresses: &[&str]) {
        for address in addresses {
            let user = self.cloud.user(address).unwrap();
            self.assert_equals_truth(address, &MemoryCloud::mailbox(&user)).await;
            self.assert_equals_truth(address, &MemoryCloud::drive(&user)).await;
        }
    }

    /// Restores an Archive and compares every file's hash with the cloud's truth.
    pub async fn assert_equals_truth(&self, whose: &str, scope: &Scope) {
        let kept = self.kept(whose, scope.service).await;
        let truth: BTreeMap<String, Vec<String>> = self
            .cloud
            .truth(scope, &Policy::default())
            .into_iter()
            .map(|item| {
                let hashes = item.contents.into_iter().filter_map(|content| content.sha256).collect();
                (item.id.0, hashes)
            })
            .collect();
        assert_eq!(kept, truth);
    }

    /// The hashes of the files of each Item that a restore brings back.
    pub async fn kept(&self, whose: &str, service: Service) -> BTreeMap<String, Vec<String>> {
        let target = tempfile::tempdir().unwrap();
        let selection = RestoreSelection {
            whose: Some(whose.to_owned()),
            service: Some(service),
            ..RestoreSelection::default()
        };
        let cancel = CancellationToken::new();
        let report = self
            .engine
            .restore_to_folder(selection, target.path(), false, Events::nobody(), cancel)
            .await
            .unwrap();
        assert_eq!(report.problems, []);
        let index = std::fs::read_to_string(target.path().join("index.jsonl")).unwrap();
        let mut kept: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for line in index.lines() {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            let files = kept.entry(line["id"].as_str().unwrap().to_owned()).or_default();
            if let Some(path) = line["path"].as_str() {
                let bytes = std::fs::read(target.path().join(path)).unwrap();
                files.push(Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect());
            }
        }
        kept
    }
}

pub fn open(data_dir: PathBuf, clock: &Arc<ManualClock>) -> Engine {
    Engine::open(Options {
        data_dir,
        secrets: SecretsKind::Memory,
        clock: clock.clone(),
        http: Default::default(),
    })
    .unwrap()
}

/// Gives a process that has a memory of its own the key of the Repository.
pub async fn give_key(engine: &Engine, key: Password) {
    let place = engine.repository_place().await.unwrap().unwrap();
    let file = engine.data_dir().repository_place();
    std::fs::remove_file(&file).unwrap();
    engine.take_repository(&place.path, key).await.unwrap();
}

/// Records a Connection to the in-memory company, which needs no secret.
pub async fn connect(engine: &Engine, cloud: &MemoryCloud) -> ConnectionId {
    let tenant = cloud.tenant().await.unwrap();
    let now = engine.now();
    let connection = engine
        .write(move |tx| {
            let new = NewConnection {
                cloud: CloudKind::Google,
                tenant_id: tenant.id,
                tenant_name: tenant.name,
                signed_in_as: tenant.signed_in_as,
                secret_name: "none".to_owned(),
                endpoints_note: None,
                created_at: now,
            };
            Ok(connections::insert(tx, &new)?)
        })
        .await
        .unwrap();
    engine.use_cloud(connection, Arc::new(cloud.clone()));
    connection
}

pub fn results(runs: &[RunSummary]) -> Vec<RunResult> {
    runs.iter().map(|run| run.result).collect()
}

/// Every Run's ledger closes: nothing is lost silently.
pub fn assert_closed(runs: &[RunSummary]) {
    for run in runs {
        assert!(run.ledger.closes(), "{}: {:?} {:?}", run.title, run.ledger, run.error);
    }
}
