//! Real files that are served as content (`--corpus`).

use std::io;
use std::path::{Path, PathBuf};

use bytes::Bytes;

/// Files found below a folder, in a fixed order.
#[derive(Clone, Debug, Default)]
pub struct Corpus {
    /// The bytes of every `.eml`.
    pub mails: Vec<Bytes>,
    /// The bytes of every `.ics`.
    pub calendars: Vec<Bytes>,
    /// The bytes of every `.vcf`.
    pub cards: Vec<Bytes>,
    /// Every file that is no mail, by name below the folder.
    pub files: Vec<CorpusFile>,
}

/// A file that is served as a Drive file.
#[derive(Clone, Debug)]
pub struct CorpusFile {
    /// Path below the folder, with `/`.
    pub path: String,
    /// Its bytes.
    pub bytes: Bytes,
}

impl Corpus {
    /// Reads a folder recursively; `None` is an empty corpus. Links are not followed.
    pub fn read(root: Option<&Path>) -> io::Result<Self> {
        let Some(root) = root else { return Ok(Self::default()) };
        let mut paths = Vec::new();
        let mut folders: Vec<PathBuf> = vec![root.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder)? {
                let entry = entry?;
                let kind = entry.file_type()?;
                if kind.is_dir() {
                    folders.push(entry.path());
                } else if kind.is_file() {
                    paths.push(entry.path());
                }
            }
        }
        paths.sort();
        let mut corpus = Self::default();
        for path in paths {
            let bytes = Bytes::from(std::fs::read(&path)?);
            let ends = |end: &str| path.extension().is_some_and(|e| e.eq_ignore_ascii_case(end));
            if ends("eml") {
                corpus.mails.push(bytes);
            } else {
                if ends("ics") {
                    corpus.calendars.push(bytes.clone());
                } else if ends("vcf") {
                    corpus.cards.push(bytes.clone());
                }
                let below = path.strip_prefix(root).unwrap_or(&path);
                let parts: Vec<_> =
                    below.components().map(|c| c.as_os_str().to_string_lossy().into_owned()).collect();
                corpus.files.push(CorpusFile { path: parts.join("/"), bytes });
            }
        }
        Ok(corpus)
    }
}
