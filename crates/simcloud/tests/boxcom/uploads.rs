//! Uploads in one request and in parts. <https://developer.box.com/guides/uploads>

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha1::Digest as _;

use super::sim::{Got, Sim, text};

const SIZE: usize = 20_000_000;

fn content() -> Vec<u8> {
    (0..SIZE as u64).map(|at| (at.wrapping_mul(2_654_435_761) >> 7) as u8).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn digest(bytes: &[u8]) -> String {
    format!("sha={}", STANDARD.encode(sha1::Sha1::digest(bytes)))
}

async fn writing() -> Sim {
    let sim = Sim::new().await;
    sim.set(json!({"scopes": ["root_readwrite", "manage_managed_users"]})).await;
    sim
}

async fn part(sim: &Sim, session: &str, start: usize, bytes: &[u8], digest: &str) -> Got {
    let range = format!("bytes {start}-{}/{SIZE}", start + bytes.len() - 1);
    let headers =
        [("digest", digest), ("content-range", &range), ("content-type", "application/octet-stream")];
    sim.bytes_as(1, "PUT", &format!("files/upload_sessions/{session}"), &headers, bytes.to_vec()).await
}

/// <https://developer.box.com/reference/post-files-upload-sessions> and those that follow it
#[tokio::test]
async fn parts_become_a_file_once_all_are_there_and_right() {
    let sim = writing().await;
    let new = json!({"folder_id": "0", "file_size": SIZE, "file_name": "large.bin"});
    let begun = sim.json_as(1, "POST", "files/upload_sessions", &new).await;
    assert_eq!(begun.status, 201);
    let (begun, content) = (begun.json(), content());
    let session = text(&begun["id"]);
    let size = usize::try_from(begun["part_size"].as_u64().expect("a size")).expect("a small size");
    let path = |rest: &str| format!("files/upload_sessions/{session}{rest}");
    let commit = |parts: Value| {
        let (sim, path, whole) = (&sim, path("/commit"), digest(&content));
        async move {
            let headers = [("digest", whole.as_str()), ("content-type", "application/json")];
            sim.bytes_as(1, "POST", &path, &headers, json!({"parts": parts}).to_string().into()).await
        }
    };
    let mut parts = Vec::new();
    for (number, bytes) in content.chunks(size).enumerate() {
        assert_eq!(commit(json!(parts)).await.status, 400, "not all are there");
        assert_eq!(part(&sim, &session, number * size, bytes, &digest(b"other")).await.status, 412);
        let got = part(&sim, &session, number * size, bytes, &digest(bytes)).await;
        assert_eq!(got.status, 200);
        parts.push(got.json()["part"].clone());
    }
    assert_eq!(part(&sim, &session, 1, &content[..size], &digest(&content[..size])).await.status, 416);
    let told = sim.bytes_as(1, "GET", &path(""), &[], Vec::new()).await.json();
    assert_eq!(told["num_parts_processed"], told["total_parts"]);
    let listed = sim.bytes_as(1, "GET", &path("/parts"), &[], Vec::new()).await.json();
    assert_eq!(
        (&listed["entries"], listed["total_count"].as_u64()),
        (&json!(parts), Some(parts.len() as u64))
    );
    assert_eq!(sim.bytes_as(2, "GET", &path(""), &[], Vec::new()).await.status, 404, "another's session");
    let done = commit(json!(parts)).await;
    assert_eq!(done.status, 201);
    let file = done.json()["entries"][0].clone();
    assert_eq!((&file["name"], file["size"].as_u64()), (&json!("large.bin"), Some(SIZE as u64)));
    assert_eq!(commit(json!(parts)).await.status, 404, "a session ends with its commit");
    assert_eq!(sim.json_as(1, "POST", "files/upload_sessions", &new).await.code().1, "item_name_in_use");
}

#[tokio::test]
async fn who_reads_only_writes_nothing_and_what_is_given_up_is_gone() {
    let sim = Sim::new().await;
    let new = json!({"folder_id": "0", "file_size": SIZE, "file_name": "large.bin"});
    assert_eq!(sim.json_as(1, "POST", "files/upload_sessions", &new).await.code().1, "insufficient_scope");
    sim.set(json!({"scopes": ["root_readwrite", "manage_managed_users"]})).await;
    let session = text(&sim.json_as(1, "POST", "files/upload_sessions", &new).await.json()["id"]);
    let path = format!("files/upload_sessions/{session}");
    assert_eq!(sim.bytes_as(1, "DELETE", &path, &[], Vec::new()).await.status, 204);
    assert_eq!(sim.bytes_as(1, "GET", &path, &[], Vec::new()).await.status, 404);
}

/// Both ways up to where the description says: from 20 MB in parts, up to 50 MB in one request.
#[tokio::test]
async fn a_file_goes_the_way_that_its_size_allows_and_refusals_name_what_is_wrong() {
    let sim = writing().await;
    let session = |body: Value| {
        let sim = &sim;
        async move { sim.json_as(1, "POST", "files/upload_sessions", &body).await }
    };
    let file = |size: Value| json!({"folder_id": "0", "file_size": size, "file_name": "large.bin"});
    assert_eq!(session(file(json!(20_000_000))).await.status, 201);
    for (body, code) in [
        (file(json!(19_999_999)), "file_size_too_small"),
        (file(json!("large")), "invalid_file_size"),
        (json!({"folder_id": "0", "file_name": "large.bin"}), "missing_file_size"),
        (json!({"folder_id": "0", "file_size": SIZE}), "missing_file_name"),
        (json!({"file_size": SIZE, "file_name": "large.bin"}), "missing_destination"),
        (json!({"folder_id": "0", "file_size": SIZE, "file_name": "a/b"}), "item_name_invalid"),
    ] {
        let refused = session(body.clone()).await;
        assert_eq!(refused.code(), (400, code.to_owned()), "{body}");
    }
    for (size, status) in [(50_000_000, 201), (50_000_001, 400)] {
        let new = json!({"name": format!("{size}.bin"), "parent": {"id": "0"}});
        let sent = send(&sim, "files/content", &[], upload(&new, &vec![7; size])).await;
        assert_eq!(sent.status, status, "{size} bytes");
    }
}

const BOUNDARY: &str = "----a boundary";

/// A form with these parts in this order.
fn form(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, bytes) in parts {
        let head = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    body
}

async fn send(sim: &Sim, path: &str, more: &[(&str, &str)], body: Vec<u8>) -> Got {
    let kind = format!("multipart/form-data; boundary=\"{BOUNDARY}\"");
    let headers = [&[("content-type", kind.as_str())], more].concat();
    sim.bytes_as(1, "POST", path, &headers, body).await
}

fn upload(attributes: &Value, bytes: &[u8]) -> Vec<u8> {
    form(&[("attributes", attributes.to_string().as_bytes()), ("file", bytes)])
}

/// <https://developer.box.com/reference/post-files-content>
#[tokio::test]
async fn a_small_file_goes_in_one_request_under_a_name_that_is_free_and_allowed() {
    let sim = writing().await;
    let bytes = b"\r\n--not the boundary\x00\xff".as_slice();
    let sha1 = hex(&sha1::Sha1::digest(bytes));
    let new = json!({"name": "small.bin", "parent": {"id": "0"}, "content_modified_at": "2012-12-12T10:53:43-08:00"});
    assert_eq!(send(&sim, "files/content", &[("content-md5", "00")], upload(&new, bytes)).await.status, 400);
    let made = send(&sim, "files/content", &[("content-md5", sha1.as_str())], upload(&new, bytes)).await;
    assert_eq!(made.status, 201);
    let file = made.json()["entries"][0].clone();
    assert_eq!((&file["name"], &file["sha1"]), (&json!("small.bin"), &json!(sha1)));
    assert_eq!(file["content_modified_at"], "2012-12-12T10:53:43-08:00");
    let line = sim.truth(1).await.into_iter().find(|line| line["id"] == file["id"]).expect("the file");
    assert_eq!(line["size"], bytes.len());

    let again = json!({"name": "SMALL.bin", "parent": {"id": "0"}});
    let taken = send(&sim, "files/content", &[], upload(&again, bytes)).await;
    assert_eq!(taken.code(), (409, "item_name_in_use".to_owned()));
    assert_eq!(taken.json()["context_info"]["conflicts"]["id"], file["id"]);
    let late = form(&[("file", bytes), ("attributes", new.to_string().as_bytes())]);
    assert_eq!(send(&sim, "files/content", &[], late).await.code().1, "metadata_after_file_contents");
    let long = "x".repeat(256);
    for (name, code) in [
        ("a/b", "item_name_invalid"),
        ("a\\b", "item_name_invalid"),
        ("a\u{7}", "item_name_invalid"),
        ("..", "item_name_invalid"),
        ("a ", "item_name_invalid"),
        (long.as_str(), "item_name_too_long"),
        ("", "bad_request"),
    ] {
        let named = json!({"name": name, "parent": {"id": "0"}});
        assert_eq!(
            send(&sim, "files/content", &[], upload(&named, bytes)).await.code(),
            (400, code.to_owned())
        );
    }
    let nowhere = json!({"name": "x", "parent": {"id": "1"}});
    assert_eq!(send(&sim, "files/content", &[], upload(&nowhere, bytes)).await.status, 404);
    assert_eq!(send(&sim, "files/content", &[], b"no form".to_vec()).await.status, 400);
    assert_eq!(sim.truth(1).await.iter().filter(|line| line["name"] == "small.bin").count(), 1);
}

/// <https://developer.box.com/reference/post-files-id-content>
#[tokio::test]
async fn a_version_goes_in_one_request_unless_the_file_has_changed() {
    let sim = writing().await;
    let new = json!({"name": "a.txt", "parent": {"id": "0"}});
    let file = send(&sim, "files/content", &[], upload(&new, b"first")).await.json()["entries"][0].clone();
    let path = format!("files/{}/content", text(&file["id"]));
    let name = json!({"name": "b.txt"});
    let stale = send(&sim, &path, &[("if-match", "77")], upload(&name, b"second")).await;
    assert_eq!(stale.code(), (412, "precondition_failed".to_owned()));
    let etag = text(&file["etag"]);
    let after = send(&sim, &path, &[("if-match", &etag)], upload(&name, b"second")).await;
    assert_eq!((after.status, &after.json()["entries"][0]["name"]), (200, &json!("b.txt")));
    let line = sim.truth(1).await.into_iter().find(|line| line["id"] == file["id"]).expect("the file");
    assert_eq!((line["size"].as_u64(), line["versions"].as_u64()), (Some(6), Some(2)));
    assert_eq!(send(&sim, "files/content", &[], upload(&new, b"another")).await.status, 201, "a.txt is free");
    let other = json!({"name": "A.txt"});
    assert_eq!(send(&sim, &path, &[], upload(&other, b"third")).await.code().1, "item_name_in_use");
}

/// <https://developer.box.com/reference/options-files-content>
#[tokio::test]
async fn an_upload_is_checked_before_it_is_sent() {
    let sim = writing().await;
    let file = json!({"name": "new.txt", "size": 5, "parent": {"id": "0"}});
    let good = sim.json_as(1, "OPTIONS", "files/content", &file).await;
    assert!(good.status == 200 && text(&good.json()["upload_url"]).ends_with("/api/2.0/files/content"));
    sim.change(json!({"op": "box.file.add", "user": sim.id(1), "name": "New.txt", "text": "x"})).await;
    assert_eq!(sim.json_as(1, "OPTIONS", "files/content", &file).await.code().1, "item_name_in_use");
}
