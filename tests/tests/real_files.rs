//! Real mails and Office files, as people's programs wrote them, are backed up and restored byte for byte.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context, Result, bail, ensure};
use calcard::{Entry, Parser};
use cargo_metadata::MetadataCommand;
use holdfast_tests::{FoundFile, Restored, Stage, files_below};

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

/// Events and contacts that come from real `.ics` and `.vcf` files, and the calendar and cards that a restore makes.
#[test]
fn real_calendars_and_cards_are_kept_and_come_back_in_their_formats() -> Result<()> {
    let corpus = tempfile::TempDir::new()?;
    let source = source_of("calcard")?;
    let calendars = gather(&source, &["ics"], &corpus.path().join("calendars"))?;
    let cards = gather(&source, &["vcf"], &corpus.path().join("cards"))?;
    ensure!(calendars >= 100 && cards >= 50, "calcard brings {calendars} calendars and {cards} cards only");
    let folder = corpus.path().to_str().context("no UTF-8")?;
    let company = format!(
        "--seed 82 --users 1 --mail-per-user 0 --files-per-user 0 --events-per-user 700 --contacts-per-user 300 --corpus {folder}"
    );
    let stage = Stage::new(&company)?;
    stage.holdfast.ok(&stage.start_all())?;
    stage.judge()?.must_match()?;

    let target = stage.folder.path().join("exported");
    let address = stage.company.start.google.admin.clone();
    stage.holdfast.ok(&["restore", &address, "--to-folder", target.to_str().context("no UTF-8")?])?;
    let restored = Restored::by_holdfast(&target)?;
    ensure!(restored.exports.len() >= 4, "only {:?} were made", restored.exports);
    let (mut events, mut people) = (0, 0);
    for file in &restored.exports {
        let text = fs::read_to_string(&file.path)?;
        let mut parser = Parser::new(&text);
        loop {
            match parser.entry() {
                Entry::ICalendar(calendar) => {
                    let all = calendar.components.iter();
                    events += all.filter(|component| component.component_type.is_event_or_todo()).count();
                }
                Entry::VCard(_) => people += 1,
                Entry::Eof => break,
                other => bail!("{} has {other:?}", file.path.display()),
            }
        }
    }
    let of = |service: &str| restored.items.iter().filter(|item| item.service == service).count();
    // Instances that were taken out of a series are part of the series.
    let kept = of("calendar") + of("tasks");
    ensure!(events > kept * 8 / 10 && events <= kept, "{events} events and tasks of {kept}");
    ensure!(people == of("contacts"), "{people} cards of {} contacts", of("contacts"));
    Ok(())
}
