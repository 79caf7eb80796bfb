//! Faults that control asked for: which requests they hit, and how often.

use std::pin::pin;
use std::sync::Mutex;
use std::time::Duration;

use serde::Deserialize;
use tokio::sync::Notify;

use crate::sync::lock;

/// What a fault does to an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An error in the provider's own shape.
    Status,
    /// The connection ends in the middle of the body.
    Cut,
    /// A complete HTTP body that holds fewer bytes than the content has.
    WrongLength,
    /// The body arrives over `delay_ms`.
    Slow,
    /// A web page where JSON is expected.
    Html,
    /// JSON with bytes that are no UTF-8.
    InvalidUtf8,
    /// 100 MB of valid JSON.
    HugeJson,
    /// A page whose next page is itself.
    LoopPage,
    /// A page without its entries, which are never sent.
    LostPage,
    /// A legal page without entries; they come with the next page.
    EmptyPage,
    /// Content of the right length with other bytes.
    WrongBytes,
    /// Somebody edits the file just before its content is sent, after the client saw its metadata.
    EditWhileRead,
    /// The connection ends without an answer.
    Drop,
    /// Nothing but what `held` says.
    None,
}

/// What waits until a fault is lifted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Held {
    /// The request, before anything is done.
    Before,
    /// The answer, after what was asked for is done.
    After,
}

/// One `POST /control/fault`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The discovery id of a method, `oauth2.token`, or `*`.
    pub method: String,
    /// Only requests of this user (an id or address).
    #[serde(default)]
    pub user: Option<String>,
    /// Only requests with this value among their path parameters.
    #[serde(default)]
    pub id: Option<String>,
    /// What happens.
    pub kind: Kind,
    /// HTTP status of `status` and `html`.
    #[serde(default)]
    pub status: Option<u16>,
    /// Google's reason of `status`.
    #[serde(default)]
    pub reason: Option<String>,
    /// The message of `status`.
    #[serde(default)]
    pub message: Option<String>,
    /// Seconds in a `Retry-After` header.
    #[serde(default)]
    pub retry_after: Option<u64>,
    /// For `slow`: how long the body takes. For others: a wait before the answer.
    #[serde(default)]
    pub delay_ms: Option<u64>,
    /// A wait that ends when the fault is lifted.
    #[serde(default)]
    pub held: Option<Held>,
    /// Matching requests that pass unharmed first.
    #[serde(default)]
    pub skip: u64,
    /// How many requests are hit; 0 means for ever.
    #[serde(default = "once")]
    pub times: u64,
    /// Hits each n-th matching request only.
    #[serde(default)]
    pub every: Option<u64>,
    /// By which it is lifted.
    #[serde(skip)]
    number: u64,
}

fn once() -> u64 {
    1
}

impl Fault {
    /// The wait that was asked for.
    #[must_use]
    pub fn delay(&self) -> Option<Duration> {
        self.delay_ms.map(Duration::from_millis)
    }
}

/// What a fault is compared with.
pub struct Target<'a> {
    /// The method's discovery id.
    pub method: &'a str,
    /// Id and addresses of the calling user; empty where nobody is known.
    pub user: &'a [String],
    /// Values of the path parameters.
    pub ids: &'a [&'a str],
}

struct Entry {
    fault: Fault,
    seen: u64,
    hits: u64,
}

/// The faults in force.
#[derive(Default)]
pub struct Faults {
    entries: Mutex<(u64, Vec<Entry>)>,
    lifted: Notify,
}

impl Faults {
    /// Puts a fault in force and returns its number.
    pub fn add(&self, mut fault: Fault) -> u64 {
        let mut entries = lock(&self.entries);
        entries.0 += 1;
        let number = entries.0;
        fault.number = number;
        entries.1.push(Entry { fault, seen: 0, hits: 0 });
        number
    }

    /// Lifts one fault; says whether it was there.
    pub fn remove(&self, number: u64) -> bool {
        let mut entries = lock(&self.entries);
        let before = entries.1.len();
        entries.1.retain(|e| e.fault.number != number);
        self.lifted.notify_waiters();
        entries.1.len() < before
    }

    /// Lifts all faults.
    pub fn clear(&self) {
        lock(&self.entries).1.clear();
        self.lifted.notify_waiters();
    }

    /// Whether there is any fault at all.
    pub fn any(&self) -> bool {
        !lock(&self.entries).1.is_empty()
    }

    /// The fault that hits this request, after the waiting that it asks for.
    pub async fn met(&self, target: &Target<'_>) -> Option<Fault> {
        let fault = self.hit(target)?;
        if let Some(delay) = fault.delay().filter(|_| fault.kind != Kind::Slow) {
            tokio::time::sleep(delay).await;
        }
        self.hold(Held::Before, Some(&fault)).await;
        Some(fault)
    }

    /// Waits here where a fault says so.
    pub async fn hold(&self, what: Held, fault: Option<&Fault>) {
        if let Some(fault) = fault.filter(|fault| fault.held == Some(what)) {
            self.until_lifted(fault.number).await;
        }
    }

    async fn until_lifted(&self, number: u64) {
        loop {
            let mut lifted = pin!(self.lifted.notified());
            // From here on no lifting is missed.
            lifted.as_mut().enable();
            if lock(&self.entries).1.iter().all(|entry| entry.fault.number != number) {
                return;
            }
            lifted.await;
        }
    }

    /// The first fault that hits this request; counts it.
    fn hit(&self, target: &Target<'_>) -> Option<Fault> {
        let mut entries = lock(&self.entries);
        for entry in &mut entries.1 {
            if !matches(&entry.fault, target) {
                continue;
            }
            entry.seen += 1;
            let past = entry.seen.saturating_sub(entry.fault.skip);
            let due = past > 0 && entry.fault.every.is_none_or(|n| n <= 1 || past.is_multiple_of(n));
            if due && (entry.fault.times == 0 || entry.hits < entry.fault.times) {
                entry.hits += 1;
                return Some(entry.fault.clone());
            }
        }
        None
    }
}

fn matches(fault: &Fault, target: &Target<'_>) -> bool {
    (fault.method == "*" || fault.method == target.method)
        && fault.user.as_ref().is_none_or(|u| target.user.iter().any(|known| known.eq_ignore_ascii_case(u)))
        && fault.id.as_ref().is_none_or(|id| target.ids.contains(&id.as_str()))
}
