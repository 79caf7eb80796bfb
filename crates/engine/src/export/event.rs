//! One event as a `VEVENT`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::ical::{Form, form, stamp, time};
use super::text::{escaped, line, mailto, parameter, property, word};

/// True for an instance that was taken out of a series: it is written with the series.
pub(super) fn is_taken_out(event: &Value) -> bool {
    event["status"] == "cancelled" && event["recurringEventId"].is_string()
}

/// The event; `taken_out` are the original starts of the instances that a series lacks. Empty for what has no start.
pub(super) fn event(event: &Value, taken_out: &[Value], zones: &mut BTreeSet<String>) -> String {
    let mut out = String::new();
    let form = form(&event["start"]);
    let Some((parameters, start)) = time(&event["start"], &form, zones) else { return out };
    line(&mut out, "BEGIN:VEVENT");
    let id = event["id"].as_str().unwrap_or_default();
    let uid = event["iCalUID"].as_str().filter(|uid| !uid.is_empty());
    line(&mut out, &format!("UID:{}", escaped(uid.unwrap_or(id))));
    stamp(&mut out, "DTSTAMP", or(&event["updated"], &json!("1970-01-01T00:00:00Z")));
    line(&mut out, &format!("DTSTART{parameters}:{start}"));
    if event["endTimeUnspecified"] != json!(true)
        && let Some((parameters, end)) = time(&event["end"], &end_form(&form, &event["end"]), zones)
    {
        line(&mut out, &format!("DTEND{parameters}:{end}"));
    }
    let original = &event["originalStartTime"];
    if event["recurringEventId"].is_string()
        && let Some((parameters, original)) = time(original, &super::ical::form(original), zones)
    {
        line(&mut out, &format!("RECURRENCE-ID{parameters}:{original}"));
    }
    for rule in event["recurrence"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        let name = rule.split([':', ';']).next().unwrap_or_default().to_ascii_uppercase();
        if matches!(name.as_str(), "RRULE" | "EXRULE" | "RDATE" | "EXDATE") {
            line(&mut out, rule);
        }
    }
    for original in taken_out {
        if let Some((parameters, original)) = time(original, &form, zones) {
            line(&mut out, &format!("EXDATE{parameters}:{original}"));
        }
    }
    for (name, member) in [("SUMMARY", "summary"), ("DESCRIPTION", "description"), ("LOCATION", "location")] {
        property(&mut out, name, &event[member]);
    }
    stamp(&mut out, "CREATED", &event["created"]);
    stamp(&mut out, "LAST-MODIFIED", &event["updated"]);
    let status = match event["status"].as_str() {
        Some("tentative") => "TENTATIVE",
        Some("cancelled") => "CANCELLED",
        _ => "CONFIRMED",
    };
    line(&mut out, &format!("STATUS:{status}"));
    let transparent = event["transparency"] == "transparent";
    line(&mut out, if transparent { "TRANSP:TRANSPARENT" } else { "TRANSP:OPAQUE" });
    match event["visibility"].as_str() {
        Some("private") => line(&mut out, "CLASS:PRIVATE"),
        Some("confidential") => line(&mut out, "CLASS:CONFIDENTIAL"),
        Some("public") => line(&mut out, "CLASS:PUBLIC"),
        _ => {}
    }
    if let Some(sequence) = event["sequence"].as_u64() {
        line(&mut out, &format!("SEQUENCE:{sequence}"));
    }
    people(&mut out, event);
    attachments(&mut out, event);
    alarms(&mut out, event);
    line(&mut out, "END:VEVENT");
    out
}

fn or<'v>(json: &'v Value, other: &'v Value) -> &'v Value {
    if json.is_string() { json } else { other }
}

/// The end is a day where the start is one, and a time in a zone of its own where it is not.
fn end_form(start: &Form, end: &Value) -> Form {
    match start {
        Form::WholeDay => Form::WholeDay,
        _ => form(end),
    }
}

fn people(out: &mut String, event: &Value) {
    let name = |person: &Value| {
        let name = person["displayName"].as_str().filter(|name| !name.is_empty());
        name.map(|name| format!(";CN={}", parameter(name))).unwrap_or_default()
    };
    if let Some(address) = mailto(&event["organizer"]["email"]) {
        line(out, &format!("ORGANIZER{}:{address}", name(&event["organizer"])));
    }
    for guest in event["attendees"].as_array().into_iter().flatten() {
        let Some(address) = mailto(&guest["email"]) else { continue };
        let answer = match guest["responseStatus"].as_str() {
            Some("accepted") => "ACCEPTED",
            Some("declined") => "DECLINED",
            Some("tentative") => "TENTATIVE",
            _ => "NEEDS-ACTION",
        };
        let role = if guest["optional"] == json!(true) { "OPT-PARTICIPANT" } else { "REQ-PARTICIPANT" };
        let kind = if guest["resource"] == json!(true) { "RESOURCE" } else { "INDIVIDUAL" };
        let name = name(guest);
        line(out, &format!("ATTENDEE;CUTYPE={kind};ROLE={role};PARTSTAT={answer}{name}:{address}"));
    }
}

fn attachments(out: &mut String, event: &Value) {
    for file in event["attachments"].as_array().into_iter().flatten() {
        let Some(url) = file["fileUrl"].as_str().filter(|url| !url.is_empty()) else { continue };
        let title = file["title"].as_str().map(|title| format!(";FILENAME={}", parameter(title)));
        let kind =
            file["mimeType"].as_str().filter(|kind| kind.split('/').all(|part| !word(part).is_empty()));
        let kind = kind.map(|kind| format!(";FMTTYPE={}", parameter(kind)));
        line(out, &format!("ATTACH{}{}:{url}", kind.unwrap_or_default(), title.unwrap_or_default()));
    }
}

/// Reminders of the event's own; the calendar's defaults stand in its document.
fn alarms(out: &mut String, event: &Value) {
    let own = event["reminders"]["overrides"].as_array();
    for minutes in own.into_iter().flatten().filter_map(|reminder| reminder["minutes"].as_u64()) {
        line(out, "BEGIN:VALARM");
        line(out, "ACTION:DISPLAY");
        line(out, "DESCRIPTION:Reminder");
        line(out, &format!("TRIGGER:-PT{minutes}M"));
        line(out, "END:VALARM");
    }
}
