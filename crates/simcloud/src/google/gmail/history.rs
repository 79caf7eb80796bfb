//! `gmail.users.history.list`.
//! <https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.history/list>

use serde_json::{Value, json};

use super::labels::{LabelSet, bit};
use super::mailbox::{Event, Kind, Mailbox, hex_id};
use super::{mailbox, open, page_size};
use crate::google::{Answer, Call, GoogleError, paging};

const TYPES: [&str; 4] = ["messageAdded", "messageDeleted", "labelAdded", "labelRemoved"];

/// Everything after `startHistoryId`; 404 when that is too old or was never given out.
pub(super) fn list(call: &Call) -> Result<Answer, GoogleError> {
    let mailbox = mailbox(call)?;
    let size = page_size(call)?;
    let text = call.query("startHistoryId").ok_or_else(|| {
        GoogleError::new(400, "required", "Missing required parameter: startHistoryId")
            .at("parameter", "startHistoryId")
    })?;
    let start: u64 = text.parse().map_err(|_| {
        GoogleError::invalid_parameter(
            "startHistoryId",
            format!("Invalid value at 'start_history_id' (TYPE_UINT64), \"{text}\""),
        )
    })?;
    let types: Vec<&str> = call.query_all("historyTypes").collect();
    if let Some(other) = types.iter().find(|t| !TYPES.contains(t)) {
        return Err(GoogleError::invalid_parameter(
            "historyTypes",
            format!("Invalid value at 'history_types', \"{other}\""),
        ));
    }
    let window = call.world.google.gmail.window_seconds();
    let mut mailbox = open(&mailbox);
    mailbox.forget_before(call.world.clock.now_ms() - window * 1000);
    if !mailbox.reaches(start) {
        return Err(GoogleError::not_found());
    }
    let label = match call.query("labelId") {
        None => LabelSet::MAX,
        Some(id) => bit(mailbox
            .labels
            .by_id(id)
            .ok_or_else(|| GoogleError::new(400, "invalidArgument", format!("Invalid label: {id}")))?),
    };
    let after = match paging::open(call)? {
        Some(position) => position.parse().map_err(|_| GoogleError::invalid("Invalid pageToken"))?,
        None => start,
    };
    let first = mailbox.history.partition_point(|e| e.id <= after);
    let mut wanted = mailbox
        .history
        .range(first..)
        .filter(|e| types.is_empty() || types.contains(&type_of(e)))
        .filter(|e| label == LabelSet::MAX || touched(e) & label != 0);
    let page: Vec<&Event> = wanted.by_ref().take(size).collect();
    let mut answer = json!({"historyId": mailbox.history_id().to_string()});
    if !page.is_empty() {
        answer["history"] = page.iter().map(|e| event_json(&mailbox, e)).collect();
    }
    if let Some(last) = page.last().filter(|_| wanted.next().is_some()) {
        answer["nextPageToken"] = json!(paging::seal(call, &last.id.to_string()));
    }
    Ok(Answer::json(answer))
}

fn type_of(event: &Event) -> &'static str {
    match event.kind {
        Kind::Added => "messageAdded",
        Kind::Deleted => "messageDeleted",
        Kind::LabelsAdded(_) => "labelAdded",
        Kind::LabelsRemoved(_) => "labelRemoved",
    }
}

/// Labels that the event concerns.
fn touched(event: &Event) -> LabelSet {
    match event.kind {
        Kind::LabelsRemoved(set) => event.labels | set,
        _ => event.labels,
    }
}

fn event_json(mailbox: &Mailbox, event: &Event) -> Value {
    let plain = json!({"id": hex_id(event.mail), "threadId": hex_id(event.thread)});
    let mut message = plain.clone();
    let labels = mailbox.labels.ids(event.labels);
    if !labels.is_empty() {
        message["labelIds"] = json!(labels);
    }
    let mut json = json!({"id": event.id.to_string(), "messages": [plain]});
    let (name, entry) = match event.kind {
        Kind::Added => ("messagesAdded", json!({"message": message})),
        Kind::Deleted => ("messagesDeleted", json!({"message": message})),
        Kind::LabelsAdded(set) => {
            ("labelsAdded", json!({"message": message, "labelIds": mailbox.labels.ids(set)}))
        }
        Kind::LabelsRemoved(set) => {
            ("labelsRemoved", json!({"message": message, "labelIds": mailbox.labels.ids(set)}))
        }
    };
    json[name] = json!([entry]);
    json
}
