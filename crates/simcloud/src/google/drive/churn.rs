//! Random changes of files, as people make them in a week.

use rand::Rng as _;
use rand_chacha::ChaCha8Rng;
use serde_json::json;

use super::control::{self, OPS};
use super::file::Id;
use crate::content::words;
use crate::control::ControlError;
use crate::control::change::Request;
use crate::control::churn::Churn;
use crate::world::World;

/// Random changes of a user's files.
pub(crate) static CHURN: Churn = Churn { service: "drive", weight: 20, run };

fn run(world: &World, user: &str, random: &mut ChaCha8Rng) -> Result<Vec<String>, ControlError> {
    let (files, folders, editable) = {
        let state = world.google.drive.read();
        let mine = || state.in_home(user).filter(|file| !state.is_trashed(file));
        let ids = |wanted: &dyn Fn(&super::file::File) -> bool| -> Vec<Id> {
            mine().filter(|file| wanted(file)).map(|file| file.id.clone()).collect()
        };
        (ids(&|_| true), ids(&|file| file.is_folder()), ids(&control::is_editable))
    };
    let pick = |ids: &[Id], random: &mut ChaCha8Rng| -> Option<String> {
        (!ids.is_empty()).then(|| ids[random.random_range(0..ids.len())].to_string())
    };
    let name = words::title(random);
    let dice = random.random_range(0..100);
    let change = match (dice, pick(&editable, random), pick(&files, random), pick(&folders, random)) {
        (0..=44, Some(id), ..) => json!({"op": "file.edit", "id": id}),
        (45..=59, _, Some(id), _) => json!({"op": "file.rename", "id": id, "name": name}),
        (60..=69, Some(id), _, Some(parent)) => json!({"op": "file.move", "id": id, "parent": parent}),
        (70..=75, _, Some(id), _) => json!({"op": "file.trash", "id": id}),
        (76..=79, Some(id), ..) => json!({"op": "file.delete", "id": id}),
        (80..=84, ..) => json!({"op": "doc.add", "user": user, "name": name}),
        _ => {
            let size = random.random_range(100..50_000);
            json!({"op": "file.add", "user": user, "name": format!("{name}.txt"), "size": size})
        }
    };
    let serde_json::Value::Object(change) = change else { return Ok(Vec::new()) };
    let request = Request::new(change);
    let name = request.text("op")?;
    match OPS.iter().find(|op| op.name == name) {
        Some(op) => (op.run)(world, &request),
        None => Ok(Vec::new()),
    }
}
