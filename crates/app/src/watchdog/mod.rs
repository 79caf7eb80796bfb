//! The watchdog: a short look, which the system itself starts every hour, at whether the backups are still good. It needs
//! neither the app nor the schedule to be alive, nor the Repository or a Cloud to be reachable: it reads the catalogue,
//! looks at the storage's folder, and tells what it finds.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
mod place;
#[cfg(target_os = "windows")]
mod windows;

#[cfg(target_os = "linux")]
use linux as system;
#[cfg(target_os = "macos")]
use macos as system;
#[cfg(target_os = "windows")]
use windows as system;

use std::time::Duration;

use holdfast_engine::{Channel, Events};
use serde::Serialize;
use ts_rs::TS;

use crate::alerts;
use crate::desktop::{Kept, to_notify, told_when};
use crate::error::Result;
use crate::language::Language;
use crate::{App, Opening, UserError};
pub use place::WatchdogCommand;

/// How often it looks where it stays.
pub const LOOK_EVERY: Duration = Duration::from_secs(3600);

/// How the system starts it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct WatchdogView {
    /// The system starts it.
    pub installed: bool,
    /// By what, and where that is written.
    pub how: Option<String>,
}

/// What one look told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Watched {
    /// Titles of the causes that are open.
    pub open: Vec<String>,
    /// How many notifications were shown.
    pub shown: u64,
    /// How many e-mails went out.
    pub emails: u64,
    /// How many messages the webhook took.
    pub webhooks: u64,
}

impl App {
    /// Looks once, and tells what is due; while it is quiet, nothing that may pass by itself.
    pub async fn watch(&self, is_quiet: bool) -> Result<Watched> {
        let events = Events::nobody();
        self.engine.look(&events).await?;
        let mut watched = Watched::default();
        let kept = Kept::read(self.data_dir());
        if kept.notifications {
            let language = kept.language.on(Language::of_system());
            for alarm in self.engine.due_alarms(Channel::System, told_when(is_quiet)).await? {
                let words = to_notify(&self.alarm_words(&alarm).await?, alarm.times, language);
                let body = format!("{} {}", words.body, language.say("Open Holdfast to fix it."));
                match alerts::system::show(&words.title, &body).await {
                    Ok(()) => watched.shown += 1,
                    Err(error) => {
                        // Nobody is signed in, or nobody shows notifications: it is shown once somebody does.
                        tracing::warn!(code = error.code, %error, "a notification could not be shown");
                        self.engine.alarm_was_not_told(Channel::System, &alarm).await?;
                    }
                }
            }
        }
        if !self.has_secrets {
            tracing::warn!(
                "e-mail and webhook need the passphrase of the secrets file: give it with --passphrase-file"
            );
            watched.open = self.known_causes(None).await?.into_iter().map(|cause| cause.title).collect();
            return Ok(watched);
        }
        // Without the keychain no mail server can be spoken to; what was shown is shown all the same.
        match self.deliver_alerts(is_quiet, &events).await {
            Ok(done) => (watched.emails, watched.webhooks) = (done.emails, done.webhooks),
            Err(error) => tracing::warn!(code = error.code, %error, "people could not be told"),
        }
        watched.open = self.known_causes(None).await?.into_iter().map(|cause| cause.title).collect();
        Ok(watched)
    }
}

/// Looks once, or with `stay` every hour until the process ends; `told` hears what came of each look. A data directory in
/// which nothing is set up is left alone, and one that cannot be opened now is looked at again where it stays.
pub async fn run(opening: Opening, stay: bool, told: impl Fn(&Watched)) -> Result<()> {
    loop {
        let looked = look_once(&opening).await;
        match &looked {
            Ok(watched) => told(watched),
            Err(error) => tracing::warn!(code = error.code, %error, "the watchdog could not look"),
        }
        if !stay {
            return looked.map(drop);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Nothing is kept open between two looks: the data directory may be moved, and its version may change.
async fn look_once(opening: &Opening) -> Result<Watched> {
    if !opening.data_dir.join("repository.json").is_file() {
        return Ok(Watched::default());
    }
    let opening = Opening {
        data_dir: opening.data_dir.clone(),
        secrets: opening.secrets.clone(),
        passphrase: opening.passphrase.clone(),
        redactor: opening.redactor.clone(),
    };
    App::open_to_look(opening).await?.watch(false).await
}

/// Whether the system starts the watchdog of this data directory.
pub async fn status(command: WatchdogCommand) -> Result<WatchdogView> {
    off_thread(move || system::status(&command)).await
}

/// Has the system start it from now on.
pub async fn install(command: WatchdogCommand) -> Result<WatchdogView> {
    off_thread(move || {
        system::install(&command)?;
        system::status(&command)
    })
    .await
}

/// The system no longer starts it.
pub async fn remove(command: WatchdogCommand) -> Result<WatchdogView> {
    off_thread(move || {
        system::remove(&command)?;
        system::status(&command)
    })
    .await
}

async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| UserError::of("defect", error.to_string()))?
}

/// An error of what the system keeps for us.
fn failed(what: &str, error: &dyn std::fmt::Display) -> UserError {
    UserError::of("file.failed", format!("{what}: {error}"))
}
