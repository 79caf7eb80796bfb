//! What can go wrong in a [`super::MemoryCloud`], and how often it was asked for what.

use std::collections::BTreeMap;
use std::time::Duration;

use holdfast_model::{ItemId, Scope};

use super::MemoryCloud;
use crate::contract::CloudError;

/// One kind of request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Op {
    /// The tenant.
    Tenant,
    /// A page of users.
    Users,
    /// A page of groups.
    Groups,
    /// A page of members.
    Members,
    /// The org units.
    OrgUnits,
    /// A user's scopes.
    Scopes,
    /// The Domain's scopes.
    DomainScopes,
    /// The place where the change feed is now.
    StartCursor,
    /// A page of a full listing.
    List,
    /// A page of the change feed.
    Changes,
    /// How many Items there are.
    Count,
    /// An Item's metadata.
    Open,
    /// The bytes of a content, from an offset.
    Read,
    /// The Archive's documents.
    Documents,
}

/// What happens to a request.
#[derive(Clone, Debug)]
pub enum Trouble {
    /// The caller gets this error.
    Fails(CloudError),
    /// The request is refused for now. It is tried again, up to four times, not before `retry_after`; the
    /// time waited is counted instead of slept.
    Busy {
        /// What the cloud asks for.
        retry_after: Option<Duration>,
    },
    /// No answer, ever: the caller has to give up.
    Hangs,
    /// A page whose next page is itself.
    LoopsPage,
    /// A page whose entries are never told.
    LosesPage,
    /// The transfer breaks after this many bytes of the request.
    Cuts(u64),
    /// The body ends early as if it were whole.
    Shortens,
    /// The body has the right length and other bytes.
    Corrupts,
}

/// A trouble and the requests that it hits.
#[derive(Clone, Debug)]
pub struct Fault {
    /// The kind of request.
    pub op: Op,
    /// Only requests of this Archive.
    pub scope: Option<Scope>,
    /// Only requests for this Item.
    pub item: Option<ItemId>,
    /// Matching requests that pass first.
    pub skip: u64,
    /// How many are hit; 0 for all that follow.
    pub times: u64,
    /// What happens.
    pub trouble: Trouble,
}

impl Fault {
    /// Hits the next request of this kind.
    pub fn once(op: Op, trouble: Trouble) -> Self {
        Self { op, scope: None, item: None, skip: 0, times: 1, trouble }
    }

    /// Hits every request of this kind.
    pub fn always(op: Op, trouble: Trouble) -> Self {
        Self { times: 0, ..Self::once(op, trouble) }
    }

    /// Only for this Archive.
    #[must_use]
    pub fn of(self, scope: &Scope) -> Self {
        Self { scope: Some(scope.clone()), ..self }
    }

    /// Only for this Item.
    #[must_use]
    pub fn on(self, item: &ItemId) -> Self {
        Self { item: Some(item.clone()), ..self }
    }

    /// After this many that pass.
    #[must_use]
    pub fn after(self, skip: u64) -> Self {
        Self { skip, ..self }
    }

    fn matches(&self, op: Op, scope: Option<&Scope>, item: Option<&ItemId>) -> bool {
        self.op == op
            && (self.scope.is_none() || self.scope.as_ref() == scope)
            && (self.item.is_none() || self.item.as_ref() == item)
    }
}

type Hook = Box<dyn FnOnce(&MemoryCloud) + Send>;

/// Faults in force, hooks that wait, and counts.
#[derive(Default)]
pub(super) struct Wire {
    faults: Vec<(Fault, u64, u64)>,
    hooks: Vec<(Op, u64, Hook)>,
    pub(super) requests: BTreeMap<Op, u64>,
    pub(super) waited: Duration,
}

impl Wire {
    pub(super) fn hit(&mut self, op: Op, scope: Option<&Scope>, item: Option<&ItemId>) -> Option<Trouble> {
        for (fault, seen, hits) in &mut self.faults {
            if !fault.matches(op, scope, item) {
                continue;
            }
            *seen += 1;
            if *seen > fault.skip && (fault.times == 0 || *hits < fault.times) {
                *hits += 1;
                return Some(fault.trouble.clone());
            }
        }
        None
    }

    /// The hooks that are due at this request, removed.
    pub(super) fn due(&mut self, op: Op) -> Vec<Hook> {
        for (_, wait, _) in self.hooks.iter_mut().filter(|(of, ..)| *of == op) {
            *wait = wait.saturating_sub(1);
        }
        let due = self.hooks.extract_if(.., |(of, wait, _)| *of == op && *wait == 0);
        due.map(|(_, _, hook)| hook).collect()
    }
}

impl MemoryCloud {
    /// Puts a fault in force. The first that matches a request hits it.
    pub fn fault(&self, fault: Fault) {
        self.wire().faults.push((fault, 0, 0));
    }

    /// Lifts all faults.
    pub fn heal(&self) {
        self.wire().faults.clear();
    }

    /// Does this just before the n-th request of this kind from now (1 is the next), as a person would who
    /// works while a backup runs.
    pub fn before(&self, op: Op, nth: u64, deed: impl FnOnce(&Self) + Send + 'static) {
        self.wire().hooks.push((op, nth.max(1), Box::new(deed)));
    }

    /// How many requests of this kind came so far, refused ones too.
    pub fn requests(&self, op: Op) -> u64 {
        self.wire().requests.get(&op).copied().unwrap_or(0)
    }

    /// How many requests came so far.
    pub fn all_requests(&self) -> u64 {
        self.wire().requests.values().sum()
    }

    /// How long refused requests were waited for.
    pub fn waited(&self) -> Duration {
        self.wire().waited
    }
}
