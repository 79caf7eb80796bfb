//! The one event that the page hears, whatever happened.

use std::time::Duration;

use holdfast_app::views::AppEvent;
use holdfast_app::{Result, TrayState};
use tauri::{AppHandle, Emitter as _, Manager as _};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;

use crate::shell::Shell;
use crate::{notify, tray, window};

/// Its name.
const NAME: &str = "holdfast";

/// How often things are looked at when nothing happens: copies grow stale, and a pause ends, by themselves.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// How soon they are looked at when something did; with much going on, not more often.
const LOOK_AFTER: Duration = Duration::from_secs(1);

/// Hands on what the app tells, and keeps tray and notifications as things stand, until the program ends.
pub async fn follow(handle: AppHandle) {
    let mut events = handle.state::<Shell>().desktop().subscribe();
    let mut due = Instant::now();
    let mut shown = (TrayState::Idle, false);
    loop {
        tokio::select! {
            event = events.recv() => match event {
                Ok(event) => {
                    tell(&handle, &event);
                    if !matches!(event, AppEvent::Run { .. }) {
                        due = due.min(Instant::now() + LOOK_AFTER);
                    }
                }
                // The page asks again for what is most often shown.
                Err(RecvError::Lagged(_)) => tell(&handle, &AppEvent::Runs),
                Err(RecvError::Closed) => return,
            },
            () = tokio::time::sleep_until(due) => {
                if let Err(error) = look(&handle, &mut shown).await {
                    tracing::warn!(cause = error.code, %error, "how things stand could not be read");
                }
                due = Instant::now() + LOOK_EVERY;
            }
        }
    }
}

async fn look(handle: &AppHandle, shown: &mut (TrayState, bool)) -> Result<()> {
    let shell = handle.state::<Shell>();
    let standing = shell.standing().await?;
    if standing != *shown {
        *shown = standing;
        if let Err(error) = tray::show(handle, standing.0, standing.1) {
            tracing::warn!(%error, "the tray icon cannot be changed");
        }
    }
    for cause in shell.desktop().next_notifications().await? {
        notify::cause(handle, &cause);
    }
    Ok(())
}

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
