//! Where an Item lies in a restic snapshot, and the metadata file beside it.
//!
//! Folders and file names come from ids and dates only. A folder holds some 300 Items at most, so that
//! a change rewrites little; its metadata is one `_items.jsonl`, a line per Item.

use std::collections::BTreeMap;

use holdfast_model::{ItemId, ItemMeta, MetaUpdate, Scope, SkipReason, folder_name};
use serde::{Deserialize, Serialize};

/// The metadata file of a leaf folder.
pub const ITEMS_FILE: &str = "_items.jsonl";

/// How deep hash digits go when folders fill up.
const DEEPEST_SHARD: usize = 5;

/// Folders that may hold an Item, relative to its Archive's folder, in order of preference: the next one
/// is used when one is full. Mail lies by the day it was received, which never changes; all else by the
/// hash of its id, so that renaming a folder in the Cloud moves nothing here.
pub fn candidates(scope: &Scope, item: &ItemId, meta: &ItemMeta) -> Vec<String> {
    let base = if scope.service.is_mail() { day(meta) } else { String::new() };
    let mut path = base;
    let mut candidates = vec![path.clone()];
    for digit in (0..DEEPEST_SHARD).filter_map(|level| folder_name(item.as_str(), level)) {
        if !path.is_empty() {
            path.push('/');
        }
        path.push(digit);
        candidates.push(path.clone());
    }
    candidates
}

fn day(meta: &ItemMeta) -> String {
    let date = meta.created.map(|at| at.to_zoned(jiff::tz::TimeZone::UTC).date());
    match date {
        Some(date) if (1970..=2199).contains(&date.year()) => {
            format!("{:04}/{:02}/{:02}", date.year(), date.month(), date.day())
        }
        _ => "undated".to_owned(),
    }
}

/// One line of `_items.jsonl`: all that is kept of an Item beside its bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ItemLine {
    /// The provider's id.
    pub id: ItemId,
    /// The state of the content that is kept.
    pub tag: Option<String>,
    /// Its files in this folder; none for what exists without bytes.
    #[serde(default)]
    pub files: Vec<LineFile>,
    /// The same bytes elsewhere in the Domain carry the same key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_key: Option<String>,
    /// Why its content is not kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skip: Option<SkipReason>,
    /// The metadata, real names included.
    pub meta: ItemMeta,
    /// Fields of a newer version, kept as they are.
    #[serde(flatten)]
    pub newer: serde_json::Map<String, serde_json::Value>,
}

/// The tag of a line, as the catalogue writes it: empty for none.
pub fn tag_of(line: &ItemLine) -> String {
    line.tag.clone().unwrap_or_default()
}

/// One file of an Item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineFile {
    /// Its name in the folder.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// Lower-case hexadecimal.
    pub sha256: String,
}

/// A change of one line.
pub enum LineEdit {
    /// The Item as it is now; metadata that the update does not state stays as it was.
    Put {
        /// The state of the content.
        tag: Option<String>,
        /// The files now.
        files: Vec<LineFile>,
        /// See [`ItemLine::content_key`].
        content_key: Option<String>,
        /// Why there is no content.
        skip: Option<SkipReason>,
        /// What is known of the metadata.
        meta: MetaUpdate,
    },
    /// New metadata, same content.
    Meta(MetaUpdate),
    /// The Item vanished.
    Remove,
}

/// The metadata file after the edits; `None` when no line is left. A line that this version cannot read is kept
/// as it is.
pub fn edit_lines(
    old: Option<&[u8]>,
    edits: BTreeMap<ItemId, LineEdit>,
) -> Result<Option<Vec<u8>>, serde_json::Error> {
    let mut lines: BTreeMap<ItemId, ItemLine> = BTreeMap::new();
    let mut unreadable: Vec<&[u8]> = Vec::new();
    for line in old.unwrap_or_default().split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        match serde_json::from_slice::<ItemLine>(line) {
            Ok(line) => {
                lines.insert(line.id.clone(), line);
            }
            Err(_) => unreadable.push(line),
        }
    }
    for (id, edit) in edits {
        match edit {
            LineEdit::Remove => {
                lines.remove(&id);
            }
            LineEdit::Meta(update) => {
                if let Some(line) = lines.get_mut(&id) {
                    // What is missing of the same content is still missing, though a listing does not tell.
                    let left_out = line.meta.left_out.clone();
                    line.meta = update.apply(std::mem::take(&mut line.meta));
                    if line.meta.left_out.is_empty() {
                        line.meta.left_out = left_out;
                    }
                }
            }
            LineEdit::Put { tag, files, content_key, skip, meta } => {
                let old = lines.remove(&id);
                let (old_meta, newer) = old.map(|line| (line.meta, line.newer)).unwrap_or_default();
                let meta = meta.apply(old_meta);
                lines.insert(id.clone(), ItemLine { id, tag, files, content_key, skip, meta, newer });
            }
        }
    }
    if lines.is_empty() && unreadable.is_empty() {
        return Ok(None);
    }
    let mut text = Vec::new();
    for line in unreadable {
        text.extend_from_slice(line);
        text.push(b'\n');
    }
    for line in lines.values() {
        serde_json::to_writer(&mut text, line)?;
        text.push(b'\n');
    }
    Ok(Some(text))
}

/// The lines of a metadata file, and how many could not be read.
pub fn read_lines(text: &[u8]) -> (Vec<ItemLine>, usize) {
    let mut unreadable = 0;
    let lines = text
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .filter_map(|line| match serde_json::from_slice(line) {
            Ok(line) => Some(line),
            Err(_) => {
                unreadable += 1;
                None
            }
        })
        .collect();
    (lines, unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use holdfast_model::{Owner, PartLeftOut, Service};

    fn scope(service: Service) -> Scope {
        Scope { owner: Owner::User("1".into()), service }
    }

    fn put(tag: &str, meta: MetaUpdate) -> LineEdit {
        LineEdit::Put { tag: Some(tag.into()), files: Vec::new(), content_key: None, skip: None, meta }
    }

    #[test]
    fn mail_lies_by_day_and_spills_into_hash_folders() {
        let meta = ItemMeta { created: Some("2024-03-05T23:59:59Z".parse().unwrap()), ..ItemMeta::default() };
        let folders = candidates(&scope(Service::Gmail), &"18c2".into(), &meta);
        assert_eq!(folders[0], "2024/03/05");
        assert_eq!(folders.len(), 6);
        assert!(folders[1].starts_with("2024/03/05/") && folders[2].starts_with(&folders[1]));
    }

    #[test]
    fn impossible_dates_get_a_folder_too() {
        for at in [
            None,
            Some("-009999-01-02T01:59:59Z".parse().unwrap()),
            Some("9999-12-01T00:00:00Z".parse().unwrap()),
        ] {
            let meta = ItemMeta { created: at, ..ItemMeta::default() };
            assert_eq!(candidates(&scope(Service::Gmail), &"1".into(), &meta)[0], "undated");
        }
    }

    #[test]
    fn edits_keep_what_they_do_not_name() {
        let full = MetaUpdate::Full(Box::new(ItemMeta { name: Some("a".into()), ..ItemMeta::default() }));
        let one = edit_lines(None, BTreeMap::from([("1".into(), put("t", full))])).unwrap().unwrap();
        let mut with_noise = one.clone();
        with_noise.extend_from_slice(b"{\"id\":7,\"what\":\"a later version\"}\n");
        let labels = LineEdit::Meta(MetaUpdate::SetLabels { labels: vec!["L".into()] });
        let two = edit_lines(Some(&with_noise), BTreeMap::from([("1".into(), labels)])).unwrap().unwrap();
        let (lines, unreadable) = read_lines(&two);
        assert_eq!((lines.len(), unreadable), (1, 1));
        assert_eq!(lines[0].meta.name.as_deref(), Some("a"));
        assert_eq!(lines[0].meta.labels, ["L"]);
        assert_eq!(edit_lines(Some(&one), BTreeMap::from([("1".into(), LineEdit::Remove)])).unwrap(), None);
    }

    #[test]
    fn a_part_that_is_missing_stays_explained_until_the_content_is_another() {
        let part = PartLeftOut { part: "photo".into(), reason: "gone".into(), detail: "HTTP 404".into() };
        let meta = ItemMeta { left_out: vec![part.clone()], ..ItemMeta::default() };
        let full = |meta: ItemMeta| MetaUpdate::Full(Box::new(meta));
        let edit = |old: Option<&[u8]>, edit| edit_lines(old, BTreeMap::from([("1".into(), edit)])).unwrap();
        let one = edit(None, put("t", full(meta))).unwrap();
        let listed = ItemMeta { name: Some("listed again".into()), ..ItemMeta::default() };
        let two = edit(Some(&one), LineEdit::Meta(full(listed.clone()))).unwrap();
        let line = read_lines(&two).0.remove(0);
        assert_eq!((line.meta.name.as_deref(), line.meta.left_out), (Some("listed again"), vec![part]));
        let three = edit(Some(&two), put("other", full(listed))).unwrap();
        assert_eq!(read_lines(&three).0[0].meta.left_out, []);
    }
}
