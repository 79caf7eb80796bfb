//! Box's own description of its API (OpenAPI 3), and the check of one exchange against it.
//!
//! It judges the simulator from outside. The document is read from where it lies and is never part of the project
//! (<https://github.com/box/box-openapi>).

mod value;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde_json::Value;

use super::call::Call;
use super::error::BoxError;

/// The description, by operation.
pub struct Description {
    schemas: Value,
    operations: HashMap<String, Value>,
}

/// One request and its answer.
pub struct Exchange<'e> {
    /// The operation's id, e.g. `get_files_id`.
    pub operation: &'e str,
    /// Query parameters.
    pub query: &'e [(String, String)],
    /// The request's body, where it is JSON.
    pub body: Option<&'e Value>,
    /// The answer's status.
    pub status: u16,
    /// The answer, where it is JSON.
    pub answer: Option<&'e Value>,
}

impl Description {
    /// The description, looked for once: in the folder that `HOLDFAST_SPECS` names (or its `box/`), or in
    /// `shared/specs/box` beside the checkout.
    pub fn find() -> Option<&'static Self> {
        static FOUND: OnceLock<Option<Description>> = OnceLock::new();
        FOUND.get_or_init(|| places().iter().find_map(|place| Self::load(place))).as_ref()
    }

    fn load(path: &Path) -> Option<Self> {
        let text = std::fs::read(path).ok()?;
        match serde_json::from_slice::<Value>(&text) {
            Ok(document) => Some(Self::new(&document)),
            Err(error) => {
                tracing::warn!(path = %path.display(), %error, "no description of Box's API");
                None
            }
        }
    }

    fn new(document: &Value) -> Self {
        let paths = document["paths"].as_object().into_iter().flatten();
        let operations = paths.flat_map(|(_, methods)| methods.as_object().into_iter().flatten());
        let operations = operations
            .filter_map(|(_, operation)| {
                Some((operation["operationId"].as_str()?.to_owned(), operation.clone()))
            })
            .collect();
        Self { schemas: document["components"]["schemas"].clone(), operations }
    }

    /// What the description objects to in one exchange, both ways; empty when it conforms. A request that was refused
    /// is not held against the server.
    #[must_use]
    pub fn check(&self, exchange: &Exchange<'_>) -> Vec<String> {
        let Some(operation) = self.operations.get(exchange.operation) else {
            return vec![format!("no operation {}", exchange.operation)];
        };
        let mut found = Vec::new();
        if exchange.status < 400 {
            found = query(operation, exchange.query);
            found.extend(exchange.body.into_iter().flat_map(|body| self.body(operation, body)));
        }
        let status = exchange.status.to_string();
        let answers = &operation["responses"];
        let known = answers.get(&status).or_else(|| {
            // Reading a metadata instance is described as 201.
            if exchange.status < 300 { answers.get("201") } else { answers.get("default") }
        });
        match (known, exchange.answer) {
            (None, _) => found.push(format!("{status} is no answer of {}", exchange.operation)),
            (Some(known), Some(answer)) => {
                let schema = &known["content"]["application/json"]["schema"];
                value::check(&self.schemas, schema, answer, "answer", &mut found);
            }
            (Some(_), None) => {}
        }
        found
    }
}

impl Description {
    /// What is wrong with a body, JSON or a JSON Patch.
    fn body(&self, operation: &Value, body: &Value) -> Vec<String> {
        let kinds = &operation["requestBody"]["content"];
        let known =
            ["application/json", "application/json-patch+json"].iter().find_map(|kind| kinds.get(*kind));
        let mut found = Vec::new();
        match known {
            None => found.push("no body of JSON is expected".to_owned()),
            Some(known) => value::check(&self.schemas, &known["schema"], body, "body", &mut found),
        }
        found
    }
}

/// Headers that have to be there and are not.
fn headers(operation: &Value, headers: &axum::http::HeaderMap) -> Vec<String> {
    let parameters = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
    let needed = parameters.iter().filter(|known| known["in"] == "header" && known["required"] == true);
    let names = needed.filter_map(|known| known["name"].as_str());
    names.filter(|name| !headers.contains_key(*name)).map(|name| format!("{name} is missing")).collect()
}

fn places() -> Vec<PathBuf> {
    if let Some(named) = std::env::var_os("HOLDFAST_SPECS") {
        let named = PathBuf::from(named);
        return vec![named.join("box/openapi.json"), named.join("openapi.json")];
    }
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    vec![checkout.join("../shared/specs/box/openapi.json"), checkout.join("../specs/box/openapi.json")]
}

fn query(operation: &Value, query: &[(String, String)]) -> Vec<String> {
    let parameters = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut found = Vec::new();
    for (name, text) in query {
        let known = parameters.iter().find(|p| p["in"] == "query" && p["name"] == name.as_str());
        let Some(known) = known else {
            found.push(format!("no such parameter {name}"));
            continue;
        };
        let schema = &known["schema"];
        let fits = match schema["type"].as_str() {
            Some("integer") => text
                .parse::<i64>()
                .is_ok_and(|number| schema["maximum"].as_i64().is_none_or(|most| number <= most)),
            Some("boolean") => ["true", "false"].contains(&text.to_lowercase().as_str()),
            Some("array") => text.split(',').all(|one| value::is_in_enum(&schema["items"], one)),
            _ => value::is_in_enum(schema, text),
        };
        if !fits {
            found.push(format!("{name}: {text:?} does not fit"));
        }
    }
    found
}

/// Refuses a request that the published description does not allow, when the server is strict.
pub(super) fn check(call: &Call) -> Result<(), BoxError> {
    let operation = call.method.id.trim_start_matches("box.");
    let Some(all) = Description::find().filter(|_| call.world.options.strict) else { return Ok(()) };
    let Some(operation) = all.operations.get(operation) else { return Ok(()) };
    let mut found = query(operation, &call.query);
    found.extend(headers(operation, &call.headers));
    let is_json = call.header("content-type").is_some_and(|kind| kind.contains("json"));
    if is_json && !call.body.is_empty() {
        found.extend(all.body(operation, &call.json()?));
    }
    if found.is_empty() {
        return Ok(());
    }
    let message = format!("{} does not allow this request: {}", call.method.id, found.join("; "));
    Err(BoxError::bad_parameter("query", &message))
}
