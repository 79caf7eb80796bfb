//! Does a JSON value conform to a schema of an OpenAPI 3.0 document?

use serde_json::Value;

/// A schema with all that `$ref` and `allOf` add to it.
#[derive(Default)]
struct Flat<'s> {
    kind: Option<&'s str>,
    properties: Vec<(&'s String, &'s Value)>,
    required: Vec<&'s str>,
    additional: Option<&'s Value>,
    variants: Vec<&'s [Value]>,
    leaf: Vec<&'s Value>,
    is_nullable: bool,
}

fn resolve<'s>(schemas: &'s Value, schema: &'s Value) -> &'s Value {
    match schema["$ref"].as_str().and_then(|name| name.rsplit('/').next()) {
        Some(name) => &schemas[name],
        None => schema,
    }
}

fn flatten<'s>(schemas: &'s Value, schema: &'s Value, into: &mut Flat<'s>) {
    let schema = resolve(schemas, schema);
    into.kind = into.kind.or(schema["type"].as_str());
    into.properties.extend(schema["properties"].as_object().into_iter().flatten());
    into.required.extend(schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str));
    into.additional = into.additional.or(schema.get("additionalProperties"));
    into.is_nullable |= schema["nullable"] == true;
    into.leaf.push(schema);
    for name in ["oneOf", "anyOf"] {
        into.variants.extend(schema[name].as_array().map(Vec::as_slice));
    }
    for part in schema["allOf"].as_array().into_iter().flatten() {
        flatten(schemas, part, into);
    }
}

/// Walks `value` beside `schema`, adding one line per violation.
pub(super) fn check(schemas: &Value, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    let mut flat = Flat::default();
    flatten(schemas, schema, &mut flat);
    if value.is_null() {
        if !flat.is_nullable {
            found.push(format!("{at}: null is not allowed"));
        }
        return;
    }
    for variants in &flat.variants {
        let objections: Vec<Vec<String>> = variants
            .iter()
            .map(|variant| {
                let mut objections = Vec::new();
                check(schemas, variant, value, at, &mut objections);
                objections
            })
            .collect();
        if !objections.iter().any(Vec::is_empty) {
            found.push(format!("{at}: none of the variants fits: {objections:?}"));
        }
    }
    match value {
        Value::Object(members) if flat.variants.is_empty() => {
            if flat.kind.is_some_and(|kind| kind != "object") {
                found.push(format!("{at}: {:?} expected, got an object", flat.kind));
            }
            // The description requires `accessed` of shared links, which it has as `access`: what it does not have cannot
            // be missing.
            let known = |name: &str| flat.properties.iter().any(|(known, _)| *known == name);
            for name in flat.required.iter().filter(|name| known(name) && !members.contains_key(**name)) {
                found.push(format!("{at}.{name} is missing"));
            }
            for (name, member) in members {
                let place = format!("{at}.{name}");
                // What is described twice, once for writing and once for reading, is as either says.
                let known =
                    flat.properties.iter().filter(|(known, _)| *known == name).map(|(_, schema)| *schema);
                let mut all: Vec<&Value> = known.collect();
                if all.is_empty() {
                    all.extend(flat.additional);
                }
                let mut objections = all.iter().map(|schema| {
                    let mut objections = Vec::new();
                    check(schemas, schema, member, &place, &mut objections);
                    objections
                });
                match objections.next() {
                    Some(first) if !first.is_empty() && !objections.any(|one| one.is_empty()) => {
                        found.extend(first)
                    }
                    None if !flat.properties.is_empty() => found.push(format!("{place}: no such property")),
                    _ => {}
                }
            }
        }
        Value::Array(items) => {
            if flat.kind.is_some_and(|kind| kind != "array") {
                found.push(format!("{at}: {:?} expected, got an array", flat.kind));
            }
            for (index, item) in items.iter().enumerate() {
                let schemas_of_items = flat.leaf.iter().filter_map(|schema| schema.get("items"));
                schemas_of_items.for_each(|s| check(schemas, s, item, &format!("{at}[{index}]"), found));
            }
        }
        Value::Object(_) => {}
        _ => flat.leaf.iter().for_each(|schema| scalar(schema, value, at, found)),
    }
}

fn scalar(schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    let fits = match schema["type"].as_str() {
        Some("string") => value.is_string(),
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some(_) => false,
        None => true,
    };
    if !fits {
        return found.push(format!("{at}: {} expected, got {value}", schema["type"]));
    }
    if schema["format"] == "int32" && value.as_i64().is_some_and(|number| i32::try_from(number).is_err()) {
        found.push(format!("{at}: {value} is no int32"));
    }
    let Some(text) = value.as_str() else { return };
    if schema["format"] == "date-time" && text.parse::<jiff::Timestamp>().is_err() {
        found.push(format!("{at}: {text:?} is no time"));
    }
    if schema["maxLength"].as_u64().is_some_and(|most| text.chars().count() as u64 > most) {
        found.push(format!("{at}: {text:?} is too long"));
    }
    if !is_in_enum(schema, text) {
        found.push(format!("{at}: {text:?} is not in the enum"));
    }
}

/// Whether a text is one of the schema's words; a schema without words takes all.
pub(super) fn is_in_enum(schema: &Value, text: &str) -> bool {
    schema["enum"].as_array().is_none_or(|words| words.iter().any(|word| word.as_str() == Some(text)))
}
