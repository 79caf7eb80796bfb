//! `changes.*`. <https://developers.google.com/workspace/drive/api/guides/manage-changes>

use serde_json::{Value, json};

use super::sim::Sim;

fn ids(changes: &[Value]) -> Vec<&str> {
    changes.iter().map(|change| change["fileId"].as_str().unwrap_or_default()).collect()
}

const DRIVES: [(&str, &str); 2] = [("supportsAllDrives", "true"), ("includeItemsFromAllDrives", "true")];

/// <https://developers.google.com/workspace/drive/api/reference/rest/v3/changes/list>
#[tokio::test]
async fn each_thing_that_people_do_is_in_the_log() {
    let sim = Sim::new().await;
    let user = sim.user(1);
    let folder = sim.one(json!({"op": "folder.add", "user": user})).await;
    let file = sim.one(json!({"op": "file.add", "user": user})).await;
    let mut token = sim.start(user, &[]).await;
    for (change, field, expected) in [
        (json!({"op": "file.edit", "id": file, "size": 77}), "size", json!("77")),
        (json!({"op": "file.rename", "id": file, "name": "new.txt"}), "name", json!("new.txt")),
        (json!({"op": "file.move", "id": file, "parent": folder}), "parents", json!([folder])),
        (json!({"op": "file.trash", "id": file}), "trashed", json!(true)),
        (json!({"op": "file.untrash", "id": file}), "trashed", json!(false)),
        (json!({"op": "file.set", "id": file, "description": "d"}), "description", json!("d")),
        (
            json!({"op": "file.share", "id": file, "with": sim.user(2), "role": "reader"}),
            "shared",
            json!(true),
        ),
    ] {
        sim.change(change.clone()).await;
        let (changes, next) = sim.changes(user, &token, &[("fields", "*")]).await;
        assert_eq!(ids(&changes), [file.as_str()], "{change}");
        assert_eq!((&changes[0]["removed"], &changes[0]["changeType"]), (&json!(false), &json!("file")));
        assert_eq!(changes[0]["file"][field], expected, "{change}");
        assert_ne!(token, next);
        token = next;
    }
    sim.change(json!({"op": "file.delete", "id": file})).await;
    let (changes, next) = sim.changes(user, &token, &[]).await;
    assert_eq!((ids(&changes), &changes[0]["removed"]), (vec![file.as_str()], &json!(true)));
    assert!(changes[0]["file"].is_null());
    let (changes, same) = sim.changes(user, &next, &[]).await;
    assert_eq!((changes.len(), same), (0, next), "nothing new");
}

/// A file stands in the log once, at its latest change; pages join to the same log.
#[tokio::test]
async fn pages_of_changes_lose_nothing_and_repeat_nothing() {
    let sim = Sim::new().await;
    let user = sim.user(1);
    let token = sim.start(user, &[]).await;
    let mut expected = Vec::new();
    for _ in 0..7 {
        expected.push(sim.one(json!({"op": "file.add", "user": user})).await);
    }
    for id in [&expected[0], &expected[3]] {
        sim.change(json!({"op": "file.edit", "id": id})).await;
    }
    let (first, fourth) = (expected[0].clone(), expected.remove(3));
    expected.remove(0);
    expected.extend([first, fourth]);
    for size in ["1", "3", "1000"] {
        let (changes, _) = sim.changes(user, &token, &[("pageSize", size)]).await;
        assert_eq!(ids(&changes), expected, "pages of {size}");
    }
}

/// "The page token doesn't expire", and one that was never issued is refused.
#[tokio::test]
async fn only_tokens_that_were_issued_are_taken() {
    let sim = Sim::new().await;
    let user = sim.user(1);
    for token in ["", "x", "0", "-1", "99999999999999999999", "999999999"] {
        assert_eq!(
            sim.refused(user, "changes", &[("pageToken", token)]).await,
            (400, "invalid".to_owned()),
            "{token}"
        );
    }
    assert_eq!(sim.refused(user, "changes", &[]).await, (400, "required".to_owned()));
}

/// `includeRemoved`: "items have been removed from the list of changes, for example by deletion or loss of access".
#[tokio::test]
async fn whoever_gains_or_loses_a_file_is_told() {
    let sim = Sim::new().await;
    let (owner, other) = (sim.user(1), sim.user(2));
    let folder = sim.one(json!({"op": "folder.add", "user": owner})).await;
    let file = sim.one(json!({"op": "file.add", "parent": folder})).await;
    let token = sim.start(other, &[]).await;
    sim.change(json!({"op": "file.share", "id": folder, "with": other, "role": "reader"})).await;
    let (changes, token) = sim.changes(other, &token, &[("fields", "*")]).await;
    assert_eq!(ids(&changes), [folder.as_str(), file.as_str()]);
    assert!(changes.iter().all(|c| c["removed"] == false && c["file"]["ownedByMe"] == false));
    assert!(!changes[0]["file"]["sharedWithMeTime"].is_null());
    assert!(changes[1]["file"]["sharedWithMeTime"].is_null(), "shared with its folder only");

    sim.change(json!({"op": "file.unshare", "id": folder, "with": other})).await;
    let (changes, next) = sim.changes(other, &token, &[]).await;
    assert_eq!(ids(&changes), [folder.as_str(), file.as_str()]);
    assert!(changes.iter().all(|c| c["removed"] == true && c["file"].is_null()));
    let (changes, _) = sim.changes(other, &token, &[("includeRemoved", "false")]).await;
    assert_eq!(changes.len(), 0);

    // "Other users cannot see files in the owner's trash."
    sim.change(json!({"op": "file.share", "id": file, "with": other, "role": "reader"})).await;
    let (_, next) = sim.changes(other, &next, &[]).await;
    sim.change(json!({"op": "file.trash", "id": file})).await;
    let (changes, _) = sim.changes(other, &next, &[]).await;
    assert_eq!((ids(&changes), &changes[0]["removed"]), (vec![file.as_str()], &json!(true)));
    assert_eq!(sim.refused(other, &format!("files/{file}"), &[]).await, (404, "notFound".to_owned()));
}

/// `restrictToMyDrive` "omits changes to … shared files which have not been added to My Drive".
#[tokio::test]
async fn changes_can_be_restricted_to_my_drive() {
    let sim = Sim::new().await;
    let (owner, other) = (sim.user(1), sim.user(2));
    let file = sim.one(json!({"op": "file.add", "user": owner})).await;
    let token = sim.start(other, &[]).await;
    sim.change(json!({"op": "file.share", "id": file, "with": other, "role": "reader"})).await;
    let mine = sim.one(json!({"op": "file.add", "user": other})).await;
    let (changes, _) =
        sim.changes(other, &token, &[("restrictToMyDrive", "true"), ("includeRemoved", "false")]).await;
    assert_eq!(ids(&changes), [mine.as_str()]);
}

/// "If specified the change IDs will be reflective of the shared drive."
/// <https://developers.google.com/workspace/drive/api/guides/manage-changes#track-shared>
#[tokio::test]
async fn a_shared_drive_has_a_log_of_its_own() {
    let sim = Sim::new().await;
    let (manager, stranger) = (sim.user(1), sim.user(2));
    let drive = sim.one(json!({"op": "drive.add", "name": "Team", "organizer": manager})).await;
    let of_drive = [("driveId", drive.as_str()), DRIVES[0], DRIVES[1]];
    let token = sim.start(manager, &of_drive[..2]).await;
    let user_token = sim.start(manager, &[]).await;
    let file = sim.one(json!({"op": "file.add", "drive": drive})).await;
    let (changes, next) = sim.changes(manager, &token, &of_drive).await;
    assert_eq!(ids(&changes), [file.as_str()]);
    let (changes, _) = sim.changes(manager, &user_token, &[]).await;
    assert_eq!(changes.len(), 0, "not in the user's log unless all drives are asked for");
    let (changes, _) = sim.changes(manager, &user_token, &DRIVES).await;
    assert_eq!(ids(&changes), [file.as_str()]);

    sim.change(json!({"op": "file.delete", "id": file})).await;
    let (changes, _) = sim.changes(manager, &next, &of_drive).await;
    assert_eq!((ids(&changes), &changes[0]["removed"]), (vec![file.as_str()], &json!(true)));
    let query = [of_drive[0], of_drive[1], of_drive[2], ("pageToken", token.as_str())];
    assert_eq!(sim.refused(stranger, "changes", &query).await, (404, "notFound".to_owned()));
}

/// Moving a file out of My Drive into a shared drive removes it from the user's own log.
#[tokio::test]
async fn a_file_that_moves_into_a_shared_drive_leaves_my_drive() {
    let sim = Sim::new().await;
    let user = sim.user(1);
    let drive = sim.one(json!({"op": "drive.add", "name": "Team", "organizer": user})).await;
    let folder = sim.one(json!({"op": "folder.add", "user": user})).await;
    let file = sim.one(json!({"op": "file.add", "parent": folder})).await;
    let token = sim.start(user, &[]).await;
    sim.change(json!({"op": "file.move", "id": folder, "parent": drive})).await;
    let (changes, _) = sim.changes(user, &token, &[]).await;
    assert_eq!(ids(&changes), [folder.as_str(), file.as_str()]);
    assert!(changes.iter().all(|change| change["removed"] == true));
    let seen = sim.ok(user, &format!("files/{file}"), &[DRIVES[0], ("fields", "driveId,owners")]).await;
    assert_eq!(seen, json!({"driveId": drive}), "items of shared drives have no owner");
}

/// A change of membership is a change of type `drive`.
#[tokio::test]
async fn joining_and_leaving_a_shared_drive_is_a_change() {
    let sim = Sim::new().await;
    let (manager, member) = (sim.user(1), sim.user(2));
    let drive = sim.one(json!({"op": "drive.add", "name": "Team", "organizer": manager})).await;
    let token = sim.start(member, &[]).await;
    sim.change(json!({"op": "drive.set_role", "drive": drive, "user": member, "role": "reader"})).await;
    let (changes, token) = sim.changes(member, &token, &DRIVES).await;
    assert_eq!((&changes[0]["changeType"], &changes[0]["driveId"]), (&json!("drive"), &json!(drive)));
    assert_eq!((&changes[0]["removed"], &changes[0]["drive"]["name"]), (&json!(false), &json!("Team")));
    sim.change(json!({"op": "drive.remove_member", "drive": drive, "user": member})).await;
    let (changes, _) = sim.changes(member, &token, &DRIVES).await;
    assert_eq!((&changes[0]["changeType"], &changes[0]["removed"]), (&json!("drive"), &json!(true)));
    assert!(changes[0]["drive"].is_null());
}

/// Trashing a folder trashes what is in it; whether each of those stands in the log can be switched.
#[tokio::test]
async fn what_a_folder_passes_on_may_stand_in_the_log_or_not() {
    let sim = Sim::new().await;
    let user = sim.user(1);
    for descendants in [true, false] {
        sim.change(json!({"op": "drive.settings", "feed_descendants": descendants})).await;
        let folder = sim.one(json!({"op": "folder.add", "user": user})).await;
        let file = sim.one(json!({"op": "file.add", "parent": folder})).await;
        let token = sim.start(user, &[]).await;
        sim.change(json!({"op": "file.trash", "id": folder})).await;
        let (changes, next) = sim.changes(user, &token, &[]).await;
        let expected: &[&str] = if descendants { &[&folder, &file] } else { &[&folder] };
        assert_eq!(ids(&changes), expected);
        let seen = sim.ok(user, &format!("files/{file}"), &[("fields", "trashed,explicitlyTrashed")]).await;
        assert_eq!(seen, json!({"trashed": true, "explicitlyTrashed": false}));
        sim.change(json!({"op": "file.delete", "id": folder})).await;
        let (changes, _) = sim.changes(user, &next, &[]).await;
        assert_eq!(ids(&changes), [folder.as_str(), file.as_str()], "a deletion is always told for each");
    }
}

/// Legal at Google: a page without changes that leads on. Here a fault makes one.
#[tokio::test]
async fn a_page_may_be_empty_and_lead_on() {
    let sim = Sim::new().await;
    let user = sim.user(1);
    let token = sim.start(user, &[]).await;
    let file = sim.one(json!({"op": "file.add", "user": user})).await;
    sim.fault(json!({"method": "drive.changes.list", "kind": "empty_page"})).await;
    let first = sim.ok(user, "changes", &[("pageToken", &token)]).await;
    assert!(first["changes"].is_null() && first["nextPageToken"].is_string(), "{first}");
    assert_eq!(ids(&sim.changes(user, &token, &[]).await.0), [file.as_str()]);
    let (changes, _) = sim.changes(user, &token, &[("spaces", "appDataFolder")]).await;
    assert_eq!(changes.len(), 0, "nothing of an application's own");
}
