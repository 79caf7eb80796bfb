//! Shared drives: found by the admin, read as a member, who is chosen again when need be.

use holdfast_clouds::contract::{Cloud, ErrorKind};
use holdfast_clouds::testkit::suite::read_all;
use serde_json::json;

use super::simulated::Company;
use super::{changes, cursor, meta, open, read, shared_drive, told};

/// A shared drive with a file, managed by the second user; the third may only read.
async fn team(company: &Company) -> (String, String) {
    let ((_, manager), (_, reader)) = (company.user(1), company.user(2));
    let drive = company.make(json!({ "op": "drive.add", "name": "Team", "organizer": manager })).await;
    company.change(json!({ "op": "drive.set_role", "drive": drive, "user": reader, "role": "reader" })).await;
    let file = json!({ "op": "file.add", "drive": drive, "name": "plan.txt", "size": 70_000 });
    let id = company.make(file).await;
    (drive, id)
}

#[tokio::test]
async fn every_shared_drive_of_the_domain_is_found() {
    let company = Company::small().await;
    let before = company.cloud.domain_scopes().await.unwrap().len();
    let (_, manager) = company.user(2);
    for number in 0..103 {
        let name = format!("drive {number}");
        company.change(json!({ "op": "drive.add", "name": name, "organizer": manager })).await;
    }
    let found = company.cloud.domain_scopes().await.unwrap();
    assert_eq!(found.len(), before + 103, "more than one page");
    assert!(found.iter().any(|drive| drive.name == "drive 102"));
}

#[tokio::test]
async fn a_manager_is_chosen_once() {
    let company = Company::small().await;
    let (drive, _) = team(&company).await;
    let reach = shared_drive(&drive);
    let first = changes(&company, &reach, None).await.unwrap();
    let chosen = company.requests("drive.permissions.list").await;
    changes(&company, &reach, Some(&cursor(&first))).await.unwrap();
    assert_eq!(company.requests("drive.permissions.list").await, chosen);
    let by_user = company.counters().await["per_user"].clone();
    assert!(
        by_user[company.user(1).0]["requests"]["drive.files.list"].is_u64(),
        "the manager reads: {by_user}"
    );
}

#[tokio::test]
async fn another_member_takes_over_from_one_who_is_deleted_or_leaves() {
    for leaves in [false, true] {
        let company = Company::small().await;
        let (drive, id) = team(&company).await;
        let reach = shared_drive(&drive);
        let first = changes(&company, &reach, None).await.unwrap();
        let opened = open(&company, &reach, &id).await.unwrap();

        let (_, manager) = company.user(1);
        let deed = if leaves { "drive.remove_member" } else { "user.delete" };
        company.change(json!({ "op": deed, "drive": drive, "user": manager })).await;
        let body = opened.contents.into_iter().next().unwrap().body;
        let Err(error) = read_all(body).await else { panic!("the old reader still reads ({deed})") };
        assert_eq!((error.reason.as_str(), error.is_passing()), ("readerLost", true), "{error:?}");
        assert_eq!(read(&company, &reach, &id).await.unwrap()[0].1.len(), 70_000);

        let more = company.make(json!({ "op": "file.add", "drive": drive, "name": "new.txt" })).await;
        let next = changes(&company, &reach, Some(&cursor(&first))).await.unwrap();
        assert!(told(&next, &more).is_some(), "the cursor is the drive's, not the reader's: {next:?}");
    }
}

#[tokio::test]
async fn losing_the_reader_never_looks_like_a_deletion() {
    let company = Company::small().await;
    let (drive, id) = team(&company).await;
    let reach = shared_drive(&drive);
    changes(&company, &reach, None).await.unwrap();
    for number in [1, 2] {
        let (_, member) = company.user(number);
        company.change(json!({ "op": "drive.remove_member", "drive": drive, "user": member })).await;
    }
    let error = open(&company, &reach, &id).await.err().unwrap();
    assert_eq!(error.kind, ErrorKind::Forbidden, "{error:?}");
    let error = changes(&company, &reach, None).await.unwrap_err();
    assert_eq!((error.kind, error.reason.as_str()), (ErrorKind::Forbidden, "noReader"));
    assert!(error.detail.contains("Manage shared drives"), "it says what to do: {error}");
}

#[tokio::test]
async fn a_file_that_is_deleted_is_gone_and_its_reader_stays() {
    let company = Company::small().await;
    let (drive, id) = team(&company).await;
    let reach = shared_drive(&drive);
    changes(&company, &reach, None).await.unwrap();
    company.change(json!({ "op": "file.delete", "id": id })).await;
    let chosen = company.requests("drive.permissions.list").await;
    assert_eq!(open(&company, &reach, &id).await.err().unwrap().kind, ErrorKind::Gone);
    assert_eq!(company.requests("drive.permissions.list").await, chosen);
}

#[tokio::test]
async fn a_used_up_rate_is_not_held_against_the_reader() {
    let company = Company::small().await;
    let (drive, _) = team(&company).await;
    let reach = shared_drive(&drive);
    let first = changes(&company, &reach, None).await.unwrap();
    let chosen = company.requests("drive.permissions.list").await;
    let fault = json!({ "method": "*", "kind": "status", "status": 403, "reason": "userRateLimitExceeded", "times": 0 });
    company.fault(fault).await;
    let error = changes(&company, &reach, Some(&cursor(&first))).await.unwrap_err();
    assert_eq!((error.is_passing(), error.reason.as_str()), (true, "userRateLimitExceeded"), "{error:?}");
    company.heal().await;
    changes(&company, &reach, Some(&cursor(&first))).await.unwrap();
    assert_eq!(company.requests("drive.permissions.list").await, chosen);
}

#[tokio::test]
async fn permissions_of_single_files_are_kept() {
    let company = Company::small().await;
    let (drive, id) = team(&company).await;
    let reach = shared_drive(&drive);
    let (_, guest) = company.user(3);
    company.change(json!({ "op": "file.share", "id": id, "with": guest, "role": "commenter" })).await;
    let listed = changes(&company, &reach, None).await.unwrap();
    let kept = meta(told(&listed, &id).unwrap());
    let given = kept.more["permissions"].as_array().expect("its permissions");
    assert!(given.iter().any(|p| p["emailAddress"] == json!(guest) && p["role"] == "commenter"), "{given:?}");
    assert_eq!(&open(&company, &reach, &id).await.unwrap().meta, kept, "the same however it is asked for");
}

#[tokio::test]
async fn its_name_and_members_are_documents() {
    let company = Company::small().await;
    let (drive, _) = team(&company).await;
    let documents = company.cloud.documents(&shared_drive(&drive)).await.unwrap();
    let json = |name| &documents.iter().find(|document| document.name == name).expect("a document").json;
    assert_eq!(json("drive")["name"], "Team");
    assert_eq!(json("members").as_array().map(Vec::len), Some(2));
}
