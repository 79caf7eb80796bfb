//! Lines of iCalendar and vCard: escaped, folded, and never broken by what a person wrote.
//! <https://www.rfc-editor.org/rfc/rfc5545#section-3.1>

use serde_json::Value;

/// "Lines of text SHOULD NOT be longer than 75 octets, excluding the line break."
const LONGEST: usize = 75;

/// Adds one content line, folded; what could end it early is taken out.
pub(super) fn line(out: &mut String, text: &str) {
    let clean: String = text.chars().filter(|c| !c.is_control()).collect();
    let mut room = LONGEST;
    for c in clean.chars() {
        if c.len_utf8() > room {
            out.push_str("\r\n ");
            room = LONGEST - 1;
        }
        out.push(c);
        room -= c.len_utf8();
    }
    out.push_str("\r\n");
}

/// A value of the type TEXT.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' | '\r' => out.push_str("\\n"),
            c => out.push(c),
        }
    }
    out
}

/// The value of a parameter, in quotation marks. <https://www.rfc-editor.org/rfc/rfc6868>
pub(super) fn parameter(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("^'"),
            '^' => out.push_str("^^"),
            '\n' => out.push_str("^n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A bare word for a parameter: letters, digits and hyphens; empty where there is none.
pub(super) fn word(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(40).collect()
}

/// A property with a text, where there is one.
pub(super) fn property(out: &mut String, name: &str, json: &Value) {
    if let Some(text) = json.as_str().filter(|text| !text.is_empty()) {
        line(out, &format!("{name}:{}", escaped(text)));
    }
}

/// An address of mail as a URI; `None` for what is none.
pub(super) fn mailto(json: &Value) -> Option<String> {
    let address = json.as_str()?;
    let plain = address.contains('@') && !address.contains(|c: char| c.is_control() || c.is_whitespace());
    plain.then(|| format!("mailto:{address}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_can_begin_a_line_of_its_own() {
        let mut out = String::new();
        line(&mut out, &format!("SUMMARY:{}", escaped("a\r\nBEGIN:VALARM\rx;y,z\\")));
        assert_eq!(out, "SUMMARY:a\\nBEGIN:VALARM\\nx\\;y\\,z\\\\\r\n");
        let mut out = String::new();
        line(&mut out, "X:a\r\nEND:VEVENT");
        assert_eq!(out, "X:aEND:VEVENT\r\n");
        assert_eq!(parameter("a\"b;c\r\nd"), "\"a^'b;c^nd\"");
    }

    #[test]
    fn long_lines_are_folded_between_letters() {
        let mut out = String::new();
        line(&mut out, &"ü🙂".repeat(100));
        assert!(out.lines().all(|line| line.len() <= LONGEST), "{out}");
        assert_eq!(out.replace("\r\n ", "").trim_end(), "ü🙂".repeat(100));
    }
}
