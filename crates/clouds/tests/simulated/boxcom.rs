//! Archives of a simulated Box enterprise under the conformance suite.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use holdfast_clouds::boxcom::{
    BoxApp, BoxEndpoints, BoxGrant, BoxSecret, Boxcom, SecretText, SignedIn, secret_from_app_file,
};
use holdfast_clouds::contract::{Cloud, Reach};
use holdfast_clouds::http::{Clock, HttpOptions, Pacing, Patience, SecretInMemory};
use holdfast_clouds::testkit::suite::{Deed, Mishap, Subject};
use holdfast_clouds::testkit::{DirectoryTruth, TruthContent, TruthItem};
use holdfast_model::{
    DriveDocuments, ItemId, ItemMeta, Owner, Policy, Scope, Service, SkipReason, Timestamp, UserId,
};
use serde_json::{Value, json};

use super::Company;

const SCOPES: [&str; 4] =
    ["root_readonly", "manage_managed_users", "manage_groups", "manage_enterprise_properties"];

/// The files of one user of an enterprise.
pub struct BoxArchive {
    pub company: Company,
    pub cell: Arc<SecretInMemory>,
    cloud: Boxcom,
    reach: Reach,
    /// Someone else, who shares files with the owner.
    other: String,
}

impl BoxArchive {
    /// What the third user owns, read by the application.
    pub async fn own() -> Self {
        let company = Company::small().await;
        let secret = application(&company);
        Self::of(company, secret, Policy::default()).await
    }

    /// All that the third user sees.
    pub async fn all() -> Self {
        let company = Company::small().await;
        let secret = application(&company);
        let policy = Policy { drive_documents: DriveDocuments::All, ..Policy::default() };
        Self::of(company, secret, policy).await
    }

    /// What the third user owns, read by an admin's sign-in.
    pub async fn signed_in() -> Self {
        let company = Company::small().await;
        let secret = sign_in(&company);
        Self::of(company, secret, Policy::default()).await
    }

    async fn of(company: Company, secret: BoxSecret, policy: Policy) -> Self {
        let cell = Arc::new(SecretInMemory::new(secret.to_bytes().expect("a secret that can be kept")));
        let cloud = Boxcom::open(cell.clone(), &options(&company)).await.expect("a Connection");
        let users = &company.line.boxcom.users;
        let (id, address, other) = (users[2].id.clone(), users[2].address.clone(), users[3].address.clone());
        let scope = Scope { owner: Owner::User(UserId(id)), service: Service::BoxFiles };
        Self { company, cell, cloud, reach: Reach { scope, address, policy }, other }
    }

    fn owner(&self) -> &str {
        &self.reach.address
    }

    async fn item(&self, op: &str, id: &ItemId, mut more: Value) -> Option<String> {
        more["op"] = json!(op);
        more["item"] = json!(digits(id.as_str()));
        self.company.change(more).await;
        Some(id.0.clone())
    }

    /// A folder of its own for each file, where the names that Box allows once in a folder may come again.
    async fn add_file(&self, name: &str, text: &str) -> String {
        let file = json!({ "op": "box.file.add", "user": self.owner(), "name": name, "text": text });
        let taken = self.truth().await.iter().any(|item| {
            item.meta.parents.is_empty()
                && item.meta.name.as_deref().is_some_and(|known| known.eq_ignore_ascii_case(name))
        });
        if !taken {
            return self.company.make(file).await;
        }
        let mut file = file;
        let reports =
            self.truth().await.into_iter().find(|item| item.meta.name.as_deref() == Some("Reports"));
        file["parent"] = json!(digits(reports.expect("a folder").id.as_str()));
        self.company.make(file).await
    }

    async fn break_all(&self, methods: &[&str], fault: Value) {
        for method in methods {
            let mut fault = fault.clone();
            fault["method"] = json!(method);
            self.company.fault(fault).await;
        }
    }

    async fn break_pages(&self, fault: Value) {
        self.break_all(&["box.get_folders_id_items", "box.get_events"], fault).await;
    }

    fn kept(&self, line: &Value) -> Option<TruthItem> {
        let all = self.reach.policy.drive_documents == DriveDocuments::All;
        if line["trashed"] == json!(true) || !(all || line["owned"] == json!(true)) {
            return None;
        }
        let name = line["name"].as_str()?.to_owned();
        let id = line["id"].as_str()?;
        let id = match line["kind"].as_str()? {
            "folder" => format!("folder{id}"),
            "web_link" => format!("weblink{id}"),
            _ => id.to_owned(),
        };
        let parent = line["parents"][0].as_str().filter(|parent| *parent != "0");
        let mut labels: Vec<String> =
            line["tags"].as_array()?.iter().filter_map(|tag| tag.as_str().map(str::to_owned)).collect();
        labels.sort();
        let meta = ItemMeta {
            parents: parent.map(|parent| format!("folder{parent}")).into_iter().collect(),
            labels,
            name: Some(name.clone()),
            ..ItemMeta::default()
        };
        let (contents, skip) = match (line["kind"] == json!("file"), line["downloadable"] == json!(true)) {
            (false, _) => (Vec::new(), None),
            (true, false) => (Vec::new(), Some(SkipReason::DownloadForbidden)),
            (true, true) => (vec![content(&name, line)], None),
        };
        Some(TruthItem { id: ItemId(id), meta, contents, skip })
    }
}

/// How a Connection to this company behaves: no wait takes time.
pub fn options(company: &Company) -> HttpOptions {
    HttpOptions {
        patience: Patience::tiny(),
        pacing: Pacing::off(),
        clock: Arc::clone(&company.clock) as Arc<dyn Clock>,
        ..HttpOptions::default()
    }
}

/// Box's addresses in this company.
pub fn endpoints(company: &Company) -> BoxEndpoints {
    let endpoints = std::fs::read_to_string(&company.line.endpoints_file).expect("its endpoints");
    BoxEndpoints::from_toml(&endpoints).expect("endpoints that can be read")
}

/// The application's own authorisation.
pub fn application(company: &Company) -> BoxSecret {
    let file = std::fs::read(&company.line.boxcom.app_file).expect("the application's file");
    secret_from_app_file(&file, endpoints(company)).expect("a secret")
}

/// The admin's sign-in, with a refresh token that the enterprise gives at once.
pub fn sign_in(company: &Company) -> BoxSecret {
    let application = application(company);
    let boxcom = &company.world().boxcom;
    let admin = company.line.boxcom.users[0].clone();
    let (_, refresh) = boxcom.auth.sign_in(&admin.id, company.world().clock.now_seconds());
    BoxSecret {
        endpoints: application.endpoints.clone(),
        app: BoxApp {
            client_id: application.app.client_id.clone(),
            client_secret: application.app.client_secret.clone(),
        },
        grant: BoxGrant::SignIn(SignedIn {
            user_id: admin.id,
            login: admin.address,
            is_admin: true,
            refresh_token: SecretText::new(refresh),
            issued: Timestamp::now(),
            access: None,
            spending_since: None,
        }),
    }
}

fn digits(id: &str) -> &str {
    id.trim_start_matches(|c: char| !c.is_ascii_digit())
}

fn content(name: &str, line: &Value) -> TruthContent {
    let last = name.rsplit_once('.').map(|(_, last)| last.to_lowercase()).unwrap_or_default();
    let plain = last.len() <= 8 && last.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    TruthContent {
        extension: if plain { last } else { String::new() },
        size: line["size"].as_u64(),
        sha256: line["sha256"].as_str().map(str::to_owned),
    }
}

#[async_trait]
impl Subject for BoxArchive {
    fn cloud(&self) -> &dyn Cloud {
        &self.cloud
    }

    fn reach(&self) -> Reach {
        self.reach.clone()
    }

    fn impossible(&self) -> &'static [&'static str] {
        // Groups of Box do not nest, and there are no org units. What a user owns can be read, and Box neither exports
        // nor judges.
        &["Nest", "AddUnit", "AddUnreadable"]
    }

    async fn act(&self, deed: &Deed) -> Option<String> {
        let domain = self.company.line.google.domain.clone();
        let text = |bytes: &bytes::Bytes| String::from_utf8(bytes.to_vec()).expect("the suite writes text");
        match deed {
            Deed::Add { name, bytes } => Some(self.add_file(name, &text(bytes)).await),
            Deed::AddFolder { name } => {
                let made = json!({ "op": "box.folder.add", "user": self.owner(), "name": name });
                Some(format!("folder{}", self.company.make(made).await))
            }
            Deed::AddUnreadable(SkipReason::DownloadForbidden)
                if self.reach.policy.drive_documents == DriveDocuments::All =>
            {
                let file = json!({ "op": "box.file.add", "user": self.other, "name": "theirs.txt" });
                let id = self.company.make(file).await;
                let given = json!({ "op": "box.collaboration.add", "item": id, "to": self.owner(), "role": "previewer" });
                self.company.change(given).await;
                Some(id)
            }
            Deed::Edit(id, bytes) => self.item("box.file.edit", id, json!({ "text": text(bytes) })).await,
            Deed::Rename(id, name) => self.item("box.item.rename", id, json!({ "name": name })).await,
            Deed::Move(id, folder) => {
                self.item("box.item.move", id, json!({ "parent": digits(folder.as_str()) })).await
            }
            Deed::Relabel(id) => {
                let truth = self.truth().await;
                let tagged = truth.iter().any(|item| item.id == *id && !item.meta.labels.is_empty());
                let tags: &[&str] = if tagged { &[] } else { &["starred"] };
                self.item("box.item.tag", id, json!({ "tags": tags })).await
            }
            Deed::Remove(id) => {
                self.item("box.item.trash", id, json!({})).await;
                self.item("box.item.purge", id, json!({})).await
            }
            Deed::Hire { account, name } => {
                let address = format!("{account}@{domain}");
                Some(
                    self.company
                        .make(json!({ "op": "box.user.add", "address": address, "name": name }))
                        .await,
                )
            }
            Deed::Found { account } => {
                Some(self.company.make(json!({ "op": "box.group.add", "name": account })).await)
            }
            Deed::AddUnreadable(_) | Deed::Nest(..) | Deed::AddUnit { .. } => None,
        }
    }

    async fn suffer(&self, mishap: &Mishap) -> bool {
        let refused = |status: u16, times: u64| json!({ "kind": "status", "status": status, "times": times });
        let download = ["box.download"];
        match mishap {
            Mishap::Busy(asked) => {
                let mut fault = refused(429, 1);
                fault["retry_after"] = json!(asked.as_secs());
                self.break_pages(fault).await;
            }
            Mishap::RateReason => self.break_pages(refused(429, 1)).await,
            Mishap::RightMissing => self.break_pages(refused(403, 0)).await,
            Mishap::ScopeMissing => self.company.set(json!({ "box": { "scopes": &SCOPES[1..] } })).await,
            Mishap::Revoked => {
                let mut fault = refused(400, 0);
                fault["reason"] = json!("invalid_grant");
                self.break_all(&["box.token"], fault).await;
                self.company.set(json!({ "box": { "tokens_revoked": true } })).await;
            }
            Mishap::Hiccup => self.break_pages(refused(503, 1)).await,
            Mishap::PageFails => self.break_pages(refused(500, 0)).await,
            Mishap::PageLoops => self.break_pages(json!({ "kind": "loop_page", "times": 0 })).await,
            Mishap::PageLost => self.break_pages(json!({ "kind": "lost_page" })).await,
            Mishap::PageEmpty => self.break_pages(json!({ "kind": "empty_page" })).await,
            Mishap::CursorDies => self.company.set(json!({ "box": { "expire_events": true } })).await,
            Mishap::BodyBreaks => self.break_all(&download, json!({ "kind": "cut" })).await,
            Mishap::BodyShort => {
                self.break_all(&download, json!({ "kind": "wrong_length", "times": 0 })).await
            }
            Mishap::BodyWrong => {
                self.break_all(&download, json!({ "kind": "wrong_bytes", "times": 0 })).await
            }
        }
        true
    }

    async fn heal(&self) {
        self.company.heal().await;
        self.company.set(json!({ "box": { "scopes": SCOPES } })).await;
        if self.cloud_is_signed_in().await {
            // What was revoked is granted by a person again.
            let secret = sign_in(&self.company).to_bytes().expect("a secret");
            holdfast_clouds::http::SecretCell::store(&*self.cell, &secret).await.expect("a kept secret");
        }
    }

    async fn truth(&self) -> Vec<TruthItem> {
        let Owner::User(id) = &self.reach.scope.owner else { return Vec::new() };
        let lines = self.company.truth(&format!("user={id}&service=box_files&hashes=1")).await;
        lines.iter().filter_map(|line| self.kept(line)).collect()
    }

    async fn directory(&self) -> DirectoryTruth {
        let state = self.company.world().boxcom.state.read().expect("the enterprise");
        let users = state.users.iter().filter(|user| !user.is_deleted && !user.is_service);
        let members = |group: &simcloud::boxcom::model::Group| {
            group.members.iter().map(|member| member.user.clone()).collect()
        };
        DirectoryTruth {
            users: users.map(|user| (UserId(user.id.clone()), user.name.clone())).collect(),
            groups: state.groups.iter().map(|group| (group.id.as_str().into(), members(group))).collect(),
            units: Default::default(),
        }
    }

    async fn requests(&self) -> u64 {
        let counters = self.company.counters().await;
        let methods = counters["requests"].as_object().cloned().unwrap_or_default();
        let of_api = methods.iter().filter(|(method, _)| *method != "box.token");
        of_api.filter_map(|(_, count)| count.as_u64()).sum()
    }

    fn waited(&self) -> Duration {
        self.company.waited()
    }

    fn scope_name(&self) -> String {
        SCOPES[0].to_owned()
    }
}

impl BoxArchive {
    async fn cloud_is_signed_in(&self) -> bool {
        let bytes = holdfast_clouds::http::SecretCell::load(&*self.cell).await.expect("a secret");
        BoxSecret::from_bytes(&bytes).expect("a secret").signed_in().is_some()
    }
}
