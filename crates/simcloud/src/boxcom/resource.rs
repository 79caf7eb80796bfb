//! Resources as JSON: everything Box says of them; `fields` and the standard form select.
//! <https://developer.box.com/guides/api-calls/response-format>

use serde_json::{Map, Value, json};

use super::model::{Collaboration, Grantee, Group, Item, Kind, Member, User, Version, may_download};
use super::state::State;

/// Fields of a user in listings.
pub const USER: &[&str] = &[
    "type",
    "id",
    "name",
    "login",
    "created_at",
    "modified_at",
    "language",
    "timezone",
    "space_amount",
    "space_used",
    "max_upload_size",
    "status",
    "job_title",
    "phone",
    "address",
    "avatar_url",
    "notification_email",
];
/// Fields of an item inside a listing.
pub const ITEM_MINI: &[&str] = &["type", "id", "sequence_id", "etag", "name", "sha1", "file_version", "url"];
/// Fields of an item by itself.
pub const ITEM: &[&str] = &[
    "type",
    "id",
    "sequence_id",
    "etag",
    "name",
    "sha1",
    "file_version",
    "url",
    "description",
    "size",
    "path_collection",
    "created_at",
    "modified_at",
    "trashed_at",
    "purged_at",
    "content_created_at",
    "content_modified_at",
    "created_by",
    "modified_by",
    "owned_by",
    "shared_link",
    "parent",
    "item_status",
    "folder_upload_email",
    "item_collection",
];
/// Fields of a version.
pub const VERSION: &[&str] = &[
    "type",
    "id",
    "sha1",
    "name",
    "size",
    "created_at",
    "modified_at",
    "modified_by",
    "trashed_at",
    "restored_at",
    "purged_at",
    "uploader_display_name",
];
/// Fields of a group.
pub const GROUP: &[&str] = &["type", "id", "name", "group_type", "created_at", "modified_at"];
/// Everything.
pub const ALL: &[&str] = &["*"];
/// What no `fields` leaves out.
const ALWAYS: &[&str] = &["type", "id", "etag"];

/// Leaves the wanted fields; without a wish the standard ones.
#[must_use]
pub fn select(value: Value, fields: Option<&[&str]>, standard: &[&str]) -> Value {
    let Value::Object(all) = value else { return value };
    let keep = |name: &str| match fields {
        Some(fields) => ALWAYS.contains(&name) || fields.iter().any(|field| is_field(field, name)),
        None => standard.contains(&name) || standard == ALL,
    };
    let mut kept: Map<String, Value> = all.into_iter().filter(|(name, _)| keep(name)).collect();
    if let Some(metadata) = kept.get_mut("metadata") {
        *metadata = named(metadata, fields.unwrap_or_default());
    }
    Value::Object(kept)
}

/// The instances of metadata that `metadata.<scope>.<template>` names; others are not told.
/// <https://developer.box.com/reference/resources/file--full>
fn named(metadata: &Value, fields: &[&str]) -> Value {
    let mut told = json!({});
    let named = fields.iter().filter_map(|field| field.strip_prefix("metadata.")?.split_once('.'));
    for (scope, template) in named {
        let template = template.split('.').next().unwrap_or_default();
        if let Some(instance) = metadata.get(scope).and_then(|scope| scope.get(template)) {
            told[scope][template] = instance.clone();
        }
    }
    told
}

/// `owned_by.login` asks for `owned_by`.
fn is_field(field: &str, name: &str) -> bool {
    field == name || field.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'))
}

/// `2026-11-22T02:00:00-08:00`, as Box writes times.
#[must_use]
pub fn time(ms: i64) -> String {
    let local = jiff::Timestamp::from_millisecond(ms - 8 * 3_600_000).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    local.strftime("%Y-%m-%dT%H:%M:%S-08:00").to_string()
}

/// A user in full.
#[must_use]
pub fn user(state: &State, user: &User) -> Value {
    json!({
        "type": "user",
        "id": user.id,
        "name": user.name,
        "login": user.login,
        "created_at": time(user.created_ms),
        "modified_at": time(user.modified_ms),
        "language": "en",
        "timezone": "Europe/Berlin",
        "space_amount": 10_737_418_240_u64,
        "space_used": state.items.values().filter(|i| i.owner == user.id).map(size).sum::<u64>(),
        "max_upload_size": 5_368_709_120_u64,
        "status": user.status.word(),
        "job_title": "",
        "phone": "",
        "address": "",
        "avatar_url": format!("https://app.box.com/api/avatar/large/{}", user.id),
        "notification_email": null,
        "role": user.role,
        "tracking_codes": [],
        "can_see_managed_users": true,
        "is_sync_enabled": true,
        "is_external_collab_restricted": false,
        "is_exempt_from_device_limits": false,
        "is_exempt_from_login_verification": false,
        "enterprise": {"type": "enterprise", "id": state.enterprise_id, "name": state.enterprise_name},
        "my_tags": [],
        "hostname": "https://example.app.box.com/",
        "is_platform_access_only": user.is_service,
    })
}

/// A user in few words; one who is gone keeps the id.
#[must_use]
pub fn user_mini(state: &State, id: &str) -> Value {
    match state.any_user(id) {
        Some(user) => json!({"type": "user", "id": user.id, "name": user.name, "login": user.login}),
        None => json!({"type": "user", "id": id, "name": "", "login": ""}),
    }
}

/// A group in full.
#[must_use]
pub fn group(group: &Group) -> Value {
    json!({
        "type": "group",
        "id": group.id,
        "name": group.name,
        "group_type": "managed_group",
        "created_at": time(group.created_ms),
        "modified_at": time(group.created_ms),
        "description": group.description,
        "invitability_level": "admins_and_members",
        "member_viewability_level": "admins_and_members",
        "permissions": {"can_invite_as_collaborator": true},
    })
}

/// A membership.
#[must_use]
pub fn membership(state: &State, group: &Group, member: &Member) -> Value {
    json!({
        "type": "group_membership",
        "id": member.id,
        "user": user_mini(state, &member.user),
        "group": {"type": "group", "id": group.id, "name": group.name, "group_type": "managed_group"},
        "role": if member.is_admin { "admin" } else { "member" },
        "created_at": time(group.created_ms),
        "modified_at": time(group.created_ms),
    })
}

fn size(item: &Item) -> u64 {
    item.head().map_or(0, |version| version.content.size())
}

/// "All Files" in few words.
#[must_use]
pub fn root_mini() -> Value {
    json!({"type": "folder", "id": "0", "sequence_id": null, "etag": null, "name": "All Files"})
}

/// A folder in few words.
#[must_use]
pub fn folder_mini(item: &Item) -> Value {
    json!({
        "type": "folder", "id": item.id.to_string(), "sequence_id": item.etag.to_string(),
        "etag": item.etag.to_string(), "name": item.name,
    })
}

/// An item in few words, as listings have it.
#[must_use]
pub fn item_mini(item: &Item) -> Value {
    let mut all = json!({
        "type": item.kind.word(), "id": item.id.to_string(), "sequence_id": item.etag.to_string(),
        "etag": item.etag.to_string(), "name": item.name,
    });
    match &item.kind {
        Kind::File(_) => {
            if let Some(head) = item.head() {
                all["sha1"] = json!(head.sha1());
                all["file_version"] =
                    json!({"type": "file_version", "id": head.id.to_string(), "sha1": head.sha1()});
            }
        }
        Kind::WebLink(url) => all["url"] = json!(url),
        Kind::Folder => {}
    }
    all
}

/// An item in full, as a user sees it.
#[must_use]
pub fn item(state: &State, viewer: &str, item: &Item) -> Value {
    let mut all = item_mini(item);
    let role = state.role(viewer, item).unwrap_or("viewer");
    let mut path = vec![root_mini()];
    path.extend(state.above(viewer, item).into_iter().map(folder_mini));
    let first = item.versions().first();
    let first = first.map_or(item.created_ms, |version| version.created_ms.unwrap_or(version.at_ms));
    let last = item.head();
    let last = last.map_or(item.modified_ms, |version| version.modified_ms.unwrap_or(version.at_ms));
    let trashed = state.is_trashed(item);
    let mut put = |name: &str, value: Value| all[name] = value;
    put("description", json!(item.description));
    put("parent", path.last().cloned().unwrap_or(Value::Null));
    put("path_collection", json!({"total_count": path.len(), "entries": path}));
    put("created_at", json!(time(item.created_ms)));
    put("modified_at", json!(time(item.modified_ms)));
    put("trashed_at", json!(item.trashed_ms.map(time)));
    put("purged_at", Value::Null);
    put("created_by", user_mini(state, &item.owner));
    put("modified_by", user_mini(state, &item.modified_by));
    put("owned_by", user_mini(state, &item.owner));
    put("shared_link", item.shared.as_deref().map_or(Value::Null, |access| shared_link(item, access)));
    put("item_status", json!(if trashed { "trashed" } else { "active" }));
    if matches!(item.kind, Kind::WebLink(_)) {
        return all;
    }
    put("content_created_at", json!(time(first)));
    put("content_modified_at", json!(time(last)));
    put(
        "size",
        json!(match item.kind {
            Kind::Folder =>
                state.subtree(item.id).iter().filter_map(|id| state.items.get(id)).map(size).sum(),
            _ => size(item),
        }),
    );
    put("has_collaborations", json!(state.collaborations.values().any(|c| c.item == item.id)));
    let is_outside = state.any_user(&item.owner).is_some_and(|owner| owner.outside.is_some());
    put("is_externally_owned", json!(is_outside));
    put("permissions", permissions(item, role));
    put("metadata", metadata(state, item));
    put("tags", json!(item.tags));
    if matches!(item.kind, Kind::File(_)) {
        put("version_number", json!(item.head().map_or(1, |head| head.number).to_string()));
        put("comment_count", json!(0));
        put("lock", Value::Null);
        put("extension", json!(item.name.rsplit_once('.').map_or("", |(_, extension)| extension)));
        put("is_package", json!(false));
    } else {
        put("folder_upload_email", Value::Null);
        put("sync_state", json!("not_synced"));
        put("can_non_owners_invite", json!(true));
    }
    all
}

fn permissions(item: &Item, role: &str) -> Value {
    let edits = ["owner", "co-owner", "editor"].contains(&role);
    let owns = ["owner", "co-owner"].contains(&role);
    let mut all = json!({
        "can_delete": edits, "can_download": may_download(role), "can_invite_collaborator": edits,
        "can_rename": edits, "can_set_share_access": owns, "can_share": edits, "can_upload": edits || role.contains("uploader"),
    });
    if matches!(item.kind, Kind::File(_)) {
        for name in [
            "can_annotate",
            "can_comment",
            "can_preview",
            "can_view_annotations_all",
            "can_view_annotations_self",
        ] {
            all[name] = json!(role != "uploader");
        }
    }
    all
}

fn metadata(state: &State, item: &Item) -> Value {
    let mut scopes: Map<String, Value> = Map::new();
    for (scope, template) in item.metadata.keys() {
        let Some(instance) = instance(state, item, scope, template) else { continue };
        // The enterprise's own scope has a short name.
        for scope in [Some(full_scope(state, scope)), Some(scope.clone()).filter(|_| scope != "global")] {
            let Some(scope) = scope else { continue };
            scopes.entry(scope).or_insert_with(|| json!({}))[template.as_str()] = instance.clone();
        }
    }
    Value::Object(scopes)
}

/// `enterprise` is short for the enterprise's own scope. <https://developer.box.com/guides/metadata/scopes>
pub(super) fn full_scope(state: &State, scope: &str) -> String {
    if scope == "enterprise" { format!("enterprise_{}", state.enterprise_id) } else { scope.to_owned() }
}

/// One metadata instance, with Box's own fields beside the template's.
#[must_use]
pub fn instance(state: &State, item: &Item, scope: &str, template: &str) -> Option<Value> {
    let mut all = item.metadata.get(&(scope.to_owned(), template.to_owned()))?.clone();
    let full = full_scope(state, scope);
    all["$parent"] = json!(format!("{}_{}", item.kind.word(), item.id));
    all["$template"] = json!(template);
    all["$scope"] = json!(full);
    if all["$version"].is_null() {
        all["$version"] = json!(0);
    }
    all["$type"] = json!(format!("{template}-{}", state.enterprise_id));
    all["$typeVersion"] = json!(0);
    all["$id"] = json!(format!("00000000-0000-4000-8000-{:012x}", item.id & 0xffff_ffff_ffff));
    all["$canEdit"] = json!(true);
    Some(all)
}

fn shared_link(item: &Item, access: &str) -> Value {
    json!({
        "url": format!("https://app.box.com/s/{}", link_name(item)),
        "download_url": null,
        "vanity_url": null,
        "vanity_name": null,
        "access": access,
        "effective_access": access,
        "effective_permission": "can_download",
        "unshared_at": null,
        "is_password_enabled": false,
        "permissions": {"can_download": true, "can_preview": true, "can_edit": false},
        "download_count": 0,
        "preview_count": 0,
    })
}

/// The last part of an item's shared link.
#[must_use]
pub fn link_name(item: &Item) -> String {
    format!("s{:016x}{:016x}", crate::content::mix(&[item.id]), crate::content::mix(&[item.id, 1]))
}

/// A version in full.
#[must_use]
pub fn version(state: &State, item: &Item, version: &Version) -> Value {
    json!({
        "type": "file_version",
        "id": version.id.to_string(),
        "sha1": version.sha1(),
        "name": item.name,
        "size": version.content.size(),
        "created_at": time(version.at_ms),
        "modified_at": time(version.at_ms),
        "modified_by": user_mini(state, &version.by),
        "trashed_at": null,
        "restored_at": null,
        "purged_at": null,
        "uploader_display_name": state.any_user(&version.by).map_or("", |user| user.name.as_str()),
        "version_number": version.number.to_string(),
    })
}

/// A collaboration.
#[must_use]
pub fn collaboration(state: &State, given: &Collaboration) -> Value {
    let person = |id: &str| {
        let mut mini = user_mini(state, id);
        mini["is_active"] = json!(state.user(id).is_some());
        mini
    };
    let (to, email) = match &given.to {
        Grantee::User(id) => (person(id), None),
        Grantee::Group(id) => (
            state.group(id).map_or(
                Value::Null,
                |g| json!({"type": "group", "id": g.id, "name": g.name, "group_type": "managed_group"}),
            ),
            None,
        ),
        Grantee::Invited(address) => (Value::Null, Some(address)),
    };
    let mut all = json!({
        "type": "collaboration",
        "id": given.id.to_string(),
        "item": state.items.get(&given.item).map(item_mini),
        "invite_email": email,
        "role": given.role,
        "expires_at": null,
        "status": if email.is_some() { "pending" } else { "accepted" },
        "created_by": person(&given.by),
        "created_at": time(given.at_ms),
        "modified_at": time(given.at_ms),
    });
    if !to.is_null() {
        all["accessible_by"] = to;
        all["acknowledged_at"] = json!(time(given.at_ms));
    }
    all
}
