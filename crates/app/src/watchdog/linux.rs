//! A timer of systemd's for this user where there is one, else an entry that the desktop starts at login and that stays.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{WatchdogCommand, WatchdogView, failed};
use crate::error::Result;

pub(super) fn status(command: &WatchdogCommand) -> Result<WatchdogView> {
    let (timer, entry) = (unit(command, "timer")?, entry(command)?);
    let how = if timer.is_file() {
        Some(format!("a timer of systemd, {}", timer.display()))
    } else if entry.is_file() {
        Some(format!("at login, {}", entry.display()))
    } else {
        None
    };
    Ok(WatchdogView { installed: how.is_some(), how })
}

pub(super) fn install(command: &WatchdogCommand) -> Result<()> {
    if !has_systemd() {
        return write(&entry(command)?, &desktop_entry(command));
    }
    write(&unit(command, "service")?, &service(command))?;
    write(&unit(command, "timer")?, &timer())?;
    systemctl(&["daemon-reload"])?;
    systemctl(&["enable", "--now", &format!("{}.timer", command.name())])?;
    take_away(&entry(command)?)
}

pub(super) fn remove(command: &WatchdogCommand) -> Result<()> {
    let timer = unit(command, "timer")?;
    if timer.is_file() && has_systemd() {
        systemctl(&["disable", "--now", &format!("{}.timer", command.name())])?;
    }
    for file in [timer, unit(command, "service")?, entry(command)?] {
        take_away(&file)?;
    }
    if has_systemd() { systemctl(&["daemon-reload"]) } else { Ok(()) }
}

/// True where systemd looks after this user's programs.
fn has_systemd() -> bool {
    let mut asked = Command::new("systemctl");
    asked
        .args(["--user", "show-environment"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    asked.status().is_ok_and(|status| status.success())
}

fn systemctl(words: &[&str]) -> Result<()> {
    let what = format!("systemctl --user {}", words.join(" "));
    let mut command = Command::new("systemctl");
    let output = command.arg("--user").args(words).stdin(Stdio::null()).output();
    let output = output.map_err(|error| failed(&what, &error))?;
    if output.status.success() {
        return Ok(());
    }
    Err(failed(&what, &String::from_utf8_lossy(&output.stderr).trim()))
}

/// <https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html>
fn service(command: &WatchdogCommand) -> String {
    let line = command.line(quoted_for_systemd, false);
    format!(
        "[Unit]\nDescription=Looks whether Holdfast's backups are still good\n\n\
         [Service]\nType=oneshot\nExecStart={line}\nNice=10\nTimeoutStartSec=5min\n"
    )
}

/// <https://www.freedesktop.org/software/systemd/man/latest/systemd.timer.html>
fn timer() -> String {
    "[Unit]\nDescription=Looks every hour whether Holdfast's backups are still good\n\n\
     [Timer]\nOnCalendar=hourly\nRandomizedDelaySec=5min\nPersistent=true\n\n\
     [Install]\nWantedBy=timers.target\n"
        .to_owned()
}

/// <https://www.freedesktop.org/software/systemd/man/latest/systemd.syntax.html#Quoting>
fn quoted_for_systemd(word: &str) -> String {
    let escaped = word.replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%").replace('$', "$$");
    format!("\"{escaped}\"")
}

/// <https://specifications.freedesktop.org/autostart-spec/latest/>
fn desktop_entry(command: &WatchdogCommand) -> String {
    let line = command.line(quoted_for_entry, true);
    format!(
        "[Desktop Entry]\nType=Application\nName=Holdfast watchdog\n\
         Comment=Looks every hour whether Holdfast's backups are still good\nExec={line}\nNoDisplay=true\nTerminal=false\n"
    )
}

/// <https://specifications.freedesktop.org/desktop-entry-spec/latest/exec-variables.html>: quoted, and then escaped once
/// more as any text of such a file.
fn quoted_for_entry(word: &str) -> String {
    let mut quoted = String::from("\"");
    for c in word.chars() {
        if matches!(c, '"' | '`' | '$' | '\\') {
            quoted.push('\\');
        }
        quoted.push(c);
        if c == '%' {
            quoted.push('%');
        }
    }
    quoted.push('"');
    quoted.replace('\\', "\\\\")
}

fn unit(command: &WatchdogCommand, kind: &str) -> Result<PathBuf> {
    Ok(config()?.join("systemd/user").join(format!("{}.{kind}", command.name())))
}

fn entry(command: &WatchdogCommand) -> Result<PathBuf> {
    Ok(config()?.join("autostart").join(format!("{}.desktop", command.name())))
}

/// <https://specifications.freedesktop.org/basedir-spec/latest/>
fn config() -> Result<PathBuf> {
    let named = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let usual = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".config"));
    named.or_else(usual).ok_or_else(|| failed("the folder for settings", &"HOME is not set"))
}

fn write(path: &Path, text: &str) -> Result<()> {
    let what = format!("{} cannot be written", path.display());
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).and_then(|()| fs::write(path, text)).map_err(|error| failed(&what, &error))
}

fn take_away(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(failed(&format!("{} cannot be removed", path.display()), &error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command() -> WatchdogCommand {
        WatchdogCommand {
            program: "/opt/Hold fast/holdfast".into(),
            words: vec!["--data-dir".into(), "/d/100% \"$x\\y`".into(), "watchdog".into()],
            stay: "--stay".into(),
            suffix: "d1".into(),
        }
    }

    #[test]
    fn a_path_with_anything_in_it_stays_one_word() {
        let line = command().line(quoted_for_systemd, false);
        assert_eq!(line, r#""/opt/Hold fast/holdfast" "--data-dir" "/d/100%% \"$$x\\y`" "watchdog""#);
        let line = command().line(quoted_for_entry, true);
        assert_eq!(
            line,
            r#""/opt/Hold fast/holdfast" "--data-dir" "/d/100%% \\"\\$x\\\\y\\`" "watchdog" "--stay""#
        );
    }

    #[test]
    fn systemd_itself_finds_nothing_wrong_with_the_units() {
        let folder = tempfile::tempdir().unwrap();
        let program = WatchdogCommand { program: "/bin/true".into(), words: vec!["a b".into()], ..command() };
        let name = program.name();
        fs::write(folder.path().join(format!("{name}.service")), service(&program)).unwrap();
        fs::write(folder.path().join(format!("{name}.timer")), timer()).unwrap();
        let mut verify = Command::new("systemd-analyze");
        verify.args(["verify", "--user", "--man=no"]).arg(folder.path().join(format!("{name}.timer")));
        // Where there is no systemd there is nothing to agree with.
        let Ok(output) = verify.env("XDG_RUNTIME_DIR", folder.path()).output() else { return };
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!told.contains("holdfast-watchdog"), "{told}");
    }
}
