//! `POST /control/change {"op":…}`: one change, as people make them.

use serde_json::{Map, Value, json};

use super::ControlError;
use crate::google::OPS;
use crate::google::directory::User;
use crate::world::World;

/// What a change made or changed, by id.
pub(crate) type Ids = Result<Vec<String>, ControlError>;

/// A change that control can make.
pub struct Op {
    /// E.g. `mail.add`.
    pub name: &'static str,
    /// Makes the change.
    pub run: fn(&World, &Request) -> Ids,
}

/// The body of a change.
pub struct Request(Map<String, Value>);

impl Request {
    /// A request made by the program itself.
    #[must_use]
    pub fn new(value: Map<String, Value>) -> Self {
        Self(value)
    }

    /// A text that has to be there.
    pub fn text(&self, name: &str) -> Result<&str, ControlError> {
        self.optional_text(name)?.ok_or_else(|| ControlError::bad(format!("{name} is missing")))
    }

    /// A text that may be absent.
    pub fn optional_text(&self, name: &str) -> Result<Option<&str>, ControlError> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(ControlError::bad(format!("{name} must be a text"))),
        }
    }

    /// A number that may be absent.
    pub fn number(&self, name: &str) -> Result<Option<u64>, ControlError> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => {
                value.as_u64().map(Some).ok_or_else(|| ControlError::bad(format!("{name} must be a number")))
            }
        }
    }

    /// A list of texts; empty when absent.
    pub fn texts(&self, name: &str) -> Result<Vec<String>, ControlError> {
        let bad = || ControlError::bad(format!("{name} must be a list of texts"));
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(Value::Array(list)) => {
                list.iter().map(|v| v.as_str().map(str::to_owned).ok_or_else(bad)).collect()
            }
            Some(_) => Err(bad()),
        }
    }

    /// The members of an object; none when absent.
    pub fn members(&self, name: &str) -> Result<Map<String, Value>, ControlError> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(Map::new()),
            Some(Value::Object(map)) => Ok(map.clone()),
            Some(_) => Err(ControlError::bad(format!("{name} must be an object"))),
        }
    }

    /// Any other value.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// The user that `user` names by id or address.
    pub fn user(&self, world: &World) -> Result<User, ControlError> {
        let name = self.text("user")?;
        world
            .google
            .directory
            .read()
            .user_or_deleted(name)
            .cloned()
            .ok_or_else(|| ControlError::missing(format!("there is no user {name}")))
    }
}

/// Makes one change, or a list of them (`{"changes":[…]}`) in order.
pub(crate) fn apply(world: &World, mut request: Map<String, Value>) -> Result<Value, ControlError> {
    let Some(list) = request.remove("changes") else {
        return Ok(json!({"ids": one(world, request)?}));
    };
    let Value::Array(list) = list else { return Err(ControlError::bad("changes must be a list")) };
    let mut ids = Vec::new();
    for change in list {
        let Value::Object(change) = change else { return Err(ControlError::bad("a change is an object")) };
        ids.extend(one(world, change)?);
    }
    Ok(json!({"ids": ids}))
}

fn one(world: &World, request: Map<String, Value>) -> Result<Vec<String>, ControlError> {
    let request = Request(request);
    let name = request.text("op")?;
    let op = OPS.iter().chain(crate::boxcom::OPS).flat_map(|ops| ops.iter()).find(|op| op.name == name);
    let op = op.ok_or_else(|| ControlError::bad(format!("there is no op {name}")))?;
    (op.run)(world, &request)
}
