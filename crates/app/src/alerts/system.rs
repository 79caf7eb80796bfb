//! The system's own notifications, without a window: for the watchdog, and for the proof that this computer shows them
//! at all.

use holdfast_engine::Events;
use holdfast_engine::catalog::{Notification, Subject};
use serde::Serialize;
use ts_rs::TS;

use crate::error::Result;
use crate::language::{Language, words};
use crate::{App, UserError};

const NOT_SHOWN: &str = "alerts.not_shown";

impl App {
    /// What became of a test: that nobody is told is a cause.
    pub async fn notifications_tested(&self, test: &NotificationTest, events: &Events) {
        match test.works {
            Some(false) => {
                let (cause, detail) = (NOT_SHOWN.to_owned(), test.evidence.clone());
                self.engine.found(cause, Subject::default(), detail, events).await;
            }
            Some(true) => self.engine.fixed(events, |open: &Notification| open.cause == NOT_SHOWN).await,
            None => {}
        }
    }
}

/// What a test of the system's notifications found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct NotificationTest {
    /// True where the system took a notification and knew it afterwards; none where this system does not say.
    pub works: Option<bool>,
    /// What was seen.
    #[serde(serialize_with = "words")]
    pub evidence: String,
}

/// Shows a notification.
pub async fn show(title: &str, body: &str) -> Result<()> {
    platform::show(title, body).await
}

/// Proves that the system shows notifications; a person sees one that says so.
pub async fn test(language: Language) -> NotificationTest {
    platform::test(&language.say(TEST_TITLE), &language.say(TEST_BODY)).await
}

/// Asks whether there is somebody who shows notifications, and shows none.
pub async fn look() -> NotificationTest {
    platform::look().await
}

const TEST_TITLE: &str = "Holdfast can reach you here";
const TEST_BODY: &str =
    "You see one like this when something keeps a backup from running. Never for success.";

#[cfg(target_os = "linux")]
mod platform {
    //! <https://specifications.freedesktop.org/notification-spec/latest/protocol.html>

    use std::collections::HashMap;
    use std::time::Duration;

    use futures::StreamExt as _;
    use zbus::{Connection, Proxy, Variant};

    use super::{NotificationTest, Result, UserError};

    const NAME: &str = "org.freedesktop.Notifications";
    const PATH: &str = "/org/freedesktop/Notifications";
    /// A server that is there answers at once.
    const WITHIN: Duration = Duration::from_secs(5);

    async fn server() -> zbus::Result<Proxy<'static>> {
        let bus = Connection::session().await?;
        Proxy::new(&bus, NAME, PATH, NAME).await
    }

    async fn notify(server: &Proxy<'_>, title: &str, body: &str, milliseconds: i32) -> zbus::Result<u32> {
        let hints: HashMap<&str, Variant<'_>> =
            HashMap::from([("desktop-entry", Variant::from("holdfast")), ("urgency", Variant::from(1_u8))]);
        let actions: [&str; 0] = [];
        let body = plain(body);
        server
            .call(
                "Notify",
                &("Holdfast", 0_u32, "holdfast", title, body.as_str(), &actions[..], hints, milliseconds),
            )
            .await
    }

    /// Servers may read a body as markup: https://specifications.freedesktop.org/notification-spec/latest/markup.html
    fn plain(text: &str) -> String {
        text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
    }

    async fn within<T>(work: impl Future<Output = zbus::Result<T>>) -> std::result::Result<T, String> {
        match tokio::time::timeout(WITHIN, work).await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err("nobody answers".to_owned()),
        }
    }

    pub(super) async fn show(title: &str, body: &str) -> Result<()> {
        let shown = within(async { notify(&server().await?, title, body, -1).await });
        shown.await.map(drop).map_err(|error| UserError::of("alerts.not_shown", error))
    }

    pub(super) async fn look() -> NotificationTest {
        let asked = within(async {
            let server = server().await?;
            let (name, ..): (String, String, String, String) =
                server.call("GetServerInformation", &()).await?;
            let capabilities: Vec<String> = server.call("GetCapabilities", &()).await?;
            Ok((name, capabilities))
        });
        match asked.await {
            Ok((name, capabilities)) if capabilities.iter().any(|one| one == "body") => {
                NotificationTest { works: Some(true), evidence: format!("{name} shows notifications") }
            }
            Ok((name, _)) => NotificationTest {
                works: Some(false),
                evidence: format!("{name} shows no text with a notification"),
            },
            Err(error) => NotificationTest {
                works: Some(false),
                evidence: format!("no notification server answers on this desktop: {error}"),
            },
        }
    }

    pub(super) async fn test(title: &str, body: &str) -> NotificationTest {
        let looked = look().await;
        if looked.works != Some(true) {
            return looked;
        }
        let proven = within(async {
            let server = server().await?;
            // One that is taken back at once: a server that really had it says that it is closed.
            let mut closed = server.receive_signal("NotificationClosed").await?;
            let number = notify(&server, "Holdfast", "Testing", 1_000).await?;
            server.call::<_, _, ()>("CloseNotification", &(number,)).await?;
            let heard = async {
                while let Some(signal) = closed.next().await {
                    if let Ok((which, _)) = signal.body().deserialize::<(u32, u32)>()
                        && which == number
                    {
                        return true;
                    }
                }
                false
            };
            let is_live = tokio::time::timeout(WITHIN / 2, heard).await.unwrap_or(false);
            notify(&server, title, body, -1).await?;
            Ok(is_live)
        });
        match proven.await {
            Ok(true) => NotificationTest { works: Some(true), ..looked },
            Ok(false) => NotificationTest {
                works: None,
                evidence: format!(
                    "{}, but did not say what became of one: look whether it was shown",
                    looked.evidence
                ),
            },
            Err(evidence) => NotificationTest { works: Some(false), evidence },
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod platform {
    //! What macOS and Windows show cannot be asked for: whoever tests it looks.

    use super::{NotificationTest, Result, UserError};

    pub(super) async fn show(title: &str, body: &str) -> Result<()> {
        let (title, body) = (title.to_owned(), body.to_owned());
        let failed = |error: &dyn std::fmt::Display| UserError::of("alerts.not_shown", error.to_string());
        let shown = tokio::task::spawn_blocking(move || {
            let mut notification = notify_rust::Notification::new();
            notification.appname("Holdfast").summary(&title).body(&body);
            #[cfg(windows)]
            {
                crate::windows::identify_usual()?;
                notification.app_id(crate::places::IDENTITY);
            }
            notification.show().map(drop).map_err(|error| failed(&error))
        });
        shown.await.map_err(|error| failed(&error))?
    }

    pub(super) async fn look() -> NotificationTest {
        let evidence = "this system does not say whether it shows notifications: send a test".to_owned();
        NotificationTest { works: None, evidence }
    }

    pub(super) async fn test(title: &str, body: &str) -> NotificationTest {
        match show(title, body).await {
            Ok(()) => NotificationTest {
                works: None,
                evidence: "a notification was sent: look whether it was shown".to_owned(),
            },
            Err(error) => NotificationTest { works: Some(false), evidence: error.to_string() },
        }
    }
}
