//! The first backup of a large mailbox, against `restic backup` of the same bytes as files.

use anyhow::Result;

use super::Row;
use super::field::{Field, TURNS, files_of, median, megabytes, memory, remove, start_all, warm};

const COMPANY: &str = "--users 1 --mail-per-user 50000 --files-per-user 0 --mail-bytes bench --quotas off";

/// 50,000 mails, 1.4 GB, 200 of them with one of ten shared attachments of 2 MB.
pub fn first(field: &Field) -> Result<Vec<Row>> {
    let folder = field.empty("mail")?;
    let company = field.company(&folder, COMPANY)?;
    let kept =
        company.truth(None)?.kept_by_default().lines.iter().filter(|line| line.service == "gmail").count()
            as f64;
    let (files, installation) = (folder.join("files"), folder.join("holdfast"));

    let (mut ours, mut peers, mut sizes, mut peer_sizes, mut requests) =
        (vec![], vec![], vec![], vec![], vec![]);
    for turn in 0..TURNS {
        let holdfast = field.installation(&company, &installation)?;
        company.forget_counters()?;
        ours.push(field.ours(&holdfast, &start_all(&company))?);
        requests.push(company.counters()?.requests_of("gmail.") as f64 / kept);
        sizes.push(megabytes(&holdfast.repository())?);
        if turn == 0 {
            files_of(&company, &holdfast, &files)?;
        }
        warm(&files)?;
        let (cost, size) = field.restic(&files)?;
        peers.push(cost);
        peer_sizes.push(size);
    }
    let name = |what: &str| format!("first backup of 50,000 mails: {what}");
    let (wall, peer_wall) = (ours.iter().map(|c| c.wall_seconds), peers.iter().map(|c| c.wall_seconds));
    let (user, peer_user) = (ours.iter().map(|c| c.user_seconds), peers.iter().map(|c| c.user_seconds));
    let rows = vec![
        Row::against(name("wall time"), median(wall), median(peer_wall), 1.5, "s"),
        Row::against(name("user CPU"), median(user), median(peer_user), 1.0, "s"),
        Row::against(name("Repository"), median(sizes), median(peer_sizes), 0.85, "MB"),
        Row::at_most(name("requests per mail"), median(requests), 1.02, "requests"),
        memory("first backup of 50,000 mails", &ours),
    ];
    remove(&folder)?;
    Ok(rows)
}
