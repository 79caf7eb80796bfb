//! The system's notifications: one per cause, not per Run. A click opens the place that fixes it.

use holdfast_app::{ToNotify, UserError};
use tauri::{AppHandle, Manager as _};
use tauri_plugin_notification::{ActionPerformed, NotificationExt as _};

use crate::shell::Shell;
use crate::window;

/// Under this key a notification carries its place in the page.
const PLACE: &str = "place";

/// Opens the place of a notification that is clicked.
pub fn listen(handle: &AppHandle) {
    let opener = handle.clone();
    let listening = handle.notification().on_action(move |performed: &ActionPerformed| {
        let notification = performed.notification();
        let place = notification.and_then(|shown| shown.extra().get(PLACE)).and_then(|place| place.as_str());
        window::show(&opener, place);
    });
    if let Err(error) = listening {
        tracing::error!(%error, "clicks on notifications are not heard");
    }
}

/// Tells of a cause.
pub fn cause(handle: &AppHandle, cause: &ToNotify) {
    show(handle, &cause.title, &cause.body, &cause.place);
}

/// Tells that what was asked for in the tray did not work.
pub fn failed(handle: &AppHandle, error: &UserError) {
    let (what, todo, _) = error.told(handle.state::<Shell>().desktop().language());
    show(handle, &what, &todo, "/");
}

fn show(handle: &AppHandle, title: &str, body: &str, place: &str) {
    // That it was shown says nothing of whether a person saw it: the page tells the same.
    let shown = handle.notification().builder().title(title).body(body).extra(PLACE, place).show();
    if let Err(error) = shown {
        tracing::warn!(%error, "a notification could not be shown");
    }
}
