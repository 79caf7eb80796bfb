//! What a planted script could send: for each command that the page calls, arguments as it sends them, and the same with
//! one value in them that is hostile. What a command takes is read from the page's own types, so that a new command is
//! covered by being there.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::{Value, json};

/// What a value may be, as `tests/desktop/commands.mjs` tells it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    String,
    Number,
    Boolean,
    Literal(Value),
    Array(Box<Shape>),
    Object(BTreeMap<String, Shape>),
    OneOf(Vec<Shape>),
}

/// Arguments of a call with something hostile in them.
pub struct Hostile {
    /// What is wrong, and where.
    pub what: String,
    /// The arguments.
    pub arguments: Value,
    /// A type that fits nowhere there: it must be refused.
    pub is_of_wrong_type: bool,
}

/// Values that are good for a name, where an arbitrary one would end a call too early to try much.
pub type Known = BTreeMap<&'static str, Value>;

/// All commands that the page calls, with what they take.
pub fn commands() -> Result<BTreeMap<String, Shape>> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("desktop/commands.mjs");
    let output = Command::new("node").arg(script).output().context("node does not start")?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).context("the commands are told otherwise")
}

impl Shape {
    /// How many forms a call has: as many as the longest choice between structures.
    pub fn forms(&self) -> usize {
        let most = |shapes: &mut dyn Iterator<Item = &Self>| shapes.map(Self::forms).max().unwrap_or(1);
        match self {
            Self::Array(shape) => shape.forms(),
            Self::Object(fields) => most(&mut fields.values()),
            Self::OneOf(shapes) => {
                let structures = shapes.iter().filter(|it| matches!(it, Self::Object(_))).count();
                structures.max(most(&mut shapes.iter()))
            }
            _ => 1,
        }
    }

    /// A value as the page sends it, in one of its forms.
    pub fn well_formed(&self, name: &str, form: usize, known: &Known) -> Value {
        match self {
            Self::String => known.get(name).cloned().unwrap_or_else(|| json!("x")),
            Self::Number => known.get(name).cloned().unwrap_or_else(|| json!(1)),
            Self::Boolean => json!(false),
            Self::Literal(value) => value.clone(),
            Self::Array(shape) => json!([shape.well_formed(name, form, known)]),
            Self::Object(fields) => {
                let field =
                    |(name, shape): (&String, &Self)| (name.clone(), shape.well_formed(name, form, known));
                Value::Object(fields.iter().map(field).collect())
            }
            Self::OneOf(shapes) => {
                // Null says nothing; anything else is looked at.
                let tells: Vec<&Self> =
                    shapes.iter().filter(|it| !matches!(it, Self::Literal(Value::Null))).collect();
                tells
                    .get(form % tells.len().max(1))
                    .map_or(Value::Null, |it| it.well_formed(name, form, known))
            }
        }
    }
}

/// A call with nothing in it, and in each place of a good one each hostile value.
pub fn hostile(good: &Value) -> Vec<Hostile> {
    let mut places = Vec::new();
    places_in(good, "", &mut places);
    let mut found =
        vec![Hostile { what: "nothing at all".into(), arguments: json!({}), is_of_wrong_type: false }];
    for place in places {
        let was_plain = good.pointer(&place).is_some_and(|it| !it.is_object() && !it.is_array());
        for (name, value) in values() {
            let mut arguments = good.clone();
            let is_of_wrong_type = was_plain && (value.is_array() || value.is_object());
            if let Some(at) = arguments.pointer_mut(&place) {
                *at = value;
                found.push(Hostile { what: format!("{name} at {place}"), arguments, is_of_wrong_type });
            }
        }
    }
    found
}

fn values() -> [(&'static str, Value); 11] {
    [
        ("null", Value::Null),
        ("an array", json!([[[]]])),
        ("an object", json!({ "__proto__": { "x": 1 } })),
        ("a huge number", json!(1e308)),
        ("a negative number", json!(-1)),
        ("an unknown id", json!(9_007_199_254_740_991_i64)),
        ("a huge string", json!("x".repeat(100_000))),
        ("control characters", json!("\u{0}\u{202e}\n; rm -rf /")),
        ("a path outside", json!("../../etc/shadow")),
        ("a device", json!("/proc/self/mem")),
        ("nobody", json!("nobody@example.com' or 1=1; --")),
    ]
}

/// Pointers to all that is in a value: <https://www.rfc-editor.org/rfc/rfc6901>
fn places_in(value: &Value, at: &str, places: &mut Vec<String>) {
    let mut go_on = |name: &str, inner: &Value| {
        let place = format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"));
        places.push(place.clone());
        places_in(inner, &place, places);
    };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, inner)| go_on(name, inner)),
        Value::Array(items) => items.iter().enumerate().for_each(|(at, inner)| go_on(&at.to_string(), inner)),
        _ => {}
    }
}

/// Good values by the names that arguments have.
pub fn known(elsewhere: &Path, user: &Value, owner: &Value) -> Known {
    let file = |name: &str| json!(elsewhere.join(name));
    BTreeMap::from([
        ("connection", json!(1)),
        ("user", user["id"].clone()),
        ("address", user["address"].clone()),
        ("owner", owner["key"].clone()),
        ("keys", owner["key"].clone()),
        ("path", file("written by the page")),
        ("folder", file("restored by the page")),
        ("url", json!("https://admin.google.com/")),
        ("at", json!("2020-02-02T20:20:20Z")),
        ("content_base64", json!("YW5uYS5iZXJnQGV4YW1wbGUuY29tCg==")),
    ])
}
