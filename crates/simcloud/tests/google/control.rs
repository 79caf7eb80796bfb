//! `/control`: who may use it, counters, truth, churn.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use simcloud::Options;

use super::sim::{Sim, receive, small};

#[tokio::test]
async fn control_wants_its_token_and_a_loopback_host_and_sends_no_cors_headers() {
    let sim = Sim::new().await;
    let control = &sim.running.start_line.control;
    let url = format!("{}/counters", control.url);
    let good =
        receive(sim.client.get(&url).bearer_auth(&control.token).header("origin", "http://example.net"))
            .await;
    assert_eq!(good.status, 200);
    assert!(good.headers.keys().all(|name| !name.as_str().starts_with("access-control")));
    assert_eq!(receive(sim.client.get(&url)).await.status, 401);
    assert_eq!(receive(sim.client.get(&url).bearer_auth("wrong")).await.status, 401);
    for (host, status) in
        [("example.net", 403), ("gmail.googleapis.com", 403), ("localhost:1", 200), ("[::1]:1", 200)]
    {
        let got = receive(sim.client.get(&url).bearer_auth(&control.token).header("host", host)).await;
        assert_eq!(got.status, status, "{host}");
    }
}

#[tokio::test]
async fn what_does_not_exist_is_said_so() {
    let sim = Sim::new().await;
    for (verb, path, body, status) in [
        (Method::POST, "change", json!({"op": "mail.fold"}), 400),
        (Method::POST, "change", json!({"op": "mail.add", "user": "nobody@example.com"}), 404),
        (Method::POST, "change", json!({"op": "mail.delete", "user": sim.user(1), "id": "1"}), 404),
        (Method::POST, "change", json!({"op": "mail.add", "user": sim.user(1), "size": 999_999_999}), 400),
        (Method::POST, "set", json!({"gravity": 9}), 400),
        (Method::GET, "truth?user=nobody@example.com", json!({}), 404),
        (Method::GET, "truth?colour=red", json!({}), 400),
        (Method::PUT, "counters", json!({}), 404),
    ] {
        let got = sim.control(verb, path, Some(body.clone())).await;
        assert_eq!(got.status, status, "{path} {body}");
        assert!(got.json()["error"].is_string());
    }
}

#[tokio::test]
async fn counters_count_requests_bytes_and_units_by_method_and_user() {
    let sim = Sim::new().await;
    sim.gmail(1, "profile", &[]).await;
    sim.control(Method::DELETE, "counters", None).await;
    let mut bytes = 0;
    for _ in 0..3 {
        bytes += sim.gmail(1, "labels", &[]).await.bytes().len();
    }
    sim.gmail(2, "labels", &[]).await;
    let counters = sim.counters().await;
    assert_eq!(counters["requests"]["gmail.users.labels.list"], 4);
    assert_eq!(counters["units"]["gmail.users.labels.list"], 4);
    assert_eq!(counters["per_user"][sim.id(1)]["bytes_sent"]["gmail.users.labels.list"], bytes);
    assert!(counters["requests"].get("gmail.users.getProfile").is_none());
    assert!(counters["max_concurrent"].as_u64().expect("a number") >= 1);
}

#[tokio::test]
async fn churn_is_random_but_repeatable_and_the_truth_follows() {
    let mut truths = Vec::new();
    for _ in 0..2 {
        let sim = Sim::new().await;
        let before = sim.truth("service=gmail").await;
        let got = sim
            .control(
                Method::POST,
                "churn",
                Some(json!({"user": sim.user(1), "changes": 60, "seed": 5, "service": "gmail"})),
            )
            .await;
        assert_eq!(got.json()["changes"], 60, "{}", got.text());
        let after = sim.truth("service=gmail").await;
        assert_ne!(before.len(), after.len());
        let of_others = |lines: &[serde_json::Value]| {
            lines.iter().filter(|l| l["address"] != sim.user(1)).cloned().collect::<Vec<_>>()
        };
        assert_eq!(of_others(&before), of_others(&after));
        let kept: Vec<_> = after
            .iter()
            .filter(|l| before.iter().any(|b| b["id"] == l["id"]))
            .map(|l| l["labels"].clone())
            .collect();
        truths.push((after.len(), kept));
    }
    assert_eq!(truths[0], truths[1]);
}

#[tokio::test]
async fn the_same_seed_makes_the_same_company() {
    let first = Sim::with(Options { seed: 7, ..small() }).await;
    let second = Sim::with(Options { seed: 7, ..small() }).await;
    let other = Sim::with(Options { seed: 8, ..small() }).await;
    let truth = first.truth("service=gmail&hashes=1").await;
    assert_eq!(truth, second.truth("service=gmail&hashes=1").await);
    assert_ne!(truth[0]["sha256"], other.truth("service=gmail&hashes=1").await[0]["sha256"]);
    assert_eq!(first.id(1), second.id(1));
    assert_ne!(first.running.start_line.control.token, second.running.start_line.control.token);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_stops_leaves_all_its_ports_to_who_goes_on_from_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut port = 0;
    for _ in 0..20 {
        let options = Options { port, state_dir: Some(folder.path().join("state")), ..small() };
        let running = simcloud::start(options).await.expect("all of its ports");
        port = running.address.port();
        running.shutdown().await;
    }
}

#[tokio::test]
async fn a_state_folder_keeps_its_credentials_and_is_private() {
    let folder = tempfile::tempdir().expect("a folder");
    let options = || Options { state_dir: Some(folder.path().join("state")), ..small() };
    let first = Sim::with(options()).await;
    let key = first.key["private_key"].clone();
    first.running.shutdown().await;
    let second = Sim::with(options()).await;
    assert_eq!(second.key["private_key"], key);
    assert_eq!(second.gmail(1, "profile", &[]).await.status, 200);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode =
            |path: &std::path::Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!(mode(&second.running.start_line.state_dir), 0o700);
        assert_eq!(mode(&second.running.start_line.google.service_account_key_file), 0o600);
    }
}

#[tokio::test]
async fn latency_and_bandwidth_slow_answers_down() {
    let sim =
        Sim::with(Options { latency: Duration::from_millis(40), bandwidth: Some(100_000), ..small() }).await;
    let id = sim.change(json!({"op": "mail.add", "user": sim.user(1), "size": 15_000})).await[0].clone();
    let started = std::time::Instant::now();
    sim.gmail(1, &format!("messages/{id}"), &[("format", "raw"), ("fields", "raw")]).await;
    // A token and a message of 20 KB: two latencies, and a fifth of a second on the line.
    assert!(started.elapsed() >= Duration::from_millis(240), "{:?}", started.elapsed());
}

#[tokio::test]
async fn hundreds_of_connections_are_served_at_once() {
    const PROFILE: &str = "gmail.users.getProfile";
    let sim = Sim::with(small()).await;
    sim.token(sim.user(1), super::sim::ALL).await;
    // None is answered before all were asked.
    sim.fault(json!({"method": PROFILE, "kind": "none", "held": "before", "times": 0})).await;
    let all_asked = async {
        while sim.counters().await["requests"][PROFILE] != 300 {}
        sim.control(reqwest::Method::DELETE, "fault", None).await
    };
    let asked = futures::future::join_all((0..300).map(|_| sim.gmail(1, "profile", &[])));
    let (answers, lifted) = tokio::join!(asked, all_asked);
    assert!(lifted.status == 200 && answers.iter().all(|a| a.status == 200));
    assert!(sim.counters().await["max_concurrent"].as_u64().expect("a number") >= 300);
}
