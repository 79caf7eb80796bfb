//! `holdfast-desktop`: the window, the tray icon and the notifications. Wiring only: what a person can do is in
//! `holdfast-app`, what they see is in `ui/`.
//!
//! [`shell`] holds what is open, [`commands`] is what the page may call, [`events`] is what it is told.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

mod autostart;
mod commands;
mod events;
mod notify;
mod shell;
mod start;
mod tray;
mod updates;
mod watch;
mod window;

use std::process::ExitCode;

use holdfast_app::arguments::{self, Typed};
use holdfast_app::{UserError, start_again};

fn main() -> ExitCode {
    match arguments::read(std::env::args_os().skip(1)) {
        Ok(Typed::Print(text)) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Ok(Typed::Start(arguments)) => {
            #[cfg(target_os = "linux")]
            if let Err(error) = holdfast_app::graphics::draw_with_what_is_there() {
                eprintln!("holdfast-desktop: the window may be slow: {error}");
            }
            match start::run(&arguments) {
                Ok(code) => ExitCode::from(u8::try_from(code).unwrap_or(1)),
                Err(error) => did_not_start(&error),
            }
        }
        Ok(Typed::Watch { arguments, stay }) => match watch::run(&arguments, stay) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => complain(&error, 1),
        },
        Err(error) => complain(&error, 2),
    }
}

/// Says it also to who started it by its icon.
pub(crate) fn did_not_start(error: &UserError) -> ExitCode {
    if !error.is_wrong_usage() {
        tauri::async_runtime::block_on(start_again::tell(error));
    }
    complain(error, 1)
}

fn complain(error: &UserError, code: u8) -> ExitCode {
    eprintln!("holdfast-desktop: {error}");
    ExitCode::from(code)
}
