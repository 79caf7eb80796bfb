//! How our types look in SQL, both ways. What does not fit on the way back is a damaged catalogue, never a default.

use holdfast_model::Timestamp;
use rusqlite::Row;
use rusqlite::types::{FromSql, Type};
use serde::Serialize;
use serde::de::value::{Error as WordError, StrDeserializer};
use serde::de::{Deserialize, DeserializeOwned, IntoDeserializer};

use crate::{CatalogError, Result};

/// The columns of a row, read from left to right.
pub(crate) struct Columns<'r> {
    row: &'r Row<'r>,
    next: usize,
}

impl<'r> Columns<'r> {
    pub(crate) fn of(row: &'r Row<'r>) -> Self {
        Self { row, next: 0 }
    }

    pub(crate) fn get<T: FromSql>(&mut self) -> rusqlite::Result<T> {
        let column = self.next;
        self.next += 1;
        self.row.get(column)
    }

    pub(crate) fn count(&mut self) -> rusqlite::Result<u64> {
        let value: i64 = self.get()?;
        u64::try_from(value).map_err(|error| self.unfit(error))
    }

    pub(crate) fn maybe_count(&mut self) -> rusqlite::Result<Option<u64>> {
        let value: Option<i64> = self.get()?;
        value.map(|value| u64::try_from(value).map_err(|error| self.unfit(error))).transpose()
    }

    pub(crate) fn small(&mut self) -> rusqlite::Result<u32> {
        self.get()
    }

    pub(crate) fn time(&mut self) -> rusqlite::Result<Timestamp> {
        let micros: i64 = self.get()?;
        Timestamp::from_microsecond(micros).map_err(|error| self.unfit(error))
    }

    pub(crate) fn maybe_time(&mut self) -> rusqlite::Result<Option<Timestamp>> {
        let micros: Option<i64> = self.get()?;
        micros.map(|m| Timestamp::from_microsecond(m).map_err(|error| self.unfit(error))).transpose()
    }

    /// An enum by the word that serde knows it by.
    pub(crate) fn word<T: for<'de> Deserialize<'de>>(&mut self) -> rusqlite::Result<T> {
        let column = self.next;
        self.next += 1;
        let word = self.row.get_ref(column)?.as_str()?;
        parse_word(word).map_err(|error| self.unfit(error))
    }

    pub(crate) fn maybe_word<T: for<'de> Deserialize<'de>>(&mut self) -> rusqlite::Result<Option<T>> {
        let column = self.next;
        self.next += 1;
        match self.row.get_ref(column)?.as_str_or_null()? {
            Some(word) => parse_word(word).map(Some).map_err(|error| self.unfit(error)),
            None => Ok(None),
        }
    }

    pub(crate) fn json<T: DeserializeOwned>(&mut self) -> rusqlite::Result<T> {
        let column = self.next;
        self.next += 1;
        serde_json::from_str(self.row.get_ref(column)?.as_str()?).map_err(|error| self.unfit(error))
    }

    pub(crate) fn maybe_json<T: DeserializeOwned>(&mut self) -> rusqlite::Result<Option<T>> {
        let column = self.next;
        self.next += 1;
        match self.row.get_ref(column)?.as_str_or_null()? {
            Some(text) => serde_json::from_str(text).map(Some).map_err(|error| self.unfit(error)),
            None => Ok(None),
        }
    }

    /// The value just read does not fit.
    pub(crate) fn unfit(&self, error: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
        rusqlite::Error::FromSqlConversionFailure(self.next - 1, Type::Text, Box::new(error))
    }
}

fn parse_word<T: for<'de> Deserialize<'de>>(word: &str) -> std::result::Result<T, WordError> {
    let word: StrDeserializer<'_, WordError> = word.into_deserializer();
    T::deserialize(word)
}

/// A count as SQL has it. Counts above 2^63 do not occur; a hostile one is kept as the largest.
pub(crate) fn int(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// See [`int`].
pub(crate) fn maybe_int(count: Option<u64>) -> Option<i64> {
    count.map(int)
}

/// A time as SQL has it.
pub(crate) fn micros(time: Timestamp) -> i64 {
    time.as_microsecond()
}

/// See [`micros`].
pub(crate) fn maybe_micros(time: Option<Timestamp>) -> Option<i64> {
    time.map(micros)
}

/// A value as JSON text.
pub(crate) fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|error| CatalogError::Sqlite(rusqlite::Error::ToSqlConversionFailure(Box::new(error))))
}

/// How addresses and names are compared: without regard to case.
pub(crate) fn key(text: &str) -> String {
    text.trim().to_lowercase()
}

/// An enum whose variants are words in SQL, in JSON and on the command line.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word in SQL, in JSON and on the command line.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use words;

/// The id of a row that only the catalogue knows.
macro_rules! row_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}
pub(crate) use row_id;
