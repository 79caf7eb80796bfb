//! Shows what the app tells: to the page, on the tray icon, as notifications.

use holdfast_app::Outside;
use holdfast_app::language::Told;
use holdfast_app::views::AppEvent;
use tauri::{AppHandle, Emitter as _, Manager as _};

use crate::shell::Shell;
use crate::{notify, tray, window};

/// The one event that the page hears, whatever happened.
const NAME: &str = "holdfast";

/// Shows one thing.
pub fn show(handle: &AppHandle, outside: Outside) {
    match outside {
        Outside::Page(event) => tell(handle, &event),
        Outside::Notification(cause) => notify::cause(handle, &cause),
        Outside::Tray(to) => {
            if let Err(error) = tray::show(handle, to) {
                tracing::warn!(%error, "the tray icon cannot be changed");
            }
        }
    }
}

/// Tells the page. Without a window nobody hears it, which is fine: events carry no state.
fn tell(handle: &AppHandle, event: &AppEvent) {
    let event = Told::new(event, handle.state::<Shell>().desktop().language());
    if let Err(error) = handle.emit_to(window::LABEL, NAME, event) {
        tracing::warn!(%error, "the page could not be told");
    }
}

/// Sends the page to one of its places.
pub fn open(handle: &AppHandle, place: &str) {
    tell(handle, &AppEvent::Open { place: place.to_owned() });
}
