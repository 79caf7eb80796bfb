//! What the page may call. All but [`profile`] and [`system`] is one call into the app each, made of its line in [`list`].

#![allow(clippy::let_underscore_must_use)] // What `tauri::command` writes does so; what is written here does not.

#[macro_use]
mod list;

mod argument;
mod made;
mod profile;
mod system;

pub use made::all;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_page_may_call_each_command_hear_events_and_nothing_else() {
        let capability: serde_json::Value =
            serde_json::from_str(include_str!("../../capabilities/main.json")).unwrap();
        let granted: BTreeSet<String> = serde_json::from_value(capability["permissions"].clone()).unwrap();
        let allowed = |name: &&str| format!("allow-{}", name.replace('_', "-"));
        let mut expected: BTreeSet<_> = list::NAMES.iter().map(allowed).collect();
        expected.extend(["core:event:allow-listen".to_owned(), "core:event:allow-unlisten".to_owned()]);
        assert_eq!(granted, expected);
        assert_eq!(capability["windows"], serde_json::json!([crate::window::LABEL]));
    }
}
