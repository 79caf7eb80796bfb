//! The full listing and the change feed.

use futures::StreamExt;
use holdfast_clouds::contract::{Change, Cloud, Cursor, ErrorKind};
use holdfast_clouds::testkit::suite::Mirror;
use serde_json::json;
use simcloud::Options;

use super::simulated::Company;
use super::simulated::subject::Archive;
use super::{changes, cursor, drive, is_removed, meta, told};

#[tokio::test]
async fn a_deletion_that_moves_the_pages_loses_nothing() {
    let options = Options {
        users: 2,
        mail_per_user: 0,
        files_per_user: 1_200,
        file_bytes: Some(10),
        ..Options::default()
    };
    let company = Company::of(options).await;
    let reach = drive(&company, 1);
    let mut listing = company.cloud.changes(&reach, None);
    let Some(Ok(Change::Upsert(first))) = listing.next().await else { panic!("no first Item") };
    // The first page is told, the second not yet asked for: everything behind moves up by one.
    company.change(json!({ "op": "file.delete", "id": first.id })).await;
    let rest: Vec<_> = listing.map(Result::unwrap).collect().await;
    let truth = company.truth(&format!("user={}&service=drive", company.user(1).0)).await;
    let lost: Vec<_> =
        truth.iter().filter(|line| told(&rest, line["id"].as_str().unwrap()).is_none()).collect();
    assert!(lost.is_empty(), "{lost:?}");
    assert!(truth.len() >= 1_199, "there are two pages");
}

#[tokio::test]
async fn a_lost_page_is_made_up_for() {
    let company = Company::small().await;
    let reach = drive(&company, 1);
    let whole = changes(&company, &reach, None).await.unwrap();
    company.fault(json!({ "method": "drive.files.list", "kind": "lost_page" })).await;
    let mended = changes(&company, &reach, None).await.unwrap();
    for change in &whole {
        if let Change::Upsert(upsert) = change {
            assert_eq!(told(&mended, upsert.id.as_str()), Some(upsert));
        }
    }
}

#[tokio::test]
async fn the_newest_come_first() {
    let company = Company::small().await;
    let listed = changes(&company, &drive(&company, 1), None).await.unwrap();
    let newness: Vec<_> = listed
        .iter()
        .filter_map(|change| match change {
            Change::Upsert(upsert) => Some(upsert.newness),
            _ => None,
        })
        .collect();
    assert!(newness.len() > 3 && newness.is_sorted_by(|a, b| a >= b), "{newness:?}");
}

#[tokio::test]
async fn all_that_drive_tells_of_a_file_is_kept() {
    let company = Company::small().await;
    let (reach, (_, other)) = (drive(&company, 1), company.user(2));
    let id =
        company.make(json!({ "op": "file.add", "user": reach.address, "name": "a.TXT", "size": 100 })).await;
    company.change(json!({ "op": "file.set", "id": id, "description": "why", "starred": true })).await;
    company.change(json!({ "op": "file.share", "id": id, "with": other, "role": "writer" })).await;
    let listed = changes(&company, &reach, None).await.unwrap();
    let upsert = told(&listed, &id).unwrap();
    let meta = meta(upsert);
    assert_eq!((meta.name.as_deref(), upsert.size), (Some("a.TXT"), Some(100)));
    assert!(meta.created.is_some() && meta.modified.is_some() && !meta.parents.is_empty());
    assert_eq!((&meta.more["description"], &meta.more["starred"]), (&json!("why"), &json!(true)));
    assert_eq!(meta.more["owners"][0]["emailAddress"], json!(reach.address));
    let roles: Vec<_> = meta.more["permissions"].as_array().unwrap().iter().map(|p| &p["role"]).collect();
    assert!(roles.contains(&&json!("owner")) && roles.contains(&&json!("writer")), "{roles:?}");
    for hash in ["md5Checksum", "sha1Checksum", "sha256Checksum", "headRevisionId"] {
        assert!(meta.more[hash].is_string(), "{hash}");
    }
}

#[tokio::test]
async fn what_moves_into_a_shared_drive_leaves_the_users_own() {
    let company = Company::small().await;
    let reach = drive(&company, 1);
    let drive_id =
        company.make(json!({ "op": "drive.add", "name": "Team", "organizer": reach.address })).await;
    let id = company.make(json!({ "op": "file.add", "user": reach.address, "name": "moves.txt" })).await;
    let shared = super::shared_drive(&drive_id);
    let (mine, theirs) =
        (changes(&company, &reach, None).await.unwrap(), changes(&company, &shared, None).await.unwrap());
    company.change(json!({ "op": "file.move", "id": id, "parent": drive_id })).await;
    assert!(is_removed(&changes(&company, &reach, Some(&cursor(&mine))).await.unwrap(), &id));
    assert!(told(&changes(&company, &shared, Some(&cursor(&theirs))).await.unwrap(), &id).is_some());
}

#[tokio::test]
async fn a_refused_cursor_starts_over() {
    let archive = Archive::drive().await;
    let mut mirror = Mirror::filled(&archive).await;
    mirror.cursor = Some(Cursor("drive/1/999999999".to_owned()));
    let told = mirror.follow(&archive).await;
    assert_eq!(told.first(), Some(&Change::Reset));
    assert_eq!(mirror.fetch(&archive).await, []);
    mirror.assert_true(&archive).await;
}

#[tokio::test]
async fn a_daily_limit_is_not_waited_for_and_not_taken_for_a_missing_right() {
    let company = Company::small().await;
    for (reason, forbidden) in [("dailyLimitExceeded", false), ("accessNotConfigured", true)] {
        let fault = json!({ "method": "drive.changes.getStartPageToken", "kind": "status", "status": 403, "reason": reason });
        company.fault(fault).await;
        let error = changes(&company, &drive(&company, 1), None).await.unwrap_err();
        assert_eq!(error.kind == ErrorKind::Forbidden, forbidden, "{error:?}");
        assert_eq!(error.is_passing(), !forbidden, "{error:?}");
    }
}

#[tokio::test]
async fn an_answer_of_another_kind_is_no_empty_drive() {
    let company = Company::small().await;
    let reach = drive(&company, 1);
    for kind in ["html", "invalid_utf8", "huge_json"] {
        for method in ["drive.files.list", "drive.changes.list"] {
            let first = changes(&company, &reach, None).await.unwrap();
            let from = (method == "drive.changes.list").then(|| cursor(&first));
            company.fault(json!({ "method": method, "kind": kind, "status": 200, "times": 0 })).await;
            let result = changes(&company, &reach, from.as_ref()).await;
            company.heal().await;
            assert!(result.is_err(), "{kind} in {method}: {result:?}");
        }
    }
}
