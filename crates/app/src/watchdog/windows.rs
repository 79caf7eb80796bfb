//! A task of the Task Scheduler's that looks every hour, by `schtasks`:
//! <https://learn.microsoft.com/windows-server/administration/windows-commands/schtasks-create>. It is described in a file:
//! a command line there holds 261 characters only, and a task made of words alone rests while a laptop is on its battery.

use std::io::Write as _;
use std::os::windows::process::CommandExt as _;
use std::process::{Command, Output, Stdio};

use super::{WatchdogCommand, WatchdogView, failed};
use crate::error::Result;
use crate::windows::quoted;

pub(super) fn status(command: &WatchdogCommand) -> Result<WatchdogView> {
    let known = schtasks(&["/Query", "/TN", &task(command)])?.status.success();
    let how = known.then(|| format!("the Task Scheduler, {}", task(command)));
    Ok(WatchdogView { installed: known, how })
}

pub(super) fn install(command: &WatchdogCommand) -> Result<()> {
    let cannot =
        |error: &dyn std::fmt::Display| failed("the description of the task cannot be written", error);
    let mut file = tempfile::Builder::new().suffix(".xml").tempfile().map_err(|error| cannot(&error))?;
    // As its first line says.
    let units = std::iter::once(0xfeff).chain(description(command).encode_utf16().collect::<Vec<_>>());
    let bytes: Vec<u8> = units.flat_map(u16::to_le_bytes).collect();
    file.write_all(&bytes).map_err(|error| cannot(&error))?;
    // Closed, so that another program may read it.
    let path = file.into_temp_path();
    done(schtasks(&["/Create", "/F", "/TN", &task(command), "/XML", &path.to_string_lossy()])?)
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

/// <https://learn.microsoft.com/windows/win32/taskschd/task-scheduler-schema>
fn description(command: &WatchdogCommand) -> String {
    let words: Vec<String> = command.words.iter().map(|word| quoted(word)).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\n\
         <Task version=\"1.2\" xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\">\n\
         <RegistrationInfo><Author>Holdfast</Author>\
         <Description>Looks whether the backups are still good, and tells what is not</Description></RegistrationInfo>\n\
         <Triggers><TimeTrigger><Repetition><Interval>PT1H</Interval></Repetition>\
         <StartBoundary>2026-01-01T00:00:00</StartBoundary><Enabled>true</Enabled></TimeTrigger></Triggers>\n\
         <Principals><Principal id=\"Author\"><LogonType>InteractiveToken</LogonType>\
         <RunLevel>LeastPrivilege</RunLevel></Principal></Principals>\n\
         <Settings><MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>\
         <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>\
         <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries><StartWhenAvailable>true</StartWhenAvailable>\
         <Enabled>true</Enabled><ExecutionTimeLimit>PT15M</ExecutionTimeLimit></Settings>\n\
         <Actions Context=\"Author\"><Exec><Command>{}</Command><Arguments>{}</Arguments></Exec></Actions>\n</Task>\n",
        escaped(&command.program.to_string_lossy()),
        escaped(&words.join(" ")),
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn schtasks(words: &[&str]) -> Result<Output> {
    /// <https://learn.microsoft.com/windows/win32/procthread/process-creation-flags>
    const CREATE_NO_WINDOW: u32 = 0x0800_0000;
    let mut command = Command::new("schtasks");
    command.args(words).stdin(Stdio::null()).creation_flags(CREATE_NO_WINDOW);
    command.output().map_err(|error| failed("schtasks", &error))
}

fn done(output: Output) -> Result<()> {
    if output.status.success() {
        return Ok(());
    }
    Err(failed("schtasks", &String::from_utf8_lossy(&output.stderr).trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command() -> WatchdogCommand {
        WatchdogCommand {
            program: r"C:\Users\Jörg & Söhne\holdfast-desktop.exe".into(),
            words: vec!["--watchdog".to_owned(), "--data-dir".to_owned(), r"D:\Firma & Co\".to_owned()],
            stay: "--stay".to_owned(),
            suffix: format!("test-{}", std::process::id()),
        }
    }

    #[test]
    fn the_task_is_described_with_its_program_and_goes_on_on_a_battery() {
        let text = description(&command());
        assert!(
            text.contains(r"<Command>C:\Users\Jörg &amp; Söhne\holdfast-desktop.exe</Command>"),
            "{text}"
        );
        let words = r#"<Arguments>"--watchdog" "--data-dir" "D:\Firma &amp; Co\\"</Arguments>"#;
        assert!(text.contains(words), "{text}");
        assert!(text.contains("<DisallowStartIfOnBatteries>false<"), "{text}");
    }

    #[test]
    fn the_scheduler_takes_the_task_and_gives_it_up() {
        install(&command()).unwrap();
        assert!(status(&command()).unwrap().installed);
        install(&command()).unwrap();
        remove(&command()).unwrap();
    }
}
