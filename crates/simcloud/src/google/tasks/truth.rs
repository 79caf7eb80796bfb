//! The truth about every task.

use serde_json::json;

use crate::control::truth::{Gone, Lines, Question, Source};
use crate::google::calendar::people as users;
use crate::google::synced::{canonical, told_bytes};
use crate::sync::lock;
use crate::world::World;

/// The truth about tasks.
pub(crate) static TRUTH: Source = Source { services: &["tasks"], run };

fn run(world: &World, question: &Question, lines: &mut Lines) -> Result<(), Gone> {
    for (tenant, user) in users(world, question) {
        let tasks = world.google.tasks.of(&user);
        let mut told = Vec::new();
        for list in &lock(&tasks).lists {
            for (id, task) in list.tasks.living() {
                told.push(json!({
                    "cloud": "google",
                    "tenant": tenant,
                    "service": "tasks",
                    "user": user.id,
                    "address": user.address,
                    "id": format!("{}/{id}", list.id),
                    "path": format!("{}/{id}.json", list.title),
                    "name": task["title"],
                    "exports": {"json": told_bytes(canonical(task).as_bytes())},
                }));
            }
        }
        told.iter().try_for_each(|line| lines.line(line))?;
    }
    Ok(())
}
