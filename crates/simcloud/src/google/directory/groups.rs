//! `directory.groups` and `directory.members`.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::model::{Directory, Group, Member, Role, Who};
use super::{admitted, check_scope, page, with_etag};
use crate::google::{Answer, Call, GoogleError};

/// `directory.groups.list`: of the company, or of one member with `userKey`.
pub(super) fn list(call: &Call) -> Result<Answer, GoogleError> {
    admitted(call)?;
    let size = call.number("maxResults", 1..=200, 200)?;
    call.one_of("orderBy", &["email"], "email")?;
    let descending = call.one_of("sortOrder", &["ASCENDING", "DESCENDING"], "ASCENDING")? == "DESCENDING";
    let directory = call.world.google.directory.read();
    let mut groups: Vec<&Group> = match call.query("userKey") {
        Some(key) => {
            let user = directory.user(key).map(|u| u.id.clone());
            let group = directory.group(key).map(|g| g.id.clone());
            if user.is_none() && group.is_none() && !key.contains('@') {
                return Err(GoogleError::new(404, "notFound", "Resource Not Found: userKey"));
            }
            directory
                .groups
                .iter()
                .filter(|g| {
                    g.members.iter().any(|m| match &m.who {
                        Who::User(id) => Some(id) == user.as_ref(),
                        Who::Group(id) => Some(id) == group.as_ref(),
                        Who::External(address) => address.eq_ignore_ascii_case(key),
                    })
                })
                .collect()
        }
        None => {
            check_scope(call, &directory)?;
            directory.groups.iter().collect()
        }
    };
    if let Some(query) = call.query("query").filter(|q| !q.is_empty()) {
        let (name, value) = query
            .split_once([':', '='])
            .ok_or_else(|| GoogleError::new(400, "invalid", "Invalid Input: query"))?;
        let value = value.trim_matches('\'').trim_end_matches('*').to_lowercase();
        groups.retain(|g| match name.trim() {
            "email" => g.address.starts_with(&value),
            "name" => g.name.to_lowercase().starts_with(&value),
            _ => false,
        });
    }
    groups.sort_by(|a, b| a.address.cmp(&b.address));
    if descending {
        groups.reverse();
    }
    let (groups, next) = page(call, &groups, size, |g| g.id.clone())?;
    let mut answer = json!({"kind": "admin#directory#groups"});
    if !groups.is_empty() {
        answer["groups"] = groups.iter().map(|g| group_json(g)).collect();
    }
    if let Some(next) = next {
        answer["nextPageToken"] = json!(next);
    }
    Ok(Answer::json(with_etag(answer)))
}

/// `directory.groups.get`.
pub(super) fn get(call: &Call) -> Result<Answer, GoogleError> {
    admitted(call)?;
    let directory = call.world.google.directory.read();
    Ok(Answer::json(group_json(find(&directory, call)?)))
}

/// `directory.members.list`: direct members, or with `includeDerivedMembership` those of nested
/// groups too.
pub(super) fn members(call: &Call) -> Result<Answer, GoogleError> {
    admitted(call)?;
    let size = call.number("maxResults", 1..=200, 200)?;
    let derived = call.flag("includeDerivedMembership")?;
    let roles: Vec<&str> = call.query("roles").map(|r| r.split(',').collect()).unwrap_or_default();
    if roles.iter().any(|r| !["OWNER", "MANAGER", "MEMBER"].contains(r)) {
        return Err(GoogleError::new(400, "invalid", "Invalid Input: roles").at("parameter", "roles"));
    }
    let directory = call.world.google.directory.read();
    let group = find(&directory, call)?;
    let mut found = BTreeMap::new();
    collect(&directory, group, derived, 0, &mut found);
    let members: Vec<Value> = found
        .values()
        .filter(|(_, m)| roles.is_empty() || roles.contains(&m.role.word()))
        .filter_map(|(_, m)| member_json(&directory, m))
        .collect();
    let (members, next) =
        page(call, &members, size, |m| m["id"].as_str().or(m["email"].as_str()).unwrap_or("").to_owned())?;
    let mut answer = json!({"kind": "admin#directory#members"});
    if !members.is_empty() {
        answer["members"] = json!(members);
    }
    if let Some(next) = next {
        answer["nextPageToken"] = json!(next);
    }
    Ok(Answer::json(with_etag(answer)))
}

/// `directory.members.get`.
pub(super) fn member(call: &Call) -> Result<Answer, GoogleError> {
    admitted(call)?;
    let directory = call.world.google.directory.read();
    let group = find(&directory, call)?;
    let member = direct(&directory, group, call.path("memberKey"));
    let json = member.and_then(|m| member_json(&directory, m));
    json.map(Answer::json).ok_or_else(|| GoogleError::new(404, "notFound", "Resource Not Found: memberKey"))
}

/// `directory.members.hasMember`: direct or nested, users of the company only.
pub(super) fn has_member(call: &Call) -> Result<Answer, GoogleError> {
    admitted(call)?;
    let directory = call.world.google.directory.read();
    let group = find(&directory, call)?;
    let key = call.path("memberKey");
    let user = directory
        .user(key)
        .ok_or_else(|| GoogleError::new(404, "notFound", "Resource Not Found: memberKey"))?;
    let mut found = BTreeMap::new();
    collect(&directory, group, true, 0, &mut found);
    let is_member = found.values().any(|(_, m)| m.who == Who::User(user.id.clone()));
    Ok(Answer::json(json!({"isMember": is_member})))
}

fn find<'a>(directory: &'a Directory, call: &Call) -> Result<&'a Group, GoogleError> {
    directory
        .group(call.path("groupKey"))
        .ok_or_else(|| GoogleError::new(404, "notFound", "Resource Not Found: groupKey"))
}

fn direct<'a>(directory: &Directory, group: &'a Group, key: &str) -> Option<&'a Member> {
    let user = directory.user(key).map(|u| u.id.as_str());
    let nested = directory.group(key).map(|g| g.id.as_str());
    group.members.iter().find(|m| match &m.who {
        Who::User(id) => Some(id.as_str()) == user,
        Who::Group(id) => Some(id.as_str()) == nested,
        Who::External(address) => address.eq_ignore_ascii_case(key),
    })
}

/// Gathers members by a key that makes each appear once.
fn collect<'a>(
    directory: &'a Directory,
    group: &'a Group,
    derived: bool,
    depth: u32,
    found: &mut BTreeMap<String, (u32, &'a Member)>,
) {
    for member in &group.members {
        let key = match &member.who {
            Who::User(id) | Who::Group(id) => id.clone(),
            Who::External(address) => address.to_lowercase(),
        };
        if found.contains_key(&key) {
            continue;
        }
        found.insert(key, (depth, member));
        if let Who::Group(id) = &member.who
            && derived
            && let Some(nested) = directory.group(id)
        {
            collect(directory, nested, derived, depth + 1, found);
        }
    }
}

fn group_json(group: &Group) -> Value {
    with_etag(json!({
        "kind": "admin#directory#group",
        "id": group.id,
        "email": group.address,
        "name": group.name,
        "description": group.description,
        "directMembersCount": group.members.len().to_string(),
        "adminCreated": true,
        "nonEditableAliases": [format!("{}.test-google-a.com", group.address)],
    }))
}

/// Members outside the company have no id that the Directory tells, and no status.
fn member_json(directory: &Directory, member: &Member) -> Option<Value> {
    let mut json = match &member.who {
        Who::User(id) => {
            let user = directory.user(id)?;
            json!({"id": user.id, "email": user.address, "type": "USER", "status": if user.suspended { "SUSPENDED" } else { "ACTIVE" }})
        }
        Who::Group(id) => {
            let group = directory.group(id)?;
            json!({"id": group.id, "email": group.address, "type": "GROUP", "status": "ACTIVE"})
        }
        Who::External(address) => json!({"email": address, "type": "USER"}),
    };
    json["kind"] = json!("admin#directory#member");
    json["role"] = json!(Role::word(member.role));
    Some(with_etag(json))
}
