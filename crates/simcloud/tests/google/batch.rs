//! Batches. <https://developers.google.com/workspace/gmail/api/guides/batch>

use serde_json::{Value, json};

use super::sim::{ALL, GMAIL, Got, Sim, receive};

fn body(parts: &[String]) -> String {
    let mut body = String::new();
    for (n, part) in parts.iter().enumerate() {
        body.push_str(&format!(
            "--b\r\nContent-Type: application/http\r\nContent-ID: <item-{n}>\r\n\r\n{part}\r\n\r\n"
        ));
    }
    body + "--b--\r\n"
}

async fn send(sim: &Sim, path: &str, token: &str, parts: &[String]) -> Got {
    let request = sim
        .client
        .post(sim.url(path))
        .bearer_auth(token)
        .header("content-type", "multipart/mixed; boundary=b")
        .body(body(parts));
    receive(request).await
}

/// Status, Content-ID and JSON of every part.
fn read(got: &Got) -> Vec<(u16, String, Value)> {
    let content_type = got.header("content-type");
    let boundary =
        content_type.split("boundary=").nth(1).unwrap_or_else(|| panic!("{content_type}: {}", got.text()));
    let text = got.text();
    assert!(text.trim_end().ends_with(&format!("--{boundary}--")));
    let delimiter = format!("--{boundary}");
    let sections = text.split(delimiter.as_str()).skip(1).filter(|s| !s.starts_with("--"));
    sections
        .map(|section| {
            let mut blocks = section.splitn(3, "\r\n\r\n");
            let (outer, head, body) =
                (blocks.next().expect("outer"), blocks.next().expect("head"), blocks.next().expect("body"));
            let id = outer.lines().find_map(|l| l.strip_prefix("Content-ID: ")).unwrap_or("").to_owned();
            let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).expect("a status");
            let length: usize = head
                .lines()
                .find_map(|l| l.strip_prefix("Content-Length: "))
                .and_then(|l| l.parse().ok())
                .expect("a length");
            (status, id, serde_json::from_str(&body[..length]).expect("JSON"))
        })
        .collect()
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nAccept: application/json")
}

#[tokio::test]
async fn parts_are_answered_one_by_one_on_both_paths() {
    let sim = Sim::new().await;
    let token = sim.token(sim.user(1), ALL).await;
    let ids = sim.all_ids(1, &[]).await;
    let mut parts: Vec<String> =
        ids[..5].iter().map(|id| get(&format!("/gmail/v1/users/me/messages/{id}?format=raw"))).collect();
    parts.push(get("/gmail/v1/users/me/messages/0000000000000001"));
    parts.push(get("/gmail/v1/users/me/messages?bogus=1"));
    for path in ["/batch", "/batch/gmail/v1"] {
        let answers = read(&send(&sim, path, &token, &parts).await);
        assert_eq!(answers.iter().map(|a| a.0).collect::<Vec<_>>(), [200, 200, 200, 200, 200, 404, 400]);
        for (n, (_, id, answer)) in answers.iter().take(5).enumerate() {
            assert_eq!((id, &answer["id"]), (&format!("<response-item-{n}>"), &json!(ids[n])));
            let alone = sim.gmail(1, &format!("messages/{}", ids[n]), &[("format", "raw")]).await.json();
            assert_eq!(*answer, alone);
        }
    }
}

#[tokio::test]
async fn a_batch_of_more_than_100_is_refused() {
    let sim = Sim::new().await;
    let token = sim.token(sim.user(1), ALL).await;
    let part = get("/gmail/v1/users/me/profile");
    assert_eq!(read(&send(&sim, "/batch/gmail/v1", &token, &vec![part.clone(); 100]).await).len(), 100);
    assert_eq!(send(&sim, "/batch/gmail/v1", &token, &vec![part; 101]).await.status, 400);
    assert_eq!(send(&sim, "/batch/gmail/v1", &token, &[]).await.status, 400);
}

/// "n requests batched together counts toward your usage limit as n requests."
#[tokio::test]
async fn each_part_is_authorised_counted_and_charged() {
    let sim = Sim::new().await;
    let mine = sim.token(sim.user(1), GMAIL).await;
    let other = sim.token(sim.user(2), GMAIL).await;
    sim.control(reqwest::Method::DELETE, "counters", None).await;
    let profile = get("/gmail/v1/users/me/profile");
    let parts = [
        profile.clone(),
        format!("{profile}\r\nAuthorization: Bearer {other}"),
        format!("{profile}\r\nAuthorization: Bearer nonsense"),
    ];
    let answers = read(&send(&sim, "/batch/gmail/v1", &mine, &parts).await);
    assert_eq!(answers.iter().map(|a| a.0).collect::<Vec<_>>(), [200, 200, 401]);
    assert_eq!(
        (&answers[0].2["emailAddress"], &answers[1].2["emailAddress"]),
        (&json!(sim.user(1)), &json!(sim.user(2)))
    );
    let counters = sim.counters().await;
    assert_eq!(counters["requests"]["gmail.users.getProfile"], 3);
    assert_eq!(counters["units"]["gmail.users.getProfile"], 2);
    assert_eq!(counters["per_user"][sim.id(2)]["requests"]["gmail.users.getProfile"], 1);
}

/// "Gmail limits concurrent requests per user, which large batches run into": batches larger than
/// 50 "are likely to trigger rate limiting".
#[tokio::test]
async fn a_large_batch_runs_into_the_limit_of_concurrent_requests() {
    let sim =
        Sim::with(simcloud::Options { quotas: simcloud::Quotas::Published, ..super::sim::small() }).await;
    let token = sim.token(sim.user(1), GMAIL).await;
    let part = get("/gmail/v1/users/me/profile");
    let statuses = |got: Got| read(&got).iter().map(|a| a.0).collect::<Vec<_>>();
    assert_eq!(statuses(send(&sim, "/batch", &token, &vec![part.clone(); 50]).await), vec![200; 50]);
    let large = read(&send(&sim, "/batch", &token, &vec![part; 100]).await);
    assert_eq!(large.iter().filter(|a| a.0 == 200).count(), 50);
    let refused = &large.iter().find(|a| a.0 == 429).expect("some are refused").2;
    assert_eq!(refused["error"]["message"], "Too many concurrent requests for user.");
}

#[tokio::test]
async fn nonsense_is_refused() {
    let sim = Sim::new().await;
    let token = sim.token(sim.user(1), GMAIL).await;
    for (content_type, body) in
        [("application/json", "{}"), ("multipart/mixed", "--b--"), ("multipart/mixed; boundary=b", "nothing")]
    {
        let request = sim
            .client
            .post(sim.url("/batch/gmail/v1"))
            .bearer_auth(&token)
            .header("content-type", content_type)
            .body(body);
        assert_eq!(receive(request).await.status, 400, "{content_type}");
    }
    let answers = read(&send(&sim, "/batch", &token, &["nonsense".to_owned()]).await);
    assert_eq!(answers[0].0, 400);
}
