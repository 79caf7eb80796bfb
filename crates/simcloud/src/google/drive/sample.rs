//! What the company's drives hold at the start, derived from the seed.
//!
//! Everybody has folders, blobs, Docs editors files, shortcuts, some of it shared or in the trash. One user (the second,
//! or the only one) also has every oddity that real drives contain; see `odd`.

mod odd;

use bytes::Bytes;
use rand::Rng as _;
use rand_chacha::ChaCha8Rng;

use super::content::{Content, mix_text};
use super::export::Editor;
use super::file::{File, Grantee, Home, Id, Kind, Role, Share, SharedDrive};
use super::make;
use super::state::State;
use super::store::Store;
use crate::content::corpus::Corpus;
use crate::content::{mix, rng, words};
use crate::google::directory::Directory;
use crate::options::Options;

/// 2023-01-02T00:00:00Z.
const FIRST_MS: i64 = 1_672_617_600_000;
/// 2026-10-01T00:00:00Z: nothing at the start is younger.
const LAST_MS: i64 = 1_790_812_800_000;
/// Fewer files than this leave no room for oddities.
const ENOUGH_FILES: u32 = 40;
/// Files of one size lie in folders of this many.
const PER_FOLDER: u64 = 500;

const DRIVE: u64 = 0x64_72_69_76_65;

/// Fills the drives.
pub(super) fn company(options: &Options, directory: &Directory, corpus: &Corpus) -> (State, Store) {
    let founders = directory.users.iter().filter(|user| user.is_founder);
    let people: Vec<Id> = founders.map(|user| user.id.as_str().into()).collect();
    let mut builder = Builder { state: State::new(), options, corpus, people: &people, made: 0 };
    for (number, user) in people.iter().enumerate() {
        builder.my_drive(number as u64, user);
    }
    if options.file_bytes.is_none() && options.files_per_user > 0 && people.len() > 1 {
        builder.shared_drives();
    }
    if options.file_bytes.is_none() && options.files_per_user >= ENOUGH_FILES {
        odd::add(&mut builder);
    }
    (builder.state, Store::new(office(corpus)))
}

/// Real Office files that stand in for exports.
fn office(corpus: &Corpus) -> Vec<(Editor, Bytes)> {
    let editor = |path: &str| match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("docx") => Some(Editor::Document),
        Some("xlsx") => Some(Editor::Spreadsheet),
        Some("pptx") => Some(Editor::Presentation),
        _ => None,
    };
    corpus.files.iter().filter_map(|file| Some((editor(&file.path)?, file.bytes.clone()))).collect()
}

struct Builder<'b> {
    state: State,
    options: &'b Options,
    corpus: &'b Corpus,
    people: &'b [Id],
    made: u64,
}

impl Builder<'_> {
    fn id(&mut self) -> Id {
        self.made += 1;
        make::file_id(&[self.options.seed, DRIVE, self.made])
    }

    /// Adds a file made elsewhere.
    fn add(
        &mut self,
        home: &Home,
        parent: &Id,
        name: &str,
        kind: Kind,
        at_ms: i64,
        more: impl FnOnce(&mut File),
    ) -> Id {
        let id = self.id();
        let mut file = make::file(id, home.clone(), Some(parent.clone()), name, kind, at_ms);
        more(&mut file);
        self.state.place(file)
    }

    fn blob(&mut self, home: &Home, parent: &Id, name: &str, at_ms: i64, content: Content) -> Id {
        self.add(home, parent, name, Kind::Blob, at_ms, |file| make::revise(file, content, at_ms))
    }

    fn my_drive(&mut self, number: u64, user: &Id) {
        let home = Home::Mine(user.clone());
        let id = make::root_id(&[self.options.seed, DRIVE, 1, number]);
        let root = self.state.place(make::file(id, home.clone(), None, "My Drive", Kind::Folder, FIRST_MS));
        let mut random = rng(&[self.options.seed, DRIVE, number]);
        let count = u64::from(self.options.files_per_user);
        match self.options.file_bytes {
            Some(size) => self.equal_files(&home, &root, count, size),
            None => self.realistic(&home, &root, count, &mut random),
        }
    }

    /// Files of one size, of text that does not repeat.
    fn equal_files(&mut self, home: &Home, root: &Id, count: u64, size: u64) {
        let mut folder = root.clone();
        for index in 0..count {
            if index % PER_FOLDER == 0 {
                let name = format!("Batch {:03}", index / PER_FOLDER + 1);
                folder = self.add(home, root, &name, Kind::Folder, FIRST_MS, |_| {});
            }
            let name = format!("file-{:06}.txt", index + 1);
            let content =
                make::content(mix(&[self.options.seed, mix_text(3, home.id()), index]), size, "text/plain");
            self.blob(home, &folder, &name, FIRST_MS + i64::try_from(index).unwrap_or(0) * 1000, content);
        }
    }

    fn realistic(&mut self, home: &Home, root: &Id, count: u64, random: &mut ChaCha8Rng) {
        let mut folders = vec![root.clone()];
        let mut targets = Vec::new();
        for index in 0..count {
            let parent = folders[random.random_range(0..folders.len())].clone();
            let at_ms = random.random_range(FIRST_MS..LAST_MS);
            let id = match random.random_range(0..100) {
                _ if index % 8 == 0 => {
                    let id = self.add(home, &parent, &words::title(random), Kind::Folder, at_ms, |_| {});
                    folders.push(id.clone());
                    id
                }
                0..=69 => self.random_blob(home, &parent, at_ms, random),
                70..=95 => self.random_editor(home, &parent, at_ms, random),
                _ => match targets.last().cloned() {
                    None => self.random_blob(home, &parent, at_ms, random),
                    Some(target) => {
                        let name = format!("{} shortcut", words::title(random));
                        self.add(home, &parent, &name, Kind::Shortcut(target), at_ms, |_| {})
                    }
                },
            };
            self.decorate(&id, home, at_ms, random);
            targets.push(id);
        }
    }

    fn random_blob(&mut self, home: &Home, parent: &Id, at_ms: i64, random: &mut ChaCha8Rng) -> Id {
        if !self.corpus.files.is_empty() && random.random_bool(0.6) {
            let file = &self.corpus.files[random.random_range(0..self.corpus.files.len())];
            let name = file.path.rsplit('/').next().unwrap_or("file").to_owned();
            let content = Content::Held(file.bytes.clone());
            return self.blob(home, parent, &name, at_ms, content);
        }
        let extension = ["txt", "pdf", "jpg", "csv", "png", "zip", "json", "mp4"][random.random_range(0..8)];
        let stem =
            if random.random_bool(0.2) { words::foreign(random).to_owned() } else { words::title(random) };
        let name = format!("{stem}.{extension}");
        // From 256 bytes to 256 KiB, small ones more often.
        let size = 1u64 << random.random_range(8..18);
        let size = size + random.random_range(0..size);
        let revisions = random.random_range(1..=3);
        let seed = random.random();
        self.add(home, parent, &name, Kind::Blob, at_ms, |file| {
            for number in 0..revisions {
                let content = make::content(mix(&[seed, number]), size + number * 100, &file.mime);
                make::revise(file, content, at_ms + i64::try_from(number).unwrap_or(0) * 3_600_000);
            }
        })
    }

    fn random_editor(&mut self, home: &Home, parent: &Id, at_ms: i64, random: &mut ChaCha8Rng) -> Id {
        let editor = match random.random_range(0..100) {
            0..=49 => Editor::Document,
            50..=74 => Editor::Spreadsheet,
            75..=89 => Editor::Presentation,
            90..=94 => Editor::Drawing,
            95..=97 => Editor::Script,
            _ => Editor::Form,
        };
        let size = random.random_range(500..20_000);
        let content = make::content(random.random(), size, "text/plain");
        self.add(home, parent, &words::title(random), Kind::Editor(editor), at_ms, |file| {
            make::revise(file, content, at_ms)
        })
    }

    /// Stars, descriptions, the trash, and sharing.
    fn decorate(&mut self, id: &Id, home: &Home, at_ms: i64, random: &mut ChaCha8Rng) {
        let dice: u32 = random.random_range(0..100);
        let other = &self.people[random.random_range(0..self.people.len())];
        let is_other = home.owner().is_some_and(|owner| owner != other);
        let description = random.random_bool(0.1).then(|| words::title(random));
        let with = match dice {
            0..=5 if is_other => Some((Grantee::User(other.clone()), Role::Reader)),
            6..=8 if is_other => Some((Grantee::User(other.clone()), Role::Writer)),
            9 if is_other => Some((Grantee::User(other.clone()), Role::Commenter)),
            10 if home.owner().is_some() => Some((Grantee::Anyone, Role::Reader)),
            11 if home.owner().is_some() => Some((Grantee::Domain, Role::Reader)),
            _ => None,
        };
        self.state.replace(id, |file| {
            file.description = description;
            file.is_starred = (20..25).contains(&dice);
            file.trashed_ms = (30..33).contains(&dice).then_some(at_ms + 86_400_000);
            file.shares.extend(with.map(|(with, role)| Share { with, role, at_ms: at_ms + 60_000 }));
        });
    }

    fn person(&self, number: usize) -> Id {
        self.people[number % self.people.len()].clone()
    }

    fn shared_drives(&mut self) {
        let mut everybody = vec![(self.person(0), Role::Organizer), (self.person(1), Role::FileOrganizer)];
        everybody.extend(self.people.iter().skip(2).map(|id| (id.clone(), Role::Reader)));
        let mut plans = vec![("Company", everybody)];
        if self.people.len() > 4 {
            // The admin is no member: only domain admin access shows it to them.
            let members = [(2, Role::Organizer), (3, Role::Writer), (4, Role::Reader)];
            plans.push((
                "Projects",
                members.iter().map(|(number, role)| (self.person(*number), *role)).collect(),
            ));
        }
        if self.people.len() > 8 {
            // Its first manager is suspended.
            let members = [(7, Role::Organizer), (5, Role::Organizer), (6, Role::Reader)];
            plans.push((
                "Archive 2019",
                members.iter().map(|(number, role)| (self.person(*number), *role)).collect(),
            ));
        }
        for (number, (name, members)) in plans.into_iter().enumerate() {
            let id = make::root_id(&[self.options.seed, DRIVE, 2, number as u64]);
            let home = Home::Drive(id.clone());
            self.state.place(make::file(id.clone(), home.clone(), None, name, Kind::Folder, FIRST_MS));
            let drive = SharedDrive { id: id.clone(), name: name.to_owned(), created_ms: FIRST_MS, members };
            self.state.drives.insert(id.clone(), drive);
            let mut random = rng(&[self.options.seed, DRIVE, 3, number as u64]);
            self.realistic(&home, &id, u64::from(self.options.files_per_user / 2).max(5), &mut random);
        }
    }
}
