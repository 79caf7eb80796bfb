//! The truth about files: one line for each (user, file in that user's corpus), one for each file in a shared drive.

use serde_json::{Map, Value, json};

use super::export::Editor;
use super::file::{File, Kind, Role};
use super::state::State;
use super::store::{Exported, Store};
use crate::control::truth::{Gone, Lines, Question, Source};
use crate::world::World;

/// The formats of exports that the truth speaks of.
const FORMATS: [&str; 7] = ["docx", "xlsx", "pptx", "svg", "png", "json", "pdf"];

/// The truth about My Drive and shared drives.
pub(crate) static TRUTH: Source = Source { services: &["drive", "shared_drive"], run };

/// What a line says before anything costly is worked out.
struct Found {
    file: File,
    path: String,
    is_trashed: bool,
    role: Role,
}

fn run(world: &World, question: &Question, lines: &mut Lines) -> Result<(), Gone> {
    let (tenant, users) = {
        let directory = world.google.directory.read();
        let users: Vec<(String, String)> =
            directory.users.iter().map(|u| (u.id.clone(), u.address.clone())).collect();
        (directory.customer_id.clone(), users)
    };
    if question.wants_service("drive") {
        for (user, address) in users.iter().filter(|(id, _)| question.wants_user(id)) {
            // The lock is not held while lines are written: the reader may be slow.
            let found = of_user(&world.google.drive.read(), user);
            for found in found {
                let mut line = described(world, question, &found);
                line.insert("user".to_owned(), json!(user));
                line.insert("address".to_owned(), json!(address));
                line.insert("service".to_owned(), json!("drive"));
                line.insert("owned".to_owned(), json!(found.role == Role::Owner));
                line.insert("tenant".to_owned(), json!(tenant));
                lines.line(&Value::Object(line))?;
            }
        }
    }
    if question.wants_service("shared_drive") && question.user.is_none() {
        let drives: Vec<_> = world.google.drive.read().drives.keys().cloned().collect();
        for drive in drives {
            let found = of_drive(&world.google.drive.read(), &drive);
            for found in found {
                let mut line = described(world, question, &found);
                line.insert("drive".to_owned(), json!(*drive));
                line.insert("service".to_owned(), json!("shared_drive"));
                line.insert("owned".to_owned(), json!(false));
                line.insert("tenant".to_owned(), json!(tenant));
                lines.line(&Value::Object(line))?;
            }
        }
    }
    Ok(())
}

fn of_user(state: &State, user: &str) -> Vec<Found> {
    let shared = state.shared_with(user).into_iter().filter(|file| file.home.drive().is_none());
    state
        .in_home(user)
        .chain(shared)
        .filter_map(|file| {
            let role = state.role(user, file)?;
            Some(found(state, file, role, &|above| state.is_listed_for(user, above)))
        })
        .collect()
}

fn of_drive(state: &State, drive: &str) -> Vec<Found> {
    state.in_home(drive).map(|file| found(state, file, Role::Organizer, &|_| true)).collect()
}

/// The path starts below the root, or at the topmost folder that is visible.
fn found(state: &State, file: &File, role: Role, is_visible: &dyn Fn(&File) -> bool) -> Found {
    let mut names: Vec<&str> = state
        .lineage(file)
        .take_while(|above| !state.is_root(above) && is_visible(above))
        .map(|above| above.name.as_str())
        .collect();
    names.reverse();
    Found { file: file.clone(), path: names.join("/"), is_trashed: state.is_trashed(file), role }
}

fn described(world: &World, question: &Question, found: &Found) -> Map<String, Value> {
    let store = world.google.drive.store();
    let file = &found.file;
    let mut line = Map::new();
    let mut put = |name: &str, value: Value| {
        line.insert(name.to_owned(), value);
    };
    put("cloud", json!("google"));
    put("id", json!(*file.id));
    put("name", json!(file.name));
    put("path", json!(found.path));
    put("parents", json!(file.parent.iter().map(|id| &**id).collect::<Vec<_>>()));
    put("mime", json!(file.mime));
    put("trashed", json!(found.is_trashed));
    put("modified_ms", json!(file.modified_ms));
    let is_open = !file.is_locked_for_readers || found.role >= Role::Writer;
    match &file.kind {
        Kind::Blob => {
            put("abusive", json!(file.is_abusive));
            put("downloadable", json!(is_open && (!file.is_abusive || found.role >= Role::Organizer)));
            let content = file.head().map(|revision| &revision.content);
            put("size", json!(content.map_or(0, super::content::Content::size)));
            if question.hashes
                && let Some(Ok(hashes)) = content.map(|content| store.hashes(content))
            {
                put("sha256", json!(hashes.sha256));
                put("md5", json!(hashes.md5));
            }
        }
        Kind::Editor(editor) => {
            put("downloadable", json!(is_open && !editor.formats().is_empty()));
            put("exports", exports(store, *editor, file, question.hashes));
        }
        Kind::Shortcut(target) => {
            put("downloadable", json!(false));
            put("shortcut_target", json!(**target));
        }
        Kind::Folder => put("downloadable", json!(false)),
    }
    line
}

/// Per format the export's size and hash; where exports differed on purpose, also those that were handed out.
fn exports(store: &Store, editor: Editor, file: &File, is_costly_wanted: bool) -> Value {
    let Some(head) = file.head() else { return json!({}) };
    let mut all = Map::new();
    for format in editor.formats().iter().filter(|format| FORMATS.contains(&format.short)) {
        let mut export = json!({});
        if is_costly_wanted {
            export = one(&store.exported(editor, file, head, format.short));
            let others = store.jittered(file, head, format.short);
            if !others.is_empty() {
                export["also"] = others.iter().map(one).collect();
            }
        }
        all.insert(format.short.to_owned(), export);
    }
    Value::Object(all)
}

fn one(export: &Exported) -> Value {
    json!({"size": export.size, "sha256": export.sha256})
}
