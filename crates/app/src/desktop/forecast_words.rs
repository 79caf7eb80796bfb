//! The forecast in a sentence.

use super::forecast::{Known, Part};
use crate::format;

/// What is known, what is not, and whether there is room.
pub(super) fn sentence(
    known: &Known,
    seconds: Option<(u64, u64)>,
    a_minute: Option<u64>,
    fits: Option<bool>,
) -> String {
    let Known { mailboxes, drives, on_top, free, .. } = known;
    if mailboxes.users + drives.users == 0 {
        return "Nothing has to be copied for the first time.".to_owned();
    }
    let mut said = Vec::new();
    if mailboxes.users > 0 {
        said.push(format!("{}{}.", of_mails(mailboxes), time(seconds, a_minute)));
    }
    if drives.users > 0 {
        said.push(format!("{}.", of_files(drives)));
    }
    if let Some(on_top) = listed(on_top) {
        said.push(format!("{on_top} come on top."));
    }
    if let Some(free) = free {
        said.push(format!("{} are free.", format::bytes(*free)));
    }
    if fits == Some(false) {
        said.push("That will not be enough.".to_owned());
    }
    said.join(" ")
}

fn of_mails(part: &Part) -> String {
    let mailboxes = format::counted(part.users, "mailbox", "mailboxes");
    let mails = format::counted(part.sum, "mail", "mails");
    match part.counted {
        _ if part.is_all() => format!("{mails} in {mailboxes}"),
        0 => format!("{mailboxes}; how much is in them is counted first"),
        counted => {
            format!(
                "{mailboxes}; in {} of them are {mails}, the others are counted first",
                format::count(counted)
            )
        }
    }
}

fn time(seconds: Option<(u64, u64)>, a_minute: Option<u64>) -> String {
    match (seconds, a_minute) {
        (Some((low, high)), _) => format!(": {}, newest first", between(low, high)),
        (None, Some(a_minute)) => {
            let hours = 50_000 / a_minute / 60;
            let hours = match hours {
                0 => "20 minutes".to_owned(),
                _ => format::counted(hours, "hour", "hours"),
            };
            format!("; 50,000 mails take about {hours} a mailbox, newest first")
        }
        (None, None) => String::new(),
    }
}

fn of_files(part: &Part) -> String {
    let drives = format::counted(part.users, "drive", "drives");
    let bytes = format::bytes(part.sum);
    match part.counted {
        _ if part.is_all() => {
            format!("{bytes} of files in {drives}: how long they take depends on your connection")
        }
        0 => format!("{drives}; how much is in them is not known yet"),
        counted => {
            format!(
                "{bytes} of files in {} of {drives}, the others are not known yet",
                format::count(counted)
            )
        }
    }
}

/// `Google documents, calendars and tasks`.
fn listed(names: &[&str]) -> Option<String> {
    let (last, rest) = names.split_last()?;
    let all = if rest.is_empty() { (*last).to_owned() } else { format!("{} and {last}", rest.join(", ")) };
    let mut letters = all.chars();
    let first = letters.next()?;
    Some(first.to_uppercase().chain(letters).collect())
}

/// `about 5 to 8 hours`.
fn between(low: u64, high: u64) -> String {
    match high {
        0..7_200 => format!("about {} to {} minutes", low / 60, high.div_ceil(60)),
        7_200..172_800 => format!("about {} to {} hours", low / 3_600, high.div_ceil(3_600)),
        _ => format!("about {} to {} days", low / 86_400, high.div_ceil(86_400)),
    }
}
