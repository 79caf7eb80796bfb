//! Bytes and exports.

use futures::StreamExt;
use holdfast_clouds::contract::ErrorKind;
use holdfast_clouds::testkit::suite::{Mirror, read_all};
use holdfast_model::{ExportFormat, SkipReason};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::simulated::Company;
use super::simulated::subject::Archive;
use super::{changes, cursor, drive, meta, open, read, told};

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn truth_of(company: &Company, id: &str) -> Value {
    let lines = company.truth("service=drive&hashes=1").await;
    lines.into_iter().find(|line| line["id"] == json!(id)).expect("it exists")
}

#[tokio::test]
async fn every_oddity_of_a_real_drive_is_kept_as_it_is() {
    let archive = Archive::odd_drive().await;
    Mirror::filled(&archive).await.assert_true(&archive).await;
}

#[tokio::test]
async fn a_document_is_exported_to_each_chosen_format() {
    let company = Company::small().await;
    for (formats, expected) in [
        (vec![ExportFormat::Office, ExportFormat::Pdf], vec!["docx", "pdf"]),
        (vec![ExportFormat::Pdf], vec!["pdf"]),
    ] {
        let mut reach = drive(&company, 1);
        reach.policy.export = formats.into_iter().collect();
        let id = company.make(json!({ "op": "doc.add", "user": reach.address, "name": "Plan" })).await;
        let contents = read(&company, &reach, &id).await.unwrap();
        let truth = truth_of(&company, &id).await;
        assert_eq!(contents.iter().map(|(format, _)| format.as_str()).collect::<Vec<_>>(), expected);
        for (format, bytes) in contents {
            assert_eq!(json!(sha256(&bytes)), truth["exports"][&format]["sha256"], "{format}");
        }
    }
}

#[tokio::test]
async fn a_document_above_the_export_limit_comes_through_its_link() {
    let company = Company::small().await;
    let reach = drive(&company, 1);
    let size = 11 * 1024 * 1024;
    let id =
        company.make(json!({ "op": "doc.add", "user": reach.address, "name": "Long", "size": size })).await;
    let contents = read(&company, &reach, &id).await.unwrap();
    let truth = truth_of(&company, &id).await;
    assert_eq!(json!(sha256(&contents[0].1)), truth["exports"]["docx"]["sha256"]);
    assert_eq!(company.requests("docs.export").await, 1);
}

#[tokio::test]
async fn a_web_page_is_never_kept_as_an_export() {
    let company = Company::small().await;
    let reach = drive(&company, 1);
    let id = company.make(json!({ "op": "doc.add", "user": reach.address, "name": "Plan" })).await;
    company.fault(json!({ "method": "drive.files.export", "kind": "html", "status": 200, "times": 0 })).await;
    let error = read(&company, &reach, &id).await.unwrap_err();
    assert!(error.is_passing(), "{error:?}");
}

#[tokio::test]
async fn an_export_names_its_state_by_the_last_edit() {
    let company = Company::small().await;
    let reach = drive(&company, 1);
    let id = company.make(json!({ "op": "doc.add", "user": reach.address, "name": "Plan" })).await;
    let first = open(&company, &reach, &id).await.unwrap();
    company.change(json!({ "op": "file.share", "id": id, "with": "anyone" })).await;
    let shared = open(&company, &reach, &id).await.unwrap();
    company.change(json!({ "op": "file.edit", "id": id })).await;
    let edited = open(&company, &reach, &id).await.unwrap();
    assert_eq!(first.tag, shared.tag, "sharing is no edit");
    assert_ne!(shared.tag, edited.tag);
    assert_ne!(shared.content_key, edited.content_key);
}

#[tokio::test]
async fn folders_and_shortcuts_have_no_content_and_are_never_followed() {
    let company = Company::small().await;
    let reach = drive(&company, 1);
    let folder = company.make(json!({ "op": "folder.add", "user": reach.address, "name": "F" })).await;
    let shortcut = company
        .make(json!({ "op": "shortcut.add", "user": reach.address, "name": "S", "target": folder }))
        .await;
    let listed = changes(&company, &reach, None).await.unwrap();
    for id in [&folder, &shortcut] {
        assert!(meta(told(&listed, id).unwrap()).without_content);
        assert!(open(&company, &reach, id).await.unwrap().contents.is_empty());
    }
    let kept = meta(told(&listed, &shortcut).unwrap());
    assert_eq!(kept.more["shortcutDetails"]["targetId"], json!(folder));
}

#[tokio::test]
async fn the_owner_gets_even_what_is_marked_as_malware() {
    let company = Company::small().await;
    let reach = drive(&company, 1);
    let id =
        company.make(json!({ "op": "file.add", "user": reach.address, "name": "x.exe", "size": 5000 })).await;
    company.change(json!({ "op": "file.set", "id": id, "abusive": true })).await;
    let contents = read(&company, &reach, &id).await.unwrap();
    assert_eq!(json!(sha256(&contents[0].1)), truth_of(&company, &id).await["sha256"]);
}

#[tokio::test]
async fn a_form_is_skipped_with_its_metadata() {
    let company = Company::small().await;
    let reach = drive(&company, 1);
    let form = json!({ "op": "doc.add", "user": reach.address, "type": "form", "name": "Survey" });
    let id = company.make(form).await;
    let listed = changes(&company, &reach, None).await.unwrap();
    let upsert = told(&listed, &id).unwrap();
    assert_eq!(upsert.skip, Some(SkipReason::NotExportable));
    assert_eq!(meta(upsert).name.as_deref(), Some("Survey"));
    let error = open(&company, &reach, &id).await.err().unwrap();
    assert_eq!(error.kind, ErrorKind::Skip(SkipReason::NotExportable));
}

#[tokio::test]
async fn a_broken_transfer_goes_on_where_it_stopped() {
    let company = Company::small().await;
    let reach = drive(&company, 1);
    let size = 4_000_000_u64;
    let id =
        company.make(json!({ "op": "file.add", "user": reach.address, "name": "a.bin", "size": size })).await;
    let opened = open(&company, &reach, &id).await.unwrap();
    let sent = |counters: &Value| counters["bytes_sent"]["drive.files.get"].as_u64().unwrap_or(0);
    let before = sent(&company.counters().await);
    company.fault(json!({ "method": "drive.files.get", "kind": "cut" })).await;
    let bytes = read_all(opened.contents.into_iter().next().unwrap().body).await.unwrap();
    assert_eq!(json!(sha256(&bytes)), truth_of(&company, &id).await["sha256"]);
    let sent = sent(&company.counters().await) - before;
    // What was cut in the middle counts as if it had been sent whole; the second half came alone.
    assert_eq!(sent, size + size / 2);
}

#[tokio::test]
async fn an_edit_in_the_moment_of_reading_is_told_from_damage() {
    let company = Company::small().await;
    let reach = drive(&company, 1);
    let id =
        company.make(json!({ "op": "file.add", "user": reach.address, "name": "a.txt", "size": 9000 })).await;
    let opened = open(&company, &reach, &id).await.unwrap();
    company.fault(json!({ "method": "drive.files.get", "kind": "edit_while_read" })).await;
    let error = read_all(opened.contents.into_iter().next().unwrap().body).await.unwrap_err();
    assert_eq!((error.reason.as_str(), error.is_passing()), ("changedWhileRead", true), "{error:?}");

    let opened = open(&company, &reach, &id).await.unwrap();
    company.fault(json!({ "method": "drive.files.get", "kind": "wrong_bytes" })).await;
    let error = read_all(opened.contents.into_iter().next().unwrap().body).await.unwrap_err();
    assert_eq!((error.reason.as_str(), error.is_passing()), ("wrongHash", true), "{error:?}");
    assert!(read(&company, &reach, &id).await.is_ok());
}

#[tokio::test]
async fn nothing_is_asked_for_until_a_body_is_read() {
    let company = Company::small().await;
    let reach = drive(&company, 1);
    let id =
        company.make(json!({ "op": "file.add", "user": reach.address, "name": "a.txt", "size": 9000 })).await;
    let opened = open(&company, &reach, &id).await.unwrap();
    let before = company.api_requests().await;
    let mut body = opened.contents.into_iter().next().unwrap().body;
    assert_eq!(company.api_requests().await, before);
    assert!(body.next().await.unwrap().is_ok());
    assert_eq!(company.api_requests().await, before + 1);
}

#[tokio::test]
async fn the_same_bytes_have_the_same_key_in_every_drive() {
    let company = Company::small().await;
    let mut keys = Vec::new();
    for number in [1, 2] {
        let reach = drive(&company, number);
        let file = json!({ "op": "file.add", "user": reach.address, "name": "logo.svg", "content_base64": "PHN2Zy8+" });
        let id = company.make(file).await;
        let listed = changes(&company, &reach, None).await.unwrap();
        cursor(&listed);
        keys.push(told(&listed, &id).unwrap().content_key.clone().unwrap());
        assert_eq!(open(&company, &reach, &id).await.unwrap().content_key.as_ref(), keys.last());
    }
    assert_eq!(keys[0], keys[1]);
}
