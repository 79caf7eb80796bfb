//! How many Items Box says there are: `total_count` of each folder.

use std::collections::VecDeque;

use futures::stream::{self, StreamExt, TryStreamExt};
use holdfast_model::UserId;
use serde::Deserialize;

use super::file::{Entry, Kind, ROOT};
use super::files::{A_PAGE, Files, naming, owner};
use super::scopes;
use super::wire::Page;
use crate::contract::{CloudError, ErrorKind, Reach};

/// More folders are not asked for their count: it would cost as much as listing everything again.
const MOST_FOLDERS: usize = 500;
/// Folders that are asked at once.
const AT_ONCE: usize = 8;

/// See [`crate::contract::Cloud::expected_count`]. Folders come first in a listing by offset, so that a page or two of
/// each folder tell all of its folders, and the first its total.
pub(super) async fn expected(files: &Files, reach: &Reach) -> Result<Option<u64>, CloudError> {
    // Nothing tells how many previous versions there are but asking for those of each file.
    if reach.policy.previous_versions {
        return Ok(None);
    }
    let user = owner(reach)?;
    if files.folders_of(user).is_some_and(|folders| folders > MOST_FOLDERS) {
        return Ok(None);
    }
    let (mut count, mut asked) = (0, 0);
    let mut waiting = VecDeque::from([ROOT.to_owned()]);
    while !waiting.is_empty() {
        let next: Vec<String> = waiting.drain(..waiting.len().min(AT_ONCE)).collect();
        asked += next.len();
        if asked > MOST_FOLDERS {
            return Ok(None);
        }
        let folders = next.into_iter().map(|folder| async move { one(files, reach, user, &folder).await });
        let folders: Vec<_> = stream::iter(folders).buffer_unordered(AT_ONCE).try_collect().await?;
        for (total, below) in folders {
            count += total;
            waiting.extend(below);
        }
    }
    Ok(Some(count))
}

/// What the user's own files take. <https://developer.box.com/reference/get-users-me/>
pub(super) async fn used_bytes(files: &Files, reach: &Reach) -> Result<Option<u64>, CloudError> {
    #[derive(Deserialize)]
    struct Me {
        space_used: Option<u64>,
    }
    let me: Me = files.json(Some(owner(reach)?), &["users", "me"], &[("fields", "space_used")]).await?;
    Ok(me.space_used)
}

/// How many Items of the Archive lie directly in a folder, and the folders among them.
async fn one(
    files: &Files,
    reach: &Reach,
    user: &UserId,
    folder: &str,
) -> Result<(u64, Vec<String>), CloudError> {
    let (mut below, mut foreign, mut offset) = (Vec::new(), 0, 0_u64);
    loop {
        let from = offset.to_string();
        let query = [("limit", A_PAGE), ("offset", from.as_str()), ("fields", "type,id,owned_by")];
        let page: Page = match files.json(Some(user), &["folders", folder, "items"], &query).await {
            Ok(page) => page,
            // It vanished meanwhile.
            Err(error) if error.kind == ErrorKind::Gone && folder != ROOT => return Ok((0, Vec::new())),
            Err(error) => return Err(naming(error, scopes::READ)),
        };
        let total = page.total_count.unwrap_or(0);
        offset += page.entries.len() as u64;
        let is_last = page.entries.is_empty() || offset >= total;
        let mut reached_files = false;
        for entry in page.entries {
            let entry = Entry::from_value(entry)?;
            if !entry.belongs_to(reach, user) {
                foreign += 1;
            } else if entry.kind == Kind::Folder {
                below.push(entry.id);
            }
            reached_files |= entry.kind != Kind::Folder;
        }
        // What others own lies in "All Files" only, among everything else: there all entries are looked at.
        if is_last || (reached_files && folder != ROOT) {
            return Ok((total.saturating_sub(foreign), below));
        }
    }
}
