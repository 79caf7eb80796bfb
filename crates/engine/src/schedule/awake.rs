//! Keeping the computer awake, by a program that the system has for that.

use std::process::{Child, Command, Stdio};

/// Keeps the computer from going to sleep by itself while it lives. A program of the system's own holds the inhibition and
/// ends with this process, however this process ends.
pub(super) struct Awake(Child);

impl Awake {
    /// None where this system has no such program, or refuses.
    pub(super) fn hold() -> Option<Self> {
        let mut command = if cfg!(target_os = "macos") {
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
