//! The Calendar API: each user's calendars and their events.
//! <https://developers.google.com/workspace/calendar/api/v3/reference>

mod control;
mod listing;
mod read;
mod sample;
mod truth;

use std::sync::{Arc, Mutex};

use super::directory::{Directory, User};
use super::synced::{Collection, PerUser};
use super::{Answer, Api, Call, GoogleError, Method};
use crate::content::corpus::Corpus;
use crate::options::Options;

pub(crate) use control::{CHURN, OPS};
pub(crate) use truth::{TRUTH, people};

/// The Calendar API.
pub static CALENDAR: Api =
    Api { name: "calendar", title: "Google Calendar API", host: "calendar-json.googleapis.com" };

const ALL: &str = "https://www.googleapis.com/auth/calendar";
const READONLY: &str = "https://www.googleapis.com/auth/calendar.readonly";
const LIST: &[&str] = &[
    ALL,
    READONLY,
    "https://www.googleapis.com/auth/calendar.calendarlist",
    "https://www.googleapis.com/auth/calendar.calendarlist.readonly",
];
const CALENDARS: &[&str] = &[
    ALL,
    READONLY,
    "https://www.googleapis.com/auth/calendar.calendars",
    "https://www.googleapis.com/auth/calendar.calendars.readonly",
];
const EVENTS: &[&str] = &[
    ALL,
    READONLY,
    "https://www.googleapis.com/auth/calendar.events",
    "https://www.googleapis.com/auth/calendar.events.readonly",
];
const ACL: &[&str] = &[
    ALL,
    "https://www.googleapis.com/auth/calendar.acls",
    "https://www.googleapis.com/auth/calendar.acls.readonly",
];

const fn get(
    id: &'static str,
    path: &'static str,
    query: &'static [&'static str],
    scopes: &'static [&'static str],
    run: fn(&Call) -> Result<Answer, GoogleError>,
) -> Method {
    Method { api: &CALENDAR, id, http: "GET", path, query, scopes, units: |_| 1, run }
}

/// Methods that are simulated.
pub(crate) static METHODS: &[Method] = &[
    get(
        "calendar.calendarList.list",
        "calendar/v3/users/me/calendarList",
        &[
            "maxResults",
            "minAccessRole",
            "pageToken",
            "showDeleted",
            "showHidden",
            "showOwnOrganizationOnly",
            "syncToken",
        ],
        LIST,
        read::calendar_list,
    ),
    get(
        "calendar.calendarList.get",
        "calendar/v3/users/me/calendarList/{calendarId}",
        &[],
        LIST,
        read::calendar_list_entry,
    ),
    get("calendar.calendars.get", "calendar/v3/calendars/{calendarId}", &[], CALENDARS, read::calendar),
    get("calendar.colors.get", "calendar/v3/colors", &[], LIST, read::colors),
    get(
        "calendar.acl.list",
        "calendar/v3/calendars/{calendarId}/acl",
        &["maxResults", "pageToken", "showDeleted", "syncToken"],
        ACL,
        read::acl,
    ),
    get(
        "calendar.events.list",
        "calendar/v3/calendars/{calendarId}/events",
        &[
            "alwaysIncludeEmail",
            "eventTypes",
            "iCalUID",
            "maxAttendees",
            "maxResults",
            "orderBy",
            "pageToken",
            "privateExtendedProperty",
            "q",
            "sharedExtendedProperty",
            "showDeleted",
            "showHiddenInvitations",
            "singleEvents",
            "syncToken",
            "timeMax",
            "timeMin",
            "timeZone",
            "updatedMin",
        ],
        EVENTS,
        listing::events,
    ),
    get(
        "calendar.events.get",
        "calendar/v3/calendars/{calendarId}/events/{eventId}",
        &["alwaysIncludeEmail", "maxAttendees", "timeZone"],
        EVENTS,
        read::event,
    ),
];

/// The key of a user's primary calendar; its id is the user's address.
pub(crate) const PRIMARY: &str = "primary";

/// One calendar in a user's list.
pub struct Calendar {
    /// `primary`, or the id.
    pub key: String,
    /// Its name.
    pub summary: String,
    /// `owner` or `reader`.
    pub role: &'static str,
    /// Number of its colour.
    pub color: u8,
    /// Not shown in the list by default.
    pub is_hidden: bool,
    /// Its events by id.
    pub events: Collection,
}

/// The calendars of one user.
pub struct Calendars {
    /// In the order of the list.
    pub list: Vec<Calendar>,
    /// Numbers what control makes.
    pub made: u64,
    /// The user switched the service off, or has no license for it.
    pub is_off: bool,
}

impl Calendars {
    /// A calendar by key, id, or the user's address for the primary one.
    #[must_use]
    pub fn find(&self, name: &str, address: &str) -> Option<&Calendar> {
        let key = key(name, address);
        self.list.iter().find(|calendar| calendar.key == key)
    }

    /// The same, to change.
    pub fn find_mut(&mut self, name: &str, address: &str) -> Option<&mut Calendar> {
        let key = key(name, address);
        self.list.iter_mut().find(|calendar| calendar.key == key)
    }

    /// Makes every sync token dead.
    pub fn expire(&mut self) {
        self.list.iter_mut().for_each(|calendar| calendar.events.expire());
    }
}

fn key<'n>(name: &'n str, address: &str) -> &'n str {
    if name.eq_ignore_ascii_case(address) { PRIMARY } else { name }
}

/// Everyone's calendars.
pub type AllCalendars = PerUser<Calendars>;

/// The calendars that a company starts with.
pub(crate) fn company(options: &Options, directory: &Directory, corpus: &Corpus) -> AllCalendars {
    let sample = sample::Sample::new(options, directory, corpus);
    PerUser::new(move |user| sample.calendars(user))
}

/// The caller and the caller's calendars.
fn own(call: &Call) -> Result<(User, Arc<Mutex<Calendars>>), GoogleError> {
    let caller = call.user()?;
    let user = call.world.google.directory.read().user(caller).cloned();
    let user = user.ok_or_else(GoogleError::not_found)?;
    let calendars = call.world.google.calendar.of(&user);
    if user.suspended || user.archived || crate::sync::lock(&calendars).is_off {
        let message = "The user must be signed up for Google Calendar.";
        return Err(GoogleError::new(403, "notACalendarUser", message).in_domain("calendar"));
    }
    Ok((user, calendars))
}

/// The id that the API shows for a calendar of this user.
fn shown_id<'c>(calendar: &'c Calendar, user: &'c User) -> &'c str {
    if calendar.key == PRIMARY { &user.address } else { &calendar.key }
}

fn no_calendar() -> GoogleError {
    GoogleError::new(404, "notFound", "Not Found")
}
