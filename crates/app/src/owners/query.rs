//! Which rows of the roll are listed, in which order, and one part of them.

use std::cmp::Ordering;

use super::Entry;
use crate::views::{
    BackupStatus, LightState, OwnerColumn, OwnerRow, OwnersFilter, OwnersPage, OwnersQuery, Protection,
    Schedule,
};

/// The rows in view and some around them are asked for; never more.
const MOST_ROWS: u32 = 500;

/// One part of what a query lists.
pub(crate) fn page(entries: &[Entry], query: &OwnersQuery) -> OwnersPage {
    let mut found = listed(entries, &query.filter);
    sort(&mut found, query.sort, query.descending);
    let total = entries.iter().filter(|entry| is_in(entry, &query.filter)).count() as u64;
    let rows = found
        .iter()
        .skip(query.offset as usize)
        .take(query.limit.clamp(1, MOST_ROWS) as usize)
        .map(|entry| entry.row.clone())
        .collect();
    OwnersPage { total, listed: found.len() as u64, rows }
}

/// What a filter lets through.
pub(crate) fn listed<'a>(entries: &'a [Entry], filter: &OwnersFilter) -> Vec<&'a Entry> {
    let search = filter.search.as_deref().unwrap_or_default().to_lowercase();
    let words: Vec<&str> = search.split_whitespace().collect();
    let is_wanted = |entry: &Entry| {
        let row = &entry.row;
        filter.account.is_none_or(|account| row.account == Some(account))
            && filter.protection.is_none_or(|protection| row.protection == protection)
            && filter.status.is_none_or(|status| has_status(row, status))
            && (!filter.left || row.left)
            && words.iter().all(|word| entry.text.contains(word))
    };
    entries.iter().filter(|entry| is_in(entry, filter) && is_wanted(entry)).collect()
}

/// In the list at all, before anybody filters it.
fn is_in(entry: &Entry, filter: &OwnersFilter) -> bool {
    filter.connection.is_none_or(|connection| entry.row.connection.0 == connection)
        && (!filter.archives_only || has_archive(&entry.row))
}

fn has_archive(row: &OwnerRow) -> bool {
    use crate::views::ServiceResult::Never;
    row.services.iter().any(|one| one.items > 0 || one.result != Never)
}

fn has_status(row: &OwnerRow, status: BackupStatus) -> bool {
    let is_protected = row.protection == Protection::Protected;
    match status {
        BackupStatus::Active => is_protected && row.schedule == Schedule::Active,
        BackupStatus::Paused => is_protected && row.schedule == Schedule::Paused,
        BackupStatus::Waiting => {
            is_protected && (row.schedule == Schedule::Waiting || row.light.state == LightState::Waiting)
        }
        BackupStatus::FirstCopy => is_protected && row.last_good_copy.is_none(),
        BackupStatus::Stale => {
            let is_stale =
                |one: &crate::views::OwnerService| one.result == crate::views::ServiceResult::Stale;
            is_protected && (row.light.state == LightState::Stale || row.services.iter().any(is_stale))
        }
        BackupStatus::Notification => row.causes > 0,
    }
}

/// Equal rows stay in the order of their names; nothing comes last, whichever way.
fn sort(found: &mut [&Entry], by: OwnerColumn, descending: bool) {
    let by_name = |a: &&Entry, b: &&Entry| {
        a.name
            .cmp(&b.name)
            .then_with(|| a.row.address.cmp(&b.row.address))
            .then_with(|| a.row.key.cmp(&b.row.key))
    };
    let way = |order: Ordering| if descending { order.reverse() } else { order };
    found.sort_unstable_by(|a, b| {
        let order = match by {
            OwnerColumn::Name => way(a.name.cmp(&b.name)),
            OwnerColumn::Address => last(&a.row.address, &b.row.address, descending),
            OwnerColumn::Account => {
                let word = |entry: &Entry| entry.row.account.map(|account| account.as_str());
                last(&word(a), &word(b), descending)
            }
            OwnerColumn::Items => way(a.row.items.cmp(&b.row.items)),
            OwnerColumn::Size => way(a.row.bytes.cmp(&b.row.bytes)),
            OwnerColumn::Progress => last(&a.row.progress, &b.row.progress, descending),
            OwnerColumn::LastGoodCopy => last(&a.row.last_good_copy, &b.row.last_good_copy, descending),
            OwnerColumn::Status => {
                let status = |entry: &Entry| (u8::from(entry.row.causes == 0), entry.row.light.color);
                let order = (status(a).0).cmp(&status(b).0).then(status(b).1.cmp(&status(a).1));
                way(order.then_with(|| a.row.light.sentence.cmp(&b.row.light.sentence)))
            }
        };
        order.then_with(|| by_name(a, b))
    });
}

fn last<T: Ord>(a: &Option<T>, b: &Option<T>, descending: bool) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) if descending => b.cmp(a),
        (Some(a), Some(b)) => a.cmp(b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
