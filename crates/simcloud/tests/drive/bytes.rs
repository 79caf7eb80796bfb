//! Downloads, exports, revisions. <https://developers.google.com/workspace/drive/api/guides/manage-downloads>

use md5::Digest as _;
use serde_json::{Value, json};

use super::sim::{Got, READ, Sim, sha256};

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const EXPORT_LIMIT: u64 = 10 * 1024 * 1024;

fn id(line: &Value) -> &str {
    line["id"].as_str().expect("an id")
}

async fn media(sim: &Sim, user: &str, id: &str, more: &[(&str, &str)], headers: &[(&str, &str)]) -> Got {
    let mut query = vec![("alt", "media"), ("supportsAllDrives", "true")];
    query.extend(more);
    sim.fetch(user, READ, &format!("/drive/v3/files/{id}"), &query, headers).await
}

/// <https://developers.google.com/workspace/drive/api/guides/manage-downloads>
#[tokio::test]
async fn a_download_has_the_bytes_that_metadata_and_truth_name() {
    let sim = Sim::new().await;
    let mut checked = 0;
    for user in [sim.user(1), sim.user(3)] {
        for line in sim.truth(user, "drive").await {
            if line["size"].is_null() || line["downloadable"] == false || line["abusive"] == true {
                continue;
            }
            let got = media(&sim, user, id(&line), &[], &[]).await;
            assert_eq!(got.status, 200, "{line}");
            assert_eq!(sha256(got.bytes()), line["sha256"], "{line}");
            assert_eq!(got.header("content-length"), line["size"].to_string());
            let fields = [("fields", "md5Checksum,sha256Checksum,sha1Checksum,size,mimeType")];
            let file = sim.ok(user, &format!("files/{}", id(&line)), &fields).await;
            let md5: String = md5::Md5::digest(got.bytes()).iter().map(|b| format!("{b:02x}")).collect();
            assert_eq!(file["md5Checksum"], md5);
            assert_eq!(file["sha256Checksum"], line["sha256"]);
            assert_eq!(file["size"], got.bytes().len().to_string());
            assert_eq!(got.header("content-type"), file["mimeType"]);
            checked += 1;
        }
    }
    assert!(checked > 40, "{checked}");
}

/// <https://developers.google.com/workspace/drive/api/guides/manage-downloads>, "Partial download"
#[tokio::test]
async fn a_range_gives_that_part_with_206() {
    let sim = Sim::new().await;
    let file = sim.one(json!({"op": "file.add", "user": sim.user(1), "size": 300_000})).await;
    let whole = media(&sim, sim.user(1), &file, &[], &[]).await.bytes().to_vec();
    for (range, part, content_range) in [
        ("bytes=0-99", 0..100, "bytes 0-99/300000"),
        ("bytes=200000-", 200_000..300_000, "bytes 200000-299999/300000"),
        ("bytes=-10", 299_990..300_000, "bytes 299990-299999/300000"),
        ("bytes=299999-400000", 299_999..300_000, "bytes 299999-299999/300000"),
    ] {
        let got = media(&sim, sim.user(1), &file, &[], &[("range", range)]).await;
        assert_eq!((got.status, got.header("content-range")), (206, content_range), "{range}");
        assert!(got.bytes() == &whole[part], "{range}");
    }
    let got = media(&sim, sim.user(1), &file, &[], &[("range", "bytes=300000-")]).await;
    assert_eq!((got.status, got.header("content-range")), (416, "bytes */300000"));
    assert_eq!(got.reason().1, "requestedRangeNotSatisfiable");
}

/// An empty file has no satisfiable range (RFC 9110, section 15.5.17), and downloads whole.
#[tokio::test]
async fn an_empty_file_downloads_as_nothing() {
    let sim = Sim::new().await;
    let empty = sim.odd("empty.bin").await;
    let got = media(&sim, sim.user(1), id(&empty), &[], &[]).await;
    assert_eq!((got.status, got.bytes().len(), got.header("content-length")), (200, 0, "0"));
    let got = media(&sim, sim.user(1), id(&empty), &[], &[("range", "bytes=0-")]).await;
    assert_eq!((got.status, got.header("content-range")), (416, "bytes */0"));
}

/// "Only files with binary content can be downloaded": 403 `fileNotDownloadable`.
/// <https://developers.google.com/workspace/drive/api/guides/handle-errors>
#[tokio::test]
async fn documents_folders_and_shortcuts_have_no_bytes() {
    let sim = Sim::new().await;
    for name in ["Big report", "Survey", "Odd things", "Gone"] {
        let got = media(&sim, sim.user(1), id(&sim.odd(name).await), &[], &[]).await;
        assert_eq!(got.reason(), (403, "fileNotDownloadable".to_owned()), "{name}");
        assert_eq!(got.json()["error"]["errors"][0]["location"], "alt");
    }
}

/// 403 `cannotDownloadAbusiveFile`, and `acknowledgeAbuse` for the owner.
/// <https://developers.google.com/workspace/drive/api/reference/rest/v3/files/get>
#[tokio::test]
async fn malware_is_given_only_to_its_owner_who_acknowledges_it() {
    let sim = Sim::new().await;
    let malware = sim.odd("invoice.exe").await;
    let metadata =
        sim.ok(sim.user(1), &format!("files/{}", id(&malware)), &[("fields", "sha256Checksum")]).await;
    let acknowledge = [("acknowledgeAbuse", "true")];
    let got = media(&sim, sim.user(1), id(&malware), &[], &[]).await;
    assert_eq!(got.reason(), (403, "cannotDownloadAbusiveFile".to_owned()));
    let got = media(&sim, sim.user(1), id(&malware), &acknowledge, &[]).await;
    assert_eq!(sha256(got.bytes()), metadata["sha256Checksum"]);
    sim.change(json!({"op": "file.share", "id": id(&malware), "with": sim.user(2), "role": "writer"})).await;
    let got = media(&sim, sim.user(2), id(&malware), &acknowledge, &[]).await;
    assert_eq!(got.reason(), (403, "cannotDownloadAbusiveFile".to_owned()));
    let harmless = sim.one(json!({"op": "file.add", "user": sim.user(1)})).await;
    let got = media(&sim, sim.user(1), &harmless, &acknowledge, &[]).await;
    assert_eq!(got.reason(), (403, "invalidAbuseAcknowledgment".to_owned()));
}

/// `copyRequiresWriterPermission`: readers may not download; `capabilities.canDownload` says so beforehand.
/// <https://developers.google.com/workspace/drive/api/guides/content-restrictions>
#[tokio::test]
async fn readers_may_not_download_what_is_locked_for_them() {
    let sim = Sim::new().await;
    let (reader, owner) = (sim.user(1), sim.user(2));
    let find = async |name: &str| {
        let lines = sim.outline(reader, "drive").await;
        lines.into_iter().find(|line| line["name"] == name).expect("shared with the reader")
    };
    let (pdf, doc) = (find("Do not copy.pdf").await, find("Do not copy").await);
    assert_eq!((&pdf["downloadable"], &doc["downloadable"]), (&json!(false), &json!(false)));
    let got = media(&sim, reader, id(&pdf), &[], &[]).await;
    assert_eq!(got.reason(), (403, "cannotDownloadFile".to_owned()));
    let export = format!("files/{}/export", id(&doc));
    assert_eq!(
        sim.refused(reader, &export, &[("mimeType", DOCX)]).await,
        (403, "cannotExportFile".to_owned())
    );
    let fields = [("fields", "capabilities/canDownload,copyRequiresWriterPermission,exportLinks")];
    let seen = sim.ok(reader, &format!("files/{}", id(&doc)), &fields).await;
    assert_eq!(seen, json!({"capabilities": {"canDownload": false}, "copyRequiresWriterPermission": true}));
    assert_eq!(media(&sim, owner, id(&pdf), &[], &[]).await.status, 200);
    assert_eq!(sim.get(owner, &export, &[("mimeType", DOCX)]).await.status, 200);
}

/// `drive.metadata.readonly`: "View metadata for files in your Drive" and no content.
/// <https://developers.google.com/workspace/drive/api/guides/api-specific-auth>
#[tokio::test]
async fn a_scope_for_metadata_is_none_for_content() {
    let sim = Sim::new().await;
    let scope = "https://www.googleapis.com/auth/drive.metadata.readonly";
    sim.control("POST", "set", &json!({"delegated_scopes": [READ, scope]})).await;
    let file = sim.one(json!({"op": "file.add", "user": sim.user(1)})).await;
    let path = format!("/drive/v3/files/{file}");
    assert_eq!(sim.fetch(sim.user(1), scope, &path, &[], &[]).await.status, 200);
    let got = sim.fetch(sim.user(1), scope, &path, &[("alt", "media")], &[]).await;
    assert_eq!(got.status, 403);
}

/// <https://developers.google.com/workspace/drive/api/guides/ref-export-formats>
#[tokio::test]
async fn exports_have_the_hash_that_the_truth_names_and_no_length_beforehand() {
    let sim = Sim::new().await;
    let user = sim.user(2);
    let types = [
        ("document", "docx", DOCX),
        ("document", "pdf", "application/pdf"),
        ("spreadsheet", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("presentation", "pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
        ("drawing", "svg", "image/svg+xml"),
        ("script", "json", "application/vnd.google-apps.script+json"),
    ];
    for (kind, short, mime) in types {
        let doc = sim.one(json!({"op": "doc.add", "user": user, "type": kind, "size": 3000})).await;
        let got = sim.get(user, &format!("files/{doc}/export"), &[("mimeType", mime)]).await;
        assert_eq!(
            (got.status, got.header("content-type"), got.header("content-length")),
            (200, mime, ""),
            "{kind}"
        );
        let truth =
            sim.truth(user, "drive").await.into_iter().find(|line| id(line) == doc).expect("in the truth");
        assert_eq!(
            truth["exports"][short],
            json!({"size": got.bytes().len(), "sha256": sha256(got.bytes())}),
            "{kind}"
        );
        let again = sim.get(user, &format!("files/{doc}/export"), &[("mimeType", mime)]).await;
        assert!(again.bytes() == got.bytes());
        sim.change(json!({"op": "file.edit", "id": doc})).await;
        let edited = sim.get(user, &format!("files/{doc}/export"), &[("mimeType", mime)]).await;
        assert!(edited.bytes() != got.bytes(), "an edit shows in the export");
    }
}

/// 403 `fileNotExportable`; 400 for a format that there is not.
/// <https://developers.google.com/workspace/drive/api/guides/handle-errors>
#[tokio::test]
async fn only_documents_are_exported_and_only_to_their_formats() {
    let sim = Sim::new().await;
    let user = sim.user(1);
    let export = async |id: &str, query: &[(&str, &str)]| {
        sim.refused(user, &format!("files/{id}/export"), query).await
    };
    let pdf = [("mimeType", "application/pdf")];
    for name in ["Survey", "empty.bin", "Odd things", "Gone"] {
        let file = sim.odd(name).await;
        assert_eq!(export(id(&file), &pdf).await, (403, "fileNotExportable".to_owned()), "{name}");
    }
    let doc = sim.one(json!({"op": "doc.add", "user": user})).await;
    assert_eq!(export(&doc, &[("mimeType", "image/gif")]).await, (400, "badRequest".to_owned()));
    assert_eq!(export(&doc, &[]).await, (400, "required".to_owned()));
    assert_eq!(export("nothing", &pdf).await, (404, "notFound".to_owned()));
}

/// "The exported content is limited to 10 MB"; `exportLinks` give more.
/// <https://developers.google.com/workspace/drive/api/reference/rest/v3/files/export>
#[tokio::test]
async fn a_big_document_comes_through_its_export_links_only() {
    let sim = Sim::new().await;
    let user = sim.user(1);
    let big = sim.odd("Big report").await;
    let refused = sim.refused(user, &format!("files/{}/export", id(&big)), &[("mimeType", DOCX)]).await;
    assert_eq!(refused, (403, "exportSizeLimitExceeded".to_owned()));
    let file = sim.ok(user, &format!("files/{}", id(&big)), &[("fields", "exportLinks")]).await;
    let link = file["exportLinks"][DOCX].as_str().expect("a link");
    let path = link.strip_prefix(sim.running.url()).expect("a link to this server");
    let got = sim.fetch(user, READ, path, &[], &[]).await;
    assert!(got.bytes().len() as u64 > EXPORT_LIMIT);
    let truth = sim
        .truth(user, "drive")
        .await
        .into_iter()
        .find(|line| line["id"] == big["id"])
        .expect("in the truth");
    assert_eq!(sha256(got.bytes()), truth["exports"]["docx"]["sha256"]);
    assert_eq!(sim.fetch(sim.user(3), READ, path, &[], &[]).await.status, 404, "not for strangers");
}

/// Google makes an export anew each time: its bytes differ while the document does not.
#[tokio::test]
async fn exports_can_be_made_to_differ_each_time_and_the_truth_knows_all_of_them() {
    let sim = Sim::new().await;
    let user = sim.user(2);
    let doc = sim.one(json!({"op": "doc.add", "user": user})).await;
    sim.change(json!({"op": "drive.settings", "export_jitter": true})).await;
    let mut seen = Vec::new();
    for _ in 0..2 {
        let got = sim.get(user, &format!("files/{doc}/export"), &[("mimeType", DOCX)]).await;
        seen.push(sha256(got.bytes()));
    }
    assert_ne!(seen[0], seen[1]);
    let truth =
        sim.truth(user, "drive").await.into_iter().find(|line| id(line) == doc).expect("in the truth");
    let also: Vec<_> = truth["exports"]["docx"]["also"]
        .as_array()
        .expect("others")
        .iter()
        .map(|e| e["sha256"].clone())
        .collect();
    assert_eq!(also, seen.into_iter().map(Value::String).collect::<Vec<_>>());
}

/// <https://developers.google.com/workspace/drive/api/guides/manage-revisions>
#[tokio::test]
async fn earlier_revisions_are_listed_and_keep_their_bytes() {
    let sim = Sim::new().await;
    let user = sim.user(1);
    let file = sim.one(json!({"op": "file.add", "user": user, "size": 1000})).await;
    let first = media(&sim, user, &file, &[], &[]).await.bytes().to_vec();
    sim.change(json!({"op": "file.edit", "id": file, "size": 2000})).await;
    sim.change(json!({"op": "file.edit", "id": file, "size": 3000})).await;
    let query = [("fields", "revisions,nextPageToken"), ("pageSize", "2")];
    let revisions = sim.all(user, &format!("files/{file}/revisions"), "revisions", &query).await;
    let sizes: Vec<_> = revisions.iter().map(|r| r["size"].as_str().expect("a size")).collect();
    assert_eq!(sizes, ["1000", "2000", "3000"]);
    let head = sim.ok(user, &format!("files/{file}"), &[("fields", "headRevisionId,md5Checksum")]).await;
    assert_eq!(
        (&head["headRevisionId"], &head["md5Checksum"]),
        (&revisions[2]["id"], &revisions[2]["md5Checksum"])
    );
    let path = format!("files/{file}/revisions/{}", id(&revisions[0]));
    let got = sim.get(user, &path, &[("alt", "media")]).await;
    assert!(got.bytes() == first);
    let missing = sim.refused(user, &format!("files/{file}/revisions/none"), &[]).await;
    assert_eq!(missing, (404, "notFound".to_owned()));
    sim.change(json!({"op": "file.share", "id": file, "with": sim.user(2), "role": "reader"})).await;
    let refused = sim.refused(sim.user(2), &format!("files/{file}/revisions"), &[]).await;
    assert_eq!(refused, (403, "insufficientFilePermissions".to_owned()));
}

/// Somebody edits between the listing and the download: the checksum of the metadata is not that of the bytes, until the
/// metadata is read again.
#[tokio::test]
async fn a_file_edited_while_it_is_read_matches_only_its_new_metadata() {
    let sim = Sim::new().await;
    let user = sim.user(1);
    let file = sim.one(json!({"op": "file.add", "user": user, "size": 5000})).await;
    let path = format!("files/{file}");
    let before = sim.ok(user, &path, &[("fields", "sha256Checksum")]).await;
    sim.fault(json!({"method": "drive.files.get", "id": file, "kind": "edit_while_read"})).await;
    let got = media(&sim, user, &file, &[], &[]).await;
    let after = sim.ok(user, &path, &[("fields", "sha256Checksum")]).await;
    assert_ne!(before["sha256Checksum"], sha256(got.bytes()));
    assert_eq!(after["sha256Checksum"], sha256(got.bytes()));
}

#[tokio::test]
async fn faults_break_bodies_in_ways_that_a_client_can_notice() {
    let sim = Sim::new().await;
    let user = sim.user(1);
    let file = sim.one(json!({"op": "file.add", "user": user, "size": 900_000})).await;
    let whole = media(&sim, user, &file, &[], &[]).await.bytes().to_vec();
    for (kind, length) in [("cut", None), ("wrong_bytes", Some(900_000)), ("wrong_length", Some(675_000))] {
        sim.fault(json!({"method": "drive.files.get", "kind": kind})).await;
        let got = media(&sim, user, &file, &[], &[]).await;
        assert_eq!(got.body.as_ref().ok().map(Vec::len), length, "{kind}");
        assert!(got.body.is_err() || got.bytes() != whole, "{kind}");
    }
    assert!(media(&sim, user, &file, &[], &[]).await.bytes() == whole, "healed");
}

/// What was prepared on disk is served byte for byte as what is made.
#[tokio::test]
async fn prepared_content_is_the_same_content() {
    let options =
        simcloud::Options { users: 1, files_per_user: 3, file_bytes: Some(100_000), ..super::sim::quiet() };
    let sim = Sim::with(options).await;
    let user = sim.user(0);
    let before = sim.truth(user, "drive").await;
    sim.change(json!({"op": "drive.prepare", "user": user})).await;
    for line in before.iter().filter(|line| !line["size"].is_null()) {
        let got = media(&sim, user, id(line), &[], &[]).await;
        assert_eq!(sha256(got.bytes()), line["sha256"]);
        let part = media(&sim, user, id(line), &[], &[("range", "bytes=70000-70009")]).await;
        assert!(part.bytes() == &got.bytes()[70_000..70_010]);
    }
    assert_eq!(sim.truth(user, "drive").await, before);
}

/// Real files serve as content, and real Office files as exports, marked so that each document's export is its own.
#[tokio::test]
async fn a_corpus_is_served_as_files_and_exports() {
    let corpus = tempfile::tempdir().expect("a folder");
    let sim = Sim::new().await;
    let doc = sim.one(json!({"op": "doc.add", "user": sim.user(2), "size": 700})).await;
    let office =
        sim.get(sim.user(2), &format!("files/{doc}/export"), &[("mimeType", DOCX)]).await.bytes().to_vec();
    // Without its comment it is as plain as the archives that other programs write.
    let end = office.windows(4).rposition(|four| four == b"PK\x05\x06").expect("an end record");
    let plain = [&office[..end + 20], &[0, 0]].concat();
    std::fs::create_dir(corpus.path().join("sub")).expect("a folder");
    std::fs::write(corpus.path().join("sub/real.docx"), &plain).expect("written");
    std::fs::write(corpus.path().join("photo.jpg"), b"not really").expect("written");
    let options =
        simcloud::Options { users: 2, corpus: Some(corpus.path().to_owned()), ..super::sim::quiet() };
    let sim = Sim::with(options).await;
    let user = sim.user(0);
    let truth = sim.truth(user, "drive").await;
    let named = |name: &str| truth.iter().filter(|line| line["name"] == name).collect::<Vec<_>>();
    assert!(!named("real.docx").is_empty() && !named("photo.jpg").is_empty());
    for line in named("real.docx") {
        assert_eq!(line["sha256"], sha256(&plain));
    }
    let docs: Vec<_> =
        truth.iter().filter(|line| line["mime"] == "application/vnd.google-apps.document").collect();
    let mut hashes = std::collections::BTreeSet::new();
    for line in &docs {
        let got = sim.get(user, &format!("files/{}/export", id(line)), &[("mimeType", DOCX)]).await;
        assert!(got.bytes().starts_with(&plain[..plain.len() - 2]) && got.bytes().len() > plain.len());
        hashes.insert(sha256(got.bytes()));
    }
    assert!(hashes.len() == docs.len() && docs.len() > 3);
}
