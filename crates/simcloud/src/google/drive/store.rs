//! Bytes, checksums and exports of the drives' files, with what was worked out once kept.

use std::collections::{HashMap, HashSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::content::{Content, Hashes, Style};
use super::export::Editor;
use super::file::{File, Revision};
use super::office::Source;
use crate::content::{hex, mix};
use crate::sync::lock;
use bytes::Bytes;

/// The size and SHA-256 of an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// How many bytes.
    pub size: u64,
    /// In hexadecimal.
    pub sha256: String,
}

impl Exported {
    fn of(bytes: &[u8]) -> Self {
        let digest = <sha2::Sha256 as sha2::Digest>::digest(bytes);
        Self { size: bytes.len() as u64, sha256: hex(&digest) }
    }
}

/// A file, one of its revisions, and the short name of a format.
type ExportKey = (String, String, &'static str);

/// Where content comes from and what is known of it.
#[derive(Default)]
pub struct Store {
    hashes: Mutex<HashMap<Content, Hashes>>,
    prepared: Mutex<HashSet<PathBuf>>,
    exports: Mutex<HashMap<ExportKey, Exported>>,
    jittered: Mutex<HashMap<ExportKey, Vec<Exported>>>,
    office: Vec<(Editor, Bytes)>,
    jitters: AtomicBool,
    exports_made: AtomicU64,
}

impl Store {
    /// A store that hands out real Office files as exports, where there are some.
    #[must_use]
    pub fn new(office: Vec<(Editor, Bytes)>) -> Self {
        Self { office, ..Self::default() }
    }

    /// The checksums of content, worked out once.
    ///
    /// # Errors
    /// When content on disk cannot be read.
    pub fn hashes(&self, content: &Content) -> std::io::Result<Hashes> {
        if let Some(known) = lock(&self.hashes).get(content) {
            return Ok(known.clone());
        }
        // Not under the lock: a big file takes seconds.
        let hashes = self.source(content).hashes()?;
        lock(&self.hashes).insert(content.clone(), hashes.clone());
        Ok(hashes)
    }

    /// The content itself, or its copy on disk where it was prepared.
    #[must_use]
    pub fn source(&self, content: &Content) -> Content {
        let Content::Made { seed, size, style } = content else { return content.clone() };
        let prepared = lock(&self.prepared);
        if prepared.is_empty() {
            return content.clone();
        }
        let name = file_name(*seed, *size, *style);
        match prepared.iter().find(|folder| folder.join(&name).is_file()) {
            Some(folder) => Content::OnDisk { path: folder.join(name).into(), size: *size },
            None => content.clone(),
        }
    }

    /// Writes made content into `folder` and works out its checksums, so that serving it costs next to nothing.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn prepare(&self, folder: &Path, contents: &[Content]) -> std::io::Result<u64> {
        std::fs::create_dir_all(folder)?;
        let mut written = 0;
        for content in contents {
            if let Content::Made { seed, size, style } = content {
                let path = folder.join(file_name(*seed, *size, *style));
                if std::fs::metadata(&path).map(|found| found.len()).ok() != Some(*size) {
                    // Under another name first: a run that is broken off must not leave half a file.
                    let partial = path.with_extension("partial");
                    let mut file = std::fs::File::create(&partial)?;
                    for piece in content.pieces(0..*size) {
                        file.write_all(&piece?)?;
                    }
                    drop(file);
                    std::fs::rename(&partial, &path)?;
                    written += size;
                }
            }
        }
        lock(&self.prepared).insert(folder.to_path_buf());
        self.recall(folder);
        for content in contents {
            self.hashes(content)?;
        }
        self.remember(folder, contents)?;
        Ok(written)
    }

    fn remember(&self, folder: &Path, contents: &[Content]) -> std::io::Result<()> {
        let mut lines = String::new();
        for content in contents {
            if let (Content::Made { seed, size, style }, Ok(hashes)) = (content, self.hashes(content)) {
                let line = serde_json::json!([file_name(*seed, *size, *style), hashes]);
                lines.push_str(&format!("{line}\n"));
            }
        }
        std::fs::write(folder.join("hashes.jsonl"), lines)
    }

    /// Takes over checksums that an earlier start worked out; a file that cannot be read is as good as none.
    fn recall(&self, folder: &Path) {
        let Ok(text) = std::fs::read_to_string(folder.join("hashes.jsonl")) else { return };
        let mut known = lock(&self.hashes);
        for line in text.lines() {
            if let Ok((name, hashes)) = serde_json::from_str::<(String, Hashes)>(line)
                && let Some(content) = content_named(&name)
            {
                known.insert(content, hashes);
            }
        }
    }

    /// Whether each export is to differ from the one before.
    pub fn set_jitter(&self, jitters: bool) {
        self.jitters.store(jitters, Ordering::Relaxed);
    }

    /// Makes an export of a revision.
    #[must_use]
    pub fn export(&self, editor: Editor, file: &File, revision: &Revision, short: &'static str) -> Vec<u8> {
        if !self.jitters.load(Ordering::Relaxed) {
            return self.export_with(editor, file, revision, short, 0);
        }
        let nonce = self.exports_made.fetch_add(1, Ordering::Relaxed) + 1;
        let bytes = self.export_with(editor, file, revision, short, nonce);
        lock(&self.jittered).entry(key(file, revision, short)).or_default().push(Exported::of(&bytes));
        bytes
    }

    /// The exports that were handed out while each was to differ.
    #[must_use]
    pub fn jittered(&self, file: &File, revision: &Revision, short: &'static str) -> Vec<Exported> {
        lock(&self.jittered).get(&key(file, revision, short)).cloned().unwrap_or_default()
    }

    fn export_with(
        &self,
        editor: Editor,
        file: &File,
        revision: &Revision,
        short: &str,
        nonce: u64,
    ) -> Vec<u8> {
        let Content::Made { seed, size, .. } = revision.content else { return Vec::new() };
        let stamp = match nonce {
            0 => format!("{}/{}", file.id, revision.id),
            nonce => format!("{}/{}/{nonce}", file.id, revision.id),
        };
        let candidates: Vec<_> = self.office.iter().filter(|(kind, _)| *kind == editor).collect();
        // Real documents stand in for small ones only: a big one is big on purpose.
        let real = usize::try_from(mix(&[seed, 1]) % candidates.len().max(1) as u64)
            .ok()
            .and_then(|index| candidates.get(index));
        let office = real.filter(|_| size < 1_000_000).map(|(_, bytes)| bytes);
        Source { editor, seed, text_bytes: size, stamp: &stamp, office: office.map(AsRef::as_ref) }
            .made(short)
    }

    /// The size and hash that an export has while exports are stable, worked out once.
    #[must_use]
    pub fn exported(
        &self,
        editor: Editor,
        file: &File,
        revision: &Revision,
        short: &'static str,
    ) -> Exported {
        let key = key(file, revision, short);
        if let Some(known) = lock(&self.exports).get(&key) {
            return known.clone();
        }
        let exported = Exported::of(&self.export_with(editor, file, revision, short, 0));
        lock(&self.exports).insert(key, exported.clone());
        exported
    }
}

fn file_name(seed: u64, size: u64, style: Style) -> String {
    let style = match style {
        Style::Text => "text",
        Style::Noise => "noise",
    };
    format!("{seed:016x}-{size}-{style}.bin")
}

fn content_named(name: &str) -> Option<Content> {
    let mut parts = name.strip_suffix(".bin")?.split('-');
    let seed = u64::from_str_radix(parts.next()?, 16).ok()?;
    let size = parts.next()?.parse().ok()?;
    let style = match parts.next()? {
        "text" => Style::Text,
        "noise" => Style::Noise,
        _ => return None,
    };
    Some(Content::Made { seed, size, style })
}

fn key(file: &File, revision: &Revision, short: &'static str) -> ExportKey {
    (file.id.to_string(), revision.id.clone(), short)
}
