//! Opens an address in the system's browser.

use std::process::{Command, Stdio};

/// Opens the address; where that fails the person has it on the screen.
pub fn open(url: &str) {
    let mut command = if cfg!(target_os = "macos") {
        Command::new("open")
    } else if cfg!(windows) {
        let mut command = Command::new("rundll32");
        command.arg("url.dll,FileProtocolHandler");
        command
    } else {
        Command::new("xdg-open")
    };
    let started = command.arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    match started {
        // The browser goes on by itself; the short-lived starter is collected so that it does not linger.
        Ok(mut starter) => drop(std::thread::spawn(move || starter.wait())),
        Err(error) => tracing::info!(%error, "no browser could be started"),
    }
}
