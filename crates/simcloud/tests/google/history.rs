//! The history of a mailbox.
//! <https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.history/list>

use serde_json::{Value, json};

use super::sim::Sim;

async fn since(sim: &Sim, start: &str, more: &[(&str, &str)]) -> Vec<Value> {
    let mut records = Vec::new();
    let mut token: Option<String> = None;
    loop {
        let mut query = vec![("startHistoryId", start)];
        query.extend(more);
        if let Some(token) = &token {
            query.push(("pageToken", token));
        }
        let page = sim.gmail(1, "history", &query).await.json();
        assert!(page["historyId"].is_string());
        records.extend(page["history"].as_array().cloned().unwrap_or_default());
        match page["nextPageToken"].as_str() {
            Some(next) => token = Some(next.to_owned()),
            None => return records,
        }
    }
}

#[tokio::test]
async fn each_change_is_a_record_with_message_thread_and_labels() {
    let sim = Sim::new().await;
    let start = sim.history_id(1).await;
    assert!(since(&sim, &start, &[]).await.is_empty());
    let user = sim.user(1).to_owned();
    let id = sim.change(json!({"op": "mail.add", "user": user, "labels": ["INBOX"]})).await[0].clone();
    sim.change(json!({"op": "mail.labels", "user": user, "id": id, "add": ["STARRED"], "remove": ["INBOX"]}))
        .await;
    sim.change(json!({"op": "mail.trash", "user": user, "id": id})).await;
    sim.change(json!({"op": "mail.delete", "user": user, "id": id})).await;
    let records = since(&sim, &start, &[]).await;
    let shown: Vec<Value> = records
        .iter()
        .map(|r| {
            assert_eq!(r["messages"], json!([{"id": id, "threadId": id}]));
            let mut record = r.clone();
            let fields = record.as_object_mut().expect("a record");
            fields.remove("id");
            fields.remove("messages");
            record
        })
        .collect();
    let message = |labels: Value| {
        if labels == json!([]) {
            json!({"id": id, "threadId": id})
        } else {
            json!({"id": id, "threadId": id, "labelIds": labels})
        }
    };
    assert_eq!(
        shown,
        [
            json!({"messagesAdded": [{"message": message(json!(["INBOX"]))}]}),
            json!({"labelsAdded": [{"message": message(json!(["INBOX", "STARRED"])), "labelIds": ["STARRED"]}]}),
            json!({"labelsRemoved": [{"message": message(json!(["STARRED"])), "labelIds": ["INBOX"]}]}),
            json!({"labelsAdded": [{"message": message(json!(["TRASH", "STARRED"])), "labelIds": ["TRASH"]}]}),
            json!({"messagesDeleted": [{"message": message(json!(["TRASH", "STARRED"]))}]}),
        ]
    );
    // Ids grow, with gaps; the profile knows the last one.
    let ids: Vec<u64> =
        records.iter().map(|r| r["id"].as_str().expect("text").parse().expect("a number")).collect();
    assert!(ids.is_sorted() && ids[0] > start.parse().expect("a number"));
    assert_eq!(sim.history_id(1).await, ids[4].to_string());
    assert!(since(&sim, &ids[4].to_string(), &[]).await.is_empty());
    assert_eq!(since(&sim, &ids[2].to_string(), &[]).await.len(), 2);
}

#[tokio::test]
async fn history_comes_in_pages_and_by_type_and_label() {
    let sim = Sim::new().await;
    let start = sim.history_id(1).await;
    let user = sim.user(1).to_owned();
    let ids = sim.change(json!({"op": "mail.add", "user": user, "count": 25, "labels": ["INBOX"]})).await;
    for id in &ids[..5] {
        sim.change(
            json!({"op": "mail.labels", "user": user, "id": id, "add": ["Label_1"], "remove": ["INBOX"]}),
        )
        .await;
    }
    let all = since(&sim, &start, &[]).await;
    assert_eq!(all.len(), 35);
    assert_eq!(since(&sim, &start, &[("maxResults", "4")]).await, all);
    assert_eq!(since(&sim, &start, &[("historyTypes", "messageAdded")]).await.len(), 25);
    assert_eq!(
        since(&sim, &start, &[("historyTypes", "labelAdded"), ("historyTypes", "labelRemoved")]).await.len(),
        10
    );
    assert_eq!(since(&sim, &start, &[("labelId", "Label_1")]).await.len(), 10);
    assert_eq!(
        sim.gmail(1, "history", &[("startHistoryId", &start), ("historyTypes", "nothing")]).await.status,
        400
    );
}

/// "If your application receives an HTTP 404 error response, it should perform a full sync."
#[tokio::test]
async fn ids_that_are_too_old_or_were_never_given_out_are_not_found() {
    let sim = Sim::new().await;
    let start = sim.history_id(1).await;
    let ahead = (start.parse::<u64>().expect("a number") + 1000).to_string();
    for (id, expected) in [
        ("0", (404, "notFound")),
        ("1", (404, "notFound")),
        (ahead.as_str(), (404, "notFound")),
        ("abc", (400, "invalidParameter")),
    ] {
        assert_eq!(
            sim.gmail(1, "history", &[("startHistoryId", id)]).await.reason(),
            (expected.0, expected.1.to_owned()),
            "{id}"
        );
    }
    assert_eq!(sim.gmail(1, "history", &[]).await.status, 400);
    sim.set(json!({"expire_history": sim.user(1)})).await;
    assert_eq!(sim.gmail(1, "history", &[("startHistoryId", &start)]).await.status, 404);
    let fresh = sim.history_id(1).await;
    assert_eq!(sim.gmail(1, "history", &[("startHistoryId", &fresh)]).await.status, 200);
    // Others are not touched.
    let other = sim.history_id(2).await;
    assert_eq!(sim.gmail(2, "history", &[("startHistoryId", &other)]).await.status, 200);
}

/// "Typically valid for at least a week": <https://developers.google.com/workspace/gmail/api/guides/sync>
#[tokio::test]
async fn history_is_kept_for_a_week() {
    let sim = Sim::new().await;
    let start = sim.history_id(1).await;
    sim.change(json!({"op": "mail.add", "user": sim.user(1)})).await;
    let later = sim.history_id(1).await;
    sim.set(json!({"clock_skew_seconds": 6 * 86_400})).await;
    sim.change(json!({"op": "mail.add", "user": sim.user(1)})).await;
    let token = sim.assert_grant(&sim_claims(&sim, 6 * 86_400)).await.json();
    let bearer = token["access_token"].as_str().expect("a token").to_owned();
    let status = |id: String, bearer: String| {
        let url = sim.url(&format!("/gmail/v1/users/me/history?startHistoryId={id}"));
        super::sim::receive(sim.client.get(url).bearer_auth(bearer))
    };
    assert_eq!(status(start.clone(), bearer).await.status, 200);
    sim.set(json!({"clock_skew_seconds": 8 * 86_400})).await;
    let token = sim.assert_grant(&sim_claims(&sim, 8 * 86_400)).await.json();
    let bearer = token["access_token"].as_str().expect("a token").to_owned();
    assert_eq!(status(start, bearer.clone()).await.status, 404);
    assert_eq!(status(later, bearer).await.status, 200);
}

fn sim_claims(sim: &Sim, skew: i64) -> Value {
    let mut claims = sim.claims(sim.user(1), super::sim::GMAIL);
    claims["iat"] = json!(Sim::now() + skew);
    claims["exp"] = json!(Sim::now() + skew + 3600);
    claims
}

/// Renaming a label, and deleting one, is not in the history: it is seen in the list of labels only.
#[tokio::test]
async fn renaming_a_label_leaves_no_trace() {
    let sim = Sim::new().await;
    let user = sim.user(1).to_owned();
    let label = sim.change(json!({"op": "label.add", "user": user, "name": "Café"})).await[0].clone();
    let id = sim.all_ids(1, &[]).await[0].clone();
    sim.change(json!({"op": "mail.labels", "user": user, "id": id, "add": [label]})).await;
    let start = sim.history_id(1).await;
    sim.change(json!({"op": "label.rename", "user": user, "id": label, "name": "Bistro"})).await;
    assert_eq!(sim.history_id(1).await, start);
    let got = sim.gmail(1, &format!("labels/{label}"), &[]).await.json();
    assert_eq!((&got["name"], &got["messagesTotal"]), (&json!("Bistro"), &json!(1)));
}
