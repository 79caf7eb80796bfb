//! Keeping the computer awake, by a program that the system has for that.

use std::process::{Child, Command, Stdio};

/// Keeps the computer from going to sleep by itself while it lives. A program of the system's own holds the inhibition and
/// ends with this process, however this process ends.
pub(super) struct Awake(Child);

impl Awake {
    /// None where this system has no such program, or refuses.
    pub(super) fn hold() -> Option<Self> {
        let command = if cfg!(target_os = "macos") {
            let mut command = Command::new("caffeinate");
            command.args(["-i", "-w", &std::process::id().to_string()]);
            command
        } else if cfg!(target_os = "linux") {
            let mut command = Command::new("systemd-inhibit");
            // `cat` ends when the other side of its input is gone: with this process, at the latest.
            command.args(["--what=sleep:idle", "--who=Holdfast", "--why=A backup is running", "cat"]);
            command
        } else {
            return None;
        };
        Self::by(command)
    }

    fn by(mut command: Command) -> Option<Self> {
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok().map(Self)
    }
}

impl Drop for Awake {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        // It may have ended already; then there is nothing to end.
        let _ended = self.0.kill();
        let _waited = self.0.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_holds_the_computer_awake_lives_no_longer_than_it_is_wanted_and_than_this_process() {
        let mut awake = Awake::by(Command::new("cat")).unwrap();
        assert_eq!(awake.0.try_wait().unwrap(), None, "it holds");
        // As when this process ends, however it does: its side of the pipe is gone.
        drop(awake.0.stdin.take());
        assert!(awake.0.wait().unwrap().success());

        let awake = Awake::by(Command::new("cat")).unwrap();
        let id = awake.0.id().to_string();
        let is_there =
            || Command::new("kill").args(["-0", &id]).stderr(Stdio::null()).status().unwrap().success();
        assert!(is_there());
        drop(awake);
        assert!(!is_there(), "it let go");
        assert!(Awake::by(Command::new("no such program")).is_none());
    }
}
