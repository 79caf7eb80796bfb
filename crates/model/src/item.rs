//! Items: their metadata, the hashes a Cloud gives, and why one may not be stored.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// A hash algorithm that a Cloud publishes for content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HashKind {
    /// 16 bytes.
    Md5,
    /// 20 bytes.
    Sha1,
    /// 32 bytes.
    Sha256,
    /// 20 bytes, OneDrive for Business.
    QuickXor,
}

/// The content's hash as the Cloud states it, lower-case hexadecimal (quickXor: base64).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ContentHash {
    /// Which algorithm.
    pub kind: HashKind,
    /// The digest.
    pub value: String,
}

/// What is kept of an Item beside its bytes. Everything a provider says that has no field of its own
/// is in `more`, as the provider wrote it, so that a restore loses nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ItemMeta {
    /// Real name: a file's name as its owner wrote it. Mail has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Ids of the folders that hold it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parents: Vec<String>,
    /// Label or category ids, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// The provider's media type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// Never changes: when a mail was received, when a file was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<Timestamp>,
    /// When the content last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified: Option<Timestamp>,
    /// True for what exists without bytes: folders, shortcuts.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub without_content: bool,
    /// Parts of its content that could not be had for good, with the reason; the rest is kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<PartLeftOut>,
    /// All else, as the provider wrote it: thread id, owners, permissions, shortcut target…
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub more: serde_json::Map<String, serde_json::Value>,
}

/// A part of an Item that is not kept: what is known of it stands in the Item's content or metadata.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartLeftOut {
    /// Which, in a stable word: `photo`.
    pub part: String,
    /// Why, in a stable word: `gone`, `refused`, `other_host`.
    pub reason: String,
    /// The Cloud's own words, or what was seen.
    pub detail: String,
}

/// The Clouds' own media types of folders.
const FOLDERS: [&str; 2] = ["application/vnd.google-apps.folder", "application/vnd.box.folder"];

impl ItemMeta {
    /// True for what holds other Items.
    pub fn is_folder(&self) -> bool {
        self.without_content && self.media_type.as_deref().is_some_and(|kind| FOLDERS.contains(&kind))
    }
}

/// What a change feed says of an Item's metadata.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "update", rename_all = "snake_case")]
pub enum MetaUpdate {
    /// Nothing: it comes with the content.
    Unknown,
    /// All of it.
    Full(Box<ItemMeta>),
    /// Labels, whole: replaces those known. What else is known stays.
    SetLabels {
        /// The label ids.
        labels: Vec<String>,
    },
    /// Labels added and removed since the last known state.
    ChangeLabels {
        /// Label ids that it has now.
        add: Vec<String>,
        /// Label ids that it no longer has.
        remove: Vec<String>,
    },
}

impl MetaUpdate {
    /// This update followed by a later one, as one update.
    #[must_use]
    pub fn then(self, later: Self) -> Self {
        match (self, later) {
            (earlier, Self::Unknown) => earlier,
            (_, later @ Self::Full(_)) | (Self::Unknown, later) => later,
            (Self::Full(meta), later) => Self::Full(Box::new(later.apply(*meta))),
            (_, later @ Self::SetLabels { .. }) => later,
            (Self::SetLabels { labels }, Self::ChangeLabels { add, remove }) => {
                Self::SetLabels { labels: changed(labels, &add, &remove) }
            }
            (
                Self::ChangeLabels { add, remove },
                Self::ChangeLabels { add: add_later, remove: remove_later },
            ) => Self::ChangeLabels {
                add: changed(add, &add_later, &remove_later),
                remove: changed(remove, &remove_later, &add_later),
            },
        }
    }

    /// The metadata after this update.
    #[must_use]
    pub fn apply(self, mut meta: ItemMeta) -> ItemMeta {
        match self {
            Self::Unknown => meta,
            Self::Full(full) => *full,
            Self::SetLabels { labels } => {
                meta.labels = changed(Vec::new(), &labels, &[]);
                meta
            }
            Self::ChangeLabels { add, remove } => {
                meta.labels = changed(meta.labels, &add, &remove);
                meta
            }
        }
    }
}

fn changed(labels: Vec<String>, add: &[String], remove: &[String]) -> Vec<String> {
    let mut labels: Vec<String> = labels.into_iter().filter(|label| !remove.contains(label)).collect();
    labels.extend(add.iter().cloned());
    labels.sort();
    labels.dedup();
    labels
}

/// A documented, permanent reason why an Item's content cannot be stored. Its metadata is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// The provider has no export for this kind of document (Google Forms, Sites, …).
    NotExportable,
    /// The owner forbids download for everyone we may read as.
    DownloadForbidden,
    /// The provider found malware and gives the file to its owner only.
    Abusive,
    /// Larger than what can be kept of this kind (a mail above 150 MB).
    TooLarge,
    /// Left out by the Policy: extension, size, label.
    ExcludedByPolicy,
}

impl SkipReason {
    /// The stable word in SQL, JSON and logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotExportable => "not_exportable",
            Self::DownloadForbidden => "download_forbidden",
            Self::Abusive => "abusive",
            Self::TooLarge => "too_large",
            Self::ExcludedByPolicy => "excluded_by_policy",
        }
    }

    /// What a person reads in the ledger.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::NotExportable => "the cloud offers no export for this kind of document",
            Self::DownloadForbidden => "its owner forbids downloading it",
            Self::Abusive => "the cloud marked it as malware or abuse and hands it to nobody but its owner",
            Self::TooLarge => "it is larger than what can be kept of its kind",
            Self::ExcludedByPolicy => "the backup settings leave it out",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(labels: &[&str]) -> MetaUpdate {
        MetaUpdate::SetLabels { labels: labels.iter().map(|l| (*l).to_owned()).collect() }
    }
    fn change(add: &[&str], remove: &[&str]) -> MetaUpdate {
        let own = |labels: &[&str]| labels.iter().map(|l| (*l).to_owned()).collect();
        MetaUpdate::ChangeLabels { add: own(add), remove: own(remove) }
    }

    #[test]
    fn two_updates_as_one_equal_two_in_turn() {
        let full = MetaUpdate::Full(Box::new(ItemMeta { labels: vec!["X".into()], ..ItemMeta::default() }));
        let updates = [
            MetaUpdate::Unknown,
            full,
            set(&["A", "B"]),
            change(&["A", "C"], &["B"]),
            change(&["B"], &["A"]),
        ];
        let start =
            ItemMeta { name: Some("n".into()), labels: vec!["A".into(), "Z".into()], ..ItemMeta::default() };
        for first in &updates {
            for second in &updates {
                let in_turn = second.clone().apply(first.clone().apply(start.clone()));
                let as_one = first.clone().then(second.clone()).apply(start.clone());
                assert_eq!(as_one, in_turn, "{first:?} then {second:?}");
            }
        }
    }
}
