//! The one event that the page hears, whatever happened.

use holdfast_app::views::AppEvent;
use tauri::{AppHandle, Emitter as _};

use crate::window;

/// Its name.
const NAME: &str = "holdfast";

/// Tells the page. Without a window nobody hears it, which is fine: events carry no state.
pub fn tell(handle: &AppHandle, event: &AppEvent) {
    if let Err(error) = handle.emit_to(window::LABEL, NAME, event) {
        tracing::warn!(%error, "the page could not be told");
    }
}

/// Sends the page to one of its places.
pub fn open(handle: &AppHandle, place: &str) {
    tell(handle, &AppEvent::Open { place: place.to_owned() });
}
