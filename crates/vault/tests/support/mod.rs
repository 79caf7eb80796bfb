//! What the tests of the vault share: a place for a Repository, contents, and stock restic.
#![allow(clippy::unwrap_used)] // A test that cannot go on fails.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use bytes::Bytes;
use holdfast_vault::*;
use jiff::Timestamp;
use tempfile::TempDir;

pub mod faulty;

pub const PASSWORD: &str = "seven-correct-horses";

/// A folder with room for a Repository, its cache, and more.
pub struct Place {
    pub dir: TempDir,
}

impl Place {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self { dir }
    }

    pub fn repository(&self) -> PathBuf {
        self.dir.path().join("repository")
    }

    pub fn location(&self) -> Location {
        Location::Local(self.repository())
    }

    pub fn cache(&self) -> PathBuf {
        self.dir.path().join("cache")
    }

    pub fn options(&self) -> OpenOptions {
        OpenOptions { cache_dir: self.cache(), expect: None }
    }

    pub fn init(&self) -> Vault {
        Vault::init(&self.location(), &PASSWORD.into(), &self.cache()).unwrap()
    }

    pub fn open(&self) -> Vault {
        Vault::open(&self.location(), &PASSWORD.into(), self.options()).unwrap()
    }

    /// Runs stock restic on the Repository.
    pub fn restic(&self, arguments: &[&str]) -> Output {
        Command::new("restic")
            .arg("--no-cache")
            .arg("--repo")
            .arg(self.repository())
            .args(arguments)
            .env("RESTIC_PASSWORD", PASSWORD)
            .output()
            .unwrap()
    }

    /// Runs stock restic, which must succeed.
    pub fn restic_ok(&self, arguments: &[&str]) -> String {
        let output = self.restic(arguments);
        assert!(output.status.success(), "restic {arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Stock restic finds nothing wrong in any byte, and neither do we.
    pub fn assert_sound(&self) {
        let output = self.restic(&["check", "--read-data"]);
        assert!(output.status.success(), "{output:?}");
    }

    /// The files of a snapshot as stock restic restores them.
    pub fn restored(&self, snapshot: SnapshotId) -> PathBuf {
        let target = self.dir.path().join(format!("restored-{snapshot}"));
        self.restic_ok(&["restore", &snapshot.to_string(), "--target", target.to_str().unwrap()]);
        target
    }
}

/// A runtime to wait in.
pub fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// Bytes that no compressor makes smaller, always the same for a seed.
pub fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.wrapping_mul(0x2545_F491_4F6C_DD1D).to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}

/// A mail of some length that differs by number.
pub fn mail(number: u64, length: usize) -> Vec<u8> {
    let mut text = format!("Message-ID: <{number}@example.org>\r\nSubject: {number}\r\n\r\n");
    let mut line = number;
    while text.len() < length {
        line = line.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        text.push_str(&format!("line {line:x} of mail {number}\r\n"));
    }
    text.truncate(length);
    text.into_bytes()
}

/// A mail with one attachment as mail programs write it.
pub fn mail_with(number: u64, attachment: &[u8]) -> Vec<u8> {
    let boundary = format!("=_{number:016x}");
    let mut text = format!(
        "Message-ID: <{number}@example.org>\r\nContent-Type: multipart/mixed; \
         boundary=\"{boundary}\"\r\n\r\n--{boundary}\r\nContent-Type: text/plain\r\n\r\n\
         Mail {number}\r\n--{boundary}\r\nContent-Type: application/octet-stream\r\n\r\n"
    )
    .into_bytes();
    text.extend_from_slice(attachment);
    text.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    text
}

pub fn store(writer: &Writer, content: &[u8]) -> Stored {
    wait(writer.store_mail(Bytes::copy_from_slice(content))).unwrap()
}

/// Stores through a sink, in pieces of a size.
pub fn stream(writer: &Writer, content: &[u8], piece: usize) -> Stored {
    wait(async {
        let mut sink = writer.sink();
        for piece in content.chunks(piece) {
            sink.write(Bytes::copy_from_slice(piece)).await.unwrap();
        }
        sink.finish().await.unwrap()
    })
}

pub fn file(name: &str, stored: &Stored) -> FileEntry {
    FileEntry {
        name: name.into(),
        blobs: stored.blobs.clone(),
        size: stored.size,
        modified: Some("2024-05-06T07:08:09.123456789Z".parse().unwrap()),
    }
}

pub fn folder(path: &str) -> Vec<String> {
    path.split('/').filter(|name| !name.is_empty()).map(String::from).collect()
}

pub fn put(path: &str, files: Vec<FileEntry>) -> FolderEdit {
    FolderEdit { path: folder(path), put: files, ..FolderEdit::default() }
}

pub fn commit_of<I>(parent: Option<SnapshotId>, edits: I) -> Commit<I> {
    Commit {
        parent,
        host: "office".into(),
        label: "example.org".into(),
        tags: vec!["holdfast".into()],
        time: Timestamp::from_second(1_700_000_000).unwrap(),
        program_version: "holdfast 0.1.0".into(),
        edits,
    }
}

pub fn commit(
    vault: &Vault,
    writer: &Writer,
    parent: Option<SnapshotId>,
    edits: Vec<FolderEdit>,
) -> Result<Committed, VaultError> {
    let edits: Vec<Result<_, VaultError>> = edits.into_iter().map(Ok).collect();
    vault.commit(writer, commit_of(parent, edits), || false)
}

pub fn read(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
