//! `changes.*`: what happened since a token that never expires
//! (<https://developers.google.com/workspace/drive/api/guides/manage-changes>).

use serde_json::{Value, json};

use super::access;
use super::feed::{Entry, Subject};
use super::file::File;
use super::resource::{FILE_DEFAULT, View};
use super::state::State;
use crate::clock::rfc3339;
use crate::google::{Answer, Call, Fields, GoogleError};

/// `drive.changes.getStartPageToken`.
pub(super) fn start_page_token(call: &Call) -> Result<Answer, GoogleError> {
    call.user()?;
    let state = call.world.google.drive.read();
    check_drive(call, &state)?;
    Ok(Answer::json(json!({"kind": "drive#startPageToken", "startPageToken": state.position().to_string()})))
}

/// A shared drive's log is for applications that support them.
fn check_drive<'s>(call: &Call, state: &'s State) -> Result<Option<&'s str>, GoogleError> {
    let drive = access::member_drive(call, state)?;
    if drive.is_some() && !access::supports_all_drives(call)? {
        return Err(GoogleError::new(
            403,
            "teamDrivesNotSupported",
            "The application does not support shared drives.",
        )
        .at("parameter", "supportsAllDrives"));
    }
    Ok(drive.map(|drive| &*drive.id))
}

/// `drive.changes.list` (<https://developers.google.com/workspace/drive/api/reference/rest/v3/changes/list>).
pub(super) fn list(call: &Call) -> Result<Answer, GoogleError> {
    let user = call.user()?;
    let drives = &call.world.google.drive;
    let people = drives.people(&call.world);
    let state = drives.read();
    let drive = check_drive(call, &state)?;
    let wanted = Wanted {
        includes_removed: call.query("includeRemoved").is_none() || call.flag("includeRemoved")?,
        includes_all_drives: access::includes_all_drives(call)?,
        only_my_drive: call.flag("restrictToMyDrive")?,
        keeps_corpus_removals: call.flag("includeCorpusRemovals")?,
        drive,
    };
    let start = token(call, &state)?;
    let page_size = super::page_size(call, 100, 1000)?;
    let docs = drives.docs(call);
    let view = View { state: &state, people: &people, store: drives.store(), user, docs: &docs };
    let fields = match call.query("fields") {
        None => Fields::parse(Some(FILE_DEFAULT))?,
        Some(_) => {
            call.fields.below("changes").and_then(|c| c.below("file")).unwrap_or(Fields::Some(Vec::new()))
        }
    };

    let feed = match drive {
        Some(drive) => state.drive_feed(drive),
        None => state.user_feed(user),
    };
    let mut entries = feed.into_iter().flat_map(|feed| feed.since(start)).peekable();
    let mut page = Vec::new();
    let mut next = state.position();
    // A page counts what it looked at: filtered entries leave it shorter, as at Google, sometimes empty.
    for _ in 0..page_size {
        let Some((position, entry)) = entries.next() else { break };
        next = position + 1;
        if access::wants_drive_space(call) {
            page.extend(wanted.change(&view, entry, &fields));
        }
    }
    let mut answer = json!({"kind": "drive#changeList", "changes": page});
    if entries.peek().is_some() {
        answer["nextPageToken"] = json!(next.to_string());
    } else {
        answer["newStartPageToken"] = json!(state.position().to_string());
    }
    Ok(Answer::json(answer))
}

fn token(call: &Call, state: &State) -> Result<u64, GoogleError> {
    let Some(text) = call.query("pageToken") else {
        return Err(
            GoogleError::new(400, "required", "Required parameter: pageToken").at("parameter", "pageToken")
        );
    };
    let number = text.parse::<u64>().ok().filter(|number| (1..=state.position()).contains(number));
    number.ok_or_else(|| GoogleError::invalid("Invalid Value").at("parameter", "pageToken"))
}

/// Which changes a call asks for.
struct Wanted<'w> {
    includes_removed: bool,
    includes_all_drives: bool,
    only_my_drive: bool,
    keeps_corpus_removals: bool,
    drive: Option<&'w str>,
}

impl Wanted<'_> {
    fn change(&self, view: &View<'_>, entry: &Entry, fields: &Fields) -> Option<Value> {
        match entry.subject {
            Subject::File => self.file_change(view, entry, fields),
            Subject::Drive => self.drive_change(view, entry),
        }
    }

    fn file_change(&self, view: &View<'_>, entry: &Entry, fields: &Fields) -> Option<Value> {
        if self.drive.is_none() && !entry.is_of_user && !self.includes_all_drives {
            return None;
        }
        let seen = view.state.file(&entry.id).filter(|file| view.state.role(view.user, file).is_some());
        let listed = seen.filter(|file| self.is_in_corpus(view, file));
        let mut change = json!({
            "kind": "drive#change",
            "type": "file",
            "changeType": "file",
            "time": rfc3339(entry.at_ms),
            "removed": listed.is_none(),
            "fileId": *entry.id,
        });
        if listed.is_none() && !self.includes_removed {
            return None;
        }
        if listed.is_none()
            && self.only_my_drive
            && seen.is_some_and(|file| file.home.owner().is_some_and(|o| **o != *view.user))
        {
            return None;
        }
        let shown = if self.keeps_corpus_removals { seen } else { listed };
        if let Some(file) = shown {
            change["file"] = view.file(file, fields);
        }
        Some(change)
    }

    fn is_in_corpus(&self, view: &View<'_>, file: &File) -> bool {
        match self.drive {
            Some(drive) => file.home.drive().is_some_and(|home| **home == *drive),
            None if file.home.drive().is_some() => self.includes_all_drives,
            None if self.only_my_drive => file.home.owner().is_some_and(|owner| **owner == *view.user),
            None => view.state.is_listed_for(view.user, file),
        }
    }

    fn drive_change(&self, view: &View<'_>, entry: &Entry) -> Option<Value> {
        if !self.includes_all_drives {
            return None;
        }
        let drive = view.state.drives.get(&entry.id);
        let role = drive.and_then(|drive| drive.role_of(view.user));
        if role.is_none() && !self.includes_removed {
            return None;
        }
        let mut change = json!({
            "kind": "drive#change",
            "type": "drive",
            "changeType": "drive",
            "time": rfc3339(entry.at_ms),
            "removed": role.is_none(),
            "driveId": *entry.id,
        });
        if let (Some(drive), Some(role)) = (drive, role) {
            change["drive"] = view.drive(drive, Some(role));
        }
        Some(change)
    }
}
