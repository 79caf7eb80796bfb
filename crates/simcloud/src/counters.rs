//! Counts what was asked and answered, by method and by user, for `/control/counters`.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

use crate::sync::lock;

/// Counts of one method.
#[derive(Default, Clone, Copy)]
struct Count {
    requests: u64,
    bytes: u64,
    units: u64,
}

#[derive(Default)]
struct Counts {
    methods: BTreeMap<&'static str, Count>,
    users: BTreeMap<String, BTreeMap<&'static str, Count>>,
}

/// All counters of a server.
#[derive(Default)]
pub struct Counters {
    counts: Mutex<Counts>,
    rate_answers: AtomicU64,
    running: AtomicU64,
    max_running: AtomicU64,
}

impl Counters {
    /// A request for `method` by `user` (an id; empty where nobody is known).
    pub fn request(&self, method: &'static str, user: &str) {
        self.add(method, user, Count { requests: 1, ..Count::default() });
    }

    /// Bytes of an answer's body.
    pub fn bytes(&self, method: &'static str, user: &str, bytes: u64) {
        self.add(method, user, Count { bytes, ..Count::default() });
    }

    /// Quota units, charged or not.
    pub fn units(&self, method: &'static str, user: &str, units: u64) {
        self.add(method, user, Count { units, ..Count::default() });
    }

    fn add(&self, method: &'static str, user: &str, more: Count) {
        let mut counts = lock(&self.counts);
        let add = |count: &mut Count| {
            count.requests += more.requests;
            count.bytes += more.bytes;
            count.units += more.units;
        };
        add(counts.methods.entry(method).or_default());
        if !user.is_empty() {
            if !counts.users.contains_key(user) {
                counts.users.insert(user.to_owned(), BTreeMap::new());
            }
            if let Some(methods) = counts.users.get_mut(user) {
                add(methods.entry(method).or_default());
            }
        }
    }

    /// An answer that told the client to slow down.
    pub fn rate_answer(&self) {
        self.rate_answers.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts one more running request until the guard is dropped.
    pub fn run(&self) -> RunningRequest<'_> {
        let now = self.running.fetch_add(1, Ordering::Relaxed) + 1;
        self.max_running.fetch_max(now, Ordering::Relaxed);
        RunningRequest(self)
    }

    /// Everything back to zero.
    pub fn reset(&self) {
        *lock(&self.counts) = Counts::default();
        self.rate_answers.store(0, Ordering::Relaxed);
        self.max_running.store(self.running.load(Ordering::Relaxed), Ordering::Relaxed);
    }

    /// The answer of `/control/counters`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let counts = lock(&self.counts);
        let mut all = columns(&counts.methods);
        let per_user: serde_json::Map<String, Value> =
            counts.users.iter().map(|(user, methods)| (user.clone(), columns(methods))).collect();
        all["rate_answers"] = json!(self.rate_answers.load(Ordering::Relaxed));
        all["max_concurrent"] = json!(self.max_running.load(Ordering::Relaxed));
        all["per_user"] = Value::Object(per_user);
        all
    }
}

fn columns(methods: &BTreeMap<&'static str, Count>) -> Value {
    let column = |pick: fn(&Count) -> u64| -> Value {
        methods
            .iter()
            .filter(|(_, c)| pick(c) > 0)
            .map(|(m, c)| ((*m).to_owned(), json!(pick(c))))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    json!({
        "requests": column(|c| c.requests),
        "bytes_sent": column(|c| c.bytes),
        "units": column(|c| c.units),
    })
}

/// A request that is being answered.
pub struct RunningRequest<'a>(&'a Counters);

impl Drop for RunningRequest<'_> {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::Relaxed);
    }
}
