//! Makes the commands that are one call into the app.

use holdfast_app::SyncWhat;
use holdfast_app::alerts::system::NotificationTest;
use holdfast_app::views::*;
use holdfast_app::watchdog::WatchdogView;
use holdfast_model::{Policy, PolicyOverride, Retention};
use tauri::{AppHandle, State, Wry, ipc::Invoke};
use tauri_plugin_opener::OpenerExt as _;

use super::argument::{Named, Whole};
use super::{profile, system};
use crate::shell::{Answer, Shell};

/// A command that is the app's function of the same name.
macro_rules! of_app {
    ($name:ident ($($value:ident: $type:ty),*) $result:ty) => {
        #[tauri::command(rename_all = "snake_case")]
        async fn $name(shell: State<'_, Shell>, $($value: Named<$type>),*) -> Answer<$result> {
            shell.told(shell.desktop().$name($($value.0),*).await)
        }
    };
    ($name:ident [$type:ty] $result:ty) => {
        #[tauri::command(rename_all = "snake_case")]
        async fn $name(shell: State<'_, Shell>, input: Whole<$type>) -> Answer<$result> {
            shell.told(shell.desktop().$name(input.0).await)
        }
    };
}

/// The same, with the sign-in page in the system's browser.
macro_rules! in_browser {
    ($name:ident [$type:ty]) => {
        #[tauri::command(rename_all = "snake_case")]
        async fn $name(
            handle: AppHandle,
            shell: State<'_, Shell>,
            input: Whole<$type>,
        ) -> Answer<ConnectionView> {
            shell.told(shell.desktop().$name(input.0, move |url| browse(&handle, url)).await)
        }
    };
}

macro_rules! make {
    (
        app { $($app:ident $values:tt -> $result:ty;)* }
        browser { $($browser:ident $input:tt;)* }
        shell { $($file:ident :: $shell:ident;)* }
    ) => {
        $(of_app! { $app $values $result })*
        $(in_browser! { $browser $input })*

        /// Answers every call of the page.
        pub fn all() -> impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static {
            tauri::generate_handler![$($app,)* $($browser,)* $($file::$shell),*]
        }
    };
}

each_command!(make);

/// Opens the sign-in page. Where no browser opens, the page of the app has the address to copy.
fn browse(handle: &AppHandle, url: &str) {
    if let Err(error) = handle.opener().open_url(url, None::<&str>) {
        tracing::warn!(%error, "no browser opened");
    }
}
