//! A program that finds another one in its place, which is ending, starts anew a moment later.

use crate::UserError;

/// Says to a program that was started so how often it was.
#[cfg(unix)]
const STARTS: &str = "HOLDFAST_STARTS";
/// One that was killed is gone after milliseconds, one that makes durable what it fetched after a few seconds.
#[cfg(unix)]
const MOST_STARTS: u32 = 25;
#[cfg(unix)]
const PAUSE: std::time::Duration = std::time::Duration::from_millis(200);

/// Waits for a moment, then starts this program anew in the place of this process, with the same words and environment. Comes
/// back only with what to tell: it was tried often enough, or the system does not start it. Blocks.
#[cfg(unix)]
pub fn while_another_ends(why: &str) -> UserError {
    use std::os::unix::process::CommandExt as _;

    let starts = std::env::var(STARTS).ok().and_then(|text| text.parse().ok()).unwrap_or(0_u32);
    if starts >= MOST_STARTS {
        return UserError::of("app.ending", why);
    }
    std::thread::sleep(PAUSE);
    let program = match std::env::current_exe() {
        Ok(program) => program,
        Err(error) => return UserError::of("app.ending", error.to_string()),
    };
    let mut words = std::env::args_os();
    let mut command = std::process::Command::new(program);
    if let Some(name) = words.next() {
        command.arg0(name);
    }
    let error = command.args(words).env(STARTS, (starts + 1).to_string()).exec();
    UserError::of("app.ending", error.to_string())
}

/// What to tell: here no process takes another one's place.
#[cfg(not(unix))]
pub fn while_another_ends(why: &str) -> UserError {
    UserError::of("app.ending", why)
}
