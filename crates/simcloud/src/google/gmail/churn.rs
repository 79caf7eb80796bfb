//! A day in a mailbox: mail comes, is read, filed, thrown away, deleted.

use rand::Rng as _;
use rand_chacha::ChaCha8Rng;

use super::labels::{self, SAMPLE_NAMES, bit};
use super::mailbox::{Content, Mail, Mailbox, hex_id};
use crate::control::ControlError;
use crate::control::churn::Churn;
use crate::sync::lock;
use crate::world::World;

/// Random changes of mailboxes.
pub(crate) static CHURN: Churn = Churn { service: "gmail", weight: 3, run };

/// Changes touch the newest mails mostly.
const NEAR: usize = 500;

fn run(world: &World, user: &str, rng: &mut ChaCha8Rng) -> Result<Vec<String>, ControlError> {
    let user = world.google.directory.read().user(user).cloned();
    let user = user.ok_or_else(|| ControlError::missing("the user is gone"))?;
    let mailbox = world.google.gmail.of(&user);
    let mut mailbox = lock(&mailbox);
    let now = world.clock.now_ms();
    let mail = any_mail(&mailbox, rng);
    let touched = match (rng.random_range(0..100), mail) {
        (0..=44, mail) => {
            let thread = mail.filter(|_| rng.random_ratio(1, 4)).map(|m| m.thread);
            let labels = if rng.random_ratio(1, 5) {
                bit(labels::SENT)
            } else {
                bit(labels::INBOX) | bit(labels::UNREAD)
            };
            mailbox.add(now, None, labels, thread, Content::Derived)
        }
        (_, None) => mailbox.add(now, None, bit(labels::INBOX), None, Content::Derived),
        (45..=64, Some(mail)) => {
            mailbox.relabel(now, mail.id, 0, bit(labels::UNREAD) | bit(labels::INBOX));
            mail.id
        }
        (65..=79, Some(mail)) => {
            let own = bit(labels::FIRST_OWN + rng.random_range(0..SAMPLE_NAMES.len()));
            let own = own | if rng.random_ratio(1, 3) { bit(labels::STARRED) } else { 0 };
            mailbox.relabel(now, mail.id, own, bit(labels::INBOX));
            mail.id
        }
        (80..=89, Some(mail)) => {
            mailbox.relabel(now, mail.id, bit(labels::TRASH), bit(labels::INBOX));
            mail.id
        }
        (_, Some(mail)) => {
            mailbox.delete(now, mail.id);
            mail.id
        }
    };
    Ok(vec![hex_id(touched)])
}

fn any_mail(mailbox: &Mailbox, rng: &mut ChaCha8Rng) -> Option<Mail> {
    let near = mailbox.total().min(NEAR);
    if near == 0 {
        return None;
    }
    mailbox.newest_first(None).nth(rng.random_range(0..near)).filter(|m| m.labels & bit(labels::DRAFT) == 0)
}
