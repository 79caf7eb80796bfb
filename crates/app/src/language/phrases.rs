//! The sentences of one language, found by their English.
//!
//! Sentences come from far: from the engine and the Clouds, from another process, from the catalogue, where they were
//! written down weeks ago. All of these are in English. On its way to the window a sentence is looked up by its English
//! words, as gettext does it: `("{} is paused {}", "{0} ist {1} pausiert")`. What stands for `{}` is looked up in turn.
//!
//! What a Cloud says, and what people call things, is in between and has to stay as it is. `{n}` is therefore a number
//! only, `{w}` one word such as an address, and `{name}` what is not looked up.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::format;

/// English and what it is in the language. `{}` stands for a part, in the language in any order as `{0}`, `{1}`.
pub(super) type Pair = (&'static str, &'static str);

/// Parts within parts.
const DEEPEST: u8 = 4;
/// What is longer is no sentence of ours.
const LONGEST: usize = 4_000;

/// So many texts are remembered with what they are in the language: a list of 10,000 people says the same few hundred.
const MOST_SAID: usize = 4_096;
/// What is longer is not said of each of many rows.
const LONGEST_SAID: usize = 400;

/// All sentences of a language.
pub(super) struct Phrases {
    whole: HashMap<&'static str, &'static str>,
    /// Those with parts, the most telling first.
    patterns: Vec<Pattern>,
    /// What was asked for before; none where it is not known.
    said: Mutex<HashMap<Box<str>, Option<Box<str>>>>,
    decimal: char,
    group: char,
}

struct Pattern {
    /// What stands before, between and after the parts.
    fixed: Vec<&'static str>,
    /// What each part may be.
    kinds: Vec<Kind>,
    said: &'static str,
}

/// What a part may be, by the word in its braces.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// Anything.
    Any,
    /// `{n}`: digits, as English writes a number.
    Number,
    /// `{w}`: one word.
    Word,
    /// `{name}`: anything, which stays as it is.
    Name,
}

impl Kind {
    fn of(word: &str) -> Self {
        match word {
            "n" => Self::Number,
            "w" => Self::Word,
            "name" => Self::Name,
            _ => Self::Any,
        }
    }

    fn fits(self, part: &str) -> bool {
        match self {
            Self::Any | Self::Name => true,
            Self::Number => part.chars().all(|c| c.is_ascii_digit() || c == ',' || c == '.'),
            Self::Word => !part.contains(char::is_whitespace),
        }
    }
}

impl Phrases {
    pub(super) fn new(pairs: impl IntoIterator<Item = Pair>, decimal: char, group: char) -> Self {
        let (mut whole, mut patterns) = (HashMap::new(), Vec::new());
        for (english, said) in pairs {
            let (fixed, words) = taken_apart(english);
            if words.is_empty() {
                whole.insert(english, said);
            } else {
                let kinds = words.into_iter().map(Kind::of).collect();
                patterns.push(Pattern { fixed, kinds, said });
            }
        }
        let told = |pattern: &Pattern| pattern.fixed.iter().map(|part| part.len()).sum::<usize>();
        patterns.sort_by_key(|pattern| std::cmp::Reverse(told(pattern)));
        Self { whole, patterns, said: Mutex::default(), decimal, group }
    }

    /// The text in this language; what is not known stays as it is.
    pub(super) fn say<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if text.len() > LONGEST {
            return Cow::Borrowed(text);
        }
        if text.len() > LONGEST_SAID {
            return self.known(text, DEEPEST).map_or(Cow::Borrowed(text), Cow::Owned);
        }
        let remembered = self.said.lock().unwrap_or_else(PoisonError::into_inner).get(text).cloned();
        let known = remembered.unwrap_or_else(|| {
            let known = self.known(text, DEEPEST).map(String::into_boxed_str);
            let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
            if said.len() >= MOST_SAID {
                said.clear();
            }
            said.insert(text.into(), known.clone());
            known
        });
        known.map_or(Cow::Borrowed(text), |known| Cow::Owned(known.into_string()))
    }

    fn known(&self, text: &str, depth: u8) -> Option<String> {
        self.phrase(&[text], depth)
            .or_else(|| self.as_fragment(text, depth))
            .or_else(|| self.each_sentence(text, depth))
    }

    /// The first of these ways to write a text that is known as a whole, else the one that the most telling pattern fits.
    fn phrase(&self, ways: &[&str], depth: u8) -> Option<String> {
        if let Some(said) = ways.iter().find_map(|text| self.whole.get(text)) {
            return Some((*said).to_owned());
        }
        let depth = depth.checked_sub(1)?;
        self.patterns.iter().find_map(|pattern| {
            let parts = ways.iter().find_map(|text| pattern.parts(text))?;
            let parts: Vec<Cow<'_, str>> = parts
                .into_iter()
                .zip(&pattern.kinds)
                .map(|(part, kind)| match kind {
                    Kind::Name => Cow::Borrowed(part),
                    _ => self.part(part, depth),
                })
                .collect();
            Some(filled(pattern.said, &parts))
        })
    }

    /// A sentence that was made of a fragment: its first letter and its full stop are the sentence's own.
    fn as_fragment(&self, text: &str, depth: u8) -> Option<String> {
        let body = text.strip_suffix('.').unwrap_or(text);
        let first = body.chars().next()?;
        let lowered = format!("{}{}", first.to_lowercase(), &body[first.len_utf8()..]);
        let said = self.phrase(&[body, &lowered], depth)?;
        let stop = if text.ends_with('.') && !said.ends_with('.') { "." } else { "" };
        Some(if first.is_uppercase() { format!("{}{stop}", format::capitalised(&said)) } else { said + stop })
    }

    /// Several sentences, each for itself.
    fn each_sentence(&self, text: &str, depth: u8) -> Option<String> {
        let mut ends: Vec<usize> = text.match_indices(". ").map(|(at, _)| at + 1).collect();
        if ends.is_empty() {
            return None;
        }
        ends.push(text.len());
        let (mut said, mut from, mut is_known) = (Vec::new(), 0, false);
        for end in ends {
            let sentence = text[from..end].trim();
            let known = self.phrase(&[sentence], depth).or_else(|| self.as_fragment(sentence, depth));
            is_known |= known.is_some();
            said.push(known.unwrap_or_else(|| sentence.to_owned()));
            from = end;
        }
        is_known.then(|| said.join(" "))
    }

    fn part<'a>(&self, part: &'a str, depth: u8) -> Cow<'a, str> {
        if let Some(written) = self.number(part).or_else(|| self.date(part)) {
            return Cow::Owned(written);
        }
        self.known(part, depth).map_or(Cow::Borrowed(part), Cow::Owned)
    }

    /// `1 May 2026` with the language's month.
    fn date(&self, text: &str) -> Option<String> {
        let [day, month, year] = text.split(' ').collect::<Vec<_>>().try_into().ok()?;
        let is_number = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
        let month = self.whole.get(month)?;
        (is_number(day) && is_number(year)).then(|| format!("{day}. {month} {year}"))
    }

    /// `1,234` or `1.4` as the language writes them.
    fn number(&self, text: &str) -> Option<String> {
        let is_digit = |c: char| c.is_ascii_digit();
        if !text.starts_with(is_digit) || !text.ends_with(is_digit) {
            return None;
        }
        let grouped = text.contains(',') && text.chars().all(|c| is_digit(c) || c == ',');
        let broken = text.matches('.').count() == 1 && text.chars().all(|c| is_digit(c) || c == '.');
        let swapped = |c| match c {
            ',' => self.group,
            '.' => self.decimal,
            other => other,
        };
        (grouped || broken).then(|| text.chars().map(swapped).collect())
    }
}

impl Pattern {
    /// What stands in this text for the parts, where it fits: each as short as can be, the last up to the end.
    fn parts<'a>(&self, text: &'a str) -> Option<Vec<&'a str>> {
        let (first, rest) = self.fixed.split_first()?;
        let (last, between) = rest.split_last()?;
        let mut left = text.strip_prefix(first)?.strip_suffix(last)?;
        let mut parts = Vec::new();
        for fixed in between {
            let (part, after) = left.split_once(fixed)?;
            parts.push(part);
            left = after;
        }
        parts.push(left);
        let fits = |(part, kind): (&&str, &Kind)| !part.is_empty() && kind.fits(part);
        parts.iter().zip(&self.kinds).all(fits).then_some(parts)
    }
}

/// What stands around the parts: `{}`, or `{detail}` as the tables of errors and causes name theirs.
#[cfg(test)]
pub(super) fn around_parts(english: &str) -> Vec<&str> {
    taken_apart(english).0
}

/// What stands around the parts, and the words in their braces: one fewer.
fn taken_apart(english: &str) -> (Vec<&str>, Vec<&str>) {
    let (mut fixed, mut words) = (Vec::new(), Vec::new());
    let mut left = english;
    while let Some((before, (word, after))) =
        left.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
    {
        fixed.push(before);
        words.push(word);
        left = after;
    }
    fixed.push(left);
    (fixed, words)
}

/// The text with its parts in their places.
fn filled(said: &str, parts: &[Cow<'_, str>]) -> String {
    let (mut text, mut left, mut next) = (String::new(), said, 0);
    while let Some((before, rest)) = left.split_once('{') {
        let Some((place, after)) = rest.split_once('}') else { break };
        text.push_str(before);
        let at = place.parse().unwrap_or(next);
        text.push_str(parts.get(at).map_or("", |part| part));
        next = at + 1;
        left = after;
    }
    text.push_str(left);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &[Pair] = &[
        ("{} is paused {}", "{0} ist {1} pausiert"),
        ("the org unit {}", "die Einheit {}"),
        ("until someone ends it", "bis es jemand beendet"),
        ("Not protected", "Nicht geschützt"),
        ("{}, last good copy {}", "{}, letzte gute Kopie {}"),
        ("{} days ago", "vor {} Tagen"),
        ("{} of {} are free", "{} von {} sind frei"),
        ("{} are free", "{} sind frei"),
        ("{} MB", "{} MB"),
        ("Nothing was changed.", "Nichts wurde geändert."),
        ("{} is protected", "{} ist geschützt"),
        (
            "switch it on, and who joins is protected",
            "schalten Sie es ein, dann ist geschützt, wer dazukommt",
        ),
    ];

    fn say(text: &str) -> String {
        Phrases::new(TABLE.iter().copied(), ',', '.').say(text).into_owned()
    }

    #[test]
    fn a_sentence_is_found_by_its_english() {
        let rows = [
            ("Not protected", "Nicht geschützt"),
            ("Not protected, last good copy 4 days ago", "Nicht geschützt, letzte gute Kopie vor 4 Tagen"),
            (
                "the org unit /Sales is paused until someone ends it",
                "die Einheit /Sales ist bis es jemand beendet pausiert",
            ),
            ("The org unit /Sales.", "Die Einheit /Sales."),
            ("1,234 of 2,000 are free", "1.234 von 2.000 sind frei"),
            ("1.4 MB are free. Nothing was changed.", "1,4 MB sind frei. Nichts wurde geändert."),
            (
                "Switch it on, and who joins is protected.",
                "Schalten Sie es ein, dann ist geschützt, wer dazukommt.",
            ),
            ("Anna@acme.example is protected.", "Anna@acme.example ist geschützt."),
            ("acme.example", "acme.example"),
            ("10.1.2.3 are free", "10.1.2.3 sind frei"),
            ("", ""),
        ];
        for (english, german) in rows {
            assert_eq!(say(english), german, "{english}");
        }
    }

    #[test]
    fn what_was_said_is_said_again_and_what_is_remembered_has_a_bound() {
        let phrases = Phrases::new([("{} waits", "{} wartet"), ("nobody", "niemand")], ',', '.');
        for _ in 0..2 {
            for n in 0..MOST_SAID + 10 {
                assert_eq!(phrases.say(&format!("{n} waits")), format!("{n} wartet"));
            }
            assert_eq!((&*phrases.say("nobody"), &*phrases.say("who else")), ("niemand", "who else"));
        }
        assert!(phrases.said.lock().unwrap().len() <= MOST_SAID);
    }

    #[test]
    fn what_somebody_else_wrote_neither_breaks_nor_slows_it() {
        for text in
            ["é is paused ", " is paused é", "{0} is paused {9}", "{ is paused }", "ß. é. ", ". ", "."]
        {
            let said = say(text);
            assert!(said.len() <= text.len() + 40, "{text}: {said}");
        }
        let nested = "x is paused ".repeat(300);
        assert!(say(&nested).len() < 10_000);
        let long = "the org unit é".repeat(100_000);
        assert_eq!(say(&long), long);
    }
}
