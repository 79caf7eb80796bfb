//! What the settings keep and leave out.

use holdfast_clouds::contract::ErrorKind;
use holdfast_model::{DriveDocuments, SkipReason};
use serde_json::json;

use super::simulated::Company;
use super::{changes, cursor, drive, is_removed, meta, open, told};

#[tokio::test]
async fn what_is_excluded_is_listed_with_the_reason() {
    let company = Company::small().await;
    let mut reach = drive(&company, 1);
    reach.policy.exclude_extensions.insert("iso".to_owned());
    reach.policy.exclude_larger_than = Some(50_000);
    for (name, size, skip) in [
        ("image.ISO", 10, Some(SkipReason::ExcludedByPolicy)),
        ("large.txt", 50_001, Some(SkipReason::ExcludedByPolicy)),
        ("fits.txt", 50_000, None),
        ("iso", 10, None),
    ] {
        let file = json!({ "op": "file.add", "user": reach.address, "name": name, "size": size });
        let id = company.make(file).await;
        let listed = changes(&company, &reach, None).await.unwrap();
        let upsert = told(&listed, &id).unwrap();
        assert_eq!(upsert.skip, skip, "{name}");
        assert_eq!(meta(upsert).name.as_deref(), Some(name));
        let opened = open(&company, &reach, &id).await;
        assert_eq!(opened.err().map(|error| error.kind), skip.map(ErrorKind::Skip), "{name}");
    }
}

#[tokio::test]
async fn the_trash_is_kept_or_left_out() {
    let company = Company::small().await;
    let mut reach = drive(&company, 1);
    let id = company.make(json!({ "op": "file.add", "user": reach.address, "name": "old.txt" })).await;
    reach.policy.drive_trash = false;
    let listed = changes(&company, &reach, None).await.unwrap();
    assert!(told(&listed, &id).is_some());

    company.change(json!({ "op": "file.trash", "id": id })).await;
    let trashed = changes(&company, &reach, Some(&cursor(&listed))).await.unwrap();
    assert!(is_removed(&trashed, &id), "{trashed:?}");
    assert!(told(&changes(&company, &reach, None).await.unwrap(), &id).is_none());
    assert_eq!(open(&company, &reach, &id).await.err().unwrap().kind, ErrorKind::Gone);
    reach.policy.drive_trash = true;
    let kept = changes(&company, &reach, None).await.unwrap();
    assert_eq!(meta(told(&kept, &id).unwrap()).more["trashed"], json!(true));

    reach.policy.drive_trash = false;
    company.change(json!({ "op": "file.untrash", "id": id })).await;
    let back = changes(&company, &reach, Some(&cursor(&trashed))).await.unwrap();
    assert!(told(&back, &id).is_some(), "{back:?}");
}

#[tokio::test]
async fn what_others_share_is_kept_only_with_all_documents() {
    let company = Company::small().await;
    let (own, (_, other)) = (drive(&company, 1), company.user(2));
    let mut all = own.clone();
    all.policy.drive_documents = DriveDocuments::All;
    let (mine, any) =
        (changes(&company, &own, None).await.unwrap(), changes(&company, &all, None).await.unwrap());

    let id = company.make(json!({ "op": "file.add", "user": other, "name": "theirs.txt" })).await;
    company.change(json!({ "op": "file.share", "id": id, "with": own.address, "role": "reader" })).await;
    assert!(told(&changes(&company, &own, None).await.unwrap(), &id).is_none());
    assert!(told(&changes(&company, &own, Some(&cursor(&mine))).await.unwrap(), &id).is_none());
    let shared = changes(&company, &all, Some(&cursor(&any))).await.unwrap();
    assert!(
        told(&shared, &id).is_some() && told(&changes(&company, &all, None).await.unwrap(), &id).is_some()
    );

    company.change(json!({ "op": "file.unshare", "id": id, "with": own.address })).await;
    assert!(is_removed(&changes(&company, &all, Some(&cursor(&shared))).await.unwrap(), &id));
}

#[tokio::test]
async fn documents_are_left_out_by_settings_only_where_settings_do_it() {
    let company = Company::small().await;
    let mut reach = drive(&company, 1);
    reach.policy.export.clear();
    for (kind, skip) in [("document", SkipReason::ExcludedByPolicy), ("form", SkipReason::NotExportable)] {
        let id = company.make(json!({ "op": "doc.add", "user": reach.address, "type": kind })).await;
        let listed = changes(&company, &reach, None).await.unwrap();
        assert_eq!(told(&listed, &id).unwrap().skip, Some(skip), "{kind}");
    }
}
