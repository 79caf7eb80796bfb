//! Mails and files of a [`MemoryCloud`], as people change them, and the truth about them.

use holdfast_model::{DriveDocuments, ItemId, ItemMeta, Policy, Scope, Service, SkipReason};
use serde_json::Value;

use super::{Archive, Entry, MemoryCloud, Stored, What, World};
use crate::contract::Cursor;
use crate::testkit::{Blob, TruthContent, TruthItem};

/// An Item to add.
#[derive(Clone, Debug)]
pub struct NewItem {
    /// The provider's id; `None` takes a fresh one.
    pub id: Option<ItemId>,
    /// Name, parents, labels and the rest; times are set when it is added, unless they are given.
    pub meta: ItemMeta,
    /// Extension and bytes of each file; empty for what has no content.
    pub contents: Vec<(String, Blob)>,
    /// It can never be read, for this reason.
    pub skip: Option<SkipReason>,
    /// It lies in the trash (files; mail has a label for it).
    pub trashed: bool,
    /// The scope's user owns it; false for what is shared with the user.
    pub owned: bool,
}

impl NewItem {
    fn new(meta: ItemMeta, contents: Vec<(String, Blob)>) -> Self {
        Self { id: None, meta, contents, skip: None, trashed: false, owned: true }
    }

    /// A message of these bytes.
    pub fn mail(raw: impl Into<bytes::Bytes>) -> Self {
        Self::mail_of(Blob::new(raw))
    }

    /// A message of this content.
    pub fn mail_of(raw: Blob) -> Self {
        let meta = ItemMeta { media_type: Some("message/rfc822".to_owned()), ..ItemMeta::default() };
        Self::new(meta, vec![("eml".to_owned(), raw)])
    }

    /// A file of these bytes.
    pub fn file(name: &str, bytes: impl Into<bytes::Bytes>) -> Self {
        Self::file_of(name, Blob::new(bytes))
    }

    /// A file of this content.
    pub fn file_of(name: &str, content: Blob) -> Self {
        let meta = ItemMeta {
            name: Some(name.to_owned()),
            media_type: Some("application/octet-stream".to_owned()),
            ..ItemMeta::default()
        };
        Self::new(meta, vec![(extension(name), content)])
    }

    /// A document that is exported to several formats.
    pub fn document(name: &str, exports: &[(&str, Blob)]) -> Self {
        let exports = exports.iter().map(|(format, blob)| ((*format).to_owned(), blob.clone())).collect();
        Self { contents: exports, ..Self::file_of(name, Blob::new("")) }
    }

    /// A folder.
    pub fn folder(name: &str) -> Self {
        let meta = ItemMeta {
            name: Some(name.to_owned()),
            media_type: Some("inode/directory".to_owned()),
            without_content: true,
            ..ItemMeta::default()
        };
        Self::new(meta, Vec::new())
    }

    /// With this id.
    #[must_use]
    pub fn with_id(self, id: &str) -> Self {
        Self { id: Some(ItemId::from(id)), ..self }
    }

    /// With these labels.
    #[must_use]
    pub fn labels(mut self, labels: &[&str]) -> Self {
        self.meta.labels = sorted(labels.iter().map(|label| (*label).to_owned()).collect());
        self
    }

    /// In this folder.
    #[must_use]
    pub fn inside(mut self, folder: &ItemId) -> Self {
        self.meta.parents.push(folder.0.clone());
        self
    }

    /// With one more thing that the cloud tells of it.
    #[must_use]
    pub fn telling(mut self, key: &str, value: Value) -> Self {
        self.meta.more.insert(key.to_owned(), value);
        self
    }

    /// It can never be read, for this reason.
    #[must_use]
    pub fn skipped(self, reason: SkipReason) -> Self {
        Self { skip: Some(reason), ..self }
    }

    /// In the trash.
    #[must_use]
    pub fn trashed(self) -> Self {
        Self { trashed: true, ..self }
    }

    /// Owned by someone else.
    #[must_use]
    pub fn shared(self) -> Self {
        Self { owned: false, ..self }
    }
}

/// The extension as a provider derives it: `[a-z0-9]{1,8}`, or none.
fn extension(name: &str) -> String {
    let last = name.rsplit_once('.').map(|(_, last)| last.to_ascii_lowercase()).unwrap_or_default();
    let fits = last.len() <= 8 && last.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    if fits { last } else { String::new() }
}

fn sorted(mut labels: Vec<String>) -> Vec<String> {
    labels.sort();
    labels.dedup();
    labels
}

impl MemoryCloud {
    /// Adds an Item; the Archive is made where it is missing.
    pub fn add(&self, scope: &Scope, new: NewItem) -> ItemId {
        let mut world = self.world();
        let number = world.next_id();
        let now = world.now();
        let id = new.id.unwrap_or_else(|| {
            // Mail ids are lower-case hexadecimal, file ids tell upper from lower case, as Google's do.
            ItemId(if scope.service.is_mail() {
                format!("18c2f{number:011x}")
            } else {
                format!("1Ab{number:030X}")
            })
        });
        let mut meta = new.meta;
        meta.created.get_or_insert(now);
        if !scope.service.is_mail() {
            meta.modified.get_or_insert(now);
        }
        let stored = Stored {
            meta,
            contents: new.contents,
            revision: 1,
            skip: new.skip,
            trashed: new.trashed,
            owned: new.owned,
        };
        let archive = world.archives.entry(scope.clone()).or_default();
        archive.items.insert(id.clone(), stored);
        archive.log.push(Entry { id: id.clone(), what: What::Put });
        id
    }

    /// Changes an Item's bytes (the first of them where there are several).
    pub fn edit(&self, scope: &Scope, id: &ItemId, bytes: impl Into<bytes::Bytes>) {
        self.edit_to(scope, id, Blob::new(bytes));
    }

    /// Changes an Item's content (the first one where there are several).
    pub fn edit_to(&self, scope: &Scope, id: &ItemId, content: Blob) {
        self.change_content(scope, id, |stored| {
            if let Some((_, first)) = stored.contents.first_mut() {
                *first = content;
            }
        });
    }

    fn change_content(&self, scope: &Scope, id: &ItemId, change: impl FnOnce(&mut Stored)) {
        let now = self.world().now();
        self.change(scope, id, |stored| {
            change(stored);
            stored.revision += 1;
            stored.meta.modified = Some(now);
        });
    }

    /// Changes an Item's metadata without touching its content: name, parents, description.
    pub fn change_meta(&self, scope: &Scope, id: &ItemId, change: impl FnOnce(&mut ItemMeta)) {
        self.change(scope, id, |stored| change(&mut stored.meta));
    }

    /// Gives an Item another name.
    pub fn rename(&self, scope: &Scope, id: &ItemId, name: &str) {
        self.change_meta(scope, id, |meta| meta.name = Some(name.to_owned()));
    }

    /// Puts an Item into another folder.
    pub fn move_into(&self, scope: &Scope, id: &ItemId, folder: &ItemId) {
        self.change_meta(scope, id, |meta| meta.parents = vec![folder.0.clone()]);
    }

    /// Puts a file into the trash or takes it out.
    pub fn trash(&self, scope: &Scope, id: &ItemId, trashed: bool) {
        self.change(scope, id, |stored| stored.trashed = trashed);
    }

    /// From now on the Item can never be read, for this reason; `None` lifts it.
    pub fn forbid(&self, scope: &Scope, id: &ItemId, reason: Option<SkipReason>) {
        self.change(scope, id, |stored| stored.skip = reason);
    }

    /// The user gives a file away or gets it.
    pub fn own(&self, scope: &Scope, id: &ItemId, owned: bool) {
        self.change(scope, id, |stored| stored.owned = owned);
    }

    fn change(&self, scope: &Scope, id: &ItemId, change: impl FnOnce(&mut Stored)) {
        let mut world = self.world();
        if let Some(archive) = world.archives.get_mut(scope)
            && let Some(stored) = archive.items.get_mut(id)
        {
            change(stored);
            archive.log.push(Entry { id: id.clone(), what: What::Put });
        }
    }

    /// Adds and removes labels of a mail.
    pub fn relabel(&self, scope: &Scope, id: &ItemId, add: &[&str], remove: &[&str]) {
        let own = |labels: &[&str]| labels.iter().map(|label| (*label).to_owned()).collect::<Vec<_>>();
        let (add, remove) = (own(add), own(remove));
        let mut world = self.world();
        if let Some(archive) = world.archives.get_mut(scope)
            && let Some(stored) = archive.items.get_mut(id)
        {
            stored.meta.labels.retain(|label| !remove.contains(label));
            stored.meta.labels.extend(add.iter().cloned());
            stored.meta.labels = sorted(std::mem::take(&mut stored.meta.labels));
            archive.log.push(Entry { id: id.clone(), what: What::Relabel { add, remove } });
        }
    }

    /// Deletes an Item for good.
    pub fn remove(&self, scope: &Scope, id: &ItemId) {
        if let Some(archive) = self.world().archives.get_mut(scope)
            && archive.items.remove(id).is_some()
        {
            archive.log.push(Entry { id: id.clone(), what: What::Removed });
        }
    }

    /// Takes an Item away without telling it in the change feed: a cloud that lies.
    pub fn remove_silently(&self, scope: &Scope, id: &ItemId) {
        if let Some(archive) = self.world().archives.get_mut(scope) {
            archive.items.remove(id);
        }
    }

    /// Every cursor of this Archive that was handed out so far is dead.
    pub fn expire_cursors(&self, scope: &Scope) {
        if let Some(archive) = self.world().archives.get_mut(scope) {
            archive.epoch += 1;
        }
    }

    /// The place in the change feed now, as a Checkpoint would name it.
    pub fn cursor(&self, scope: &Scope) -> Option<Cursor> {
        self.world().archives.get(scope).map(Archive::cursor)
    }

    /// Every Item that a backup under this Policy must know, by id.
    pub fn truth(&self, scope: &Scope, policy: &Policy) -> Vec<TruthItem> {
        let world = self.world();
        let Some(archive) = world.archives.get(scope) else { return Vec::new() };
        let kept = archive.items.iter().filter_map(|(id, stored)| {
            let skip = stored.kept(scope.service, policy)?;
            let contents = if skip.is_some() { &[][..] } else { &stored.contents[..] };
            Some(TruthItem {
                id: id.clone(),
                meta: stored.told_meta(),
                contents: contents
                    .iter()
                    .map(|(extension, blob)| TruthContent {
                        extension: extension.clone(),
                        size: Some(blob.size()),
                        sha256: Some(blob.sha256().to_owned()),
                    })
                    .collect(),
                skip,
            })
        });
        kept.collect()
    }
}

impl World {
    /// The Items that a Policy keeps, newest first.
    pub(super) fn kept_newest_first(&self, scope: &Scope, policy: &Policy) -> Vec<ItemId> {
        let Some(archive) = self.archives.get(scope) else { return Vec::new() };
        let kept = archive.items.iter().filter(|(_, stored)| stored.kept(scope.service, policy).is_some());
        let mut kept: Vec<_> = kept.map(|(id, stored)| (stored.newness(), id)).collect();
        kept.sort_by(|a, b| b.cmp(a));
        kept.into_iter().map(|(_, id)| id.clone()).collect()
    }
}

impl Archive {
    pub(super) fn cursor(&self) -> Cursor {
        Cursor(format!("memory/{}/{}", self.epoch, self.log.len()))
    }
}

impl Stored {
    /// `None` where the Policy leaves the Item out altogether, else why its content is not stored, if so.
    pub(super) fn kept(&self, service: Service, policy: &Policy) -> Option<Option<SkipReason>> {
        let has = |label: &str| self.meta.labels.iter().any(|known| known == label);
        match service {
            Service::Gmail => {
                let out = (has("TRASH") && !policy.mail_trash)
                    || (has("SPAM") && !policy.mail_spam)
                    || policy.exclude_labels.iter().any(|label| has(label));
                (!out).then_some(self.skip)
            }
            Service::Drive | Service::SharedDrive | Service::BoxFiles => {
                let foreign =
                    service == Service::Drive && policy.drive_documents == DriveDocuments::Own && !self.owned;
                if foreign || (self.trashed && !policy.drive_trash) {
                    return None;
                }
                let excluded = self.contents.first().is_some_and(|(extension, blob)| {
                    policy.exclude_extensions.contains(extension)
                        || policy.exclude_larger_than.is_some_and(|most| blob.size() > most)
                });
                Some(self.skip.or(excluded.then_some(SkipReason::ExcludedByPolicy)))
            }
            Service::Calendar | Service::Contacts | Service::Tasks => Some(self.skip),
        }
    }

    pub(super) fn newness(&self) -> i64 {
        self.meta.modified.or(self.meta.created).map_or(0, |time| time.as_millisecond())
    }

    /// The metadata as the cloud tells it.
    pub(super) fn told_meta(&self) -> ItemMeta {
        let mut meta = self.meta.clone();
        if self.trashed {
            meta.more.insert("trashed".to_owned(), Value::Bool(true));
        }
        if !self.owned {
            meta.more.insert("ownedByMe".to_owned(), Value::Bool(false));
        }
        meta
    }
}
