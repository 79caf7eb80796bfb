//! The snippet: the first words of a message as HTML-escaped text.

use super::mime::Part;

const CHARACTERS: usize = 160;

/// The snippet of a parsed message.
pub(super) fn of(message: &Part<'_>) -> String {
    let Some(text) = message.first_text() else { return String::new() };
    let plain = if text.1 { without_tags(&text.0) } else { text.0 };
    let mut snippet = String::new();
    for word in plain.split_whitespace() {
        if snippet.chars().count() + word.chars().count() > CHARACTERS {
            break;
        }
        if !snippet.is_empty() {
            snippet.push(' ');
        }
        snippet.push_str(word);
    }
    snippet
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

fn without_tags(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for c in html.chars().take(20_000) {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                text.push(' ');
            }
            c if !inside => text.push(c),
            _ => {}
        }
    }
    text
}
