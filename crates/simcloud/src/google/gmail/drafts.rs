//! `gmail.users.drafts`.

use serde_json::{Value, json};

use super::mailbox::{Mail, hex_id};
use super::messages::{self, Filter};
use super::{mailbox, open, page_size};
use crate::content::mail::Written;
use crate::google::{Answer, Call, GoogleError, paging};

/// `gmail.users.drafts.list`.
pub(super) fn list(call: &Call) -> Result<Answer, GoogleError> {
    let mailbox = mailbox(call)?;
    let size = page_size(call)?;
    let after = paging::open(call)?;
    let mailbox = open(&mailbox);
    let filter = Filter::of(call, &mailbox)?;
    let mut found: Vec<(&String, Mail)> = mailbox
        .drafts
        .iter()
        .filter(|(id, _)| after.as_ref().is_none_or(|a| *id > a))
        .filter_map(|(id, mail)| mailbox.find(*mail).map(|m| (id, m)))
        .filter(|(_, mail)| filter.shows(mail))
        .take(size + 1)
        .collect();
    let more = found.len() > size;
    found.truncate(size);
    let mut answer = json!({"resultSizeEstimate": messages::estimate(found.len(), more)});
    if !found.is_empty() {
        let drafts: Vec<Value> = found
            .iter()
            .map(|(id, mail)| json!({"id": id, "message": {"id": mail.id_text(), "threadId": hex_id(mail.thread)}}))
            .collect();
        answer["drafts"] = json!(drafts);
    }
    if let Some((last, _)) = found.last().filter(|_| more) {
        answer["nextPageToken"] = json!(paging::seal(call, last));
    }
    Ok(Answer::json(answer))
}

/// `gmail.users.drafts.get`.
pub(super) fn get(call: &Call) -> Result<Answer, GoogleError> {
    let mailbox = mailbox(call)?;
    let id = call.path("id");
    let (mail, head, written) = {
        let mailbox = open(&mailbox);
        let mail =
            mailbox.drafts.get(id).and_then(|mail| mailbox.find(*mail)).ok_or_else(GoogleError::not_found)?;
        let head = messages::head_json(&mailbox, &mail);
        let written = Written::of(&mailbox);
        (mail, head, written)
    };
    messages::message(call, &mail, head, &written, Some(id))
}
