//! Chunked uploads: a session, its parts, and the commit that makes a file or a new version of them.
//! <https://developer.box.com/guides/uploads/chunked>

pub(super) mod direct;
mod multipart;

use std::collections::BTreeMap;

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{Bytes, BytesMut};
use serde_json::{Value, json};

use super::call::{Call, Method};
use super::error::BoxError;
use super::events::on_item;
use super::folders::reach;
use super::model::{Item, Kind, Parent, Version};
use super::state::State;
use super::{resource, sample};
use crate::content::{hex, mix};
use crate::google::Answer;
use crate::google::drive::content::Content;

/// Writing needs this.
pub(super) const WRITE: &[&str] = &["root_readwrite"];
/// Smaller files go in one request: what the description says of the tag `Uploads (Chunked)`.
const LEAST_BYTES: u64 = 20_000_000;
const PART_BYTES: u64 = 8 * 1024 * 1024;
/// Sessions live for a week.
const SESSION_MS: i64 = 7 * 24 * 3_600_000;

/// Methods of uploads, on the host of their own.
pub(super) static METHODS: &[Method] = &[
    Method {
        id: "box.post_files_upload_sessions",
        http: "POST",
        path: "files/upload_sessions",
        scopes: WRITE,
        run: for_a_file,
    },
    Method {
        id: "box.post_files_id_upload_sessions",
        http: "POST",
        path: "files/{file_id}/upload_sessions",
        scopes: WRITE,
        run: for_a_version,
    },
    Method {
        id: "box.get_files_upload_sessions_id",
        http: "GET",
        path: "files/upload_sessions/{upload_session_id}",
        scopes: WRITE,
        run: status,
    },
    Method {
        id: "box.put_files_upload_sessions_id",
        http: "PUT",
        path: "files/upload_sessions/{upload_session_id}",
        scopes: WRITE,
        run: part,
    },
    Method {
        id: "box.delete_files_upload_sessions_id",
        http: "DELETE",
        path: "files/upload_sessions/{upload_session_id}",
        scopes: WRITE,
        run: abort,
    },
    Method {
        id: "box.get_files_upload_sessions_id_parts",
        http: "GET",
        path: "files/upload_sessions/{upload_session_id}/parts",
        scopes: WRITE,
        run: parts,
    },
    Method {
        id: "box.post_files_upload_sessions_id_commit",
        http: "POST",
        path: "files/upload_sessions/{upload_session_id}/commit",
        scopes: WRITE,
        run: commit,
    },
];

/// What a session makes.
#[derive(Clone, Debug)]
enum Target {
    File { parent: Parent, name: String },
    Version { file: u64, name: Option<String> },
}

/// A part that arrived.
#[derive(Clone, Debug)]
struct Part {
    id: String,
    sha1: String,
    bytes: Bytes,
}

/// An upload under way.
#[derive(Clone, Debug)]
pub struct Session {
    user: String,
    target: Target,
    size: u64,
    expires_ms: i64,
    /// By where they begin.
    parts: BTreeMap<u64, Part>,
}

impl Session {
    fn total_parts(&self) -> u64 {
        self.size.div_ceil(PART_BYTES)
    }

    /// The length that the part at this place has to have.
    fn length_at(&self, offset: u64) -> Option<u64> {
        (offset.is_multiple_of(PART_BYTES) && offset < self.size).then(|| PART_BYTES.min(self.size - offset))
    }
}

fn sha1(bytes: &[u8]) -> [u8; 20] {
    use sha1::Digest as _;
    sha1::Sha1::digest(bytes).into()
}

fn size(body: &Value) -> Result<u64, BoxError> {
    let refused = |code: &str, message: &str| Err(BoxError::new(400, code, message));
    match (&body["file_size"], body["file_size"].as_u64()) {
        (Value::Null, _) => refused("missing_file_size", "'file_size' is required"),
        (_, None) => refused("invalid_file_size", "'file_size' is a number of bytes"),
        (_, Some(size)) if size < LEAST_BYTES => {
            let message =
                format!("Invalid value '{size}'. Files below {LEAST_BYTES} bytes are uploaded directly");
            refused("file_size_too_small", &message)
        }
        (_, Some(size)) => Ok(size),
    }
}

fn taken(state: &State, parent: &Parent, name: &str) -> Result<(), BoxError> {
    let Some(other) = state.named(parent, name) else { return Ok(()) };
    let error = BoxError::new(409, "item_name_in_use", "Item with the same name already exists");
    Err(error.with_context(json!({"conflicts": resource::item_mini(other)})))
}

fn for_a_file(call: &Call) -> Result<Answer, BoxError> {
    let body = call.json()?;
    let size = size(&body)?;
    let name = body["file_name"].as_str().filter(|name| !name.is_empty());
    let missing = |code: &str, what: &str| BoxError::new(400, code, format!("'{what}' is required"));
    let name = direct::fit(name.ok_or_else(|| missing("missing_file_name", "file_name"))?)?;
    let folder = body["folder_id"].as_str().ok_or_else(|| missing("missing_destination", "folder_id"))?;
    let mut state = call.change();
    let parent = parent(call, &state, folder)?;
    taken(&state, &parent, name)?;
    let target = Target::File { parent, name: name.to_owned() };
    Ok(opened(call, &mut state, target, size))
}

/// The folder with this id, where the caller may upload to it; 0 is the caller's "All Files".
fn parent(call: &Call, state: &State, folder: &str) -> Result<Parent, BoxError> {
    if folder == "0" {
        return Ok(Parent::Root(call.user.clone()));
    }
    let found = folder.parse().ok().and_then(|id: u64| state.items.get(&id));
    let found = found.filter(|item| matches!(item.kind, Kind::Folder) && !state.is_trashed(item));
    let found = found.ok_or_else(|| BoxError::not_found("folder", folder))?;
    let role = state.role(&call.user, found).ok_or_else(|| BoxError::not_found("folder", folder))?;
    if may_upload(role) { Ok(Parent::Folder(found.id)) } else { Err(BoxError::forbidden()) }
}

/// Refuses who may not change the item.
fn may_edit(call: &Call, state: &State, item: &Item) -> Result<(), BoxError> {
    let role = state.role(&call.user, item).unwrap_or_default();
    if ["owner", "co-owner", "editor"].contains(&role) { Ok(()) } else { Err(BoxError::forbidden()) }
}

fn may_upload(role: &str) -> bool {
    ["owner", "co-owner", "editor"].contains(&role) || role.contains("uploader")
}

fn for_a_version(call: &Call) -> Result<Answer, BoxError> {
    let body = call.json()?;
    let size = size(&body)?;
    let mut state = call.change();
    let item = reach(call, &state, "file")?;
    may_edit(call, &state, item)?;
    let target = Target::Version { file: item.id, name: body["file_name"].as_str().map(str::to_owned) };
    Ok(opened(call, &mut state, target, size))
}

fn opened(call: &Call, state: &mut State, target: Target, size: u64) -> Answer {
    let number = state.new_id();
    let id = format!("{:016X}{:016X}", mix(&[number]), mix(&[number, 1]));
    let expires_ms = call.world.clock.now_ms() + SESSION_MS;
    let session = Session { user: call.user.clone(), target, size, expires_ms, parts: BTreeMap::new() };
    let answer = described(call, &id, &session);
    state.uploads.insert(id, session);
    Answer::json(answer).status(StatusCode::CREATED)
}

fn described(call: &Call, id: &str, session: &Session) -> Value {
    let base = if super::is_box_host(&call.host) { "https://upload.box.com" } else { &call.world.base_url };
    let address = |rest: &str| format!("{base}/api/2.0/files/upload_sessions/{id}{rest}");
    json!({
        "id": id,
        "type": "upload_session",
        "session_expires_at": resource::time(session.expires_ms),
        "part_size": PART_BYTES,
        "total_parts": session.total_parts(),
        "num_parts_processed": session.parts.len(),
        "session_endpoints": {
            "upload_part": address(""), "commit": address("/commit"), "abort": address(""),
            "list_parts": address("/parts"), "status": address(""), "log_event": address("/log"),
        },
    })
}

/// The session that a call names, if it is the caller's and lives.
fn session<'s>(call: &Call, state: &'s State) -> Result<(&'s str, &'s Session), BoxError> {
    let id = call.path("upload_session_id");
    let now = call.world.clock.now_ms();
    let found = state.uploads.get_key_value(id);
    let found = found.filter(|(_, session)| session.user == call.user && session.expires_ms > now);
    found.map(|(id, session)| (id.as_str(), session)).ok_or_else(|| BoxError::not_found("upload_session", id))
}

fn status(call: &Call) -> Result<Answer, BoxError> {
    let state = call.state();
    let (id, session) = session(call, &state)?;
    Ok(Answer::json(described(call, id, session)))
}

fn abort(call: &Call) -> Result<Answer, BoxError> {
    let mut state = call.change();
    let id = session(call, &state)?.0.to_owned();
    state.uploads.remove(&id);
    Ok(Answer::nothing().status(StatusCode::NO_CONTENT))
}

/// The hash in the header `Digest: sha=<base64>`.
fn digest(call: &Call) -> Result<[u8; 20], BoxError> {
    let given = call.header("digest").and_then(|text| text.strip_prefix("sha="));
    let bytes = given.and_then(|text| STANDARD.decode(text).ok()).and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or_else(|| BoxError::bad_parameter("digest", "A digest 'sha=<base64 of the SHA-1>' is required"))
}

/// `bytes 0-8388607/20000000`
fn range(call: &Call) -> Option<(u64, u64, u64)> {
    let (range, size) = call.header("content-range")?.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    Some((first.parse().ok()?, last.parse().ok()?, size.parse().ok()?))
}

fn part(call: &Call) -> Result<Answer, BoxError> {
    let (digest, range) = (digest(call)?, range(call));
    let mut state = call.change();
    let (id, session) = session(call, &state)?;
    let fits = |(first, last, size): &(u64, u64, u64)| {
        let length = last.checked_sub(*first).map(|length| length + 1);
        *size == session.size
            && length.is_some()
            && session.length_at(*first) == length
            && length == Some(call.body.len() as u64)
    };
    let Some((offset, ..)) = range.filter(fits) else {
        let message = format!("Parts begin at multiples of {PART_BYTES} and are as long, but for the last");
        return Err(BoxError::new(416, "range_not_satisfiable", message));
    };
    let actual = sha1(&call.body);
    if actual != digest {
        return Err(BoxError::new(412, "precondition_failed", "The digest is not that of the part"));
    }
    let id = id.to_owned();
    let part = Part {
        id: format!("{:08X}", mix(&[state.new_id()]) & 0xffff_ffff),
        sha1: hex(&actual),
        bytes: call.body.clone(),
    };
    let answer = json!({"part": told(offset, &part)});
    if let Some(session) = state.uploads.get_mut(&id) {
        session.parts.insert(offset, part);
    }
    Ok(Answer::json(answer))
}

fn told(offset: u64, part: &Part) -> Value {
    json!({"part_id": part.id, "offset": offset, "size": part.bytes.len(), "sha1": part.sha1})
}

fn parts(call: &Call) -> Result<Answer, BoxError> {
    let state = call.state();
    let (_, session) = session(call, &state)?;
    let all: Vec<Value> = session.parts.iter().map(|(offset, part)| told(*offset, part)).collect();
    call.by_offset(&all, None, 1000)
}

fn commit(call: &Call) -> Result<Answer, BoxError> {
    let (digest, body) = (digest(call)?, call.json()?);
    let mut state = call.change();
    let (id, session) = session(call, &state)?;
    let named = body["parts"].as_array().map(Vec::as_slice).unwrap_or_default();
    let is_named = |(offset, part): (&u64, &Part)| {
        named.iter().any(|one| one["part_id"] == part.id.as_str() && one["offset"] == *offset)
    };
    let is_whole = session.parts.len() as u64 == session.total_parts() && session.parts.iter().all(is_named);
    if !is_whole {
        let message = "Not all parts were uploaded, or not all are named";
        return Err(BoxError::new(400, "bad_request", message));
    }
    let mut bytes = BytesMut::with_capacity(usize::try_from(session.size).unwrap_or(0));
    session.parts.values().for_each(|part| bytes.extend_from_slice(&part.bytes));
    if sha1(&bytes) != digest {
        return Err(BoxError::new(412, "precondition_failed", "The digest is not that of the file"));
    }
    let (id, target) = (id.to_owned(), session.target.clone());
    let upload = Upload { content: Content::Held(bytes.freeze()), created_ms: None, modified_ms: None };
    let item = finished(call, &mut state, target, upload)?;
    state.uploads.remove(&id);
    answered(call, &state, item).map(|answer| answer.status(StatusCode::CREATED))
}

/// The file that an upload made, in a list of one.
fn answered(call: &Call, state: &State, id: u64) -> Result<Answer, BoxError> {
    let item = state.items.get(&id).ok_or_else(|| BoxError::not_found("file", &id.to_string()))?;
    let file = call.select(resource::item(state, &call.user, item), resource::ITEM);
    Ok(Answer::json(json!({"total_count": 1, "entries": [file]})))
}

/// Bytes that arrived, with what the uploader says of their times.
struct Upload {
    content: Content,
    created_ms: Option<i64>,
    modified_ms: Option<i64>,
}

impl Upload {
    fn version(self, id: u64, number: u64, now: i64, by: &str) -> Version {
        let mut version = Version::new(id, number, self.content, now, by);
        (version.created_ms, version.modified_ms) = (self.created_ms, self.modified_ms);
        version
    }
}

/// The file, new or in a new version.
fn finished(call: &Call, state: &mut State, target: Target, upload: Upload) -> Result<u64, BoxError> {
    let (now, by) = (call.world.clock.now_ms(), call.user.clone());
    let id = state.new_id();
    let item = match target {
        Target::File { parent, name } => {
            taken(state, &parent, &name)?;
            let owner = match &parent {
                Parent::Root(owner) => owner.clone(),
                Parent::Folder(folder) => {
                    let found = state.items.get(folder).map(|folder| folder.owner.clone());
                    found.ok_or_else(|| BoxError::not_found("folder", &folder.to_string()))?
                }
            };
            let kind = Kind::File(vec![upload.version(id, 1, now, &by)]);
            let mut made = sample::item(state, &owner, parent, &name, kind, now);
            made.modified_by.clone_from(&by);
            state.place(made)
        }
        Target::Version { file, name } => {
            let gone = || BoxError::not_found("file", &file.to_string());
            let found = state.items.get_mut(&file).ok_or_else(gone)?;
            let Kind::File(versions) = &mut found.kind else { return Err(gone()) };
            let number = versions.last().map_or(1, |last| last.number + 1);
            versions.push(upload.version(id, number, now, &by));
            found.name = name.unwrap_or_else(|| found.name.clone());
            found.etag += 1;
            (found.modified_ms, found.modified_by) = (now, by.clone());
            file
        }
    };
    if let Some(made) = state.items.get(&item).cloned() {
        on_item(state, now, &by, ("ITEM_UPLOAD", "UPLOAD"), &made);
    }
    Ok(item)
}
