//! What changed since a history id. Records come in order; those of one page are told as one change for each mail.
//! A change of labels costs no fetch.
//! <https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.history/list>

use std::collections::HashMap;

use holdfast_model::{ItemId, MetaUpdate};

use super::kept::Kept;
use super::wire::{HistoryPage, HistoryRecord, Moved};
use super::{A_PAGE, Mailbox, is_dead_history, stepwise, tag};
use crate::contract::{Change, CloudError, Cursor, Listing, Upsert};
use crate::http::Pages;

const FIELDS: &str = "historyId,nextPageToken,history(id,messagesAdded/message(id,labelIds),\
     messagesDeleted/message/id,labelsAdded(labelIds,message(id,labelIds)),\
     labelsRemoved(labelIds,message(id,labelIds)))";

/// The first page since a cursor; `None` where the cursor is dead.
pub(super) async fn first(mailbox: &Mailbox<'_>, cursor: &Cursor) -> Result<Option<Since>, CloudError> {
    // A history id is a positive number of 64 bits; another cursor never came from here.
    let Some(start) = cursor.0.parse::<u64>().ok().filter(|start| *start > 0) else { return Ok(None) };
    let start = start.to_string();
    match page(mailbox, &start, None).await {
        Ok(page) => Ok(Some(Since { cursor: page.history_id.clone(), start, page })),
        Err(error) if is_dead_history(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A history id with the first page since it.
pub(super) struct Since {
    start: String,
    /// The mailbox's history id when the first page was made: later pages may show newer records, which then
    /// come again.
    cursor: String,
    page: HistoryPage,
}

struct Walk<'a> {
    mailbox: Mailbox<'a>,
    kept: Kept,
    since: Option<Since>,
    pages: Pages,
}

/// All pages, and the Checkpoint.
pub(super) fn follow(mailbox: Mailbox<'_>, kept: Kept, since: Since) -> Listing<'_, Change> {
    let walk = Walk { mailbox, kept, since: Some(since), pages: Pages::new() };
    stepwise(walk, |mut walk| async move {
        let Some(mut since) = walk.since.take() else { return Ok(None) };
        let mut changes = merged(&walk.kept, std::mem::take(&mut since.page.history));
        match walk.pages.next(since.page.next_page_token.take())? {
            Some(token) => {
                since.page = page(&walk.mailbox, &since.start, Some(&token)).await?;
                walk.since = Some(since);
            }
            None => changes.push(Change::Checkpoint(Cursor(since.cursor))),
        }
        Ok(Some((changes, walk)))
    })
}

async fn page(mailbox: &Mailbox<'_>, start: &str, token: Option<&str>) -> Result<HistoryPage, CloudError> {
    let mut query = vec![("startHistoryId", start), ("maxResults", A_PAGE), ("fields", FIELDS)];
    query.extend(token.map(|token| ("pageToken", token)));
    mailbox.get(&["history"], &query, mailbox.google.prices.history).await
}

/// One change for each mail that the records speak of, in the order of its first record.
fn merged(kept: &Kept, records: Vec<HistoryRecord>) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for record in records {
        let newness = record.id.map_or(1, |id| id.0);
        let added = record.messages_added.into_iter().map(|moved| told(kept, Event::Added, moved, newness));
        let label_gone =
            record.labels_removed.into_iter().map(|moved| told(kept, Event::LabelsRemoved, moved, newness));
        let label_new =
            record.labels_added.into_iter().map(|moved| told(kept, Event::LabelsAdded, moved, newness));
        let deleted =
            record.messages_deleted.into_iter().map(|moved| told(kept, Event::Deleted, moved, newness));
        for change in added.chain(label_gone).chain(label_new).chain(deleted) {
            let id = match &change {
                Change::Upsert(upsert) => upsert.id.0.clone(),
                Change::Removed(id) => id.0.clone(),
                Change::Below { .. } | Change::Reset | Change::Checkpoint(_) => continue,
            };
            match places.get(&id).and_then(|place| changes.get_mut(*place)) {
                Some(earlier) => *earlier = combined(earlier, change),
                None => {
                    places.insert(id, changes.len());
                    changes.push(change);
                }
            }
        }
    }
    changes
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Event {
    Added,
    Deleted,
    LabelsAdded,
    LabelsRemoved,
}

fn told(kept: &Kept, event: Event, moved: Moved, newness: i64) -> Change {
    let id = ItemId(moved.message.id);
    let is_left_out = moved.message.label_ids.as_ref().is_some_and(|labels| !kept.keeps(labels));
    let enters_left_out = event == Event::LabelsAdded && !kept.keeps(&moved.label_ids);
    if event == Event::Deleted || is_left_out || enters_left_out {
        return Change::Removed(id);
    }
    // Mail that leaves spam is new to the Archive: its content is wanted.
    let comes_back = event == Event::LabelsRemoved && !kept.keeps(&moved.label_ids);
    let (tag, meta) = match event {
        Event::LabelsAdded => (None, MetaUpdate::ChangeLabels { add: moved.label_ids, remove: Vec::new() }),
        Event::LabelsRemoved if !comes_back => {
            (None, MetaUpdate::ChangeLabels { add: Vec::new(), remove: moved.label_ids })
        }
        _ => (Some(tag()), MetaUpdate::Unknown),
    };
    Change::Upsert(Upsert { id, tag, meta, size: None, content_key: None, skip: None, newness })
}

fn combined(earlier: &Change, later: Change) -> Change {
    match (earlier, later) {
        (Change::Upsert(earlier), Change::Upsert(later)) => Change::Upsert(Upsert {
            tag: later.tag.or_else(|| earlier.tag.clone()),
            meta: earlier.meta.clone().then(later.meta),
            ..later
        }),
        // What comes back after it was gone is told anew, as a whole.
        (Change::Removed(_), Change::Upsert(later)) => {
            Change::Upsert(Upsert { tag: Some(tag()), meta: MetaUpdate::Unknown, ..later })
        }
        (_, later) => later,
    }
}

#[cfg(test)]
mod tests {
    use holdfast_model::Policy;

    use super::*;

    fn changes(policy: &Policy, json: &str) -> Vec<Change> {
        merged(&Kept::by(policy, policy.exclude_labels.clone()), serde_json::from_str(json).unwrap())
    }

    fn shape(changes: &[Change]) -> Vec<String> {
        let one = |change: &Change| match change {
            Change::Removed(id) => format!("-{id}"),
            Change::Upsert(Upsert { id, tag, meta, .. }) => {
                let tag = tag.as_ref().map_or("", |_| "!");
                match meta {
                    MetaUpdate::ChangeLabels { add, remove } => {
                        format!("{id}{tag} +{} -{}", add.join(","), remove.join(","))
                    }
                    _ => format!("{id}{tag}"),
                }
            }
            other => format!("{other:?}"),
        };
        changes.iter().map(one).collect()
    }

    #[test]
    fn records_of_one_mail_become_its_last_state() {
        let rows = [
            (r#"[{"id":"5","messagesAdded":[{"message":{"id":"a"}}]}]"#, vec!["a!"]),
            (
                r#"[{"labelsAdded":[{"message":{"id":"a"},"labelIds":["X","Y"]}]},
                    {"labelsRemoved":[{"message":{"id":"a"},"labelIds":["Y","Z"]}]}]"#,
                vec!["a +X -Y,Z"],
            ),
            (
                r#"[{"messagesAdded":[{"message":{"id":"a"}}]},{"labelsAdded":[{"message":{"id":"a"},"labelIds":["X"]}]},
                    {"messagesAdded":[{"message":{"id":"b"}}]},{"messagesDeleted":[{"message":{"id":"a"}}]}]"#,
                vec!["-a", "b!"],
            ),
            (
                r#"[{"messagesDeleted":[{"message":{"id":"a"}}]},{"messagesAdded":[{"message":{"id":"a"}}]}]"#,
                vec!["a!"],
            ),
        ];
        for (json, expected) in rows {
            assert_eq!(shape(&changes(&Policy::default(), json)), expected, "{json}");
        }
    }

    #[test]
    fn mail_that_moves_into_what_is_left_out_is_removed_and_comes_back() {
        let policy = Policy { mail_spam: false, mail_trash: false, ..Policy::default() };
        let rows = [
            (r#"[{"messagesAdded":[{"message":{"id":"a","labelIds":["SPAM"]}}]}]"#, vec!["-a"]),
            (r#"[{"labelsAdded":[{"message":{"id":"a"},"labelIds":["TRASH"]}]}]"#, vec!["-a"]),
            (
                r#"[{"labelsAdded":[{"message":{"id":"a","labelIds":["TRASH","X"]},"labelIds":["X"]}]}]"#,
                vec!["-a"],
            ),
            (r#"[{"labelsRemoved":[{"message":{"id":"a"},"labelIds":["SPAM"]}]}]"#, vec!["a!"]),
            (
                r#"[{"labelsRemoved":[{"message":{"id":"a","labelIds":["TRASH"]},"labelIds":["SPAM"]}]}]"#,
                vec!["-a"],
            ),
            (
                r#"[{"labelsAdded":[{"message":{"id":"a"},"labelIds":["TRASH"]}]},
                    {"labelsRemoved":[{"message":{"id":"a"},"labelIds":["TRASH"]}]}]"#,
                vec!["a!"],
            ),
        ];
        for (json, expected) in rows {
            assert_eq!(shape(&changes(&policy, json)), expected, "{json}");
        }
    }
}
