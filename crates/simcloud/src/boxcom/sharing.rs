//! Collaborations and shared links.
//! <https://developer.box.com/reference/get-folders-id-collaborations>,
//! <https://developer.box.com/reference/get-shared-items>

use serde_json::Value;

use super::call::{Call, Method};
use super::error::BoxError;
use super::folders::{READ, reach};
use super::resource;
use crate::google::Answer;

/// Methods about sharing.
pub(super) static METHODS: &[Method] = &[
    Method {
        id: "box.get_files_id_collaborations",
        http: "GET",
        path: "files/{file_id}/collaborations",
        scopes: READ,
        run: |c| on_item(c, "file"),
    },
    Method {
        id: "box.get_folders_id_collaborations",
        http: "GET",
        path: "folders/{folder_id}/collaborations",
        scopes: READ,
        run: |c| on_item(c, "folder"),
    },
    Method {
        id: "box.get_collaborations_id",
        http: "GET",
        path: "collaborations/{collaboration_id}",
        scopes: READ,
        run: one,
    },
    Method {
        id: "box.get_groups_id_collaborations",
        http: "GET",
        path: "groups/{group_id}/collaborations",
        scopes: &["manage_groups"],
        run: of_group,
    },
    Method { id: "box.get_shared_items", http: "GET", path: "shared_items", scopes: READ, run: shared_item },
];

fn on_item(call: &Call, kind: &str) -> Result<Answer, BoxError> {
    let state = call.state();
    let item = reach(call, &state, kind)?;
    let found: Vec<_> = state.collaborations.values().filter(|given| given.item == item.id).collect();
    let entry = |given: &&_| call.select(resource::collaboration(&state, given), resource::ALL);
    call.by_marker(&found, |given| given.id, entry)
}

fn one(call: &Call) -> Result<Answer, BoxError> {
    let id = call.path("collaboration_id");
    let state = call.state();
    let found = id.parse().ok().and_then(|number: u64| state.collaborations.get(&number));
    let found = found.filter(|given| {
        let item = state.items.get(&given.item);
        item.is_some_and(|item| state.role(&call.user, item).is_some())
    });
    let found = found.ok_or_else(|| BoxError::not_found("collaboration", id))?;
    Ok(Answer::json(call.select(resource::collaboration(&state, found), resource::ALL)))
}

fn of_group(call: &Call) -> Result<Answer, BoxError> {
    call.admin_only()?;
    let id = call.path("group_id");
    let state = call.state();
    if !state.groups.iter().any(|group| group.id == id) {
        return Err(BoxError::not_found("group", id));
    }
    let to = super::model::Grantee::Group(id.to_owned());
    let found = state.collaborations.values().filter(|given| given.to == to);
    let all: Vec<Value> = found.map(|given| resource::collaboration(&state, given)).collect();
    call.by_offset(&all, None, 100)
}

/// The item behind the link that the `BoxApi` header names. Links for collaborators open nothing to others.
fn shared_item(call: &Call) -> Result<Answer, BoxError> {
    let header = call.header("boxapi").and_then(|text| text.strip_prefix("shared_link="));
    let link = header.and_then(|text| text.split('&').next()).unwrap_or("");
    let name = link.rsplit('/').next().unwrap_or("");
    let state = call.state();
    let found = state.items.values().find(|item| {
        let opens = item.shared.as_deref().is_some_and(|access| access != "collaborators");
        (opens || item.shared.is_some() && state.role(&call.user, item).is_some())
            && !state.is_trashed(item)
            && resource::link_name(item) == name
    });
    let item = found.ok_or_else(|| BoxError::not_found("shared_link", link))?;
    Ok(Answer::json(call.select(resource::item(&state, &call.user, item), resource::ITEM)))
}
