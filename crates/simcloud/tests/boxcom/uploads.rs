//! Uploads in parts. <https://developer.box.com/guides/uploads/chunked>

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha1::Digest as _;

use crate::sim::{Got, Sim, text};

const SIZE: usize = 20_000_000;

fn content() -> Vec<u8> {
    (0..SIZE as u64).map(|at| (at.wrapping_mul(2_654_435_761) >> 7) as u8).collect()
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
    let small = json!({"folder_id": "0", "file_size": 1000, "file_name": "small.bin"});
    assert_eq!(sim.json_as(1, "POST", "files/upload_sessions", &small).await.status, 400);
    let session = text(&sim.json_as(1, "POST", "files/upload_sessions", &new).await.json()["id"]);
    let path = format!("files/upload_sessions/{session}");
    assert_eq!(sim.bytes_as(1, "DELETE", &path, &[], Vec::new()).await.status, 204);
    assert_eq!(sim.bytes_as(1, "GET", &path, &[], Vec::new()).await.status, 404);
}
