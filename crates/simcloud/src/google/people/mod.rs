//! The People API: each user's contacts, their groups and photos.
//! <https://developers.google.com/people/api/rest>

mod control;
mod listing;
mod photo;
mod sample;
mod truth;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use serde_json::Value;

use super::directory::{Directory, User};
use super::synced::{Collection, PerUser};
use super::{Answer, Api, Call, GoogleError, Method};
use crate::content::corpus::Corpus;
use crate::options::Options;

pub(crate) use control::{CHURN, OPS};
pub(crate) use photo::{PHOTO_PATH, serve as serve_photo};
pub(crate) use truth::TRUTH;

/// The People API.
pub static PEOPLE: Api = Api { name: "people", title: "People API", host: "people.googleapis.com" };

const READ: &[&str] =
    &["https://www.googleapis.com/auth/contacts", "https://www.googleapis.com/auth/contacts.readonly"];

const fn get(
    id: &'static str,
    path: &'static str,
    query: &'static [&'static str],
    run: fn(&Call) -> Result<Answer, GoogleError>,
) -> Method {
    Method { api: &PEOPLE, id, http: "GET", path, query, scopes: READ, units: |_| 1, run }
}

/// Methods that are simulated.
pub(crate) static METHODS: &[Method] = &[
    get(
        "people.people.connections.list",
        "v1/people/{peopleId}/connections",
        &[
            "pageSize",
            "pageToken",
            "personFields",
            "requestMask.includeField",
            "requestSyncToken",
            "sortOrder",
            "sources",
            "syncToken",
        ],
        listing::connections,
    ),
    get(
        "people.people.get",
        "v1/people/{peopleId}",
        &["personFields", "requestMask.includeField", "sources"],
        listing::person,
    ),
    get(
        "people.contactGroups.list",
        "v1/contactGroups",
        &["groupFields", "pageSize", "pageToken", "syncToken"],
        listing::groups,
    ),
    get(
        "people.contactGroups.get",
        "v1/contactGroups/{contactGroupsId}",
        &["groupFields", "maxMembers"],
        listing::group,
    ),
];

/// The contacts of one user.
pub struct Contacts {
    /// Persons by the id behind `people/`.
    pub people: Collection,
    /// Own groups, by id and name.
    pub groups: Vec<(String, String)>,
    /// Numbers what control makes.
    pub made: u64,
    /// When full syncs began, in milliseconds of the quota clock: "the first page of a full sync request has an
    /// additional quota".
    pub full_syncs: VecDeque<u64>,
}

/// Everyone's contacts.
pub type AllContacts = PerUser<Contacts>;

/// The contacts that a company starts with.
pub(crate) fn company(options: &Options, directory: &Directory, corpus: &Corpus) -> AllContacts {
    let sample = sample::Sample::new(options, directory, corpus);
    PerUser::new(move |user| sample.contacts(user))
}

/// The caller and the caller's contacts.
fn own(call: &Call) -> Result<(User, Arc<Mutex<Contacts>>), GoogleError> {
    let caller = call.user()?;
    let user = call.world.google.directory.read().user(caller).cloned();
    let user = user.ok_or_else(GoogleError::not_found)?;
    if user.suspended || user.archived {
        return Err(GoogleError::new(403, "PERMISSION_DENIED", "The caller does not have permission"));
    }
    let contacts = call.world.google.people.of(&user);
    Ok((user, contacts))
}

/// The groups that a person is in, by id.
fn groups_of(person: &Value) -> impl Iterator<Item = &str> {
    person["memberships"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|membership| membership["contactGroupMembership"]["contactGroupId"].as_str())
}
