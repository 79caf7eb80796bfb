//! Starts the program: one per data directory, its plugins, its tray icon, its window.

use holdfast_app::arguments::{Arguments, QUIT};
use holdfast_app::start_again::{ANSWERS_WITHIN, asking, while_another_ends};
use holdfast_app::{DesktopOptions, Result, UserError, log};
use tauri::plugin::{self, TauriPlugin};
use tauri::{AppHandle, Manager as _, RunEvent, WindowEvent, Wry, async_runtime};
use tauri_plugin_window_state::StateFlags;

use crate::shell::Shell;
use crate::{autostart, commands, events, notify, tray, updates, window};

/// Decides what is logged, as `tracing` writes it: `warn,holdfast=debug`.
const LOG: &str = "HOLDFAST_LOG";
/// Lets WebDriver into the window.
const AUTOMATION: &str = "TAURI_WEBVIEW_AUTOMATION";

/// Runs until a person quits; the exit code.
pub fn run(arguments: &Arguments) -> Result<i32> {
    refuse_remote_control()?;
    let options = options(arguments)?;
    let mut context = tauri::generate_context!();
    if arguments.is_elsewhere {
        // Another data directory is another program: its own instance, its own window state.
        let identifier = &mut context.config_mut().identifier;
        *identifier = format!("{identifier}.{}", arguments.fingerprint());
    }
    #[cfg(windows)]
    holdfast_app::windows::identify_or_warn(&context.config().identifier);
    let (hidden, sample, quit) = (arguments.hidden, arguments.sample, arguments.quit);
    let (asking, answered) = asking();
    let app = tauri::Builder::default()
        .plugin(step("asking", move || asking.begin(ANSWERS_WITHIN, give_up)))
        .plugin(tauri_plugin_single_instance::init(|handle, words, _| {
            if words.iter().any(|word| word == QUIT) {
                let handle = handle.clone();
                async_runtime::spawn(async move { handle.state::<Shell>().quit().await });
            } else if !words.iter().any(|word| word == "--hidden") && shows_its_window(handle) {
                window::show(handle, None);
            }
        }))
        .plugin(step("answered", move || {
            answered.settle();
            if quit {
                // None runs, else this one had ended before. Nothing is begun, so nothing has to end.
                std::process::exit(0);
            }
        }))
        .plugin(autostart::plugin(arguments))
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_notification::init())
        .plugin(tauri_plugin_opener::Builder::new().open_js_links_on_click(false).build())
        .plugin(tauri_plugin_updater::Builder::new().build())
        .plugin(tauri_plugin_window_state::Builder::new().with_state_flags(window_state()).build())
        .invoke_handler(commands::all())
        .setup(move |app| {
            let handle = app.handle().clone();
            // On the runtime, whose tasks it starts.
            app.manage(async_runtime::block_on(async { Shell::new(handle.clone(), options) }));
            notify::listen(&handle);
            if let Err(error) = tray::make(&handle) {
                // A desktop without a tray still has a window.
                tracing::error!(%error, "there is no tray icon");
            }
            async_runtime::spawn(begin(handle, hidden, sample));
            Ok(())
        })
        .on_window_event(|window, event| match event {
            WindowEvent::CloseRequested { api, .. } => window::closed(window, api),
            WindowEvent::DragDrop(event) => window::dropped(window, event),
            _ => {}
        })
        .build(context)
        .map_err(|error| match error {
            tauri::Error::PluginInitialization(name, why) if name == "single-instance" => {
                while_another_ends(&why, arguments.starts)
            }
            error => UserError::of("defect", format!("the window system does not start: {error}")),
        })?;
    Ok(app.run_return(|_handle, event| match event {
        // The last window is gone, and nobody asked to quit: the tray icon stays.
        RunEvent::ExitRequested { code: None, api, .. } => api.prevent_exit(),
        // The icon in the Dock was clicked.
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { .. } => window::show(_handle, None),
        _ => {}
    }))
}

/// Unless this program is ending: then who came gets one of their own.
fn shows_its_window(handle: &AppHandle) -> bool {
    handle.try_state::<Shell>().is_none_or(|shell| shell.handover().shows_its_window())
}

/// Does something between what other plugins do at the start.
fn step(name: &'static str, work: impl FnOnce() + Send + 'static) -> TauriPlugin<Wry> {
    plugin::Builder::new(name)
        .setup(move |_, _| {
            work();
            Ok(())
        })
        .build()
}

/// Ends the program while its first thread waits for another one that hangs.
fn give_up(error: UserError) {
    crate::did_not_start(&error);
    std::process::exit(1);
}

/// Work begins before any window is there, and without one.
async fn begin(handle: AppHandle, hidden: bool, sample: bool) {
    let shell = handle.state::<Shell>();
    let outside = handle.clone();
    async_runtime::spawn(shell.desktop().show_outside(move |shown| events::show(&outside, shown)));
    async_runtime::spawn(updates::each_day(handle.clone()));
    let told = handle.clone();
    async_runtime::spawn(async move {
        holdfast_app::told_to_end().await;
        told.state::<Shell>().quit().await;
    });
    if sample && let Err(error) = shell.sample().enter(shell.desktop()).await {
        tracing::error!(cause = error.code, %error, "the sample company does not start");
    }
    if !hidden {
        window::show(&handle, None);
    }
}

/// Starts the log, and reads the passphrase where there is one.
pub fn options(arguments: &Arguments) -> Result<DesktopOptions> {
    let redactor = log::start(&arguments.data_dir, std::env::var(LOG).ok().as_deref(), false)?;
    let (data_dir, secrets) = (arguments.data_dir.clone(), arguments.secrets.clone());
    DesktopOptions::read(data_dir, secrets, arguments.passphrase_file.as_deref(), redactor)
}

/// Whether it is visible is decided at each start, so that a program in the tray stays there.
fn window_state() -> StateFlags {
    StateFlags::all() & !StateFlags::VISIBLE
}

/// A window that another program can steer shows that program everything. Only tests may.
fn refuse_remote_control() -> Result<()> {
    let is_for_tests = cfg!(any(debug_assertions, feature = "automation"));
    let refused =
        || UserError::of("input.bad", format!("{AUTOMATION} is set, and this is no build for tests"));
    (is_for_tests || std::env::var_os(AUTOMATION).is_none()).then_some(()).ok_or_else(refused)
}
