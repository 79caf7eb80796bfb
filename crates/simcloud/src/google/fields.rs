//! The `fields` selector of partial responses: `a,b/c,d(e,f/g),*`.
//! <https://developers.google.com/workspace/gmail/api/guides/performance#partial-response>

use serde_json::{Map, Value};

use super::GoogleError;

/// Which fields of an answer are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Fields {
    /// All of them.
    #[default]
    All,
    /// These, by name; `*` stands for every name.
    Some(Vec<(String, Fields)>),
}

impl Fields {
    /// Reads a selector; nothing and `*` select all.
    pub fn parse(text: Option<&str>) -> Result<Self, GoogleError> {
        let Some(text) = text.map(str::trim).filter(|t| !t.is_empty() && *t != "*") else {
            return Ok(Self::All);
        };
        let bad = || GoogleError::invalid_parameter("fields", format!("Invalid field selection {text}"));
        let mut rest = text;
        let fields = list(&mut rest, 0).ok_or_else(bad)?;
        if rest.is_empty() { Ok(fields) } else { Err(bad()) }
    }

    /// Whether this field of the top level is wanted.
    #[must_use]
    pub fn wants(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Some(fields) => fields.iter().any(|(n, _)| n == name || n == "*"),
        }
    }

    /// What is wanted below a field of the top level, `None` when the field is not wanted.
    #[must_use]
    pub fn below(&self, name: &str) -> Option<Fields> {
        match self {
            Self::All => Some(Self::All),
            Self::Some(fields) => {
                let mut found: Option<Fields> = None;
                for (_, sub) in fields.iter().filter(|(n, _)| n == name || n == "*") {
                    found = Some(match (found, sub) {
                        (None, sub) => sub.clone(),
                        (Some(Self::Some(mut a)), Self::Some(b)) => {
                            a.extend(b.iter().cloned());
                            Self::Some(a)
                        }
                        _ => Self::All,
                    });
                }
                found
            }
        }
    }

    /// Leaves only what is wanted.
    #[must_use]
    pub fn select(&self, value: Value) -> Value {
        match (self, value) {
            (Self::All, value) => value,
            (_, Value::Array(list)) => Value::Array(list.into_iter().map(|v| self.select(v)).collect()),
            (_, Value::Object(object)) => {
                let mut kept = Map::new();
                for (name, value) in object {
                    if let Some(below) = self.below(&name) {
                        kept.insert(name, below.select(value));
                    }
                }
                Value::Object(kept)
            }
            (_, value) => value,
        }
    }
}

/// Reads `item,item…` up to the end or a closing bracket.
fn list(rest: &mut &str, depth: u8) -> Option<Fields> {
    if depth > 20 {
        return None;
    }
    let mut fields = Vec::new();
    loop {
        fields.push(item(rest, depth)?);
        match rest.strip_prefix(',') {
            Some(after) => *rest = after,
            None => return Some(Fields::Some(fields)),
        }
    }
}

/// Reads `name`, `name/item` or `name(list)`.
fn item(rest: &mut &str, depth: u8) -> Option<(String, Fields)> {
    let end = rest.find([',', '/', '(', ')']).unwrap_or(rest.len());
    let name = rest[..end].trim();
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-*.@".contains(c));
    if !is_name {
        return None;
    }
    *rest = &rest[end..];
    if let Some(after) = rest.strip_prefix('/') {
        *rest = after;
        let below = item(rest, depth + 1)?;
        return Some((name.to_owned(), Fields::Some(vec![below])));
    }
    if let Some(after) = rest.strip_prefix('(') {
        *rest = after;
        let below = list(rest, depth + 1)?;
        *rest = rest.strip_prefix(')')?;
        return Some((name.to_owned(), below));
    }
    Some((name.to_owned(), Fields::All))
}
