//! The tray icon: its picture and its menu say how the backups stand.

use std::time::Duration;

use holdfast_app::views::{HomeView, Severity};
use tauri::image::Image;
use tauri::include_image;
use tauri::menu::{Menu, MenuBuilder, MenuItemBuilder};
use tauri::tray::{TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Manager as _, Wry};

use crate::desktop::Desktop;
use crate::{notify, window};

const ID: &str = "holdfast";

/// How often it looks by itself: copies grow stale, and a pause ends, without anything happening.
pub const LOOK_EVERY: Duration = Duration::from_secs(60);

/// How everything stands, in one picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing to do.
    Idle,
    /// So many Runs go on.
    Running(usize),
    /// A person has to do something about so many causes.
    Attention(usize),
    /// A person said so.
    Paused,
}

impl State {
    /// What matters most first: that nothing runs because a person said so, then what they have to mend.
    pub fn of(home: &HomeView, is_paused: bool) -> Self {
        let causes = home.attention.iter().filter(|cause| cause.severity == Severity::Red).count();
        match (is_paused, causes, home.running.len()) {
            (true, ..) => Self::Paused,
            (_, 0, 0) => Self::Idle,
            (_, 0, running) => Self::Running(running),
            (_, causes, _) => Self::Attention(causes),
        }
    }

    fn words(self) -> String {
        match self {
            Self::Idle => "Holdfast".to_owned(),
            Self::Running(1) => "Holdfast: one backup runs".to_owned(),
            Self::Running(count) => format!("Holdfast: {count} backups run"),
            Self::Attention(1) => "Holdfast: something needs your attention".to_owned(),
            Self::Attention(count) => format!("Holdfast: {count} things need your attention"),
            Self::Paused => "Holdfast: backups are paused".to_owned(),
        }
    }

    fn icon(self) -> Image<'static> {
        #[cfg(target_os = "macos")]
        return match self {
            Self::Idle => include_image!("../icons/tray/idle-template.png"),
            Self::Running(_) => include_image!("../icons/tray/running-template.png"),
            Self::Attention(_) => include_image!("../icons/tray/attention-template.png"),
            Self::Paused => include_image!("../icons/tray/paused-template.png"),
        };
        #[cfg(not(target_os = "macos"))]
        match self {
            Self::Idle => include_image!("../icons/tray/idle.png"),
            Self::Running(_) => include_image!("../icons/tray/running.png"),
            Self::Attention(_) => include_image!("../icons/tray/attention.png"),
            Self::Paused => include_image!("../icons/tray/paused.png"),
        }
    }
}

/// Makes the icon.
pub fn make(handle: &AppHandle) -> tauri::Result<()> {
    TrayIconBuilder::with_id(ID)
        .icon(State::Idle.icon())
        .icon_as_template(true)
        .tooltip(State::Idle.words())
        .menu(&menu(handle, State::Idle)?)
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
pub fn show(handle: &AppHandle, state: State) -> tauri::Result<()> {
    let Some(icon) = handle.tray_by_id(ID) else { return Ok(()) };
    icon.set_icon_with_as_template(Some(state.icon()), true)?;
    icon.set_tooltip(Some(state.words()))?;
    icon.set_menu(Some(menu(handle, state)?))
}

fn menu(handle: &AppHandle, state: State) -> tauri::Result<Menu<Wry>> {
    let item = |id: &str, label: &str| MenuItemBuilder::with_id(id, label).build(handle);
    let says = MenuItemBuilder::with_id("state", state.words()).enabled(false).build(handle)?;
    let menu = MenuBuilder::new(handle).item(&says).separator();
    let menu = menu.item(&item("open", "Open")?).item(&item("back_up", "Back up now")?);
    let menu = if state == State::Paused {
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
        let desktop = handle.state::<Desktop>();
        let done: holdfast_app::Result<()> = match id.as_str() {
            "quit" => {
                desktop.quit().await;
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
