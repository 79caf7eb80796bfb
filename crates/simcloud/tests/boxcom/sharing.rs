//! Collaborations, shared links, web links, Box Notes, metadata.

use serde_json::json;

use super::sim::{Sim, entries, text};

/// <https://developer.box.com/reference/get-folders-id-collaborations>
#[tokio::test]
async fn a_shared_folder_is_seen_by_those_it_is_shared_with() {
    let sim = Sim::new().await;
    let truth = sim.truth(1).await;
    let folder = truth.iter().find(|line| line["name"] == "Handbook").expect("a shared folder");
    assert_eq!((&folder["owned"], &folder["path"]), (&json!(false), &json!("")));
    let path = format!("folders/{}/collaborations", text(&folder["id"]));
    let given = entries(&sim.user(0, &path, &[]).await.json());
    let kinds: Vec<String> = given.iter().map(|one| text(&one["accessible_by"]["type"])).collect();
    assert_eq!(kinds, ["user", "group", ""]);
    assert_eq!(
        (&given[2]["status"], &given[2]["invite_email"]),
        (&json!("pending"), &json!("partner@example.net"))
    );
    let one = format!("collaborations/{}", text(&given[0]["id"]));
    assert_eq!(sim.user(1, &one, &[]).await.json()["role"], "editor");
    let group = text(&given[1]["accessible_by"]["id"]);
    assert_eq!(entries(&sim.get(&format!("groups/{group}/collaborations"), &[]).await.json()).len(), 1);
    sim.change(json!({"op": "box.collaboration.remove", "collaboration": given[0]["id"]})).await;
    assert_eq!(sim.user(1, &one, &[]).await.status, 404);
}

/// <https://developer.box.com/guides/collaborations> (what each role may)
#[tokio::test]
async fn who_may_only_preview_may_not_download() {
    let sim = Sim::new().await;
    let add = json!({"op": "box.file.add", "user": sim.id(2), "name": "a.txt", "text": "x"});
    let file = sim.change(add).await;
    sim.change(json!({"op": "box.collaboration.add", "item": file, "to": sim.id(3), "role": "previewer"}))
        .await;
    assert_eq!(sim.user(3, &format!("files/{file}"), &[]).await.status, 200);
    assert_eq!(sim.user(3, &format!("files/{file}/content"), &[]).await.status, 403);
    let given = sim.user(2, &format!("files/{file}/collaborations"), &[]).await;
    assert_eq!(given.ids().len(), 1);
}

/// <https://developer.box.com/reference/get-shared-items>
#[tokio::test]
async fn a_shared_link_leads_to_its_item() {
    let sim = Sim::new().await;
    let add = json!({"op": "box.file.add", "user": sim.id(2), "name": "a.txt", "text": "x"});
    let file = sim.change(add).await;
    sim.change(json!({"op": "box.item.share", "item": file, "access": "company"})).await;
    let link = sim.user(2, &format!("files/{file}"), &[]).await.json()["shared_link"].clone();
    assert_eq!(link["access"], "company");
    let get = sim.client.get(sim.url("/2.0/shared_items")).bearer_auth(sim.service().await);
    let header = format!("shared_link={}", text(&link["url"]));
    let got = sim.send(get.header("As-User", sim.id(3)).header("BoxApi", header)).await;
    assert_eq!(got.json()["id"], json!(file));
    sim.change(json!({"op": "box.item.share", "item": file})).await;
    assert!(sim.user(2, &format!("files/{file}"), &[]).await.json()["shared_link"].is_null());
}

/// <https://developer.box.com/reference/get-web-links-id>
#[tokio::test]
async fn web_links_and_notes_are_items() {
    let sim = Sim::new().await;
    let truth = sim.truth(2).await;
    let link = truth.iter().find(|line| line["kind"] == "web_link").expect("a web link");
    let got = sim.user(2, &format!("web_links/{}", text(&link["id"])), &[]).await.json();
    assert_eq!(got["url"], link["url"]);
    let note = truth.iter().find(|line| text(&line["name"]).ends_with(".boxnote")).expect("a note");
    let got = sim.user(2, &format!("files/{}/content", text(&note["id"])), &[]).await;
    let bytes = sim.send(sim.client.get(got.header("location"))).await;
    assert_eq!(bytes.json()["doc"]["type"], "doc");
}

/// <https://developer.box.com/reference/get-files-id-metadata>
#[tokio::test]
async fn metadata_is_read_whole_or_by_template() {
    let sim = Sim::new().await;
    let add = json!({"op": "box.file.add", "user": sim.id(2), "name": "a.txt", "text": "x"});
    let file = sim.change(add).await;
    let set = json!({"op": "box.item.set_metadata", "item": file, "scope": "global", "template": "properties", "values": {"a": "b"}});
    sim.change(set).await;
    let path = format!("files/{file}/metadata");
    let one = sim.user(2, &format!("{path}/global/properties"), &[]).await.json();
    assert_eq!((&one["a"], &one["$template"]), (&json!("b"), &json!("properties")));
    assert_eq!(sim.user(2, &format!("{path}/global/none"), &[]).await.status, 404);
    let request = sim.client.get(sim.url(&format!("/2.0/{path}"))).bearer_auth(sim.service().await);
    let all = sim.send(request.header("As-User", sim.id(2))).await.json();
    assert_eq!(entries(&all)[0]["$parent"], json!(format!("file_{file}")));
}
