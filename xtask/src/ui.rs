//! `cargo xtask ui`: the page of the desktop app, built by npm into `ui/dist`, from where cargo embeds it. What is built
//! already is not built again.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::step::run;
use crate::{paths, setup};

/// Written last, and never read by npm: what the packages were installed from.
const INSTALLED: &str = "node_modules/.installed-from";
/// What the page was built from.
const BUILT: &str = "node_modules/.built-from";
/// Folders that are made, not written.
const MADE: [&str; 3] = ["node_modules", "dist", "coverage"];

/// Builds the page unless it is as its sources are.
pub fn build() -> Result<()> {
    setup::node()?;
    let sources = fingerprint(&sources()?)?;
    if is_from(BUILT, &sources) && folder().join("dist/index.html").is_file() {
        println!("the page is built already");
        return Ok(());
    }
    install()?;
    npm(&["run", "build", "--silent"])?;
    fs::write(folder().join(BUILT), sources).context("cannot mark the page as built")
}

/// The page's own checks, and the page.
pub fn check() -> Result<()> {
    setup::node()?;
    install()?;
    npm(&["run", "typecheck", "--silent"])?;
    npm(&["run", "test", "--silent"])?;
    build()
}

/// Installs exactly the packages of the lock file; none of them runs anything while it is installed.
fn install() -> Result<()> {
    let lock = fingerprint(&[folder().join("package-lock.json")])?;
    if is_from(INSTALLED, &lock) {
        return Ok(());
    }
    npm(&["ci", "--ignore-scripts", "--no-audit", "--no-fund"])?;
    fs::write(folder().join(INSTALLED), lock).context("cannot mark the packages as installed")
}

fn npm(arguments: &[&str]) -> Result<()> {
    run(Command::new("npm").args(arguments).current_dir(folder()))
}

fn folder() -> PathBuf {
    paths::checkout().join("ui")
}

fn is_from(mark: &str, fingerprint: &str) -> bool {
    fs::read_to_string(folder().join(mark)).is_ok_and(|text| text == fingerprint)
}

/// The files that a person wrote, in order.
fn sources() -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![folder()];
    while let Some(folder) = open.pop() {
        let entries = fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            let is_made = path.file_name().is_some_and(|name| MADE.iter().any(|made| name == *made));
            match path.is_dir() {
                true if !is_made => open.push(path),
                true => {}
                false => found.push(path),
            }
        }
    }
    found.sort();
    Ok(found)
}

fn fingerprint(files: &[PathBuf]) -> Result<String> {
    let mut hash = Sha256::new();
    for file in files {
        let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        hash.update(relative(file).to_string_lossy().as_bytes());
        hash.update([0]);
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

fn relative(file: &Path) -> &Path {
    file.strip_prefix(paths::checkout()).unwrap_or(file)
}
