//! Starts the program: one per data directory, its plugins, its tray icon, its window.

use holdfast_app::{Result, UserError, log};
use tauri::{AppHandle, Manager as _, RunEvent, WindowEvent};
use tauri_plugin_window_state::StateFlags;

use crate::arguments::Arguments;
use crate::commands;
use crate::desktop::Desktop;
use crate::{notify, tray, window};

/// Decides what is logged, as `tracing` writes it: `warn,holdfast=debug`.
const LOG: &str = "HOLDFAST_LOG";
/// Lets WebDriver into the window.
const AUTOMATION: &str = "TAURI_WEBVIEW_AUTOMATION";

/// Runs until a person quits; the exit code.
pub fn run(arguments: Arguments) -> Result<i32> {
    refuse_remote_control()?;
    let redactor = log::start(&arguments.data_dir, std::env::var(LOG).ok().as_deref(), false)?;
    let mut context = tauri::generate_context!();
    if arguments.is_elsewhere {
        // Another data directory is another program: its own instance, its own window state.
        let identifier = &mut context.config_mut().identifier;
        *identifier = format!("{identifier}.{}", fingerprint(&arguments.data_dir));
    }
    let autostart = autostart(&arguments);
    let (hidden, sample) = (arguments.hidden, arguments.sample);
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|handle, words, _| {
            if !words.iter().any(|word| word == "--hidden") {
                window::show(handle, None);
            }
        }))
        .plugin(autostart)
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_notification::init())
        .plugin(tauri_plugin_opener::Builder::new().open_js_links_on_click(false).build())
        .plugin(tauri_plugin_window_state::Builder::new().with_state_flags(window_state()).build())
        .invoke_handler(commands::all())
        .setup(move |app| {
            let handle = app.handle().clone();
            app.manage(Desktop::new(handle.clone(), arguments, redactor));
            notify::listen(&handle);
            if let Err(error) = tray::make(&handle) {
                // A desktop without a tray still has a window.
                tracing::error!(%error, "there is no tray icon");
            }
            tauri::async_runtime::spawn(begin(handle, hidden, sample));
            Ok(())
        })
        .on_window_event(|window, event| {
            if let WindowEvent::CloseRequested { api, .. } = event {
                window::closed(window, api);
            }
        })
        .build(context)
        .map_err(|error| UserError::of("defect", format!("the window system does not start: {error}")))?;
    Ok(app.run_return(|_, event| {
        // The last window is gone, and nobody asked to quit: the tray icon stays.
        if let RunEvent::ExitRequested { code: None, api, .. } = event {
            api.prevent_exit();
        }
    }))
}

/// Work begins before any window is there, and without one.
async fn begin(handle: AppHandle, hidden: bool, sample: bool) {
    let desktop = handle.state::<Desktop>();
    if sample && let Err(error) = desktop.enter_sample().await {
        tracing::error!(cause = %error.code, %error, "the sample company does not start");
    }
    // What is wrong is told when a window asks.
    if let Err(error) = desktop.app().await {
        tracing::error!(cause = %error.code, %error, "the data directory cannot be opened");
    }
    if !hidden {
        window::show(&handle, None);
    }
}

fn autostart<R: tauri::Runtime>(arguments: &Arguments) -> tauri::plugin::TauriPlugin<R> {
    let mut builder = tauri_plugin_autostart::Builder::new().app_name("Holdfast").arg("--hidden");
    if arguments.is_elsewhere {
        builder = builder.arg("--data-dir").arg(arguments.data_dir.to_string_lossy());
    }
    builder.build()
}

/// Whether it is visible is decided at each start, so that a program in the tray stays there.
fn window_state() -> StateFlags {
    StateFlags::all() & !StateFlags::VISIBLE
}

/// A window that another program can steer shows that program everything. Only tests may.
fn refuse_remote_control() -> Result<()> {
    let is_for_tests = cfg!(any(debug_assertions, feature = "automation"));
    if !is_for_tests && std::env::var_os(AUTOMATION).is_some() {
        return Err(UserError::of(
            "input.bad",
            format!("{AUTOMATION} is set, and this is no build for tests"),
        ));
    }
    Ok(())
}

/// A short name for a data directory, the same at each start.
fn fingerprint(path: &std::path::Path) -> String {
    // FNV-1a: https://www.rfc-editor.org/rfc/rfc9923
    let hash = path.as_os_str().as_encoded_bytes().iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("d{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_data_directory_is_a_program_of_its_own() {
        let name = |path: &str| fingerprint(std::path::Path::new(path));
        assert_eq!(name("/a"), name("/a"));
        assert_ne!(name("/a"), name("/b"));
    }
}
