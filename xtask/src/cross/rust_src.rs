//! The source of the standard library of exactly our compiler, as Debian packages it: a precompiled one for another system
//! comes from servers that not every machine reaches.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::sysroot::Compiler;
use crate::{paths, step};

/// Where newer packages of Debian's are kept; the compiler's version leaves it in the end.
const SUITES: [&str; 3] = ["trixie-backports", "forky", "sid"];

/// What signs Debian's lists of packages.
const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// The `library` folder of the source; `None` where no package of that version can be had.
pub fn folder() -> Result<Option<PathBuf>> {
    let compiler = Compiler::ours()?;
    let place = paths::cache()?.join("cross").join(format!("rust-src-{}", compiler.release));
    let source = place.join("usr/src").join(format!("rustc-{}", compiler.release));
    let finished = place.join("finished");
    if finished.exists() {
        return Ok(Some(source));
    }
    let Some(package) = kept(&compiler)?.map_or_else(|| fetched(&compiler), |kept| Ok(Some(kept)))? else {
        return Ok(None);
    };
    if place.exists() {
        fs::remove_dir_all(&place).with_context(|| format!("cannot empty {}", place.display()))?;
    }
    step::run(Command::new("dpkg-deb").arg("--extract").arg(&package).arg(&place))?;
    ensure!(source.join("library/std").is_dir(), "{} holds no standard library", package.display());
    fs::write(&finished, &compiler.release).context("cannot finish the source in the cache")?;
    Ok(Some(source))
}

/// A copy that somebody keeps: `HOLDFAST_RUST_SRC` names the folder, else it is beside the checkout.
fn kept(compiler: &Compiler) -> Result<Option<PathBuf>> {
    let beside = paths::checkout().join("../shared/toolchain");
    let folder = std::env::var_os("HOLDFAST_RUST_SRC").map_or(beside, PathBuf::from);
    newest_package(&folder, compiler)
}

fn newest_package(folder: &Path, compiler: &Compiler) -> Result<Option<PathBuf>> {
    if !folder.is_dir() {
        return Ok(None);
    }
    let begins = format!("rust-src_{}+", compiler.release);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with(&begins) && name.ends_with("_all.deb") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found.pop())
}

/// Fetched from the mirror that this system's own packages come from, with lists of its own: nothing of the system
/// changes.
fn fetched(compiler: &Compiler) -> Result<Option<PathBuf>> {
    let Some(mirror) = mirror()? else { return Ok(None) };
    let place = tempfile::tempdir().context("no temporary folder")?;
    for folder in ["lists/partial", "cache/archives/partial", "parts"] {
        fs::create_dir_all(place.path().join(folder)).context("cannot make a folder for apt")?;
    }
    let sources: String =
        SUITES.iter().map(|suite| format!("deb [signed-by={KEYRING}] {mirror} {suite} main\n")).collect();
    fs::write(place.path().join("sources.list"), sources).context("cannot write apt's sources")?;
    fs::write(place.path().join("status"), "").context("cannot write apt's status")?;
    // A suite that cannot be had is no reason to stop: the download says what is missing.
    let updated = step::status(apt(place.path(), "apt-get").args(["update", "-qq"]))?;
    if !updated.success() {
        println!("apt-get update ended with {updated}; trying with the lists there are");
    }
    let told = step::output(apt(place.path(), "apt-cache").args(["madison", "rust-src"]))?;
    let begins = format!("{}+", compiler.release);
    let version = told.lines().filter_map(|line| line.split('|').nth(1)).map(str::trim);
    let Some(version) = version.filter(|version| version.starts_with(&begins)).max() else { return Ok(None) };
    let mut download = apt(place.path(), "apt-get");
    step::run(download.args(["download", "-qq", &format!("rust-src={version}")]).current_dir(place.path()))?;
    let Some(package) = newest_package(place.path(), compiler)? else { return Ok(None) };
    let kept = paths::cache()?.join("cross").join(package.file_name().unwrap_or_default());
    fs::create_dir_all(paths::cache()?.join("cross")).context("cannot make a folder in the cache")?;
    fs::copy(&package, &kept).context("cannot keep the package in the cache")?;
    Ok(Some(kept))
}

fn apt(place: &Path, program: &str) -> Command {
    let mut command = Command::new(program);
    for (option, path) in [
        ("Dir::Etc::sourcelist", "sources.list"),
        ("Dir::Etc::sourceparts", "parts"),
        ("Dir::State::lists", "lists"),
        ("Dir::State::status", "status"),
        ("Dir::Cache", "cache"),
    ] {
        command.arg("-o").arg(format!("{option}={}", place.join(path).display()));
    }
    // As root, apt would fetch as a user who may not read our folder.
    command.args(["-o", "APT::Sandbox::User=root"]);
    command
}

/// The address of a Debian mirror among the system's sources of packages.
fn mirror() -> Result<Option<String>> {
    let mut files = vec![PathBuf::from("/etc/apt/sources.list")];
    let parts = Path::new("/etc/apt/sources.list.d");
    if parts.is_dir() {
        for entry in fs::read_dir(parts).context("cannot read the system's sources of packages")? {
            files.push(entry?.path());
        }
    }
    files.sort();
    for file in files.iter().filter(|file| file.is_file()) {
        let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        if let Some(found) = debian_address(&text) {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The first address of a list of sources, in either of apt's forms, that ends as a mirror of Debian's does.
fn debian_address(sources: &str) -> Option<String> {
    let lines = sources.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    let mut words = lines.flat_map(str::split_whitespace);
    let is_it = |word: &&str| word.contains("://") && word.trim_end_matches('/').ends_with("/debian");
    words.find(is_it).map(|word| word.trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::debian_address;

    #[test]
    fn a_mirror_is_found_in_both_forms() {
        let old = "# deb http://old.example/debian stable main\ndeb http://a.example/debian/ bookworm main\n";
        assert_eq!(debian_address(old).as_deref(), Some("http://a.example/debian"));
        let new = "Types: deb\nURIs: https://b.example/debian\nSuites: trixie\n";
        assert_eq!(debian_address(new).as_deref(), Some("https://b.example/debian"));
        assert_eq!(debian_address("deb https://c.example/node_20.x nodistro main\n"), None);
    }
}
