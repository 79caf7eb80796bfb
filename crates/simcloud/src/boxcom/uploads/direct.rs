//! Uploads in one request, and the check before one.
//! <https://developer.box.com/reference/post-files-content>,
//! <https://developer.box.com/reference/post-files-id-content>,
//! <https://developer.box.com/reference/options-files-content>

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::multipart::{self, Part};
use super::{Target, Upload, WRITE, answered, finished, may_edit, parent, sha1, taken};
use crate::boxcom::call::{Call, Method};
use crate::boxcom::error::BoxError;
use crate::boxcom::folders::reach;
use crate::boxcom::resource;
use crate::content::hex;
use crate::google::Answer;
use crate::google::drive::content::Content;

/// Larger files go in parts: what the description says of the tag `Uploads`. It names no error for them.
const MOST_BYTES: usize = 50_000_000;
/// Characters of a name.
const LONGEST_NAME: usize = 255;

/// Methods of uploads in one request.
pub(in crate::boxcom) static METHODS: &[Method] = &[
    Method { id: "box.post_files_content", http: "POST", path: "files/content", scopes: WRITE, run: file },
    Method {
        id: "box.options_files_content",
        http: "OPTIONS",
        path: "files/content",
        scopes: WRITE,
        run: check,
    },
    Method {
        id: "box.post_files_id_content",
        http: "POST",
        path: "files/{file_id}/content",
        scopes: WRITE,
        run: version,
    },
];

/// What a request uploads.
struct Sent {
    attributes: Value,
    content: Content,
    created_ms: Option<i64>,
    modified_ms: Option<i64>,
}

fn file(call: &Call) -> Result<Answer, BoxError> {
    let sent = sent(call)?;
    let name = name(&sent.attributes["name"])?;
    let mut state = call.change();
    let parent = parent(call, &state, &folder(&sent.attributes)?)?;
    taken(&state, &parent, &name)?;
    let id = finished(call, &mut state, Target::File { parent, name }, sent.upload())?;
    answered(call, &state, id).map(|answer| answer.status(StatusCode::CREATED))
}

/// The description has 200 for it; live answers have 201.
fn version(call: &Call) -> Result<Answer, BoxError> {
    let sent = sent(call)?;
    let renamed = match &sent.attributes["name"] {
        Value::Null => None,
        given => Some(name(given)?),
    };
    let mut state = call.change();
    let item = reach(call, &state, "file")?;
    may_edit(call, &state, item)?;
    if call.header("if-match").is_some_and(|etag| etag.trim_matches('"') != item.etag.to_string()) {
        let message = "The resource has been modified. Please retrieve the resource again and retry";
        return Err(BoxError::new(412, "precondition_failed", message));
    }
    let (file, place) = (item.id, item.parent.clone());
    if let Some(name) = &renamed
        && state.named(&place, name).is_some_and(|other| other.id != file)
    {
        taken(&state, &place, name)?;
    }
    let id = finished(call, &mut state, Target::Version { file, name: renamed }, sent.upload())?;
    answered(call, &state, id)
}

/// Whether an upload would be taken; the address that takes it.
fn check(call: &Call) -> Result<Answer, BoxError> {
    let body = call.json()?;
    let name = name(&body["name"])?;
    let state = call.state();
    let parent = parent(call, &state, &folder(&body)?)?;
    if let Some(other) = state.named(&parent, &name) {
        let error = BoxError::new(409, "item_name_in_use", "Item with the same name already exists");
        return Err(error.with_context(json!({"conflicts": [resource::item_mini(other)]})));
    }
    let base =
        if crate::boxcom::is_box_host(&call.host) { "https://upload.box.com" } else { &call.world.base_url };
    Ok(Answer::json(json!({"upload_url": format!("{base}/api/2.0/files/content")})))
}

impl Sent {
    fn upload(self) -> Upload {
        Upload { content: self.content, created_ms: self.created_ms, modified_ms: self.modified_ms }
    }
}

fn bad(code: &str, message: &str) -> BoxError {
    BoxError::new(400, code, message)
}

fn sent(call: &Call) -> Result<Sent, BoxError> {
    let form = multipart::parts(call.header("content-type").unwrap_or_default(), &call.body)
        .ok_or_else(|| bad("bad_request", "A form with attributes and a file is expected"))?;
    let place = |name: &str| form.iter().position(|part| part.name == name);
    let at = |place: Option<usize>| place.and_then(|place| form.get(place));
    let (attributes, file) = (place("attributes"), place("file"));
    if file.is_some_and(|file| attributes.is_none_or(|attributes| attributes > file)) {
        let message = "The attributes part has to come before the file part";
        return Err(bad("metadata_after_file_contents", message));
    }
    let (Some(attributes), Some(Part { bytes, .. })) = (at(attributes), at(file)) else {
        return Err(bad("bad_request", "attributes and file are required"));
    };
    if bytes.len() > MOST_BYTES {
        let message = format!("Files above {MOST_BYTES} bytes are uploaded in parts");
        return Err(bad("bad_request", &message));
    }
    let attributes: Value = serde_json::from_slice(&attributes.bytes)
        .map_err(|error| BoxError::bad_parameter("attributes", &format!("Invalid JSON: {error}")))?;
    if call.header("content-md5").is_some_and(|given| !given.eq_ignore_ascii_case(&hex(&sha1(bytes)))) {
        return Err(bad("bad_digest", "The specified content-md5 did not match what we received"));
    }
    let time = |name: &str| match &attributes[name] {
        Value::Null => Ok(None),
        given => {
            let at = given.as_str().and_then(|text| text.parse::<jiff::Timestamp>().ok());
            let at = at.ok_or_else(|| BoxError::bad_parameter(name, "a time in RFC 3339 is expected"));
            at.map(|at| Some(at.as_millisecond()))
        }
    };
    Ok(Sent {
        created_ms: time("content_created_at")?,
        modified_ms: time("content_modified_at")?,
        content: Content::Held(bytes.clone()),
        attributes,
    })
}

fn folder(attributes: &Value) -> Result<String, BoxError> {
    let id = attributes["parent"]["id"].as_str().map(str::to_owned);
    id.ok_or_else(|| BoxError::bad_parameter("parent", "'parent' is required"))
}

fn name(given: &Value) -> Result<String, BoxError> {
    let name = given.as_str().filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| BoxError::bad_parameter("name", "'name' is required"))?;
    fit(name).map(str::to_owned)
}

/// A name that Box takes: without control characters, slashes and trailing spaces, and neither `.` nor `..`.
/// <https://developer.box.com/reference/post-files-id-copy>, <https://developer.box.com/reference/post-folders>
pub(super) fn fit(name: &str) -> Result<&str, BoxError> {
    if name.chars().count() > LONGEST_NAME {
        return Err(bad("item_name_too_long", "Item name too long"));
    }
    let has_forbidden = name.contains(|c: char| c.is_ascii_control() || matches!(c, '/' | '\\'));
    if has_forbidden || name.ends_with(' ') || [".", ".."].contains(&name) {
        return Err(bad("item_name_invalid", "Item name invalid"));
    }
    Ok(name)
}
