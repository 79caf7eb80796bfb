//! A sentence in each language, and the one place where one of them is chosen.

use std::cell::Cell;
use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use ts_rs::{Config, TS};

use super::Language;

thread_local! {
    /// In which language what is serialised on this thread just now is told.
    static TELLING: Cell<Language> = const { Cell::new(Language::English) };
}

/// A sentence in each language. It reads and prints as its English; serialised inside of [`Told`] it is one plain string.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Said {
    english: String,
    /// None where it is the same: names, numbers, what somebody else said.
    german: Option<String>,
}

impl Said {
    /// What this says in each language.
    pub fn each(words: impl Fn(Language) -> String) -> Self {
        Self { english: words(Language::English), german: Some(words(Language::German)) }
    }

    /// It in one language.
    pub fn in_language(&self, language: Language) -> &str {
        match (language, &self.german) {
            (Language::German, Some(german)) => german,
            _ => &self.english,
        }
    }
}

impl Deref for Said {
    type Target = str;

    fn deref(&self) -> &str {
        &self.english
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.english)
    }
}

/// The same in every language.
impl From<String> for Said {
    fn from(same: String) -> Self {
        Self { english: same, german: None }
    }
}

impl From<&str> for Said {
    fn from(same: &str) -> Self {
        same.to_owned().into()
    }
}

impl PartialEq<str> for Said {
    fn eq(&self, other: &str) -> bool {
        self.english == other
    }
}

impl PartialEq<&str> for Said {
    fn eq(&self, other: &&str) -> bool {
        self.english == *other
    }
}

impl Serialize for Said {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.in_language(TELLING.get()))
    }
}

impl<'de> Deserialize<'de> for Said {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

impl TS for Said {
    type WithoutGenerics = Self;
    type OptionInnerType = Self;

    fn name(_: &Config) -> String {
        "string".to_owned()
    }

    fn inline(config: &Config) -> String {
        Self::name(config)
    }
}

/// What leaves in one language: everything [`Said`] in it is serialised as that.
#[derive(Clone, Debug)]
pub struct Told<T> {
    what: T,
    language: Language,
}

impl<T> Told<T> {
    /// It in this language.
    pub fn new(what: T, language: Language) -> Self {
        Self { what, language }
    }
}

impl<T: Serialize> Serialize for Told<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        /// Also where it panics.
        struct Until(Language);
        impl Drop for Until {
            fn drop(&mut self) {
                TELLING.set(self.0);
            }
        }
        let _until = Until(TELLING.replace(self.language));
        self.what.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_is_in_one_language_and_nothing_else_changes() {
        let said = Said::each(|language| match language {
            Language::English => "Not protected".to_owned(),
            Language::German => "Nicht geschützt".to_owned(),
        });
        let list = vec![said.clone(), Said::from("acme.example")];
        let (english, german) =
            (r#"["Not protected","acme.example"]"#, r#"["Nicht geschützt","acme.example"]"#);
        for (language, expected) in [(Language::German, german), (Language::English, english)] {
            assert_eq!(serde_json::to_string(&Told::new(&list, language)).unwrap(), expected);
            assert_eq!(serde_json::to_string(&list).unwrap(), english);
        }
        assert_eq!(
            format!("{said:>15}|{}", said.in_language(Language::German)),
            "  Not protected|Nicht geschützt"
        );
        assert!(said == "Not protected");
    }
}
