//! `events.list`: full listings and changes since a sync token.
//! <https://developers.google.com/workspace/calendar/api/guides/sync>

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{no_calendar, own};
use crate::google::synced::{Entry, open_sync_token, sync_token, with_etag};
use crate::google::{Answer, Call, GoogleError, paging};
use crate::sync::lock;

/// Parameters that a sync token does not go with.
/// <https://developers.google.com/workspace/calendar/api/v3/reference/events/list>
const INCOMPATIBLE: [&str; 8] = [
    "iCalUID",
    "orderBy",
    "privateExtendedProperty",
    "q",
    "sharedExtendedProperty",
    "timeMax",
    "timeMin",
    "updatedMin",
];

/// The sync token is dead, or was never given out: "the client should clear its storage".
pub(super) fn full_sync_required() -> GoogleError {
    let message = "Sync token is no longer valid, a full sync is required.";
    GoogleError::new(410, "fullSyncRequired", message).in_domain("calendar").at("parameter", "syncToken")
}

pub(super) fn events(call: &Call) -> Result<Answer, GoogleError> {
    let (user, calendars) = own(call)?;
    // "By default the value is 250 events. The page size can never be larger than 2500 events."
    let size = call.number("maxResults", 1..=u64::from(u32::MAX), 250)?.min(2500) as usize;
    let single = call.flag("singleEvents")?;
    if single {
        return Err(GoogleError::new(501, "notImplemented", "simcloud does not expand recurring events"));
    }
    if call.one_of("orderBy", &["startTime", "updated"], "")? == "startTime" {
        let message = "The requested ordering is not available for the particular query.";
        return Err(GoogleError::new(400, "invalid", message).at("parameter", "orderBy"));
    }
    let calendars = lock(&calendars);
    let calendar = calendars.find(call.path("calendarId"), &user.address).ok_or_else(no_calendar)?;
    let since = match call.query("syncToken") {
        None => None,
        Some(token) => {
            let hides = call.query("showDeleted").is_some() && !call.flag("showDeleted")?;
            if hides || INCOMPATIBLE.iter().any(|name| call.query(name).is_some()) {
                let message = "Sync token cannot be used together with the other request parameters.";
                return Err(GoogleError::new(400, "badRequest", message));
            }
            let known = open_sync_token(call, &calendar.key, token);
            let known = known.filter(|(seq, _)| calendar.events.reaches(*seq));
            Some(known.ok_or_else(full_sync_required)?.0)
        }
    };
    // Where the listing began, and the last id of the page before.
    let (began, after) = match paging::open(call)? {
        None => (calendar.events.seq(), String::new()),
        Some(position) => {
            let (began, after) =
                position.split_once(' ').ok_or_else(|| GoogleError::invalid("Invalid pageToken"))?;
            (began.parse().unwrap_or(0), after.to_owned())
        }
    };
    let filter = Filter::of(call, since)?;
    let mut wanted = calendar.events.all().filter(|(id, entry)| **id > after && filter.wants(entry));
    let page: Vec<_> = wanted.by_ref().take(size).collect();
    let mut answer = json!({
        "kind": "calendar#events",
        "etag": format!("\"{began}\""),
        "summary": calendar.summary,
        "updated": crate::clock::rfc3339(call.world.clock.now_ms()),
        "timeZone": "Europe/Berlin",
        "accessRole": calendar.role,
        "defaultReminders": [{"method": "popup", "minutes": 10}],
        "items": page.iter().map(|(_, entry)| with_etag(&entry.json)).collect::<Vec<_>>(),
    });
    match page.last().filter(|_| wanted.next().is_some()) {
        Some((last, _)) => answer["nextPageToken"] = json!(paging::seal(call, &format!("{began} {last}"))),
        None if filter.is_whole() => {
            let now = call.world.clock.now_ms();
            answer["nextSyncToken"] = json!(sync_token(call, &calendar.key, began, now));
        }
        None => {}
    }
    Ok(Answer::json(answer))
}

/// What a call wants to see.
struct Filter<'c> {
    since: Option<u64>,
    deleted: bool,
    uid: Option<&'c str>,
    words: Option<String>,
    updated: Option<Timestamp>,
    bounds: [Option<Timestamp>; 2],
}

impl<'c> Filter<'c> {
    fn of(call: &'c Call, since: Option<u64>) -> Result<Self, GoogleError> {
        let time = |name: &str| -> Result<Option<Timestamp>, GoogleError> {
            let parsed = call.query(name).map(|text| text.parse::<Timestamp>());
            parsed.transpose().map_err(|_| GoogleError::invalid_parameter(name, "Bad Request"))
        };
        Ok(Self {
            since,
            deleted: call.flag("showDeleted")?,
            uid: call.query("iCalUID"),
            words: call.query("q").map(str::to_lowercase),
            updated: time("updatedMin")?,
            bounds: [time("timeMin")?, time("timeMax")?],
        })
    }

    /// "Only if the result can be synchronised": no filter but the page.
    fn is_whole(&self) -> bool {
        self.uid.is_none() && self.words.is_none() && self.updated.is_none() && self.bounds == [None, None]
    }

    fn wants(&self, entry: &Entry) -> bool {
        let event = &entry.json;
        if let Some(since) = self.since {
            return entry.seq > since;
        }
        // Cancelled instances of recurring events are always shown where instances are not expanded.
        let instance = event["status"] == "cancelled" && !entry.is_gone;
        let text = |name: &str| event[name].as_str().unwrap_or_default();
        (!entry.is_gone || self.deleted)
            && self.uid.is_none_or(|uid| text("iCalUID") == uid)
            && self.words.as_ref().is_none_or(|words| {
                let all = format!("{} {} {}", text("summary"), text("description"), text("location"));
                all.to_lowercase().contains(words)
            })
            && self.updated.is_none_or(|least| {
                text("updated").parse::<Timestamp>().is_ok_and(|updated| updated >= least)
            })
            && (instance || self.overlaps(event))
    }

    fn overlaps(&self, event: &Value) -> bool {
        let at = |end: &str| {
            let time = &event[end];
            let whole_day = time["date"].as_str().map(|date| format!("{date}T00:00:00Z"));
            time["dateTime"].as_str().map(str::to_owned).or(whole_day)?.parse::<Timestamp>().ok()
        };
        // The end of a series is not worked out: it reaches for ever.
        let is_series = event.get("recurrence").is_some();
        let [least, most] = self.bounds;
        (is_series || least.is_none_or(|least| at("end").is_none_or(|end| end > least)))
            && most.is_none_or(|most| at("start").is_none_or(|start| start < most))
    }
}
