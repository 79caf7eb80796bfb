//! Faults that control injects.

use serde_json::json;

use super::sim::{GMAIL, Sim};

const GET: &str = "gmail.users.messages.get";
const LIST: &str = "gmail.users.messages.list";

#[tokio::test]
async fn statuses_come_with_reason_and_retry_after_as_often_as_asked() {
    let sim = Sim::new().await;
    for (status, reason) in [
        (429, "rateLimitExceeded"),
        (403, "userRateLimitExceeded"),
        (403, "domainPolicy"),
        (500, "backendError"),
        (503, "backendError"),
        (404, "notFound"),
        (410, "gone"),
    ] {
        sim.fault(json!({"method": "gmail.users.getProfile", "kind": "status", "status": status, "reason": reason, "retry_after": 7, "times": 2})).await;
        for _ in 0..2 {
            let got = sim.gmail(1, "profile", &[]).await;
            assert_eq!(got.reason(), (status, reason.to_owned()));
            assert_eq!(got.header("retry-after"), "7");
        }
        assert_eq!(sim.gmail(1, "profile", &[]).await.status, 200);
    }
    assert_eq!(sim.counters().await["rate_answers"], 4);
}

#[tokio::test]
async fn faults_hit_the_user_the_id_and_the_turn_that_are_named() {
    let sim = Sim::new().await;
    let ids = sim.all_ids(1, &[]).await;
    let status = |user: usize, id: String| {
        let sim = &sim;
        async move { sim.gmail(user, &format!("messages/{id}"), &[("format", "minimal")]).await.status }
    };
    let fault = sim.fault(json!({"method": GET, "user": sim.user(1), "id": ids[0], "kind": "status", "status": 500, "times": 0})).await;
    for _ in 0..3 {
        assert_eq!(status(1, ids[0].clone()).await, 500);
        assert_eq!(status(1, ids[1].clone()).await, 200);
    }
    assert_eq!(sim.control(reqwest::Method::DELETE, &format!("fault/{fault}"), None).await.status, 200);
    assert_eq!(sim.control(reqwest::Method::DELETE, &format!("fault/{fault}"), None).await.status, 404);
    assert_eq!(status(1, ids[0].clone()).await, 200);
    sim.fault(json!({"method": "*", "kind": "status", "status": 503, "skip": 2, "every": 2, "times": 2}))
        .await;
    let mut seen = Vec::new();
    for _ in 0..8 {
        seen.push(status(1, ids[1].clone()).await);
    }
    assert_eq!(seen, [200, 200, 200, 503, 200, 503, 200, 200]);
    sim.fault(json!({"method": "*", "kind": "drop", "times": 0})).await;
    assert_eq!(status(1, ids[1].clone()).await, 0);
    assert_eq!(sim.control(reqwest::Method::DELETE, "fault", None).await.status, 200);
    assert_eq!(status(1, ids[1].clone()).await, 200);
}

#[tokio::test]
async fn bodies_are_cut_shortened_changed_and_delayed() {
    let sim = Sim::new().await;
    let id = sim.all_ids(2, &[]).await[0].clone();
    let path = format!("/gmail/v1/users/me/messages/{id}");
    let good = sim.raw(2, &id).await;
    let user = sim.user(2).to_owned();
    let read = || sim.fetch(&user, &path, &[("format", "raw")], &[]);
    let inject = |kind: &'static str| sim.fault(json!({"method": GET, "kind": kind, "delay_ms": 50}));

    inject("cut").await;
    let got = read().await;
    assert!(got.status == 200 && got.body.is_err(), "{:?}", got.body);

    inject("wrong_length").await;
    let short = read().await.json();
    let short = base64_of(&short);
    assert!(short.len() < good.len() && good.starts_with(&short));

    inject("wrong_bytes").await;
    let other = base64_of(&read().await.json());
    assert!(other.len() == good.len() && other != good);

    inject("invalid_utf8").await;
    let got = read().await;
    assert!(std::str::from_utf8(got.bytes()).is_err());

    inject("slow").await;
    let started = std::time::Instant::now();
    assert_eq!(base64_of(&read().await.json()), good);
    assert!(started.elapsed().as_millis() >= 50);

    inject("html").await;
    let got = read().await;
    assert!(got.status == 200 && got.header("content-type").starts_with("text/html"));

    inject("drop").await;
    assert_eq!(read().await.status, 0);
    assert_eq!(base64_of(&read().await.json()), good);
}

#[tokio::test]
async fn a_request_is_held_before_or_after_it_is_done_until_the_fault_is_lifted() {
    let sim = Sim::new().await;
    let user = sim.user(2).to_owned();
    for (held, seen) in [("before", 1), ("after", 0)] {
        let before = sim.all_ids(2, &[]).await.len();
        let asked = async || sim.counters().await["requests"][LIST].as_u64();
        let asked_before = asked().await;
        let fault = sim.fault(json!({"method": LIST, "kind": "none", "held": held})).await;
        let meanwhile = async {
            while asked().await == asked_before {}
            sim.change(json!({"op": "mail.add", "user": user})).await;
            assert_eq!(
                sim.control(reqwest::Method::DELETE, &format!("fault/{fault}"), None).await.status,
                200
            );
        };
        let (listed, ()) = tokio::join!(sim.all_ids(2, &[]), meanwhile);
        assert_eq!(listed.len() - before, seen, "held {held}");
    }
}

fn base64_of(answer: &serde_json::Value) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE.decode(answer["raw"].as_str().expect("raw")).expect("base64url")
}

#[tokio::test]
async fn huge_json_is_100_mb_and_valid() {
    let sim = Sim::new().await;
    sim.fault(json!({"method": "gmail.users.labels.list", "kind": "huge_json"})).await;
    let got = sim.fetch(sim.user(1), "/gmail/v1/users/me/labels", &[], &[]).await;
    assert!(got.bytes().len() > 100_000_000);
    assert!(serde_json::from_slice::<serde::de::IgnoredAny>(got.bytes()).is_ok());
}

#[tokio::test]
async fn pages_loop_get_lost_or_come_empty() {
    let sim = Sim::new().await;
    let user = sim.user(1).to_owned();
    let page = |token: Option<String>| {
        let (sim, user) = (&sim, user.clone());
        async move {
            let mut query = vec![("maxResults", "10"), ("includeSpamTrash", "true")];
            if let Some(token) = &token {
                query.push(("pageToken", token));
            }
            let page = sim.fetch(&user, "/gmail/v1/users/me/messages", &query, &[]).await.json();
            let ids: Vec<String> = page["messages"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|m| m["id"].as_str().expect("an id").to_owned())
                .collect();
            (ids, page["nextPageToken"].as_str().map(str::to_owned))
        }
    };
    let inject = |kind: &'static str, skip: u64, times: u64| {
        sim.fault(json!({"method": "gmail.users.messages.list", "kind": kind, "skip": skip, "times": times}))
    };
    let (first, second_token) = page(None).await;

    // The first page points to itself for ever.
    inject("loop_page", 0, 0).await;
    let mut token = None;
    for _ in 0..4 {
        let (ids, next) = page(token).await;
        assert_eq!(ids, first);
        token = next;
        assert!(token.is_some());
    }
    sim.control(reqwest::Method::DELETE, "fault", None).await;

    // The second page is lost: nothing says so but the count.
    inject("lost_page", 1, 1).await;
    let mut all = Vec::new();
    let mut token = None;
    loop {
        let (ids, next) = page(token).await;
        all.extend(ids);
        token = next;
        if token.is_none() {
            break;
        }
    }
    assert_eq!(all.len(), 30);

    // An empty page in between is legal, and loses nothing.
    inject("empty_page", 1, 1).await;
    let mut all = Vec::new();
    let mut token = None;
    let mut pages = 0;
    loop {
        let (ids, next) = page(token).await;
        pages += 1;
        if pages == 2 {
            assert!(ids.is_empty() && next == second_token);
        }
        all.extend(ids);
        token = next;
        if token.is_none() {
            break;
        }
    }
    assert_eq!((all.len(), pages), (40, 5));
}

#[tokio::test]
async fn the_token_endpoint_can_fail_in_its_own_words() {
    let sim = Sim::new().await;
    sim.fault(json!({"method": "oauth2.token", "user": sim.user(1), "kind": "status", "status": 400, "reason": "invalid_grant", "message": "reauth related error (invalid_rapt)"})).await;
    let other = sim.assert_grant(&sim.claims(sim.user(2), GMAIL)).await;
    assert_eq!(other.status, 200);
    let got = sim.assert_grant(&sim.claims(sim.user(1), GMAIL)).await;
    assert_eq!(got.oauth_error(), (400, "invalid_grant".to_owned()));
    assert_eq!(sim.assert_grant(&sim.claims(sim.user(1), GMAIL)).await.status, 200);
}

#[tokio::test]
async fn faults_that_make_no_sense_are_refused() {
    let sim = Sim::new().await;
    for body in [
        json!({}),
        json!({"method": "*", "kind": "explode"}),
        json!({"method": "*", "kind": "drop", "color": "red"}),
    ] {
        let got = sim.control(reqwest::Method::POST, "fault", Some(body)).await;
        assert!(got.status == 400 && got.json()["error"].is_string());
    }
}
