//! What real drives contain and no backup may stumble over.

use super::super::content::{Content, Style};
use super::super::export::Editor;
use super::super::file::{Grantee, Home, Id, Kind, Role, Share};
use super::super::make;
use super::{Builder, LAST_MS};

/// More than `files.export` gives.
const BIG_TEXT_BYTES: u64 = 10_600_000;

/// Names that break careless programs. Drive keeps any name, and any number of them in one folder.
fn names() -> Vec<String> {
    let mut all: Vec<String> = [
        "../../x",
        "CON",
        "com1.txt",
        "🦄 plan 🚀.txt",
        "تقرير\u{202e}fdp.exe",
        "nul\0inside.txt",
        "Twin.txt",
        "twin.TXT",
        "same name.txt",
        "same name.txt",
        "a/b\\c:d*e?\"<>|.txt",
        "trailing dot. ",
        ".",
        "new\nline.txt",
        "e\u{301}.txt",
        "\u{e9}.txt",
    ]
    .map(str::to_owned)
    .into();
    // 300 bytes: no file system takes it.
    all.push("ü".repeat(148) + ".txt");
    all
}

pub(super) fn add(builder: &mut Builder<'_>) {
    let number = usize::from(builder.people.len() > 1);
    let user = builder.person(number);
    let Some(root) = builder.state.root_of(&user).cloned() else { return };
    let home = Home::Mine(user.clone());
    let odd = builder.add(&home, &root, "Odd things", Kind::Folder, LAST_MS, |_| {});
    for (index, name) in names().iter().enumerate() {
        let content =
            Content::Made { seed: 1000 + index as u64, size: 300 + index as u64, style: Style::Text };
        builder.blob(&home, &odd, name, LAST_MS, content);
    }
    builder.blob(&home, &odd, "empty.bin", LAST_MS, Content::Made { seed: 1, size: 0, style: Style::Text });
    let abusive = builder.blob(
        &home,
        &odd,
        "invoice.exe",
        LAST_MS,
        Content::Made { seed: 2, size: 5000, style: Style::Noise },
    );
    builder.state.replace(&abusive, |file| file.is_abusive = true);

    let big = Kind::Editor(Editor::Document);
    builder.add(&home, &odd, "Big report", big, LAST_MS, |file| {
        make::revise(file, Content::Made { seed: 3, size: BIG_TEXT_BYTES, style: Style::Text }, LAST_MS);
    });
    for (name, editor) in [("Survey", Editor::Form), ("Macros", Editor::Script), ("Sketch", Editor::Drawing)]
    {
        builder.add(&home, &odd, name, Kind::Editor(editor), LAST_MS, |file| {
            make::revise(file, Content::Made { seed: 4, size: 900, style: Style::Text }, LAST_MS);
        });
    }
    shortcuts(builder, &home, &odd);
    locked(builder, &user, number);
}

/// A shortcut to nothing, and two folders with shortcuts to each other.
fn shortcuts(builder: &mut Builder<'_>, home: &Home, odd: &Id) {
    let nothing = make::file_id(&[0, 0]);
    builder.add(home, odd, "Gone", Kind::Shortcut(nothing), LAST_MS, |_| {});
    let here = builder.add(home, odd, "Here", Kind::Folder, LAST_MS, |_| {});
    let there = builder.add(home, odd, "There", Kind::Folder, LAST_MS, |_| {});
    builder.add(home, &here, "To there", Kind::Shortcut(there.clone()), LAST_MS, |_| {});
    builder.add(home, &there, "To here", Kind::Shortcut(here), LAST_MS, |_| {});
}

/// A file and a document of somebody else which readers may not download.
fn locked(builder: &mut Builder<'_>, reader: &Id, number: usize) {
    let owner = builder.person(number + 1);
    let Some(root) = builder.state.root_of(&owner).cloned().filter(|_| owner != *reader) else { return };
    let home = Home::Mine(owner);
    let pdf = builder.blob(
        &home,
        &root,
        "Do not copy.pdf",
        LAST_MS,
        Content::Made { seed: 5, size: 4000, style: Style::Text },
    );
    let doc = builder.add(&home, &root, "Do not copy", Kind::Editor(Editor::Document), LAST_MS, |file| {
        make::revise(file, Content::Made { seed: 6, size: 4000, style: Style::Text }, LAST_MS);
    });
    for id in [pdf, doc] {
        builder.state.replace(&id, |file| {
            file.is_locked_for_readers = true;
            file.shares.push(Share {
                with: Grantee::User(reader.clone()),
                role: Role::Reader,
                at_ms: LAST_MS,
            });
        });
    }
}
