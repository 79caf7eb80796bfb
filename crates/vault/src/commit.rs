//! Turning changed folders into a restic snapshot.
//!
//! The changes come sorted by path, so that only the folders on the way down are open at a time;
//! folders that are not named keep their id and are not even read. The order of durability holds
//! the promise: packs, index, and last the snapshot.

use std::error::Error;
use std::sync::Arc;

use jiff::Timestamp;

use crate::error::VaultError;
use crate::id::{BlobId, SnapshotId};
use crate::index::BlobKind;
use crate::snapshot::{SnapshotFile, Summary};
use crate::tree::{Node, Tree, check_name};
use crate::vault::{Core, Vault};
use crate::view::{joined, read_whole};
use crate::writer::{Sealer, Writer};

/// A metadata file that is rewritten may be this long.
const REWRITE_LIMIT: u64 = 64 << 20;

/// Why a metadata file could not be rewritten.
pub type RewriteError = Box<dyn Error + Send + Sync>;

/// The new content of a small file, given its old one. `None` is no file, before and after.
pub type Rewrite = Box<dyn FnOnce(Option<Vec<u8>>) -> Result<Option<Vec<u8>>, RewriteError> + Send>;

/// What is to be committed.
pub struct Commit<I> {
    /// The snapshot whose tree is changed; `None` starts with an empty one.
    pub parent: Option<SnapshotId>,
    /// The host that restic shows.
    pub host: String,
    /// rustic's label of the series; empty for none.
    pub label: String,
    /// restic's tags.
    pub tags: Vec<String>,
    /// When it is made.
    pub time: Timestamp,
    /// The program and its version.
    pub program_version: String,
    /// The changes, sorted by path, component by component.
    pub edits: I,
}

/// What changes in one folder: first `remove_folder`, then `remove`, `put` and `rewrite`. A folder
/// that is left empty disappears.
#[derive(Default)]
pub struct FolderEdit {
    /// The folder, from the root.
    pub path: Vec<String>,
    /// Files that are new or changed.
    pub put: Vec<FileEntry>,
    /// Names of files that go. One that is not there is no error.
    pub remove: Vec<String>,
    /// Small metadata files that are rewritten from their old content.
    pub rewrite: Vec<(String, Rewrite)>,
    /// All that was in the folder goes first.
    pub remove_folder: bool,
}

/// A file that is new or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileEntry {
    /// Its name.
    pub name: String,
    /// Its blobs in order, in the index or in the writer.
    pub blobs: Vec<BlobId>,
    /// The sum of its blobs.
    pub size: u64,
    /// When it was modified.
    pub modified: Option<Timestamp>,
}

/// What a commit did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// The new snapshot; the parent where nothing changed.
    pub snapshot: SnapshotId,
    /// Its root folder.
    pub tree: BlobId,
    /// Folders that had to be read.
    pub trees_read: u64,
    /// Folders that changed.
    pub trees_written: u64,
    /// The tree is the parent's: no snapshot was saved.
    pub unchanged: bool,
}

impl Vault {
    /// Commits changes. Blocking; `cancelled` is asked before each change. Where it fails, the
    /// Repository has no new snapshot.
    pub fn commit<I, E>(
        &self,
        writer: &Writer,
        commit: Commit<I>,
        cancelled: impl Fn() -> bool,
    ) -> Result<Committed, VaultError>
    where
        I: IntoIterator<Item = Result<FolderEdit, E>>,
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        if !writer.is_of(&self.core) {
            return Err(VaultError::Closed);
        }
        let parent = match commit.parent {
            Some(id) => Some(self.core.snapshot(id)?),
            None => None,
        };
        let old = parent.as_ref().map(|parent| parent.tree);
        let mut trie = Trie::open(&self.core, writer, old, commit.time)?;
        for edit in commit.edits {
            if cancelled() {
                return Err(VaultError::Cancelled);
            }
            trie.apply(edit.map_err(|error| VaultError::Edits(Arc::from(error.into())))?)?;
        }
        let done = trie.finish()?;
        let result = |snapshot, unchanged| Committed {
            snapshot,
            tree: done.root,
            trees_read: done.read,
            trees_written: done.summary.dirs_changed,
            unchanged,
        };
        if let Some(parent) = parent.filter(|parent| parent.tree == done.root) {
            // The writer may hold what the caller stored before and counts on being durable.
            writer.flush_blocking()?;
            return Ok(result(parent.id, true));
        }
        if cancelled() {
            return Err(VaultError::Cancelled);
        }
        writer.flush_blocking()?;
        let snapshot = self.core.save_snapshot(&SnapshotFile {
            time: commit.time,
            parent: commit.parent,
            tree: done.root,
            paths: Some(vec!["/".to_string()]),
            hostname: commit.host,
            username: "holdfast".to_string(),
            tags: (!commit.tags.is_empty()).then_some(commit.tags),
            label: commit.label,
            program_version: commit.program_version,
            summary: Some(done.summary.clone()),
        })?;
        Ok(result(snapshot, false))
    }
}

/// A folder on the way down.
#[derive(Default)]
struct Open {
    name: String,
    /// Its id before, `None` where it is new.
    before: Option<BlobId>,
    tree: Tree,
    changed: bool,
}

/// The folders that are open, root first.
pub(crate) struct Trie<'a> {
    core: &'a Core,
    writer: &'a Writer,
    sealer: Sealer,
    time: Timestamp,
    open: Vec<Open>,
    last: Option<Vec<String>>,
    read: u64,
    summary: Summary,
}

pub(crate) struct Done {
    pub root: BlobId,
    read: u64,
    summary: Summary,
}

impl<'a> Trie<'a> {
    pub fn open(
        core: &'a Core,
        writer: &'a Writer,
        root: Option<BlobId>,
        time: Timestamp,
    ) -> Result<Self, VaultError> {
        let mut trie = Self {
            core,
            writer,
            sealer: writer.sealer()?,
            time,
            open: Vec::new(),
            last: None,
            read: 0,
            summary: Summary::default(),
        };
        let tree = trie.load(root)?;
        trie.open.push(Open { name: String::new(), before: root, tree, changed: false });
        Ok(trie)
    }

    fn load(&mut self, id: Option<BlobId>) -> Result<Tree, VaultError> {
        match id {
            None => Ok(Tree::default()),
            Some(id) => {
                self.read += 1;
                self.core.tree(id)
            }
        }
    }

    /// The path of a name in the innermost folder, for messages.
    fn path_of(&self, name: &str) -> String {
        let mut path: Vec<&str> = self.open[1..].iter().map(|open| &*open.name).collect();
        path.push(name);
        joined(&path)
    }

    fn innermost(&mut self) -> &mut Open {
        let last = self.open.len() - 1;
        &mut self.open[last]
    }

    pub fn apply(&mut self, edit: FolderEdit) -> Result<(), VaultError> {
        if self.last.as_ref().is_some_and(|last| *last > edit.path) {
            return Err(VaultError::OutOfOrder { path: joined(&edit.path) });
        }
        let shared =
            self.open[1..].iter().zip(&edit.path).take_while(|(open, name)| open.name == **name).count();
        while self.open.len() > shared + 1 {
            self.close()?;
        }
        for (depth, name) in edit.path.iter().enumerate().skip(shared) {
            let whole = edit.remove_folder && depth + 1 == edit.path.len();
            self.enter(name, whole)?;
        }
        if edit.remove_folder {
            let folder = self.innermost();
            folder.changed |= !folder.tree.nodes.is_empty();
            folder.tree = Tree::default();
        }
        self.last = Some(edit.path);
        for name in &edit.remove {
            self.remove(name)?;
        }
        for file in edit.put {
            self.put(&file)?;
        }
        for (name, rewrite) in edit.rewrite {
            self.rewrite(&name, rewrite)?;
        }
        Ok(())
    }

    /// Opens a folder in the innermost one; empty where its old content goes anyway.
    fn enter(&mut self, name: &str, emptied: bool) -> Result<(), VaultError> {
        check_name(name)?;
        let before = match self.innermost().tree.nodes.get(name) {
            None => None,
            Some(node) => {
                let info = node.info()?;
                let subtree = info.subtree.filter(|_| info.is_folder());
                Some(subtree.ok_or_else(|| VaultError::Conflict { path: self.path_of(name) })?)
            }
        };
        let tree = self.load(before.filter(|_| !emptied))?;
        self.open.push(Open { name: name.to_string(), before, tree, changed: emptied && before.is_some() });
        Ok(())
    }

    /// Saves the innermost folder where it changed, and tells the one above.
    fn close(&mut self) -> Result<(), VaultError> {
        let Some(folder) = self.open.pop() else {
            return Ok(());
        };
        if !folder.changed {
            return Ok(());
        }
        if folder.tree.nodes.is_empty() {
            let above = self.innermost();
            above.changed |= above.tree.nodes.remove(&folder.name).is_some();
            return Ok(());
        }
        let id = self.save(&folder.tree)?;
        if folder.before == Some(id) {
            return Ok(());
        }
        self.summary.dirs_changed += 1;
        let node = Node::folder(&folder.name, id)?;
        let above = self.innermost();
        above.tree.nodes.insert(folder.name, node);
        above.changed = true;
        Ok(())
    }

    fn save(&mut self, tree: &Tree) -> Result<BlobId, VaultError> {
        let json = tree.to_json();
        let (id, _) = self.writer.put(&mut self.sealer, BlobKind::Tree, &json)?;
        Ok(id)
    }

    pub fn finish(mut self) -> Result<Done, VaultError> {
        while self.open.len() > 1 {
            self.close()?;
        }
        let root = std::mem::take(self.innermost());
        let id = match root.before {
            Some(before) if !root.changed => before,
            _ => self.save(&root.tree)?,
        };
        if root.before != Some(id) {
            self.summary.dirs_changed += 1;
        }
        Ok(Done { root: id, read: self.read, summary: self.summary })
    }

    /// The file of that name, `None` where there is nothing.
    fn file(&mut self, name: &str) -> Result<Option<&Node>, VaultError> {
        check_name(name)?;
        let path = self.path_of(name);
        match self.innermost().tree.nodes.get(name) {
            Some(node) if node.info()?.is_folder() => Err(VaultError::Conflict { path }),
            node => Ok(node),
        }
    }

    fn remove(&mut self, name: &str) -> Result<(), VaultError> {
        if self.file(name)?.is_some() {
            let folder = self.innermost();
            folder.tree.nodes.remove(name);
            folder.changed = true;
        }
        Ok(())
    }

    fn put(&mut self, file: &FileEntry) -> Result<(), VaultError> {
        let mut have = 0;
        for blob in &file.blobs {
            let size = self.writer.size_of(blob);
            have +=
                size.ok_or_else(|| VaultError::UnknownBlob { path: self.path_of(&file.name), blob: *blob })?;
        }
        if have != file.size {
            return Err(VaultError::WrongSize { path: self.path_of(&file.name), said: file.size, have });
        }
        self.summary.total_bytes_processed += file.size;
        let node = Node::file(&file.name, &file.blobs, file.size, file.modified)?;
        self.place(&file.name, node)
    }

    /// Puts a file node unless the same is there.
    fn place(&mut self, name: &str, node: Node) -> Result<(), VaultError> {
        if self.file(name)? == Some(&node) {
            return Ok(());
        }
        self.summary.files_changed += 1;
        let folder = self.innermost();
        folder.tree.nodes.insert(name.to_string(), node);
        folder.changed = true;
        Ok(())
    }

    fn rewrite(&mut self, name: &str, rewrite: Rewrite) -> Result<(), VaultError> {
        let old = match self.file(name)? {
            None => None,
            Some(node) => Some(node.info()?.content.unwrap_or_default()),
        };
        let path = self.path_of(name);
        let old_content = match &old {
            None => None,
            Some(blobs) => Some(read_whole(self.core, blobs, REWRITE_LIMIT, || path.clone())?),
        };
        let new = rewrite(old_content)
            .map_err(|cause| VaultError::Rewrite { path: path.clone(), cause: Arc::from(cause) })?;
        let Some(content) = new else {
            return self.remove(name);
        };
        if content.len() as u64 > REWRITE_LIMIT {
            return Err(VaultError::TooLarge { what: path, limit: REWRITE_LIMIT });
        }
        let mut blobs = Vec::new();
        let mut rest = &content[..];
        for length in self.core.chunker.lengths(&content) {
            let (part, after) = rest.split_at(length);
            rest = after;
            let (id, _) = self.writer.put(&mut self.sealer, BlobKind::Data, part)?;
            blobs.push(id);
        }
        if old.as_ref() == Some(&blobs) {
            return Ok(());
        }
        let node = Node::file(name, &blobs, content.len() as u64, Some(self.time))?;
        self.place(name, node)
    }
}
