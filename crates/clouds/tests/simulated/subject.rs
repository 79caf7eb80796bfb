//! Archives of a simulated company under the conformance suite.

use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use holdfast_clouds::contract::{Cloud, Reach};
use holdfast_clouds::testkit::suite::{Deed, Mishap, Subject};
use holdfast_clouds::testkit::{DirectoryTruth, TruthContent, TruthItem};
use holdfast_model::{
    DriveDocuments, DriveId, ItemId, ItemMeta, Owner, Policy, Scope, Service, SkipReason, UserId,
};
use serde_json::{Value, json};
use simcloud::Options;

use super::Company;

/// One Archive of a company.
pub struct Archive {
    pub company: Company,
    reach: Reach,
    /// Someone else, who shares files with the owner.
    other: String,
}

impl Archive {
    /// The second user's mailbox.
    pub async fn mailbox() -> Self {
        Self::of_user(Service::Gmail, Policy::default()).await
    }

    /// The second user's own documents.
    pub async fn drive() -> Self {
        Self::of_user(Service::Drive, Policy::default()).await
    }

    /// The second user's documents and those shared with the user.
    pub async fn all_documents() -> Self {
        let policy = Policy { drive_documents: DriveDocuments::All, ..Policy::default() };
        Self::of_user(Service::Drive, policy).await
    }

    /// A drive with everything that real drives contain.
    pub async fn odd_drive() -> Self {
        let options = Options { users: 3, mail_per_user: 0, files_per_user: 40, ..Options::default() };
        Self::of_company(Company::of(options).await, Service::Drive, Policy::default())
    }

    async fn of_user(service: Service, policy: Policy) -> Self {
        Self::of_company(Company::small().await, service, policy)
    }

    fn of_company(company: Company, service: Service, policy: Policy) -> Self {
        let ((id, address), (_, other)) = (company.user(1), company.user(2));
        let scope = Scope { owner: Owner::User(UserId(id)), service };
        Self { company, reach: Reach { scope, address, policy }, other }
    }

    /// A new shared drive with a few files.
    pub async fn shared_drive() -> Self {
        let company = Company::small().await;
        let (_, other) = company.user(2);
        let made = json!({ "op": "drive.add", "name": "Projects", "organizer": other });
        let drive = company.make(made).await;
        for number in 0..4 {
            let name = format!("{number}.txt");
            company.change(json!({ "op": "file.add", "drive": drive, "name": name, "size": 3000 })).await;
        }
        let scope = Scope { owner: Owner::Domain(DriveId(drive)), service: Service::SharedDrive };
        let reach = Reach { scope, address: String::new(), policy: Policy::default() };
        Self { company, reach, other }
    }

    fn is_mail(&self) -> bool {
        self.reach.scope.service.is_mail()
    }

    /// Where new files go.
    fn place(&self) -> (&'static str, String) {
        match &self.reach.scope.owner {
            Owner::User(_) => ("user", self.reach.address.clone()),
            Owner::Domain(drive) => ("drive", drive.0.clone()),
        }
    }

    async fn make(&self, op: &str, mut more: Value) -> String {
        let (place, whose) = self.place();
        more["op"] = json!(op);
        more[place] = json!(whose);
        self.company.make(more).await
    }

    async fn do_to(&self, op: &str, id: &ItemId, mut more: Value) -> Option<String> {
        more["op"] = json!(op);
        more["id"] = json!(id.0);
        if self.is_mail() {
            more["user"] = json!(self.reach.address);
        }
        self.company.change(more).await;
        Some(id.0.clone())
    }

    /// A file that another user shares and that the owner of the Archive cannot read.
    async fn add_unreadable(&self, reason: SkipReason) -> Option<String> {
        let all = self.reach.policy.drive_documents == DriveDocuments::All;
        match reason {
            SkipReason::NotExportable if !self.is_mail() => {
                Some(self.make("doc.add", json!({ "type": "form", "name": "A form" })).await)
            }
            SkipReason::DownloadForbidden | SkipReason::Abusive if all => {
                let file = json!({ "op": "file.add", "user": self.other, "name": "theirs.txt" });
                let id = self.company.make(file).await;
                let field = if reason == SkipReason::Abusive { "abusive" } else { "locked" };
                self.company.change(json!({ "op": "file.set", "id": id, field: true })).await;
                let with = &self.reach.address;
                self.company
                    .change(json!({ "op": "file.share", "id": id, "with": with, "role": "reader" }))
                    .await;
                Some(id)
            }
            _ => None,
        }
    }

    /// The methods of pages: of the full listing and of the feed.
    fn page_methods(&self) -> [&'static str; 2] {
        if self.is_mail() {
            ["gmail.users.messages.list", "gmail.users.history.list"]
        } else {
            ["drive.files.list", "drive.changes.list"]
        }
    }

    fn content_method(&self) -> &'static str {
        if self.is_mail() { "gmail.users.messages.get" } else { "drive.files.get" }
    }

    async fn break_pages(&self, fault: Value) {
        for method in self.page_methods() {
            let mut fault = fault.clone();
            fault["method"] = json!(method);
            self.company.fault(fault).await;
        }
    }

    async fn break_bodies(&self, mut fault: Value) {
        fault["method"] = json!(self.content_method());
        if !self.is_mail() {
            // A file's metadata comes by the same method, and first.
            fault["skip"] = json!(1);
        }
        self.company.fault(fault).await;
    }

    fn of_mail(&self, line: &Value) -> Option<TruthItem> {
        let labels = texts(&line["labels"]);
        let has = |label: &str| labels.iter().any(|known| known == label);
        if has("SPAM") && !self.reach.policy.mail_spam {
            return None;
        }
        let meta = ItemMeta { labels: labels.clone(), ..ItemMeta::default() };
        let contents = vec![content("eml", line)];
        Some(TruthItem { id: ItemId(line["id"].as_str()?.to_owned()), meta, contents, skip: None })
    }

    fn of_file(&self, line: &Value) -> Option<TruthItem> {
        let owned = line["owned"] == json!(true);
        let is_mine = self.reach.scope.service == Service::SharedDrive
            || owned
            || self.reach.policy.drive_documents == DriveDocuments::All;
        if !is_mine || self.reach.scope.service == Service::SharedDrive && !self.is_of_drive(line) {
            return None;
        }
        let name = line["name"].as_str()?.to_owned();
        let mime = line["mime"].as_str()?;
        let abusive = line["abusive"] == json!(true);
        let downloadable = line["downloadable"] == json!(true);
        let (contents, skip) = if mime.ends_with(".folder") || mime.ends_with(".shortcut") {
            (Vec::new(), None)
        } else if let Some(exports) = line["exports"].as_object() {
            let office =
                ["docx", "xlsx", "pptx", "svg", "json"].into_iter().find_map(|f| Some((f, exports.get(f)?)));
            match office {
                Some((format, export)) => (vec![content(format, export)], None),
                None => (Vec::new(), Some(SkipReason::NotExportable)),
            }
        } else if downloadable {
            (vec![content(&extension(&name), line)], None)
        } else {
            (Vec::new(), Some(if abusive { SkipReason::Abusive } else { SkipReason::DownloadForbidden }))
        };
        let meta = ItemMeta { name: Some(name), parents: texts(&line["parents"]), ..ItemMeta::default() };
        Some(TruthItem { id: ItemId(line["id"].as_str()?.to_owned()), meta, contents, skip })
    }

    fn is_of_drive(&self, line: &Value) -> bool {
        matches!(&self.reach.scope.owner, Owner::Domain(drive) if line["drive"] == json!(drive.0))
    }
}

/// The directory as it is now.
pub fn directory_of(company: &Company) -> DirectoryTruth {
    use simcloud::google::directory::Who;
    let directory = company.world().google.directory.read();
    let member = |member: &simcloud::google::directory::Member| match &member.who {
        Who::User(id) | Who::Group(id) => Some(id.clone()),
        Who::External(_) => None,
    };
    DirectoryTruth {
        users: directory.users.iter().map(|user| (UserId(user.id.clone()), user.full_name())).collect(),
        groups: directory
            .groups
            .iter()
            .map(|group| (group.id.as_str().into(), group.members.iter().filter_map(member).collect()))
            .collect(),
        units: directory
            .org_units
            .iter()
            .filter(|unit| unit.path != "/")
            .map(|unit| unit.id.as_str().into())
            .collect(),
    }
}

fn content(extension: &str, told: &Value) -> TruthContent {
    TruthContent {
        extension: extension.to_owned(),
        size: told["size"].as_u64(),
        sha256: told["sha256"].as_str().map(str::to_owned),
    }
}

fn extension(name: &str) -> String {
    let last = name.rsplit_once('.').map(|(_, last)| last.to_lowercase()).unwrap_or_default();
    let plain = last.len() <= 8 && last.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    if plain { last } else { String::new() }
}

fn texts(list: &Value) -> Vec<String> {
    let mut texts: Vec<String> =
        list.as_array().into_iter().flatten().filter_map(|text| text.as_str().map(str::to_owned)).collect();
    texts.sort();
    texts
}

#[async_trait]
impl Subject for Archive {
    fn cloud(&self) -> &dyn Cloud {
        &self.company.cloud
    }

    fn reach(&self) -> Reach {
        self.reach.clone()
    }

    fn impossible(&self) -> &'static [&'static str] {
        if self.is_mail() {
            // A mail never changes and has no name or folder; every mail can be read; Gmail states no hash.
            &["Edit", "Rename", "Move", "AddFolder", "AddUnreadable", "BodyWrong"]
        } else {
            // Files have no labels. Who owns a file, or manages its drive, can read it, malware too. Drive's
            // cursors never die: a token that it never gave stands for that.
            &["Relabel", "AddUnreadable", "CursorDies"]
        }
    }

    async fn act(&self, deed: &Deed) -> Option<String> {
        let domain = &self.company.line.google.domain;
        match deed {
            Deed::Add { bytes, .. } if self.is_mail() => {
                Some(self.make("mail.add", json!({ "raw_base64": STANDARD.encode(bytes) })).await)
            }
            Deed::Add { name, bytes } => {
                let new =
                    json!({ "name": name, "mime": "text/plain", "content_base64": STANDARD.encode(bytes) });
                Some(self.make("file.add", new).await)
            }
            Deed::AddFolder { .. } | Deed::Rename(..) | Deed::Move(..) | Deed::Edit(..) if self.is_mail() => {
                None
            }
            Deed::AddFolder { name } => Some(self.make("folder.add", json!({ "name": name })).await),
            Deed::AddUnreadable(reason) => self.add_unreadable(*reason).await,
            Deed::Edit(id, bytes) => {
                self.do_to("file.edit", id, json!({ "content_base64": STANDARD.encode(bytes) })).await
            }
            Deed::Rename(id, name) => self.do_to("file.rename", id, json!({ "name": name })).await,
            Deed::Move(id, folder) => self.do_to("file.move", id, json!({ "parent": folder.0 })).await,
            Deed::Relabel(id) if self.is_mail() => {
                let starred =
                    self.truth().await.into_iter().any(|item| {
                        item.id == *id && item.meta.labels.iter().any(|label| label == "STARRED")
                    });
                let field = if starred { "remove" } else { "add" };
                self.do_to("mail.labels", id, json!({ field: ["STARRED"] })).await
            }
            Deed::Relabel(_) => None,
            Deed::Remove(id) => {
                let op = if self.is_mail() { "mail.delete" } else { "file.delete" };
                self.do_to(op, id, json!({})).await
            }
            Deed::Hire { account, name } => {
                let address = format!("{account}@{domain}");
                let hired = json!({ "op": "user.add", "address": address, "name": name });
                Some(self.company.make(hired).await)
            }
            Deed::Found { account } => {
                let address = format!("{account}@{domain}");
                Some(self.company.make(json!({ "op": "group.add", "address": address })).await)
            }
            Deed::Nest(outer, inner) => {
                let nested = json!({ "op": "group.add_member", "group": outer.0, "member": inner.0 });
                Some(self.company.make(nested).await)
            }
            Deed::AddUnit { parent, name } => {
                let above = parent.as_ref().and_then(|parent| {
                    let directory = self.company.world().google.directory.read();
                    directory.org_unit(&parent.0).map(|unit| unit.path.clone())
                });
                let path = format!("{}/{name}", above.unwrap_or_default());
                Some(self.company.make(json!({ "op": "org_unit.add", "path": path })).await)
            }
        }
    }

    async fn suffer(&self, mishap: &Mishap) -> bool {
        let refused = |status: u16, reason: &str, times: u64| json!({ "kind": "status", "status": status, "reason": reason, "times": times });
        match mishap {
            Mishap::Busy(asked) => {
                let mut fault = refused(429, "rateLimitExceeded", 1);
                fault["retry_after"] = json!(asked.as_secs());
                self.break_pages(fault).await;
            }
            Mishap::RateReason => self.break_pages(refused(403, "userRateLimitExceeded", 1)).await,
            Mishap::RightMissing => self.break_pages(refused(403, "domainPolicy", 0)).await,
            Mishap::ScopeMissing => self.company.withdraw_scope(&self.scope_name()).await,
            Mishap::Revoked => {
                let mut fault = refused(400, "invalid_grant", 0);
                fault["method"] = json!("oauth2.token");
                self.company.fault(fault).await;
                self.company.set(json!({ "tokens_revoked": true })).await;
            }
            Mishap::Hiccup => self.break_pages(refused(503, "backendError", 1)).await,
            Mishap::PageFails => self.break_pages(refused(500, "backendError", 0)).await,
            Mishap::PageLoops => self.break_pages(json!({ "kind": "loop_page", "times": 0 })).await,
            Mishap::PageLost => self.break_pages(json!({ "kind": "lost_page" })).await,
            Mishap::PageEmpty => self.break_pages(json!({ "kind": "empty_page" })).await,
            Mishap::CursorDies if self.is_mail() => {
                self.company.set(json!({ "expire_history": self.reach.address })).await;
            }
            Mishap::CursorDies => return false,
            Mishap::BodyWrong if self.is_mail() => return false,
            Mishap::BodyBreaks => self.break_bodies(json!({ "kind": "cut" })).await,
            Mishap::BodyShort => self.break_bodies(json!({ "kind": "wrong_length", "times": 0 })).await,
            Mishap::BodyWrong => self.break_bodies(json!({ "kind": "wrong_bytes", "times": 0 })).await,
        }
        true
    }

    async fn heal(&self) {
        self.company.heal().await;
        self.company.grant_scopes().await;
    }

    async fn truth(&self) -> Vec<TruthItem> {
        let of = match (&self.reach.scope.owner, self.reach.scope.service) {
            (Owner::User(id), service) => format!("user={id}&service={service}&hashes=1"),
            (Owner::Domain(_), service) => format!("service={service}&hashes=1"),
        };
        let lines = self.company.truth(&of).await;
        let item = |line| if self.is_mail() { self.of_mail(line) } else { self.of_file(line) };
        lines.iter().filter_map(item).collect()
    }

    async fn directory(&self) -> DirectoryTruth {
        directory_of(&self.company)
    }

    async fn requests(&self) -> u64 {
        self.company.api_requests().await
    }

    fn waited(&self) -> Duration {
        self.company.waited()
    }

    fn scope_name(&self) -> String {
        let api = if self.is_mail() { "gmail" } else { "drive" };
        format!("https://www.googleapis.com/auth/{api}.readonly")
    }
}
