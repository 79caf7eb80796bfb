//! A task of the Task Scheduler's that looks every hour, by `schtasks`:
//! <https://learn.microsoft.com/windows-server/administration/windows-commands/schtasks-create>. Written by the book, and
//! not yet proven on Windows.

use std::process::{Command, Output, Stdio};

use super::{WatchdogCommand, WatchdogView, failed};
use crate::error::Result;

pub(super) fn status(command: &WatchdogCommand) -> Result<WatchdogView> {
    let known = schtasks(&["/Query", "/TN", &task(command)])?.status.success();
    let how = known.then(|| format!("the Task Scheduler, {}", task(command)));
    Ok(WatchdogView { installed: known, how })
}

pub(super) fn install(command: &WatchdogCommand) -> Result<()> {
    let line = command.line(|word| format!("\"{}\"", word.replace('"', "")), false);
    done(schtasks(&["/Create", "/F", "/SC", "HOURLY", "/TN", &task(command), "/TR", &line])?)
}

pub(super) fn remove(command: &WatchdogCommand) -> Result<()> {
    if !status(command)?.installed {
        return Ok(());
    }
    done(schtasks(&["/Delete", "/F", "/TN", &task(command)])?)
}

fn task(command: &WatchdogCommand) -> String {
    format!("Holdfast\\{}", command.name())
}

fn schtasks(words: &[&str]) -> Result<Output> {
    let output = Command::new("schtasks").args(words).stdin(Stdio::null()).output();
    output.map_err(|error| failed("schtasks", &error))
}

fn done(output: Output) -> Result<()> {
    if output.status.success() {
        return Ok(());
    }
    Err(failed("schtasks", &String::from_utf8_lossy(&output.stderr).trim()))
}
