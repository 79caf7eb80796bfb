//! Holds German to the sources of the sentences: what they say in English it says as well.

use std::collections::BTreeSet;

use super::phrases::around_parts;
use super::{GERMAN, Language, german};
use crate::UserError;
use crate::causes::{CAUSES, capitalised};
use crate::error::ROWS;

/// What makes sentences that people read in the window.
const SOURCES: &[(&str, &str)] = &[
    ("doctor/access.rs", include_str!("../../../engine/src/doctor/access.rs")),
    ("doctor/domains.rs", include_str!("../../../engine/src/doctor/domains.rs")),
    ("doctor/local.rs", include_str!("../../../engine/src/doctor/local.rs")),
    ("doctor/people.rs", include_str!("../../../engine/src/doctor/people.rs")),
    ("csv_file.rs", include_str!("../../../engine/src/csv_file.rs")),
    ("google/check.rs", include_str!("../../../clouds/src/google/check.rs")),
    ("boxcom/check.rs", include_str!("../../../clouds/src/boxcom/check.rs")),
    ("verbs/doctor.rs", include_str!("../verbs/doctor.rs")),
    ("verbs/audit.rs", include_str!("../verbs/audit.rs")),
    ("verbs/upkeep.rs", include_str!("../verbs/upkeep.rs")),
    ("desktop/policy.rs", include_str!("../desktop/policy.rs")),
    ("desktop/guide.rs", include_str!("../desktop/guide.rs")),
    ("desktop/clouds.rs", include_str!("../desktop/clouds.rs")),
    ("desktop/launch.rs", include_str!("../desktop/launch.rs")),
    ("desktop/waiting.rs", include_str!("../desktop/waiting.rs")),
    ("views/fix.rs", include_str!("../views/fix.rs")),
    ("light.rs", include_str!("../light.rs")),
    ("people.rs", include_str!("../people.rs")),
];

/// Pieces that become a sentence with others, whose wholes are in the tables.
const PIECES: &[&str] = &[
    " and {more} more",
    ", or run ",
    ": {whose} is paused {}",
    "{} of {all} protected users are paused{why}",
    "Holdfast is not running besides this; {last}",
    "Holdfast is running; {last}",
    "no run has ended yet",
    "the last run ended at {at:.0}",
    "last good copy {at:.0}",
    "never a good copy",
    "switched off for this user in the cloud, left out until it is on{words}",
    "Give {subject} {}.",
    "{} {} It is tried again each minute.",
    "Google documents are {how} kept as {name}; they are fetched again for that.",
    "The backups of {} run at other times.",
    "{what} {how} from the next run on.",
    "is kept",
    "is left out",
    "no longer",
    "{left}; the cloud keeps the data for at most {days} more",
    "{} will be tried again",
];

/// Names, and what a person downloads as it is.
const NAMES: &[&str] = &[
    "Admin SDK API",
    "Gmail API",
    "Google Calendar API",
    "Google Drive API",
    "Google Tasks API",
    "People API",
    "Repository",
    "Email addressrnanna.berg@example.comrnjohn.smith@example.comrn",
];

/// What stands in quotes in a source before its tests, but not in what is logged or in comments.
fn quoted(source: &str) -> BTreeSet<String> {
    let code = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let lines = code.lines().filter(|line| {
        let line = line.trim_start();
        !line.starts_with("//") && !line.contains("tracing::") && !line.contains("#[error")
    });
    let code = lines.collect::<Vec<_>>().join("\n");
    let mut found = BTreeSet::new();
    let mut letters = code.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            // A quotation mark as a letter.
            '\'' if letters.peek() == Some(&'"') => drop(letters.nth(1)),
            '"' => {
                let mut text = String::new();
                while let Some(letter) = letters.next().filter(|letter| *letter != '"') {
                    match (letter, letters.peek().copied()) {
                        ('\\', Some('\n')) => while letters.next_if(|next| next.is_whitespace()).is_some() {},
                        ('\\', Some(escaped)) => {
                            letters.next();
                            text.push(escaped);
                        }
                        _ => text.push(letter),
                    }
                }
                found.insert(text);
            }
            _ => {}
        }
    }
    found
}

fn is_sentence(text: &str) -> bool {
    let words =
        text.split_whitespace().filter(|word| word.chars().all(|c| c.is_alphabetic() || "'.,;:".contains(c)));
    let words = words.filter(|word| word.chars().any(char::is_lowercase)).count();
    words >= 2 || (words == 1 && text.starts_with(char::is_uppercase) && !text.contains("::"))
}

#[test]
fn what_people_read_is_said_in_german() {
    let mut missing = Vec::new();
    for (file, source) in SOURCES {
        for text in quoted(source) {
            if !is_sentence(&text) || PIECES.contains(&text.as_str()) || NAMES.contains(&text.as_str()) {
                continue;
            }
            let told = crate::views::without_commands(&text);
            let example = around_parts(&told).join("7");
            if GERMAN.say(&example) == example {
                missing.push(format!("{file}: {text}"));
            }
        }
    }
    assert!(missing.is_empty(), "nothing in German for:\n{}", missing.join("\n"));
}

#[test]
fn what_a_cloud_says_and_what_people_call_things_stays_as_it_is() {
    let said_elsewhere = [
        "User Rate Limit Exceeded",
        "Group not found",
        "Too many users",
        "Domain policy is active",
        "The request is deleted",
        "Limit of 3 MB is protected",
    ];
    for text in said_elsewhere {
        assert_eq!(GERMAN.say(text), text);
    }
    let rows = [
        ("Calendar Shared drive", "Calendar Geteilte Ablage"),
        ("2.0 Shared drive", "2.0 Geteilte Ablage"),
        ("Sales and tasks Shared drive", "Sales and tasks Geteilte Ablage"),
        ("user anna@acme.example", "Nutzer anna@acme.example"),
        ("anna@acme.example is suspended", "anna@acme.example ist gesperrt"),
        ("anna@acme.example Calendar", "anna@acme.example Kalender"),
        ("1,234 users", "1.234 Nutzer"),
        ("in 3 days", "in 3 Tagen"),
        ("1.4 GB", "1,4 GB"),
    ];
    for (english, german) in rows {
        assert_eq!(GERMAN.say(english), german);
    }
}

#[test]
fn a_cause_of_no_known_domain_is_told_in_whole_german() {
    for cause in CAUSES.iter().filter(|cause| cause.title.contains("{domain}")) {
        let english = capitalised(&cause.title.replace("{domain}", "the cloud"));
        let said = Language::German.say(&english);
        let is_whole = said.contains("Cloud") && !said.contains("the cloud") && said != english;
        assert!(
            is_whole && !["von", "bei"].iter().any(|of| said.contains(&format!("{of} die Cloud"))),
            "{said}"
        );
    }
}

#[test]
fn each_pair_says_something_with_all_its_parts_and_is_there_once() {
    let mut seen = BTreeSet::new();
    for (english, said) in german::pairs() {
        let parts = around_parts(english).len() - 1;
        let told: String = (0..parts).map(|part| format!("<{part}>")).collect::<Vec<_>>().join(" ");
        let (mut places, mut next) = (BTreeSet::new(), 0);
        for place in said.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(place, _)| place) {
            next = place.parse().unwrap_or(next) + 1;
            places.insert(next - 1);
        }
        assert!(!said.trim().is_empty() && places == (0..parts).collect(), "{english}: {said} ({told})");
        assert!(
            english.ends_with('.') == said.ends_with('.') || !english.ends_with('.'),
            "{english}: {said}"
        );
        assert!(
            seen.insert(around_parts(english).join("{}")) || english.len() < 60,
            "{english} is there twice"
        );
    }
}

#[test]
fn each_error_is_told_in_german_whatever_its_details() {
    for row in ROWS {
        let error = UserError::of(row.code, "xyzzy plugh said no");
        let (what, todo, detail) = error.told(Language::German);
        assert!(todo != error.todo.as_str() && what != error.what.as_str(), "{}: {what} {todo}", row.code);
        let all = format!("{what} {}", detail.unwrap_or_default());
        assert!(all.to_lowercase().contains("xyzzy plugh said no"), "{}: {all}", row.code);
        assert_eq!(error.told(Language::English).0, error.what.as_str());
    }
    let known = UserError::of("connection.already", "acme.example is already connected");
    assert_eq!(known.told(Language::German).0, "acme.example ist schon verbunden.");
}
