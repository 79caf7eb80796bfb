//! `revisions.*`: earlier states of a file
//! (<https://developers.google.com/workspace/drive/api/guides/manage-revisions>).

use serde_json::json;

use super::access;
use super::file::{File, Role};
use super::media;
use super::resource::View;
use crate::google::{Answer, Call, Fields, GoogleError, paging};

const DEFAULT: &str = "kind,id,mimeType,modifiedTime";

/// `drive.revisions.list`, oldest first.
pub(super) fn list(call: &Call) -> Result<Answer, GoogleError> {
    let drives = &call.world.google.drive;
    let people = drives.people(&call.world);
    let state = drives.read();
    let (file, role) = access::file(call, &state)?;
    check(file, role)?;
    let page_size = super::page_size(call, 200, 1000)?;
    let start = super::offset(paging::open(call)?)?.min(file.revisions.len());
    let end = (start + page_size).min(file.revisions.len());
    let fields = match call.query("fields") {
        None => Fields::parse(Some(DEFAULT))?,
        Some(_) => call.fields.below("revisions").unwrap_or(Fields::Some(Vec::new())),
    };
    let docs = drives.docs(call);
    let view =
        View { state: &state, people: &people, store: drives.store(), user: call.user()?, docs: &docs };
    let page: Vec<_> = file.revisions[start..end].iter().map(|r| view.revision(file, r, &fields)).collect();
    let mut answer = json!({"kind": "drive#revisionList", "revisions": page});
    if end < file.revisions.len() {
        answer["nextPageToken"] = json!(paging::seal(call, &end.to_string()));
    }
    Ok(Answer::json(answer))
}

/// `drive.revisions.get`, with `alt=media` the bytes of a blob as they were.
pub(super) fn get(call: &Call) -> Result<Answer, GoogleError> {
    let drives = &call.world.google.drive;
    let people = drives.people(&call.world);
    let state = drives.read();
    let (file, role) = access::file(call, &state)?;
    check(file, role)?;
    let id = call.path("revisionId");
    let revision = match id {
        "head" => file.head(),
        _ => file.revisions.iter().find(|revision| revision.id == id),
    };
    let Some(revision) = revision else {
        return Err(GoogleError::new(404, "notFound", format!("Revision not found: {id}."))
            .at("parameter", "revisionId"));
    };
    if call.query("alt") == Some("media") {
        media::check_scope(call)?;
        return media::download(call, file, role, Some(revision));
    }
    let fields = match call.query("fields") {
        None => Fields::parse(Some(DEFAULT))?,
        Some(_) => call.fields.clone(),
    };
    let docs = drives.docs(call);
    let view =
        View { state: &state, people: &people, store: drives.store(), user: call.user()?, docs: &docs };
    Ok(Answer::json(view.revision(file, revision, &fields)))
}

/// Only who may edit sees revisions, and only files with content have them.
fn check(file: &File, role: Role) -> Result<(), GoogleError> {
    if file.revisions.is_empty() {
        return Err(GoogleError::new(403, "revisionsNotSupported", "The file does not support revisions."));
    }
    if role < Role::Writer { Err(access::not_permitted()) } else { Ok(()) }
}
