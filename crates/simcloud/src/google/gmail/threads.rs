//! `gmail.users.threads`.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::mailbox::{Mail, hex_id, parse_id};
use super::messages::{self, Filter};
use super::{mailbox, open, page_size};
use crate::content::mail::Written;
use crate::google::{Answer, Call, Fields, GoogleError};

/// `gmail.users.threads.list`: by their newest message, newest first.
pub(super) fn list(call: &Call) -> Result<Answer, GoogleError> {
    let mailbox = mailbox(call)?;
    let size = page_size(call)?;
    let before = messages::place(call)?;
    let mailbox = open(&mailbox);
    let filter = Filter::of(call, &mailbox)?;
    let mut seen = HashSet::new();
    let mut found: Vec<Mail> = mailbox
        .newest_first(before)
        .filter(|m| filter.shows(m))
        .filter(|m| seen.insert(m.thread))
        // A thread stands where its newest shown message does, which may be on an earlier page.
        .filter(|m| {
            mailbox
                .thread(m.thread)
                .iter()
                .rev()
                .find(|o| filter.shows(o))
                .is_some_and(|newest| newest.id == m.id)
        })
        .take(size + 1)
        .collect();
    let more = found.len() > size;
    found.truncate(size);
    let mut answer = json!({"resultSizeEstimate": messages::estimate(found.len(), more)});
    if !found.is_empty() {
        let threads: Vec<Value> = found
            .iter()
            .map(|mail| {
                let history =
                    mailbox.thread(mail.thread).iter().map(|m| m.history).max().unwrap_or(mail.history);
                json!({"id": hex_id(mail.thread), "snippet": "", "historyId": history.to_string()})
            })
            .collect();
        answer["threads"] = json!(threads);
    }
    if let Some(last) = found.last().filter(|_| more) {
        answer["nextPageToken"] = json!(messages::next_place(call, last));
    }
    Ok(Answer::json(answer))
}

/// `gmail.users.threads.get`: all messages, oldest first.
pub(super) fn get(call: &Call) -> Result<Answer, GoogleError> {
    let mailbox = mailbox(call)?;
    let format = call.one_of("format", &["full", "metadata", "minimal"], "full")?;
    let id = parse_id(call.path("id"))
        .ok_or_else(|| GoogleError::new(400, "invalidArgument", "Invalid id value"))?;
    let (mails, written) = {
        let mailbox = open(&mailbox);
        let mails: Vec<(Mail, Value)> = mailbox
            .thread(id)
            .into_iter()
            .map(|mail| {
                let head = messages::head_json(&mailbox, &mail);
                (mail, head)
            })
            .collect();
        (mails, Written::of(&mailbox))
    };
    let history = mails.iter().map(|(m, _)| m.history).max().ok_or_else(GoogleError::not_found)?;
    let fields = call.fields.below("messages").unwrap_or(Fields::Some(Vec::new()));
    let messages: Vec<Value> = mails
        .into_iter()
        .map(|(mail, head)| messages::message_json(call, &mail, head, &written, format, &fields))
        .collect();
    Ok(Answer::json(json!({"id": hex_id(id), "historyId": history.to_string(), "messages": messages})))
}
