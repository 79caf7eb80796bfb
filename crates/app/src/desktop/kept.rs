//! What the desktop app itself remembers, in a file of its own beside the catalogue. No secret is in here.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use holdfast_model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::UserError;
use crate::error::Result;
use crate::language::LanguageChoice;
use crate::views::{NewVersion, SetupStep, Theme};

const FILE: &str = "desktop.json";

/// The file's content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Kept {
    /// Where the set-up was left; none when it is done, or was never begun.
    pub(crate) setup: Option<Setup>,
    pub(crate) start_at_login: bool,
    pub(crate) keep_in_tray: bool,
    pub(crate) theme: Theme,
    pub(crate) language: LanguageChoice,
    pub(crate) notifications: bool,
    /// How far connecting Google is.
    pub(crate) guide: KeptGuide,
    /// What is waited for at Google.
    pub(crate) waiting: Option<Waiting>,
    pub(crate) looks_for_updates: bool,
    pub(crate) looked_for_updates: Option<Timestamp>,
    pub(crate) new_version: Option<NewVersion>,
}

/// What a person has done of the guide.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct KeptGuide {
    pub(crate) done: Vec<String>,
    pub(crate) key_file: String,
    pub(crate) admin: String,
    pub(crate) endpoints: Option<String>,
}

/// An authorisation that Google does not know of yet, or not whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Waiting {
    /// The name of the secret, while there is no Connection.
    pub(crate) secret: Option<String>,
    pub(crate) connection: Option<i64>,
    pub(crate) endpoints_note: Option<String>,
    pub(crate) admin: String,
    pub(crate) since: Timestamp,
    /// That it takes too long was told.
    pub(crate) is_told: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Setup {
    pub(crate) step: SetupStep,
    #[serde(default)]
    pub(crate) recovery_key_saved: bool,
}

impl Default for Kept {
    fn default() -> Self {
        Self {
            setup: None,
            start_at_login: true,
            keep_in_tray: true,
            theme: Theme::System,
            language: LanguageChoice::System,
            notifications: true,
            guide: KeptGuide::default(),
            waiting: None,
            looks_for_updates: false,
            looked_for_updates: None,
            new_version: None,
        }
    }
}

impl Kept {
    /// What is remembered; a file that cannot be understood counts as none, since nothing in it is worth stopping for.
    pub(crate) fn read(data_dir: &Path) -> Self {
        let read = fs::read(data_dir.join(FILE)).map(|bytes| serde_json::from_slice(&bytes));
        match read {
            Ok(Ok(kept)) => kept,
            Ok(Err(error)) => {
                tracing::warn!(%error, "the app's settings cannot be read; the defaults are used");
                Self::default()
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::default(),
            Err(error) => {
                tracing::warn!(%error, "the app's settings cannot be read; the defaults are used");
                Self::default()
            }
        }
    }

    /// Changes it, whole or not at all, and one after the other: none undoes what another has just changed.
    pub(crate) fn change(data_dir: &Path, change: impl FnOnce(&mut Self)) -> Result<Self> {
        static CHANGING: Mutex<()> = Mutex::new(());
        let _alone = CHANGING.lock().unwrap_or_else(PoisonError::into_inner);
        let mut kept = Self::read(data_dir);
        change(&mut kept);
        let failed = |error: &dyn std::fmt::Display| {
            UserError::of("file.failed", format!("{}: {error}", data_dir.join(FILE).display()))
        };
        crate::log::make_private(data_dir).map_err(|error| failed(&error))?;
        let json = serde_json::to_vec_pretty(&kept).map_err(|error| failed(&error))?;
        let mut file = tempfile::NamedTempFile::new_in(data_dir).map_err(|error| failed(&error))?;
        file.write_all(&json).and_then(|()| file.as_file().sync_all()).map_err(|error| failed(&error))?;
        file.persist(data_dir.join(FILE)).map_err(|error| failed(&error))?;
        Ok(kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_at_the_same_time_do_not_undo_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let change = |work: fn(&mut Kept)| Kept::change(folder.path(), work).map(drop).unwrap();
        for _ in 0..20 {
            Kept::change(folder.path(), |kept| *kept = Kept::default()).unwrap();
            std::thread::scope(|threads| {
                threads.spawn(|| change(|kept| kept.theme = Theme::Dark));
                threads.spawn(|| change(|kept| kept.keep_in_tray = false));
                threads.spawn(|| change(|kept| kept.looks_for_updates = true));
            });
            let kept = Kept::read(folder.path());
            assert_eq!((kept.theme, kept.keep_in_tray, kept.looks_for_updates), (Theme::Dark, false, true));
        }
    }
}
