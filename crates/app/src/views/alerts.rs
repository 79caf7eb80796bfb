//! Settings > App: how people are told beside the window.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::alerts::{AlertSecrets, AlertSettings, EmailSettings};
use crate::watchdog::WatchdogView;

/// What is set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct AlertsView {
    /// E-mail and webhook.
    pub settings: AlertSettings,
    /// Whether a password of the mail server is kept.
    pub has_password: bool,
    /// Whether the system looks after the backups though the app is closed.
    pub watchdog: WatchdogView,
}

/// What is to be set.
#[derive(Clone, Deserialize, TS)]
pub struct SetAlerts {
    /// E-mails go out by this; none for no e-mails.
    pub email: Option<EmailSettings>,
    /// Secrets; those that are left out stay as they are.
    pub secrets: AlertSecrets,
}
