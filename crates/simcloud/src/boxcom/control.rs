//! What people and admins do in Box: `POST /control/change {"op":"box.…"}` and `POST /control/set {"box":{…}}`.

use bytes::Bytes;
use serde_json::Value;

use super::events::{on_enterprise, on_item};
use super::model::{Collaboration, Grantee, Group, Item, Kind, Member, Parent, ROLES, Status, User, Version};
use super::{State, resource, sample};
use crate::control::ControlError;
use crate::control::change::{Ids, Op, Request};
use crate::google::drive::content::{Content, Style};
use crate::sync::write;
use crate::world::World;

/// Changes of Box.
pub(super) static OPS: &[Op] = &[
    Op { name: "box.user.add", run: |w, r| add_user(w, r, None) },
    Op {
        name: "box.outside.add",
        run: |w, r| {
            let enterprise = r.text("enterprise")?.to_owned();
            add_user(w, r, Some(enterprise))
        },
    },
    Op { name: "box.user.set_status", run: set_status },
    Op { name: "box.user.rename", run: rename_user },
    Op { name: "box.user.add_alias", run: add_alias },
    Op { name: "box.user.delete", run: delete_user },
    Op { name: "box.group.add", run: add_group },
    Op { name: "box.group.delete", run: delete_group },
    Op { name: "box.group.add_member", run: add_member },
    Op { name: "box.group.remove_member", run: remove_member },
    Op { name: "box.folder.add", run: |w, r| add_item(w, r, |_, _, _| Ok(Kind::Folder)) },
    Op {
        name: "box.web_link.add",
        run: |w, r| add_item(w, r, |_, r, _| Ok(Kind::WebLink(r.text("url")?.to_owned()))),
    },
    Op {
        name: "box.file.add",
        run: |w, r| add_item(w, r, |s, r, by| Ok(Kind::File(vec![version(s, w, r, by)?]))),
    },
    Op { name: "box.file.edit", run: edit_file },
    Op { name: "box.version.remove", run: remove_version },
    Op { name: "box.item.rename", run: rename_item },
    Op { name: "box.item.move", run: move_item },
    Op { name: "box.item.trash", run: trash },
    Op { name: "box.item.restore", run: restore },
    Op { name: "box.item.purge", run: purge },
    Op { name: "box.item.share", run: share },
    Op { name: "box.item.tag", run: tag },
    Op { name: "box.collaboration.add", run: collaborate },
    Op { name: "box.collaboration.remove", run: stop_collaborating },
];

fn missing(what: &str, name: &str) -> ControlError {
    ControlError::missing(format!("Box has no {what} {name}"))
}

pub(super) fn user_id(state: &State, request: &Request) -> Result<String, ControlError> {
    let name = request.text("user")?;
    state.user(name).map(|user| user.id.clone()).ok_or_else(|| missing("user", name))
}

fn admin(state: &State) -> String {
    state.users.iter().find(|user| user.role == "admin").map(|user| user.id.clone()).unwrap_or_default()
}

/// Tells the enterprise's stream of a change to a person.
fn tell_user(state: &mut State, now: i64, word: &'static str, id: &str) {
    let source = resource::user_mini(state, id);
    on_enterprise(state, now, &admin(state), word, source);
}

/// One of the enterprise's own people, or of another one's, who then can own and share items.
fn add_user(world: &World, request: &Request, outside: Option<String>) -> Ids {
    let login = request.text("address")?.trim().to_lowercase();
    let now = world.clock.now_ms();
    let mut state = write(&world.boxcom.state);
    if !login.contains('@') || state.user(&login).is_some() {
        return Err(ControlError::bad(format!("{login:?} is no address, or is taken")));
    }
    let id = state.new_id().to_string();
    state.users.push(User {
        id: id.clone(),
        login,
        aliases: Vec::new(),
        name: request.optional_text("name")?.unwrap_or("New User").to_owned(),
        role: "user",
        status: Status::Active,
        is_service: false,
        is_deleted: false,
        outside: outside.clone(),
        created_ms: now,
        modified_ms: now,
    });
    if outside.is_none() {
        tell_user(&mut state, now, "NEW_USER", &id);
    }
    Ok(vec![id])
}

fn edit_user(world: &World, request: &Request, word: &'static str, change: impl FnOnce(&mut User)) -> Ids {
    let now = world.clock.now_ms();
    let mut state = write(&world.boxcom.state);
    let id = user_id(&state, request)?;
    if let Some(user) = state.user_mut(&id) {
        change(user);
        user.modified_ms = now;
    }
    tell_user(&mut state, now, word, &id);
    Ok(vec![id])
}

fn set_status(world: &World, request: &Request) -> Ids {
    let word = request.text("status")?;
    let status = Status::of(word).ok_or_else(|| ControlError::bad(format!("{word} is no status")))?;
    edit_user(world, request, "EDIT_USER", |user| user.status = status)
}

fn rename_user(world: &World, request: &Request) -> Ids {
    let (name, address) = (request.optional_text("name")?, request.optional_text("address")?);
    edit_user(world, request, "EDIT_USER", |user| {
        user.name = name.unwrap_or(&user.name).to_owned();
        user.login = address.unwrap_or(&user.login).to_lowercase();
    })
}

/// Another address, confirmed unless `confirmed` is false.
fn add_alias(world: &World, request: &Request) -> Ids {
    let address = request.text("address")?.to_lowercase();
    let is_confirmed = request.value("confirmed").and_then(Value::as_bool).unwrap_or(true);
    edit_user(world, request, "EDIT_USER", |user| user.aliases.push((address, is_confirmed)))
}

/// A deleted user's tokens die, and the content goes.
fn delete_user(world: &World, request: &Request) -> Ids {
    let ids = edit_user(world, request, "DELETE_USER", |user| user.is_deleted = true)?;
    let mut state = write(&world.boxcom.state);
    for id in &ids {
        world.boxcom.auth.revoke_all(Some(id));
        let own: Vec<u64> =
            state.items.values().filter(|item| item.owner == *id).map(|item| item.id).collect();
        own.into_iter().for_each(|item| state.purge(item));
        state.groups.iter_mut().for_each(|group| group.members.retain(|member| member.user != *id));
    }
    Ok(ids)
}

fn add_group(world: &World, request: &Request) -> Ids {
    let name = request.text("name")?.to_owned();
    let now = world.clock.now_ms();
    let mut state = write(&world.boxcom.state);
    let id = state.new_id().to_string();
    state.groups.push(Group {
        id: id.clone(),
        name,
        description: String::new(),
        created_ms: now,
        members: Vec::new(),
    });
    Ok(vec![id])
}

fn delete_group(world: &World, request: &Request) -> Ids {
    let name = request.text("group")?;
    let mut state = write(&world.boxcom.state);
    let id = state.group(name).map(|group| group.id.clone()).ok_or_else(|| missing("group", name))?;
    state.groups.retain(|group| group.id != id);
    state.collaborations.retain(|_, given| given.to != Grantee::Group(id.clone()));
    Ok(vec![id])
}

fn add_member(world: &World, request: &Request) -> Ids {
    let name = request.text("group")?;
    let mut state = write(&world.boxcom.state);
    let user = user_id(&state, request)?;
    let id = state.new_id().to_string();
    let group = state.group_mut(name).ok_or_else(|| missing("group", name))?;
    group.members.push(Member { id: id.clone(), user, is_admin: false });
    Ok(vec![id])
}

fn remove_member(world: &World, request: &Request) -> Ids {
    let name = request.text("group")?;
    let mut state = write(&world.boxcom.state);
    let user = user_id(&state, request)?;
    let group = state.group_mut(name).ok_or_else(|| missing("group", name))?;
    group.members.retain(|member| member.user != user);
    Ok(vec![user])
}

/// The bytes of `text`, or `size` made ones.
fn version(state: &mut State, world: &World, request: &Request, by: &str) -> Result<Version, ControlError> {
    let id = state.new_id();
    let content = match (request.optional_text("text")?, request.number("size")?) {
        (Some(text), _) => Content::Held(Bytes::from(text.to_owned())),
        (None, size) => Content::Made { seed: id, size: size.unwrap_or(1000), style: Style::Text },
    };
    Ok(Version::new(id, 1, content, world.clock.now_ms(), by))
}

/// The item that `name` (here: a parameter) names by id.
fn item<'s>(state: &'s State, request: &Request, name: &str) -> Result<&'s Item, ControlError> {
    let id = request.text(name)?;
    id.parse().ok().and_then(|id: u64| state.items.get(&id)).ok_or_else(|| missing("item", id))
}

fn place(state: &State, request: &Request, owner: &str) -> Result<Parent, ControlError> {
    match request.optional_text("parent")? {
        None | Some("0") => Ok(Parent::Root(owner.to_owned())),
        Some(_) => Ok(Parent::Folder(item(state, request, "parent")?.id)),
    }
}

fn add_item(
    world: &World,
    request: &Request,
    kind: impl FnOnce(&mut State, &Request, &str) -> Result<Kind, ControlError>,
) -> Ids {
    let now = world.clock.now_ms();
    let mut state = write(&world.boxcom.state);
    let user = user_id(&state, request)?;
    let parent = place(&state, request, &user)?;
    let name = request.text("name")?;
    if state.named(&parent, name).is_some() {
        return Err(ControlError::bad(format!("there is already an item {name}")));
    }
    let owner = match &parent {
        Parent::Folder(_) => item(&state, request, "parent")?.owner.clone(),
        Parent::Root(owner) => owner.clone(),
    };
    let kind = kind(&mut state, request, &user)?;
    let is_file = matches!(kind, Kind::File(_));
    let mut made = sample::item(&mut state, &owner, parent, name, kind, now);
    made.unready = request.number("not_ready")?.unwrap_or(0);
    made.modified_by.clone_from(&user);
    state.place(made.clone());
    let words = if is_file { ("ITEM_UPLOAD", "UPLOAD") } else { ("ITEM_CREATE", "UPLOAD") };
    on_item(&mut state, now, &user, words, &made);
    Ok(vec![made.id.to_string()])
}

/// Changes an item as its owner, and tells of it.
pub(super) fn edit_item(
    world: &World,
    request: &Request,
    words: (&'static str, &'static str),
    change: impl FnOnce(&mut State, u64) -> Result<(), ControlError>,
) -> Ids {
    let now = world.clock.now_ms();
    let mut state = write(&world.boxcom.state);
    let id = item(&state, request, "item")?.id;
    let by = match request.optional_text("user")? {
        Some(_) => user_id(&state, request)?,
        None => item(&state, request, "item")?.owner.clone(),
    };
    change(&mut state, id)?;
    if let Some(found) = state.items.get_mut(&id) {
        found.etag += 1;
        found.modified_ms = now;
        found.modified_by.clone_from(&by);
    }
    if let Some(found) = state.items.get(&id).cloned() {
        on_item(&mut state, now, &by, words, &found);
    }
    Ok(vec![id.to_string()])
}

fn edit_file(world: &World, request: &Request) -> Ids {
    edit_item(world, request, ("ITEM_UPLOAD", "EDIT"), |state, id| {
        let owner = item(state, request, "item")?.owner.clone();
        let mut new = version(state, world, request, &owner)?;
        match state.items.get_mut(&id).map(|found| &mut found.kind) {
            Some(Kind::File(versions)) => {
                let number = versions.last().map_or(1, |last| last.number + 1);
                new.number = number;
                versions.push(new);
            }
            _ => return Err(ControlError::bad("only files have content")),
        }
        Ok(())
    })
}

/// Removes a file's oldest version, as Box does where a plan keeps only so many. No user is told.
fn remove_version(world: &World, request: &Request) -> Ids {
    let mut state = write(&world.boxcom.state);
    let id = item(&state, request, "item")?.id;
    match state.items.get_mut(&id).map(|found| &mut found.kind) {
        Some(Kind::File(versions)) if versions.len() > 1 => Ok(vec![versions.remove(0).id.to_string()]),
        _ => Err(ControlError::bad("only a file with previous versions can lose one")),
    }
}

fn rename_item(world: &World, request: &Request) -> Ids {
    let name = request.text("name")?.to_owned();
    edit_item(world, request, ("ITEM_RENAME", "RENAME"), |state, id| {
        state.items.get_mut(&id).into_iter().for_each(|found| found.name.clone_from(&name));
        Ok(())
    })
}

fn move_item(world: &World, request: &Request) -> Ids {
    edit_item(world, request, ("ITEM_MOVE", "MOVE"), |state, id| {
        let owner = item(state, request, "item")?.owner.clone();
        let to = place(state, request, &owner)?;
        if let Parent::Folder(folder) = to
            && state.subtree(id).contains(&folder)
        {
            return Err(ControlError::bad("a folder cannot be moved into itself"));
        }
        state.relocate(id, to);
        Ok(())
    })
}

fn trash(world: &World, request: &Request) -> Ids {
    let now = world.clock.now_ms();
    edit_item(world, request, ("ITEM_TRASH", "DELETE"), |state, id| {
        state.items.get_mut(&id).into_iter().for_each(|found| found.trashed_ms = Some(now));
        Ok(())
    })
}

fn restore(world: &World, request: &Request) -> Ids {
    edit_item(world, request, ("ITEM_UNDELETE_VIA_TRASH", "UNDELETE"), |state, id| {
        state.items.get_mut(&id).into_iter().for_each(|found| found.trashed_ms = None);
        Ok(())
    })
}

fn purge(world: &World, request: &Request) -> Ids {
    let mut state = write(&world.boxcom.state);
    let id = item(&state, request, "item")?.id;
    state.purge(id);
    Ok(vec![id.to_string()])
}

/// `access` is `open`, `company` or `collaborators`; without it the link goes.
fn share(world: &World, request: &Request) -> Ids {
    let access = request.optional_text("access")?.map(str::to_owned);
    if access.as_deref().is_some_and(|word| !["open", "company", "collaborators"].contains(&word)) {
        return Err(ControlError::bad("access is open, company or collaborators"));
    }
    let words =
        if access.is_some() { ("ITEM_SHARED_CREATE", "SHARE") } else { ("ITEM_SHARED_UNSHARE", "UNSHARE") };
    edit_item(world, request, words, |state, id| {
        state.items.get_mut(&id).into_iter().for_each(|found| found.shared.clone_from(&access));
        Ok(())
    })
}

/// Replaces an item's tags.
fn tag(world: &World, request: &Request) -> Ids {
    let list = request.value("tags").and_then(Value::as_array).cloned();
    let tags: Option<Vec<String>> =
        list.and_then(|list| list.iter().map(|tag| tag.as_str().map(str::to_owned)).collect());
    let tags = tags.ok_or_else(|| ControlError::bad("tags is a list of texts"))?;
    edit_item(world, request, ("TAG_ITEM_CREATE", "TAG_ITEM_CREATE"), |state, id| {
        state.items.get_mut(&id).into_iter().for_each(|found| found.tags.clone_from(&tags));
        Ok(())
    })
}

/// Gives `to` (a user, a group's name, or any address) a role.
fn collaborate(world: &World, request: &Request) -> Ids {
    let (to, role) = (request.text("to")?, request.optional_text("role")?.unwrap_or("viewer"));
    if !ROLES.contains(&role) {
        return Err(ControlError::bad(format!("{role} is no role")));
    }
    let now = world.clock.now_ms();
    let mut state = write(&world.boxcom.state);
    let found = item(&state, request, "item")?.clone();
    let to = match (state.user(to), state.group(to)) {
        (Some(user), _) => Grantee::User(user.id.clone()),
        (None, Some(group)) => Grantee::Group(group.id.clone()),
        (None, None) => Grantee::Invited(to.to_owned()),
    };
    let id = state.new_id();
    let given =
        Collaboration { id, item: found.id, to, role: role.to_owned(), by: found.owner.clone(), at_ms: now };
    state.collaborations.insert(id, given);
    on_item(&mut state, now, &found.owner, ("COLLAB_ADD_COLLABORATOR", "COLLABORATION_INVITE"), &found);
    Ok(vec![id.to_string()])
}

/// Those who lose access are told, too.
fn stop_collaborating(world: &World, request: &Request) -> Ids {
    let name = request.text("collaboration")?;
    let now = world.clock.now_ms();
    let mut state = write(&world.boxcom.state);
    let given = name.parse().ok().and_then(|id: u64| state.collaborations.get(&id).cloned());
    let given = given.ok_or_else(|| missing("collaboration", name))?;
    if let Some(found) = state.items.get(&given.item).cloned() {
        let words = ("COLLAB_REMOVE_COLLABORATOR", "COLLABORATION_REMOVE");
        on_item(&mut state, now, &found.owner, words, &found);
    }
    state.collaborations.remove(&given.id);
    Ok(vec![name.to_owned()])
}

/// Switches of the enterprise and its application.
pub(crate) fn set(world: &World, settings: &Value) -> Result<(), ControlError> {
    let settings = settings.as_object().ok_or_else(|| ControlError::bad("box is an object"))?;
    let auth = &world.boxcom.auth;
    for (name, value) in settings {
        let flag =
            || value.as_bool().ok_or_else(|| ControlError::bad(format!("box.{name} is true or false")));
        let texts = || {
            let list = value
                .as_array()
                .and_then(|list| list.iter().map(|v| v.as_str().map(str::to_owned)).collect());
            list.ok_or_else(|| ControlError::bad(format!("box.{name} is a list of texts")))
        };
        match name.as_str() {
            "authorized" => auth.set_authorized(flag()?),
            "scopes" => auth.set_scopes(texts()?),
            "redirect_uris" => auth.set_redirects(texts()?),
            "expire_events" if flag()? => write(&world.boxcom.state).log.forget(),
            "tokens_revoked" if flag()? => auth.revoke_all(None),
            "expire_events" | "tokens_revoked" => {}
            "calls_per_minute" => {
                let calls = value.as_u64().and_then(|calls| usize::try_from(calls).ok());
                let calls = calls.ok_or_else(|| ControlError::bad("box.calls_per_minute is a number"))?;
                world.boxcom.rate.set(calls);
            }
            _ => return Err(ControlError::bad(format!("there is no setting box.{name}"))),
        }
    }
    Ok(())
}
