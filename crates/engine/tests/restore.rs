//! What comes back lies under names and paths that every system takes, whatever it is called in the Cloud.
#![allow(clippy::unwrap_used, clippy::expect_used)] // A test fails by panicking.

use crate::stage;

use holdfast_clouds::testkit::MemoryCloud;
use holdfast_clouds::testkit::memory::NewItem;
use holdfast_engine::{Events, RestoreSelection};
use holdfast_model::Service;
use stage::{Stage, assert_closed};
use tokio_util::sync::CancellationToken;

const USER: &str = "user1@example.test";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_come_back_whatever_they_are_called() {
    let cloud = MemoryCloud::sample(1, 0, 0);
    let drive = MemoryCloud::drive(&cloud.user(USER).unwrap());
    let long = "näme ".repeat(80);
    let names = [
        "CON",
        "con.txt",
        "Aux.tar.gz",
        "COM¹",
        "NUL .txt",
        "ends.",
        "ends. .",
        "ends ",
        " begins",
        "..",
        ".",
        "",
        "a:b",
        "a/b",
        "a\\b",
        "tab\tin it",
        "<who?>|*.\"",
        "\u{202e}gpj.exe",
        "Plan.txt",
        "plan.TXT",
        "PLAN.txt",
        "Café.txt",
        "Cafe\u{301}.txt",
        "STRASSE",
        "straße",
        "index.csv",
        "index.jsonl",
        "desktop.ini",
        &long,
    ];
    for (number, name) in names.iter().enumerate() {
        cloud.add(&drive, NewItem::file(name, format!("content {number}")));
    }
    let twins = ["Team", "team", "TEAM ", "CON"].map(|name| cloud.add(&drive, NewItem::folder(name)));
    for folder in &twins {
        cloud.add(&drive, NewItem::file("inside.txt", "the same").inside(folder));
    }
    let stage = Stage::new(cloud).await;
    stage.sync().await;
    assert_closed(&stage.start(&[USER]).await);
    stage.assert_equals_truth(USER, &drive).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn folders_in_folders_come_back_though_their_path_is_longer_than_a_system_takes() {
    let cloud = MemoryCloud::sample(1, 0, 0);
    let drive = MemoryCloud::drive(&cloud.user(USER).unwrap());
    let mut above = cloud.add(&drive, NewItem::folder("Projekte"));
    for level in 0..80 {
        let name = format!("{level} {}", "ein sehr langer Ordnername ".repeat(5));
        above = cloud.add(&drive, NewItem::folder(&name).inside(&above));
        cloud.add(&drive, NewItem::file(&"Bericht ".repeat(20), format!("of {level}")).inside(&above));
    }
    let stage = Stage::new(cloud).await;
    stage.sync().await;
    assert_closed(&stage.start(&[USER]).await);
    stage.assert_equals_truth(USER, &drive).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_home_with_foreign_letters_and_a_long_path_keeps_everything() {
    let cloud = MemoryCloud::sample(1, 4, 4);
    // Wine cannot tell the name of an open folder whose path is long (error 234), which Windows can.
    let levels = if cfg!(windows) { 2 } else { 5 };
    let deep: Vec<_> =
        (0..levels).map(|level| format!("Jörg Müller 文書 {level}{}", " weit".repeat(9))).collect();
    let stage = Stage::below(cloud, &deep.join("/")).await;
    let length = stage.repository().to_string_lossy().encode_utf16().count();
    assert!(cfg!(windows) || length > 300, "longer than Windows takes as it is: {length}");
    stage.sync().await;
    assert_closed(&stage.start(&[USER]).await);
    assert_closed(&stage.run().await);
    let user = stage.cloud.user(USER).unwrap();
    for scope in [MemoryCloud::mailbox(&user), MemoryCloud::drive(&user)] {
        stage.assert_equals_truth(USER, &scope).await;
    }
    let checked = stage.engine.verify(true, Events::nobody(), CancellationToken::new()).await.unwrap();
    assert!(checked.is_sound() && checked.items > 0, "{checked:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn shared_drives_that_differ_by_case_alone_do_not_meet() {
    let cloud = MemoryCloud::sample(1, 0, 0);
    let names = ["Team", "team", "Team", "index.csv"];
    for name in names {
        let drive = MemoryCloud::shared_drive(&cloud.add_shared_drive(name));
        for file in ["a.txt", "A.txt"] {
            cloud.add(&drive, NewItem::file(file, format!("{file} of {name}")));
        }
    }
    let stage = Stage::new(cloud).await;
    stage.sync().await;
    assert_closed(&stage.start(&[USER]).await);
    let target = tempfile::tempdir().unwrap();
    let all = RestoreSelection { service: Some(Service::SharedDrive), ..RestoreSelection::default() };
    let restored =
        stage.engine.restore_to_folder(all, target.path(), false, Events::nobody(), CancellationToken::new());
    let report = restored.await.unwrap();
    assert_eq!((report.files, report.problems.len()), (8, 0), "{report:?}");
    let index = std::fs::read_to_string(target.path().join("index.jsonl")).unwrap();
    let mut paths: Vec<_> = index
        .lines()
        .filter_map(|line| {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            line["path"].as_str().map(|path| dunce::canonicalize(target.path().join(path)).unwrap())
        })
        .collect();
    paths.sort();
    paths.dedup();
    assert_eq!(paths.len(), 8, "two files in one: {paths:?}");
}
