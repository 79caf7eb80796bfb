//! `gmail.users.getProfile` and `gmail.users.messages`.

use base64::Engine as _;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use bytes::Bytes;
use ring::hmac;
use serde_json::{Value, json};

use super::encode::{Encoded, encoded_length};
use super::labels::{self, LabelSet, bit};
use super::mailbox::{Content, Mail, Mailbox, hex_id, parse_id};
use super::mime::Part;
use super::search::Search;
use super::{METADATA, READ_CONTENT, mailbox, open, page_size, snippet};
use crate::content::mail::Written;
use crate::google::{Answer, Call, Fields, GoogleError, paging};

/// Bodies of parts up to this size stand in the answer, larger ones behind an attachment id.
const INLINE_BYTES: usize = 10 * 1024;

/// `gmail.users.getProfile`.
pub(super) fn profile(call: &Call) -> Result<Answer, GoogleError> {
    let mailbox = mailbox(call)?;
    let user = call.user()?;
    let address = call.world.google.directory.read().user(user).map(|u| u.address.clone());
    let mailbox = open(&mailbox);
    Ok(Answer::json(json!({
        "emailAddress": address,
        "messagesTotal": mailbox.total(),
        "threadsTotal": mailbox.thread_total(),
        "historyId": mailbox.history_id().to_string(),
    })))
}

/// What a listing of messages or threads is narrowed to.
pub(super) struct Filter {
    labels: LabelSet,
    hidden: LabelSet,
    search: Search,
}

impl Filter {
    pub(super) fn of(call: &Call, mailbox: &Mailbox) -> Result<Self, GoogleError> {
        let text = call.query("q").unwrap_or("");
        if !text.is_empty() && !has_content_scope(call) {
            return Err(GoogleError::forbidden("Metadata scope does not support 'q' parameter"));
        }
        let search = Search::parse(text, mailbox)?;
        let mut set = 0;
        for id in call.query_all("labelIds") {
            match mailbox.labels.by_id(id) {
                Some(at) => set |= bit(at),
                None => return Err(GoogleError::new(400, "invalidArgument", format!("Invalid label: {id}"))),
            }
        }
        let outside = bit(labels::SPAM) | bit(labels::TRASH);
        let shows_all = call.flag("includeSpamTrash")? || search.anywhere;
        Ok(Self { labels: set, hidden: if shows_all { 0 } else { outside & !set }, search })
    }

    pub(super) fn shows(&self, mail: &Mail) -> bool {
        mail.labels & self.labels == self.labels
            && mail.labels & self.hidden == 0
            && self.search.matches(mail)
    }
}

fn has_content_scope(call: &Call) -> bool {
    READ_CONTENT.iter().any(|s| call.principal.has_scope(s))
}

/// Where a page ends, as (time, id).
pub(super) fn place(call: &Call) -> Result<Option<(i64, u64)>, GoogleError> {
    let Some(position) = paging::open(call)? else { return Ok(None) };
    let parsed = position.split_once('.').and_then(|(date, id)| Some((date.parse().ok()?, parse_id(id)?)));
    parsed.map(Some).ok_or_else(|| GoogleError::invalid("Invalid pageToken"))
}

pub(super) fn next_place(call: &Call, mail: &Mail) -> String {
    paging::seal(call, &format!("{}.{}", mail.date, mail.id_text()))
}

/// Gmail's estimate is rough: exact for what fits on a page, and 201 for whatever does not.
pub(super) fn estimate(found: usize, more: bool) -> usize {
    if more { found.max(201) } else { found }
}

/// `gmail.users.messages.list`: newest first.
pub(super) fn list(call: &Call) -> Result<Answer, GoogleError> {
    let mailbox = mailbox(call)?;
    let size = page_size(call)?;
    let before = place(call)?;
    let mailbox = open(&mailbox);
    let filter = Filter::of(call, &mailbox)?;
    let mut found: Vec<Mail> =
        mailbox.newest_first(before).filter(|m| filter.shows(m)).take(size + 1).collect();
    let more = found.len() > size;
    found.truncate(size);
    let mut answer = json!({"resultSizeEstimate": estimate(found.len(), more)});
    if !found.is_empty() {
        answer["messages"] =
            found.iter().map(|m| json!({"id": m.id_text(), "threadId": hex_id(m.thread)})).collect();
    }
    if let Some(last) = found.last().filter(|_| more) {
        answer["nextPageToken"] = json!(next_place(call, last));
    }
    Ok(Answer::json(answer))
}

fn find(mailbox: &Mailbox, id: &str) -> Result<Mail, GoogleError> {
    let number = parse_id(id).ok_or_else(|| GoogleError::new(400, "invalidArgument", "Invalid id value"))?;
    mailbox.find(number).ok_or_else(GoogleError::not_found)
}

/// `gmail.users.messages.get`.
pub(super) fn get(call: &Call) -> Result<Answer, GoogleError> {
    let mailbox = mailbox(call)?;
    let (mail, head, written) = {
        let mailbox = open(&mailbox);
        let mail = find(&mailbox, call.path("id"))?;
        let head = head_json(&mailbox, &mail);
        let written = Written::of(&mailbox);
        (mail, head, written)
    };
    message(call, &mail, head, &written, None)
}

/// What is the same in every format.
pub(super) fn head_json(mailbox: &Mailbox, mail: &Mail) -> Value {
    let mut head = json!({
        "id": mail.id_text(),
        "threadId": hex_id(mail.thread),
        "historyId": mail.history.to_string(),
        "internalDate": mail.date.to_string(),
    });
    let labels = mailbox.labels.ids(mail.labels);
    if !labels.is_empty() {
        head["labelIds"] = json!(labels);
    }
    head
}

/// A message in the format that is asked for; `draft` wraps it.
pub(super) fn message(
    call: &Call,
    mail: &Mail,
    head: Value,
    written: &Written,
    draft: Option<&str>,
) -> Result<Answer, GoogleError> {
    let format = call.one_of("format", &["minimal", "full", "raw", "metadata"], "full")?;
    if matches!(format, "full" | "raw") && !has_content_scope(call) && call.principal.has_scope(METADATA) {
        return Err(GoogleError::forbidden(format!(
            "Metadata scope doesn't allow format {}",
            format.to_uppercase()
        )));
    }
    if format == "raw" {
        return Ok(raw(call, mail, head, written, draft));
    }
    let json = message_json(call, mail, head, written, format, &fields_of_message(call, draft));
    Ok(Answer::json(match draft {
        None => json,
        Some(id) => json!({"id": id, "message": json}),
    }))
}

fn fields_of_message(call: &Call, draft: Option<&str>) -> Fields {
    match draft {
        None => call.fields.clone(),
        Some(_) => call.fields.below("message").unwrap_or(Fields::Some(Vec::new())),
    }
}

/// A message as JSON in any format but raw; what costs is left out where `fields` does not want it.
pub(super) fn message_json(
    call: &Call,
    mail: &Mail,
    mut head: Value,
    written: &Written,
    format: &str,
    fields: &Fields,
) -> Value {
    let mails = &call.world.google.gmail.mails;
    if fields.wants("sizeEstimate") {
        head["sizeEstimate"] = json!(mails.size(written, mail));
    }
    let wants_payload = format != "minimal" && fields.wants("payload");
    if fields.wants("snippet") || wants_payload {
        let raw = mails.raw(written, mail);
        let message = Part::parse(&raw);
        head["snippet"] = json!(snippet::of(&message));
        if wants_payload {
            let only: Vec<&str> = call.query_all("metadataHeaders").collect();
            head["payload"] = if format == "metadata" {
                json!({"mimeType": message.mime_type, "headers": headers(&message, &only)})
            } else {
                part_json(call, mail, &message)
            };
        }
    }
    head
}

/// The exact bytes as base64url. They are not copied: prepared text and blocks go out as they are.
fn raw(call: &Call, mail: &Mail, mut head: Value, written: &Written, draft: Option<&str>) -> Answer {
    let mails = &call.world.google.gmail.mails;
    let fields = fields_of_message(call, draft);
    if fields.wants("sizeEstimate") {
        head["sizeEstimate"] = json!(mails.size(written, mail));
    }
    if fields.wants("snippet") {
        head["snippet"] = json!(
            mails
                .prepared_snippet(written, mail)
                .map(str::to_owned)
                .unwrap_or_else(|| snippet::of(&Part::parse(&mails.raw(written, mail))))
        );
    }
    let mut start = fields.select(head).to_string();
    let mut end = String::from("}");
    if let Some(draft) = draft {
        let wants_id = call.fields.wants("id");
        start = if wants_id {
            format!("{{\"id\":{},\"message\":{start}", json!(draft))
        } else {
            format!("{{\"message\":{start}")
        };
        end.push('}');
    }
    if !fields.wants("raw") {
        start.push_str(&end[1..]);
        return Answer::prepared_json(vec![Bytes::from(start)]);
    }
    // The closing bracket of the head gives way to one more member.
    start.pop();
    start.push_str(if start.ends_with('{') { "\"raw\":\"" } else { ",\"raw\":\"" });
    let end = Bytes::from(format!("\"{end}"));
    match &mail.content {
        Content::Large(..) => {
            let length = start.len() as u64 + encoded_length(mails.size(written, mail)) + end.len() as u64;
            let blocks = Encoded::new(mails.blocks(written, mail));
            let all = std::iter::once(Bytes::from(start)).chain(blocks).chain(std::iter::once(end));
            Answer::blocks("application/json; charset=UTF-8", Some(length), Box::new(all))
        }
        Content::Derived(_) | Content::Given(_) => {
            let text = mails
                .prepared(written, mail)
                .unwrap_or_else(|| Bytes::from(URL_SAFE.encode(mails.raw(written, mail))));
            Answer::prepared_json(vec![Bytes::from(start), text, end])
        }
    }
}

fn headers(part: &Part<'_>, only: &[&str]) -> Vec<Value> {
    part.headers
        .iter()
        .filter(|(name, _)| only.is_empty() || only.iter().any(|o| o.eq_ignore_ascii_case(name)))
        .map(|(name, value)| json!({"name": name, "value": value}))
        .collect()
}

fn part_json(call: &Call, mail: &Mail, part: &Part<'_>) -> Value {
    let content = part.decoded();
    let mut body = json!({"size": content.len()});
    let is_attachment = !part.filename.is_empty();
    if content.len() > INLINE_BYTES && !part.mime_type.starts_with("text/")
        || is_attachment && !content.is_empty()
    {
        body["attachmentId"] = json!(attachment_id(call, mail, &part.id));
    } else if !content.is_empty() {
        body["data"] = json!(URL_SAFE.encode(&content));
    }
    let mut json = json!({
        "partId": part.id,
        "mimeType": part.mime_type,
        "filename": part.filename,
        "headers": headers(part, &[]),
        "body": body,
    });
    if !part.parts.is_empty() {
        json["parts"] = part.parts.iter().map(|p| part_json(call, mail, p)).collect();
    }
    json
}

/// Attachment ids are ephemeral: two reads of the same message give different ones.
/// <https://github.com/taylorwilsdon/google_workspace_mcp/pull/237>
fn attachment_id(call: &Call, mail: &Mail, part: &str) -> String {
    let nonce: [u8; 12] = crate::google::auth::random_bytes();
    let mut bytes = nonce.to_vec();
    bytes.extend_from_slice(&sign(call, mail.id, part, &nonce));
    bytes.extend_from_slice(part.as_bytes());
    format!("ANGjdJ{}", URL_SAFE_NO_PAD.encode(bytes))
}

fn sign(call: &Call, mail: u64, part: &str, nonce: &[u8]) -> [u8; 12] {
    let key = hmac::Key::new(hmac::HMAC_SHA256, &call.world.token_key);
    let mut context = hmac::Context::with_key(&key);
    context.update(nonce);
    context.update(&mail.to_be_bytes());
    context.update(part.as_bytes());
    let mut signature = [0; 12];
    signature.copy_from_slice(&context.sign().as_ref()[..12]);
    signature
}

/// `gmail.users.messages.attachments.get`.
pub(super) fn attachment(call: &Call) -> Result<Answer, GoogleError> {
    let mailbox = mailbox(call)?;
    let (mail, written) = {
        let mailbox = open(&mailbox);
        (find(&mailbox, call.path("messageId"))?, Written::of(&mailbox))
    };
    let invalid = || GoogleError::new(400, "invalidArgument", "Invalid attachment token");
    let bytes = call
        .path("id")
        .strip_prefix("ANGjdJ")
        .and_then(|id| URL_SAFE_NO_PAD.decode(id).ok())
        .ok_or_else(invalid)?;
    let (nonce, rest) = bytes.split_at_checked(12).ok_or_else(invalid)?;
    let (signature, part) = rest.split_at_checked(12).ok_or_else(invalid)?;
    let part = std::str::from_utf8(part).map_err(|_| invalid())?;
    if sign(call, mail.id, part, nonce) != signature {
        return Err(invalid());
    }
    let raw = call.world.google.gmail.mails.raw(&written, &mail);
    let message = Part::parse(&raw);
    let content = message.find(part).ok_or_else(invalid)?.decoded().into_owned();
    Ok(Answer::json(json!({"size": content.len(), "data": URL_SAFE.encode(&content)})))
}
