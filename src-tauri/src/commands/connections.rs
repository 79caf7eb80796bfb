//! Connections.

use holdfast_app::Result;
use holdfast_app::views::{
    CheckItem, CloudView, ConnectBoxApp, ConnectGoogleKey, ConnectionView, GoogleGuide, ReconnectBoxApp,
    ReconnectBoxSignIn, ReconnectGoogleKey, ReconnectGoogleSignIn, SignInBox, SignInGoogle,
};
use tauri::{AppHandle, State};
use tauri_plugin_opener::OpenerExt as _;

use super::argument::Whole;
use crate::shell::Shell;

super::same_as_app! {
    /// Every Cloud with its accounts.
    clouds() -> Vec<CloudView>;
    /// All Connections.
    connections() -> Vec<ConnectionView>;
    /// How to connect Google Workspace.
    google_guide(key_file: Option<String>) -> GoogleGuide;
    /// Connects by a service account's key.
    connect_google_key[ConnectGoogleKey] -> ConnectionView;
    /// Ends a sign-in that goes on.
    cancel_sign_in() -> ();
    /// Tests a Connection live.
    check_connection(connection: i64) -> Vec<CheckItem>;
    /// Renews a Connection by a service account's key.
    reconnect_google_key[ReconnectGoogleKey] -> ConnectionView;
    /// Connects a Box enterprise by the company's application.
    connect_box_app[ConnectBoxApp] -> ConnectionView;
    /// Renews a Connection to Box by the company's application.
    reconnect_box_app[ReconnectBoxApp] -> ConnectionView;
    /// Ends a Connection; what is stored stays.
    disconnect(connection: i64) -> ConnectionView;
}

/// Connects by an admin's sign-in in the system's browser.
#[tauri::command(rename_all = "snake_case")]
pub async fn sign_in_google(
    handle: AppHandle,
    shell: State<'_, Shell>,
    input: Whole<SignInGoogle>,
) -> Result<ConnectionView> {
    shell.desktop().sign_in_google(input.0, move |url| browse(&handle, url)).await
}

/// Renews a Connection by an admin's sign-in in the system's browser.
#[tauri::command(rename_all = "snake_case")]
pub async fn reconnect_google_sign_in(
    handle: AppHandle,
    shell: State<'_, Shell>,
    input: Whole<ReconnectGoogleSignIn>,
) -> Result<ConnectionView> {
    shell.desktop().reconnect_google_sign_in(input.0, move |url| browse(&handle, url)).await
}

/// Connects Box by a sign-in in the system's browser.
#[tauri::command(rename_all = "snake_case")]
pub async fn sign_in_box(
    handle: AppHandle,
    shell: State<'_, Shell>,
    input: Whole<SignInBox>,
) -> Result<ConnectionView> {
    shell.desktop().sign_in_box(input.0, move |url| browse(&handle, url)).await
}

/// Renews a Connection to Box by a sign-in in the system's browser.
#[tauri::command(rename_all = "snake_case")]
pub async fn reconnect_box_sign_in(
    handle: AppHandle,
    shell: State<'_, Shell>,
    input: Whole<ReconnectBoxSignIn>,
) -> Result<ConnectionView> {
    shell.desktop().reconnect_box_sign_in(input.0, move |url| browse(&handle, url)).await
}

/// Opens the sign-in page. Where no browser opens, the page of the app has the address to copy.
fn browse(handle: &AppHandle, url: &str) {
    if let Err(error) = handle.opener().open_url(url, None::<&str>) {
        tracing::warn!(%error, "no browser opened");
    }
}
