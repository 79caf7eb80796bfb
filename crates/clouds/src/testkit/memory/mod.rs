//! An in-memory cloud: a second real provider of the contract, with people, groups, org units, mailboxes,
//! drives, a change feed whose cursors can expire, and faults that a test injects.
//!
//! It has two sides. Tests change the company through the methods of [`MemoryCloud`] and read what is
//! true by [`MemoryCloud::truth`]; the engine reads it through [`crate::contract::Cloud`], page by page,
//! every request counted and open to [`Fault`]s. Clones share one company.

mod cloud;
mod faults;
mod feed;
mod items;
mod people;
mod read;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use holdfast_model::{
    DriveId, Group, ItemId, ItemMeta, Member, OrgUnit, Scope, Service, SkipReason, TenantId, Timestamp, User,
    UserId,
};

pub use faults::{Fault, Op, Trouble};
pub use items::NewItem;

use super::Blob;
use crate::contract::{Authorisation, Capabilities, CloudError, ErrorKind, Tenant};
use faults::Wire;

/// How often a request that was refused for now is tried again.
const ATTEMPTS: u32 = 5;

/// The in-memory cloud. Clones share one company.
#[derive(Clone)]
pub struct MemoryCloud {
    world: Arc<Mutex<World>>,
    wire: Arc<Mutex<Wire>>,
}

/// The company.
struct World {
    tenant: Tenant,
    capabilities: Capabilities,
    signed_in: bool,
    authorisation: Authorisation,
    clock_ahead: Option<i64>,
    page_size: usize,
    chunk_size: usize,
    counts: bool,
    hold: Option<crate::contract::Hold>,
    seconds: i64,
    last_id: u64,
    users: Vec<User>,
    unlicensed: BTreeSet<(UserId, Service)>,
    groups: Vec<(Group, Vec<Member>)>,
    units: Vec<OrgUnit>,
    drives: Vec<(DriveId, String)>,
    archives: BTreeMap<Scope, Archive>,
}

/// All Items of one Scope and everything that happened to them.
#[derive(Default)]
struct Archive {
    items: BTreeMap<ItemId, Stored>,
    log: Vec<Entry>,
    /// Cursors of an earlier epoch are dead.
    epoch: u64,
}

/// One Item.
#[derive(Clone)]
struct Stored {
    meta: ItemMeta,
    contents: Vec<(String, Blob)>,
    revision: u64,
    skip: Option<SkipReason>,
    trashed: bool,
    owned: bool,
}

/// One entry of the change feed.
#[derive(Clone)]
struct Entry {
    id: ItemId,
    what: What,
}

#[derive(Clone)]
enum What {
    Put,
    Relabel { add: Vec<String>, remove: Vec<String> },
    Removed,
}

impl Default for MemoryCloud {
    fn default() -> Self {
        Self::new()
    }
}

impl MemoryCloud {
    /// A company `example.test` with an org unit `/` and the admin `admin@example.test`.
    pub fn new() -> Self {
        let world = World {
            tenant: Tenant {
                id: TenantId::from("C0memory"),
                name: "example.test".to_owned(),
                signed_in_as: "admin@example.test".to_owned(),
            },
            capabilities: Capabilities {
                groups: true,
                org_units: true,
                delta: true,
                ranged_reads: true,
                content_hash: true,
                stable_size: true,
                parallelism: 8,
            },
            signed_in: true,
            authorisation: Authorisation::default(),
            clock_ahead: None,
            page_size: 100,
            chunk_size: 64 * 1024,
            counts: true,
            hold: None,
            seconds: 0,
            last_id: 0,
            users: Vec::new(),
            unlicensed: BTreeSet::new(),
            groups: Vec::new(),
            units: Vec::new(),
            drives: Vec::new(),
            archives: BTreeMap::new(),
        };
        let cloud = Self { world: Arc::new(Mutex::new(world)), wire: Arc::new(Mutex::new(Wire::default())) };
        cloud.add_root_unit();
        cloud.add_admin("admin@example.test");
        cloud
    }

    /// The admin and `users` people (`user1@example.test`…) with so many mails and files each, all different.
    pub fn sample(users: u32, mails: u32, files: u32) -> Self {
        let cloud = Self::new();
        for number in 1..=users {
            let address = format!("user{number}@example.test");
            let user = cloud.add_user(&address);
            for mail in 1..=mails {
                let text = format!("Subject: mail {mail} of {address}\r\n\r\nText number {mail}.\r\n");
                cloud.add(&Self::mailbox(&user), NewItem::mail(text).labels(&["INBOX"]));
            }
            for file in 1..=files {
                let text = format!("File {file} of {address}.\n");
                cloud.add(&Self::drive(&user), NewItem::file(&format!("file {file}.txt"), text));
            }
        }
        cloud
    }

    /// Replaces what the cloud says it can do, and does.
    pub fn set_capabilities(&self, change: impl FnOnce(&mut Capabilities)) {
        change(&mut self.world().capabilities);
    }

    /// Entries in a page; 100 at first.
    pub fn set_page_size(&self, entries: usize) {
        self.world().page_size = entries.max(1);
    }

    /// Bytes in one piece of a body; 64 KiB at first.
    pub fn set_chunk_size(&self, bytes: usize) {
        self.world().chunk_size = bytes.max(1);
    }

    /// Whether the cloud says how many Items there are; yes at first.
    pub fn set_counts(&self, says: bool) {
        self.world().counts = says;
    }

    /// What the cloud says that requests wait for; nothing at first.
    pub fn set_hold(&self, hold: Option<crate::contract::Hold>) {
        self.world().hold = hold;
    }

    /// Someone takes the authorisation back: every request ends in `SignInAgain`.
    pub fn revoke(&self) {
        self.world().signed_in = false;
    }

    /// The authorisation is given again.
    pub fn sign_in(&self) {
        self.world().signed_in = true;
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wire(&self) -> MutexGuard<'_, Wire> {
        self.wire.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One request: counted, hooked, hit by faults; then `answer` looks at the company. The trouble that
    /// comes back beside the answer is for the caller to suffer: it bends pages and bodies.
    async fn request<T>(
        &self,
        op: Op,
        scope: Option<&Scope>,
        item: Option<&ItemId>,
        mut answer: impl FnMut(&mut World) -> Result<T, CloudError>,
    ) -> Result<(T, Option<Trouble>), CloudError> {
        let mut wait = None;
        for _ in 0..ATTEMPTS {
            let due = {
                let mut wire = self.wire();
                *wire.requests.entry(op).or_default() += 1;
                wire.due(op)
            };
            for hook in due {
                hook(self);
            }
            let trouble = self.wire().hit(op, scope, item);
            match trouble {
                Some(Trouble::Fails(error)) => return Err(error),
                Some(Trouble::Hangs) => return futures::future::pending().await,
                Some(Trouble::Busy { retry_after }) => {
                    wait = retry_after;
                    self.wire().waited += retry_after.unwrap_or_default();
                }
                trouble => {
                    let mut world = self.world();
                    if !world.signed_in {
                        let detail = "the authorisation was taken back";
                        return Err(CloudError::new(ErrorKind::SignInAgain, "invalid_grant", detail));
                    }
                    return answer(&mut world).map(|answer| (answer, trouble));
                }
            }
        }
        Err(CloudError {
            status: Some(429),
            ..CloudError::new(ErrorKind::Retry { after: wait }, "busy", "still refused after five tries")
        })
    }
}

impl World {
    fn now(&mut self) -> Timestamp {
        self.seconds += 1;
        // 2026-01-05T08:00:00Z plus one second for each thing that happens; far from the end of time.
        Timestamp::from_second(1_767_600_000 + self.seconds).unwrap_or(Timestamp::MAX)
    }

    fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    fn archive(&self, scope: &Scope) -> Result<&Archive, CloudError> {
        self.archives
            .get(scope)
            .ok_or_else(|| CloudError::new(ErrorKind::Forbidden, "notFound", format!("no scope {scope:?}")))
    }
}
