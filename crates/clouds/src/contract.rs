//! THE CONTRACT between the engine and every Cloud.
//!
//! It thinks in changes, not in files. A provider MUST be honest about three things: a [`Change::Checkpoint`]
//! is only sent when nothing was left out; a [`ErrorKind::Skip`] is only for what is documented and permanent;
//! and bytes that do not match the length or hash that the Cloud states are an error, never content.
//! The suite in `testkit` holds every provider to each sentence below.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use holdfast_model::{
    CloudKind, Group, GroupId, ItemId, ItemMeta, Member, MetaUpdate, OrgUnit, Policy, Scope, Service,
    SkipReason, TenantId, Timestamp, User,
};
use serde::{Deserialize, Serialize};

/// A stream of pages flattened to elements. It ends at the first error: what follows an error is unknown.
pub type Listing<'a, T> = BoxStream<'a, Result<T, CloudError>>;

/// The bytes of one content. A provider resumes a broken transfer by itself where the Cloud has ranged reads.
pub type Body = BoxStream<'static, Result<Bytes, CloudError>>;

/// One authorised Connection to one tenant.
#[async_trait]
pub trait Cloud: Send + Sync {
    /// Which Cloud.
    fn kind(&self) -> CloudKind;

    /// What this Cloud can do. Plain data, no request; every true one works and every false one says so.
    fn capabilities(&self) -> Capabilities;

    /// The tenant that the Connection reaches, and whom it is signed in as.
    async fn tenant(&self) -> Result<Tenant, CloudError>;

    /// The live tests of the set-up, one result per scope or setting. Never fails as a whole.
    async fn check(&self) -> Vec<Check>;

    /// How the Connection is authorised and when that ends by itself, from what is kept. No request, and no secret.
    async fn authorisation(&self) -> Result<Authorisation, CloudError> {
        Ok(Authorisation::default())
    }

    /// This computer's clock minus the Cloud's, in seconds, by the last answer that told the time. No request.
    fn clock_ahead(&self) -> Option<i64> {
        None
    }

    /// Tests live what is needed to read one User's data: one result for each of these Services that this Cloud has. For
    /// the screen that says why someone is not backed up.
    async fn check_user(&self, user: &User, services: &BTreeSet<Service>) -> Vec<(Service, Check)>;

    /// Every user of the tenant, deleted ones where the Cloud still lists them. No user twice.
    fn users(&self) -> Listing<'_, User>;

    /// Every group. Empty where [`Capabilities::groups`] is false.
    fn groups(&self) -> Listing<'_, Group>;

    /// The direct members of a group.
    fn members<'a>(&'a self, group: &'a GroupId) -> Listing<'a, Member>;

    /// Every org unit, the root included, a parent before its children. Empty where
    /// [`Capabilities::org_units`] is false.
    fn org_units(&self) -> Listing<'_, OrgUnit>;

    /// What can be backed up for this User: one Scope per Service. A Service that the user has no license for
    /// in the Cloud is left out.
    async fn scopes(&self, user: &User) -> Result<Vec<Scope>, CloudError>;

    /// What belongs to the Domain: shared drives, site libraries.
    async fn domain_scopes(&self) -> Result<Vec<DomainScope>, CloudError>;

    /// The changes since `cursor`; without one, a full listing, newest first.
    ///
    /// - The cursor in the Checkpoint MUST be taken before a full listing starts, so that nothing falls between.
    /// - A dead cursor is no error: the stream starts with one [`Change::Reset`], then lists everything.
    /// - Any order; an Item may come twice, the later wins.
    /// - Ends with exactly one [`Change::Checkpoint`], and only if nothing was left out.
    /// - A page token that comes back a second time is an error, not an endless loop.
    fn changes<'a>(&'a self, reach: &'a Reach, cursor: Option<&'a Cursor>) -> Listing<'a, Change>;

    /// How many Items the Cloud says there are under this Policy; `None` where it does not say.
    async fn expected_count(&self, reach: &Reach) -> Result<Option<u64>, CloudError>;

    /// How many bytes the Cloud says they take there, without what it makes only when it is asked for, as exports of
    /// documents; `None` where it does not say. For forecasts: filters of the Policy may leave some of them out.
    async fn expected_bytes(&self, _reach: &Reach) -> Result<Option<u64>, CloudError> {
        Ok(None)
    }

    /// The names of labels that the user made, by which a Policy may leave out mail; none where the Service has no labels.
    async fn label_names(&self, _reach: &Reach) -> Result<Vec<String>, CloudError> {
        Ok(Vec::new())
    }

    /// The metadata and contents of one Item, as they are now.
    ///
    /// - `Gone` when it no longer exists, `Skip` when it can never be read. Where a listing carries the content itself,
    ///   what it told may be handed out once instead: what happened since is told by the next feed.
    /// - [`Opened::tag`] is the tag of what is really handed out: the Item may have changed since it was listed.
    /// - Each [`Content::body`] starts its request when first polled, yields the right number of bytes with the
    ///   right hash, or ends in an error.
    async fn open(&self, reach: &Reach, item: &ItemRef) -> Result<Opened, CloudError>;

    /// What holds the requests for this Archive back right now, where something does: the Cloud's quota, a
    /// `Retry-After`, a wait between two tries. Plain data, no request.
    fn hold(&self, _reach: &Reach) -> Option<Hold> {
        None
    }

    /// Documents of the Archive as a whole, kept beside its Items in every Snapshot: a name and its JSON, such as
    /// the names of labels.
    async fn documents(&self, reach: &Reach) -> Result<Vec<Document>, CloudError>;
}

/// What a Cloud can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capabilities {
    /// Has groups.
    pub groups: bool,
    /// Has org units.
    pub org_units: bool,
    /// Tells changes since a cursor; else every listing is full.
    pub delta: bool,
    /// A broken download can be resumed in the middle.
    pub ranged_reads: bool,
    /// States a hash of the content.
    pub content_hash: bool,
    /// The size that is listed is the number of bytes that come.
    pub stable_size: bool,
    /// How many Items of one Archive are worth fetching at once.
    pub parallelism: usize,
}

/// The tenant behind a Connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tenant {
    /// Stable id.
    pub id: TenantId,
    /// Primary domain or enterprise name.
    pub name: String,
    /// The account that authorised the Connection.
    pub signed_in_as: String,
}

/// How a Connection is authorised.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authorisation {
    /// By what.
    pub way: AuthorisedBy,
    /// When what is kept was made or last renewed; none where it was made by a version that did not note it.
    pub since: Option<Timestamp>,
    /// When it ends by itself, as far as can be known.
    pub ends: Option<Ending>,
}

/// What authorises a Connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthorisedBy {
    /// A service account's key, which does not end by itself.
    Key,
    /// A person signed in.
    SignIn,
    /// The company's own app acts for itself.
    App,
    /// It does not say.
    #[default]
    Unknown,
}

/// An authorisation ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub why: EndsBecause,
}

/// Why an authorisation ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndsBecause {
    /// The Cloud gave it for a limited time.
    Limited,
    /// It would, if the app's consent screen was left in Testing: the Cloud does not tell.
    PerhapsTesting,
    /// It ends unless it is used before.
    Unused,
}

/// One live test of the set-up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What was tested: a scope's URL, an API's name, a setting. Stable.
    pub subject: String,
    /// What a person reads: "Gmail data access".
    pub title: String,
    /// What came out.
    pub outcome: CheckOutcome,
}

/// What a live test found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum CheckOutcome {
    /// It works.
    Works,
    /// A setting or scope is missing.
    Missing {
        /// What to do, naming the exact setting or scope.
        todo: String,
        /// The provider's page where it is done.
        link: Option<String>,
        /// The provider's own words.
        detail: String,
    },
    /// The Service is switched off for this User in the Cloud: there is nothing to read.
    Off {
        /// Where it is switched on.
        todo: String,
        /// The provider's page for it.
        link: Option<String>,
        /// The provider's own words.
        detail: String,
    },
    /// It could not be tested now.
    Unknown {
        /// Why not.
        detail: String,
    },
}

/// A shared drive or site library.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainScope {
    /// The Archive it becomes.
    pub scope: Scope,
    /// Its name.
    pub name: String,
}

/// A Scope with all that a provider needs to read it: the owner's address now, and the Policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// What to read.
    pub scope: Scope,
    /// The owner's primary address; empty for what belongs to the Domain.
    pub address: String,
    /// What of it.
    pub policy: Policy,
}

/// Requests wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Until this time of day.
    pub until: Timestamp,
    /// How long the whole wait is.
    pub wait: Duration,
}

/// An opaque place in a change feed. Never parsed outside the provider that made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(pub String);

/// Names one state of an Item's content: another tag, other bytes. Content is fetched only when it moves.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ContentTag(pub String);

/// One step of a change feed.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// The Item exists, and this is known of it.
    Upsert(Upsert),
    /// The Item no longer exists, or is no longer part of what the Policy keeps.
    Removed(ItemId),
    /// Of the Items whose ids begin with `prefix` only these exist: what belongs to another Item can go unnoticed with it.
    Below {
        /// What their ids begin with.
        prefix: String,
        /// Those that are there.
        exist: BTreeSet<ItemId>,
    },
    /// The cursor is dead: what follows is a full listing. Only ever first.
    Reset,
    /// Everything up to this cursor has been told. Only ever last.
    Checkpoint(Cursor),
}

/// An Item that exists.
#[derive(Clone, Debug, PartialEq)]
pub struct Upsert {
    /// The provider's id.
    pub id: ItemId,
    /// The state of its content; `None` where the feed does not say, which means unchanged if the Item is known.
    pub tag: Option<ContentTag>,
    /// What is known of its metadata.
    pub meta: MetaUpdate,
    /// Bytes, where known.
    pub size: Option<u64>,
    /// Names the same bytes wherever they occur in the Domain (id and revision, or hash and size), so that they are
    /// downloaded once.
    pub content_key: Option<String>,
    /// It cannot be stored, and that is known without asking; its metadata is `Full` and is kept.
    pub skip: Option<SkipReason>,
    /// Larger is newer; decides what is fetched first.
    pub newness: i64,
}

/// What `open` needs to know of an Item.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemRef {
    /// The provider's id.
    pub id: ItemId,
    /// The metadata from the feed, where it was `Full`.
    pub meta: Option<ItemMeta>,
}

/// An Item ready to be read.
pub struct Opened {
    /// The state of the content handed out.
    pub tag: ContentTag,
    /// All metadata.
    pub meta: ItemMeta,
    /// One per file that is kept: one for a mail or a file, one per format for an export. Empty where there is none.
    pub contents: Vec<Content>,
    /// See [`Upsert::content_key`]; for one content only.
    pub content_key: Option<String>,
}

/// One stream of bytes of an Item.
pub struct Content {
    /// File name extension without the dot, `[a-z0-9]{1,8}`; empty for a file without one.
    pub extension: String,
    /// Bytes, where known before reading.
    pub size: Option<u64>,
    /// When the content last changed.
    pub modified: Option<Timestamp>,
    /// The bytes; checked against the Cloud's hash by the provider as they pass.
    pub body: Body,
}

/// A document of the Archive as a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// `[a-z_]{1,32}`; becomes `_<name>.json`.
    pub name: &'static str,
    /// Its content.
    pub json: serde_json::Value,
}

/// What the engine may do about a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// Passing: all patience of `http` was used up. Try again later, not before `after` where the Cloud said so.
    Retry {
        /// The Cloud's `Retry-After`.
        after: Option<Duration>,
    },
    /// The authorisation lapsed or was revoked: the Connection is `expired`.
    SignInAgain,
    /// A scope, role or setting is missing; trying again is pointless until a person changes it.
    Forbidden,
    /// The Item does not exist any more.
    Gone,
    /// The Item can never be stored, for a documented reason.
    Skip(SkipReason),
    /// A defect or an answer that makes no sense; not passing.
    Fatal,
}

/// A failure of a Cloud, with what the engine may do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloudError {
    /// What the engine may do.
    pub kind: ErrorKind,
    /// The provider's own reason word (`userRateLimitExceeded`), or ours for what never reached it; stable.
    pub reason: String,
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// The provider's message or what was expected, for the details. Holds no secret and no content.
    pub detail: String,
}

impl CloudError {
    /// An error without an HTTP answer.
    pub fn new(kind: ErrorKind, reason: &str, detail: impl Into<String>) -> Self {
        Self { kind, reason: reason.to_owned(), status: None, detail: detail.into() }
    }

    /// True where a later try may succeed without a person doing anything.
    pub const fn is_passing(&self) -> bool {
        matches!(self.kind, ErrorKind::Retry { .. })
    }
}

impl fmt::Display for CloudError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.status {
            Some(status) => write!(f, "{} (HTTP {status}): {}", self.reason, self.detail),
            None => write!(f, "{}: {}", self.reason, self.detail),
        }
    }
}

impl std::error::Error for CloudError {}
