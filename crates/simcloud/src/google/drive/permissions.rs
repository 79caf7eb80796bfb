//! `permissions.*`: who may do what with a file or a shared drive
//! (<https://developers.google.com/workspace/drive/api/guides/manage-sharing>).

use serde_json::{Value, json};

use super::access;
use super::file::Role;
use super::resource::View;
use crate::google::{Answer, Call, Fields, GoogleError, paging};

const DEFAULT: &str = "kind,id,type,role";

/// `drive.permissions.list`. For a shared drive `fileId` is the drive's id, and an admin of the domain may ask without
/// being a member.
pub(super) fn list(call: &Call) -> Result<Answer, GoogleError> {
    let all = permissions(call)?;
    // "If not set for files that are not in a shared drive, the entire list will be returned."
    let page_size = super::page_size(call, 100, 100)?;
    let start = super::offset(paging::open(call)?)?.min(all.len());
    let end = (start + page_size).min(all.len());
    let fields = fields(call, call.fields.below("permissions"))?;
    let page: Vec<Value> =
        all[start..end].iter().map(|permission| fields.select(permission.clone())).collect();
    let mut answer = json!({"kind": "drive#permissionList", "permissions": page});
    if end < all.len() {
        answer["nextPageToken"] = json!(paging::seal(call, &end.to_string()));
    }
    Ok(Answer::json(answer))
}

/// `drive.permissions.get`.
pub(super) fn get(call: &Call) -> Result<Answer, GoogleError> {
    let id = call.path("permissionId");
    let found = permissions(call)?.into_iter().find(|permission| permission["id"] == *id);
    let missing = || {
        GoogleError::new(404, "notFound", format!("Permission not found: {id}."))
            .at("parameter", "permissionId")
    };
    let fields = fields(call, Some(call.fields.clone()))?;
    Ok(Answer::json(fields.select(found.ok_or_else(missing)?)))
}

fn fields(call: &Call, wanted: Option<Fields>) -> Result<Fields, GoogleError> {
    match call.query("fields") {
        None => Fields::parse(Some(DEFAULT)),
        Some(_) => Ok(wanted.unwrap_or(Fields::Some(Vec::new()))),
    }
}

fn permissions(call: &Call) -> Result<Vec<Value>, GoogleError> {
    let drives = &call.world.google.drive;
    let is_admin = access::as_admin(call)?;
    let people = drives.people(&call.world);
    let state = drives.read();
    let docs = drives.docs(call);
    let view =
        View { state: &state, people: &people, store: drives.store(), user: call.user()?, docs: &docs };
    let id = call.path("fileId");
    if is_admin && state.drives.contains_key(id) {
        if !access::supports_all_drives(call)? {
            return Err(access::file_not_found(id));
        }
        let root = state.file(id).ok_or_else(|| access::file_not_found(id))?;
        return Ok(view.permissions(root));
    }
    let (file, role) = access::file(call, &state)?;
    // In shared drives every member sees the members; in My Drive only who may share sees the permissions.
    if file.home.drive().is_none() && role < Role::Writer {
        return Err(access::not_permitted());
    }
    Ok(view.permissions(file))
}
