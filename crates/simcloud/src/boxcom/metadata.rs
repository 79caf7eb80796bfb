//! Metadata: instances of templates on files and folders; the templates themselves are below.
//! <https://developer.box.com/guides/metadata>

pub(super) mod control;
pub(super) mod templates;

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::call::{Call, Method};
use super::error::BoxError;
use super::events::on_item;
use super::folders::{READ, reach};
use super::resource;
use super::state::State;
use super::uploads::WRITE;
use crate::google::Answer;
use templates::{no_template, scope_word};

/// The template that every enterprise has: any texts.
const PROPERTIES: &str = "properties";

/// Methods about metadata.
pub(super) static METHODS: &[Method] = &[
    Method {
        id: "box.get_files_id_metadata",
        http: "GET",
        path: "files/{file_id}/metadata",
        scopes: READ,
        run: |c| all(c, "file"),
    },
    Method {
        id: "box.get_folders_id_metadata",
        http: "GET",
        path: "folders/{folder_id}/metadata",
        scopes: READ,
        run: |c| all(c, "folder"),
    },
    Method {
        id: "box.get_files_id_metadata_id_id",
        http: "GET",
        path: "files/{file_id}/metadata/{scope}/{template_key}",
        scopes: READ,
        run: |c| one(c, "file"),
    },
    Method {
        id: "box.get_folders_id_metadata_id_id",
        http: "GET",
        path: "folders/{folder_id}/metadata/{scope}/{template_key}",
        scopes: READ,
        run: |c| one(c, "folder"),
    },
    Method {
        id: "box.post_files_id_metadata_id_id",
        http: "POST",
        path: "files/{file_id}/metadata/{scope}/{template_key}",
        scopes: WRITE,
        run: |c| create(c, "file"),
    },
    Method {
        id: "box.post_folders_id_metadata_id_id",
        http: "POST",
        path: "folders/{folder_id}/metadata/{scope}/{template_key}",
        scopes: WRITE,
        run: |c| create(c, "folder"),
    },
    Method {
        id: "box.put_files_id_metadata_id_id",
        http: "PUT",
        path: "files/{file_id}/metadata/{scope}/{template_key}",
        scopes: WRITE,
        run: |c| update(c, "file"),
    },
    Method {
        id: "box.put_folders_id_metadata_id_id",
        http: "PUT",
        path: "folders/{folder_id}/metadata/{scope}/{template_key}",
        scopes: WRITE,
        run: |c| update(c, "folder"),
    },
    Method {
        id: "box.delete_files_id_metadata_id_id",
        http: "DELETE",
        path: "files/{file_id}/metadata/{scope}/{template_key}",
        scopes: WRITE,
        run: |c| delete(c, "file"),
    },
    Method {
        id: "box.delete_folders_id_metadata_id_id",
        http: "DELETE",
        path: "folders/{folder_id}/metadata/{scope}/{template_key}",
        scopes: WRITE,
        run: |c| delete(c, "folder"),
    },
];

fn all(call: &Call, kind: &str) -> Result<Answer, BoxError> {
    let state = call.state();
    let item = reach(call, &state, kind)?;
    let own = ["$parent", "$template", "$scope", "$version"];
    let instances = item
        .metadata
        .keys()
        .filter_map(|(scope, template)| resource::instance(&state, item, scope, template));
    // The description of this listing knows no fields of templates.
    let told = instances.map(|instance| match call.world.options.strict {
        true => resource::select(instance, None, &own),
        false => instance,
    });
    Ok(Answer::json(json!({"limit": 100, "entries": told.collect::<Vec<Value>>()})))
}

fn no_instance() -> BoxError {
    BoxError::new(404, "instance_not_found", "Template and/or instance was not found on the item")
}

fn one(call: &Call, kind: &str) -> Result<Answer, BoxError> {
    let state = call.state();
    let item = reach(call, &state, kind)?;
    let found = resource::instance(&state, item, scope_word(call, &state), call.path("template_key"));
    found.map(Answer::json).ok_or_else(no_instance)
}

/// Refuses values that the template has no place for.
fn fits(state: &State, scope: &str, key: &str, values: &Map<String, Value>) -> Result<(), BoxError> {
    let template = match (scope, key) {
        ("global", PROPERTIES) => None,
        ("enterprise", key) => {
            let found = state.templates.iter().find(|template| template.key == key);
            Some(found.ok_or_else(|| no_template(key))?)
        }
        _ => return Err(no_template(key)),
    };
    let wrong = values
        .iter()
        .find(|(name, value)| template.map_or(!value.is_string(), |template| !template.takes(name, value)));
    match wrong {
        None => Ok(()),
        Some((name, _)) => {
            let message = format!("Encountered invalid value for template field key={name}");
            Err(BoxError::new(400, "bad_request", message))
        }
    }
}

fn may_write(call: &Call, state: &State, kind: &str) -> Result<u64, BoxError> {
    let item = reach(call, state, kind)?;
    let role = state.role(&call.user, item).unwrap_or_default();
    if ["owner", "co-owner", "editor"].contains(&role) { Ok(item.id) } else { Err(BoxError::forbidden()) }
}

fn create(call: &Call, kind: &str) -> Result<Answer, BoxError> {
    let body = call.json()?;
    let values = body.as_object().ok_or_else(|| BoxError::bad_parameter("entity-body", "an object"))?;
    let mut state = call.change();
    let (scope, key) = (scope_word(call, &state).to_owned(), call.path("template_key").to_owned());
    let id = may_write(call, &state, kind)?;
    fits(&state, &scope, &key, values)
        .map_err(|error| if error.status == 400 { error.of_metadata() } else { error })?;
    let known =
        state.items.get(&id).is_some_and(|item| item.metadata.contains_key(&(scope.clone(), key.clone())));
    if known {
        let message = "A resource with the same value already exists";
        return Err(BoxError::new(409, "tuple_already_exists", message).of_metadata());
    }
    written(call, &mut state, id, (scope, key), body, "METADATA_INSTANCE_CREATE")
        .map(|answer| answer.status(StatusCode::CREATED))
}

/// A JSON Patch (RFC 6902) of the values at the top, which is all that an instance has.
fn update(call: &Call, kind: &str) -> Result<Answer, BoxError> {
    let body = call.json()?;
    let mut state = call.change();
    let (scope, key) = (scope_word(call, &state).to_owned(), call.path("template_key").to_owned());
    let id = may_write(call, &state, kind)?;
    let known = state.items.get(&id).and_then(|item| item.metadata.get(&(scope.clone(), key.clone())));
    let mut values = known.and_then(Value::as_object).cloned().ok_or_else(no_instance)?;
    for step in body.as_array().map(Vec::as_slice).unwrap_or_default() {
        patched(&mut values, step)
            .ok_or_else(|| BoxError::new(400, "bad_request", format!("Invalid operation: {step}")))?;
    }
    let said = values.iter().filter(|(name, _)| !name.starts_with('$'));
    fits(&state, &scope, &key, &said.map(|(name, value)| (name.clone(), value.clone())).collect())?;
    let version = values.get("$version").and_then(Value::as_u64).unwrap_or(0) + 1;
    values.insert("$version".to_owned(), json!(version));
    written(call, &mut state, id, (scope, key), Value::Object(values), "METADATA_INSTANCE_UPDATE")
}

fn patched(values: &mut Map<String, Value>, step: &Value) -> Option<()> {
    let at = |name: &str| Some(step[name].as_str()?.strip_prefix('/')?.replace("~1", "/").replace("~0", "~"));
    let path = at("path").filter(|path| !path.starts_with('$'))?;
    match step["op"].as_str()? {
        "add" => drop(values.insert(path, step["value"].clone())),
        "replace" => *values.get_mut(&path)? = step["value"].clone(),
        "remove" => drop(values.remove(&path)?),
        "test" => return (values.get(&path)? == &step["value"]).then_some(()),
        "move" => {
            let value = values.remove(&at("from")?)?;
            values.insert(path, value);
        }
        "copy" => {
            let value = values.get(&at("from")?)?.clone();
            values.insert(path, value);
        }
        _ => return None,
    }
    Some(())
}

fn delete(call: &Call, kind: &str) -> Result<Answer, BoxError> {
    let mut state = call.change();
    let instance = (scope_word(call, &state).to_owned(), call.path("template_key").to_owned());
    let id = may_write(call, &state, kind)?;
    let gone = state.items.get_mut(&id).and_then(|item| item.metadata.remove(&instance));
    gone.ok_or_else(no_instance)?;
    tell(call, &mut state, id, "METADATA_INSTANCE_DELETE");
    Ok(Answer::nothing().status(StatusCode::NO_CONTENT))
}

fn written(
    call: &Call,
    state: &mut State,
    id: u64,
    instance: (String, String),
    values: Value,
    word: &'static str,
) -> Result<Answer, BoxError> {
    let item = state.items.get_mut(&id).ok_or_else(no_instance)?;
    item.metadata.insert(instance.clone(), values);
    tell(call, state, id, word);
    let item = state.items.get(&id).ok_or_else(no_instance)?;
    resource::instance(state, item, &instance.0, &instance.1).map(Answer::json).ok_or_else(no_instance)
}

fn tell(call: &Call, state: &mut State, id: u64, word: &'static str) {
    if let Some(item) = state.items.get(&id).cloned() {
        on_item(state, call.world.clock.now_ms(), &call.user, ("ITEM_MODIFY", word), &item);
    }
}
