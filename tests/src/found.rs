//! What a restore brought back, read from the folder it was restored to. Every byte is read and hashed here:
//! what the Repository says of itself is checked, not believed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The metadata file of a leaf folder of the Repository.
const ITEMS: &str = "_items.jsonl";

/// One Item as it was found.
#[derive(Clone, Debug)]
pub struct FoundItem {
    /// `gmail`, `drive` or `shared_drive`.
    pub service: String,
    /// The folder's name of the user or shared drive it belongs to.
    pub owner: String,
    /// The provider's id.
    pub id: String,
    /// Its files.
    pub files: Vec<FoundFile>,
    /// Label ids, or tags.
    pub labels: BTreeSet<String>,
    /// Its real name.
    pub name: Option<String>,
    /// What Box's templates of metadata say of it; `None` where it is none of Box's.
    pub metadata: Option<Value>,
    /// Why it has no content, where that is so.
    pub skip: Option<String>,
}

/// One file of an Item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundFile {
    /// Where it is, for messages.
    pub path: PathBuf,
    /// Lower case, without the dot.
    pub extension: String,
    /// Bytes that were read.
    pub size: u64,
    /// Of the bytes that were read, in lower-case hexadecimal.
    pub sha256: String,
}

/// All that a restore brought back.
#[derive(Clone, Debug, Default)]
pub struct Restored {
    /// Items in any order; one that is there twice is here twice.
    pub items: Vec<FoundItem>,
    /// Files that were made from others: `.ics`, `.vcf`.
    pub exports: Vec<FoundFile>,
}

/// A line of the index that `holdfast restore --to-folder` writes: one for each file, or for an Item without any.
#[derive(Deserialize)]
struct IndexLine {
    owner_id: String,
    service: String,
    id: String,
    path: Option<String>,
    name: Option<String>,
    size: u64,
    sha256: Option<String>,
    skip: Option<String>,
    #[serde(default)]
    metadata: Meta,
    /// An `.ics` or `.vcf` that was made from others.
    #[serde(default)]
    is_export: bool,
}

/// A line of the metadata file.
#[derive(Deserialize)]
struct Line {
    id: String,
    #[serde(default)]
    files: Vec<LineFile>,
    #[serde(default)]
    meta: Meta,
    #[serde(default)]
    skip: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct LineFile {
    name: String,
    size: u64,
    sha256: String,
}

#[derive(Default, Deserialize)]
struct Meta {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    labels: BTreeSet<String>,
    #[serde(default)]
    more: BTreeMap<String, Value>,
}

impl Restored {
    /// Reads what `restic restore` wrote: `<cloud>/<tenant>/<user>/<service>/…` with metadata beside the files.
    pub fn by_restic(folder: &Path) -> Result<Self> {
        let mut restored = Self::default();
        for cloud in folders(folder)?.iter().filter(|cloud| !is_hidden(cloud)) {
            for tenant in folders(cloud)? {
                for owner in folders(&tenant)? {
                    restored.read_owner(&owner)?;
                }
            }
        }
        Ok(restored)
    }

    /// Reads what `holdfast restore --to-folder` wrote: files under their real names, and an index.
    pub fn by_holdfast(folder: &Path) -> Result<Self> {
        let index = folder.join("index.jsonl");
        let text = fs::read_to_string(&index).with_context(|| format!("cannot read {}", index.display()))?;
        let mut restored = Self::default();
        let mut items: BTreeMap<(String, String, String), FoundItem> = BTreeMap::new();
        let mut indexed = BTreeSet::from([index, folder.join("index.csv")]);
        for line in text.lines() {
            let line: IndexLine =
                serde_json::from_str(line).with_context(|| format!("no line of the index: {line}"))?;
            let file = match &line.path {
                None => None,
                Some(relative) => {
                    let is_inside =
                        Path::new(relative).components().all(|part| matches!(part, Component::Normal(_)));
                    ensure!(is_inside, "{relative} is not inside the target");
                    let file = FoundFile::read(&folder.join(relative))?;
                    let is_as_listed = file.size == line.size && Some(&file.sha256) == line.sha256.as_ref();
                    ensure!(is_as_listed, "{} is not as the index says", file.path.display());
                    ensure!(indexed.insert(file.path.clone()), "{} is two files in one", file.path.display());
                    Some(file)
                }
            };
            if line.is_export {
                restored.exports.extend(file);
                continue;
            }
            let key = (line.service.clone(), line.owner_id.clone(), line.id.clone());
            let item = items.entry(key).or_insert_with(|| FoundItem {
                metadata: line.metadata.filled_in(&line.service, &line.id),
                service: line.service,
                owner: stem(&line.owner_id),
                id: line.id,
                files: Vec::new(),
                labels: line.metadata.labels,
                name: line.name,
                skip: line.skip,
            });
            item.files.extend(file);
        }
        if let Some(stray) = files_below(folder)?.iter().find(|path| !indexed.contains(*path)) {
            bail!("{} is not in the index", stray.display());
        }
        restored.items = items.into_values().collect();
        Ok(restored)
    }

    fn read_owner(&mut self, owner: &Path) -> Result<()> {
        let name = file_name(owner)?;
        for service in folders(owner)? {
            let service_name = file_name(&service)?;
            if name == "_domain" {
                for drive in folders(&service)? {
                    self.read_archive(&service_name, &file_name(&drive)?, &drive)?;
                }
            } else {
                self.read_archive(&service_name, &name, &service)?;
            }
        }
        Ok(())
    }

    /// One Archive's folder and all below it.
    fn read_archive(&mut self, service: &str, owner: &str, folder: &Path) -> Result<()> {
        let mut files = BTreeSet::new();
        for entry in entries(folder)? {
            if entry.is_dir() {
                self.read_archive(service, owner, &entry)?;
            } else if !file_name(&entry)?.starts_with('_') {
                files.insert(entry);
            }
        }
        let metadata = folder.join(ITEMS);
        let lines = if metadata.exists() {
            fs::read_to_string(&metadata).context("metadata is no text")?
        } else {
            String::new()
        };
        for line in lines.lines().filter(|line| !line.is_empty()) {
            let line: Line =
                serde_json::from_str(line).with_context(|| format!("{}: {line}", metadata.display()))?;
            let item = read_item(service, owner, folder, line)?;
            for file in &item.files {
                ensure!(files.remove(&file.path), "{} belongs to no Item or to two", file.path.display());
            }
            self.items.push(item);
        }
        if let Some(stray) = files.first() {
            bail!("{} is not in the metadata beside it", stray.display());
        }
        Ok(())
    }
}

fn read_item(service: &str, owner: &str, folder: &Path, line: Line) -> Result<FoundItem> {
    let mut files = Vec::new();
    for listed in line.files {
        let named_by_id = listed.name.split('.').next() == Some(stem(&line.id).as_str());
        ensure!(named_by_id, "{} in {} is not named by its id {}", listed.name, folder.display(), line.id);
        let file = FoundFile::read(&folder.join(&listed.name))?;
        let is_as_listed = file.size == listed.size && file.sha256 == listed.sha256;
        ensure!(is_as_listed, "{} is not as the metadata beside it says", file.path.display());
        files.push(file);
    }
    Ok(FoundItem {
        metadata: line.meta.filled_in(service, &line.id),
        service: service.to_owned(),
        owner: owner.to_owned(),
        id: line.id,
        files,
        labels: line.meta.labels,
        name: line.meta.name,
        skip: line.skip.map(|skip| skip.to_string()),
    })
}

impl Meta {
    /// What Box's templates say, without what Box itself adds to each instance; nothing of what is none of Box's.
    fn filled_in(&self, service: &str, id: &str) -> Option<Value> {
        if service != "box_files" || id.starts_with("version") {
            return None;
        }
        let mut metadata = self.more.get("metadata").cloned().unwrap_or_default();
        for instances in metadata.as_object_mut().into_iter().flat_map(|scopes| scopes.values_mut()) {
            for values in instances.as_object_mut().into_iter().flat_map(|instances| instances.values_mut()) {
                values
                    .as_object_mut()
                    .into_iter()
                    .for_each(|values| values.retain(|name, _| !name.starts_with('$')));
            }
        }
        Some(metadata)
    }
}

impl FoundFile {
    /// Reads and hashes a file.
    pub fn read(path: &Path) -> Result<Self> {
        let mut file =
            BufReader::new(File::open(path).with_context(|| format!("cannot open {}", path.display()))?);
        let mut hash = Sha256::new();
        let mut buffer = vec![0; 128 * 1024];
        let mut size = 0;
        loop {
            let read = file.read(&mut buffer).with_context(|| format!("cannot read {}", path.display()))?;
            if read == 0 {
                break;
            }
            hash.update(&buffer[..read]);
            size += read as u64;
        }
        let extension = path.extension().map(|end| end.to_string_lossy().to_lowercase()).unwrap_or_default();
        Ok(Self { path: path.to_owned(), extension, size, sha256: hexadecimal(&hash.finalize()) })
    }
}

/// The name that the Repository gives to a provider's id.
pub fn stem(id: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    if (1..=64).contains(&id.len()) && id.bytes().all(is_plain) {
        return id.to_owned();
    }
    format!("h-{}", &hexadecimal(&Sha256::digest(id))[..32])
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What is in a folder, sorted.
pub(crate) fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let listed = fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    let mut paths = listed.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

/// Every file below a folder.
pub fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in entries(folder)? {
        if entry.is_dir() {
            files.extend(files_below(&entry)?);
        } else {
            files.push(entry);
        }
    }
    Ok(files)
}

fn folders(folder: &Path) -> Result<Vec<PathBuf>> {
    Ok(entries(folder)?.into_iter().filter(|path| path.is_dir()).collect())
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
}

fn file_name(path: &Path) -> Result<String> {
    let name = path.file_name().and_then(|name| name.to_str());
    Ok(name.with_context(|| format!("{} has no readable name", path.display()))?.to_owned())
}
