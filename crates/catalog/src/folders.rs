//! Folders of an Archive in the Repository. Each holds a limited number of Items, so that a change rewrites
//! a small tree; an Item stays in the folder it was put into.

use holdfast_model::ArchiveId;
use rusqlite::params;

use crate::sql::{Columns, row_id};
use crate::{CatalogError, Result, Tx};

/// A folder with this many Items takes no more while there is another choice.
pub const FULL: u64 = 300;

row_id! {
    /// A row of the folders.
    FolderId
}

/// A folder of an Archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// Its row.
    pub id: FolderId,
    /// Whose.
    pub archive: ArchiveId,
    /// Its path below the Archive's, with `/`.
    pub path: String,
    /// How many Items it holds, stored or staged.
    pub entries: u64,
}

fn read(c: &mut Columns<'_>) -> rusqlite::Result<Folder> {
    Ok(Folder { id: FolderId(c.get()?), archive: ArchiveId(c.get()?), path: c.get()?, entries: c.count()? })
}

/// Takes a place in the first of the candidate paths that is not full, or in the last one if all are.
///
/// # Errors
/// [`CatalogError::Refused`] without a candidate.
pub fn choose(tx: &Tx<'_>, archive: ArchiveId, candidates: &[String]) -> Result<FolderId> {
    let Some((last, others)) = candidates.split_last() else {
        return Err(CatalogError::Refused("a folder cannot be chosen from no candidates"));
    };
    for path in others {
        if entries(tx, archive, path)? < FULL {
            return take(tx, archive, path);
        }
    }
    take(tx, archive, last)
}

fn entries(tx: &Tx<'_>, archive: ArchiveId, path: &str) -> Result<u64> {
    let found = tx.one(
        "SELECT entries FROM folders WHERE archive_id = ?1 AND path = ?2",
        params![archive.0, path],
        |c| c.count(),
    )?;
    Ok(found.unwrap_or(0))
}

/// Takes a place in the folder at a path, which is made if there is none, however full it is. For a catalogue
/// that is filled from the Repository.
pub fn take(tx: &Tx<'_>, archive: ArchiveId, path: &str) -> Result<FolderId> {
    tx.value(
        "INSERT INTO folders (archive_id, path, entries) VALUES (?1, ?2, 1)
         ON CONFLICT (archive_id, path) DO UPDATE SET entries = entries + 1 RETURNING id",
        params![archive.0, path],
        |c| c.get().map(FolderId),
    )
}

/// Gives a place back.
pub fn release(tx: &Tx<'_>, folder: FolderId) -> Result<()> {
    tx.must("UPDATE folders SET entries = max(entries - 1, 0) WHERE id = ?1", [folder.0], "folder", folder)
}

/// One folder.
pub fn get(tx: &Tx<'_>, folder: FolderId) -> Result<Option<Folder>> {
    tx.one("SELECT id, archive_id, path, entries FROM folders WHERE id = ?1", [folder.0], read)
}

/// The path of a folder.
pub fn path(tx: &Tx<'_>, folder: FolderId) -> Result<String> {
    tx.one("SELECT path FROM folders WHERE id = ?1", [folder.0], |c| c.get())?
        .ok_or_else(|| CatalogError::missing("folder", folder))
}

/// The folders of an Archive that hold something, by path.
pub fn list(tx: &Tx<'_>, archive: ArchiveId) -> Result<Vec<Folder>> {
    tx.all(
        "SELECT id, archive_id, path, entries FROM folders WHERE archive_id = ?1 AND entries > 0 ORDER BY path",
        [archive.0],
        read,
    )
}

/// Takes all of an Archive's folders out.
pub fn clear(tx: &Tx<'_>, archive: ArchiveId) -> Result<()> {
    tx.run("DELETE FROM folders WHERE archive_id = ?1", [archive.0])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;
    use crate::testing::{Scratch, archive, connection};

    #[test]
    fn no_candidate_is_refused() {
        let scratch = Scratch::new();
        scratch.write(|tx| {
            let archive = archive(tx, connection(tx), "u");
            assert!(matches!(choose(tx, archive, &[]), Err(CatalogError::Refused(_))));
            Ok(())
        });
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]

        /// Against a plain map: the first that is not full, else the last; places given back are taken again.
        #[test]
        fn an_item_goes_to_the_first_folder_that_is_not_full(
            steps in prop::collection::vec((0usize..3, 1usize..4, prop::bool::weighted(0.1)), 1..2000)
        ) {
            let scratch = Scratch::new();
            scratch.write(|tx| {
                let archive = archive(tx, connection(tx), "u");
                let mut model: HashMap<String, u64> = HashMap::new();
                let mut taken: Vec<FolderId> = Vec::new();
                for (first, length, give_back) in steps {
                    if give_back && let Some(folder) = taken.pop() {
                        *model.get_mut(&path(tx, folder)?).unwrap() -= 1;
                        release(tx, folder)?;
                        continue;
                    }
                    let candidates: Vec<String> =
                        (0..length).map(|i| format!("{}/{}", first % 2, "x/".repeat(i))).collect();
                    let expected = candidates
                        .iter()
                        .find(|path| model.get(*path).copied().unwrap_or(0) < FULL)
                        .or(candidates.last())
                        .unwrap()
                        .clone();
                    let folder = choose(tx, archive, &candidates)?;
                    assert_eq!(path(tx, folder)?, expected);
                    *model.entry(expected).or_default() += 1;
                    taken.push(folder);
                }
                model.retain(|_, entries| *entries > 0);
                let listed: HashMap<String, u64> =
                    list(tx, archive)?.into_iter().map(|folder| (folder.path, folder.entries)).collect();
                assert_eq!(listed, model);
                Ok(())
            });
        }
    }
}
