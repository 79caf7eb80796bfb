//! What is more than a call into the app: starting at login, the sample company, new versions.

use holdfast_app::views::{AppSettings, Boot, UpdatesView};
use tauri::{AppHandle, State};

use super::argument::Named;
use crate::shell::{Answer, Shell};
use crate::{autostart, updates};

/// Ends the set-up.
#[tauri::command(rename_all = "snake_case")]
pub async fn finish_setup(
    handle: AppHandle,
    shell: State<'_, Shell>,
    start_at_login: Named<bool>,
) -> Answer<Boot> {
    let boot = async {
        autostart::set(&handle, start_at_login.0)?;
        shell.desktop().finish_setup(start_at_login.0).await
    };
    let boot = shell.told(boot.await)?;
    // Whoever wants it to run wants to know when it no longer does. Where the system does not take it, `Fix a backup` says so.
    if start_at_login.0
        && let Err(error) = shell.desktop().set_watchdog(true).await
    {
        tracing::warn!(code = error.code, %error, "the system does not look after the backups");
    }
    Ok(boot)
}

/// Changes the app's own settings, and what the system starts at login.
#[tauri::command(rename_all = "snake_case")]
pub async fn set_app_settings(
    handle: AppHandle,
    shell: State<'_, Shell>,
    settings: Named<AppSettings>,
) -> Answer<AppSettings> {
    shell.told(autostart::set(&handle, settings.0.start_at_login))?;
    let set = shell.desktop().set_app_settings(settings.0).await;
    shell.told(set)
}

/// Shows the sample company.
#[tauri::command(rename_all = "snake_case")]
pub async fn enter_sample(shell: State<'_, Shell>) -> Answer<Boot> {
    shell.told(shell.sample().enter(shell.desktop()).await)
}

/// Ends a start of it that goes on.
#[tauri::command(rename_all = "snake_case")]
pub async fn cancel_sample(shell: State<'_, Shell>) -> Answer<()> {
    shell.sample().cancel();
    shell.told(Ok(()))
}

/// Shows the person's own data again.
#[tauri::command(rename_all = "snake_case")]
pub async fn leave_sample(shell: State<'_, Shell>, delete: Named<bool>) -> Answer<Boot> {
    shell.told(shell.sample().leave(shell.desktop(), delete.0).await)
}

/// Asks for the newest version now.
#[tauri::command(rename_all = "snake_case")]
pub async fn look_for_update(handle: AppHandle, shell: State<'_, Shell>) -> Answer<UpdatesView> {
    shell.told(updates::look(handle).await)
}

/// Puts a version that was found in the place of this one, and starts it.
#[tauri::command(rename_all = "snake_case")]
pub async fn install_update(
    handle: AppHandle,
    shell: State<'_, Shell>,
    version: Named<String>,
) -> Answer<()> {
    shell.told(updates::install(&handle, &version.0).await)
}
