//! What Windows keeps for a program in the registry of one person: its identity, and that it starts at login.

use std::path::Path;

use windows_registry::CURRENT_USER;

use crate::error::Result;
use crate::{UserError, places};

/// Notifications bear the name and picture that are told here.
/// <https://learn.microsoft.com/windows/apps/develop/notifications/app-notifications/send-local-toast-other-apps>
const IDENTITIES: &str = r"Software\Classes\AppUserModelId";
/// <https://learn.microsoft.com/windows/win32/setupapi/run-and-runonce-registry-keys>
const AT_LOGIN: &str = r"Software\Microsoft\Windows\CurrentVersion\Run";
/// What a person said of them in the Task Manager: an odd first byte forbids one.
const APPROVED: &str = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run";

/// Makes this identity known, without which Windows shows no notification of it.
pub fn identify(identity: &str) -> Result<()> {
    let done = || {
        let key = CURRENT_USER.create(format!(r"{IDENTITIES}\{identity}"))?;
        key.set_string("DisplayName", "Holdfast")?;
        let picture = std::env::current_exe()?.with_file_name("icon.ico");
        if picture.is_file() {
            key.set_string("IconUri", picture.to_string_lossy())?;
        }
        Ok(())
    };
    done().map_err(|error: std::io::Error| failed("its identity for notifications", &error))
}

/// The same at the start of a program that works without it, too.
pub fn identify_or_warn(identity: &str) {
    if let Err(error) = identify(identity) {
        tracing::warn!(%error, "notifications may not be shown");
    }
}

/// Makes the identity of the usual program known.
pub(crate) fn identify_usual() -> Result<()> {
    identify(places::IDENTITY)
}

/// Has Windows start this program at login, in the tray and with this data directory, or no longer.
pub fn set_start_at_login(data_dir: &Path, at_login: bool) -> Result<()> {
    let suffix = places::suffix_of(data_dir);
    let (mut name, mut words) = ("Holdfast".to_owned(), vec!["--hidden".to_owned()]);
    if !suffix.is_empty() {
        name = format!("{name} {suffix}");
        words.extend(["--data-dir".to_owned(), data_dir.to_string_lossy().into_owned()]);
    }
    match (at_login, starts_at_login(&name)) {
        (true, true) | (false, false) => Ok(()),
        (false, true) => no_start_at_login(&name),
        (true, false) => {
            let program =
                std::env::current_exe().map_err(|error| failed("what it starts at login", &error))?;
            start_at_login(&name, &program, &words)
        }
    }
}

/// From now on Windows starts the program at login, with these words.
fn start_at_login(name: &str, program: &Path, words: &[String]) -> Result<()> {
    let program = program.to_string_lossy();
    let line: Vec<String> =
        std::iter::once(&*program).chain(words.iter().map(String::as_str)).map(quoted).collect();
    let done = || {
        CURRENT_USER.create(AT_LOGIN)?.set_string(name, line.join(" "))?;
        remove(APPROVED, name)
    };
    done().map_err(|error| failed("what it starts at login", &error))
}

/// From now on it does not.
fn no_start_at_login(name: &str) -> Result<()> {
    remove(AT_LOGIN, name).map_err(|error| failed("what it starts at login", &error))
}

/// Whether it does, and nobody forbade it.
fn starts_at_login(name: &str) -> bool {
    let is_there = CURRENT_USER.open(AT_LOGIN).and_then(|key| key.get_string(name)).is_ok();
    let forbidden = CURRENT_USER.open(APPROVED).and_then(|key| key.get_value(name));
    is_there && !forbidden.is_ok_and(|said| said.first().is_some_and(|first| first % 2 == 1))
}

/// Takes a value out; fine if there is none.
fn remove(key: &str, name: &str) -> windows_registry::Result<()> {
    /// <https://learn.microsoft.com/windows/win32/debug/system-error-codes--0-499->, as the registry's library tells it.
    const NOT_THERE: i32 = 0x8007_0002_u32.cast_signed();
    // With the right to write, which a key that is opened plainly has not.
    let removed = CURRENT_USER.options().read().write().open(key).and_then(|key| key.remove_value(name));
    match removed {
        Err(error) if error.code().0 == NOT_THERE => Ok(()),
        done => done,
    }
}

fn failed(what: &str, error: &dyn std::fmt::Display) -> UserError {
    UserError::of("file.failed", format!("Windows did not change {what}: {error}"))
}

/// One word of a command line: <https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments>
pub(crate) fn quoted(word: &str) -> String {
    let mut out = String::from("\"");
    let mut backslashes = 0;
    for c in word.chars() {
        if c == '"' {
            out.push_str(&"\\".repeat(backslashes + 1));
        }
        backslashes = if c == '\\' { backslashes + 1 } else { 0 };
        out.push(c);
    }
    out.push_str(&"\\".repeat(backslashes));
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_back_as_they_were() {
        for (word, expected) in [
            ("a b", r#""a b""#),
            (r"D:\", r#""D:\\""#),
            (r"\\server\share x", r#""\\server\share x""#),
            (r#"a"b"#, r#""a\"b""#),
            (r#"a\"b"#, r#""a\\\"b""#),
        ] {
            assert_eq!(quoted(word), expected);
        }
    }

    #[test]
    fn what_starts_at_login_is_set_forbidden_allowed_and_taken_out() {
        let name = format!("Holdfast test {}", std::process::id());
        let program = Path::new(r"C:\Users\Jörg Müller\Holdfast\holdfast-desktop.exe");
        assert!(!starts_at_login(&name));
        let words = ["--hidden".to_owned(), "--data-dir".to_owned(), r"D:\Firma Süd".to_owned()];
        start_at_login(&name, program, &words).unwrap();
        let line = CURRENT_USER.open(AT_LOGIN).unwrap().get_string(&name).unwrap();
        let expected =
            r#""C:\Users\Jörg Müller\Holdfast\holdfast-desktop.exe" "--hidden" "--data-dir" "D:\Firma Süd""#;
        assert_eq!(line, expected);
        assert!(starts_at_login(&name));
        // As the Task Manager writes it.
        let forbidden = [3, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];
        let approved = CURRENT_USER.create(APPROVED).unwrap();
        approved.set_bytes(&name, windows_registry::Type::Bytes, &forbidden).unwrap();
        assert!(!starts_at_login(&name));
        start_at_login(&name, program, &words).unwrap();
        assert!(starts_at_login(&name));
        no_start_at_login(&name).unwrap();
        no_start_at_login(&name).unwrap();
        assert!(!starts_at_login(&name));
    }

    #[test]
    fn an_identity_is_known_by_its_name() {
        let identity = format!("dev.holdfast.test.{}", std::process::id());
        identify(&identity).unwrap();
        let key = format!(r"{IDENTITIES}\{identity}");
        assert_eq!(CURRENT_USER.open(&key).unwrap().get_string("DisplayName").unwrap(), "Holdfast");
        CURRENT_USER.remove_tree(&key).unwrap();
    }
}
