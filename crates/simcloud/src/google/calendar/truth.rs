//! The truth about every event in a calendar that its user owns.

use serde_json::json;

use super::read;
use crate::control::truth::{Gone, Lines, Question, Source};
use crate::google::directory::User;
use crate::google::synced::told_bytes;
use crate::sync::lock;
use crate::world::World;

/// The truth about events.
pub(crate) static TRUTH: Source = Source { services: &["calendar"], run };

fn run(world: &World, question: &Question, lines: &mut Lines) -> Result<(), Gone> {
    for (tenant, user) in people(world, question) {
        let calendars = world.google.calendar.of(&user);
        let mut told = Vec::new();
        for calendar in lock(&calendars).list.iter().filter(|calendar| calendar.role == "owner") {
            for (id, event) in calendar.events.living() {
                let mut line = json!({
                    "cloud": "google",
                    "tenant": tenant,
                    "service": "calendar",
                    "user": user.id,
                    "address": user.address,
                    "id": format!("{}/{id}", calendar.key),
                    "path": format!("{}/{id}.json", calendar.summary),
                    "calendar": calendar.key,
                    "exports": {"json": told_bytes(read::bytes(event).as_bytes())},
                });
                if let Some(name) = event.get("summary") {
                    line["name"] = name.clone();
                }
                told.push(line);
            }
        }
        told.iter().try_for_each(|line| lines.line(line))?;
    }
    Ok(())
}

/// The tenant and each user that is asked for.
pub(crate) fn people(world: &World, question: &Question) -> Vec<(String, User)> {
    let directory = world.google.directory.read();
    let users = directory.users.iter().filter(|u| u.deleted.is_none() && question.wants_user(&u.id));
    users.map(|user| (directory.customer_id.clone(), user.clone())).collect()
}
