//! `files.list`: which files, in which order, page by page.

use std::cmp::Ordering;

use serde_json::json;

use super::access;
use super::file::{File, Grantee, Kind, Role};
use super::query::{Operator, Query, Term, has_word_beginning};
use super::resource::{FILE_DEFAULT, View};
use super::state::State;
use crate::google::{Answer, Call, Fields, GoogleError, paging};

/// `drive.files.list` (<https://developers.google.com/workspace/drive/api/reference/rest/v3/files/list>).
pub(super) fn list(call: &Call) -> Result<Answer, GoogleError> {
    let user = call.user()?;
    let drives = &call.world.google.drive;
    let people = drives.people(&call.world);
    let state = drives.read();
    let query = call.query("q").filter(|q| !q.trim().is_empty()).map(parsed).transpose()?;
    let order = call.query("orderBy").filter(|o| !o.is_empty()).map(keys).transpose()?;
    let page_size = super::page_size(call, 100, 1000)?;

    let mut found = if access::wants_drive_space(call) { corpus(call, &state)? } else { Vec::new() };
    let address = |id: &str| people.person(id).map(|person| person.address);
    if let Some(query) = &query {
        let facts = Facts { state: &state, user, address: &address };
        found.retain(|file| query.holds(&|term: &Term| facts.hold(file, term)));
    }
    // Ordinals never shift, so that a listing without an order loses nothing while others add and remove.
    let start = match (paging::open(call)?, &order) {
        (None, None) => 0,
        (None, Some(order)) => {
            found.sort_by(|a, b| compare(order, a, b));
            0
        }
        (Some(position), None) => {
            let after: u64 = position
                .parse()
                .map_err(|_| GoogleError::invalid("Invalid Value").at("parameter", "pageToken"))?;
            found.partition_point(|file| file.ordinal <= after)
        }
        (Some(position), Some(order)) => {
            found.sort_by(|a, b| compare(order, a, b));
            position
                .parse()
                .map_err(|_| GoogleError::invalid("Invalid Value").at("parameter", "pageToken"))?
        }
    };
    let start = start.min(found.len());
    let end = (start + page_size).min(found.len());

    let fields = match call.query("fields") {
        None => Fields::parse(Some(FILE_DEFAULT))?,
        Some(_) => call.fields.below("files").unwrap_or(Fields::Some(Vec::new())),
    };
    let docs = drives.docs(call);
    let view = View { state: &state, people: &people, store: drives.store(), user, docs: &docs };
    let page: Vec<_> = found[start..end].iter().map(|file| view.file(file, &fields)).collect();
    // "This can occur when searching multiple drives with the `allDrives` corpora."
    let is_incomplete = state.searches_incompletely && call.query("corpora") == Some("allDrives");
    let mut answer = json!({"kind": "drive#fileList", "incompleteSearch": is_incomplete, "files": page});
    if end < found.len() {
        let position = if order.is_some() { end as u64 } else { found[end - 1].ordinal };
        answer["nextPageToken"] = json!(paging::seal(call, &position.to_string()));
    }
    Ok(Answer::json(answer))
}

/// What `corpora` names, by ordinal.
fn corpus<'s>(call: &Call, state: &'s State) -> Result<Vec<&'s File>, GoogleError> {
    let user = call.user()?;
    let includes = access::includes_all_drives(call)?;
    let drive = access::member_drive(call, state)?;
    let default = if drive.is_some() { "drive" } else { "user" };
    let corpora = match call.query("corpora").or_else(|| call.query("corpus")) {
        None => default,
        Some(name @ ("user" | "domain" | "drive" | "allDrives")) => name,
        Some("teamDrive") => "drive",
        Some("allTeamDrives") => "allDrives",
        Some(_) => return Err(GoogleError::invalid("Invalid Value").at("parameter", "corpora")),
    };
    let needs = |message: &str, parameter: &str| {
        Err(GoogleError::new(400, "invalid", message).at("parameter", parameter))
    };
    if (corpora == "drive") != drive.is_some() {
        return needs(
            "The driveId parameter must be specified if and only if corpora is set to drive.",
            "driveId",
        );
    }
    if !includes && (corpora == "drive" || corpora == "allDrives") {
        return needs(
            "The includeItemsFromAllDrives parameter must be true for this corpora.",
            "includeItemsFromAllDrives",
        );
    }
    if let Some(drive) = drive {
        return Ok(state.in_home(&drive.id).collect());
    }
    let mut found: Vec<&File> = state.in_home(user).collect();
    let is_wanted = |file: &&File| includes || file.home.drive().is_none();
    found.extend(state.shared_with(user).into_iter().filter(is_wanted));
    if corpora == "allDrives" {
        let mut drives: Vec<_> =
            state.drives.values().filter(|drive| drive.role_of(user).is_some()).collect();
        if state.searches_incompletely {
            drives.pop();
        }
        found.extend(drives.into_iter().flat_map(|drive| state.in_home(&drive.id)));
    }
    found.sort_by_key(|file| file.ordinal);
    found.dedup_by_key(|file| file.ordinal);
    Ok(found)
}

fn parsed(text: &str) -> Result<Query, GoogleError> {
    let refused = || GoogleError::invalid("Invalid Value").at("parameter", "q");
    let query = Query::parse(text).ok_or_else(refused)?;
    if query.terms().into_iter().all(is_known) { Ok(query) } else { Err(refused()) }
}

fn is_known(term: &Term) -> bool {
    use Operator::{Contains, In, Is, IsNot};
    let is_truth = term.value == "true" || term.value == "false";
    match term.field.as_str() {
        "name" | "mimeType" => matches!(term.operator, Contains | Is | IsNot),
        "modifiedTime" | "createdTime" | "sharedWithMeTime" | "viewedByMeTime" => {
            !matches!(term.operator, Contains | In) && instant(&term.value).is_some()
        }
        "trashed" | "starred" | "sharedWithMe" => matches!(term.operator, Is | IsNot) && is_truth,
        "parents" | "owners" | "writers" | "readers" => term.operator == In,
        "shortcutDetails.targetId" | "visibility" => matches!(term.operator, Is | IsNot),
        _ => false,
    }
}

/// A time in a query; the default zone is UTC.
fn instant(text: &str) -> Option<i64> {
    let with_zone = || text.parse::<jiff::Timestamp>().ok().map(|t| t.as_millisecond());
    let plain = || {
        text.parse::<jiff::civil::DateTime>()
            .ok()?
            .to_zoned(jiff::tz::TimeZone::UTC)
            .ok()
            .map(|t| t.timestamp().as_millisecond())
    };
    with_zone().or_else(plain)
}

/// What a query can ask of a file.
struct Facts<'f> {
    state: &'f State,
    user: &'f str,
    address: &'f dyn Fn(&str) -> Option<String>,
}

impl Facts<'_> {
    fn hold(&self, file: &File, term: &Term) -> bool {
        let (operator, value) = (term.operator, &term.value);
        let truth = |fact: bool| operator.holds(&fact, &(value == "true"));
        let time = |at: i64| instant(value).is_some_and(|limit| operator.holds(&at, &limit));
        match term.field.as_str() {
            "name" if operator == Operator::Contains => has_word_beginning(&file.name, value),
            "name" => operator.holds(&&file.name, &value),
            "mimeType" if operator == Operator::Contains => file.mime.contains(value.as_str()),
            "mimeType" => operator.holds(&&file.mime, &value),
            "modifiedTime" => time(file.modified_ms),
            "createdTime" => time(file.created_ms),
            "sharedWithMeTime" => file.share_with(self.user).is_some_and(|share| time(share.at_ms)),
            "trashed" => truth(self.state.is_trashed(file)),
            "starred" => truth(file.is_starred && file.home.owner().is_some_and(|id| **id == *self.user)),
            "sharedWithMe" => {
                let is_mine = file.home.owner().is_some_and(|id| **id == *self.user);
                truth(!is_mine && file.share_with(self.user).is_some())
            }
            "parents" => self.is_in(file, value),
            "owners" => file.home.owner().is_some_and(|id| self.is_named(id, value)),
            "writers" => self.has_access(file, value, Role::Writer),
            "readers" => self.has_access(file, value, Role::Reader),
            "shortcutDetails.targetId" => {
                matches!(&file.kind, Kind::Shortcut(target) if operator.holds(&&**target, &value.as_str()))
            }
            "visibility" => operator.holds(&self.visibility(file), &value.as_str()),
            _ => false,
        }
    }

    fn is_in(&self, file: &File, folder: &str) -> bool {
        let folder =
            if folder == "root" { self.state.root_of(self.user).map_or(folder, |id| id) } else { folder };
        file.parent.as_ref().is_some_and(|parent| **parent == *folder)
    }

    fn is_named(&self, id: &str, name: &str) -> bool {
        let name_is_me = name == "me" && *id == *self.user;
        name_is_me || (self.address)(id).is_some_and(|address| address.eq_ignore_ascii_case(name))
    }

    fn has_access(&self, file: &File, name: &str, least: Role) -> bool {
        let given = self.state.lineage(file).flat_map(|file| &file.shares);
        let by_name = |with: &Grantee| matches!(with, Grantee::User(id) if self.is_named(id, name));
        let owns = file.home.owner().is_some_and(|id| self.is_named(id, name));
        owns || given.filter(|share| share.role >= least).any(|share| by_name(&share.with))
    }

    fn visibility(&self, file: &File) -> &'static str {
        let has = |with: &Grantee| {
            self.state.lineage(file).flat_map(|file| &file.shares).any(|share| share.with == *with)
        };
        if has(&Grantee::Anyone) {
            "anyoneWithLink"
        } else if has(&Grantee::Domain) {
            "domainWithLink"
        } else {
            "limited"
        }
    }
}

#[derive(Clone, Copy)]
enum Key {
    Created,
    Modified,
    Name,
    Folder,
    Size,
}

/// The keys of `orderBy`, each with whether it runs backwards.
fn keys(text: &str) -> Result<Vec<(Key, bool)>, GoogleError> {
    let mut keys = Vec::new();
    for part in text.split(',') {
        let mut words = part.split_whitespace();
        let key = match words.next() {
            Some("createdTime") => Key::Created,
            Some("modifiedTime" | "recency" | "modifiedByMeTime") => Key::Modified,
            Some("name" | "name_natural") => Key::Name,
            Some("folder") => Key::Folder,
            Some("quotaBytesUsed") => Key::Size,
            // Without stars, views and shares in it these leave the order as it is.
            Some("starred" | "viewedByMeTime" | "sharedWithMeTime") => continue,
            _ => return Err(GoogleError::invalid("Invalid Value").at("parameter", "orderBy")),
        };
        match words.next() {
            None => keys.push((key, false)),
            Some("desc") => keys.push((key, true)),
            Some(_) => return Err(GoogleError::invalid("Invalid Value").at("parameter", "orderBy")),
        }
    }
    Ok(keys)
}

fn compare(keys: &[(Key, bool)], a: &File, b: &File) -> Ordering {
    let size = |file: &File| file.head().map_or(0, |revision| revision.content.size());
    for (key, backwards) in keys {
        let order = match key {
            Key::Created => a.created_ms.cmp(&b.created_ms),
            Key::Modified => a.modified_ms.cmp(&b.modified_ms),
            Key::Name => a.name.to_lowercase().cmp(&b.name.to_lowercase()),
            Key::Folder => b.is_folder().cmp(&a.is_folder()),
            Key::Size => size(a).cmp(&size(b)),
        };
        let order = if *backwards { order.reverse() } else { order };
        if order != Ordering::Equal {
            return order;
        }
    }
    a.ordinal.cmp(&b.ordinal)
}
