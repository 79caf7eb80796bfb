//! Bytes: downloads with ranges, exports with their limit, export links without it
//! (<https://developers.google.com/workspace/drive/api/guides/manage-downloads>).

use axum::http::header::{CONTENT_DISPOSITION, CONTENT_RANGE, RANGE};
use axum::http::{HeaderMap, StatusCode};
use bytes::Bytes;

use super::access;
use super::content::Content;
use super::export::{EXPORT_LIMIT, Editor};
use super::file::{File, Kind, Revision, Role};
use crate::google::{Answer, Call, GoogleError};

/// Exports are sent in pieces and without a length, as Google does.
const EXPORT_PIECE: usize = 64 * 1024;

/// The content of one revision, whole or the range that is asked for.
pub(super) fn download(
    call: &Call,
    file: &File,
    role: Role,
    revision: Option<&Revision>,
) -> Result<Answer, GoogleError> {
    let Some(revision) = revision.filter(|_| file.kind == Kind::Blob) else {
        let message = "Only files with binary content can be downloaded. Use Export with Docs Editors files.";
        return Err(GoogleError::new(403, "fileNotDownloadable", message).at("parameter", "alt"));
    };
    if file.is_locked_for_readers && role < Role::Writer {
        return Err(GoogleError::new(
            403,
            "cannotDownloadFile",
            "This file cannot be downloaded by the user.",
        ));
    }
    check_abuse(call, file, role)?;
    let content = call.world.google.drive.store().source(&revision.content);
    Ok(ranged(&call.headers, &file.mime, &content))
}

/// A scope for metadata is none for content
/// (<https://developers.google.com/workspace/drive/api/guides/api-specific-auth>).
pub(super) fn check_scope(call: &Call) -> Result<(), GoogleError> {
    let reads = super::CONTENT.iter().any(|scope| call.principal.has_scope(scope));
    if reads { Ok(()) } else { Err(crate::google::auth::insufficient_scopes(call.method)) }
}

/// Malware is given only to its owner (or a manager of the shared drive), and only when they say that they know.
fn check_abuse(call: &Call, file: &File, role: Role) -> Result<(), GoogleError> {
    let acknowledges = call.flag("acknowledgeAbuse")?;
    match (file.is_abusive, acknowledges) {
        (true, true) if role >= Role::Organizer => Ok(()),
        (true, _) => {
            let message = "This file has been identified as malware or spam and cannot be downloaded.";
            Err(GoogleError::new(403, "cannotDownloadAbusiveFile", message))
        }
        (false, true) => {
            let message = "The abuse acknowledgment is valid only for files that were identified as abusive.";
            Err(GoogleError::new(403, "invalidAbuseAcknowledgment", message))
        }
        (false, false) => Ok(()),
    }
}

fn ranged(headers: &HeaderMap, mime: &str, content: &Content) -> Answer {
    let size = content.size();
    let asked = headers.get(RANGE).and_then(|value| value.to_str().ok());
    let (range, status) = match asked.map_or(Asked::Everything, |text| Asked::of(text, size)) {
        Asked::Everything => (0..size, StatusCode::OK),
        Asked::Part(range) => (range, StatusCode::PARTIAL_CONTENT),
        Asked::Nothing => {
            let error =
                GoogleError::new(416, "requestedRangeNotSatisfiable", "Request range not satisfiable")
                    .at("header", "Range");
            return Answer::from(error).header(CONTENT_RANGE, &format!("bytes */{size}"));
        }
    };
    // A file on disk that fails in the middle ends the body early, which the length tells the client.
    let pieces = content.pieces(range.clone()).map_while(Result::ok);
    let answer = Answer::blocks(mime, Some(range.end - range.start), Box::new(pieces))
        .status(status)
        .header(CONTENT_DISPOSITION, "attachment");
    if status == StatusCode::PARTIAL_CONTENT {
        return answer.header(CONTENT_RANGE, &format!("bytes {}-{}/{size}", range.start, range.end - 1));
    }
    answer
}

/// What a `Range` header asks for.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    Everything,
    Part(std::ops::Range<u64>),
    Nothing,
}

impl Asked {
    /// Reads one range; several, or what is none, count as no header at all (RFC 9110, section 14.2).
    fn of(text: &str, size: u64) -> Self {
        let Some((first, last)) = text.strip_prefix("bytes=").and_then(|range| range.trim().split_once('-'))
        else {
            return Asked::Everything;
        };
        let range = match (first.parse::<u64>(), last.parse::<u64>()) {
            (Ok(first), Ok(last)) if first <= last => first..last.saturating_add(1).min(size),
            (Ok(first), Err(_)) if last.is_empty() => first..size,
            (Err(_), Ok(count)) if first.is_empty() => size.saturating_sub(count)..size,
            _ => return Asked::Everything,
        };
        if range.start >= range.end { Asked::Nothing } else { Asked::Part(range) }
    }
}

/// `drive.files.export` (<https://developers.google.com/workspace/drive/api/reference/rest/v3/files/export>).
pub(super) fn export(call: &Call) -> Result<Answer, GoogleError> {
    let drives = &call.world.google.drive;
    let Some(mime) = call.query("mimeType") else {
        return Err(
            GoogleError::new(400, "required", "Required parameter: mimeType").at("parameter", "mimeType")
        );
    };
    let (file, editor, revision) = {
        let state = drives.read();
        let (file, role) = access::file(call, &state)?;
        let (editor, revision) = exportable(file, role, None)?;
        (file.clone(), editor, revision.clone())
    };
    let Some(format) = editor.formats().iter().find(|format| format.mime == mime) else {
        let message = "The requested conversion is not supported.";
        return Err(GoogleError::new(400, "badRequest", message).at("parameter", "convertTo"));
    };
    let bytes = drives.store().export(editor, &file, &revision, format.short);
    if bytes.len() as u64 > EXPORT_LIMIT {
        return Err(GoogleError::new(
            403,
            "exportSizeLimitExceeded",
            "This file is too large to be exported.",
        ));
    }
    Ok(exported(mime, bytes))
}

/// What stands behind a link of `exportLinks`: an export of any size.
pub(super) fn export_link(call: &Call) -> Result<Answer, GoogleError> {
    let drives = &call.world.google.drive;
    let id = call.query("id").unwrap_or("");
    let short = call.query("exportFormat").or_else(|| call.query("format")).unwrap_or("");
    let (file, editor, revision) = {
        let state = drives.read();
        let (file, role) = access::file_of(&state, call.user()?, id)?;
        let (editor, revision) = exportable(file, role, call.query("revision"))?;
        (file.clone(), editor, revision.clone())
    };
    let format = editor.formats().iter().find(|format| format.short == short);
    let Some(format) = format.filter(|_| call.method.path == editor.link_path().trim_start_matches('/'))
    else {
        return Err(GoogleError::new(400, "badRequest", "The requested conversion is not supported."));
    };
    Ok(exported(format.mime, drives.store().export(editor, &file, &revision, format.short)))
}

fn exportable<'f>(
    file: &'f File,
    role: Role,
    revision: Option<&str>,
) -> Result<(Editor, &'f Revision), GoogleError> {
    let editor = match file.kind {
        Kind::Editor(editor) if !editor.formats().is_empty() => editor,
        _ => {
            return Err(GoogleError::new(
                403,
                "fileNotExportable",
                "Export only supports Docs Editors files.",
            ));
        }
    };
    if file.is_locked_for_readers && role < Role::Writer {
        return Err(GoogleError::new(403, "cannotExportFile", "This file cannot be exported by the user."));
    }
    let found = match revision {
        None => file.head(),
        Some(id) => file.revisions.iter().find(|revision| revision.id == id),
    };
    found.map(|revision| (editor, revision)).ok_or_else(|| access::file_not_found(&file.id))
}

fn exported(mime: &str, bytes: Vec<u8>) -> Answer {
    let bytes = Bytes::from(bytes);
    let starts = (0..bytes.len()).step_by(EXPORT_PIECE);
    let pieces: Vec<Bytes> =
        starts.map(|start| bytes.slice(start..(start + EXPORT_PIECE).min(bytes.len()))).collect();
    Answer::blocks(mime, None, Box::new(pieces.into_iter()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_rfc_says() {
        for (text, expected) in [
            ("bytes=0-0", Asked::Part(0..1)),
            ("bytes=5-", Asked::Part(5..10)),
            ("bytes=-3", Asked::Part(7..10)),
            ("bytes=-30", Asked::Part(0..10)),
            ("bytes=8-99", Asked::Part(8..10)),
            ("bytes=10-", Asked::Nothing),
            ("bytes=10-12", Asked::Nothing),
            ("bytes=5-4", Asked::Everything),
            ("bytes=0-1,4-5", Asked::Everything),
            ("lines=0-1", Asked::Everything),
        ] {
            assert_eq!(Asked::of(text, 10), expected, "{text}");
        }
        assert_eq!(Asked::of("bytes=0-", 0), Asked::Nothing);
    }
}
