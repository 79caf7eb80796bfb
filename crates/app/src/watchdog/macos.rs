//! A LaunchAgent that looks every hour. Written by the book, <https://developer.apple.com/library/archive/documentation/MacOSX/Conceptual/BPSystemStartup/Chapters/CreatingLaunchdJobs.html>,
//! and not yet proven on a Mac.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::{WatchdogCommand, WatchdogView, failed};
use crate::error::Result;

pub(super) fn status(command: &WatchdogCommand) -> Result<WatchdogView> {
    let path = agent(command)?;
    let how = path.is_file().then(|| format!("a LaunchAgent, {}", path.display()));
    Ok(WatchdogView { installed: how.is_some(), how })
}

pub(super) fn install(command: &WatchdogCommand) -> Result<()> {
    let path = agent(command)?;
    let what = format!("{} cannot be written", path.display());
    let folder = path.parent().unwrap_or(&path);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(&path, plist(command)))
        .map_err(|error| failed(&what, &error))?;
    // One that is known from before is replaced; that there was none is fine.
    let _was_not_known = launchctl(&["unload", &path.to_string_lossy()]);
    launchctl(&["load", "-w", &path.to_string_lossy()])
}

pub(super) fn remove(command: &WatchdogCommand) -> Result<()> {
    let path = agent(command)?;
    if path.is_file() {
        launchctl(&["unload", "-w", &path.to_string_lossy()])?;
    }
    match fs::remove_file(&path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(failed(&format!("{} cannot be removed", path.display()), &error)),
    }
}

fn label(command: &WatchdogCommand) -> String {
    format!("dev.holdfast.{}", command.name())
}

fn agent(command: &WatchdogCommand) -> Result<PathBuf> {
    let home =
        std::env::var_os("HOME").ok_or_else(|| failed("the LaunchAgents folder", &"HOME is not set"))?;
    Ok(PathBuf::from(home).join("Library/LaunchAgents").join(format!("{}.plist", label(command))))
}

fn plist(command: &WatchdogCommand) -> String {
    let program = command.program.to_string_lossy().into_owned();
    let words: String = std::iter::once(&program)
        .chain(&command.words)
        .map(|word| format!("    <string>{}</string>\n", escaped(word)))
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n\
         <plist version=\"1.0\">\n<dict>\n  <key>Label</key>\n  <string>{}</string>\n\
         \x20 <key>ProgramArguments</key>\n  <array>\n{words}  </array>\n\
         \x20 <key>StartInterval</key>\n  <integer>3600</integer>\n  <key>RunAtLoad</key>\n  <true/>\n\
         \x20 <key>ProcessType</key>\n  <string>Background</string>\n</dict>\n</plist>\n",
        escaped(&label(command))
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn launchctl(words: &[&str]) -> Result<()> {
    let what = format!("launchctl {}", words.join(" "));
    let output = Command::new("launchctl").args(words).stdin(Stdio::null()).output();
    let output = output.map_err(|error| failed(&what, &error))?;
    if output.status.success() {
        return Ok(());
    }
    Err(failed(&what, &String::from_utf8_lossy(&output.stderr).trim()))
}
