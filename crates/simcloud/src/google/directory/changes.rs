//! What an admin does to users, groups and org units.

use super::model::{Group, Member, Role, User, Who};
use super::{sample, user_id};
use crate::control::ControlError;
use crate::control::change::{Ids, Op, Request};
use crate::world::World;

/// Changes of the Directory.
pub(crate) static OPS: &[Op] = &[
    Op { name: "user.add", run: add },
    Op { name: "user.suspend", run: |w, r| edit(w, r, |u| u.suspended = true) },
    Op { name: "user.unsuspend", run: |w, r| edit(w, r, |u| u.suspended = false) },
    Op { name: "user.archive", run: |w, r| edit(w, r, |u| u.archived = true) },
    Op { name: "user.unarchive", run: |w, r| edit(w, r, |u| u.archived = false) },
    Op { name: "user.promote", run: |w, r| edit(w, r, |u| u.is_admin = true) },
    Op { name: "user.demote", run: |w, r| edit(w, r, |u| u.is_admin = false) },
    Op { name: "user.delete", run: delete },
    Op { name: "user.undelete", run: |w, r| edit(w, r, |u| u.deleted = None) },
    Op { name: "user.rename", run: rename },
    Op { name: "user.move", run: relocate },
    Op { name: "group.add", run: add_group },
    Op { name: "group.delete", run: delete_group },
    Op { name: "group.add_member", run: add_member },
    Op { name: "group.remove_member", run: remove_member },
    Op { name: "org_unit.add", run: add_unit },
];

fn edit(world: &World, request: &Request, change: impl FnOnce(&mut User)) -> Ids {
    let id = request.user(world)?.id;
    let mut directory = world.google.directory.write();
    let user = directory.user_mut(&id).ok_or_else(|| ControlError::missing("the user is gone"))?;
    change(user);
    directory.reindex();
    Ok(vec![id])
}

fn address(text: &str) -> Result<String, ControlError> {
    let text = text.trim().to_lowercase();
    match text.split_once('@') {
        Some((local, domain)) if !local.is_empty() && domain.contains('.') => Ok(text),
        _ => Err(ControlError::bad(format!("{text:?} is no address"))),
    }
}

fn unit_path(world: &World, request: &Request) -> Result<Option<String>, ControlError> {
    let Some(key) = request.optional_text("org_unit")? else { return Ok(None) };
    let directory = world.google.directory.read();
    let unit = directory
        .org_unit(key)
        .ok_or_else(|| ControlError::missing(format!("there is no org unit {key}")))?;
    Ok(Some(unit.path.clone()))
}

/// A new user starts with an empty mailbox.
fn add(world: &World, request: &Request) -> Ids {
    let address = address(request.text("address")?)?;
    let name = request.optional_text("name")?.unwrap_or("New User").to_owned();
    let org_unit = unit_path(world, request)?.unwrap_or_else(|| "/".to_owned());
    let (given, family) = name.split_once(' ').unwrap_or((name.as_str(), ""));
    let mut directory = world.google.directory.write();
    if directory.user(&address).is_some() || directory.group(&address).is_some() {
        return Err(ControlError::bad(format!("{address} is taken")));
    }
    let number = directory.users.iter().map(|u| u.number + 1).max().unwrap_or(0);
    let id = user_id(world.options.seed, number);
    directory.users.push(User {
        id: id.clone(),
        number,
        is_founder: false,
        address,
        given: given.to_owned(),
        family: family.to_owned(),
        aliases: Vec::new(),
        org_unit,
        suspended: false,
        archived: false,
        deleted: None,
        is_admin: false,
        created: world.clock.now_ms(),
    });
    directory.reindex();
    Ok(vec![id])
}

/// A deleted user's tokens die, and the user leaves all groups.
fn delete(world: &World, request: &Request) -> Ids {
    let now = world.clock.now_ms();
    let ids = edit(world, request, |u| u.deleted = Some(now))?;
    let mut directory = world.google.directory.write();
    for id in &ids {
        world.google.auth.tokens.revoke_all(Some(id));
        for group in &mut directory.groups {
            group.members.retain(|m| m.who != Who::User(id.clone()));
        }
    }
    Ok(ids)
}

/// The old address becomes an alias.
/// <https://support.google.com/a/answer/182084>
fn rename(world: &World, request: &Request) -> Ids {
    let new = address(request.text("address")?)?;
    if world.google.directory.read().user(&new).is_some() {
        return Err(ControlError::bad(format!("{new} is taken")));
    }
    edit(world, request, |u| {
        let old = std::mem::replace(&mut u.address, new);
        u.aliases.push(old);
    })
}

fn relocate(world: &World, request: &Request) -> Ids {
    let path = unit_path(world, request)?.ok_or_else(|| ControlError::bad("org_unit is missing"))?;
    edit(world, request, |u| u.org_unit = path)
}

fn add_group(world: &World, request: &Request) -> Ids {
    let address = address(request.text("address")?)?;
    let local = address.split('@').next().unwrap_or("").to_owned();
    let name = request.optional_text("name")?.unwrap_or(&local).to_owned();
    let mut directory = world.google.directory.write();
    if directory.user(&address).is_some() || directory.group(&address).is_some() {
        return Err(ControlError::bad(format!("{address} is taken")));
    }
    let id = sample::group_id(world.options.seed, &local);
    directory.groups.push(Group {
        id: id.clone(),
        address,
        name,
        description: String::new(),
        members: Vec::new(),
    });
    Ok(vec![id])
}

fn delete_group(world: &World, request: &Request) -> Ids {
    let key = request.text("group")?;
    let mut directory = world.google.directory.write();
    let id = directory
        .group(key)
        .map(|g| g.id.clone())
        .ok_or_else(|| ControlError::missing(format!("there is no group {key}")))?;
    directory.groups.retain(|g| g.id != id);
    for group in &mut directory.groups {
        group.members.retain(|m| m.who != Who::Group(id.clone()));
    }
    Ok(vec![id])
}

/// `member` names a user or group of the company, or an address outside it.
fn membership(world: &World, request: &Request) -> Result<(String, Who), ControlError> {
    let group = request.text("group")?;
    let member = request.text("member")?;
    let directory = world.google.directory.read();
    let group = directory
        .group(group)
        .ok_or_else(|| ControlError::missing(format!("there is no group {group}")))?
        .id
        .clone();
    let who = if let Some(user) = directory.user(member) {
        Who::User(user.id.clone())
    } else if let Some(nested) = directory.group(member) {
        Who::Group(nested.id.clone())
    } else {
        Who::External(address(member)?)
    };
    Ok((group, who))
}

fn add_member(world: &World, request: &Request) -> Ids {
    let (id, who) = membership(world, request)?;
    let role = match request.optional_text("role")?.unwrap_or("MEMBER") {
        "OWNER" => Role::Owner,
        "MANAGER" => Role::Manager,
        "MEMBER" => Role::Member,
        other => return Err(ControlError::bad(format!("{other} is no role"))),
    };
    let mut directory = world.google.directory.write();
    let group = directory.group_mut(&id).ok_or_else(|| ControlError::missing("the group is gone"))?;
    group.members.retain(|m| m.who != who);
    group.members.push(Member { who, role });
    Ok(vec![id])
}

fn remove_member(world: &World, request: &Request) -> Ids {
    let (id, who) = membership(world, request)?;
    let mut directory = world.google.directory.write();
    let group = directory.group_mut(&id).ok_or_else(|| ControlError::missing("the group is gone"))?;
    let before = group.members.len();
    group.members.retain(|m| m.who != who);
    if group.members.len() == before {
        return Err(ControlError::missing("there is no such member"));
    }
    Ok(vec![id])
}

/// `path` names the new unit; the one above it must be there.
fn add_unit(world: &World, request: &Request) -> Ids {
    let path = format!("/{}", request.text("path")?.trim_matches('/'));
    let mut directory = world.google.directory.write();
    if directory.org_unit(&path).is_some() {
        return Err(ControlError::bad(format!("{path} is there already")));
    }
    let unit = sample::unit(world.options.seed, &path, request.optional_text("description")?.unwrap_or(""));
    if unit.parent().and_then(|p| directory.org_unit(p)).is_none() {
        return Err(ControlError::missing(format!("there is no unit above {path}")));
    }
    let id = unit.id.clone();
    directory.org_units.push(unit);
    Ok(vec![id])
}
