//! What the enterprise starts with, derived from the seed: the company's people in all four states, its groups, and
//! for each user folders, files with versions, a Box Note, a web link, a shared file and a trashed one.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde_json::json;

use super::model::{Collaboration, Grantee, Group, Item, Kind, Member, Parent, Status, User, Version};
use super::state::State;
use crate::content::{mix, tag};
use crate::google::directory::{Directory, Who};
use crate::google::drive::content::{Content, Style};
use crate::options::Options;

/// 2023-01-02T00:00:00Z.
pub(super) const FIRST_MS: i64 = 1_672_617_600_000;
const HOUR_MS: i64 = 3_600_000;
/// Fewer files than this leave no room for notes, links and trash.
const ENOUGH_FILES: u32 = 6;
/// Files of one size lie in folders of this many.
const PER_FOLDER: u32 = 500;
const FOLDERS: [&str; 6] =
    ["Projects", "Projects/2026", "Projects/2026/Übergabe", "Reports", "写真", "Contracts & NDAs"];
const NAMES: [(&str, Style); 8] = [
    ("Plan.docx", Style::Noise),
    ("notes.txt", Style::Text),
    ("Überblick.pdf", Style::Noise),
    ("budget 2026.xlsx", Style::Noise),
    ("Präsentation.pptx", Style::Noise),
    ("画像.jpg", Style::Noise),
    ("export.csv", Style::Text),
    ("résumé 🎉.md", Style::Text),
];

/// Builds the enterprise beside the company's directory: the same people, with ids of Box's own.
pub(super) fn enterprise(options: &Options, directory: &Directory) -> State {
    let base = mix(&[options.seed, tag("box")]) % 1_000_000_000;
    let mut state = State {
        enterprise_id: format!("{}", 900_000_000 + base % 90_000_000),
        enterprise_name: "Example".to_owned(),
        last_id: 1_200_000_000_000 + base * 1000,
        ..State::default()
    };
    let user_id = |n: usize| (20_000_000_000 + base * 7 + n as u64 * 31).to_string();
    state.users = directory
        .users
        .iter()
        .enumerate()
        .map(|(n, person)| User {
            id: user_id(n),
            login: person.address.clone(),
            aliases: person.aliases.iter().map(|alias| (alias.clone(), true)).collect(),
            name: person.full_name(),
            role: match n {
                0 => "admin",
                1 => "coadmin",
                _ => "user",
            },
            status: match n % 12 {
                4 => Status::CannotDeleteEditUpload,
                7 => Status::Inactive,
                10 => Status::CannotDeleteEdit,
                _ => Status::Active,
            },
            is_service: false,
            is_deleted: false,
            outside: None,
            created_ms: person.created,
            modified_ms: person.created,
        })
        .collect();
    state.users.push(User {
        id: user_id(directory.users.len() + 1_000_000),
        login: format!("AutomationUser_{}@boxdevedition.com", base),
        aliases: Vec::new(),
        name: "Holdfast".to_owned(),
        role: "user",
        status: Status::Active,
        is_service: true,
        is_deleted: false,
        outside: None,
        created_ms: FIRST_MS,
        modified_ms: FIRST_MS,
    });
    groups(&mut state, directory);
    for n in 0..directory.users.len() {
        match options.file_bytes {
            Some(size) => equal_files(&mut state, options, n, size),
            None => realistic(&mut state, options, n),
        }
    }
    if options.file_bytes.is_none() && options.files_per_user >= ENOUGH_FILES && directory.users.len() > 1 {
        shared(&mut state);
    }
    state
}

fn groups(state: &mut State, directory: &Directory) {
    for group in &directory.groups {
        let id = state.new_id().to_string();
        let users = group.members.iter().filter_map(|member| match &member.who {
            Who::User(user) => directory.users.iter().position(|person| person.id == *user),
            _ => None,
        });
        let members: Vec<usize> = users.collect();
        let members = members
            .into_iter()
            .map(|n| Member {
                id: state.new_id().to_string(),
                user: state.users[n].id.clone(),
                is_admin: n == 0,
            })
            .collect();
        let description = group.description.clone();
        state.groups.push(Group { id, name: group.name.clone(), description, created_ms: FIRST_MS, members });
    }
}

/// A new item; more is said of it by whoever makes it.
pub(super) fn item(
    state: &mut State,
    owner: &str,
    parent: Parent,
    name: &str,
    kind: Kind,
    at_ms: i64,
) -> Item {
    Item {
        id: state.new_id(),
        kind,
        parent,
        owner: owner.to_owned(),
        name: name.to_owned(),
        description: String::new(),
        created_ms: at_ms,
        modified_ms: at_ms,
        modified_by: owner.to_owned(),
        etag: 0,
        trashed_ms: None,
        shared: None,
        metadata: BTreeMap::new(),
        tags: Vec::new(),
        unready: 0,
    }
}

pub(super) fn blob(
    state: &mut State,
    owner: &str,
    parent: Parent,
    name: &str,
    at_ms: i64,
    contents: Vec<Content>,
) -> Item {
    let step = |n: usize| at_ms + n as i64 * HOUR_MS;
    let versions: Vec<Version> = contents
        .into_iter()
        .enumerate()
        .map(|(n, content)| Version::new(state.new_id(), n as u64 + 1, content, step(n), owner))
        .collect();
    let last = step(versions.len().saturating_sub(1));
    let etag = versions.len().saturating_sub(1) as u64;
    let item = item(state, owner, parent, name, Kind::File(versions), at_ms);
    Item { modified_ms: last, etag, ..item }
}

/// Files of one size, of text that does not repeat.
fn equal_files(state: &mut State, options: &Options, n: usize, size: u64) {
    let owner = state.users[n].id.clone();
    let mut folder = Parent::Root(owner.clone());
    for index in 0..options.files_per_user {
        if index % PER_FOLDER == 0 {
            let name = format!("Folder {:03}", index / PER_FOLDER);
            let made = item(state, &owner, Parent::Root(owner.clone()), &name, Kind::Folder, FIRST_MS);
            folder = Parent::Folder(state.place(made));
        }
        let seed = mix(&[options.seed, tag("box equal"), n as u64, u64::from(index)]);
        let content = Content::Made { seed, size, style: Style::Text };
        let at_ms = FIRST_MS + i64::from(index) * 1000;
        let made = blob(state, &owner, folder.clone(), &format!("file {index:06}.txt"), at_ms, vec![content]);
        state.place(made);
    }
}

fn realistic(state: &mut State, options: &Options, n: usize) {
    let owner = state.users[n].id.clone();
    let root = Parent::Root(owner.clone());
    let mut places = vec![root.clone()];
    if options.files_per_user > 0 {
        for path in FOLDERS {
            let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
            let above = FOLDERS.iter().position(|known| *known == above).map_or(0, |at| at + 1);
            let parent = places.get(above).cloned().unwrap_or_else(|| root.clone());
            let made = item(state, &owner, parent, name, Kind::Folder, FIRST_MS);
            places.push(Parent::Folder(state.place(made)));
        }
    }
    for index in 0..options.files_per_user {
        let number = mix(&[options.seed, tag("box file"), n as u64, u64::from(index)]);
        let (name, style) = NAMES[(number % NAMES.len() as u64) as usize];
        let most = if number.is_multiple_of(23) { 3_000_000 } else { 60_000 };
        let size = if index == 3 { 0 } else { mix(&[number, 1]) % most };
        let count = if index % 7 == 2 { 3 } else { 1 };
        let contents =
            (0..count).map(|v| Content::Made { seed: mix(&[number, v]), size: size + v, style }).collect();
        let parent = places[(number >> 8) as usize % places.len()].clone();
        let at_ms = FIRST_MS + i64::from(index) * 26 * HOUR_MS;
        let mut made = blob(state, &owner, parent, &format!("{index:03} {name}"), at_ms, contents);
        if index == 1 {
            made.shared = Some("company".to_owned());
            made.description = "Shared with the whole company".to_owned();
        }
        if index == 2 {
            made.tags = vec!["approved".to_owned(), "Q3 / 2026".to_owned()];
        }
        if index == 4 {
            let key = ("global".to_owned(), "properties".to_owned());
            made.metadata.insert(key, json!({"department": "Legal", "retention": "7 years"}));
        }
        state.place(made);
    }
    if options.files_per_user >= ENOUGH_FILES {
        extras(state, &owner, &root);
    }
}

/// A Box Note, which is a file of Box's own JSON; a web link; a file in the trash.
fn extras(state: &mut State, owner: &str, root: &Parent) {
    let note = json!({"version": 1, "schema_version": 8, "doc": {"type": "doc", "content": [
        {"type": "paragraph", "content": [{"type": "text", "text": format!("Notes of {owner}")}]}]}});
    let note = Content::Held(Bytes::from(note.to_string()));
    let made = blob(state, owner, root.clone(), "Meeting notes.boxnote", FIRST_MS, vec![note]);
    state.place(made);
    let link = Kind::WebLink("https://www.example.com/intranet?a=1&b=ü".to_owned());
    let made = item(state, owner, root.clone(), "Intranet", link, FIRST_MS);
    state.place(made);
    let old = Content::Held(Bytes::from_static(b"no longer needed"));
    let mut made = blob(state, owner, root.clone(), "old draft.txt", FIRST_MS, vec![old]);
    made.trashed_ms = Some(FIRST_MS + 400 * HOUR_MS);
    state.place(made);
}

/// The admin's handbook, for the second user and a group.
fn shared(state: &mut State) {
    let owner = state.users[0].id.clone();
    let made = item(state, &owner, Parent::Root(owner.clone()), "Handbook", Kind::Folder, FIRST_MS);
    let folder = state.place(made);
    let content = Content::Made { seed: folder, size: 20_000, style: Style::Text };
    let made = blob(state, &owner, Parent::Folder(folder), "Welcome.txt", FIRST_MS, vec![content]);
    state.place(made);
    let group = state.groups.iter().find(|group| group.name == "Engineering").map(|group| group.id.clone());
    let second = Grantee::User(state.users[1].id.clone());
    let invited = Grantee::Invited("partner@example.net".to_owned());
    let given = [(Some(second), "editor"), (group.map(Grantee::Group), "viewer"), (Some(invited), "viewer")];
    for (to, role) in given {
        let Some(to) = to else { continue };
        let id = state.new_id();
        let one =
            Collaboration { id, item: folder, to, role: role.to_owned(), by: owner.clone(), at_ms: FIRST_MS };
        state.collaborations.insert(id, one);
    }
}
