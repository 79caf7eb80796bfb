//! What the system is to start, and under which name.

use std::path::PathBuf;

/// The program that looks, for one data directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchdogCommand {
    /// This program.
    pub program: PathBuf,
    /// What is typed behind it for one look.
    pub words: Vec<String>,
    /// What is typed in addition where it is to stay and look every hour.
    pub stay: String,
    /// Tells the data directories of one person apart; empty for the usual one.
    pub suffix: String,
}

impl WatchdogCommand {
    /// `holdfast-watchdog`, with what tells it apart.
    pub(super) fn name(&self) -> String {
        if self.suffix.is_empty() {
            "holdfast-watchdog".to_owned()
        } else {
            format!("holdfast-watchdog-{}", self.suffix)
        }
    }

    /// The program and its words.
    #[cfg(target_os = "linux")]
    pub(super) fn line(&self, quoted: impl Fn(&str) -> String, stays: bool) -> String {
        let program = self.program.to_string_lossy().into_owned();
        let words = std::iter::once(&program).chain(&self.words).chain(stays.then_some(&self.stay));
        words.map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
    }
}
