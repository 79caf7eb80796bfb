//! The one window. It is made when it is first shown, and hidden rather than closed, so that backups go on in the tray.

use holdfast_app::links::is_own_page;
use tauri::{AppHandle, DragDropEvent, Manager as _, WebviewUrl, WebviewWindow, WebviewWindowBuilder};

use crate::events;
use crate::shell::Shell;

/// Its label, which the capability names.
pub const LABEL: &str = "main";

/// The smallest size in which every page can be used.
const SMALLEST: (f64, f64) = (900.0, 600.0);

/// Runs before the page does.
const FREEZE: &str = include_str!("freeze.js");

/// Shows the window in front of all others, at a place of the page where one is given.
pub fn show(handle: &AppHandle, place: Option<&str>) {
    let done = match handle.get_webview_window(LABEL) {
        Some(window) => {
            if let Some(place) = place {
                events::open(handle, place);
            }
            to_front(&window)
        }
        None => make(handle, place).and_then(|window| to_front(&window)),
    };
    if let Err(error) = done {
        tracing::error!(%error, "the window cannot be shown");
    }
}

fn to_front(window: &WebviewWindow) -> tauri::Result<()> {
    window.show()?;
    window.unminimize()?;
    window.set_focus()
}

fn make(handle: &AppHandle, place: Option<&str>) -> tauri::Result<WebviewWindow> {
    let page = place.map_or_else(|| "index.html".to_owned(), |place| format!("index.html#{place}"));
    let builder = WebviewWindowBuilder::new(handle, LABEL, WebviewUrl::App(page.into()))
        .title("Holdfast")
        .inner_size(1280.0, 860.0)
        .min_inner_size(SMALLEST.0, SMALLEST.1)
        .center()
        .visible(false)
        .initialization_script(FREEZE)
        .on_navigation(is_own_page);
    // Files are dropped onto the page itself. WebKitGTK lets no page have them any more, so that there the shell hears of them:
    // <https://www.cve.org/CVERecord?id=CVE-2025-13947>
    if cfg!(target_os = "linux") { builder.build() } else { builder.disable_drag_drop_handler().build() }
}

/// Tells the app what was dropped.
pub fn dropped(window: &tauri::Window, event: &DragDropEvent) {
    let DragDropEvent::Drop { paths, position } = event else { return };
    window.state::<Shell>().desktop().was_dropped(paths.clone(), position.x as i32, position.y as i32);
}

/// What closing the window does: it goes to the tray, and the program with it, unless a person wants it to quit.
pub fn closed(window: &tauri::Window, api: &tauri::CloseRequestApi) {
    api.prevent_close();
    if let Err(error) = window.hide() {
        tracing::error!(%error, "the window cannot be hidden");
    }
    let handle = window.app_handle().clone();
    tauri::async_runtime::spawn(async move {
        let shell = handle.state::<Shell>();
        match shell.desktop().app_settings().await {
            Ok(settings) if !settings.keep_in_tray => shell.quit().await,
            Ok(_) => {}
            Err(error) => tracing::warn!(cause = error.code, %error, "the program stays in the tray"),
        }
    });
}
