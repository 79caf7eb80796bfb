//! A template is changed by operations, and what it says of items changes with it. All of them are done, or none.
//! <https://developer.box.com/guides/metadata/templates/update>,
//! <https://developer.box.com/reference/put-metadata-templates-id-id-schema>

use serde_json::{Map, Value, json};

use super::{Template, described, made_field, no_template, scope_word, uuid};
use crate::boxcom::call::Call;
use crate::boxcom::error::BoxError;
use crate::content::mix;
use crate::google::Answer;

/// What may be said of a template, and of a field, beside its type.
const OF_TEMPLATE: [&str; 3] = ["displayName", "hidden", "copyInstanceOnItemCopy"];
const OF_FIELD: [&str; 4] = ["displayName", "description", "key", "hidden"];

/// What a change of the template does to its instances.
enum Migration {
    Field { from: String, to: Option<String> },
    Option { field: String, from: String, to: Option<String> },
}

pub(super) fn run(call: &Call) -> Result<Answer, BoxError> {
    call.admin_only()?;
    let key = call.path("template_key").to_owned();
    let body = call.json()?;
    let steps = body.as_array().ok_or_else(|| wrong("an array of operations is expected"))?;
    let mut state = call.change();
    if scope_word(call, &state) != "enterprise" {
        return Err(BoxError::forbidden());
    }
    let number = state.new_id();
    let at = state.templates.iter().position(|template| template.key == key);
    let at = at.ok_or_else(|| no_template(&key))?;
    let mut template = state.templates[at].clone();
    let mut migrations = Vec::new();
    for (n, step) in steps.iter().enumerate() {
        migrations.extend(applied(&mut template, step, mix(&[number, n as u64]))?);
    }
    let instance = ("enterprise".to_owned(), key);
    for values in state.items.values_mut().filter_map(|item| item.metadata.get_mut(&instance)) {
        let Some(values) = values.as_object_mut() else { continue };
        migrations.iter().for_each(|migration| migration.run(values));
    }
    let answer = described(&state, &template);
    state.templates[at] = template;
    Ok(Answer::json(answer))
}

fn wrong(what: &str) -> BoxError {
    BoxError::new(400, "bad_request", format!("Invalid operation: {what}"))
}

fn text<'a>(step: &'a Value, name: &str) -> Result<&'a str, BoxError> {
    step[name].as_str().ok_or_else(|| wrong(&format!("'{name}' is required")))
}

/// One operation on the template; what its instances make of it.
fn applied(template: &mut Template, step: &Value, number: u64) -> Result<Option<Migration>, BoxError> {
    match text(step, "op")? {
        "editTemplate" => {
            for (name, value) in properties(step, &OF_TEMPLATE)? {
                match (name.as_str(), value) {
                    ("displayName", Value::String(title)) if !title.is_empty() => {
                        template.title.clone_from(title);
                    }
                    ("hidden", Value::Bool(hidden)) => template.is_hidden = *hidden,
                    ("copyInstanceOnItemCopy", Value::Bool(copies)) => template.is_copied = *copies,
                    _ => return Err(wrong(&format!("{name} cannot be {value}"))),
                }
            }
            Ok(None)
        }
        "addField" => {
            let field = made_field(step["data"].clone(), number, 0)?;
            free(&template.fields, text(&field, "key")?)?;
            template.fields.push(field);
            Ok(None)
        }
        "reorderFields" => reordered(&mut template.fields, &step["fieldKeys"]).map(|()| None),
        "editField" => {
            let from = text(step, "fieldKey")?.to_owned();
            let to = renamed(&template.fields, &from, step)?;
            let field = entry(&mut template.fields, &from)?;
            for (name, value) in properties(step, &OF_FIELD)? {
                field[name.as_str()] = value.clone();
            }
            Ok(to.map(|to| Migration::Field { from, to: Some(to) }))
        }
        "removeField" => {
            let from = text(step, "fieldKey")?.to_owned();
            entry(&mut template.fields, &from)?;
            template.fields.retain(|field| field["key"] != from.as_str());
            Ok(Some(Migration::Field { from, to: None }))
        }
        op => of_option(template, op, step, number),
    }
}

/// Operations on the options of an `enum` or `multiSelect`.
fn of_option(
    template: &mut Template,
    op: &str,
    step: &Value,
    number: u64,
) -> Result<Option<Migration>, BoxError> {
    let (kind, one, all) = match op.contains("Enum") {
        true => ("enum", "enumOptionKey", "enumOptionKeys"),
        false => ("multiSelect", "multiSelectOptionKey", "multiSelectOptionKeys"),
    };
    let key = text(step, "fieldKey")?.to_owned();
    let field = entry(&mut template.fields, &key)?;
    if field["type"] != kind {
        return Err(wrong(&format!("{key} is no {kind}")));
    }
    if !field["options"].is_array() {
        field["options"] = json!([]);
    }
    let options = field["options"].as_array_mut().ok_or_else(|| wrong("the field has no options"))?;
    match op {
        "addEnumOption" | "addMultiSelectOption" => {
            let key = text(&step["data"], "key")?;
            free(options, key)?;
            options.push(json!({"id": uuid(number), "key": key}));
            Ok(None)
        }
        "reorderEnumOptions" | "reorderMultiSelectOptions" => reordered(options, &step[all]).map(|()| None),
        "editEnumOption" | "editMultiSelectOption" => {
            let from = text(step, one)?.to_owned();
            let to = renamed(options, &from, step)?;
            let option = entry(options, &from)?;
            for (name, value) in properties(step, &["key"])? {
                option[name.as_str()] = value.clone();
            }
            Ok(to.map(|to| Migration::Option { field: key, from, to: Some(to) }))
        }
        "removeEnumOption" | "removeMultiSelectOption" => {
            let from = text(step, one)?.to_owned();
            entry(options, &from)?;
            options.retain(|option| option["key"] != from.as_str());
            Ok(Some(Migration::Option { field: key, from, to: None }))
        }
        _ => Err(wrong(op)),
    }
}

/// What `data` says, which may be nothing but these properties.
fn properties<'a>(step: &'a Value, known: &[&str]) -> Result<&'a Map<String, Value>, BoxError> {
    let all = step["data"].as_object().ok_or_else(|| wrong("'data' is required"))?;
    match all.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(wrong(&format!("{name} cannot be changed"))),
        None => Ok(all),
    }
}

/// The new key that `data` gives, where it is another one.
fn renamed(all: &[Value], from: &str, step: &Value) -> Result<Option<String>, BoxError> {
    let Some(to) = step["data"].get("key") else { return Ok(None) };
    let to = to.as_str().filter(|to| !to.is_empty()).ok_or_else(|| wrong("a key is a text"))?;
    if to == from {
        return Ok(None);
    }
    free(all, to)?;
    Ok(Some(to.to_owned()))
}

fn free(all: &[Value], key: &str) -> Result<(), BoxError> {
    match all.iter().any(|known| known["key"] == key) {
        true => Err(wrong(&format!("{key} is there already"))),
        false => Ok(()),
    }
}

fn entry<'a>(all: &'a mut [Value], key: &str) -> Result<&'a mut Value, BoxError> {
    let found = all.iter_mut().find(|known| known["key"] == key);
    found.ok_or_else(|| wrong(&format!("there is no {key}")))
}

/// Puts what is there into the order of these keys, which name each once.
fn reordered(all: &mut Vec<Value>, keys: &Value) -> Result<(), BoxError> {
    let keys = keys.as_array().ok_or_else(|| wrong("the keys in their new order are required"))?;
    let found = keys.iter().filter_map(|key| all.iter().find(|known| known["key"] == *key).cloned());
    let found: Vec<Value> = found.collect();
    let each_once = all.iter().all(|known| keys.iter().filter(|key| **key == known["key"]).count() == 1);
    if found.len() != all.len() || keys.len() != all.len() || !each_once {
        return Err(wrong("the keys are not those that are there"));
    }
    *all = found;
    Ok(())
}

impl Migration {
    fn run(&self, values: &mut Map<String, Value>) {
        match self {
            Self::Field { from, to } => {
                if let Some(value) = values.remove(from)
                    && let Some(to) = to
                {
                    values.insert(to.clone(), value);
                }
            }
            Self::Option { field, from, to } => match (values.get_mut(field), to) {
                (Some(Value::Array(chosen)), to) => {
                    chosen.retain_mut(|one| {
                        let is_it = *one == from.as_str();
                        if is_it && let Some(to) = to {
                            *one = json!(to);
                        }
                        !is_it || to.is_some()
                    });
                }
                (Some(value), Some(to)) if *value == from.as_str() => *value = json!(to),
                (Some(value), None) if *value == from.as_str() => drop(values.remove(field)),
                _ => {}
            },
        }
    }
}
