//! First launch, set-up, and the sample company.

use holdfast_app::Result;
use holdfast_app::views::{
    Boot, RebuildView, RecoveryKeyView, SavedFile, SetupProgress, SetupStep, StorageCheck, StorageOption,
    StorageView,
};
use tauri::{AppHandle, State};

use super::argument::Named;
use crate::autostart;
use crate::shell::Shell;

super::same_as_app! {
    /// How the app stands.
    boot() -> Boot;
    /// Where a backup can go.
    storage_options() -> Vec<StorageOption>;
    /// What a folder is.
    check_storage(path: String) -> StorageCheck;
    /// Makes the Repository.
    init_storage(path: String) -> StorageView;
    /// Shows the recovery key.
    recovery_key() -> RecoveryKeyView;
    /// Writes the recovery key to a file.
    save_recovery_key(path: String, accept_same_disk: bool) -> SavedFile;
    /// Keeps how far the set-up is.
    set_setup_step(step: SetupStep, recovery_key_saved: bool) -> SetupProgress;
    /// Takes a Repository that exists, and brings back what is in it.
    open_existing(path: String, recovery_key: String) -> RebuildView;
}

/// Ends the set-up.
#[tauri::command(rename_all = "snake_case")]
pub async fn finish_setup(
    handle: AppHandle,
    shell: State<'_, Shell>,
    start_at_login: Named<bool>,
) -> Result<Boot> {
    autostart::set(&handle, start_at_login.0)?;
    shell.desktop().finish_setup(start_at_login.0).await
}

/// Shows the sample company.
#[tauri::command(rename_all = "snake_case")]
pub async fn enter_sample(shell: State<'_, Shell>) -> Result<Boot> {
    shell.enter_sample().await
}

/// Shows the person's own data again.
#[tauri::command(rename_all = "snake_case")]
pub async fn leave_sample(shell: State<'_, Shell>, delete: Named<bool>) -> Result<Boot> {
    shell.leave_sample(delete.0).await
}
