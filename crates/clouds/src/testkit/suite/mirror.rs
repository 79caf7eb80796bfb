//! A backup in small: follows a change feed as the engine does, and compares what came of it with the truth.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use futures::StreamExt;
use holdfast_model::{ItemId, ItemMeta, MetaUpdate, SkipReason};
use sha2::{Digest, Sha256};

use super::{Subject, checkpoint, feed};
use crate::contract::{Body, Change, CloudError, ContentTag, Cursor, ErrorKind, ItemRef};
use crate::testkit::blob::hex;
use crate::testkit::{TruthContent, TruthItem};

/// Everything that a feed told, and the contents that were fetched for it.
#[derive(Default)]
pub struct Mirror {
    /// Where the feed is.
    pub cursor: Option<Cursor>,
    items: BTreeMap<ItemId, Kept>,
}

#[derive(Default, Clone, Debug)]
struct Kept {
    tag: Option<ContentTag>,
    fetched: Option<ContentTag>,
    meta: Option<ItemMeta>,
    skip: Option<SkipReason>,
    contents: Vec<TruthContent>,
}

impl Mirror {
    /// A mirror that followed and fetched everything once.
    pub async fn filled(subject: &dyn Subject) -> Self {
        let mut mirror = Self::default();
        mirror.follow(subject).await;
        mirror.fetch(subject).await;
        mirror
    }

    /// Follows the feed to its end and returns what it told.
    pub async fn follow(&mut self, subject: &dyn Subject) -> Vec<Change> {
        let told = feed(subject, self.cursor.as_ref()).await.expect("the feed ends well");
        self.apply(&told);
        told
    }

    /// Applies one whole feed.
    pub fn apply(&mut self, told: &[Change]) {
        let full = self.cursor.is_none() || told.first() == Some(&Change::Reset);
        let mut seen = BTreeSet::new();
        for (place, change) in told.iter().enumerate() {
            match change {
                Change::Reset => assert_eq!(place, 0, "Reset is only ever first"),
                Change::Checkpoint(_) => assert_eq!(place, told.len() - 1, "a Checkpoint is only ever last"),
                Change::Removed(id) => {
                    seen.remove(id);
                    self.items.remove(id);
                }
                Change::Below { prefix, exist } => {
                    let is_there = |id: &ItemId| !id.0.starts_with(prefix) || exist.contains(id);
                    seen.retain(is_there);
                    self.items.retain(|id, _| is_there(id));
                }
                Change::Upsert(upsert) => {
                    seen.insert(upsert.id.clone());
                    let kept = self.items.entry(upsert.id.clone()).or_default();
                    if upsert.tag.is_some() {
                        kept.tag.clone_from(&upsert.tag);
                    }
                    kept.skip = upsert.skip;
                    let update = upsert.meta.clone();
                    match (kept.meta.take(), update) {
                        (None, MetaUpdate::Full(meta)) => kept.meta = Some(*meta),
                        (Some(meta), update) => kept.meta = Some(update.apply(meta)),
                        // It comes with the content, which is fetched because it is not known yet.
                        (None, _) => {}
                    }
                    let is_full = matches!(upsert.meta, MetaUpdate::Full(_));
                    assert!(upsert.skip.is_none() || is_full, "what is skipped is kept by its metadata");
                }
            }
        }
        if full {
            self.items.retain(|id, _| seen.contains(id));
        }
        self.cursor = Some(checkpoint(told));
    }

    /// Fetches every content whose tag is not the fetched one, and returns which.
    pub async fn fetch(&mut self, subject: &dyn Subject) -> Vec<ItemId> {
        let reach = subject.reach();
        let mut fetched = Vec::new();
        for (id, kept) in &mut self.items {
            let known = kept.fetched.is_some() && kept.tag == kept.fetched;
            let bare = kept.meta.as_ref().is_some_and(|meta| meta.without_content);
            if known || bare || kept.skip.is_some() {
                continue;
            }
            fetched.push(id.clone());
            let item = ItemRef { id: id.clone(), meta: kept.meta.clone() };
            match subject.cloud().open(&reach, &item).await {
                Ok(opened) => {
                    kept.contents.clear();
                    for content in opened.contents {
                        let plain = content.extension.len() <= 8
                            && content
                                .extension
                                .bytes()
                                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
                        assert!(plain, "an extension that is no file name: {:?}", content.extension);
                        let bytes =
                            read_all(content.body).await.unwrap_or_else(|error| panic!("{id}: {error}"));
                        assert!(content.size.is_none_or(|size| size == bytes.len() as u64), "{id}: size");
                        kept.contents.push(TruthContent {
                            extension: content.extension,
                            size: Some(bytes.len() as u64),
                            sha256: Some(hex(&Sha256::digest(&bytes))),
                        });
                    }
                    kept.meta = Some(opened.meta);
                    kept.tag = Some(opened.tag.clone());
                    kept.fetched = Some(opened.tag);
                }
                Err(CloudError { kind: ErrorKind::Skip(reason), .. }) => kept.skip = Some(reason),
                Err(error) => panic!("{id} cannot be opened: {error}"),
            }
        }
        fetched
    }

    /// The mirror holds what the cloud holds: ids, names, places, labels, bytes.
    pub async fn assert_true(&self, subject: &dyn Subject) {
        let truth: BTreeMap<_, _> =
            subject.truth().await.into_iter().map(|item| (item.id.clone(), item)).collect();
        let (expected, held) = (truth.keys().collect::<Vec<_>>(), self.items.keys().collect::<Vec<_>>());
        assert_eq!(held, expected, "which Items there are");
        for (id, item) in truth {
            self.assert_same(&self.items[&id], &item);
        }
    }

    fn assert_same(&self, kept: &Kept, truth: &TruthItem) {
        let id = &truth.id;
        let meta = kept.meta.as_ref().unwrap_or_else(|| panic!("{id} has no metadata"));
        assert_eq!(meta.name, truth.meta.name, "name of {id}");
        assert_eq!(meta.parents, truth.meta.parents, "folders of {id}");
        assert_eq!(meta.labels, truth.meta.labels, "labels of {id}");
        assert_eq!(kept.skip, truth.skip, "why {id} is left out");
        let extensions = |contents: &[TruthContent]| {
            contents.iter().map(|content| content.extension.clone()).collect::<BTreeSet<_>>()
        };
        assert_eq!(extensions(&kept.contents), extensions(&truth.contents), "files of {id}");
        for expected in &truth.contents {
            let held = kept.contents.iter().find(|content| content.extension == expected.extension);
            let held = held.unwrap_or_else(|| panic!("{id} has no .{}", expected.extension));
            assert!(expected.size.is_none() || held.size == expected.size, "size of {id}: {held:?}");
            assert!(expected.sha256.is_none() || held.sha256 == expected.sha256, "bytes of {id}: {held:?}");
        }
    }

    /// What is known of an Item's name, folders and labels.
    pub fn meta(&self, id: &ItemId) -> Option<&ItemMeta> {
        self.items.get(id)?.meta.as_ref()
    }

    /// Every Item that is known, with its tag.
    pub fn tags(&self) -> BTreeMap<ItemId, Option<ContentTag>> {
        self.items.iter().map(|(id, kept)| (id.clone(), kept.tag.clone())).collect()
    }
}

/// The bytes of a small body, or its error.
pub async fn read_all(mut body: Body) -> Result<Bytes, CloudError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = body.next().await {
        bytes.extend_from_slice(&chunk?);
    }
    Ok(bytes.into())
}
