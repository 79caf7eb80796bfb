//! Whether the system starts the program at login. It is started in the tray, with the data directory of this one.

use holdfast_app::Result;
use holdfast_app::arguments::Arguments;
use tauri::plugin::TauriPlugin;
use tauri::{AppHandle, Wry};

/// What makes it so.
#[cfg(not(windows))]
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
#[cfg(not(windows))]
pub fn set(handle: &AppHandle, at_login: bool) -> Result<()> {
    use tauri_plugin_autostart::ManagerExt as _;
    let autostart = handle.autolaunch();
    let done = match (at_login, autostart.is_enabled()) {
        (true, Ok(true)) | (false, Ok(false)) => Ok(()),
        (true, _) => autostart.enable(),
        (false, _) => autostart.disable(),
    };
    done.map_err(|error| {
        holdfast_app::UserError::of(
            "file.failed",
            format!("the system did not change what it starts at login: {error}"),
        )
    })
}

/// The plugin for it would write the program's path without quotes, which a home folder with a blank in its name breaks.
#[cfg(windows)]
pub fn plugin(_: &Arguments) -> TauriPlugin<Wry> {
    tauri::plugin::Builder::new("at-login").build()
}

/// Makes it so.
#[cfg(windows)]
pub fn set(handle: &AppHandle, at_login: bool) -> Result<()> {
    use tauri::Manager as _;
    holdfast_app::windows::set_start_at_login(handle.state::<crate::shell::Shell>().data_dir(), at_login)
}
