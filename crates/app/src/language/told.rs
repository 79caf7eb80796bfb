//! The one place where a language is chosen: where an answer leaves for the window.

use std::cell::Cell;

use serde::{Serialize, Serializer};

use super::Language;

thread_local! {
    /// In which language what is serialised on this thread just now is told.
    static TELLING: Cell<Language> = const { Cell::new(Language::English) };
}

/// An answer in one language: what its fields mark as words for people ([`words`]) is serialised in that.
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

/// A field that holds words for people. Outside of [`Told`] they are written as they are.
pub trait Words {
    /// Writes them in this language.
    fn write<S: Serializer>(&self, language: Language, serializer: S) -> Result<S::Ok, S::Error>;
}

impl Words for String {
    fn write<S: Serializer>(&self, language: Language, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&language.say(self))
    }
}

impl Words for Option<String> {
    fn write<S: Serializer>(&self, language: Language, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_deref().map(|text| language.say(text)).serialize(serializer)
    }
}

impl Words for Vec<String> {
    fn write<S: Serializer>(&self, language: Language, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(|text| language.say(text)))
    }
}

/// The language of what is serialised on this thread just now.
pub(crate) fn telling() -> Language {
    TELLING.get()
}

/// For `#[serde(serialize_with)]` on a field of [`Words`].
pub fn words<W: Words, S: Serializer>(words: &W, serializer: S) -> Result<S::Ok, S::Error> {
    words.write(telling(), serializer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Answer {
        name: String,
        #[serde(serialize_with = "words")]
        state: String,
        #[serde(serialize_with = "words")]
        notes: Vec<String>,
        #[serde(serialize_with = "words")]
        todo: Option<String>,
    }

    #[test]
    fn words_are_told_in_one_language_and_names_stay_as_they_are() {
        let answer = Answer {
            name: "Not protected".to_owned(),
            state: "Not protected".to_owned(),
            notes: vec!["Paused".to_owned(), "acme.example".to_owned()],
            todo: None,
        };
        let (english, german) = (
            r#"{"name":"Not protected","state":"Not protected","notes":["Paused","acme.example"],"todo":null}"#,
            r#"{"name":"Not protected","state":"Nicht geschützt","notes":["Pausiert","acme.example"],"todo":null}"#,
        );
        for (language, expected) in [(Language::German, german), (Language::English, english)] {
            assert_eq!(serde_json::to_string(&Told::new(&answer, language)).unwrap(), expected);
            assert_eq!(serde_json::to_string(&answer).unwrap(), english);
        }
    }
}
