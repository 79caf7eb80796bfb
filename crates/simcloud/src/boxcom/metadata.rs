//! Metadata: the enterprise's templates, and their instances on files and folders.
//! <https://developer.box.com/guides/metadata>

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::call::{Call, Method};
use super::error::BoxError;
use super::events::on_item;
use super::folders::{READ, reach};
use super::resource;
use super::state::State;
use super::uploads::WRITE;
use crate::content::mix;
use crate::google::Answer;

const ADMINISTER: &[&str] = &["manage_enterprise_properties"];
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
    Method {
        id: "box.get_metadata_templates_global",
        http: "GET",
        path: "metadata_templates/global",
        scopes: READ,
        run: |c| templates(c, "global"),
    },
    Method {
        id: "box.get_metadata_templates_enterprise",
        http: "GET",
        path: "metadata_templates/enterprise",
        scopes: READ,
        run: |c| templates(c, "enterprise"),
    },
    Method {
        id: "box.get_metadata_templates_id_id_schema",
        http: "GET",
        path: "metadata_templates/{scope}/{template_key}/schema",
        scopes: READ,
        run: schema,
    },
    Method {
        id: "box.get_metadata_templates_id",
        http: "GET",
        path: "metadata_templates/{template_id}",
        scopes: READ,
        run: template,
    },
    Method {
        id: "box.post_metadata_templates_schema",
        http: "POST",
        path: "metadata_templates/schema",
        scopes: ADMINISTER,
        run: make,
    },
    Method {
        id: "box.delete_metadata_templates_id_id_schema",
        http: "DELETE",
        path: "metadata_templates/{scope}/{template_key}/schema",
        scopes: ADMINISTER,
        run: unmake,
    },
];

/// A template of the enterprise.
#[derive(Clone, Debug)]
pub struct Template {
    number: u64,
    key: String,
    title: String,
    is_hidden: bool,
    fields: Vec<Value>,
}

impl Template {
    fn id(&self) -> String {
        uuid(self.number)
    }

    fn field(&self, key: &str) -> Option<&Value> {
        self.fields.iter().find(|field| field["key"] == key)
    }

    /// Whether a value may stand in a field of this template.
    fn takes(&self, key: &str, value: &Value) -> bool {
        let Some(field) = self.field(key) else { return false };
        let is_option = |value: &Value| {
            let options = field["options"].as_array().map(Vec::as_slice).unwrap_or_default();
            options.iter().any(|option| option["key"] == *value)
        };
        match field["type"].as_str() {
            Some("string") => value.is_string(),
            Some("float") => value.is_number(),
            Some("date") => value.as_str().is_some_and(|text| text.parse::<jiff::Timestamp>().is_ok()),
            Some("enum") => is_option(value),
            Some("multiSelect") => value.as_array().is_some_and(|all| all.iter().all(is_option)),
            _ => false,
        }
    }
}

fn uuid(number: u64) -> String {
    format!("{:08x}-0000-4000-8000-{:012x}", mix(&[number]) & 0xffff_ffff, number & 0xffff_ffff_ffff)
}

fn scope_word(call: &Call) -> &str {
    let scope = call.path("scope");
    if scope.starts_with("enterprise") { "enterprise" } else { scope }
}

fn described(state: &State, template: &Template) -> Value {
    json!({
        "id": template.id(), "type": "metadata_template",
        "scope": format!("enterprise_{}", state.enterprise_id),
        "templateKey": template.key, "displayName": template.title, "hidden": template.is_hidden,
        "fields": template.fields, "copyInstanceOnItemCopy": false,
    })
}

/// The one template that is everyone's.
fn properties() -> Value {
    json!({
        "id": uuid(0), "type": "metadata_template", "scope": "global", "templateKey": PROPERTIES,
        "displayName": "properties", "hidden": false, "fields": [], "copyInstanceOnItemCopy": false,
    })
}

fn templates(call: &Call, scope: &str) -> Result<Answer, BoxError> {
    let state = call.state();
    if scope == "global" {
        return call.by_marker(&[()], |()| 1, |()| properties());
    }
    let all: Vec<&Template> = state.templates.iter().collect();
    call.by_marker(&all, |template| template.number, |template| described(&state, template))
}

fn no_template(key: &str) -> BoxError {
    BoxError::new(404, "not_found", format!("Template not found for scope and key {key}"))
}

fn schema(call: &Call) -> Result<Answer, BoxError> {
    let key = call.path("template_key");
    let state = call.state();
    if scope_word(call) == "global" && key == PROPERTIES {
        return Ok(Answer::json(properties()));
    }
    let found = state.templates.iter().find(|template| template.key == key);
    let found = found.filter(|_| scope_word(call) == "enterprise").ok_or_else(|| no_template(key))?;
    Ok(Answer::json(described(&state, found)))
}

fn template(call: &Call) -> Result<Answer, BoxError> {
    let id = call.path("template_id");
    let state = call.state();
    let found = state.templates.iter().find(|template| template.id() == id);
    let found = found.ok_or_else(|| BoxError::new(404, "not_found", "Template not found"))?;
    Ok(Answer::json(described(&state, found)))
}

/// `Product Info` becomes `productInfo`.
fn key_of(title: &str) -> String {
    let words = title.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut key = String::new();
    for word in words {
        let (first, rest) = word.split_at(1);
        key.push_str(&if key.is_empty() { first.to_lowercase() } else { first.to_uppercase() });
        key.push_str(rest);
    }
    key
}

fn make(call: &Call) -> Result<Answer, BoxError> {
    call.admin_only()?;
    let body = call.json()?;
    if body["scope"] != "enterprise" {
        return Err(BoxError::bad_parameter("scope", "Templates are made for the enterprise only"));
    }
    let title = body["displayName"].as_str().filter(|title| !title.is_empty());
    let title = title.ok_or_else(|| BoxError::bad_parameter("displayName", "'displayName' is required"))?;
    let key = body["templateKey"].as_str().map_or_else(|| key_of(title), str::to_owned);
    let mut state = call.change();
    if key.is_empty() || state.templates.iter().any(|template| template.key == key) {
        let message = format!("Template with key {key} already exists");
        return Err(BoxError::new(400, "tuple_already_exists", message));
    }
    let number = state.new_id();
    let given = body["fields"].as_array().cloned().unwrap_or_default();
    let mut fields = Vec::with_capacity(given.len());
    for (at, mut field) in given.into_iter().enumerate() {
        if !["type", "key", "displayName"].iter().all(|name| field[*name].is_string()) {
            return Err(BoxError::bad_parameter("fields", "A field has a type, a key and a displayName"));
        }
        let of = |at: usize| uuid(mix(&[number, at as u64]));
        field["id"] = json!(of(at));
        let options = field.get_mut("options").and_then(Value::as_array_mut);
        for (n, option) in options.into_iter().flatten().enumerate() {
            option["id"] = json!(of(1000 * (at + 1) + n));
        }
        if field["hidden"].is_null() {
            field["hidden"] = json!(false);
        }
        fields.push(field);
    }
    let is_hidden = body["hidden"] == true;
    let template = Template { number, key, title: title.to_owned(), is_hidden, fields };
    let answer = described(&state, &template);
    state.templates.push(template);
    Ok(Answer::json(answer).status(StatusCode::CREATED))
}

/// The template goes, and with it what it says of items.
fn unmake(call: &Call) -> Result<Answer, BoxError> {
    call.admin_only()?;
    let key = call.path("template_key").to_owned();
    let mut state = call.change();
    let before = state.templates.len();
    if scope_word(call) == "enterprise" {
        state.templates.retain(|template| template.key != key);
    }
    if state.templates.len() == before {
        return Err(BoxError::forbidden());
    }
    let instance = ("enterprise".to_owned(), key);
    state.items.values_mut().for_each(|item| drop(item.metadata.remove(&instance)));
    Ok(Answer::nothing().status(StatusCode::NO_CONTENT))
}

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
    let found = resource::instance(&state, item, scope_word(call), call.path("template_key"));
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
    let (scope, key) = (scope_word(call).to_owned(), call.path("template_key").to_owned());
    let mut state = call.change();
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
    let (scope, key) = (scope_word(call).to_owned(), call.path("template_key").to_owned());
    let mut state = call.change();
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
    let instance = (scope_word(call).to_owned(), call.path("template_key").to_owned());
    let mut state = call.change();
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
