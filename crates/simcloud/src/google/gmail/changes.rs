//! What people and senders do to mailboxes.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use bytes::Bytes;

use super::labels::{self, LabelSet, bit};
use super::mailbox::{Content, Mailbox, hex_id, parse_id};
use crate::control::ControlError;
use crate::control::change::{Ids, Op, Request};
use crate::sync::lock;
use crate::world::World;

/// Changes of mailboxes.
pub(crate) static OPS: &[Op] = &[
    Op { name: "mail.add", run: add },
    Op { name: "mail.delete", run: |w, r| each(w, r, |m, now, id| m.delete(now, id)) },
    Op { name: "mail.labels", run: relabel },
    Op {
        name: "mail.trash",
        run: |w, r| each(w, r, |m, now, id| m.relabel(now, id, bit(labels::TRASH), bit(labels::INBOX))),
    },
    Op {
        name: "mail.untrash",
        run: |w, r| each(w, r, |m, now, id| m.relabel(now, id, 0, bit(labels::TRASH))),
    },
    Op { name: "draft.add", run: add_draft },
    Op { name: "draft.edit", run: edit_draft },
    Op { name: "label.add", run: add_label },
    Op { name: "label.rename", run: rename_label },
    Op { name: "label.delete", run: delete_label },
];

/// Gmail takes messages up to 150 MB by import.
const MAX_BYTES: u64 = 150 * 1024 * 1024;

fn with_mailbox<T>(
    world: &World,
    request: &Request,
    change: impl FnOnce(&mut Mailbox, i64) -> Result<T, ControlError>,
) -> Result<T, ControlError> {
    let user = request.user(world)?;
    let mailbox = world.google.gmail.of(&user);
    change(&mut lock(&mailbox), world.clock.now_ms())
}

/// The mail that `id` names.
fn mail_id(request: &Request) -> Result<u64, ControlError> {
    let id = request.text("id")?;
    parse_id(id).ok_or_else(|| ControlError::bad(format!("{id} is no id of a mail")))
}

fn each(world: &World, request: &Request, change: impl FnOnce(&mut Mailbox, i64, u64) -> bool) -> Ids {
    let id = mail_id(request)?;
    with_mailbox(world, request, |mailbox, now| {
        if change(mailbox, now, id) {
            Ok(vec![hex_id(id)])
        } else {
            Err(ControlError::missing(format!("there is no mail {}", hex_id(id))))
        }
    })
}

/// Labels by id or name.
fn label_set(mailbox: &Mailbox, names: &[String]) -> Result<LabelSet, ControlError> {
    names.iter().try_fold(0, |set, name| {
        let at = mailbox
            .labels
            .find(name)
            .ok_or_else(|| ControlError::missing(format!("there is no label {name}")))?;
        Ok(set | bit(at))
    })
}

/// What a mail consists of, by request; `None` derives it.
fn content(request: &Request) -> Result<Option<Content>, ControlError> {
    if let Some(text) = request.optional_text("raw_base64")? {
        let decoded = STANDARD
            .decode(text)
            .or_else(|_| URL_SAFE.decode(text))
            .or_else(|_| URL_SAFE_NO_PAD.decode(text));
        let bytes = decoded.map_err(|_| ControlError::bad("raw_base64 is no base64"))?;
        return Ok(Some(Content::Given(Bytes::from(bytes))));
    }
    match request.number("size")? {
        None => Ok(None),
        Some(size) if (1_000..=MAX_BYTES).contains(&size) => Ok(Some(Content::Large(0, size))),
        Some(size) => Err(ControlError::bad(format!("a mail has 1,000 to {MAX_BYTES} bytes, not {size}"))),
    }
}

fn numbered(content: Option<Content>, number: u32) -> Content {
    match content {
        None => Content::Derived(number),
        Some(Content::Large(_, size)) => Content::Large(number, size),
        Some(given) => given,
    }
}

fn add(world: &World, request: &Request) -> Ids {
    let count = request.number("count")?.unwrap_or(1);
    let content = content(request)?;
    let names = request.texts("labels")?;
    let received = match request.optional_text("received")? {
        None => None,
        Some(text) => {
            let time: jiff::Timestamp =
                text.parse().map_err(|_| ControlError::bad(format!("{text} is no RFC 3339 time")))?;
            Some(time.as_millisecond())
        }
    };
    let thread = match request.optional_text("thread")? {
        None => None,
        Some(id) => {
            Some(parse_id(id).ok_or_else(|| ControlError::bad(format!("{id} is no id of a thread")))?)
        }
    };
    with_mailbox(world, request, |mailbox, now| {
        let set = if names.is_empty() {
            bit(labels::INBOX) | bit(labels::UNREAD)
        } else {
            label_set(mailbox, &names)?
        };
        Ok((0..count)
            .map(|_| hex_id(mailbox.add(now, received, set, thread, |n| numbered(content.clone(), n))))
            .collect())
    })
}

fn relabel(world: &World, request: &Request) -> Ids {
    let id = mail_id(request)?;
    let (add, remove) = (request.texts("add")?, request.texts("remove")?);
    with_mailbox(world, request, |mailbox, now| {
        let (add, remove) = (label_set(mailbox, &add)?, label_set(mailbox, &remove)?);
        if mailbox.relabel(now, id, add, remove) {
            Ok(vec![hex_id(id)])
        } else {
            Err(ControlError::missing("there is no such mail"))
        }
    })
}

/// Returns the draft's id and its message's.
fn add_draft(world: &World, request: &Request) -> Ids {
    let content = content(request)?;
    with_mailbox(world, request, |mailbox, now| {
        let mail = mailbox.add(now, None, bit(labels::DRAFT), None, |n| numbered(content, n));
        Ok(vec![mailbox.add_draft(mail), hex_id(mail)])
    })
}

/// `id` names the draft, or its message; returns the draft's id and its new message's.
fn edit_draft(world: &World, request: &Request) -> Ids {
    let id = request.text("id")?;
    let content = content(request)?;
    with_mailbox(world, request, |mailbox, now| {
        let message = parse_id(id);
        let draft =
            mailbox.drafts.iter().find(|(d, m)| *d == id || Some(**m) == message).map(|(d, _)| d.clone());
        let draft = draft.ok_or_else(|| ControlError::missing(format!("there is no draft {id}")))?;
        let mail = mailbox.edit_draft(now, &draft, |n| numbered(content, n));
        let mail = mail.ok_or_else(|| ControlError::missing("the draft's message is gone"))?;
        Ok(vec![draft, hex_id(mail)])
    })
}

fn add_label(world: &World, request: &Request) -> Ids {
    let name = request.text("name")?;
    with_mailbox(world, request, |mailbox, _| {
        mailbox.labels.add(name).map(|id| vec![id]).map_err(ControlError::bad)
    })
}

fn label_at(mailbox: &Mailbox, request: &Request) -> Result<usize, ControlError> {
    let id = request.text("id")?;
    mailbox.labels.find(id).ok_or_else(|| ControlError::missing(format!("there is no label {id}")))
}

/// Renaming a label is not in the history.
fn rename_label(world: &World, request: &Request) -> Ids {
    let name = request.text("name")?;
    with_mailbox(world, request, |mailbox, _| {
        let at = label_at(mailbox, request)?;
        mailbox.labels.rename(at, name).map_err(ControlError::bad)?;
        Ok(mailbox.labels.ids(bit(at)).into_iter().map(str::to_owned).collect())
    })
}

fn delete_label(world: &World, request: &Request) -> Ids {
    with_mailbox(world, request, |mailbox, _| {
        let at = label_at(mailbox, request)?;
        let ids = mailbox.labels.ids(bit(at)).into_iter().map(str::to_owned).collect();
        mailbox.labels.delete(at).map_err(ControlError::bad)?;
        mailbox.forget_label(at);
        Ok(ids)
    })
}
