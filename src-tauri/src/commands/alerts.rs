//! Settings > App: how people are told beside the window.

use holdfast_app::alerts::system::NotificationTest;
use holdfast_app::views::{AlertsView, SetAlerts};
use holdfast_app::watchdog::WatchdogView;

super::same_as_app! {
    /// What is set.
    alerts() -> AlertsView;
    /// Sets e-mail and webhook.
    set_alerts(input: SetAlerts) -> AlertsView;
    /// Sends a test e-mail.
    test_email() -> ();
    /// Sends a test to webhook and monitor.
    test_webhook() -> ();
    /// Shows a notification, and proves that it is shown.
    test_notification() -> NotificationTest;
    /// Has the system look after the backups, or not.
    set_watchdog(on: bool) -> WatchdogView;
}
