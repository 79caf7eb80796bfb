//! The truth about every contact: its JSON and its photo.

use serde_json::{Value, json};

use super::photo;
use crate::control::truth::{Gone, Lines, Question, Source};
use crate::google::calendar::people as users;
use crate::google::synced::{canonical, told_bytes};
use crate::sync::lock;
use crate::world::World;

/// The truth about contacts.
pub(crate) static TRUTH: Source = Source { services: &["contacts"], run };

fn run(world: &World, question: &Question, lines: &mut Lines) -> Result<(), Gone> {
    for (tenant, user) in users(world, question) {
        let contacts = world.google.people.of(&user);
        let mut told = Vec::new();
        for (id, person) in lock(&contacts).people.living() {
            let name = person["names"][0]["displayName"].clone();
            let photo = &person["photos"][0];
            let mut exports = json!({});
            if let Some(own) = photo["url"].as_str().filter(|_| photo["default"] != true) {
                exports["png"] = told_bytes(&photo::bytes(own));
            }
            let mut shown = person.clone();
            shown["resourceName"] = json!(format!("people/{id}"));
            photo::with_address(world, &mut shown["photos"]);
            exports["json"] = told_bytes(canonical(&shown).as_bytes());
            let mut line = json!({
                "cloud": "google",
                "tenant": tenant,
                "service": "contacts",
                "user": user.id,
                "address": user.address,
                "id": id,
                "path": format!("{id}.json"),
                "exports": exports,
            });
            if name != Value::Null {
                line["name"] = name;
            }
            told.push(line);
        }
        told.iter().try_for_each(|line| lines.line(line))?;
    }
    Ok(())
}
