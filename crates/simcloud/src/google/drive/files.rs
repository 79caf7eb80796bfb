//! `files.get` and `about.get`.

use serde_json::{Map, Value, json};

use super::access;
use super::export::Editor;
use super::media;
use super::resource::{FILE_DEFAULT, View};
use crate::google::{Answer, Call, Fields, GoogleError};

/// Metadata, or with `alt=media` the content, of one file
/// (<https://developers.google.com/workspace/drive/api/reference/rest/v3/files/get>).
pub(super) fn get(call: &Call) -> Result<Answer, GoogleError> {
    let drives = &call.world.google.drive;
    let people = drives.people(&call.world);
    let state = drives.read();
    let (file, role) = access::file(call, &state)?;
    if call.query("alt") == Some("media") {
        media::check_scope(call)?;
        return media::download(call, file, role, file.head());
    }
    let docs = drives.docs(call);
    let view =
        View { state: &state, people: &people, store: drives.store(), user: call.user()?, docs: &docs };
    let fields = match call.query("fields") {
        None => Fields::parse(Some(FILE_DEFAULT))?,
        Some(_) => call.fields.clone(),
    };
    Ok(Answer::json(view.file(file, &fields)))
}

/// The user and what the service can do; it wants `fields`
/// (<https://developers.google.com/workspace/drive/api/reference/rest/v3/about/get>).
pub(super) fn about(call: &Call) -> Result<Answer, GoogleError> {
    let user = call.user()?;
    if call.query("fields").is_none() {
        let message = "The 'fields' parameter is required for this method.";
        return Err(GoogleError::new(400, "required", message).at("parameter", "fields"));
    }
    let people = call.world.google.drive.people(&call.world);
    let state = call.world.google.drive.read();
    let (mut used, mut trash) = (0, 0);
    for file in state.in_home(user) {
        let bytes = file.head().map_or(0, |revision| revision.content.size());
        used += bytes;
        if state.is_trashed(file) {
            trash += bytes;
        }
    }
    let formats: Map<String, Value> = Editor::ALL
        .into_iter()
        .filter(|editor| !editor.formats().is_empty())
        .map(|editor| (editor.mime().to_owned(), editor.formats().iter().map(|format| format.mime).collect()))
        .collect();
    Ok(Answer::json(json!({
        "kind": "drive#about",
        "user": people.user(user, user),
        "storageQuota": {
            "limit": "2199023255552",
            "usage": used.to_string(),
            "usageInDrive": used.to_string(),
            "usageInDriveTrash": trash.to_string(),
        },
        "exportFormats": formats,
        "importFormats": {},
        "maxImportSizes": {},
        "maxUploadSize": "5242880000000",
        "appInstalled": false,
        "canCreateDrives": true,
        "canCreateTeamDrives": true,
        "folderColorPalette": ["#8f8f8f"],
    })))
}
