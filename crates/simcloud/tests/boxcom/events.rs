//! Events. <https://developer.box.com/reference/get-events>

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::sim::{Sim, entries, text};

const LIVE: &str = "admin_logs_streaming";

fn position(page: &Value) -> String {
    let next = &page["next_stream_position"];
    next.as_str().map_or_else(|| next.to_string(), str::to_owned)
}

async fn edits(sim: &Sim, user: usize, count: usize) -> String {
    let add = json!({"op": "box.file.add", "user": sim.id(user), "name": "a.txt", "text": "x"});
    let file = sim.change(add).await;
    for n in 1..count {
        sim.change(json!({"op": "box.item.rename", "item": file, "name": format!("{n}.txt")})).await;
    }
    file
}

/// All events from a position on, page by page.
async fn read(sim: &Sim, user: Option<&str>, kind: &str, from: &str) -> (Vec<Value>, String) {
    let (mut all, mut at) = (Vec::new(), from.to_owned());
    loop {
        let query = [("stream_type", kind), ("stream_position", at.as_str()), ("limit", "4")];
        let page = sim.get_as(user, "events", &query).await.json();
        if entries(&page).is_empty() {
            return (all, position(&page));
        }
        assert!(entries(&page).len() <= 4);
        all.extend(entries(&page));
        at = position(&page);
    }
}

fn ids(events: &[Value]) -> BTreeSet<String> {
    events.iter().map(|event| text(&event["event_id"])).collect()
}

/// <https://developer.box.com/guides/events/user-events/for-user>
#[tokio::test]
async fn a_user_stream_tells_each_change_at_least_once() {
    let sim = Sim::new().await;
    let id = sim.id(2);
    let now = sim.user(2, "events", &[("stream_position", "now")]).await.json();
    assert!(entries(&now).is_empty() && now["next_stream_position"].is_u64());
    let file = edits(&sim, 2, 11).await;
    edits(&sim, 3, 3).await;
    let (events, end) = read(&sim, Some(&id), "changes", &position(&now)).await;
    assert_eq!(ids(&events).len(), 11, "others' changes are not told");
    assert!(events.len() > 11, "some come twice");
    assert!(events.iter().all(|event| event["source"]["id"] == json!(file)));
    assert_eq!(read(&sim, Some(&id), "changes", &end).await.0.len(), 0);
    assert_eq!(ids(&read(&sim, Some(&id), "all", "0").await.0), ids(&events));
}

/// <https://developer.box.com/guides/events/enterprise-events/migrate-to-stream>
#[tokio::test]
async fn the_enterprise_stream_is_out_of_order_and_for_admins() {
    let sim = Sim::new().await;
    edits(&sim, 2, 6).await;
    edits(&sim, 3, 6).await;
    sim.change(json!({"op": "box.user.add", "address": "new@example.com"})).await;
    let (events, end) = read(&sim, None, LIVE, "0").await;
    assert_eq!(ids(&events).len(), 13);
    assert!(events.len() > 13, "some come twice");
    let order: Vec<String> = events.iter().map(|event| text(&event["event_id"])).collect();
    assert!(!order.is_sorted(), "not in the order of time");
    assert!(end.parse::<u64>().is_ok());
    let (history, _) = read(&sim, None, "admin_logs", "0").await;
    assert!(history.iter().map(|event| text(&event["event_id"])).is_sorted());
    let query = [("stream_type", LIVE), ("event_type", "NEW_USER")];
    let new = entries(&sim.get("events", &query).await.json());
    assert_eq!(new[0]["source"]["login"], "new@example.com");
    assert_eq!(sim.user(2, "events", &[("stream_type", LIVE)]).await.status, 403);
}

#[tokio::test]
async fn a_position_that_is_too_old_or_none_is_refused() {
    let sim = Sim::new().await;
    let old = position(&sim.user(2, "events", &[("stream_position", "now")]).await.json());
    edits(&sim, 2, 2).await;
    sim.set(json!({"expire_events": true})).await;
    for at in [old.as_str(), "17", "latest"] {
        let got = sim.user(2, "events", &[("stream_position", at)]).await;
        assert_eq!(got.status, 400);
        assert_eq!(got.json()["context_info"]["errors"][0]["name"], "stream_position");
    }
    let now = sim.user(2, "events", &[("stream_position", "now")]).await.json();
    assert_eq!(sim.user(2, "events", &[("stream_position", &position(&now))]).await.status, 200);
}
