//! One calendar, one event, colours, and who may see a calendar.

use serde_json::{Map, Value, json};

use super::{Calendar, PRIMARY, no_calendar, own, shown_id};
use crate::google::directory::User;
use crate::google::synced::{canonical, with_etag};
use crate::google::{Answer, Call, GoogleError, paging};
use crate::sync::lock;

/// Background of each colour of a calendar; a part of Google's palette.
pub(super) const COLORS: [(&str, &str); 6] = [
    ("1", "#ac725e"),
    ("2", "#d06b64"),
    ("3", "#f83a22"),
    ("8", "#16a765"),
    ("14", "#9fe1e7"),
    ("16", "#4986e7"),
];
const FOREGROUND: &str = "#1d1d1d";

fn entry(calendar: &Calendar, user: &User) -> Value {
    let (color, background) = COLORS[usize::from(calendar.color) % COLORS.len()];
    let mut entry = json!({
        "kind": "calendar#calendarListEntry",
        "id": shown_id(calendar, user),
        "summary": calendar.summary,
        "timeZone": "Europe/Berlin",
        "colorId": color,
        "backgroundColor": background,
        "foregroundColor": FOREGROUND,
        "selected": true,
        "accessRole": calendar.role,
        "defaultReminders": [{"method": "popup", "minutes": 10}],
    });
    if calendar.key == PRIMARY {
        entry["primary"] = json!(true);
    }
    if calendar.is_hidden {
        entry["hidden"] = json!(true);
    }
    with_etag(&entry)
}

/// <https://developers.google.com/workspace/calendar/api/v3/reference/calendarList/list>
pub(super) fn calendar_list(call: &Call) -> Result<Answer, GoogleError> {
    let (user, calendars) = own(call)?;
    let size = call.number("maxResults", 1..=250, 100)? as usize;
    let role = call.one_of("minAccessRole", &["freeBusyReader", "owner", "reader", "writer"], "reader")?;
    let hidden = call.flag("showHidden")?;
    call.flag("showDeleted")?;
    if call.query("syncToken").is_some() {
        return Err(super::listing::full_sync_required());
    }
    let from: usize = paging::open(call)?.and_then(|at| at.parse().ok()).unwrap_or(0);
    let calendars = lock(&calendars);
    let writes = matches!(role, "owner" | "writer");
    let shown: Vec<&Calendar> = calendars
        .list
        .iter()
        .filter(|calendar| (hidden || !calendar.is_hidden) && (!writes || calendar.role == "owner"))
        .collect();
    let page: Vec<Value> =
        shown.iter().skip(from).take(size).map(|calendar| entry(calendar, &user)).collect();
    let mut answer = json!({"kind": "calendar#calendarList", "etag": "\"p1\"", "items": page});
    if from + size < shown.len() {
        answer["nextPageToken"] = json!(paging::seal(call, &(from + size).to_string()));
    } else {
        answer["nextSyncToken"] = json!("CL0");
    }
    Ok(Answer::json(answer))
}

pub(super) fn calendar_list_entry(call: &Call) -> Result<Answer, GoogleError> {
    let (user, calendars) = own(call)?;
    let calendars = lock(&calendars);
    let calendar = calendars.find(call.path("calendarId"), &user.address).ok_or_else(no_calendar)?;
    Ok(Answer::json(entry(calendar, &user)))
}

pub(super) fn calendar(call: &Call) -> Result<Answer, GoogleError> {
    let (user, calendars) = own(call)?;
    let calendars = lock(&calendars);
    let calendar = calendars.find(call.path("calendarId"), &user.address).ok_or_else(no_calendar)?;
    Ok(Answer::json(with_etag(&json!({
        "kind": "calendar#calendar",
        "id": shown_id(calendar, &user),
        "summary": calendar.summary,
        "timeZone": "Europe/Berlin",
    }))))
}

pub(super) fn colors(_call: &Call) -> Result<Answer, GoogleError> {
    let all: Map<String, Value> = COLORS
        .iter()
        .map(|(id, background)| {
            ((*id).to_owned(), json!({"background": background, "foreground": FOREGROUND}))
        })
        .collect();
    let answer = json!({
        "kind": "calendar#colors",
        "updated": "2012-02-14T00:00:00.000Z",
        "calendar": all,
        "event": all,
    });
    Ok(Answer::json(answer))
}

/// The owner, and for shared calendars the domain.
pub(super) fn acl(call: &Call) -> Result<Answer, GoogleError> {
    let (user, calendars) = own(call)?;
    let calendars = lock(&calendars);
    let calendar = calendars.find(call.path("calendarId"), &user.address).ok_or_else(no_calendar)?;
    if calendar.role != "owner" {
        return Err(GoogleError::forbidden("Forbidden"));
    }
    let rule = |kind: &str, value: &str, role: &str| {
        with_etag(&json!({
            "kind": "calendar#aclRule",
            "id": format!("{kind}:{value}"),
            "scope": {"type": kind, "value": value},
            "role": role,
        }))
    };
    let mut rules = vec![rule("user", &user.address, "owner")];
    if calendar.key != PRIMARY {
        let domain = user.address.rsplit('@').next().unwrap_or_default();
        rules.push(rule("domain", domain, "reader"));
    }
    let token = json!("AC0");
    Ok(Answer::json(
        json!({"kind": "calendar#acl", "etag": "\"p1\"", "items": rules, "nextSyncToken": token}),
    ))
}

/// A deleted event can still be read: it is `cancelled`.
pub(super) fn event(call: &Call) -> Result<Answer, GoogleError> {
    let (user, calendars) = own(call)?;
    let calendars = lock(&calendars);
    let calendar = calendars.find(call.path("calendarId"), &user.address).ok_or_else(no_calendar)?;
    let found = calendar.events.get(call.path("eventId")).ok_or_else(no_calendar)?;
    Ok(Answer::json(with_etag(&found.json)))
}

/// The form in which an event is compared: without its etag, keys sorted.
pub(super) fn bytes(event: &Value) -> String {
    canonical(event)
}
