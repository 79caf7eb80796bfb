//! Asks for secrets: on a terminal without showing them, else from standard input or a file. None is ever an argument.

use std::fs::File;
use std::io::{self, BufRead as _, IsTerminal as _, Read as _};
use std::path::Path;

use holdfast_app::{Result, UserError};
use zeroize::Zeroizing;

use crate::output;

/// Secrets are short; more than this is another file.
const LONGEST: u64 = 64 << 10;

/// The text of a secret from a file (`-`: standard input), without the line break at its end.
pub fn from_file(path: &Path) -> Result<Zeroizing<String>> {
    let failed = |error: &dyn std::fmt::Display| {
        UserError::of("input.file", format!("{} cannot be read: {error}", path.display()))
    };
    let text = if path == Path::new("-") {
        read(io::stdin().lock()).map_err(|error| failed(&error))?
    } else {
        read(File::open(path).map_err(|error| failed(&error))?).map_err(|error| failed(&error))?
    };
    if text.is_empty() {
        return Err(UserError::of("input.file", format!("{} is empty", path.display())));
    }
    Ok(text)
}

/// The text of a secret from the terminal, or from standard input where that is no terminal.
pub fn hidden(question: &str) -> Result<Zeroizing<String>> {
    let failed = |error: &dyn std::fmt::Display| {
        UserError::of("input.terminal_needed", format!("nothing could be read for \"{question}\": {error}"))
    };
    let answer = if io::stdin().is_terminal() {
        Zeroizing::new(rpassword::prompt_password(format!("{question}: ")).map_err(|error| failed(&error))?)
    } else {
        read(io::stdin().lock()).map_err(|error| failed(&error))?
    };
    if answer.trim().is_empty() {
        return Err(failed(&"it is empty"));
    }
    Ok(answer)
}

/// True where somebody is there to answer.
pub fn can_ask() -> bool {
    io::stdin().is_terminal()
}

/// Asks a question that only `y` or `yes` answers in the affirmative.
pub fn confirm(question: &str) -> Result<bool> {
    let failed = |error: io::Error| UserError::of("input.terminal_needed", error.to_string());
    output::note(&format!("{question} [y/N]"));
    let mut answer = String::new();
    io::stdin().lock().take(LONGEST).read_line(&mut answer).map_err(failed)?;
    Ok(["y", "yes"].contains(&answer.trim().to_lowercase().as_str()))
}

/// The passphrase of a secrets file, from the terminal only: standard input may be meant for something else.
pub fn passphrase(question: &str) -> Result<Zeroizing<String>> {
    if !io::stdin().is_terminal() {
        return Err(UserError::of("secrets.passphrase_needed", ""));
    }
    hidden(question)
}

/// A new passphrase, typed twice.
pub fn new_passphrase(question: &str) -> Result<Zeroizing<String>> {
    let first = passphrase(question)?;
    if *first != *hidden("Once more")? {
        return Err(UserError::of("input.bad", "the two passphrases differ"));
    }
    Ok(first)
}

fn read(from: impl io::Read) -> io::Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::new());
    from.take(LONGEST).read_to_string(&mut text)?;
    while text.ends_with(['\n', '\r']) {
        text.pop();
    }
    Ok(text)
}
