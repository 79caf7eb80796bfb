//! What other programs read of the exports; the crate `calcard` stands for them.

use std::fs;
use std::path::Path;

use calcard::icalendar::{ICalendar, ICalendarComponentType, ICalendarProperty};
use calcard::vcard::{VCard, VCardProperty};
use calcard::{Entry, Parser};
use serde_json::json;

use super::*;

const SERVICE: Service = Service::Calendar;

/// Exports these Items, each with its calendar or list, and gives the files by name.
fn exported(service: Service, document: &Value, items: &[(Option<&str>, Value)]) -> Vec<(String, String)> {
    let root = tempfile::tempdir().unwrap();
    let mut exports = Exports::of(service, "out", Some(document)).unwrap();
    for (number, (parent, item)) in items.iter().enumerate() {
        let folder = exports.folder(*parent);
        let path = format!("{folder}/{number}.json");
        let photo = format!("{folder}/{number}.png");
        fs::create_dir_all(root.path().join(&folder)).unwrap();
        fs::write(root.path().join(&path), item.to_string()).unwrap();
        let mut files = vec![path];
        if item["photos"].is_array() {
            fs::write(root.path().join(&photo), b"\x89PNG photo").unwrap();
            files.push(photo);
        }
        exports.add(root.path(), *parent, &files).unwrap();
    }
    let read = |path: &Path| fs::read_to_string(root.path().join(path)).unwrap();
    let done = exports.finish(root.path()).unwrap();
    done.into_iter().map(|(path, _)| (path.clone(), read(Path::new(&path)))).collect()
}

fn calendar(text: &str) -> ICalendar {
    match Parser::new(text).entry() {
        Entry::ICalendar(calendar) => calendar,
        other => panic!("no calendar but {other:?} in {text}"),
    }
}

fn texts(calendar: &ICalendar, kind: &ICalendarComponentType, property: &ICalendarProperty) -> Vec<String> {
    let of_kind = calendar.components.iter().filter(|component| component.component_type == *kind);
    of_kind
        .flat_map(|component| component.properties(property))
        .flat_map(|entry| entry.values.iter().filter_map(|value| value.as_text().map(str::to_owned)))
        .collect()
}

fn series() -> Vec<(Option<&'static str>, Value)> {
    let start = json!({"dateTime": "2026-03-23T08:00:00Z", "timeZone": "Europe/Berlin"});
    let end = json!({"dateTime": "2026-03-23T09:00:00Z", "timeZone": "Europe/Berlin"});
    vec![
        (
            Some("primary"),
            json!({"id": "s_20260406T070000Z", "status": "cancelled", "recurringEventId": "s",
                "originalStartTime": {"dateTime": "2026-04-06T07:00:00Z", "timeZone": "Europe/Berlin"}}),
        ),
        (
            Some("primary"),
            json!({"id": "s", "iCalUID": "s@google.com", "summary": "Weekly; with, signs", "start": start, "end": end,
                "recurrence": ["RRULE:FREQ=WEEKLY;COUNT=10"], "updated": "2026-01-02T08:00:00.000Z",
                "attendees": [{"email": "a@x.com", "displayName": "A \"B\"; C", "responseStatus": "accepted"}],
                "reminders": {"useDefault": false, "overrides": [{"method": "email", "minutes": 1440}]},
                "attachments": [{"fileUrl": "https://drive.google.com/x?a=1;b", "title": "Plan, v1"}]}),
        ),
        (
            Some("primary"),
            json!({"id": "s_20260330T070000Z", "iCalUID": "s@google.com", "summary": "moved", "recurringEventId": "s",
                "originalStartTime": {"dateTime": "2026-03-30T07:00:00Z", "timeZone": "Europe/Berlin"},
                "start": {"dateTime": "2026-03-30T08:00:00Z", "timeZone": "Europe/Berlin"},
                "end": {"dateTime": "2026-03-30T09:00:00Z", "timeZone": "Europe/Berlin"}}),
        ),
    ]
}

#[test]
fn a_series_keeps_its_hour_its_exceptions_and_its_guests() {
    let names = json!([{"id": "me@x.com", "primary": true, "summary": "Mine"}]);
    let files = exported(SERVICE, &names, &series());
    let [(path, text)] = files.as_slice() else { panic!("{files:?}") };
    assert_eq!(path, "out/Mine.ics");
    let calendar = calendar(text);
    let event = ICalendarComponentType::VEvent;
    assert_eq!(texts(&calendar, &event, &ICalendarProperty::Uid), ["s@google.com", "s@google.com"]);
    let mut summaries = texts(&calendar, &event, &ICalendarProperty::Summary);
    summaries.sort();
    assert_eq!(summaries, ["Weekly; with, signs", "moved"]);
    let flat = text.replace("\r\n ", "");
    // 9 o'clock in Berlin before and after the clocks change.
    for line in [
        "DTSTART;TZID=\"Europe/Berlin\":20260323T090000",
        "RRULE:FREQ=WEEKLY;COUNT=10",
        "EXDATE;TZID=\"Europe/Berlin\":20260406T090000",
        "RECURRENCE-ID;TZID=\"Europe/Berlin\":20260330T090000",
        "DTSTART;TZID=\"Europe/Berlin\":20260330T100000",
        "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;CN=\"A ^'B^'; C\":mailto:a@x.com",
        "ATTACH;FILENAME=\"Plan, v1\":https://drive.google.com/x?a=1;b",
        "TRIGGER:-PT1440M",
        "TZID:Europe/Berlin",
        "TZOFFSETTO:+0200",
    ] {
        assert!(flat.lines().any(|known| known == line), "{line} is not in\n{flat}");
    }
    assert_eq!(flat.matches("BEGIN:VEVENT").count(), 2, "the cancelled instance is no event of its own");
    assert_eq!(flat.matches("BEGIN:VTIMEZONE").count(), 1);
}

#[test]
fn whole_days_stay_days_and_unknown_zones_become_utc() {
    let day = json!({"id": "d", "summary": "Holiday", "start": {"date": "2026-12-24"}, "end": {"date": "2026-12-27"}});
    let odd = json!({"id": "o", "start": {"dateTime": "2026-01-01T10:00:00+02:00", "timeZone": "Mars/Olympus"},
        "end": {"dateTime": "2026-01-01T11:00:00+02:00", "timeZone": "Mars/Olympus"}});
    let without = json!({"id": "w", "summary": "no start"});
    let items = [(Some("a"), day), (Some("a"), odd), (Some("a"), without)];
    let files = exported(SERVICE, &json!([]), &items);
    let text = &files[0].1;
    assert_eq!(files[0].0, "out/a.ics");
    for line in ["DTSTART;VALUE=DATE:20261224", "DTEND;VALUE=DATE:20261227", "DTSTART:20260101T080000Z"] {
        assert!(text.lines().any(|known| known == line), "{line} is not in\n{text}");
    }
    assert_eq!(texts(&calendar(text), &ICalendarComponentType::VEvent, &ICalendarProperty::Uid), ["d", "o"]);
}

#[test]
fn hostile_texts_stay_texts() {
    let hostile = "x\r\nEND:VEVENT\r\nBEGIN:VEVENT\nUID:forged\u{0}";
    let event = json!({"id": hostile, "summary": hostile, "description": hostile.repeat(50), "location": "\\;,\"",
        "recurrence": [format!("RRULE:FREQ=DAILY{hostile}"), "BEGIN:VALARM", "X-EVIL:1"],
        "organizer": {"email": "a@b\r\nX:1", "displayName": hostile},
        "start": {"date": "2026-01-01"}, "end": {"date": "2026-01-02"}});
    let names = json!([{"id": "c", "summary": "../../evil"}, {"id": "e", "summary": "../../evil.ics"}]);
    let items = [(Some("c"), event.clone()), (Some("e"), event)];
    let files = exported(SERVICE, &names, &items);
    assert_eq!(files.len(), 2);
    for (path, text) in files {
        assert!(path.starts_with("out/") && path.matches('/').count() == 1, "{path}");
        assert_eq!(text.lines().filter(|line| *line == "BEGIN:VEVENT").count(), 1, "{text}");
        assert!(text.lines().all(|line| !line.starts_with("UID:forged")), "{text}");
        assert!(text.split("\r\n").all(|line| line.len() <= 75 && !line.contains('\n')), "{text}");
        assert_eq!(
            texts(&calendar(&text), &ICalendarComponentType::VEvent, &ICalendarProperty::Uid).len(),
            1
        );
    }
}

#[test]
fn tasks_become_todos() {
    let list = json!([{"id": "L", "title": "Errands"}]);
    let done = json!({"id": "t2", "title": "Done", "status": "completed", "completed": "2026-01-02T09:00:00.000Z",
        "parent": "t1", "updated": "2026-01-02T09:00:00.000Z"});
    let open = json!({"id": "t1", "title": "Buy; milk", "notes": "two\nlines", "due": "2026-12-01T00:00:00.000Z",
        "status": "needsAction"});
    let files = exported(Service::Tasks, &list, &[(Some("L"), open), (Some("L"), done)]);
    let (path, text) = &files[0];
    assert_eq!(path, "out/Errands.ics");
    let todo = ICalendarComponentType::VTodo;
    assert_eq!(texts(&calendar(text), &todo, &ICalendarProperty::Summary), ["Buy; milk", "Done"]);
    assert_eq!(texts(&calendar(text), &todo, &ICalendarProperty::Description), ["two\nlines"]);
    for line in ["DUE;VALUE=DATE:20261201", "STATUS:COMPLETED", "COMPLETED:20260102T090000Z", "RELATED-TO:t1"]
    {
        assert!(text.lines().any(|known| known == line), "{line} is not in\n{text}");
    }
}

#[test]
fn contacts_become_cards_with_groups_and_photo() {
    let groups = json!([
        {"resourceName": "contactGroups/g1", "groupType": "USER_CONTACT_GROUP", "name": "Suppliers; & more"},
        {"resourceName": "contactGroups/myContacts", "groupType": "SYSTEM_CONTACT_GROUP", "name": "myContacts"},
    ]);
    let member = |group: &str| json!({"contactGroupMembership": {"contactGroupId": group}});
    let person = json!({
        "resourceName": "people/c1",
        "names": [{"displayName": "Zoë Berg", "givenName": "Zoë", "familyName": "Berg"}],
        "emailAddresses": [{"value": "z@x.com", "type": "work"}],
        "phoneNumbers": [{"value": "+49 30 1", "type": "mobile"}],
        "birthdays": [{"date": {"month": 2, "day": 29}}],
        "addresses": [{"streetAddress": "A 1; B", "city": "Berlin", "type": "home"}],
        "biographies": [{"value": "one\ntwo\\"}],
        "memberships": [member("g1"), member("myContacts")],
        "photos": [{"url": "x"}],
    });
    let nameless = json!({"resourceName": "people/c2", "emailAddresses": [{"value": "only@x.com"}]});
    let files = exported(Service::Contacts, &groups, &[(None, person), (None, nameless)]);
    let (path, text) = &files[0];
    assert_eq!(path, "out/contacts.vcf");
    let mut parser = Parser::new(text);
    let mut cards: Vec<VCard> = Vec::new();
    while let Entry::VCard(card) = parser.entry() {
        cards.push(card);
    }
    assert_eq!(cards.len(), 2, "{text}");
    let named =
        |card: &VCard, name: &VCardProperty| card.entries.iter().filter(|entry| entry.name == *name).count();
    for name in [VCardProperty::Fn, VCardProperty::Photo, VCardProperty::Categories, VCardProperty::Adr] {
        assert_eq!(named(&cards[0], &name), 1, "{name:?} in {text}");
    }
    let flat = text.replace("\r\n ", "");
    for line in [
        "N:Berg;Zoë;;;",
        "TEL;TYPE=CELL:+49 30 1",
        "ADR;TYPE=HOME:;;A 1\\; B;Berlin;;;",
        "BDAY:--02-29",
        "NOTE:one\\ntwo\\\\",
        "CATEGORIES:Suppliers\\; & more",
        "PHOTO;ENCODING=b;TYPE=PNG:iVBORyBwaG90bw==",
        "FN:only@x.com",
    ] {
        assert!(flat.lines().any(|known| known == line), "{line} is not in\n{flat}");
    }
}
