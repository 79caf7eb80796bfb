//! Shared drives and permissions. <https://developers.google.com/workspace/drive/api/guides/about-shareddrives>

use serde_json::{Value, json};
use simcloud::{Options, QuotaModel, Quotas};

use super::sim::{READ, Sim, quiet, texts};

const ALL: [(&str, &str); 2] = [("supportsAllDrives", "true"), ("includeItemsFromAllDrives", "true")];

/// <https://developers.google.com/workspace/drive/api/guides/enable-shareddrives>
#[tokio::test]
async fn a_shared_drive_is_listed_for_its_members_with_all_parameters_only() {
    let sim = Sim::new().await;
    let (member, stranger) = (sim.user(2), sim.user(1));
    let drive = drive_named(&sim, member, "Projects").await;
    let truth = sim.outline("", "shared_drive").await;
    let expected =
        texts(&truth.iter().filter(|line| line["drive"] == *drive).cloned().collect::<Vec<_>>(), "id");
    assert!(expected.len() > 10);
    let whole = [("corpora", "drive"), ("driveId", drive.as_str()), ALL[0], ALL[1]];
    let files = sim.all(member, "files", "files", &whole).await;
    assert_eq!(texts(&files, "id"), expected);
    assert!(files.iter().all(|file| file["driveId"] == *drive));
    assert_eq!(sim.refused(stranger, "files", &whole).await, (404, "notFound".to_owned()));
    for left_out in [0, 1, 3] {
        let mut query = whole.to_vec();
        query.remove(left_out);
        let answer = sim.get(member, "files", &query).await;
        if left_out == 0 {
            assert_eq!(answer.status, 200, "a driveId means its drive");
        } else {
            assert_eq!(answer.status, 400, "without {}", whole[left_out].0);
        }
    }
    let mine = sim.all(member, "files", "files", &[]).await;
    assert!(mine.iter().all(|file| file["driveId"].is_null()), "not in the user's own corpus");
    let all = sim
        .all(member, "files", "files", &[("corpora", "allDrives"), ALL[0], ALL[1], ("pageSize", "50")])
        .await;
    assert!(expected.iter().all(|id| all.iter().any(|file| file["id"] == **id)));
}

async fn drive_named(sim: &Sim, user: &str, name: &str) -> String {
    let drives = sim.all(user, "drives", "drives", &[]).await;
    let drive = drives.iter().find(|drive| drive["name"] == name).expect("a member of the drive");
    drive["id"].as_str().expect("an id").to_owned()
}

/// An application that does not say `supportsAllDrives` does not see items of shared drives.
/// <https://developers.google.com/workspace/drive/api/guides/enable-shareddrives>
#[tokio::test]
async fn items_of_shared_drives_are_hidden_from_old_applications() {
    let sim = Sim::new().await;
    let member = sim.user(2);
    let drive = drive_named(&sim, member, "Projects").await;
    let file = sim.one(json!({"op": "file.add", "drive": drive})).await;
    let path = format!("files/{file}");
    assert_eq!(sim.refused(member, &path, &[]).await, (404, "notFound".to_owned()));
    let fields = [("supportsAllDrives", "true"), ("fields", "driveId,teamDriveId,owners,ownedByMe,parents")];
    let seen = sim.ok(member, &path, &fields).await;
    assert_eq!(seen, json!({"driveId": drive, "teamDriveId": drive, "parents": [drive]}));
}

/// `useDomainAdminAccess`: "Issue the request as a domain administrator; … all shared drives of the domain".
/// <https://developers.google.com/workspace/drive/api/reference/rest/v3/drives/list>
#[tokio::test]
async fn an_admin_sees_all_shared_drives_and_their_members() {
    let sim = Sim::new().await;
    let as_admin = ("useDomainAdminAccess", "true");
    let projects = drive_named(&sim, sim.user(2), "Projects").await;
    let own = texts(&sim.all(sim.admin(), "drives", "drives", &[]).await, "id");
    assert!(!own.contains(&projects), "the admin is no member");
    let all = sim.all(sim.admin(), "drives", "drives", &[as_admin, ("pageSize", "1")]).await;
    assert!(texts(&all, "id").contains(&projects));
    assert_eq!(sim.refused(sim.user(1), "drives", &[as_admin]).await, (403, "forbidden".to_owned()));

    let path = format!("drives/{projects}");
    assert_eq!(sim.refused(sim.admin(), &path, &[]).await, (404, "notFound".to_owned()));
    assert_eq!(sim.ok(sim.admin(), &path, &[as_admin]).await["name"], "Projects");

    let members = format!("files/{projects}/permissions");
    let query = [as_admin, ("supportsAllDrives", "true"), ("fields", "permissions"), ("pageSize", "1")];
    assert_eq!(sim.refused(sim.admin(), &members, &query[1..]).await, (404, "notFound".to_owned()));
    let first = sim.ok(sim.admin(), &members, &query).await;
    assert_eq!(first["permissions"].as_array().map(Vec::len), Some(1));
    let fields = "permissions(emailAddress,role,permissionDetails),nextPageToken";
    let query = [as_admin, ("supportsAllDrives", "true"), ("fields", fields)];
    let mut roles: Vec<(String, String)> = sim
        .all(sim.admin(), &members, "permissions", &query)
        .await
        .iter()
        .map(|p| {
            (p["emailAddress"].as_str().unwrap_or("").to_owned(), p["role"].as_str().unwrap_or("").to_owned())
        })
        .collect();
    roles.sort();
    let mut expected = [(2, "organizer"), (3, "writer"), (4, "reader")]
        .map(|(n, role)| (sim.user(n).to_owned(), role.to_owned()));
    expected.sort();
    assert_eq!(roles, expected);
}

/// `q` of drives.list: "supported only when useDomainAdminAccess is true".
/// <https://developers.google.com/workspace/drive/api/guides/search-shareddrives>
#[tokio::test]
async fn an_admin_searches_shared_drives() {
    let sim = Sim::new().await;
    let orphan = sim.one(json!({"op": "drive.add", "name": "Orphan", "organizer": sim.user(2)})).await;
    sim.change(json!({"op": "drive.remove_member", "drive": orphan, "user": sim.user(2)})).await;
    let found = async |query: &str| {
        sim.all(sim.admin(), "drives", "drives", &[("useDomainAdminAccess", "true"), ("q", query)]).await
    };
    assert_eq!(texts(&found("organizerCount = 0").await, "id"), [orphan]);
    assert_eq!(texts(&found("name contains 'proj'").await, "name"), ["Projects"]);
    assert_eq!(texts(&found("memberCount > 3").await, "name"), ["Company"]);
    assert_eq!(sim.refused(sim.admin(), "drives", &[("q", "organizerCount = 0")]).await.0, 400);
}

/// <https://developers.google.com/workspace/drive/api/guides/manage-sharing>
#[tokio::test]
async fn permissions_show_who_may_do_what_to_those_who_may_share() {
    let sim = Sim::new().await;
    let (owner, reader) = (sim.user(1), sim.user(2));
    let folder = sim.one(json!({"op": "folder.add", "user": owner})).await;
    let file = sim.one(json!({"op": "file.add", "parent": folder})).await;
    sim.change(json!({"op": "file.share", "id": folder, "with": reader, "role": "reader"})).await;
    sim.change(json!({"op": "file.share", "id": file, "with": "anyone", "role": "reader"})).await;
    let path = format!("files/{file}/permissions");
    let all = sim.ok(owner, &path, &[("fields", "permissions(type,role,emailAddress,id)")]).await;
    let summary: Vec<(&str, &str, &Value)> = all["permissions"]
        .as_array()
        .expect("permissions")
        .iter()
        .map(|p| (p["type"].as_str().unwrap_or(""), p["role"].as_str().unwrap_or(""), &p["emailAddress"]))
        .collect();
    assert_eq!(
        summary,
        [
            ("user", "owner", &json!(owner)),
            ("anyone", "reader", &Value::Null),
            ("user", "reader", &json!(reader))
        ]
    );
    let one = all["permissions"][0]["id"].as_str().expect("an id");
    assert_eq!(sim.ok(owner, &format!("{path}/{one}"), &[]).await["role"], "owner");
    assert_eq!(sim.refused(reader, &path, &[]).await, (403, "insufficientFilePermissions".to_owned()));
    let seen =
        sim.ok(reader, &format!("files/{file}"), &[("fields", "permissions,ownedByMe,parents,shared")]).await;
    assert_eq!(seen, json!({"ownedByMe": false, "parents": [folder], "shared": true}));
}

/// A link makes a file readable by its id; it is in nobody's listing for that.
/// <https://developers.google.com/workspace/drive/api/guides/ref-search-terms>, `visibility`
#[tokio::test]
async fn a_link_opens_a_file_without_listing_it() {
    let sim = Sim::new().await;
    let file = sim.one(json!({"op": "file.add", "user": sim.user(1)})).await;
    let path = format!("files/{file}");
    assert_eq!(sim.refused(sim.user(3), &path, &[]).await, (404, "notFound".to_owned()));
    sim.change(json!({"op": "file.share", "id": file, "with": "domain", "role": "reader"})).await;
    assert_eq!(sim.ok(sim.user(3), &path, &[]).await["id"], *file);
    let listed = sim.all(sim.user(3), "files", "files", &[]).await;
    assert!(!texts(&listed, "id").contains(&file));
}

/// Costs: read 5, list 100, download 200, other 5; before May 2026 one query each.
/// <https://developers.google.com/workspace/drive/api/guides/limits>
#[tokio::test]
async fn calls_cost_what_is_published() {
    for (model, expected) in [(QuotaModel::New, [5, 100, 200, 200, 5]), (QuotaModel::Old, [1, 1, 1, 1, 1])] {
        let sim = Sim::with(Options { users: 2, files_per_user: 4, quota_model: model, ..quiet() }).await;
        let user = sim.user(1);
        let file = sim.one(json!({"op": "file.add", "user": user})).await;
        let doc = sim.one(json!({"op": "doc.add", "user": user})).await;
        let calls = [
            (format!("files/{file}"), vec![], "drive.files.get"),
            ("files".to_owned(), vec![], "drive.files.list"),
            (format!("files/{file}"), vec![("alt", "media")], "drive.files.get"),
            (format!("files/{doc}/export"), vec![("mimeType", "application/pdf")], "drive.files.export"),
            ("about".to_owned(), vec![("fields", "user")], "drive.about.get"),
        ];
        for ((path, query, method), units) in calls.into_iter().zip(expected) {
            sim.control("DELETE", "counters", &Value::Null).await;
            assert_eq!(sim.get(user, &path, &query).await.status, 200, "{path}");
            let (_, counters) = sim.control("GET", "counters", &Value::Null).await;
            let counters: Value = serde_json::from_slice(&counters).expect("JSON");
            assert_eq!(counters["units"][method], units, "{path} {query:?}");
        }
    }
}

/// 403 `userRateLimitExceeded` over the limit of units a minute.
/// <https://developers.google.com/workspace/drive/api/guides/limits>
#[tokio::test]
async fn over_the_quota_the_user_is_told_to_slow_down() {
    let sim = Sim::with(Options { users: 2, files_per_user: 4, quotas: Quotas::Published, ..quiet() }).await;
    sim.control("POST", "set", &json!({"quotas": {"drive": {"user": 250, "project": 1_000_000}}})).await;
    let (one, other) = (sim.user(0), sim.user(1));
    for _ in 0..2 {
        assert_eq!(sim.get(one, "files", &[]).await.status, 200);
    }
    let got = sim.get(one, "files", &[]).await;
    assert_eq!(got.reason(), (403, "userRateLimitExceeded".to_owned()));
    assert_eq!(got.json()["error"]["errors"][0]["domain"], "usageLimits");
    assert_eq!(sim.get(other, "files", &[]).await.status, 200, "each user has an own window");
}

/// Every documented reason can be made to appear.
/// <https://developers.google.com/workspace/drive/api/guides/handle-errors>
#[tokio::test]
async fn every_documented_reason_can_be_injected() {
    let sim = Sim::new().await;
    for (status, reason) in [
        (403, "downloadQuotaExceeded"),
        (403, "userRateLimitExceeded"),
        (403, "dailyLimitExceeded"),
        (403, "appNotAuthorizedToFile"),
        (403, "insufficientFilePermissions"),
        (403, "domainPolicy"),
        (404, "notFound"),
        (429, "rateLimitExceeded"),
        (500, "backendError"),
        (503, "transientError"),
    ] {
        sim.fault(json!({"method": "drive.about.get", "kind": "status", "status": status, "reason": reason}))
            .await;
        let got = sim.fetch(sim.user(1), READ, "/drive/v3/about", &[("fields", "user")], &[]).await;
        assert_eq!(got.reason(), (status, reason.to_owned()));
    }
}

/// `incompleteSearch`: "This can occur when searching multiple drives with the `allDrives` corpora."
/// <https://developers.google.com/workspace/drive/api/reference/rest/v3/files/list>
#[tokio::test]
async fn a_search_over_all_drives_may_be_incomplete_and_says_so() {
    let sim = Sim::new().await;
    sim.change(json!({"op": "drive.settings", "incomplete_search": true})).await;
    let user = sim.user(2);
    let all = [("corpora", "allDrives"), ALL[0], ALL[1], ("pageSize", "1000")];
    let page = sim.ok(user, "files", &all).await;
    assert_eq!(page["incompleteSearch"], true);
    sim.change(json!({"op": "drive.settings", "incomplete_search": false})).await;
    let whole = sim.ok(user, "files", &all).await;
    assert_eq!(whole["incompleteSearch"], false);
    assert!(whole["files"].as_array().map(Vec::len) > page["files"].as_array().map(Vec::len));
}
