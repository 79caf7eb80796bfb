//! The door: what comes from the page is checked for size and shape before anything is done with it.

use std::path::PathBuf;

use crate::error::Result;
use crate::views::SelectionInput;
use crate::{UserError, format};

/// The longest e-mail address, and the longest path of an org unit that is understood.
const ADDRESS: usize = 320;
const ORG_UNIT: usize = 4096;
/// The longest path of a file or folder.
const PATH: usize = 4096;
/// The longest text that is searched for.
const SEARCH: usize = 200;
/// The longest name of a file.
const NAME: usize = 255;
/// The longest recovery key as people type it, with numbers and blanks.
const RECOVERY_KEY: usize = 1_000;
/// The most entries of a list.
const LIST: usize = 50_000;
/// The most owners of one request: all users, and the shared drives.
const OWNERS: usize = 2 * LIST;
/// The most bytes of a CSV file: 50,000 rows of long addresses in UTF-16 stay well below it.
pub(super) const CSV_BYTES: usize = 16_000_000;
/// The most Runs of a page.
pub(super) const PAGE: u32 = 500;

pub(super) fn address(text: &str) -> Result<()> {
    no_longer("An address", text, ADDRESS)
}

pub(super) fn org_unit(text: &str) -> Result<()> {
    no_longer("The path of an org unit", text, ORG_UNIT)
}

pub(super) fn search(text: &str) -> Result<()> {
    no_longer("What is searched for", text, SEARCH)
}

pub(super) fn file_name(text: &str) -> Result<()> {
    no_longer("The name of a file", text, NAME)
}

pub(super) fn recovery_key(text: &str) -> Result<()> {
    no_longer("A recovery key", text, RECOVERY_KEY)
}

/// The path of a file as it is typed so far.
pub(super) fn typed_path(text: &str) -> Result<()> {
    no_longer("A path", text, PATH)
}

/// A file or folder by its full path.
pub(super) fn path(text: &str) -> Result<PathBuf> {
    no_longer("A path", text, PATH)?;
    let path = PathBuf::from(text);
    if text.contains('\0') || !path.is_absolute() {
        let shown = format::one_line(text);
        return Err(UserError::of(
            "input.path",
            format!("'{shown}' is not the full path of a file or folder"),
        ));
    }
    Ok(path)
}

pub(super) fn selection(input: &SelectionInput) -> Result<()> {
    let entries = input.users.len() + input.groups.len() + input.org_units.len() + input.csv.len();
    most("entries", entries)?;
    input.users.iter().chain(&input.groups).try_for_each(|text| address(text))?;
    input.csv.iter().try_for_each(|row| address(&row.address))?;
    input.org_units.iter().try_for_each(|unit| org_unit(&unit.path))
}

/// Keys of owners.
pub(super) fn owners(keys: &[String]) -> Result<()> {
    at_most(OWNERS, "entries", keys.len())?;
    keys.iter().try_for_each(|key| no_longer("An entry", key, ADDRESS + 40))
}

/// Lists in settings.
pub(super) fn words<'a>(words: impl ExactSizeIterator<Item = &'a String>) -> Result<()> {
    most("entries", words.len())?;
    let mut words = words;
    words.try_for_each(|word| no_longer("An entry", word, ADDRESS))
}

fn most(what: &str, count: usize) -> Result<()> {
    at_most(LIST, what, count)
}

fn at_most(most: usize, what: &str, count: usize) -> Result<()> {
    if count <= most {
        return Ok(());
    }
    let told = format!("{} {what} are more than {}", format::count(count as u64), format::count(most as u64));
    Err(UserError::of("input.too_many", told))
}

fn no_longer(what: &str, text: &str, most: usize) -> Result<()> {
    if text.len() <= most {
        return Ok(());
    }
    Err(UserError::of("input.too_long", format!("{what} is longer than {most} characters")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_full_and_of_a_sane_length() {
        let long = format!("/{}", "x".repeat(PATH));
        for (text, code) in
            [("", "input.path"), ("x/y", "input.path"), ("/a\0b", "input.path"), (&long, "input.too_long")]
        {
            assert_eq!(path(text).unwrap_err().code, code, "{text:.20}");
        }
        assert!(path(if cfg!(windows) { "C:\\x" } else { "/x" }).is_ok());
    }
}
