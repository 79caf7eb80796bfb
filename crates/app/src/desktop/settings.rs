//! What the app itself is set to, and what it is made of.

use std::sync::PoisonError;

use super::Desktop;
use super::kept::Kept;
use crate::error::Result;
use crate::language::Language;
use crate::log;
use crate::views::{AboutView, AppEvent, AppSettings};

impl Desktop {
    /// What the app is set to.
    pub async fn app_settings(&self) -> Result<AppSettings> {
        Ok(self.settings_of(Kept::read(self.own_data_dir())))
    }

    /// Sets what the app is set to. The shell applies `start_at_login` to the system.
    pub async fn set_app_settings(&self, settings: AppSettings) -> Result<AppSettings> {
        let AppSettings { start_at_login, keep_in_tray, theme, language, notifications, .. } = settings;
        let kept = self
            .change_kept(move |kept| {
                (kept.start_at_login, kept.keep_in_tray) = (start_at_login, keep_in_tray);
                (kept.theme, kept.language, kept.notifications) = (theme, language, notifications);
            })
            .await?;
        let spoken = kept.language.on(self.0.options.system_language);
        *self.0.language.lock().unwrap_or_else(PoisonError::into_inner) = spoken;
        self.tell(AppEvent::Settings);
        Ok(self.settings_of(kept))
    }

    /// The language that is spoken.
    pub fn language(&self) -> Language {
        *self.0.language.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What Help > About shows.
    pub async fn about(&self) -> Result<AboutView> {
        Ok(AboutView {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            licence: env!("CARGO_PKG_LICENSE").replace(" OR ", " or "),
            repository_format: "restic's repository format, version 2: stock restic lists, checks and restores it."
                .to_owned(),
            notices: "Holdfast is made with open source under permissive licences, among them rustic_core (MIT or \
                      Apache-2.0), SQLite (public domain), Tauri (MIT or Apache-2.0), React and Mantine (MIT). Google \
                      Workspace, Box and Microsoft 365 are trademarks of their owners, who have no part in it."
                .to_owned(),
        })
    }

    fn settings_of(&self, kept: Kept) -> AppSettings {
        AppSettings {
            start_at_login: kept.start_at_login,
            keep_in_tray: kept.keep_in_tray,
            theme: kept.theme,
            language: kept.language,
            spoken: kept.language.on(self.0.options.system_language),
            notifications: kept.notifications,
            log_folder: log::folder(self.own_data_dir()).to_string_lossy().into_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            data_dir: self.own_data_dir().to_string_lossy().into_owned(),
        }
    }
}
