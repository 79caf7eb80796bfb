//! What a cloud really holds, as told by the test's side of it: what a backup is compared with.

use std::collections::{BTreeMap, BTreeSet};

use holdfast_model::{GroupId, ItemId, ItemMeta, OrgUnitId, SkipReason, UserId};

/// One Item that exists and that the Policy keeps.
#[derive(Clone, Debug, PartialEq)]
pub struct TruthItem {
    /// The provider's id.
    pub id: ItemId,
    /// Name, parents and labels at least.
    pub meta: ItemMeta,
    /// The files that a backup must hold; empty where there is no content or it cannot be stored.
    pub contents: Vec<TruthContent>,
    /// Why its content cannot be stored.
    pub skip: Option<SkipReason>,
}

/// One file of an Item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TruthContent {
    /// File name extension without the dot.
    pub extension: String,
    /// Bytes; `None` where the Cloud's export differs each time.
    pub size: Option<u64>,
    /// SHA-256 in lower-case hexadecimal; `None` where the Cloud's export differs each time.
    pub sha256: Option<String>,
}

/// The directory, by ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DirectoryTruth {
    /// Users with their display names.
    pub users: BTreeMap<UserId, String>,
    /// Groups with the ids of those direct members that have one.
    pub groups: BTreeMap<GroupId, BTreeSet<String>>,
    /// Org units, the root not counted.
    pub units: BTreeSet<OrgUnitId>,
}
