//! What every `.ics` begins and ends with, and times. <https://www.rfc-editor.org/rfc/rfc5545>

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::text::{escaped, line, parameter};

/// The last line.
pub(super) const END: &str = "END:VCALENDAR\r\n";

/// The first lines of a calendar of this name.
pub(super) fn begin(name: &str) -> String {
    let mut out = String::new();
    for text in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Holdfast//Holdfast//EN", "CALSCALE:GREGORIAN"] {
        line(&mut out, text);
    }
    line(&mut out, &format!("X-WR-CALNAME:{}", escaped(name)));
    out
}

/// A time in UTC.
pub(super) fn utc(time: Timestamp) -> String {
    time.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A property with the time in a member that is a time in UTC.
pub(super) fn stamp(out: &mut String, name: &str, json: &Value) {
    if let Some(time) = json.as_str().and_then(|text| text.parse::<Timestamp>().ok()) {
        line(out, &format!("{name}:{}", utc(time)));
    }
}

/// How the start of a series is written: what belongs to it is written the same way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Form {
    WholeDay,
    Utc,
    Zone(String),
}

/// The form of an `EventDateTime`.
pub(super) fn form(time: &Value) -> Form {
    if time["date"].is_string() {
        return Form::WholeDay;
    }
    match time["timeZone"].as_str() {
        Some("UTC" | "Etc/UTC" | "GMT" | "Etc/GMT") | None => Form::Utc,
        Some(zone) if TimeZone::get(zone).is_ok() => Form::Zone(zone.to_owned()),
        Some(_) => Form::Utc,
    }
}

/// The parameters and the value of an `EventDateTime` in this form; its zone is noted.
pub(super) fn time(json: &Value, form: &Form, zones: &mut BTreeSet<String>) -> Option<(String, String)> {
    let instant = || json["dateTime"].as_str().and_then(|text| text.parse::<Timestamp>().ok());
    Some(match form {
        Form::WholeDay => {
            let date = match json["date"].as_str() {
                Some(date) => date.parse::<Date>().ok()?,
                None => instant()?.to_zoned(TimeZone::UTC).date(),
            };
            (";VALUE=DATE".to_owned(), date.strftime("%Y%m%d").to_string())
        }
        Form::Utc => (String::new(), utc(instant()?)),
        Form::Zone(name) => {
            let local = instant()?.to_zoned(TimeZone::get(name).ok()?);
            zones.insert(name.clone());
            (format!(";TZID={}", parameter(name)), local.strftime("%Y%m%dT%H%M%S").to_string())
        }
    })
}
