//! Users, groups and memberships.
//! <https://developer.box.com/reference/get-users>, <https://developer.box.com/reference/get-groups>

use serde_json::{Value, json};

use super::call::{Call, Method};
use super::error::BoxError;
use super::model::User;
use super::resource;
use crate::google::Answer;

const USERS: &[&str] = &["manage_managed_users"];
const GROUPS: &[&str] = &["manage_groups"];

/// Methods about people.
pub(super) static METHODS: &[Method] = &[
    Method { id: "box.get_users_me", http: "GET", path: "users/me", scopes: &[], run: me },
    Method { id: "box.get_users", http: "GET", path: "users", scopes: USERS, run: users },
    Method { id: "box.get_users_id", http: "GET", path: "users/{user_id}", scopes: USERS, run: user },
    Method {
        id: "box.get_users_id_email_aliases",
        http: "GET",
        path: "users/{user_id}/email_aliases",
        scopes: USERS,
        run: aliases,
    },
    Method {
        id: "box.get_users_id_memberships",
        http: "GET",
        path: "users/{user_id}/memberships",
        scopes: GROUPS,
        run: memberships_of_user,
    },
    Method { id: "box.get_groups", http: "GET", path: "groups", scopes: GROUPS, run: groups },
    Method { id: "box.get_groups_id", http: "GET", path: "groups/{group_id}", scopes: GROUPS, run: group },
    Method {
        id: "box.get_groups_id_memberships",
        http: "GET",
        path: "groups/{group_id}/memberships",
        scopes: GROUPS,
        run: memberships_of_group,
    },
    Method {
        id: "box.get_group_memberships_id",
        http: "GET",
        path: "group_memberships/{group_membership_id}",
        scopes: GROUPS,
        run: membership,
    },
];

fn me(call: &Call) -> Result<Answer, BoxError> {
    let state = call.state();
    let user = state.user(&call.user).ok_or_else(BoxError::unauthorized)?;
    Ok(Answer::json(call.select(resource::user(&state, user), resource::USER)))
}

fn user(call: &Call) -> Result<Answer, BoxError> {
    let id = call.path("user_id");
    if id != call.user {
        call.admin_only()?;
    }
    let state = call.state();
    let user = state.user(id).filter(|user| user.id == id && user.outside.is_none());
    let user = user.ok_or_else(|| BoxError::not_found("user", id))?;
    Ok(Answer::json(call.select(resource::user(&state, user), resource::USER)))
}

/// Other addresses than the one to sign in with. <https://developer.box.com/reference/get-users-id-email-aliases>
fn aliases(call: &Call) -> Result<Answer, BoxError> {
    let id = call.path("user_id");
    if id != call.user {
        call.admin_only()?;
    }
    let state = call.state();
    let user = state.user(id).filter(|user| user.id == id && user.outside.is_none());
    let user = user.ok_or_else(|| BoxError::not_found("user", id))?;
    let told = user.aliases.iter().enumerate().map(|(at, (address, is_confirmed))| {
        let number = crate::content::mix(&[number(id), at as u64]) % 1_000_000_000;
        json!({"type": "email_alias", "id": number.to_string(), "email": address, "is_confirmed": is_confirmed})
    });
    let all: Vec<Value> = told.collect();
    Ok(Answer::json(json!({"total_count": all.len(), "entries": all})))
}

/// Listed by offset, or by marker; the service account is never listed.
fn users(call: &Call) -> Result<Answer, BoxError> {
    call.admin_only()?;
    let state = call.state();
    let term = call.query("filter_term").unwrap_or("").to_lowercase();
    let kind = call.query("user_type").unwrap_or("managed");
    let mut found: Vec<&User> = state
        .users
        .iter()
        .filter(|user| user.is_managed() && kind != "external")
        .filter(|user| user.name.to_lowercase().starts_with(&term) || user.login.starts_with(&term))
        .collect();
    let entry = |user: &&User| call.select(resource::user(&state, user), resource::USER);
    if call.uses_marker() {
        found.sort_by_key(|user| number(&user.id));
        return call.by_marker(&found, |user| number(&user.id), entry);
    }
    found.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.id.cmp(&b.id)));
    let all: Vec<Value> = found.iter().map(entry).collect();
    call.by_offset(&all, Some(json!([{"by": "name", "direction": "ASC"}])), 100)
}

fn number(id: &str) -> u64 {
    id.parse().unwrap_or(0)
}

fn groups(call: &Call) -> Result<Answer, BoxError> {
    call.admin_only()?;
    let state = call.state();
    let term = call.query("filter_term").unwrap_or("").to_lowercase();
    let found = state.groups.iter().filter(|group| group.name.to_lowercase().starts_with(&term));
    let all: Vec<Value> = found.map(|g| call.select(resource::group(g), resource::GROUP)).collect();
    call.by_offset(&all, Some(json!([{"by": "name", "direction": "ASC"}])), 100)
}

fn group(call: &Call) -> Result<Answer, BoxError> {
    call.admin_only()?;
    let id = call.path("group_id");
    let state = call.state();
    let group = state.groups.iter().find(|group| group.id == id);
    let group = group.ok_or_else(|| BoxError::not_found("group", id))?;
    Ok(Answer::json(call.select(resource::group(group), resource::GROUP)))
}

fn memberships_of_group(call: &Call) -> Result<Answer, BoxError> {
    call.admin_only()?;
    let id = call.path("group_id");
    let state = call.state();
    if !state.groups.iter().any(|group| group.id == id) {
        return Err(BoxError::not_found("group", id));
    }
    let found = state.memberships().filter(|(group, _)| group.id == id);
    let all: Vec<Value> = found.map(|(group, member)| resource::membership(&state, group, member)).collect();
    call.by_offset(&all, None, 100)
}

fn memberships_of_user(call: &Call) -> Result<Answer, BoxError> {
    let id = call.path("user_id");
    if id != call.user {
        call.admin_only()?;
    }
    let state = call.state();
    if state.user(id).is_none() {
        return Err(BoxError::not_found("user", id));
    }
    let found = state.memberships().filter(|(_, member)| member.user == id);
    let all: Vec<Value> = found.map(|(group, member)| resource::membership(&state, group, member)).collect();
    call.by_offset(&all, None, 100)
}

fn membership(call: &Call) -> Result<Answer, BoxError> {
    call.admin_only()?;
    let id = call.path("group_membership_id");
    let state = call.state();
    let found = state.memberships().find(|(_, member)| member.id == id);
    let (group, member) = found.ok_or_else(|| BoxError::not_found("group_membership", id))?;
    Ok(Answer::json(call.select(resource::membership(&state, group, member), resource::ALL)))
}
