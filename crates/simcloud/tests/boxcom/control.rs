//! What control changes, and faults and limits.

use serde_json::json;
use simcloud::{Options, Quotas};

use super::sim::{Sim, small, text};

#[tokio::test]
async fn people_join_change_and_leave() {
    let sim = Sim::new().await;
    let id = sim.change(json!({"op": "box.user.add", "address": "New@Example.com", "name": "N"})).await;
    sim.change(json!({"op": "box.user.set_status", "user": id, "status": "inactive"})).await;
    sim.change(json!({"op": "box.user.rename", "user": id, "name": "M", "address": "m@example.com"})).await;
    let user = sim.get(&format!("users/{id}"), &[]).await.json();
    assert_eq!(
        (text(&user["status"]), text(&user["name"]), text(&user["login"])),
        ("inactive".into(), "M".into(), "m@example.com".into())
    );
    let group = sim.change(json!({"op": "box.group.add", "name": "New group"})).await;
    sim.change(json!({"op": "box.group.add_member", "group": "New group", "user": id})).await;
    assert_eq!(sim.get(&format!("groups/{group}/memberships"), &[]).await.ids().len(), 1);
    sim.change(json!({"op": "box.user.delete", "user": id})).await;
    assert_eq!(sim.get(&format!("users/{id}"), &[]).await.status, 404);
    assert_eq!(sim.get(&format!("groups/{group}/memberships"), &[]).await.ids().len(), 0);
}

#[tokio::test]
async fn items_move_with_what_is_in_them() {
    let sim = Sim::new().await;
    let folder = |name: &str| json!({"op": "box.folder.add", "user": sim.id(2), "name": name});
    let (from, to) = (sim.change(folder("From")).await, sim.change(folder("To")).await);
    let file = json!({"op": "box.file.add", "user": sim.id(2), "parent": from, "name": "a.txt", "text": "x"});
    let file = sim.change(file).await;
    sim.change(json!({"op": "box.item.move", "item": from, "parent": to})).await;
    let truth = sim.truth(2).await;
    let line = truth.iter().find(|line| line["id"] == json!(file)).expect("the file");
    assert_eq!(line["path"], "To/From");
    let into_itself = json!({"op": "box.item.move", "item": to, "parent": from});
    assert_eq!(sim.control(reqwest::Method::POST, "change", into_itself).await.status, 400);
}

/// <https://developer.box.com/guides/api-calls/permissions-and-errors/common-errors>
#[tokio::test]
async fn faults_speak_as_box_does() {
    let sim = Sim::new().await;
    sim.fault(json!({"method": "box.get_users", "kind": "status", "status": 429, "retry_after": 7})).await;
    let got = sim.get("users", &[]).await;
    assert_eq!((got.code(), got.header("retry-after")), ((429, "rate_limit_exceeded".into()), "7".into()));
    let error = got.json();
    assert_eq!((&error["type"], &error["status"]), (&json!("error"), &json!(429)));
    assert!(!text(&error["request_id"]).is_empty());
    sim.fault(json!({"method": "box.get_users", "kind": "lost_page"})).await;
    assert_eq!(sim.get("users", &[]).await.ids().len(), 0);
    assert_eq!(sim.get("users", &[]).await.ids().len(), 12);
    sim.fault(json!({"method": "box.token", "kind": "status", "status": 400, "reason": "invalid_grant"}))
        .await;
    assert_eq!(sim.grant(&[("grant_type", "refresh_token")]).await.json()["error"], "invalid_grant");
    sim.fault(json!({"method": "box.download", "kind": "cut"})).await;
    let add = json!({"op": "box.file.add", "user": sim.id(2), "name": "a.txt", "size": 100_000});
    let path = format!("files/{}/content", sim.change(add).await);
    let link = sim.user(2, &path, &[]).await.header("location");
    assert!(sim.send(sim.client.get(&link)).await.body.is_err(), "the body breaks off");
    assert_eq!(sim.send(sim.client.get(&link)).await.bytes().len(), 100_000);
}

/// <https://developer.box.com/guides/api-calls/permissions-and-errors/rate-limits>
#[tokio::test]
async fn a_user_who_calls_too_often_waits() {
    let sim = Sim::with(Options { quotas: Quotas::Published, ..small() }).await;
    sim.set(json!({"calls_per_minute": 3})).await;
    for _ in 0..3 {
        assert_eq!(sim.user(2, "users/me", &[]).await.status, 200);
    }
    let got = sim.user(2, "users/me", &[]).await;
    assert_eq!(got.code(), (429, "rate_limit_exceeded".to_owned()));
    assert!(got.header("retry-after").parse::<u64>().is_ok_and(|seconds| (1..=60).contains(&seconds)));
    assert_eq!(sim.user(3, "users/me", &[]).await.status, 200, "others do not wait");
}
