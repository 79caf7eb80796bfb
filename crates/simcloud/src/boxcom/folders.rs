//! Folders, what lies in them, the trash, web links.
//! <https://developer.box.com/reference/get-folders-id-items>

use serde_json::{Value, json};

use super::call::{Call, Method};
use super::error::BoxError;
use super::model::{Item, Kind, Parent};
use super::resource;
use super::state::State;
use crate::google::Answer;

/// Reading needs one of these.
pub(super) const READ: &[&str] = &["root_readonly", "root_readwrite"];

/// Methods about folders and web links.
pub(super) static METHODS: &[Method] = &[
    Method {
        id: "box.get_folders_trash_items",
        http: "GET",
        path: "folders/trash/items",
        scopes: READ,
        run: trash,
    },
    Method { id: "box.get_folders_id", http: "GET", path: "folders/{folder_id}", scopes: READ, run: folder },
    Method {
        id: "box.get_folders_id_items",
        http: "GET",
        path: "folders/{folder_id}/items",
        scopes: READ,
        run: items,
    },
    Method {
        id: "box.get_folders_id_trash",
        http: "GET",
        path: "folders/{folder_id}/trash",
        scopes: READ,
        run: |c| trashed(c, "folder"),
    },
    Method {
        id: "box.get_web_links_id",
        http: "GET",
        path: "web_links/{web_link_id}",
        scopes: READ,
        run: |c| one(c, "web_link"),
    },
    Method {
        id: "box.get_web_links_id_trash",
        http: "GET",
        path: "web_links/{web_link_id}/trash",
        scopes: READ,
        run: |c| trashed(c, "web_link"),
    },
];

/// An item of this kind that the caller may reach and that is not in the trash.
pub(super) fn reach<'s>(call: &Call, state: &'s State, kind: &str) -> Result<&'s Item, BoxError> {
    let id = call.path(&format!("{kind}_id"));
    let item = find(call, state, kind, id).filter(|item| !state.is_trashed(item));
    item.ok_or_else(|| BoxError::not_found(kind, id))
}

/// An item of this kind that the caller may reach, in the trash or not.
pub(super) fn find<'s>(call: &Call, state: &'s State, kind: &str, id: &str) -> Option<&'s Item> {
    let item = state.items.get(&id.parse().ok()?)?;
    (item.kind.word() == kind && state.role(&call.user, item).is_some()).then_some(item)
}

pub(super) fn one(call: &Call, kind: &str) -> Result<Answer, BoxError> {
    let state = call.state();
    let item = reach(call, &state, kind)?;
    Ok(Answer::json(call.select(resource::item(&state, &call.user, item), resource::ITEM)))
}

/// An item in the trash; one that is not there is not found here.
pub(super) fn trashed(call: &Call, kind: &str) -> Result<Answer, BoxError> {
    let id = call.path(&format!("{kind}_id"));
    let state = call.state();
    let item = find(call, &state, kind, id).filter(|item| item.trashed_ms.is_some());
    let item = item.ok_or_else(|| BoxError::not_found(kind, id))?;
    let mut all = resource::item(&state, &call.user, item);
    // The description of trashed items knows no shared link.
    all["shared_link"] = Value::Null;
    let fields: Vec<&str> =
        resource::ITEM.iter().copied().filter(|name| !["item_collection"].contains(name)).collect();
    Ok(Answer::json(call.select(all, &fields)))
}

fn folder(call: &Call) -> Result<Answer, BoxError> {
    let state = call.state();
    if call.path("folder_id") != "0" {
        let mut answer = resource::item(&state, &call.user, reach(call, &state, "folder")?);
        answer["item_collection"] = collection(call, state.in_folder(number(call.path("folder_id"))))?;
        return Ok(Answer::json(call.select(answer, resource::ITEM)));
    }
    let mut root = resource::root_mini();
    root["description"] = json!("");
    root["size"] = json!(0);
    root["path_collection"] = json!({"total_count": 0, "entries": []});
    for name in [
        "created_at",
        "modified_at",
        "trashed_at",
        "purged_at",
        "content_created_at",
        "content_modified_at",
        "shared_link",
        "folder_upload_email",
        "parent",
    ] {
        root[name] = Value::Null;
    }
    for name in ["created_by", "modified_by", "owned_by"] {
        root[name] = resource::user_mini(&state, &call.user);
    }
    root["item_status"] = json!("active");
    root["item_collection"] = collection(call, state.all_files(&call.user))?;
    Ok(Answer::json(call.select(root, resource::ITEM)))
}

fn collection(call: &Call, items: Vec<&Item>) -> Result<Value, BoxError> {
    let offset = usize::try_from(call.number("offset", 0, 10_000)?).unwrap_or(usize::MAX);
    let limit = usize::try_from(call.number("limit", 100, 1000)?).unwrap_or(100);
    let items = sorted(items);
    let entries: Vec<Value> = items.iter().skip(offset).take(limit).map(|i| resource::item_mini(i)).collect();
    Ok(
        json!({"total_count": items.len(), "entries": entries, "offset": offset, "limit": limit, "order": order()}),
    )
}

fn order() -> Value {
    json!([{"by": "type", "direction": "ASC"}, {"by": "name", "direction": "ASC"}])
}

/// Folders first, then files, then web links, each by name.
fn sorted(mut items: Vec<&Item>) -> Vec<&Item> {
    let rank = |item: &Item| match item.kind {
        Kind::Folder => 0,
        Kind::File(_) => 1,
        Kind::WebLink(_) => 2,
    };
    items.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| a.name.cmp(&b.name)).then(a.id.cmp(&b.id)));
    items
}

fn number(id: &str) -> u64 {
    id.parse().unwrap_or(0)
}

fn items(call: &Call) -> Result<Answer, BoxError> {
    let state = call.state();
    let found = match call.path("folder_id") {
        "0" => state.all_files(&call.user),
        id => {
            reach(call, &state, "folder")?;
            state.in_folder(number(id))
        }
    };
    listed(call, &state, found)
}

/// A listing by marker or by offset; only the page's own entries are worked out.
fn listed(call: &Call, state: &State, mut found: Vec<&Item>) -> Result<Answer, BoxError> {
    let entry = |item: &Item| match call.fields() {
        None => resource::item_mini(item),
        Some(_) => call.select(resource::item(state, &call.user, item), resource::ITEM_MINI),
    };
    if call.uses_marker() {
        found.sort_by_key(|item| item.id);
        return call.by_marker(&found, |item| item.id, |item| entry(item));
    }
    let limit = usize::try_from(call.number("limit", 100, 1000)?).unwrap_or(1000);
    let offset = call.number("offset", 0, u64::MAX)?;
    let mut found = sorted(found);
    if call.query("direction") == Some("DESC") {
        found.reverse();
    }
    let start = usize::try_from(offset).unwrap_or(usize::MAX);
    // Entries outside the page are left empty: only their number counts.
    let all: Vec<Value> = found
        .iter()
        .enumerate()
        .map(|(at, item)| {
            let is_on_page = at >= start && at < start.saturating_add(limit);
            if is_on_page { entry(item) } else { Value::Null }
        })
        .collect();
    call.by_offset(&all, Some(order()), 100)
}

/// What the caller has put into the trash, topmost items only.
fn trash(call: &Call) -> Result<Answer, BoxError> {
    let state = call.state();
    let found: Vec<&Item> = state
        .items
        .values()
        .filter(|item| item.trashed_ms.is_some() && item.owner == call.user)
        .filter(|item| match item.parent {
            Parent::Root(_) => true,
            Parent::Folder(_) => !state.lineage(item).skip(1).any(|above| above.trashed_ms.is_some()),
        })
        .collect();
    listed(call, &state, found)
}
