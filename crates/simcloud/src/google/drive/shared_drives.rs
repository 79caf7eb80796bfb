//! `drives.*`: the shared drives that a user is a member of, or for an admin all of the domain
//! (<https://developers.google.com/workspace/drive/api/guides/manage-shareddrives>).

use serde_json::json;

use super::access;
use super::file::{Role, SharedDrive};
use super::query::{Operator, Query, Term, has_word_beginning};
use super::resource::View;
use crate::google::{Answer, Call, Fields, GoogleError, paging};

const DEFAULT: &str = "id,name,kind";

/// `drive.drives.list`; `q` is for admins only.
pub(super) fn list(call: &Call) -> Result<Answer, GoogleError> {
    let user = call.user()?;
    let is_admin = access::as_admin(call)?;
    let refused = || GoogleError::invalid("Invalid Value").at("parameter", "q");
    let query = match call.query("q").filter(|q| !q.trim().is_empty()) {
        None => None,
        Some(_) if !is_admin => return Err(refused()),
        Some(text) => Some(
            Query::parse(text).filter(|query| query.terms().into_iter().all(is_known)).ok_or_else(refused)?,
        ),
    };
    let page_size = super::page_size(call, 10, 100)?;
    let drives = &call.world.google.drive;
    let people = drives.people(&call.world);
    let state = drives.read();
    let visible = state.drives.values().filter(|drive| is_admin || drive.role_of(user).is_some());
    let wanted = |drive: &&SharedDrive| {
        query.as_ref().is_none_or(|query| query.holds(&|term: &Term| holds(drive, term)))
    };
    let found: Vec<&SharedDrive> = visible.filter(wanted).collect();
    let start = super::offset(paging::open(call)?)?.min(found.len());
    let end = (start + page_size).min(found.len());
    let docs = drives.docs(call);
    let view = View { state: &state, people: &people, store: drives.store(), user, docs: &docs };
    let fields = match call.query("fields") {
        None => Fields::parse(Some(DEFAULT))?,
        Some(_) => call.fields.below("drives").unwrap_or(Fields::Some(Vec::new())),
    };
    let page: Vec<_> =
        found[start..end].iter().map(|drive| fields.select(view.drive(drive, drive.role_of(user)))).collect();
    let mut answer = json!({"kind": "drive#driveList", "drives": page});
    if end < found.len() {
        answer["nextPageToken"] = json!(paging::seal(call, &end.to_string()));
    }
    Ok(Answer::json(answer))
}

/// `drive.drives.get`.
pub(super) fn get(call: &Call) -> Result<Answer, GoogleError> {
    let user = call.user()?;
    let is_admin = access::as_admin(call)?;
    let drives = &call.world.google.drive;
    let people = drives.people(&call.world);
    let state = drives.read();
    let id = call.path("driveId");
    let drive = state.drives.get(id).filter(|drive| is_admin || drive.role_of(user).is_some());
    let drive = drive.ok_or_else(|| access::drive_not_found(id))?;
    let docs = drives.docs(call);
    let view = View { state: &state, people: &people, store: drives.store(), user, docs: &docs };
    let fields = match call.query("fields") {
        None => Fields::parse(Some(DEFAULT))?,
        Some(_) => call.fields.clone(),
    };
    Ok(Answer::json(fields.select(view.drive(drive, drive.role_of(user)))))
}

fn is_known(term: &Term) -> bool {
    match term.field.as_str() {
        "name" => matches!(term.operator, Operator::Contains | Operator::Is | Operator::IsNot),
        "memberCount" | "organizerCount" => {
            !matches!(term.operator, Operator::Contains | Operator::In) && term.value.parse::<usize>().is_ok()
        }
        "hidden" => matches!(term.operator, Operator::Is | Operator::IsNot),
        _ => false,
    }
}

fn holds(drive: &SharedDrive, term: &Term) -> bool {
    let count =
        |members: usize| term.value.parse().is_ok_and(|number| term.operator.holds(&members, &number));
    match term.field.as_str() {
        "name" if term.operator == Operator::Contains => has_word_beginning(&drive.name, &term.value),
        "name" => term.operator.holds(&&drive.name, &&term.value),
        "memberCount" => count(drive.members.len()),
        "organizerCount" => count(drive.members.iter().filter(|(_, role)| *role == Role::Organizer).count()),
        "hidden" => term.operator.holds(&false, &(term.value == "true")),
        _ => false,
    }
}
