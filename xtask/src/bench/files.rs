//! The first backup of a drive with large files, against `restic backup` of the same bytes as files.

use anyhow::Result;
use serde_json::json;

use super::Row;
use super::field::{Field, TURNS, files_of, median, memory, remove, start_all, warm};

const COMPANY: &str = "--users 1 --mail-per-user 0 --files-per-user 2000 --file-bytes 1000000 --quotas off";
const LARGE: usize = 5;
const LARGE_BYTES: u64 = 400_000_000;

/// 2,000 files of 1 MB and 5 of 400 MB.
pub fn first(field: &Field) -> Result<Vec<Row>> {
    let folder = field.empty("files")?;
    let company = field.company(&folder, COMPANY)?;
    let admin = company.start.google.admin.as_str();
    for number in 0..LARGE {
        let name = format!("large {number}.bin");
        company.change("file.add", json!({ "user": admin, "name": name, "size": LARGE_BYTES }))?;
    }
    company.change("drive.prepare", json!({ "user": admin }))?;
    let (files, installation) = (folder.join("files"), folder.join("holdfast"));

    let (mut ours, mut peers) = (vec![], vec![]);
    for turn in 0..TURNS {
        let holdfast = field.installation(&company, &installation)?;
        // The company reads what it prepared; both start from memory, not from the disk.
        warm(&folder.join("company"))?;
        ours.push(field.ours(&holdfast, &start_all(&company))?);
        if turn == 0 {
            files_of(&company, &holdfast, &files)?;
        }
        warm(&files)?;
        peers.push(field.restic(&files)?.0);
    }
    let wall = median(ours.iter().map(|cost| cost.wall_seconds));
    let peer_wall = median(peers.iter().map(|cost| cost.wall_seconds));
    let name = "first backup of 2,000 files of 1 MB and 5 of 400 MB";
    let rows =
        vec![Row::against(format!("{name}: wall time"), wall, peer_wall, 1.5, "s"), memory(name, &ours)];
    remove(&folder)?;
    Ok(rows)
}
