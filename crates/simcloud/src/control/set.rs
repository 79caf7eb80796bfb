//! `POST /control/set`: switches of the company and of its Cloud project.

use serde_json::{Map, Value, json};

use super::ControlError;
use crate::world::World;

pub(crate) fn apply(world: &World, settings: Map<String, Value>) -> Result<Value, ControlError> {
    for (name, value) in &settings {
        match name.as_str() {
            "delegated_scopes" => world.google.settings.set_delegated(texts(name, value)?),
            "apis_off" => world.google.settings.set_off(texts(name, value)?),
            "oauth_testing" => world.google.settings.set_testing(flag(name, value)?),
            "clock_skew_seconds" => {
                let seconds =
                    value.as_i64().ok_or_else(|| ControlError::bad("clock_skew_seconds is a number"))?;
                world.clock.set_shift_seconds(seconds);
            }
            "history_window" => world.google.gmail.set_window_seconds(value.as_i64().filter(|s| *s >= 0)),
            "expire_history" => expire(world, value)?,
            "expire_sync" => expire_sync(world, value)?,
            "quotas" => {
                let quotas = value.as_object().ok_or_else(|| ControlError::bad("quotas is an object"))?;
                world.google.quota.set(quotas).map_err(ControlError::bad)?;
            }
            "tokens_revoked" => revoke(world, value)?,
            "box" => crate::boxcom::set(world, value)?,
            _ => return Err(ControlError::bad(format!("there is no setting {name}"))),
        }
    }
    Ok(json!({}))
}

/// `true` revokes all tokens, a user's id or address those of that user.
fn revoke(world: &World, value: &Value) -> Result<(), ControlError> {
    match value {
        Value::Bool(true) => world.google.auth.tokens.revoke_all(None),
        Value::Bool(false) => {}
        Value::String(name) => {
            let id = user_id(world, name)?;
            world.google.auth.tokens.revoke_all(Some(&id));
        }
        _ => return Err(ControlError::bad("tokens_revoked is true, or a user")),
    }
    Ok(())
}

/// `true` ends every mailbox's history now, a user's id or address that user's.
fn expire(world: &World, value: &Value) -> Result<(), ControlError> {
    match value {
        Value::Bool(true) => world.google.gmail.expire(None),
        Value::Bool(false) => {}
        Value::String(name) => world.google.gmail.expire(Some(&user_id(world, name)?)),
        _ => return Err(ControlError::bad("expire_history is true, or a user")),
    }
    Ok(())
}

/// Ends the sync tokens of a user's calendars and contacts, by id or address.
fn expire_sync(world: &World, value: &Value) -> Result<(), ControlError> {
    let name = value.as_str().ok_or_else(|| ControlError::bad("expire_sync is a user"))?;
    let id = user_id(world, name)?;
    let user = world.google.directory.read().user(&id).cloned();
    let user = user.ok_or_else(|| ControlError::missing(format!("there is no user {name}")))?;
    crate::sync::lock(&world.google.calendar.of(&user)).expire();
    crate::sync::lock(&world.google.people.of(&user)).people.expire();
    Ok(())
}

fn user_id(world: &World, name: &str) -> Result<String, ControlError> {
    let directory = world.google.directory.read();
    directory
        .user_or_deleted(name)
        .map(|u| u.id.clone())
        .ok_or_else(|| ControlError::missing(format!("there is no user {name}")))
}

fn texts(name: &str, value: &Value) -> Result<Vec<String>, ControlError> {
    let list: Option<Vec<String>> =
        value.as_array().and_then(|list| list.iter().map(|v| v.as_str().map(str::to_owned)).collect());
    list.ok_or_else(|| ControlError::bad(format!("{name} is a list of texts")))
}

fn flag(name: &str, value: &Value) -> Result<bool, ControlError> {
    value.as_bool().ok_or_else(|| ControlError::bad(format!("{name} is true or false")))
}
