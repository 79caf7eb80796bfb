//! Quotas. <https://developers.google.com/workspace/gmail/api/reference/quota>

use std::time::Duration;

use serde_json::json;
use simcloud::{Options, QuotaModel, Quotas};

use crate::sim::{Sim, small};

async fn published(model: QuotaModel) -> Sim {
    Sim::with(Options { quotas: Quotas::Published, quota_model: model, ..small() }).await
}

#[tokio::test]
async fn methods_cost_what_is_published() {
    for (model, raw, minimal, thread) in [(QuotaModel::New, 60, 20, 40), (QuotaModel::Old, 5, 5, 10)] {
        let sim = Sim::with(Options { quota_model: model, ..small() }).await;
        let id = sim.all_ids(1, &[("maxResults", "500")]).await[0].clone();
        let mut last = 0;
        for (path, query, cost) in [
            ("profile".to_owned(), vec![], 1),
            ("messages".to_owned(), vec![], 5),
            ("labels".to_owned(), vec![], 1),
            (format!("messages/{id}"), vec![("format", "raw")], raw),
            (format!("messages/{id}"), vec![], raw),
            (format!("messages/{id}"), vec![("format", "minimal")], minimal),
            (format!("threads/{id}"), vec![("format", "minimal")], thread),
            ("history".to_owned(), vec![("startHistoryId", "1040")], 2),
            ("drafts".to_owned(), vec![], 5),
        ] {
            let total = || async {
                let counters = sim.counters().await;
                counters["units"]
                    .as_object()
                    .expect("units")
                    .values()
                    .map(|v| v.as_u64().expect("a number"))
                    .sum::<u64>()
            };
            if last == 0 {
                last = total().await;
            }
            sim.gmail(1, &path, &query).await;
            let now = total().await;
            // A thread whose id is not its first message's is not found, and charged all the same.
            assert_eq!(now - last, cost, "{model:?} {path} {query:?}");
            last = now;
        }
    }
}

/// 6,000 units a minute and user on a new project: 100 raw reads; 15,000 on an old one.
#[tokio::test]
async fn a_user_who_spends_too_much_is_refused() {
    for (model, allowed) in [(QuotaModel::New, 100), (QuotaModel::Old, 3_000)] {
        let sim = published(model).await;
        sim.set(json!({"quotas": {"gmail": {"concurrent": 1_000_000}}})).await;
        let id = sim.all_ids(1, &[("maxResults", "500")]).await[0].clone();
        // The listing has cost 5 units.
        let path = format!("/gmail/v1/users/me/messages/{id}");
        let mut answered = 0;
        let refused = loop {
            let got = sim.fetch(sim.user(1), &path, &[("format", "raw"), ("fields", "id")], &[]).await;
            if got.status != 200 {
                break got;
            }
            answered += 1;
            assert!(answered <= allowed);
        };
        assert_eq!(answered, allowed - 1);
        assert_eq!(refused.reason(), (403, "userRateLimitExceeded".to_owned()));
        let error = refused.json()["error"].clone();
        assert_eq!(
            (&error["errors"][0]["domain"], &error["status"]),
            (&json!("usageLimits"), &json!("RESOURCE_EXHAUSTED"))
        );
        // Another user has a quota of their own.
        assert_eq!(sim.gmail(2, "profile", &[]).await.status, 200);
        assert_eq!(sim.counters().await["rate_answers"], 1);
    }
}

#[tokio::test]
async fn the_project_has_a_limit_too_and_the_answer_may_be_429() {
    let sim = published(QuotaModel::New).await;
    sim.set(json!({"quotas": {"gmail": {"project": 3}}})).await;
    for user in [1, 2, 3] {
        assert_eq!(sim.gmail(user, "profile", &[]).await.status, 200);
    }
    assert_eq!(sim.gmail(1, "profile", &[]).await.reason(), (403, "rateLimitExceeded".to_owned()));
    sim.set(json!({"quotas": {"status": 429, "gmail": {"user": 1}}})).await;
    assert_eq!(sim.gmail(1, "profile", &[]).await.status, 200);
    let got = sim.gmail(1, "profile", &[]).await;
    assert_eq!(got.reason(), (429, "rateLimitExceeded".to_owned()));
    assert!(got.header("retry-after").parse::<u64>().is_ok());
}

/// The window slides: what was spent a minute ago is free again. With the quota clock 1,000 times
/// faster, a minute is 60 ms.
#[tokio::test]
async fn the_window_slides_on_its_own_clock() {
    let sim = Sim::with(Options { quotas: Quotas::Published, time_scale: 1000.0, ..small() }).await;
    sim.set(json!({"quotas": {"gmail": {"user": 1}}})).await;
    let deadline = std::time::Instant::now() + Duration::from_secs(10);
    let mut answered = 0;
    while answered < 3 {
        answered += u32::from(sim.gmail(1, "profile", &[]).await.status == 200);
        assert!(std::time::Instant::now() < deadline, "the window does not slide");
    }
}

/// 2,400 queries a minute, user and project.
/// <https://developers.google.com/workspace/admin/directory/v1/limits>
#[tokio::test]
async fn the_directory_has_its_own_quota() {
    let sim = published(QuotaModel::New).await;
    sim.set(json!({"quotas": {"directory": {"user": 2}}})).await;
    for status in [200, 200, 403] {
        assert_eq!(sim.directory("customers/my_customer", &[]).await.status, status);
    }
    let published = simcloud_limit("directory");
    assert_eq!(published, 2_400);
}

fn simcloud_limit(api: &str) -> u64 {
    let row = simcloud::google::quota::LIMITS.iter().find(|l| l.api == api && l.model == QuotaModel::New);
    row.expect("a row").user
}

#[tokio::test]
async fn without_quotas_nobody_is_refused() {
    let sim = Sim::new().await;
    let id = sim.all_ids(1, &[]).await[0].clone();
    for _ in 0..120 {
        assert_eq!(
            sim.gmail(1, &format!("messages/{id}"), &[("format", "raw"), ("fields", "id")]).await.status,
            200
        );
    }
}
