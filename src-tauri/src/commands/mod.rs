//! What the page may call: one call into the app each. Only [`launch`] and [`system`] have more to do, for what the
//! shell alone can: profiles, dialogs, links, starting at login.

#![allow(clippy::let_underscore_must_use)] // What `tauri::command` writes does so; what is written here does not.

mod activity;
mod alerts;
mod argument;
mod connections;
mod directory;
mod help;
mod launch;
mod list;
mod owners;
mod protect;
mod settings;
mod system;

use tauri::Wry;
use tauri::ipc::Invoke;

/// Commands that are the app's function of the same name and nothing more: with named values in round brackets, or with
/// all of them as one structure in square ones.
macro_rules! same_as_app {
    () => {};
    ($(#[$doc:meta])* $name:ident($($value:ident: $type:ty),*) -> $result:ty; $($rest:tt)*) => {
        $(#[$doc])*
        #[tauri::command(rename_all = "snake_case")]
        pub async fn $name(
            shell: tauri::State<'_, crate::shell::Shell>,
            $($value: crate::commands::argument::Named<$type>),*
        ) -> holdfast_app::Result<$result> {
            shell.desktop().$name($($value.0),*).await
        }
        $crate::commands::same_as_app!($($rest)*);
    };
    ($(#[$doc:meta])* $name:ident[$type:ty] -> $result:ty; $($rest:tt)*) => {
        $(#[$doc])*
        #[tauri::command(rename_all = "snake_case")]
        pub async fn $name(
            shell: tauri::State<'_, crate::shell::Shell>,
            input: crate::commands::argument::Whole<$type>,
        ) -> holdfast_app::Result<$result> {
            shell.desktop().$name(input.0).await
        }
        $crate::commands::same_as_app!($($rest)*);
    };
}
use same_as_app;

macro_rules! handler {
    ($($file:ident :: $name:ident),* $(,)?) => { tauri::generate_handler![$($file::$name),*] };
}

/// Answers every call of the page.
pub fn all() -> impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static {
    list::each_command!(handler)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    macro_rules! permissions {
        ($($file:ident :: $name:ident),* $(,)?) => {
            [$(concat!("allow-", stringify!($name)).replace('_', "-")),*]
        };
    }

    #[test]
    fn the_page_may_call_each_command_hear_events_and_nothing_else() {
        let capability: serde_json::Value =
            serde_json::from_str(include_str!("../../capabilities/main.json")).unwrap();
        let granted: BTreeSet<String> = serde_json::from_value(capability["permissions"].clone()).unwrap();
        let mut expected = BTreeSet::from(list::each_command!(permissions));
        expected.extend(["core:event:allow-listen".to_owned(), "core:event:allow-unlisten".to_owned()]);
        assert_eq!(granted, expected);
        assert_eq!(capability["windows"], serde_json::json!([crate::window::LABEL]));
    }

    #[test]
    fn the_page_loads_nothing_remote_and_runs_no_inline_script() {
        let config: serde_json::Value = serde_json::from_str(include_str!("../../tauri.conf.json")).unwrap();
        let security = &config["app"]["security"];
        assert_eq!(config["app"]["withGlobalTauri"], false);
        assert_eq!(security["csp"]["default-src"], "'none'");
        for (directive, sources) in security["csp"].as_object().unwrap() {
            for source in sources.as_str().unwrap().split_whitespace() {
                let known = ["'none'", "'self'", "data:", "ipc:", "http://ipc.localhost"];
                assert!(known.contains(&source), "{directive} {source}");
                assert!(source != "data:" || directive == "img-src", "{directive} {source}");
            }
        }
    }
}
