//! Events of an `.ics` file as the API would show them after an import. Only what is plain is read; what cannot be
//! read is left out.

use serde_json::{Value, json};

/// The events of a file.
pub(super) fn events(file: &[u8]) -> Vec<Value> {
    let text = String::from_utf8_lossy(file).replace("\r\n", "\n");
    // A line that begins with a space goes on with the one before.
    let text = text.replace("\n ", "").replace("\n\t", "");
    let mut found = Vec::new();
    let mut lines: Option<Vec<&str>> = None;
    for line in text.lines() {
        match (line.trim_end().to_ascii_uppercase().as_str(), &mut lines) {
            ("BEGIN:VEVENT", _) => lines = Some(Vec::new()),
            ("END:VEVENT", _) => found.extend(lines.take().and_then(|lines| event(&lines))),
            (_, Some(lines)) => lines.push(line),
            _ => {}
        }
    }
    found
}

fn event(lines: &[&str]) -> Option<Value> {
    let value = |name: &str| {
        lines.iter().find_map(|line| {
            let (head, value) = line.split_once(':')?;
            let own = head.split(';').next()?;
            own.eq_ignore_ascii_case(name).then_some((head, value.trim()))
        })
    };
    let start = value("DTSTART").and_then(|(head, text)| time(head, text))?;
    let end = value("DTEND").and_then(|(head, text)| time(head, text)).unwrap_or_else(|| start.clone());
    if start.get("date").is_some() != end.get("date").is_some() {
        return None;
    }
    let mut event = json!({"start": start, "end": end});
    for (name, ours) in [("SUMMARY", "summary"), ("DESCRIPTION", "description"), ("LOCATION", "location")] {
        if let Some((_, text)) = value(name) {
            event[ours] = json!(unescaped(text));
        }
    }
    if let Some((_, rule)) = value("RRULE").filter(|(_, rule)| rule.to_ascii_uppercase().starts_with("FREQ="))
    {
        event["recurrence"] = json!([format!("RRULE:{rule}")]);
    }
    let guests: Vec<Value> = lines
        .iter()
        .filter(|line| line.to_ascii_uppercase().starts_with("ATTENDEE"))
        .filter_map(|line| {
            line.to_ascii_lowercase().rsplit_once("mailto:").map(|(_, to)| to.trim().to_owned())
        })
        .filter(|address| address.contains('@'))
        .map(|address| json!({"email": address, "responseStatus": "needsAction"}))
        .collect();
    if !guests.is_empty() {
        event["attendees"] = json!(guests);
    }
    Some(event)
}

/// `20260101` or `20260101T120000[Z]`; an hour in an unknown zone is taken for UTC.
fn time(head: &str, text: &str) -> Option<Value> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let part = |from: usize, to: usize| digits.get(from..to);
    let date = format!("{}-{}-{}", part(0, 4)?, part(4, 6)?, part(6, 8)?);
    if text.len() == 8 {
        date.parse::<jiff::civil::Date>().ok()?;
        return Some(json!({"date": date}));
    }
    let time = format!("{date}T{}:{}:{}", part(8, 10)?, part(10, 12)?, part(12, 14)?);
    let time: jiff::civil::DateTime = time.parse().ok()?;
    let zone = head.split(';').find_map(|part| part.strip_prefix("TZID=")).unwrap_or("UTC").trim_matches('"');
    let (zone, known) = match jiff::tz::TimeZone::get(zone) {
        Ok(known) => (zone, known),
        Err(_) => ("UTC", jiff::tz::TimeZone::UTC),
    };
    let stamp = time.to_zoned(known).ok()?.timestamp();
    Some(json!({"dateTime": stamp.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(), "timeZone": zone}))
}

fn unescaped(text: &str) -> String {
    text.replace("\\n", "\n")
        .replace("\\N", "\n")
        .replace("\\,", ",")
        .replace("\\;", ";")
        .replace("\\\\", "\\")
}
