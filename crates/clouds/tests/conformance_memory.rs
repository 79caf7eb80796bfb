//! The conformance suite on the in-memory cloud: a mailbox, a drive, a shared drive.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A broken expectation is a failed test.

use std::time::Duration;

use async_trait::async_trait;
use holdfast_clouds::contract::{Cloud, CloudError, ErrorKind, Reach};
use holdfast_clouds::testkit::memory::{Fault, NewItem, Op, Trouble};
use holdfast_clouds::testkit::suite::{Deed, Mishap, Subject};
use holdfast_clouds::testkit::{DirectoryTruth, MemoryCloud, TruthItem};
use holdfast_model::{ItemId, Policy, Scope};

struct InMemory {
    cloud: MemoryCloud,
    scope: Scope,
}

async fn mailbox() -> InMemory {
    let cloud = MemoryCloud::sample(3, 7, 0);
    let scope = MemoryCloud::mailbox(&cloud.user("user1@example.test").unwrap());
    subject(cloud, scope)
}

async fn drive() -> InMemory {
    let cloud = MemoryCloud::sample(3, 0, 7);
    let scope = MemoryCloud::drive(&cloud.user("user1@example.test").unwrap());
    subject(cloud, scope)
}

async fn shared_drive() -> InMemory {
    let cloud = MemoryCloud::sample(2, 0, 0);
    let scope = MemoryCloud::shared_drive(&cloud.add_shared_drive("Projects"));
    for number in 0..6 {
        cloud.add(&scope, NewItem::file(&format!("{number}.pdf"), format!("file {number}")));
    }
    subject(cloud, scope)
}

fn subject(cloud: MemoryCloud, scope: Scope) -> InMemory {
    cloud.set_page_size(3);
    cloud.set_chunk_size(1_000);
    InMemory { cloud, scope }
}

fn refused(kind: ErrorKind, reason: &str, detail: &str) -> Trouble {
    Trouble::Fails(CloudError { status: Some(403), ..CloudError::new(kind, reason, detail) })
}

#[async_trait]
impl Subject for InMemory {
    fn cloud(&self) -> &dyn Cloud {
        &self.cloud
    }

    fn reach(&self) -> Reach {
        Reach {
            scope: self.scope.clone(),
            address: "user1@example.test".to_owned(),
            policy: Policy::default(),
        }
    }

    fn impossible(&self) -> &'static [&'static str] {
        // Files have no labels; mails have no names and no folders. Its pages have no empty kind.
        if self.scope.service.is_mail() {
            &["AddFolder", "Rename", "Move", "PageEmpty"]
        } else {
            &["Relabel", "PageEmpty"]
        }
    }

    async fn act(&self, deed: &Deed) -> Option<String> {
        let (cloud, scope, mail) = (&self.cloud, &self.scope, self.scope.service.is_mail());
        match deed {
            Deed::Add { bytes, .. } if mail => Some(cloud.add(scope, NewItem::mail(bytes.clone())).0),
            Deed::Add { name, bytes } => Some(cloud.add(scope, NewItem::file(name, bytes.clone())).0),
            Deed::AddFolder { name } => (!mail).then(|| cloud.add(scope, NewItem::folder(name)).0),
            Deed::AddUnreadable(reason) => {
                let new = if mail { NewItem::mail("hidden") } else { NewItem::file("hidden", "hidden") };
                Some(cloud.add(scope, new.skipped(*reason)).0)
            }
            Deed::Edit(id, bytes) => {
                cloud.edit(scope, id, bytes.clone());
                Some(id.0.clone())
            }
            Deed::Rename(id, name) => (!mail).then(|| {
                cloud.rename(scope, id, name);
                id.0.clone()
            }),
            Deed::Move(id, folder) => (!mail).then(|| {
                cloud.move_into(scope, id, folder);
                id.0.clone()
            }),
            Deed::Relabel(id) => mail.then(|| {
                let starred = labels(cloud, scope, id).contains(&"STARRED".to_owned());
                let (add, remove): (&[&str], &[&str]) =
                    if starred { (&[], &["STARRED"]) } else { (&["STARRED"], &["INBOX"]) };
                cloud.relabel(scope, id, add, remove);
                id.0.clone()
            }),
            Deed::Remove(id) => {
                cloud.remove(scope, id);
                Some(id.0.clone())
            }
            Deed::Hire { account, name } => {
                let id = cloud.add_user(&format!("{account}@example.test"));
                cloud.change_user(&id, |user| user.name.clone_from(name));
                Some(id.0)
            }
            Deed::Found { account } => Some(cloud.add_group(&format!("{account}@example.test"), account).0),
            Deed::Nest(outer, inner) => {
                cloud.nest(outer, inner);
                Some(outer.0.clone())
            }
            Deed::AddUnit { parent, name } => {
                let parent = parent.clone().unwrap_or_else(|| cloud.root_unit());
                Some(cloud.add_org_unit(&parent, name).0)
            }
        }
    }

    async fn suffer(&self, mishap: &Mishap) -> bool {
        let pages = |fault: fn(Op, Trouble) -> Fault, trouble: Trouble| {
            for op in [Op::List, Op::Changes] {
                self.cloud.fault(fault(op, trouble.clone()).of(&self.scope));
            }
        };
        let body = |fault: Fault| self.cloud.fault(fault.of(&self.scope));
        let retry = |reason| refused(ErrorKind::Retry { after: None }, reason, "broken for good");
        match mishap {
            Mishap::Busy(asked) => pages(Fault::once, Trouble::Busy { retry_after: Some(*asked) }),
            Mishap::RateReason | Mishap::Hiccup => pages(Fault::once, Trouble::Busy { retry_after: None }),
            Mishap::RightMissing => pages(Fault::always, refused(ErrorKind::Forbidden, "forbidden", "no")),
            Mishap::ScopeMissing => {
                let trouble = refused(ErrorKind::Forbidden, "unauthorized_client", "memory.read is missing");
                pages(Fault::always, trouble);
            }
            Mishap::Revoked => self.cloud.revoke(),
            Mishap::PageFails => pages(Fault::always, retry("backendError")),
            Mishap::PageLoops => pages(Fault::always, Trouble::LoopsPage),
            Mishap::PageLost => pages(Fault::once, Trouble::LosesPage),
            Mishap::PageEmpty => return false,
            Mishap::CursorDies => self.cloud.expire_cursors(&self.scope),
            Mishap::BodyBreaks => body(Fault::once(Op::Read, Trouble::Cuts(7_001))),
            Mishap::BodyShort => body(Fault::always(Op::Read, Trouble::Shortens)),
            Mishap::BodyWrong => body(Fault::always(Op::Read, Trouble::Corrupts)),
        }
        true
    }

    async fn heal(&self) {
        self.cloud.heal();
        self.cloud.sign_in();
    }

    async fn truth(&self) -> Vec<TruthItem> {
        self.cloud.truth(&self.scope, &self.reach().policy)
    }

    async fn directory(&self) -> DirectoryTruth {
        self.cloud.directory()
    }

    async fn requests(&self) -> u64 {
        self.cloud.all_requests()
    }

    fn waited(&self) -> Duration {
        self.cloud.waited()
    }

    fn scope_name(&self) -> String {
        "memory.read".to_owned()
    }
}

fn labels(cloud: &MemoryCloud, scope: &Scope, id: &ItemId) -> Vec<String> {
    let truth = cloud.truth(scope, &Policy::default());
    truth.into_iter().find(|item| item.id == *id).map(|item| item.meta.labels).unwrap_or_default()
}

holdfast_clouds::conformance!(a_mailbox, super::mailbox);
holdfast_clouds::conformance!(a_drive, super::drive);
holdfast_clouds::conformance!(a_shared_drive, super::shared_drive);
