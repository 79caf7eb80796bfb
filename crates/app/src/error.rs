//! What a person is told when something fails. The English words are in one table, by stable code.

mod table;

use std::borrow::Cow;
use std::fmt;

use holdfast_engine::EngineError;
use holdfast_engine::vault::VaultError;
use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};
use ts_rs::TS;

use crate::format;
use crate::language::{Language, telling};
pub use table::{ROWS, Row};

/// So much of a detail is told: it may quote what somebody sent, whatever its length.
const MOST_LETTERS: usize = 1_000;

/// An error as a person meets it: on a screen, on the terminal, in JSON.
#[derive(Clone, Debug, PartialEq, Eq, TS)]
pub struct UserError {
    /// Stable; a screen maps it to a button, a script to a decision.
    #[ts(type = "UserErrorCode")]
    pub code: String,
    /// What happened, a sentence.
    pub what: String,
    /// What to do, one or two sentences.
    pub todo: String,
    /// True where the same step may succeed later without a change.
    pub can_retry: bool,
    /// The words of whatever failed first: the provider's reason, the system's error.
    pub detail: Option<String>,
}

impl UserError {
    /// The error of this code. `detail` is a lower-case fragment; rows that say so are worded by it.
    pub fn of(code: &str, detail: impl Into<String>) -> Self {
        let detail = shortened(detail.into());
        let row = table::row(code);
        let told = format::sentence(&detail);
        let told = if row.what.starts_with('{') { told } else { uncapitalised(&detail, &told) };
        let what = row.what.replace("{detail}", &told);
        let is_told = row.what.contains("{detail}") || detail.is_empty();
        Self {
            code: code.to_owned(),
            what,
            todo: row.todo.to_owned(),
            can_retry: row.can_retry,
            detail: (!is_told).then_some(detail),
        }
    }

    /// What a code means where nothing else is known of the failure: where its words are all the failure's own, what to do.
    pub fn meaning(code: &str) -> Option<String> {
        let row = ROWS.iter().find(|row| row.code == code)?;
        let Some((before, _)) = row.what.split_once("{detail}") else { return Some(row.what.to_owned()) };
        let before = before.trim_end_matches([':', ' ']);
        Some(if before.is_empty() { row.todo.to_owned() } else { format!("{before}.") })
    }

    /// What happened, what to do and the details in a language. Where the failure's own words say what happened and have
    /// nothing in this language, it is said in general, and they are the details.
    pub fn told(&self, language: Language) -> (Cow<'_, str>, Cow<'_, str>, Option<Cow<'_, str>>) {
        let (what, todo) = (language.say(&self.what), language.say(&self.todo));
        let is_own = table::row(&self.code).what == "{detail}" && what == self.what.as_str();
        match language.general(&self.code).filter(|_| is_own) {
            Some(general) => (general.into(), todo, Some(what)),
            None => (what, todo, self.detail.as_deref().map(|detail| language.say(detail))),
        }
    }

    /// True where the command line itself was wrong, so that nothing was tried.
    pub fn is_wrong_usage(&self) -> bool {
        self.code.starts_with("input.") || self.code == "connection.which"
    }

    /// True where a person ended it.
    pub fn is_cancelled(&self) -> bool {
        self.code == "cancelled"
    }
}

impl fmt::Display for UserError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.what, self.todo)
    }
}

impl std::error::Error for UserError {}

impl Serialize for UserError {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let (what, todo, detail) = self.told(telling());
        let mut fields = serializer.serialize_struct("UserError", 5)?;
        fields.serialize_field("code", &self.code)?;
        fields.serialize_field("what", &what)?;
        fields.serialize_field("todo", &todo)?;
        fields.serialize_field("can_retry", &self.can_retry)?;
        fields.serialize_field("detail", &detail)?;
        fields.end()
    }
}

impl From<EngineError> for UserError {
    fn from(error: EngineError) -> Self {
        // The engine tells these apart by their words alone; a person does different things about them.
        let code = match &error {
            EngineError::Vault(VaultError::AlreadyExists { .. }) => "repository.already_exists",
            EngineError::Vault(VaultError::NotEmpty { .. }) => "repository.not_empty",
            EngineError::Vault(VaultError::TooNew { .. }) => "repository.too_new",
            EngineError::Vault(VaultError::Cancelled) => "cancelled",
            other => other.code(),
        };
        Self::of(code, error.to_string())
    }
}

fn shortened(text: String) -> String {
    match text.char_indices().nth(MOST_LETTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// The sentence as it goes on after a colon: with the first letter as it was.
fn uncapitalised(detail: &str, sentence: &str) -> String {
    let first = detail.trim().chars().next().map_or_else(String::new, String::from);
    let rest: String = sentence.chars().skip(1).collect();
    format!("{first}{rest}")
}

/// The result of a thing a person did.
pub type Result<T> = std::result::Result<T, UserError>;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_words_of_every_error() {
        let told: Vec<String> = ROWS
            .iter()
            .map(|row| {
                let retry = if row.can_retry { " (can be tried again)" } else { "" };
                format!("{}{retry}\n  {}\n  {}", row.code, row.what, row.todo)
            })
            .collect();
        insta::assert_snapshot!(told.join("\n"));
    }

    #[test]
    fn what_somebody_sent_is_not_repeated_without_end() {
        for code in ["input.bad", "catalogue.failed"] {
            let error = UserError::of(code, format!("there is no '{}'", "é".repeat(100_000)));
            let told = error.what + &error.detail.unwrap_or_default();
            assert!(told.contains("…") && told.chars().count() < 1_200, "{code}: {}", told.len());
        }
        assert_eq!(UserError::of("input.bad", "it is short").what, "It is short.");
    }

    #[test]
    fn a_code_alone_says_what_it_means_without_the_failures_own_words() {
        for row in ROWS {
            let meaning = UserError::meaning(row.code).unwrap();
            let is_sentence =
                meaning.ends_with('.') && !meaning.contains(['{', '}']) && !meaning.contains(": .");
            assert!(is_sentence, "{}: {meaning}", row.code);
        }
        assert_eq!(UserError::meaning("storage.in_use").unwrap(), "The storage cannot be moved now.");
        let todo = "Choose fewer users, or raise the limit of licenses.";
        assert_eq!(UserError::meaning("licenses.too_few").unwrap(), todo);
        assert_eq!(UserError::meaning("nothing.known"), None);
    }

    #[test]
    fn codes_are_unique_and_every_row_says_what_and_what_to_do() {
        let codes: BTreeSet<_> = ROWS.iter().map(|row| row.code).collect();
        assert_eq!(codes.len(), ROWS.len());
        for row in ROWS {
            let error = UserError::of(row.code, "something failed");
            for text in [&error.what, &error.todo] {
                let is_sentence = text.ends_with('.') && text.starts_with(|c: char| !c.is_lowercase());
                assert!(is_sentence && !text.contains('{') && !text.contains('!'), "{}: {text}", row.code);
            }
        }
    }

    #[test]
    fn every_code_of_the_engine_has_its_words() {
        let source = include_str!("../../engine/src/error.rs");
        let mut seen = 0;
        for quoted in source.split('"').skip(1).step_by(2) {
            let is_code = quoted.split_once('.').is_some_and(|(area, name)| {
                let word = |text: &str| {
                    !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
                };
                word(area) && word(name)
            });
            if is_code {
                seen += 1;
                assert!(ROWS.iter().any(|row| row.code == quoted), "no words for {quoted}");
            }
        }
        assert!(seen > 20, "the codes were not found");
    }

    #[test]
    fn an_unknown_code_keeps_its_name_and_its_detail() {
        let error = UserError::of("from.the_future", "what it said");
        assert_eq!(error.code, "from.the_future");
        assert_eq!(error.detail.as_deref(), Some("what it said"));
    }
}
