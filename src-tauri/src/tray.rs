//! The tray icon: its picture and its menu say how the backups stand.

use holdfast_app::views::RunNow;
use holdfast_app::{PauseFor, Tray, TrayState};
use tauri::image::Image;
use tauri::include_image;
use tauri::menu::{Menu, MenuBuilder, MenuItemBuilder};
use tauri::tray::{TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Manager as _, Wry};

use crate::shell::Shell;
use crate::{notify, window};

const ID: &str = "holdfast";

/// macOS tints pictures of a kind of their own.
macro_rules! picture {
    ($plain:tt, $template:tt) => {
        if cfg!(target_os = "macos") { include_image!($template) } else { include_image!($plain) }
    };
}

fn icon(state: TrayState) -> Image<'static> {
    match state {
        TrayState::Idle => picture!("../icons/tray/idle.png", "../icons/tray/idle-template.png"),
        TrayState::Running => picture!("../icons/tray/running.png", "../icons/tray/running-template.png"),
        TrayState::Attention => {
            picture!("../icons/tray/attention.png", "../icons/tray/attention-template.png")
        }
        TrayState::Paused => picture!("../icons/tray/paused.png", "../icons/tray/paused-template.png"),
    }
}

/// Makes the icon.
pub fn make(handle: &AppHandle) -> tauri::Result<()> {
    TrayIconBuilder::with_id(ID)
        .icon(icon(TrayState::Idle))
        .icon_as_template(true)
        .tooltip(TrayState::Idle.words())
        .menu(&menu(handle, Tray::default())?)
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
pub fn show(handle: &AppHandle, to: Tray) -> tauri::Result<()> {
    let Some(tray) = handle.tray_by_id(ID) else { return Ok(()) };
    tray.set_icon_with_as_template(Some(icon(to.state)), true)?;
    tray.set_tooltip(Some(to.language.say(to.state.words())))?;
    tray.set_menu(Some(menu(handle, to)?))
}

fn menu(handle: &AppHandle, to: Tray) -> tauri::Result<Menu<Wry>> {
    let item = |id: &str, label: &str| MenuItemBuilder::with_id(id, to.language.say(label)).build(handle);
    let says =
        MenuItemBuilder::with_id("state", to.language.say(to.state.words())).enabled(false).build(handle)?;
    let menu = MenuBuilder::new(handle).item(&says).separator();
    let menu = menu.item(&item("open", "Open")?).item(&item("back_up", "Back up now")?);
    let menu = if to.is_paused {
        menu.item(&item("resume", "Resume")?)
    } else {
        menu.item(&item("pause_hour", "Pause for an hour")?).item(&item("pause_day", "Pause until tomorrow")?)
    };
    menu.separator().item(&item("quit", "Quit")?).build()
}

fn chosen(handle: &AppHandle, id: &str) {
    let (handle, id) = (handle.clone(), id.to_owned());
    tauri::async_runtime::spawn(async move {
        let shell = handle.state::<Shell>();
        let desktop = shell.desktop();
        let done = match id.as_str() {
            "open" => return window::show(&handle, None),
            "quit" => return shell.quit().await,
            "back_up" => desktop.run_now(RunNow { connection: None, user: None, service: None }).await,
            "pause_hour" => desktop.pause_all(PauseFor::AnHour).await,
            "pause_day" => desktop.pause_all(PauseFor::Today).await,
            "resume" => desktop.resume_all().await,
            _ => return,
        };
        if let Err(error) = done {
            tracing::error!(cause = %error.code, %error, "'{id}' of the tray icon failed");
            notify::failed(&handle, &error);
        }
    });
}
