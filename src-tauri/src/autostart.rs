//! Whether the system starts the program at login.

use holdfast_app::{Result, UserError};
use tauri::plugin::TauriPlugin;
use tauri::{AppHandle, Wry};
use tauri_plugin_autostart::ManagerExt as _;

use crate::arguments::Arguments;

/// It is started in the tray, with the data directory of this one.
pub fn plugin(arguments: &Arguments) -> TauriPlugin<Wry> {
    let builder = tauri_plugin_autostart::Builder::new().arg("--hidden");
    if !arguments.is_elsewhere {
        return builder.app_name("Holdfast").build();
    }
    let data_dir = arguments.data_dir.to_string_lossy();
    // All but macOS write one line, in which a path may have blanks.
    let data_dir = if cfg!(target_os = "macos") { data_dir.into_owned() } else { format!("\"{data_dir}\"") };
    let name = format!("Holdfast {}", arguments.fingerprint());
    builder.app_name(name).arg("--data-dir").arg(data_dir).build()
}

/// Makes it so.
pub fn set(handle: &AppHandle, at_login: bool) -> Result<()> {
    let autostart = handle.autolaunch();
    let done = match (at_login, autostart.is_enabled()) {
        (true, Ok(true)) | (false, Ok(false)) => Ok(()),
        (true, _) => autostart.enable(),
        (false, _) => autostart.disable(),
    };
    done.map_err(|error| {
        UserError::of("file.failed", format!("the system did not change what it starts at login: {error}"))
    })
}
