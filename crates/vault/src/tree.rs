//! A folder of a restic snapshot: its nodes, as JSON.
//! See <https://github.com/restic/restic/blob/master/doc/design.rst#trees-and-data>.
//!
//! Nodes that are not touched are kept byte for byte, so that an unchanged folder keeps its id and
//! what another program wrote into it survives.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::error::VaultError;
use crate::id::BlobId;

/// Go's bit for a folder in a file mode, and access for the owner only.
const FOLDER_MODE: u32 = 1 << 31 | 0o700;
const FILE_MODE: u32 = 0o600;

/// The nodes of a folder by name.
#[derive(Default)]
pub(crate) struct Tree {
    pub nodes: BTreeMap<String, Node>,
}

/// One entry of a folder, as it is stored.
pub(crate) struct Node(Box<RawValue>);

/// What a node says, as far as we read it.
#[derive(Debug, Deserialize)]
pub(crate) struct NodeInfo<'a> {
    #[serde(borrow)]
    pub name: Cow<'a, str>,
    #[serde(borrow, rename = "type")]
    pub kind: Cow<'a, str>,
    #[serde(default)]
    pub size: u64,
    #[serde(default, borrow)]
    mtime: Option<Cow<'a, str>>,
    #[serde(default)]
    pub content: Option<Vec<BlobId>>,
    #[serde(default)]
    pub subtree: Option<BlobId>,
}

impl NodeInfo<'_> {
    /// When it was modified; `None` where it says nothing that can be read.
    pub fn modified(&self) -> Option<Timestamp> {
        self.mtime.as_ref()?.parse().ok()
    }

    pub fn is_folder(&self) -> bool {
        self.kind == "dir"
    }

    pub fn is_file(&self) -> bool {
        self.kind == "file"
    }
}

#[derive(Deserialize)]
struct TreeFile {
    nodes: Option<Vec<Box<RawValue>>>,
}

/// A node in the order restic writes its fields.
#[derive(Serialize)]
struct NodeFile<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    mode: u32,
    mtime: Timestamp,
    atime: Timestamp,
    ctime: Timestamp,
    uid: u32,
    gid: u32,
    #[serde(skip_serializing_if = "is_zero")]
    size: u64,
    #[serde(skip_serializing_if = "is_zero")]
    links: u64,
    content: Option<&'a [BlobId]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subtree: Option<BlobId>,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl Node {
    fn new(file: &NodeFile) -> Result<Self, VaultError> {
        serde_json::value::to_raw_value(file)
            .map(Self)
            .map_err(|error| VaultError::damaged(format!("{} as JSON: {error}", file.name)))
    }

    /// A file. Without a time it gets 1970, so that the same file is always the same node.
    pub fn file(
        name: &str,
        blobs: &[BlobId],
        size: u64,
        modified: Option<Timestamp>,
    ) -> Result<Self, VaultError> {
        let modified = modified.unwrap_or(Timestamp::UNIX_EPOCH);
        Self::new(&NodeFile {
            name,
            kind: "file",
            mode: FILE_MODE,
            mtime: modified,
            atime: modified,
            ctime: modified,
            uid: 0,
            gid: 0,
            size,
            links: 1,
            content: Some(blobs),
            subtree: None,
        })
    }

    /// A folder.
    pub fn folder(name: &str, subtree: BlobId) -> Result<Self, VaultError> {
        let never = Timestamp::UNIX_EPOCH;
        Self::new(&NodeFile {
            name,
            kind: "dir",
            mode: FOLDER_MODE,
            mtime: never,
            atime: never,
            ctime: never,
            uid: 0,
            gid: 0,
            size: 0,
            links: 0,
            content: None,
            subtree: Some(subtree),
        })
    }

    pub fn info(&self) -> Result<NodeInfo<'_>, VaultError> {
        serde_json::from_str(self.0.get())
            .map_err(|error| VaultError::damaged(format!("an entry of a folder: {error}")))
    }
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.0.get() == other.0.get()
    }
}

impl Tree {
    pub fn parse(id: &BlobId, json: &[u8]) -> Result<Self, VaultError> {
        let unreadable = |error| VaultError::damaged(format!("folder {id}: {error}"));
        let file: TreeFile = serde_json::from_slice(json).map_err(unreadable)?;
        let mut nodes = BTreeMap::new();
        for raw in file.nodes.unwrap_or_default() {
            let node = Node(raw);
            let name = node.info()?.name.into_owned();
            if nodes.contains_key(&name) {
                return Err(VaultError::damaged(format!("folder {id} has {name} twice")));
            }
            nodes.insert(name, node);
        }
        Ok(Self { nodes })
    }

    /// The bytes that are stored, ending in a line break as restic's do.
    pub fn to_json(&self) -> Vec<u8> {
        let length: usize = self.nodes.values().map(|node| node.0.get().len() + 1).sum();
        let mut json = Vec::with_capacity(length + 16);
        json.extend_from_slice(b"{\"nodes\":[");
        for (i, node) in self.nodes.values().enumerate() {
            if i > 0 {
                json.push(b',');
            }
            json.extend_from_slice(node.0.get().as_bytes());
        }
        json.extend_from_slice(b"]}\n");
        json
    }
}

/// Refuses names that restic would escape, and what no file system takes.
pub(crate) fn check_name(name: &str) -> Result<(), VaultError> {
    let printable = |byte: u8| (b' '..=b'~').contains(&byte) && !b"/\\\"".contains(&byte);
    let fine = (1..=255).contains(&name.len()) && name != "." && name != ".." && name.bytes().all(printable);
    if !fine {
        return Err(VaultError::BadName { name: name.chars().take(80).collect() });
    }
    Ok(())
}
