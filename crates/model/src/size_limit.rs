//! A limit of sizes at one level of settings.

use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use ts_rs::TS;

/// The word for no limit.
const NONE: &str = "none";
/// The largest number that a page can send. Settings of before there was a word for it hold this or a larger one.
const AS_GOOD_AS_NONE: u64 = (1 << 53) - 1;

/// What a level sets: a limit, or that there is none whatever comes from above. Written as a number of bytes or as
/// `"none"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, TS)]
#[ts(type = "number | \"none\"")]
pub enum SizeLimit {
    /// Nothing is left out for its size.
    None,
    /// What is larger than so many bytes is left out.
    Bytes(u64),
}

impl SizeLimit {
    /// As a whole Policy has it.
    pub const fn bytes(self) -> Option<u64> {
        match self {
            Self::None => None,
            Self::Bytes(bytes) => Some(bytes),
        }
    }
}

impl From<Option<u64>> for SizeLimit {
    fn from(limit: Option<u64>) -> Self {
        match limit {
            Some(bytes) if bytes < AS_GOOD_AS_NONE => Self::Bytes(bytes),
            _ => Self::None,
        }
    }
}

impl Serialize for SizeLimit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::None => serializer.serialize_str(NONE),
            Self::Bytes(bytes) => serializer.serialize_u64(*bytes),
        }
    }
}

impl<'de> Deserialize<'de> for SizeLimit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Written)
    }
}

struct Written;

impl Visitor<'_> for Written {
    type Value = SizeLimit;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a number of bytes, or \"{NONE}\" for no limit")
    }

    fn visit_u64<E: de::Error>(self, bytes: u64) -> Result<SizeLimit, E> {
        Ok(SizeLimit::from(Some(bytes)))
    }

    fn visit_i64<E: de::Error>(self, bytes: i64) -> Result<SizeLimit, E> {
        let bytes =
            u64::try_from(bytes).map_err(|_| E::invalid_value(de::Unexpected::Signed(bytes), &self))?;
        self.visit_u64(bytes)
    }

    fn visit_str<E: de::Error>(self, word: &str) -> Result<SizeLimit, E> {
        if word == NONE {
            Ok(SizeLimit::None)
        } else {
            Err(E::invalid_value(de::Unexpected::Str(word), &self))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Policy, PolicyOverride};

    #[test]
    fn a_level_inherits_a_limit_takes_it_away_or_sets_its_own() {
        let above = Policy { exclude_larger_than: Some(5), ..Policy::default() };
        for (written, expected) in [
            ("{}", Some(5)),
            (r#"{"exclude_larger_than": "none"}"#, None),
            (r#"{"exclude_larger_than": 7}"#, Some(7)),
            (r#"{"exclude_larger_than": 0}"#, Some(0)),
            // As the page of an earlier version wrote it.
            (r#"{"exclude_larger_than": 9007199254740991}"#, None),
        ] {
            let set: PolicyOverride = serde_json::from_str(written).unwrap();
            assert_eq!(above.clone().overridden_by(&set).exclude_larger_than, expected, "{written}");
            let again: PolicyOverride = serde_json::from_str(&serde_json::to_string(&set).unwrap()).unwrap();
            assert_eq!(again, set, "{written}");
        }
        for wrong in [r#""much""#, "-1", "1.5", "[]"] {
            assert!(serde_json::from_str::<SizeLimit>(wrong).is_err(), "{wrong}");
        }
    }
}
