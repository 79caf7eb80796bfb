//! The truth about Box: one line for each (user, item that the user can reach), and those in the user's trash.

use serde_json::{Value, json};

use super::model::{Item, Kind, may_download};
use super::resource;
use super::state::State;
use crate::control::truth::{Gone, Lines, Question, Source};
use crate::sync::read;
use crate::world::World;

/// The truth about files, folders and web links.
pub(crate) static TRUTH: Source = Source { services: &["box_files"], run };

fn run(world: &World, question: &Question, lines: &mut Lines) -> Result<(), Gone> {
    let users: Vec<(String, String)> = {
        let state = read(&world.boxcom.state);
        let wanted = state.users.iter().filter(|user| user.is_managed());
        wanted.map(|user| (user.id.clone(), user.login.clone())).collect()
    };
    for (id, login) in users {
        let is_login =
            question.address.as_deref().is_some_and(|address| address.eq_ignore_ascii_case(&login));
        if !question.wants_user(&id) && !is_login {
            continue;
        }
        // The lock is not held while lines are written: the reader may be slow.
        let found: Vec<(Item, Value)> = {
            let state = read(&world.boxcom.state);
            let mut items = state.reachable(&id);
            items.extend(state.items.values().filter(|item| item.owner == id && state.is_trashed(item)));
            items.sort_by_key(|item| item.id);
            items.into_iter().map(|item| (item.clone(), described(&state, &id, item))).collect()
        };
        for (item, mut line) in found {
            line["user"] = json!(id);
            line["address"] = json!(login);
            if let Some(head) = item.head() {
                line["size"] = json!(head.content.size());
                line["version"] = json!(head.id.to_string());
                line["versions"] = json!(item.versions().len());
                if question.hashes
                    && let Ok(hashes) = head.content.hashes()
                {
                    line["sha1"] = json!(hashes.sha1);
                    line["sha256"] = json!(hashes.sha256);
                    line["previous"] = previous(&item);
                }
            }
            lines.line(&line)?;
        }
    }
    Ok(())
}

/// The versions before the current one, each with its number.
fn previous(item: &Item) -> Value {
    let count = item.versions().len().saturating_sub(1);
    let before = item.versions().iter().take(count);
    let all = before.filter_map(|version| {
        let sha256 = version.content.hashes().ok()?.sha256;
        let (id, size) = (version.id.to_string(), version.content.size());
        Some(json!({"id": id, "number": version.number, "size": size, "sha256": sha256}))
    });
    all.collect()
}

fn described(state: &State, user: &str, item: &Item) -> Value {
    let above = state.above(user, item);
    let names: Vec<&str> = above.iter().map(|above| above.name.as_str()).collect();
    let role = state.role(user, item).unwrap_or("");
    let mut line = json!({
        "cloud": "box",
        "service": "box_files",
        "tenant": state.enterprise_id,
        "id": item.id.to_string(),
        "kind": item.kind.word(),
        "name": item.name,
        "path": names.join("/"),
        "parents": [above.last().map_or_else(|| "0".to_owned(), |above| above.id.to_string())],
        "tags": item.tags,
        "trashed": state.is_trashed(item),
        "owned": item.owner == user,
        "modified_ms": item.modified_ms,
        "downloadable": matches!(item.kind, Kind::File(_)) && may_download(role),
    });
    if let Kind::WebLink(url) = &item.kind {
        line["url"] = json!(url);
    }
    for ((scope, template), values) in &item.metadata {
        let values = values.as_object().into_iter().flatten().filter(|(name, _)| !name.starts_with('$'));
        line["metadata"][resource::full_scope(state, scope)][template] =
            values.map(|(name, value)| (name.clone(), value.clone())).collect();
    }
    line
}
