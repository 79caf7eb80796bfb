//! `/control` and `/control/truth` for drives.

use serde_json::{Value, json};

use super::sim::{Sim, texts};

#[tokio::test]
async fn the_truth_follows_every_change() {
    let sim = Sim::new().await;
    let user = sim.user(2);
    let line = async |id: &str| sim.truth(user, "drive").await.into_iter().find(|line| line["id"] == *id);
    let folder = sim.one(json!({"op": "folder.add", "user": user, "name": "A"})).await;
    let inner = sim.one(json!({"op": "folder.add", "parent": folder, "name": "B"})).await;
    let file = sim
        .one(json!({"op": "file.add", "parent": inner, "name": "hi.txt", "mime": "text/x-hi", "content_base64": "aGVsbG8="}))
        .await;
    let truth = line(&file).await.expect("added");
    assert_eq!(truth["path"], "A/B/hi.txt");
    assert_eq!(truth["parents"], json!([inner]));
    assert_eq!((&truth["size"], &truth["mime"]), (&json!(5), &json!("text/x-hi")));
    assert_eq!(truth["sha256"], "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
    for (name, value) in [
        ("cloud", json!("google")),
        ("service", json!("drive")),
        ("tenant", json!(sim.running.start_line.google.customer_id)),
        ("user", json!(sim.id(2))),
        ("address", json!(user)),
        ("owned", json!(true)),
        ("trashed", json!(false)),
        ("downloadable", json!(true)),
    ] {
        assert_eq!(truth[name], value, "{name}");
    }
    sim.change(json!({"op": "file.trash", "id": folder})).await;
    assert_eq!(line(&file).await.expect("still there")["trashed"], true);
    sim.change(json!({"op": "file.delete", "id": folder})).await;
    assert!(line(&file).await.is_none() && line(&folder).await.is_none());
}

#[tokio::test]
async fn shared_files_are_in_the_truth_of_those_who_see_them() {
    let sim = Sim::new().await;
    let (owner, reader) = (sim.user(1), sim.user(3));
    let folder = sim.one(json!({"op": "folder.add", "user": owner, "name": "Shared"})).await;
    let file = sim.one(json!({"op": "file.add", "parent": folder, "name": "x.txt"})).await;
    sim.change(json!({"op": "file.share", "id": folder, "with": reader, "role": "commenter"})).await;
    let line =
        sim.outline(reader, "drive").await.into_iter().find(|line| line["id"] == *file).expect("shared");
    assert_eq!((&line["owned"], &line["path"]), (&json!(false), &json!("Shared/x.txt")));
}

#[tokio::test]
async fn changes_that_make_no_sense_are_refused_with_the_reason() {
    let sim = Sim::new().await;
    let folder = sim.one(json!({"op": "folder.add", "user": sim.user(1)})).await;
    let inner = sim.one(json!({"op": "folder.add", "parent": folder})).await;
    for (change, status) in [
        (json!({"op": "file.edit", "id": "nothing"}), 404),
        (json!({"op": "file.edit", "id": folder}), 400),
        (json!({"op": "file.move", "id": folder, "parent": inner}), 400),
        (json!({"op": "file.move", "id": folder, "parent": "nowhere"}), 404),
        (json!({"op": "file.share", "id": folder, "with": "nobody@example.com"}), 404),
        (json!({"op": "file.share", "id": folder, "with": sim.user(2), "role": "emperor"}), 400),
        (json!({"op": "file.add"}), 400),
        (json!({"op": "file.add", "user": sim.user(1), "content_base64": "%%%"}), 400),
        (json!({"op": "doc.add", "user": sim.user(1), "type": "poem"}), 400),
        (json!({"op": "drive.set_role", "drive": "none", "user": sim.user(1), "role": "reader"}), 404),
        (json!({"op": "file.set", "id": folder, "starred": "yes"}), 400),
    ] {
        let (answered, body) = sim.control("POST", "change", &change).await;
        assert_eq!(answered, status, "{change}: {}", String::from_utf8_lossy(&body));
    }
}

#[tokio::test]
async fn churn_changes_files_and_leaves_listing_and_truth_agreeing() {
    let sim = Sim::new().await;
    let user = sim.user(2);
    let token = sim.start(user, &[]).await;
    let request = json!({"user": user, "service": "drive", "changes": 60, "seed": 4});
    let (status, body) = sim.control("POST", "churn", &request).await;
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
    let answer: Value = serde_json::from_slice(&body).expect("JSON");
    let touched = answer["ids"].as_array().expect("ids").len();
    assert!(touched >= 55, "{touched}");
    let (changes, _) = sim.changes(user, &token, &[]).await;
    assert!(!changes.is_empty());
    let listed = texts(&sim.all(user, "files", "files", &[]).await, "id");
    assert_eq!(listed, texts(&sim.outline(user, "drive").await, "id"));
}

/// The same seed makes the same company.
#[tokio::test]
async fn a_company_is_made_from_its_seed() {
    let (one, same) = (Sim::new().await, Sim::new().await);
    let options = simcloud::Options { seed: 2, users: 5, files_per_user: 48, ..super::sim::quiet() };
    let other = Sim::with(options).await;
    let truth = async |sim: &Sim| sim.truth("", "shared_drive").await;
    assert_eq!(truth(&one).await, truth(&same).await);
    assert_ne!(texts(&truth(&one).await, "id"), texts(&truth(&other).await, "id"));
}
