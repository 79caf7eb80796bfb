//! Numbers, sizes and times as people read them. Every number on a screen or a terminal passes through here.

use holdfast_model::Timestamp;
use jiff::tz::TimeZone;

/// `1.4 GB`: powers of 1,000, three digits at most.
pub fn bytes(count: u64) -> String {
    const UNITS: [&str; 6] = ["bytes", "KB", "MB", "GB", "TB", "PB"];
    if count < 1000 {
        return if count == 1 { "1 byte".to_owned() } else { format!("{count} bytes") };
    }
    let mut value = count as f64;
    let mut unit = 0;
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    if value < 9.95 { format!("{value:.1} {}", UNITS[unit]) } else { format!("{value:.0} {}", UNITS[unit]) }
}

/// `1,234,567`.
pub fn count(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 user`, `3 users`: the second word is the plural.
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// `2026-11-22 14:20` in the given zone.
pub fn time(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
}

/// `3 April 2026`, in UTC.
pub fn date(at: Timestamp) -> String {
    at.strftime("%-d %B %Y").to_string()
}

/// `just now`, `5 minutes ago`, `4 days ago`; a time to come is given as such: `in 5 minutes`.
pub fn ago(at: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second() - at.as_second();
    let (past, seconds) = (seconds >= 0, seconds.unsigned_abs());
    let words = match seconds {
        0..60 => return if past { "just now".to_owned() } else { "in a moment".to_owned() },
        60..3600 => counted(seconds / 60, "minute", "minutes"),
        3600..172_800 => counted(seconds / 3600, "hour", "hours"),
        _ => counted(seconds / 86_400, "day", "days"),
    };
    if past { format!("{words} ago") } else { format!("in {words}") }
}

/// `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`.
pub fn duration(milliseconds: u64) -> String {
    let seconds = milliseconds / 1000;
    match seconds {
        0..10 => format!("{:.1} s", milliseconds as f64 / 1000.0),
        10..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

/// Text from a Cloud as one harmless line: control and direction characters are shown as `�`, so that a name can
/// neither move the cursor nor turn a line around.
pub fn one_line(text: &str) -> String {
    let is_harmful = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}')
    };
    text.chars().map(|c| if is_harmful(c) { '\u{fffd}' } else { c }).collect()
}

/// A sentence from a fragment: a capital first, unless an address or a domain is, and a full stop last.
pub fn sentence(fragment: &str) -> String {
    let fragment = fragment.trim();
    let mut chars = fragment.chars();
    let Some(first) = chars.next() else { return String::new() };
    let stop = if fragment.ends_with(['.', '!', '?', ':']) { "" } else { "." };
    let first_word = fragment.split_whitespace().next().unwrap_or_default();
    // An address, or the word of a program's language: `accessNotConfigured`.
    let is_name = first_word.trim_end_matches(['.', ',', ':']).contains(['@', '.'])
        || first_word.contains(char::is_uppercase);
    let first = if is_name { first.to_string() } else { first.to_uppercase().to_string() };
    format!("{first}{}{stop}", chars.as_str())
}

/// With a capital first.
pub fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_three_digits_and_a_unit() {
        let rows = [
            (0, "0 bytes"),
            (1, "1 byte"),
            (999, "999 bytes"),
            (1000, "1.0 KB"),
            (9_949, "9.9 KB"),
            (9_950, "10 KB"),
            (999_499, "999 KB"),
            (999_500, "1.0 MB"),
            (1_400_000_000, "1.4 GB"),
            (u64::MAX, "18447 PB"),
        ];
        for (number, expected) in rows {
            assert_eq!(bytes(number), expected);
        }
    }

    #[test]
    fn counts_are_grouped_and_agree_with_their_word() {
        assert_eq!(count(0), "0");
        assert_eq!(count(1_234), "1,234");
        assert_eq!(count(u64::MAX), "18,446,744,073,709,551,615");
        assert_eq!(counted(1, "user", "users"), "1 user");
        assert_eq!(counted(2_000, "user", "users"), "2,000 users");
    }

    #[test]
    fn times_are_told_from_now() {
        let now = Timestamp::from_second(1_000_000).unwrap();
        let rows = [
            (0, "just now"),
            (60, "1 minute ago"),
            (7_300, "2 hours ago"),
            (4 * 86_400, "4 days ago"),
            (-30, "in a moment"),
            (-300, "in 5 minutes"),
        ];
        for (seconds, expected) in rows {
            assert_eq!(ago(Timestamp::from_second(1_000_000 - seconds).unwrap(), now), expected);
        }
        assert_eq!(time(now, &TimeZone::UTC), "1970-01-12 13:46");
    }

    #[test]
    fn durations_read_at_a_glance() {
        let rows = [(400, "0.4 s"), (12_300, "12 s"), (200_000, "3 min 20 s"), (7_500_000, "2 h 5 min")];
        for (milliseconds, expected) in rows {
            assert_eq!(duration(milliseconds), expected);
        }
    }

    #[test]
    fn hostile_names_stay_on_their_line() {
        assert_eq!(one_line("a\u{1b}[2Jb\nc\u{202e}d é 日本"), "a\u{fffd}[2Jb\u{fffd}c\u{fffd}d é 日本");
    }

    #[test]
    fn fragments_become_sentences() {
        assert_eq!(sentence("there is no user 'x'"), "There is no user 'x'.");
        assert_eq!(sentence("Done."), "Done.");
        assert_eq!(sentence("done."), "Done.");
        assert_eq!(sentence("example.com is connected"), "example.com is connected.");
        assert_eq!(sentence("accessNotConfigured (HTTP 403): no"), "accessNotConfigured (HTTP 403): no.");
        assert_eq!(sentence(""), "");
    }
}
