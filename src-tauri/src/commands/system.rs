//! What the page asks of the system: dialogs, links, folders.

use std::path::{Path, PathBuf};

use holdfast_app::{Result, UserError, links, log};
use tauri::{AppHandle, State, WebviewWindow};
use tauri_plugin_dialog::{DialogExt as _, FileDialogBuilder, FilePath};
use tauri_plugin_opener::OpenerExt as _;
use tokio::sync::oneshot;

use super::argument::Named;
use crate::shell::{Answer, Shell};

/// Asks for a folder.
#[tauri::command(rename_all = "snake_case")]
pub async fn choose_folder(
    window: WebviewWindow,
    shell: State<'_, Shell>,
    title: Named<String>,
) -> Answer<Option<String>> {
    let ask = |dialog: Dialog, answer| dialog.set_can_create_directories(true).pick_folder(answer);
    shell.told(chosen(&window, title.0, ask).await)
}

/// Asks for a file with one of these endings; any where none is named.
#[tauri::command(rename_all = "snake_case")]
pub async fn choose_file(
    window: WebviewWindow,
    shell: State<'_, Shell>,
    title: Named<String>,
    extensions: Named<Vec<String>>,
) -> Answer<Option<String>> {
    let ask = |dialog: Dialog, answer| {
        let extensions: Vec<&str> = extensions.0.iter().map(String::as_str).collect();
        let name = extensions.iter().map(|end| format!("*.{end}")).collect::<Vec<_>>().join(", ");
        let dialog = if extensions.is_empty() { dialog } else { dialog.add_filter(name, &extensions) };
        dialog.pick_file(answer);
    };
    shell.told(chosen(&window, title.0, ask).await)
}

/// Asks where to write a file.
#[tauri::command(rename_all = "snake_case")]
pub async fn choose_save_file(
    window: WebviewWindow,
    shell: State<'_, Shell>,
    title: Named<String>,
    name: Named<String>,
) -> Answer<Option<String>> {
    let ask = |dialog: Dialog, answer| dialog.set_file_name(name.0).save_file(answer);
    shell.told(chosen(&window, title.0, ask).await)
}

/// Opens a page of a cloud in the browser.
#[tauri::command(rename_all = "snake_case")]
pub async fn open_url(handle: AppHandle, shell: State<'_, Shell>, url: Named<String>) -> Answer<()> {
    let opened = links::allowed(&url.0).and_then(|url| {
        handle.opener().open_url(url.as_str(), None::<&str>).map_err(|error| not_opened(&error))
    });
    shell.told(opened)
}

/// Shows a file or folder in the system's file manager.
#[tauri::command(rename_all = "snake_case")]
pub async fn reveal(handle: AppHandle, shell: State<'_, Shell>, path: Named<String>) -> Answer<()> {
    let path = PathBuf::from(path.0);
    if !path.is_absolute() || !path.exists() {
        return shell.told(Err(UserError::of("input.file", "there is no such file or folder")));
    }
    shell.told(show_folder(&handle, &path))
}

/// Shows the folder of the log files.
#[tauri::command(rename_all = "snake_case")]
pub async fn open_logs(handle: AppHandle, shell: State<'_, Shell>) -> Answer<()> {
    shell.told(show_folder(&handle, &log::folder(shell.data_dir())))
}

/// Ends the program.
#[tauri::command(rename_all = "snake_case")]
pub async fn quit(shell: State<'_, Shell>) -> Answer<()> {
    shell.quit().await;
    shell.told(Ok(()))
}

type Dialog = FileDialogBuilder<tauri::Wry>;
type Chosen = Box<dyn FnOnce(Option<FilePath>) + Send>;

/// What was chosen in a native dialog; none where it was closed.
async fn chosen(
    window: &WebviewWindow,
    title: String,
    ask: impl FnOnce(Dialog, Chosen),
) -> Result<Option<String>> {
    let (answer, answered) = oneshot::channel();
    let dialog = window.dialog().file().set_parent(window).set_title(title);
    ask(
        dialog,
        Box::new(move |path| {
            // The page that asked is gone: nobody wants the answer.
            let _asker_left = answer.send(path);
        }),
    );
    let path = answered.await.ok().flatten();
    let path =
        path.map(|path| path.into_path().map_err(|error| UserError::of("input.file", error.to_string())));
    Ok(path.transpose()?.map(|path| path.to_string_lossy().into_owned()))
}

fn show_folder(handle: &AppHandle, path: &Path) -> Result<()> {
    handle.opener().reveal_item_in_dir(path).map_err(|error| not_opened(&error))
}

fn not_opened(error: &tauri_plugin_opener::Error) -> UserError {
    UserError::of("file.failed", format!("the system did not open it: {error}"))
}
