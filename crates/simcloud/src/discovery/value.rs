//! Does a JSON value conform to a schema of a discovery document?

use serde_json::Value;

use crate::google::Fields;

/// Walks `value` beside `schema`, adding one line per violation. `schemas` resolves `$ref`.
pub(super) fn check(schemas: &Value, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    let schema = match schema.get("$ref").and_then(Value::as_str) {
        None => schema,
        Some(name) => match schemas.get(name) {
            Some(target) => target,
            None => return found.push(format!("{at}: the description names a schema {name} that it lacks")),
        },
    };
    match schema.get("type").and_then(Value::as_str).unwrap_or("any") {
        "object" => object(schemas, schema, value, at, found),
        "array" => match value.as_array() {
            None => found.push(format!("{at}: array expected, got {}", short(value))),
            Some(items) => {
                let of = schema.get("items").unwrap_or(&Value::Null);
                for (index, item) in items.iter().enumerate() {
                    check(schemas, of, item, &format!("{at}[{index}]"), found);
                }
            }
        },
        kind => scalar(schema, kind, value, at, found),
    }
}

fn object(schemas: &Value, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    let Some(members) = value.as_object() else {
        return found.push(format!("{at}: object expected, got {}", short(value)));
    };
    for (name, member) in members {
        let place = format!("{at}.{name}");
        let known = schema.get("properties").and_then(|all| all.get(name));
        match known.or_else(|| schema.get("additionalProperties")) {
            Some(schema) => check(schemas, schema, member, &place, found),
            None => {
                let id = schema.get("id").and_then(Value::as_str).unwrap_or("an inline object");
                found.push(format!("{place}: no such property in {id}"));
            }
        }
    }
}

fn scalar(schema: &Value, kind: &str, value: &Value, at: &str, found: &mut Vec<String>) {
    let format = schema.get("format").and_then(Value::as_str).unwrap_or("");
    let right_type = match kind {
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        _ => true,
    };
    if !right_type {
        return found.push(format!("{at}: {kind} expected, got {}", short(value)));
    }
    if let Some(number) = value.as_i64()
        && !integer_fits(number, format)
    {
        found.push(format!("{at}: {number} is no {format}"));
    }
    let Some(text) = value.as_str().filter(|_| kind == "string") else { return };
    if !string_fits(text, format) {
        found.push(format!("{at}: {format} expected, got {}", short(value)));
    }
    if let Some(members) = schema.get("enum").and_then(Value::as_array)
        && !members.iter().any(|member| member.as_str() == Some(text))
    {
        found.push(format!("{at}: {} is not in the enum", short(value)));
    }
}

/// Whether a number is in the range of `int32` and its like.
pub(super) fn integer_fits(number: i64, format: &str) -> bool {
    match format {
        "int32" => i32::try_from(number).is_ok(),
        "uint32" => u32::try_from(number).is_ok(),
        _ => true,
    }
}

/// Whether a string has the named format; formats without a check always fit.
pub(super) fn string_fits(text: &str, format: &str) -> bool {
    match format {
        "int64" => text.parse::<i64>().is_ok(),
        "uint64" => text.parse::<u64>().is_ok(),
        "date-time" | "google-datetime" => text.parse::<jiff::Timestamp>().is_ok() && text.contains('T'),
        "date" => text.parse::<jiff::civil::Date>().is_ok() && text.len() == 10,
        "google-duration" => text.strip_suffix('s').is_some_and(|seconds| seconds.parse::<f64>().is_ok()),
        "byte" => {
            text.bytes().all(|b| b.is_ascii_alphanumeric() || b"+/-_=".contains(&b))
                && unpadded(text) % 4 != 1
        }
        _ => true,
    }
}

fn unpadded(text: &str) -> usize {
    text.trim_end_matches('=').len()
}

/// The first of the selected fields that `schema` does not have, as a path.
pub(super) fn unknown_field(schemas: &Value, schema: &Value, fields: &Fields) -> Option<String> {
    let Fields::Some(selected) = fields else { return None };
    let mut schema = schema;
    loop {
        if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
            schema = schemas.get(name)?;
        } else if let Some(items) = schema.get("items") {
            schema = items;
        } else {
            break;
        }
    }
    selected.iter().filter(|(name, _)| name != "*").find_map(|(name, below)| {
        let known = schema.get("properties").and_then(|all| all.get(name));
        match known.or_else(|| schema.get("additionalProperties")) {
            None => Some(name.clone()),
            Some(member) => unknown_field(schemas, member, below).map(|rest| format!("{name}/{rest}")),
        }
    })
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
