//! Real mails and Office files, as people's programs wrote them, are backed up and restored byte for byte.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context, Result, ensure};
use cargo_metadata::MetadataCommand;
use holdfast_tests::{FoundFile, Stage, files_below};

/// Names the folder of Office files that the project's set-up fetched.
const OFFICE_FILES: &str = "HOLDFAST_OFFICE_FILES";

/// The folder of a crate's source, as cargo keeps it.
fn source_of(name: &str) -> Result<PathBuf> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let metadata =
        MetadataCommand::new().manifest_path(manifest).exec().context("cargo reads no metadata")?;
    let package = metadata.packages.iter().find(|package| package.name.as_str() == name);
    let manifest = &package.with_context(|| format!("there is no crate {name}"))?.manifest_path;
    Ok(manifest.parent().with_context(|| format!("{manifest} is nowhere"))?.into())
}

/// Copies the files with one of these endings to a folder; how many they are.
fn gather(from: &Path, endings: &[&str], to: &Path) -> Result<usize> {
    fs::create_dir_all(to)?;
    let mut count = 0;
    for file in files_below(from)? {
        let ending = file.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        if ending.is_some_and(|ending| endings.contains(&ending.as_str())) {
            let name = file.file_name().context("a file without a name")?.to_string_lossy().into_owned();
            fs::copy(&file, to.join(format!("{count:03}-{name}")))?;
            count += 1;
        }
    }
    Ok(count)
}

fn hashes(folder: &Path) -> Result<BTreeSet<String>> {
    files_below(folder)?.iter().map(|file| Ok(FoundFile::read(file)?.sha256)).collect()
}

#[test]
fn real_mails_and_office_files_come_back_byte_for_byte() -> Result<()> {
    let corpus = tempfile::TempDir::new()?;
    let (mails, office) = (corpus.path().join("mails"), corpus.path().join("office"));
    let count = gather(&source_of("mail-parser")?, &["eml"], &mails)?;
    ensure!(count >= 100, "the crate mail-parser brings {count} mails only");
    let office_files = match env::var_os(OFFICE_FILES) {
        Some(folder) => gather(Path::new(&folder), &["docx", "pptx", "xlsx"], &office)?,
        None => {
            eprintln!("!! SKIPPED: no Office files are served; `cargo xtask test` fetches them.");
            0
        }
    };

    let folder = corpus.path().to_str().context("no UTF-8")?;
    let company =
        format!("--seed 81 --users 1 --mail-per-user {count} --files-per-user 120 --corpus {folder}");
    let stage = Stage::new(&company)?;
    stage.holdfast.ok(&stage.start_all())?;

    let truth = stage.company.truth(None)?;
    let served: BTreeSet<String> = truth.lines.iter().filter_map(|line| line.sha256.clone()).collect();
    let changed = hashes(&mails)?.difference(&served).count();
    ensure!(changed == 0, "{changed} mails are not served as they are");
    if office_files > 0 {
        let real = hashes(&office)?;
        let files = real.intersection(&served).count();
        ensure!(files >= 20, "{files} of {} Office files are served as they are", real.len());
    }
    stage.judge()?.must_match()
}
