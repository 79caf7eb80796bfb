//! `files.list` and `files.get`. <https://developers.google.com/workspace/drive/api/reference/rest/v3/files/list>

use serde_json::{Value, json};

use super::sim::{Sim, texts};

/// <https://developers.google.com/workspace/drive/api/reference/rest/v3/files/list>, `pageToken`
#[tokio::test]
async fn every_file_is_listed_once_whatever_the_page_size() {
    let sim = Sim::new().await;
    for number in 0..5 {
        let truth = texts(&sim.outline(sim.user(number), "drive").await, "id");
        assert!(truth.len() > 40);
        for size in ["1000", "7"] {
            let files = sim.all(sim.user(number), "files", "files", &[("pageSize", size)]).await;
            assert_eq!(texts(&files, "id"), truth, "user {number} in pages of {size}");
        }
    }
}

/// <https://developers.google.com/workspace/drive/api/guides/search-files>
#[tokio::test]
async fn queries_select_by_owner_trash_folder_type_time_and_sharing() {
    let sim = Sim::new().await;
    let user = sim.user(2);
    let shared = sim.one(json!({"op": "file.add", "user": sim.user(3), "name": "for you.txt"})).await;
    sim.change(json!({"op": "file.share", "id": shared, "with": user, "role": "reader"})).await;
    let folder = sim.one(json!({"op": "folder.add", "user": user, "name": "Plans it's"})).await;
    let inside = sim.one(json!({"op": "file.add", "parent": folder, "name": "inside.csv"})).await;
    let gone = sim.one(json!({"op": "file.add", "user": user, "name": "gone.txt"})).await;
    sim.change(json!({"op": "file.trash", "id": gone})).await;

    let truth = sim.outline(user, "drive").await;
    let of = |wanted: &dyn Fn(&Value) -> bool| {
        texts(&truth.iter().filter(|line| wanted(line)).cloned().collect::<Vec<_>>(), "id")
    };
    let folder_type = "application/vnd.google-apps.folder";
    let parents = format!("'{folder}' in parents");
    let root = sim.ok(user, "files/root", &[]).await["id"].clone();
    let after = 1_791_000_000_000i64;
    let rows: Vec<(&str, Vec<String>)> = vec![
        ("'me' in owners", of(&|l| l["owned"] == true)),
        ("not 'me' in owners", of(&|l| l["owned"] == false)),
        ("trashed = false", of(&|l| l["trashed"] == false)),
        ("trashed=true and 'me' in owners", of(&|l| l["trashed"] == true)),
        (&parents, vec![inside.clone()]),
        ("'root' in parents", of(&|l| l["parents"][0] == root)),
        ("mimeType = 'application/vnd.google-apps.folder'", of(&|l| l["mime"] == folder_type)),
        (
            "mimeType != 'application/vnd.google-apps.folder' and mimeType contains 'google-apps'",
            of(&|l| {
                l["mime"] != folder_type && l["mime"].as_str().is_some_and(|m| m.contains("google-apps"))
            }),
        ),
        ("name = 'Plans it\\'s'", vec![folder.clone()]),
        ("modifiedTime > '2026-10-03T04:00:00'", of(&|l| l["modified_ms"].as_i64() > Some(after))),
        ("modifiedTime > '2026-10-03T06:00:00+02:00'", of(&|l| l["modified_ms"].as_i64() > Some(after))),
        ("(name = 'inside.csv' or name = 'gone.txt') and trashed = false", vec![inside.clone()]),
    ];
    assert_eq!(after, "2026-10-03T04:00:00Z".parse::<jiff::Timestamp>().expect("a time").as_millisecond());
    for (query, mut expected) in rows {
        expected.sort();
        assert!(!expected.is_empty(), "{query}");
        let files = sim.all(user, "files", "files", &[("q", query), ("pageSize", "20")]).await;
        assert_eq!(texts(&files, "id"), expected, "{query}");
    }
    let with_me = texts(&sim.all(user, "files", "files", &[("q", "sharedWithMe")]).await, "id");
    assert!(with_me.contains(&shared), "sharedWithMe may stand alone");
}

/// <https://developers.google.com/workspace/drive/api/guides/handle-errors>, 400 `badRequest` and `invalid`
#[tokio::test]
async fn what_is_no_query_order_or_page_token_is_refused() {
    let sim = Sim::new().await;
    let user = sim.user(1);
    for query in [
        ("q", "name ="),
        ("q", "colour = 'red'"),
        ("q", "modifiedTime > 'yesterday'"),
        ("q", "trashed = 'maybe'"),
        ("orderBy", "colour"),
        ("orderBy", "name up"),
        ("pageToken", "forged"),
        ("corpora", "everything"),
        ("pageSize", "0"),
        ("pageSize", "many"),
        ("unheardOf", "1"),
        ("fields", "files(id"),
    ] {
        let (status, reason) = sim.refused(user, "files", &[query]).await;
        assert_eq!(status, 400, "{query:?}");
        assert!(["invalid", "invalidParameter"].contains(&reason.as_str()), "{query:?}: {reason}");
    }
    let page = sim.ok(user, "files", &[("pageSize", "2")]).await;
    let token = page["nextPageToken"].as_str().expect("a token");
    let (status, _) = sim.refused(user, "files", &[("q", "trashed = false"), ("pageToken", token)]).await;
    assert_eq!(status, 400, "a token is good for its own listing only");
}

/// "Values above 1000 will be coerced to 1000."
/// <https://developers.google.com/workspace/drive/api/reference/rest/v3/files/list>
#[tokio::test]
async fn pages_have_a_hundred_files_unless_asked_and_never_over_a_thousand() {
    let options =
        simcloud::Options { users: 1, files_per_user: 1200, file_bytes: Some(10), ..super::sim::quiet() };
    let sim = Sim::with(options).await;
    for (query, count) in
        [(vec![], 100), (vec![("pageSize", "1000")], 1000), (vec![("pageSize", "5000")], 1000)]
    {
        let page = sim.ok(sim.user(0), "files", &query).await;
        assert_eq!(page["files"].as_array().map(Vec::len), Some(count), "{query:?}");
        assert_eq!(page["incompleteSearch"], false);
    }
}

/// <https://developers.google.com/workspace/drive/api/guides/fields-parameter>
#[tokio::test]
async fn an_answer_has_four_fields_unless_others_are_selected() {
    let sim = Sim::new().await;
    let user = sim.user(1);
    let names = |value: &Value| value.as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
    let page = sim.ok(user, "files", &[("q", "'me' in owners")]).await;
    assert_eq!(names(&page["files"][0]), ["id", "kind", "mimeType", "name"]);
    let page = sim
        .ok(user, "files", &[("fields", "files(id,owners/emailAddress),nextPageToken"), ("pageSize", "3")])
        .await;
    assert_eq!(names(&page), ["files", "nextPageToken"]);
    let whole = sim
        .ok(user, &format!("files/{}", page["files"][0]["id"].as_str().expect("an id")), &[("fields", "*")])
        .await;
    for name in
        ["owners", "capabilities", "version", "createdTime", "modifiedTime", "parents", "ownedByMe", "spaces"]
    {
        assert!(!whole[name].is_null(), "{name} in {whole}");
    }
}

/// <https://developers.google.com/workspace/drive/api/reference/rest/v3/files/list>, `orderBy`
#[tokio::test]
async fn listings_come_in_the_order_that_is_asked_for() {
    let sim = Sim::new().await;
    let user = sim.user(1);
    let listed = async |order: &str, field: &str| -> Vec<String> {
        let query = [("orderBy", order), ("pageSize", "9"), ("fields", "files,nextPageToken")];
        let files = sim.all(user, "files", "files", &query).await;
        files.iter().map(|file| file[field].as_str().expect("a text").to_lowercase()).collect()
    };
    for (order, field) in [("modifiedTime", "modifiedTime"), ("createdTime", "createdTime"), ("name", "name")]
    {
        let forward = listed(order, field).await;
        let mut sorted = forward.clone();
        sorted.sort();
        assert_eq!(forward, sorted, "{order}");
        let backward = listed(&format!("{order} desc"), field).await;
        sorted.reverse();
        assert_eq!(backward, sorted, "{order} desc");
    }
}

/// Checksums are "only applicable to files with binary content in Google Drive".
/// <https://developers.google.com/workspace/drive/api/reference/rest/v3/files>
#[tokio::test]
async fn only_blobs_have_checksums_and_only_shortcuts_and_folders_have_no_size() {
    let sim = Sim::new().await;
    let files = sim.all(sim.user(1), "files", "files", &[("fields", "files,nextPageToken")]).await;
    let mut kinds = std::collections::BTreeSet::new();
    for file in files {
        let mime = file["mimeType"].as_str().expect("a type").to_owned();
        let (is_google, has_bytes) = match mime.strip_prefix("application/vnd.google-apps.") {
            Some("folder" | "shortcut") => (true, false),
            Some(_) => (true, true),
            None => (false, true),
        };
        for name in ["md5Checksum", "sha1Checksum", "sha256Checksum", "headRevisionId"] {
            assert_eq!(file[name].is_string(), !is_google, "{name} of {mime}");
        }
        assert_eq!(file["size"].is_string(), has_bytes, "the size of {mime} is a string");
        assert_eq!(file["shortcutDetails"].is_object(), mime.ends_with(".shortcut"), "{mime}");
        kinds.insert((is_google, has_bytes));
    }
    assert_eq!(kinds.len(), 3);
}

/// Drive keeps any name and any number of equal names in one folder.
/// <https://developers.google.com/workspace/drive/api/guides/about-files>
#[tokio::test]
async fn names_come_as_they_are_however_odd() {
    let sim = Sim::new().await;
    let folder = sim.odd("Odd things").await["id"].as_str().expect("an id").to_owned();
    let query = format!("'{folder}' in parents");
    let files = sim.all(sim.user(1), "files", "files", &[("q", &query)]).await;
    let names = texts(&files, "name");
    for name in [
        "../../x",
        "CON",
        "nul\0inside.txt",
        "Twin.txt",
        "twin.TXT",
        "🦄 plan 🚀.txt",
        "تقرير\u{202e}fdp.exe",
    ] {
        assert!(names.contains(&name.to_owned()), "{name}");
    }
    assert_eq!(names.iter().filter(|name| *name == "same name.txt").count(), 2);
    assert!(names.iter().any(|name| name.len() == 300));
}

/// <https://developers.google.com/workspace/drive/api/guides/shortcuts>
#[tokio::test]
async fn shortcuts_name_their_target_even_when_it_is_gone_or_leads_back() {
    let sim = Sim::new().await;
    let user = sim.user(1);
    let gone = sim.odd("Gone").await;
    let details = sim
        .ok(user, &format!("files/{}", gone["id"].as_str().expect("an id")), &[("fields", "shortcutDetails")])
        .await;
    assert_eq!(details["shortcutDetails"]["targetId"], gone["shortcut_target"]);
    let target = gone["shortcut_target"].as_str().expect("a target");
    assert_eq!(sim.refused(user, &format!("files/{target}"), &[]).await, (404, "notFound".to_owned()));
    let (to_here, to_there) = (sim.odd("To here").await, sim.odd("To there").await);
    assert_eq!(to_here["shortcut_target"], to_there["parents"][0]);
    assert_eq!(to_there["shortcut_target"], to_here["parents"][0]);
}

/// <https://developers.google.com/workspace/drive/api/reference/rest/v3/about/get>
#[tokio::test]
async fn about_wants_fields_and_tells_user_storage_and_export_formats() {
    let sim = Sim::new().await;
    let user = sim.user(1);
    assert_eq!(sim.refused(user, "about", &[]).await, (400, "required".to_owned()));
    let about = sim.ok(user, "about", &[("fields", "user,storageQuota,exportFormats")]).await;
    assert_eq!(about["user"]["emailAddress"], user);
    assert_eq!(about["user"]["me"], true);
    let sizes = sim
        .all(user, "files", "files", &[("q", "'me' in owners"), ("fields", "files/size,nextPageToken")])
        .await;
    let total: u64 = sizes.iter().filter_map(|file| file["size"].as_str()?.parse::<u64>().ok()).sum();
    assert_eq!(about["storageQuota"]["usageInDrive"], total.to_string());
    let formats = about["exportFormats"]["application/vnd.google-apps.document"].as_array().expect("formats");
    assert!(
        formats.contains(&json!("application/vnd.openxmlformats-officedocument.wordprocessingml.document"))
    );
    assert!(about["exportFormats"]["application/vnd.google-apps.form"].is_null());
}
