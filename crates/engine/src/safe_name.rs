//! File names that every system accepts, made in one place: for restores and exports.
//!
//! Reserved device names, trailing dots and spaces, control and forbidden characters, bidirectional overrides, names that
//! are too long, and twins that differ only by case all get a safe name; the caller keeps the map to the original.

use std::collections::HashSet;

use unicode_normalization::UnicodeNormalization as _;

/// Longest name in bytes: below every file system's limit, with room for a suffix.
const LONGEST: usize = 180;

/// A name that is one path component on Windows, macOS and Linux.
pub fn safe_name(original: &str) -> String {
    let mut name: String = original.chars().map(|c| if is_forbidden(c) { '_' } else { c }).collect();
    let trimmed = name.trim_end_matches(['.', ' ']).trim_start_matches(' ');
    name = if trimmed.is_empty() { "_".to_owned() } else { trimmed.to_owned() };
    if name.starts_with("..") || is_device(&name) {
        name.insert(0, '_');
    }
    shorten(&name, LONGEST)
}

fn is_forbidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|')
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// <https://learn.microsoft.com/windows/win32/fileio/naming-a-file>
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_lowercase();
    matches!(stem.as_str(), "con" | "prn" | "aux" | "nul" | "conin$" | "conout$")
        || ["com", "lpt"].iter().any(|port| {
            stem.strip_prefix(port).is_some_and(|rest| {
                let mut digits = rest.chars();
                matches!((digits.next(), digits.next()), (Some('0'..='9' | '¹' | '²' | '³'), None))
            })
        })
}

/// At most `most` bytes, the extension kept where it is short.
fn shorten(name: &str, most: usize) -> String {
    if name.len() <= most {
        return name.to_owned();
    }
    let (stem, extension) = split_extension(name);
    let room = most - extension.len();
    let mut end = room.min(stem.len());
    while !stem.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{extension}", stem[..end].trim_end_matches(['.', ' ']))
}

/// The stem and the extension with its dot; no extension above 16 bytes.
fn split_extension(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(dot) if dot > 0 && name.len() - dot <= 16 => name.split_at(dot),
        _ => (name, ""),
    }
}

/// What is the same for two names that some system takes for one: macOS ignores case and how accents are written, Windows
/// ignores case by a table of its own. It says of more names that they are one than any system does, never of fewer.
/// <https://developer.apple.com/documentation/foundation/file_system/about_apple_file_system>
pub fn folded(name: &str) -> String {
    name.nfkd().collect::<String>().to_uppercase().to_lowercase().nfkd().collect()
}

/// Hands out names within one folder, no two of which are the same on a system that ignores case.
#[derive(Debug, Default)]
pub struct Folder {
    taken: HashSet<String>,
}

impl Folder {
    /// The safe name for `original`; ` (2)`, ` (3)`… before the extension where it is taken.
    pub fn claim(&mut self, original: &str) -> String {
        let name = safe_name(original);
        if self.taken.insert(folded(&name)) {
            return name;
        }
        let (stem, extension) = split_extension(&name);
        let mut number = 2_u64;
        loop {
            let twin = format!("{stem} ({number}){extension}");
            if self.taken.insert(folded(&twin)) {
                return twin;
            }
            number += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_become_one_harmless_component() {
        let rows = [
            ("../../x", "_.._.._x"),
            ("CON", "_CON"),
            ("con.txt", "_con.txt"),
            ("COM1", "_COM1"),
            ("a\0b", "a_b"),
            ("", "_"),
            ("...", "_"),
            (" . ", "_"),
            ("x. ", "x"),
            ("a/b\\c:d", "a_b_c_d"),
            ("\u{202e}gpj.exe", "_gpj.exe"),
            ("früh 🌞.txt", "früh 🌞.txt"),
        ];
        for (original, safe) in rows {
            assert_eq!(safe_name(original), safe, "{original:?}");
        }
    }

    #[test]
    fn twins_by_case_get_numbers() {
        let mut folder = Folder::default();
        let names: Vec<_> =
            ["A.txt", "a.TXT", "a.txt", "A (2).txt"].iter().map(|name| folder.claim(name)).collect();
        assert_eq!(names, ["A.txt", "a (2).TXT", "a (3).txt", "A (2) (2).txt"]);
    }

    #[test]
    fn twins_by_how_letters_are_written_get_numbers() {
        for (one, other) in [
            ("Café", "Cafe\u{301}"),
            ("STRASSE", "straße"),
            ("ΌΔΟΣ", "όδος"),
            ("Å", "\u{212b}"),
            ("ﬁn", "FIN"),
        ] {
            let mut folder = Folder::default();
            assert_eq!(folder.claim(one), safe_name(one));
            assert!(folder.claim(other).ends_with(" (2)"), "{one} and {other}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_name_is_one_component_of_bounded_length(original: String) {
            let name = safe_name(&original);
            proptest::prop_assert!(!name.is_empty() && name.len() <= LONGEST + 1);
            proptest::prop_assert!(!name.contains(['/', '\\', '\0']) && name != "." && name != "..");
            proptest::prop_assert_eq!(safe_name(&name), name);
        }
    }
}
