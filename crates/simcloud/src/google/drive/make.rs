//! Making files: ids, revisions, MIME types by name.

use super::content::{Content, Style};
use super::export::Editor;
use super::file::{FOLDER, File, Home, Id, Kind, Revision, SHORTCUT};
use crate::content::mix;

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Letters and digits as in Google's ids, derived from numbers.
fn letters(parts: &[u64], count: usize) -> String {
    let base = mix(parts);
    (0..count).map(|at| char::from(LETTERS[(mix(&[base, at as u64]) % 64) as usize])).collect()
}

/// A file's id: 33 letters.
#[must_use]
pub(super) fn file_id(parts: &[u64]) -> Id {
    format!("1{}", letters(parts, 32)).into()
}

/// The id of a shared drive, or of the root of a My Drive: 19 letters.
#[must_use]
pub(super) fn root_id(parts: &[u64]) -> Id {
    format!("0A{}PVA", letters(parts, 14)).into()
}

/// A revision's id: a number in Docs editors files, letters otherwise.
#[must_use]
pub(super) fn revision_id(kind: &Kind, file: &str, number: usize) -> String {
    match kind {
        Kind::Editor(_) => (number + 1).to_string(),
        _ => format!("0B{}", letters(&[super::content::mix_text(5, file), number as u64], 28)),
    }
}

/// A file with nothing special about it.
#[must_use]
pub(super) fn file(id: Id, home: Home, parent: Option<Id>, name: &str, kind: Kind, at_ms: i64) -> File {
    let mime = match &kind {
        Kind::Folder => FOLDER,
        Kind::Shortcut(_) => SHORTCUT,
        Kind::Editor(editor) => editor.mime(),
        Kind::Blob => mime_of(name),
    };
    File {
        id,
        home,
        parent,
        name: name.to_owned(),
        mime: mime.to_owned(),
        kind,
        description: None,
        is_starred: false,
        created_ms: at_ms,
        modified_ms: at_ms,
        version: 1,
        revisions: Vec::new(),
        trashed_ms: None,
        shares: Vec::new(),
        is_locked_for_readers: false,
        is_abusive: false,
        ordinal: 0,
    }
}

/// Gives a file another state of its content.
pub(super) fn revise(file: &mut File, content: Content, at_ms: i64) {
    let id = revision_id(&file.kind, &file.id, file.revisions.len());
    file.revisions.push(Revision { id, modified_ms: at_ms, content });
    file.modified_ms = at_ms;
}

/// Made content for a file of this type.
#[must_use]
pub(super) fn content(seed: u64, size: u64, mime: &str) -> Content {
    let is_noise =
        ["image/", "video/", "audio/", "application/zip"].iter().any(|start| mime.starts_with(start));
    Content::Made { seed, size, style: if is_noise { Style::Noise } else { Style::Text } }
}

/// The kind of Docs editors file that control names.
#[must_use]
pub(super) fn editor_named(name: &str) -> Option<Editor> {
    Editor::ALL.into_iter().find(|editor| editor.mime().rsplit('.').next() == Some(name))
}

/// The MIME type that goes with a name's extension.
#[must_use]
pub(super) fn mime_of(name: &str) -> &'static str {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase();
    match extension.as_str() {
        "txt" | "log" => "text/plain",
        "csv" => "text/csv",
        "html" => "text/html",
        "json" => "application/json",
        "pdf" => "application/pdf",
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "mp4" => "video/mp4",
        "zip" => "application/zip",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "ics" => "text/calendar",
        "vcf" => "text/vcard",
        _ => "application/octet-stream",
    }
}
