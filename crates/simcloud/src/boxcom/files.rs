//! Files: what is known of them, their versions, their bytes on the second host.
//! <https://developer.box.com/guides/downloads/file>, <https://developer.box.com/reference/get-files-id-content>

use axum::http::header::{ACCEPT_RANGES, CONTENT_DISPOSITION, CONTENT_RANGE, LOCATION, RANGE, RETRY_AFTER};
use axum::http::{HeaderMap, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use serde_json::Value;

use super::call::{Call, Method};
use super::error::BoxError;
use super::folders::{READ, one, reach, trashed};
use super::model::may_download;
use super::resource;
use crate::google::drive::content::Content;
use crate::google::{Answer, Body};
use crate::sync::read;
use crate::world::World;

/// Links to content work this long.
const LINK_SECONDS: i64 = 900;
const MAC_BYTES: usize = 16;

/// Methods about files.
pub(super) static METHODS: &[Method] = &[
    Method {
        id: "box.get_files_id",
        http: "GET",
        path: "files/{file_id}",
        scopes: READ,
        run: |c| one(c, "file"),
    },
    Method {
        id: "box.get_files_id_content",
        http: "GET",
        path: "files/{file_id}/content",
        scopes: READ,
        run: content,
    },
    Method {
        id: "box.get_files_id_versions",
        http: "GET",
        path: "files/{file_id}/versions",
        scopes: READ,
        run: versions,
    },
    Method {
        id: "box.get_files_id_versions_id",
        http: "GET",
        path: "files/{file_id}/versions/{file_version_id}",
        scopes: READ,
        run: version,
    },
    Method {
        id: "box.get_files_id_trash",
        http: "GET",
        path: "files/{file_id}/trash",
        scopes: READ,
        run: |c| trashed(c, "file"),
    },
];

/// The versions before the current one, newest first.
fn versions(call: &Call) -> Result<Answer, BoxError> {
    let state = call.state();
    let item = reach(call, &state, "file")?;
    let count = item.versions().len();
    let all: Vec<Value> = item
        .versions()
        .iter()
        .take(count.saturating_sub(1))
        .rev()
        .map(|version| call.select(resource::version(&state, item, version), resource::VERSION))
        .collect();
    call.by_offset(&all, None, 1000)
}

fn version(call: &Call) -> Result<Answer, BoxError> {
    let id = call.path("file_version_id");
    let state = call.state();
    let item = reach(call, &state, "file")?;
    let found = item.versions().iter().find(|version| version.id.to_string() == id);
    let found = found.ok_or_else(|| BoxError::not_found("file_version", id))?;
    Ok(Answer::json(call.select(resource::version(&state, item, found), resource::VERSION)))
}

/// 302 to the second host; 202 while the file is not ready.
fn content(call: &Call) -> Result<Answer, BoxError> {
    let (item, version) = {
        let state = call.state();
        let item = reach(call, &state, "file")?;
        if !state.role(&call.user, item).is_some_and(may_download) {
            return Err(BoxError::forbidden());
        }
        let version = match call.query("version") {
            None => item.head(),
            Some(id) => item.versions().iter().find(|version| version.id.to_string() == id),
        };
        (
            item.id,
            version
                .map(|version| version.id)
                .ok_or_else(|| BoxError::not_found("version", call.query("version").unwrap_or("")))?,
        )
    };
    let unready = call.change().items.get_mut(&item).is_some_and(|item| {
        let waits = item.unready > 0;
        item.unready = item.unready.saturating_sub(1);
        waits
    });
    if unready {
        return Ok(Answer::nothing().status(StatusCode::ACCEPTED).header(RETRY_AFTER, "1"));
    }
    let expires = call.world.clock.now_seconds() + LINK_SECONDS;
    let mut sealed = [item.to_be_bytes(), version.to_be_bytes(), expires.to_be_bytes()].concat();
    sealed.splice(0..0, mac(&call.world, &sealed));
    let base = if super::is_box_host(&call.host) {
        "https://dl.boxcloud.com"
    } else {
        &call.world.boxcom.content_url
    };
    let link = format!("{base}/d/1/{}/download", URL_SAFE_NO_PAD.encode(sealed));
    Ok(Answer::nothing().status(StatusCode::FOUND).header(LOCATION, &link))
}

fn mac(world: &World, message: &[u8]) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, &world.token_key);
    hmac::sign(&key, message).as_ref()[..MAC_BYTES].to_vec()
}

/// What a link to content stands for: the bytes and the file's number. Links are their own permission, for a while.
pub(super) fn linked(world: &World, path: &str) -> Option<(Content, String)> {
    let token = path.strip_prefix("/d/1/")?.strip_suffix("/download")?;
    let sealed = URL_SAFE_NO_PAD.decode(token).ok()?;
    let (given, message) = sealed.split_at_checked(MAC_BYTES)?;
    let number = |at: usize| Some(u64::from_be_bytes(message.get(at..at + 8)?.try_into().ok()?));
    let (item, version, expires) = (number(0)?, number(8)?, number(16)?);
    let is_alive = i64::try_from(expires).ok()? > world.clock.now_seconds();
    if given != mac(world, message) || !is_alive {
        return None;
    }
    let state = read(&world.boxcom.state);
    let item = state.items.get(&item)?;
    let version = item.versions().iter().find(|one| one.id == version)?;
    Some((world.google.drive.store().source(&version.content), item.id.to_string()))
}

/// The bytes, whole or the range that is asked for (RFC 9110, section 14.2).
pub(super) fn ranged(headers: &HeaderMap, content: &Content) -> Answer {
    let size = content.size();
    let asked = headers.get(RANGE).and_then(|value| value.to_str().ok()).and_then(|text| range(text, size));
    let (part, status) = match asked {
        None => (0..size, StatusCode::OK),
        Some(part) if part.start >= part.end => {
            let answer = Answer::nothing().status(StatusCode::RANGE_NOT_SATISFIABLE);
            return answer.header(CONTENT_RANGE, &format!("bytes */{size}"));
        }
        Some(part) => (part, StatusCode::PARTIAL_CONTENT),
    };
    // A file on disk that fails in the middle ends the body early, which the length tells the client.
    let pieces = content.pieces(part.clone()).map_while(Result::ok);
    let mut answer =
        Answer::blocks("application/octet-stream", Some(part.end - part.start), Box::new(pieces))
            .status(status)
            .header(ACCEPT_RANGES, "bytes")
            .header(CONTENT_DISPOSITION, "attachment");
    if status == StatusCode::PARTIAL_CONTENT {
        answer = answer.header(CONTENT_RANGE, &format!("bytes {}-{}/{size}", part.start, part.end - 1));
    }
    if size == 0 {
        answer.body = Body::Empty;
    }
    answer
}

/// One range, cut to the size; what is none counts as no header at all.
fn range(text: &str, size: u64) -> Option<std::ops::Range<u64>> {
    let (first, last) = text.strip_prefix("bytes=")?.trim().split_once('-')?;
    match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => Some(first..last.saturating_add(1).min(size)),
        (Ok(first), Err(_)) if last.is_empty() => Some(first..size),
        (Err(_), Ok(count)) if first.is_empty() => Some(size.saturating_sub(count)..size),
        _ => None,
    }
}
