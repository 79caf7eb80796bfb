//! `connections.list` with its sync tokens, one person, and groups.
//! <https://developers.google.com/people/api/rest/v1/people.connections/list>

use serde_json::{Map, Value, json};

use super::{groups_of, own, photo};
use crate::google::synced::{Entry, open_sync_token, sync_token, with_etag};
use crate::google::{Answer, Call, GoogleError, paging};
use crate::sync::lock;

/// "Sync tokens expire 7 days after the full sync."
const TOKEN_MS: i64 = 7 * 24 * 3_600_000;
/// Full syncs of one user within a minute; the published text names no number.
const FULL_SYNCS: usize = 60;
/// What `personFields` may name.
const FIELDS: [&str; 29] = [
    "addresses",
    "ageRanges",
    "biographies",
    "birthdays",
    "calendarUrls",
    "clientData",
    "coverPhotos",
    "emailAddresses",
    "events",
    "externalIds",
    "genders",
    "imClients",
    "interests",
    "locales",
    "locations",
    "memberships",
    "metadata",
    "miscKeywords",
    "names",
    "nicknames",
    "occupations",
    "organizations",
    "phoneNumbers",
    "photos",
    "relations",
    "sipAddresses",
    "skills",
    "urls",
    "userDefined",
];

fn invalid(message: impl Into<String>) -> GoogleError {
    GoogleError::new(400, "badRequest", message)
}

/// The fields that are asked for.
fn mask(call: &Call) -> Result<Vec<&str>, GoogleError> {
    let text = call.query("personFields").or_else(|| call.query("requestMask.includeField"));
    let text = text
        .filter(|text| !text.is_empty())
        .ok_or_else(|| invalid("personFields mask is required. Please specify one or more valid paths."))?;
    let fields: Vec<&str> = text.split(',').map(|field| field.trim().trim_start_matches("person.")).collect();
    match fields.iter().find(|field| !FIELDS.contains(*field)) {
        Some(other) => Err(invalid(format!("Invalid personFields mask path: \"{other}\"."))),
        None => Ok(fields),
    }
}

/// The person as the API shows it, with the fields that are asked for.
fn shown(call: &Call, id: &str, entry: &Entry, mask: &[&str]) -> Value {
    let mut person = Map::from_iter([("resourceName".to_owned(), json!(format!("people/{id}")))]);
    if entry.is_gone {
        person.insert("metadata".to_owned(), json!({"deleted": true}));
    } else if let Some(all) = entry.json.as_object() {
        let wanted = all.iter().filter(|(name, _)| mask.contains(&name.as_str()));
        person.extend(wanted.map(|(name, value)| (name.clone(), value.clone())));
        if let Some(photos) = person.get_mut("photos") {
            photo::with_address(call.world.as_ref(), photos);
        }
    }
    with_etag(&Value::Object(person))
}

/// Everything but pages that a later call has to repeat.
fn bound(call: &Call) -> String {
    let mut same: Vec<String> = call
        .query
        .iter()
        .filter(|(name, _)| {
            ["personFields", "requestMask.includeField", "sortOrder", "sources", "requestSyncToken"]
                .contains(&name.as_str())
        })
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    same.sort();
    same.join("&")
}

fn expired() -> GoogleError {
    let message = "Sync token is expired. Clear local cache and retry call without the sync token.";
    GoogleError::new(400, "failedPrecondition", message).with_detail(json!({
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "EXPIRED_SYNC_TOKEN",
        "domain": "people.googleapis.com",
    }))
}

pub(super) fn connections(call: &Call) -> Result<Answer, GoogleError> {
    if call.path("peopleId") != "me" {
        return Err(invalid("Only people/me is valid."));
    }
    let (_, contacts) = own(call)?;
    let mask = mask(call)?;
    let size = call.number("pageSize", 1..=1000, 100)? as usize;
    let wants_token = call.flag("requestSyncToken")?;
    let now = call.world.clock.now_ms();
    let mut contacts = lock(&contacts);
    let position = paging::open(call)?;
    let (since, full_at) = match call.query("syncToken").filter(|token| !token.is_empty()) {
        None => (None, now),
        Some(token) => {
            let known = open_sync_token(call, &bound(call), token);
            let (seq, full_at) = known.ok_or_else(|| invalid("Sync token is invalid."))?;
            if now - full_at >= TOKEN_MS || !contacts.people.reaches(seq) {
                return Err(expired());
            }
            (Some(seq), full_at)
        }
    };
    if since.is_none() && position.is_none() && call.world.google.quota.is_published() {
        let quota_now = call.world.clock.quota_ms();
        contacts.full_syncs.retain(|at| at + 60_000 > quota_now);
        if contacts.full_syncs.len() >= FULL_SYNCS {
            let message =
                "Quota exceeded for quota metric 'FullSyncFirstPage' and limit 'per minute per user'.";
            return Err(GoogleError::new(429, "rateLimitExceeded", message).in_domain("usageLimits"));
        }
        contacts.full_syncs.push_back(quota_now);
    }
    let (began, after) = match &position {
        None => (contacts.people.seq(), ""),
        Some(position) => {
            let (began, after) = position.split_once(' ').ok_or_else(|| invalid("Invalid pageToken"))?;
            (began.parse().unwrap_or(0), after)
        }
    };
    let wants = |entry: &Entry| match since {
        Some(seq) => entry.seq > seq,
        None => !entry.is_gone,
    };
    let total = contacts.people.living().count();
    let mut wanted = contacts.people.all().filter(|(id, entry)| id.as_str() > after && wants(entry));
    let page: Vec<_> = wanted.by_ref().take(size).collect();
    let mut answer = json!({});
    if !page.is_empty() {
        answer["connections"] = page.iter().map(|(id, entry)| shown(call, id, entry, &mask)).collect();
    }
    if since.is_none() {
        answer["totalPeople"] = json!(total);
        answer["totalItems"] = json!(total);
    }
    match page.last().filter(|_| wanted.next().is_some()) {
        Some((last, _)) => answer["nextPageToken"] = json!(paging::seal(call, &format!("{began} {last}"))),
        None if wants_token || since.is_some() => {
            answer["nextSyncToken"] = json!(sync_token(call, &bound(call), began, full_at));
        }
        None => {}
    }
    Ok(Answer::json(answer))
}

pub(super) fn person(call: &Call) -> Result<Answer, GoogleError> {
    let (_, contacts) = own(call)?;
    let mask = mask(call)?;
    let contacts = lock(&contacts);
    let id = call.path("peopleId");
    let entry = contacts.people.get(id).filter(|entry| !entry.is_gone).ok_or_else(GoogleError::not_found)?;
    Ok(Answer::json(shown(call, id, entry, &mask)))
}

/// Groups that every account has.
pub(super) const SYSTEM_GROUPS: [(&str, &str); 3] =
    [("myContacts", "My Contacts"), ("starred", "Starred"), ("all", "All contacts")];

fn group_json(contacts: &super::Contacts, id: &str, name: &str, is_system: bool) -> Value {
    let members =
        contacts.people.living().filter(|(_, person)| groups_of(person).any(|group| group == id)).count();
    let mut group = json!({
        "resourceName": format!("contactGroups/{id}"),
        "groupType": if is_system { "SYSTEM_CONTACT_GROUP" } else { "USER_CONTACT_GROUP" },
        "name": if is_system { id } else { name },
        "formattedName": name,
    });
    if members > 0 {
        group["memberCount"] = json!(members);
    }
    if !is_system {
        group["metadata"] = json!({"updateTime": "2026-01-01T08:00:00Z"});
    }
    with_etag(&group)
}

pub(super) fn groups(call: &Call) -> Result<Answer, GoogleError> {
    let (_, contacts) = own(call)?;
    let size = call.number("pageSize", 1..=1000, 30)? as usize;
    if call.query("syncToken").is_some_and(|token| !token.is_empty()) {
        return Err(expired());
    }
    let from: usize = paging::open(call)?.and_then(|at| at.parse().ok()).unwrap_or(0);
    let contacts = lock(&contacts);
    let system = SYSTEM_GROUPS.iter().map(|(id, name)| group_json(&contacts, id, name, true));
    let own = contacts.groups.iter().map(|(id, name)| group_json(&contacts, id, name, false));
    let all: Vec<Value> = system.chain(own).collect();
    let mut answer = json!({"totalItems": all.len(), "contactGroups": all.iter().skip(from).take(size).collect::<Vec<_>>()});
    if from + size < all.len() {
        answer["nextPageToken"] = json!(paging::seal(call, &(from + size).to_string()));
    } else {
        answer["nextSyncToken"] = json!("CG0");
    }
    Ok(Answer::json(answer))
}

pub(super) fn group(call: &Call) -> Result<Answer, GoogleError> {
    let (_, contacts) = own(call)?;
    let most = call.number("maxMembers", 0..=100_000, 0)? as usize;
    let contacts = lock(&contacts);
    let id = call.path("contactGroupsId");
    let system = SYSTEM_GROUPS.iter().find(|(known, _)| *known == id).map(|(_, name)| (*name, true));
    let own = contacts.groups.iter().find(|(known, _)| known == id).map(|(_, name)| (name.as_str(), false));
    let (name, is_system) = system.or(own).ok_or_else(GoogleError::not_found)?;
    let mut group = group_json(&contacts, id, name, is_system);
    if most > 0 {
        let members =
            contacts.people.living().filter(|(_, person)| groups_of(person).any(|group| group == id));
        group["memberResourceNames"] =
            members.take(most).map(|(id, _)| json!(format!("people/{id}"))).collect();
    }
    Ok(Answer::json(group))
}
