//! `directory.users`.

use serde_json::{Value, json};

use super::model::{Directory, User};
use super::{admitted, check_scope, page, with_etag};
use crate::clock::rfc3339;
use crate::google::{Answer, Call, GoogleError};

/// A deleted user can be undeleted for 20 days, and is listed with `showDeleted` as long.
/// <https://support.google.com/a/answer/1397578>
const UNDELETE_MS: i64 = 20 * 86_400_000;

/// `directory.users.list`.
pub(super) fn list(call: &Call) -> Result<Answer, GoogleError> {
    admitted(call)?;
    let size = call.number("maxResults", 1..=500, 100)?;
    call.one_of("projection", &["basic", "custom", "full"], "basic")?;
    call.one_of("viewType", &["admin_view", "domain_public"], "admin_view")?;
    let order = call.one_of("orderBy", &["email", "familyName", "givenName"], "email")?;
    let descending = call.one_of("sortOrder", &["ASCENDING", "DESCENDING"], "ASCENDING")? == "DESCENDING";
    let deleted = call.flag("showDeleted")?;
    let query = Query::parse(call.query("query").unwrap_or(""))?;
    let now = call.world.clock.now_ms();
    let directory = call.world.google.directory.read();
    check_scope(call, &directory)?;
    let mut users: Vec<&User> = directory
        .users
        .iter()
        .filter(|u| {
            if deleted { u.deleted.is_some_and(|at| now - at < UNDELETE_MS) } else { u.deleted.is_none() }
        })
        .filter(|u| query.matches(u))
        .collect();
    users.sort_by_cached_key(|u| match order {
        "familyName" => (u.family.to_lowercase(), u.given.to_lowercase(), u.id.clone()),
        "givenName" => (u.given.to_lowercase(), u.family.to_lowercase(), u.id.clone()),
        _ => (u.address.clone(), String::new(), u.id.clone()),
    });
    if descending {
        users.reverse();
    }
    let (users, next) = page(call, &users, size, |u| u.id.clone())?;
    let mut answer = json!({"kind": "admin#directory#users"});
    if !users.is_empty() {
        answer["users"] = users.iter().map(|u| user_json(&directory, u)).collect();
    }
    if let Some(next) = next {
        answer["nextPageToken"] = json!(next);
    }
    Ok(Answer::json(with_etag(answer)))
}

/// `directory.users.get`.
pub(super) fn get(call: &Call) -> Result<Answer, GoogleError> {
    admitted(call)?;
    let directory = call.world.google.directory.read();
    let user = find(&directory, call)?;
    Ok(Answer::json(user_json(&directory, user)))
}

/// `directory.users.aliases.list`.
pub(super) fn aliases(call: &Call) -> Result<Answer, GoogleError> {
    admitted(call)?;
    let directory = call.world.google.directory.read();
    let user = find(&directory, call)?;
    let aliases: Vec<Value> = user
        .aliases
        .iter()
        .map(|alias| {
            with_etag(json!({"kind": "admin#directory#alias", "id": user.id, "primaryEmail": user.address, "alias": alias}))
        })
        .collect();
    Ok(Answer::json(with_etag(json!({"kind": "admin#directory#aliases", "aliases": aliases}))))
}

fn find<'a>(directory: &'a Directory, call: &Call) -> Result<&'a User, GoogleError> {
    let key = match call.path("userKey") {
        "me" => call.user()?,
        key => key,
    };
    directory.user(key).ok_or_else(|| GoogleError::new(404, "notFound", "Resource Not Found: userKey"))
}

fn user_json(directory: &Directory, user: &User) -> Value {
    let mut emails = vec![json!({"address": user.address, "primary": true})];
    emails.extend(user.aliases.iter().map(|alias| json!({"address": alias})));
    let mut json = json!({
        "kind": "admin#directory#user",
        "id": user.id,
        "primaryEmail": user.address,
        "name": {"givenName": user.given, "familyName": user.family, "fullName": user.full_name()},
        "isAdmin": user.is_admin,
        "isDelegatedAdmin": false,
        "lastLoginTime": "1970-01-01T00:00:00.000Z",
        "creationTime": rfc3339(user.created),
        "agreedToTerms": true,
        "suspended": user.suspended,
        "archived": user.archived,
        "changePasswordAtNextLogin": false,
        "ipWhitelisted": false,
        "emails": emails,
        "nonEditableAliases": [format!("{}.test-google-a.com", user.address)],
        "customerId": directory.customer_id,
        "orgUnitPath": user.org_unit,
        "isMailboxSetup": true,
        "isEnrolledIn2Sv": true,
        "isEnforcedIn2Sv": false,
        "includeInGlobalAddressList": true,
    });
    if !user.aliases.is_empty() {
        json["aliases"] = json!(user.aliases);
    }
    if user.suspended {
        json["suspensionReason"] = json!("ADMIN");
    }
    if let Some(at) = user.deleted {
        json["deletionTime"] = json!(rfc3339(at));
    }
    with_etag(json)
}

/// The search of users, as far as it is simulated: `email:`, `givenName:`, `familyName:`, `name:`,
/// `isSuspended=`, `isArchived=`, `isAdmin=`, `orgUnitPath=`; clauses are joined by a blank.
/// <https://developers.google.com/workspace/admin/directory/v1/guides/search-users>
struct Query(Vec<(String, char, String)>);

impl Query {
    fn parse(text: &str) -> Result<Self, GoogleError> {
        let bad = || GoogleError::new(400, "invalid", "Invalid Input: query").at("parameter", "query");
        let mut clauses = Vec::new();
        let mut rest = text.trim();
        while !rest.is_empty() {
            let at = rest.find([':', '=']).ok_or_else(bad)?;
            let name = rest[..at].trim().to_owned();
            let operator = if rest[at..].starts_with(':') { ':' } else { '=' };
            rest = rest[at + 1..].trim_start();
            let value;
            (value, rest) = match rest.strip_prefix('\'') {
                Some(quoted) => quoted.split_once('\'').ok_or_else(bad)?,
                None => rest.split_once(' ').unwrap_or((rest, "")),
            };
            rest = rest.trim_start();
            let known = [
                "email",
                "givenName",
                "familyName",
                "name",
                "isSuspended",
                "isArchived",
                "isAdmin",
                "orgUnitPath",
            ];
            if !known.contains(&name.as_str()) {
                return Err(bad());
            }
            clauses.push((name, operator, value.to_lowercase()));
        }
        Ok(Self(clauses))
    }

    fn matches(&self, user: &User) -> bool {
        self.0.iter().all(|(name, operator, value)| {
            let is = |text: &str| {
                let text = text.to_lowercase();
                match (operator, value.strip_suffix('*')) {
                    (':', Some(start)) => text.starts_with(start),
                    (':', None) => {
                        text.starts_with(value.as_str())
                            || text.split(' ').any(|w| w.starts_with(value.as_str()))
                    }
                    _ => text == *value,
                }
            };
            match name.as_str() {
                "email" => is(&user.address) || user.aliases.iter().any(|a| is(a)),
                "givenName" => is(&user.given),
                "familyName" => is(&user.family),
                "name" => is(&user.full_name()),
                "isSuspended" => user.suspended.to_string() == *value,
                "isArchived" => user.archived.to_string() == *value,
                "isAdmin" => user.is_admin.to_string() == *value,
                _ => {
                    let path = user.org_unit.to_lowercase();
                    path == *value || path.starts_with(&format!("{}/", value.trim_end_matches('/')))
                }
            }
        })
    }
}
