//! What calendars, contacts and task lists have in common: entries that change under a running number, sync tokens
//! that name such a number, and the form in which the truth is told.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::{digest, hmac};
use serde_json::{Map, Value, json};

use super::Call;
use super::directory::User;
use crate::content::hex;
use crate::sync::{read, write};

/// One entry, or what is left of one that was deleted.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The resource without its etag; of a deleted one what the API still says.
    pub json: Value,
    /// The number of its last change.
    pub seq: u64,
    /// Deleted.
    pub is_gone: bool,
}

/// Entries by id, and the number of the last change.
#[derive(Clone, Debug, Default)]
pub struct Collection {
    entries: BTreeMap<String, Entry>,
    seq: u64,
    /// Sync tokens below this number are dead.
    floor: u64,
}

impl Collection {
    /// A new or changed entry.
    pub fn put(&mut self, id: &str, json: Value) {
        self.seq += 1;
        self.entries.insert(id.to_owned(), Entry { json, seq: self.seq, is_gone: false });
    }

    /// Deletes an entry, of which `rest` can still be read; false where there is none.
    pub fn delete(&mut self, id: &str, rest: Value) -> bool {
        if self.live(id).is_none() {
            return false;
        }
        self.seq += 1;
        self.entries.insert(id.to_owned(), Entry { json: rest, seq: self.seq, is_gone: true });
        true
    }

    /// An entry, deleted or not.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Entry> {
        self.entries.get(id)
    }

    /// An entry that exists.
    #[must_use]
    pub fn live(&self, id: &str) -> Option<&Value> {
        self.entries.get(id).filter(|entry| !entry.is_gone).map(|entry| &entry.json)
    }

    /// Every entry with its id, deleted ones too, by id.
    pub fn all(&self) -> impl Iterator<Item = (&String, &Entry)> {
        self.entries.iter()
    }

    /// Every entry that exists.
    pub fn living(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.entries.iter().filter(|(_, entry)| !entry.is_gone).map(|(id, entry)| (id, &entry.json))
    }

    /// The number of the last change.
    #[must_use]
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// Whether changes since this number are still known.
    #[must_use]
    pub fn reaches(&self, seq: u64) -> bool {
        (self.floor..=self.seq).contains(&seq)
    }

    /// Makes every sync token given out so far dead.
    pub fn expire(&mut self) {
        self.seq += 1;
        self.floor = self.seq;
    }
}

/// What each user has, made when it is first asked for.
pub struct PerUser<T> {
    made: RwLock<HashMap<String, Arc<Mutex<T>>>>,
    make: Box<dyn Fn(&User) -> T + Send + Sync>,
}

impl<T> PerUser<T> {
    /// `make` is asked once for each user.
    pub fn new(make: impl Fn(&User) -> T + Send + Sync + 'static) -> Self {
        Self { made: RwLock::default(), make: Box::new(make) }
    }

    /// A user's own.
    pub fn of(&self, user: &User) -> Arc<Mutex<T>> {
        if let Some(found) = read(&self.made).get(&user.id) {
            return Arc::clone(found);
        }
        let fresh = (self.make)(user);
        Arc::clone(write(&self.made).entry(user.id.clone()).or_insert_with(|| Arc::new(Mutex::new(fresh))))
    }
}

const MAC_BYTES: usize = 9;

/// A sync token: a number and a time, bound to a user, a collection and the parameters of the first call.
#[must_use]
pub fn sync_token(call: &Call, bound: &str, seq: u64, since_ms: i64) -> String {
    let text = format!("{seq}:{since_ms}");
    let mut token = mac(call, bound, &text);
    token.extend_from_slice(text.as_bytes());
    URL_SAFE_NO_PAD.encode(token)
}

/// What a sync token says; `None` for one that was not given out for this.
#[must_use]
pub fn open_sync_token(call: &Call, bound: &str, token: &str) -> Option<(u64, i64)> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (given, text) = bytes.split_at_checked(MAC_BYTES)?;
    let text = std::str::from_utf8(text).ok()?;
    if given != mac(call, bound, text) {
        return None;
    }
    let (seq, since) = text.split_once(':')?;
    Some((seq.parse().ok()?, since.parse().ok()?))
}

fn mac(call: &Call, bound: &str, text: &str) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, &call.world.token_key);
    let user = call.principal.user().unwrap_or("");
    let whole = format!("sync\0{}\0{user}\0{bound}\0{text}", call.method.id);
    hmac::sign(&key, whole.as_bytes()).as_ref()[..MAC_BYTES].to_vec()
}

/// The resource with an etag that moves with every change of it.
#[must_use]
pub fn with_etag(json: &Value) -> Value {
    let mut json = json.clone();
    let etag = hex(&digest::digest(&digest::SHA256, canonical(&json).as_bytes()).as_ref()[..8]);
    if let Value::Object(map) = &mut json {
        map.insert("etag".to_owned(), json!(format!("\"{etag}\"")));
    }
    json
}

/// JSON with sorted keys and no spaces: the form in which such Items are compared.
#[must_use]
pub fn canonical(json: &Value) -> String {
    match json {
        Value::Object(map) => {
            let sorted: BTreeMap<&String, &Value> = map.iter().collect();
            let members: Vec<String> = sorted
                .into_iter()
                .map(|(name, value)| format!("{}:{}", Value::String(name.clone()), canonical(value)))
                .collect();
            format!("{{{}}}", members.join(","))
        }
        Value::Array(list) => format!("[{}]", list.iter().map(canonical).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}

/// What the truth says of bytes.
#[must_use]
pub fn told_bytes(bytes: &[u8]) -> Value {
    let sha256 = hex(digest::digest(&digest::SHA256, bytes).as_ref());
    json!({"size": bytes.len(), "sha256": sha256})
}

/// Puts the members of `change` into `json`; null takes one away.
pub fn merge(json: &mut Value, change: &Map<String, Value>) {
    if let Value::Object(map) = json {
        for (name, value) in change {
            if value.is_null() {
                map.remove(name);
            } else {
                map.insert(name.clone(), value.clone());
            }
        }
    }
}
