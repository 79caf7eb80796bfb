//! What a file, folder or web link of Box is to a backup.

use holdfast_model::{
    ContentHash, DriveDocuments, HashKind, ItemId, ItemMeta, MetaUpdate, SkipReason, Timestamp, UserId,
};
use serde_json::{Map, Value};

use super::templates;
use super::wire::{is_id, text_of};
use crate::contract::{CloudError, ContentTag, ErrorKind, Reach, Upsert};

/// Everything that is asked for of an item, beside its metadata.
pub(super) const FIELDS: &str = "type,id,name,sha1,size,file_version,version_number,description,created_at,\
    modified_at,content_created_at,content_modified_at,created_by,modified_by,owned_by,shared_link,parent,tags,\
    permissions,has_collaborations,is_externally_owned,item_status,lock,url";
/// What is kept elsewhere in the metadata, or is the reader's and not the item's.
const ELSEWHERE: [&str; 9] =
    ["id", "name", "parent", "tags", "permissions", "etag", "sequence_id", "created_at", "item_status"];
/// "All Files".
pub(super) const ROOT: &str = "0";

/// What an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    File,
    Folder,
    WebLink,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Folder, Self::WebLink, Self::File];

    /// Box's word.
    const fn word(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Folder => "folder",
            Self::WebLink => "web_link",
        }
    }

    /// The word in addresses.
    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::File => "files",
            Self::Folder => "folders",
            Self::WebLink => "web_links",
        }
    }

    /// Nothing says that a folder and a file never share a number.
    const fn prefix(self) -> &'static str {
        match self {
            Self::File => "",
            Self::Folder => "folder",
            Self::WebLink => "weblink",
        }
    }

    pub(super) fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Our id of an item.
    pub(super) fn item_id(self, id: &str) -> ItemId {
        ItemId(format!("{}{id}", self.prefix()))
    }

    /// What our id stands for.
    pub(super) fn split(id: &ItemId) -> (Self, &str) {
        let found = Self::ALL.into_iter().find_map(|kind| {
            let id = id.as_str().strip_prefix(kind.prefix())?;
            Some((kind, id))
        });
        found.unwrap_or((Self::File, id.as_str()))
    }
}

/// An item as Box tells it.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) kind: Kind,
    pub(super) id: String,
    all: Map<String, Value>,
}

impl Entry {
    pub(super) fn from_json(mut all: Map<String, Value>) -> Result<Self, CloudError> {
        templates::filled_in(&mut all);
        let field = |name: &str| all.get(name).and_then(Value::as_str);
        match (field("type").and_then(Kind::of), field("id").filter(|id| is_id(id))) {
            (Some(kind), Some(id)) => Ok(Self { kind, id: id.to_owned(), all }),
            _ => {
                let detail = "an item without a known type and an id";
                Err(CloudError::new(ErrorKind::Fatal, "unexpectedShape", detail))
            }
        }
    }

    /// An entry of a page.
    pub(super) fn from_value(value: Value) -> Result<Self, CloudError> {
        match value {
            Value::Object(all) => Self::from_json(all),
            _ => Self::from_json(Map::new()),
        }
    }

    /// The item as a change feed told it, where it told all that reading needs.
    pub(super) fn from_meta(id: &ItemId, meta: &ItemMeta) -> Option<Self> {
        let (kind, id) = Kind::split(id);
        let mut all = meta.more.clone();
        all.insert("id".to_owned(), id.into());
        all.insert("name".to_owned(), meta.name.clone()?.into());
        all.insert("tags".to_owned(), meta.labels.clone().into());
        all.insert("created_at".to_owned(), meta.created.map(|at| at.to_string()).into());
        if let Some(parent) = meta.parents.first() {
            let parent = parent.strip_prefix(Kind::Folder.prefix()).unwrap_or(parent);
            all.insert("parent".to_owned(), serde_json::json!({ "type": "folder", "id": parent }));
        }
        let entry = Self::from_json(all).ok().filter(|entry| entry.kind == kind)?;
        (entry.kind != Kind::File || entry.version().is_some() && entry.size().is_some()).then_some(entry)
    }

    pub(super) fn item_id(&self) -> ItemId {
        self.kind.item_id(&self.id)
    }

    fn text(&self, field: &str) -> Option<&str> {
        self.all.get(field).and_then(Value::as_str)
    }

    fn time(&self, field: &str) -> Option<Timestamp> {
        self.text(field)?.parse().ok()
    }

    /// Whose it is.
    pub(super) fn owner(&self) -> Option<&str> {
        self.all.get("owned_by")?.get("id")?.as_str()
    }

    pub(super) fn is_trashed(&self) -> bool {
        matches!(self.text("item_status"), Some("trashed" | "deleted"))
    }

    pub(super) fn has_collaborations(&self) -> bool {
        self.kind != Kind::WebLink && self.all.get("has_collaborations") == Some(&Value::Bool(true))
    }

    /// True where it belongs to somebody of another enterprise.
    pub(super) fn is_externally_owned(&self) -> bool {
        self.all.get("is_externally_owned") == Some(&Value::Bool(true))
    }

    /// Whether this instance of metadata came with the item.
    pub(super) fn has_instance(&self, instance: &Value) -> bool {
        let part = |name: &str| instance.get(name).and_then(Value::as_str).unwrap_or_default();
        let scope = self.all.get("metadata").and_then(|metadata| metadata.get(part("$scope")));
        scope.is_some_and(|scope| scope.get(part("$template")).is_some())
    }

    /// Adds the metadata that another request told of it.
    pub(super) fn joined(self, told: Map<String, Value>) -> Result<Self, CloudError> {
        let mut whole = [Value::Object(self.all)];
        templates::join(&mut whole, vec![Value::Object(told)]);
        let [whole] = whole;
        Self::from_value(whole)
    }

    /// Adds the collaborations that were asked for, without the item itself, which each repeats.
    pub(super) fn with_collaborations(mut self, mut given: Vec<Value>) -> Self {
        for one in &mut given {
            if let Value::Object(one) = one {
                one.remove("item");
            }
        }
        given.sort_by_key(|one| one.get("id").and_then(text_of).unwrap_or_default());
        self.all.insert("collaborations".to_owned(), Value::Array(given));
        self
    }

    /// True where the Archive keeps it: what the user owns, or all that the user can see. The trash is never kept.
    pub(super) fn belongs_to(&self, reach: &Reach, user: &UserId) -> bool {
        let all = reach.policy.drive_documents == DriveDocuments::All;
        !self.is_trashed() && (all || self.owner() == Some(user.as_str()))
    }

    /// Why its content is not kept, where that is known without asking.
    pub(super) fn skip(&self, reach: &Reach) -> Option<SkipReason> {
        if self.kind != Kind::File {
            return None;
        }
        let may = self.all.get("permissions").and_then(|may| may.get("can_download"));
        if may == Some(&Value::Bool(false)) {
            return Some(SkipReason::DownloadForbidden);
        }
        let policy = &reach.policy;
        let is_excluded =
            policy.exclude_extensions.contains(&self.name_extension()) || is_too_large(reach, self.size());
        is_excluded.then_some(SkipReason::ExcludedByPolicy)
    }

    /// Bytes of a file.
    pub(super) fn size(&self) -> Option<u64> {
        self.all.get("size").and_then(Value::as_u64).filter(|_| self.kind == Kind::File)
    }

    /// The hash that Box states.
    pub(super) fn hash(&self) -> Option<ContentHash> {
        let value = self.text("sha1").filter(|value| value.len() == 40)?.to_ascii_lowercase();
        Some(ContentHash { kind: HashKind::Sha1, value })
    }

    /// The id of the file's current version.
    pub(super) fn version(&self) -> Option<&str> {
        self.all.get("file_version")?.get("id")?.as_str().filter(|id| is_id(id))
    }

    /// False for a file that was never uploaded again.
    pub(super) fn may_have_previous_versions(&self) -> bool {
        self.kind == Kind::File && self.all.get("version_number").and_then(text_of).as_deref() != Some("1")
    }

    /// Names the state of the content by its hash, so that the same bytes uploaded again cost no fetch.
    pub(super) fn tag(&self) -> ContentTag {
        ContentTag(match (self.kind, self.hash(), self.version()) {
            (Kind::Folder | Kind::WebLink, _, _) => "nothing".to_owned(),
            (Kind::File, Some(hash), _) => format!("sha1:{}:{}", hash.value, self.size().unwrap_or_default()),
            (Kind::File, None, Some(version)) => format!("version:{version}"),
            (Kind::File, None, None) => format!("time:{}", self.text("modified_at").unwrap_or_default()),
        })
    }

    /// Names the same bytes in the enterprise. SHA-1 is no such name: who wanted to could make two files of one.
    pub(super) fn content_key(&self) -> Option<String> {
        let version = self.version().filter(|_| self.kind == Kind::File)?;
        Some(key_of_content(&self.id, version))
    }

    /// All that is kept of it beside its bytes.
    pub(super) fn meta(&self) -> ItemMeta {
        let mut more = self.all.clone();
        more.retain(|field, value| !ELSEWHERE.contains(&field.as_str()) && !value.is_null());
        if self.kind == Kind::Folder {
            // The size of what lies in it: it changes with everything below.
            more.remove("size");
        }
        if let Some(Value::Object(link)) = more.get_mut("shared_link") {
            link.remove("download_count");
            link.remove("preview_count");
        }
        let tags = self.all.get("tags").and_then(Value::as_array).into_iter().flatten();
        let mut labels: Vec<String> = tags.filter_map(Value::as_str).map(str::to_owned).collect();
        labels.sort();
        labels.dedup();
        let parent = self.all.get("parent").and_then(|parent| parent.get("id")).and_then(Value::as_str);
        ItemMeta {
            name: self.text("name").map(str::to_owned),
            parents: parent
                .filter(|id| *id != ROOT)
                .map(|id| Kind::Folder.item_id(id).0)
                .into_iter()
                .collect(),
            labels,
            media_type: match self.kind {
                Kind::File => None,
                Kind::Folder => Some("application/vnd.box.folder".to_owned()),
                Kind::WebLink => Some("application/vnd.box.weblink".to_owned()),
            },
            created: self.time("created_at"),
            modified: self.modified(),
            without_content: self.kind != Kind::File,
            left_out: Vec::new(),
            more,
        }
    }

    /// When its content last changed; what has no content, when it changed.
    pub(super) fn modified(&self) -> Option<Timestamp> {
        let of_content = self.time("content_modified_at").filter(|_| self.kind == Kind::File);
        of_content.or_else(|| self.time("modified_at"))
    }

    /// What the change feed says of it.
    pub(super) fn upsert(&self, reach: &Reach) -> Upsert {
        Upsert {
            id: self.item_id(),
            tag: Some(self.tag()),
            meta: MetaUpdate::Full(Box::new(self.meta())),
            size: self.size(),
            content_key: self.content_key(),
            skip: self.skip(reach),
            newness: self.modified().or(self.time("created_at")).map_or(1, |time| time.as_millisecond()),
        }
    }

    fn name_extension(&self) -> String {
        last_part(self.text("name").unwrap_or_default())
    }

    /// See [`plain_extension`].
    pub(super) fn extension(&self) -> String {
        plain_extension(self.text("name").unwrap_or_default())
    }
}

/// Names the bytes of one version of a file.
pub(super) fn key_of_content(file: &str, version: &str) -> String {
    format!("box:{file}@{version}")
}

/// True for more bytes than the Policy keeps of a file.
pub(super) fn is_too_large(reach: &Reach, size: Option<u64>) -> bool {
    reach.policy.exclude_larger_than.zip(size).is_some_and(|(most, size)| size > most)
}

fn last_part(name: &str) -> String {
    name.rsplit_once('.').map(|(_, last)| last.to_lowercase()).unwrap_or_default()
}

/// The name's extension where it is `[a-z0-9]{1,8}`, else none: it becomes part of a file name.
pub(super) fn plain_extension(name: &str) -> String {
    let extension = last_part(name);
    let plain = extension.len() <= 8
        && extension.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    if plain { extension } else { String::new() }
}
