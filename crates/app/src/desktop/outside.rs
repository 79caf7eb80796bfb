//! What is told beside the answers of commands: to the page, on the tray icon, as notifications. The shell shows it.

use std::time::Duration;

use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;

use super::{Desktop, ToNotify, Tray};
use crate::error::Result;
use crate::views::AppEvent;

/// How often things are looked at when nothing happens: copies grow stale, and a pause ends, by themselves.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// How soon they are looked at when something did; with much going on, not more often.
const LOOK_AFTER: Duration = Duration::from_secs(1);

/// One thing that the shell shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outside {
    /// The page hears it.
    Page(AppEvent),
    /// The tray icon changes.
    Tray(Tray),
    /// A notification.
    Notification(ToNotify),
}

impl Desktop {
    /// Hands out what is to be shown until the app ends. It keeps nothing alive.
    pub fn show_outside<F: FnMut(Outside) + Send + 'static>(
        &self,
        mut show: F,
    ) -> impl Future<Output = ()> + Send + use<F> {
        let mut events = self.subscribe();
        let inner = std::sync::Arc::downgrade(&self.0);
        async move {
            let (mut due, mut shown) = (Instant::now(), Tray::default());
            loop {
                tokio::select! {
                    event = events.recv() => match event {
                        Ok(event) => {
                            if !matches!(event, AppEvent::Run { .. }) {
                                due = due.min(Instant::now() + LOOK_AFTER);
                            }
                            show(Outside::Page(event));
                        }
                        // The page asks again for what is most often shown.
                        Err(RecvError::Lagged(_)) => show(Outside::Page(AppEvent::Runs)),
                        Err(RecvError::Closed) => return,
                    },
                    () = tokio::time::sleep_until(due) => {
                        let Some(inner) = inner.upgrade() else { return };
                        if let Err(error) = Self(inner).look(&mut shown, &mut show).await {
                            tracing::warn!(cause = error.code, %error, "how things stand could not be read");
                        }
                        due = Instant::now() + LOOK_EVERY;
                    }
                }
            }
        }
    }

    async fn look(&self, shown: &mut Tray, show: &mut impl FnMut(Outside)) -> Result<()> {
        let tray = self.tray().await?;
        if tray != *shown {
            *shown = tray;
            show(Outside::Tray(tray));
        }
        for cause in self.next_notifications().await? {
            show(Outside::Notification(cause));
        }
        Ok(())
    }
}
