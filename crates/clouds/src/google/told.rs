//! Items whose content is the API's own JSON: events, contacts, tasks.
//!
//! A listing already carries all of it, so that reading an Item need not cost a request: what was told is held, within
//! a bound, until the Item is opened once. What is no longer held (it was opened before, there was no room, another
//! process listed it) is asked for singly.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use futures::stream;
use holdfast_model::{ItemId, ItemMeta, MetaUpdate, Scope, Timestamp};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::contract::{Content, ContentTag, Opened, Upsert};

/// Bytes of JSON that are held for Items which were listed and not opened yet.
const HELD: usize = 24 * 1024 * 1024;
/// What holding an Item costs beside its bytes.
const OVERHEAD: usize = 256;

/// An Item as a listing or a single answer told it.
#[derive(Clone)]
pub(super) struct Told {
    pub(super) id: ItemId,
    pub(super) json: Bytes,
    pub(super) meta: ItemMeta,
}

impl Told {
    /// `json` is the resource as the API gave it; its etag is left out, as some change without any change of the
    /// resource.
    pub(super) fn new(id: ItemId, json: &Value, mut meta: ItemMeta) -> Self {
        meta.media_type = Some("application/json".to_owned());
        Self { id, json: Bytes::from(canonical(json)), meta }
    }

    pub(super) fn tag(&self) -> ContentTag {
        let digest = Sha256::digest(&self.json);
        ContentTag(digest[..16].iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// `is_all` where the JSON is the only content.
    pub(super) fn upsert(&self, is_all: bool) -> Upsert {
        let newest = self.meta.modified.or(self.meta.created).map_or(1, Timestamp::as_millisecond);
        Upsert {
            id: self.id.clone(),
            tag: Some(self.tag()),
            meta: MetaUpdate::Full(Box::new(self.meta.clone())),
            size: is_all.then_some(self.json.len() as u64),
            content_key: None,
            skip: None,
            newness: if newest == 0 { 1 } else { newest },
        }
    }

    /// The Item ready to be read, with another content where there is one.
    pub(super) fn opened(self, more: Option<Content>) -> Opened {
        let tag = self.tag();
        let json = content("json", self.json, self.meta.modified);
        let contents = [json].into_iter().chain(more).collect();
        Opened { tag, meta: self.meta, contents, content_key: None }
    }
}

/// Bytes that are in memory already, as a content.
pub(super) fn content(extension: &str, bytes: Bytes, modified: Option<Timestamp>) -> Content {
    Content {
        extension: extension.to_owned(),
        size: Some(bytes.len() as u64),
        modified,
        body: Box::pin(stream::iter([Ok(bytes)])),
    }
}

/// The same resource, the same bytes: members sorted, no spaces, no etag at the top.
pub(super) fn canonical(json: &Value) -> String {
    match json {
        Value::Object(members) => object(members.iter().filter(|(name, _)| *name != "etag")),
        other => written(other),
    }
}

fn written(json: &Value) -> String {
    match json {
        Value::Object(members) => object(members.iter()),
        Value::Array(list) => format!("[{}]", list.iter().map(written).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}

fn object<'v>(members: impl Iterator<Item = (&'v String, &'v Value)>) -> String {
    let sorted: BTreeMap<_, _> = members.collect();
    let members =
        sorted.into_iter().map(|(name, value)| format!("{}:{}", Value::String(name.clone()), written(value)));
    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
}

/// What was listed and not opened yet, the oldest dropped first.
#[derive(Default)]
pub(super) struct Held(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    items: HashMap<(Scope, ItemId), (u64, Told)>,
    /// A key stands here once for each time it was kept, with the number of that time.
    order: VecDeque<(u64, (Scope, ItemId))>,
    kept: u64,
    bytes: usize,
}

impl Held {
    pub(super) fn keep(&self, scope: &Scope, told: &Told) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (scope.clone(), told.id.clone());
        inner.forget(&key);
        inner.bytes += told.json.len() + OVERHEAD;
        inner.kept += 1;
        let number = inner.kept;
        inner.order.push_back((number, key.clone()));
        inner.items.insert(key, (number, told.clone()));
        while inner.bytes > HELD || inner.order.len() > 2 * inner.items.len() + 64 {
            let Some((number, oldest)) = inner.order.pop_front() else { break };
            if inner.items.get(&oldest).is_some_and(|(last, _)| *last == number) {
                inner.forget(&oldest);
            }
        }
    }

    /// What was told of the Item, once.
    pub(super) fn take(&self, scope: &Scope, id: &ItemId) -> Option<Told> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).forget(&(scope.clone(), id.clone()))
    }
}

impl Inner {
    fn forget(&mut self, key: &(Scope, ItemId)) -> Option<Told> {
        let (_, told) = self.items.remove(key)?;
        self.bytes -= told.json.len() + OVERHEAD;
        Some(told)
    }
}

#[cfg(test)]
mod tests {
    use holdfast_model::{Owner, Service};
    use serde_json::json;

    use super::*;

    fn scope() -> Scope {
        Scope { owner: Owner::User("1".into()), service: Service::Calendar }
    }

    fn told(id: &str, json: &Value) -> Told {
        Told::new(ItemId::from(id), json, ItemMeta::default())
    }

    #[test]
    fn the_same_resource_has_the_same_bytes() {
        let one = json!({"b": [1, {"y": "ü\n", "x": null}], "a": {"etag": "stays"}, "etag": "\"1\""});
        let other: Value = serde_json::from_str(
            r#"{ "etag":"\"2\"", "a":{"etag":"stays"}, "b":[1,{"x":null,"y":"\u00fc\n"}] }"#,
        )
        .unwrap();
        assert_eq!(canonical(&one), r#"{"a":{"etag":"stays"},"b":[1,{"x":null,"y":"ü\n"}]}"#);
        assert_eq!(told("a", &one).tag(), told("a", &other).tag());
        assert_ne!(told("a", &one).tag(), told("a", &json!({"b": []})).tag());
    }

    #[test]
    fn what_was_told_last_is_handed_out_once() {
        let held = Held::default();
        let (old, new) = (told("a", &json!({"v": 1})), told("a", &json!({"v": 2})));
        held.keep(&scope(), &old);
        held.keep(&scope(), &new);
        assert_eq!(held.take(&scope(), &"a".into()).map(|told| told.tag()), Some(new.tag()));
        assert!(held.take(&scope(), &"a".into()).is_none());
    }

    #[test]
    fn no_more_is_held_than_there_is_room_for() {
        let held = Held::default();
        let large = json!({"text": "x".repeat(1_000_000)});
        for number in 0..40 {
            held.keep(&scope(), &told(&number.to_string(), &large));
        }
        assert!(held.0.lock().unwrap().bytes <= HELD);
        assert!(held.take(&scope(), &"0".into()).is_none());
        assert!(held.take(&scope(), &"39".into()).is_some());
        for _ in 0..1_000 {
            held.keep(&scope(), &told("same", &json!({})));
        }
        assert!(held.0.lock().unwrap().order.len() < 200);
    }
}
