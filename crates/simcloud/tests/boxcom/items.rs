//! Folders, files, bytes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use sha2::Digest as _;
use simcloud::Options;

use super::sim::{Got, Sim, entries, small, text};

/// Everything below "All Files" of a user, by walking.
async fn walk(sim: &Sim, user: usize, marker: bool) -> BTreeMap<String, Value> {
    let (mut found, mut folders) = (BTreeMap::new(), vec!["0".to_owned()]);
    while let Some(folder) = folders.pop() {
        let (mut next, mut offset) = (String::new(), 0);
        loop {
            let path = format!("folders/{folder}/items");
            let number = offset.to_string();
            let by_marker = [("usemarker", "true"), ("limit", "3"), ("marker", next.as_str())];
            let by_offset = [("limit", "3"), ("offset", number.as_str())];
            let query = if marker { &by_marker[..] } else { &by_offset[..] };
            let page = sim.user(user, &path, query).await.json();
            for entry in entries(&page) {
                if entry["type"] == "folder" {
                    folders.push(text(&entry["id"]));
                }
                assert!(found.insert(text(&entry["id"]), entry).is_none(), "nothing comes twice");
            }
            offset += entries(&page).len();
            match page["next_marker"].as_str() {
                Some(more) if marker => next = more.to_owned(),
                None if !marker && page["total_count"].as_u64() > Some(offset as u64) => {}
                _ => break,
            }
        }
    }
    found
}

async fn fetch(sim: &Sim, user: usize, path: &str, range: Option<&str>) -> Got {
    let got = sim.user(user, path, &[]).await;
    assert_eq!(got.status, 302);
    let mut request = sim.client.get(got.header("location"));
    if let Some(range) = range {
        request = request.header("Range", range);
    }
    sim.send(request).await
}

/// <https://developer.box.com/reference/get-folders-id-items>, <https://developer.box.com/guides/api-calls/pagination>
#[tokio::test]
async fn markers_offsets_and_the_truth_list_the_same_items() {
    let sim = Sim::new().await;
    for user in [0, 1, 5] {
        let listed = walk(&sim, user, true).await;
        assert_eq!(listed, walk(&sim, user, false).await);
        let truth = sim.truth(user).await;
        let there: BTreeSet<String> =
            truth.iter().filter(|line| line["trashed"] == false).map(|line| text(&line["id"])).collect();
        assert_eq!(listed.keys().cloned().collect::<BTreeSet<_>>(), there);
        for line in truth.iter().filter(|line| line["kind"] == "file" && line["trashed"] == false) {
            assert_eq!(listed[&text(&line["id"])]["sha1"], line["sha1"]);
        }
    }
}

/// <https://developer.box.com/guides/downloads/file>
#[tokio::test]
async fn content_comes_from_a_second_host_and_has_the_hash_that_was_said() {
    let sim = Sim::new().await;
    for line in
        sim.truth(2).await.iter().filter(|line| line["downloadable"] == true && line["trashed"] == false)
    {
        let path = format!("files/{}/content", text(&line["id"]));
        let got = fetch(&sim, 2, &path, None).await;
        assert_eq!(got.status, 200);
        assert_eq!(simcloud::content::hex(&sha2::Sha256::digest(got.bytes())), text(&line["sha256"]));
        let got = sim.user(2, &path, &[]).await;
        assert!(got.header("location").starts_with(&sim.running.start_line.boxcom.content));
        assert!(!got.header("location").starts_with(&sim.running.start_line.address));
    }
}

/// <https://developer.box.com/reference/get-files-id-content>
#[tokio::test]
async fn ranges_versions_and_dead_links() {
    let sim = Sim::new().await;
    let file = sim
        .change(json!({"op": "box.file.add", "user": sim.id(2), "name": "a.txt", "text": "0123456789"}))
        .await;
    sim.change(json!({"op": "box.file.edit", "item": file, "text": "newer"})).await;
    let versions = sim.user(2, &format!("files/{file}/versions"), &[]).await;
    assert_eq!(versions.ids().len(), 1, "the current version is not among them");
    let old = versions.ids()[0].clone();
    assert_eq!(sim.user(2, &format!("files/{file}/versions/{old}"), &[]).await.status, 200);
    let path = format!("files/{file}/content");
    assert_eq!(fetch(&sim, 2, &path, None).await.bytes(), b"newer");
    let link = sim.user(2, &path, &[("version", &old)]).await.header("location");
    let part = sim.send(sim.client.get(&link).header("Range", "bytes=2-4")).await;
    assert_eq!((part.status, part.bytes()), (206, &b"234"[..]));
    assert_eq!(part.header("content-range"), "bytes 2-4/10");
    assert_eq!(sim.send(sim.client.get(&link).header("Range", "bytes=10-")).await.status, 416);
    sim.running.world().clock.set_shift_seconds(3600);
    assert_eq!(sim.send(sim.client.get(&link)).await.status, 404, "links do not last");
    assert_eq!(sim.user(2, "files/1/content", &[]).await.status, 401, "nor do tokens");
}

/// "If the file is not ready to be downloaded yet": <https://developer.box.com/reference/get-files-id-content>
#[tokio::test]
async fn a_fresh_upload_is_not_ready_at_once() {
    let sim = Sim::new().await;
    let file = json!({"op": "box.file.add", "user": sim.id(2), "name": "a.txt", "text": "x", "not_ready": 2});
    let path = format!("files/{}/content", sim.change(file).await);
    for _ in 0..2 {
        let got = sim.user(2, &path, &[]).await;
        assert_eq!((got.status, got.header("retry-after")), (202, "1".to_owned()));
    }
    assert_eq!(sim.user(2, &path, &[]).await.status, 302);
}

/// <https://developer.box.com/reference/get-folders-id>, <https://developer.box.com/reference/get-files-id>
#[tokio::test]
async fn items_say_where_they_lie_and_whose_they_are() {
    let sim = Sim::new().await;
    let others = sim.truth(2).await;
    for line in sim.truth(1).await.iter().filter(|line| line["trashed"] == false) {
        let kind = text(&line["kind"]);
        let path = format!("{kind}s/{}", text(&line["id"]));
        let item = sim.user(1, &path, &[]).await.json();
        assert_eq!(item["parent"]["id"], line["parents"][0]);
        let names: Vec<String> =
            entries(&item["path_collection"]).iter().skip(1).map(|e| text(&e["name"])).collect();
        assert_eq!(names.join("/"), text(&line["path"]));
        assert_eq!(item["owned_by"]["id"] == json!(sim.id(1)), line["owned"] == true);
        let is_theirs = others.iter().any(|other| other["id"] == line["id"]);
        assert_eq!(sim.user(2, &path, &[]).await.status == 200, is_theirs, "{line}");
    }
    assert_eq!(sim.user(1, "folders/0", &[]).await.json()["name"], "All Files");
    let chosen = sim.user(1, "folders/0/items", &[("fields", "name,size")]).await.json();
    assert!(entries(&chosen).iter().all(|e| e.get("parent").is_none() && e.get("etag").is_some()));
}

/// <https://developer.box.com/reference/get-files-id> (`if-none-match`)
#[tokio::test]
async fn an_item_that_did_not_change_is_not_sent_again() {
    let sim = Sim::new().await;
    let file =
        sim.change(json!({"op": "box.file.add", "user": sim.id(2), "name": "a.txt", "text": "x"})).await;
    let get = async |etag: &str| {
        let request = sim.client.get(sim.url(&format!("/2.0/files/{file}"))).bearer_auth(sim.service().await);
        sim.send(request.header("As-User", sim.id(2)).header("If-None-Match", etag)).await.status
    };
    assert_eq!((get("0").await, get("1").await), (304, 200));
}

/// Trash: <https://developer.box.com/guides/trash>
#[tokio::test]
async fn what_is_in_the_trash_is_only_there() {
    let sim = Sim::new().await;
    let folder = sim.change(json!({"op": "box.folder.add", "user": sim.id(2), "name": "Old"})).await;
    let add =
        json!({"op": "box.file.add", "user": sim.id(2), "parent": folder, "name": "in.txt", "text": "x"});
    let file = sim.change(add).await;
    sim.change(json!({"op": "box.item.trash", "item": folder})).await;
    assert_eq!(sim.user(2, &format!("files/{file}"), &[]).await.status, 404);
    let trash = sim.user(2, "folders/trash/items", &[]).await.ids();
    assert!(trash.contains(&folder) && !trash.contains(&file), "{trash:?}");
    assert_eq!(sim.user(2, &format!("folders/{folder}/trash"), &[]).await.json()["item_status"], "trashed");
    sim.change(json!({"op": "box.item.restore", "item": folder})).await;
    assert_eq!(sim.user(2, &format!("files/{file}"), &[]).await.status, 200);
    sim.change(json!({"op": "box.item.purge", "item": folder})).await;
    assert_eq!(sim.user(2, &format!("folders/{folder}"), &[]).await.status, 404);
}

/// `--strict` holds requests to <https://github.com/box/box-openapi>.
#[tokio::test]
async fn strict_refuses_what_the_description_does_not_allow() {
    if simcloud::boxcom::Description::find().is_none() {
        eprintln!("SKIPPED: Box's description is not at hand");
        return;
    }
    let sim = Sim::with(Options { strict: true, ..small() }).await;
    assert_eq!(sim.user(1, "folders/0/items", &[("limit", "10")]).await.status, 200);
    for query in [[("colour", "red")], [("limit", "ten")], [("limit", "1001")], [("direction", "UP")]] {
        assert_eq!(
            sim.user(1, "folders/0/items", &query).await.code(),
            (400, "bad_request".to_owned()),
            "{query:?}"
        );
    }
}
