//! The events that a company starts with: meetings, series with exceptions, whole days, several time zones; where a
//! corpus is given, its `.ics` files.

use rand::Rng as _;
use serde_json::{Value, json};

use super::{Calendar, Calendars, PRIMARY};
use crate::content::corpus::Corpus;
use crate::content::{self, hex, words};
use crate::google::directory::{Directory, User};
use crate::google::synced::Collection;
use crate::options::Options;

mod ics;

/// The first day of the sample, in the past of everyone.
const FIRST_DAY: i64 = 1_767_600_000;
const DAY: i64 = 86_400;
const ZONES: [&str; 4] = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC"];

/// What calendars are made from.
pub(super) struct Sample {
    seed: u64,
    events: u32,
    people: Vec<String>,
    corpus: Vec<Value>,
}

impl Sample {
    pub(super) fn new(options: &Options, directory: &Directory, corpus: &Corpus) -> Self {
        Self {
            seed: options.seed,
            events: options.events_per_user,
            people: directory.users.iter().map(|user| user.address.clone()).collect(),
            corpus: corpus.calendars.iter().flat_map(|file| ics::events(file)).collect(),
        }
    }

    /// The calendars of a user; of one who came later a single empty one.
    pub(super) fn calendars(&self, user: &User) -> Calendars {
        let own = |key: &str, summary: &str, color| Calendar {
            key: key.to_owned(),
            summary: summary.to_owned(),
            role: "owner",
            color,
            is_hidden: false,
            events: Collection::default(),
        };
        let mut list = vec![own(PRIMARY, &user.address, 0)];
        if user.is_founder && self.events > 0 {
            let number = content::mix(&[self.seed, content::tag("calendar"), u64::from(user.number)]);
            let mut projects = own(&format!("c_{number:016x}@group.calendar.google.com"), "Projects", 3);
            for index in 0..self.events {
                let into = if index % 4 == 3 { &mut projects } else { &mut list[0] };
                self.add(user, index, &mut into.events);
            }
            list.push(projects);
            let mut holidays = own("de.german#holiday@group.v.calendar.google.com", "Feiertage", 5);
            holidays.role = "reader";
            let day = json!({"date": "2026-12-25"});
            let (end, id) = (json!({"date": "2026-12-26"}), "20261225_holiday");
            holidays
                .events
                .put(id, finished(id, user, json!({"summary": "Weihnachten", "start": day, "end": end})));
            list.push(holidays);
        }
        Calendars { list, made: 0, is_off: false }
    }

    fn add(&self, user: &User, index: u32, into: &mut Collection) {
        let mut rng =
            content::rng(&[self.seed, content::tag("event"), u64::from(user.number), u64::from(index)]);
        let id = event_id(rng.random());
        let share = self.corpus.len() as u64;
        if share > 0 && index % 2 == 1 {
            let at = (u64::from(user.number) * u64::from(self.events) + u64::from(index)) / 2 % share;
            into.put(&id, finished(&id, user, self.corpus[at as usize].clone()));
            return;
        }
        let day = FIRST_DAY + i64::from(rng.random_range(0..400_u32)) * DAY;
        let mut event = json!({"summary": words::title(&mut rng)});
        if rng.random_ratio(1, 3) {
            let mut text = String::new();
            words::paragraphs(&mut rng, 200, true, &mut text);
            event["description"] = json!(text);
            event["location"] = json!(format!("{} 🙂, Straße {index}", words::foreign(&mut rng)));
        }
        if index % 7 == 2 {
            event["start"] = json!({"date": date(day)});
            event["end"] = json!({"date": date(day + DAY * 2)});
            event["transparency"] = json!("transparent");
        } else {
            let zone = ZONES[rng.random_range(0..ZONES.len())];
            let start = day + i64::from(rng.random_range(28..70_u32)) * 900;
            event["start"] = json!({"dateTime": at(start), "timeZone": zone});
            event["end"] = json!({"dateTime": at(start + 2700), "timeZone": zone});
        }
        if index.is_multiple_of(3) && !self.people.is_empty() {
            let guest = &self.people[rng.random_range(0..self.people.len())];
            event["attendees"] = json!([
                {"email": user.address, "self": true, "organizer": true, "responseStatus": "accepted"},
                {"email": guest, "displayName": "A guest; with, signs", "responseStatus": "needsAction",
                    "optional": true},
            ]);
        }
        match index % 5 {
            1 => {
                event["reminders"] =
                    json!({"useDefault": false, "overrides": [{"method": "email", "minutes": 1440}]});
                event["colorId"] = json!("3");
            }
            4 => {
                let file = json!({"fileUrl": "https://drive.google.com/file/d/1a/view", "title": "Plan.pdf",
                    "mimeType": "application/pdf", "fileId": "1a"});
                event["attachments"] = json!([file]);
            }
            _ => {}
        }
        let is_series = index % 6 == 1 && event["start"]["dateTime"].is_string();
        if !is_series {
            into.put(&id, finished(&id, user, event));
            return;
        }
        event["recurrence"] = json!(["RRULE:FREQ=WEEKLY;COUNT=10"]);
        let start: jiff::Timestamp =
            event["start"]["dateTime"].as_str().unwrap_or_default().parse().unwrap_or_default();
        let second = start.as_second() + 7 * DAY;
        let instance = |week: i64| {
            let original = second + (week - 1) * 7 * DAY;
            let stamp = at(original).replace(['-', ':'], "").replace(".000", "");
            (
                format!("{id}_{stamp}"),
                json!({"dateTime": at(original), "timeZone": event["start"]["timeZone"]}),
            )
        };
        let (moved, original) = instance(1);
        let mut exception = event.clone();
        if let Value::Object(map) = &mut exception {
            map.remove("recurrence");
        }
        exception["summary"] = json!("moved to another hour");
        exception["recurringEventId"] = json!(id);
        exception["originalStartTime"] = original;
        exception["start"]["dateTime"] = json!(at(second + 3600));
        exception["end"]["dateTime"] = json!(at(second + 6300));
        exception["iCalUID"] = json!(format!("{id}@google.com"));
        into.put(&id, finished(&id, user, event.clone()));
        into.put(&moved, finished(&moved, user, exception));
        let (cancelled, original) = instance(2);
        into.put(&cancelled, cancelled_instance(&cancelled, &id, original));
    }
}

/// A time as Calendar writes it.
fn at(seconds: i64) -> String {
    crate::clock::rfc3339(seconds * 1000).replace(".000", "")
}

fn date(seconds: i64) -> String {
    at(seconds)[..10].to_owned()
}

/// Ids are base32hex: digits and a to v.
pub(super) fn event_id(number: u64) -> String {
    hex(&number.to_be_bytes())
}

/// An instance that was taken out of a series.
pub(super) fn cancelled_instance(id: &str, series: &str, original: Value) -> Value {
    json!({
        "kind": "calendar#event",
        "id": id,
        "status": "cancelled",
        "recurringEventId": series,
        "originalStartTime": original,
    })
}

/// An event with all that every event has.
pub(super) fn finished(id: &str, user: &User, mut event: Value) -> Value {
    let person = json!({"email": user.address, "self": true});
    let with = [
        ("kind", json!("calendar#event")),
        ("id", json!(id)),
        ("status", json!("confirmed")),
        ("htmlLink", json!(format!("https://www.google.com/calendar/event?eid={id}"))),
        ("created", json!("2026-01-01T08:00:00.000Z")),
        ("updated", json!("2026-01-02T08:00:00.000Z")),
        ("creator", person.clone()),
        ("organizer", person),
        ("iCalUID", json!(format!("{id}@google.com"))),
        ("sequence", json!(0)),
        ("reminders", json!({"useDefault": true})),
        ("eventType", json!("default")),
    ];
    for (name, value) in with {
        if event.get(name).is_none() {
            event[name] = value;
        }
    }
    event
}
