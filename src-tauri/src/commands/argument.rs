//! What comes with a call of the page. It may be anything: what does not fit is answered with an error that names it.

use holdfast_app::UserError;
use serde::de::{DeserializeOwned, Error as _};
use tauri::Wry;
use tauri::ipc::{CommandArg, CommandItem, InvokeBody, InvokeError};

/// So much of a complaint is told: it may quote what was sent.
const MOST_WORDS: usize = 200;

/// One named value.
pub struct Named<T>(pub T);

/// All values of a call, as one structure.
pub struct Whole<T>(pub T);

impl<'a, T: DeserializeOwned> CommandArg<'a, Wry> for Named<T> {
    fn from_command(item: CommandItem<'a, Wry>) -> Result<Self, InvokeError> {
        let key = item.key;
        T::deserialize(item).map(Self).map_err(|error| refused(key, &error.to_string()))
    }
}

impl<'a, T: DeserializeOwned> CommandArg<'a, Wry> for Whole<T> {
    fn from_command(item: CommandItem<'a, Wry>) -> Result<Self, InvokeError> {
        let read = match item.message.payload() {
            InvokeBody::Json(values) => T::deserialize(values),
            InvokeBody::Raw(_) => Err(serde_json::Error::custom("bytes instead of JSON")),
        };
        read.map(Self).map_err(|error| refused(item.name, &error.to_string()))
    }
}

fn refused(what: &str, why: &str) -> InvokeError {
    let why: String = why.chars().filter(|letter| !letter.is_control()).take(MOST_WORDS).collect();
    UserError::of("input.bad", format!("the value of {what} is not understood: {why}")).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused_is_named_and_not_repeated_whole() {
        let InvokeError(told) = refused("run", &format!("invalid type: string {:?}", "x".repeat(1 << 20)));
        assert_eq!(told["code"], "input.bad");
        let what = told["what"].as_str().unwrap();
        assert!(what.contains("of run is not understood: invalid type") && what.len() < 400, "{what}");
    }
}
