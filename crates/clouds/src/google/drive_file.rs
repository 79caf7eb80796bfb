//! A file as Drive tells it, and what follows from it: whether it is kept, what names its content, its metadata.
//! <https://developers.google.com/workspace/drive/api/reference/rest/v3/files#File>

use holdfast_model::{
    ContentHash, DriveDocuments, ExportFormat, HashKind, ItemId, ItemMeta, MetaUpdate, Owner, SkipReason,
    Timestamp,
};
use serde_json::{Map, Value};

use super::drive_export::{Export, exports, is_google_kind};
use crate::contract::{CloudError, ContentTag, ErrorKind, Reach, Upsert};

const FOLDER: &str = "application/vnd.google-apps.folder";
const SHORTCUT: &str = "application/vnd.google-apps.shortcut";

/// Fields that have a place of their own in the metadata, or are no metadata.
const ELSEWHERE: [&str; 8] =
    ["kind", "id", "name", "parents", "mimeType", "createdTime", "modifiedTime", "exportLinks"];
/// Fields that tell of the reader, who in a shared drive is nobody in particular.
const OF_THE_READER: [&str; 3] = ["starred", "sharedWithMeTime", "sharingUser"];

/// One file, folder or shortcut.
#[derive(Clone, Debug)]
pub(super) struct File {
    pub(super) id: ItemId,
    media_type: String,
    all: Map<String, Value>,
}

/// What a file's content is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    /// None: a folder, a shortcut (which is never followed).
    Nothing,
    /// Bytes.
    Blob,
    /// A document of Google's own, with the exports under the Policy; none where it cannot be exported.
    Document(Vec<Export>),
}

impl File {
    /// Reads a file out of an answer.
    pub(super) fn from_json(all: Map<String, Value>) -> Result<Self, CloudError> {
        let text = |name: &str| all.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let (Some(id), Some(media_type)) = (text("id"), text("mimeType")) else {
            let detail = "a file came without its id or type";
            return Err(CloudError::new(ErrorKind::Fatal, "unexpectedShape", detail));
        };
        Ok(Self { id: ItemId::from(id), media_type: media_type.to_owned(), all })
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.all.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    fn flag(&self, name: &str) -> Option<bool> {
        self.all.get(name).and_then(Value::as_bool)
    }

    fn time(&self, name: &str) -> Option<Timestamp> {
        self.text(name)?.parse().ok()
    }

    /// What it holds.
    pub(super) fn kind(&self, reach: &Reach) -> Kind {
        // What has bytes is a blob whatever its type says: some of Google's own kinds do.
        let has_bytes = self.text("md5Checksum").is_some() || self.text("headRevisionId").is_some();
        match self.media_type.as_str() {
            FOLDER | SHORTCUT => Kind::Nothing,
            media_type if has_bytes || !is_google_kind(media_type) => Kind::Blob,
            media_type => Kind::Document(exports(media_type, &reach.policy.export)),
        }
    }

    /// True where the Archive keeps it at all: the owner's documents or all, the drive's own, the trash or not.
    pub(super) fn belongs_to(&self, reach: &Reach) -> bool {
        let of_drive = self.text("driveId");
        let at_home = match &reach.scope.owner {
            Owner::Domain(drive) => of_drive == Some(drive.as_str()),
            Owner::User(_) => {
                let all = reach.policy.drive_documents == DriveDocuments::All;
                // What lies in a shared drive is kept once, with the drive.
                of_drive.is_none() && (all || self.flag("ownedByMe") == Some(true))
            }
        };
        at_home && (reach.policy.drive_trash || self.flag("trashed") != Some(true))
    }

    /// Why its content is not kept, where that is known without asking.
    pub(super) fn skip(&self, reach: &Reach) -> Option<SkipReason> {
        let kind = self.kind(reach);
        if kind == Kind::Nothing {
            return None;
        }
        let policy = &reach.policy;
        if let Kind::Document(exports) = &kind
            && exports.is_empty()
        {
            // Without a chosen format it is the settings that leave it out, unless there is no format at all.
            let by_policy = policy.export.is_empty() && exports_to_anything(&self.media_type);
            return Some(if by_policy { SkipReason::ExcludedByPolicy } else { SkipReason::NotExportable });
        }
        if self.all.get("capabilities").and_then(|can| can.get("canDownload")) == Some(&Value::Bool(false)) {
            return Some(SkipReason::DownloadForbidden);
        }
        let excluded = kind == Kind::Blob
            && (policy.exclude_extensions.contains(&self.name_extension())
                || policy.exclude_larger_than.zip(self.size()).is_some_and(|(most, size)| size > most));
        excluded.then_some(SkipReason::ExcludedByPolicy)
    }

    /// Bytes of a blob.
    pub(super) fn size(&self) -> Option<u64> {
        self.text("size")?.parse().ok()
    }

    /// The best hash that Drive states; documents have none.
    pub(super) fn hash(&self) -> Option<ContentHash> {
        let of = |kind, field| {
            let value = self.text(field)?.to_ascii_lowercase();
            Some(ContentHash { kind, value })
        };
        of(HashKind::Sha256, "sha256Checksum").or_else(|| of(HashKind::Md5, "md5Checksum"))
    }

    /// Names the state of the content: a blob's by its hash, so that the same bytes uploaded again cost no fetch; a
    /// document's by the time of its last edit, as its exports differ each time.
    pub(super) fn tag(&self, reach: &Reach) -> ContentTag {
        let modified = self.text("modifiedTime").unwrap_or_default();
        ContentTag(match self.kind(reach) {
            Kind::Nothing => "nothing".to_owned(),
            Kind::Document(exports) => {
                let formats: Vec<_> = exports.iter().map(|export| export.extension).collect();
                format!("export:{}:{modified}", formats.join("+"))
            }
            Kind::Blob => match (self.text("md5Checksum"), self.text("headRevisionId")) {
                (Some(md5), _) => format!("md5:{md5}:{}", self.text("size").unwrap_or_default()),
                (None, Some(revision)) => format!("revision:{revision}"),
                (None, None) => format!("time:{modified}:{}", self.text("size").unwrap_or_default()),
            },
        })
    }

    /// Names the same bytes anywhere in the Domain. MD5 is no such name: who wanted to could make two files of one.
    pub(super) fn content_key(&self, reach: &Reach) -> Option<String> {
        let modified = self.text("modifiedTime");
        match self.kind(reach) {
            Kind::Nothing => None,
            Kind::Blob => match (self.text("sha256Checksum"), self.size(), self.text("headRevisionId")) {
                (Some(sha256), Some(size), _) => {
                    Some(format!("sha256:{}:{size}", sha256.to_ascii_lowercase()))
                }
                (_, _, Some(revision)) => Some(format!("google:{}@{revision}", self.id)),
                _ => None,
            },
            Kind::Document(exports) => match (exports.as_slice(), modified) {
                ([export], Some(modified)) => {
                    Some(format!("google:{}@{modified}:{}", self.id, export.extension))
                }
                _ => None,
            },
        }
    }

    /// All that is kept of it beside its bytes.
    pub(super) fn meta(&self, reach: &Reach) -> ItemMeta {
        let of_domain = matches!(reach.scope.owner, Owner::Domain(_));
        let mut more = self.all.clone();
        let is_left_out =
            |field: &str| ELSEWHERE.contains(&field) || of_domain && OF_THE_READER.contains(&field);
        more.retain(|field, _| !is_left_out(field));
        for (list, key) in [("permissions", "id"), ("owners", "permissionId"), ("permissionIds", "")] {
            if let Some(Value::Array(entries)) = more.get_mut(list) {
                // Drive tells them in any order.
                entries.sort_by_key(|entry| {
                    let named = entry.get(key).unwrap_or(entry);
                    named.as_str().map(str::to_owned).unwrap_or_default()
                });
            }
        }
        let parents = self.all.get("parents").and_then(Value::as_array);
        let parents = parents.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
        ItemMeta {
            name: self.all.get("name").and_then(Value::as_str).map(str::to_owned),
            parents: parents.collect(),
            labels: Vec::new(),
            media_type: Some(self.media_type.clone()),
            created: self.time("createdTime"),
            modified: self.modified(),
            without_content: self.kind(reach) == Kind::Nothing,
            left_out: Vec::new(),
            more,
        }
    }

    /// When its content last changed.
    pub(super) fn modified(&self) -> Option<Timestamp> {
        self.time("modifiedTime")
    }

    /// What the change feed says of it; `None` where the Archive does not keep it.
    pub(super) fn upsert(&self, reach: &Reach) -> Option<Upsert> {
        if !self.belongs_to(reach) {
            return None;
        }
        let blob = self.kind(reach) == Kind::Blob;
        Some(Upsert {
            id: self.id.clone(),
            tag: Some(self.tag(reach)),
            meta: MetaUpdate::Full(Box::new(self.meta(reach))),
            size: self.size().filter(|_| blob),
            content_key: self.content_key(reach),
            skip: self.skip(reach),
            newness: self.modified().or(self.time("createdTime")).map_or(0, |time| time.as_millisecond()),
        })
    }

    /// True where its permissions are its own and have to be asked for: a shared drive's files do not tell them.
    pub(super) fn lacks_permissions(&self) -> bool {
        self.flag("hasAugmentedPermissions") == Some(true) && !self.all.contains_key("permissions")
    }

    /// Adds the permissions that were asked for.
    pub(super) fn with_permissions(mut self, permissions: Vec<Value>) -> Self {
        self.all.insert("permissions".to_owned(), Value::Array(permissions));
        self
    }

    /// True where the user owns it, or it lies in a shared drive, whose managers may do what owners may.
    pub(super) fn may_acknowledge_abuse(&self) -> bool {
        self.flag("ownedByMe") == Some(true) || self.text("driveId").is_some()
    }

    /// Where an export of any size in this media type can be had.
    pub(super) fn export_link(&self, media_type: &str) -> Option<&str> {
        self.all.get("exportLinks")?.get(media_type)?.as_str()
    }

    fn name_extension(&self) -> String {
        let name = self.text("name").unwrap_or_default();
        name.rsplit_once('.').map(|(_, last)| last.to_lowercase()).unwrap_or_default()
    }

    /// The name's extension where it is `[a-z0-9]{1,8}`, else none: it becomes part of a file name.
    pub(super) fn extension(&self) -> String {
        let extension = self.name_extension();
        let plain = extension.len() <= 8
            && extension.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        if plain { extension } else { String::new() }
    }
}

fn exports_to_anything(media_type: &str) -> bool {
    !exports(media_type, &[ExportFormat::Office].into()).is_empty()
}
