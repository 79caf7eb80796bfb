//! Home, Storage, Licenses, Policies and the app's own settings.

use holdfast_app::Result;
use holdfast_app::views::{
    AboutView, AppSettings, AuditView, HomeView, LicensesView, PolicyForm, PolicyPreview, RetentionEffect,
    RetentionView, SavedFile, SetAutoBackup, StorageView, VerifyView,
};
use holdfast_model::{Policy, Retention};
use tauri::{AppHandle, State};

use super::argument::Named;
use crate::autostart;
use crate::shell::Shell;

super::same_as_app! {
    /// How everything stands.
    home() -> HomeView;
    /// The storage.
    storage() -> StorageView;
    /// Verifies the Repository.
    verify(read_data: bool) -> VerifyView;
    /// Ends a verify that goes on.
    cancel_verify() -> ();
    /// Places for protected users.
    licenses() -> LicensesView;
    /// Sets how many there are.
    set_licenses(limit: Option<u64>) -> LicensesView;
    /// A Domain's default Policy.
    policy(connection: i64) -> PolicyForm;
    /// What a change of it would do.
    preview_policy(connection: i64, policy: Policy) -> PolicyPreview;
    /// Changes it.
    set_policy(connection: i64, policy: Policy) -> PolicyForm;
    /// Protects who appears later, or no longer.
    set_auto_backup[SetAutoBackup] -> PolicyForm;
    /// The app's own settings.
    app_settings() -> AppSettings;
    /// How long a Domain's snapshots are kept.
    retention(connection: i64) -> RetentionView;
    /// What a rule would remove.
    preview_retention(connection: i64, retention: Option<Retention>) -> RetentionEffect;
    /// Sets the rule.
    set_retention(connection: i64, retention: Option<Retention>) -> RetentionView;
    /// Lets it go on after a mass change.
    release_retention(connection: i64) -> RetentionView;
    /// Who did what.
    audit_log() -> AuditView;
    /// All of it as a CSV file.
    save_audit_csv(path: String) -> SavedFile;
    /// What Help > About shows.
    about() -> AboutView;
}

/// Changes the app's own settings, and what the system starts at login.
#[tauri::command(rename_all = "snake_case")]
pub async fn set_app_settings(
    handle: AppHandle,
    shell: State<'_, Shell>,
    settings: Named<AppSettings>,
) -> Result<AppSettings> {
    autostart::set(&handle, settings.0.start_at_login)?;
    shell.desktop().set_app_settings(settings.0).await
}
