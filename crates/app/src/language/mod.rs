//! In which language people are told things. Everything is said in English; what leaves for the window, the tray or the
//! system's notifications is said in the language that a person chose ([`Told`], [`Language::say`]). Command line, log,
//! support bundle, e-mails and webhooks are in English.

#[cfg(test)]
mod complete;
mod german;
mod phrases;
mod told;

use std::borrow::Cow;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use phrases::Phrases;
pub(crate) use told::telling;
pub use told::{Told, Words, words};

static GERMAN: LazyLock<Phrases> = LazyLock::new(|| Phrases::new(german::pairs(), ',', '.'));

/// A language that Holdfast speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Also of the command line and the log.
    #[default]
    English,
    /// With "Sie".
    German,
}

/// What a person chose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LanguageChoice {
    /// That of the system, where Holdfast speaks it.
    #[default]
    System,
    /// English.
    English,
    /// German.
    German,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::English, Self::German];

    /// An English text of Holdfast in this language. What is not Holdfast's own, such as the words of a Cloud, stays as it is.
    pub fn say(self, english: &str) -> Cow<'_, str> {
        match self {
            Self::English => Cow::Borrowed(english),
            Self::German => GERMAN.say(english),
        }
    }

    /// What happened, for an error whose own words have nothing in this language: in general, by its code.
    pub(crate) fn general(self, code: &str) -> Option<&'static str> {
        match self {
            Self::English => None,
            Self::German => german::general(code),
        }
    }

    /// The first of the system's languages that Holdfast speaks.
    pub fn of_system() -> Self {
        Self::first_of(sys_locale::get_locales())
    }

    fn first_of(tags: impl IntoIterator<Item = String>) -> Self {
        let known = |tag: String| match tag.split(['-', '_', '.']).next()?.to_ascii_lowercase().as_str() {
            "de" => Some(Self::German),
            "en" | "c" | "posix" => Some(Self::English),
            _ => None,
        };
        tags.into_iter().find_map(known).unwrap_or_default()
    }
}

impl LanguageChoice {
    /// The language to speak on a system of this language.
    pub fn on(self, system: Language) -> Language {
        match self {
            Self::System => system,
            Self::English => Language::English,
            Self::German => Language::German,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_language_of_the_system_that_is_spoken() {
        let rows = [
            (&["de-AT", "en"][..], Language::German),
            (&["de_DE.UTF-8"], Language::German),
            (&["fr-FR", "DE"], Language::German),
            (&["en-GB", "de"], Language::English),
            (&["C", "de"], Language::English),
            (&["den-CA"], Language::English),
            (&["", "-", "日本"], Language::English),
            (&[], Language::English),
        ];
        for (tags, expected) in rows {
            assert_eq!(Language::first_of(tags.iter().map(|tag| (*tag).to_owned())), expected, "{tags:?}");
        }
    }

    #[test]
    fn a_choice_outdoes_the_system() {
        for system in Language::ALL {
            assert_eq!(LanguageChoice::System.on(system), system);
            assert_eq!(LanguageChoice::English.on(system), Language::English);
            assert_eq!(LanguageChoice::German.on(system), Language::German);
        }
    }
}
