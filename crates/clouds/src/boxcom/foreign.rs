//! What templates of other enterprises say of items that those own. Their templates are in no listing of ours, so that their
//! instances do not come with the item: which there are is asked for each such item, and then for what they say.
//! <https://developer.box.com/reference/get-files-id-metadata>

use holdfast_model::UserId;
use serde_json::{Map, Value, json};

use super::file::{Entry, Kind};
use super::files::Files;
use super::templates::field_of;
use super::wire::{Page, text};
use crate::contract::{CloudError, ErrorKind};

/// Instances that are asked for at once: longer addresses are not safe everywhere.
const A_REQUEST: usize = 40;

/// The item with all that is said of it. What this user may not see is not told.
pub(super) async fn with_metadata(files: &Files, user: &UserId, entry: Entry) -> Result<Entry, CloudError> {
    if !entry.is_externally_owned() || entry.kind == Kind::WebLink {
        return Ok(entry);
    }
    let (kind, id) = (entry.kind.path(), entry.id.clone());
    let path = [kind, id.as_str()];
    let instances: Result<Page, _> = files.json(Some(user), &[kind, &id, "metadata"], &[]).await;
    let Some(instances) = seen(instances)? else { return Ok(entry) };
    let unknown: Vec<String> =
        instances.entries.iter().filter(|one| !entry.has_instance(one)).filter_map(field).collect();
    let mut entry = entry;
    for some in unknown.chunks(A_REQUEST) {
        let fields = format!("type,id,{}", some.join(","));
        let told: Result<Map<String, Value>, _> = files.json(Some(user), &path, &[("fields", &fields)]).await;
        if let Some(told) = seen(told)? {
            entry = entry.joined(told)?;
        }
    }
    Ok(entry)
}

/// As it is asked for in `fields`.
fn field(instance: &Value) -> Option<String> {
    field_of(&json!({ "scope": text(instance, "$scope"), "templateKey": text(instance, "$template") }))
}

/// None where it vanished meanwhile, or is not this user's to see.
fn seen<T>(told: Result<T, CloudError>) -> Result<Option<T>, CloudError> {
    match told {
        Ok(told) => Ok(Some(told)),
        Err(error) if error.reason == "insufficient_scope" => Err(error),
        Err(error) if matches!(error.kind, ErrorKind::Gone | ErrorKind::Forbidden) => Ok(None),
        Err(error) => Err(error),
    }
}
