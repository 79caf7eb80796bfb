//! The truth about every mail that exists.

use ring::digest;
use serde_json::json;

use super::labels::{self, bit};
use super::mailbox::hex_id;
use crate::clock::rfc3339;
use crate::content::hex;
use crate::content::mail::Written;
use crate::control::truth::{Gone, Lines, Question, Source};
use crate::google::directory::User;
use crate::sync::lock;
use crate::world::World;

/// The truth about mails.
pub(crate) static TRUTH: Source = Source { services: &["gmail"], run };

/// Mails are taken out of the mailbox in groups of this size, so that it is never locked for long.
const GROUP: usize = 1_000;

fn run(world: &World, question: &Question, lines: &mut Lines) -> Result<(), Gone> {
    let (tenant, users): (String, Vec<User>) = {
        let directory = world.google.directory.read();
        let users = directory
            .users
            .iter()
            .filter(|u| u.deleted.is_none() && question.wants_user(&u.id))
            .cloned()
            .collect();
        (directory.customer_id.clone(), users)
    };
    let mails = &world.google.gmail.mails;
    for user in users {
        let mailbox = world.google.gmail.of(&user);
        let written = Written::of(&lock(&mailbox));
        let mut before = None;
        loop {
            let group: Vec<_> = {
                let mailbox = lock(&mailbox);
                mailbox
                    .newest_first(before)
                    .take(GROUP)
                    .map(|mail| {
                        let ids: Vec<String> =
                            mailbox.labels.ids(mail.labels).into_iter().map(str::to_owned).collect();
                        let names: Vec<String> =
                            mailbox.labels.names(mail.labels).into_iter().map(str::to_owned).collect();
                        (mail, ids, names)
                    })
                    .collect()
            };
            let Some((last, _, _)) = group.last() else { break };
            before = Some((last.date, last.id));
            for (mail, ids, names) in group {
                let mut line = json!({
                    "cloud": "google",
                    "tenant": tenant,
                    "service": "gmail",
                    "user": user.id,
                    "address": user.address,
                    "id": mail.id_text(),
                    "path": format!("{}.eml", mail.id_text()),
                    "time": rfc3339(mail.date),
                    "labels": ids,
                    "label_names": names,
                    "thread": hex_id(mail.thread),
                    "draft": mail.labels & bit(labels::DRAFT) != 0,
                });
                if question.hashes {
                    let mut context = digest::Context::new(&digest::SHA256);
                    let mut size = 0_u64;
                    for block in mails.blocks(&written, &mail) {
                        context.update(&block);
                        size += block.len() as u64;
                    }
                    line["size"] = json!(size);
                    line["sha256"] = json!(hex(context.finish().as_ref()));
                }
                lines.line(&line)?;
            }
        }
    }
    Ok(())
}
