//! Templates of metadata: listed, read, made, changed, removed. <https://developer.box.com/guides/metadata/templates>

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::super::call::{Call, Method};
use super::super::error::BoxError;
use super::super::folders::READ;
use super::super::state::State;
use super::PROPERTIES;
use crate::content::mix;
use crate::google::Answer;

mod change;

const ADMINISTER: &[&str] = &["manage_enterprise_properties"];

/// Methods about templates.
pub(in super::super) static METHODS: &[Method] = &[
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
    Method {
        id: "box.put_metadata_templates_id_id_schema",
        http: "PUT",
        path: "metadata_templates/{scope}/{template_key}/schema",
        scopes: ADMINISTER,
        run: change::run,
    },
];

/// A template of the enterprise.
#[derive(Clone, Debug)]
pub struct Template {
    number: u64,
    pub(super) key: String,
    title: String,
    is_hidden: bool,
    is_copied: bool,
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
    pub(super) fn takes(&self, key: &str, value: &Value) -> bool {
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

/// `enterprise` for the enterprise's own scope, by its short name or in full.
pub(super) fn scope_word<'c>(call: &'c Call, state: &State) -> &'c str {
    let scope = call.path("scope");
    let is_own = scope.strip_prefix("enterprise_").is_some_and(|id| id == state.enterprise_id);
    if is_own { "enterprise" } else { scope }
}

fn described(state: &State, template: &Template) -> Value {
    json!({
        "id": template.id(), "type": "metadata_template",
        "scope": format!("enterprise_{}", state.enterprise_id),
        "templateKey": template.key, "displayName": template.title, "hidden": template.is_hidden,
        "fields": template.fields, "copyInstanceOnItemCopy": template.is_copied,
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

pub(super) fn no_template(key: &str) -> BoxError {
    BoxError::new(404, "not_found", format!("Template not found for scope and key {key}"))
}

fn schema(call: &Call) -> Result<Answer, BoxError> {
    let key = call.path("template_key");
    let state = call.state();
    if scope_word(call, &state) == "global" && key == PROPERTIES {
        return Ok(Answer::json(properties()));
    }
    let found = state.templates.iter().find(|template| template.key == key);
    let found = found.filter(|_| scope_word(call, &state) == "enterprise").ok_or_else(|| no_template(key))?;
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
    let mut state = call.change();
    let template = made(&mut state, &body)?;
    Ok(Answer::json(described(&state, &template)).status(StatusCode::CREATED))
}

/// A new template of the enterprise.
pub(super) fn made(state: &mut State, body: &Value) -> Result<Template, BoxError> {
    if body["scope"] != "enterprise" {
        return Err(BoxError::bad_parameter("scope", "Templates are made for the enterprise only"));
    }
    let title = body["displayName"].as_str().filter(|title| !title.is_empty());
    let title = title.ok_or_else(|| BoxError::bad_parameter("displayName", "'displayName' is required"))?;
    let key = body["templateKey"].as_str().map_or_else(|| key_of(title), str::to_owned);
    if key.is_empty() || state.templates.iter().any(|template| template.key == key) {
        let message = format!("Template with key {key} already exists");
        return Err(BoxError::new(400, "tuple_already_exists", message));
    }
    let number = state.new_id();
    let given = body["fields"].as_array().cloned().unwrap_or_default();
    let fields = given.into_iter().enumerate().map(|(at, field)| made_field(field, number, at));
    let template = Template {
        number,
        key,
        title: title.to_owned(),
        is_hidden: body["hidden"] == true,
        is_copied: body["copyInstanceOnItemCopy"] == true,
        fields: fields.collect::<Result<_, _>>()?,
    };
    state.templates.push(template.clone());
    Ok(template)
}

/// A field as it was asked for, with the ids that Box gives to it and its options.
fn made_field(mut field: Value, number: u64, at: usize) -> Result<Value, BoxError> {
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
    Ok(field)
}

/// The template goes, and with it what it says of items.
fn unmake(call: &Call) -> Result<Answer, BoxError> {
    call.admin_only()?;
    let key = call.path("template_key").to_owned();
    let mut state = call.change();
    let before = state.templates.len();
    if scope_word(call, &state) == "enterprise" {
        state.templates.retain(|template| template.key != key);
    }
    if state.templates.len() == before {
        return Err(BoxError::forbidden());
    }
    let instance = ("enterprise".to_owned(), key);
    state.items.values_mut().for_each(|item| drop(item.metadata.remove(&instance)));
    Ok(Answer::nothing().status(StatusCode::NO_CONTENT))
}
