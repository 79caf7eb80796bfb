//! Previous versions of files, where the Policy keeps them: Items of their own, whose bytes never change.
//! <https://developer.box.com/reference/get-files-id-versions>

use holdfast_model::{ContentHash, HashKind, ItemId, ItemMeta, MetaUpdate, SkipReason, Timestamp, UserId};
use serde_json::{Map, Value, json};

use super::content::{Blob, content};
use super::file::{Entry, is_too_large, plain_extension};
use super::files::{A_PAGE, Files, naming};
use super::scopes;
use super::wire::{Page, is_id, text_of};
use crate::contract::{CloudError, ContentTag, ErrorKind, Opened, Reach, Upsert};

/// Everything that is asked for of a version.
const FIELDS: &str = "type,id,sha1,name,size,created_at,modified_at,modified_by,trashed_at,restored_at,purged_at,\
    uploader_display_name,version_number";
const WORD: &str = "version";

/// What the ids of a file's previous versions begin with.
pub(super) fn prefix(file: &str) -> String {
    format!("{WORD}{file}x")
}

/// The file and the version that one of our ids stands for.
pub(super) fn split(id: &ItemId) -> Option<(&str, &str)> {
    id.as_str().strip_prefix(WORD)?.split_once('x').filter(|(file, version)| is_id(file) && is_id(version))
}

/// The previous versions of a file that the Policy keeps, oldest last; nothing is asked where there can be none.
pub(super) async fn of(
    files: &Files,
    reach: &Reach,
    user: &UserId,
    entry: &Entry,
) -> Result<Vec<Upsert>, CloudError> {
    let is_wanted = reach.policy.previous_versions && entry.may_have_previous_versions();
    if !is_wanted || entry.skip(reach).is_some() {
        return Ok(Vec::new());
    }
    let (mut found, mut offset) = (Vec::new(), 0_u64);
    loop {
        let from = offset.to_string();
        let query = [("fields", FIELDS), ("limit", A_PAGE), ("offset", from.as_str())];
        let page: Page = match files.json(Some(user), &["files", &entry.id, "versions"], &query).await {
            Ok(page) => page,
            // The file went meanwhile; the next events tell so.
            Err(error) if error.kind == ErrorKind::Gone => return Ok(Vec::new()),
            Err(error) => return Err(naming(error, scopes::READ)),
        };
        offset += page.entries.len() as u64;
        let is_last = page.entries.is_empty() || offset >= page.total_count.unwrap_or(0);
        for version in page.entries {
            let version = Version::from_value(entry.id.as_str(), version)?;
            if !version.is_trashed() {
                found.push(version.upsert(reach, entry));
            }
        }
        if is_last {
            return Ok(found);
        }
    }
}

/// See [`crate::contract::Cloud::open`].
pub(super) async fn open(
    files: &Files,
    reach: &Reach,
    user: &UserId,
    (file, id): (&str, &str),
    told: Option<&ItemMeta>,
) -> Result<Opened, CloudError> {
    let (version, meta) = match told.and_then(|meta| Version::from_meta((file, id), meta)) {
        Some(told) => told,
        None => {
            // What was told is not at hand any more: the file and this version as they are now.
            let entry = files.item(user, super::file::Kind::File, file).await?;
            if !entry.belongs_to(reach, user) {
                return Err(CloudError::new(
                    ErrorKind::Gone,
                    "notKept",
                    "the backup settings no longer keep it",
                ));
            }
            let all: Value = files
                .json(Some(user), &["files", file, "versions", id], &[("fields", FIELDS)])
                .await
                .map_err(|error| naming(error, scopes::READ))?;
            let version = Version::from_value(file, all)?;
            let meta = version.meta(&entry.meta());
            (version, meta)
        }
    };
    if let Some(reason) = version.skip(reach) {
        return Err(CloudError::new(ErrorKind::Skip(reason), "skipped", reason.sentence()));
    }
    let blob = Blob {
        file: file.to_owned(),
        version: Some(id.to_owned()),
        size: version.size(),
        hash: version.hash(),
        extension: plain_extension(meta.name.as_deref().unwrap_or_default()),
        modified: meta.modified,
    };
    let contents = vec![content(files, user, blob).await?];
    Ok(Opened { tag: version.tag(), content_key: Some(version.content_key()), meta, contents })
}

/// A previous version as Box tells it.
struct Version {
    file: String,
    id: String,
    all: Map<String, Value>,
}

impl Version {
    fn from_value(file: &str, value: Value) -> Result<Self, CloudError> {
        let id = value.get("id").and_then(Value::as_str).filter(|id| is_id(id)).map(str::to_owned);
        match (value, id) {
            (Value::Object(all), Some(id)) => Ok(Self { file: file.to_owned(), id, all }),
            _ => Err(CloudError::new(ErrorKind::Fatal, "unexpectedShape", "a version without an id")),
        }
    }

    /// As the change feed told it.
    fn from_meta((file, id): (&str, &str), meta: &ItemMeta) -> Option<(Self, ItemMeta)> {
        let version = Self { file: file.to_owned(), id: id.to_owned(), all: meta.more.clone() };
        (version.size().is_some() && version.hash().is_some()).then(|| (version, meta.clone()))
    }

    fn text(&self, field: &str) -> Option<&str> {
        self.all.get(field).and_then(Value::as_str)
    }

    fn time(&self, field: &str) -> Option<Timestamp> {
        self.text(field)?.parse().ok()
    }

    fn is_trashed(&self) -> bool {
        self.time("trashed_at").is_some() && self.time("restored_at").is_none()
    }

    fn size(&self) -> Option<u64> {
        self.all.get("size").and_then(Value::as_u64)
    }

    fn hash(&self) -> Option<ContentHash> {
        let value = self.text("sha1").filter(|value| value.len() == 40)?.to_ascii_lowercase();
        Some(ContentHash { kind: HashKind::Sha1, value })
    }

    fn tag(&self) -> ContentTag {
        ContentTag(format!("version:{}", self.id))
    }

    /// The same as when it was the current one, so that its bytes are not fetched again.
    fn content_key(&self) -> String {
        super::file::key_of_content(&self.file, &self.id)
    }

    fn skip(&self, reach: &Reach) -> Option<SkipReason> {
        is_too_large(reach, self.size()).then_some(SkipReason::ExcludedByPolicy)
    }

    /// It lies beside its file, under the name that it had then with its number.
    fn meta(&self, of_file: &ItemMeta) -> ItemMeta {
        let number = self.all.get("version_number").and_then(text_of).unwrap_or_else(|| self.id.clone());
        let name = self.text("name").or(of_file.name.as_deref()).unwrap_or_default();
        let name = match name.rsplit_once('.') {
            Some((stem, end)) if !stem.is_empty() => format!("{stem} (version {number}).{end}"),
            _ => format!("{name} (version {number})"),
        };
        let mut more = self.all.clone();
        more.retain(|field, value| field != "id" && !value.is_null());
        more.insert("file".to_owned(), json!({ "type": "file", "id": self.file }));
        ItemMeta {
            name: Some(name),
            parents: of_file.parents.clone(),
            created: self.time("created_at"),
            modified: self.time("modified_at").or_else(|| self.time("created_at")),
            more,
            ..ItemMeta::default()
        }
    }

    fn upsert(&self, reach: &Reach, file: &Entry) -> Upsert {
        let meta = self.meta(&file.meta());
        Upsert {
            id: ItemId(format!("{}{}", prefix(&self.file), self.id)),
            tag: Some(self.tag()),
            size: self.size(),
            content_key: Some(self.content_key()),
            skip: self.skip(reach),
            newness: meta.modified.map_or(1, |time| time.as_millisecond()),
            meta: MetaUpdate::Full(Box::new(meta)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_names_a_file_and_its_version() {
        let rows = [
            ("version12x34", Some(("12", "34"))),
            ("version12x", None),
            ("versionx34", None),
            ("version12x34x5", None),
            ("12", None),
            ("folder12", None),
        ];
        for (id, expected) in rows {
            assert_eq!(split(&ItemId(id.to_owned())), expected, "{id}");
        }
        assert!("version12x34".starts_with(&prefix("12")) && !"version123x4".starts_with(&prefix("12")));
    }

    #[test]
    fn a_version_is_named_after_its_file_and_its_number() {
        let file = ItemMeta { name: Some("now.txt".to_owned()), ..ItemMeta::default() };
        for (name, number, expected) in [
            (json!("Plan.docx"), json!("3"), "Plan (version 3).docx"),
            (json!("Makefile"), json!(2), "Makefile (version 2)"),
            (json!(".profile"), json!("1"), ".profile (version 1)"),
            (Value::Null, Value::Null, "now (version 7).txt"),
        ] {
            let told = json!({ "id": "7", "name": name, "version_number": number });
            let version = Version::from_value("1", told).unwrap();
            assert_eq!(version.meta(&file).name.as_deref(), Some(expected));
        }
    }
}
