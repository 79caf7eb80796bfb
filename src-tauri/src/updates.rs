//! New versions: asked for and installed by Tauri's updater, which takes nothing that is not signed by the key of this
//! build, for the version that it is said to be. What is newer, and when it may be installed, the app decides.

use std::time::Duration;

use holdfast_app::views::{NewVersion, UpdatesView};
use holdfast_app::{Result, UserError, updates};
use tauri::{AppHandle, Manager as _};
use tauri_plugin_updater::{Update, UpdaterExt as _};

use crate::shell::Shell;

/// How long the question may take, and the download.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);
const DOWNLOAD_WITHIN: Duration = Duration::from_secs(3600);

/// Looks once a day where a person wants that.
pub async fn each_day(handle: AppHandle) {
    handle.state::<Shell>().desktop().look_for_updates(|| look(handle.clone())).await;
}

/// Asks for the newest version now.
pub async fn look(handle: AppHandle) -> Result<UpdatesView> {
    let found = newest(&handle).await?;
    let found = found.map(|update| NewVersion { version: update.version, notes: update.body });
    handle.state::<Shell>().desktop().update_was_looked_for(found).await
}

/// Installs a version that was found, and starts it. Returns only if that failed.
pub async fn install(handle: &AppHandle, version: &str) -> Result<()> {
    let failed = |error: tauri_plugin_updater::Error| UserError::of("update.failed", error.to_string());
    let shell = handle.state::<Shell>();
    shell.desktop().may_update(version).await?;
    let mut update =
        newest(handle).await?.ok_or_else(|| UserError::of("update.not_newer", "this is the newest"))?;
    update.timeout = Some(DOWNLOAD_WITHIN);
    let content = update.download(|_, _| {}, || {}).await.map_err(failed)?;
    // A backup may have begun meanwhile.
    shell.desktop().may_update(&update.version).await?;
    shell.close().await;
    if let Err(error) = update.install(content) {
        tracing::error!(%error, "the new version could not be installed; this one starts again");
    }
    handle.restart()
}

async fn newest(handle: &AppHandle) -> Result<Option<Update>> {
    let not_told = |error: &dyn std::fmt::Display| UserError::of("update.not_told", error.to_string());
    let source = updates::source().ok_or_else(|| UserError::of("update.not_possible", ""))?;
    let from = source.from.parse().map_err(|error| not_told(&error))?;
    let updater = handle.updater_builder().pubkey(source.key).timeout(ANSWER_WITHIN).endpoints(vec![from]);
    let updater = updater.and_then(|builder| builder.build()).map_err(|error| not_told(&error))?;
    let found = updater.check().await.map_err(|error| not_told(&error))?;
    Ok(found.filter(|update| updates::is_newer(&update.current_version, &update.version)))
}
