//! Work that goes on after the command has ended: the same command in a process of its own that waits for the end.

use std::io::Write as _;
use std::process::{Command, Stdio};

use holdfast_app::{Result, UserError};

use crate::context::Context;

/// Starts this program again with the same arguments and these, on its own and without a terminal. The passphrase
/// travels through a pipe.
pub fn start(more: &[&str], context: &Context) -> Result<()> {
    let failed = |error: std::io::Error| {
        UserError::of("file.failed", format!("the background process does not start: {error}"))
    };
    let mut command = Command::new(std::env::current_exe().map_err(failed)?);
    let passphrase = context.passphrase()?;
    let mut words = std::env::args_os().skip(1);
    while let Some(word) = words.next() {
        // It is given through the pipe instead, also where it came from a file.
        let text = word.to_string_lossy();
        if text == "--passphrase-file" {
            words.next();
        } else if !text.starts_with("--passphrase-file=") {
            command.arg(word);
        }
    }
    command.args(more).stdout(Stdio::null()).stderr(Stdio::null());
    if passphrase.is_some() {
        command.args(["--passphrase-file", "-"]).stdin(Stdio::piped());
    } else {
        command.stdin(Stdio::null());
    }
    detach(&mut command);
    let mut child = command.spawn().map_err(failed)?;
    if let (Some(passphrase), Some(mut to)) = (passphrase, child.stdin.take()) {
        to.write_all(passphrase.as_bytes()).map_err(failed)?;
    }
    Ok(())
}

/// Closing the terminal, or Ctrl-C in it, does not end it.
#[cfg(unix)]
fn detach(command: &mut Command) {
    std::os::unix::process::CommandExt::process_group(command, 0);
}

#[cfg(windows)]
fn detach(command: &mut Command) {
    /// <https://learn.microsoft.com/windows/win32/procthread/process-creation-flags>
    const DETACHED_PROCESS: u32 = 0x0000_0008;
    std::os::windows::process::CommandExt::creation_flags(command, DETACHED_PROCESS);
}
