//! Templates of metadata: which there are, so that every item is asked for with all that was filled in of them.
//! <https://developer.box.com/reference/get-metadata-templates-enterprise>
//!
//! Box tells the instances of an item together with it, where `fields` names their templates. So one listing of the
//! templates serves all items, and none costs a request of its own.

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use serde_json::{Map, Value};

use super::file::FIELDS;
use super::files::{A_PAGE, Files, naming};
use super::scopes;
use super::wire::{Page, is_id, text};
use crate::contract::{CloudError, ErrorKind};
use crate::http::Pages;

/// The template that every enterprise has.
const PROPERTIES: &str = "metadata.global.properties";
/// The most that the names of templates take up in one request: longer addresses are not safe everywhere.
const MOST_BYTES: usize = 4_000;
/// Says what the reader may do, and nothing of the item.
const OF_THE_READER: &str = "$canEdit";

/// The templates that are known, as what is asked for in `fields`.
#[derive(Default)]
pub(super) struct Templates {
    fields: RwLock<Option<Arc<[String]>>>,
    /// Which listing told the fields that are known.
    told_by: tokio::sync::Mutex<u64>,
    begun: AtomicU64,
}

impl Templates {
    /// Lists the templates as they are from now on. Those who ask at the same time are served by one listing.
    pub(super) async fn learn(&self, files: &Files) -> Result<(), CloudError> {
        let begun = self.begun.load(Ordering::SeqCst);
        let mut told_by = self.told_by.lock().await;
        if *told_by > begun {
            return Ok(());
        }
        let number = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
        let (of_all, own) = futures::try_join!(named(files, "global"), named(files, "enterprise"))?;
        let names: BTreeSet<String> = of_all.into_iter().chain(own).collect();
        *self.fields.write().unwrap_or_else(PoisonError::into_inner) = Some(fields(names));
        *told_by = number;
        Ok(())
    }

    /// What to ask for of an item: all its own fields first, then what did not go with that request.
    pub(super) async fn fields(&self, files: &Files) -> Result<Arc<[String]>, CloudError> {
        loop {
            if let Some(known) = &*self.fields.read().unwrap_or_else(PoisonError::into_inner) {
                return Ok(Arc::clone(known));
            }
            self.learn(files).await?;
        }
    }
}

/// The templates of a scope. None where Box does not let this account see any.
async fn named(files: &Files, scope: &str) -> Result<Vec<String>, CloudError> {
    let (mut found, mut pages, mut marker) = (Vec::new(), Pages::new(), None::<String>);
    loop {
        let mut query = vec![("limit", A_PAGE)];
        query.extend(marker.as_deref().map(|marker| ("marker", marker)));
        let page: Page = match files.json(None, &["metadata_templates", scope], &query).await {
            Ok(page) => page,
            Err(error) if error.reason == "insufficient_scope" => return Err(naming(error, scopes::READ)),
            Err(error) if matches!(error.kind, ErrorKind::Forbidden | ErrorKind::Gone) => return Ok(found),
            Err(error) => return Err(error),
        };
        marker = pages.next(page.marker())?;
        for template in &page.entries {
            match field_of(template) {
                Some(field) => found.push(field),
                None => {
                    tracing::warn!("a template of metadata without a scope and key that can be asked for")
                }
            }
        }
        if marker.is_none() {
            return Ok(found);
        }
    }
}

/// `metadata.<scope>.<templateKey>`. Names are those that Box allows: others would ask for something else.
pub(super) fn field_of(template: &Value) -> Option<String> {
    let (scope, key) = (text(template, "scope")?, text(template, "templateKey")?);
    let is_scope = scope == "global" || scope.strip_prefix("enterprise_").is_some_and(is_id);
    let is_key = (1..=64).contains(&key.len())
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    (is_scope && is_key).then(|| format!("metadata.{scope}.{key}"))
}

fn fields(mut names: BTreeSet<String>) -> Arc<[String]> {
    names.remove(PROPERTIES);
    let mut requests = vec![format!("{FIELDS},{PROPERTIES}")];
    let mut room = MOST_BYTES;
    for name in names {
        match (requests.last_mut(), room.checked_sub(name.len() + 1)) {
            (Some(last), Some(left)) => {
                last.push(',');
                last.push_str(&name);
                room = left;
            }
            _ => {
                room = MOST_BYTES.saturating_sub(name.len());
                requests.push(name);
            }
        }
    }
    requests.into()
}

/// Adds to each item what another request told of its metadata.
pub(super) fn join(items: &mut [Value], more: Vec<Value>) {
    let key = |item: &Value| Some((text(item, "type")?.to_owned(), text(item, "id")?.to_owned()));
    let mut more: HashMap<_, Value> = more.into_iter().filter_map(|item| Some((key(&item)?, item))).collect();
    for item in items {
        let Some(mut other) = key(item).and_then(|key| more.remove(&key)) else { continue };
        let Some(Value::Object(scopes)) = other.get_mut("metadata").map(Value::take) else { continue };
        let Some(known) = object(item).map(|item| item.entry("metadata").or_insert(Value::Null)) else {
            continue;
        };
        for (scope, instances) in scopes {
            let Value::Object(instances) = instances else { continue };
            let scope = object(known).map(|known| known.entry(scope).or_insert(Value::Null));
            if let Some(scope) = scope.and_then(object) {
                scope.extend(instances);
            }
        }
    }
}

/// The object that is there, or a new one in the place of anything else.
fn object(value: &mut Value) -> Option<&mut Map<String, Value>> {
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    value.as_object_mut()
}

/// Leaves of an item's metadata what was filled in.
pub(super) fn filled_in(all: &mut Map<String, Value>) {
    let Some(metadata) = all.get_mut("metadata") else { return };
    if let Value::Object(scopes) = metadata {
        scopes.retain(|_, instances| {
            let Value::Object(instances) = instances else { return false };
            instances.retain(|_, instance| {
                instance.as_object_mut().map(|values| values.remove(OF_THE_READER)).is_some()
            });
            !instances.is_empty()
        });
    }
    if metadata.as_object().is_none_or(Map::is_empty) {
        all.remove("metadata");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_names_that_box_gives_are_asked_for() {
        let rows = [
            (json!({"scope": "enterprise_1", "templateKey": "contractState"}), true),
            (json!({"scope": "enterprise_1", "templateKey": "securityClassification-6VMVochwUWo"}), true),
            (json!({"scope": "global", "templateKey": "properties"}), true),
            (json!({"scope": "enterprise_1", "templateKey": "a,owned_by"}), false),
            (json!({"scope": "enterprise_1", "templateKey": "a.b"}), false),
            (json!({"scope": "enterprise_x", "templateKey": "a"}), false),
            (json!({"scope": "global", "templateKey": ""}), false),
            (json!({"templateKey": "a"}), false),
            (json!("a"), false),
        ];
        for (template, is_asked_for) in rows {
            assert_eq!(field_of(&template).is_some(), is_asked_for, "{template}");
        }
    }

    #[test]
    fn every_template_is_in_one_request_and_no_request_is_too_long() {
        let names: BTreeSet<String> =
            (0..500).map(|n| format!("metadata.enterprise_123456789.{n:064}")).collect();
        let requests = fields(names.iter().cloned().chain([PROPERTIES.to_owned()]).collect());
        let asked: Vec<&str> =
            requests.iter().flat_map(|one| one.split(',')).filter(|one| names.contains(*one)).collect();
        assert_eq!(asked.len(), names.len());
        assert_eq!(asked.iter().collect::<BTreeSet<_>>().len(), names.len());
        assert!(requests.iter().all(|one| one.len() <= MOST_BYTES + FIELDS.len() + PROPERTIES.len() + 1));
        assert!(requests[0].starts_with(FIELDS) && requests[0].contains(PROPERTIES));
        assert_eq!(fields(BTreeSet::new()).len(), 1);
    }

    #[test]
    fn what_several_requests_told_is_one_and_what_is_empty_is_nothing() {
        let mut items = vec![
            json!({"type": "file", "id": "1", "metadata": {"global": {"properties": {"a": "b"}}}}),
            json!({"type": "folder", "id": "1", "metadata": null}),
            json!({"type": "file", "id": "2"}),
        ];
        let more = vec![
            json!({"type": "folder", "id": "1", "metadata": {"enterprise_1": {"x": {"k": 1, "$canEdit": true}}}}),
            json!({"type": "file", "id": "1", "metadata": {"global": {"y": {"k": 2}}, "enterprise_1": {"x": null}}}),
            json!({"type": "file", "id": "3", "metadata": {"global": {"y": {"k": 3}}}}),
        ];
        join(&mut items, more);
        let told: Vec<Option<Value>> = items
            .into_iter()
            .map(|item| {
                let Value::Object(mut all) = item else { return None };
                filled_in(&mut all);
                all.remove("metadata")
            })
            .collect();
        let expected = [
            Some(json!({"global": {"properties": {"a": "b"}, "y": {"k": 2}}})),
            Some(json!({"enterprise_1": {"x": {"k": 1}}})),
            None,
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn hostile_metadata_is_left_out() {
        for hostile in [json!("x"), json!(7), json!([]), json!({"global": 7}), json!({"global": {"a": [1]}})]
        {
            let mut items = [json!({"type": "file", "id": "1", "metadata": hostile})];
            join(
                &mut items,
                vec![json!({"type": "file", "id": "1", "metadata": {"global": {"b": {"k": 1}}}})],
            );
            let mut all = items[0].as_object().unwrap().clone();
            filled_in(&mut all);
            assert_eq!(all["metadata"], json!({"global": {"b": {"k": 1}}}), "{hostile}");
            join(&mut items, vec![json!({"type": "file", "id": "1", "metadata": hostile})]);
        }
    }
}
