//! The tray icon: its picture and its menu say how the backups stand.

use holdfast_app::{PauseFor, TrayState};
use tauri::image::Image;
use tauri::include_image;
use tauri::menu::{Menu, MenuBuilder, MenuItemBuilder};
use tauri::tray::{TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Manager as _, Wry};

use crate::shell::Shell;
use crate::{notify, window};

const ID: &str = "holdfast";

fn words(state: TrayState) -> &'static str {
    match state {
        TrayState::Idle => "Holdfast",
        TrayState::Running => "Backups run",
        TrayState::Attention => "Something needs your attention",
        TrayState::Paused => "Backups are paused",
    }
}

#[cfg(target_os = "macos")]
fn icon(state: TrayState) -> Image<'static> {
    match state {
        TrayState::Idle => include_image!("../icons/tray/idle-template.png"),
        TrayState::Running => include_image!("../icons/tray/running-template.png"),
        TrayState::Attention => include_image!("../icons/tray/attention-template.png"),
        TrayState::Paused => include_image!("../icons/tray/paused-template.png"),
    }
}

#[cfg(not(target_os = "macos"))]
fn icon(state: TrayState) -> Image<'static> {
    match state {
        TrayState::Idle => include_image!("../icons/tray/idle.png"),
        TrayState::Running => include_image!("../icons/tray/running.png"),
        TrayState::Attention => include_image!("../icons/tray/attention.png"),
        TrayState::Paused => include_image!("../icons/tray/paused.png"),
    }
}

/// Makes the icon.
pub fn make(handle: &AppHandle) -> tauri::Result<()> {
    TrayIconBuilder::with_id(ID)
        .icon(icon(TrayState::Idle))
        .icon_as_template(true)
        .tooltip(words(TrayState::Idle))
        .menu(&menu(handle, TrayState::Idle, false)?)
        .show_menu_on_left_click(cfg!(target_os = "macos"))
        .on_menu_event(|handle, event| chosen(handle, event.id().as_ref()))
        .on_tray_icon_event(|icon, event| {
            if let TrayIconEvent::DoubleClick { .. } = event {
                window::show(icon.app_handle(), None);
            }
        })
        .build(handle)?;
    Ok(())
}

/// Shows how things stand.
pub fn show(handle: &AppHandle, state: TrayState, is_paused: bool) -> tauri::Result<()> {
    let Some(tray) = handle.tray_by_id(ID) else { return Ok(()) };
    tray.set_icon_with_as_template(Some(icon(state)), true)?;
    tray.set_tooltip(Some(words(state)))?;
    tray.set_menu(Some(menu(handle, state, is_paused)?))
}

fn menu(handle: &AppHandle, state: TrayState, is_paused: bool) -> tauri::Result<Menu<Wry>> {
    let item = |id: &str, label: &str| MenuItemBuilder::with_id(id, label).build(handle);
    let says = MenuItemBuilder::with_id("state", words(state)).enabled(false).build(handle)?;
    let menu = MenuBuilder::new(handle).item(&says).separator();
    let menu = menu.item(&item("open", "Open")?).item(&item("back_up", "Back up now")?);
    let menu = if is_paused {
        menu.item(&item("resume", "Resume")?)
    } else {
        menu.item(&item("pause_hour", "Pause for an hour")?).item(&item("pause_day", "Pause until tomorrow")?)
    };
    menu.separator().item(&item("quit", "Quit")?).build()
}

fn chosen(handle: &AppHandle, id: &str) {
    if id == "open" {
        return window::show(handle, None);
    }
    let (handle, id) = (handle.clone(), id.to_owned());
    tauri::async_runtime::spawn(async move {
        let shell = handle.state::<Shell>();
        let done: holdfast_app::Result<()> = match id.as_str() {
            "back_up" => shell.back_up_now().await,
            "pause_hour" => shell.pause(PauseFor::AnHour).await,
            "pause_day" => shell.pause(PauseFor::Today).await,
            "resume" => shell.resume().await,
            "quit" => {
                shell.quit().await;
                Ok(())
            }
            _ => Ok(()),
        };
        if let Err(error) = done {
            tracing::error!(cause = %error.code, %error, "'{id}' of the tray icon failed");
            notify::failed(&handle, &error);
        }
    });
}
