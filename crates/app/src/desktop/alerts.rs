//! How people are told beside the window: what is set, and tests of it.

use std::sync::Arc;

use super::Desktop;
use super::seat::Seat;
use crate::alerts::system::{self, NotificationTest};
use crate::error::Result;
use crate::views::{AlertsView, AppEvent, SetAlerts};
use crate::watchdog::{self, WatchdogCommand, WatchdogView};
use crate::{Finding, SecretsChoice, UserError, verbs};

impl Desktop {
    /// What is set for e-mail, webhook and watchdog.
    pub async fn alerts(&self) -> Result<AlertsView> {
        let seat = self.seat().await?;
        let settings = seat.alert_settings().await?;
        let has_password = settings.email.is_some() && seat.has_mail_password().await?;
        Ok(AlertsView { settings, has_password, watchdog: watchdog::status(self.watchdog_command()?).await? })
    }

    /// Sets e-mail and webhook.
    pub async fn set_alerts(&self, input: SetAlerts) -> Result<AlertsView> {
        self.seat().await?.set_alerts(input.email, input.secrets).await?;
        self.tell(AppEvent::Settings);
        self.alerts().await
    }

    /// Sends an e-mail that says nothing but that it came.
    pub async fn test_email(&self) -> Result<()> {
        let sent = self.seat().await?.test_email(&self.0.hub.events()).await;
        self.tell_attention().await;
        sent
    }

    /// Sends a message to the webhook, and a ping.
    pub async fn test_webhook(&self) -> Result<()> {
        let sent = self.seat().await?.test_webhook(&self.0.hub.events()).await;
        self.tell_attention().await;
        sent
    }

    /// Proves that this computer shows notifications.
    pub async fn test_notification(&self) -> Result<NotificationTest> {
        let seat = self.seat().await?;
        let test = system::test(self.language()).await;
        seat.notifications_tested(&test, &self.0.hub.events()).await;
        self.tell_attention().await;
        Ok(test)
    }

    /// Whether the system looks after the backups though the app is closed.
    pub async fn set_watchdog(&self, on: bool) -> Result<WatchdogView> {
        let command = self.watchdog_command()?;
        let view = if on { watchdog::install(command).await } else { watchdog::remove(command).await };
        self.tell(AppEvent::Settings);
        view
    }

    /// What `Fix a backup` says of this computer.
    pub(super) async fn of_this_computer(&self) -> Result<Vec<Finding>> {
        verbs::of_this_computer(self.watchdog_command()?).await
    }

    /// Sends what is due, unless that goes on already. Nobody waits for a mail server.
    pub(super) fn deliver_later(&self, seat: &Arc<Seat>, is_quiet: bool) {
        let (desktop, seat) = (self.clone(), Arc::clone(seat));
        self.0.background.spawn(async move {
            let Ok(_alone) = desktop.0.delivering.try_lock() else { return };
            let events = desktop.0.hub.events();
            let sent = tokio::select! {
                () = desktop.0.stopping.cancelled() => return,
                sent = seat.deliver_alerts(is_quiet, &events) => sent,
            };
            if let Err(error) = sent {
                tracing::warn!(code = error.code, %error, "people could not be told");
            }
        });
    }

    /// This program, to look once at the person's own data.
    fn watchdog_command(&self) -> Result<WatchdogCommand> {
        let program = std::env::current_exe()
            .map_err(|error| UserError::of("file.failed", format!("this program's path: {error}")))?;
        let options = &self.0.options;
        let mut words = vec!["--watchdog".to_owned()];
        let data_dir = std::path::absolute(&options.data_dir).unwrap_or_else(|_| options.data_dir.clone());
        words.extend(["--data-dir".to_owned(), data_dir.to_string_lossy().into_owned()]);
        if let Some(SecretsChoice::Age(_)) = &options.secrets {
            words.extend(["--secrets".to_owned(), options.secrets.clone().unwrap_or_default().to_string()]);
        }
        let suffix = crate::places::suffix_of(&data_dir);
        Ok(WatchdogCommand { program, words, stay: "--stay".to_owned(), suffix })
    }
}
