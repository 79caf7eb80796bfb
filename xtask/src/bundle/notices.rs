//! The licences of everything that is linked into the programs or is in the page, with their texts, as those ask for.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

use crate::paths;
use crate::step::output;

/// A dependency.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Part {
    name: String,
    version: String,
    licence: String,
}

/// Writes them to a file.
pub fn write(file: &Path) -> Result<()> {
    // Equal texts are told once, with all that bear them.
    let mut texts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut parts = BTreeSet::new();
    crates(&mut parts, &mut texts)?;
    packages(&mut parts, &mut texts)?;
    ensure!(parts.len() > 100, "only {} dependencies were found", parts.len());
    let mut out = String::from(
        "Holdfast is made with these, whose authors let everyone use them under the licences below.\n\n",
    );
    for Part { name, version, licence } in &parts {
        out += &format!("{name} {version}: {licence}\n");
    }
    for (text, names) in &texts {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        out += &format!("\n{}\n{}\n\n{}\n", "-".repeat(80), names.join(", "), text.trim_end());
    }
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    fs::write(file, out).with_context(|| format!("cannot write {}", file.display()))
}

/// What cargo links into `holdfast` and `holdfast-desktop`, on any of the systems.
fn crates(parts: &mut BTreeSet<Part>, texts: &mut BTreeMap<String, BTreeSet<String>>) -> Result<()> {
    let mut tree = holdfast_tests::cargo();
    tree.args([
        "tree",
        "--locked",
        "--edges",
        "normal",
        "--target",
        "all",
        "--prefix",
        "none",
        "--no-dedupe",
    ]);
    tree.args(["--package", "holdfast-cli", "--package", "holdfast-desktop", "--format", "{p}\t{l}"]);
    let linked: BTreeSet<(String, String)> = output(&mut tree)?
        .lines()
        .filter_map(|line| {
            let (package, _) = line.split_once('\t')?;
            let mut words = package.split_whitespace();
            Some((words.next()?.to_owned(), words.next()?.trim_start_matches('v').to_owned()))
        })
        .collect();
    let mut metadata = holdfast_tests::cargo();
    metadata.args(["metadata", "--locked", "--format-version", "1"]);
    let known: Metadata = serde_json::from_str(&output(&mut metadata)?).context("cargo tells no packages")?;
    for package in known.packages {
        // What has no source is our own.
        if package.source.is_none() || !linked.contains(&(package.name.clone(), package.version.clone())) {
            continue;
        }
        let Some(licence) = package.license.or(package.license_file) else {
            bail!("{} does not say under which licence it is", package.name);
        };
        let folder = Path::new(&package.manifest_path).parent().unwrap_or(Path::new("/")).to_owned();
        gather(&folder, &package.name, texts)?;
        parts.insert(Part { name: package.name, version: package.version, licence });
    }
    Ok(())
}

/// What npm puts into the page.
fn packages(parts: &mut BTreeSet<Part>, texts: &mut BTreeMap<String, BTreeSet<String>>) -> Result<()> {
    let ui = paths::checkout().join("ui");
    let lock = fs::read_to_string(ui.join("package-lock.json")).context("the page has no lock file")?;
    let lock: Lock = serde_json::from_str(&lock).context("the page's lock file is not understood")?;
    for (path, package) in lock.packages {
        let Some((_, name)) = path.rsplit_once("node_modules/").filter(|_| !package.dev && !package.optional)
        else {
            continue;
        };
        let licence =
            package.license.with_context(|| format!("{name} does not say under which licence it is"))?;
        gather(&ui.join(&path), name, texts)?;
        parts.insert(Part { name: name.to_owned(), version: package.version.unwrap_or_default(), licence });
    }
    Ok(())
}

/// The texts of licences in a folder.
fn gather(folder: &Path, name: &str, texts: &mut BTreeMap<String, BTreeSet<String>>) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("the source of {name} is not here"))?;
    for entry in entries {
        let path = entry?.path();
        let file = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        let is_text = ["licen", "copying", "notice", "unlicense"].iter().any(|begin| file.starts_with(begin));
        if is_text && path.is_file() {
            let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            let text = String::from_utf8_lossy(&bytes).replace('\r', "");
            texts.entry(text).or_default().insert(name.to_owned());
        }
    }
    Ok(())
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
    license_file: Option<String>,
    source: Option<String>,
    manifest_path: String,
}

#[derive(Deserialize)]
struct Lock {
    packages: BTreeMap<String, Locked>,
}

#[derive(Deserialize)]
struct Locked {
    version: Option<String>,
    license: Option<String>,
    #[serde(default)]
    dev: bool,
    #[serde(default)]
    optional: bool,
}
