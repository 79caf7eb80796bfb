//! Calendars, contacts and task lists of a simulated company under the conformance suite.

use std::time::Duration;

use async_trait::async_trait;
use holdfast_clouds::contract::{Cloud, Reach};
use holdfast_clouds::testkit::suite::{Deed, Mishap, Subject};
use holdfast_clouds::testkit::{DirectoryTruth, TruthContent, TruthItem};
use holdfast_model::{ItemId, ItemMeta, Owner, Policy, Scope, Service, UserId};
use serde_json::{Value, json};
use simcloud::Options;

use super::Company;
use super::subject::directory_of;

/// One Archive whose Items are JSON.
pub struct Told {
    pub company: Company,
    reach: Reach,
}

impl Told {
    /// The second user's calendars.
    pub async fn calendars() -> Self {
        Self::of(Service::Calendar).await
    }

    /// The second user's contacts.
    pub async fn contacts() -> Self {
        Self::of(Service::Contacts).await
    }

    /// The second user's tasks.
    pub async fn tasks() -> Self {
        Self::of(Service::Tasks).await
    }

    async fn of(service: Service) -> Self {
        let options = Options {
            users: 4,
            mail_per_user: 0,
            files_per_user: 0,
            events_per_user: 14,
            contacts_per_user: 9,
            ..Options::default()
        };
        let company = Company::of(options).await;
        let (id, address) = company.user(1);
        let scope = Scope { owner: Owner::User(UserId(id)), service };
        Self { company, reach: Reach { scope, address, policy: Policy::default() } }
    }

    fn of_service<T>(&self, calendar: T, contacts: T, tasks: T) -> T {
        match self.reach.scope.service {
            Service::Calendar => calendar,
            Service::Contacts => contacts,
            _ => tasks,
        }
    }

    async fn change(&self, op: &str, mut more: Value) -> String {
        more["op"] = json!(op);
        more["user"] = json!(self.reach.address);
        self.company.make(more).await
    }

    /// A member that holds a longer text.
    fn long_text(&self, text: &str) -> Value {
        self.of_service(
            json!({ "description": text }),
            json!({ "biographies": [{ "value": text }] }),
            json!({ "notes": text }),
        )
    }

    async fn break_pages(&self, fault: Value) {
        let methods: &[&str] = self.of_service(
            &["calendar.events.list", "calendar.calendarList.list"],
            &["people.people.connections.list"],
            &["tasks.tasks.list", "tasks.tasklists.list"],
        );
        for method in methods {
            self.break_method(method, fault.clone()).await;
        }
    }

    async fn break_method(&self, method: &str, mut fault: Value) {
        fault["method"] = json!(method);
        self.company.fault(fault).await;
    }

    async fn break_bodies(&self, fault: Value) {
        let method = self.of_service("calendar.events.get", "people.people.get", "tasks.tasks.get");
        self.break_method(method, fault).await;
    }

    fn item(&self, line: &Value) -> TruthItem {
        let id = line["id"].as_str().expect("an id").to_owned();
        let parent = match self.reach.scope.service {
            Service::Calendar => id.rsplit_once('/').map(|(calendar, _)| calendar.to_owned()),
            Service::Contacts => None,
            _ => id.split_once('/').map(|(list, _)| list.to_owned()),
        };
        let contents =
            line["exports"].as_object().expect("files").iter().map(|(extension, told)| TruthContent {
                extension: extension.clone(),
                size: told["size"].as_u64(),
                sha256: told["sha256"].as_str().map(str::to_owned),
            });
        let meta = ItemMeta {
            name: line["name"].as_str().map(str::to_owned),
            parents: parent.into_iter().collect(),
            ..ItemMeta::default()
        };
        TruthItem { id: ItemId(id), meta, contents: contents.collect(), skip: None }
    }
}

#[async_trait]
impl Subject for Told {
    fn cloud(&self) -> &dyn Cloud {
        &self.company.cloud
    }

    fn reach(&self) -> Reach {
        self.reach.clone()
    }

    fn impossible(&self) -> &'static [&'static str] {
        match self.reach.scope.service {
            // The title is part of the content, which is JSON without a hash of the Cloud's; what moves to another
            // calendar or list is another Item. Everything can be read.
            Service::Calendar | Service::Contacts => {
                &["Rename", "Move", "AddFolder", "Relabel", "AddUnreadable", "BodyWrong"]
            }
            // And tasks have no cursors that could die.
            _ => &["Rename", "Move", "AddFolder", "Relabel", "AddUnreadable", "BodyWrong", "CursorDies"],
        }
    }

    /// The list of calendars or of task lists, and each of its own.
    fn feeds(&self) -> u64 {
        self.of_service(3, 1, 3)
    }

    async fn act(&self, deed: &Deed) -> Option<String> {
        let domain = &self.company.line.google.domain;
        match deed {
            Deed::Add { name, bytes } => {
                let more = self.long_text(&String::from_utf8_lossy(bytes));
                let op = self.of_service("event.add", "contact.add", "task.add");
                let member = self.of_service("event", "person", "task");
                Some(self.change(op, json!({ "name": name, member: more })).await)
            }
            Deed::Edit(id, bytes) => {
                let set = self.long_text(&String::from_utf8_lossy(bytes));
                let op = self.of_service("event.edit", "contact.edit", "task.edit");
                Some(self.change(op, json!({ "id": id.0, "set": set })).await)
            }
            Deed::Remove(id) => {
                let op = self.of_service("event.delete", "contact.delete", "task.delete");
                Some(self.change(op, json!({ "id": id.0 })).await)
            }
            Deed::Hire { account, name } => {
                let address = format!("{account}@{domain}");
                Some(self.company.make(json!({ "op": "user.add", "address": address, "name": name })).await)
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
            Deed::AddFolder { .. }
            | Deed::AddUnreadable(_)
            | Deed::Rename(..)
            | Deed::Move(..)
            | Deed::Relabel(_) => None,
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
                self.break_method("oauth2.token", refused(400, "invalid_grant", 0)).await;
                self.company.set(json!({ "tokens_revoked": true })).await;
            }
            Mishap::Hiccup => self.break_pages(refused(503, "backendError", 1)).await,
            Mishap::PageFails => self.break_pages(refused(500, "backendError", 0)).await,
            Mishap::PageLoops => self.break_pages(json!({ "kind": "loop_page", "times": 0 })).await,
            Mishap::PageLost => self.break_pages(json!({ "kind": "lost_page" })).await,
            Mishap::PageEmpty => self.break_pages(json!({ "kind": "empty_page" })).await,
            Mishap::CursorDies if self.reach.scope.service == Service::Tasks => return false,
            Mishap::CursorDies => self.company.set(json!({ "expire_sync": self.reach.address })).await,
            Mishap::BodyBreaks => self.break_bodies(json!({ "kind": "cut" })).await,
            Mishap::BodyShort => self.break_bodies(json!({ "kind": "wrong_length", "times": 0 })).await,
            Mishap::BodyWrong => return false,
        }
        true
    }

    async fn heal(&self) {
        self.company.heal().await;
        self.company.grant_scopes().await;
    }

    async fn truth(&self) -> Vec<TruthItem> {
        let Owner::User(id) = &self.reach.scope.owner else { return Vec::new() };
        let service = self.reach.scope.service;
        let lines = self.company.truth(&format!("user={id}&service={service}&hashes=1")).await;
        lines.iter().map(|line| self.item(line)).collect()
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
        format!("https://www.googleapis.com/auth/{}.readonly", self.reach.scope.service)
    }
}
