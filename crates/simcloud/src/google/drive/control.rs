//! What people do with files: the changes of `POST /control/change` that concern drives.
//!
//! | op | members |
//! | --- | --- |
//! | `file.add` | `user`, `drive` or `parent`; `name?`, `size?` or `content_base64?`, `mime?` |
//! | `folder.add`, `shortcut.add` | where as above; `name?`; `target` |
//! | `doc.add` | where as above; `name?`, `type?` (`document`, `spreadsheet`, `presentation`, `drawing`, `script`, `form`), `size?` of its text |
//! | `file.edit` | `id`, `size?` or `content_base64?` |
//! | `file.rename`, `file.move` | `id`, `name`; `id`, `parent` |
//! | `file.trash`, `file.untrash`, `file.delete` | `id` |
//! | `file.share`, `file.unshare` | `id`, `with` (a user, `anyone`, `domain`), `role?` |
//! | `file.set` | `id`, `abusive?`, `locked?`, `starred?`, `description?` |
//! | `drive.add`, `drive.rename` | `name`, `organizer`; `drive`, `name` |
//! | `drive.set_role`, `drive.remove_member` | `drive`, `user`, `role` |
//! | `drive.settings` | `export_jitter?` (each export differs), `feed_descendants?` (whether a change that files inherit stands in the log for each), `incomplete_search?` |
//! | `drive.prepare` | `user`: writes their files' content to disk, with its checksums, so that serving is cheap |

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::content::{Content, mix_text};
use super::export::Editor;
use super::file::{File, Grantee, Home, Id, Kind, Role, Share, SharedDrive};
use super::make;
use super::state::State;
use crate::content::mix;
use crate::control::ControlError;
use crate::control::change::{Op, Request};
use crate::google::Call;
use crate::world::World;

/// What a document holds when nobody says how much.
const TEXT_BYTES: u64 = 2_000;
/// What a file holds when nobody says how much.
const FILE_BYTES: u64 = 10_000;

type Outcome = Result<Vec<String>, ControlError>;

const fn op(name: &'static str, run: fn(&World, &Request) -> Outcome) -> Op {
    Op { name, run }
}

/// Changes of files and shared drives.
pub(crate) static OPS: &[Op] = &[
    op("file.add", add_file),
    op("folder.add", |world, request| add(world, request, Kind::Folder, "New folder", |_| Ok(()))),
    op("doc.add", add_doc),
    op("shortcut.add", add_shortcut),
    op("file.edit", edit),
    op("file.rename", rename),
    op("file.move", move_file),
    op("file.trash", |world, request| trash(world, request, true)),
    op("file.untrash", |world, request| trash(world, request, false)),
    op("file.delete", delete),
    op("file.share", share),
    op("file.unshare", unshare),
    op("file.set", set),
    op("drive.add", add_drive),
    op("drive.rename", rename_drive),
    op("drive.set_role", |world, request| set_role(world, request, Some(request.text("role")?))),
    op("drive.remove_member", |world, request| set_role(world, request, None)),
    op("drive.settings", settings),
    op("drive.prepare", prepare),
];

fn role(name: &str) -> Result<Role, ControlError> {
    Role::named(name)
        .filter(|role| *role != Role::Owner)
        .ok_or_else(|| ControlError::bad(format!("there is no role {name}")))
}

fn flag(request: &Request, name: &str) -> Result<Option<bool>, ControlError> {
    let wrong = || ControlError::bad(format!("{name} must be true or false"));
    request.value(name).map(|value| value.as_bool().ok_or_else(wrong)).transpose()
}

fn no_file(id: &str) -> ControlError {
    ControlError::missing(format!("there is no file {id}"))
}

/// The id of the user that a member of the request names by id or address.
fn user_named(world: &World, name: &str) -> Result<Id, ControlError> {
    let directory = world.google.directory.read();
    let user =
        directory.user(name).ok_or_else(|| ControlError::missing(format!("there is no user {name}")))?;
    Ok(user.id.as_str().into())
}

/// Where something new goes: into `parent`, else into the root of `drive` or of `user`'s My Drive.
fn place(world: &World, request: &Request) -> Result<(Home, Id), ControlError> {
    let owner = request.optional_text("user")?.map(|name| user_named(world, name)).transpose()?;
    let mut state = world.google.drive.write();
    if let Some(parent) = request.optional_text("parent")? {
        let folder = state.file(parent).filter(|file| file.is_folder());
        let folder = folder.ok_or_else(|| ControlError::missing(format!("there is no folder {parent}")))?;
        return Ok((folder.home.clone(), folder.id.clone()));
    }
    if let Some(drive) = request.optional_text("drive")? {
        let drive = state
            .drives
            .get(drive)
            .ok_or_else(|| ControlError::missing(format!("there is no drive {drive}")))?;
        return Ok((Home::Drive(drive.id.clone()), drive.id.clone()));
    }
    let owner = owner.ok_or_else(|| ControlError::bad("user, drive or parent is missing"))?;
    let root = my_drive(&mut state, world, &owner);
    Ok((Home::Mine(owner), root))
}

/// The root of a user's My Drive, made when somebody who came later uses it first.
fn my_drive(state: &mut State, world: &World, owner: &Id) -> Id {
    if let Some(root) = state.root_of(owner) {
        return root.clone();
    }
    let id = make::root_id(&[world.options.seed, mix_text(11, owner)]);
    state.place(make::file(
        id,
        Home::Mine(owner.clone()),
        None,
        "My Drive",
        Kind::Folder,
        world.clock.now_ms(),
    ))
}

fn add(
    world: &World,
    request: &Request,
    kind: Kind,
    name: &str,
    more: impl FnOnce(&mut File) -> Result<(), ControlError>,
) -> Outcome {
    let (home, parent) = place(world, request)?;
    let now = world.clock.now_ms();
    let name = request.optional_text("name")?.unwrap_or(name);
    let mut state = world.google.drive.write();
    let id = make::file_id(&[world.options.seed, 0x6e_65_77, state.position(), mix_text(12, &parent)]);
    let mut file = make::file(id, home, Some(parent), name, kind, now);
    more(&mut file)?;
    Ok(vec![state.add(file, now).to_string()])
}

fn given_content(
    world: &World,
    request: &Request,
    salt: u64,
    mime: &str,
    size: u64,
) -> Result<Content, ControlError> {
    if let Some(text) = request.optional_text("content_base64")? {
        let bytes =
            STANDARD.decode(text).map_err(|error| ControlError::bad(format!("content_base64: {error}")))?;
        return Ok(Content::Held(bytes.into()));
    }
    let size = request.number("size")?.unwrap_or(size);
    Ok(make::content(mix(&[world.options.seed, salt]), size, mime))
}

fn add_file(world: &World, request: &Request) -> Outcome {
    let now = world.clock.now_ms();
    add(world, request, Kind::Blob, "New file.txt", |file| {
        if let Some(mime) = request.optional_text("mime")? {
            file.mime = mime.to_owned();
        }
        let content = given_content(world, request, mix_text(13, &file.id), &file.mime, FILE_BYTES)?;
        make::revise(file, content, now);
        Ok(())
    })
}

fn add_doc(world: &World, request: &Request) -> Outcome {
    let now = world.clock.now_ms();
    let name = request.optional_text("type")?.unwrap_or("document");
    let editor = make::editor_named(name)
        .ok_or_else(|| ControlError::bad(format!("there is no type {name} of document")))?;
    add(world, request, Kind::Editor(editor), "Untitled document", |file| {
        let size = request.number("size")?.unwrap_or(TEXT_BYTES);
        make::revise(file, make::content(mix_text(14, &file.id), size, "text/plain"), now);
        Ok(())
    })
}

fn add_shortcut(world: &World, request: &Request) -> Outcome {
    add(world, request, Kind::Shortcut(request.text("target")?.into()), "New shortcut", |_| Ok(()))
}

fn edit(world: &World, request: &Request) -> Outcome {
    let id = request.text("id")?;
    let size = request.number("size")?;
    let content = match request.optional_text("content_base64")? {
        None => None,
        Some(_) => Some(given_content(world, request, 0, "", 0)?),
    };
    edit_content(world, id, size, content)
}

/// Gives a file (or document) another content.
pub(super) fn edit_content(world: &World, id: &str, size: Option<u64>, content: Option<Content>) -> Outcome {
    let now = world.clock.now_ms();
    let mut state = world.google.drive.write();
    let file = state.file(id).ok_or_else(|| no_file(id))?;
    let Some(head) = file.head() else { return Err(ControlError::bad(format!("{id} has no content"))) };
    if content.is_some() && file.kind != Kind::Blob {
        return Err(ControlError::bad("only files take bytes; documents take a size"));
    }
    let size = size.unwrap_or_else(|| head.content.size());
    let salt = mix(&[world.options.seed, mix_text(15, id), file.revisions.len() as u64, state.position()]);
    let content = content.unwrap_or_else(|| make::content(salt, size, &file.mime));
    state.edit(id, now, false, |file| make::revise(file, content, now));
    Ok(vec![id.to_owned()])
}

fn changed(world: &World, id: &str, is_inherited: bool, change: impl FnOnce(&mut File)) -> Outcome {
    let now = world.clock.now_ms();
    let is_there = world.google.drive.write().edit(id, now, is_inherited, change);
    if is_there { Ok(vec![id.to_owned()]) } else { Err(no_file(id)) }
}

fn rename(world: &World, request: &Request) -> Outcome {
    let name = request.text("name")?.to_owned();
    changed(world, request.text("id")?, false, |file| file.name = name)
}

fn move_file(world: &World, request: &Request) -> Outcome {
    let (id, parent) = (request.text("id")?, request.text("parent")?);
    let now = world.clock.now_ms();
    let mut state = world.google.drive.write();
    let file = state.file(id).ok_or_else(|| no_file(id))?;
    let folder = state.file(parent).filter(|folder| folder.is_folder());
    let folder = folder.ok_or_else(|| ControlError::missing(format!("there is no folder {parent}")))?;
    if file.parent.is_none() || state.lineage(folder).any(|above| above.id == file.id) {
        return Err(ControlError::bad("a folder cannot be moved into itself"));
    }
    let (home, parent) = (folder.home.clone(), folder.id.clone());
    let is_inherited = file.home != home;
    state.edit(id, now, is_inherited, |file| {
        file.parent = Some(parent);
        file.home = home;
    });
    Ok(vec![id.to_owned()])
}

fn trash(world: &World, request: &Request, is_trashed: bool) -> Outcome {
    let now = world.clock.now_ms();
    changed(world, request.text("id")?, true, |file| file.trashed_ms = is_trashed.then_some(now))
}

fn delete(world: &World, request: &Request) -> Outcome {
    let id = request.text("id")?;
    let mut state = world.google.drive.write();
    if state.file(id).is_some_and(|file| file.parent.is_none()) {
        return Err(ControlError::bad("the root of a drive cannot be deleted"));
    }
    if state.delete(id, world.clock.now_ms()) { Ok(vec![id.to_owned()]) } else { Err(no_file(id)) }
}

fn grantee(world: &World, name: &str) -> Result<Grantee, ControlError> {
    match name {
        "anyone" => Ok(Grantee::Anyone),
        "domain" => Ok(Grantee::Domain),
        name => Ok(Grantee::User(user_named(world, name)?)),
    }
}

fn share(world: &World, request: &Request) -> Outcome {
    let with = grantee(world, request.text("with")?)?;
    let role = role(request.optional_text("role")?.unwrap_or("reader"))?;
    let at_ms = world.clock.now_ms();
    changed(world, request.text("id")?, true, |file| {
        file.shares.retain(|share| share.with != with);
        file.shares.push(Share { with, role, at_ms });
    })
}

fn unshare(world: &World, request: &Request) -> Outcome {
    let with = grantee(world, request.text("with")?)?;
    changed(world, request.text("id")?, true, |file| file.shares.retain(|share| share.with != with))
}

fn set(world: &World, request: &Request) -> Outcome {
    let (abusive, locked, starred) =
        (flag(request, "abusive")?, flag(request, "locked")?, flag(request, "starred")?);
    let description = request.optional_text("description")?.map(str::to_owned);
    changed(world, request.text("id")?, false, |file| {
        file.is_abusive = abusive.unwrap_or(file.is_abusive);
        file.is_locked_for_readers = locked.unwrap_or(file.is_locked_for_readers);
        file.is_starred = starred.unwrap_or(file.is_starred);
        file.description = description.or(file.description.take());
    })
}

fn add_drive(world: &World, request: &Request) -> Outcome {
    let organizer = user_named(world, request.text("organizer")?)?;
    let name = request.text("name")?;
    let now = world.clock.now_ms();
    let mut state = world.google.drive.write();
    let id = make::root_id(&[world.options.seed, 16, state.position(), mix_text(17, name)]);
    state.place(make::file(id.clone(), Home::Drive(id.clone()), None, name, Kind::Folder, now));
    let drive = SharedDrive { id: id.clone(), name: name.to_owned(), created_ms: now, members: Vec::new() };
    state.drives.insert(id.clone(), drive);
    state.edit_drive(&id, now, |drive| drive.members.push((organizer, Role::Organizer)));
    Ok(vec![id.to_string()])
}

fn rename_drive(world: &World, request: &Request) -> Outcome {
    let name = request.text("name")?.to_owned();
    changed_drive(world, request.text("drive")?, |drive| drive.name = name)
}

fn set_role(world: &World, request: &Request, name: Option<&str>) -> Outcome {
    let user = user_named(world, request.text("user")?)?;
    let role = name.map(role).transpose()?;
    changed_drive(world, request.text("drive")?, |drive| {
        drive.members.retain(|(member, _)| *member != user);
        drive.members.extend(role.map(|role| (user, role)));
    })
}

fn changed_drive(world: &World, id: &str, change: impl FnOnce(&mut SharedDrive)) -> Outcome {
    let is_there = world.google.drive.write().edit_drive(id, world.clock.now_ms(), change);
    if is_there {
        Ok(vec![id.to_owned()])
    } else {
        Err(ControlError::missing(format!("there is no drive {id}")))
    }
}

fn settings(world: &World, request: &Request) -> Outcome {
    if let Some(jitters) = flag(request, "export_jitter")? {
        world.google.drive.store().set_jitter(jitters);
    }
    if let Some(feeds) = flag(request, "feed_descendants")? {
        world.google.drive.write().feeds_descendants = feeds;
    }
    if let Some(incompletely) = flag(request, "incomplete_search")? {
        world.google.drive.write().searches_incompletely = incompletely;
    }
    Ok(Vec::new())
}

/// Writes the content of a user's files to disk and works out their checksums, so that serving them is cheap.
fn prepare(world: &World, request: &Request) -> Outcome {
    let user = user_named(world, request.text("user")?)?;
    let contents: Vec<Content> = {
        let state = world.google.drive.read();
        let blobs = state.in_home(&user).filter(|file| file.kind == Kind::Blob);
        blobs.filter_map(|file| file.head()).map(|revision| revision.content.clone()).collect()
    };
    let folder = world.state_dir.join("drive-content");
    let prepared = world.google.drive.store().prepare(&folder, &contents);
    prepared.map_err(|error| ControlError::bad(format!("cannot prepare {}: {error}", folder.display())))?;
    Ok(Vec::new())
}

/// Somebody edits the file that a request is about to read, after the client saw its metadata.
pub(crate) fn edit_while_read(call: &Call) {
    let id = call.query("id").unwrap_or_else(|| call.path("fileId"));
    if let Err(error) = edit_content(&call.world, id, None, None) {
        tracing::debug!(%error, "nothing to edit while it is read");
    }
}

/// Which editor a file has, for random changes.
pub(super) fn is_editable(file: &File) -> bool {
    match file.kind {
        Kind::Blob => true,
        Kind::Editor(editor) => editor != Editor::Form,
        Kind::Folder | Kind::Shortcut(_) => false,
    }
}
